"""The menu of commands in people's apps: names and descriptions for each language, for private
chats, groups, and each member of staff.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import TelegramError

from bot import conversation
from bot.errors import RenderError
from bot.networks.common.redact import redacted
from bot.render.chat import ChatTexts

log = logging.getLogger(__name__)


EVERY = 3600.0
"""Seconds between two looks whether other commands have something behind them now: months change
while we run, and data are reloaded.
"""


async def keep(
    bot: Bot,
    texts: Callable[[], ChatTexts],
    staff: Callable[[], Sequence[int]],
    idle: Callable[[], Collection[str]],
) -> None:
    """Set the menus, and set them anew when that has changed; runs until cancelled."""
    known: tuple[object, ...] = ()
    while True:
        spoken, people, empty = texts(), tuple(staff()), frozenset(idle())
        if (spoken, people, empty) != known:
            await put(bot, spoken, people, empty)
            known = (spoken, people, empty)
        await asyncio.sleep(EVERY)


async def put(bot: Bot, texts: ChatTexts, staff: Sequence[int], idle: Collection[str] = ()) -> None:
    """Set them all but those that are `idle`.

    What Telegram does not take is told, and the chat works without it.
    """
    try:
        await _menu(bot, texts, BotCommandScopeAllPrivateChats(), idle, group=False, staff=False)
        await _menu(bot, texts, BotCommandScopeAllGroupChats(), idle, group=True, staff=False)
    except (TelegramError, RenderError) as error:
        log.warning("the menu of commands could not be set: %s", redacted(str(error)))
    for person in staff:
        try:
            await _menu(bot, texts, BotCommandScopeChat(person), idle, group=False, staff=True)
        except (TelegramError, RenderError) as error:
            log.info(
                "the menu of %s could not be set, they have not written to the bot yet: %s",
                person,
                redacted(str(error)),
            )


async def _menu(
    bot: Bot,
    texts: ChatTexts,
    scope: BotCommandScope,
    idle: Collection[str],
    *,
    group: bool,
    staff: bool,
) -> None:
    """In each language that can be named by two letters, as Telegram wants it.

    And for all others in the fallback.
    """
    offers = (
        o
        for o in conversation.OFFERS.values()
        if o.listed and o.name not in idle and texts.describes(o.name)
    )
    found = [o for o in offers if (o.group or not group) and (staff or not o.staff)]
    found.sort(key=lambda o: (o.staff, texts.rank(o.name)))
    for language in (
        None,
        # a language without its country,
        *(tag for tag in texts.languages() if len(tag) == 2),  # noqa: PLR2004
    ):
        commands = [
            BotCommand(o.name, texts.word("commands", o.name, language or texts.fallback))
            for o in found
        ]
        await bot.set_my_commands(commands, scope=scope, language_code=language)
