"""The running process, in this one: real store, real APScheduler.

Only the network at the far end is made up.
"""

import asyncio
import json
import logging
import os
import signal
import sqlite3
import threading
import time
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import house
import pytest
from aiohttp import web
from clocks.undisturbed import undisturbed, within
from live import PATIENCE

from bot import app
from bot.config import Alerts
from bot.errors import DataError, StoreError
from bot.files.frozen import read_files
from bot.jobs.monitoring.pulse import Pulse
from bot.jobs.operations import reload
from bot.jobs.planning import plan
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.ticks import PLAN, TICKS, Tick
from bot.library import Library
from bot.model import Channel, DeliveryKey, Limits, Problem, Receipt, Secret, State, YearlyDay
from bot.model.channel import Resting
from bot.model.outbox import Scope
from bot.networks.base import Network
from bot.rules.alerts import read
from bot.scheduler import Scheduler

pytestmark = pytest.mark.slow


class Far(Network):
    """A network that answers when it is told to: `gate` holds every call, `stuck` holds these
    numbers for ever.
    """

    LIMITS = Limits(length=4096, counter="characters", per_second=1000.0)
    NUDGES = True

    def __init__(self, channel: Channel, *, at_once: int = 1, stuck: tuple[int, ...] = ()) -> None:
        super().__init__(channel, {})
        self.IN_FLIGHT = at_once
        if at_once > 1:  # a pace that needs no more than these in flight
            self.told_limits = replace(self.LIMITS, per_second=10.0 * at_once)
        self.stuck = stuck
        self.gate = asyncio.Event()
        self.gate.set()
        self.calls = 0
        self.taken: list[str] = []
        self.closed = False

    async def send(self, message):
        self.calls += 1
        if self.calls in self.stuck:
            await asyncio.Event().wait()
        await self.gate.wait()
        self.taken.append(str(message.key))
        return Receipt(id=f"far-{message.key}")

    async def probe(self):
        return "far"

    async def close(self):
        self.closed = True


def today_action(**kwargs):
    now = datetime.now(UTC)
    return house.action(
        when=YearlyDay(month=now.month, day=now.day), grace=timedelta(days=2), **kwargs
    )


def build(folder, people=3, *, far=None, dry=None):
    """Services with so many nudges due since a minute ago."""
    now = datetime.now(UTC)
    services = house.services(folder, house.campaign(today_action()), dry=dry)
    minute = now.hour * 60 + now.minute
    services.store.people.add(house.person(n, minute=minute) for n in range(people))
    if far is not None:
        services = replace(
            services, networks={"telegram": far(services.settings.channels["telegram"])}
        )
    return services


def scheduler(services, reread=None, look=None):
    reread = reread or (lambda: (services.settings, services.library))
    return Scheduler(services, reread, look=look)


@asynccontextmanager
async def running(services, reread=None, look=None):
    """The scheduler in a task; stopped at the end."""
    one = scheduler(services, reread, look)
    task = asyncio.create_task(one.run())
    try:
        yield one
    finally:
        one.stop()
        await within(6, task)


