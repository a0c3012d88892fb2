"""Threads from the template to the outbox: declared, measured post by post, approved as a whole,
continued or taken back.

What each network does with one is in `tests/networks/`.
"""

import asyncio
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import house
import pytest
from fakes.base import Trouble, message
from fakes.base import channel as fake_channel
from fakes.telegram import Fake
from member import Staff
from player import TEXTS
from tree import TOP, languages

from bot.clock import elapsed
from bot.config import Chat
from bot.conversation.words import Text
from bot.errors import RateLimited, Refused, RenderError, TryLater, Unanswered, UsageError
from bot.files.frozen import read_files
from bot.jobs.campaigns import check
from bot.jobs.planning import plan
from bot.jobs.sending import lookup
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.staff import posting
from bot.jobs.texts.kinds import post_body
from bot.model import Audience, Limits, Receipt, Rendered, Role, State
from bot.model.outbox import Instance
from bot.networks.base import Network
from bot.networks.dry.network import Network as Dry
from bot.networks.telegram.network import Network as Telegram
from bot.render import Renderer
from bot.store.sending.approvals import digest
from bot.store.workers.leases import SAFE

pytestmark = pytest.mark.slow  # it talks to servers of a network

NINE = datetime(2021, 5, 1, 9, tzinfo=UTC)
THREAD = (
    "{% block title %}T{% endblock %}{% block post %}One. #Tag\n{{ next_post }}\n\nTwo.\n{{"
    " next_post }}Three.{% endblock %}"
)


class Narrow(Network):
    LIMITS = Limits(length=10, counter="characters")


@pytest.fixture
def make(tmp_path):
    opened = []

    def build(text: str = THREAD, **kwargs):
        campaign = house.campaign(house.action(nudge=False, post=True, grace=timedelta(hours=3)))
        opened.append(
            house.services(tmp_path, campaign, texts={"deed": text}, window=60.0, **kwargs)
        )
        return opened[-1]

    yield build
    for services in opened:
        services.store.close()


def body_of(services) -> Rendered:
    about = Instance(
        campaign="trees",
        action="deed",
        audience=Audience.INDIVIDUAL,
        day=date(2021, 5, 1),
        slot=20210501,
    )
    return post_body(services, about, "telegram")


def test_a_template_says_where_the_next_post_begins(make):
    body = body_of(make())
    assert body.parts == ("One. #Tag", "Two.", "Three.")
    assert (body.text, body.thread, body.whole) == (
        "One. #Tag",
        ("Two.", "Three."),
        "One. #Tag\n\nTwo.\n\nThree.",
    )


def test_a_post_without_that_is_one(make):
    body = body_of(make(house.TEXTS))
    assert (body.parts, body.thread, body.whole) == (("A post #Tag",), (), "A post #Tag")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "{% block post %}{{ next_post }}Two.{% endblock %}",
            "block post: post 1 of the thread has no text",
        ),
        (
            "{% block post %}One.{{ next_post }} {{ next_post }}Three.{% endblock %}",
            "block post: post 2 of the thread has no text",
        ),
    ],
)
def test_a_post_of_a_thread_without_text_is_an_error(make, text, words):
    with pytest.raises(RenderError, match=words):
        body_of(make(text))


LINES = ["---", "-----", "—", "—-", " --- "]
"""How apps write a line of dashes."""


@pytest.mark.parametrize("line", LINES)
def test_staff_write_a_thread_with_lines_of_dashes(make, line):
    services = make()
    plan.run(services, NINE - timedelta(days=1))
    key = next(iter(services.store.listing.entries())).key
    posting.rewrite(services, key, f"First #Tag\n{line}\n\nSecond\n{line}\n", "staff 7", NINE)
    assert body_of(services).parts == ("First #Tag", "Second")
    assert posting.shown(services, services.store.listing.entry(key)).writer == "staff 7"


def test_one_part_stays_a_single_post_and_a_dash_within_a_line_parts_nothing(make):
    services = make()
    plan.run(services, NINE - timedelta(days=1))
    key = next(iter(services.store.listing.entries())).key
    posting.rewrite(services, key, "Just one - or --- so #Tag\n- a point", "staff 7", NINE)
    assert body_of(services).parts == ("Just one - or --- so #Tag\n- a point",)


