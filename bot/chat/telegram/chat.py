"""The chat in Telegram: python-telegram-bot's Application asks for updates, or Telegram calls our
webhook; `bot.chat.entry` handles them, and its replies go out.

Updates that are there together are handled in one transaction, with one sync to disk for all of
them; while they are written, the next ones gather.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from telegram import Update
from telegram.error import BadRequest, Conflict, InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, CallbackContext, TypeHandler

from bot.chat.entry import ChatEntry
from bot.chat.messages import Arrival, Outgoing
from bot.chat.people import commands
from bot.chat.telegram.admins import Admins
from bot.chat.telegram.errands import Errands
from bot.chat.telegram.files import Files
from bot.chat.telegram.flood import Flood
from bot.chat.telegram.memory import Memory
from bot.chat.telegram.pieces import Pieces
from bot.chat.telegram.polling import REFUSED, Polling, Rivals
from bot.chat.telegram.replies import Replies
from bot.chat.telegram.updates import WANTED, arrival
from bot.chat.telegram.webhook import Webhook
from bot.conversation.words import Blocked, Migrated
from bot.errors import DrumbeatError
from bot.jobs.operations.surroundings import NO_PRIVACY
from bot.jobs.people import joining
from bot.jobs.sending.dispatch.line import Line
from bot.jobs.services import Services
from bot.model.staff import Member
from bot.networks.common.bounds import API
from bot.networks.common.redact import conceal, redacted
from bot.networks.common.thread import in_thread
from bot.networks.telegram.lean import Lean
from bot.networks.telegram.transport import AiohttpRequest, Answered
from bot.rules.alerts import ChatTrouble
from bot.rules.reading import places
from bot.times import epoch

log = logging.getLogger(__name__)

BATCH = 100
"""Most arrivals that are handled in one transaction."""

_LOGGERS = (
    "telegram.ext.Application",
    "telegram.ext.Updater",
    "telegram.ext.ExtBot",
    "telegram.Bot",
)
_TELLING = ("telegram.ext.ExtBot", "telegram.ext.Application")
"""Loggers that write what people say at levels below WARNING."""

_POLL = 25
_FIRST_WAIT, _LAST_WAIT = 1.0, 60.0

_PARTING = 1.5
"""Most seconds for each step of a stop that needs Telegram.

