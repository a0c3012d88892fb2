"""The turns of all accounts in a running process, each in a task of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from functools import partial

from bot.errors import StoreError
from bot.jobs.sending.dispatch.allowance import accounts
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.sending.dispatch.unheard import Unheard
from bot.jobs.services import Services

SHARE = 10.0
"""Seconds that a turn lasts at most where several processes share the accounts: then whoever is
free goes on.
"""

LET_GO = 0.3
"""Seconds that a turn has to write down what landed, once it is told to let go."""

Guard = Callable[[str, Callable[[], Awaitable[None]]], Awaitable[None]]
"""Does the work of a name, and tells where it fails."""


class Turns:
    """The accounts' dispatchers, which last as long as the process, and the turns under way.

    `services` gives those in force. `guard` does the work of a name, and tells where it fails;
    `well` is told the name of a turn that has nothing to do. With `many`, other processes have
    turns of the same accounts: each is short, and begins with what the database says.
    """

    def __init__(
        self,
        services: Callable[[], Services],
        clock: Callable[[], datetime],
        guard: Guard,
        well: Callable[[str], None],
        *,
        many: bool = False,
    ) -> None:
        self._services = services
        self._clock = clock
        self._guard = guard
        self._well = well
        self._many = many
        self._unheard = Unheard()
        #: set while no turn may begin and every turn shall end
        self.halt = asyncio.Event()
        #: by account
        self.dispatchers: dict[str, Dispatcher] = {}
        self.under_way: dict[str, asyncio.Task[None]] = {}

    def dispatcher(self, account: str) -> Dispatcher:
        """Return the account's dispatcher."""
        if account not in self.dispatchers:
            self.dispatchers[account] = Dispatcher(self._services(), account, self._clock())
        return self.dispatchers[account]

    def adopt(self, services: Services) -> None:
        """Let all dispatchers use new services from now on."""
        for dispatcher in self.dispatchers.values():
            dispatcher.adopt(services)

    async def look(self, wake: Callable[[str], None]) -> None:
        """Ask, by `wake`, for a turn of each account that has work and none under way."""
        for account in accounts(self._services()):
            await self._guard(f"dispatch {account}", partial(self._look, account, wake))

    async def _look(self, account: str, wake: Callable[[str], None]) -> None:
        if self.halt.is_set() or account in self.under_way:
            return
        if self.dispatcher(account).has_work(self._clock()):
            wake(account)
        else:
            self._well(f"turn {account}")

    async def take(self, account: str) -> bool:
        """Take a turn of the account to its end, where none is under way; raises what it raises.

        Return whether its time was over before its work was. A turn that is let go of at the end of
        the process ends without a word.
        """
        if self.halt.is_set() or account in self.under_way:
            return False
        if self._many:
            await self._begin_anew(account)
        over = asyncio.Event() if self._many else self.halt
        dispatcher = self.dispatcher(account)
        turn = dispatcher.turn(self._clock, over)
        task = self.under_way[account] = asyncio.create_task(turn)
        task.add_done_callback(lambda _: self.under_way.pop(account, None))
        if self._many:
            await self._share(task)
            over.set()
        await asyncio.wait({task})
        if not task.cancelled():
            task.result()
        return over is not self.halt and dispatcher.has_work(self._clock())

    async def _begin_anew(self, account: str) -> None:
        """Forget what is known of an account for which others have sent meanwhile; raises what
        keeps its results from being written.
        """
        if account in self.dispatchers:
            await self._write(account)
            self.dispatchers.pop(account, None)

    async def _write(self, account: str) -> None:
        """Write what a turn that has ended could not."""
        dispatcher = self.dispatchers[account]
        if account not in self.under_way and dispatcher.owes:
            await dispatcher.close(self._clock())

    async def write_late(self) -> None:
        """Write what the database refused, of accounts whose next turn may be another process's:
        until then their rows are *sending* under leases of this one.
        """
        for account in list(self.dispatchers) if self._many else ():
            await self._guard(f"dispatch {account}", partial(self._write, account))

    async def _share(self, task: asyncio.Task[None]) -> None:
        """Wait for the end of a turn, of its time, or of all turns."""
        halted = asyncio.create_task(self.halt.wait())
        await asyncio.wait({task, halted}, timeout=SHARE, return_when=asyncio.FIRST_COMPLETED)
        halted.cancel()

    async def end(self, patience: float) -> None:
        """Wait so many seconds for the turns that were told to end, then let go of the rest."""
        pending = set(self.under_way.values())
        for seconds in (patience, LET_GO, LET_GO):
            if pending:
                _, pending = await asyncio.wait(pending, timeout=seconds)
            for task in pending:
                task.cancel()

    async def write(self) -> None:
        """Write at the end, where there is room now, what a full disk refused and no turn is trying
        to write any more.
        """
        for dispatcher in self.dispatchers.values():
            with suppress(StoreError, TimeoutError):
                async with asyncio.timeout(LET_GO):
                    await dispatcher.close(self._clock())

    def unanswered(self) -> int:
        """Return, once, how many rows of ours are *sending* while nobody waits for their answers,
        whether the database answers or not.
        """
        return sum(len(dispatcher.let_go()) for dispatcher in self.dispatchers.values())

    def keep_unheard(self) -> None:
        """Keep in mind what the ended turns let go of."""
        for dispatcher in self.dispatchers.values():
            self._unheard.keep(dispatcher.let_go(), asyncio.get_running_loop().time())

    async def give_up(self) -> None:
        """Call uncertain what was let go of long enough ago; then it is looked up."""
        now = asyncio.get_running_loop().time()
        self._unheard.give_up(self._services(), now, self._clock())
