"""The running process while the machine's clock jumps: nothing stands still, nothing is skipped."""

import asyncio
import json
import shutil
import struct
import subprocess
import sys
import time
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from mmap import mmap

import house
import live
import pytest
from clocks.undisturbed import within
from fakes.bot_api import BotApi
from live import Process, action, until, write

from bot.app import open_beside
from bot.cli.operations.backup import backup
from bot.cli.operations.clock import trust
from bot.cli.operations.keys import rotate
from bot.clock import STEADY, WATCHED, Clock, elapsed
from bot.errors import RateLimited, TryLater
from bot.jobs.operations import needs
from bot.jobs.operations.clock import Tended
from bot.jobs.planning import plan
from bot.jobs.sending.decisions import clock
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.ticks import TICKS
from bot.model import Limits, Receipt, State, YearlyDay
from bot.model.outbox import Result
from bot.networks.base import Network
from bot.rules.alerts import ClockJumped
from bot.scheduler import Scheduler
from bot.scheduler.timers import utc_now
from bot.store import Store

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

PEOPLE = 60
HOUR = 3600.0
DAY = 24 * HOUR


class Far(Network):
    """A network that takes everything."""

    LIMITS = Limits(length=4096, counter="characters", per_second=20.0)
    NUDGES = True

    def __init__(self, channel) -> None:
        super().__init__(channel, {})
        self.taken: list[str] = []
        self.refusal: Exception | None = None

    async def send(self, message):
        if self.refusal is not None:
            raise self.refusal
        self.taken.append(str(message.key))
        return Receipt(id=f"far-{message.key}")

    async def probe(self):
        return "far"


class Machine:
    """What the clock of this machine shows, and how much of it has passed."""

    def __init__(self) -> None:
        self.off = 0.0
        self.later = 0.0

    def clock(self):
        return utc_now() + timedelta(seconds=self.off + self.later)

    def passed(self):
        return elapsed() + self.later


def build(folder, people=PEOPLE, grace=timedelta(hours=2)):
    """Services with so many nudges due since a minute ago."""
    now = datetime.now(UTC) - timedelta(minutes=1)
    when = YearlyDay(month=now.month, day=now.day)
    services = house.services(folder, house.campaign(house.action(when=when, grace=grace)))
    minute = now.hour * 60 + now.minute
    services.store.people.add(house.person(n, minute=minute) for n in range(people))
    far = Far(services.settings.channels["telegram"])
    return replace(services, networks={"telegram": far}), far


@asynccontextmanager
async def running(services, machine):
    scheduler = Scheduler(services, lambda: None, machine.clock, passed=machine.passed)
    task = asyncio.create_task(scheduler.run())
    try:
        yield scheduler
    finally:
        scheduler.stop()
        await within(10, task)


def states(services):
    return [State(s).word for (s,) in services.store.database.rows("SELECT state FROM delivery")]


def jumped(services):
    return services.store.alerts.any_open("clock")


@pytest.mark.parametrize("jump", [-HOUR, -DAY, HOUR, DAY])
async def test_a_clock_that_jumps_and_comes_back_stops_nothing_and_skips_nothing(
    tmp_path, jump, caplog
):
    services, far = build(tmp_path)
    machine = Machine()
    async with running(services, machine):
        await until(lambda: len(far.taken) > 5)
        machine.off = jump
        before = len(far.taken)
        await until(lambda: jumped(services))
        await until(lambda: len(far.taken) > before + 10)
        (need,) = [
            need
            for need in needs.rows(services.settings, services.store, {}, machine.clock())
            if need.kind == "clock"
        ]
        machine.off = 0.0
        await until(lambda: states(services) == ["sent"] * PEOPLE, lambda: str(states(services)))
        assert len(set(far.taken)) == len(far.taken) == PEOPLE
    assert "the clock of this machine jumped" in need.text
    assert "`drumbeat clock trust`" in need.text
    assert "the clock of this machine jumped" in caplog.text


async def test_what_is_too_late_by_a_clock_that_jumped_is_skipped_once_the_clock_is_believed(
    tmp_path,
):
    services, far = build(tmp_path, 3)
    plan.run(services, utc_now())
    machine = Machine()
    far.LIMITS = replace(far.LIMITS, per_second=0.003)  # one after some minutes
    async with running(services, machine):
        machine.off = DAY
        await until(lambda: jumped(services))
        await asyncio.sleep(2)
        assert states(services) == ["queued"] * 3
        machine.later = STEADY
        await until(lambda: not jumped(services))
        await until(lambda: set(states(services)) == {"skipped"}, lambda: str(states(services)))
    assert far.taken == []


