"""Servers that fail in part, over real sockets: the real transports, the dispatcher on the machine's
clock, and nobody who lends a hand.

Only the bounds on a server's time are shorter than in a live run.
"""

import asyncio
import json
import time
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import house
import pytest
from aiohttp import web
from clocks.undisturbed import undisturbed
from fakes import base, mastodon, rooms, telegram
from fakes.base import Trouble

from bot import networks
from bot.jobs.planning import plan
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.model import Secret, State
from bot.networks.common.bounds import Bounds
from bot.networks.telegram.network import Network as Telegram

pytestmark = pytest.mark.slow

NINE = datetime(2021, 5, 1, 9, tzinfo=UTC)
PATIENT = Bounds(connect=2.0, answer=3.0, total=4.0, most=2**20)
LONGER = Bounds(connect=2.0, answer=8.0, total=9.0, most=2**20)
"""So long that silence of one in twenty takes up a dozen places: with four there is nothing left."""
PACE = 30.0
"""Messages a second: Telegram's own limit."""
ROOMS = [f"room-{number}" for number in range(12)]


class Sick:
    """Makes a fake count when each message came, and fail as `fails(number, seconds)` says of it.

    `dead` is the one chat that always gets a 500.
    """

    def __init__(self):
        super().__init__()
        self.began = undisturbed()
        self.came: list[float] = []
        self.asked: Counter[str] = Counter()
        self.dead = ""
        self.fails = lambda _number, _seconds: None

    def _next(self, request):
        if request.path.endswith("getMe") or request.method == "GET":
            return None
        self.came.append(undisturbed() - self.began)
        return self.fails(len(self.came), self.came[-1])


class SickTelegram(Sick, telegram.Fake):
    async def answer(self, request):
        chat = json.loads(await request.read())["chat_id"]
        self.asked[chat] += 1
        return self.refusal(500) if chat == self.dead else await super().answer(request)


class SickRooms(rooms.Fake):
    """Rooms at one server, of which `room-3` always fails."""

    def __init__(self):
        super().__init__()
        self.asked: Counter[str] = Counter()

    def rooms(self, url):
        return "".join(f"{room} = {url.replace('http:', 'json:')}/{room}\n" for room in ROOMS)

    async def answer(self, request):
        room = request.path.removeprefix("/")
        self.asked[room] += 1
        return self.refusal(500) if room == "room-3" else web.json_response({"ok": True})


class SickMastodon(Sick, mastodon.Fake):
    pass


def patient(network, bounds=PATIENT, **limits):
    """The network, with bounds that a test can wait for."""
    changed = {"BOUNDS": bounds, "LIMITS": replace(network.LIMITS, **limits)}
    return type("Network", (network,), changed)


class World:
    """Services of one account on a fake, and its dispatcher by the machine's clock, which began at
    nine on a day in 2021.
    """

    def __init__(self, folder, fake, network, *, nudge):
        channel = house.channel(fake.network, posts=not nudge, nudges=nudge)
        action = house.action(nudge=nudge, post=not nudge)
        made = house.services(folder, house.campaign(action), channels=(channel,))
        secrets = {name: Secret(value) for name, value in fake.secrets.items()}
        own = base.channel(fake.network, base_url=fake.url, target=fake.target)
        self.network = network(own, secrets)
        self.services = replace(made, networks={channel.name: self.network})
        self.store = self.services.store
        self.account = channel.name
        self.began = time.monotonic()
        self.dispatcher = Dispatcher(self.services, channel.name, NINE)

    def now(self):
        return NINE + timedelta(seconds=time.monotonic() - self.began)

    def joined(self, *addresses):
        """People with these addresses, to whom something is due."""
        people = (replace(house.person(n), address=a) for n, a in enumerate(addresses))
        self.store.people.add(people)
        plan.run(self.services, NINE)

    async def plays(self, done, seconds):
        """Begin a turn wherever there is work and none is under way, until `done()`."""
        end, stopping = undisturbed() + seconds, asyncio.Event()
        playing = asyncio.create_task(self._play(stopping))
        while not done() and not playing.done():
            assert undisturbed() < end, f"{self.states()} {self.store.channels.resting()}"
            await asyncio.sleep(0.05)
        stopping.set()
        await playing

    async def _play(self, stopping):
        while not stopping.is_set():
            if self.dispatcher.has_work(self.now()):
                await self.dispatcher.turn(self.now, stopping)
            await asyncio.sleep(0.05)

    def states(self):
        counted = "SELECT state, count(*) FROM delivery GROUP BY state"
        return Counter({State(s): count for s, count in self.store.database.rows(counted)})

    def sent(self, count):
        return lambda: self.states()[State.SENT] == count

    def settled(self, count):
        return lambda: sum(self.states()[s] for s in (State.SENT, State.UNCERTAIN)) == count

    async def close(self):
        await self.network.close()
        self.store.close()

    def assert_well(self):
        """Nobody was asked for anything, and the account rests no longer."""
        assert self.store.channels.paused() == []
        assert self.store.channels.resting() == {}
        assert [a.kind for a in self.store.alerts.current() if a.kind != "uncertain"] == []


