"""A made-up public for rehearsals: spread over all inhabited time zones, all languages of the
campaigns and all audiences; the same seed gives the same people.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from itertools import islice
from random import Random

from bot.errors import UsageError
from bot.jobs.rehearsal.furnished import MAIL
from bot.jobs.rehearsal.script import Script
from bot.jobs.services import Services
from bot.model import Audience, Channel
from bot.model.person import NewPerson
from bot.times import epoch

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


def crowd(services: Services, script: Script) -> Iterator[NewPerson]:
    """Yield the population of a rehearsal, who all join before the first day begins."""
    channels = [
        services.channel_ids[c.name]
        for c in services.settings.channels.values()
        if c.nudges and c.name != MAIL
    ]
    if script.subscribers and not channels:
        raise UsageError(
            "no channel carries nudges, so there is nobody to subscribe; set `nudges = true` in a"
            " channel of config.toml"
        )
    return people(
        script.subscribers,
        script.seed,
        channels=channels,
        languages=_languages(services),
        joined=epoch(script.opens),
    )


def number_of(services: Services, person: NewPerson) -> int | None:
    """Return the number of somebody invented; None where nobody has heard of them yet."""
    return services.store.people.find(person.channel, person.address)


def individuals(services: Services, script: Script, most: int) -> list[NewPerson]:
    """Return the first people of the population who speak for nobody else."""
    able = (each for each in crowd(services, script) if each.audience is Audience.INDIVIDUAL)
    return list(islice(able, most))


def by_mail(services: Services, script: Script, channel: Channel, count: int) -> list[NewPerson]:
    """Return so many invented people who have an e-mail address, which nobody can have, and are
    known to nobody yet.
    """
    made = people(
        count,
        script.seed,
        channels=[services.channel_ids[channel.name]],
        languages=_languages(services),
        joined=epoch(script.opens),
    )
    return [
        replace(each, address=f"invented-{number}@rehearsal.invalid", audience=Audience.INDIVIDUAL)
        for number, each in enumerate(made, 1)
    ]


def _languages(services: Services) -> list[str]:
    return sorted({tag for campaign in services.active for tag in campaign.languages})
