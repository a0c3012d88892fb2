"""The buttons that people have before their eyes, so that they can type one instead of pressing it.

They are remembered in memory only: who types after a restart is answered as if they had no message
before them.
"""

from collections import OrderedDict
from collections.abc import Sequence

from bot.chat.messages import Outgoing
from bot.conversation.words import Offered, Pressed, unbind
from bot.languages import naming

_LANGUAGE = (("start", "lang"), ("settings", "language"))
"""Topics and acts of the buttons that stand for a language."""

_BUTTONS = 100
"""Most buttons that are remembered of one chat, as Telegram allows below one message."""

_MOST = 10_000
"""Most chats of which the last buttons are remembered."""


class Shown:
    """The last buttons of each chat, by address; `languages` are the tags that we speak."""

    def __init__(self) -> None:
        self._chats: OrderedDict[str, tuple[Offered, ...]] = OrderedDict()

    def at(self, address: str) -> tuple[Offered, ...]:
        """Return the buttons below what was last said there, the last message's first."""
        return self._chats.get(address, ())

    def keep(self, address: str, said: Sequence[Outgoing], languages: Sequence[str]) -> None:
        """Remember the buttons of one answer; a short notice leaves those of before.

        `languages` are the tags that we speak, in which a language is known by name.
        """
        messages = [each for each in said if each.callback is None and each.address == address]
        if messages:
            self._chats.pop(address, None)
            self._put(address, _offered(messages, languages))

    def add(self, message: Outgoing, languages: Sequence[str]) -> None:
        """Remember the buttons of what nobody asked for, beside those of the last answer."""
        offered = _offered([message], languages)
        self._put(message.address, (*offered, *self.at(message.address))[:_BUTTONS])

    def _put(self, address: str, offered: tuple[Offered, ...]) -> None:
        if offered:
            self._chats[address] = offered
            while len(self._chats) > _MOST:
                self._chats.popitem(last=False)


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
