"""`kill -9` at random moments of `drumbeat run`, again and again: what the servers took and what the
table says agree row by row.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import helpers
import house
import live
import pytest
from crash import agreement
from fakes import bluesky, mastodon, telegram, x
from live import LIVE, Process, action, until, write

from bot.jobs.sending import decisions
from bot.model import State
from bot.model.staff import Actor

pytestmark = [pytest.mark.filterwarnings("ignore::ResourceWarning"), pytest.mark.process]

LONG = 4 * 3600
"""Seconds after which the long form has failed."""

SERVERS: dict[str, tuple[type, Callable[[Any], list[tuple[str, str]]]]] = {
    "chat": (live.Fake, agreement.taken_by_telegram),
    "elephant": (mastodon.Fake, agreement.taken_by_mastodon),
    "sky": (bluesky.Fake, agreement.taken_by_bluesky),
    "bird": (x.Fake, agreement.taken_by_x),
}
"""A fake for each channel, and what it took."""

STAFF = 99
"""Who is told of alarms in the chat."""

SECRETS = {
    f"DRUMBEAT_{channel.upper()}_{field.upper()}": value
    for channel, (kind, _) in SERVERS.items()
    for field, value in kind.secrets.items()
}
CHANNEL = """
[channels.{name}]
network = "{network}"
base_url = "{url}"
language = "en"
approve = "auto"
hour = "{hour}"
granted_per_second = {pace}
"""


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much there is to send, and how often it is interrupted."""

    people: int
    #: on each network but Telegram
    posts: int
    #: posts a second, on each
    pace: float
    kills: int

    @property
    def deliveries(self) -> int:
        return self.people + self.posts * (len(SERVERS) - 1)


@dataclass(frozen=True, kw_only=True)
class Play:
    """An operator's folder, and the servers that its channels lead to."""

    folder: Path
    size: Size
    servers: dict[str, Any]

    @property
    def database(self) -> Path:
        return self.folder / "drumbeat.db"

    def run(self) -> Process:
        return Process(self.folder, "run", env=SECRETS)

    def record(self) -> dict[str, list[tuple[str, str]]]:
        return {name: take(self.servers[name]) for name, (_, take) in SERVERS.items()}

    def differences(self) -> list[str]:
        """Where the servers and the table do not agree."""
        repeats = SERVERS.keys() - {"chat"}
        return agreement.differences(agreement.table(self.database), self.record(), repeats=repeats)

    def taken(self) -> int:
        return sum(len(server.texts) for server in self.servers.values())

    def is_over(self) -> bool:
        """Whether every row is there, and none of them is to leave any more."""
        states = agreement.states(self.database)
        return states.total() == self.size.deliveries and not states.keys() & agreement.GOING

    async def killed_at(self, moment: int, rng: Random) -> None:
        """Kill it a little after so many messages were taken; where they were before it began,
        within its first seconds.
        """
        async with self.run() as run:
            if self.taken() >= moment:
                await asyncio.sleep(rng.uniform(0, 2))
            await until(lambda: self.taken() >= moment or self.is_over(), lambda: run.err, LONG)
            await asyncio.sleep(rng.uniform(0, 0.1))
            await run.kill()


@asynccontextmanager
async def playing(folder: Path, size: Size, rng: Random):
    """Servers that hesitate, and a folder with a nudge for everybody, and posts."""
    due = live.a_minute_ago()
    nudge = action("tree-day", day=due, to=("nudge",))
    # of words of their own: of posts that are much alike a person says which one is there
    names = ["-".join(f"{letter}{n}" for letter in "abcdef") for n in range(size.posts)]
    posts = [action(name, day=due, to=("post",)) for name in names]
    async with AsyncExitStack() as stack:
        servers = {
            name: await stack.enter_async_context(agreement.hesitant(kind, rng, 0.1))
            for name, (kind, _) in SERVERS.items()
        }
        config = write(folder, servers["chat"].url, nudge, *posts, due=due)
        text = config.read_text("utf-8").replace("nudges = true", "nudges = true\nposts = false")
        tables = [
            CHANNEL.format(
                name=name, network=s.network, url=s.url, hour=f"{due:%H:%M}", pace=size.pace
            )
            for name, s in servers.items()
            if s.network != telegram.Fake.network
        ]  # fmt: skip
        config.write_text("".join([text, *tables]), "utf-8")
        with helpers.live(config) as services:
            minute, channel = due.hour * 60 + due.minute, services.channel_ids["chat"]
            services.store.people.add(
                house.person(n, minute=minute, channel_id=channel) for n in range(size.people)
            )
        for number in (STAFF, *range(1000, 1000 + size.people)):
            servers["chat"].person(number)
        servers["chat"].closed.clear()  # one of so many has the number of who blocked us
        yield Play(folder=folder, size=size, servers=servers)


def somebody_looks(play: Play) -> None:
    """A nudge that is uncertain waits for a person, who sees whether it is there."""
    there = {chat for chat, _ in play.record()["chat"]}
    now = datetime.now(UTC)
    with helpers.live(play.folder / "config.toml", LIVE) as services:
        for row in agreement.table(play.database):
            if row.state is State.UNCERTAIN:
                say = decisions.arrived if row.what in there else decisions.release
                say(services, row.key, Actor.staff("somebody"), now)


@pytest.mark.parametrize(
    "size",
    [
        pytest.param(
            Size(people=40, posts=3, pace=20.0, kills=2), marks=pytest.mark.timeout(400), id="short"
        ),
        pytest.param(
            Size(people=20_000, posts=300, pace=0.5, kills=100),
            marks=[pytest.mark.long, pytest.mark.timeout(LONG)],
            id="long",
        ),
    ],
)
async def test_nothing_is_lost_or_there_twice_however_often_it_is_killed(tmp_path, rng, size):
    moments = sorted(rng.randrange(size.deliveries) for _ in range(size.kills))
    async with playing(tmp_path, size, rng) as play:
        for moment in moments:
            await play.killed_at(moment, rng)
            assert play.differences() == []
        async with play.run() as run:

            def unsent():
                rows = agreement.table(play.database)
                return [row.channel for row in rows if row.state is not State.SENT]

            await until(
                lambda: play.is_over() and set(unsent()) <= {"chat"},
                lambda: f"{unsent()} {run.err}",
                LONG,
            )
            assert play.differences() == []
            somebody_looks(play)
            await until(lambda: not unsent(), lambda: run.err)
            await run.stop()
            assert "Traceback" not in run.err
        assert play.differences() == []
        counts = {name: len(taken) for name, taken in play.record().items()}
    assert counts == dict.fromkeys(SERVERS, size.posts) | {"chat": size.people}
