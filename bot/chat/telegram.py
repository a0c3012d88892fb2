"""The chat in Telegram: python-telegram-bot's Application asks for updates (or Telegram calls our webhook), the door handles them, replies go out.

Updates that are there together are handled in one transaction: one sync to disk for all of them. While they are written, the next ones gather.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from telegram import BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats, BotCommandScopeChat, Update
from telegram.constants import ChatMemberStatus
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, CallbackContext, TypeHandler

from bot import conversation
from bot.chat.door import Arrival, Door, Outgoing
from bot.chat.flood import Flood
from bot.chat.replies import Replies
from bot.chat.updates import WANTED, arrival
from bot.chat.webhook import Webhook
from bot.conversation.base import Blocked, Migrated
from bot.errors import RenderError, StoreError
from bot.jobs.services import Services
from bot.networks._aiohttp import AiohttpRequest, Answered, NotConnected
from bot.networks._redact import conceal, redacted

log = logging.getLogger(__name__)

BATCH = 100
"""Most arrivals of one transaction."""

ERRANDS = 2.0
"""Seconds between two looks for answers and messages that wait."""

_LOGGERS = ("telegram.ext.Application", "telegram.ext.Updater", "telegram.ext.ExtBot", "telegram.Bot")
_ADMINS = (ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.OWNER)
_RIGHTS = 60.0
"""Seconds for which it is believed who is a group's admin."""
_KNOWN = 10_000
_ERRAND_TRIES = 8
"""So often what waits for somebody is tried, over some two hours."""

_POLL = 25
_FIRST_WAIT, _LAST_WAIT = 1.0, 60.0


def live(services: Services) -> str | None:
    """The name of the channel that people can talk to; None when there is none, or it is dry."""
    return next(
        (c.name for c in services.settings.channels.values() if c.nudges and c.network == "telegram" and c.name not in services.dry), None
    )


