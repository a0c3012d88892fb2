"""Who is an admin of a group, as Telegram says, asked at most once a minute for each person."""

import asyncio
import logging

from telegram import Bot
from telegram.constants import ChatMemberStatus
from telegram.error import TelegramError

from bot.kept import Kept
from bot.networks.common.redact import redacted

log = logging.getLogger(__name__)

_ADMINS = (ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER)
_BELIEVED = 60.0
"""Seconds for which an answer of Telegram's is believed."""
_KNOWN = 10_000


class Admins:
    """Looks up whether people are admins of groups, and keeps the answers for a minute."""

    def __init__(self) -> None:
        #: the question that was asked, and when (the loop's seconds), by group and person
        self._asked: Kept[tuple[str, str], tuple[asyncio.Task[bool], float]] = Kept(_KNOWN)

    async def has(self, bot: Bot, group: str, person: str) -> bool:
        """Return whether the person is an admin of the group.

        Who can't be looked up counts as none, and is looked up again the next time.
        """
        key, now = (group, person), asyncio.get_running_loop().time()
        if key not in self._asked or self._asked[key][1] < now - _BELIEVED:
            self._asked[key] = asyncio.create_task(_ask(bot, *key)), now
        try:
            return await asyncio.shield(self._asked[key][0])
        except (TelegramError, ValueError, TypeError, KeyError, AttributeError) as error:
            log.info("nobody knows whether somebody is a group's admin: %s", redacted(str(error)))
            self._asked.pop(key, None)
            return False

    def cancel(self) -> None:
        """Cancel all questions that Telegram has not answered yet."""
        for task, _ in self._asked.values():
            task.cancel()


async def _ask(bot: Bot, group: str, person: str) -> bool:
    member = await bot.get_chat_member(group, int(person))
    return member.status in _ADMINS
