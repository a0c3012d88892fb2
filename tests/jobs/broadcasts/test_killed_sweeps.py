"""`kill -9` of `drumbeat run` while it carries out what was decided about a whole wave, or prunes what
is old: nothing is lost or done twice, and counts, rows and servers agree.
"""

import asyncio
import sqlite3
from collections import Counter
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from signal import SIGCONT, SIGSTOP

import helpers
import house
import live
import pytest
from crash import agreement
from live import LIVE, Process, action, until, write

from bot.jobs.broadcasts import sweeps
from bot.jobs.people import history
from bot.jobs.planning import plan
from bot.jobs.sending import holds
from bot.model import State
from bot.model.outbox import Scope
from bot.model.outbox.broadcasts import SweepKind
from bot.model.staff import Actor
from bot.store.tally import Stage
from bot.times import epoch

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.process,
    pytest.mark.timeout(600),
]

ANA = Actor("Ana")

OLD = timedelta(days=800)

long = pytest.mark.long


class Play:
    """An operator's folder with a wave that waits, and the server that its channel leads to.

    A step reaches 500 messages; `kills` tells how many are reached at least when the process is
    killed, each time.
    """

    def __init__(self, folder, server, rng, *, long):
        self.folder, self.server, self.rng = folder, server, rng
        self.people = 10_000 if long else 4_000
        self.kills = range(500, 8_500, 1_000) if long else (500,)
        self.database = folder / "drumbeat.db"

    def services(self):
        return helpers.live(self.folder / "config.toml", LIVE)

    def ask(self, sql):
        with closing(sqlite3.connect(self.database, timeout=30)) as connection:
            return connection.execute(sql).fetchall()

    def change(self, sql):
        with closing(sqlite3.connect(self.database, timeout=30)) as connection, connection:
            connection.execute(sql)

    def states(self):
        return agreement.states(self.database)

    def differences(self):
        record = {"chat": agreement.taken_by_telegram(self.server)}
        return agreement.differences(agreement.table(self.database), record)

    def sweep(self):
        """How many messages it reached, and whether it has come to its end; nothing before it is
        decided.
        """
        return next(iter(self.ask("SELECT changed, done FROM sweep")), (0, 0))

    async def killed(self, run, reached):
        """Kill it anywhere after `reached()`: it stands still while somebody looks, so that a busy
        machine sees what an idle one does.
        """
        while True:
            await asyncio.sleep(self.rng.uniform(0, 0.02))
            run.signal(SIGSTOP)
            if reached():
                break
            run.signal(SIGCONT)
        await run.kill()

    @asynccontextmanager
    async def carried_out(self, decide):
        """Somebody decides while it runs, and it is killed in the middle, again and again."""
        for turn, reached in enumerate(self.kills):
            async with Process(self.folder, "run") as run:
                await run.says("plays trees")
                if not turn:
                    await decide(run)
                await self.killed(run, lambda at=reached: self.sweep()[0] >= at)
            changed, done = self.sweep()
            assert reached <= changed < self.people
            assert not done
            assert self.differences() == []
        async with Process(self.folder, "run") as run:
            await until(lambda: self.sweep()[1], lambda: run.err)
            yield run
            await run.stop()
            assert "Traceback" not in run.err
        assert self.differences() == []


@pytest.fixture
async def play(tmp_path, request, rng):
    due = live.a_minute_ago()
    async with live.Fake() as server:
        made = Play(tmp_path, server, rng, long=request.config.getoption("long"))
        config = write(tmp_path, server.url, action(day=due, to=("nudge",)), due=due)
        config.write_text(
            config.read_text("utf-8").replace("nudges = true", "nudges = true\nposts = false")
        )
        with helpers.live(config, LIVE) as services:
            minute = due.hour * 60 + due.minute
            services.store.people.add(house.person(n, minute=minute) for n in range(made.people))
            plan.run(services, datetime.now(UTC))
        for n in range(made.people):
            server.chats[str(1000 + n)] = {"id": 1000 + n, "type": "private"}
        server.closed.clear()  # one of so many has the number of who blocked us
        yield made


def decided(play, kind):
    with play.services() as services:
        [(occurrence, channel)] = play.ask("SELECT DISTINCT occurrence, channel FROM delivery")
        sweeps.begin(services, kind, occurrence, channel, ANA, datetime.now(UTC))


async def test_what_waits_is_cancelled_while_others_have_left(play):
    left = 0

    async def cancel(run):
        nonlocal left
        await until(lambda: len(play.server.texts) >= 20, lambda: run.err)
        decided(play, SweepKind.CANCEL)
        left = play.states()[State.SENT]

    async with play.carried_out(cancel):
        states = play.states()
        assert states[State.CANCELLED] == play.sweep()[0]
        assert states.keys() <= {State.CANCELLED, State.SENT, State.UNCERTAIN}
        assert states.total() == play.people
        assert play.people - states[State.CANCELLED] - left <= 130, "what was claimed already"
    assert max(Counter(chat for chat, _ in agreement.taken_by_telegram(play.server)).values()) == 1


