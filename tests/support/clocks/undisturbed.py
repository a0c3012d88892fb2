"""A clock for tests that bound how long something takes: the seconds that a busy machine takes away do
not count, so that they hold on one as on an idle one.
"""

import time
from collections.abc import Awaitable
from contextlib import suppress
from pathlib import Path

#: seconds by process and thread; what one had to wait does not end with it
_waited: dict[tuple[str, str], float] = {}


def kept_waiting(pid: int | str = "self") -> float:
    """Return for how many seconds threads of the process were ready and got no processor, as far as
    Linux tells; 0 elsewhere, and never less than the time before.
    """
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                nanoseconds = int((thread / "schedstat").read_text("ascii").split()[1])
                key = (str(pid), thread.name)
                _waited[key] = max(nanoseconds / 1e9, _waited.get(key, 0.0))
    return sum(seconds for (process, _), seconds in _waited.items() if process == str(pid))


def undisturbed(pid: int | str = "self") -> float:
    """Return a number of seconds whose differences are those in which the process could work, or
    waited for somebody.
    """
    return time.monotonic() - kept_waiting(pid)


async def within(seconds: float, what: Awaitable[object]) -> None:
    """Await it, and fail where it took this process longer than so many seconds."""
    began = undisturbed()
    await what
    assert undisturbed() - began < seconds
