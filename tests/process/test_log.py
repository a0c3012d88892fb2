"""The log, as `drumbeat run` writes it: it names no pledge, quotes nobody and holds no address, be
it our own line, a traceback or the word of a library; also where somebody lets libraries say more.
"""

import asyncio
import io
import json
import logging
import re
import smtplib
import sys
from contextlib import suppress
from datetime import timedelta

import orchard
import pytest
from aiosmtpd.controller import Controller
from bot_chat import NOON, fake, got, joined, running, services, until
from fakes.base import message
from fakes.mail import PostOffice
from rich.console import Console

from bot.cli import log
from bot.errors import NetworkError, StoreError
from bot.jobs.operations.alarms import Alarms
from bot.jobs.pledges import journeys
from bot.logcontext import About
from bot.model import Audience
from bot.model.outbox import Claimed
from bot.model.pledge import NewPledge
from bot.model.staff import Actor
from bot.networks.common.thread import in_thread
from bot.rules.journey import Event

__all__ = ["fake", "services"]

NAME, ADDRESS = "Quilla Zhuk", "quilla.zhuk@finches.example"
QUESTION, FEAR = "Wherefore do hoopoes whistle?", "Mirabelle weeps at the quarry"
PLEDGE = "Nurse forty zebrafinches"
MARKS = ("Quilla", "quilla", "Zhuk", "zhuk", "hoopoes", "Mirabelle", "zebrafinches", "990077")


@pytest.fixture
def written(monkeypatch):
    """What stands in the log so far; libraries may say all from INFO on."""
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    monkeypatch.setattr(log, "errors", Console(file=said))
    root, levels = logging.getLogger(), {}
    before = root.handlers[:], root.level
    log.log_to_stderr()
    root.setLevel(logging.INFO)
    for name in ("apscheduler", "bot", "telegram", "aiosmtpd", "mail.log"):
        levels[name] = logging.getLogger(name).level
        logging.getLogger(name).setLevel(logging.INFO)
    yield said.getvalue
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    root.handlers[:], root.level = before


def quoted(text):
    return [mark for mark in MARKS if mark in text]


async def test_a_conversation_leaves_no_name_and_no_word_of_anybody_in_the_log(
    services, fake, written
):
    fake.person(990077)["first_name"] = NAME
    async with running(services):
        await joined(fake, 990077)
        fake.says(990077, "/ask")
        await got(fake, 990077, "question")
        fake.says(990077, QUESTION)
        await got(fake, 990077, "on its way")
        fake.says(990077, f"{FEAR} {NAME}")
        fake.says(990077, "/export")
        await got(fake, 990077, "everything that is kept")
        fake.happens(message={"text": FEAR, "from": {"first_name": NAME}})
        fake.taps(990077, max(fake.messages), f"forged {NAME}")
        pledge = begun(services)
        journeys.happened(services, pledge, Event.NEED_HELP, Actor.person(1), NOON)
        await Alarms().tell(services, NOON)
        fake.says(990077, "/forget")
        await got(fake, 990077, "It can’t be undone")
        fake.presses(990077, "Yes, delete everything")
        await got(fake, 990077, "everything about you is deleted")
    assert "the chat asks Telegram for messages" in written()
    assert f"pledge {pledge} asks for help" in written()
    assert "Telegram's answer can't be read" in written()
    assert quoted(written()) == []


def begun(services):
    new = NewPledge(
        campaign="endchildlabour2021",
        audience=Audience.INDIVIDUAL,
        stakeholder="individual",
        organisation=NAME,
        country=None,
        language="en",
        answers={"name": PLEDGE},
    )
    pledge = services.store.pledges.begin(new, Actor.person(1), 5)
    services.store.editors.add(pledge, 1, 5)
    return pledge


class Refusing(PostOffice):
    """Refuses as real servers do: with the address in the answer, in its own spelling."""

    answer = ""

    async def handle_RCPT(self, server, session, envelope, address, options):
        return self.answer.format(address=address.upper(), name=address.partition("@")[0])


@pytest.fixture
def office():
    office = Refusing()
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    yield office
    controller.stop()


ANSWERS = [
    "550 5.1.1 <{address}>: Recipient address rejected: User unknown: {name}",
    "451 4.7.1 <{address}>: Greylisted, try again; mailbox {name} is busy",
    "550 sorry, no mailbox here by that name",
]
BLOCKED = "550 5.7.1 <{address}>: our server is blocked; nothing for {name}"


@pytest.mark.parametrize("answer", ANSWERS, ids=["550", "451", "bare"])
async def test_a_mail_server_that_refuses_leaves_no_address_in_the_log_nor_in_the_error(
    tmp_path, office, written, answer
):
    office.answer = answer
    services = orchard.services(tmp_path, office)
    with pytest.raises(NetworkError) as raised:
        await services.networks["mail"].send(message(address=ADDRESS, recipient=1))
    await services.networks["mail"].idle()
    logging.getLogger("bot.test").error("%s", raised.value)
    assert f"the mail server answered {answer[:3]}" in str(raised.value)
    assert quoted(written()) == []
    assert "@" not in str(raised.value)
    services.store.close()


