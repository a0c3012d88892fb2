"""Holds: staff stop everything or a part of it by one tap and a confirmation, and let it go on.

::

    idle ── /hold, [A country] ► holding:country ── text ► idle
    idle ── /hold, [Everything] ► (asks once) ── [Yes, hold it] ► held
    idle ── /hold, [An action] ► holding:action ── words of its title, or one of those shown ► idle
    idle ── /hold, [A campaign], [A language], [A group] ► (offers those there are)
    held ── [Say why] ► holding:why ── text ► idle
    held ── [Until when] ► holding:until ── an instant ► idle
    idle ── /release, [what is held] ► released, or holding:late while something there is past its
                                       grace: [Send] or [Skip] for each, then released
"""

from collections.abc import Mapping, Sequence

from bot.conversation.look import View
from bot.conversation.staff.common import asking, button, short, staff_only
from bot.conversation.staff.effects import ExplainHold, HoldIt, Release
from bot.conversation.topic import Offer, Topic, only_at
from bot.conversation.words import (
    CANCEL,
    IDLE,
    Answer,
    Command,
    Edit,
    Part,
    Parts,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    line,
    paragraph,
    press,
    rows,
    sentence,
    stale,
)
from bot.languages import said_row
from bot.model.outbox import Late, Scope
from bot.model.staff import StaffRole
from bot.times import epoch

_PARTS = {"campaign": "m", "language": "l", "group": "g"}
"""Parts that are chosen from a short list, with the marks by which buttons name them."""

_SHOWN = 8
"""Most actions that have a button; others are found by words of their titles."""


@staff_only
def hold(state: State, event: Command | Pressed, view: View) -> Step:
    """Ask what shall be held."""
    channels = [
        press(name, "holding", "ask", "c", short(name), literal=True)
        for name in view.staff.channels()
    ]
    buttons = (
        (press("everything", "holding", "ask", "e"),),
        *rows(channels, 2),
        (press("a_country", "holding", "country"), press("an_action", "holding", "action")),
        *rows([press(f"a_{kind}", "holding", "part", kind) for kind in _kinds(view)], 3),
    )
    return state, (_what(view, buttons),)


@staff_only
def day(state: State, event: Pressed, view: View) -> Step:
    """Ask what shall be held of a day: offer its own actions first."""
    others = (
        press("everything", "holding", "ask", "e"),
        press("something_else", "holding", "open"),
    )
    buttons = (*_actions(view.staff.actions_on(event.about)), others)
    return state, (_what(view, buttons),)


@staff_only
def ask(state: State, event: Pressed, view: View) -> Step:
    """Ask whether the scope shall really be held."""
    scope = _scope(event.args, view)
    after = IDLE if state.is_at("holding", "action") else state
    return after, (_sure(scope, event.args, view) if scope else Answer(template="help.stale"),)


@staff_only
def part(state: State, event: Pressed, view: View) -> Step:
    """Offer the campaigns, languages or groups there are, to choose the one that shall be held."""
    if event.about not in _PARTS:
        return stale(state)
    buttons = [
        press(button(name), "holding", "ask", _PARTS[event.about], short(each), literal=True)
        for each, name in view.staff.parts(event.about)
    ]
    return state, (Say(template="staff.which_part", buttons=rows(buttons, 2)),)


def _kinds(view: View) -> list[str]:
    """Return the kinds of which a part is less than everything."""
    return [kind for kind in _PARTS if len(view.staff.parts(kind)) > (0 if kind == "group" else 1)]


@staff_only
def why(state: State, event: Pressed, view: View) -> Step:
    """Ask why it is held."""
    return _ask_about(state, event, view, "why")


@staff_only
def until(state: State, event: Pressed, view: View) -> Step:
    """Ask until when it is held."""
    return _ask_about(state, event, view, "until")


