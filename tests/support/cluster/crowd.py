"""Accounts, their subscribers, and the strict servers that keep a record of all they take."""

import asyncio
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from random import Random
from typing import Any

import helpers
import live
from fakes.telegram import Fake

from bot.model import Audience, State
from bot.model.database import Server
from bot.store import Store
from cluster import Cluster
from cluster.stamped import LEFT

GOING = {State.PLANNED, State.QUEUED, State.SENDING}

CONFIG = """
active = ["trees"]
roots = ["pack"]

[quiet]
from = "00:00"
to = "00:00"

[privacy]
controller = "The tree committee"
contact = "trees@example.org"
"""

CHANNEL = """
[channels.{name}]
network = "telegram"
base_url = "{url}"
language = "en"
approve = "auto"
nudges = true
posts = false
hour = "{hour}"
per_second = {rate}
"""


class Account(Fake):
    """A bot's server, which knows that bot and its subscribers and nobody else.

    It thinks for up to a tenth of a second before it takes a message, and again before it answers.
    """

    def __init__(self, number: int, people: range, rng: Random) -> None:
        super().__init__()
        self.name = name_of(number)
        self.secrets = {"token": f"{110201543 + number}:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"}
        self.closed = {}
        self.chats = {
            str(chat): {"id": chat, "type": "private", "first_name": "A"} for chat in people
        }
        self._rng = rng
        #: when each message came, by `time.monotonic`
        self.times: list[float] = []
        #: when each left, where its worker says so
        self.left: list[float] = []
        self.taken: Counter[int] = Counter()

    async def answer(self, request: Any) -> Any:
        self.times.append(time.monotonic())
        if left := request.headers.get(LEFT):
            self.left.append(float(left))
        await request.read()  # it is all there, whatever becomes of its sender
        await asyncio.sleep(self._rng.uniform(0, 0.1))
        answer = await super().answer(request)
        await asyncio.sleep(self._rng.uniform(0, 0.1))
        return answer

    def _take(self, chat: dict[str, Any], **content: Any) -> dict[str, Any]:
        self.taken[chat["id"]] += 1
        return super()._take(chat, **content)

    def most(self) -> int:
        """Return how many messages came within the second that had most of them."""
        return _most(self.times)

    def most_left(self) -> int:
        """Return how many left within the second that had most of them."""
        return _most(self.left)


def _most(moments: Sequence[float]) -> int:
    times = sorted(moments)
    return max((n + 1 - bisect_left(times, at - 1) for n, at in enumerate(times)), default=0)


class Lag:
    """How long the loop in which the servers live stood still at most: what came meanwhile seems to
    have come at once.
    """

    def __init__(self) -> None:
        self.longest = 0.0

    async def watch(self) -> None:
        """Watch until cancelled."""
        while True:
            began = time.monotonic()
            await asyncio.sleep(_LOOK)
            self.longest = max(self.longest, time.monotonic() - began - _LOOK)


_LOOK = 0.02


