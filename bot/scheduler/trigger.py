"""The port through which a process says when something is done: two verbs, whatever is behind them.

Tasks are known by their names, which are the same in every process. What is asked for is never
more than "this account has work": what is due stays a query.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class Task:
    """What is done once; what it raises is told, and stops no other."""

    name: str
    #: is given the key by which it was woken, or nothing where it comes round
    do: Callable[..., Awaitable[None]]


class Trigger(Protocol):
    """Has tasks done: those that come round, and those that were asked for."""

    def every(self, seconds: int, task: Task) -> None:
        """Have a task done at once and then every so many seconds, in place of one of its name."""

    def wake(self, task: Task, key: str, at: datetime) -> None:
        """Have a task done once for this key, at an instant by the process's clock.

        One that waits for this key already stands for both, at the earlier of the two instants;
        one that is being done does not.
        """
