"""Whose pledge a maker's page is about: it is there for who edits it, and for nobody else."""

from dataclasses import replace
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.model.pledge import Pledge
from bot.web.public.reader import Elsewhere, Reader

_DIGITS = 15  # of a number in a path


def theirs(reader: Reader) -> Pledge:
    """Return the pledge of the path; raises `HTTPException` 404 where the visitor doesn't edit
    it, and where nobody has opened a visit.
    """
    pledge = reader.services.store.pledges.get(number(reader))
    visitor = reader.visitor or 0
    if pledge is None or not reader.services.store.editors.may_edit(pledge.id, visitor):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return pledge


def number(reader: Reader) -> int:
    """Return the number in the path; 0, which nothing has, for what is none."""
    text = reader.parts["number"]
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0


def within(reader: Reader, campaign: str) -> Reader:
    """Return the reader within a campaign, whose words and places are then those of the page."""
    return replace(reader, campaign=reader.services.library.campaigns.get(campaign))


def again(reader: Reader, pledge: Pledge, what: str) -> Elsewhere:
    """Return the way back to the pledge, which then says what was done."""
    return Elsewhere(path=f"{reader.path('mine', str(pledge.id))}?{what}=yes")
