"""Pictures of posts on their way: made ready by a job, kept by their hash, frozen by an approval, and
the very bytes that a server gets.
"""

import asyncio
import threading
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import sha256

import pytest
from fakes.bluesky import Fake as Bluesky
from helpers import at, little_memory, write_operator
from photos import black, opened, photo

from bot import app
from bot.cli.common import open_library, open_settings
from bot.errors import OutOfResources
from bot.jobs.campaigns.cards import Cards
from bot.jobs.planning import plan
from bot.jobs.sending import approve
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.staff import posting, seen
from bot.jobs.texts import pictures
from bot.model import State
from bot.model.staff import Actor
from bot.pictures import making
from bot.store.sending.approvals import digest

pytestmark = pytest.mark.slow  # it talks to servers of a network

NOW = at("2021-05-01T10:00:00")
CONFIG = """
active = ["trees"]
roots = ["pack"]
database = "drumbeat.db"

[channels.sky]
network = "bluesky"
base_url = "{url}"
language = "en"
approve = "{approve}"
hour = "10:00"
"""


@pytest.fixture
async def bluesky():
    async with Bluesky() as fake:
        yield fake


class World:
    """An operator with one post that has a picture, due now on Bluesky."""

    def __init__(self, folder, fake):
        self.folder, self.fake = folder, fake
        self.picture = folder / "pack/campaigns/trees/pictures/tree.jpg"

    def write(self, data, *, review=False):
        mode = "review" if review else "auto"
        self.config = write_operator(
            self.folder, NOW.date(), config=CONFIG.format(url=self.fake.url, approve=mode)
        )
        calendar = self.folder / "pack/campaigns/trees/calendar.toml"
        text = calendar.read_text("utf-8").replace("to = [", 'picture = "tree"\nto = [')
        calendar.write_text(text, "utf-8")
        with (self.folder / "pack/content/en/trees/tree-day.j2").open("a", encoding="utf-8") as j2:
            j2.write("{% block alt %}A tree.{% endblock %}")
        self.picture.parent.mkdir(exist_ok=True)
        self.picture.write_bytes(data)

    @asynccontextmanager
    async def services(self):
        settings = open_settings(self.config)
        library = open_library(settings, settings.active)
        secrets = {f"DRUMBEAT_SKY_{k.upper()}": v for k, v in self.fake.secrets.items()}
        services = app.open_live(settings, library, environ=secrets)
        try:
            yield services
        finally:
            await app.close(services)

    def sent(self):
        """The one picture that the server has: bytes, type, and shape as the post says it."""
        [(record, _)] = self.fake.records.values()
        [image] = record["embed"]["images"]
        data, kind = self.fake.blobs[image["image"]["ref"]["$link"]]
        shape = image["aspectRatio"]
        return data, kind, {side: shape[side] for side in ("width", "height")}


@pytest.fixture
def world(tmp_path, bluesky):
    return World(tmp_path, bluesky)


async def leave(services, now=NOW):
    plan.run(services, now)
    sender = Dispatcher(services, "sky", now)
    for minute in range(3):
        await sender.step(now + minute * timedelta(minutes=1))
    await sender.close(now)


def state(services):
    [entry] = services.store.listing.entries()
    return entry


async def test_the_job_makes_ready_what_posts_to_come_need_and_nothing_twice(world):
    world.write(photo())
    async with world.services() as services:
        plan.run(services, NOW - timedelta(days=20))
        assert await pictures.run(services, NOW - timedelta(days=20)) == 1
        assert await pictures.run(services, NOW - timedelta(days=19)) == 0
        await leave(services)
        assert state(services).state is State.SENT
    data, kind, shape = world.sent()
    assert (kind, shape) == ("image/jpeg", {"width": 60, "height": 40})
    assert b"Ada" not in data
    assert opened(data).getexif() == {}


async def test_a_photo_too_large_for_the_network_leaves_smaller_and_is_kept_by_its_hash(world):
    world.write(photo(2_600, 2_000, quality=95, orientation=6))
    assert world.picture.stat().st_size > 2_000_000
    async with world.services() as services:
        plan.run(services, NOW)
        await pictures.run(services, NOW)
        await leave(services)
        [(kept, kept_data)] = services.store.database.rows("SELECT digest, data FROM picture")
    data, _, shape = world.sent()
    assert len(data) <= 2_000_000
    assert shape["width"] < shape["height"], "it stands upright"
    assert (kept, kept_data) == (sha256(data).hexdigest(), data)