def _ask_about(state: State, event: Pressed, view: View, step: str) -> Step:
    scope = _scope(event.args, view)
    if scope is None or scope not in view.staff.holds():
        return state, (Answer(template="staff.not_held"),)
    waiting = State(topic="holding", step=step, data={"scope": scope.values})
    values = {"now": epoch(view.now)}
    return waiting, (Say(template=f"staff.hold_{step}", values=values, buttons=((CANCEL,),)),)


@staff_only
def explained(state: State, event: Text, view: View) -> Step:
    """Keep why it is held."""
    scope = Scope(**state.data["scope"])
    if scope not in view.staff.holds():
        return IDLE, (Say(template="staff.not_held"),)
    explain = ExplainHold(scope=scope, reason=event.text)
    return IDLE, (explain, Say(template="staff.hold_explained"))


@staff_only
def ends(state: State, event: Text, view: View) -> Step:
    """Keep until when it is held."""
    scope, at = Scope(**state.data["scope"]), view.staff.instant(event.text)
    if scope not in view.staff.holds():
        return IDLE, (Say(template="staff.not_held"),)
    if at is None:
        now = {"now": epoch(view.now)}
        return state, (Say(template="staff.no_instant", values=now, buttons=((CANCEL,),)),)
    explain = ExplainHold(scope=scope, until=at)
    return IDLE, (explain, Say(template="staff.hold_ends", values={"at": at}))


@staff_only
def country(state: State, event: Pressed, view: View) -> Step:
    """Ask which country shall be held."""
    return State(topic="holding", step="country"), (asking("staff.which_country"),)


@staff_only
def named(state: State, event: Text, view: View) -> Step:
    """Ask whether the country, written as a code or a name, shall really be held."""
    code = view.staff.country(event.text)
    if not code:
        return state, (asking("staff.no_country"),)
    return IDLE, (_sure(Scope(country=code), ("k", code), view),)


@staff_only
def action(state: State, event: Pressed, view: View) -> Step:
    """Offer the actions that come next, to choose the one that shall be held."""
    actions = view.staff.actions()
    if not actions:
        return state, (Answer(template="staff.no_actions"),)
    values = {"more": max(0, len(actions) - _SHOWN)}
    return State(topic="holding", step="action"), (
        Say(
            template=_which(values["more"]),
            values=values,
            buttons=(*_actions(actions[:_SHOWN]), (CANCEL,)),
        ),
    )


@staff_only
def searched(state: State, event: Text, view: View) -> Step:
    """Offer the actions in whose title or id the written words stand."""
    words = event.text.strip().casefold()
    actions = [
        action
        for action in view.staff.actions()
        if words and (words in action[1].casefold() or words in action[0])
    ]
    if not actions:
        return state, (asking("staff.no_such_action"),)
    if len(actions) == 1:
        return IDLE, (_sure(Scope(action=actions[0][0]), ("a", short(actions[0][0])), view),)
    values = {"more": max(0, len(actions) - _SHOWN)}
    return state, (
        Say(
            template=_which(values["more"]),
            values=values,
            buttons=(*_actions(actions[:_SHOWN]), (CANCEL,)),
        ),
    )


@staff_only
def yes(state: State, event: Pressed, view: View) -> Step:
    """Hold the scope at once."""
    scope = _scope(event.args, view)
    if scope is None:
        return stale(state)
    if scope in view.staff.holds():
        return state, (Answer(template="staff.held_already"),)
    held = f"staff.held_{_kind(scope)}"
    more = (
        press("hold_why", "holding", "why", *event.args),
        press("hold_until", "holding", "until", *event.args),
    )
    edit = Edit(template=held, values=_values(scope, view), buttons=(more,))
    return state, (HoldIt(scope=scope), edit)


@staff_only
def no(state: State, event: Pressed, view: View) -> Step:
    """Leave everything as it is."""
    return IDLE if state.topic == "holding" else state, (Edit(template="staff.nothing_changed"),)


