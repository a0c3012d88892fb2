"""Look-ups of names, in threads that nobody has to wait for and that don't pile up.

The system's own look-up (`socket.getaddrinfo`) knows no time-out and can't be stopped: where no
name server answers, it lasts as long as /etc/resolv.conf says, half a minute and more. So each runs
in a daemon thread, which is left behind when the time of whoever asked is over; who asks for the
same name meanwhile waits for that one too.
"""

import socket
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from threading import Lock, Thread
from typing import Any

MOST = 32
"""Look-ups that may go on at a time; a machine that asks a few dozen servers needs no more."""

THREAD = "look-up"
"""The name of their threads."""

_running: dict[Hashable, Future[Any]] = {}
_lock = Lock()


def begun(look: Callable[..., Any], *args: Hashable) -> Future[Any]:
    """Return the look-up that goes on for the same already, or begin it.

    It holds `socket.gaierror` where `MOST` others go on, and otherwise what `look` returns or
    raises.
    """
    asked = (look, args)
    with _lock:
        if asked in _running:
            return _running[asked]
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()  # nobody can take it from the others
        if len(_running) >= MOST:
            future.set_exception(socket.gaierror(socket.EAI_AGAIN, "too many look-ups hang"))
            return future
        _running[asked] = future
    thread = Thread(target=_look, args=(look, args, future), daemon=True, name=THREAD)
    try:
        thread.start()
    except RuntimeError:  # the system has no thread left
        _over(asked)
        future.set_exception(socket.gaierror(socket.EAI_AGAIN, "no thread for a look-up"))
    return future


def _look(look: Callable[..., Any], args: tuple[Hashable, ...], future: Future[Any]) -> None:
    result, failure = None, None
    try:
        result = look(*args)
    except Exception as error:  # noqa: BLE001 - handed on to who waits
        failure = error
    _over((look, args))
    if failure is None:
        future.set_result(result)
    else:
        future.set_exception(failure)


def _over(asked: Hashable) -> None:
    with _lock:
        del _running[asked]


def own_name() -> Future[str]:
    """Return the look-up of the name by which we greet a mail server, as `begun` does; this
    machine's address where it has no full name.
    """
    return begun(_looked_up)


def _looked_up() -> str:
    name = socket.getfqdn()
    return name if "." in name else f"[{socket.gethostbyname(socket.gethostname())}]"
