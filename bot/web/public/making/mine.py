"""The first page of who made a pledge: how it is opened, and what is theirs once it is.

Who asks for the letter is told the same for each address. What is theirs is shown to who has used
its link, for as long as the visit lasts.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot import networks
from bot.conversation.people.safety import DANGER
from bot.errors import StoreError
from bot.jobs.pledges import proposals, visits
from bot.jobs.texts import letters, news
from bot.model.pledge import Pledge
from bot.model.who import Who
from bot.rules.tokens import LIFE, Purpose
from bot.times import epoch
from bot.web.public.danger import TRAP
from bot.web.public.making.due import due
from bot.web.public.pledges.naming import plain
from bot.web.public.reader import Elsewhere, File, Reader, Shown

_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


def shows(reader: Reader) -> bool:
    """Return whether makers have pages here: a letter can open them."""
    by = proposals.channel(reader.services, reader.language)
    return reader.takes and not reader.playing and by is not None


def mine(reader: Reader) -> Shown:
    """Show what is theirs to who has opened it, to others how to."""
    if reader.visitor is None:
        step = ("sent" if reader.query.get("sent") else "ask") if shows(reader) else "closed"
        return page(reader, step)
    return _theirs(reader, reader.visitor)


def asked(reader: Reader, sent: Mapping[str, str]) -> Shown | Elsewhere:
    """Send the letter; of who has opened their pages take that they end the visit, or that all is
    to be forgotten.
    """
    if not shows(reader):
        return page(reader, "closed")
    if sent.get("do") in ("end", "forget"):
        over = reader.visitor is None
        return page(reader, "over") if over else _ended(reader, reader.visitor or 0, sent)
    by, given = proposals.channel(reader.services, reader.language), sent.get("address", "").strip()
    address = networks.load(by.network).address(given) if by and given else None
    if sent.get(TRAP):
        return page(reader, "ask", status=_WRONG, problem=reader.words[DANGER]["trap"], typed=given)
    if address is None:
        problem = reader.words["pledging"]["wrong"]["address"]
        return page(reader, "ask", status=_WRONG, problem=problem, typed=given)
    return _send(reader, address.lower())


def _send(reader: Reader, address: str) -> Shown | Elsewhere:
    said = reader.words["mine"]
    try:
        if not reader.may_send():
            status = HTTPStatus.TOO_MANY_REQUESTS
            return page(reader, "ask", status=status, problem=said["too_many"], typed=address)
        visits.ask(reader.services, address, reader.now)
    except StoreError:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return page(reader, "ask", status=status, problem=said["not_sent"], typed=address)
    return Elsewhere(path=f"{reader.path('mine')}?sent=yes")


def left(reader: Reader) -> Shown | Elsewhere:
    """Lead on from something of the visitor's that is no more; where they have nothing left, end
    the visit: their address is deleted with it.
    """
    visitor, store = reader.visitor or 0, reader.services.store
    if store.contacts.get(visitor) or proposals.written(reader.services, visitor, reader.now):
        return Elsewhere(path=reader.path("mine"))
    store.visits.end(visitor)
    return page(reader, "dropped")


def export(reader: Reader) -> File:
    """Return all that is kept of who has opened their pages; 404 for others."""
    if reader.visitor is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    who = _who(reader, reader.visitor)
    content = {"address": who.address, **reader.services.store.known_of(who)}
    return File(
        content=json.dumps(content, ensure_ascii=False, indent=2).encode(),
        media_type="application/json; charset=utf-8",
        filename="export.json",
    )


def state(reader: Reader, pledge: Pledge) -> str:
    """Return how far a pledge is, in a sentence."""
    return str(reader.words["mine"]["states"][pledge.state.word])


def page(reader: Reader, step: str, *, status: int = HTTPStatus.OK, **values: object) -> Shown:
    """Return the page of a step."""
    said = reader.words["mine"]
    return Shown(
        template="mine.html",
        title=said.get(f"{step}_title", said["title"]),
        status=status,
        indexed=False,
        values={
            "step": step,
            "problem": "",
            "typed": "",
            "trap": TRAP,
            "minutes": LIFE[Purpose.MINE] // 60,
            "hours": visits.LASTS.seconds // 3600,
            **values,
        },
    )


def _theirs(reader: Reader, person: int, problem: str = "") -> Shown:
    pledges = [
        (plain(pledge.name) or pledge.id, state(reader, pledge), pledge, list(due(reader, pledge)))
        for pledge in reader.services.store.pledges.of_person(person)
    ]
    address = reader.services.store.people.address(person) or ""
    waiting = [
        (plain(new.answers.get("name", "")) or str(each.id), new, each)
        for each, new in proposals.written(reader.services, person, reader.now)
    ]
    status = _WRONG if problem else HTTPStatus.OK
    made = bool(pledges or waiting)
    return page(
        reader,
        "theirs" if made else "kept",
        status=status,
        made=made,
        settings=_settings(reader, person),
        pledges=pledges,
        waiting=waiting,
        address=address,
        problem=problem,
    )


def _settings(reader: Reader, person: int) -> str:
    """Return where they change what letters come, and when; '' for who gets none."""
    if reader.services.store.contacts.get(person) is None:
        return ""
    now = reader.now.timestamp()
    where = letters.link(reader.services, Purpose.SETTINGS, person, now=now)
    return where.removeprefix(reader.urls.origin)


def _ended(reader: Reader, person: int, sent: Mapping[str, str]) -> Shown:
    if sent["do"] == "end":
        reader.services.store.visits.end(person)
        return page(reader, "ended")
    if not sent.get("sure"):
        return _theirs(reader, person, reader.words["mine"]["tick_first"])
    _forget(reader, person)
    return page(reader, "forgotten")


def _forget(reader: Reader, person: int) -> None:
    """Delete everything about the person, as the chat does; whoever looks after their pledges from
    now on is told so.
    """
    services, who = reader.services, _who(reader, person)
    channel = services.channel(who.channel)
    guarded = services.settings.safeguarding is not None
    with services.store.transaction():
        led = services.store.editors.led_by(person)
        name = channel.name if channel else ""
        services.store.forgotten.forget_at(
            who.channel, name, who.address, epoch(reader.now), contact=guarded
        )
        news.successors(services, led, reader.now)


def _who(reader: Reader, person: int) -> Who:
    people = reader.services.store.people
    place, address = people.where(person), people.address(person)
    if place is None or address is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return Who(person=person, channel=place.channel, address=address)
