"""Confirming a pledge from an official address: whole conversations with a real mail server and the
real pages, and what must hold whoever abuses it.

In the scripts of scripts/mail/ (otherwise as in scripts/pledges/) ``@letters`` lets e-mail leave
and shows what came; ``@page official`` opens that link of the last letter, ``@answer yes`` presses
a button on the page.
"""

import json
import re
import sqlite3
from contextlib import ExitStack, asynccontextmanager, closing
from dataclasses import replace
from datetime import timedelta
from html import unescape

import aiohttp
import orchard
import pytest
from beside import play_in
from fakes.mail import post_office, text_of
from helpers import at
from mailing.served import leave, services_in
from pledging.player import Play
from tree import TOP, languages

from bot.errors import UsageError
from bot.files.frozen import read_files
from bot.jobs.people import retention
from bot.jobs.pledges import officials
from bot.jobs.texts import letters
from bot.library import shipped_root
from bot.model import Audience, Secret, State
from bot.model.person import NewPerson, Status
from bot.model.pledge import NewPledge, Outcome, PledgeState
from bot.model.who import Who
from bot.networks.apprise.network import Network as Apprise
from bot.render.chat import ChatTexts
from bot.rules.tokens import Purpose
from bot.web import build
from bot.web.server import Server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.usefixtures("telegram_takes"),
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]

SCRIPTS = sorted((TOP / "tests" / "scripts" / "mail").glob("*.txt"))
NOW = at("2021-03-04T10:00")
LINK = re.compile(rf"{re.escape(orchard.PUBLIC)}(/(\w+)/\S+)")


@pytest.fixture
def office():
    with post_office() as running:
        yield running


@pytest.fixture
def services(tmp_path, library, office):
    built = services_in(tmp_path, library, office)
    yield built
    built.store.close()


@pytest.fixture
def players(tmp_path, library):
    """Opens a player of a language, with services and a mail server of its own."""
    with ExitStack() as closing:

        def open_(language):
            office = closing.enter_context(post_office())
            folder = tmp_path / language
            folder.mkdir()
            services = services_in(folder, library, office)
            closing.callback(services.store.close)
            return MailPlay(services, office, language)

        yield open_


@asynccontextmanager
async def pages(services, clock):
    server = Server(build(lambda: services, clock), "127.0.0.1:0")
    await server.start()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:

            async def ask(path, method="GET", **data):
                async with session.request(method, path, data=data or None) as answer:
                    return answer.status, unescape(await answer.text())

            yield ask
    finally:
        await server.stop()


class MailPlay(Play):
    def __init__(self, services, office, language):
        super().__init__((services, services.networks["telegram"]), language, "endchildlabour2021")
        self.office = office
        self.path = ""

    async def at_letters(self, _words=""):
        self.office.mails.clear()
        await leave(self.services, self.now, self._holds)
        self.heard.clear()
        for mail in self.office.mails:
            self.hear(f"→ {mail['To']}\n{mail['Subject']}\n{text_of(mail)}")

    async def at_page(self, words):
        self.path = next(
            found[1] for found in LINK.finditer(text_of(self.office.mails[-1])) if found[2] == words
        )
        await self._ask("GET")

    async def at_answer(self, words):
        await self._ask("POST", answer=words)

    async def _ask(self, method, **data):
        async with pages(self.services, lambda: self.now) as ask:
            status, text = await ask(self.path, method, **data)
        assert status == 200, text
        self.heard.clear()
        self.hear(text)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
async def test_the_conversation_goes_as_written(script, language, players):
    assert await play_in(language, script, players)


# what must hold


def official_addresses(services, number):
    """What an export tells of the official addresses that a person gave."""
    who = Who(person=number, channel=services.channel_ids["telegram"], address="7")
    return services.store.officials.of(who)["official_addresses"]


def person(services, number=7, *, language="en"):
    """Somebody in the chat."""
    new = NewPerson(
        channel=services.channel_ids["telegram"],
        address=str(number),
        audience=Audience.ORGANIZATION,
        language=language,
        country=None,
        zone="UTC",
        minute=540,
        joined=0,
    )
    services.store.people.add([new])
    return services.store.people.find(new.channel, new.address)


