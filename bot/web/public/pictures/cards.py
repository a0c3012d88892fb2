"""The card of an action, a month or a fact: its picture on pages, and what link previews show."""

import asyncio
from base64 import b64encode
from dataclasses import dataclass, replace
from datetime import date
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.errors import RenderError
from bot.gaps import filled
from bot.jobs.campaigns.cards import day_of, kept_by
from bot.model import Action, Kind
from bot.model.campaign import Card, Size
from bot.render.cards import card_of, card_of_fact
from bot.render.facts import SaidFact, holding
from bot.web.public.reader import File, Reader

_DAY = 86_400  # seconds

MOST_BYTES = 40_000
"""What a card may weigh on a page."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A card on a page: its address, its words, and what it measures in pixels."""

    path: str
    #: address of the action's page; of a month's card that of its calendar; '' leads nowhere
    page: str
    alt: str
    width: int
    height: int


def shown(reader: Reader, action: Action) -> Shown | None:
    """Return the wide card of an action; None where there is none in the reader's language."""
    drawn = _card(reader, action)
    if drawn is None:
        return None
    card, alt = drawn
    if kept_by(reader.services.renderer).lacking(card):
        return None
    size = Size.WIDE
    name = f"{action.id}-{size.word}.png"
    return Shown(
        path=reader.here("cards", name),
        page=reader.here("actions", action.id) if action.asks else reader.here("calendar"),
        alt=alt,
        width=size.width,
        height=size.height,
    )


def of_month(reader: Reader, day: date) -> Shown | None:
    """Return the card of a day's month, which the post that opens the month carries, too."""
    openings = (each for each in reader.of.actions if each.kind is Kind.OPENING)
    opening = next((each for each in openings if each.month == day.month), None)
    return None if opening is None else shown(reader, opening)


def embedded(reader: Reader, action: Action) -> Shown | None:
    """Return the wide card of an action with the picture itself as its address, for what has
    nothing beside it, and no page; None also for one that is heavier than a page's may be.
    """
    beside, drawn = shown(reader, action), _card(reader, action)
    if beside is None or drawn is None:
        return None
    try:
        data = kept_by(reader.services.renderer).png(drawn[0], Size.WIDE)
    except RenderError:
        return None
    if len(data) > MOST_BYTES:
        return None
    return replace(beside, path=_as_address(data), page="")


def _as_address(png: bytes) -> str:
    return f"data:image/png;base64,{b64encode(png).decode()}"


def is_of(reader: Reader, action: Action, day: date) -> bool:
    """Return whether an action's card is that of a day gone by: of the same day of the year, for a
    card of a day has no year.
    """
    return _is_same(day_of(reader.of, action, reader.today), day)


def _is_same(one: date, other: date) -> bool:
    return (one.month, one.day) == (other.month, other.day)


async def picture(reader: Reader) -> File:
    """Return a card as a PNG, made in a thread where it isn't kept; raises `HTTPException` 404."""
    action = reader.of.action(reader.parts["action"])
    return await _png(reader, _card(reader, action) if action else None)


def sizes_of(reader: Reader, said: SaidFact) -> dict[str, str]:
    """Return the addresses of a fact's card by the words of its sizes; empty where there is none in
    the reader's language.
    """
    drawn = _fact_card(reader, said)
    if drawn is None or kept_by(reader.services.renderer).lacking(drawn[0]):
        return {}
    name = said.fact.name
    return {size.word: reader.here("facts", f"{name}-{size.word}.png") for size in Size}


async def picture_of_fact(reader: Reader) -> File:
    """Return the card of a fact that may be said today as `picture` does; raises `HTTPException`
    404.
    """
    words = reader.services.renderer.words(reader.of, reader.speaks)
    there = holding(reader.of, words, reader.speaks, reader.today)
    said = next((each for each in there if each.fact.name == reader.parts["fact"]), None)
    return await _png(reader, _fact_card(reader, said) if said else None)


async def _png(reader: Reader, drawn: tuple[Card, str] | None) -> File:
    size = next((each for each in Size if each.word == reader.parts["size"]), None)
    if drawn is None or size is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    try:
        data = await asyncio.to_thread(kept_by(reader.services.renderer).png, drawn[0], size)
    except RenderError:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    return File(content=data, media_type="image/png", fresh=_DAY)


def _fact_card(reader: Reader, said: SaidFact) -> tuple[Card, str] | None:
    try:
        drawn = card_of_fact(reader.services.renderer, reader.of, said, reader.speaks)
    except RenderError:
        return None
    return _rehearsed(reader, *drawn) if reader.playing else drawn


def _card(reader: Reader, action: Action) -> tuple[Card, str] | None:
    day = day_of(reader.of, action, reader.today)
    try:
        drawn = card_of(
            reader.services.renderer, reader.of, action, language=reader.speaks, day=day
        )
    except RenderError:
        return None
    return _rehearsed(reader, *drawn) if reader.playing else drawn


def _rehearsed(reader: Reader, card: Card, alt: str) -> tuple[Card, str]:
    """Return a card that says itself that it was rehearsed, and its alt text that says so, too."""
    words = reader.words["site"]
    when = " · ".join(part for part in (words["rehearsal_card"], card.when) if part)
    return replace(card, when=when), filled(words["rehearsal_title"], title=alt)
