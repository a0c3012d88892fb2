"""What follows from words of a person: a question for staff, a wish to hear no more, a child in
danger.

::

    of a child in danger ──► whom to call, at once; and to the safeguarding contact
    a wish to stop       ──► a letter with the link that unsubscribes; nothing stops by a mail alone
    anything else        ──► a question in /inbox, with the subject of its letter

Who writes of a child in danger may wish to stop as well, and gets both letters.

Who we know wrote from an address of theirs. Strangers are heard where they wrote to an address that
the operator has forwarded here, and get one polite answer, whatever they go on to write. Of a child
in danger everybody is told whom to call. What programs write was left out before this.
"""

import logging
from dataclasses import dataclass
from datetime import datetime

from bot.conversation.people.safety import LONGEST
from bot.jobs.people import safety
from bot.jobs.services import Services
from bot.jobs.texts import letters
from bot.model.mail import Received, Reply
from bot.rules.reading import typed
from bot.rules.reading.typed import STOP, Phrases
from bot.times import DAY, epoch

log = logging.getLogger(__name__)

MOST = 10
"""Messages of one address within a day that are heard."""

MOST_ANSWERS = 200
"""Letters within a day that answer by themselves; more are no people who write."""

_SHORT = 400
"""Most characters of a message in which one line alone is a wish to stop."""

_LINES = 3


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Who wrote."""

    #: id of the channel by which letters go to them
    channel: int
    address: str
    language: str
    #: None for a stranger
    person: int | None = None
    country: str | None = None


def take(services: Services, received: Received, now: datetime) -> None:
    """Do what follows from somebody's message, within the caller's transaction."""
    text = received.text or received.subject
    writer = _known(services, received) or _stranger(services, received)
    if writer is None or not text or received.sender in received.to:
        return
    if writer.person is not None:
        services.store.mailbox.arrives(writer.person)
    phrases = services.renderer.chat.phrases(writer.language)
    danger = any(typed.tells_of_danger(each, phrases) for each in (text, received.subject))
    if danger:
        _danger(services, writer, received, now)
    wish = writer.person is not None and _wish(received, text, phrases)
    if wish:
        _answer(services, Reply.STOP, writer, received, now)
    if danger:
        return
    if wish != _WHOLE and not typed.friendly(text, phrases):
        _ask(services, writer, received, now)


def _known(services: Services, received: Received) -> Writer | None:
    """Return who wrote, where letters of ours go to that address."""
    store, known = services.store, letters.known(services, received.sender)
    if known is None:
        return None
    number, person = known
    channel, contact = services.channel(number), store.contacts.get(person)
    return Writer(
        channel=number,
        address=store.people.address(person) or received.sender,
        language=store.people.language(person) or (channel.language if channel else ""),
        person=person,
        country=contact.country if contact else None,
    )


def _stranger(services: Services, received: Received) -> Writer | None:
    """Return who wrote, where they can be answered."""
    channel = letters.mail_channel(services, "")
    if channel is None or not received.sender:
        return None
    return Writer(
        channel=services.channel_ids[channel.name],
        address=received.sender,
        language=channel.language,
    )


_WHOLE, _WITHIN = "whole", "within"


def _wish(received: Received, text: str, phrases: Phrases) -> str:
    """Return whether all of a message is a wish to stop, or a line of it; '' for neither."""
    lines = [line for line in text.split("\n") if line.strip()]
    if STOP in (typed.meaning(" ".join(lines), phrases), typed.meaning(received.subject, phrases)):
        return _WHOLE
    if len(text) > _SHORT:
        return ""
    wishes = any(typed.meaning(line, phrases) == STOP for line in lines[:_LINES])
    return _WITHIN if wishes else ""


def _danger(services: Services, writer: Writer, received: Received, now: datetime) -> None:
    inbox, moment = services.store.inbox, epoch(now)
    _answer(services, Reply.DANGER, writer, received, now)
    if safety.contact(services) is None:
        return
    if inbox.flags_since(writer.channel, writer.address, moment - DAY) < MOST:
        inbox.flag(
            writer.channel,
            writer.address,
            writer.country,
            writer.language,
            _whole(received)[:LONGEST],
            moment,
        )


def _whole(received: Received) -> str:
    """Return the subject of a message and what stands below it: either may be what tells."""
    return "\n\n".join(filter(None, (received.subject, received.text)))


def _ask(services: Services, writer: Writer, received: Received, now: datetime) -> None:
    """Let staff answer it; a stranger's where they wrote to an address that is forwarded here."""
    store, moment = services.store, epoch(now)
    mailbox = services.settings.mailbox
    asked = mailbox is not None and not set(mailbox.addresses).isdisjoint(received.to)
    if writer.person is None and not asked:
        return
    before = store.inbox.of_address(writer.channel, writer.address)
    if sum(each.at > moment - DAY for each in before) >= MOST:
        log.info("mailbox: one address wrote more than %d times within a day", MOST)
        return
    whole = _whole(received)
    number = store.inbox.ask(writer.channel, writer.address, writer.language, whole, moment)
    store.mail_answers.asks(number, received.subject, received.id)
    if writer.person is None:
        _answer(services, Reply.TAKEN, writer, received, now)


def _answer(
    services: Services, kind: Reply, writer: Writer, received: Received, now: datetime
) -> None:
    """Let a letter leave that answers by itself: one of its kind to an address within a day, and
    the polite one to a stranger once while anything of theirs is kept.
    """
    answers, moment = services.store.mail_answers, epoch(now)
    since = 0 if kind is Reply.TAKEN else moment - DAY
    if answers.has(kind, writer.channel, writer.address, since):
        return
    known_in_danger = kind is Reply.DANGER and writer.person is not None
    if answers.count(moment - DAY) >= MOST_ANSWERS and not known_in_danger:
        log.warning("mailbox: %d letters were answered within a day; no more are", MOST_ANSWERS)
        return
    answers.put(
        kind,
        writer.channel,
        writer.address,
        writer.language,
        moment,
        subject=received.subject if writer.person is not None else "",
        thread=received.id,
        person=writer.person,
    )
