"""Other words for what goes to people: who gets which, who waits, and what it takes to approve."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest

from bot.errors import Missing, Overtaken, UsageError
from bot.files.frozen import read_files
from bot.jobs.broadcasts import going, skipping
from bot.jobs.planning import plan
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.staff.seen import Changed
from bot.jobs.staff.writing import rewordings, waiting
from bot.model import DeliveryKey, State
from bot.model.staff import Actor, Member, StaffRole
from bot.model.who import Who
from bot.networks.dry.network import Network
from bot.render import Renderer
from bot.times import epoch

pytestmark = pytest.mark.both

EVE = datetime(2021, 4, 30, 8, tzinfo=UTC)
NINE = datetime(2021, 5, 1, 9, tzinfo=UTC)
TOLD = {"fr": "Bonjour de {{ year }}"}
SPEAK = ("en", "fr", "fr-CA", "pt", "en")
"""The languages of the people, by number; nothing is said in Portuguese, but for the English."""
TEAM = tuple(
    Member(name=name, telegram=number, roles=frozenset({StaffRole.APPROVER}))
    for number, name in enumerate(("anna", "ben"), 1)
)
ANNA, BEN = (member.actor for member in TEAM)


class Kept(Network):
    """Keeps what it sent to whom."""

    def __init__(self, *given):
        super().__init__(*given)
        self.sent = {}

    async def send(self, message):
        self.sent[message.key.recipient - 1] = message.body.text
        return await super().send(message)


@pytest.fixture
def services(tmp_path):
    deed = replace(house.action(), prescribed="Plant a tree.")
    campaign = replace(house.campaign(deed), languages=("en", "fr"))
    file = tmp_path / "content/fr/trees/deed.j2"
    file.parent.mkdir(parents=True)
    file.write_text(house.TEXTS.replace("Hello from {{ year }}", TOLD["fr"]), encoding="utf-8")
    texts = {"deed": house.TEXTS.replace("Hello", "Plant a tree. Hello")}
    made = house.services(tmp_path, campaign, channels=(house.channel(),), texts=texts)
    files = read_files((tmp_path,))
    library = replace(made.library, files=files)
    made = replace(
        made,
        library=library,
        renderer=Renderer(files, library.campaigns),
        networks={"telegram": Kept(house.channel(), {})},
        settings=replace(made.settings, members=TEAM),
    )
    made.store.people.add(
        replace(house.person(n), language=language) for n, language in enumerate(SPEAK)
    )
    plan.run(made, EVE)
    yield made
    made.store.close()


@pytest.fixture
def about(services):
    return going.find(services, "1-1")


def write(services, about, text, language="en", by=ANNA, now=EVE):
    seen = rewordings.mark(services, about, language)
    rewordings.rewrite(services, about, language, text, seen, by, now)


async def approve(services, about, language="en", by=BEN, now=EVE):
    seen = rewordings.mark(services, about, language)
    await rewordings.approve(services, about, language, seen, by, now)


async def send(services, now=NINE, dispatcher=None):
    plan.run(services, now)
    mine = dispatcher or Dispatcher(services, "telegram", now - timedelta(minutes=5))
    for second in range(9):
        await mine.step(now + timedelta(seconds=second))
    if dispatcher is None:
        await mine.close(now)
    return services.networks["telegram"].sent


async def test_approved_words_leave_in_their_language_and_others_as_they_were(services, about):
    write(services, about, "Today {{ year }} all is <b>otherwise</b>")
    await approve(services, about)
    assert await send(services) == {
        # what looks like a template is none
        0: "Today {{ year }} all is <b>otherwise</b>",
        1: "Bonjour de 2021",
        2: "Bonjour de 2021",
        3: "Today {{ year }} all is <b>otherwise</b>",
        4: "Today {{ year }} all is <b>otherwise</b>",
    }


async def test_until_somebody_else_approves_who_speaks_it_waits_and_others_do_not(services, about):
    write(services, about, "Salut", "fr")
    holds = services.store.holds.current()
    assert len(holds.of_people) == 1, "claims pass by them"
    plan.run(services, NINE)
    [wave] = services.store.counts.now(epoch(NINE)).fanned
    assert (wave.total, wave.free) == (5, 3), "and it is told that they wait"
    assert sorted(await send(services)) == [0, 3, 4]
    with pytest.raises(UsageError, match="somebody else"):
        await approve(services, about, "fr", by=ANNA, now=NINE)
    await approve(services, about, "fr", now=NINE)
    sent = await send(services, NINE + timedelta(minutes=1))
    assert (sent[1], sent[2], len(sent)) == ("Salut", "Salut", 5)


async def test_who_is_served_by_another_language_waits_for_it_too(services, about):
    write(services, about, "Now this")
    assert sorted(await send(services)) == [1, 2]
    row = services.store.listing.entry(DeliveryKey(occurrence=1, channel=1, recipient=4))
    assert (row.state, row.error) == (
        State.QUEUED,
        "nobody has approved yet what staff wrote in the place of its words",
    )
    await approve(services, about, now=NINE)
    sent = await send(services, NINE + timedelta(minutes=2))
    assert {sent[n] for n in (0, 3, 4)} == {"Now this"}


async def test_what_has_left_stays_and_is_counted_and_the_words_change_under_way(services, about):
    plan.run(services, NINE)
    dispatcher = Dispatcher(services, "telegram", NINE - timedelta(minutes=5))
    row, *others = services.store.outbox.claim(1, epoch(NINE), 1, services.store.holds.current())
    services.store.outbox.change(row.key, [State.SENDING], State.SENT)
    assert (row.recipient, others) == (1, [])
    write(services, about, "Second", now=NINE)
    await approve(services, about, now=NINE)
    sent = await send(services, NINE, dispatcher)
    await dispatcher.close(NINE)
    assert rewordings.found(services, about, "en").had == 1
    assert (sorted(sent), sent[4]) == ([1, 2, 3, 4], "Second")


async def test_the_own_words_stand_again_at_once(services, about):
    write(services, about, "Other", "fr")
    seen = rewordings.mark(services, about, "fr")
    rewordings.take_back(services, about, "fr", seen, BEN, EVE)
    assert (await send(services))[1] == "Bonjour de 2021"
    seen = rewordings.mark(services, about, "fr")
    with pytest.raises(Overtaken, match="stand already"):
        rewordings.take_back(services, about, "fr", seen, BEN, EVE)


async def test_nobody_writes_over_or_approves_what_they_never_saw(services, about):
    seen = rewordings.mark(services, about, "en")
    write(services, about, "First")
    for again in (
        lambda: rewordings.rewrite(services, about, "en", "Second", seen, BEN, EVE),
        lambda: rewordings.take_back(services, about, "en", seen, BEN, EVE),
    ):
        with pytest.raises(Changed):
            again()
    waiting = rewordings.mark(services, about, "en")
    write(services, about, "Third", by=ANNA)
    with pytest.raises(Changed):
        await rewordings.approve(services, about, "en", waiting, BEN, EVE)
    await approve(services, about)
    write(services, about, "Fourth", by=BEN)
    assert not rewordings.found(services, about, "en").is_approved, "other words are asked about"
    assert services.store.rewordings.waiting(epoch(EVE)) == [(1, 1, "telegram", "en")]


async def test_what_stands_in_the_file_otherwise_than_approved_leaves_not(services, about):
    write(services, about, "As approved")
    await approve(services, about)
    services.store.database.execute("UPDATE rewording SET text = 'Something else'")
    assert sorted(await send(services)) == [1, 2]


def test_what_it_loses_of_the_own_words_is_named_and_nothing_that_these_lack(services, about):
    lost = rewordings.lost(services, about, "en", "See https://elsewhere.example")
    assert lost["prescribed"] == ("Plant a tree.",)
    assert lost["foreign"] == ("https://elsewhere.example",)
    assert rewordings.lost(services, about, "fr", "Salut")["prescribed"] == ()


def test_no_text_none_that_is_too_long_none_in_another_language_none_when_it_is_over(
    services, about
):
    for text, language, said in (
        (" ", "en", "no text"),
        ("x" * 5_000, "en", "too long"),
        ("Oi", "pt", "this language"),
    ):
        with pytest.raises(UsageError, match=said):
            write(services, about, text, language)
    with pytest.raises(Overtaken, match="its time is over"):
        write(services, about, "Late", now=NINE + timedelta(days=4))
    gone = replace(services, library=replace(services.library, campaigns={}))
    with pytest.raises(Missing):
        rewordings.shipped(gone, about, "en")


def test_who_wrote_and_who_approved_is_forgotten_and_the_words_stay(services, about):
    write(services, about, "Ours", by=Actor.staff("1"))
    key = services.store.plan.occurrence(1)
    digest = rewordings.found(services, about, "en").digest_now
    services.store.rewordings.approve(key, 1, "en", digest, Actor.staff("2"), 0)
    for address in ("1", "2"):
        services.store.rewordings.forget(Who(person=None, channel=1, address=address), 0)
    there = rewordings.found(services, about, "en")
    assert (there.text, there.by, there.approved_by) == (
        "Ours",
        "a former member of staff",
        "a former member of staff",
    )
    assert there.is_approved


def test_what_nobody_approved_goes_once_it_is_over(services, about):
    write(services, about, "Never seen")
    services.store.rewordings.expire(epoch(NINE), None)
    assert rewordings.found(services, about, "en") is not None
    services.store.rewordings.expire(epoch(NINE + timedelta(days=4)), None)
    assert rewordings.found(services, about, "en") is None


async def test_what_keeps_children_safe_stays_in_other_words(tmp_path):
    deed = replace(house.action(), safeguarding=True)
    blocks = "{% block advice %}Ask the child first.{% endblock %}{% block alternative %}Or draw.{% endblock %}"
    served = house.services(
        tmp_path,
        house.campaign(deed),
        channels=(house.channel(),),
        texts={"deed": house.TEXTS + blocks},
    )
    plan.run(served, EVE)
    about = going.find(served, "1-1")
    assert rewordings.unsafe(served, about, "en", "Ask the\nchild first.") == ["Or draw."]
    with pytest.raises(UsageError, match=r"has to say 'Ask the child first\. Or draw\.'"):
        write(served, about, "Show us a child.")
    write(served, about, "Show us a child. Ask the child\nfirst. Or draw.")
    assert rewordings.found(served, about, "en")
    served.store.close()


@pytest.mark.parametrize("text", ["\u200b", "\x00", "\u202e \u2800"])
async def test_words_that_nobody_sees_are_none(services, about, text):
    with pytest.raises(UsageError, match="there is no text"):
        write(services, about, text)
    write(services, about, f" a{text}b\x00 ")
    assert rewordings.found(services, about, "en").text == f"a{text}b".replace("\x00", "").replace(
        "\u202e", ""
    )


async def test_staff_are_alarmed_of_words_that_wait_when_their_day_begins(services, about):
    def told(now):
        waiting.run(services, now)
        return [each.subject for each in services.store.alerts.current() if each.kind == "words"]

    write(services, about, "Now this", now=EVE - timedelta(days=4))
    assert told(EVE - timedelta(days=4)) == []
    assert told(EVE) == ["1-1"]
    skipping.skip(services, about, BEN, EVE)
    assert told(EVE) == [], "nobody gets it anyway"
    skipping.again(services, about, BEN, EVE)
    assert told(EVE) == ["1-1"]
    await approve(services, about)
    assert told(EVE) == []


async def test_however_many_days_wait_for_other_words_the_others_go_on(services, about):
    first = services.store.plan.occurrence(1)
    for slot in range(1_001):
        another = replace(first, slot=90_000 + slot, day=first.day + timedelta(days=50))
        services.store.plan.add(another)
        services.store.rewordings.put(another, 1, "en", "Wait", ANNA, epoch(EVE))
    write(services, about, "Salut", "fr")
    assert len(services.store.holds.current().of_people) == 2, "one for each language"
    assert sorted(await send(services)) == [0, 3, 4]
