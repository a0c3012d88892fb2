"""Webhooks come at least once, signed, under one id, and to no address that they may not have."""

import json
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.cli.webhooks import findings as doctor
from bot.jobs.people import retention
from bot.jobs.webhooks import calling, deliver
from bot.jobs.webhooks.calling import call
from bot.jobs.webhooks.endpoints import opened
from bot.model.webhooks import HookKind, Webhook
from bot.networks.common.bounds import Bounds
from bot.rules.alerts import PostFailed, WebhookFails
from bot.store import Store
from bot.store.webhooks.events import HookEvents
from bot.store.webhooks.webhooks import KEPT
from bot.times import DAY

OTHER = "whsec_" + "C" * 32


@pytest.fixture
def told(services, receiver, endpoint_of):
    """The services with the receiver as a webhook."""
    services = replace(services, webhooks={"crm": endpoint_of(receiver.url)})
    services.store.webhooks.adopt([services.webhooks["crm"].webhook], services.webhooks)
    return services


def now() -> datetime:
    return datetime.now(UTC)


def happens(services, count: int = 1, at: datetime | None = None) -> None:
    """Something that webhooks are told, so many times."""
    moment = int((at or now()).timestamp())
    for number in range(count):
        HookEvents(services.store.database).pledge(
            HookKind.PLEDGE_SUBMITTED, number + 1, "trees", moment
        )


def standing(services):
    [known] = services.store.webhooks.standing()
    return known


def alarms(services) -> list[str]:
    return [a.text for a in services.store.alerts.current() if a.kind == WebhookFails.kind]


async def later(services, seconds: float) -> None:
    """A look of the job after so many seconds."""
    await deliver.run(services, now() + timedelta(seconds=seconds))


async def test_what_happened_arrives_once_and_in_order(told, receiver):
    happens(told, 5)
    await later(told, 0)
    await later(told, 1)
    assert [body["data"]["pledge"] for _, body in receiver.got] == [1, 2, 3, 4, 5]
    known = standing(told)
    assert (known.waiting, known.given_up, known.failures) == (0, 0, 0)
    assert known.delivered is not None


async def test_what_is_not_taken_comes_again_under_the_same_id_with_a_new_signature(told, receiver):
    receiver.answers = [(500, {}), (404, {})]
    happens(told, 2)
    await later(told, 0)
    await later(told, 3)
    assert len(receiver.got) == 1, "one try, whatever else waits"
    assert standing(told).words == "answers 500"
    await later(told, 10)
    assert len(receiver.got) == 2
    await later(told, 30)
    ids = [id_ for id_, _ in receiver.got]
    assert len(ids) == 4
    assert len(set(ids)) == 2
    assert {body["data"]["pledge"] for _, body in receiver.got} == {1, 2}
    assert standing(told).waiting == 0


async def test_tries_of_one_that_is_down_become_rarer_however_much_waits(told, receiver):
    receiver.answers = [(503, {})] * 100
    happens(told, 50)
    for second in range(0, 240, 5):
        await later(told, second)
    assert 5 <= len(receiver.got) <= 7, "5, 10, 20, 40, 80 seconds apart"
    assert alarms(told) == []


async def test_a_message_that_alone_is_never_taken_is_tried_ever_more_rarely(told, receiver):
    receiver.refused = {1}
    happens(told)
    for second in range(0, 240, 5):
        HookEvents(told.store.database).pledge(HookKind.PLEDGE_SUBMITTED, 2, "trees", 0)
        await later(told, second)
    tried = [body["data"]["pledge"] for _, body in receiver.got]
    assert 5 <= tried.count(1) <= 7, "5, 10, 20, 40, 80 seconds apart"
    assert tried.count(2) > 40, "it holds up no other"


@pytest.mark.parametrize("said", ["120", "date"])
async def test_a_wait_that_is_asked_for_is_kept(told, receiver, said):
    at = now() + timedelta(seconds=120)
    wait = said if said == "120" else at.strftime("%a, %d %b %Y %H:%M:%S GMT")
    receiver.answers = [(429, {"Retry-After": wait})]
    happens(told, 2)
    await later(told, 0)
    await later(told, 110)
    assert len(receiver.got) == 1
    await later(told, 130)
    assert len(receiver.got) == 3


@pytest.mark.parametrize("said", ["1e9", "inf", "nan", "-5", "soon"])
async def test_no_wait_is_longer_than_a_day_and_nonsense_is_none(told, receiver, said):
    receiver.answers = [(503, {"Retry-After": said})]
    happens(told)
    await later(told, 0)
    assert now().timestamp() < standing(told).rests <= now().timestamp() + DAY + 2


async def test_a_crash_between_sending_and_writing_it_down_repeats_the_message(told, receiver):
    happens(told)
    at = now()
    row = told.store.webhooks.claim("crm", int(at.timestamp()))
    assert (await call(told.webhooks["crm"], row.message, at)).taken
    # here the process ends; the next one finds in the file that it was tried, and looks a minute later
    with closing(Store(told.settings.database)) as store:
        assert store.database.value("SELECT attempts FROM hook_delivery") == 1
    await later(told, 30)
    assert len(receiver.got) == 1
    await later(told, 65)
    assert len(receiver.got) == 2
    assert receiver.got[0] == receiver.got[1]
    await later(told, 200)
    assert len(receiver.got) == 2