@pytest.fixture
async def crowd(tmp_path):
    """Set up a Telegram with so many people; gives it and the world around the account."""
    async with AsyncExitStack() as stack:

        async def gather(count, name="sick", bounds=PATIENT):
            fake = await stack.enter_async_context(SickTelegram())
            (tmp_path / name).mkdir()
            network = patient(Telegram, bounds, per_second=PACE)
            world = World(tmp_path / name, fake, network, nudge=True)
            stack.push_async_callback(world.close)
            addresses = [str(1000 + n) for n in range(count)]
            fake.chats |= {a: {"id": int(a), "type": "private"} for a in addresses}
            world.joined(*addresses)
            fake.began = undisturbed()
            return fake, world

        yield gather


async def beside_a_well_one(crowd, count, world, done, seconds):
    """Play the world beside one whose server is well; gives that one's messages a second, which a
    busy machine makes fewer, too.
    """
    well, other = await crowd(count, "well")
    await asyncio.gather(world.plays(done, seconds), other.plays(other.sent(count), seconds))
    return rate(well.came)


def rate(came):
    """Messages a second, from the first second on, in which the pace takes its run-up."""
    later = [at for at in came if at >= 1]
    return (len(later) - 1) / (later[-1] - later[0])


def widest(came):
    return max(after - before for before, after in pairwise(came))


async def test_an_answer_that_never_comes_holds_its_own_place_only(crowd):
    fake, world = await crowd(500)
    fake.fails = lambda number, _seconds: Trouble.SILENT if number == 250 else None
    normal = await beside_a_well_one(crowd, 500, world, world.settled(500), 60)
    assert world.states() == {State.SENT: 499, State.UNCERTAIN: 1}
    assert rate(fake.came) >= 0.9 * normal
    assert widest(fake.came) < 2, "the silent one, of three seconds, kept nobody waiting"
    world.assert_well()


async def test_silence_of_one_in_twenty_for_twenty_seconds_rests_nothing(crowd):
    fake, world = await crowd(660, bounds=LONGER)
    fake.fails = lambda n, seconds: Trouble.SILENT if seconds < 20 and n % 20 == 7 else None
    normal = await beside_a_well_one(crowd, 660, world, world.settled(660), 80)
    silent = [n for n, at in enumerate(fake.came, 1) if at < 20 and n % 20 == 7]
    assert len(silent) > 10
    assert world.states()[State.UNCERTAIN] == len(silent)
    assert rate(fake.came) >= 0.9 * normal
    world.assert_well()


async def test_a_server_that_is_down_for_five_seconds_needs_nobody(crowd):
    fake, world = await crowd(240)
    down = Trouble.BAD_GATEWAY
    fake.fails = lambda _number, seconds: down if 2 <= seconds < 7 else None
    await world.plays(world.store.channels.resting, 10)
    rest = world.store.channels.resting()["telegram"]
    assert "502" in rest.reason
    assert rest.until - rest.since < 4, "it tries again soon"
    await world.plays(world.sent(240), 60)
    meanwhile = [at for at in fake.came if 2 <= at < 7]
    # the share of failures is judged over five seconds, of which two went well
    assert len(meanwhile) < 0.5 * 5 * PACE, "it was left in peace, but for a probe now and then"
    assert [at for at in meanwhile if at > 5], "it was probed while it was down"
    first = next(at for at in fake.came if at >= 7)
    assert first < 14, "the account went on soon after the server did"
    assert len(fake.texts) == 240, "and nobody got anything twice"
    await world.plays(lambda: not world.store.channels.resting(), 70)
    world.assert_well()


async def test_one_person_for_whom_the_server_always_fails_waits_alone(crowd):
    fake, world = await crowd(200)
    fake.dead = "1007"
    normal = await beside_a_well_one(crowd, 200, world, world.sent(199), 40)
    assert rate(fake.came) >= 0.9 * normal
    await world.plays(lambda: fake.asked["1007"] == 2, 15)
    assert world.states() == {State.SENT: 199, State.QUEUED: 1}
    world.assert_well()


async def test_a_post_waits_out_a_server_that_is_down_on_mastodon(tmp_path):
    async with SickMastodon() as fake:
        network = networks.load("mastodon")
        world = World(tmp_path, fake, patient(network), nudge=False)
        plan.run(world.services, NINE)
        fake.began = undisturbed()
        fake.fails = lambda _number, seconds: Trouble.BAD_GATEWAY if seconds < 5 else None
        await world.plays(world.sent(1), 40)
        assert len(fake.texts) == 1
        assert len(fake.came) <= 3, "tried again after some seconds, not at once"
        world.assert_well()
        await world.close()


async def test_one_room_that_always_fails_waits_alone(tmp_path):
    async with SickRooms() as fake:
        network = patient(networks.load("rooms"), per_second=PACE)
        world = World(tmp_path, fake, network, nudge=True)
        world.joined(*ROOMS)
        await world.plays(world.sent(len(ROOMS) - 1), 30)
        assert world.states()[State.QUEUED] == 1
        await world.plays(lambda: fake.asked["room-3"] == 2, 15)
        assert fake.asked.total() == len(ROOMS) + 1, "each of the others was written to once"
        world.assert_well()
        await world.close()
