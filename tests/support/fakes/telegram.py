"""A Bot API server: as strict as the real one about token, method, fields, texts and buttons,
stricter about fields it doesn't know.

Lengths are counted in UTF-16 units, which are never fewer than Telegram's characters. Texts are
kept as Telegram keeps them: control characters become blanks, line separators and old direction
overrides vanish, both ends are trimmed; a text that then shows nothing is refused. A chat that moved
answers 400 with the new number, for ever.

What may be paid for leaves at `paid_pace` a second once `sells` is true, as it is after paid
broadcasts were enabled in @BotFather; else it is judged as what isn't paid for. In each second the
first `pace` messages are free, and each one more takes 0.1 Stars where it is delivered. What is
answered where Stars lack is written nowhere: here, the words of the API below the Bot API.

Follows core.telegram.org/bots/api as read in November 2026. Leaves out: files above its limits,
albums, edits of posts in channels, and pins.
"""

import json
import re
import time
from collections import deque
from decimal import Decimal
from inspect import isawaitable
from typing import Any, ClassVar
from urllib.parse import unquote_to_bytes, urlsplit

from aiohttp import web

from fakes.base import FakeServer, media_type

WORDS = {
    400: "Bad Request: can't parse entities",
    401: "Unauthorized",
    402: "Payment Required",
    403: "Forbidden: bot is not a member of the channel chat",
    429: "Too Many Requests: retry later",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
FIELDS = {
    "getMe": (set(), set()),
    "sendMessage": (
        {"chat_id", "text"},
        {
            "reply_parameters",
            "reply_markup",
            "entities",
            "message_thread_id",
            "allow_paid_broadcast",
        },
    ),
    "getMyStarBalance": (set(), set()),
    "sendPhoto": ({"chat_id", "photo"}, {"caption", "reply_markup"}),
    "deleteMessage": ({"chat_id", "message_id"}, set()),
}
PNG = b"\x89PNG\r\n\x1a\n"


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


class Refusal(Exception):
    """An answer that isn't ok."""

    def __init__(self, status: int, words: str, **parameters: Any) -> None:
        self.response = web.json_response(
            {"ok": False, "error_code": status, "description": words}
            | ({"parameters": parameters} if parameters else {}),
            status=status,
        )


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_DROPPED = re.compile("[\r\u2028-\u202e\u030a\u0333\u033f]")
_BLANK = re.compile("[\\s\u00ad\u180e\u200b-\u200f\u2060-\u2069\u2800\u3000\ufeff]*")
PACED = {"sendMessage", "sendPhoto", "sendDocument", "editMessageText"}
"""Methods whose calls count for the pace."""

PRICE = Decimal("0.1")
"""Stars for a message that is paid for."""

ROW, BUTTONS, MARKUP = 8, 100, 10_240
"""Most buttons of a row and of a message, most bytes of the markup."""


def shown(text: str, most: int, words: str) -> str:
    """The text as it is kept; refused when nothing of it shows, or it is too long."""
    kept = _DROPPED.sub("", _CONTROL.sub(" ", text)).strip()
    if _BLANK.fullmatch(kept):
        raise Refusal(400, "Bad Request: message text is empty")
    if units(kept) > most:
        raise Refusal(400, f"Bad Request: {words} is too long")
    return kept


def caption_of(caption: str) -> dict[str, Any]:
    """What stands below a picture or a file; nothing where it is blank."""
    return {} if _BLANK.fullmatch(caption) else {"caption": shown(caption, 1024, "message caption")}


def check_keyboard(markup: str) -> dict[str, Any]:
    """The buttons, refused as the real server refuses them."""
    if not markup:
        return {}
    if len(markup.encode()) > MARKUP:
        raise Refusal(400, "Bad Request: reply markup is too long")
    rows = json.loads(markup)["inline_keyboard"]
    if any(not 1 <= len(row) <= ROW for row in rows) or not 1 <= sum(map(len, rows)) <= BUTTONS:
        raise Refusal(400, "Bad Request: reply markup is too long")
    for button in (button for row in rows for button in row):
        _check_button(button)
    return {"reply_markup": {"inline_keyboard": rows}}


def _check_button(button: dict[str, Any]) -> None:
    kinds = {"callback_data", "url", "copy_text"} & set(button)
    if len(kinds) != 1 or set(button) - {"text", *kinds}:
        raise Refusal(
            400,
            "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the"
            " inline keyboard",
        )
    if _BLANK.fullmatch(_CONTROL.sub(" ", button["text"])):
        raise Refusal(
            400, 'Bad Request: can\'t parse inline keyboard button: Field "text" must be non-empty'
        )
    if not 1 <= len(button.get("callback_data", "x").encode()) <= 64:
        raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    if not _is_page(button.get("url", "https://example.org")):
        raise Refusal(400, "Bad Request: BUTTON_URL_INVALID")
    if not 1 <= units(button.get("copy_text", {"text": "x"})["text"]) <= 256:
        raise Refusal(400, "Bad Request: BUTTON_COPY_TEXT_INVALID")


def _is_page(url: str) -> bool:
    """An address that a button may open: with a host that has a dot, and without anything that must
    be quoted.
    """
    parts = urlsplit(url)
    if parts.scheme == "tg":
        return bool(parts.netloc)
    host = parts.hostname or ""
    return (
        parts.scheme in ("http", "https")
        and "." in host.strip(".")
        and not re.search(r"[\s<>\"\x00-\x1f]", url)
    )


def check_entities(entities: str, text: str) -> dict[str, Any]:
    """The entities, refused where they leave the text or cut a character in two."""
    if not entities:
        return {}
    found = json.loads(entities)
    halves = text.encode("utf-16-le")
    for one in found:
        first, last = one["offset"], one["offset"] + one["length"]
        inside = 0 <= first < last <= units(text)
        if not inside or any(
            0xDC <= halves[2 * at + 1] <= 0xDF for at in (first, last) if at < units(text)
        ):
            raise Refusal(400, "Bad Request: entity beyond the end of the text")
    return {"entities": found}


async def parameters(request: web.Request) -> dict[str, Any]:
    """The parameters of a call: of a form, or of an object in JSON, where a value that is no string
    is taken as it is written.
    """
    if request.content_type != "application/json":
        return dict(await request.post())
    try:
        body = json.loads(await request.read())
        json.dumps(body, ensure_ascii=False).encode()
    except ValueError:
        raise Refusal(400, "Bad Request: strings must be encoded in UTF-8") from None
    if not isinstance(body, dict):
        raise Refusal(400, "Bad Request: an object is expected")
    return {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()
    }


def is_true(value: str) -> bool:
    """A Boolean of the Bot API."""
    if value.lower() not in ("true", "false"):
        raise Refusal(400, "Bad Request: can't parse a Boolean")
    return value.lower() == "true"


class Fake(FakeServer):
    network = "telegram"
    secrets: ClassVar = {"token": "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"}
    target = "@our_channel"
    person = "4242"
    blocked = "6666"
    fields: ClassVar = FIELDS

    def __init__(self) -> None:
        super().__init__()
        self.chats: dict[str, dict[str, Any]] = {
            "@our_channel": {
                "id": -1001234567890,
                "type": "channel",
                "title": "Ours",
                "username": "our_channel",
            },
            "-1009876543210": {"id": -1009876543210, "type": "channel", "title": "Private"},
            "4242": {"id": 4242, "type": "private", "first_name": "Ada", "username": "ada"},
            "6666": {"id": 6666, "type": "private", "first_name": "Bo"},
        }
        #: chat id -> words of the 403
        self.closed = {"6666": "Forbidden: bot was blocked by the user"}
        self.moved: dict[str, int] = {}
        #: message id -> what was taken
        self.messages: dict[int, dict[str, Any]] = {}
        self.deletable = True
        #: seconds that a 429 tells
        self.rest = 7
        self.calls: list[str] = []
        #: most messages a second over all chats; None lets any number in
        self.pace: int | None = None
        #: when the messages of the last second arrived, and until when nothing is taken
        self._came: deque[float] = deque()
        self._rests = 0.0
        #: whether it sells `paid_pace` messages a second, the Stars on the balance, and how many
        #: messages took some
        self.sells, self.paid_pace, self.stars, self.billed = False, 1_000, Decimal(0), 0
        #: when messages of the last second arrived that might be paid for
        self._paid: deque[float] = deque()
        #: how many arrived while nothing was taken, and how many began such a rest
        self.inside, self.floods = 0, 0

    def refusal(self, status: int) -> web.Response:
        parameters = {"retry_after": self.rest} if status == 429 else {}
        return Refusal(status, WORDS[status], **parameters).response

    async def answer(self, request: web.Request) -> web.Response:
        try:
            result = await self._call(request)
        except Refusal as refusal:
            return refusal.response
        return web.json_response({"ok": True, "result": result})

    async def _call(self, request: web.Request) -> Any:
        prefix, _, method = request.match_info["path"].rpartition("/")
        token = prefix.removeprefix("bot")
        if ":" not in token or not prefix.startswith("bot"):
            raise Refusal(404, "Not Found")
        if token != self.secrets["token"]:
            raise Refusal(401, "Unauthorized")
        if method not in self.fields:
            raise Refusal(404, "Not Found: method not found")
        if request.method != "POST":
            raise Refusal(405, "Method Not Allowed")
        try:
            unquote_to_bytes(
                await request.read() if request.content_type.endswith("urlencoded") else b""
            ).decode()
        except UnicodeDecodeError:
            raise Refusal(400, "Bad Request: strings must be encoded in UTF-8") from None
        form = await parameters(request)
        needed, possible = self.fields[method]
        if not needed <= set(form) <= needed | possible:
            raise Refusal(400, f"Bad Request: fields are {sorted(form)}")
        self.calls.append(method)
        paid = is_true(form.pop("allow_paid_broadcast", "false")) and self.sells
        bills = self._keep_pace(paid=paid) if method in PACED else False
        result = getattr(self, method)(**form)
        result = await result if isawaitable(result) else result
        if bills:  # only what was delivered
            self.stars -= PRICE
            self.billed += 1
        return result

    def _keep_pace(self, *, paid: bool) -> bool:
        """Refuse what comes too fast; return whether what comes is to be paid for."""
        if self.pace is None:
            return False
        now = time.monotonic()
        for came in (self._came, self._paid):
            while came and now - came[0] >= 1:
                came.popleft()
        count = len(self._came) + len(self._paid)
        mine, most = (count, self.paid_pace) if paid else (len(self._came), self.pace)
        if now < self._rests:
            self.inside += 1
        elif mine >= most or count >= self.paid_pace:
            self.floods += 1
            self._rests = now + self.rest
        elif paid and count >= self.pace and self.stars < PRICE:
            raise Refusal(400, "Bad Request: BALANCE_TOO_LOW")
        else:
            (self._paid if paid else self._came).append(now)
            return paid and count >= self.pace
        raise Refusal(429, WORDS[429], retry_after=self.rest)

    def getMyStarBalance(self) -> dict[str, Any]:
        return {"amount": int(self.stars)}

    def getMe(self) -> dict[str, Any]:
        return {"id": 110201543, "is_bot": True, "first_name": "Drum", "username": "drum_bot"}

    def sendMessage(
        self,
        chat_id: str,
        text: str,
        reply_parameters: str = "",
        reply_markup: str = "",
        entities: str = "",
        message_thread_id: str = "",
    ) -> dict[str, Any]:
        chat = self._chat(chat_id)
        reply = json.loads(reply_parameters) if reply_parameters else None
        if (
            reply is not None
            and reply["message_id"] not in self.messages
            and not reply.get("allow_sending_without_reply")
        ):
            raise Refusal(400, "Bad Request: message to be replied not found")
        sent = self._take(
            chat,
            text=shown(text, 4096, "message"),
            **check_keyboard(reply_markup),
            **check_entities(entities, text),
        )
        if reply is not None:
            self.messages[sent["message_id"]]["answers"] = reply["message_id"]
        if message_thread_id:
            self.messages[sent["message_id"]]["thread"] = int(message_thread_id)
        return sent

    def sendPhoto(
        self, chat_id: str, photo: web.FileField, caption: str = "", reply_markup: str = ""
    ) -> dict[str, Any]:
        chat = self._chat(chat_id)
        under = caption_of(caption)
        if not media_type(photo.file.read()):
            raise Refusal(400, "Bad Request: IMAGE_PROCESS_FAILED")
        size = {"file_id": "AgAD", "file_unique_id": "AQAD", "width": 1, "height": 1}
        return self._take(chat, photo=[size], **under, **check_keyboard(reply_markup))

    # the method's name
    def deleteMessage(self, chat_id: str, message_id: str) -> bool:
        self._chat(chat_id)
        if not self.deletable:
            raise Refusal(400, "Bad Request: message can't be deleted for everyone")
        if self.messages.pop(int(message_id), None) is None:
            raise Refusal(400, "Bad Request: message to delete not found")
        return True

    def _chat(self, chat_id: str) -> dict[str, Any]:
        if chat_id in self.moved:
            raise Refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.moved[chat_id],
            )
        if chat_id not in self.chats:
            raise Refusal(400, "Bad Request: chat not found")
        if chat_id in self.closed:
            raise Refusal(403, self.closed[chat_id])
        return self.chats[chat_id]

    def _take(self, chat: dict[str, Any], **content: Any) -> dict[str, Any]:
        number = 12 + len(self.calls)
        self.messages[number] = {"chat": chat["id"], **content}
        self.texts += [text for name in ("text", "caption") if (text := content.get(name))]
        return {"message_id": number, "date": 1_620_000_000, "chat": chat, **content}
