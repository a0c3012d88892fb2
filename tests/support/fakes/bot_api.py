"""A Bot API server that people talk to: updates for `getUpdates` or a webhook, presses of buttons
that are really there, answers, menus.

Follows core.telegram.org/bots/api as read in November 2026, where `telegram.py` stops. Leaves out:
inline mode, payments, and what reactions say.
"""

import asyncio
import json
import re
from itertools import count
from typing import Any, ClassVar
from urllib.parse import urlsplit

from aiohttp import web

from fakes.telegram import (
    FIELDS,
    Fake,
    Refusal,
    caption_of,
    check_entities,
    check_keyboard,
    shown,
    units,
)

MORE = {
    "getUpdates": (set(), {"offset", "limit", "timeout", "allowed_updates"}),
    "getChatMember": ({"chat_id", "user_id"}, set()),
    "deleteWebhook": (set(), {"drop_pending_updates"}),
    "setWebhook": ({"url"}, {"secret_token", "allowed_updates", "max_connections"}),
    "setMyCommands": ({"commands"}, {"scope", "language_code"}),
    "answerCallbackQuery": ({"callback_query_id"}, {"text"}),
    "editMessageText": ({"text", "chat_id", "message_id"}, {"reply_markup", "entities"}),
    "sendDocument": ({"chat_id", "document"}, {"caption", "reply_markup", "message_thread_id"}),
}
NIGHT = 1_620_000_000
PORTS = (None, 443, 80, 88, 8443)
UNASKED = ("chat_member", "message_reaction", "message_reaction_count")
"""Updates that come only when they are asked for."""


