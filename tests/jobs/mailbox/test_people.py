"""What follows from people's own words in the mailbox: questions, a wish to stop, a child in danger."""

import os
import re
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orchard
import pytest
from starlette.testclient import TestClient
from strict_mail import mail_server

from bot import web
from bot.config import Safeguarding
from bot.jobs.mailbox import answering, looking
from bot.model.mail import MailboxAt, Way
from bot.model.person import Status
from bot.model.staff import Actor, Member, StaffRole
from bot.networks.mail.box import Box

pytestmark = pytest.mark.slow  # letters to a mail server

NOW = datetime(2021, 2, 3, 14, tzinfo=UTC)
ANA, STRANGER = "p1@acme.example", "eve@elsewhere.example"
FORWARDED = "2021@campaign.example"


class House:
    """Services with one contact, their mail server, and a folder in which mails arrive."""

    def __init__(self, services, server, folder):
        self.services, self.server, self.folder = services, server, folder
        self.now = NOW

    def arrives(self, text, *, sender=ANA, subject="Re: Step", to="us@campaign.example", more=""):
        file = self.folder / f"{len(list(self.folder.iterdir()))}.eml"
        head = (
            f"From: {sender}\nTo: {to}\nSubject: {subject}\nMessage-ID: <q{file.stem}@acme.example>"
        )
        file.write_text(f"{head}\n{more}\n{text}\n", "utf-8")
        os.utime(file, (self.now.timestamp(), self.now.timestamp()))

    async def plays(self):
        """Read the mailbox and let answers leave; give those that left."""
        self.server.taken.clear()
        await looking.run(self.services, self.now)
        await answering.run(self.services, self.now)
        self.now += timedelta(minutes=10)
        return [each.mail for each in self.server.taken]

    @property
    def questions(self):
        return [each.text for each in self.services.store.inbox.open_questions()]


@asynccontextmanager
async def house_of(folder, *, language="en", safeguarding=None, members=(), **script):
    async with mail_server(**script) as server:
        (folder / "mail").mkdir()
        services = orchard.services(folder, server)
        orchard.add_contact(services, 1, language=language)
        at = MailboxAt(way=Way.EML, place=str(folder / "mail"), addresses=(FORWARDED,))
        settings = replace(
            services.settings, mailbox=at, safeguarding=safeguarding, members=members
        )
        services = replace(services, settings=settings, mailbox=Box(at, None))
        try:
            yield House(services, server, folder / "mail")
        finally:
            await services.networks["mail"].close()
            services.store.close()


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


async def test_what_somebody_answers_is_a_question_and_its_answer_goes_back_in_its_thread(tmp_path):
    async with house_of(tmp_path) as house:
        house.arrives("How many trees?\n\nOn Friday, Us <us@campaign.example> wrote:\n> Plant.")
        assert await house.plays() == []
        assert house.questions == ["Re: Step\n\nHow many trees?"]
        assert house.services.store.inbox.answer(1, "Forty.", Actor("anna"), 9)
        [mail] = await house.plays()
        assert (mail["To"], mail["Subject"]) == (ANA, "Re: Step")
        assert (mail["In-Reply-To"], mail["References"]) == ("<q0@acme.example>",) * 2
        assert "Forty." in text_of(mail)
        assert "How many trees?" in text_of(mail)
        assert await house.plays() == [], "once"


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Please stop."), ("fr", "désabonnez-moi"), ("es", "baja"), ("en", "Je me désabonne")],
)
async def test_a_wish_to_stop_is_offered_and_obeyed_after_one_click(tmp_path, language, words):
    async with house_of(tmp_path, language=language) as house:
        house.arrives(words)
        [mail] = await house.plays()
        [link] = set(re.findall(r"https?://\S+/leave/\S+", text_of(mail)))
        store = house.services.store
        assert store.people.find(house.services.channel_ids["mail"], ANA) == 1, "not yet"
        assert house.questions == []
        pages = TestClient(web.build(lambda: house.services, lambda: house.now))
        path = "/leave/" + link.rpartition("/")[2]
        assert pages.get(path).status_code == 200
        assert store.people.find(house.services.channel_ids["mail"], ANA) == 1, "a scanner's GET"
        assert pages.post(path, data={"choice": "leave"}).status_code == 200
        assert store.people.find(house.services.channel_ids["mail"], ANA) is None
        assert [value for (value,) in store.database.rows("SELECT address FROM mail_answer")] == []


async def test_a_line_that_wants_to_stop_is_offered_and_the_rest_is_a_question(tmp_path):
    async with house_of(tmp_path) as house:
        house.arrives("Hello,\nplease unsubscribe me\nAnd why do you write to Mr Smith?")
        assert len(await house.plays()) == 1
        assert len(house.questions) == 1
        house.arrives("stop child labour, stop it everywhere, and tell us how")
        assert await house.plays() == []


