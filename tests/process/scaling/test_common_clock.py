"""Workers on machines whose clocks are an hour off go by the clock of their database's server:
nothing leaves before its time, none waits for its own clock, and together they keep the pace.
"""

import asyncio
import time
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest
from clocks.undisturbed import within
from cluster.far import Far, built

from bot.clock import Borrowed, Clock, elapsed
from bot.errors import StoreError
from bot.jobs.operations.clock import Compared, Tended, apart
from bot.jobs.sending.decisions import clock
from bot.model import State
from bot.rules.alerts import ClockJumped
from bot.scheduler import Scheduler
from bot.scheduler.parts import Part
from bot.store import Store

pytest.importorskip("procrastinate")

pytestmark = pytest.mark.process

HOUR = timedelta(hours=1)
DUE, LATER = 600, 5
RATE = 100
SHARE = 0.25
"""Seconds of a turn: enough of them that no worker is left without any by chance."""


class Timed(Far):
    """A network that knows when it took each message."""

    LIMITS = replace(Far.LIMITS, per_second=float(RATE))

    def __init__(self, channel, taken) -> None:
        super().__init__(channel, taken)
        self.times = []

    async def send(self, message):
        self.times.append(time.monotonic())
        return await super().send(message)


def people():
    """Those for whom something is due since a minute ago, and those for whom it is in half an hour:
    where it is noon now, so that both is on the same day.
    """
    now = datetime.now(UTC)
    zone = f"Etc/GMT{now.hour - 12:+d}"
    noon = 12 * 60 + now.minute
    yield from (house.person(n, zone=zone, minute=noon - 1) for n in range(DUE))
    yield from (house.person(DUE + n, zone=zone, minute=noon + 30) for n in range(LATER))


@asynccontextmanager
async def running(services, queue, off):
    one = Scheduler(
        services,
        lambda: (services.settings, services.library),
        lambda: datetime.now(UTC) + off,
        part=Part.WORKER,
        queue=queue,
    )
    task = asyncio.create_task(one.run())
    try:
        yield one
    finally:
        one.stop()
        await within(6, task)


async def test_a_worker_an_hour_ahead_and_one_behind_keep_pace_and_due_times(
    tmp_path, database, place, monkeypatch, caplog
):
    monkeypatch.setattr("bot.jobs.operations.turns.SHARE", SHARE)
    taken, all_ = [], []
    for _ in range(3):
        services = built(tmp_path, database, taken)
        network = Timed(services.settings.channels["telegram"], taken)
        all_.append(replace(services, networks={"telegram": network}))
    all_[0].store.people.add(people())
    began = time.time()
    async with AsyncExitStack() as stack:
        ones = [
            await stack.enter_async_context(running(services, place, off))
            for services, off in zip(all_, (timedelta(), HOUR, -HOUR), strict=True)
        ]
        end = time.monotonic() + 40
        while len(taken) < DUE:
            assert time.monotonic() < end, "it did not come to pass"
            await asyncio.sleep(0.05)
        await asyncio.sleep(1)
        shown = [(one.shared.clock() - datetime.now(UTC)).total_seconds() for one in ones]
        command = clock(all_[1].store, datetime.now(UTC) + HOUR)
        # here they are one process, by the name of whoever showed its life last
        found = []
        for one in ones:
            await one._sign()
            found.append([text.split(" that of")[0] for _, text in apart(all_[0].store)])
        states = all_[0].store.database.column("SELECT state FROM delivery")
        ends = all_[0].store.database.column("SELECT at FROM result")
    networks = [services.networks["telegram"] for services in all_]
    assert [round(seconds) for seconds in shown] == [0, 0, 0]
    assert abs(command.timestamp() - time.time()) < 5, "a command goes by the same clock"
    assert min(network.mine for network in networks) > 0, "each does its share"
    assert len(taken) == states.count(State.SENT) == DUE, "nothing leaves half an hour too early"
    assert all(began - 1 <= at <= time.time() for at in ends)
    times = sorted(at for network in networks for at in network.times)
    assert all(later - at > 1 for at, later in zip(times, times[RATE:], strict=False))
    assert found == [
        [],
        ["the clock there is 3600.0 s ahead of"],
        ["the clock there is 3600.0 s behind"],
    ]
    said = [record.getMessage() for record in caplog.records if "of this machine" in record.msg]
    assert sorted(words.split(" that of")[0] for words in said) == [
        "the clock of this machine is 3600.0 s ahead of",
        "the clock of this machine is 3600.0 s behind",
    ]


def test_a_servers_clock_that_jumps_is_told_and_not_believed_at_once(tmp_path, caplog):
    services = house.services(tmp_path, house.campaign())
    off, began = [0.0], time.time() - elapsed()
    borrowed = Borrowed(lambda: began + elapsed() + off[0])
    believed = Clock(borrowed)
    tended = Tended(believed, "the database's server")
    tended.tend(services)
    off[0] = 3600.0
    borrowed.ask()
    tended.tend(services)
    assert abs(believed().timestamp() - time.time()) < 1
    assert not believed.steady()
    [alarm] = services.store.alerts.current()
    assert alarm.kind == ClockJumped.kind
    assert "the clock of the database's server jumped" in caplog.text
    off[0] = 0.0
    borrowed.ask()
    assert abs(believed().timestamp() - time.time()) < 1
    services.store.close()


async def test_a_clock_that_cannot_be_asked_goes_on_by_what_is_known_of_it(
    database, server, tmp_path
):
    with closing(Store(database, keys=tmp_path / "keys")) as store:
        borrowed = Borrowed(store.database.clock)
        compared = Compared(lambda: datetime.now(UTC), borrowed)
        await compared.look()
        server.shut(database.name)
        with pytest.raises(StoreError):
            await compared.look()
        server.open(database.name)
        assert abs(borrowed().timestamp() - time.time()) < 1
        await compared.look()
        assert borrowed.error < 1
