"""The menu of commands in people's apps: names and descriptions for each language, for private
chats, groups, and each member of staff.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Sequence

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
"""Seconds between two looks whether the menus have changed: other commands have something to offer
in another month, and after a reload of the data.
"""


async def keep(
    bot: Bot,
    texts: Callable[[], ChatTexts],
    staff: Callable[[], Sequence[int]],
    idle: Callable[[], Collection[str]],
) -> None:
    """Set the menus, and set them anew whenever texts, staff or idle commands have changed.

    Runs until cancelled.
    """
    known: tuple[object, ...] = ()
    while True:
        spoken, people, empty = texts(), tuple(staff()), frozenset(idle())
        if (spoken, people, empty) != known:
            await put(bot, spoken, people, empty)
            known = (spoken, people, empty)
        await asyncio.sleep(EVERY)


async def put(bot: Bot, texts: ChatTexts, staff: Sequence[int], idle: Collection[str] = ()) -> None:
    """Set all menus, without the commands that are `idle`.

    A menu that Telegram does not accept is logged, and the chat works without it.
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
                "the menu of a member of staff could not be set, they have not written to the bot"
                " yet: %s",
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
    """Set the menu of a scope in each language that has a code of two letters, as Telegram wants.

    Everybody else sees it in the fallback language.
    """
    offers = (
        o
        for o in conversation.OFFERS.values()
        if o.listed and o.name not in idle and texts.describes(o.name)
    )
    shown = [o for o in offers if (o.group or not group) and (staff or not o.staff)]
    shown.sort(key=lambda o: (o.staff, texts.rank(o.name)))
    for code, language in (None, texts.fallback), *by_two_letters(texts.languages()).items():
        commands = [BotCommand(o.name, texts.word("commands", o.name, language)) for o in shown]
        await bot.set_my_commands(commands, scope=scope, language_code=code)


def by_two_letters(tags: Iterable[str]) -> dict[str, str]:
    """Return our language's tag for each code of ISO 639-1 that Telegram may ask for.

    'pt-BR' stands for 'pt' where there is no 'pt' itself.
    """
    shortest = sorted(tags, key=lambda tag: (len(tag), tag), reverse=True)
    codes = {tag.partition("-")[0]: tag for tag in shortest}
    return {code: tag for code, tag in codes.items() if len(code) == 2}  # noqa: PLR2004 - ISO's two
