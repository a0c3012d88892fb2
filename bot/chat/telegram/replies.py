"""Replies through Telegram: they leave before all broadcasts that are under way, in the order of
each chat.

A reply is no delivery: it answers somebody who waits for it. But it keeps the account's pace, and
after a 429 everything on the account rests; then the reply goes on where it was. Where Telegram
says that we are blocked, the person is marked so; a group that moved is followed, its buttons with
it. After a time-out nothing is sent again, since it may have arrived.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from telegram import Bot, InputFile
from telegram.error import BadRequest, ChatMigrated, Forbidden, TelegramError, TimedOut

from bot.chat.messages import Outgoing
from bot.chat.telegram import files
from bot.chat.telegram.files import Files
from bot.conversation.words import bound
from bot.jobs.sending.dispatch.line import PATIENCE, Line
from bot.networks.common.redact import redacted
from bot.networks.telegram.client import markup
from bot.networks.telegram.lean import Lean
from bot.networks.telegram.transport import Answered, NotConnected

log = logging.getLogger(__name__)

LONGEST = 4_096
"""Most UTF-16 units of one message (Bot API, sendMessage)."""

_TOAST = 200
_TRIES = 4
_LIMITED = 20  # tries after 429s: in its turn a reply meets one only where others use the account
_AT_ONCE = 64
_TOO_MANY, _SERVERS_FAULT, _UNREACHED = 429, 500, 503
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)
"""What the library raises when an answer is not of the shape it knows."""


class Replies:
    """Sends replies, each chat's in their order.

    `blocked` is called with the address of a chat that blocked us, `moved` with a group's old and
    new address. In `line` each waits for its turn. `files` makes what documents leave as, `instead`
    gives the messages in the place of a file that did not leave, by Telegram's words.
    """

    def __init__(
        self,
        bot: Bot,
        lean: Lean,
        *,
        blocked: Callable[[str], None],
        moved: Callable[[str, str], None],
        line: Line,
        files: Files,
        instead: Callable[[Outgoing, str], list[Outgoing]],
    ) -> None:
        self._bot, self._lean = bot, lean
        self._blocked = blocked
        self._moved = moved
        self._line = line
        self._files = files
        self._instead = instead
        self._room = asyncio.Semaphore(_AT_ONCE)
        #: the replies of each `put` that have not all left; of each chat the last of them
        self._going: set[asyncio.Task[None]] = set()
        self._last: dict[str, asyncio.Task[None]] = {}

    def put(self, outgoing: list[Outgoing]) -> None:
        """Send these after what the same chat still waits for."""
        for address in dict.fromkeys(message.address for message in outgoing):
            mine = [message for message in outgoing if message.address == address]
            task = asyncio.create_task(self._after(self._last.get(address), mine))
            self._last[address] = task
            self._going.add(task)
            task.add_done_callback(partial(self._forget, address))

    def _forget(self, address: str, task: asyncio.Task[None]) -> None:
        self._going.discard(task)
        if self._last.get(address) is task:
            del self._last[address]

    async def drain(self) -> None:
        """Wait until everything has left."""
        while self._going:
            await asyncio.wait(list(self._going))

    def cancel(self) -> None:
        """Cancel what has not left."""
        for task in self._going:
            task.cancel()

    async def _after(self, before: asyncio.Task[None] | None, outgoing: list[Outgoing]) -> None:
        if before is not None:
            await asyncio.wait([before])
        for message in outgoing:
            await self.send(message)

    async def send(self, message: Outgoing) -> bool:
        """Send one message; return whether it arrived.

        Parts that have left are not sent again when a later one has to wait. Whoever doesn't get a
        file is told why.
        """
        failure = await self._tried(message)
        if failure is None or isinstance(failure, Forbidden):
            return failure is None
        if message.picture is not None:
            return await self.send(replace(message, picture=None))
        if message.document is not None:
            for other in self._instead(message, _words(failure)):
                await self.send(other)
        return False

    async def _tried(self, message: Outgoing) -> Exception | None:
        """Send a message in its parts; return why it did not arrive, or may not have; else None."""
        parts, tries = calls(message), 0
        while parts:
            try:
                async with self._room:
                    parts = await self._call(parts)
            except ChatMigrated as error:
                new = str(error.new_chat_id)
                self._moved(parts[0].address, new)
                parts, tries = [_moved(part, new) for part in parts], tries + 1
                if tries >= _TRIES:
                    return error
            except Forbidden as error:
                self._blocked(parts[0].address)
                return error
            except (Answered, NotConnected) as error:
                tries += 1
                if not await self._again(error, tries):
                    log.warning("a reply did not leave: %s", redacted(str(error)))
                    return error
            except TelegramError as error:
                log.warning("a reply did not leave, or nobody knows: %s", redacted(str(error)))
                return error
            except _UNREADABLE as error:
                log.warning(
                    "nobody knows whether a reply left: Telegram's answer can't be read (%s)",
                    type(error).__name__,
                )
                return error
        return None

    async def _again(self, error: TelegramError, tries: int) -> bool:
        """Return whether to try once more: where the account is to rest, in its turn; where the
        server can't be reached, after a while.
        """
        code = error.code if isinstance(error, Answered) else _UNREACHED
        if isinstance(error, Answered) and code == _TOO_MANY:
            self._line.limited(error.retry_after)
            return tries < _LIMITED and error.retry_after <= PATIENCE
        if tries >= _TRIES or code < _SERVERS_FAULT:
            return False
        await asyncio.sleep(2.0 ** (tries - 1))
        return True

    async def _call(self, parts: list[Outgoing]) -> list[Outgoing]:
        """Send the first part in its turn; return what is left to send."""
        part, rest = parts[0], parts[1:]
        if part.callback is not None:
            await self._toast(part.callback, part.text)
            return rest
        file = await self._files.content(part) if part.document is not None else None
        if part.document is not None and file is None:
            return rest
        async with self._line.turn() as may:
            if not may:
                raise Answered(_TOO_MANY, PATIENCE + 1)
            try:
                await self._part(part, file)
            except BadRequest as error:
                # a message that is too old to edit, or deleted, is sent anew
                if part.edits is None:
                    raise
                if "not modified" not in str(error).lower():
                    return [replace(part, edits=None), *rest]
        return rest

    async def _part(self, part: Outgoing, file: bytes | None) -> None:
        if part.document is not None and file is not None:
            await self._document(part, part.document[0], file)
        elif part.picture is not None:
            await self._picture(part, part.picture)
        elif part.edits is not None:
            await self._lean.edit(part.address, part.edits, part.text, keyboard=part.keyboard)
        else:
            text = part.text if part.code is None else part.code
            await self._lean.message(
                part.address,
                text,
                keyboard=part.keyboard,
                thread=part.thread,
                block=None if part.code is None else units(text),
            )

    async def _document(self, part: Outgoing, name: str, content: bytes) -> None:
        await self._bot.send_document(
            part.address,
            InputFile(content, filename=name),
            caption=part.text or None,
            reply_markup=markup(part.keyboard),
            message_thread_id=part.thread,
        )

    async def _picture(self, part: Outgoing, content: bytes) -> None:
        await self._bot.send_photo(
            part.address,
            InputFile(content, filename="picture.png"),
            caption=part.text or None,
            message_thread_id=part.thread,
        )

    async def _toast(self, callback: str, text: str) -> None:
        try:
            await self._lean.toast(callback, _short(text))
        except BadRequest:  # too late for an answer; what the press did stands all the same
            log.debug("a press was answered too late")


def calls(message: Outgoing) -> list[Outgoing]:
    """Return what each call to Telegram sends of a message, in order.

    That is an answer to a press, a file in its forms, or pieces of its text and then of its code
    that fit; the buttons stand below the last.
    """
    if message.callback is not None:
        return [message] if message.callback else []
    if message.document is not None:
        return files.parts(message)
    if message.picture is not None or _is_one(message):
        return [message]
    piece = replace(message, text="", code=None, keyboard=(), edits=None)
    parts = [replace(piece, text=text) for text in pieces(message.text)]
    parts += [replace(piece, code=code) for code in pieces(message.code or "")]
    if len(parts) == 1:
        parts = [replace(parts[0], edits=message.edits)]
    return [*parts[:-1], replace(parts[-1], keyboard=message.keyboard)] if parts else []


def _is_one(message: Outgoing) -> bool:
    """Return whether it is one text that fits, as most are."""
    return message.code is None and bool(message.text.strip()) and units(message.text) <= LONGEST


def _moved(part: Outgoing, address: str) -> Outgoing:
    """Return the part for the chat's new address, with buttons that are bound to that one.

    It edits no message, since messages have other numbers there.
    """
    plain = tuple(
        tuple(replace(b, data=b.data and b.data.rpartition("~")[0]) for b in row)
        for row in part.keyboard
    )
    return replace(part, address=address, keyboard=bound(plain, address), edits=None)


def _words(failure: Exception) -> str:
    """Return what Telegram says of a file that it refuses; '' where it may have arrived."""
    lost = not isinstance(failure, TelegramError) or isinstance(failure, TimedOut)
    return "" if lost else redacted(str(failure))


def _short(text: str) -> str:
    return text if units(text) <= _TOAST else f"{text[: _fitting(text, _TOAST - 1)]}…"


def units(text: str) -> int:
    """Return the number of UTF-16 code units, which is what Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _fitting(text: str, most: int) -> int:
    """Return how many of the first characters have at most `most` UTF-16 units together."""
    length = min(len(text), most)
    while (over := units(text[:length]) - most) > 0:
        length -= (over + 1) // 2
    return length


def pieces(text: str) -> Sequence[str]:
    """Return the text in pieces that fit into a message, none of them blank.

    It is broken at line ends where that is possible.
    """
    cut_off: list[str] = []
    while units(text) > LONGEST:
        cut = _fitting(text, LONGEST)
        end = text.rfind("\n", LONGEST // 4, cut)
        cut = end if end > 0 else cut
        cut_off.append(text[:cut])
        text = text[cut:].lstrip("\n")
    return [piece for piece in (*cut_off, text) if piece.strip()]
