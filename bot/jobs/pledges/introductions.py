"""Introductions: staff propose two pledge-makers to each other, each is asked apart, and only where
both say yes each gets what the other ticked.

Nobody learns of a no: who has said yes sees the same until the last day whether the other refused
or says nothing, and then it ends in silence.
"""

from datetime import datetime

from bot.errors import Missing, UsageError
from bot.jobs.pledges import matches
from bot.jobs.services import Services
from bot.jobs.texts import notes
from bot.model.person import HEARS
from bot.model.pledge import Pledge
from bot.model.pledges.introduction import (
    ASKED_DAYS,
    MOST_OPEN,
    NO_MORE,
    ONCE_MORE,
    Acquaintance,
    Askable,
    Details,
    Introduction,
    IntroductionState,
    Side,
)
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.model.subject import Introduce, Introduced, Subject
from bot.rules.pledges import matching
from bot.times import epoch


def propose(services: Services, a: int, b: int, by: Actor, now: datetime) -> Introduction:
    """Ask the makers of two pledges whether they want to know each other.

    Raises `UsageError` where one of them can't be asked, or where they were suggested before.
    """
    store = services.store
    # it reads all pledges of the campaign, for which nobody has to wait
    reasons = matches.reasons(services, *_both(services, a, b))
    with store.transaction():
        first, second = _both(services, a, b)
        if first.campaign != second.campaign:
            raise UsageError(f"pledges {a} and {b} are of different campaigns", "other_campaign")
        asked = {each.id: _askable(services, each) for each in (first, second)}
        for pledge in asked:
            if store.introductions.open_by_pledge()[pledge] >= MOST_OPEN:
                raise UsageError(
                    f"pledge {pledge}: its maker is asked about {MOST_OPEN} others already; wait"
                    f" until one of these has ended, {ASKED_DAYS} days after it began at most",
                    "maker_busy",
                    days=ASKED_DAYS,
                )
        people = {pledge: who.person for pledge, who in asked.items()}
        if len(set(people.values())) == 1:
            raise UsageError(f"pledges {a} and {b} have the same maker", "same_maker")
        made = store.introductions.add(people, reasons, epoch(now))
        store.audit.note(by, Verb.PLEDGE_INTRODUCED, epoch(now), f"{first.id}-{second.id}")
        for side in made.sides:
            channel = asked[side.pledge].channel
            _send(services, Introduce(side.id), side, channel, now)
    return made


def dismiss(services: Services, a: int, b: int, by: Actor, now: datetime) -> Introduction:
    """Never suggest these two pledges to each other; raises `UsageError` as `propose` for pledges
    that aren't there, or were suggested before.
    """
    store, moment = services.store, epoch(now)
    with store.transaction():
        first, second = _both(services, a, b)
        store.audit.note(by, Verb.PLEDGE_DISMISSED, moment, f"{first.id}-{second.id}")
        return store.introductions.add(
            {first.id: 0, second.id: 0}, (), moment, IntroductionState.DISMISSED
        )


def seen(services: Services, side: int, person: int, language: str) -> Acquaintance | None:
    """Return about whom a person is asked on this side; None where it isn't theirs (any more)."""
    there = services.store.introductions.by_side(side)
    mine = there.side(side) if there else None
    if mine is None or mine.person != person or person == 0:
        return None
    if not services.store.editors.may_edit(mine.pledge, person):
        return None
    return notes.acquaintance(services, side, language)


def tick(services: Services, side: int, details: Details, person: int, now: datetime) -> None:
    """Keep what one side lets the other know; raises `UsageError` where it isn't asked."""
    with services.store.transaction():
        _asked(services, side, person, now)
        services.store.introductions.tick(side, details)


def answer(services: Services, side: int, person: int, now: datetime, *, agreed: bool) -> None:
    """Take the answer of one side; with the second yes each gets what the other ticked.

    Raises `UsageError` where it isn't asked, or agrees without anything ticked.
    """
    store = services.store.introductions
    with services.store.transaction():
        there = _asked(services, side, person, now)
        mine = there.side(side)
        if agreed and not mine.details:
            raise UsageError(f"side {side} of introduction {there.id} has ticked nothing")
        store.answer(side, agreed=agreed)
        if not agreed or there.became is not IntroductionState.OPEN or not _stand(services, there):
            store.end(there)
        elif there.other(mine).agreed:
            store.make(there)
            for each in there.sides:
                place = services.store.people.where(each.person)
                assert place is not None  # it stands  # noqa: S101
                _send(services, Introduced(each.id), each, place.channel, now)


