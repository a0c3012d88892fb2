"""No page of the desk reads a table that grows from its first row to its last."""

from plans import Watch

from bot.store.db import Database
from bot.web.desk import PAGES

ASKED = (
    "pledges/1",
    "pledges/1/message",
    "pledges/1/editors",
    "pledges?journey=silent&campaign=trees",
    "pledges?state=rejected",
    "posts/1-1-0",
    "posts/1-1-0/edit",
    "posts/1-1-0/clear",
    "pledges/1/clear",
    "pledges/matches",
    "amplify/1",
    "inbox/posts/1",
    "reports/1",
    "outbox?state=sent&channel=telegram",
    "outbox?state=uncertain&words=deed",
    "outbox?day=2021-05-01",
    "outbox/waves",
    "calendar?month=2021-05&campaign=trees",
    "calendar?week=2021-05-01",
    "results?month=2021-04",
    "log?kind=post",
    "log.csv?kind=post",
)
SHORT = {
    ("Asked.count", "asked_post"): "five hundred at most wait",
    ("Asked.waiting", "asked_post"): "five hundred at most wait, and all that are fresh are shown",
    ("Broadcasts.current", "broadcast"): "a row per wave on a channel whose pace may be paid for",
    ("Broadcasts.current", "delivery"): "the last row of a wave that is being cancelled",
    ("Broadcasts.find", "delivery"): "the last row of a wave that is being cancelled",
    ("Digests.any_agreed", "consent"): "the first row of an index of them alone",
    ("Inbox.reports", "flag"): "all that are shown, which go after their days",
    ("Events.said_of", "event_said"): "a row for each event that people signed up for",
    ("Introductions.newest", "introduction"): "from the newest on, until fifty that were asked",
    ("Introductions.pairs", "introduction_side"): "a row for each that staff asked or put away",
    ("Listing.actions", "occurrence"): "names that somebody typed a part of, from their index",
    ("Plan.planned", "delivery"): "ends at the first row that has left",
    ("Pledges.all", "pledge"): "all public pledges are compared, each with each",
}
"""What may be read whole, and why."""


async def test_pages_read_no_table_that_grows_as_a_whole(filled, desk, monkeypatch):
    watch, known = Watch(SHORT), list[str]()
    async with desk(filled) as sit:
        seat = await sit("ada")
        for name, method in watch.methods().items():
            monkeypatch.setattr(Database, name, method)
        for path in (*(page.path for page in PAGES if page.menu), *ASKED):
            told = await seat.gets(f"/desk/{path}")
            assert told.status == 200, path
            known += [f"{path}: {fault.method} {fault.step}" for fault in watch.faults()]
    assert not known, "\n".join(known)
