"""Signing up for an event by e-mail, on its page, in steps that work without a script: the question
about age, where to write to, and the letter whose link confirms it (`bot.web.linked.join`).

What is said in the end is the same for each address: whether it is known, has left, or has enough
letters, nobody learns here.
"""

from collections.abc import Mapping
from http import HTTPStatus

from bot.errors import StoreError
from bot.gaps import filled
from bot.jobs.events import signing
from bot.jobs.newsletter import signups
from bot.model.events import KEPT_DAYS, PlannedEvent
from bot.model.pledge import LETTER_DAYS
from bot.rules.events.when import takes
from bot.web.public.danger import TRAP
from bot.web.public.events.listed import event_page, said_of
from bot.web.public.making.fields import judged, to_mend
from bot.web.public.newsletter.fields import event_fields, read, ready
from bot.web.public.reader import Elsewhere, Reader, Shown

_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


def event(reader: Reader) -> Shown:
    """Show one event, with the step of signing up for it that is next; raises `HTTPException` 404
    where there is no such one.
    """
    there = said_of(reader, reader.parts["event"]).event
    if not takes(there, reader.now, reader.today):
        return _page(reader, there, "", {})
    if not _is_open(reader):
        return _page(reader, there, "", _ways(reader, there))
    if reader.query.get("sent"):
        privacy = reader.services.settings.privacy
        contact = reader.of.contact or (privacy.contact if privacy else "")
        return _page(reader, there, "sent", {"days": LETTER_DAYS, "contact": contact})
    match reader.query.get("age"):
        case "no":
            return _page(reader, there, "young", {"age": reader.services.settings.chat.age})
        case "yes":
            return _form(reader, there, {}, {})
        case answer:
            return _first(reader, there, asked=answer is not None)


async def signed_up(reader: Reader, sent: Mapping[str, str]) -> Shown | Elsewhere:
    """Take the form: show what is wrong with it, or send the letter."""
    there = said_of(reader, reader.parts["event"]).event
    if not _is_open(reader) or not takes(there, reader.now, reader.today):
        return event(reader)
    if sent.get("age") != "yes":
        return _first(reader, there, asked=True)
    await ready(reader)
    done = read(reader, sent, there.id)
    if problems := judged(reader, sent, done.problems):
        return _form(reader, there, sent, problems)
    said = reader.words["newsletter"]
    try:
        if not (reader.may_send() and signups.has_room(reader.services, done.address, reader.now)):
            status = HTTPStatus.TOO_MANY_REQUESTS
            return _form(reader, there, sent, {}, problem=said["too_many"], status=status)
        signups.ask(reader.services, done.wishes, done.address, reader.now)
    except StoreError:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return _form(reader, there, sent, {}, problem=said["not_sent"], status=status)
    return Elsewhere(path=f"{_path(reader, there)}?sent=yes")


def _is_open(reader: Reader) -> bool:
    if not reader.takes or reader.playing:
        return False
    active = any(campaign.id == reader.of.id for campaign in reader.services.active)
    return active and signups.is_open(reader.services, reader.language)


def _ways(reader: Reader, there: PlannedEvent) -> dict[str, object]:
    """Return what is said of signing up: in the chat, where we talk, and that it is full."""
    services = reader.services
    talks = services.talking is not None and not reader.playing
    shown = reader.takes and not services.store.readonly
    return {"talks": talks, "full": shown and signing.is_full(services, reader.of, there)}


def _first(reader: Reader, there: PlannedEvent, *, asked: bool) -> Shown:
    values = {**reader.asking_age(missing=asked), **_ways(reader, there)}
    return _page(reader, there, "who", values)


def _form(
    reader: Reader,
    there: PlannedEvent,
    sent: Mapping[str, str],
    problems: Mapping[str, str],
    *,
    problem: str = "",
    status: int | None = None,
) -> Shown:
    made = event_fields(reader, sent, problems)
    values = {
        "problems": to_mend(reader, made, problems),
        "problem": problem,
        "fields": made,
        "sent": sent,
        "wrong": problems,
        "consent": _consent(reader),
        "trap": TRAP,
    }
    answered = status or (_WRONG if problems else HTTPStatus.OK)
    return _page(reader, there, "form", values, status=answered)


def _consent(reader: Reader) -> str:
    return filled(
        reader.words["events"]["signup"]["consent"],
        days=reader.number(LETTER_DAYS),
        kept=reader.number(KEPT_DAYS),
        **reader.answerable,
    )


def _path(reader: Reader, there: PlannedEvent) -> str:
    return reader.here("events", there.id)


def _page(
    reader: Reader,
    there: PlannedEvent,
    step: str,
    values: Mapping[str, object],
    *,
    status: int = HTTPStatus.OK,
) -> Shown:
    return event_page(
        reader,
        there.id,
        status=status,
        # a step of signing up is no page that somebody looks for
        indexed=step in ("", "who") and not reader.query,
        values={
            "talks": False,
            "full": False,
            "step": step,
            "path": _path(reader, there),
            **values,
        },
    )
