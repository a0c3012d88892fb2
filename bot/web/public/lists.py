"""Lists that a campaign's data hold: pledges and stories to learn from, and partners by country. A
campaign without the data has no such page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.languages import alphabetical, country_code, country_name
from bot.model.makers import PartnerOrganisation, Published
from bot.web.public.reader import Reader, Shown

_PRINTED = "en"
"""The language in which partners.toml names most countries; some stand in one of the campaign's."""


@dataclass(frozen=True, kw_only=True)
class Story:
    """What somebody published, as a page shows it."""

    published: Published
    #: who they are: their group, their country or seat
    who: str
    summary: str
    quote: str
    #: whether `quote` is a translation of what was said
    translated: bool


def stories(reader: Reader) -> Shown:
    """Show the pledges and stories to learn from; raises `HTTPException` 404 without any."""
    _needs(reader, "stories")
    words, campaign = reader.words["stories"], reader.of
    kinds = ((words["stories"], campaign.stories), (words["pledges"], campaign.showcase))
    return Shown(
        template="stories.html",
        title=words["title"],
        description=words["about"],
        trail=_trail(reader),
        values={"kinds": [(title, _told(reader, each)) for title, each in kinds if each]},
    )


def partners(reader: Reader) -> Shown:
    """Show the partners by country; raises `HTTPException` 404 without a list of them."""
    _needs(reader, "partners")
    words, listed = reader.words["partners"], reader.of.partners
    by_country: dict[str, list[PartnerOrganisation]] = {}
    for member in listed.members if listed else ():
        by_country.setdefault(_said_country(reader, member.country), []).append(member)
    return Shown(
        template="partners.html",
        title=words["title"],
        trail=_trail(reader),
        values={
            "listed": listed,
            "countries": [
                (name, by_country[name]) for name in sorted(by_country, key=alphabetical)
            ],
        },
    )


def _needs(reader: Reader, page: str) -> None:
    if not reader.of.pages[page]:
        raise HTTPException(HTTPStatus.NOT_FOUND)


def _trail(reader: Reader) -> tuple[tuple[str, str], ...]:
    return ((reader.about(reader.of).title, f"{reader.here()}/"),)


def _told(reader: Reader, published: Sequence[Published]) -> list[Story]:
    return [story(reader, each) for each in published]


def story(reader: Reader, published: Published) -> Story:
    """Return what was published in the reader's language, as far as the campaign has words."""
    words = reader.about(reader.of)
    said = words.showcase.get(published.id)
    code = published.country
    country = country_name(code, reader.language) if code else published.seat or ""
    quote = said.quote if said and said.quote else published.quote
    return Story(
        published=published,
        who=" · ".join(part for part in (words.group(published.kind), country) if part),
        summary=said.summary if said else "",
        quote=quote,
        translated=quote != published.quote,
    )


def _said_country(reader: Reader, printed: str) -> str:
    """Return a country in the reader's language; as printed where that names none."""
    tags = (_PRINTED, *reader.of.languages)
    code = next(filter(None, (country_code(printed, tag) for tag in tags)), None)
    return country_name(code, reader.language) if code else printed
