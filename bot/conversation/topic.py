"""What a topic is: the commands, buttons and texts that the handlers of one file answer to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps

from bot.conversation.look import View
from bot.conversation.words import Choice, Command, Pressed, State, Step, Text, stale
from bot.model.staff import StaffRole

# a handler takes (state, event, view) and returns the next state and the effects
OnCommand = Callable[[State, Command, View], Step]
OnPress = Callable[[State, Pressed, View], Step]
OnText = Callable[[State, Text, View], Step]


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A command of a topic."""

    name: str
    handler: OnCommand
    #: whether it is for staff only; to others it is an unknown command
    staff: bool = False
    #: what a member of staff needs for it
    role: StaffRole = StaffRole.READER
    #: whether it works in groups too
    group: bool = False
    #: whether it is only for admins in a group
    admin: bool = False
    #: whether it stands in the menu of commands
    listed: bool = True


@dataclass(frozen=True, kw_only=True)
class Topic:
    """What the handlers of one file answer to.

    Its name and acts are on buttons in people's phones, and so are never changed.
    """

    name: str
    commands: tuple[Offer, ...] = ()
    #: handlers of buttons ``name:act:…``, by act
    presses: Mapping[str, OnPress] = field(default_factory=dict)
    #: handlers of a text that ``State(name, step)`` waits for, by step
    texts: Mapping[str, OnText] = field(default_factory=dict)
    #: acts that only admins may do in a group; a text that such an act asks for, by a step of its
    #: name, is theirs to write, too
    group_admins: frozenset[str] = frozenset()
    #: the act of the button that leaves out what a step asks for, by step: whoever types that they
    #: skip it does the same
    passes: Mapping[str, str] = field(default_factory=dict)
    #: makes the button that leads back into a form which was left, where the topic is a form
    way_back: Callable[[State], Choice] | None = None


def only_at(topic: str, step: str) -> Callable[[OnPress], OnPress]:
    """Return a decorator that lets a button act only while this step waits; else it is stale."""

    def decorated(handler: OnPress) -> OnPress:
        @wraps(handler)
        def checked(state: State, event: Pressed, view: View) -> Step:
            return handler(state, event, view) if state.is_at(topic, step) else stale(state)

        return checked

    return decorated
