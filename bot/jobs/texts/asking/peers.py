"""What somebody asks the makers of a pledge: the message that brings it to each of them, and the
letter.
"""

from bot.conversation.people import peers
from bot.conversation.words import Parts, Rows, line, paragraph
from bot.errors import RenderError
from bot.jobs.services import Services
from bot.jobs.texts import letters
from bot.jobs.texts.wanted import Wanted
from bot.model import Rendered
from bot.model.person import Question
from bot.model.pledge import PledgeState
from bot.model.pledges.peers import PEER_DAYS
from bot.model.subject import Asked, Subject
from bot.render.letter import Draft
from bot.rules.tokens import Purpose


def waiting(services: Services, number: int, person: int) -> Question | None:
    """Return a question that somebody is asked as the maker of a pledge; None where they aren't, or
    it has its answer.
    """
    question = services.store.inbox.question(number)
    peer = question.peer if question else None
    pledge = services.store.pledges.get(peer.pledge) if peer else None
    if question is None or peer is None or pledge is None:
        return None
    waits = question.answer is None and peer.passed is not None and not peer.reply
    edits = services.store.editors.may_edit(pledge.id, person)
    return question if waits and edits and pledge.state is PledgeState.PUBLISHED else None


def concerns(services: Services, subject: Subject, person: int) -> bool:
    """Return whether the question still concerns somebody to whom it was to be brought."""
    assert isinstance(subject, Asked)  # noqa: S101 - it stands in its line
    return waiting(services, subject.number, person) is not None


def buttons(_services: Services, subject: Subject, _found: object) -> Rows:
    """Return the buttons below the question."""
    assert isinstance(subject, Asked)  # noqa: S101 - it stands in its line
    return peers.ways(subject.number)


def text(services: Services, wanted: Wanted) -> Rendered:
    """Return the question, for one of the makers."""
    assert isinstance(wanted.subject, Asked)  # noqa: S101 - it stands in its line
    asked = _asked(services, wanted.subject, wanted.recipient)
    texts = services.renderer.chat
    spoken = texts.spoken(wanted.language)
    said = texts.text("peers.asked", spoken, _values(services, asked), parts(asked))
    return Rendered(text=said, language=spoken)


def parts(asked: Question) -> Parts:
    """Return the parts of the question as its makers see it."""
    return (
        line("peers.asked_head"),
        paragraph("peers.asked_words"),
        paragraph("peers.asked_contact") if asked.peer and asked.peer.contact else None,
        paragraph("peers.asked_then"),
    )


def letter(envelope: letters.Envelope) -> Draft:
    """Write the letter that brings the question to a maker, with a link to the page on which it is
    answered. Raises `RenderError` where nobody waits for the answer any more.
    """
    services, subject = envelope.services, envelope.occurrence.subject
    assert isinstance(subject, Asked)  # noqa: S101 - it stands in its line
    asked = _asked(services, subject, envelope.row.recipient)
    values = _values(services, asked)
    # an address that was read as one is there to be used
    values |= {key: letters.harmless(values[key]) for key in ("name", "question")}
    return letters.asking(
        envelope,
        "asked",
        "body_contact" if values["contact"] else "body",
        envelope.link(Purpose.ANSWER, subject.number),
        days=PEER_DAYS,
        **values,
    )


def _asked(services: Services, subject: Asked, person: int) -> Question:
    asked = waiting(services, subject.number, person)
    if asked is None:
        raise RenderError(f"nothing waits for an answer of {subject}; cancel it")
    return asked


def _values(services: Services, asked: Question) -> dict[str, str]:
    pledge = services.store.pledges.get(asked.peer.pledge) if asked.peer else None
    return {
        "name": (pledge.approved or {}).get("name", "") if pledge else "",
        "question": asked.text,
        "contact": asked.peer.contact if asked.peer else "",
    }