class BotApi(Fake):
    fields: ClassVar = FIELDS | MORE

    def __init__(self) -> None:
        super().__init__()
        self.updates: list[dict[str, Any]] = []
        self._numbers = count(1000)
        self._news = asyncio.Event()
        self._polls = 0
        #: (scope, language) -> commands
        self.menus: dict[tuple[str, str], list[str]] = {}
        #: callback id -> text; None until answered
        self.toasts: dict[str, str | None] = {}
        self.webhook: dict[str, Any] | None = None
        #: kinds of updates that were asked for; what happened before is not affected
        self.wanted: frozenset[str] | None = None
        #: messages that can't be edited any more
        self.frozen: set[int] = set()
        #: admins of groups: (chat, person)
        self.admins: set[tuple[int, int]] = set()
        #: most that getUpdates gives at once
        self.limit = 100

    # what people do

    def person(self, number: int, language: str = "en") -> dict[str, Any]:
        self.chats.setdefault(
            str(number), {"id": number, "type": "private", "first_name": f"P{number}"}
        )
        return {
            "id": number,
            "is_bot": False,
            "first_name": f"P{number}",
            "language_code": language,
        }

    def group(self, number: int = -500, kind: str = "group") -> int:
        """A group that there is."""
        self.chats[str(number)] = {"id": number, "type": kind, "title": "Us"}
        return number

    def says(self, number: int, text: str, *, language: str = "en", chat: int | None = None) -> int:
        """A message; gives the update's number."""
        user = self.person(number, language)
        content = {
            "message_id": next(self._numbers),
            "date": NIGHT,
            "chat": self.chats[str(chat or number)],
            "from": user,
            "text": text,
        }
        return self.happens(message=content)

    def edits(self, number: int, message_id: int, **content: Any) -> int:
        """The person changes a message of theirs."""
        return self.happens(
            edited_message={
                "message_id": message_id,
                "date": NIGHT,
                "edit_date": NIGHT + 1,
                "chat": self.chats[str(number)],
                "from": self.person(number),
                **content,
            }
        )

    def sends(self, number: int, **content: Any) -> int:
        """A message that is no text."""
        user = self.person(number)
        return self.happens(
            message={
                "message_id": next(self._numbers),
                "date": NIGHT,
                "chat": self.chats[str(number)],
                "from": user,
                **content,
            }
        )

    def presses(
        self, number: int, label: str, *, by: int | None = None, language: str = "en"
    ) -> str:
        """Press the newest button of this label in the chat; gives the callback's id."""
        for message_id in sorted(self.messages, reverse=True):
            message = self.messages[message_id]
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            button = next((b for row in rows for b in row if b["text"] == label), None)
            if message["chat"] == number and button is not None:
                return self.taps(
                    number, message_id, button["callback_data"], by=by, language=language
                )
        raise AssertionError(
            f"no message to {number} has a button {label!r}:"
            f" {[m.get('text') for m in self.to(number)]}"
        )

    def taps(
        self,
        number: int,
        message_id: int,
        data: str,
        *,
        by: int | None = None,
        language: str = "en",
    ) -> str:
        """What a client of one's own could send: any data."""
        callback = str(next(self._numbers))
        self.toasts[callback] = None
        message = {
            "message_id": message_id,
            "date": NIGHT,
            "chat": self.chats[str(number)],
            "text": "…",
        }
        query = {
            "id": callback,
            "from": self.person(by or number, language),
            "chat_instance": "1",
            "data": data,
            "message": message,
        }
        self.happens(callback_query=query)
        return callback

    def leaves(self, number: int) -> int:
        """The person blocks the bot."""
        user = self.person(number)
        member = {"user": {"id": 110201543, "is_bot": True, "first_name": "Drum"}}
        old, new = {**member, "status": "member"}, {**member, "status": "kicked", "until_date": 0}
        return self.happens(
            my_chat_member={
                "chat": self.chats[str(number)],
                "from": user,
                "date": NIGHT,
                "old_chat_member": old,
                "new_chat_member": new,
            }
        )

    def happens(self, **content: Any) -> int:
        """Any update; one that nobody asked for is kept from the bot."""
        number = next(self._numbers)
        if any(
            kind in UNASKED if self.wanted is None else kind not in self.wanted for kind in content
        ):
            return number
        self.updates.append({"update_id": number, **content})
        self._news.set()
        return number

    def to(self, number: int) -> list[dict[str, Any]]:
        """What this chat got, in order."""
        return [
            self.messages[n] for n in sorted(self.messages) if self.messages[n]["chat"] == number
        ]

    # the methods

    async def getUpdates(
        self,
        offset: str = "0",
        limit: str = "100",
        timeout: str = "0",  # noqa: ASYNC109 - the field has this name
        allowed_updates: str = "",
    ) -> list[dict[str, Any]]:
        if self.webhook:
            raise Refusal(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook"
                " to delete the webhook first",
            )
        self._wants(allowed_updates)
        self._polls += 1
        mine = self._polls
        self._news.set()  # an older poll ends
        self.updates = [update for update in self.updates if update["update_id"] >= int(offset)]
        if not self.updates and int(timeout):
            self._news.clear()
            waits = [asyncio.create_task(self._news.wait()), asyncio.create_task(self._over.wait())]
            await asyncio.wait(waits, timeout=int(timeout), return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
        if self.webhook:
            raise Refusal(409, "Conflict: terminated by setWebhook request")
        if mine != self._polls:
            raise Refusal(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot"
                " instance is running",
            )
        return self.updates[: min(int(limit), self.limit)]

    def _wants(self, allowed_updates: str) -> None:
        if allowed_updates:
            self.wanted = frozenset(json.loads(allowed_updates)) or None

    # the method's name
    def deleteWebhook(self, drop_pending_updates: str = "false") -> bool:
        assert drop_pending_updates == "false", "what people wrote meanwhile must not be lost"
        self.webhook = None
        return True

    def setWebhook(
        self,
        url: str,
        secret_token: str = "",
        allowed_updates: str = "",
        max_connections: str = "40",
    ) -> bool:
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret_token):
            raise Refusal(400, "Bad Request: secret token contains unallowed characters")
        if not 1 <= int(max_connections) <= 100 or urlsplit(url).scheme != "https":
            raise Refusal(
                400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook"
            )
        if urlsplit(url).port not in PORTS:
            raise Refusal(
                400,
                "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443",
            )
        self._wants(allowed_updates)
        self.webhook = {"url": url, "secret": secret_token}
        self._news.set()
        return True

    def setMyCommands(
        self, commands: str, scope: str = '{"type": "default"}', language_code: str = ""
    ) -> bool:
        found, where = json.loads(commands), json.loads(scope)
        if not re.fullmatch(r"([a-z]{2})?", language_code):
            raise Refusal(400, "Bad Request: invalid language code specified")
        for one in found:
            name, words = one["command"].strip().removeprefix("/"), one["description"].strip()
            if not re.fullmatch(r"[a-z0-9_]{1,32}", name):
                raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
            if not 1 <= units(words) <= 256:
                raise Refusal(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
        if not 1 <= len(found) <= 100:
            raise Refusal(400, "Bad Request: BOT_COMMANDS_TOO_MUCH")
        if where["type"] == "chat":
            self._chat(str(where["chat_id"]))
        self.menus[where["type"], language_code] = [c["command"] for c in found]
        return True

    # the method's name
    def getChatMember(self, chat_id: str, user_id: str) -> dict[str, Any]:
        chat, user = self._chat(chat_id), self.person(int(user_id))
        if (chat["id"], int(user_id)) not in self.admins:
            return {"status": "member", "user": user}
        rights = (
            "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats"
            " can_restrict_members can_promote_members can_change_info can_invite_users"
            " can_post_stories can_edit_stories can_delete_stories"
        )
        return {"status": "administrator", "user": user, **dict.fromkeys(rights.split(), False)}

    # the method's name
    def answerCallbackQuery(self, callback_query_id: str, text: str = "") -> bool:
        if callback_query_id not in self.toasts or self.toasts[callback_query_id] is not None:
            raise Refusal(
                400,
                "Bad Request: query is too old and response timeout expired or query ID is invalid",
            )
        if units(text) > 200:
            raise Refusal(400, "Bad Request: MESSAGE_TOO_LONG")
        self.toasts[callback_query_id] = text
        return True

    def editMessageText(
        self, text: str, chat_id: str, message_id: str, reply_markup: str = "", entities: str = ""
    ) -> dict[str, Any]:
        chat = self._chat(chat_id)
        there = self.messages.get(int(message_id))
        if there is None or there["chat"] != chat["id"]:
            raise Refusal(400, "Bad Request: message to edit not found")
        if int(message_id) in self.frozen or "text" not in there:
            raise Refusal(400, "Bad Request: message can't be edited")
        new = {
            "chat": chat["id"],
            "text": shown(text, 4096, "message"),
            **check_keyboard(reply_markup),
            **check_entities(entities, text),
        }
        if new == there:
            raise Refusal(
                400,
                "Bad Request: message is not modified: specified new message content and reply"
                " markup are exactly the same",
            )
        self.messages[int(message_id)] = new
        self.texts.append(text)
        return {"message_id": int(message_id), "date": NIGHT, "chat": chat, "text": text}

    def sendDocument(
        self,
        chat_id: str,
        document: web.FileField,
        caption: str = "",
        reply_markup: str = "",
        message_thread_id: str = "",
    ) -> dict[str, Any]:
        chat = self._chat(chat_id)
        content = document.file.read()
        if not document.filename.endswith((".docx", ".pdf")):
            content = content.decode()
        if not content:
            raise Refusal(400, "Bad Request: file must be non-empty")
        file = {"file_id": "B", "file_unique_id": "C", "file_name": document.filename}
        sent = self._take(
            chat, document=file, **caption_of(caption), **check_keyboard(reply_markup)
        )
        self.messages[sent["message_id"]]["content"] = content
        return sent