async def test_a_picture_that_nobody_made_ready_before_its_post_is_due_is_made_in_a_thread(world):
    world.write(photo(1_500, 1_200))
    async with world.services() as services:
        plan.run(services, NOW)
        turns = 0

        async def others():
            nonlocal turns
            while True:
                await asyncio.sleep(0.001)
                turns += 1

        beside = asyncio.create_task(others())
        await leave(services)
        beside.cancel()
        assert state(services).state is State.SENT
    assert turns > 10, "everything else goes on meanwhile"
    assert len(world.fake.texts) == 1


async def test_what_was_approved_leaves_to_the_byte_though_the_library_would_make_it_anew(
    world, monkeypatch
):
    world.write(photo(), review=True)
    async with world.services() as services:
        plan.run(services, NOW)
        await pictures.run(services, NOW)
        shown = posting.shown(services, state(services))
        approve.approve(services, state(services).key, "ada", NOW)
    monkeypatch.setattr(making, "_QUALITIES", (50,))
    async with world.services() as services:
        await pictures.run(services, NOW)
        await leave(services)
        assert state(services).state is State.SENT
    assert world.sent()[0] == shown.body.picture.data


@pytest.mark.parametrize("becomes", ["another", "gone", "no picture"])
async def test_a_picture_that_becomes_another_after_the_approval_comes_back_to_staff(
    world, becomes
):
    world.write(photo(), review=True)
    async with world.services() as services:
        plan.run(services, NOW)
        approve.approve(services, state(services).key, "ada", NOW)
    if becomes == "gone":
        world.picture.unlink()
    else:
        world.picture.write_bytes(photo(50, 50) if becomes == "another" else b"nothing")
    async with world.services() as services:
        await leave(services)
        entry = state(services)
        told = [alert.kind for alert in services.store.alerts.current()]
    assert world.fake.records == {}
    if becomes == "no picture":
        assert entry.state is State.QUEUED
        assert "tree.jpg can't leave: it is no picture" in entry.error
        assert told == ["text"]
    else:
        assert (entry.state, told) == (State.AWAITING_APPROVAL, ["differs"])


async def test_a_picture_that_changes_on_the_disk_of_a_running_process_changes_nothing(world):
    world.write(photo(), review=True)
    async with world.services() as services:
        plan.run(services, NOW)
        approve.approve(services, state(services).key, "ada", NOW)
        world.picture.unlink()
        await leave(services)
        assert state(services).state is State.SENT


async def test_an_approval_of_the_version_before_which_knew_the_file_alone_goes_on(world):
    world.write(photo(), review=True)
    async with world.services() as services:
        plan.run(services, NOW)
        entry = state(services)
        body = posting.post_body(services, entry, "sky")
        assert not body.picture.is_ready
        services.store.approvals.freeze(entry.key, body, "ada", 0)
        services.store.outbox.change(entry.key, [State.AWAITING_APPROVAL], State.PLANNED)
        assert services.store.approvals.find(1, 1).digest == digest(body)
        await leave(services)
        assert state(services).state is State.SENT
    assert b"Ada" not in world.sent()[0]


async def test_a_post_can_be_read_and_approved_only_with_the_picture_that_leaves(world):
    world.write(photo(), review=True)
    async with world.services() as services:
        plan.run(services, NOW)
        before = posting.shown(services, state(services))
        assert before.body is None
        assert before.problem == (
            "its picture is being made ready to leave; look again in a minute"
        )
        with pytest.raises(seen.Changed, match="nothing to see"):
            seen.let_go(services, before.entry.key, seen.mark(before), Actor("ada"), NOW)
        await pictures.run(services, NOW)
        assert posting.shown(services, state(services)).body.picture.is_ready


