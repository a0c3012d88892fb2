"""Traces of what was deleted, which leave the database file soon after.

SQLite overwrites a row that is deleted (`bot.store.db`), but its write-ahead log holds the row
until it is emptied, and pages that were divided may hold a copy until the file is written anew. The
log is emptied again and again; the file is written anew in a quiet moment after somebody was
forgotten.
"""

from datetime import datetime, timedelta

from bot.jobs.services import Services
from bot.times import epoch

APART = timedelta(days=1)
"""Least time between two rebuilds of the file, which takes seconds for a million people."""

LONGEST = timedelta(days=2)
"""How long a rebuild waits at most for a moment in which nothing is due."""

SOON = timedelta(minutes=1)
"""A rebuild waits when something falls due within this time."""


def run(services: Services, now: datetime) -> None:
    """Empty the write-ahead log, and write the file anew where it may hold traces of somebody.

    Where somebody who reads or writes stands in the way, it is done at a later tick.
    """
    store = services.store
    store.database.empty_log()
    since = store.forgotten.traces()
    if since is None or epoch(now - APART) < store.forgotten.rebuilt():
        return
    if (epoch(now - LONGEST) > since or _quiet(services, now)) and store.database.rebuild():
        store.forgotten.without_traces(epoch(now))
        store.database.empty_log()


def _quiet(services: Services, now: datetime) -> bool:
    """Return whether nothing is due or under way."""
    outbox, soon = services.store.outbox, epoch(now + SOON)
    return (
        not any(outbox.has_due(number, soon) for number in services.channel_ids.values())
        and not outbox.sending()
    )
