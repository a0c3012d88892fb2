"""Being away: pausing for good or until a day, resuming, and stopping.

::

    /pause ──► paused until /resume ── [One week], [One month], a day that is written ──► until then
                       │                            ▲        │ what is no day, lies behind, or is
                       └── [Until a day …] ► away:until ◄────┘ too far ahead
"""

from datetime import date, timedelta

from bot.conversation.look import View
from bot.conversation.people._join import first
from bot.conversation.people.effects import Change
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    IDLE,
    WAYS_OUT,
    Command,
    Edit,
    Effect,
    Event,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    line,
    paragraph,
    press,
)
from bot.model.person import Status

PAUSES = {"pause_week": 7, "journey_month": 30}
"""Days of each pause, by the label of its button."""

LONGEST = 366
"""Most days of a pause that ends by itself."""

_EXAMPLE = 45
"""How many days ahead the day lies that is given as an example."""


def pause(state: State, event: Event, view: View) -> Step:
    """Pause nudges until /resume, or until the day that stands behind the command.

    Who has stopped gets none in any case.
    """
    if isinstance(event, Command) and event.argument.strip() and view.person:
        return until_day(state, Text(text=event.argument), view)
    lengths = [press(label, "away", "days", days) for label, days in PAUSES.items()]
    ways: Rows = (
        (press("resume", "settings", "resume"),),
        (*lengths, press("pause_day", "away", "ask")),
    )
    return _unless_stopped(state, view, Status.PAUSED, "settings.paused", ways)


def ask(state: State, event: Pressed, view: View) -> Step:
    """Ask until which day to pause."""
    if view.person is None:
        return state, (first(view),)
    values = {"example": _example(view)}
    said = "pause_private" if view.private else "pause_group"
    return State(topic="away", step="until"), (
        Say(template=f"settings.{said}", values=values, buttons=(WAYS_OUT,)),
    )


def days(state: State, event: Pressed, view: View) -> Step:
    """Pause for as long as the button says."""
    if event.number not in PAUSES.values():
        raise ValueError(event.number)
    return _until(state, view, view.today + timedelta(days=event.number), Edit)


def until_day(state: State, event: Text, view: View) -> Step:
    """Pause until a day that was written, or say what is wrong with it."""
    if not view.admin:
        return state, (Say(template="help.admins_only"),)
    day = view.people.day(event.text)
    ahead = (day - view.today).days if day else 0
    if day is not None and 0 < ahead <= LONGEST:
        after = IDLE if state.is_at("away", "until") else state
        return _until(after, view, day, Say)
    why = "unread" if day is None else "far" if ahead > 0 else "past"
    values = {
        "example": _example(view),
        "day": day or "",
        "last": view.today + timedelta(days=LONGEST),
    }
    said = f"pledge_journey.no_day_{why}"
    return State(topic="away", step="until"), (
        Say(template=said, values=values, buttons=(WAYS_OUT,)),
    )


def day_said(state: State, event: Text, view: View) -> Step | None:
    """Take a day that is written alone where [Until a day …] was just offered; None for anything
    else.
    """
    fresh = [each.pressed for each in view.offered if each.fresh]
    asked = any((pressed.topic, pressed.act) == ("away", "ask") for pressed in fresh)
    alone = asked and view.people.day(event.text, alone=True)
    return until_day(state, event, view) if alone else None


def resume(state: State, event: Event, view: View) -> Step:
    """Let nudges come again; who has stopped must agree again, by /start."""
    ways = ((press("today", "today", "today"),),)
    return _unless_stopped(state, view, Status.ACTIVE, "settings.resumed", ways)


def stop(state: State, event: Event, view: View) -> Step:
    """Stop nudges and take consent back; what the person did stays until /forget."""
    if view.person is None:
        return state, (Say(template="settings.stop_nothing"),)
    return IDLE, _status(state, view, Status.STOPPED, "settings.stopped", ())[1]


def stopping(state: State, event: Event, view: View) -> Step:
    """Ask somebody who wrote that they want no messages any more whether they shall stop."""
    if view.person is None or view.person.status is Status.STOPPED:
        return stop(state, event, view)
    ways = (
        (press("stop_yes", "settings", "stop"),),
        (press("pause", "settings", "pause"), press("stop_no", "settings", "stay")),
    )
    return state, (Say(template="settings.stopping", buttons=ways),)


def stay(state: State, event: Pressed, view: View) -> Step:
    """Leave everything as it is; a text that is awaited stays awaited."""
    waiting = bool(state.topic)
    parts = (line("settings.stays"), paragraph("help.help_waiting") if waiting else None)
    return state, (Edit(template="settings.stays_so", parts=parts),)


TOPIC = Topic(
    name="away",
    commands=(
        Offer(name="pause", handler=pause, group=True, admin=True),
        Offer(name="resume", handler=resume, group=True, admin=True),
        Offer(name="stop", handler=stop, group=True, admin=True),
    ),
    presses={"ask": ask, "days": days},
    texts={"until": until_day},
    group_admins=frozenset({"ask", "days"}),
)


def _example(view: View) -> date:
    return view.today + timedelta(days=_EXAMPLE)


def _until(state: State, view: View, day: date, kind: type[Say]) -> Step:
    """Pause until a day, also where a pause without an end has begun."""
    if view.person is None:
        return state, (first(view),)
    if view.person.status is Status.STOPPED:
        return state, (Say(template="settings.start_again"),)
    begun: tuple[Effect, ...] = (
        Change(field="status", value=Status.PAUSED),
        Change(field="until", value=day),
    )
    ways: Rows = ((press("resume", "settings", "resume"),),)
    said = kind(template="settings.paused_until", values={"until": day}, buttons=ways)
    return state, (*begun, said)


def _unless_stopped(state: State, view: View, status: Status, template: str, ways: Rows) -> Step:
    """Change the status, except for somebody who has stopped: they must agree again first."""
    if view.person and view.person.status is Status.STOPPED:
        return state, (Say(template="settings.start_again"),)
    return _status(state, view, status, template, ways)


def _status(state: State, view: View, status: Status, template: str, buttons: Rows) -> Step:
    if view.person is None:
        return state, (first(view),)
    if view.person.status is status:
        return state, (Say(template=f"{template}_already", buttons=buttons),)
    return state, (Change(field="status", value=status), Say(template=template, buttons=buttons))
