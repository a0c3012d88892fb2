"""The tree of errors; the docstring of each class says when it is raised.

::

    DrumbeatError
    ├── UsageError                a command was asked for what can't be
    │   ├── NoPlace               … by config.toml: an address to listen on
    │   ├── Missing               … since it isn't there, or is there no longer
    │   └── Overtaken             … since it stands otherwise by now
    ├── DataError                 files have problems; carries them all
    ├── StoreError                the database can't be used
    │   ├── DatabaseInUse
    │   ├── DatabaseBroken
    │   ├── DatabaseTooNew
    │   └── WrongDatabase
    ├── StandsStill               a part of the process has work and does not move
    ├── OutOfResources            the machine lacks memory, room or descriptors just now
    ├── RenderError               a template can't give its text
    │   ├── LinkEmpty
    │   ├── FactExpired
    │   └── PictureUnfit
    └── NetworkError              a network did not take a message
        ├── TryLater              not taken; another try may help
        │   ├── RateLimited       … after ``retry_after`` seconds
        │   ├── Busy              … because of this recipient alone
        │   └── Moved             … at the recipient's new ``address``
        ├── Refused               not taken; no other try can help
        │   ├── Blocked           … because this recipient blocked us
        │   └── Duplicate         … because the account says the very same already
        ├── AccountRefused        not taken; the account itself is refused
        │   └── Misconfigured     … by us: what is written for it can't be used
        └── Unanswered            perhaps taken: nobody knows

Problems in files are values (`bot.model.Problem`), not exceptions; `DataError` carries them where a
job can't go on. Messages name their subject and say what to do next; they never hold a secret.
"""

import errno
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bot.model import Problem


class DrumbeatError(Exception):
    """Base of all errors that drumbeat raises on purpose."""


class UsageError(DrumbeatError):
    """What was asked for does not exist or can't be done; the message says what can.

    `said` is the key of the desk's words that say so to staff, who read no commands ([refusals] of
    content/<language>/desk.toml), and `values` stand in these; '' where they read the message.
    """

    def __init__(self, message: str, said: str = "", **values: object) -> None:
        super().__init__(message)
        self.said = said
        self.values = values


class NoPlace(UsageError):
    """The address of config.toml at which something of ours shall listen can't be had."""


class Missing(UsageError):
    """What was asked for isn't there, or is there no longer."""


class Overtaken(UsageError):
    """It was decided about, has left or has ended meanwhile, so that nothing was done."""


class DataError(DrumbeatError):
    """Config, campaigns or content have problems; `problems` holds every one of them."""

    def __init__(self, problems: "Sequence[Problem]") -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class StoreError(DrumbeatError):
    """The database can't be read or written: the disk is full, the folder read-only, and so on."""


class DatabaseInUse(StoreError):
    """Another sender (`run` or `rehearse`) holds this file."""


class DatabaseBroken(StoreError):
    """The file is not a sound SQLite database."""


GONE_CODE: Final = 3
"""The exit code of a process whose database is gone: whoever looks after it starts it anew."""


class DatabaseGone(StoreError):
    """The database is no longer there for the running process: its file was moved, deleted or
    replaced, its server has not answered for long, or tells it nothing any more.
    """


class DatabaseTooNew(StoreError):
    """The file was written by a newer drumbeat."""


class KeysMissing(StoreError):
    """The keys that belong to this database are not in the keys file."""


class WrongDatabase(StoreError):
    """A rehearsal's file was given to `run`, or a real one to `rehearse`."""


class IntegrityError(Exception):
    """A statement would break what the tables promise (unique, there, only added to): a mistake in
    our code, and so not raised on purpose. Its words name columns and tables, no values.
    """


class StandsStill(DrumbeatError):
    """A part of the process has something to do and has not moved for minutes."""


class OutOfResources(DrumbeatError):
    """The machine lacks memory, room or descriptors just now: no fault of the data, and another
    try may succeed.
    """


_SHORTAGES: Final = frozenset(
    {errno.ENOMEM, errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.EIO}
)


def shortage(error: BaseException) -> str | None:
    """Return in a few words what this machine lacks, where an error says that; None where it is
    about something else.
    """
    if isinstance(error, MemoryError):
        return "no memory is left"
    if isinstance(error, OSError) and error.errno in _SHORTAGES:
        return error.strerror
    return None


class RenderError(DrumbeatError):
    """A template is missing, broken, or gives no text that the network takes."""


class LinkEmpty(RenderError):
    """The text needs a link slot that nobody has filled, or whose page fails."""


class FactExpired(RenderError):
    """The text states a fact past its `expires` day."""


class PictureUnfit(RenderError):
    """The picture is none, or can't be made small enough for the network."""


class NetworkError(DrumbeatError):
    """A network did not take a message."""


class TryLater(NetworkError):
    """Certainly not taken (5xx, no connection): another try may succeed, after `wait` seconds where
    the service says so.
    """

    def __init__(self, message: str = "", *, wait: float = 0.0) -> None:
        super().__init__(message)
        self.wait = wait


LONGEST_REST = 86_400.0
"""Most seconds that an account rests at a server's word: no network counts over more than a day."""


class RateLimited(TryLater):
    """Too many requests (429): nothing was taken, the account rests for `retry_after` seconds, a
    day at most.
    """

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message)
        # what is no number at all is no shorter rest
        self.retry_after = min(LONGEST_REST, retry_after)


class Busy(TryLater):
    """The recipient takes nothing now (mailbox full, greylisted); nobody else is affected."""


class Moved(TryLater):
    """The recipient is at `address` from now on: nothing was taken, and nothing will be at the old
    one.
    """

    def __init__(self, message: str, *, address: str) -> None:
        super().__init__(message)
        self.address = address


class Refused(NetworkError):
    """Certainly not taken, and the same message never will be (400, duplicate text, too long)."""


class Blocked(Refused):
    """The recipient has blocked us or is gone; nobody else is affected."""


class Duplicate(Refused):
    """The account has this very text already: a failure on a first attempt, but after an uncertain
    one it means sent.
    """


class NotPaid(NetworkError):
    """The network doesn't sell its faster pace to this account now (no money, not enabled): nothing
    was taken, and at the free pace it may be.
    """


class AccountRefused(NetworkError):
    """The account's secret is refused, or its credit is used up (401, 402): the channel must
    pause.
    """


class Misconfigured(AccountRefused):
    """What the operator wrote for the account can't be used, such as a key that is none: no server
    was asked.
    """


class Unanswered(NetworkError):
    """The request left and no answer came: whether it was taken is unknown."""