def test_each_part_of_what_staff_write_is_measured_and_named(make):
    services = make()
    services = replace(
        services,
        networks={"telegram": Dry(services.settings.channels["telegram"], {}, stands_for=Narrow)},
    )
    plan.run(services, NINE - timedelta(days=1))
    entry = next(iter(services.store.listing.entries()))
    assert [
        (o.post, o.posts, o.count, o.most)
        for o in posting.unfit(services, entry, "short\n---\nmuch too long\n---\nok")
    ] == [(2, 3, 13, 10)]
    with pytest.raises(UsageError, match="post 2 of the thread counts 13, but 10 is the most"):
        posting.rewrite(services, entry.key, "short\n---\nmuch too long\n---\nok", "staff 7", NINE)
    with pytest.raises(UsageError, match="there is no text"):
        posting.rewrite(services, entry.key, "---\n---", "staff 7", NINE)
    assert body_of(services).parts == ("One. #Tag", "Two.", "Three.")


@pytest.mark.parametrize("language", languages())
def test_a_thread_is_edited_in_the_chat_as_it_stands(make, language):
    services = make(channels=(house.channel(review=True),))
    services = replace(
        services,
        settings=replace(services.settings, chat=Chat(staff=(7, 8))),
        library=replace(services.library, files=read_files((*services.library.roots, TOP))),
    )
    plan.run(services, NINE - timedelta(days=1))
    one = Staff(services, language=language)
    (card,) = one.says("queue")
    assert "1/3  One. #Tag" in card.text.translate(dict.fromkeys((0x2068, 0x2069)))
    edit = TEXTS.label("edit", language)
    asked = next(said for said in one.presses(card, edit) if said.text)
    assert "---" in asked.text
    assert asked.code == "One. #Tag\n---\nTwo.\n---\nThree."
    (kept,) = one._turn(event=Text(text="One more. #Tag\n---\nAnd the last."))
    assert "2" in kept.text
    assert body_of(services).parts == ("One more. #Tag", "And the last.")
    approved, other = (
        Staff(services, "8", language).says("queue")[0],
        Staff(services, "8", language),
    )
    other.presses(approved, TEXTS.label("approve", language))
    entry = next(iter(services.store.listing.entries()))
    assert entry.state is State.PLANNED
    assert services.store.approvals.find(entry.key.occurrence, entry.key.channel).digest == digest(
        body_of(services)
    )


def test_only_a_post_can_be_a_thread(make):
    services = make("{% block title %}A{{ next_post }}B{% endblock %}")
    campaign = services.active[0]
    with pytest.raises(RenderError, match="block title: only a post can be a thread"):
        services.renderer.text(
            campaign,
            campaign.actions[0],
            Role.TITLE,
            language="en",
            network="x",
            audience=Audience.INDIVIDUAL,
            day=date(2021, 5, 1),
        )


@pytest.mark.slow
def test_check_measures_each_post_and_looks_for_the_hashtag_in_the_whole(make):
    fits = make(THREAD)
    assert problems(fits) == []
    long = make(THREAD.replace("Two.", "Two and more."))
    assert problems(long) == [
        "post: on narrow post 2 of the thread counts 13, but 10 is the most: shorten it by 3"
    ]


def problems(services) -> list[str]:
    renderer = Renderer(services.library.files, services.library.campaigns, stand_in=True)
    found = check.run(
        services.settings, services.library, renderer, {"narrow": Narrow}, today=date(2021, 1, 1)
    )
    return [
        f"{problem.key}: {problem.message}" for problem in found if problem.file.endswith("deed.j2")
    ]


def test_an_approval_covers_the_whole_thread():
    one = Rendered(text="One.", language="en", thread=("Two.",))
    assert digest(one) == digest(replace(one, language="fr"))
    others = [
        Rendered(text="One.", language="en"),
        replace(one, thread=("Two!",)),
        Rendered(text="One.\n\nTwo.", language="en"),
    ]
    assert len({digest(body) for body in (one, *others)}) == 4


async def test_dry_measures_each_post():
    dry = Dry(fake_channel("dry"), {}, stands_for=Narrow)
    await dry.send(message("a" * 10, thread=("b" * 10,)))
    with pytest.raises(Refused, match="counts 11, but 10 is the most"):
        await dry.send(message("a", thread=("b" * 11,)))


# Look-up


class Half(Dry):
    """A network on which only the first post of the thread stands."""

    deleted: tuple[str, ...] = ()
    deletable = True

    async def find(self, message):
        return Receipt(id="1", url="https://example.org/1", complete=False)

    async def delete(self, receipt, address):
        if not self.deletable:
            raise TryLater("not now")
        self.deleted += (receipt.id,)


