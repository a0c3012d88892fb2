"""What the numbers in a signed link stand for: an address, a milestone, a pledge.

A link is bound to these when it is made, and does something only while they are the same: after a
restore a number can mean somebody else.
"""

from collections.abc import Iterator

from bot.jobs.services import Services
from bot.rules.tokens import Grant, Purpose, Signed, mark_of


def about(services: Services, grant: Grant) -> str | None:
    """Return what a grant is about, in words that stay the same for as long as it does.

    None where there is nobody, or nothing, with its numbers.
    """
    store = services.store
    if grant.purpose is Purpose.OFFICIAL:
        # its address goes with the answer, and the page goes on to tell what was answered
        request = store.officials.get(grant.subject)
        return f"{request.at}" if request and request.person == grant.person else None
    if grant.purpose is Purpose.PLEDGE:
        proposal = store.proposals.get(grant.subject)
        return f"{proposal.at}" if proposal and proposal.person == grant.person else None
    if grant.purpose is Purpose.JOIN:
        signup = store.signups.get(grant.subject)
        return f"{signup.at}" if signup and signup.person == grant.person else None
    if grant.purpose is Purpose.INVITED:
        invitation = store.invitations.get(grant.subject)
        return f"{invitation.at}" if invitation and invitation.person == grant.person else None
    if grant.purpose is Purpose.MEET:
        there = store.introductions.by_side(grant.subject)
        person = there.side(grant.subject).person if there else 0
        return f"{there.at}" if there and person == grant.person else None
    home = store.people.home(grant.person)
    subject = _subject(services, grant)
    return None if home is None or subject is None else " ".join((*home, *subject))


def _subject(services: Services, grant: Grant) -> tuple[str, ...] | None:
    """Return what a grant is about beside the address: nothing, an action's day, an event, or a
    pledge.
    """
    if grant.purpose in (Purpose.REPORT, Purpose.DONE):
        step = services.store.plan.find(grant.subject)
        if step is None:
            return None
        return step.campaign, str(step.subject), step.audience.word, str(step.slot)
    if grant.purpose is Purpose.EVENT:
        note = services.store.events.noted(grant.subject)
        return None if note is None else (*map(str, note.key),)
    if grant.purpose in (Purpose.ANSWER, Purpose.MINE):
        at = _begun(services, grant)
        return None if at is None else (f"{at}",)
    if grant.purpose is Purpose.STILL:
        pledge = services.store.pledges.get(grant.subject)
        return None if pledge is None else (pledge.campaign, str(pledge.joined))
    return ()


def _begun(services: Services, grant: Grant) -> int | None:
    """Return when a question to makers, or a visit, was begun; None for none of theirs."""
    if grant.purpose is Purpose.ANSWER:
        asked = services.store.inbox.question(grant.subject)
        return asked.at if asked and asked.peer else None
    visit = services.store.visits.get(grant.subject)
    return visit.at if visit and visit.person == grant.person else None


def holder(services: Services, signed: Signed, key: bytes) -> Grant | None:
    """Return what the link allows today, or None where its numbers stand for something else.

    A link to unsubscribe works also where a restore has given its address another number. Links of
    earlier versions, which carry no mark, allow what they say: numbers are never given out again.
    """
    grant = signed.grant
    if signed.mark is None or _is(services, grant, signed.mark, key):
        return grant
    if grant.purpose is not Purpose.UNSUBSCRIBE:
        return None
    if services.store.people.address(grant.person) == f"gone-{grant.person}":
        return grant  # they have left, and the page says so in their language
    return next(
        (
            Grant(purpose=grant.purpose, person=person)
            for person, home in _homes(services)
            if mark_of(key, grant.purpose, home) == signed.mark
        ),
        None,
    )


def _homes(services: Services) -> Iterator[tuple[int, str]]:
    """Yield every contact with what a link for them is about."""
    names = {number: name for name, number in services.store.channels.ids().items()}
    for contact in services.store.contacts.all():
        yield contact.person, f"{names[contact.channel]} {contact.address.lower()}"


def _is(services: Services, grant: Grant, mark: str, key: bytes) -> bool:
    said = about(services, grant)
    return said is not None and mark_of(key, grant.purpose, said) == mark
