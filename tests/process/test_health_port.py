"""The health port of a running process, asked over a real socket: `/metrics` as Prometheus' own
parsers read it, `/healthz` in good days and bad ones.
"""

import asyncio
import logging
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import house
import pytest
from clocks.undisturbed import within
from fakes.base import free_port
from live import PATIENCE
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain

from bot.errors import RateLimited, Refused, Unanswered
from bot.jobs.monitoring import life
from bot.jobs.monitoring.pulse import Pulse
from bot.model import Channel, Limits, Receipt, YearlyDay
from bot.model.channel import Resting
from bot.model.outbox import Scope
from bot.networks.base import Network
from bot.rules.alerts import KINDS
from bot.scheduler import Scheduler
from bot.store.db.sqlite import BUSY_SECONDS

pytestmark = pytest.mark.slow

OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
PEOPLE = 6


class Far(Network):
    """Answers by a list: None takes the message, an error is raised; past its end all are taken."""

    LIMITS = Limits(length=4096, counter="characters", per_second=30.0)
    NUDGES = True
    IN_FLIGHT = 4

    def __init__(self, channel: Channel, *answers: Exception | None) -> None:
        super().__init__(channel, {})
        self.answers = list(answers)
        self.gate = asyncio.Event()
        self.gate.set()
        self.calls = 0

    async def send(self, message):
        self.calls += 1
        await self.gate.wait()
        error = self.answers.pop(0) if self.answers else None
        if error is not None:
            raise error
        return Receipt(id=f"far-{message.key}")

    async def probe(self):
        return "far"


def build(folder, *answers, people=PEOPLE, listen=None):
    """Services with so many nudges due since a minute ago, and a health port."""
    now = datetime.now(UTC)
    action = house.action(when=YearlyDay(month=now.month, day=now.day), grace=timedelta(days=2))
    services = house.services(folder, house.campaign(action))
    minute = now.hour * 60 + now.minute
    services.store.people.add(house.person(n, minute=minute) for n in range(people))
    health = listen or f"127.0.0.1:{free_port()}"
    return replace(
        services,
        settings=replace(services.settings, health=health),
        library=replace(services.library, known=("trees",)),
        networks={"telegram": Far(services.settings.channels["telegram"], *answers)},
    )


@asynccontextmanager
async def running(services, reread=None):
    one = Scheduler(services, reread or (lambda: (services.settings, services.library)))
    task = asyncio.create_task(one.run())
    try:
        await until(lambda: one.listening.port.number)
        yield one
    finally:
        one.stop()
        await within(6, task)


async def until(condition, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not (what := condition()):
        assert time.monotonic() < end, "it did not come to pass"
        await asyncio.sleep(0.02)
    return what


async def ask(one, path, accept=""):
    """Status, type and text of an answer."""
    url = f"http://127.0.0.1:{one.listening.port.number}{path}"
    headers = {"accept": accept} if accept else {}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        return answer.status, answer.headers["content-type"], await answer.text()


async def numbers(one):
    """All samples, by name and labels."""
    _, _, text = await ask(one, "/metrics")
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in plain(text)
        for sample in family.samples
    }


async def seen_at_last(one, wanted, seconds=PATIENCE):
    """The first samples that are as wanted: a view serves for a while."""
    end = time.monotonic() + seconds
    while not wanted(seen := await numbers(one)):
        assert time.monotonic() < end, seen
        await asyncio.sleep(0.1)
    return seen


async def health(one):
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{one.listening.port.number}/healthz") as answer,
    ):
        return answer.status, await answer.json()


async def healthy(one, seconds=PATIENCE):
    return await eventually(one, lambda status, _: status == 200, seconds)


async def eventually(one, wanted, seconds=PATIENCE):
    """The first answer of /healthz that is as wanted."""
    end = time.monotonic() + seconds
    while True:
        status, said = await health(one)
        if wanted(status, said):
            return said
        assert time.monotonic() < end, said
        await asyncio.sleep(0.1)


# /metrics


