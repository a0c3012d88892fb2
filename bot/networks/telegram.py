"""Telegram, through python-telegram-bot: posts in a channel or group, and nudges to single people.

Setting it up, once:

1. In Telegram write to @BotFather: ``/newbot``, choose a name. He gives the token: put it in DRUMBEAT_<ACCOUNT>_TOKEN (or …_TOKEN_FILE).
2. For posts: make the bot an administrator of the channel with the right to post (and to delete, for `drumbeat outbox retract`).
3. In config.toml give the channel's table ``target = "@yourchannel"`` (a private one: its id, as ``target = "-1001234567890"``).
4. For nudges nothing more: people write to the bot first, it can't begin.

Limits: https://core.telegram.org/bots/faq (30 messages a second over all chats, 1 a second in one chat, 20 a minute in a group; `retry_after` rules)
and https://core.telegram.org/bots/api (lengths), read in November 2026.

A post with a picture is one message while its text fits a caption (1,024); a longer one is two, picture first, and either both stand or none: when the
text is not taken, the picture is taken back. Its receipt then names both (``12,13``). Texts go out plain, without any markup. Telegram has no field
for alt text.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import ClassVar, TypeVar

from telegram import Bot
from telegram import Message as Sent
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, TelegramError

from bot.errors import AccountRefused, Blocked, NetworkError, RateLimited, Refused, TryLater, Unanswered
from bot.model import Channel, Limits, Message, Picture, Receipt, Secret
from bot.networks._aiohttp import AiohttpRequest, Answered, NoAnswer, NotConnected
from bot.networks._redact import conceal, redacted
from bot.networks.base import Network as Base
from bot.text import measure

_LOGGERS = ("telegram.Bot", "telegram.ext.ExtBot", "telegram.request.BaseRequest", "aiohttp.client", "aiohttp.internal", "asyncio")

#: what a 400 says, in lower case, when this person can't be reached
_NOBODY = ("chat not found", "user not found", "peer_id_invalid", "user_id_invalid", "chat_id_invalid", "user is deactivated")
#: what a 400 says when our account may not post there, or the target is wrong
_NOT_OURS = (*_NOBODY, "administrator rights", "not enough rights", "chat_write_forbidden", "chat_admin_required", "have no rights")

T = TypeVar("T")


class Network(Base):
    """A bot's account; `channel.target` is where its posts go."""

    SECRETS = ("token",)
    LIMITS = Limits(length=4_096, counter="utf16", caption=1_024, per_second=30.0)
    NUDGES = True

    #: seconds to wait for a connection, and for an answer
    CONNECT: ClassVar[float] = 5.0
    ANSWER: ClassVar[float] = 30.0

    def __init__(self, channel: Channel, secrets: Mapping[str, Secret]) -> None:
        super().__init__(channel, secrets)
        conceal(secrets.values(), loggers=_LOGGERS)  # before the bot is built: it logs its URL
        base = (channel.base_url or "https://api.telegram.org").rstrip("/")
        request = AiohttpRequest(connect=self.CONNECT, answer=self.ANSWER)
        self._bot = Bot(
            secrets["token"].reveal(),
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=request,
            get_updates_request=request,
        )

    async def send(self, message: Message) -> Receipt:
        """Send to `message.address`, or post to the channel's target."""
        chat, person = self._chat(message.address), message.address is not None
        text, picture = message.body.text, message.body.picture
        if picture is None:
            return _receipt(await self._text(chat, text, person), person=person)
        if self.limits.caption is None or measure(text, self.limits) <= self.limits.caption:
            return _receipt(await self._picture(chat, picture, text, person), person=person)
        first = await self._picture(chat, picture, None, person)
        try:
            second = await self._text(chat, text, person)
        except NetworkError as error:
            await self._undo(chat, first, error, person=person)
            raise
        return _receipt(first, second, person=person)

    async def delete(self, receipt: Receipt, address: str | None) -> None:
        """Delete the message or messages; raises `Refused` where Telegram does (too old, no right, gone)."""
        chat = self._chat(address)
        for number in map(int, receipt.id.split(",")):
            await self._ask(lambda bot, number=number: bot.delete_message(chat, number), person=address is not None)  # type: ignore[misc]

    async def probe(self) -> str:
        """Ask `getMe`; gives the bot's @name."""
        try:
            user = await self._ask(lambda bot: bot.get_me(), person=False)
        except Unanswered as error:
            failure = TryLater(str(error))  # a question: nothing can have been taken
        else:
            return f"@{user.username}"
        raise failure

    async def close(self) -> None:
        """Close the connections."""
        await self._bot.request.shutdown()

    def _chat(self, address: str | None) -> str:
        chat = address or self.channel.target
        if chat is None:
            raise AccountRefused(f'{self.channel.name}: it is not said where posts go: give its table target = "@name" in config.toml')
        return chat

    async def _text(self, chat: str, text: str, person: bool) -> Sent:
        return await self._ask(lambda bot: bot.send_message(chat, text), person=person)

    async def _picture(self, chat: str, picture: Picture, caption: str | None, person: bool) -> Sent:
        try:
            content = await asyncio.to_thread(picture.path.read_bytes)
        except OSError as error:
            raise Refused(f"{self.channel.name}: the picture {picture.path} can't be read: {error.strerror}") from None
        return await self._ask(lambda bot: bot.send_photo(chat, content, caption=caption, filename=picture.path.name), person=person)

    async def _undo(self, chat: str, first: Sent, error: NetworkError, *, person: bool) -> None:
        """Take the picture back whose text was not taken; raises `Unanswered` when it stands, or when nobody knows about the text."""
        if isinstance(error, Unanswered):
            return
        try:
            await self._ask(lambda bot: bot.delete_message(chat, first.message_id), person=person)
        except NetworkError as second:
            raise Unanswered(
                f"{self.channel.name}: the picture stands as {first.message_id}, its text does not ({error}; {second})"
            ) from None

    async def _ask(self, call: Callable[[Bot], Awaitable[T]], *, person: bool) -> T:
        """One call; every failure becomes one of ours, without the library's exception behind it (it may hold the token)."""
        try:
            return await call(self._bot)
        except TelegramError as error:
            failure = self._failure(error, person)
        except (KeyError, TypeError, ValueError, AttributeError):
            failure = Unanswered(f"{self.channel.name}: Telegram's answer can't be read")
        raise failure

    def _failure(self, error: TelegramError, person: bool) -> NetworkError:  # noqa: PLR0911 - one for each kind
        said = f"{self.channel.name}: {redacted(str(error))}"
        match error:
            case NotConnected() | Conflict():
                return TryLater(said)
            case NoAnswer():
                return Unanswered(said)
            case Answered():
                return _by_status(error, said)
            case InvalidToken():
                return AccountRefused(f"{said}: the token is refused; ask @BotFather for the right one")
            case Forbidden():
                return Blocked(said) if person else AccountRefused(f"{said}: make the bot an administrator of {self.channel.target}")
            case ChatMigrated():
                return Refused(f"{said}: write that id into the channel's target")
            case BadRequest():
                return _bad_request(said, person)
            case _:
                return Unanswered(said)


def _by_status(error: Answered, said: str) -> NetworkError:
    match error.code:
        case 429:
            return RateLimited(said, retry_after=error.retry_after)
        case 402:
            return AccountRefused(said)
        case 504:
            return Unanswered(said)  # a gateway passed it on and heard nothing
        case code if 400 <= code < 500:  # noqa: PLR2004 - the client errors
            return Refused(said)
        case _:
            return TryLater(said)


def _bad_request(said: str, person: bool) -> NetworkError:
    words = said.lower()
    if person and any(sign in words for sign in _NOBODY):
        return Blocked(said)
    if not person and any(sign in words for sign in _NOT_OURS):
        return AccountRefused(f"{said}: look at the channel's target and the bot's rights there")
    return Refused(said)


def _receipt(*sent: Sent, person: bool) -> Receipt:
    name = None if person else sent[0].chat.username
    url = f"https://t.me/{name}/{sent[0].message_id}" if name else None
    return Receipt(id=",".join(str(message.message_id) for message in sent), url=url)