def no_more(services: Services, side: int, person: int, now: datetime) -> None:
    """Take a no, and suggest this pledge's maker to nobody any more; raises `UsageError` as
    `answer`.
    """
    with services.store.transaction():
        mine = _asked(services, side, person, now).side(side)
        answer(services, side, person, now, agreed=False)
        by = Actor.person(person)
        services.store.pledges.note(mine.pledge, NO_MORE, by, epoch(now))


def once_more(services: Services, side: int, person: int, now: datetime) -> bool:
    """Let a pledge's maker be suggested to others again; False where it isn't theirs to say."""
    there = services.store.introductions.by_side(side)
    mine = there.side(side) if there else None
    if mine is None or not services.store.editors.may_edit(mine.pledge, person):
        return False
    lines = [each.kind for each in services.store.pledges.history(mine.pledge)]
    if [kind for kind in lines if kind in (NO_MORE, ONCE_MORE)][-1:] == [NO_MORE]:
        services.store.pledges.note(mine.pledge, ONCE_MORE, Actor.person(person), epoch(now))
    return True


def _asked(services: Services, side: int, person: int, now: datetime) -> Introduction:
    other = seen(services, side, person, "en")
    there = services.store.introductions.by_side(side)
    if other is None or there is None or not other.asks(epoch(now)):
        raise UsageError(f"nobody waits for an answer of side {side} of an introduction")
    return there


def _stand(services: Services, there: Introduction) -> bool:
    """Return whether both pledges are still public, and those who were asked look after them and
    have not left.
    """
    store = services.store
    pledges = [store.pledges.get(side.pledge) for side in there.sides]
    people = [
        (who.pledge, who.person)
        for pledge in pledges
        if pledge is not None
        for who in store.introductions.askable(pledge.campaign, pledge.id)
        if who.status in HEARS
    ]
    return people == [(side.pledge, side.person) for side in there.sides]


def _both(services: Services, a: int, b: int) -> tuple[Pledge, Pledge]:
    """Return two pledges, the smaller number first, that were never suggested to each other."""
    both = [services.store.pledges.get(number) for number in matching.pair(a, b)]
    for number, pledge in zip(matching.pair(a, b), both, strict=True):
        if pledge is None:
            raise Missing(f"there is no pledge {number}; `drumbeat pledges list` shows all")
    first, second = (pledge for pledge in both if pledge is not None)
    if a == b:
        raise UsageError("two pledges are needed, and these are one")
    before = [each for each in services.store.introductions.of_pledge(a) if b in _pledges(each)]
    if before:
        raise UsageError(
            f"pledges {a} and {b} were suggested to each other before"
            f" ({before[0].became.word}); nobody is asked twice",
            "suggested_before",
        )
    return first, second


def _pledges(there: Introduction) -> list[int]:
    return [side.pledge for side in there.sides]


def _askable(services: Services, pledge: Pledge) -> Askable:
    people = services.store.introductions.askable(pledge.campaign, pledge.id)
    if not people:
        raise UsageError(
            f"pledge {pledge.id}: only who looks after a verified public pledge of an organisation,"
            " country or region can be asked, not while its steps rest, and nobody who wants no"
            " more suggestions",
            "not_askable",
        )
    if not matches.is_reached(services, people[0]):
        raise UsageError(
            f"pledge {pledge.id}: nothing reaches its focal point now; look at `drumbeat pledges"
            f" report {pledge.id}`",
            "unreachable",
        )
    return people[0]


def _send(services: Services, subject: Subject, side: Side, channel: int, now: datetime) -> None:
    pledge = services.store.pledges.get(side.pledge)
    assert pledge is not None  # it stands  # noqa: S101
    notes.send(services, pledge.campaign, subject, pledge.audience, 0, side.person, channel, now)
