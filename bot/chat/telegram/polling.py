"""Asking Telegram for updates, without two habits of python-telegram-bot.

On a refused token the library stops asking without a word. For an update that it can't read it asks
for ever, and writes what people said into the log each time.
"""

import json
import logging
import time
from http import HTTPStatus
from typing import Any

from telegram import Bot, Update
from telegram.request import RequestData
from typing_extensions import override

from bot.networks.common.bounds import Bounds
from bot.networks.telegram.transport import AiohttpRequest, Answered

log = logging.getLogger(__name__)

REFUSED = (401, 404)
"""HTTP status of Telegram's answer to a token that it does not know, or not any more."""

CONFLICTS, PEACE = 3, 600.0
"""How many conflicts mean a rival, and how many seconds without one mean that it is gone."""

LOGGERS = ("telegram.Bot", "telegram.ext.ExtBot")
"""Loggers of the library that write what people wrote."""


_BARE = ("message_id", "date", "chat", "from", "sender_chat", "text")


class Polling(AiohttpRequest):
    """The transport of `getUpdates`. Raises `Answered` where the token is refused."""

    def __init__(self, bounds: Bounds) -> None:
        super().__init__(bounds)
        for name in LOGGERS:
            logging.getLogger(name).addFilter(hide)
        #: the offset of the last request whose answer held an update
        self._began: str | None = None
        #: when Telegram last said which messages there are, by the monotonic clock; 0 for never
        self.heard = 0.0

    @override
    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *args: Any,
        **more: Any,
    ) -> tuple[int, bytes]:
        code, payload = await super().do_request(url, method, request_data, *args, **more)
        if code in REFUSED:
            raise Answered(code)
        if code == HTTPStatus.OK:
            self.heard = time.monotonic()
        begins = request_data.json_parameters.get("offset", "0") if request_data else "0"
        if begins == self._began:  # asked for again, since the library could not read the answer
            payload = readable(payload)
        self._began = begins if b'"update_id"' in payload else None
        return code, payload


class Rivals:
    """Other programs that ask for our messages, told by conflicts that Telegram reports.

    One conflict may come from an old request of our own; several soon after one another come from a
    rival.
    """

    def __init__(self) -> None:
        self._met = 0
        self._last = 0.0

    def met(self, now: float) -> bool:
        """Count a conflict at `now` (the loop's seconds); return whether there is a rival."""
        self._met = self._met + 1 if now - self._last < PEACE else 1
        self._last = now
        return self._met >= CONFLICTS

    def gone(self, now: float) -> bool:
        """Return, once, that there were conflicts and have been none for `PEACE` seconds."""
        gone = self._met > 0 and now - self._last >= PEACE
        if gone:
            self._met = 0
        return gone


def readable(payload: bytes) -> bytes:
    """Return Telegram's answer without what can't be read, which would hold up all behind it."""
    answer = json.loads(payload)
    answer["result"] = [update if read(update) else _bare(update) for update in answer["result"]]
    return json.dumps(answer).encode()


def _bare(update: dict[str, Any]) -> dict[str, Any]:
    """Return what of an update says that something was written, and by whom.

    Where not even that can be read, it is only the update's number.
    """
    message = update.get("message")
    bare = {"update_id": update["update_id"]}
    said = (
        {**bare, "message": {name: message[name] for name in _BARE if name in message}}
        if isinstance(message, dict)
        else bare
    )
    return said if read(said) else bare


def taken(update: dict[str, Any], bot: Bot) -> Update | None:
    """Return the update, or what of it can be read; None where nothing can."""
    return read(update, bot) or read(_bare(update), bot)


def read(update: dict[str, Any], bot: Bot | None = None) -> Update | None:
    """Return the update; None for one that can't be read, which is logged without its content."""
    try:
        return Update.de_json(update, bot)
    except Exception as error:  # noqa: BLE001 - whatever the library stumbles over
        log.error(  # noqa: TRY400 - the traceback would hold what people wrote
            "update %s of Telegram can't be read: %s", update["update_id"], type(error).__name__
        )
        return None


def hide(record: logging.LogRecord) -> bool:
    """Filter log records: an answer that can't be read is logged without what people wrote."""
    if str(record.msg).startswith("Error while parsing updates"):
        record.msg, record.args = "Telegram's answer can't be read", ()
        record.discreet = True
    return True
