"""A file with many subscribers, for the benchmarks: made set by set, with the shipped schema and
pragmas.
"""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from bot.jobs.rehearsal.population import inhabited_zones
from bot.model import Audience, Channel, Occurrence
from bot.model.database import Where
from bot.rules.identity import slot_of
from bot.store import Store

DAY = date(2021, 5, 1)
NOON_AFTER = datetime(2021, 5, 2, 12, tzinfo=UTC)

CHANNEL = Channel(
    name="telegram",
    network="telegram",
    account="telegram",
    base_url=None,
    target=None,
    language="en",
    audiences=(Audience.INDIVIDUAL,),
    review=False,
    nudges=True,
    posts=False,
    zone="UTC",
    minute=540,
    per_second=None,
    daily=None,
    note="",
)


def crowded(
    path: Where, people: int, zones: int | None = None, *, keys: Path | None = None
) -> Store:
    """A store with so many individuals, spread evenly over so many zones (all inhabited ones by
    default) at nine o'clock. `keys` names the file of the keys of a database on a server.
    """
    store = Store(path, keys=keys)
    channel = store.channels.ensure([CHANNEL])[CHANNEL.name]
    places = [
        store.people.place(channel, int(Audience.INDIVIDUAL), zone, 540)
        for zone, _ in inhabited_zones()[:zones]
    ]
    store.database.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :people) "
        "INSERT INTO person (channel, address, language, country, place, joined) "
        "SELECT :channel, 'made-up-' || i, 'en', NULL, :first + i % :places, 0 FROM n",
        {"people": people, "channel": channel, "first": places[0], "places": len(places)},
    )
    return store


def occurrence(number: int) -> Occurrence:
    """One of several occurrences on the same day."""
    return Occurrence(
        campaign="bench",
        action=f"action-{number}",
        audience=Audience.INDIVIDUAL,
        slot=slot_of(DAY),
        day=DAY,
        grace=timedelta(days=3),
        nudge=True,
        post=False,
        named=True,
    )
