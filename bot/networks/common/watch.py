"""A watch over one blocking exchange: when its time is over, the connection is cut, and the call
that waits on it fails at once.

For libraries whose own time-outs hold for each piece alone. The connection tells the watch of its
thread what it holds (`current`).
"""

import socket
from contextlib import suppress
from contextvars import ContextVar
from threading import Lock, Timer
from time import monotonic
from typing import Self

from bot.networks.common.addresses import Reach

_current: ContextVar["Watch | None"] = ContextVar("watch", default=None)


class Watch:
    """Cuts what it holds after so many seconds; used with `with`, in one thread.

    `reach` says where connections may lead; None: anywhere.
    """

    def __init__(self, seconds: float, reach: Reach | None = None) -> None:
        self.reach = reach
        #: the time is over
        self.over = False
        #: something of the request may have left
        self.left = False
        self._until = monotonic() + seconds
        self._lock = Lock()
        self._sock: socket.socket | None = None
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True  # nobody waits for it at the end

    def __enter__(self) -> Self:
        self._outer = _current.set(self)
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        _current.reset(self._outer)

    @property
    def rest(self) -> float:
        """Seconds until the time is over; 0 when it is."""
        return max(0.0, self._until - monotonic())

    def hold(self, sock: socket.socket) -> None:
        """Watch over this socket, in the place of the one before."""
        with self._lock:
            self._sock = sock
            if self.over:
                _cut(sock)

    def _end(self) -> None:
        with self._lock:
            self.over = True
            if self._sock is not None:
                _cut(self._sock)


def current() -> Watch | None:
    """The watch over what this thread does now, if there is one."""
    return _current.get()


def _cut(sock: socket.socket) -> None:
    # The plain socket's own: that of TLS would change what the waiting thread works on.
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)
