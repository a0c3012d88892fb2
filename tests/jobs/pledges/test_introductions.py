"""Introductions of two pledge-makers: asked apart, in the chat and by letter; who learns what, and
what is kept of it.
"""

import re
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import house
import pytest
from fakes.mail import post_office, text_of
from helpers import at
from mailing.served import leave, services_in
from mailing.writer import site
from pledging.player import Play
from tree import languages

from bot.errors import UsageError
from bot.jobs.people import retention
from bot.jobs.pledges import introductions, matches, public
from bot.model import Audience, State
from bot.model.person import NewContact, Status
from bot.model.pledge import JourneyState, NewPledge, PledgeState
from bot.model.pledges.introduction import ASKED_DAYS, Detail, IntroductionState
from bot.model.staff import Actor
from bot.model.subject import Introduce, Introduced
from bot.model.who import Who
from bot.times import epoch

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("telegram_takes"),
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]
NOW = at("2021-03-04T10:00")
ANNA = Actor.staff("anna")
CAMPAIGN = "endchildlabour2021"
BETA = "office@beta.example"
LATER = NOW + timedelta(days=ASKED_DAYS)


@pytest.fixture
def office():
    with post_office() as running:
        yield running


@pytest.fixture
def services(tmp_path, library, office):
    built = services_in(tmp_path, library, office)
    # ACME is asked in the chat, BETA by letter
    built.store.people.add([replace(house.person(7), address="7")])
    contact(built)
    publish(built, "ACME", 1, offers="rooms training")
    publish(built, "BETA", 2, needs="training", topics="education")
    yield built
    built.store.close()


def contact(services, address=BETA):
    person = replace(
        house.person(8),
        channel=services.channel_ids["mail"],
        address=address,
        audience=Audience.ORGANIZATION,
    )
    made = NewContact(
        person=person,
        organisation="BETA",
        stakeholder="company",
        consent_source=None,
        consent_date=None,
    )
    services.store.contacts.add([made], "mail", 1)
    number = services.store.people.spelled(person.channel, address)
    services.store.contacts.confirm(number, 1)
    services.store.people.change(number, Status.ACTIVE, Status.PAUSED)  # news of the pledge alone
    return number


def publish(services, organisation, person, audience=Audience.ORGANIZATION, **answers):
    store = services.store
    new = NewPledge(
        campaign=CAMPAIGN,
        audience=audience,
        stakeholder="company",
        organisation=organisation,
        country="KE",
        language="en",
        answers={"name": f"{organisation} trains", "topics": "education", **answers},
    )
    by = Actor.person(person)
    number = store.pledges.begin(new, by, 1)
    store.editors.add(number, person, 1)
    store.pledges.move(number, PledgeState.SUBMITTED, by, 1)
    store.pledges.verify(number, "staff", ANNA, 1)
    for to in (PledgeState.APPROVED, PledgeState.PUBLISHED):
        store.pledges.move(number, to, ANNA, 1)
    public.refresh(services, number)
    return number


class Two:
    """ACME in the chat, BETA with its letters."""

    def __init__(self, services, office, the, clock):
        self.services, self.office, self.the, self.clock = services, office, the, clock
        self.player = Play((services, services.networks["telegram"]), "en", CAMPAIGN)
        self.player.now = clock["now"]

    def propose(self):
        return introductions.propose(self.services, 1, 2, ANNA, self.clock["now"])

    async def hears(self, moment=None):
        """What comes into the chat."""
        if moment is not None:
            self.clock["now"] = moment
        await self.player.at_now(self.clock["now"].isoformat())
        return self.player.said

    async def types(self, *texts):
        for text in texts:
            await self.player.line(f"> {text}")
        return self.player.said

    async def letters(self):
        self.office.mails.clear()
        await leave(self.services, self.clock["now"], self.player._holds)
        return [text_of(mail) for mail in self.office.to(BETA)]

    async def link(self):
        [letter] = await self.letters()
        return re.search(r"https://pages\.example(/meet/\S+)", letter)[1], letter

    def became(self):
        return self.services.store.introductions.by_side(1).became


@asynccontextmanager
async def asking(services, office):
    clock = {"now": NOW}
    async with site(services, lambda: clock["now"]) as the:
        yield Two(services, office, the, clock)


