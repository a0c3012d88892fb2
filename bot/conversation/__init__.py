"""Conversations: (state, event, view) -> (state, effects).

Pure; what is said and done is told as effects.

::

                 /start             language            yes, old enough
    (nothing) ──────────► language ─────────► consent ─────────────────► subscribed ◄──┐
    is stored                                    │ younger                 │    ▲      │ any command or button: stays
                                                 ▼                        /pause /resume
                                     channel and calendar,                 ▼    │
                                     nothing is stored                    paused┘   /stop ► stopped ── /start ► consent

    idle ── /ask ► ask:text ── text ► idle                 idle ── [A child is in danger] ► safety:text ── text ► idle
    idle ── [Where I live] ► settings:place ── text ► idle (or a choice of places)
    idle ── [Mastodon] ► share:server ── text ► idle       idle ── /forget ► rights:forget ── [Yes] ► nothing is stored
    idle ── /carryon, [action] ► carry:develop ── text ► idle

While a text is awaited every other command still works; those that begin something else end the
waiting, /cancel ends it too, the others let it stand. Before consent nothing is stored: what was
chosen so far is carried by the buttons themselves.

A topic is a file of a room, listed in the table below: ``COMMANDS`` (a tuple of `Offer`),
``PRESSES`` (act -> handler, for buttons ``topic:act:…``) and ``TEXTS`` (step -> handler, for a text
while ``State(topic, step)`` waits for one), each of them optional; ``GROUP_ADMINS`` names acts that
in a group only its admins may do; ``LEFT`` gives the button that leads back into a form. A handler
takes (state, event, view) and gives the next state and effects.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import ModuleType

from bot.conversation.look import View
from bot.conversation.words import (
    IDLE,
    Answer,
    Blocked,
    Change,
    Command,
    Event,
    Handler,
    Media,
    Migrated,
    Move,
    Offer,
    Pressed,
    Say,
    State,
    Text,
    Turn,
    link,
)

__all__ = ["IDLE", "State", "offers", "step", "topics"]


_AWAY = ("paused", "stopped")
_ANYWHERE = ("help", "rights", "safety")
"""Topics whose buttons work in a group that we know nothing of.

Nobody agrees to anything in its name by a button.
"""


_ROOMS: Mapping[str, tuple[str, ...]] = {
    "people": ("ask", "help", "rights", "safety", "settings", "start"),
    "actions": ("carry", "share", "today"),
    "pledges": (
        "journey_prompt",
        "journey_still",
        "journey_survey",
        "journey_year",
        "pledge",
        "pledge_end",
        "pledge_form",
        "pledge_team",
        "pledge_verify",
        "scale_up",
    ),
    "staff": (
        "alerts",
        "amplify",
        "announce",
        "holding",
        "inbox",
        "packs",
        "pledges",
        "posting",
        "queue",
        "sheet",
        "stats",
        "uncertain",
    ),
}
"""The topics of each room; a topic's name is on buttons in people's phones and stays."""


@cache
def topics() -> Mapping[str, ModuleType]:
    """The topics by name."""
    return {
        name: import_module(f"{__name__}.{room}.{name}")
        for room, names in _ROOMS.items()
        for name in names
    }


@cache
def offers() -> Mapping[str, Offer]:
    """All commands by name."""
    return {
        offer.name: offer for topic in topics().values() for offer in getattr(topic, "COMMANDS", ())
    }


def step(state: State, event: Event, view: View) -> Turn:  # noqa: PLR0911 - one for each kind
    """One turn; any event at any state gives a helpful answer."""
    match event:
        case Command():
            return _command(state, event, view)
        case Pressed():
            return _pressed(state, event, view)
        case Text():
            if event.reply and (turn := topics()["inbox"].replied(state, event, view)) is not None:
                return turn  # type: ignore[no-any-return]
            handler = _waiting(state)
            return handler(state, event, view) if handler else _idle_text(state, event, view)
        case Media():
            return state, (
                (Say(template="help.media_in_form" if _waiting(state) else "help.media"),)
                if view.private
                else ()
            )
        case Blocked():
            # who has paused or stopped gets nothing in any case, and comes back as they were
            return IDLE, (
                (Change(field="status", value="blocked"),)
                if view.person and view.person.status not in _AWAY
                else ()
            )
        case Migrated():
            return state, (Move(address=event.address),)


def _command(state: State, event: Command, view: View) -> Turn:
    offer = offers().get(event.name)
    if offer is None or (offer.staff and not view.staff):
        return state, (Say(template="help.unknown"),) if view.private else ()
    if not (view.private or offer.group):
        return state, (_in_private(view),)
    if offer.admin and not view.private:
        if view.person is None:
            return state, (Say(template="help.in_private"),)
        if not view.admin:
            return state, (Say(template="help.admins_only"),)
    return _left(state, offer.handler(state, event, view))


def _left(before: State, turn: Turn) -> Turn:
    """Who leaves a form by a command is told that it is kept, and how to go on."""
    way = getattr(topics().get(before.topic), "LEFT", None)
    if way is None or turn[0].topic in (
        before.topic,
        "rights",
    ):  # who is asked whether all shall go is told nothing of keeping
        return turn
    return turn[0], (*turn[1], Say(template="help.left_form", buttons=((way(before),),)))


def _pressed(state: State, event: Pressed, view: View) -> Turn:
    presses: Mapping[str, Handler] = getattr(topics().get(event.topic), "PRESSES", {})
    handler = presses.get(event.act)
    if not view.private and view.person is None and event.topic not in _ANYWHERE:
        return state, (_in_private(view),)
    if not view.admin and event.act in getattr(topics().get(event.topic), "GROUP_ADMINS", ()):
        return state, (Answer(template="help.admins_only"),)
    try:
        return handler(state, event, view) if handler else (state, (Answer(template="help.stale"),))
    except (
        ValueError,
        IndexError,
        KeyError,
        StopIteration,
    ):  # arguments that are not ours, or of an older version
        return state, (Answer(template="help.stale"),)


def _in_private(view: View) -> Say:
    return Say(
        template="help.in_private",
        buttons=((link("private", view.start_link),),) if view.start_link else (),
    )


def _waiting(state: State) -> Handler | None:
    texts: Mapping[str, Handler] = getattr(topics().get(state.topic), "TEXTS", {})
    return texts.get(state.step)


def _idle_text(state: State, event: Text, view: View) -> Turn:
    handler: Handler = topics()["help"].TEXTS[""]
    return handler(state, event, view) if view.private else (state, ())