async def test_a_person_says_that_the_clock_is_right_and_it_is_believed_at_once(
    tmp_path, monkeypatch, capsys
):
    services, far = build(tmp_path, 0)
    config = tmp_path / "config.toml"
    config.write_text("", "utf-8")
    db = services.settings.database
    machine = Machine()
    async with running(services, machine) as scheduler:
        trust(config=config, db=db)
        assert "has not jumped" in capsys.readouterr().out
        machine.off = DAY
        await until(lambda: jumped(services))
        trust(config=config, db=db)
        assert "The running drumbeat believes the clock" in capsys.readouterr().out
        await until(lambda: not jumped(services))
        assert scheduler.shared.clock() - utc_now() > timedelta(hours=23)
    assert far.taken == []


async def test_a_rest_that_a_network_asked_for_does_not_end_where_the_clock_truly_goes_forward(
    tmp_path,
):
    services, far = build(tmp_path, 5)
    far.refusal = RateLimited("slow down", retry_after=6)
    machine = Machine()
    async with running(services, machine) as scheduler:
        dispatcher = scheduler.shared.turns.dispatcher("telegram")
        await until(lambda: dispatcher.pacer.state().paused_until > 0)
        rested, far.refusal = time.monotonic(), None
        machine.off = HOUR
        await until(lambda: jumped(services))
        services.store.meta.put("clock trusted", "yes")
        await until(lambda: not jumped(services))
        await until(lambda: len(far.taken) == 5)
        assert scheduler.shared.clock() - utc_now() > timedelta(minutes=59), "it is believed"
    assert time.monotonic() - rested > 5


async def test_backups_and_keys_take_their_day_from_what_the_running_process_believes(
    tmp_path, capsys
):
    services, _ = build(tmp_path, 0)
    config = tmp_path / "config.toml"
    config.write_text('[channels.telegram]\nnetwork = "dry"\nlanguage = "en"\n', "utf-8")
    db, machine = services.settings.database, Machine()
    machine.off = -DAY
    async with running(services, machine):
        await until(lambda: services.store.meta.get(WATCHED) is not None)
        backup(file=tmp_path / "copy.db", json=True, config=config, db=db)
        assert (
            json.loads(capsys.readouterr().out)["made"] < f"{utc_now() - timedelta(hours=23):%FT%T}"
        )
        rotate(days=2, json=True, config=config, db=db)
        assert (
            json.loads(capsys.readouterr().out)["until"]
            < f"{utc_now() + timedelta(hours=25):%FT%T}"
        )
    with closing(Store(tmp_path / "copy.db")) as store:
        assert store.restored.made() < (utc_now() - timedelta(hours=23)).timestamp()


async def test_a_command_believes_no_clock_that_the_process_beside_it_does_not(tmp_path):
    services, _ = build(tmp_path, 0)
    machine = Machine()
    async with running(services, machine):
        beside = open_beside(services.settings, services.library)
        assert beside.steady()
        machine.off = DAY
        await until(lambda: jumped(services))
        assert not beside.steady()
        beside.store.close()


async def test_a_command_decides_by_what_the_running_process_believes(tmp_path):
    services, _ = build(tmp_path, 0)
    machine = Machine()
    async with running(services, machine):
        await until(lambda: services.store.meta.get(WATCHED) is not None)
        machine.off = DAY
        assert clock(services.store, machine.clock()) - utc_now() < timedelta(seconds=5)
        await until(lambda: jumped(services))
        assert clock(services.store, machine.clock()) - utc_now() < timedelta(seconds=5)
        services.store.meta.put("clock trusted", "yes")
        await until(lambda: not jumped(services))
        assert clock(services.store, machine.clock()) - utc_now() > timedelta(hours=23)
    with closing(Store(services.settings.database)) as store:  # and by its own with none
        assert clock(store, machine.clock()) - utc_now() > timedelta(hours=23)


async def test_a_restart_in_the_middle_keeps_the_wait(tmp_path):
    services, far = build(tmp_path, 3)
    machine = Machine()
    async with running(services, machine):
        await until(lambda: len(far.taken) == 3)
        machine.off = DAY
        await until(lambda: jumped(services))
    again = replace(services, store=Store(services.settings.database))
    async with running(again, machine) as scheduler:
        await asyncio.sleep(1.5)
        assert jumped(again)
        assert abs(scheduler.shared.clock() - utc_now()) < timedelta(seconds=5)