WROTE = {"answer": "yes", "name": "Ben", "email": "ben@beta.example", "phone": "", "telegram": ""}


async def test_both_say_yes_and_each_gets_what_the_other_ticked_and_no_more(services, office):
    async with asking(services, office) as two:
        two.propose()
        asked = await two.hears()
        assert "BETA and you could work together" in asked
        assert "“BETA trains”" in asked
        assert "You offer what would help them: Training." in asked
        assert "[Yes, I would]" in asked
        assert BETA not in asked
        path, letter = await two.link()
        assert "ACME and you could work together" in letter
        assert "They offer what would help you: Training." in letter
        assert "Both of you are from Kenya." in letter

        for method in ("GET", "HEAD", "GET"):  # a scanner follows every link
            assert (await two.the.ask(path, method)).status == 200
        bad = await two.the.ask(path, "POST", data={**WROTE, "email": "ben"})
        assert "Please look at this again: E-mail." in bad.text
        assert 'value="Ben"' in bad.raw
        none = await two.the.ask(path, "POST", data={"answer": "yes"})
        assert "Write at least one way to reach you." in none.text
        done = await two.the.ask(path, "POST", data=WROTE)
        assert "each of you gets a letter with what the other wrote" in done.text
        assert two.became() is IntroductionState.OPEN

        shown = await two.types("[Yes, I would]")
        assert "What may BETA know" in shown
        assert "[Send this]" not in shown
        await two.types("[Name]", "Look at acme.example")
        assert "no link" in two.player.said
        await two.types("Amina", "[Telephone]", "+254 20 1234567")
        assert "✓ Name: Amina" in two.player.said
        await two.types("[✓ Telephone]", "[Telegram]", "t.me/amina_k")
        assert "Telephone: " not in two.player.said
        await two.types("[Send this]")
        assert two.became() is IntroductionState.MADE
        told = two.player.said
        assert "Name: Ben\nE-mail: ben@beta.example" in told
        [letter] = await two.letters()
        assert "Name: Amina\nTelegram: @amina_k" in letter.replace("\r", "")
        assert "+254" not in letter
        assert "BETA and you know of each other" in await two.types("[Yes, I would]")
        assert (await two.the.ask(path)).text.count("know of each other") == 1


@pytest.mark.parametrize("first", ["letter", "chat"])
async def test_nobody_learns_of_a_no_and_it_ends_in_silence(services, office, first):
    async with asking(services, office) as two:
        two.propose()
        await two.hears()
        path, _ = await two.link()
        if first == "letter":
            no = await two.the.ask(path, "POST", data={"answer": "no"})
            assert "nobody learns of it" in no.text
            await two.types("[Yes, I would]", "[Name]", "Amina", "[Send this]")
            assert "If BETA says yes, too" in two.player.said
        else:
            await two.types("[No]")
            assert "nobody learns of it" in two.player.said
            done = await two.the.ask(path, "POST", data=WROTE)
            assert "If ACME says yes, too" in done.text
            again = await two.the.ask(path)
            assert "If ACME says yes, too" in again.text, "as if nobody had answered"
        assert two.became() is IntroductionState.ENDED
        assert all(not side.details for side in services.store.introductions.by_side(1).sides)
        assert "ben@beta.example" not in await two.hears(LATER)
        assert await two.letters() == []
        assert "didn’t come about" in await two.types("[Yes, I would]") or first == "chat"


@pytest.mark.parametrize("by", ["letter", "chat"])
async def test_who_wants_no_more_of_them_is_suggested_to_nobody_until_they_say_so(
    services, office, by
):
    async with asking(services, office) as two:
        two.propose()
        await two.hears()
        path, _ = await two.link()
        if by == "letter":
            told = (await two.the.ask(path, "POST", data={"answer": "never"})).text
        else:
            told = await two.types("[No, and suggest nobody else to me]")
        assert "ask you about nobody else" in told
        assert two.became() is IntroductionState.ENDED
        publish(services, "GAMMA", 1 if by == "letter" else 2, needs="rooms", offers="training")
        quiet = 2 if by == "letter" else 1
        named = {n for match in matches.find(services) for n in (match.first, match.second)}
        assert quiet not in named
        with pytest.raises(UsageError, match="wants no more suggestions"):
            introductions.propose(services, quiet, 3, ANNA, NOW)
        if by == "chat":
            assert "again" in await two.types("[Suggest others to me again]")
            introductions.propose(services, 1, 3, ANNA, NOW)
        assert not introductions.once_more(services, 1, 99, NOW)