async def until(condition, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        await asyncio.sleep(0.02)


def states(services):
    return sorted(
        State(s).word for (s,) in services.store.database.rows("SELECT state FROM delivery")
    )


def states_in_file(services):
    """As the next process finds them."""
    import sqlite3

    with closing(sqlite3.connect(services.settings.database)) as connection:
        return sorted(State(s).word for (s,) in connection.execute("SELECT state FROM delivery"))


@contextmanager
def refusing(store):
    """The database takes no write: what is read works, as on a full disk."""
    store.database._connection.execute("PRAGMA query_only = ON")
    try:
        yield
    finally:
        store.database._connection.execute("PRAGMA query_only = OFF")


# The whole


async def test_what_is_due_is_planned_sent_and_settled(tmp_path):
    services = build(tmp_path, 5, far=Far)
    async with running(services):
        await until(lambda: states(services) == ["sent"] * 5)
    assert services.networks["telegram"].taken == ["1-1-1", "1-1-2", "1-1-3", "1-1-4", "1-1-5"]
    assert services.networks["telegram"].closed


async def test_it_says_at_the_start_what_is_live_and_what_comes(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    services = build(
        tmp_path, 2, dry={"telegram": "channel telegram is dry: DRUMBEAT_TELEGRAM_TOKEN not set"}
    )
    services = replace(services, settings=replace(services.settings, file=tmp_path / "config.toml"))
    async with running(services):
        await until(lambda: "next: " in caplog.text)
    lines = [record.getMessage() for record in caplog.records]
    assert any(
        line.startswith("drumbeat ") and "plays trees" in line and "for 2 subscribers" in line
        for line in lines
    )
    assert any(
        line.startswith("channel telegram is dry: DRUMBEAT_TELEGRAM_TOKEN not set; nothing leaves")
        for line in lines
    )
    assert any(line.startswith("next: deed of trees as nudges, zone by zone, ") for line in lines)


async def test_what_a_dry_channel_takes_is_skipped_and_never_sent(tmp_path):
    services = build(tmp_path, 3, dry={"telegram": "channel telegram is dry: no token"})
    async with running(services):
        await until(lambda: states(services) == ["skipped"] * 3)
    assert services.networks["telegram"].calls == 0


async def test_held_rows_cost_no_circle_and_go_when_released(tmp_path):
    services = build(tmp_path, 2, far=Far)
    services.store.holds.put(Scope(), 1)
    async with running(services):
        await until(lambda: states(services) == ["queued"] * 2)
        began = time.process_time()
        await asyncio.sleep(1.5)
        assert time.process_time() - began < 0.75, "it turns in a circle"
        assert states(services) == ["queued"] * 2
        services.store.holds.lift(Scope())
        await until(lambda: states(services) == ["sent"] * 2)


async def test_rows_left_in_sending_are_uncertain_and_told_at_the_start(tmp_path, caplog):
    services = build(tmp_path, 3, far=Far)
    plan.run(services, datetime.now(UTC))
    services.store.database.execute(
        "UPDATE delivery SET state = 4, attempts = 1 WHERE recipient = 2"
    )
    async with running(services):
        await until(lambda: states(services).count("sent") == 2)
        assert states(services) == ["sent", "sent", "uncertain"]
        assert [(alert.kind, alert.subject) for alert in services.store.alerts.current()] == [
            ("uncertain", "telegram")
        ]
    assert "1 delivery was under way when drumbeat last ended" in caplog.text
    assert "1-1-2" not in services.networks["telegram"].taken


async def test_a_second_sender_is_refused_and_the_first_goes_on(tmp_path):
    first, second = build(tmp_path, 1, far=Far), build(tmp_path, 0, far=Far)
    async with running(first):
        await until(lambda: states(first) == ["sent"])
        with pytest.raises(
            StoreError, match="another `drumbeat run` or `rehearse` works on this file"
        ):
            await scheduler(second).run()
        assert second.networks["telegram"].closed


# The end


async def test_a_stop_waits_for_what_is_in_flight_and_claims_nothing_more(tmp_path):
    services = build(tmp_path, 30, far=Far)
    far = services.networks["telegram"]
    far.gate.clear()
    async with running(services) as one:
        await until(lambda: far.calls == 1)
        one.stop()
        await asyncio.sleep(0.3)
        far.gate.set()
    assert far.taken == ["1-1-1"]
    assert states_in_file(services) == ["queued"] * 29 + ["sent"]


async def test_a_stop_lets_go_of_what_never_answers_and_keeps_what_landed(tmp_path):
    services = build(tmp_path, 8, far=lambda channel: Far(channel, at_once=5, stuck=(2,)))
    far = services.networks["telegram"]
    async with running(services) as one:
        await until(lambda: len(far.taken) == 7)
        began = undisturbed()
        one.stop()
    assert undisturbed() - began < 5
    assert states_in_file(services) == ["sending"] + ["sent"] * 7


async def test_a_stop_in_the_middle_of_a_claim_leaves_only_the_one_in_flight_uncertain(tmp_path):
    services = build(tmp_path, 40, far=lambda channel: Far(channel, stuck=(1,)))
    async with running(services) as one:
        await until(lambda: services.networks["telegram"].calls == 1)
        one.stop()
    assert states_in_file(services) == ["queued"] * 39 + ["sending"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_signals_stop_it(tmp_path, number):
    services = build(tmp_path, 1, far=Far)
    task = asyncio.create_task(scheduler(services).run())
    await until(lambda: services.networks["telegram"].taken)
    os.kill(os.getpid(), number)
    await within(3, task)
    assert states_in_file(services) == ["sent"]


# Failures


class Broken(Far):
    async def close(self):
        raise OSError("the address of somebody")


async def test_a_connection_that_fails_to_close_keeps_nothing_else_open(tmp_path, caplog):
    services = build(tmp_path, 0, far=Far)
    far = services.networks["telegram"]
    services = replace(services, networks={"board": Broken(far.channel), "telegram": far})
    await app.close(services)
    assert far.closed
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        services.store.meta.get("kind")
    assert caplog.messages == ["the connections of channel board did not close: OSError"]


async def test_a_job_that_raises_is_told_once_and_stops_no_other(tmp_path, caplog):
    services = build(tmp_path, 3, far=Far)
    one = scheduler(services)
    calls = []

    async def broken():
        calls.append(1)
        raise RuntimeError("the roof leaks")

    async def sound():
        return

    for _ in range(3):
        await one.shared.guard("collect", broken)
    assert len(calls) == 3
    assert [(alert.kind, alert.subject) for alert in services.store.alerts.current()] == [
        ("job", "collect")
    ]
    assert "the roof leaks" in caplog.text
    assert [record.getMessage() for record in caplog.records].count("the job 'collect' failed") == 1
    await one.shared.guard("plan", sound)
    assert one.shared.failures.current == {"collect": "collect"}
    await one.shared.guard("collect", sound)
    assert services.store.alerts.current() == []
    services.store.close()


async def test_a_database_that_takes_nothing_is_told_once_and_nothing_is_lost(tmp_path, caplog):
    services = build(tmp_path, 6, far=lambda channel: Far(channel, at_once=3))
    far = services.networks["telegram"]
    far.gate.clear()
    async with running(services) as one:
        await until(lambda: far.calls == 3)
        with refusing(services.store):
            far.gate.set()
            await until(lambda: len(far.taken) == 3)
            await asyncio.sleep(2.5)
            assert far.calls == 3, "nothing is claimed that could not be written down"
            assert "the database" in one.shared.failures.current.values()
        await until(lambda: states(services) == ["sent"] * 6)
        await until(lambda: not one.shared.failures.current)
        assert services.store.alerts.current() == []
    assert sorted(far.taken) == [f"1-1-{n}" for n in range(1, 7)], "nobody got it twice"
    errors = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors) == 1, errors


class Uneven(Far):
    """Each answer takes another time, so that some are under way whenever others land."""

    async def send(self, message):
        await asyncio.sleep(0.05 + self.calls % 7 * 0.1)
        return await super().send(message)


@pytest.mark.parametrize("at_once", [1, 8])
async def test_a_disk_that_is_full_for_a_while_leaves_nothing_in_sending(tmp_path, at_once):
    people = 12 * at_once
    services = build(tmp_path, people, far=lambda channel: Uneven(channel, at_once=at_once))
    far = services.networks["telegram"]
    async with running(services) as one:
        await until(lambda: len(far.taken) >= at_once)
        with refusing(services.store):
            await until(lambda: "the database" in one.shared.failures.current.values())
            await asyncio.sleep(1.5)
        await until(lambda: states(services) == ["sent"] * people)
        await until(lambda: not one.shared.failures.current)
    assert sorted(far.taken) == sorted({*far.taken}), "nobody got it twice"
    assert len(far.taken) == people


async def test_what_a_full_disk_refused_is_written_at_the_stop_where_there_is_room_again(tmp_path):
    services = build(tmp_path, 8, far=lambda channel: Far(channel, at_once=8))
    far = services.networks["telegram"]
    far.gate.clear()
    async with running(services) as one:
        await until(lambda: far.calls == 8)
        with refusing(services.store):
            far.gate.set()
            await until(lambda: len(far.taken) == 8 and not one.shared.turns.under_way)
            one.shared.turns.halt.set()  # no turn of its own writes them
        assert states(services) == ["sending"] * 8
    assert states_in_file(services) == ["sent"] * 8


async def test_an_answer_that_never_comes_keeps_its_own_place_and_no_other(tmp_path):
    """Everybody else gets theirs meanwhile, and so does who is to get it once more."""
    services = build(tmp_path, 40, far=lambda channel: Far(channel, at_once=10, stuck=(3, 17)))
    far = services.networks["telegram"]
    async with running(services):
        await until(lambda: len(far.taken) == 38)
        first = DeliveryKey(*map(int, far.taken[0].split("-")))
        assert services.store.outbox.change(first, [State.SENT], State.QUEUED)
        await until(lambda: len(far.taken) == 39)
        await until(lambda: states(services).count("sending") == 2)
    assert len(far.taken) == 39


async def test_an_error_before_anything_left_gives_the_claimed_rows_back(tmp_path):
    services = build(tmp_path, 5, far=Far)
    now = datetime.now(UTC)
    plan.run(services, now)
    dispatcher = Dispatcher(services, "telegram", now - timedelta(minutes=1))

    def torn(*_):
        raise RuntimeError("a bug")

    dispatcher._attempts["telegram"].message = torn
    with pytest.raises(RuntimeError, match="a bug"):
        await dispatcher.turn(lambda: datetime.now(UTC), asyncio.Event())
    assert states(services) == ["queued"] * 5
    services.store.close()


async def test_an_alert_of_an_earlier_process_about_a_job_is_closed(tmp_path):
    services = build(tmp_path, 0, far=Far)
    services.store.alerts.open(read("job", "plan", "the job 'plan' fails", {}), 1)
    async with running(services):
        await until(lambda: not services.store.alerts.current())


# New data


async def test_a_reload_uses_clean_data(tmp_path):
    services = build(tmp_path, 1, far=Far)
    bigger = house.campaign(today_action(), today_action(action_id="second"))
    (tmp_path / "content" / "en" / "trees" / "second.j2").write_text(house.TEXTS, "utf-8")
    library = Library(files=read_files((tmp_path,)), campaigns={"trees": bigger}, known=("trees",))
    async with running(services, lambda: (services.settings, library)):
        await until(lambda: states(services) == ["sent"])
        token = reload.ask(services.store)
        await until(lambda: reload.answered(services.store, token) is not None)
        assert reload.answered(services.store, token) == reload.Answer()
        await until(lambda: states(services) == ["sent"] * 2)


async def test_a_reload_of_data_with_problems_changes_nothing_and_says_why(tmp_path, caplog):
    services = build(tmp_path, 1, far=Far)

    def broken():
        raise DataError(
            [
                Problem(
                    file="campaigns/trees/calendar.toml",
                    key="action[deed].grace",
                    message="'soon' is no span of time",
                )
            ]
        )

    async with running(services, broken) as one:
        await until(lambda: states(services) == ["sent"])
        token = reload.ask(services.store)
        await until(lambda: reload.answered(services.store, token) is not None)
        assert reload.answered(services.store, token) == reload.Answer(
            problems=(
                "campaigns/trees/calendar.toml: action[deed].grace: 'soon' is no span of time",
            )
        )
        assert one.shared.services.library is services.library
    assert "the old data stay in use" in caplog.text


async def test_problems_that_a_reload_has_overtaken_are_told_no_more(tmp_path, caplog, monkeypatch):
    monkeypatch.setattr("bot.scheduler.process.LOOK_AFTER", 0.0)
    services = build(tmp_path, 0, far=Far)
    begun, overtaken = threading.Event(), threading.Event()
    campaigns = {"trees": house.campaign(today_action())}
    library = Library(files=read_files((tmp_path,)), campaigns=campaigns, known=("trees",))

    def look(_version):
        begun.set()
        overtaken.wait(30)
        return [Problem(file="campaigns/trees/calendar.toml", key="action", message="is missing")]

    async with running(services, lambda: (services.settings, library), look):
        await until(begun.is_set)
        token = reload.ask(services.store)
        await until(lambda: reload.answered(services.store, token) == reload.Answer())
        overtaken.set()
        await asyncio.sleep(0.5)
        assert json.loads(services.store.meta.get("problems played"))["count"] == 0
    assert "the data that play have" not in caplog.text


async def test_an_old_request_is_answered_at_the_start(tmp_path):
    services = build(tmp_path, 0, far=Far)
    token = reload.ask(services.store)
    async with running(services):
        await until(lambda: reload.answered(services.store, token) == reload.Answer())


def elsewhere(services, monkeypatch):
    """Reads settings whose channel is at a server that is not there."""
    channel = replace(
        services.settings.channels["telegram"],
        network="telegram",
        base_url="http://127.0.0.1:9",
        target="@x",
    )
    settings = replace(services.settings, channels={"telegram": channel})
    monkeypatch.setenv("DRUMBEAT_TELEGRAM_TOKEN", "123:ABC")
    library = replace(services.library, known=("trees",))
    return lambda: (settings, library)


async def test_a_sighup_reads_secrets_and_data_again_between_two_turns(
    tmp_path, monkeypatch, caplog
):
    caplog.set_level(logging.INFO)
    services = build(tmp_path, 2, far=Far)
    far = services.networks["telegram"]
    far.gate.clear()
    async with running(services, elsewhere(services, monkeypatch)) as one:
        await until(lambda: far.calls == 1)
        os.kill(os.getpid(), signal.SIGHUP)
        await asyncio.sleep(0.5)
        assert one.shared.services.library is services.library, "not while something is in flight"
        far.gate.set()
        await until(lambda: one.shared.services.library is not services.library)
        assert (
            type(one.shared.services.networks["telegram"]).__module__
            == "bot.networks.telegram.network"
        )
        await until(lambda: far.closed)
        await until(lambda: "channel telegram (telegram) is live" in caplog.text)


async def test_what_fails_once_new_data_are_in_use_does_not_say_that_the_old_ones_are(
    tmp_path, monkeypatch, caplog
):
    services = build(tmp_path, 1, far=Far)
    async with running(services, elsewhere(services, monkeypatch)) as one:
        await until(lambda: states(services) == ["sent"])

        def full():
            raise StoreError("the disk is full")

        one.shared.tell_playing = full
        os.kill(os.getpid(), signal.SIGHUP)
        await until(lambda: one.shared.services.library is not services.library)
        await until(lambda: "the disk is full" in caplog.text)
    assert "the old data stay in use" not in caplog.text


async def test_a_sighup_closes_no_connection_under_a_job_that_is_using_it(
    tmp_path, monkeypatch, caplog
):
    caplog.set_level(logging.INFO)
    services = build(tmp_path, 0, far=Far)
    far, begun, may = services.networks["telegram"], asyncio.Event(), asyncio.Event()

    async def asks(of, _now):
        if of.networks["telegram"] is far:
            begun.set()
            await may.wait()
            assert not far.closed

    slow = Tick(name="ask", run=asks, live=1, terminal=False, rehearsal=False)
    monkeypatch.setattr("bot.scheduler.process.TICKS", (*TICKS, slow))
    async with running(services, elsewhere(services, monkeypatch)) as one:
        await begun.wait()
        os.kill(os.getpid(), signal.SIGHUP)
        await until(lambda: "secrets, settings and data were read again" in caplog.text)
        await asyncio.sleep(0.3)
        assert not far.closed
        may.set()
        await until(lambda: far.closed)
        assert "ask" not in one.shared.failures.current


async def test_a_stop_closes_what_a_reload_left_open(tmp_path, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    services = build(tmp_path, 0, far=Far)
    far, begun = services.networks["telegram"], asyncio.Event()

    async def hangs(_of, _now):
        begun.set()
        await asyncio.Event().wait()

    slow = Tick(name="ask", run=hangs, live=1, terminal=False, rehearsal=False)
    monkeypatch.setattr("bot.scheduler.process.TICKS", (*TICKS, slow))
    async with running(services, elsewhere(services, monkeypatch)):
        await begun.wait()
        os.kill(os.getpid(), signal.SIGHUP)
        await until(lambda: "secrets, settings and data were read again" in caplog.text)
        assert not far.closed
    assert far.closed


@pytest.mark.parametrize("at_once", [1, 3])
async def test_a_sighup_lets_go_of_what_never_answers_and_goes_on(tmp_path, monkeypatch, at_once):
    monkeypatch.setattr("bot.scheduler.reloading.DRAIN", 0.5)
    monkeypatch.setattr("bot.jobs.sending.dispatch.unheard.LONGEST", 3.0)
    services = build(tmp_path, 6, far=lambda channel: Far(channel, at_once=at_once, stuck=(2,)))
    far = services.networks["telegram"]
    async with running(services, elsewhere(services, monkeypatch)) as one:
        await until(lambda: far.calls > at_once)
        os.kill(os.getpid(), signal.SIGHUP)
        await until(lambda: one.shared.services.settings is not services.settings)
        assert "uncertain" not in states(services), "its call may be under way still"
        await until(lambda: "uncertain" in states(services))
        assert states(services).count("uncertain") == 1
        uncertain = [a.subject for a in services.store.alerts.current() if a.kind == "uncertain"]
    assert uncertain == ["telegram"]
    assert (
        len(set(far.taken)) == len(far.taken) == states_in_file(one.shared.services).count("sent")
    )


# The heart


@asynccontextmanager
async def heard(services):
    """The services with a heartbeat's page, and what that page was asked for."""
    beats = []

    async def answer(request):
        beats.append(request.path)
        return web.Response()

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    alerts = Alerts(url=None, heartbeat=Secret(f"http://127.0.0.1:{runner.addresses[0][1]}/beat"))
    yield replace(services, settings=replace(services.settings, alerts=alerts)), beats
    await runner.cleanup()


async def test_the_heart_beats_only_while_the_jobs_are_well(tmp_path):
    async with heard(build(tmp_path, 0, far=Far)) as (services, beats):
        one = scheduler(services)
        await one.beat()
        assert beats == [], "nothing was planned yet"
        await one.shared.guard(PLAN.name, partial(one.do, PLAN))
        await one.beat()
        assert beats == ["/beat"]
        one.shared.failures.current["look-up"] = "look-up"
        await one.beat()
        assert beats == ["/beat"]
        services.store.close()


@pytest.mark.parametrize("at_once", [1, 2])
async def test_the_heart_rests_while_an_account_has_work_and_does_not_move(tmp_path, at_once):
    built = build(tmp_path, 5, far=lambda channel: Far(channel, at_once=at_once))
    far = built.networks["telegram"]
    far.gate.clear()
    async with heard(built) as (services, beats), running(services) as one:
        one.pulse = Pulse(1.0)
        await until(lambda: far.calls == at_once and beats)
        await asyncio.sleep(0.5)  # until the pace would let the next leave
        await one.shared.guard("progress", one.feel)
        assert not one.shared.failures.current
        await asyncio.sleep(1.1)
        beats.clear()
        await one.shared.guard("progress", one.feel)
        await one.beat()
        assert beats == []
        (alert,) = services.store.alerts.current()
        assert alert.text.startswith("telegram: for ")
        far.gate.set()
        await until(lambda: states(services) == ["sent"] * 5)
        await one.shared.guard("progress", one.feel)
        await one.beat()
        assert (beats, services.store.alerts.current()) == (["/beat"], [])


async def paused(services):
    services.store.channels.pause("telegram", "the token", 1)


async def held(services):
    services.store.holds.put(Scope(), 1)


async def resting(services):
    moment = datetime.now(UTC)
    dispatcher = Dispatcher(services, "telegram", moment)
    dispatcher.pacer.limited(moment.timestamp(), 3600.0)
    services.store.channels.keep_pacing("telegram", dispatcher.pacer.state().dumps())


async def waiting_for_its_network(services):
    now = datetime.now(UTC).timestamp()
    rest = Resting(account="telegram", reason="502", since=now - 60, until=now + 300, rests=5)
    services.store.channels.keep_rest(rest)


@pytest.mark.parametrize("state", [paused, held, resting, waiting_for_its_network])
async def test_an_account_that_may_not_send_does_not_stand_still(tmp_path, state):
    services = build(tmp_path, 3, far=Far)
    await state(services)
    async with running(services) as one:
        one.pulse = Pulse(0.5)
        await until(lambda: states(services) == ["queued"] * 3)
        for _ in range(2):
            await one.shared.guard("progress", one.feel)
            await asyncio.sleep(0.6)
        assert not one.shared.failures.current
        assert services.networks["telegram"].calls == 0
