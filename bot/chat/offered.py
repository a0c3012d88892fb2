"""The buttons that people have before their eyes, so that they can type one instead of pressing it.

They are remembered in memory only: who types after a restart is answered as if they had no message
before them.
"""

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
"""Most chats of which the last buttons are remembered."""


class Shown:
    """The last buttons of each chat, by address; `languages` are the tags that we speak."""

    def __init__(self) -> None:
        self._chats: OrderedDict[str, tuple[int, tuple[Offered, ...]]] = OrderedDict()

    def at(self, address: str, now: int) -> tuple[Offered, ...]:
        """Return the buttons below what was last said there, the last message's first; `now` is in
        epoch seconds.
        """
        at, offered = self._chats.get(address, (now, ()))
        return offered if now - at < FRESH else _of_before(offered)

    def keep(
        self, address: str, said: Sequence[Outgoing], languages: Sequence[str], now: int
    ) -> None:
        """Remember the buttons of one answer; a short notice leaves those of before.

        `languages` are the tags that we speak, in which a language is known by name.
        """
        messages = [each for each in said if each.callback is None and each.address == address]
        if messages:
            self._chats.pop(address, None)
            self._put(address, _offered(messages, languages), now)

    def add(self, message: Outgoing, languages: Sequence[str], now: int) -> None:
        """Remember the buttons of what nobody asked for, beside those of the last answer, to which
        a mere yes or no is said no more.
        """
        offered, before = _offered([message], languages), self.at(message.address, now)
        self._put(message.address, (*offered, *_of_before(before))[:_BUTTONS], now)

    def _put(self, address: str, offered: tuple[Offered, ...], now: int) -> None:
        if offered:
            self._chats[address] = (now, offered)
            while len(self._chats) > _MOST:
                self._chats.popitem(last=False)


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