def promise(services, editor, organisation="ACME", audience=Audience.ORGANIZATION):
    """A submitted pledge."""
    new = NewPledge(
        campaign="endchildlabour2021",
        audience=audience,
        stakeholder="company",
        organisation=organisation,
        country=None,
        language="en",
        answers={"name": "Train 40 teachers"},
    )
    number = services.store.pledges.begin(new, f"person {editor}", 0)
    services.store.editors.add(number, editor, 0)
    services.store.pledges.move(number, PledgeState.SUBMITTED, f"person {editor}", 0)
    return services.store.pledges.get(number)


def ask(services, pledge, asker, address="press@acme.example", now=NOW):
    officials.ask(services, pledge, asker, address, "en", now)
    return services.store.officials.of_pledge(pledge.id)[-1]


def why(services, pledge, asker, address, now=NOW):
    return officials.hindrance(services, pledge, asker, address, now)


def path(services, request):
    return linked(services, Purpose.OFFICIAL, request.person, request.id)


def linked(services, purpose, person, subject=0):
    where = letters.link(services, purpose, person, subject, now=NOW.timestamp())
    return where.removeprefix(orchard.PUBLIC)


def everything(services):
    with closing(sqlite3.connect(services.settings.database)) as connection:
        return "\n".join(connection.iterdump())


async def test_an_answer_verifies_and_leaves_nothing_but_the_domain(services, office):
    me = person(services)
    pledge = promise(services, me)
    request = ask(services, pledge, me, " Press@ACME.example ")
    await leave(services, NOW)
    [mail] = office.mails
    assert (mail["To"], mail["Reply-To"]) == (
        "press@acme.example",
        services.active[0].contact or None,
    )
    assert (
        mail["List-Unsubscribe"]
        == f"<{orchard.PUBLIC}{linked(services, Purpose.UNSUBSCRIBE, request.person)}>"
    )
    async with pages(services, lambda: NOW) as asked:
        for _ in range(2):  # a scanner follows every link
            status, text = await asked(path(services, request))
            assert status == 200
            assert "ACME pledges: “Train 40 teachers”" in text
        assert (await asked(path(services, request), "POST"))[0] == 200
        assert services.store.pledges.verification(pledge.id) is None, "nobody has pressed a button"
        assert "Thank you" in (await asked(path(services, request), "POST", answer="yes"))[1]
        assert (
            "confirmed already" in (await asked(path(services, request), "POST", answer="yes"))[1]
        )
    found = services.store.pledges.verification(pledge.id)
    assert (found.method, found.by, found.note, found.at) == (
        "email",
        f"person {request.person}",
        "acme.example",
        NOW.timestamp(),
    )
    assert [line.kind for line in services.store.pledges.history(pledge.id)][-2:] == [
        "letter",
        "verified",
    ]
    assert "press@acme.example" not in everything(services)
    assert services.store.people.address(request.person) == f"gone-{request.person}", (
        "its number stays taken"
    )
    assert [entry.action for entry in services.store.listing.entries(State.QUEUED)] == [
        f"told:n{services.store.pledges.newest(pledge.id).id}"
    ]


async def test_saying_no_leaves_nothing_and_nobody_writes_there_again(services, office):
    me = person(services)
    pledge = promise(services, me)
    request = ask(services, pledge, me)
    await leave(services, NOW)
    async with pages(services, lambda: NOW) as asked:
        _, text = await asked(path(services, request), "POST", answer="no")
        assert "nobody at this address confirms the pledge" in text
        assert (
            "nobody at this address confirms"
            in (await asked(path(services, request), "POST", answer="yes"))[1]
        )
    assert services.store.pledges.verification(pledge.id) is None
    assert [line.kind for line in services.store.pledges.history(pledge.id)][-1] == "declined"
    assert "acme.example" not in everything(services)
    other = promise(services, person(services, 8), "Another")
    assert why(services, other, me, "PRESS@acme.example", NOW + timedelta(days=2)) == "left"
    with pytest.raises(UsageError, match="no letter may go to this address: left"):
        ask(services, other, me, now=NOW + timedelta(days=2))


