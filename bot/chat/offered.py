"""The buttons that people have before their eyes, so that they can type one instead of pressing it.

Those of people who are stored are kept in the store too, so that they outlive a restart.
"""

import json
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

from bot.chat.messages import Outgoing
from bot.conversation.words import Offered, Pressed, unbind
from bot.languages import naming

_LANGUAGE = (("start", "lang"), ("settings", "language"))
"""Topics and acts of the buttons that stand for a language."""

_BUTTONS = 100
"""Most buttons that are remembered of one chat, as Telegram allows below one message."""

FRESH = 3_600
"""Seconds for which a mere yes or no answers the last question: later something else may have come,
such as a nudge, that it is said to.
"""

_MOST = 10_000
"""Most chats of which the last buttons are remembered in memory."""

_NONE = (0, ())


class Shown:
    """The last buttons of each chat, by address; `languages` are the tags that we speak."""

    def __init__(self) -> None:
        self._chats: OrderedDict[str, tuple[int, tuple[Offered, ...]]] = OrderedDict()

    def knows(self, address: str) -> bool:
        """Return whether it is known what a chat shows, be it nothing."""
        return address in self._chats

    def at(self, address: str, now: int) -> tuple[Offered, ...]:
        """Return the buttons below what was last said there, the last message's first; `now` is in
        epoch seconds.
        """
        at, offered = self._chats.get(address, _NONE)
        return offered if now - at < FRESH else _of_before(offered)

    def restore(self, address: str, kept: tuple[int, str] | None) -> None:
        """Take what the store kept of a chat: when it was said, and what `dumps` gave."""
        self._put(address, *((loads(kept[1]), kept[0]) if kept else ((), 0)))

    def dumps(self, address: str) -> tuple[int, str] | None:
        """Return when a chat's buttons were said, and they as JSON text; None for none."""
        at, offered = self._chats.get(address, _NONE)
        if not offered:
            return None
        return at, json.dumps([_plain(each) for each in offered], ensure_ascii=False)

    def keep(
        self, address: str, said: Sequence[Outgoing], languages: Sequence[str], now: int
    ) -> bool:
        """Remember the buttons of one answer; a short notice leaves those of before.

        `languages` are the tags that we speak, in which a language is known by name. Returns
        whether there was an answer.
        """
        messages = [each for each in said if each.callback is None and each.address == address]
        if messages:
            self._put(address, _offered(messages, languages), now)
        return bool(messages)

    def add(self, message: Outgoing, languages: Sequence[str], now: int) -> None:
        """Remember the buttons of what nobody asked for, beside those of the last answer, to which
        a mere yes or no is said no more.
        """
        offered, before = _offered([message], languages), self.at(message.address, now)
        self._put(message.address, (*offered, *_of_before(before))[:_BUTTONS], now)

    def _put(self, address: str, offered: tuple[Offered, ...], now: int) -> None:
        self._chats[address] = (now, offered)
        self._chats.move_to_end(address)
        while len(self._chats) > _MOST:
            self._chats.popitem(last=False)


def _plain(offered: Offered) -> list[str | bool]:
    pressed = offered.pressed
    return [":".join((pressed.topic, pressed.act, *pressed.args)), offered.fresh, *offered.names]


def loads(text: str) -> tuple[Offered, ...]:
    """Return the buttons that `Shown.dumps` wrote; none for what can't be read."""
    try:
        return tuple(
            Offered(names=tuple(map(str, names)), pressed=_pressed(press), fresh=bool(fresh))
            for press, fresh, *names in json.loads(text)
        )
    except (ValueError, TypeError, AttributeError):
        return ()


def _pressed(data: str) -> Pressed:
    topic, act, *args = data.split(":")
    return Pressed(topic=topic, act=act, args=tuple(args))


def _of_before(offered: Sequence[Offered]) -> tuple[Offered, ...]:
    return tuple(replace(each, fresh=False) for each in offered)


def _offered(messages: Sequence[Outgoing], languages: Sequence[str]) -> tuple[Offered, ...]:
    return tuple(
        Offered(names=(button.label, *_also(pressed, languages)), pressed=pressed)
        for message in reversed(messages)
        for row in message.keyboard
        for button in row
        if button.data is not None and (pressed := unbind(button.data, message.address)) is not None
    )


def _also(pressed: Pressed, languages: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the language that a button stands for; nothing for other buttons."""
    if (pressed.topic, pressed.act) not in _LANGUAGE or not pressed.args:
        return ()
    names = (naming(tag).languages.get(pressed.about.replace("-", "_")) for tag in languages)
    return tuple(name for name in names if name)
