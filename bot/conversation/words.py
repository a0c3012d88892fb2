"""The words of a conversation: states, events, buttons and effects. Plain values, no I/O.

A topic never does anything: it gives effects. It never looks anything up: it asks the `View`
(`bot.conversation.look`).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.model import Keyboard

DATA = 64
"""Most bytes that a button may carry."""

COPY = 256
"""Most characters that a button can copy, as UTF-16 counts them."""


Values = Mapping[str, Any]
"""What a text says, by the names that its template knows."""


@dataclass(frozen=True, kw_only=True)
class State:
    """Where a conversation stands: nothing is awaited (an empty topic), or `topic` waits at `step`
    for a text. Kept as JSON.
    """

    topic: str = ""
    step: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)

    def dumps(self) -> str:
        """Write the state as JSON text, for the database."""
        return json.dumps(
            {"topic": self.topic, "step": self.step, "data": dict(self.data)}, ensure_ascii=False
        )

    def is_at(self, topic: str, step: str) -> bool:
        """Whether this step of the topic waits for a text."""
        return (self.topic, self.step) == (topic, step)

    @classmethod
    def loads(cls, text: str) -> "State":
        """From what `dumps` gave; what can't be read is `IDLE`, so that nobody is stuck."""
        try:
            plain = json.loads(text)
            return cls(topic=str(plain["topic"]), step=str(plain["step"]), data=dict(plain["data"]))
        except (ValueError, KeyError, TypeError):
            return IDLE


IDLE = State()
"""Nothing is awaited."""


# Events


@dataclass(frozen=True, kw_only=True)
class Command:
    """A word with a slash, without it; `argument` is the rest of the line."""

    name: str
    argument: str = ""


@dataclass(frozen=True, kw_only=True)
class Text:
    """Anything else that was written."""

    text: str
    #: the text of the message that it answers; empty where it answers none
    reply: str = ""


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """A button: its topic, what it does, and its arguments."""

    topic: str
    act: str
    args: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """The first argument, mostly the reference of what the button is about.

        Raises `IndexError` where there is none, as no button of ours has it.
        """
        return self.args[0]

    @property
    def number(self) -> int:
        """The first argument as a number; raises `ValueError` where it is none."""
        return int(self.about)


@dataclass(frozen=True, kw_only=True)
class Media:
    """A photo, a voice message, a file …; it is never looked at."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class Blocked:
    """The person blocked us, or took us out of a group."""


@dataclass(frozen=True, kw_only=True)
class Migrated:
    """The group has another address from now on."""

    address: str


Event = Command | Text | Pressed | Media | Blocked | Migrated


# Buttons


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A button whose words are still to be found: `label` is a key under [buttons] of the
    language's words, or the words themselves.
    """

    label: str
    #: True: `label` is what stands on the button
    literal: bool = False
    press: str | None = None
    url: str | None = None
    copy: str | None = None


Rows = tuple[tuple[Choice, ...], ...]


def press(label: str, topic: str, act: str, *args: object, literal: bool = False) -> Choice:
    """A button that comes back as `Pressed(topic, act, args)`."""
    return Choice(label=label, literal=literal, press=":".join((topic, act, *map(str, args))))


def link(label: str, url: str, *, literal: bool = False) -> Choice:
    """A button that opens a page."""
    return Choice(label=label, literal=literal, url=url)


CANCEL = press("cancel", "help", "cancel")
"""[Cancel]: nothing is awaited any more."""

HELP_FOR_CHILD = press("danger", "safety", "open")
"""[A child is in danger]: stands wherever somebody is asked to write."""


WAYS_OUT = (HELP_FOR_CHILD, CANCEL)
"""The last row below a question that waits for a text."""


def rows(choices: "tuple[Choice, ...] | list[Choice]", width: int) -> Rows:
    """The choices in rows of at most `width`."""
    return tuple(tuple(choices[start : start + width]) for start in range(0, len(choices), width))