async def test_prometheus_own_parsers_read_both_formats_and_see_the_same(tmp_path):
    async with running(build(tmp_path)) as one:
        await until(lambda: one.shared.services.networks["telegram"].calls == PEOPLE)
        status, kind, text = await ask(one, "/metrics")
        assert (status, kind) == (200, "text/plain; version=0.0.4; charset=utf-8")
        status, other, open_text = await ask(one, "/metrics", OPENMETRICS)
        assert status == 200
        assert other.startswith("application/openmetrics-text; version=1.0.0")
        assert open_text.endswith("# EOF\n")

    def names(families):
        return {sample.name for family in families for sample in family.samples}

    assert names(plain(text)) == names(openmetrics(open_text))
    kinds = {family.name: family.type for family in openmetrics(open_text)}
    assert kinds["drumbeat_deliveries"] == "counter"
    assert kinds["drumbeat_send_duration_seconds"] == "histogram"
    assert kinds["drumbeat_build"] == "info"
    own = [name for name in kinds if not name.startswith(("drumbeat_", "process_"))]
    assert own == [], "a registry of our own: nothing of the global one"
    lacking = [f.name for f in plain(text) if not f.documentation]
    assert lacking == []


async def test_each_end_of_a_message_is_counted_by_channel_and_none_twice(tmp_path):
    answers = [Refused("no"), Unanswered("silent"), RateLimited("slow", retry_after=0.2)]
    services = build(tmp_path, *answers)
    async with running(services) as one:
        await until(lambda: services.networks["telegram"].calls == PEOPLE + 1)
        sent = "drumbeat_deliveries_total", "telegram", "sent"
        seen = await seen_at_last(one, lambda seen: seen[sent] == PEOPLE - 2)
    results = {key[2]: n for key, n in seen.items() if key[0] == "drumbeat_deliveries_total"}
    assert results == {
        "sent": PEOPLE - 2,
        "failed": 1,
        "uncertain": 1,
        "skipped": 0,
        "cancelled": 0,
        "retried": 0,
    }
    assert seen["drumbeat_account_rate_limited_total", "telegram"] == 1
    assert seen["drumbeat_send_duration_seconds_count", "telegram"] == PEOPLE + 1
    assert seen["drumbeat_deliveries_open", "telegram", "uncertain"] == 1
    assert seen["drumbeat_deliveries_open", "telegram", "waiting"] == 0
    assert seen["drumbeat_alarms_open", "uncertain"] == 1


async def test_what_waits_and_what_is_in_flight_is_told_while_a_network_hangs(tmp_path):
    services = build(tmp_path)
    far = services.networks["telegram"]
    far.gate.clear()
    async with running(services) as one:
        await until(lambda: far.calls == Far.IN_FLIGHT)
        waiting = "drumbeat_deliveries_open", "telegram", "waiting"
        seen = await seen_at_last(one, lambda seen: seen[waiting] == PEOPLE)
        assert seen["drumbeat_account_in_flight", "telegram"] == Far.IN_FLIGHT
        assert seen["drumbeat_account_leases", "telegram"] == 1
        assert seen["drumbeat_oldest_due_lag_seconds", "telegram"] > 0
        assert seen["drumbeat_account_lag_seconds", "telegram"] > 0
        assert seen["drumbeat_account_due", "telegram"] == PEOPLE - Far.IN_FLIGHT
        assert seen["drumbeat_account_limit", "telegram"] == 30
        assert 0 < seen["drumbeat_account_rate", "telegram"] <= 30
        far.gate.set()


async def test_labels_are_bounded_and_name_no_person(tmp_path):
    async with running(build(tmp_path)) as one:
        await until(lambda: one.shared.services.networks["telegram"].calls == PEOPLE)
        _, _, text = await ask(one, "/metrics")
    labels = {
        (name, value)
        for family in plain(text)
        for sample in family.samples
        for name, value in sample.labels.items()
    }
    assert {name for name, _ in labels} == {
        "account", "channel", "kind", "le", "python", "result", "state", "task", "version",
    }  # fmt: skip
    assert {value for name, value in labels if name == "kind"} == {*KINDS, "other"}
    assert {value for name, value in labels if name in ("account", "channel")} == {"telegram"}
    assert "1001" not in text, "the address of one of them"