What takes longer is left behind; updates that were not taken come again.
"""


def live(services: Services) -> str | None:
    """Return the name of the Telegram channel that people can talk to; None without a live one."""
    return services.talking


class Chat:
    """The chat of one Telegram channel.

    `services` gives those in force. In `line` replies wait for their turn, since they count for
    the account's pace. `memory` is what the chats before it left.
    """

    def __init__(
        self,
        services: Callable[[], Services],
        channel: str,
        clock: Callable[[], datetime],
        line: Line,
        memory: Memory | None = None,
    ) -> None:
        self._memory = memory or Memory()
        self._services = services
        self._channel = channel
        self._clock = clock
        self._line = line
        self.entry = ChatEntry(services, channel)
        self._flood = Flood()
        self._pieces = Pieces(self._admit)
        self._admins = Admins()
        self._inbox: asyncio.Queue[Arrival] = asyncio.Queue()
        #: arrivals that wait for their turn, or until it is known whether an admin wrote them
        self._entering: dict[asyncio.Task[None], Arrival] = {}
        self._tasks: list[asyncio.Task[Any]] = []
        self._app: Application[Any, Any, Any, Any, Any, Any] | None = None
        self._requests: tuple[AiohttpRequest, ...] = ()
        self._polling: Polling | None = None
        self._webhook: Webhook | None = None
        #: Telegram knows the address of the webhook
        self._called = False
        self._replies: Replies | None = None
        self._errands: Errands | None = None
        self._refused = asyncio.Event()
        self._rivals = Rivals()
        #: how many updates came in
        self.updates = 0

    @property
    def heard(self) -> float | None:
        """Return when Telegram last said which messages there are, by the monotonic clock.

        0 before the first time; None where it calls us, and its silence says nothing.
        """
        if self._called:
            return None
        return self._polling.heard if self._polling is not None else 0.0

    async def run(self) -> None:
        """Work until cancelled; a network that is not there is waited for.

        Returns when the chat may not start or go on, and says why by an alert.
        """
        services = self._services()
        if services.settings.privacy is None:
            self._alarm(ChatTrouble.PRIVACY, NO_PRIVACY)
            return
        services.store.alerts.close(ChatTrouble.kind, ChatTrouble.PRIVACY, self._moment())
        app = self._app = self._build(services)
        try:
            await self._talk(app, services)
        except InvalidToken:
            self._alarm(
                "token",
                f"the chat does not work: Telegram refuses the token of {self._channel}; ask"
                " @BotFather for the right one",
            )
        finally:
            await self._end(app)

    async def _talk(
        self, app: Application[Any, Any, Any, Any, Any, Any], services: Services
    ) -> None:
        await self._patiently(app.initialize)
        await app.start()
        self._memory.meet(app.bot.id)
        for subject in ("token", ChatTrouble.CONFLICT):
            services.store.alerts.close(ChatTrouble.kind, subject, self._moment())
        self.entry.bot = app.bot.username
        joining.remember(services.store, app.bot.username)
        replies = self._replies = Replies(
            app.bot,
            Lean(app.bot, self._requests[0]),
            blocked=self._blocked,
            moved=self._moved,
            line=self._line,
            files=Files(self._services, lambda: self._clock().date()),
            instead=self.entry.without_file,
        )
        errands = self._errands = Errands(
            self.entry, replies, self._clock, self._reached, self._memory.rests
        )
        await self._read_names(services)
        if not await self._listen(app, services):
            return
        self._tasks = [
            asyncio.create_task(work)
            for work in (self._work(), errands.run(), self._refused.wait(), self._menus(app))
        ]
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
        raise InvalidToken  # only the wait for a refused token ends by itself

    async def _read_names(self, services: Services) -> None:
        """Read the names of places before the first update: somebody's first sentence would keep
        all others waiting for it.
        """
        languages, known = tuple(self.entry.words().languages()), services.library.shared.places
        await in_thread(partial(places.read_names, languages, known))

    async def _menus(self, app: Application[Any, Any, Any, Any, Any, Any]) -> None:
        def idle() -> frozenset[str]:
            services = self._services()
            return commands.idle(services, services.today(self._clock()))

        await self._memory.menus.keep(app.bot, self.entry.words, self._members, idle)

    def _members(self) -> Mapping[str, Member]:
        return self._services().team.chats

    def _build(self, services: Services) -> Application[Any, Any, Any, Any, Any, Any]:
        secrets = services.networks[self._channel].secrets
        conceal(secrets.values(), loggers=_LOGGERS, silent=_TELLING)
        base = (
            services.settings.channels[self._channel].base_url or "https://api.telegram.org"
        ).rstrip("/")
        builder = (
            ApplicationBuilder()
            .token(secrets["token"].reveal())
            .base_url(f"{base}/bot")
            .base_file_url(f"{base}/file/bot")
        )
        polling = Polling(replace(API, answer=_POLL + 15.0, total=_POLL + 60.0))
        self._polling, self._requests = polling, (AiohttpRequest(), polling)
        builder = builder.request(self._requests[0]).get_updates_request(polling)
        if services.settings.chat.public_url:
            builder = builder.updater(None)
        app = builder.job_queue(None).build()
        app.add_handler(TypeHandler(Update, self._receive))
        return app

    async def _patiently(self, ask: Callable[[], Awaitable[object]]) -> None:
        """Ask until Telegram answers, however long that takes.

        Raises `InvalidToken` and `BadRequest`, which no waiting mends.
        """
        wait = _FIRST_WAIT
        while True:
            try:
                await ask()
            except (InvalidToken, BadRequest):
                raise
            except TelegramError as error:
                log.warning("the chat waits for Telegram: %s", redacted(str(error)))
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LAST_WAIT)
            else:
                return

    async def _listen(
        self, app: Application[Any, Any, Any, Any, Any, Any], services: Services
    ) -> bool:
        """Begin to take updates: by the webhook where a public address is set, else by asking.

        Return False where Telegram does not accept the address.
        """
        if services.settings.chat.public_url:
            return await self._hear(app, services)
        assert app.updater is not None  # noqa: S101 - built with one
        await app.updater.start_polling(
            timeout=_POLL,
            allowed_updates=list(WANTED),
            bootstrap_retries=-1,
            error_callback=self._poll_failed,
        )
        log.info("the chat asks Telegram for messages as @%s", app.bot.username)
        return True

    async def _hear(
        self, app: Application[Any, Any, Any, Any, Any, Any], services: Services
    ) -> bool:
        """Start the webhook, and tell Telegram its address; False where that is not accepted."""
        chat = services.settings.chat
        hook = self._webhook = Webhook(
            app,
            services.networks[self._channel].secrets["token"],
            public_url=chat.public_url or "",
            path=f"/telegram/{self._channel}",
        )
        await hook.start(chat.listen)
        try:
            await self._patiently(
                lambda: app.bot.set_webhook(
                    hook.url,
                    secret_token=hook.secret,
                    allowed_updates=list(WANTED),
                    max_connections=40,
                )
            )
        except BadRequest as error:
            said = redacted(str(error))
            self._alarm(
                "webhook",
                f"the chat does not start: Telegram does not take {hook.url}: {said}; look at"
                " [chat] public_url in config.toml",
            )
            return False
        services.store.alerts.close(ChatTrouble.kind, "webhook", self._moment())
        self._called = True
        log.info("the chat listens at %s", chat.public_url)
        return True

    def _poll_failed(self, error: TelegramError) -> None:
        """Log that asking failed; it is tried again, unless the token is refused.

        Where another program asks for the same messages, staff get an alarm.
        """
        log.warning("asking for messages failed, it is tried again: %s", redacted(str(error)))
        if isinstance(error, Answered) and error.code in REFUSED:
            self._refused.set()
        if isinstance(error, Conflict) and self._rivals.met(asyncio.get_running_loop().time()):
            self._alarm(
                ChatTrouble.CONFLICT,
                f"another program asks Telegram for the messages of {self._channel}, and people get"
                " answers from one or the other: stop it, or let @BotFather give you a new token",
            )

    async def _end(self, app: Application[Any, Any, Any, Any, Any, Any]) -> None:
        """Stop: ask for no more, handle what is here, let what is under way leave, and close."""
        try:
            await self._part(app)
        finally:
            for sender in self._senders():
                sender.cancel()
            with suppress(RuntimeError):  # where its stop was cancelled, it says that it runs
                await app.shutdown()
            for request in self._requests:  # an application that never started closes none
                await request.shutdown()

    async def _part(self, app: Application[Any, Any, Any, Any, Any, Any]) -> None:
        for task in self._tasks:
            task.cancel()
        self._admins.cancel()
        if self._webhook is not None:
            await self._webhook.stop()
        if app.updater is not None and app.updater.running:
            await _in_time(app.updater.stop())
        if app.running:
            await _in_time(app.stop())
        self._clear()
        leaving = [sender.drain() for sender in self._senders()]
        await _in_time(asyncio.gather(*leaving))

    def _senders(self) -> Iterator[Replies | Errands]:
        yield from (sender for sender in (self._replies, self._errands) if sender is not None)

    def _clear(self) -> None:
        """Handle all that came in, since Telegram will not send it again.

        Nobody waits for their turn any more, and who was not looked up yet counts as no admin.
        """
        self._pieces.flush()
        waiting = [self._inbox.get_nowait() for _ in range(self._inbox.qsize())]
        for task, came in self._entering.items():
            task.cancel()
            waiting.append(came)
        for start in range(0, len(waiting), BATCH):
            self._handle(waiting[start : start + BATCH])

    # what comes in

    async def _receive(self, update: Update, _context: CallbackContext[Any, Any, Any, Any]) -> None:
        """Take an update into the inbox; it is handled with all others that are there."""
        self.updates += 1
        came = arrival(update, self._bot.username)
        if came is None:
            return
        if self._rivals.gone(asyncio.get_running_loop().time()):
            self._services().store.alerts.close(
                ChatTrouble.kind, ChatTrouble.CONFLICT, self._moment()
            )
        self._memory.heard(came.address)
        self._pieces.take(came)

    def _admit(self, came: Arrival) -> None:
        """Take a whole arrival into the inbox in its turn, or drop it where there are too many."""
        if isinstance(came.event, Blocked | Migrated):
            self._inbox.put_nowait(came)
            return
        now, who = (
            asyncio.get_running_loop().time(),
            came.user if came.private else f"{came.address} {came.user}",
        )
        delay = self._flood.delay(who, now)
        if delay == 0 and (came.private or came.admin):
            self._inbox.put_nowait(came)
            return
        if delay != 0 and came.private and self._flood.tell(who, now):
            self._put([self.entry.trouble(came, "help.slow_down")])
        if delay is not None:
            task = asyncio.create_task(self._enter(came, delay))
            self._entering[task] = came
            task.add_done_callback(self._entering.pop)

    async def _enter(self, came: Arrival, delay: float) -> None:
        """Put an arrival into the inbox after a delay in seconds.

        What comes from a group also waits until it is known whether an admin wrote it.
        """
        await asyncio.sleep(delay)
        admin = came.admin or (
            not came.private and await self._admins.has(self._bot, came.address, came.user)
        )
        self._inbox.put_nowait(replace(came, admin=admin))

    async def _work(self) -> None:
        while True:
            batch = [await self._inbox.get()]
            while not self._inbox.empty() and len(batch) < BATCH:
                batch.append(self._inbox.get_nowait())
            self._handle(batch)
            # lets everything else run, so that the next batch gathers
            await asyncio.sleep(0)

    def _handle(self, batch: Sequence[Arrival]) -> None:
        """Handle a batch; whatever goes wrong is logged, so that the next ones are handled too."""
        try:
            answers = self.entry.handle(batch, self._clock())
        except Exception as error:
            if isinstance(error, DrumbeatError):
                # its message says all, without a traceback
                log.error("messages could not be handled: %s", error)  # noqa: TRY400
            else:
                log.exception("messages could not be handled")
            answers = self._sorry(batch)
        for outgoing in answers:
            self._put(outgoing)

    def _sorry(self, batch: Sequence[Arrival]) -> list[list[Outgoing]]:
        try:
            return [
                [self.entry.trouble(came)]
                for came in batch
                if not isinstance(came.event, Blocked | Migrated)
            ]
        except DrumbeatError:  # not even texts can be read
            return []

    def _put(self, outgoing: list[Outgoing]) -> None:
        if outgoing and self._replies is not None:
            self._replies.put(outgoing)

    def _blocked(self, address: str) -> None:
        self._handle([Arrival(address=address, user=address, event=Blocked())])

    def _moved(self, old: str, new: str) -> None:
        self._handle([Arrival(address=old, user=old, event=Migrated(address=new))])

    def _reached(self, there: bool) -> None:
        if there:
            self._services().store.alerts.close(
                ChatTrouble.kind, ChatTrouble.SAFEGUARDING, self._moment()
            )
            return
        self._alarm(
            ChatTrouble.SAFEGUARDING,
            "the safeguarding contact can't be reached: they must write /start to the bot; messages"
            " wait for them",
        )

    # small things

    @property
    def _bot(self) -> Any:
        assert self._app is not None  # noqa: S101 - only used while running
        return self._app.bot

    def _moment(self) -> int:
        return epoch(self._clock())

    def _alarm(self, subject: str, text: str) -> None:
        alarm = ChatTrouble(subject=subject, text=text)
        if self._services().store.alerts.open(alarm, self._moment()):
            log.error("%s", text)


async def _in_time(step: Awaitable[object]) -> bool:
    """Await a step of a stop for `_PARTING` seconds at most; return whether it came to its end."""
    try:
        await asyncio.wait_for(step, _PARTING)
    except (TimeoutError, TelegramError) as error:
        log.info("Telegram did not part in time: %s", redacted(str(error) or type(error).__name__))
        return False
    return True