def bind(data: str, address: str) -> str:
    """What a button carries: `data`, and the address it was made for."""
    return f"{data}~{_short(address)}"


def bound(keyboard: Keyboard, address: str) -> Keyboard:
    """Buttons that were made for many, each answering for this address alone."""
    return tuple(
        tuple(replace(b, data=bind(b.data, address)) if b.data is not None else b for b in row)
        for row in keyboard
    )


def unbind(data: str, address: str) -> Pressed | None:
    """What was pressed; None when the button was not made for this address, or never by us."""
    body, _, owner = data.rpartition("~")
    parts = body.split(":")
    # topic and act
    if owner != _short(address) or len(parts) < 2 or not all(parts[:2]):  # noqa: PLR2004
        return None
    return Pressed(topic=parts[0], act=parts[1], args=tuple(parts[2:]))


def _short(address: str) -> str:
    digits = address.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal()):
        return address[:12]
    number, text = int(digits), ""
    while number:
        number, rest = divmod(number, 36)
        text = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + text
    return ("-" if address.startswith("-") else "") + (text or "0")


# Effects


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Something that a topic wants done; `bot.chat` knows how, by the class of it."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of a message: one block, which code chose for the case.

    `sentence`, `clause`, `line` and the others below make one, by how it follows on what stands
    before.
    """

    template: str
    #: what it says beside the values of the whole message
    values: Values = field(default_factory=dict)
    #: what stands between it and the part before
    joint: str


Parts = tuple[Part | None, ...]
"""The pieces of a message in their order; None for what the case leaves out. Empty where the
message is one block.
"""


def sentence(template: str, /, **values: object) -> Part:
    """A part that goes on in the same line."""
    return Part(template=template, values=values, joint=" ")


def clause(template: str, /, **values: object) -> Part:
    """A part that goes on without a space, and so brings its own comma."""
    return Part(template=template, values=values, joint="")


def line(template: str, /, **values: object) -> Part:
    """A part that begins a line."""
    return Part(template=template, values=values, joint="\n")


def lines(template: str, each: Iterable[Values]) -> tuple[Part, ...]:
    """A line for each of the values, all by the same block."""
    return tuple(line(template, **values) for values in each)


def paragraph(template: str, /, **values: object) -> Part:
    """A part that begins a paragraph, below an empty line."""
    return Part(template=template, values=values, joint="\n\n")


def below(parts: Parts) -> tuple[Part, ...]:
    """The parts as a paragraph of their own; nothing where there are none."""
    said = [part for part in parts if part]
    return tuple(replace(part, joint="\n\n") if at == 0 else part for at, part in enumerate(said))


def indented(template: str, /, **values: object) -> Part:
    """A part that begins a line and is set in."""
    return Part(template=template, values=values, joint="\n   ")


@dataclass(frozen=True, kw_only=True)
class Say(Effect):
    """Send a message: `template` is file.block in content/<language>/chat.

    Where there are `parts` it is put together of them, and `template` is only what the whole is
    called. `code` follows in a block that a tap copies.
    """

    template: str
    values: Values = field(default_factory=dict)
    parts: Parts = ()
    buttons: Rows = ()
    code: str | None = None


@dataclass(frozen=True, kw_only=True)
class Edit(Say):
    """Put this in the place of the message whose button was pressed.

    A new message where there is none.
    """


@dataclass(frozen=True, kw_only=True)
class Answer(Effect):
    """A short word at the pressed button, without a message."""

    template: str
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Document(Effect):
    """Send a file; `template` is what stands below it."""

    template: str
    name: str
    content: str
    values: Values = field(default_factory=dict)


Step = tuple[State, tuple[Effect, ...]]
"""The next state, and the effects in their order."""


def stale(state: State) -> Step:
    """Say that a button is older than what it is about; nothing else happens."""
    return state, (Answer(template="help.stale"),)
