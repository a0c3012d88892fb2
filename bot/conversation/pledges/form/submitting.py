"""Submitting a pledge to staff, and what is said then."""

from bot.conversation.look import View
from bot.conversation.people.effects import Change
from bot.conversation.pledges.buttons import to_editors, to_year
from bot.conversation.pledges.effects import Shift
from bot.conversation.pledges.form.preview import FORM
from bot.conversation.pledges.form.questions import ask_next
from bot.conversation.pledges.look import Seen
from bot.conversation.pledges.meant import of_form
from bot.conversation.pledges.verify import offer
from bot.conversation.words import (
    IDLE,
    Answer,
    Edit,
    Parts,
    Pressed,
    Rows,
    State,
    Step,
    line,
    sentence,
    stale,
)
from bot.model import Audience
from bot.model.makers import Form
from bot.rules import forms


@of_form(FORM)
def submit(state: State, event: Pressed, view: View, seen: Seen, of: Form) -> Step:
    """Submit the pledge to staff; a second press only says that it was."""
    if view.person is None:
        return stale(state)
    if seen.pledge.made:
        return state, (Answer(template="pledge_form.submitted_already"),)
    if not forms.is_complete(of, seen.pledge.answers):
        return ask_next(view, seen, seen.pledge.answers)
    speaks = view.person.audience is seen.pledge.audience
    joined = (
        ()
        if speaks
        else (Change(field="audience", value=seen.pledge.audience, extra=_group(seen)),)
    )
    values = {
        "unverified": seen.needs_check,
        "mails": view.pledges.mails,
        "audience": "" if speaks else seen.pledge.audience.word,
        "alone": seen.alone,
    }
    return IDLE, (
        Shift(pledge=seen.id, to="submitted"),
        *joined,
        Edit(
            template="pledge_form.submitted",
            values=values,
            parts=_submitted(view, seen, speaks=speaks),
            buttons=_from_here(view, seen),
        ),
    )


def _from_here(view: View, seen: Seen) -> Rows:
    """Return the buttons below the message that the pledge was submitted."""
    year = () if seen.alone else (to_year(seen),)
    return (*offer(view, seen), (*year, to_editors(seen)))


def _submitted(view: View, seen: Seen, *, speaks: bool) -> Parts:
    checked, alone = seen.needs_check, seen.alone
    steps = () if alone else (line("pledge_form.submitted_steps"),)
    return (
        line("pledge_form.submitted_thanks"),
        sentence("pledge_form.submitted_unverified") if checked else None,
        sentence("pledge_form.submitted_letter") if checked and view.pledges.mails else None,
        *(steps if speaks else (line("pledge_form.submitted_speaks"),)),
    )


def _group(seen: Seen) -> str | None:
    return seen.pledge.stakeholder if seen.pledge.audience is Audience.ORGANIZATION else None