async def test_a_mail_program_says_no_in_one_click(services):
    me = person(services)
    request = ask(services, promise(services, me), me)
    where = linked(services, Purpose.UNSUBSCRIBE, request.person)
    async with pages(services, lambda: NOW) as asked:
        assert "press@acme.example" in (await asked(where))[1]
        assert (await asked(where, "POST", **{"List-Unsubscribe": "One-Click"}))[0] == 200
        assert "press@acme.example" not in (await asked(where))[1]
    assert services.store.officials.get(request.id).outcome is Outcome.REFUSED
    [letter] = services.store.listing.of_person(request.person)
    assert (letter.action, letter.state) == ("pledge:verify", State.CANCELLED), (
        "it had not left yet"
    )


async def test_a_link_serves_nobody_else(services):
    me = person(services)
    one, other = promise(services, me), promise(services, me, "Another")
    first, second = ask(services, one, me), ask(services, other, me, "x@y.example")
    wrong = [
        linked(services, Purpose.OFFICIAL, first.person, second.id),
        linked(services, Purpose.OFFICIAL, me, first.id),
        linked(services, Purpose.OFFICIAL, first.person, 99),
        linked(services, Purpose.CONFIRM, first.person, first.id),
    ]
    async with pages(services, lambda: NOW) as asked:
        for where in wrong:
            assert (await asked(where, "POST", answer="yes"))[0] == 404
    assert [services.store.pledges.verification(pledge.id) for pledge in (one, other)] == [
        None,
        None,
    ]


async def test_after_fourteen_days_the_link_is_old_and_the_address_gone(services):
    me = person(services)
    pledge = promise(services, me)
    request = ask(services, pledge, me)
    last, after = NOW + timedelta(days=14, seconds=-1), NOW + timedelta(days=14)
    async with pages(services, lambda: last) as asked:
        assert "Does this pledge come from you?" in (await asked(path(services, request)))[1]
    async with pages(services, lambda: after) as asked:
        for _ in ("before retention", "after it"):
            assert "too old" in (await asked(path(services, request), "POST", answer="yes"))[1]
            retention.run(services, after)
    assert "acme.example" not in everything(services)
    assert services.store.officials.get(request.id).outcome is Outcome.LAPSED
    assert services.store.pledges.verification(pledge.id) is None
    assert retention.run(services, after) == 0


def test_few_letters_for_one_pledge(services):
    me, day = person(services), timedelta(days=1, seconds=1)
    pledge = promise(services, me)
    ask(services, pledge, me, "a@acme.example")
    assert why(services, pledge, me, "b@acme.example", NOW + timedelta(hours=23)) == "today"
    ask(services, pledge, me, "b@acme.example", NOW + day)
    ask(services, pledge, me, "c@acme.example", NOW + 2 * day)
    assert why(services, pledge, me, "d@acme.example", NOW + 3 * day) == "enough"
    assert why(services, pledge, me, "d@acme.example", NOW + timedelta(days=400)) == "enough"


def test_few_letters_by_one_person_whatever_the_pledge(services):
    me = person(services)
    for number in range(3):
        ask(
            services,
            promise(services, me, f"Organisation {number}"),
            me,
            f"office@o{number}.example",
        )
    fourth = promise(services, me, "Organisation 4")
    assert why(services, fourth, me, "office@o4.example") == "many"
    assert why(services, fourth, person(services, 8), "office@o4.example") == ""
    assert why(services, fourth, me, "office@o4.example", NOW + timedelta(days=1, seconds=1)) == ""


def test_few_letters_to_one_address_whoever_asks(services):
    day = timedelta(days=1, seconds=1)
    for number in range(3):
        me = person(services, 10 + number)
        pledge = promise(services, me, f"Organisation {number}")
        ask(services, pledge, me, "victim@acme.example", NOW + number * day)
        again = promise(services, person(services, 20 + number), f"Again {number}")
        assert why(services, again, 0, "Victim@Acme.example", NOW + number * day) == "often"
    assert why(services, again, 0, "victim@acme.example", NOW + 3 * day) == "often"
    assert why(services, again, 0, "other@acme.example", NOW + 3 * day) == ""


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("nobody", "shape"),
        ("a@b.example, c@d.example", "shape"),
        ("me@gmail.com", "free"),
        ("me@Yahoo.co.uk", "free"),
        ("press@acme.example", ""),
    ],
)
def test_what_is_no_official_address(services, address, reason):
    me = person(services)
    assert why(services, promise(services, me), me, address) == reason