async def test_one_that_is_no_more_is_left_alone_until_somebody_says_again(told, receiver):
    receiver.answers = [(410, {})]
    happens(told, 3)
    await later(told, 0)
    happens(told)
    await later(told, 60)
    assert len(receiver.got) == 1
    assert (standing(told).waiting, standing(told).given_up) == (0, 4)
    [text] = alarms(told)
    assert "answers 410" in text
    assert told.store.webhooks.again("crm", int(now().timestamp())) == 4
    await later(told, 61)
    assert len(receiver.got) == 5
    assert len({id_ for id_, _ in receiver.got}) == 4
    assert set(receiver.types) == {"pledge.submitted"}, "it is not told that it is no more"
    assert alarms(told) == []


async def test_a_redirect_is_followed_nowhere(told, receiver):
    receiver.answers = [(307, {"Location": "/elsewhere"})]
    happens(told)
    await later(told, 0)
    assert receiver.asked == ["/hooks?from=drumbeat"]
    assert standing(told).words == "answers 307, and redirects are not followed"


async def test_none_waits_for_another(services, receiver, endpoint_of):
    receiver.together = threading.Barrier(2)
    both = {name: endpoint_of(receiver.url, name=name) for name in ("a", "b")}
    services = replace(services, webhooks=both)
    await deliver.run(services, now())
    happens(services)
    await later(services, 0)
    assert len(receiver.got) == 2


async def test_one_that_is_slow_is_left(told, receiver, endpoint_of, monkeypatch):
    monkeypatch.setattr(calling, "HOOK", Bounds(connect=0.3, answer=0.3, total=0.4, most=0))
    receiver.slow = 1.0
    happens(told)
    began = time.monotonic()
    await later(told, 0)
    assert time.monotonic() - began < 0.9
    assert standing(told).words == "no answer within 0.4 s"
    assert standing(told).waiting == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
async def test_no_private_address_is_asked_unless_the_operator_says_so(
    told, receiver, endpoint_of, host
):
    url = receiver.url.replace("127.0.0.1", host)
    told = replace(told, webhooks={"crm": endpoint_of(url, private=False)})
    happens(told)
    await later(told, 0)
    assert receiver.asked == []
    [text] = alarms(told)
    assert "inside our own network" in text
    assert standing(told).waiting == 1, "until the config says another thing"


@pytest.mark.parametrize("private", [False, True])
async def test_a_name_is_asked_at_a_private_address_only_where_the_operator_says_so(
    told, receiver, endpoint_of, monkeypatch, private
):
    real = socket.getaddrinfo

    def look_up(host, *given):
        return real("127.0.0.1" if host == "crm.example" else host, *given)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    url = receiver.url.replace("127.0.0.1", "crm.example")
    told = replace(told, webhooks={"crm": endpoint_of(url, private=private)})
    happens(told)
    await later(told, 0)
    assert (len(receiver.asked), len(alarms(told))) == ((1, 0) if private else (0, 1))


async def test_after_three_days_a_message_is_given_up_unless_the_clock_is_not_believed(
    told, receiver
):
    receiver.answers = [(500, {})] * 3
    happens(told, at=now() - timedelta(days=4))
    await deliver.run(replace(told, steady=lambda: False), now())
    assert (standing(told).waiting, alarms(told)) == (1, [])
    await later(told, 10)
    assert standing(told).given_up == 1
    [text] = alarms(told)
    assert text.startswith("webhook crm is not told what happens: answers 500.")
    assert receiver.url not in text


async def test_a_receiver_may_check_by_the_old_key_and_by_the_new_one(
    services, receiver, endpoint_of
):
    receiver.keys = (OTHER, *receiver.keys)
    services = replace(services, webhooks={"crm": endpoint_of(receiver.url, keys=receiver.keys)})
    await deliver.run(services, now())
    happens(services)
    await later(services, 0)
    assert len(receiver.got) == 1


async def test_one_that_went_takes_along_what_waits_and_its_alarm(told, receiver, endpoint_of):
    receiver.answers = [(410, {})]
    happens(told)
    await later(told, 0)
    assert alarms(told) != []
    await deliver.run(replace(told, webhooks={}), now())
    assert (told.store.webhooks.standing(), alarms(told)) == ([], [])
    happens(told)
    assert told.store.database.value("SELECT count(*) FROM hook_delivery WHERE state = 1") == 0


async def test_another_address_begins_anew(told, receiver, endpoint_of):
    receiver.answers = [(410, {})]
    happens(told)
    await later(told, 0)
    moved = replace(told, webhooks={"crm": endpoint_of(f"{receiver.url}&moved=1")})
    happens(told)
    await later(moved, 1)
    assert receiver.asked == ["/hooks?from=drumbeat", "/hooks?from=drumbeat&moved=1"]
    assert standing(told).failures == 0


