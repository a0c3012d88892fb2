"""A pledge that was written on a page, for who opens its code in the chat first.

::

    /start w-<code> ── waits ► its short form ── [Submit] ► a pledge, submitted as those of the chat
        │                           │  └ [Look at it and change it] ► a draft, and its preview
        │                           └ [Delete it] ► gone
        ├── theirs, and a pledge already ► their pledges
        └── unknown, opened by another, too old ► said so, with the way to make one here
"""

from bot.conversation.look import View
from bot.conversation.people._join import joined
from bot.conversation.pledges.effects import Claim, Refuse, Take
from bot.conversation.pledges.look import Written
from bot.conversation.topic import OnPress, Topic
from bot.conversation.words import (
    IDLE,
    Parts,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Then,
    line,
    paragraph,
    press,
    stale,
)
from bot.model.person import Subscriber

_TO_PLEDGES = Then(pressed=Pressed(topic="pledge", act="open"))


@joined
def open_(state: State, event: Pressed, view: View, person: Subscriber) -> Step:
    """Show what would be submitted; from here on nobody else can open it."""
    written = view.pledges.opened_by(event.about)
    if written is None:
        ways: Rows = ((press("pledge_make", "pledge", "open"),),)
        return state, (Say(template="pledge_form.written_gone", buttons=ways),)
    if written.made:
        return state, (_TO_PLEDGES,)
    values = {
        "name": written.name,
        "organisation": written.organisation,
        "group": written.group,
        "action": written.action,
        "until": written.until,
    }
    return state, (
        Claim(proposal=written.id),
        Say(
            template="pledge_form.written",
            values=values,
            parts=_shown(written),
            buttons=_ways(written),
        ),
    )


def _shown(written: Written) -> Parts:
    of = "pledge.card_organisation_group" if written.group else "pledge.card_organisation"
    return (
        line("pledge_form.written_head"),
        paragraph("pledge.card_name"),
        line(of) if written.organisation else None,
        paragraph("pledge_form.written_action") if written.action else None,
        paragraph("pledge_form.written_then"),
    )


def _ways(written: Written) -> Rows:
    return (
        (press("pledge_submit", "pledge_written", "submit", written.id),),
        (press("pledge_change", "pledge_written", "change", written.id),),
        (press("pledge_written_delete", "pledge_written", "delete", written.id),),
    )


def submit(state: State, event: Pressed, view: View) -> Step:
    """Make it a pledge, and submit that as any other; a second press only shows it."""
    return _go_on(state, event, view, "submit")


def change(state: State, event: Pressed, view: View) -> Step:
    """Make it a draft, and show all of it."""
    return _go_on(state, event, view, "preview")


def delete(state: State, event: Pressed, view: View) -> Step:
    """Delete what was written."""
    written = view.pledges.written(event.number)
    return (IDLE, (Refuse(proposal=written.id),)) if written else stale(state)


def _go_on(state: State, event: Pressed, view: View, act: str) -> Step:
    written = view.pledges.written(event.number)
    return (IDLE, (Take(proposal=written.id, act=act),)) if written else stale(state)


_PRESSES: dict[str, OnPress] = {
    "open": open_,
    "submit": submit,
    "change": change,
    "delete": delete,
}
TOPIC = Topic(name="pledge_written", presses=_PRESSES)
