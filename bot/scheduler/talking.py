"""The chat of a running process, in a task of its own that begins again where it ended."""

import asyncio
from typing import TYPE_CHECKING

from bot.jobs.operations.turns import LET_GO
from bot.jobs.sending.dispatch.line import Line
from bot.scheduler.shared import PATIENCE, Shared

if TYPE_CHECKING:
    from bot.chat.telegram.chat import Chat
    from bot.chat.telegram.memory import Memory


SEAT = "chat"
"""The seat of the process that asks Telegram for updates: it answers one at a time."""


class Talk:
    """The chat with people, where a Telegram channel with nudges is live."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._chat: Chat | None = None
        self._task: asyncio.Task[None] | None = None
        #: what one chat leaves to the next
        self._memory: Memory | None = None

    @property
    def heard(self) -> float | None:
        """Return when Telegram was last heard, as long as there is a chat."""
        return self._chat.heard if self._chat is not None else None

    async def begin(self) -> None:
        """Begin to talk where there is somebody to talk with; a chat that ended begins again.

        Of several processes one does so, until it gives no sign of life any more.
        """
        shared = self._shared
        if shared.stopped.is_set():
            return
        if not self._is_seated():
            await self.end()
            return
        if self._goes_on():
            return
        # heavy, and not everybody has a chat
        from bot.chat.telegram import chat as telegram
        from bot.chat.telegram.memory import Memory

        name = telegram.live(shared.services)
        self._chat = None
        if name is not None:
            account = shared.services.settings.channels[name].account
            line = Line(shared.turns.dispatcher(account), shared.clock)
            self._memory = self._memory or Memory()
            chat = telegram.Chat(lambda: shared.services, name, shared.clock, line, self._memory)
            self._chat = chat
            shared.life.hear(lambda: chat.updates)
            self._task = asyncio.create_task(shared.guard("talk", chat.run))

    async def end(self) -> None:
        """Let the chat end, which needs Telegram for it; what takes too long is left out."""
        for patience in (PATIENCE, LET_GO):
            if self._task is not None and not self._task.done():
                self._task.cancel()
                await asyncio.wait([self._task], timeout=patience)

    def leave(self) -> None:
        """Let another process talk, at once."""
        if self._shared.many:
            self._shared.services.store.seats.leave(SEAT, self._shared.name)

    def _is_seated(self) -> bool:
        """Return whether this process may talk: whom Telegram calls by itself may be any number."""
        shared = self._shared
        if not shared.many or shared.services.settings.chat.public_url:
            return True
        return shared.services.store.seats.sit(SEAT, shared.name, shared.passed())

    def _goes_on(self) -> bool:
        return self._task is not None and not self._task.done()
