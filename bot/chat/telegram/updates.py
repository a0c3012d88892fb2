"""Making arrivals of Telegram's updates, and leaving out those that ask nothing of us."""

import re
from dataclasses import replace

from telegram import CallbackQuery, ChatMemberUpdated, MaybeInaccessibleMessage, Message, Update
from telegram.constants import ChatMemberStatus, ChatType, UpdateType
from telegram.ext.filters import StatusUpdate

from bot.chat.messages import Arrival
from bot.conversation.words import Blocked, Command, Edited, Event, Media, Migrated, Text

WANTED = (
    UpdateType.MESSAGE,
    UpdateType.EDITED_MESSAGE,
    UpdateType.CALLBACK_QUERY,
    UpdateType.MY_CHAT_MEMBER,
)
"""The kinds of updates that we ask Telegram for."""

_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]+))?(?:\s+(.*))?", re.DOTALL)
_KINDS = ("photo", "voice", "video", "video_note", "audio", "document", "sticker", "animation")
_GONE = (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)


def arrival(update: Update, bot: str) -> Arrival | None:
    """Return the arrival; None for what asks nothing of us. `bot` is our own name, without '@'."""
    if update.message is not None:
        return _message(update.message, update, bot)
    if update.edited_message is not None:
        return _edited(update.edited_message, update)
    if update.callback_query is not None:
        return _press(update.callback_query, update.update_id)
    if update.my_chat_member is not None:
        return _member(update.my_chat_member, update.update_id)
    return None


def _message(message: Message, update: Update, bot: str) -> Arrival | None:
    private = message.chat.type == ChatType.PRIVATE
    event = _event(message, update, bot, private=private)
    if event is None or message.chat.type == ChatType.CHANNEL:
        return None
    if not private and isinstance(event, Text) and not event.reply:
        # a bot that is an admin sees all that a group writes
        event = _to_us(event, bot)
    if event is None:
        return None
    user = message.from_user
    if user is not None and user.is_bot and message.sender_chat is None:
        return None  # two bots would answer each other for ever
    return Arrival(
        address=str(message.chat.id),
        user=str(user.id) if user else str(message.chat.id),
        event=event,
        private=private,
        # who writes in the group's own name is one of its admins
        admin=not private
        and message.sender_chat is not None
        and message.sender_chat.id == message.chat.id,
        language=user.language_code if user else None,
        number=update.update_id,
        once=f"album {message.media_group_id}" if message.media_group_id else "",
        thread=message.message_thread_id if message.is_topic_message else None,
    )


def _edited(message: Message, update: Update) -> Arrival | None:
    """Return that a text was changed; None for what is no text of a person's in private.

    A live location is a message that its app changes all the time.
    """
    user = message.from_user
    if message.chat.type != ChatType.PRIVATE or message.text is None or user is None:
        return None
    return Arrival(
        address=str(message.chat.id),
        user=str(user.id),
        event=Edited(),
        language=user.language_code,
        number=update.update_id,
        once=f"edited {message.message_id}",
    )


def _event(message: Message, update: Update, bot: str, *, private: bool) -> Event | None:
    if message.migrate_to_chat_id is not None:
        return Migrated(address=str(message.migrate_to_chat_id))
    if message.text is not None:
        event = _text(message.text, bot)
        return replace(event, reply=_answered(message, bot)) if isinstance(event, Text) else event
    if not private or StatusUpdate.ALL.check_update(update):
        # pictures in a group, and what a chat reports of itself (a pinned message, a new title),
        # are no messages to us
        return None
    kind = next((kind for kind in _KINDS if getattr(message, kind)), "other")
    return Media(kind=kind, caption=message.caption or "")


def _answered(message: Message, bot: str) -> str:
    """Return the text of our own message that this one replies to; '' where it replies to none."""
    other = message.reply_to_message
    ours = other is not None and other.from_user is not None and other.from_user.username == bot
    return other.text or "" if ours and other is not None else ""


def _to_us(text: Text, bot: str) -> Text | None:
    """Return what is said to us by our name, without the name; None for what others are told."""
    name = re.compile(rf"(?<!\w)@{re.escape(bot)}\b[\s,:]*", re.IGNORECASE)
    words = name.sub("", text.text).strip()
    return replace(text, text=words) if words and name.search(text.text) else None


def _text(text: str, bot: str) -> Event | None:
    command = _COMMAND.fullmatch(text)
    if command is None:
        return Text(text=text)
    if command[2] and command[2].lower() != bot.lower():
        return None
    return Command(name=command[1].lower(), argument=command[3] or "")


def _press(query: CallbackQuery, number: int) -> Arrival | None:
    if query.message is None or query.data is None:
        return None
    return Arrival(
        address=str(query.message.chat.id),
        user=str(query.from_user.id),
        data=query.data,
        private=query.message.chat.type == ChatType.PRIVATE,
        language=query.from_user.language_code,
        number=number,
        callback=query.id,
        message=query.message.message_id,
        thread=_thread(query.message),
    )


def _thread(message: MaybeInaccessibleMessage) -> int | None:
    return (
        message.message_thread_id
        if isinstance(message, Message) and message.is_topic_message
        else None
    )


def _member(change: ChatMemberUpdated, number: int) -> Arrival | None:
    if change.new_chat_member.status not in _GONE or change.chat.type == ChatType.CHANNEL:
        return None
    private = change.chat.type == ChatType.PRIVATE
    return Arrival(
        address=str(change.chat.id),
        user=str(change.from_user.id),
        event=Blocked(),
        private=private,
        number=number,
    )
