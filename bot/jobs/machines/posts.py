"""Posts that programs propose: each waits until somebody else than the token's member approves it,
whatever its channel asks for.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import UsageError
from bot.jobs.machines.declined import Declined, Why
from bot.jobs.sending import decisions
from bot.jobs.services import Services
from bot.jobs.staff import posting
from bot.model import PUBLIC, Channel, DeliveryKey, State
from bot.model.outbox import Entry
from bot.model.staff import Actor, Member, OneOff
from bot.model.staff.audit import Verb
from bot.model.staff.machines import Sent, Token
from bot.model.subject import Written
from bot.text import visible
from bot.times import epoch, from_epoch

AHEAD = timedelta(days=400)
"""How far ahead a post can be proposed."""


@dataclass(frozen=True, kw_only=True)
class Proposed:
    """A post as a program proposes it."""

    text: str
    #: names of the channels that shall post it
    channels: tuple[str, ...]
    due: datetime
    #: tag of the language that it is in; '' for that of its channels, whatever it is
    language: str = ""


def propose(
    services: Services, wanted: Proposed, sent: Sent, token: Token, by: Actor, now: datetime
) -> tuple[Sequence[Entry], bool]:
    """Schedule a post, to wait for approval on each of its channels; return it there, and whether
    it was made now.

    What was sent with the same name of the token's within a day is not made a second time. Raises
    `Declined` where that was something else, or the post can't be posted so.
    """
    store, moment = services.store, epoch(now)
    with store.transaction():
        known = store.requests.find(token.id, sent.name, moment)
        if known is not None and known.digest != sent.digest:
            raise Declined(
                Why.UNFIT, "something else was sent with this Idempotency-Key: take a new one"
            )
        if known is not None:
            return of_own(services, known.oneoff), False
        check_text(wanted.text)
        channels = _channels(services, wanted)
        _check_due(wanted.due, now)
        own = posting.publish(services, wanted.text, channels, wanted.due, by, now, asks=True)
        store.requests.keep(token.id, sent, own.id, moment)
        store.audit.note(by, Verb.TOKEN_POSTED, moment, f"{token.id}-{own.id}")
    return of_own(services, own.id), True


def of_own(services: Services, number: int) -> Sequence[Entry]:
    """Return the deliveries of a post that staff wrote, by channel."""
    own = services.store.oneoffs.get(number)
    return services.store.posts.about(own.action) if own is not None else ()


def _channels(services: Services, wanted: Proposed) -> list[Channel]:
    known = {name: each for name, each in services.settings.channels.items() if each.posts}
    names = list(dict.fromkeys(wanted.channels))
    problems = [
        problem for name in names if (problem := _unfit(services, known, name, wanted)) is not None
    ]
    if problems:
        raise Declined(Why.UNFIT, "; ".join(problems))
    channels = [known[name] for name in names]
    _check_twins(channels)
    return channels


def _unfit(
    services: Services, known: Mapping[str, Channel], name: str, wanted: Proposed
) -> str | None:
    channel = known.get(name)
    if channel is None:
        there = ", ".join(sorted(known)) or "none"
        return f"channels: there is none of this name that posts; there are {there}"
    speaks = channel.language
    if (
        wanted.language
        and wanted.language != speaks
        and not speaks.startswith(f"{wanted.language}-")
    ):
        return f"language: {name} posts in {speaks}"
    faults = posting.too_long_there(services, name, [wanted.text])
    return f"text: on {name} it {'; '.join(map(str, faults))}" if faults else None


def _check_twins(channels: Sequence[Channel]) -> None:
    """Refuse two accounts of one network: the same text through both breaks the rules of some."""
    networks: dict[str, Channel] = {}
    for channel in channels:
        other = networks.setdefault(channel.network, channel)
        if other.account != channel.account:
            raise Declined(
                Why.UNFIT,
                f"channels: {other.name} and {channel.name} are two accounts of one network, which"
                " may not say the same: choose one",
            )


def check_text(text: str) -> None:
    """Refuse what is no text, or holds characters that no network shows."""
    if not visible(text) or any(
        unicodedata.category(letter) in ("Cc", "Cs") and letter != "\n" for letter in text
    ):
        raise Declined(Why.UNFIT, "text: give words; line breaks alone may stand between them")


def _check_due(due: datetime, now: datetime) -> None:
    if not now <= due <= now + AHEAD:
        raise Declined(
            Why.UNFIT, f"due: give an instant to come, at most {AHEAD.days} days from now"
        )


def find(services: Services, text: str) -> Entry:
    """Return the post with this id; raises `Declined` where there is none, as of messages to
    people.
    """
    key = _key(text)
    entry = services.store.listing.entry(key) if key is not None else None
    if entry is None or entry.key.recipient != PUBLIC:
        raise Declined(Why.ABSENT, "there is no such post; the list of posts has the id of each")
    return entry


def _key(text: str) -> DeliveryKey | None:
    try:
        return decisions.parse(text)
    except UsageError:
        return None


def is_own(services: Services, entry: Entry, member: Member) -> bool:
    """Return whether staff wrote this post in the name of this member, and nobody else's."""
    own = _own(services, entry)
    return own is not None and services.team.same(own.by, member.actor)


def _own(services: Services, entry: Entry) -> OneOff | None:
    subject = entry.subject
    return services.store.oneoffs.about(subject) if isinstance(subject, Written) else None


def take_back(services: Services, text: str, member: Member, now: datetime) -> None:
    """Cancel a post of this member's that nobody has approved; raises `Declined`."""
    with services.store.transaction():
        entry = find(services, text)
        if not is_own(services, entry, member):
            raise Declined(Why.FOREIGN, "only posts of the token's own member can be taken back")
        if entry.state is not State.AWAITING_APPROVAL:
            raise Declined(
                Why.OVER, f"it waits for approval no longer, it is {entry.state.word}: ask staff"
            )
        decisions.cancel(services, text, member.actor, now)


def due_of(entry: Entry) -> datetime:
    """Return when a post goes out."""
    return from_epoch(entry.due)
