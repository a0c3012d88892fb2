"""How often somebody may send something within an hour, or less, by a keyed hash in memory.

The key is made at the start and kept nowhere, so that no address can be read from what is counted;
it is forgotten after that time, and with the process.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from datetime import datetime, timedelta

HOUR = timedelta(hours=1)

MOST = 6
"""What one client may send within an hour."""

CLIENTS = 10_000
"""Most clients that are counted; then the one that has sent nothing for longest is forgotten."""


class Hourly:
    """What was sent within the last hour, or what is counted in its place, by whom."""

    def __init__(self, most: int = MOST, within: timedelta = HOUR) -> None:
        self._most, self._within = most, within
        self._key = secrets.token_bytes(32)
        self._sent: OrderedDict[bytes, tuple[datetime, ...]] = OrderedDict()

    def take(self, client: str, now: datetime) -> bool:
        """Count one thing that a client sends; return False where it has sent as much as it may.

        '' stands for who comes without an address, as through a proxy that doesn't name its
        clients: these are not told apart, and not bounded here.
        """
        if not client:
            return True
        who = hmac.digest(self._key, client.encode(), hashlib.sha256)
        self._forget(now)
        sent = tuple(at for at in self._sent.pop(who, ()) if self._counts(at, now))
        allowed = len(sent) < self._most
        self._sent[who] = (*sent, now) if allowed else sent
        if len(self._sent) > CLIENTS:
            self._sent.popitem(last=False)
        return allowed

    def _forget(self, now: datetime) -> None:
        """Forget who has sent nothing within that time; those who have not for longest come
        first.
        """
        while self._sent:
            who, sent = next(iter(self._sent.items()))
            if sent and self._counts(sent[-1], now):
                return
            del self._sent[who]

    def _counts(self, at: datetime, now: datetime) -> bool:
        """Return whether it was within that time; a clock that was set back shuts nobody out."""
        return abs(now - at) < self._within
