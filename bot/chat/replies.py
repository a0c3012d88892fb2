"""What goes out, through Telegram: replies at once and in the order of each chat, whatever broadcasts are under way.

A reply is no delivery: it answers somebody who waits for it. 429 waits and tries again; blocked marks the person; a moved group is followed; a time-out
is not repeated, since the reply may have arrived.
"""

import asyncio
import logging
from collections.abc import Callable

from telegram import Bot, InputFile, MessageEntity
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError

from bot.chat.door import Outgoing
from bot.networks._aiohttp import Answered, NotConnected
from bot.networks._redact import redacted
from bot.networks._telegram_client import markup

log = logging.getLogger(__name__)

LONGEST = 4_096
"""UTF-16 units of one message."""

_TOAST = 200
_TRIES = 4
_LONGEST_WAIT = 60.0
_AT_ONCE = 64
_TOO_MANY = 429


class Replies:
    """Sends; `blocked` and `moved` hear what Telegram says of a chat, `spent` of each message, for the pace of broadcasts."""

    def __init__(
        self,
        bot: Bot,
        *,
        blocked: Callable[[str], None],
        moved: Callable[[str, str], None],
        spent: Callable[[int], None],
    ) -> None:
        self._bot = bot
        self._blocked = blocked
        self._moved = moved
        self._spent = spent
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._last: dict[str, asyncio.Task[None]] = {}

    def put(self, outgoing: list[Outgoing]) -> None:
        """Send these after what the same chat still waits for."""
        for address in dict.fromkeys(one.address for one in outgoing):
            mine = [one for one in outgoing if one.address == address]
            task = asyncio.create_task(self._after(self._last.get(address), mine))
            self._last[address] = task
            task.add_done_callback(lambda done, address=address: self._forget(address, done))  # type: ignore[misc]

    def _forget(self, address: str, task: asyncio.Task[None]) -> None:
        if self._last.get(address) is task:
            del self._last[address]

    async def drain(self) -> None:
        """Wait until everything has left."""
        while self._last:
            await asyncio.wait(list(self._last.values()))

    def cancel(self) -> None:
        """Let go of what has not left."""
        for task in self._last.values():
            task.cancel()

    async def _after(self, before: asyncio.Task[None] | None, outgoing: list[Outgoing]) -> None:
        if before is not None:
            await asyncio.wait([before])
        for one in outgoing:
            await self.send(one)

    async def send(self, one: Outgoing) -> bool:
        """Send one; gives whether it is there."""
        address = one.address
        for tried in range(_TRIES):
            try:
                async with self._room:
                    await self._call(one, address)
            except ChatMigrated as error:
                self._moved(address, str(error.new_chat_id))
                address = str(error.new_chat_id)
            except Forbidden:
                self._blocked(address)
                return False
            except (Answered, NotConnected) as error:
                if tried == _TRIES - 1 or (isinstance(error, Answered) and error.code < 500 and error.code != _TOO_MANY):  # noqa: PLR2004 - 5xx
                    log.warning("a reply did not leave: %s", redacted(str(error)))
                    return False
                await asyncio.sleep(
                    min(error.retry_after if isinstance(error, Answered) and error.code == _TOO_MANY else 2.0**tried, _LONGEST_WAIT)
                )
            except TelegramError as error:
                log.warning("a reply did not leave, or nobody knows: %s", redacted(str(error)))
                return False
            else:
                return True
        return False

    async def _call(self, one: Outgoing, address: str) -> None:
        if one.callback is not None:
            await self._toast(one)
            return
        self._spent(1)
        if one.document is not None:
            name, content = one.document
            file = InputFile(content.encode(), filename=name)
            await self._bot.send_document(address, file, caption=one.text or None, reply_markup=markup(one.keyboard))
        elif one.edits is not None and len(units(one.text)) <= LONGEST:
            await self._edit(one, address)
        else:
            await self._messages(one, address)

    async def _toast(self, one: Outgoing) -> None:
        try:
            await self._bot.answer_callback_query(one.callback or "", text=one.text[:_TOAST] or None)
        except BadRequest:  # answered too late: the effect stands all the same
            log.debug("a press was answered too late")

    async def _edit(self, one: Outgoing, address: str) -> None:
        try:
            await self._bot.edit_message_text(one.text, address, one.edits, reply_markup=markup(one.keyboard))
        except BadRequest as error:
            if "not modified" not in str(error).lower():  # too old, or deleted: say it anew
                await self._messages(one, address)

    async def _messages(self, one: Outgoing, address: str) -> None:
        parts: list[tuple[str, list[MessageEntity] | None]] = [(piece, None) for piece in pieces(one.text)]
        if one.code is not None:
            parts.append((one.code, [MessageEntity(type=MessageEntity.PRE, offset=0, length=len(units(one.code)))]))
        for number, (text, entities) in enumerate(parts):
            keys = markup(one.keyboard) if number == len(parts) - 1 else None
            await self._bot.send_message(address, text, entities=entities, reply_markup=keys)


def units(text: str) -> list[int]:
    """UTF-16 code units, which is what Telegram counts."""
    coded = text.encode("utf-16-le", "surrogatepass")
    return [int.from_bytes(coded[at : at + 2], "little") for at in range(0, len(coded), 2)]


def pieces(text: str) -> list[str]:
    """The text in messages that fit; broken at line ends where that is possible."""
    found: list[str] = []
    while len(text) > LONGEST // 2 and len(units(text)) > LONGEST:
        cut = LONGEST // 2
        end = text.rfind("\n", 1, cut)
        cut = end if end > 0 else cut
        found.append(text[:cut])
        text = text[cut:].lstrip("\n")
    return [*found, text] if text else found