def broken(make, *, repeatable: bool = False):
    services = make()
    network = Half(services.settings.channels["telegram"], {})
    network.REPEATABLE = repeatable
    services = replace(services, networks={"telegram": network})
    plan.run(services, NINE)
    services.store.database.execute(
        "UPDATE delivery SET state = :uncertain", {"uncertain": State.UNCERTAIN}
    )
    return services, network


def state(services) -> str:
    return State(services.store.database.value("SELECT state FROM delivery")).word


@pytest.mark.parametrize("repeatable", [True, False])
async def test_a_broken_thread_goes_out_again_to_be_completed(make, repeatable):
    services, network = broken(make, repeatable=repeatable)
    await lookup.run(services, NINE + timedelta(minutes=1))
    assert state(services) == "queued"
    assert network.deleted == ()


@pytest.mark.parametrize("repeatable", [True, False])
async def test_past_its_grace_what_stands_of_a_broken_thread_is_deleted(make, repeatable):
    services, network = broken(make, repeatable=repeatable)
    await lookup.run(services, NINE + timedelta(hours=4))
    assert state(services) == "skipped"
    assert network.deleted == ("1",)


async def test_what_can_not_be_deleted_now_stays_uncertain(make):
    services, network = broken(make)
    network.deletable = False
    await lookup.run(services, NINE + timedelta(hours=4))
    assert state(services) == "uncertain"


# Telegram, which can't be asked


@pytest.fixture
async def fake():
    async with Fake() as fake:
        yield fake


@pytest.fixture
async def telegram(fake):
    network = fake.build(Telegram)
    yield network
    await network.close()


async def test_on_telegram_each_post_answers_the_one_before(fake, telegram, tmp_path):
    picture = tmp_path / "card.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    receipt = await telegram.send(message("One.", thread=("Two.", "Three."), picture=picture))
    assert [
        (sent.get("caption") or sent["text"], sent.get("answers"))
        for sent in fake.messages.values()
    ] == [
        ("One.", None),
        ("Two.", 13),
        ("Three.", 14),
    ]
    assert receipt == Receipt(id="13,14,15", url="https://t.me/our_channel/13")
    await telegram.delete(receipt, None)
    assert fake.messages == {}


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Trouble.UNAVAILABLE, TryLater),
        (Trouble.TOO_MANY, RateLimited),
        (Trouble.BAD_REQUEST, Refused),
    ],
)
async def test_on_telegram_a_thread_that_breaks_off_is_taken_back(fake, telegram, trouble, error):
    deny_third(fake, trouble)
    with pytest.raises(error) as caught:
        await telegram.send(message("One.", thread=("Two.", "Three.")))
    assert type(caught.value) is error
    assert fake.messages == {}


async def test_on_telegram_what_nobody_knows_is_left_to_a_person(fake, telegram):
    deny_third(fake, Trouble.SILENT)
    with pytest.raises(Unanswered, match="post 3 of 3 failed, while 13, 14 stands"):
        await telegram.send(message("One.", thread=("Two.", "Three.")))
    assert len(fake.messages) == 3


async def test_of_a_thread_whose_process_was_suspended_no_further_part_leaves(fake, tmp_path):
    """It finds by its lease that others have called the delivery uncertain."""
    campaign = house.campaign(house.action(nudge=False, post=True, grace=timedelta(hours=3)))
    services = house.services(tmp_path, campaign, texts={"deed": THREAD}, window=60.0)
    services.networks["telegram"] = fake.build(Telegram)
    plan.run(services, NINE)
    leases = services.store.leases

    def suspended(request):
        if len(fake.messages) == 1:
            leases.mine.update(dict.fromkeys(leases.mine, elapsed() - SAFE))

    fake._next = suspended
    dispatcher, now = Dispatcher(services, "telegram", NINE), NINE
    end = time.monotonic() + 10
    while state(services) in ("queued", "sending"):
        assert time.monotonic() < end
        now += timedelta(seconds=1)
        await dispatcher.step(now)
        await asyncio.sleep(0.01)
    assert [sent["text"] for sent in fake.messages.values()] == ["One. #Tag", "Two."]
    assert state(services) == "uncertain"
    await services.networks["telegram"].close()
    services.store.close()


def deny_third(fake, trouble: Trouble) -> None:
    answer = fake._next

    def later(request):
        if request.path.endswith("sendMessage") and len(fake.messages) == 2:
            fake._next = answer
            return trouble
        return None

    fake._next = later