def test_it_needs_live_mail_and_pages(services):
    assert letters.mail_channel(services, "en").name == "mail"
    assert letters.mail_channel(replace(services, dry={"mail": "no secret"}), "en") is None
    assert (
        letters.mail_channel(replace(services, settings=replace(services.settings, web=None)), "en")
        is None
    )
    slack = replace(
        services,
        networks={
            "mail": Apprise(
                services.settings.channels["mail"], {"url": Secret("json://127.0.0.1/hook")}
            )
        },
    )
    assert letters.mail_channel(slack, "en") is None, "a chat service reaches no single addresses"


async def test_what_others_typed_becomes_no_link_in_a_letter(services, office):
    me = person(services)
    ask(
        services,
        promise(
            services, me, "You won!\n\nhttps://evil.example/x www.evil.example me@evil.example"
        ),
        me,
    )
    await leave(services, NOW)
    words = text_of(office.mails[0])
    assert "https://evil" not in words
    assert "evil.example" not in words
    assert "You won! https:" in words
    assert {found[2] for found in LINK.finditer(words)} == {"official", "leave"}


async def test_a_mailbox_that_refuses_is_told_the_next_time(services, office):
    office.refuses = {"press@acme.example"}
    me = person(services)
    pledge = promise(services, me)
    ask(services, pledge, me)
    await leave(services, NOW)
    assert office.mails == []
    assert officials.waiting(services, pledge.id, NOW).bounced
    retention.run(services, NOW + timedelta(days=14))
    assert "acme.example" not in everything(services), "nor does the error say it"


async def test_a_mailbox_that_refused_gets_another_chance(services, office):
    me = person(services)
    pledge = promise(services, me)
    office.refuses = {"press@acme.example"}
    ask(services, pledge, me)
    await leave(services, NOW)
    office.refuses.clear()
    ask(services, pledge, me, now=NOW + timedelta(days=2))
    assert not officials.waiting(services, pledge.id, NOW + timedelta(days=2)).bounced
    await leave(services, NOW + timedelta(days=2))
    assert [mail["To"] for mail in office.mails] == ["press@acme.example"]


async def test_who_is_forgotten_takes_the_addresses_along(services, office):
    me = person(services)
    pledge = promise(services, me)
    request = ask(services, pledge, me)
    [exported] = official_addresses(services, me)
    assert exported == {
        "at": "2021-03-04T10:00:00Z",
        "outcome": "open",
        "address": "press@acme.example",
    }
    services.store.forgotten.forget_at(
        services.channel_ids["telegram"], "telegram", "7", int(NOW.timestamp())
    )
    await leave(services, NOW)
    assert office.mails == []
    assert "acme.example" not in everything(services)
    assert (services.store.officials.get(request.id).asker, official_addresses(services, me)) == (
        0,
        [],
    )
    async with pages(services, lambda: NOW) as asked:
        assert "too old" in (await asked(path(services, request), "POST", answer="yes"))[1]


async def test_a_pledge_that_is_deleted_takes_the_addresses_along(services):
    me = person(services)
    pledge = promise(services, me)
    request = ask(services, pledge, me)
    services.store.pledges.move(pledge.id, PledgeState.DRAFT, f"person {me}", 1)
    services.store.pledges.delete(pledge.id)
    assert "acme.example" not in everything(services)
    assert services.store.officials.get(request.id).pledge == 0


@pytest.mark.parametrize("given", ["p1@acme.example", "P1@ACME.example"])
async def test_an_address_that_is_a_contact_too_stays_a_contact(services, given):
    me = person(services)
    pledge = promise(services, me)
    contact = orchard.add_contact(services, 1)
    request = ask(services, pledge, me, given)
    assert request.person == contact
    officials.answered(services, request, NOW)
    assert services.store.pledges.verification(pledge.id).note == "acme.example"
    assert services.store.contacts.get(contact).status is Status.ACTIVE