async def test_without_an_answer_it_ends_and_what_was_ticked_is_deleted(services, office):
    async with asking(services, office) as two:
        made = two.propose()
        await two.hears()
        path, _ = await two.link()
        await two.the.ask(path, "POST", data=WROTE)
        assert two.became() is IntroductionState.OPEN
        retention.run(services, LATER)
        assert two.became() is IntroductionState.ENDED
        assert all(not side.details for side in services.store.introductions.by_side(1).sides)
        two.clock["now"] = LATER
        assert "didn’t come about" in (await two.the.ask(path)).text
        with pytest.raises(UsageError, match="suggested to each other before"):
            introductions.propose(services, 2, 1, ANNA, LATER)
        assert matches.find(services) == []
        retention.run(services, LATER + timedelta(days=30))
        assert [s.person for s in services.store.introductions.by_side(made.sides[0].id).sides] == [
            0,
            0,
        ]


async def test_the_question_speaks_the_language_of_who_is_asked(services, office):
    for language in languages():
        services.store.database.execute(
            "UPDATE person SET language = :language", {"language": language}
        )
        services.store.database.execute("DELETE FROM introduction_side")
        services.store.database.execute("DELETE FROM delivery")
        async with asking(services, office) as two:
            two.propose()
            path, letter = await two.link()
            page = await two.the.ask(path)
            assert f'lang="{language}"' in page.raw
            assert "ACME" in page.text
            assert ("could work together" in letter) == (language == "en")


def test_who_can_be_asked_and_who_is_suggested(services):
    [match] = matches.find(services)
    assert (match.first, match.second) == (1, 2)
    assert [matches.told(services, match, each) for each in match.reasons] == [
        "Pledge 1 offers what pledge 2 needs: Training.",
        "Both are about: Education.",
        "Both are from Kenya.",
    ]
    publish(services, "", 1, audience=Audience.INDIVIDUAL)
    assert len(matches.find(services)) == 1, "nobody has made sure who an individual is"
    with pytest.raises(UsageError, match="pledge 3: only who looks after a verified"):
        introductions.propose(services, 1, 3, ANNA, NOW)
    with pytest.raises(UsageError, match="there is no pledge 9"):
        introductions.propose(services, 1, 9, ANNA, NOW)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE pledge SET journey = {paused} WHERE id = 1",
        "UPDATE pledge SET journey = {ended} WHERE id = 1",
        "UPDATE person SET status = 2 WHERE id = 1",
        "UPDATE person SET status = 3 WHERE id = 2",
        "UPDATE pledge SET state = 6 WHERE id = 2",
        "DELETE FROM pledge_verification WHERE pledge = 2",
    ],
)
def test_who_rests_has_left_or_is_not_public_is_left_alone(services, change):
    values = {"paused": int(JourneyState.PAUSED), "ended": int(JourneyState.ENDED)}
    services.store.database.execute(change.format(**values))
    assert matches.find(services) == []
    with pytest.raises(UsageError):
        introductions.propose(services, 1, 2, ANNA, NOW)
    assert services.store.introductions.newest(9) == []


def test_one_maker_is_asked_about_three_at_most(services):
    for number in range(3, 7):
        person = contact(services, f"office@firm{number}.example")
        publish(services, f"FIRM {number}", person)
        services.store.people.change(person, Status.PAUSED, Status.ACTIVE)
    for number in (2, 3, 4):
        introductions.propose(services, 1, number, ANNA, NOW)
    with pytest.raises(UsageError, match="asked about 3 others already"):
        introductions.propose(services, 1, 5, ANNA, NOW)
    assert 1 not in {number for m in matches.find(services) for number in (m.first, m.second)}


def test_a_dismissed_pair_is_asked_nothing_and_never_suggested(services):
    introductions.dismiss(services, 2, 1, ANNA, NOW)
    assert matches.find(services) == []
    assert [(deed.verb, deed.object) for deed in services.store.audit.read()] == [
        ("pledge.dismissed", "1-2")
    ]
    waiting = "SELECT count(*) FROM delivery WHERE state = :queued"
    assert services.store.database.value(waiting, {"queued": State.QUEUED}) == 0