@dataclass(frozen=True, kw_only=True)
class World:
    """A folder of settings, accounts with their servers, and a database full of subscribers."""

    folder: Path
    cluster: Cluster
    #: the database, by the server's own socket
    server: Server
    accounts: list[Account]
    #: a second, of each account
    rate: int
    deliveries: int
    lag: Lag

    def environment(self, server: Server) -> dict[str, str]:
        """Return what a process needs to know, over this way to the database."""
        tokens = {
            f"DRUMBEAT_{account.name}_TOKEN".upper(): account.secrets["token"]
            for account in self.accounts
        }
        keys = str(self.folder / "keys")
        return {"DRUMBEAT_DATABASE_URL": str(server), "DRUMBEAT_KEYS_FILE": keys, **tokens}

    @property
    def socket(self) -> Path:
        """Return the server's own socket."""
        return self.cluster.folder / f".s.PGSQL.{self.cluster.port}"

    def fill(self, each: int, minute: int) -> None:
        """Subscribe so many people with each account, who are met at this minute in UTC."""
        settings = helpers.open_settings(self.folder / "config.toml")
        with closing(Store(self.server, keys=self.folder / "keys")) as store:
            ids = store.channels.ensure(settings.channels.values())
            for name in settings.channels:
                place = store.people.place(ids[name], int(Audience.INDIVIDUAL), "UTC", minute)
                store.database.execute(
                    "INSERT INTO person (channel, address, language, country, place, joined) SELECT"
                    " :channel, CAST(1000 + n AS TEXT), 'en', NULL, :place, 0 FROM"
                    " generate_series(0, :each - 1) n",
                    {"channel": ids[name], "place": place, "each": each},
                )

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the database, beside all."""
        import psycopg

        with psycopg.connect(**self.server.connecting(), autocommit=True) as connection:
            return connection.execute(sql).fetchall()

    def states(self) -> Counter[State]:
        """Return how many deliveries are in each state."""
        rows = self.rows("SELECT state, count(*) FROM delivery GROUP BY state")
        return Counter({State(state): count for state, count in rows})

    def in_flight(self, pid: int) -> Counter[str]:
        """Return how many rows a process is sending, by account."""
        rows = self.rows(
            "SELECT l.account, count(*) FROM delivery d JOIN lease l ON l.id = d.claim WHERE"
            f" d.state = {int(State.SENDING)} AND l.holder LIKE '% {pid}' GROUP BY l.account"
        )
        return Counter(dict(rows))

    def taken(self) -> int:
        """Return how many messages the servers took."""
        return sum(len(account.times) for account in self.accounts)

    def excess(self) -> dict[str, int]:
        """Return how many messages above its rate came for each account in one second, beyond what
        a loop that stood still makes of it.
        """
        seeming = ceil(self.rate * self.lag.longest)
        return {each.name: each.most() - self.rate - seeming for each in self.accounts}

    def is_over(self) -> bool:
        """Whether every delivery is there, and none is to leave any more."""
        states = self.states()
        return states.total() == self.deliveries and not states.keys() & GOING

    def differences(self) -> list[str]:
        """Where servers and rows do not agree: what is sent was taken once, and what is uncertain
        at most once.
        """
        rows = self.rows(
            "SELECT c.name, p.address, d.state FROM delivery d JOIN channel c ON c.id = d.channel"
            " JOIN person p ON p.id = d.recipient ORDER BY 1, 2"
        )
        counts = {account.name: account.taken for account in self.accounts}
        return [
            f"{name}: {address} is {state.word} and was taken {taken} times"
            for name, address, number in rows
            for state in [State(number)]
            for taken in [counts[name][int(address)]]
            if taken > 1 or ((taken == 1) != (state is State.SENT) and state is not State.UNCERTAIN)
        ]


def name_of(number: int) -> str:
    """Return the name of a channel."""
    return f"bot{number}"


@asynccontextmanager
async def crowd(
    folder: Path, cluster: Cluster, rng: Random, *, accounts: int, each: int, rate: int
) -> AsyncIterator[World]:
    """Yield so many accounts with so many subscribers each, all of whom are due a nudge."""
    due = live.a_minute_ago()
    live.write(folder, "http://127.0.0.1", live.action(day=due, to=("nudge",)), due=due)
    async with AsyncExitStack() as stack:
        servers = [
            await stack.enter_async_context(Account(n, range(1000, 1000 + each), rng))
            for n in range(accounts)
        ]
        tables = [
            CHANNEL.format(name=one.name, url=one.url, hour=f"{due:%H:%M}", rate=rate)
            for one in servers
        ]
        (folder / "config.toml").write_text(CONFIG + "".join(tables), "utf-8")
        name = f"trial{time.monotonic_ns()}"
        world = World(
            folder=folder,
            cluster=cluster,
            server=cluster.empty(name),
            accounts=servers,
            rate=rate,
            deliveries=accounts * each,
            lag=Lag(),
        )
        stack.callback(cluster.drop, name)
        # what was committed is there when the server was killed
        cluster.run("postgres", f"ALTER DATABASE {name} SET synchronous_commit = on")
        world.fill(each, due.hour * 60 + due.minute)
        watching = asyncio.create_task(world.lag.watch())
        stack.callback(watching.cancel)
        yield world
