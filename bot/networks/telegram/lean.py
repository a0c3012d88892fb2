"""What is sent all the time, as plain JSON: texts, edits of them, and answers to presses.

python-telegram-bot makes objects of each keyboard, and of each answer a whole message with its
chat. That takes half of the time of sending a text, and nothing of it is looked at here. So these
calls go by its transport alone, which also makes its errors of what Telegram refuses; what they
send is held to the library's own requests by a test. Everything else goes through the library.
"""

import json
from collections.abc import Mapping
from json.encoder import encode_basestring_ascii as _quoted
from typing import Any, NamedTuple

from telegram import Bot

from bot.conversation.words import bind, bound
from bot.kept import Kept
from bot.model import Button, Keyboard
from bot.networks.telegram.transport import AiohttpRequest

_EACH = "\0"
"""Stands for the chat to which a button will belong: no text and no address holds it."""

_KEPT = 256
"""Most bodies that are kept."""


class Sent(NamedTuple):
    """A message as Telegram has it: its number, and the public name of its chat, if it has one."""

    id: str
    chat: str | None


class Lean:
    """The calls of one bot, over the transport of its python-telegram-bot.

    All raise `telegram.error.TelegramError`, as the library does, and `KeyError`, `TypeError` or
    `AttributeError` where an answer is not of the shape that it must have.
    """

    def __init__(self, bot: Bot, request: AiohttpRequest) -> None:
        self._base = bot.base_url
        self._request = request
        self._bodies: Kept[tuple[str, Keyboard, bool], list[bytes]] = Kept(_KEPT)

    async def to_each(
        self, chat: str, text: str, keyboard: Keyboard, *, paid: bool = False
    ) -> Sent:
        """Send a text that goes to many, with buttons that are bound to each of them; `paid` at the
        pace that is paid for.

        The body is made once; only what names the chat is put in.
        """
        pieces = self._bodies.made((text, keyboard, paid), lambda: _pieces(text, keyboard, paid))
        owner = _owner(chat) if len(pieces) > 1 else b""
        body = b'{"chat_id": %b, %b' % (_quoted(chat).encode(), owner.join(pieces))
        return _sent(await self._request.call(f"{self._base}/sendMessage", body))

    async def message(
        self,
        chat: str,
        text: str,
        *,
        keyboard: Keyboard = (),
        answers: str | None = None,
        thread: int | None = None,
        block: int | None = None,
    ) -> Sent:
        """Send a text with buttons below it.

        It stands in the `thread` of a group, and may answer a message of ours. The first `block`
        UTF-16 units are a block that a tap copies.
        """
        parameters: dict[str, object] = {"chat_id": chat, "text": text}
        if block is not None:
            parameters["entities"] = [{"type": "pre", "offset": 0, "length": block}]
        if keyboard:
            parameters["reply_markup"] = markup(keyboard)
        if answers is not None:
            parameters["reply_parameters"] = {
                "message_id": int(answers),
                "allow_sending_without_reply": True,
            }
        if thread is not None:
            parameters["message_thread_id"] = thread
        return _sent(await self._call("sendMessage", parameters))

    async def edit(self, chat: str, message: int, text: str, *, keyboard: Keyboard = ()) -> None:
        """Put a text and buttons in the place of a message of ours."""
        parameters: dict[str, object] = {"chat_id": chat, "message_id": message, "text": text}
        if keyboard:
            parameters["reply_markup"] = markup(keyboard)
        await self._call("editMessageText", parameters)

    async def toast(self, callback: str, text: str) -> None:
        """Answer a press by a short notice; '' shows nothing, and ends the button's waiting."""
        parameters = {"callback_query_id": callback} | ({"text": text} if text else {})
        await self._call("answerCallbackQuery", parameters)

    async def _call(self, method: str, parameters: Mapping[str, object]) -> Any:
        return await self._request.call(f"{self._base}/{method}", json.dumps(parameters).encode())


def _sent(message: Any) -> Sent:
    return Sent(id=str(message["message_id"]), chat=message["chat"].get("username"))


def _pieces(text: str, keyboard: Keyboard, paid: bool) -> list[bytes]:
    """Return a body in JSON from its text on, cut where each button is bound to its chat."""
    parameters: dict[str, object] = {"text": text}
    if paid:
        parameters["allow_paid_broadcast"] = True
    if keyboard:
        parameters["reply_markup"] = markup(bound(keyboard, _EACH))
    return json.dumps(parameters).removeprefix("{").encode().split(_owner(_EACH))


def _owner(chat: str) -> bytes:
    """Return, in JSON, the end of what a button carries that belongs to this chat."""
    return _quoted(bind("", chat))[1:].encode()


def markup(keyboard: Keyboard) -> dict[str, object]:
    """Return buttons as the Bot API takes them."""
    return {"inline_keyboard": [[_key(button) for button in row] for row in keyboard]}


def _key(button: Button) -> dict[str, object]:
    if button.copy is not None:
        return {"text": button.label, "copy_text": {"text": button.copy}}
    if button.url:
        return {"text": button.label, "url": button.url}
    return {"text": button.label, "callback_data": button.data}