def test_another_person_neither_sees_nor_answers(services):
    made = introductions.propose(services, 1, 2, ANNA, NOW)
    mine, theirs = made.sides
    assert introductions.seen(services, mine.id, theirs.person, "en") is None
    assert introductions.seen(services, mine.id, 0, "en") is None
    services.store.editors.add(mine.pledge, theirs.person, 1)
    assert introductions.seen(services, mine.id, theirs.person, "en") is None, "nor a colleague"
    for call in (
        lambda: introductions.tick(services, mine.id, {Detail.NAME: "A"}, theirs.person, NOW),
        lambda: introductions.answer(services, mine.id, theirs.person, NOW, agreed=False),
        lambda: introductions.answer(services, mine.id, mine.person, NOW, agreed=True),
        lambda: introductions.answer(services, mine.id, mine.person, LATER, agreed=False),
    ):
        with pytest.raises(UsageError):
            call()


@pytest.mark.parametrize("who", [0, 1])
async def test_who_is_forgotten_ends_it_and_leaves_nothing(services, office, who):
    async with asking(services, office) as two:
        made = two.propose()
        store, sides = services.store, made.sides
        for side in sides:
            introductions.tick(services, side.id, {Detail.NAME: "Quilla"}, side.person, NOW)
        introductions.answer(services, sides[0].id, sides[0].person, NOW, agreed=True)
        channel, address = [(1, "7"), (services.channel_ids["mail"], BETA)][who]
        person = sides[who].person
        export = store.known_of(Who(person=person, channel=channel, address=address))
        assert export["introductions"][0]["details"] == {"name": "Quilla"}
        store.forgotten.forget_at(channel, ["telegram", "mail"][who], address, epoch(NOW))
        left = store.introductions.by_side(sides[who].id)
        assert left.became is IntroductionState.ENDED
        assert left.side(sides[who].id).person == 0
        assert left.side(sides[who].id).details == {}
        if who == 1:
            assert "introduce" not in "".join(await two.letters())
        with pytest.raises(UsageError):
            introductions.propose(services, 1, 2, ANNA, NOW)


LEAVES = {
    "withdraws": lambda store: store.pledges.move(1, PledgeState.WITHDRAWN, ANNA, 2),
    "unsubscribes": lambda store: store.people.mark([1], Status.STOPPED),
    "edits it no more": lambda store: store.editors.remove(1, 1),
}


@pytest.mark.parametrize("leaves", LEAVES.values(), ids=LEAVES)
def test_a_yes_after_the_other_has_left_passes_nothing_on(services, leaves):
    made = introductions.propose(services, 1, 2, ANNA, NOW)
    for side in made.sides:
        introductions.tick(services, side.id, {Detail.NAME: "Quilla"}, side.person, NOW)
    first, second = made.sides
    introductions.answer(services, first.id, first.person, NOW, agreed=True)
    leaves(services.store)
    introductions.answer(services, second.id, second.person, NOW, agreed=True)
    assert services.store.introductions.by_side(1).became is IntroductionState.ENDED


@pytest.mark.parametrize("leaves", LEAVES.values(), ids=LEAVES)
@pytest.mark.parametrize("agreed", [True, False])
async def test_nothing_that_waits_reaches_one_after_the_other_has_left(
    services, office, leaves, agreed
):
    async with asking(services, office) as two:
        made = two.propose()
        for side in made.sides if agreed else ():
            introductions.tick(services, side.id, {Detail.NAME: "Quilla"}, side.person, NOW)
            introductions.answer(services, side.id, side.person, NOW, agreed=True)
        assert (two.became() is IntroductionState.MADE) is agreed
        leaves(services.store)
        assert await two.letters() == []
        assert "Quilla" not in await two.hears()
    both = [
        services.store.database.value(
            "SELECT state FROM delivery WHERE occurrence IN (SELECT id FROM occurrence WHERE action"
            " = :action)",
            {"action": str((Introduced if agreed else Introduce)(side.id))},
        )
        for side in made.sides
    ]
    assert both == [State.CANCELLED] * 2
