"""Letters to members of staff, and to those whom staff ask for clearance: each kind makes its text
when it leaves, so that no secret waits in the database.

A kind is a function in `KINDS`: (services, member, letter, now) to a `Draft`, None where there is
nothing to say any more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.gaps import filled
from bot.jobs.results import letter as report
from bot.jobs.services import Services
from bot.jobs.staff import answering, clearances, logins, reports
from bot.jobs.texts import letters
from bot.languages import nearest, said_day
from bot.model import DeliveryKey, Letter, Message, Rendered
from bot.model.message import Attached
from bot.model.staff import Member, StaffLetter
from bot.model.staff.clearance import Became
from bot.networks.common.thread import in_thread
from bot.networks.mail import tries
from bot.rules import dates
from bot.times import epoch, from_epoch

_URGENT = (reports.LETTER, logins.LETTER)
"""Kinds of letters for which somebody waits."""

_WORDS = "desk"
"""The table of the words of letters to staff: content/<language>/desk.toml."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a letter says; it is text alone, with files beside it."""

    subject: str
    text: str
    #: tag of the language in which it is written
    language: str
    #: makes the files; may run in a thread
    files: Callable[[], tuple[Attached, ...]] = tuple


def _of_login(
    services: Services, member: Member, letter: StaffLetter, now: datetime
) -> Draft | None:
    """Write the letter with the link that opens the desk; about is the language of the page on
    which it was asked for.
    """
    if from_epoch(letter.at) + logins.LASTS <= now:
        return None
    language, words = _words(services, letter)
    link = logins.link(services, member, member.actor, now)
    return Draft(
        subject=str(words["subject"]), text=filled(str(words["text"]), link=link), language=language
    )


def _of_month(
    services: Services, member: Member, letter: StaffLetter, now: datetime
) -> Draft | None:
    """Write the letter with the report of a month; None where its campaign is played no more."""
    about = report.read(services, letter.about)
    if about is None:
        return None
    written = report.written(services, about, member, now)
    return Draft(
        subject=written.report.title,
        text=written.text,
        language=written.report.language,
        files=written.attached,
    )


def _of_report(
    services: Services, _member: Member, letter: StaffLetter, _now: datetime
) -> Draft | None:
    """Write that a message about a child waits, and nothing of what it says; about is the language
    of the message and its number.
    """
    waits = services.store.inbox.report(_number(letter))
    if waits is None or waits.taken is not None:
        return None
    language, words = _words(services, letter)
    web = services.settings.web
    desk = f"{web.public_url.rstrip('/')}/{logins.DESK}/reports" if web else ""
    return Draft(
        subject=str(words["report_subject"]),
        text=filled(str(words["report"]), link=desk),
        language=language,
    )


def _of_clearing(
    services: Services, _member: Member, letter: StaffLetter, _now: datetime
) -> Draft | None:
    """Write the letter with the link of a clearance to whom it is sent; about is its language and
    its number.
    """
    asked = services.store.clearances.get(_number(letter))
    if asked is None:
        return None
    language, words = _words(services, letter)
    by = services.team.member(asked.by)
    ends = from_epoch(clearances.ends(services, asked.subject, asked.until))
    day = ends.astimezone(dates.zone(services.settings.zone)).date()
    return Draft(
        subject=str(words["clear_subject"]),
        text=filled(
            str(words["clear"]),
            to=asked.sent_to,
            by=by.name if by is not None else str(asked.by),
            day=said_day(day, "long", language),
            link=clearances.fresh_link(services, asked.id),
        ),
        language=language,
    )


def _of_cleared(
    services: Services, _member: Member, letter: StaffLetter, _now: datetime
) -> Draft | None:
    """Write to who asked for a clearance how it stands; about is its language and its number."""
    asked = services.store.clearances.get(_number(letter))
    how = {Became.OPEN: "waits", Became.CLEARED: "given", Became.SENT_BACK: "refused"}
    if asked is None or asked.became not in how:
        return None
    language, words = _words(services, letter)
    said = str(words[f"clearance_{how[asked.became]}"])
    title = clearances.title(services, asked.subject, language)
    return Draft(
        subject=filled(str(words["clearance_subject"]), title=title),
        text=filled(said, title=title, to=asked.sent_to, name=asked.decided_by, why=asked.reason),
        language=language,
    )


def _number(letter: StaffLetter) -> int:
    return int(letter.about.partition(" ")[2])


def _words(services: Services, letter: StaffLetter) -> tuple[str, Mapping[str, object]]:
    """Return the language in which a letter is written, and the words for it."""
    wanted = letter.about.partition(" ")[0]
    language = nearest(wanted, services.renderer.tags(_WORDS).values()) or "en"
    return language, services.renderer.table(_WORDS, language=language, fallback="en")["letter"]


KINDS: Mapping[str, Callable[[Services, Member, StaffLetter, datetime], Draft | None]] = {
    logins.LETTER: _of_login,
    report.LETTER: _of_month,
    reports.LETTER: _of_report,
    clearances.LETTER: _of_clearing,
    answering.NEWS: _of_cleared,
}
"""What writes a letter of each kind."""


async def run(services: Services, now: datetime) -> None:
    """Let the letters leave that are due, those for which somebody waits first; one that the mail
    server doesn't take now, or that can't be written, is tried again a few times.
    """
    due = services.store.staff_letters.due(epoch(now))
    for letter in sorted(due, key=lambda letter: letter.kind not in _URGENT):
        member = _addressee(services, letter, now)
        if member is None or member.email is None or letter.tries >= tries.MOST:
            services.store.staff_letters.done(letter.id)
            continue
        await _send(services, member, letter, now)


def _addressee(services: Services, letter: StaffLetter, now: datetime) -> Member | None:
    if letter.kind == clearances.LETTER:
        return clearances.addressee(services, _number(letter), now)
    return services.team.called(letter.member)


async def _send(services: Services, member: Member, letter: StaffLetter, now: datetime) -> None:
    async def send() -> None:
        channel = letters.mail_channel(services, letter.about.partition(" ")[0])
        draft = KINDS[letter.kind](services, member, letter, now) if channel else None
        if channel is not None and draft is not None:
            channel = letters.mail_channel(services, draft.language) or channel
            number, files = services.channel_ids[channel.name], await in_thread(draft.files)
            message = _message(number, member, letter, draft, files)
            await services.networks[channel.name].send(message)

    there = services.store.staff_letters
    if await tries.leaves(letter, "a letter to a member of staff", send, there.put_off, now):
        there.done(letter.id)


def _message(
    channel: int,
    member: Member,
    letter: StaffLetter,
    draft: Draft,
    files: tuple[Attached, ...],
) -> Message:
    return Message(
        key=DeliveryKey(occurrence=0, channel=channel, recipient=letter.id),
        address=member.email,
        body=Rendered(text=draft.text, language=draft.language),
        since=from_epoch(letter.at),
        letter=Letter(subject=draft.subject, reply_to=None, attached=files),
    )
