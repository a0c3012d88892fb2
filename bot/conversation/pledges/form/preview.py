"""The preview of a pledge: its answers with the SMART review, and the document for clearance."""

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation.look import View
from bot.conversation.pledges.buttons import to_card
from bot.conversation.pledges.look import Seen
from bot.conversation.pledges.meant import form_of, of_pledge
from bot.conversation.words import (
    HELP_FOR_CHILD,
    IDLE,
    Document,
    Parts,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Values,
    below,
    line,
    lines,
    paragraph,
    press,
    rows,
)
from bot.model.makers import Form
from bot.model.pledge import PledgeState
from bot.rules import forms

FORM = "pledge"
"""The id of the form in forms.toml."""


@of_pledge
def preview(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Show all answers, with what could be sharper."""
    return previewed(view, seen, seen.pledge.answers)


@of_pledge
def document(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Give the draft as a file, for clearance inside the organisation."""
    name, content = view.pledges.draft(seen)
    return state, (
        Document(
            template="pledge_form.document",
            name=name,
            content=content,
            values={"kept": seen.kept},
        ),
    )


def previewed(
    view: View,
    seen: Seen,
    answers: forms.Answers,
    accounts: tuple[tuple[str, str], ...] | None = None,
) -> Step:
    """Return the step that shows all answers, with what could be sharper.

    `answers` are those that the pledge has once this turn's effects are done, and so are
    `accounts`, each as (network, address); None: those of before.
    """
    of = form_of(view, seen, FORM)
    if of is None:
        return IDLE, (Say(template="pledge.closed"),)
    shown = _replaced(seen, answers, seen.accounts if accounts is None else accounts)
    [step] = forms.sheet(of, answers, view.pledges.words(seen.pledge.campaign))
    values = {
        "organisation": shown.pledge.organisation,
        "lines": [
            {"number": _at(of, each.id) + 1, "ask": each.ask, "answer": each.answer}
            for each in step.lines
        ],
        "accounts": [{"label": label, "url": url} for label, url in shown.accounts],
        "hints": list(view.pledges.review(shown)),
        "made": shown.pledge.made,
        "public": shown.pledge.state in (PledgeState.APPROVED, PledgeState.PUBLISHED),
    }
    return IDLE, (
        Say(
            template="pledge_form.preview",
            values=values,
            parts=_parts(values),
            buttons=_preview_ways(of, shown, [_at(of, each.id) for each in step.lines]),
        ),
    )


def _at(of: Form, question_id: str) -> int:
    return next(n for n, question in enumerate(of.questions) if question.id == question_id)


def _parts(values: Values) -> Parts:
    hints = lines("pledge_form.preview_hint", [{"hint": hint} for hint in values["hints"]])
    of = "pledge_form.preview_head_of" if values["organisation"] else "pledge_form.preview_head"
    return (
        line(of),
        *(paragraph("pledge_form.preview_answer", **each) for each in values["lines"]),
        *below(lines("pledge_form.account", values["accounts"])),
        paragraph("pledge_form.preview_hints") if hints else None,
        *hints,
        paragraph("pledge_form.preview_public") if values["public"] else None,
    )


def _replaced(seen: Seen, answers: forms.Answers, accounts: tuple[tuple[str, str], ...]) -> Seen:
    """Return the pledge as it will stand once this turn's effects are done."""
    return replace(seen, pledge=replace(seen.pledge, answers=answers), accounts=accounts)


def _preview_ways(of: Form, seen: Seen, shown: Sequence[int]) -> Rows:
    numbers = [
        press(f"✎ {n + 1}", "pledge_form", "change", seen.id, n, literal=True) for n in shown
    ]
    untold = forms.untold(of, seen.pledge.answers)
    more = ((press("pledge_more", "pledge_form", "more", seen.id),),) if untold else ()
    sent = (
        () if seen.pledge.made else ((press("pledge_submit", "pledge_form", "submit", seen.id),),)
    )
    return (
        *sent,
        *rows(numbers, 4),
        *more,
        (
            press("pledge_accounts", "pledge_form", "accounts", seen.id),
            press("pledge_document", "pledge_form", "document", seen.id),
        ),
        (to_card(seen), HELP_FOR_CHILD),
    )
