"""A made-up public for rehearsals: spread over all inhabited time zones, all languages of the
campaigns and all audiences; the same seed gives the same people.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from random import Random

from bot.model import Audience
from bot.model.person import NewPerson

AUDIENCES = {
    Audience.INDIVIDUAL: 80,
    Audience.ORGANIZATION: 14,
    Audience.COUNTRY: 4,
    Audience.REGION: 2,
}
"""The share of each audience in the population, in per cent."""

DEFAULT_MINUTE = 9 * 60
KEEP_DEFAULT = 0.6
"""The share of people who never change the hour they are given."""


@cache
def inhabited_zones() -> tuple[tuple[str, str], ...]:
    """Return (zone, country code) of every time zone in which people live, from the IANA table
    zone1970.tab.

    Bases in Antarctica are left out.
    """
    table = (resources.files("tzdata") / "zoneinfo" / "zone1970.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return tuple(
        sorted(
            (zone, countries.split(",")[0])
            for countries, _, zone, *_ in rows
            if not zone.startswith("Antarctica/")
        )
    )


def people(
    count: int, seed: int, *, channels: Sequence[int], languages: Sequence[str], joined: int
) -> Iterator[NewPerson]:
    """Yield `count` people, one after the other, so that a million cost no memory."""
    random = Random(seed)  # noqa: S311 - a rehearsal must repeat itself
    zones = inhabited_zones()
    for number in range(count):
        zone, country = zones[number % len(zones)] if number < len(zones) else random.choice(zones)
        yield NewPerson(
            channel=random.choice(channels),
            address=f"made-up-{number + 1}",
            audience=random.choices(list(AUDIENCES), weights=list(AUDIENCES.values()))[0],
            language=random.choice(languages),
            country=country,
            zone=zone,
            minute=DEFAULT_MINUTE if random.random() < KEEP_DEFAULT else 60 * random.randint(7, 21),
            named_only=random.random() < 0.1,  # noqa: PLR2004 - one in ten
            pledge=random.random() < 0.3,  # noqa: PLR2004 - three in ten
            joined=joined,
        )
