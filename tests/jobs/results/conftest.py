"""A campaign whose posts left on networks that tell what became of them: of plain values, or as an
operator has it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

import house
import pytest
from helpers import write_operator

from bot import app
from bot.cli.common import open_library, open_settings
from bot.jobs.results import reading
from bot.jobs.services import Services
from bot.model import DeliveryKey, ListedDates, State
from bot.model.counting import REACTIONS, Reactions
from bot.networks import load
from bot.networks.base import Network
from bot.rules import planner
from bot.times import epoch

DAY = timedelta(days=1)


class Telling(Network):
    """A network that tells what it is told to, by the ids of posts; `down` is raised first."""

    TELLS = frozenset(REACTIONS)
    AT_ONCE = 2

    def __init__(self, channel, secrets) -> None:
        super().__init__(channel, secrets)
        self.told: dict[str, Reactions] = {}
        self.down: list[Exception | None] = []
        self.asked: list[list[str]] = []

    async def send(self, message):
        raise AssertionError("nothing is sent here")

    async def probe(self) -> str:
        return "@ours"

    async def reactions(self, posts: Sequence[str]) -> Mapping[str, Reactions]:
        self.asked.append(list(posts))
        if self.down and (error := self.down.pop(0)):
            raise error
        if self.channel.network == "x":
            self.reads += len(posts)
        return {post: self.told.get(post, Reactions(likes=0)) for post in posts}


@dataclass
class Played:
    """Services, with posts that left when the test says so."""

    services: Services
    networks: Mapping[str, Telling] = field(default_factory=dict)

    def post(
        self,
        day: date,
        channel: str = "our-x",
        action: str = "deed",
        *,
        sent: datetime | None = None,
        state: State = State.SENT,
        receipt: str | None = "",
    ) -> DeliveryKey:
        """A post of a day, which left at nine unless it is said when; gives its key."""
        at = epoch(sent or datetime.combine(day, time(9), UTC))
        store = self.services.store
        [wanted] = [
            o
            for o in planner.occurrences(self.services.active, day, day)
            if (o.action, o.audience) == (action, self.services.active[0].actions[0].audiences[0])
        ]
        known = store.database.value(
            "SELECT id FROM occurrence WHERE action = :action AND day = :day",
            {"action": action, "day": day.isoformat()},
        )
        occurrence = known or store.plan.add(wanted)
        number = self.services.channel_ids[channel]
        store.intake.add_post(occurrence, number, state, at, at + 3600)
        key = DeliveryKey(occurrence, number, 0)
        given = f"{occurrence}{number}" if receipt == "" else receipt
        store.outbox.note(key, at, receipt=given, url=f"https://{channel}.example/{occurrence}")
        return key

    def told(self, key: DeliveryKey, channel: str = "our-x", **counts) -> None:
        """Let the channel's network tell these counts of a post."""
        self.networks[channel].told[f"{key.occurrence}{key.channel}"] = Reactions(**counts)

    async def read(self, now: datetime) -> int:
        return await reading.run(self.services, now)

    def rows(self) -> list[tuple[object, ...]]:
        """All that was read: occurrence, channel, age, gone, views and likes."""
        return self.services.store.database.rows(
            "SELECT occurrence, channel, age, gone, views, likes FROM reaction"
            " ORDER BY occurrence, channel, age"
        )


@pytest.fixture
def play(tmp_path):
    """Make services with these channels; each telling network stands in for the channel's own."""
    opened = []

    def build(*channels, days=(), observance=None, campaign=None, active=True) -> Played:
        channels = channels or (house.channel("our-x", network="x"),)
        deed = house.action(
            post=True, nudge=False, when=ListedDates(dates=tuple(days)), observance=observance
        )
        built = house.services(tmp_path, campaign or house.campaign(deed), channels=channels)
        opened.append(built)
        networks = {
            c.name: Telling(c, {}) if load(c.network).TELLS else built.networks[c.name]
            for c in channels
        }
        built = replace(built, networks=networks)
        return Played(built, {n: w for n, w in networks.items() if isinstance(w, Telling)})

    yield build
    for services in opened:
        services.store.close()


_CALENDAR = """
[observances.tree-day]
when = { dates = [2021-05-12, 2021-06-12] }
source = "the plan of the tree committee"

[[action]]
id = "tree-day"
kind = "share"
observance = "tree-day"
to = ["nudge", "post"]
hashtags = ["#Trees"]
source = "the plan of the tree committee"

[observances.planting]
when = { dates = [2021-05-03, 2021-05-20, 2021-06-03, 2021-06-20, 2021-06-28] }
source = "the plan of the tree committee"

[[action]]
id = "plant"
kind = "share"
observance = "planting"
to = ["nudge", "post"]
hashtags = ["#Trees"]
source = "the plan of the tree committee"
"""

_CONFIG = """
active = ["trees"]
roots = ["pack"]
database = "drumbeat.db"

[channels.our-x]
network = "x"
language = "en"
nudges = false

[channels.our-b]
network = "bluesky"
language = "en"
nudges = false

[channels.chat]
network = "telegram"
language = "en"
"""


@pytest.fixture(scope="session")
def pack(tmp_path_factory):
    """A campaign of named days in May and June, with all that is read of it, once for all tests."""
    folder = tmp_path_factory.mktemp("results")
    config = write_operator(folder, date(2021, 5, 12), config=_CONFIG)
    pack = folder / "pack"
    (pack / "campaigns" / "trees" / "calendar.toml").write_text(_CALENDAR, "utf-8")
    texts = pack / "content" / "en" / "trees"
    (texts / "plant.j2").write_text((texts / "tree-day.j2").read_text("utf-8"), "utf-8")
    words = texts / "words.toml"
    words.write_text(words.read_text("utf-8") + 'planting = "A day for planting"\n', "utf-8")
    return pack, open_library(open_settings(config))


@pytest.fixture
def opened(tmp_path, pack):
    """Open services as `run` does, with more in config.toml and in the environment; give the file
    of the settings, and how to add posts.
    """
    folder, library = pack
    made = []

    def build(more="", **environ):
        config = tmp_path / "config.toml"
        config.write_text(_CONFIG.replace('"pack"', f'"{folder}"') + more, "utf-8")
        house.begin(tmp_path / "drumbeat.db")
        made.append(app.open_live(open_settings(config), library, environ=environ))
        return config, Played(made[-1])

    yield build
    for services in made:
        services.store.close()


@pytest.fixture
def operator(opened):
    """An operator's posts of May and June: the file of the settings, and how to add to them."""
    return opened()
