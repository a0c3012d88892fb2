"""The wall of pledges: newest first, looked for by words and filters, a page at a time."""

from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.web.public.lists import Story, story
from bot.web.public.pledges import board
from bot.web.public.pledges.looking import Looked, look
from bot.web.public.pledges.naming import plain, who
from bot.web.public.reader import Reader, Shown


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A pledge on the wall."""

    number: int
    name: str
    language: str
    who: str


def shows(reader: Reader) -> bool:
    """Return whether the campaign of the path has a public pledge."""
    return bool(reader.services.store.search.newest(reader.of.id, 1))


def wall(reader: Reader) -> Shown:
    """Show the pledges that fit; where none is public yet, to which texts may lead all the same, it
    says so. Raises `HTTPException` 404 for a campaign without pledges.
    """
    if not reader.of.pages["pledges"]:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    words = reader.words["pledges"]
    if not shows(reader):
        return Shown(
            template="wall_empty.html",
            title=words["title"],
            indexed=False,
            trail=((reader.about(reader.of).title, f"{reader.here()}/"),),
            values={"text": words["none"], "examples": _examples(reader)},
        )
    looked = look(reader, "pledges", words)
    narrowed = looked.narrowed or looked.wanted.after is not None
    return Shown(
        template="wall.html",
        title=words["title"],
        description=words["about"],
        indexed=not narrowed,
        trail=((reader.about(reader.of).title, f"{reader.here()}/"),),
        values={
            **looked.values,
            "pledges": _listed(reader, looked),
            "results": board.link(reader),
            "examples": [] if narrowed else _examples(reader),
        },
    )


def _examples(reader: Reader) -> list[Story]:
    """Return the pledges of showcase.toml, which were published elsewhere and not made here; none
    in a rehearsal, whose page says that its pledges are invented.
    """
    return [] if reader.playing else [story(reader, each) for each in reader.of.showcase]


def _listed(reader: Reader, looked: Looked) -> list[Listed]:
    return [
        Listed(
            number=pledge.number,
            name=plain(pledge.name),
            language=pledge.language,
            who=who(reader, pledge),
        )
        for pledge in looked.pledges
    ]
