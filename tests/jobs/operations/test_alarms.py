"""Alarms leave by a real mail server, the heartbeat reaches a real web server, and neither address
stands in a log line.
"""

import logging
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import house
import pytest
from aiohttp import web
from aiosmtpd.controller import Controller
from fakes.base import free_port

from bot.config import Alerts
from bot.jobs.operations.alarms import AT_ONCE, NEWS, Alarms, tidy, without
from bot.model import Audience, Occurrence, Secret, State
from bot.rules.alerts import JobFails, read

NOON = datetime(2021, 6, 12, 12, 0, tzinfo=UTC)
MOMENT = int(NOON.timestamp())
PASSWORD = "hunter2-hunter2"

# Apprise imports a module that Python is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture
def services(tmp_path):
    built = house.services(tmp_path, house.campaign(house.action(post=True)))
    yield built
    built.store.close()


class Mailbox:
    """Takes every mail; keeps subjects and bodies."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.mails.append((mail["subject"], mail.get_body(("plain", "html")).get_content()))
        return "250 OK"


@contextmanager
def mail_server():
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield box, controller.port
    finally:
        controller.stop()


def road(port):
    return f"mailto://127.0.0.1:{port}/?from=bot@example.org&to=staff@example.org&name={PASSWORD}"


def with_alerts(services, *, url=None, heartbeat=None):
    alerts = Alerts(url=url and Secret(url), heartbeat=heartbeat and Secret(heartbeat))
    return replace(services, settings=replace(services.settings, alerts=alerts))


async def test_open_alerts_leave_in_one_mail_and_only_once(services):
    with mail_server() as (box, port):
        services, alarms = with_alerts(services, url=road(port)), Alarms()
        services.store.alerts.open(
            read("paused", "x", "channel x is paused: credit used up", {}), MOMENT
        )
        services.store.alerts.open(
            read("uncertain", "telegram", "deliveries on telegram are uncertain", {}), MOMENT
        )
        await alarms.tell(services, NOON)
        await alarms.tell(services, NOON + timedelta(minutes=1))
    assert len(box.mails) == 1
    subject, body = box.mails[0]
    assert subject == "drumbeat: 2 to look at"
    assert "channel x is paused: credit used up" in body
    assert "deliveries on telegram are uncertain" in body
    assert [alert.told for alert in services.store.alerts.current()] == [True, True]


async def test_an_alarm_that_did_not_leave_is_tried_again(services, caplog):
    caplog.set_level(logging.INFO)
    with mail_server() as (box, port):
        down = with_alerts(services, url=road(free_port()))
        alarms = Alarms()
        services.store.alerts.open(read("paused", "x", "channel x is paused", {}), MOMENT)
        await alarms.tell(down, NOON)
        await alarms.tell(down, NOON + timedelta(minutes=1))
        assert not services.store.alerts.current()[0].told
        await alarms.tell(with_alerts(services, url=road(port)), NOON + timedelta(minutes=2))
    assert len(box.mails) == 1
    said = [record.getMessage() for record in caplog.records if record.name.startswith("bot")]
    assert sum("alarms can't leave by [alerts] url" in line for line in said) == 2, (
        "once when it begins, once when it is over"
    )
    assert said[-1].startswith("no longer: alarms can't leave")


async def test_no_part_of_the_url_stands_in_a_log_line(services, heard):
    url = f"mailto://account-name:{PASSWORD}@127.0.0.1:{free_port()}/?to=staff@example.org&smtp=127.0.0.1"
    services.store.alerts.open(read("paused", "x", "channel x is paused", {}), MOMENT)
    await Alarms().tell(with_alerts(services, url=url), NOON)
    ours = "\n".join(line for line in heard if "alarms can't leave" in line)
    assert ours
    assert PASSWORD not in "\n".join(heard)
    assert "account-name" not in ours
    assert "example.org" not in ours


async def test_a_url_that_is_none_is_told(services, caplog):
    services.store.alerts.open(read("paused", "x", "channel x is paused", {}), MOMENT)
    await Alarms().tell(with_alerts(services, url="carrier-pigeon://secret-loft"), NOON)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("bot")]
    assert len(ours) == 1
    assert "it is no URL that Apprise knows" in ours[0]
    assert "secret-loft" not in ours[0]
    # caplog listens to Apprise's own logger all the same; no handler of ours does.
    assert [record for record in caplog.records if record.name == "apprise"] == []


async def test_many_alerts_leave_in_several_mails_and_none_is_left_out(services):
    with mail_server() as (box, port):
        services, alarms = with_alerts(services, url=road(port)), Alarms()
        for n in range(AT_ONCE + 3):
            services.store.alerts.open(
                read("paused", f"channel-{n}", f"channel-{n} is paused.", {}), MOMENT
            )
        await alarms.tell(services, NOON)
        await alarms.tell(services, NOON)
    assert [subject for subject, _ in box.mails] == [
        f"drumbeat: {AT_ONCE} to look at",
        "drumbeat: 3 to look at",
    ]
    assert all(
        sum(f"channel-{n} is paused." in body for _, body in box.mails) == 1
        for n in range(AT_ONCE + 3)
    )


@pytest.mark.sqlite
async def test_on_a_full_disk_the_alarm_still_leaves_once_and_is_kept_for_later(services):
    with mail_server() as (box, port):
        services, alarms = with_alerts(services, url=road(port)), Alarms()
        with full_disk(services.store):
            alarms.open(
                services,
                JobFails(
                    subject="the database",
                    text="disk is full; free some space",
                    words="disk is full",
                ),
                NOON,
            )
            await alarms.tell(services, NOON)
            await alarms.tell(services, NOON)
        assert len(box.mails) == 1
        assert "disk is full" in box.mails[0][1]
        alarms.close(services, "job", "the database", NOON)
        await alarms.tell(services, NOON)
    assert len(box.mails) == 1


@contextmanager
def full_disk(store):
    """The database may not grow by a single page: what SQLite says then is what it says on a full
    disk.
    """
    connection = store.database._connection
    before = connection.execute("PRAGMA max_page_count").fetchone()[0]
    connection.execute("CREATE TABLE IF NOT EXISTS filler (text TEXT)")
    connection.execute(
        f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}"
    )
    fillers = [
        "INSERT INTO filler VALUES (zeroblob(100));",
        "INSERT INTO alert (at, kind, subject, text, told, closed) VALUES (1, '', '', '', 1, 1);",
    ]
    for filler in fillers:
        with pytest.raises(sqlite3.OperationalError, match="full"):
            connection.executescript(filler * 10_000)
    yield
    connection.execute(f"PRAGMA max_page_count = {before}")


async def test_without_a_url_alerts_are_logged_once(services, caplog):
    alarms = Alarms()
    services.store.alerts.open(
        read("zone", "Mars/Base", "unknown time zone 'Mars/Base'", {}), MOMENT
    )
    services.store.people.add([house.person(zone="Mars/Base")])
    services.store.people.set_problem(1, "unknown time zone 'Mars/Base'")
    for _ in range(3):
        await alarms.tell(services, NOON)
    assert [record.getMessage() for record in caplog.records] == ["unknown time zone 'Mars/Base'"]
    assert not services.store.alerts.current()[0].told


def test_alerts_whose_cause_is_gone_are_closed(services):
    store = services.store
    for kind, subject in (
        ("approval", "1-1-0"),
        ("differs", "1-1-0"),
        ("zone", "Mars/Base"),
        ("text", "trees/deed"),
        ("lapsed", "1-1-0"),
        ("failed", "1-1-0"),
    ):
        store.alerts.open(read(kind, subject, "look at it", {}), MOMENT)
    store.alerts.open(read("paused", "telegram", "stays until somebody resumes it", {}), MOMENT)
    tidy(services, NOON)
    assert {alert.kind for alert in store.alerts.current()} == {"lapsed", "failed", "paused"}
    late = NOON + NEWS + timedelta(seconds=1)
    tidy(replace(services, steady=lambda: False), late)  # by a clock that nobody trusts
    assert {alert.kind for alert in store.alerts.current()} == {"lapsed", "failed", "paused"}
    tidy(services, late)
    assert {alert.kind for alert in store.alerts.current()} == {"paused"}


def test_alerts_whose_cause_stands_stay_open(services):
    store = services.store
    occurrence = store.plan.add(house_occurrence())
    store.intake.add_post(occurrence, 1, State.AWAITING_APPROVAL, MOMENT, MOMENT + 3600)
    store.people.add([house.person(1)])
    store.intake.add_nudge(occurrence, 1, 1, MOMENT, MOMENT + 3600)
    store.alerts.open(read("approval", f"{occurrence}-1-0", "approve it", {}), MOMENT)
    store.alerts.open(read("text", "trees/deed", "held: the link is empty", {}), MOMENT)
    tidy(services, NOON)
    assert {alert.kind for alert in store.alerts.current()} == {"approval", "text"}


def house_occurrence():
    return Occurrence(
        campaign="trees",
        action="deed",
        audience=Audience.INDIVIDUAL,
        slot=202100,
        day=NOON.date(),
        grace=timedelta(hours=12),
        nudge=True,
        post=True,
        named=True,
    )


# The heartbeat


class Page:
    """A page that answers with `status`, and counts who asks."""

    def __init__(self, status=200):
        self.status = status
        self.asked = []

    async def __aenter__(self):
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/ping/top-secret-id"
        return self

    async def __aexit__(self, *_):
        await self._runner.cleanup()

    async def _answer(self, request):
        self.asked.append(request.path)
        return web.Response(
            status=self.status,
            headers={"Location": "/elsewhere"} if 300 <= self.status < 400 else {},
        )


async def test_the_heartbeat_asks_for_its_page(services, caplog):
    async with Page() as page:
        await Alarms().beat(with_alerts(services, heartbeat=page.url))
    assert page.asked == ["/ping/top-secret-id"]
    assert not caplog.records


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_a_heartbeat_that_fails_or_redirects_is_told_once_without_its_address(
    services, caplog, status
):
    caplog.set_level(logging.INFO)
    alarms = Alarms()
    async with Page(status) as page:
        services = with_alerts(services, heartbeat=page.url)
        await alarms.beat(services)
        await alarms.beat(services)
        assert page.asked == ["/ping/top-secret-id"] * 2, "a redirect is not followed"
        page.status = 200
        await alarms.beat(services)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("bot")]
    assert ours == [
        f"the [alerts] heartbeat fails: its page answered {status}",
        "no longer: the [alerts] heartbeat fails",
    ]
    assert "top-secret" not in caplog.text


async def test_a_heartbeat_that_nobody_answers_is_told_without_its_address(services, caplog):
    await Alarms().beat(
        with_alerts(services, heartbeat=f"http://127.0.0.1:{free_port()}/top-secret-id")
    )
    assert "the [alerts] heartbeat fails: ClientConnectorError" in caplog.text
    assert "top-secret" not in caplog.text


@pytest.mark.process
def test_apprise_is_imported_only_when_there_is_something_to_tell():
    code = "import sys, bot.scheduler; print('apprise' in sys.modules)"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "False"
    )


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("tgram://1234:AAHtoken/5678", "POST bot1234:AAHtoken failed"),
        ("mailto://me:pa%2Fss%40word@example.org", "login me pa/ss@word refused"),
        ("slack://TokenA/TokenB/TokenC/#channel", "hooks TOKENA tokenb TokenC"),
        ("json://host.example/path?key=ABCDEFG", "key ABCDEFG at host.example"),
    ],
)
def test_what_a_library_says_loses_every_part_of_the_url(url, text):
    cleaned = without(Secret(url), text)
    for word in ("AAHtoken", "1234", "word", "TokenA", "tokenb", "ABCDEFG", "host.example"):
        assert word.lower() not in cleaned.lower()
