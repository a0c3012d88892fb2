"""The menu of commands in people's apps: names and descriptions for each language, for private
chats, groups, and each member of staff.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)
from telegram.error import BadRequest, Forbidden, TelegramError

from bot import conversation
from bot.errors import RenderError
from bot.model.staff import Member
from bot.networks.common.redact import redacted
from bot.render.chat import ChatTexts

log = logging.getLogger(__name__)


EVERY = 3600.0
"""Seconds between two looks whether the menus have changed: other commands have something to offer
in another month, and after a reload of the data.
"""


_Menu = list[tuple[str | None, tuple[BotCommand, ...]]]
"""The commands in each language that has a code of two letters, as Telegram wants; everybody else
sees those for None, in the fallback language.
"""


class Menus:
    """The menus that Telegram was told of: of each once, and anew where other commands are to stand
    in it. One that it refused waits until somebody writes who shall see it.
    """

    def __init__(self) -> None:
        #: by what has the menu: 'people', 'groups', or the chat of a member of staff
        self._told: dict[str, _Menu] = {}
        self._refused: set[str] = set()
        self._heard = asyncio.Event()

    def forget(self, chat: str) -> None:
        """Set the menu of a chat anew where it was refused, since somebody wrote from it now."""
        if chat in self._refused:
            self._refused.discard(chat)
            del self._told[chat]
            self._heard.set()

    async def keep(
        self,
        bot: Bot,
        texts: Callable[[], ChatTexts],
        staff: Callable[[], Mapping[str, Member]],
        idle: Callable[[], Collection[str]],
    ) -> None:
        """Set the menus, and again what has changed, without the commands that are `idle`.

        Runs until cancelled.
        """
        while True:
            self._heard.clear()
            await self._put(bot, texts(), staff(), idle())
            with suppress(TimeoutError):
                await asyncio.wait_for(self._heard.wait(), EVERY)

    async def _put(
        self, bot: Bot, texts: ChatTexts, staff: Mapping[str, Member], idle: Collection[str]
    ) -> None:
        """Set the menus that Telegram doesn't know yet.

        One that it does not accept is logged, and the chat works without it.
        """
        everybody: tuple[tuple[str, BotCommandScope], ...] = (
            ("people", BotCommandScopeAllPrivateChats()),
            ("groups", BotCommandScopeAllGroupChats()),
        )
        for name, scope in everybody:
            try:
                await self._set(bot, name, scope, _menu(texts, idle, group=name == "groups"))
            except (TelegramError, RenderError) as error:
                log.warning("the menu of commands could not be set: %s", redacted(str(error)))
        for person, member in staff.items():
            scope = BotCommandScopeChat(int(person))
            try:
                await self._set(bot, person, scope, _menu(texts, idle, member=member))
            except (TelegramError, RenderError) as error:
                log.info(
                    "the menu of a member of staff could not be set, they have not written to the"
                    " bot yet: %s",
                    redacted(str(error)),
                )

    async def _set(self, bot: Bot, name: str, scope: BotCommandScope, menu: _Menu) -> None:
        if self._told.get(name) == menu:
            return
        self._refused.discard(name)
        try:
            for code, commands in menu:
                await bot.set_my_commands(commands, scope=scope, language_code=code)
        except (BadRequest, Forbidden):
            self._refused.add(name)
            self._told[name] = menu  # the same would be refused again
            raise
        self._told[name] = menu


def _menu(
    texts: ChatTexts, idle: Collection[str], *, group: bool = False, member: Member | None = None
) -> _Menu:
    offers = (
        o
        for o in conversation.OFFERS.values()
        if o.listed and o.name not in idle and texts.describes(o.name)
    )
    shown = [
        o
        for o in offers
        if (o.group or not group) and (not o.staff or (member is not None and member.may(o.role)))
    ]
    shown.sort(key=lambda o: (o.staff, texts.rank(o.name)))
    return [
        (code, tuple(BotCommand(o.name, texts.word("commands", o.name, tag)) for o in shown))
        for code, tag in ((None, texts.fallback), *by_two_letters(texts.languages()).items())
    ]


def by_two_letters(tags: Iterable[str]) -> dict[str, str]:
    """Return our language's tag for each code of ISO 639-1 that Telegram may ask for.

    'pt-BR' stands for 'pt' where there is no 'pt' itself.
    """
    shortest = sorted(tags, key=lambda tag: (len(tag), tag), reverse=True)
    codes = {tag.partition("-")[0]: tag for tag in shortest}
    return {code: tag for code, tag in codes.items() if len(code) == 2}  # noqa: PLR2004 - ISO's two