# each decision that can't be undone, by itself


def doubtful(services):
    return replace(services, steady=lambda: False)


def test_jobs_that_decide_what_cant_be_undone_wait_for_the_clock():
    assert {tick.name for tick in TICKS if tick.final} == {
        "pauses",
        "holds",
        "journeys",
        "lost pledges",
        "approvals",
        "monthly letter",
        "month's letter",
        "events",
        "history",
        "questions",
        "retention",
    }


async def test_a_job_that_waits_for_the_clock_does_nothing(tmp_path):
    services, _ = build(tmp_path, 0)
    ran = []
    tick = replace(TICKS[0], final=True, run=lambda _services, now: ran.append(now))
    await tick.do(doubtful(services), utc_now())
    assert ran == []
    await tick.do(services, utc_now())
    assert len(ran) == 1


async def test_no_row_is_too_late_while_the_clock_is_doubted(tmp_path):
    """Neither when its grace is over, nor when quiet hours or a retry would last longer."""
    services, far = build(tmp_path, 2)
    now = utc_now()
    plan.run(services, now)
    late = now + timedelta(days=1)
    dispatcher = Dispatcher(doubtful(services), "telegram", now)
    for second in range(5):
        await dispatcher.step(late + timedelta(seconds=second))
    assert states(services) == ["queued"] * 2
    assert services.store.database.value("SELECT min(due) FROM delivery") >= int(late.timestamp())
    believed = Dispatcher(services, "telegram", late)
    for second in range(60, 65):
        await believed.step(late + timedelta(seconds=second))
    assert states(services) == ["skipped"] * 2
    assert far.taken == []


async def test_a_retry_that_would_end_after_its_grace_is_no_failure_while_the_clock_is_doubted(
    tmp_path,
):
    services, far = build(tmp_path, 1)
    far.refusal = TryLater("503")
    now = utc_now()
    plan.run(services, now)
    last = int(now.timestamp()) + 3
    services.store.database.execute("UPDATE delivery SET expires = :last", {"last": last})
    dispatcher = Dispatcher(doubtful(services), "telegram", now)
    for tenth in range(20):
        await dispatcher.step(now + timedelta(seconds=tenth / 10))
    await dispatcher.close(now)
    assert states(services) == ["queued"]


def test_planning_cancels_and_ends_nothing_while_the_clock_is_doubted(tmp_path):
    services, _ = build(tmp_path, 2)
    plan.run(replace(services, active=services.active), utc_now() - timedelta(hours=3))
    waves = "SELECT count(*) FROM wave WHERE done = 0"
    assert services.store.database.value(waves) == 1
    emptied = replace(doubtful(services), active=())
    late = utc_now() + timedelta(days=1)
    assert plan.run(emptied, late) == 2
    assert states(services) == ["queued"] * 2
    assert services.store.database.value("SELECT sum(cancelled) FROM occurrence") == 0


def test_what_a_clock_put_off_that_lay_ahead_is_looked_at_again(tmp_path):
    services, _ = build(tmp_path, 2)
    now = int(utc_now().timestamp())
    plan.run(services, utc_now())
    number = services.channel_ids["telegram"]
    ahead = now + int(DAY)
    rows = services.store.outbox.claim(number, ahead, 10, services.store.holds.current(None))
    words = [None, "it was too late"]
    results = [
        Result(row, State.QUEUED, due=ahead + 60, counted=False, error=error)
        for row, error in zip(rows, words, strict=True)
    ]
    services.store.outbox.settle(results, ahead)
    assert not list(services.store.outbox.no_later(now)), "so few are done in one step"
    assert services.store.outbox.has_due(number, now)


