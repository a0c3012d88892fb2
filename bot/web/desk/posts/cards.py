"""A post as a page of the desk shows it: what its network would show, what it costs, who wrote and
approved it, and what its reader may do about it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.jobs.sending import decisions
from bot.jobs.staff import clearances, posting, seen
from bot.model import PUBLIC, DeliveryKey, State
from bot.model.channel import Excess
from bot.model.outbox import WRITABLE, Entry, Shown
from bot.model.staff import FORMER_STAFF, StaffRole
from bot.model.staff.clearance import Subject
from bot.text import filled, measure
from bot.web.desk import clearances as clearing
from bot.web.desk.colleague import Colleague

_DIGEST = 12
"""Letters of a digest that people compare."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """A post with the sentences about it in the reader's language."""

    shown: Shown
    title: str
    at: str
    until: str
    state: str
    #: each post of the thread with its length, as (text, length)
    parts: Sequence[tuple[str, str]]
    over: Sequence[str]
    #: path of its picture; '' where none is ready
    picture: str
    alt: str
    #: what its giver answered to the safeguarding checklist, as (question, answer)
    vouched: Sequence[tuple[str, str]]
    usd: str
    writer: str
    #: by whom, when and under which digest it was approved; None where nobody has
    approved: Mapping[str, str] | None
    #: a sentence about who cleared it as it is now; '' where nobody has
    cleared: str
    #: key of the words' table [post.why_not]: why the reader can't approve it; '' where they can
    why_not: str
    waits: bool
    writable: bool
    #: why nothing leaves its channel; '' where something does
    dry: str

    @property
    def key(self) -> str:
        """Return the post's public id, like '12-3-0'."""
        return str(self.shown.entry.key)

    @property
    def mark(self) -> str:
        """Return what stands for all that is shown here, as a form carries it."""
        return seen.mark(self.shown)


def find(who: Colleague, text: str) -> Entry:
    """Return the post with this public id.

    Raises `UsageError` where there is none, and for what goes to one person.
    """
    key = decisions.parse(text)
    public = DeliveryKey(occurrence=key.occurrence, channel=key.channel, recipient=PUBLIC)
    return decisions.find(who.services, str(public))


def card(who: Colleague, entry: Entry) -> Card:
    """Return a post with all that is to be said of it."""
    shown = posting.shown(who.services, entry)
    picture = shown.body.picture if shown.body else None
    ahead = entry.expires > who.now.timestamp()
    waits = entry.state is State.AWAITING_APPROVAL and ahead
    return Card(
        shown=shown,
        title=posting.title(who.services, entry, who.language),
        at=who.instant(entry.due),
        until=who.instant(entry.expires),
        state=who.words["states"][entry.state.word],
        parts=parts(who, entry.channel, shown.parts),
        over=excesses(who, shown.over),
        picture=who.path("posts", str(entry.key), "picture") if picture else "",
        alt=picture.alt if picture else "",
        vouched=_vouched(who, picture.vouched) if picture else (),
        usd=who.number(round(shown.usd, 3)) if shown.usd else "",
        writer=who.name_of(shown.writer) if shown.writer else "",
        approved=_approved(who, entry),
        cleared=_cleared(who, entry),
        why_not=_why_not(who, shown),
        waits=waits,
        writable=entry.state in WRITABLE and ahead and shown.limit > 0,
        dry=who.services.dry.get(entry.channel, ""),
    )


def said(vouched: str) -> dict[str, str]:
    """Return the answers to the safeguarding checklist by the ids of their questions."""
    pairs = (pair.partition("=") for pair in vouched.split())
    return {name: answer for name, _, answer in pairs}


def _vouched(who: Colleague, vouched: str) -> list[tuple[str, str]]:
    words = who.words["compose"]
    return [(words[name], words["answers"][answer]) for name, answer in said(vouched).items()]


def parts(who: Colleague, channel: str, posts: Iterable[str]) -> list[tuple[str, str]]:
    """Return each post of a thread, with its length as the channel's network counts it."""
    limits, words = posting.limits_of(who.services, channel), who.words["post"]
    if limits is None:
        return [(post, "") for post in posts]
    most = who.number(limits.length)
    return [
        (post, filled(words["length"], count=who.number(measure(post, limits)), most=most))
        for post in posts
    ]


def excesses(who: Colleague, over: Iterable[Excess]) -> list[str]:
    """Return a sentence for each post that is too long."""
    words = who.words["post"]["over"]
    return [
        filled(
            words["caption" if each.caption else "bytes" if each.bytes else "length"],
            post=who.number(each.post),
            count=who.number(each.count),
            most=who.number(each.most),
            less=who.number(each.count - each.most),
        )
        for each in over
    ]


def _approved(who: Colleague, entry: Entry) -> Mapping[str, str] | None:
    approval = who.services.store.approvals.find(entry.key.occurrence, entry.key.channel)
    if approval is None:
        return None
    return {
        "by": who.name_of(approval.approved_by),
        "at": who.instant(approval.at),
        "digest": approval.digest[:_DIGEST],
    }


def _cleared(who: Colleague, entry: Entry) -> str:
    about = Subject(occurrence=entry.key.occurrence, channel=entry.key.channel)
    found = clearances.cleared(who.services, about, who.now)
    return clearing.line(who, found)["said"] if found is not None else ""


def _why_not(who: Colleague, shown: Shown) -> str:
    if not who.may(StaffRole.APPROVER):
        return "role"
    if not shown.parts:
        return "text"
    if shown.over:
        return "long"
    if posting.may_approve(who.services, shown.entry, who.by):
        return ""
    return _whose(who, shown)


def _whose(who: Colleague, shown: Shown) -> str:
    """Return what keeps a member from approving words or a picture that may be theirs."""
    giver, same = posting.giver(who.services, shown.entry), who.services.team.same
    if shown.writer == FORMER_STAFF:
        return "former"
    if shown.writer is not None and same(shown.writer, who.by):
        return "own"
    return "picture" if giver is not None and same(giver, who.by) else "unknown"


def versions(who: Colleague, entry: Entry) -> list[Card]:
    """Return the posts of the same occurrence on other channels, by name."""
    listing = who.services.store.listing
    ids = who.services.store.channels.ids()
    keys = [
        DeliveryKey(occurrence=entry.key.occurrence, channel=ids[name], recipient=PUBLIC)
        for name in sorted(ids)
    ]
    others = [listing.entry(key) for key in keys if key != entry.key]
    return [card(who, each) for each in others if each is not None]
