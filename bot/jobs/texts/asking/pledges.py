"""Letters that ask something about a pledge: whether it comes from an address, whether it shall be
submitted, whether somebody edits it, or wants to know who made another one.
"""

from bot.errors import RenderError
from bot.jobs.texts import letters, notes
from bot.model.pledge import INVITE_DAYS, LETTER_DAYS, STAFF, Outcome
from bot.model.pledges.introduction import ASKED_DAYS
from bot.model.subject import Introduce
from bot.render.letter import Draft
from bot.rules.tokens import LIFE, Purpose


def official(envelope: letters.Envelope) -> Draft:
    """Write the letter that asks the official address given for a pledge whether the pledge is
    theirs.

    Raises `RenderError` where nobody waits for the answer any more.
    """
    services, number = envelope.services, envelope.occurrence.slot
    request = services.store.officials.get(number)
    pledge = (
        services.store.pledges.get(request.pledge)
        if request and request.outcome is Outcome.OPEN
        else None
    )
    if pledge is None:
        raise RenderError(f"the request {number} to an official address is over; cancel its letter")
    yes = envelope.link(Purpose.OFFICIAL, number)
    return letters.asking(
        envelope,
        "official",
        "body",
        yes,
        organisation=letters.harmless(pledge.organisation),
        days=LETTER_DAYS,
    )


def proposed(envelope: letters.Envelope) -> Draft:
    """Write the letter by which somebody submits the pledge that they wrote on a page. None of
    their words stands in it: anybody can give anybody's address.

    Raises `RenderError` where nobody waits for the answer any more.
    """
    services, number = envelope.services, envelope.occurrence.slot
    proposal = services.store.proposals.get(number)
    if proposal is None or proposal.outcome is not Outcome.OPEN:
        raise RenderError(f"the pledge {number} from a page is over; cancel its letter")
    yes = envelope.link(Purpose.PLEDGE, number)
    return letters.asking(envelope, "pledge", "body", yes, days=LETTER_DAYS)


def visit(envelope: letters.Envelope) -> Draft:
    """Write the letter by which the maker of a pledge opens their own pages."""
    services, number = envelope.services, envelope.occurrence.slot
    asked = services.store.visits.get(number)
    if asked is None or asked.opened is not None:
        raise RenderError(f"visit {number} is over; cancel its letter")
    yes, person = envelope.link(Purpose.MINE, number), envelope.row.recipient
    pledges = services.store.pledges.of_person(person) or services.store.proposals.of_person(person)
    block, head = ("body", "subject") if pledges else ("letters", "subject_letters")
    minutes = LIFE[Purpose.MINE] // 60
    return letters.asking(envelope, "mine", block, yes, subject=head, minutes=minutes)


def invited(envelope: letters.Envelope) -> Draft:
    """Write the letter that invites somebody to edit a pledge, for an editor or for staff. Of what
    its editors wrote only the organisation stands in it: anybody can give anybody's address.

    Raises `RenderError` where nobody waits for the answer any more.
    """
    services, number = envelope.services, envelope.occurrence.slot
    invitation = services.store.invitations.get(number)
    pledge = (
        services.store.pledges.get(invitation.pledge)
        if invitation and invitation.outcome is Outcome.OPEN
        else None
    )
    if pledge is None:
        raise RenderError(f"the invitation {number} to a pledge is over; cancel its letter")
    organisation = letters.harmless(pledge.organisation)
    block = "staff" if invitation and invitation.asker == STAFF else "body"
    block = f"{block}_of" if organisation else block
    yes = envelope.link(Purpose.INVITED, number)
    return letters.asking(
        envelope, "invited", block, yes, organisation=organisation, days=INVITE_DAYS
    )


def introduce(envelope: letters.Envelope) -> Draft:
    """Write the letter that asks a maker whether they want to know another one.

    Raises `RenderError` where nobody waits for the answer any more.
    """
    subject = envelope.occurrence.subject
    assert isinstance(subject, Introduce)  # noqa: S101 - it stands in its line
    other = notes.acquaintance(envelope.services, subject.number, envelope.row.language)
    if other is None or other.agreed is not None:
        raise RenderError(f"nothing waits for an answer of {subject}; cancel its letter")
    return letters.asking(
        envelope,
        "introduce",
        "body",
        envelope.link(Purpose.MEET, subject.number),
        organisation=letters.harmless(other.organisation),
        name=letters.harmless(other.name),
        page=other.page,
        reasons="\n\n".join(other.reasons),
        days=ASKED_DAYS,
    )