@staff_only
def release(state: State, event: Command, view: View) -> Step:
    """Ask which of the holds shall end."""
    held = view.staff.holds()
    if not held:
        return state, (Say(template="staff.nothing_held"),)
    choices = [
        press(
            _label(scope, view),
            "holding",
            "free",
            *_args(scope),
            literal=scope != Scope(),
        )
        for scope in held
    ]
    return state, (
        Say(template="staff.release", values={"held": _named(view)}, buttons=rows(choices, 1)),
    )


@staff_only
def free(state: State, event: Pressed, view: View) -> Step:
    """Release the scope at once, or ask first about what is late there."""
    scope = _scope(event.args, view)
    hold = view.staff.hold(scope) if scope is not None else None
    if scope is None or hold is None or hold.lifting:
        return state, (Answer(template="staff.not_held"),)
    data = {"scope": scope.values, "hold": hold.id, "send": [], "asked": []}
    return _ask_next(State(topic="holding", step="late", data=data), scope, view)


@staff_only
@only_at("holding", "late")
def late(state: State, event: Pressed, view: View) -> Step:
    """Take whether one late occurrence on a channel shall be sent; the last answer releases."""
    key, send = [int(event.args[1]), int(event.args[2])], event.about == "s"
    if key in state.data["asked"]:
        return stale(state)
    data = {
        **state.data,
        "asked": [*state.data["asked"], key],
        "send": [*state.data["send"], *([key] if send else [])],
    }
    return _ask_next(
        State(topic="holding", step="late", data=data), Scope(**state.data["scope"]), view
    )


TOPIC = Topic(
    name="holding",
    commands=(
        Offer(name="hold", handler=hold, staff=True, role=StaffRole.APPROVER),
        Offer(name="release", handler=release, staff=True, role=StaffRole.APPROVER),
    ),
    presses={
        "open": hold,
        "day": day,
        "ask": ask,
        "country": country,
        "action": action,
        "part": part,
        "why": why,
        "until": until,
        "yes": yes,
        "no": no,
        "free": free,
        "late": late,
    },
    texts={"country": named, "action": searched, "why": explained, "until": ends},
)


def _actions(actions: Sequence[tuple[str, str]]) -> Rows:
    return rows(
        [
            press(button(title), "holding", "ask", "a", short(name), literal=True)
            for name, title in actions
        ],
        1,
    )


def _ask_next(state: State, scope: Scope, view: View) -> Step:
    hold = view.staff.hold(scope)
    if hold is None or hold.lifting or state.data.get("hold", hold.id) != hold.id:
        return IDLE, (Say(template="staff.not_held"),)
    left = [
        late
        for late in view.staff.late(scope)
        if [late.occurrence, late.channel_id] not in state.data["asked"]
    ]
    if left:
        return state, (_question(left[0], len(left), view),)
    send = tuple((int(occurrence), int(channel)) for occurrence, channel in state.data["send"])
    values = {
        **_values(scope, view),
        "sent": len(send),
        "skipped": len(state.data["asked"]) - len(send),
    }
    template = "staff.released_late" if state.data["asked"] else "staff.released_all"
    released = Release(scope=scope, shown=hold.id, send=send)
    return IDLE, (released, Say(template=template, values=values))


def _question(late: Late, left: int, view: View) -> Say:
    values = {
        "title": view.staff.named(late),
        "day": late.day,
        "name": late.channel,
        "count": late.count,
        "left": left,
    }
    answers = tuple(
        press(word, "holding", "late", word[0], late.occurrence, late.channel_id)
        for word in ("send_late", "nothing_late")
    )
    parts = (
        line("staff.late_one" if left > 1 else "staff.late_last"),
        paragraph("staff.late_dry") if late.channel in view.staff.dry() else None,
    )
    return Say(template="staff.late", values=values, parts=parts, buttons=(answers,))