async def test_counters_go_on_over_a_sighup(tmp_path, caplog):
    caplog.set_level(logging.INFO, "bot")
    services = build(tmp_path)
    async with running(services) as one:
        await until(lambda: services.networks["telegram"].calls == PEOPLE)
        before = await numbers(one)
        one.shared.life.hear(lambda: 7)
        one.reread()
        await one.reloading.under_way
        one.shared.life.hear(lambda: 2)
        after = await seen_at_last(one, lambda seen: seen["drumbeat_chat_updates_total",] > 7)
    assert "secrets, settings and data were read again" in caplog.messages
    sent = "drumbeat_deliveries_total", "telegram", "sent"
    assert after[sent] == before[sent] == PEOPLE
    assert after["drumbeat_chat_updates_total",] == 9


# /healthz


async def test_a_process_that_is_well_says_so_with_its_jobs_and_accounts(tmp_path):
    async with running(build(tmp_path)) as one:
        await until(lambda: one.shared.services.networks["telegram"].calls == PEOPLE)
        await until(lambda: not one.shared.turns.under_way)
        said = await eventually(one, lambda _, said: said["accounts"]["telegram"]["waiting"] == 0)
    assert (said["status"], said["wrong"]) == ("well", [])
    assert said["database"]["readable"]
    assert said["database"]["writable"]
    assert said["database"]["bytes"] > 0
    plan = said["jobs"]["plan"]
    assert (plan["every"], plan["overdue"], plan["fails"]) == (5, False, False)
    assert datetime.now(UTC) - datetime.fromisoformat(plan["ended"]) < timedelta(seconds=20)
    account = said["accounts"]["telegram"]
    assert account.pop("rate") > 27
    assert account == {
        "state": "sending",
        "limit": 30,
        "in_flight": 0,
        "leases": 0,
        "replies": 0,
        "waiting": 0,
        "lag": 0,
        "uncertain": 0,
    }


def paused(services):
    services.store.channels.pause("telegram", "the token", 1)


def held(services):
    services.store.holds.put(Scope(), 1)


def resting(services):
    now = datetime.now(UTC).timestamp()
    rest = Resting(account="telegram", reason="502", since=now - 60, until=now + 300, rests=5)
    services.store.channels.keep_rest(rest)


@pytest.mark.parametrize("state", [paused, held, resting])
async def test_an_account_that_may_not_send_is_told_and_is_no_fault_of_the_process(tmp_path, state):
    services = build(tmp_path)
    state(services)
    async with running(services) as one:
        said = await eventually(
            one, lambda _, said: said["accounts"]["telegram"]["waiting"] == PEOPLE
        )
        assert said["accounts"]["telegram"]["state"] == state.__name__
        assert said["status"] == "well"
        mine = "drumbeat_account_state", "telegram", state.__name__
        seen = await seen_at_last(one, lambda seen: seen[mine] == 1)
        assert seen["drumbeat_breaker_state", "telegram", "open"] == (state is resting)
        assert (said["accounts"]["telegram"]["lag"] > 0) == (state is not held)


@contextmanager
def refusing(store):
    """The database takes no write: what is read works, as on a full disk."""
    store.database._connection.execute("PRAGMA query_only = ON")
    try:
        yield
    finally:
        store.database._connection.execute("PRAGMA query_only = OFF")


async def test_a_database_that_takes_nothing_is_503_until_it_does_again(tmp_path):
    services = build(tmp_path, people=0)
    async with running(services) as one:
        await healthy(one)
        with refusing(services.store):
            await one.shared.guard("database", one.listening.write)
            said = await eventually(one, lambda status, _: status == 503)
            assert not said["database"]["writable"]
            assert str(services.settings.database) in said["wrong"][0]
            await seen_at_last(one, lambda seen: seen["drumbeat_database_writable",] == 0)
        await one.shared.guard("database", one.listening.write)
        said = await healthy(one)
        assert said["database"]["writable"]