def test_one_address_is_one_person_however_the_contact_was_spelled(services):
    me, channel = person(services), services.channel_ids["mail"]
    services.store.database.execute(
        "UPDATE person SET address = 'P1@ACME.example' WHERE id = :id",
        {"id": orchard.add_contact(services, 1)},
    )
    request = ask(services, promise(services, me), me, "p1@acme.example")
    assert request.person == services.store.people.find(channel, "P1@ACME.example")
    assert services.store.people.find(channel, "p1@acme.example") is None
    other = promise(services, me, "Another")
    assert why(services, other, me, "p1@ACME.example") == "often"


def test_an_address_that_waits_for_its_answer_can_be_imported(services):
    me = person(services)
    request = ask(services, promise(services, me), me, "p1@acme.example")
    assert orchard.add_contact(services, 1) == request.person
    assert services.store.contacts.get(request.person).status is Status.ACTIVE
    retention.run(services, NOW + timedelta(days=14))
    assert services.store.people.address(request.person) == "p1@acme.example"


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("bounced", [False, True])
@pytest.mark.parametrize(
    "reason", ["shape", "free", "left", "often", "today", "many", "enough", "closed"]
)
def test_every_reason_is_said_in_every_language(language, bounced, reason):
    texts = ChatTexts(read_files([shipped_root()]))
    letter = {"domain": "acme.example", "sent": NOW.date(), "until": NOW.date(), "bounced": bounced}
    values = {
        "organisation": "ACME",
        "audience": "organization",
        "letter": letter,
        "why": reason,
        "given": "x",
    }
    became = "bounced" if bounced else "letter"
    blocks = {
        why: f"pledge_verify.no_{why}_{became}" if why == "today" else f"pledge_verify.no_{why}"
        for why in ("shape", "free", "left", "often", "many", "enough", "closed", "today")
    }
    asked_with = "pledge_verify.ask_bounced" if bounced else "pledge_verify.ask_waits"
    said, asked = (
        texts.text(blocks[reason], language, values),
        texts.text(asked_with, language, letter),
    )
    assert said
    assert ("acme.example" in said) == (reason == "today")
    assert "acme.example" in asked
    others = {
        texts.text(block, language, {**values, "why": other}) for other, block in blocks.items()
    }
    assert len(others) == 8, "each has words of its own"


# a contact that staff imported, and that confirms


async def confirmed(services, contact):
    async with pages(services, lambda: NOW) as asked:
        await asked(
            linked(services, Purpose.CONFIRM, contact),
            "POST",
            answer="yes",
        )


async def test_an_imported_contact_that_confirms_verifies_its_pledges(services):
    contact = orchard.add_contact(services, 1, agreed=False)
    pledge, alone = promise(services, contact), promise(services, contact, "", Audience.INDIVIDUAL)
    checked = promise(services, contact, "Checked before")
    services.store.pledges.verify(checked.id, "staff", "staff anna", 5, "called them")
    await confirmed(services, contact)
    found = services.store.pledges.verification(pledge.id)
    assert (found.method, found.note) == ("email", "acme.example")
    assert services.store.pledges.verification(alone.id) is None
    assert services.store.pledges.verification(checked.id).by == "staff anna"
    assert [line.kind for line in services.store.pledges.history(checked.id)][-1] == "confirmed"


async def test_an_imported_contact_with_a_free_mailbox_only_says_so(services):
    new = orchard.add_contact(services, 1, agreed=False)
    services.store.database.execute(
        "UPDATE person SET address = 'ana@gmail.com' WHERE id = :id", {"id": new}
    )
    pledge = promise(services, new)
    await confirmed(services, new)
    assert services.store.pledges.verification(pledge.id) is None
    line = services.store.pledges.newest(pledge.id)
    assert (line.kind, json.loads(json.dumps(line.detail))) == (
        "confirmed",
        {"domain": "gmail.com"},
    )
