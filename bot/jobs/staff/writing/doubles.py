"""Posts that come too near each other: within an hour on one account, or the same text within a
month.
"""

import hashlib
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


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A post that somebody wants to send, and another that it comes too near to."""

    #: of the remark about it
    key: str
    wanted: Placed
    other: Placed


def pairs(services: Services, wanted: Sequence[Placed]) -> list[Pair]:
    """Return where these come too near another post, or each other."""
    there = list(_there(services, wanted)) if wanted else []
    return [
        Pair(key=key, wanted=each, other=other)
        for at, each in enumerate(wanted)
        for other in [*there, *wanted[:at]]
        if other.account == each.account
        for key in each.near(other)
    ]


def remarks(found: Iterable[Pair]) -> list[Remark]:
    """Return what is said of these; of each account once."""
    said: dict[tuple[str, str], Remark] = {}
    for each in found:
        values = {"channel": each.wanted.channel.name, "at": epoch(each.other.due)}
        said.setdefault((each.key, each.wanted.account), Remark(key=each.key, values=values))
    return list(said.values())


def mark(found: Sequence[Pair]) -> str:
    """Return what stands for all of these, 16 hex digits, another one once a post is beside them
    that was not; '' for none.
    """
    if not found:
        return ""
    said = sorted((each.key, each.wanted.account, str(each.other.due)) for each in found)
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def _there(services: Services, wanted: Sequence[Placed]) -> Iterator[Placed]:
    """Yield the posts of the outbox that stand within a month of these."""
    start, end = min(each.due for each in wanted), max(each.due for each in wanted)
    around, accounts = (
        (epoch(start - _AGAIN), epoch(end + _AGAIN)),
        {each.account for each in wanted},
    )
    for entry in services.store.posts.due(*around):
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
