"""The chat in a terminal: the same entry and the same store, without a token.

A line is a message, in which a backslash with an n is a line break. ``[Label]`` presses the button
of that label on the newest message that has it; ``(photo)``, ``(voice)`` and ``(file)`` stand for
what can't be typed. Nudges that fall due come in between. Only this person's deliveries are sent;
posts, and everybody else's deliveries, stay where they are.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import ClassVar

from typing_extensions import override

from bot.chat.entry import ChatEntry
from bot.chat.messages import Arrival, Outgoing
from bot.conversation.words import Command, Media, Text, bound
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.services import Services
from bot.jobs.ticks import TICKS
from bot.model import Button, Channel, Keyboard, Limits, Message, Prices, Receipt, Secret
from bot.networks.base import Network as Base
from bot.networks.telegram.network import Network as Telegram

_MEDIA = re.compile(r"\((photo|voice|file)\)(?: +(.+))?", re.DOTALL)
_PRESS = re.compile(r"\[(.+?)\](?:\(.*\))?")
_ROUNDS = 100
"""Most steps of the dispatcher at one instant; its clock goes on by a second with each."""

_SCREEN = "screen of {}"
_KEPT = 40
"""Most messages with buttons that stay on somebody's screen."""

Write = Callable[[str], None]


class Network(Base):
    """Stands for the chat's network, and keeps what goes to the person until it is shown."""

    LIMITS: ClassVar[Limits] = Telegram.LIMITS
    PRICES: ClassVar[Prices] = Telegram.PRICES
    NUDGES: ClassVar[bool] = True
    BUTTONS: ClassVar[bool] = True

    def __init__(self, channel: Channel, secrets: Mapping[str, Secret]) -> None:
        super().__init__(channel, secrets)
        #: what came for the person and was not shown yet
        self.came: list[Message] = []

    @override
    async def send(self, message: Message) -> Receipt:
        """Keep the message for the terminal to show."""
        self.came.append(message)
        return Receipt(id=f"terminal:{message.key}")

    @override
    async def probe(self) -> str:
        """Give the name under which the terminal stands in."""
        return "a terminal"


async def due(
    services: Services, network: Network, now: datetime, only: Callable[[], int]
) -> list[Message]:
    """Send what is due at `now` to the person whose number `only` returns; return what came."""
    dispatcher = Dispatcher(services, network.channel.account, now, only=only)
    for second in range(_ROUNDS):
        if await dispatcher.step(now + timedelta(seconds=second)) is None:
            break
    await dispatcher.close(now)
    came, network.came = network.came, []
    return came


