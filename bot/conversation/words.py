"""The values of a conversation: states, events, buttons and effects.

A topic does nothing itself but returns effects, and looks nothing up but asks the `View`
(`bot.conversation.look`).
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.model import Keyboard

DATA = 64
"""Most bytes that a button may carry (Bot API, callback_data)."""

COPY = 256
"""Most UTF-16 units that a button can copy (Bot API, CopyTextButton)."""

Values = Mapping[str, Any]
"""What a text is filled in with, by the names in its template."""


@dataclass(frozen=True, kw_only=True)
class State:
    """Where a conversation stands; it is kept as JSON."""

    #: the topic that waits for a text; '' where none does
    topic: str = ""
    #: the step at which it waits
    step: str = ""
    #: what the topic must know when the text comes
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
        """Return the state that `dumps` wrote; `IDLE` for what can't be read: nobody is stuck."""
        try:
            plain = json.loads(text)
            return cls(topic=str(plain["topic"]), step=str(plain["step"]), data=dict(plain["data"]))
        except (ValueError, KeyError, TypeError):
            return IDLE


IDLE = State()
"""The state in which no text is awaited."""


# Events


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command that was typed, such as /ask."""

    #: without the slash
    name: str
    #: the rest of the message
    argument: str = ""


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text that was written and is no command."""

    text: str
    #: the text of the message that it answers; empty where it answers none
    reply: str = ""


@dataclass(frozen=True, kw_only=True)
class Pressed:
    """A button that was pressed: its topic, what it does, and its arguments."""

    topic: str
    act: str
    args: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """The first argument, mostly the reference of what the button is about.

        Raises `IndexError` where there is none; then the button isn't ours.
        """
        return self.args[0]

    @property
    def number(self) -> int:
        """The first argument as a number; raises `ValueError` where it is none."""
        return int(self.about)


@dataclass(frozen=True, kw_only=True)
class Media:
    """A photo, voice message, file or the like, which is never looked at."""

    #: such as 'photo', 'voice' or 'document'
    kind: str
    #: what was written below it
    caption: str = ""


@dataclass(frozen=True, kw_only=True)
class Edited:
    """A message that was changed after it was sent; what was made of it stays."""


@dataclass(frozen=True, kw_only=True)
class Blocked:
    """The person blocked us, or took us out of a group."""


@dataclass(frozen=True, kw_only=True)
class Migrated:
    """The group has another address from now on."""

    #: the new address
    address: str


Event = Command | Text | Pressed | Media | Edited | Blocked | Migrated


# Buttons


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A button that somebody may have before their eyes, and may type instead of pressing it."""

    #: its label, then other names for the same, such as that of a language in other languages
    names: tuple[str, ...]
    pressed: Pressed
    #: stands below what was said last, and not long ago: a mere yes or no answers it
    fresh: bool = True


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A button before its words are looked up in the person's language.

    It has one of `press`, `url` and `copy`.
    """

    #: a key under [buttons] of the chat's words.toml, or with `literal` the words themselves
    label: str
    literal: bool = False
    #: 'topic:act:argument…', with which it comes back when it is pressed
    press: str | None = None
    #: the page that it opens
    url: str | None = None
    #: the text that it copies
    copy: str | None = None


Rows = tuple[tuple[Choice, ...], ...]


def press(label: str, topic: str, act: str, *args: object, literal: bool = False) -> Choice:
    """Return a button that comes back as `Pressed(topic, act, args)`."""
    return Choice(label=label, literal=literal, press=":".join((topic, act, *map(str, args))))


def link(label: str, url: str, *, literal: bool = False) -> Choice:
    """Return a button that opens the page at `url`."""
    return Choice(label=label, literal=literal, url=url)


CANCEL = press("cancel", "help", "cancel")
"""[Cancel], after which no text is awaited any more."""

HELP_FOR_CHILD = press("danger", "safety", "open")
"""[A child is in danger], which stands wherever somebody is asked to write."""

WAYS_OUT = (HELP_FOR_CHILD, CANCEL)
"""The last row below a question that waits for a text."""


def rows(choices: "tuple[Choice, ...] | list[Choice]", width: int) -> Rows:
    """Return the choices in rows of at most `width`."""
    return tuple(tuple(choices[start : start + width]) for start in range(0, len(choices), width))


def bind(data: str, address: str) -> str:
    """Return what a button carries: `data`, and in short the address it is made for."""
    return f"{data}~{_short(address)}"