async def test_who_writes_of_a_child_in_danger_gets_the_number_at_once(tmp_path):
    ana = Member(
        name="ana", email="ana@campaign.example", roles=frozenset({StaffRole.SAFEGUARDING})
    )
    named = Safeguarding(name="Ana", contact=None, retention=30)
    async with house_of(tmp_path, safeguarding=named, members=(ana,)) as house:
        house.services.store.database.execute("UPDATE person SET country = 'GB'")
        house.arrives("I think a child is in danger next door. What can I do?")
        [mail] = await house.plays()
        said = text_of(mail)
        assert "call the emergency services of your country at once" in said
        assert re.search(r"Childline: \d", said)
        assert "goes to Ana now" in said
        assert house.questions == []
        [report] = house.services.store.inbox.waiting_reports()
        assert report.text.startswith("Re: Step\n\nI think a child")
        assert report.country == "GB"


@pytest.mark.parametrize("text", ["please help", ""])
async def test_a_danger_that_the_subject_tells_reaches_the_safeguarding_contact(tmp_path, text):
    ana = Member(
        name="ana", email="ana@campaign.example", roles=frozenset({StaffRole.SAFEGUARDING})
    )
    named = Safeguarding(name="Ana", contact=None, retention=30)
    async with house_of(tmp_path, safeguarding=named, members=(ana,)) as house:
        house.arrives(text, subject="My stepfather beats me")
        [mail] = await house.plays()
        assert "goes to Ana now" in text_of(mail)
        [report] = house.services.store.inbox.waiting_reports()
        assert report.text.split("\n\n") == ["My stepfather beats me", *filter(None, [text])]


async def test_who_writes_of_danger_and_wants_to_hear_no_more_gets_both_letters(tmp_path):
    async with house_of(tmp_path) as house:
        house.arrives("My father beats me.\nunsubscribe")
        said = [text_of(mail) for mail in await house.plays()]
        assert sum("call the emergency services" in each for each in said) == 1
        assert len(said) == 2, "the other has the link that unsubscribes"
        assert house.questions == []


async def test_where_nobody_can_be_told_it_says_so(tmp_path):
    async with house_of(tmp_path) as house:
        house.arrives("a child is in danger", sender=STRANGER)
        [mail] = await house.plays()
        assert mail["To"] == STRANGER
        assert "can’t pass it on: please call" in text_of(mail)
        assert house.services.store.inbox.waiting_reports() == []


async def test_strangers_are_heard_where_mail_is_forwarded_and_answered_once(tmp_path):
    async with house_of(tmp_path) as house:
        house.arrives("Buy this!", sender=STRANGER)
        assert await house.plays() == []
        assert house.questions == []
        for number in range(12):
            house.arrives(f"May I come, {number}?", sender=STRANGER, to=FORWARDED)
        [mail] = await house.plays()
        assert (mail["To"], mail["Subject"]) == (STRANGER, "Trees 2021")
        assert mail["Auto-Submitted"] == "auto-generated"
        assert "May I come" not in text_of(mail), "nobody can have us send their words to others"
        assert len(house.questions) == 10, "no more within a day"
        house.arrives("And now?", sender=STRANGER, to=FORWARDED)
        house.now += timedelta(days=2)
        assert await house.plays() == []


@pytest.mark.parametrize(
    "more",
    [
        "Auto-Submitted: auto-replied\n",
        "Precedence: bulk\n",
        "List-Id: <x.acme.example>\n",
        "X-Autoreply: yes\n",
    ],
)
async def test_what_programs_write_is_neither_heard_nor_answered(tmp_path, more):
    async with house_of(tmp_path) as house:
        house.arrives("stop", more=more)
        house.arrives("a child is in danger", more=more)
        house.arrives("stop", sender="us@campaign.example")
        assert await house.plays() == []
        assert house.questions == []


async def test_two_who_answer_each_other_end_after_one_letter(tmp_path):
    async with house_of(tmp_path) as house:
        for _ in range(5):
            house.arrives("stop")
            await house.plays()
        [(count,)] = house.services.store.database.rows("SELECT count(*) FROM mail_answer")
        assert count == 1


async def test_thanks_ask_nothing_and_files_are_not_opened(tmp_path):
    async with house_of(tmp_path) as house:
        house.arrives("Thank you!")
        more = 'Content-Type: multipart/mixed; boundary="b"\n'
        body = "--b\nContent-Type: application/zip; name=a.zip\n\nUEsDBA==\n--b--"
        house.arrives(body, subject="Our report", more=more)
        assert await house.plays() == []
        assert house.questions == ["Our report"]


async def test_an_answer_that_the_server_does_not_take_leaves_later(tmp_path):
    async with house_of(tmp_path, answers={"RCPT": ["451 4.7.1 later"]}) as house:
        house.arrives("stop")
        assert await house.plays() == []
        assert len(await house.plays()) == 1
        assert await house.plays() == []


async def test_who_is_forgotten_leaves_no_word_of_theirs(tmp_path):
    async with house_of(tmp_path) as house:
        house.arrives("SECRET question?", subject="SECRET")
        await house.plays()
        store = house.services.store
        assert store.people.change(1, Status.ACTIVE, Status.ACTIVE)
        store.forgotten.forget_at(house.services.channel_ids["mail"], "mail", ANA, 9)
        for table in ("question", "mail_thread", "mail_answer"):
            assert store.database.rows(f"SELECT * FROM {table}") == []
