"""A child is in danger: whom to call, by country, and a message to the safeguarding contact.

The page is small and stands alone, so that it comes through where little does. All numbers are on
it: which country somebody looks at, nobody is told. It is kept by no browser, and says what it says
in the words of the chat.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from bot.conversation.people.safety import DANGER, LONGEST
from bot.errors import StoreError
from bot.jobs.people import safety
from bot.jobs.people.safety import Refused
from bot.languages import alphabetical, country_name
from bot.model.shared import ChildHelpline
from bot.web.public.reader import Reader, Shown

MOST_BYTES = 60_000
"""Bytes of the form: `LONGEST` characters of four bytes each, every byte written as %XX, and some.
"""

TRAP = "website"
"""The name of the field that no person sees; what fills all fields betrays itself."""


@dataclass(frozen=True, kw_only=True)
class Number:
    """A helpline as the page lists it; `call` is what a telephone dials."""

    line: ChildHelpline
    label: str
    call: str


@dataclass(frozen=True, kw_only=True)
class Again:
    """The form that sends what was written elsewhere all the same: it may tell of no danger."""

    path: str
    #: by name, all that was typed there
    fields: Mapping[str, str]
    label: str


def danger(reader: Reader) -> Shown:
    """Show whom to call, and a form where somebody reads it."""
    return _page(reader)


def written(reader: Reader, form: Mapping[str, str]) -> Shown:
    """Keep the message for the contact; what can't be taken stays in the form, with the reason."""
    contact = safety.contact(reader.services)
    if contact is None:
        return _page(reader)
    text = form.get("text", "").replace("\r\n", "\n").strip()
    if form.get(TRAP):
        return _page(reader, text=text, problem=reader.words[DANGER]["trap"], status=_WRONG)
    try:
        if not reader.may_send():
            refused: Refused | None = Refused.TOO_MANY
        else:
            refused = safety.write(reader.services, text, reader.language, reader.now)
    except StoreError:
        problem = reader.words[DANGER]["not_kept"]
        return _page(reader, text=text, problem=problem, status=HTTPStatus.SERVICE_UNAVAILABLE)
    if refused is not None:
        status = _STATUS.get(refused, _WRONG)
        return _page(reader, text=text, problem=_problem(reader, refused, text), status=status)
    return _page(reader, told=_said(reader, "told", contact=contact[0]))


def of(reader: Reader, text: str, why: str, again: Again) -> Shown:
    """Show the page to who wrote this elsewhere, where it is not kept, with the reason and the way
    to send it there all the same.
    """
    return _page(reader, text=text, problem=why, again=again, status=_WRONG)


_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY
_STATUS = {
    Refused.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    Refused.TOO_LONG: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}


def _problem(reader: Reader, refused: Refused, text: str) -> str:
    if refused is Refused.TOO_MANY:
        return str(reader.words[DANGER]["too_many"])
    block = "text_empty" if refused is Refused.EMPTY else "text_too_long"
    return _said(reader, block, length=len(text), longest=LONGEST)


def _page(
    reader: Reader,
    *,
    text: str = "",
    problem: str = "",
    told: str = "",
    again: Again | None = None,
    status: int = HTTPStatus.OK,
) -> Shown:
    contact = safety.contact(reader.services) if reader.takes else None
    countries = _countries(reader)
    return Shown(
        template="danger.html",
        title=title(reader),
        status=status,
        values={
            "call": _said(reader, "danger_call"),
            "countries": countries,
            "others": _said(reader, "danger_other_lines" if countries else "danger_no_line"),
            "write": _write(reader, contact) if contact else None,
            "text": text,
            "problem": problem,
            "told": told,
            "again": again,
            "trap": TRAP,
        },
    )


def title(reader: Reader) -> str:
    """Return the name of the page, which stands on the chat's button, too."""
    return reader.services.renderer.chat.label(DANGER, reader.language)


def _said(reader: Reader, block: str, **values: object) -> str:
    return reader.services.renderer.chat.text(f"safety.{block}", reader.language, values)


def _write(reader: Reader, contact: tuple[str, int]) -> str:
    return _said(reader, "write", contact=contact[0], days=contact[1])


def _countries(reader: Reader) -> list[tuple[str, list[Number]]]:
    """Return the name of each country with helplines, in order, with these."""
    by_name: dict[str, list[Number]] = {}
    for line in reader.services.library.shared.helplines or ():
        name = country_name(line.country, reader.language)
        by_name.setdefault(name, []).append(_number(reader, line))
    return [(name, by_name[name]) for name in sorted(by_name, key=alphabetical)]


def _number(reader: Reader, line: ChildHelpline) -> Number:
    block = "danger_line_hours" if line.hours else "danger_line"
    label = _said(reader, block, name=line.name, number=line.number, hours=line.hours)
    return Number(line=line, label=label, call=re.sub(r"[^0-9+*#]", "", line.number))