def _sure(scope: Scope, args: tuple[str, ...], view: View) -> Say:
    buttons: Rows = ((press("hold_yes", "holding", "yes", *args), press("keep", "holding", "no")),)
    parts = (
        line(f"staff.hold_sure_{_kind(scope)}"),
        sentence("staff.hold_sure_reminders") if scope.action else None,
        paragraph("staff.hold_sure_people"),
    )
    values = {**_values(scope, view), "people": view.staff.stops(scope)}
    return Say(template="staff.hold_sure", values=values, parts=parts, buttons=buttons)


def _kind(scope: Scope) -> str:
    """Return the first thing that a scope names, as in the names of texts."""
    order = ("channel", "country", "action", "campaign", "language", "group")
    return next((kind for kind in order if scope.values[kind]), "everything")


def _which(more: int) -> str:
    return "staff.which_of_many_actions" if more else "staff.which_of_actions"


def _what(view: View, buttons: Rows) -> Say:
    """Return the message that says what is held now and asks what shall be."""
    held = _named(view)
    return Say(
        template="staff.hold",
        values={"held": held},
        parts=(*_held_now(view), line("staff.hold_what")),
        buttons=buttons,
    )


def _now(scope: Mapping[str, str]) -> Part:
    names = [name for name in scope.values() if name]
    return line("staff.hold_now", names=names) if names else line("staff.hold_now_everything")


def _held_now(view: View) -> Parts:
    """Return what is held, each with why and until when."""
    parts: list[Part | None] = []
    for scope in view.staff.holds():
        hold = view.staff.hold(scope)
        parts.append(_now(_values(scope, view)))
        if hold is not None and hold.reason:
            parts.append(line("staff.hold_now_why", reason=hold.reason))
        if hold is not None and hold.until:
            parts.append(line("staff.hold_now_until", at=hold.until))
    return tuple(parts)


def _values(scope: Scope, view: View) -> dict[str, str]:
    """Return a scope in words, as values of a text, for which `language` is its own."""
    names = view.staff.scope_names(scope)
    return {("spoken" if part == "language" else part): name for part, name in names.items()}


def _named(view: View) -> list[dict[str, str]]:
    return [_values(scope, view) for scope in view.staff.holds()]


def _label(scope: Scope, view: View) -> str:
    words = [word for word in _values(scope, view).values() if word]
    return button(said_row(words, view.language)) or "everything"


def _args(scope: Scope) -> tuple[str, ...]:
    """Return the arguments by which a button names a hold.

    That is its one part, or, for a hold of several parts from the command line, a digest of all.
    """
    parts = [
        (kind, word)
        for kind, word in (
            ("c", scope.channel),
            ("k", scope.country),
            ("a", scope.action),
            *((mark, scope.values[part]) for part, mark in _PARTS.items()),
        )
        if word
    ]
    if not parts:
        return ("e",)
    if len(parts) == 1:
        kind, word = parts[0]
        return (kind, word if kind == "k" else short(word))
    return ("h", short(repr(scope.values)))


def _scope(args: tuple[str, ...], view: View) -> Scope | None:
    look = view.staff
    match args:
        case ("e",):
            return Scope()
        case ("c", ref):
            return next(
                (Scope(channel=name) for name in look.channels() if short(name) == ref),
                _held(args, view),
            )
        case ("k", code):
            return Scope(country=code) if look.country(code) == code else None
        case (("m" | "l" | "g") as mark, ref):
            kind = next(part for part, each in _PARTS.items() if each == mark)
            return next(
                (Scope(**{kind: each}) for each, _ in look.parts(kind) if short(each) == ref),
                _held(args, view),
            )
        case ("a", ref):
            return next(
                (Scope(action=name) for name, _ in look.actions() if short(name) == ref),
                _held(args, view),
            )
    return _held(args, view)


def _held(args: tuple[str, ...], view: View) -> Scope | None:
    return next((scope for scope in view.staff.holds() if _args(scope) == args), None)
