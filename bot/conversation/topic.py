"""What a topic is: the commands, buttons and texts that the handlers of one file answer to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps

from bot.conversation.look import View
from bot.conversation.words import Choice, Command, Pressed, State, Step, Text, stale

# A handler takes (state, event, view) and gives the next state and effects.
OnCommand = Callable[[State, Command, View], Step]
OnPress = Callable[[State, Pressed, View], Step]
OnText = Callable[[State, Text, View], Step]


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A command of a topic."""

    name: str
    handler: OnCommand
    #: for staff only; from others it looks like an unknown command
    staff: bool = False
    #: works in groups too
    group: bool = False
    #: in a group, only for its admins
    admin: bool = False
    #: stands in the menu of commands
    listed: bool = True


@dataclass(frozen=True, kw_only=True)
class Topic:
    """What the handlers of one file answer to; its name and its acts are on buttons in people's
    phones, and stay.
    """

    name: str
    commands: tuple[Offer, ...] = ()
    #: by act, for buttons ``name:act:…``
    presses: Mapping[str, OnPress] = field(default_factory=dict)
    #: by step, for a text while ``State(name, step)`` waits for one
    texts: Mapping[str, OnText] = field(default_factory=dict)
    #: acts that in a group only its admins may do
    group_admins: frozenset[str] = frozenset()
    #: the button that leads back into a form which was left, where there is one
    way_back: Callable[[State], Choice] | None = None


def only_at(topic: str, step: str) -> Callable[[OnPress], OnPress]:
    """Let a button's handler act only while this step waits; at any other time it is stale."""

    def decorated(handler: OnPress) -> OnPress:
        @wraps(handler)
        def checked(state: State, event: Pressed, view: View) -> Step:
            return handler(state, event, view) if state.is_at(topic, step) else stale(state)

        return checked

    return decorated