async def test_each_is_told_what_it_wants_and_one_without_a_key_nothing(
    services, receiver, endpoint_of
):
    services = replace(
        services,
        webhooks={
            "a": endpoint_of(receiver.url, name="a", events=["alarm"]),
            "b": endpoint_of(receiver.url, name="b", events=["alarm", "pledge.submitted"]),
            "c": replace(endpoint_of(receiver.url, name="c", keys=()), why="not set"),
        },
    )
    await deliver.run(services, now())
    happens(services)
    services.store.alerts.open(PostFailed(subject="1-1-0", text="", words=""), 5)
    await later(services, 0)
    assert sorted(receiver.types) == ["alarm", "alarm", "pledge.submitted"]
    assert len({id_ for id_, _ in receiver.got}) == 2, "one id for both of whom it is told"
    rows = services.store.database.rows("SELECT DISTINCT webhook FROM hook_delivery")
    assert {name for (name,) in rows} == {"a", "b"}


async def test_what_ended_goes_after_thirty_days_and_what_waits_stays(told, receiver):
    receiver.answers = [(500, {}), (500, {})]
    happens(told, 2)
    await later(told, 0)
    await later(told, 10)
    receiver.answers = [(204, {}), (500, {})]
    await later(told, 30)
    assert (len(receiver.got), standing(told).waiting) == (4, 1)
    count, over = "SELECT count(*) FROM hook_event", now() + timedelta(days=KEPT, seconds=30)
    retention.run(told, over - timedelta(seconds=60))
    assert told.store.database.value(count) == 2
    retention.run(told, over + timedelta(seconds=60))
    assert told.store.database.value(count) == 1
    assert standing(told).waiting == 1


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (None, "DRUMBEAT_WEBHOOK_NEWS_ROOM_SECRET is not set"),
        ("whsec_short", "holds something else"),
        ("A" * 32, "holds something else"),
        (f"{OTHER} hunter2", "holds something else"),
    ],
)
def test_a_key_that_is_none_is_told_without_its_words(services, given, why):
    webhook = Webhook(name="news-room", url="https://x.example", events=("alarm",))
    settings = replace(services.settings, webhooks={"news-room": webhook})
    environ = {"DRUMBEAT_WEBHOOK_NEWS_ROOM_SECRET": given} if given else {}
    known = opened(settings, environ)["news-room"]
    assert known.keys == ()
    assert why in known.why
    assert given is None or given not in known.why
    [finding] = doctor.findings(settings, environ, lambda _: services.store)
    assert (finding.level.value, finding.message) == ("problem", known.why)


def test_two_keys_stand_in_one_secret_or_in_a_file(services, tmp_path):
    webhook = Webhook(name="crm", url="https://x.example", events=("alarm",))
    settings = replace(services.settings, webhooks={"crm": webhook})
    unpadded = "whsec_" + "D" * 43
    (tmp_path / "key").write_text(f"{OTHER}\n{unpadded}\n", "utf-8")
    environ = {"DRUMBEAT_WEBHOOK_CRM_SECRET_FILE": str(tmp_path / "key")}
    assert [key.reveal() for key in opened(settings, environ)["crm"].keys] == [OTHER, unpadded]
    [finding] = doctor.findings(settings, environ, lambda _: services.store)
    assert finding.level.value == "ok"


def test_a_body_is_the_same_at_each_try(told):
    happens(told)
    first = told.store.webhooks.claim("crm", int(now().timestamp()))
    second = told.store.webhooks.claim("crm", int(now().timestamp()) + 120)
    assert calling.payload(first.message) == calling.payload(second.message)
    assert json.loads(calling.payload(first.message))["data"] == {"pledge": 1, "campaign": "trees"}


async def test_two_workers_claim_no_message_both_and_a_late_failure_changes_nothing(told, receiver):
    happens(told, 2)
    with closing(Store(told.settings.database)) as other:
        moment = int(now().timestamp())
        first = told.store.webhooks.claim("crm", moment)
        second = other.webhooks.claim("crm", moment)
        assert (first.message.data["pledge"], second.message.data["pledge"]) == (1, 2)
        assert other.webhooks.claim("crm", moment) is None
        # the first was suspended: its message is due again, and another takes it
        again = other.webhooks.claim("crm", moment + 61)
        assert (again.message, again.attempts) == (first.message, 2)
        other.webhooks.delivered(again, moment + 62)
        told.store.webhooks.failed(
            first, "500", moment + 63, due=moment + 70, rests=moment + 70, over=True, gone=True
        )
        known = standing(told)
        assert (known.waiting, known.given_up, known.failures, known.gone) == (1, 0, 0, None)


def test_each_message_is_claimed_once_by_however_many_at_the_same_time(told):
    happens(told, 200)
    moment, begin = int(now().timestamp()), threading.Barrier(2)

    def claim_all():
        with closing(Store(told.settings.database)) as store:
            begin.wait(10.0)
            return list(iter(lambda: store.webhooks.claim("crm", moment), None))

    with ThreadPoolExecutor(2) as pool:
        claimed = [
            row for each in [pool.submit(claim_all) for _ in range(2)] for row in each.result()
        ]
    assert len(claimed) == len({row.event for row in claimed}) == 200
