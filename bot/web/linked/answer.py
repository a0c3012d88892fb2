"""The page behind the link in a letter that brings a maker a question about their pledge: they
answer it, or say that they would rather not. Staff pass the answer on.

An answer that tells of a child in danger leads to help first. Since it may tell of none, a button
sends it all the same.
"""

from bot.conversation.people.ask import LONGEST
from bot.gaps import filled
from bot.jobs.staff.questions import peers
from bot.model.person import Question
from bot.rules import forms
from bot.text import visible
from bot.web.asked import Asked
from bot.web.public.pledges.naming import plain
from bot.web.view import Choice, Page

_ANYWAY = "anyway"
"""The value of the button that sends what tells of danger all the same."""


def reply(asked: Asked) -> Page:
    """Show the question; on POST take the answer. Where it waits for none, say so."""
    number, person = asked.grant.subject, asked.grant.person
    question, said = peers.waiting(asked.services, number, person), asked.words.answer
    if question is None:
        return Page(title=said.old_title, text=said.old)
    text = visible(forms.clean(asked.form.get("field", "")))
    if asked.form.get("answer") == "no":
        return _kept(asked, "", said.refused)
    if not asked.posted:
        return _ask(asked, question)
    if not 0 < len(text) <= LONGEST:
        return _ask(asked, question, filled(said.wrong, most=str(LONGEST)), text)
    if asked.form.get("answer") != _ANYWAY and peers.tells_of_danger(
        asked.services, text, asked.spoken
    ):
        return _ask(asked, question, said.danger, text, anyway=True)
    return _kept(asked, text, said.done)


def _kept(asked: Asked, text: str, done: str) -> Page:
    """Keep the answer and say `done`; where a colleague was faster, say so."""
    said, number, person = asked.words.answer, asked.grant.subject, asked.grant.person
    if peers.reply(asked.services, number, person, text, asked.now):
        return Page(title=said.done_title, text=done)
    return Page(title=said.old_title, text=said.old)


def _ask(
    asked: Asked, question: Question, problem: str = "", typed: str = "", *, anyway: bool = False
) -> Page:
    said, peer = asked.words.answer, question.peer
    pledge = asked.services.store.pledges.get(peer.pledge) if peer else None
    contact = peer.contact if peer else ""
    return Page(
        title=said.title,
        text=filled(
            said.text_contact if contact else said.text,
            name=plain((pledge.approved or {}).get("name", "")) if pledge else "",
            question=plain(question.text),
            contact=contact,
        ),
        problem=problem,
        choices=[
            Choice(
                label=said.anyway if anyway else said.button,
                value=_ANYWAY if anyway else "yes",
                first=True,
                field="area",
                field_label=said.field,
                field_value=typed,
            ),
            Choice(label=said.no, value="no"),
        ],
        over=asked.over(pledge.campaign if pledge else None),
    )
