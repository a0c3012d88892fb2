"""The shapes of countries.toml and partners.toml: lists that others keep, shown with their date."""

from datetime import date

from pydantic import Field

from bot.files.shapes import Report, Shape, twice
from bot.library.shapes import Country, Dated, Text
from bot.model.makers import Countries, PartnerOrganisation, Partners


class CountriesShape(Dated):
    """The whole of countries.toml: a list that is always shown with its label and date."""

    label: Text
    countries: list[Country] = Field(min_length=1)


class PartnerShape(Shape):
    """A table [[partner]] of partners.toml, as printed in the source."""

    number: int | None = None
    name: Text
    group: Text
    country: Text
    website: Text | None = None
    #: the source broke the address over two lines
    broken: bool = False
    checked: date | None = None


class PartnersShape(Dated):
    """Everything that partners.toml may hold."""

    partner: list[PartnerShape]


def judge_countries(shape: CountriesShape, report: Report) -> None:
    """Report countries that stand there twice."""
    for code in twice(shape.countries):
        report("countries", f"{code!r} stands there twice; leave one out")


def judge_partners(shape: PartnersShape, report: Report) -> None:
    """Report numbers that two have."""
    numbers = [str(partner.number) for partner in shape.partner if partner.number is not None]
    for number in twice(numbers):
        report("partner", f"number {number} stands there twice; renumber one")


def countries_of(shape: CountriesShape | None) -> Countries | None:
    """Return the list of a file; None without one."""
    if shape is None:
        return None
    return Countries(
        label=shape.label, codes=tuple(shape.countries), source=shape.source, as_of=shape.as_of
    )


def partners_of(shape: PartnersShape | None) -> Partners | None:
    """Return the list of a file; None without one."""
    if shape is None:
        return None
    return Partners(
        members=tuple(PartnerOrganisation(**each.model_dump()) for each in shape.partner),
        source=shape.source,
        as_of=shape.as_of,
    )
