"""No page of the desk reads a table that grows from its first row to its last."""

from dataclasses import replace
from datetime import timedelta

import orchard
import pytest
from plans import Watch

from bot.config import Safeguarding
from bot.jobs.planning import plan
from bot.model.staff import Member, StaffRole
from bot.store.db import Database
from bot.times import epoch
from bot.web.desk import PAGES

from .conftest import MEMBERS, NOW

ALL = Member(
    name="ada", email="ada@example.org", roles=frozenset({StaffRole.ADMIN, StaffRole.SAFEGUARDING})
)
ASKED = (
    "pledges/1",
    "pledges/1/message",
    "pledges/1/editors",
    "pledges?journey=silent&campaign=trees",
    "posts/1-1-0",
    "posts/1-1-0/edit",
    "posts/1-1-0/clear",
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
    ("Inbox.reports", "flag"): "all that are shown, which go after their days",
    ("Listing.actions", "occurrence"): "names that somebody typed a part of, from their index",
    ("Plan.planned", "delivery"): "ends at the first row that has left",
}
"""What may be read whole, and why."""


@pytest.fixture
def filled(services):
    settings = replace(
        services.settings,
        members=(*MEMBERS, ALL),
        safeguarding=Safeguarding(name="Ana", contact=77, retention=30),
    )
    services = replace(services, settings=settings)
    plan.run(services, NOW - timedelta(days=1))
    services.store.inbox.flag(1, "", "KE", "en", "Help", epoch(NOW))
    orchard.add_pledge(services)
    return services


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
