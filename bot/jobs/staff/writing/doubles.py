"""Posts that come too near each other: within an hour on one account, or the same text within a
month.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot import text as texts
from bot.errors import RenderError
from bot.jobs.services import Services
from bot.jobs.staff.writing.composed import Composed
from bot.jobs.staff.writing.when import Remark
from bot.jobs.texts.kinds import post_body
from bot.model import Channel, State
from bot.model.outbox import Entry
from bot.times import epoch, from_epoch

_NEAR = timedelta(hours=1)
_AGAIN = timedelta(days=30)
_OVER = (State.CANCELLED, State.SKIPPED, State.FAILED)


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A text on one channel at one instant."""

    text: str
    channel: Channel
    #: aware
    due: datetime

    @property
    def account(self) -> str:
        """Return the account on which it stands."""
        return self.channel.account

    def near(self, other: "Placed") -> Iterator[str]:
        """Yield the keys of remarks on another post of the same account."""
        apart = abs(self.due - other.due)
        if apart < _NEAR:
            yield "same_hour"
        if apart < _AGAIN and _said(self.text) == _said(other.text):
            yield "same_text"


def _said(text: str) -> list[str]:
    """Return the words of a text, alike for a thread as people write it and as it left."""
    return " ".join(texts.parts(text)).split()


def placed(composed: Composed) -> Iterator[Placed]:
    """Yield each text of a draft on each channel at each instant."""
    for due in composed.dues:
        for channel in composed.channels:
            yield Placed(text=composed.draft.text, channel=channel, due=due)


def doubles(services: Services, wanted: Sequence[Placed]) -> list[Remark]:
    """Return where these come too near another post, or each other; of each account once."""
    remarks: dict[tuple[str, str], Remark] = {}
    there = list(_there(services, wanted)) if wanted else []
    for at, each in enumerate(wanted):
        for key, other in _beside(each, [*there, *wanted[:at]]):
            values = {"channel": each.channel.name, "at": epoch(other.due)}
            remarks.setdefault((key, each.account), Remark(key=key, values=values))
    return list(remarks.values())


def _beside(each: Placed, others: Iterable[Placed]) -> Iterator[tuple[str, Placed]]:
    for other in others:
        if other.account == each.account:
            yield from ((key, other) for key in each.near(other))


def _there(services: Services, wanted: Sequence[Placed]) -> Iterator[Placed]:
    """Yield the posts of the outbox that stand within a month of these."""
    start, end = min(each.due for each in wanted), max(each.due for each in wanted)
    around, accounts = (
        (epoch(start - _AGAIN), epoch(end + _AGAIN)),
        {each.account for each in wanted},
    )
    for entry in services.store.listing.posts_due(*around):
        channel = services.settings.channels.get(entry.channel)
        if channel is not None and channel.account in accounts and entry.state not in _OVER:
            text = _text(services, entry)
            yield Placed(text=text, channel=channel, due=from_epoch(entry.due))


def _text(services: Services, entry: Entry) -> str:
    """Return what a post says, as it left or would leave; '' where that can't be made now."""
    if entry.text is not None:
        return entry.text
    try:
        return post_body(services, entry, entry.channel).whole
    except RenderError:
        return ""
