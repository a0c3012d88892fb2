"""The lease under which a dispatcher has rows *sending*: it lives as long as a turn, and longer
where rows were let go of.

Each claim renews it, and so does the job `leases` while answers are awaited. A process that was
suspended finds by a counter which goes on meanwhile that others may have ended it.
"""

import os
import platform

from bot.clock import elapsed
from bot.store import Store


def holder() -> str:
    """Return the machine and the process, by which people know who holds a lease."""
    return f"{platform.node()} {os.getpid()}"


class Lease:
    """One account's lease; none is held before the first claim."""

    def __init__(self, store: Store, account: str) -> None:
        self._leases = store.leases
        self._account = account
        self._token = 0
        #: when its renewal began that may not be written yet
        self._began = 0.0
        #: whether rows may be *sending* under it of which nobody here knows
        self._in_doubt = False

    def hold(self, now: int) -> int:
        """Renew the lease, or begin another where somebody ended it, within the transaction of a
        claim; return its token. Once that is written, say so by `held`.
        """
        self._began = elapsed()
        if not (self._token and self._leases.renew(self._token, now)):
            self._leases.mine.pop(self._token, None)
            self._token = self._leases.take(self._account, holder(), now)
        return self._token

    def held(self) -> None:
        """Rely on the lease from when it was last renewed, since that is written now."""
        if self._token:
            self._leases.mine[self._token] = self._began

    def covers(self, token: int) -> bool:
        """Return whether what was claimed under this token may still leave."""
        return self._leases.is_safe(token, elapsed())

    @property
    def is_held(self) -> bool:
        """Whether one is held."""
        return self._token != 0

    def doubt(self) -> None:
        """Note that a claim failed, and may be written all the same: its connection may have broken
        at the very end.
        """
        self._in_doubt = True

    def end(self) -> None:
        """End the lease: nothing is *sending* under it any more.

        Where that is in doubt it is only renewed no more, so that the job `leases` ends it as one
        of a process that is gone, with whatever is *sending* under it.
        """
        token, self._token = self._token, 0
        doubt, self._in_doubt = self._in_doubt, False
        if token and not doubt:
            self._leases.end(token)
        self._leases.mine.pop(token, None)

    def leave(self) -> None:
        """Begin another one next time: rows that nobody waits for are *sending* under this one,
        which the process keeps.
        """
        self._token = 0
