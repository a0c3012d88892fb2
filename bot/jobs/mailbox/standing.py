"""Whose letters come back, for staff: who is blocked, and who may need another address."""

from dataclasses import dataclass
from datetime import datetime

from bot.jobs.services import Services
from bot.model.mail import Verdict
from bot.times import from_epoch


@dataclass(frozen=True, kw_only=True)
class Line:
    """Somebody whose letters come back."""

    channel: str
    address: str
    organisation: str
    verdict: Verdict
    times: int
    since: datetime
    last: datetime
    #: what the server said last
    said: str


def lines(services: Services) -> list[Line]:
    """Return whose letters have come back within half a year, who did last first."""
    store = services.store
    rows = []
    for each in store.mailbox.since(0):
        contact, home = store.contacts.get(each.person), store.people.home(each.person)
        if home is not None:
            line = Line(
                channel=home[0],
                address=home[1],
                organisation=contact.organisation if contact else "",
                verdict=each.verdict,
                times=each.times,
                since=from_epoch(each.since),
                last=from_epoch(each.at),
                said=each.words,
            )
            rows.append(line)
    return rows