class Terminal:
    """One person's terminal.

    `clock` gives the instant, `write` shows a line. With `fires`, nudges that are due are sent; it
    is False beside a process that sends from the same database.
    """

    def __init__(
        self,
        services: Services,
        network: Network,
        *,
        user: str,
        language: str | None,
        staff: bool,
        clock: Callable[[], datetime],
        write: Write,
        fires: bool,
    ) -> None:
        self._services = services
        self._network = network
        self._channel = network.channel
        self._user = user
        self._language = language
        self._clock = clock
        self._write = write
        self._fires = fires
        self._staff = staff or user in services.team.chats
        self._entry = ChatEntry(
            lambda: services, self._channel.name, bot="drumbeat_bot", staff=staff
        )
        #: keyboards by message, oldest first
        self._shown = self._screen()
        self._last = max(self._shown, default=0)
        #: what was shown here and still waits for the process that sends from this file
        self._told: set[tuple[str, int]] = set()

    async def line(self, line: str) -> None:
        """Take one line that was typed, and show what comes of it."""
        words = line.strip()
        if words:
            press = _PRESS.fullmatch(words)
            (
                self._pressed(press[1])
                if press
                else self._arrive(
                    Arrival(
                        address=self._user,
                        user=self._user,
                        event=_event(words),
                        language=self._language,
                    )
                )
            )
        await self.fire()
        self._keep()

    async def fire(self) -> None:
        """Show all of this person's that is due at this instant, and what staff have answered."""
        now = self._clock()
        if self._fires:
            for tick in TICKS:
                if tick.terminal:
                    await tick.do(self._services, now)
        for outgoing in self._entry.waiting():
            if outgoing.address == self._user and outgoing.receipt not in self._told:
                self._show(outgoing)
                self._left(outgoing, now)
        if not self._fires:
            return
        for message in await due(self._services, self._network, now, self._me):
            self._show(
                Outgoing(
                    address=self._user,
                    text=message.body.whole,
                    keyboard=bound(message.buttons, self._user),
                )
            )

    def _left(self, outgoing: Outgoing, now: datetime) -> None:
        """Keep that a message was told; in a live database only that it was shown here.

        There the person themselves have still to get it.
        """
        if self._fires:
            self._entry.left(outgoing, now)
        elif outgoing.receipt is not None:
            self._told.add(outgoing.receipt)

    def _me(self) -> int:
        subscriber = self._services.store.subscribers.find(
            self._services.channel_ids[self._channel.name], self._user
        )
        return subscriber.id if subscriber else -1

    def _arrive(self, arrival: Arrival) -> None:
        for outgoing in self._entry.handle([arrival], self._clock())[0]:
            self._show(outgoing)

    def _pressed(self, label: str) -> None:
        number, button = self._button(label)
        if button is None:
            self._write(f"(no message has a button [{label}])\n")
        elif button.data is None:
            self._write(
                f"({'copied: ' + button.copy if button.copy else 'opens ' + str(button.url)})\n"
            )
        else:
            press = Arrival(
                address=self._user,
                user=self._user,
                data=button.data,
                language=self._language,
                callback=str(number),
                message=number,
            )
            self._arrive(press)

    def _button(self, label: str) -> tuple[int, Button | None]:
        """Return the newest button with this label and the number of its message.

        Where there is none, it is the newest whose label differs only in what is hard to type; else
        0 and None.
        """
        for same in (str, _typed):
            for number in sorted(self._shown, reverse=True):
                button = next(
                    (b for row in self._shown[number] for b in row if same(b.label) == same(label)),
                    None,
                )
                if button is not None:
                    return number, button
        return 0, None

    # the screen: what an app keeps over its restarts

    def _screen(self) -> dict[int, Keyboard]:
        kept = (
            json.loads(self._services.store.meta.get(_SCREEN.format(self._user)) or "{}")
            if self._fires
            else {}
        )
        return {
            int(number): tuple(tuple(Button(**button) for button in row) for row in rows)
            for number, rows in kept.items()
        }

    def _keep(self) -> None:
        """Keep the screen of people who have agreed and of staff; drop that of anybody else.

        Anybody else may have just been forgotten.
        """
        key, meta = _SCREEN.format(self._user), self._services.store.meta
        if not self._fires:
            return
        if self._me() < 0 and not self._staff:
            meta.drop(key)
            return
        mine = json.dumps(
            {n: rows for n, rows in sorted(self._shown.items())[-_KEPT:] if rows},
            default=vars,
            ensure_ascii=False,
        )
        if meta.get(key) != mine:
            meta.put(key, mine)

    def _show(self, outgoing: Outgoing) -> None:
        if outgoing.callback is not None:
            if outgoing.text:
                self._write(f"({outgoing.text})\n")
            return
        self._last += 1
        self._shown.pop(outgoing.edits or 0, None)
        self._shown[self._last] = outgoing.keyboard
        parts = [outgoing.text, *([outgoing.code] if outgoing.code else [])]
        if outgoing.document:
            parts += [f"{outgoing.document[0]}:", outgoing.document[1]]
        keys = "\n".join(
            " ".join(f"[{b.label}]({b.url})" if b.url else f"[{b.label}]" for b in row)
            for row in outgoing.keyboard
        )
        self._write("\n".join(filter(None, ["\n\n".join(parts), keys])) + "\n")


def _typed(label: str) -> str:
    """Return a label's letters and digits in small letters; a label without any as it is."""
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKC", label).casefold()
        if letter.isalnum() or letter.isspace()
    )
    return " ".join(plain.split()) or label


def _event(words: str) -> Command | Text | Media:
    if media := _MEDIA.fullmatch(words):
        return Media(kind=media[1], caption=media[2] or "")
    command = re.fullmatch(r"/([A-Za-z0-9_]{1,32})(?:@\S+)?(?:\s+(.*))?", words, re.DOTALL)
    return (
        Command(name=command[1].lower(), argument=command[2] or "")
        if command
        else Text(text=words.replace("\\n", "\n"))
    )