class Chat:
    """The chat of one channel; `services` gives those in force, `spent` hears how many messages left beside the broadcasts."""

    def __init__(
        self, services: Callable[[], Services], channel: str, clock: Callable[[], datetime], spent: Callable[[int], None] = lambda _: None
    ) -> None:
        self._services = services
        self._channel = channel
        self._clock = clock
        self._spent = spent
        self.door = Door(services, channel)
        self._flood = Flood()
        self._inbox: asyncio.Queue[Arrival] = asyncio.Queue()
        #: (admin or not, when that was asked) by group and person
        self._admins: dict[tuple[str, str], tuple[bool, float]] = {}
        self._lookups: set[asyncio.Task[None]] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._app: Application[Any, Any, Any, Any, Any, Any] | None = None
        self._requests: tuple[AiohttpRequest, ...] = ()
        self._webhook: Webhook | None = None
        #: errands that failed: how often, and when they are tried again
        self._resting: dict[tuple[str, int], tuple[int, float]] = {}
        self._replies: Replies | None = None

    async def run(self) -> None:
        """Work until cancelled; a network that is not there is waited for. Returns at once when the chat may not start, and says why by an alert."""
        services = self._services()
        if services.settings.privacy is None:
            self._alarm(
                "privacy", "the chat does not start: config.toml has no [privacy] with controller and contact; fill it in, then restart"
            )
            return
        services.store.alerts.close("chat", "privacy", self._moment())
        app = self._app = self._build(services)
        try:
            if not await self._begin(app):
                return
            self._replies = Replies(app.bot, blocked=self._blocked, moved=self._moved, spent=self._spent)
            self.door.bot = app.bot.username
            await self._menus(app)
            self._tasks = [asyncio.create_task(self._work()), asyncio.create_task(self._errands())]
            await self._listen(app, services)
            await asyncio.gather(*self._tasks)
        finally:
            await self._end(app)

    def _build(self, services: Services) -> Application[Any, Any, Any, Any, Any, Any]:
        secrets = services.networks[self._channel].secrets
        conceal(secrets.values(), loggers=_LOGGERS)
        base = (services.settings.channels[self._channel].base_url or "https://api.telegram.org").rstrip("/")
        builder = ApplicationBuilder().token(secrets["token"].reveal()).base_url(f"{base}/bot").base_file_url(f"{base}/file/bot")
        self._requests = (AiohttpRequest(), AiohttpRequest(answer=_POLL + 15))
        builder = builder.request(self._requests[0]).get_updates_request(self._requests[1])
        if services.settings.chat.public_url:
            builder = builder.updater(None)
        app = builder.job_queue(None).build()
        app.add_handler(TypeHandler(Update, self._receive))
        return app

    async def _begin(self, app: Application[Any, Any, Any, Any, Any, Any]) -> bool:
        """Say hello to Telegram, however long it takes; False when it refuses the token."""
        wait = _FIRST_WAIT
        while True:
            try:
                await app.initialize()
                await app.start()
            except InvalidToken:
                self._alarm(
                    "token", f"the chat does not start: Telegram refuses the token of {self._channel}; ask @BotFather for the right one"
                )
                return False
            except TelegramError as error:
                log.warning("the chat waits for Telegram: %s", redacted(str(error)))
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LAST_WAIT)
            else:
                self._services().store.alerts.close("chat", "token", self._moment())
                return True

    async def _listen(self, app: Application[Any, Any, Any, Any, Any, Any], services: Services) -> None:
        chat = services.settings.chat
        if chat.public_url:
            self._webhook = Webhook(app, services.store.meta, path=f"/telegram/{self._channel}")
            await self._webhook.start(chat.listen)
            await app.bot.set_webhook(
                f"{chat.public_url}{self._webhook.path}",
                secret_token=self._webhook.secret,
                allowed_updates=list(WANTED),
                max_connections=40,
            )
            log.info("the chat listens at %s", chat.public_url)
            return
        assert app.updater is not None  # noqa: S101 - built with one
        await app.updater.start_polling(timeout=_POLL, allowed_updates=list(WANTED), bootstrap_retries=-1, error_callback=self._poll_failed)
        log.info("the chat asks Telegram for messages as @%s", app.bot.username)

    def _poll_failed(self, error: TelegramError) -> None:
        log.warning("asking for messages failed, it is tried again: %s", redacted(str(error)))

    async def _end(self, app: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Ask for no more, let what is under way leave, close."""
        for task in (*self._tasks, *self._lookups):
            task.cancel()
        if self._webhook is not None:
            await self._webhook.stop()
        if app.updater is not None and app.updater.running:
            await app.updater.stop()
        if self._replies is not None:
            try:
                await asyncio.wait_for(self._replies.drain(), timeout=2)
            except TimeoutError:
                self._replies.cancel()
        if app.running:
            await app.stop()
        await app.shutdown()
        for request in self._requests:  # an application that never began closes nothing
            await request.shutdown()

    # what comes in

    async def _receive(self, update: Update, _context: CallbackContext[Any, Any, Any, Any]) -> None:
        """Take an update; it is handled with all others that are there."""
        found = arrival(update, self._bot.username)
        if found is None:
            return
        now = asyncio.get_running_loop().time()
        delay = self._flood.delay(found.address, now)
        if not found.private and not found.admin and not isinstance(found.event, Blocked | Migrated):
            self._lookups.add(task := asyncio.create_task(self._with_rights(found, delay)))
            task.add_done_callback(self._lookups.discard)
            return
        if delay == 0:
            self._inbox.put_nowait(found)
            return
        if self._flood.tell(found.address, now):
            self._put([self.door.trouble(found, "help.slow_down")])
        if delay is not None:
            asyncio.get_running_loop().call_later(delay, self._inbox.put_nowait, found)

    async def _with_rights(self, found: Arrival, delay: float | None) -> None:
        """What comes from a group waits until it is known whether an admin said it; who can't be looked up is none."""
        if delay is None:
            return
        if delay:
            await asyncio.sleep(delay)
        key, now = (found.address, found.user), asyncio.get_running_loop().time()
        if len(self._admins) > _KNOWN:
            self._admins.clear()
        if key not in self._admins or self._admins[key][1] < now - _RIGHTS:
            try:
                member = await self._bot.get_chat_member(found.address, int(found.user))
                admin = member.status in _ADMINS
            except (TelegramError, Answered, NotConnected) as error:
                log.info("nobody knows whether somebody is a group's admin: %s", redacted(str(error)))
                admin = False
            self._admins[key] = admin, now
        self._inbox.put_nowait(replace(found, admin=self._admins[key][0]))

    async def _work(self) -> None:
        while True:
            batch = [await self._inbox.get()]
            while not self._inbox.empty() and len(batch) < BATCH:
                batch.append(self._inbox.get_nowait())
            self._handle(batch)
            # whatever else wants to run, runs now: the next batch gathers meanwhile
            await asyncio.sleep(0)

    def _handle(self, batch: Sequence[Arrival]) -> None:
        try:
            found = self.door.handle(batch, self._clock())
        except StoreError as error:
            log.error("messages could not be handled: %s", error)  # noqa: TRY400 - its own words say all
            found = [[self.door.trouble(one)] for one in batch]
        for outgoing in found:
            self._put(outgoing)

    def _put(self, outgoing: list[Outgoing]) -> None:
        if outgoing and self._replies is not None:
            self._replies.put(outgoing)

    def _blocked(self, address: str) -> None:
        self.door.handle([Arrival(address=address, user=address, event=Blocked())], self._clock())

    def _moved(self, old: str, new: str) -> None:
        self.door.handle([Arrival(address=old, user=old, event=Migrated(address=new))], self._clock())

    # errands

    async def _errands(self) -> None:
        while True:
            try:
                await self._errand()
            except (StoreError, RenderError) as error:
                log.error("answers could not be sent: %s", error)  # noqa: TRY400 - its own words say all
            await asyncio.sleep(ERRANDS)

    async def _errand(self) -> None:
        for one in self.door.waiting():
            assert self._replies is not None  # noqa: S101 - made before this task
            if one.receipt and self._clock().timestamp() < self._resting.get(one.receipt, (0, 0.0))[1]:
                continue
            if await self._replies.send(one):
                self.door.left(one, self._clock())
                self._resting.pop(one.receipt or ("", 0), None)
                if one.receipt and one.receipt[0] == "flag":
                    self._services().store.alerts.close("chat", "safeguarding", self._moment())
            elif one.receipt and one.receipt[0] == "flag":
                self._alarm(
                    "safeguarding", "the safeguarding contact can't be reached: they must write /start to the bot; messages wait for them"
                )
            elif one.receipt is None or self._gives_up(one.receipt):
                self.door.left(one, self._clock())

    def _gives_up(self, receipt: tuple[str, int]) -> bool:
        """Whether it has failed often enough; until then it rests, longer each time: Telegram may be away, the person may not have begun to talk to us."""
        tries = self._resting.get(receipt, (0, 0.0))[0] + 1
        self._resting[receipt] = (tries, self._clock().timestamp() + 30.0 * 2**tries)
        if tries < _ERRAND_TRIES:
            return False
        del self._resting[receipt]
        return True

    # the menu of commands

    async def _menus(self, app: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Names and descriptions, for each language, for private chats, groups and staff."""
        texts, staff = self.door.words(), self._services().settings.chat.staff
        try:
            for language in (None, *(tag for tag in texts.languages() if len(tag) == 2)):  # noqa: PLR2004 - Telegram takes two letters
                await self._menu(app, language, BotCommandScopeAllPrivateChats(), group=False, staff=False)
                await self._menu(app, language, BotCommandScopeAllGroupChats(), group=True, staff=False)
        except (TelegramError, RenderError) as error:
            log.warning("the menu of commands could not be set: %s", redacted(str(error)))
        for person in staff:
            try:
                for language in (None, *(tag for tag in texts.languages() if len(tag) == 2)):  # noqa: PLR2004 - as above
                    await self._menu(app, language, BotCommandScopeChat(person), group=False, staff=True)
            except TelegramError as error:
                log.info("the menu of %s could not be set, they have not written to the bot yet: %s", person, redacted(str(error)))

    async def _menu(
        self, app: Application[Any, Any, Any, Any, Any, Any], language: str | None, scope: Any, *, group: bool, staff: bool
    ) -> None:
        texts = self.door.words()
        offers = (o for o in conversation.offers().values() if o.listed and texts.describes(o.name))
        found = [o for o in offers if (o.group or not group) and (staff or not o.staff)]
        spoken = language or texts.fallback
        commands = [
            BotCommand(o.name, texts.word("commands", o.name, spoken)) for o in sorted(found, key=lambda o: (o.staff, texts.rank(o.name)))
        ]
        await app.bot.set_my_commands(commands, scope=scope, language_code=language)

    # small things

    @property
    def _bot(self) -> Any:
        assert self._app is not None  # noqa: S101 - only used while running
        return self._app.bot

    def _moment(self) -> int:
        return int(self._clock().timestamp())

    def _alarm(self, subject: str, text: str) -> None:
        if self._services().store.alerts.open("chat", subject, text, self._moment()):
            log.error("%s", text)