@pytest.mark.slow
async def test_a_channel_that_is_paused_over_refused_letters_names_none_of_them(
    tmp_path, office, written
):
    office.answer = BLOCKED
    services = orchard.services(tmp_path, office)
    for number in range(1, 12):
        person = orchard.add_contact(services, number)
        services.store.database.execute(
            "UPDATE person SET address = :address WHERE id = :person",
            {"address": f"quilla{number}@zhuk.example", "person": person},
        )
        orchard.add_pledge(services, person)
    await orchard.play(services, "2021-02-03", "2021-02-04", timedelta(hours=2))
    [alert] = [each for each in services.store.alerts.current() if each.kind == "paused"]
    assert "channel mail is paused" in written()
    assert (quoted(written()), quoted(alert.text)) == ([], [])
    services.store.close()


def fails(error):
    raise error


def test_a_traceback_says_where_and_what_class_but_quotes_nobody(written):
    try:
        try:
            fails(ValueError(f"can't read {QUESTION}"))
        except ValueError as error:
            raise KeyError(NAME) from error
    except KeyError:
        logging.getLogger("bot.test").exception("a message could not be handled")
    assert quoted(written()) == []
    for words in ("a message could not be handled", "ValueError", "KeyError", "in fails", __file__):
        assert words in written()


@pytest.mark.usefixtures("written")
async def test_a_line_in_json_holds_a_traceback_and_the_delivery_of_a_thread_that_quote_nobody(
    capsys,
):
    log.log_to_stderr("json")
    row = Claimed(7, 1, 0, 1, 0, 0, *("", "", False, 1, "", 0))

    def in_a_library():
        try:
            fails(ValueError(QUESTION))
        except ValueError:
            logging.getLogger("bot.test").exception("a \x1b[2J\nbroken line")

    with About(row):
        await in_thread(in_a_library)
    logging.getLogger("bot.test").warning("afterwards")
    text = capsys.readouterr().err
    inside, after = map(json.loads, text.splitlines())
    assert (inside["delivery"], inside["level"], inside["logger"]) == ("7-1-0", "error", "bot.test")
    assert inside["message"] == "a \x1b[2J\nbroken line"
    assert "\x1b" not in text
    assert "in in_a_library" in inside["traceback"]
    assert quoted(text) == []
    assert "delivery" not in after


@pytest.mark.parametrize(
    ("error", "spoken"),
    [
        (StoreError("the disk is full"), True),
        (OSError(28, "No space left on device"), True),
        (smtplib.SMTPRecipientsRefused({ADDRESS: (550, b"no")}), False),
        (ExceptionGroup("of two", [KeyError(NAME), ValueError(QUESTION)]), False),
    ],
)
def test_an_errors_words_stand_in_the_log_where_they_are_the_programs_own(written, error, spoken):
    with suppress(type(error)):
        try:
            fails(error)
        except type(error):
            logging.getLogger("bot.test").exception("it failed")
            raise
    assert type(error).__name__ in written()
    assert (str(error) in written()) == spoken
    assert quoted(written()) == []


def test_of_libraries_the_log_has_the_sentence_without_the_values(written):
    other = logging.getLogger("apprise.plugins")
    other.warning("SMTP recipient %s was refused: %d %s", ADDRESS, 550, NAME)
    other.warning(f"Sending e-mail to {ADDRESS} failed")
    other.warning("Nobody is there")
    assert "SMTP recipient … was refused: … …" in written()
    assert "a library says what may quote somebody (apprise.plugins, test_log:" in written()
    assert "Nobody is there (apprise.plugins, test_log:" in written()
    assert quoted(written()) == []


async def test_a_task_that_nobody_waited_for_quotes_nobody(written):
    async def fail():
        raise ValueError(QUESTION)

    task = asyncio.create_task(fail())
    await until(task.done)
    del task
    assert "ValueError" in await until(lambda: written() if "asyncio" in written() else None)
    assert quoted(written()) == []


@pytest.mark.usefixtures("written")
def test_a_line_on_a_terminal_says_its_level_and_its_message_once(monkeypatch):
    said = io.StringIO()
    monkeypatch.setattr(log, "errors", Console(file=said, force_terminal=True, width=120))
    log.log_to_stderr()
    logging.getLogger("bot.test").warning("the well is dry")
    logging.getLogger("bot.test").info("it rains")
    lines = [re.sub("\x1b\\[[0-9;]*m", "", line) for line in said.getvalue().splitlines()]
    plain = [re.sub(r"^\[?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\]?", "", line).split() for line in lines]
    assert plain == [["WARNING", "the", "well", "is", "dry"], ["INFO", "it", "rains"]]
    assert "\x1b[" in said.getvalue()


def test_commands_without_a_log_of_their_own_warn_as_quietly(monkeypatch):
    said = io.StringIO()
    monkeypatch.setattr(sys, "stderr", said)
    root = logging.getLogger()
    before = root.handlers[:]
    root.handlers[:] = []
    try:
        log.warn_on_stderr()
        logging.getLogger("asyncio").warning("Failed to send to %s", ADDRESS)
        logging.getLogger("bot.test").warning("a room can't be reached")
    finally:
        root.handlers[:] = before
    lines = said.getvalue().splitlines()
    assert lines[0].startswith("Failed to send to … (asyncio, test_log:")
    assert lines[1] == "a room can't be reached"