async def test_it_answers_and_says_so_while_a_locked_database_lets_the_loop_stand(
    tmp_path, monkeypatch
):
    """The thread asks over its socket by itself, since the loop of this test stands still too."""
    monkeypatch.setattr(life, "STILL", 1.0)
    services = build(tmp_path, people=0)
    answers = []

    def from_another_thread(port):
        while not answers:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60):
                    time.sleep(0.2)
            except urllib.error.HTTPError as error:
                answers.append((error.code, error.read()))

    async with running(services) as one:
        await healthy(one)
        services.store.database.rows("PRAGMA busy_timeout = 6000")
        with closing(sqlite3.connect(services.settings.database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            asking = threading.Thread(target=from_another_thread, args=(one.listening.port.number,))
            asking.start()
            await one.shared.guard("database", one.listening.write)
            assert answers, "while the loop stood still"
            assert "the database" in one.shared.failures.current.values()
            asking.join()
        services.store.database.rows(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
        await one.shared.guard("database", one.listening.write)
        await healthy(one, 20)
    [(status, body)] = answers
    assert status == 503
    assert b"everything has stood still for" in body


async def test_what_stands_still_by_the_pulse_is_503_with_its_words(tmp_path):
    services = build(tmp_path)
    far = services.networks["telegram"]
    far.gate.clear()
    async with running(services) as one:
        one.pulse = Pulse(0.5)
        await until(lambda: far.calls == Far.IN_FLIGHT)
        await one.shared.guard("progress", one.feel)
        await asyncio.sleep(0.6)
        await one.shared.guard("progress", one.feel)
        said = await eventually(one, lambda status, _: status == 503)
        assert said["wrong"][0].startswith("telegram: for ")
        assert "start drumbeat anew" in said["wrong"][0]
        far.gate.set()


async def test_a_job_that_never_ends_is_overdue(tmp_path, monkeypatch):
    monkeypatch.setattr(life, "FRESH", -1.0)
    async with running(build(tmp_path, people=0)) as one:
        said = await eventually(one, lambda status, _: status == 503)
        assert said["jobs"]["plan"]["overdue"]
        assert said["wrong"][0].startswith("the job 'plan' has not come to its end")
        await seen_at_last(one, lambda seen: seen["drumbeat_job_overdue", "plan"] == 1)


# the port


async def test_without_a_table_in_the_settings_nothing_listens(tmp_path):
    services = build(tmp_path, people=1)
    services = replace(services, settings=replace(services.settings, health=None))
    one = Scheduler(services, lambda: None)
    task = asyncio.create_task(one.run())
    await until(lambda: services.networks["telegram"].calls == 1)
    assert one.listening.port.number is None
    assert all(thread.name != "health port" for thread in threading.enumerate())
    one.stop()
    await within(6, task)


async def test_a_port_that_is_taken_is_told_with_what_to_do_and_keeps_nothing_else(
    tmp_path, caplog
):
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    listen = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    services = build(tmp_path, listen=listen)
    one = Scheduler(services, lambda: None)
    task = asyncio.create_task(one.run())
    await until(lambda: services.networks["telegram"].calls == PEOPLE)
    await until(lambda: "health port" in one.shared.failures.current)
    assert f"the health port can't listen on {listen}: Address already in use" in caplog.text
    assert "under [health]" in caplog.text
    server.close()
    await one.shared.guard("health port", one.listening.open_port)
    await healthy(one)
    one.stop()
    await within(6, task)


async def test_another_address_that_is_taken_too_is_told_in_place_of_the_first(tmp_path, caplog):
    async with AsyncExitStack() as stack:
        first, other = [await taken(stack) for _ in range(2)]
        services = build(tmp_path, people=0, listen=first)
        moved = replace(services.settings, health=other)
        one = Scheduler(services, lambda: (moved, services.library))
        task = asyncio.create_task(one.run())
        await until(lambda: "health port" in one.shared.failures.current)
        assert not (await one.reloading.reload()).problems
        [alarm] = services.store.alerts.current()
        assert f"can't listen on {other}: Address already in use" in alarm.text
        await one.shared.guard("health port", one.listening.open_port)
        assert caplog.text.count(f"can't listen on {other}") == 1, "told once"
        one.stop()
        await within(6, task)


async def taken(stack):
    """An address at which somebody else listens."""
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    stack.callback(server.close)
    return f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("way", ["reload", "sighup"])
async def test_another_address_is_taken_without_a_restart(tmp_path, way):
    services = build(tmp_path, people=0)
    other = f"127.0.0.1:{free_port()}"
    moved = replace(services.settings, health=other)
    async with running(services, lambda: (moved, services.library)) as one:
        before = one.listening.port.number
        if way == "sighup":
            one.reread()
            await one.reloading.under_way
        else:
            assert not (await one.reloading.reload()).problems
        assert other.endswith(f":{one.listening.port.number}")
        await healthy(one)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", before)
        last = one.listening.port.number
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", last)
