"""The facts that the campaign says, each with its source and until when it holds; what holds can be
shared.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.gaps import filled
from bot.render.facts import SaidFact
from bot.render.facts import facts as said_facts
from bot.rules.sharing import addresses
from bot.web.public.pictures.cards import sizes_of
from bot.web.public.reader import Reader, Shown


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A fact, and how it can be shared, of which nothing is left once it expired."""

    said: SaidFact
    #: name and address of each
    apps: list[tuple[str, str]] = field(default_factory=list)
    #: addresses of its card by the words of sizes
    cards: Mapping[str, str] = field(default_factory=dict)


def shows(reader: Reader) -> bool:
    """Return whether the campaign of the path says any fact."""
    return bool(said(reader))


def facts(reader: Reader) -> Shown:
    """Show the campaign's facts; raises `HTTPException` 404 where it says none."""
    there = said(reader)
    if not there:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    words = reader.words["facts"]
    return Shown(
        template="facts.html",
        title=words["title"],
        description=words["about"],
        trail=((reader.about(reader.of).title, f"{reader.here()}/"),),
        values={
            "holding": [_offered(reader, each) for each in there if not each.expired],
            "expired": [Offered(said=each) for each in there if each.expired],
        },
    )


def said(reader: Reader) -> list[SaidFact]:
    """Return the facts in the reader's language; what still holds comes first."""
    words = reader.services.renderer.words(reader.of, reader.speaks)
    return list(said_facts(reader.of, words, reader.speaks, reader.today))


def _offered(reader: Reader, fact: SaidFact) -> Offered:
    text = filled(
        reader.words["facts"]["shared"],
        sentence=fact.sentence,
        source=fact.by,
        day=reader.day(fact.fact.as_of),
        hashtag=reader.of.hashtag,
    )
    page = reader.urls.whole(reader.here("facts"))
    targets = reader.services.library.shared.targets
    return Offered(
        said=fact, apps=list(addresses(targets, text, page)), cards=sizes_of(reader, fact)
    )