def bound(keyboard: Keyboard, address: str) -> Keyboard:
    """Return buttons that were made for many, each bound to this address."""
    return tuple(
        tuple(replace(b, data=bind(b.data, address)) if b.data is not None else b for b in row)
        for row in keyboard
    )


def unbind(data: str, address: str) -> Pressed | None:
    """Return what was pressed; None for a button that was not made for this address, or by us."""
    body, _, owner = data.rpartition("~")
    parts = body.split(":")
    # topic and act
    if owner != _short(address) or len(parts) < 2 or not all(parts[:2]):  # noqa: PLR2004
        return None
    return Pressed(topic=parts[0], act=parts[1], args=tuple(parts[2:]))


_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_PAIRS = [high + low for high in _DIGITS for low in _DIGITS]
"""Numbers below 1,296 with two digits; one step for each, since every message is bound."""


def _short(address: str) -> str:
    digits = address.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal()):
        return address[:12]
    number, text = int(digits), ""
    while number >= len(_PAIRS):
        number, rest = divmod(number, len(_PAIRS))
        text = _PAIRS[rest] + text
    # of the last pair no leading 0 is written
    return ("-" if address.startswith("-") else "") + _PAIRS[number].removeprefix("0") + text


# Effects


@dataclass(frozen=True, kw_only=True)
class Effect:
    """Something that a topic wants done; `bot.chat.perform` does it, by its class."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a message: one block of a template, which code chose for the case.

    `sentence`, `clause`, `line`, `paragraph` and `indented` make one, by how it follows what stands
    before it.
    """

    template: str
    #: its values beside those of the whole message
    values: Values = field(default_factory=dict)
    #: what stands between it and the part before
    joint: str


Parts = tuple[Part | None, ...]
"""The parts of a message in order, None for what the case leaves out; empty where the message is
one block.
"""


def sentence(template: str, /, **values: object) -> Part:
    """Return a part that goes on in the same line, after a space."""
    return Part(template=template, values=values, joint=" ")


def clause(template: str, /, **values: object) -> Part:
    """Return a part that goes on in the same line without a space, so it brings its own comma."""
    return Part(template=template, values=values, joint="")


def line(template: str, /, **values: object) -> Part:
    """Return a part that begins a line."""
    return Part(template=template, values=values, joint="\n")


def lines(template: str, each: Iterable[Values]) -> tuple[Part, ...]:
    """Return a line for each of the values, all by the same block."""
    return tuple(line(template, **values) for values in each)


def paragraph(template: str, /, **values: object) -> Part:
    """Return a part that begins a paragraph, below an empty line."""
    return Part(template=template, values=values, joint="\n\n")


def below(parts: Parts) -> tuple[Part, ...]:
    """Return the parts as a paragraph of their own; nothing where there are none."""
    said = filter(None, parts)
    return tuple(part if at else replace(part, joint="\n\n") for at, part in enumerate(said))


def indented(template: str, /, **values: object) -> Part:
    """Return a part that begins a line and is indented."""
    return Part(template=template, values=values, joint="\n   ")


@dataclass(frozen=True, kw_only=True)
class Say(Effect):
    """Send a message to the chat."""

    #: 'file.block' in content/<language>/chat; with `parts`, only the name of the whole
    template: str
    values: Values = field(default_factory=dict)
    #: what the message is put together of, where it isn't one block
    parts: Parts = ()
    buttons: Rows = ()
    #: a text that follows in a block which a tap copies
    code: str | None = None


@dataclass(frozen=True, kw_only=True)
class Edit(Say):
    """Put this in the place of the message whose button was pressed; else send it."""


@dataclass(frozen=True, kw_only=True)
class Answer(Effect):
    """Show a short notice where the button was pressed, without a message."""

    template: str
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Document(Effect):
    """Send a text file to the chat."""

    #: 'file.block' of what stands below the file
    template: str
    #: the file's name
    name: str
    content: str
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Picture(Effect):
    """Send a picture to the chat, with all that it shows in words."""

    #: 'file.block' of the words, which stand below it
    template: str
    #: PNG
    content: bytes
    values: Values = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Then(Effect):
    """Answer this press next, to the person as the effects before it have made them."""

    pressed: Pressed


Step = tuple[State, tuple[Effect, ...]]
"""The next state, and the effects in the order in which they are done."""


def stale(state: State) -> Step:
    """Return the step that says that a button is out of date; the state stays."""
    return state, (Answer(template="help.stale"),)
