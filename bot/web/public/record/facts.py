"""The facts that the campaign says, each with its source and until when it holds; what holds can be
shared.
"""

from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.jobs.campaigns.facts import SaidFact, any_said
from bot.jobs.campaigns.facts import facts as said_facts
from bot.rules.sharing import addresses
from bot.text import filled
from bot.web.public.reader import Reader, Shown


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A fact, and where it can be shared: name and address of each app; none once it expired."""

    said: SaidFact
    apps: list[tuple[str, str]]


def shows(reader: Reader) -> bool:
    """Return whether the campaign of the path says any fact."""
    return any_said(reader.of, reader.services.renderer, reader.speaks)


def facts(reader: Reader) -> Shown:
    """Show the campaign's facts; raises `HTTPException` 404 where it says none."""
    said = _said(reader)
    if not said:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    words = reader.words["facts"]
    return Shown(
        template="facts.html",
        title=words["title"],
        description=words["about"],
        trail=((reader.about(reader.of).title, f"{reader.here()}/"),),
        values={
            "holding": [_offered(reader, each) for each in said if not each.expired],
            "expired": [Offered(said=each, apps=[]) for each in said if each.expired],
        },
    )


def _said(reader: Reader) -> list[SaidFact]:
    return list(said_facts(reader.of, reader.services.renderer, reader.speaks, reader.today))


def _offered(reader: Reader, said: SaidFact) -> Offered:
    text = filled(
        reader.words["facts"]["shared"],
        sentence=said.sentence,
        source=said.fact.source,
        day=reader.day(said.fact.as_of),
        hashtag=reader.of.hashtag,
    )
    page = reader.urls.whole(reader.here("facts"))
    targets = reader.services.library.shared.targets
    return Offered(said=said, apps=list(addresses(targets, text, page)))
