"""The board of scale-up results: what pledges cost, what shows that they work, and who could repeat
them, looked for like the wall.

A result stands there once its maker has finished it and staff have read it, and for as long as both
hold and the pledge is public.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.model.makers import BoardPart
from bot.model.public import SCALE_UP, PublicPledge
from bot.text import beginning
from bot.web.public.pledges import asking
from bot.web.public.pledges.looking import Looked, look
from bot.web.public.pledges.naming import plain, who
from bot.web.public.reader import Reader, Shown

PATH = SCALE_UP
"""The page's path behind the campaign."""

_MOST = 400
"""Characters of an answer; the whole of it stands on the pledge's page."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A pledge with its result."""

    number: int
    name: str
    language: str
    who: str
    topics: tuple[str, ...]
    #: each part with its heading, and what was answered, each with whether in the maker's words
    parts: list[tuple[str, list[tuple[str, bool]]]]
    #: the path at which its makers are asked; '' where they can't be
    ask: str


def has(reader: Reader) -> bool:
    """Return whether the campaign of the path asks for results that stand on the board."""
    return bool(_parts(reader))


def shows(reader: Reader) -> bool:
    """Return whether the campaign of the path has a public result."""
    return has(reader) and reader.services.store.search.any_result(reader.of.id)


def link(reader: Reader) -> str:
    """Return the path of the board; '' where it has nothing to show."""
    return reader.here(PATH) if shows(reader) else ""


def board(reader: Reader) -> Shown:
    """Show the results that fit, or that there is none yet. Raises `HTTPException` 404 for a
    campaign that asks for none.
    """
    if not has(reader):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    words = reader.words["board"]
    trail = ((reader.about(reader.of).title, f"{reader.here()}/"),)
    if not shows(reader):
        values: dict[str, object] = {"text": words["none"], "examples": []}
        return Shown(
            template="wall_empty.html",
            title=words["title"],
            indexed=False,
            trail=trail,
            values=values,
        )
    looked = look(reader, PATH, words, board=True)
    return Shown(
        template="board.html",
        title=words["title"],
        description=words["about"],
        indexed=not looked.narrowed and looked.wanted.after is None,
        trail=trail,
        values={**looked.values, "results": list(_listed(reader, looked))},
    )


def told(pledge: PublicPledge, part: BoardPart) -> Sequence[tuple[str, bool]]:
    """Return what a result says of one part: each answer, with whether in the maker's words."""
    return [(line.answer, line.own) for line in pledge.scale_up if line.board is part]


def _parts(reader: Reader) -> list[BoardPart]:
    """Return the parts of which the campaign asks, in their order."""
    form = reader.of.forms.get(SCALE_UP)
    asked = {question.board for question in form.questions} if form else set()
    return [part for part in BoardPart if part in asked]


def _listed(reader: Reader, looked: Looked) -> Iterator[Listed]:
    about, words = reader.about(reader.of), reader.words["board"]
    for pledge in looked.pledges:
        yield Listed(
            number=pledge.number,
            name=plain(pledge.name),
            language=pledge.language,
            who=who(reader, pledge),
            topics=tuple(about.topic(topic) for topic in pledge.topics),
            parts=[
                (words[part.value], [(beginning(text, _MOST), own) for text, own in said])
                for part in _parts(reader)
                for said in [told(pledge, part)]
            ],
            ask=asking.link(reader, pledge),
        )