def put_off(services, people):
    """Of every three rows two are put off, one of these by a clock that lay a day ahead."""
    now = int(utc_now().timestamp())
    plan.run(services, utc_now())
    number, outbox = services.channel_ids["telegram"], services.store.outbox
    rows = outbox.claim(number, now, people, services.store.holds.current(None))
    ahead = [r for n, r in enumerate(rows) if n % 3 == 0]
    later = [r for n, r in enumerate(rows) if n % 3 == 1]
    for put, error, at in ((ahead, "it was too late", now + int(DAY)), (later, "no answer", now)):
        results = [
            # some share an instant, some don't
            Result(row, State.QUEUED, due=now + 600 + n // 2, counted=False, error=error)
            for n, row in enumerate(put)
        ]
        outbox.settle(results, at)
    assert len(rows) == people
    return now, {row.recipient for row in ahead}


def due_by(services, now):
    return {
        entry.key.recipient
        for entry in services.store.listing.entries(State.QUEUED)
        if entry.due <= now
    }


def test_many_that_were_put_off_are_looked_at_again_in_steps(tmp_path, monkeypatch):
    services, _ = build(tmp_path, 42)
    now, ahead = put_off(services, 42)
    monkeypatch.setattr("bot.store.sending.outbox.LOOK", 3)
    steps, before = services.store.outbox.no_later(now), 0
    while next(steps, "over") is None:
        moved = len(due_by(services, now))
        assert moved - before <= 3
        before = moved
        if moved > 5:
            break
    assert due_by(services, now) < ahead
    assert len([*services.store.outbox.no_later(now)]) > 3, "and another time from the beginning"
    assert due_by(services, now) == ahead


def test_the_alarm_about_the_clock_is_open_until_all_are_looked_at(tmp_path, monkeypatch):
    services, _ = build(tmp_path, 42)
    now, ahead = put_off(services, 42)
    monkeypatch.setattr("bot.store.sending.outbox.LOOK", 3)
    machine = Machine()
    watched = Clock(machine.clock, machine.passed)
    services.store.alerts.open(
        ClockJumped(subject="system clock", text="it jumped", shown=now, counted=now), now
    )
    for again in range(2):
        tended = Tended(watched)  # a process that ends in between begins anew
        tended.tend(services)
        assert jumped(services)
        assert again or due_by(services, now + 60) < ahead
    for _ in range(9):
        tended.tend(services)
    assert not jumped(services)
    assert due_by(services, now + 60) == ahead


# the real clock of a real process

SHIM = """
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile long *off;

__attribute__((constructor)) static void begin(void) {
  int fd = open(getenv("CLOCK_OFF"), O_RDONLY);
  off = mmap(0, sizeof(long), PROT_READ, MAP_SHARED, fd, 0);
}

int clock_gettime(clockid_t id, struct timespec *now) {
  int failed = syscall(SYS_clock_gettime, id, now);
  if (!failed && id == CLOCK_REALTIME && off) now->tv_sec += *off;
  return failed;
}

int gettimeofday(struct timeval *now, void *zone) {
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  now->tv_sec = exact.tv_sec;
  now->tv_usec = exact.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *into) {
  struct timespec exact;
  clock_gettime(CLOCK_REALTIME, &exact);
  if (into) *into = exact.tv_sec;
  return exact.tv_sec;
}
"""
"""Sets the clock of one process by as many seconds as the file $CLOCK_OFF says."""


@pytest.fixture
def shim(tmp_path):
    if sys.platform != "linux" or shutil.which("cc") is None:
        pytest.skip("the clock of a process is set by a library that a C compiler makes, on Linux")
    source, library = tmp_path / "shim.c", tmp_path / "shim.so"
    source.write_text(SHIM, "utf-8")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source], check=True)
    off = tmp_path / "off"
    off.write_bytes(struct.pack("q", 0))
    with off.open("r+b") as file, mmap(file.fileno(), 8) as shown:
        env = {**live.LIVE, "LD_PRELOAD": str(library), "CLOCK_OFF": str(off)}
        yield env, lambda seconds: shown.__setitem__(slice(0, 8), struct.pack("q", int(seconds)))


@pytest.mark.process
@pytest.mark.timeout(240)
async def test_the_engine_goes_on_when_the_clock_of_the_process_is_set_back(tmp_path, shim):
    """What falls due after the jump leaves, though the engine's timers go by that clock."""
    env, set_clock = shim
    # a whole minute that a busy machine, too, reaches only after the jump
    soon = (datetime.now(UTC) + timedelta(seconds=75)).replace(second=0, microsecond=0)
    async with BotApi() as api:
        write(tmp_path, api.url, action(day=soon), due=soon)
        async with Process(tmp_path, "run", env=env) as process:
            await process.says("the chat asks Telegram")  # the timers run
            assert datetime.now(UTC) < soon
            set_clock(-HOUR)
            await process.says("the clock of this machine jumped")
            await until(lambda: live.states(tmp_path) == ["sent"], lambda: process.err, seconds=150)
            assert datetime.now(UTC) >= soon
            assert (await process.stop())[0] == 0