async def test_a_picture_that_cant_leave_holds_its_post_until_somebody_mends_it(world):
    world.write(b"GIF89a and no more")
    async with world.services() as services:
        plan.run(services, NOW)
        await leave(services)
        entry = state(services)
        assert entry.state is State.QUEUED
        assert "tree.jpg can't leave: it is" in entry.error
        assert [alert.kind for alert in services.store.alerts.current()] == ["text"]
    world.picture.write_bytes(photo())
    async with world.services() as services:
        await leave(services, NOW + timedelta(hours=1))
        assert state(services).state is State.SENT


async def test_what_no_post_wants_any_more_is_deleted(world):
    world.write(photo())
    later = NOW + timedelta(days=60)
    async with world.services() as services:
        plan.run(services, NOW)
        await pictures.run(services, NOW)
        world.picture.write_bytes(photo(50, 50))
    async with world.services() as services:
        await pictures.run(services, NOW)
        assert services.store.database.value("SELECT count(*) FROM picture") == 2
        services.store.pictures.tidy(int(later.timestamp()))
        assert services.store.database.value("SELECT count(*) FROM picture") == 0


@pytest.mark.alone
async def test_a_picture_for_which_memory_lacks_is_made_once_there_is_some(world):
    world.write(black(6_000, 5_000))
    async with world.services() as services:
        plan.run(services, NOW)
        with (
            little_memory(),
            pytest.raises(OutOfResources, match=r"pictures/tree\.jpg: this machine"),
        ):
            await pictures.run(services, NOW)
        assert services.store.database.value("SELECT count(*) FROM picture_ready") == 0
        assert await pictures.run(services, NOW) == 1


@pytest.mark.alone
async def test_a_post_that_is_due_waits_while_memory_lacks_and_leaves_afterwards(world):
    world.write(black(6_000, 5_000))
    async with world.services() as services:
        plan.run(services, NOW)
        with little_memory():
            sender = Dispatcher(services, "sky", NOW)
            for seconds in (0, 60, 90):
                await sender.step(NOW + timedelta(seconds=seconds))
            entry = state(services)
            assert entry.state is State.QUEUED
            assert entry.due == int(NOW.timestamp()) + 120
            assert "this machine can't open it now (no memory is left)" in entry.error
            await sender.close(NOW)
        assert world.fake.records == {}
        await leave(services, NOW + timedelta(minutes=2))
        assert state(services).state is State.SENT


@pytest.mark.parametrize("name", ["", "tree.en.jpg"])
async def test_a_card_or_a_file_for_one_language_is_made_ready_so_that_staff_can_approve(
    world, name
):
    world.write(photo(), review=True)
    data = world.picture.read_bytes()
    world.picture.unlink()
    if name:
        (world.picture.parent / name).write_bytes(data)
    with (world.folder / "pack/content/en/trees/tree-day.j2").open("a", encoding="utf-8") as j2:
        j2.write("{% block card %}Plant a tree{% endblock %}")
    async with world.services() as services:
        plan.run(services, NOW)
        assert await pictures.run(services, NOW) == 1
        shown = posting.shown(services, state(services))
        assert (shown.body is not None, shown.problem) == (True, "")


@pytest.fixture
def carded(world):
    """The operator's post has words for a card, and no picture."""

    def carded(*, review=False):
        world.write(photo(), review=review)
        world.picture.unlink()
        with (world.folder / "pack/content/en/trees/tree-day.j2").open("a", encoding="utf-8") as j2:
            j2.write("{% block card %}Plant a tree{% endblock %}")

    return carded


async def test_a_post_leaves_with_its_card(world, carded):
    carded()
    async with world.services() as services:
        await leave(services)
        await pictures.run(services, NOW)
        await leave(services, NOW + timedelta(minutes=5))
        assert state(services).state is State.SENT
    data, kind, shape = world.sent()
    assert opened(data).size == (1200, 675)
    assert (kind, shape) == ("image/png", {"width": 1200, "height": 675})


async def test_a_card_is_drawn_in_a_thread_and_asked_for_once(world, carded, monkeypatch):
    carded(review=True)
    drawn, drawing = [], Cards.of_post

    def draw(self, *given):
        drawn.append(threading.current_thread())
        return drawing(self, *given)

    monkeypatch.setattr(Cards, "of_post", draw)
    async with world.services() as services:
        plan.run(services, NOW)
        for _ in range(3):
            await pictures.run(services, NOW)
    assert len(drawn) == 1
    assert threading.main_thread() not in drawn
