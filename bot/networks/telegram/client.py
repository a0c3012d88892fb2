"""The Bot API as `bot.networks.telegram.network` needs it: python-telegram-bot on our transport,
and what its errors mean.
"""

from telegram import Bot, InlineKeyboardMarkup
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    TelegramError,
)

from bot.conversation.words import bound
from bot.errors import (
    AccountRefused,
    Blocked,
    Moved,
    NetworkError,
    NotPaid,
    RateLimited,
    Refused,
    TryLater,
    Unanswered,
)
from bot.model import Keyboard
from bot.networks.common.bounds import Bounds
from bot.networks.common.redact import redacted
from bot.networks.telegram import lean
from bot.networks.telegram.transport import AiohttpRequest, Answered, NoAnswer, NotConnected

#: what a 400 says, in lower case, when this person can't be reached
_NOBODY = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "user_id_invalid",
    "chat_id_invalid",
    "user is deactivated",
)
#: what a 400 says when our account may not post there, or the target is wrong
_NOT_OURS = (
    *_NOBODY,
    "administrator rights",
    "not enough rights",
    "chat_write_forbidden",
    "chat_admin_required",
    "have no rights",
)


#: what a refusal says, in lower case, when the faster pace can't be paid for
_NOT_PAID = ("balance_too_low", "paid broadcast", "paid_broadcast", "not enough stars")


class Client:
    """One bot on its server."""

    def __init__(self, token: str, base_url: str, bounds: Bounds) -> None:
        request = AiohttpRequest(bounds)
        base = base_url.rstrip("/")
        self._bot = Bot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=request,
            get_updates_request=request,
        )
        self._lean = lean.Lean(self._bot, request)

    async def text(
        self, chat: str, text: str, *, buttons: Keyboard = (), paid: bool = False
    ) -> tuple[str, str | None]:
        """Send a text that goes to many; gives the message's id and the chat's public name.

        Its buttons are bound to the chat. `paid` lets it leave at the pace that is paid for.
        """
        sent = await self._lean.to_each(chat, text, buttons, paid=paid)
        return sent.id, sent.chat

    async def answer(self, chat: str, text: str, answers: str | None) -> tuple[str, str | None]:
        """Send a text as an answer to a message of ours; gives what `text` gives."""
        sent = await self._lean.message(chat, text, answers=answers)
        return sent.id, sent.chat

    async def picture(
        self, chat: str, content: bytes, name: str, *, caption: str | None, buttons: Keyboard = ()
    ) -> tuple[str, str | None]:
        """Send a picture; gives what `text` gives."""
        sent = await self._bot.send_photo(
            chat, content, caption=caption, filename=name, reply_markup=markup(bound(buttons, chat))
        )
        return str(sent.message_id), sent.chat.username

    async def delete(self, chat: str, message: str) -> None:
        """Delete a message of our own in a chat; what is gone already is gone."""
        try:
            await self._bot.delete_message(chat, int(message))
        except BadRequest as error:
            if "message to delete not found" not in str(error).lower():
                raise

    async def stars(self) -> int:
        """Ask how many whole Telegram Stars are on our bot's balance."""
        return int((await self._bot.get_my_star_balance()).amount)

    async def username(self) -> str:
        """Ask for the user name of our bot."""
        return str((await self._bot.get_me()).username)

    async def close(self) -> None:
        """Close the connections that the library holds open."""
        await self._bot.request.shutdown()


def markup(keyboard: Keyboard) -> InlineKeyboardMarkup | None:
    """The buttons as the library takes them; None where there are none."""
    return InlineKeyboardMarkup.de_json(lean.markup(keyboard)) if keyboard else None


def failure(  # noqa: PLR0911 - one for each kind
    error: Exception, name: str, target: str | None, *, person: bool
) -> NetworkError:
    """What an exception of `Client` means; `name` is the channel's.

    Raises the exception itself when it is none of the network's.
    """
    said = f"{name}: {redacted(str(error))}"
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
            return (
                Blocked(said)
                if person
                else AccountRefused(f"{said}: make the bot an administrator of {target}")
            )
        case ChatMigrated():
            return Moved(said, address=str(error.new_chat_id))
        case BadRequest():
            return _bad_request(said, person)
        case TelegramError():
            return Unanswered(said)
        case KeyError() | TypeError() | ValueError() | AttributeError():
            return Unanswered(f"{name}: Telegram's answer can't be read")
        case _:
            raise error


def _by_status(error: Answered, said: str) -> NetworkError:
    match error.code:
        case 429:
            return RateLimited(said, retry_after=error.retry_after)
        case 402:
            words = said.lower()
            unpaid = any(sign in words for sign in _NOT_PAID)
            return NotPaid(said) if unpaid else AccountRefused(said)
        case 504:
            return Unanswered(said)  # a gateway passed it on and heard nothing
        case code if 400 <= code < 500:  # noqa: PLR2004 - the client errors
            return Refused(said)
        case _:
            return TryLater(said)


def _bad_request(said: str, person: bool) -> NetworkError:
    words = said.lower()
    if any(sign in words for sign in _NOT_PAID):
        return NotPaid(said)
    if person and any(sign in words for sign in _NOBODY):
        return Blocked(said)
    if not person and any(sign in words for sign in _NOT_OURS):
        return AccountRefused(f"{said}: look at the channel's target and the bot's rights there")
    return Refused(said)