@long
async def test_what_is_uncertain_is_sent_again_once(play):
    play.change(f"UPDATE delivery SET state = {int(State.UNCERTAIN)}")

    async def send(_run):
        decided(play, SweepKind.SEND)

    async with play.carried_out(send) as run:
        before = len(play.server.texts)
        await until(lambda: len(play.server.texts) > before + 20, lambda: run.err)
    assert play.sweep() == (play.people, 1)
    assert play.states().total() == play.people
    # what was under way at a kill is uncertain anew, for another reason
    words = dict(play.ask("SELECT error, count(*) FROM result WHERE error IS NOT NULL GROUP BY 1"))
    assert {key for key in words if not key.startswith("drumbeat ended")} == {
        "uncertain before; released by Ana"
    }
    assert play.states()[State.UNCERTAIN] == sum(
        n for key, n in words.items() if key.startswith("drumbeat ended")
    )


@long
async def test_what_a_hold_made_late_gets_its_grace_anew_before_any_of_it_is_skipped(play):
    with play.services() as services:
        holds.hold(services, Scope(), ANA, datetime.now(UTC))
    play.change("UPDATE delivery SET expires = due + 1")

    async def release(_run):
        with play.services() as services:
            released = holds.release(services, Scope(), ANA, datetime.now(UTC), send_late=True)
            assert released.follows

    async with play.carried_out(release) as run:
        await until(lambda: len(play.server.texts) > 20, lambda: run.err)
    assert play.ask("SELECT count(*) FROM hold") == [(0,)]
    assert play.ask("SELECT min(expires) > due + 1 FROM delivery") == [(1,)]
    assert play.states().total() == play.people
    assert State.SKIPPED not in play.states()


def grow_old(play):
    """The wave left long ago, but for what is uncertain; staff were told that it will be pruned, and
    nothing is planned any more.
    """
    config = play.folder / "config.toml"
    config.write_text(config.read_text("utf-8").replace('active = ["trees"]', "active = []"))
    sent, uncertain = int(State.SENT), int(State.UNCERTAIN)
    seconds = int(OLD.total_seconds())
    day = (datetime.now(UTC) - OLD).date()
    play.change(
        f"UPDATE delivery SET state = CASE WHEN recipient % 100 = 0 THEN {uncertain} ELSE {sent}"
        f" END, due = due - {seconds}, expires = expires - {seconds}"
    )
    play.change(
        "INSERT INTO result (occurrence, channel, recipient, at, receipt) SELECT occurrence,"
        " channel, recipient, due, 'r' || recipient FROM delivery"
    )
    play.change(
        f"UPDATE occurrence SET day = '{day}', opens = opens - {seconds}, closes = closes -"
        f" {seconds}"
    )
    play.change(f"UPDATE wave SET due = due - {seconds}, expires = expires - {seconds}, done = 1")
    began = epoch(datetime.now(UTC)) - 1
    play.change(
        f"INSERT INTO meta VALUES ('{history._TOLD}', '{{\"days\": 400, \"begins\": {began}}}')"
    )


def counted(play):
    """What `status` counts; and that each result belongs to a row, and no row lies twice in counts."""
    assert play.ask(
        "SELECT count(*) FROM result r WHERE NOT EXISTS (SELECT 1 FROM delivery d WHERE"
        " d.occurrence = r.occurrence AND d.channel = r.channel AND d.recipient = r.recipient)"
    ) == [(0,)]
    [(rows,)] = play.ask("SELECT count(*) FROM delivery")
    [(pruned,)] = play.ask("SELECT coalesce(sum(pruned), 0) FROM tally")
    assert rows + pruned == play.people
    with play.services() as services:
        return services.store.listing.counts()


async def test_what_is_old_is_counted_once_and_pruned_and_what_is_uncertain_stays(play):
    grow_old(play)
    kept = len(range(0, play.people, 100))
    before = counted(play)
    assert before == {State.SENT: play.people - kept, State.UNCERTAIN: kept}

    def pruned():
        return play.ask("SELECT coalesce(sum(pruned), 0) FROM tally")[0][0]

    for reached in play.kills:
        async with Process(play.folder, "run") as run:
            await play.killed(run, lambda at=reached: pruned() >= at)
        assert pruned() < play.people - kept
        assert counted(play) == before
    async with Process(play.folder, "run") as run:
        await until(lambda: pruned() == play.people - kept, lambda: run.err)
        await run.stop()
    assert counted(play) == before
    assert play.states() == {State.UNCERTAIN: kept}
    [(stage,)] = play.ask("SELECT stage FROM occurrence WHERE id = (SELECT min(id) FROM wave)")
    assert Stage(stage) in {Stage.COUNTED, Stage.PRUNED}
    assert agreement.taken_by_telegram(play.server) == []
