"""The mailbox in which reports and answers arrive: on an IMAP server, in a Maildir, or as .eml
files in a folder.

A look has an end, and takes a few messages at a time: what is older than a fortnight, or was read
before, stays where it is. Nothing is changed there unless the operator wants what was read deleted.
"""

from collections.abc import Callable, Container, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from bot.errors import AccountRefused
from bot.model import Secret
from bot.model.mail import Letter, MailboxAt, Way
from bot.networks.common.thread import asked
from bot.networks.mail.oauth import Tokens

T = TypeVar("T")

SECONDS = 60.0
"""For the whole of a look; a thread that hangs is left behind."""


class Source(Protocol):
    """A way in; its calls block, and raise a `NetworkError`."""

    #: the token of the login; '' where it has a password, or there is none
    bearer: str

    def fetch(self, known: Container[str], since: datetime, most: int) -> list[Letter]:
        """Return at most so many messages that are new since then and not known, oldest first."""

    def remove(self, keys: Sequence[str]) -> None:
        """Delete these messages."""

    def probe(self) -> str:
        """Return what is there, in words."""

    def drop(self) -> None:
        """Let go of any connection at once, also from another thread."""


class Box:
    """The mailbox that config.toml names."""

    def __init__(
        self, at: MailboxAt, password: Secret | None, client_secret: Secret | None = None
    ) -> None:
        self.at = at
        self._source = _source(at, password)
        self._tokens = Tokens(at.oauth, client_secret) if at.oauth and client_secret else None

    @property
    def until(self) -> datetime | None:
        """Return when the token ends that is used now; None where none is."""
        return self._tokens.until if self._tokens else None

    async def fetch(self, known: Container[str], since: datetime, most: int) -> list[Letter]:
        """Return at most so many messages that are new since then and not known, oldest first.

        Raises a `NetworkError`.
        """
        return await self._asked(lambda: self._source.fetch(known, since, most))

    async def remove(self, keys: Sequence[str]) -> None:
        """Delete these messages, where the operator wants it. Raises a `NetworkError`."""
        if self.at.delete and keys:
            await self._asked(lambda: self._source.remove(keys))

    async def probe(self) -> str:
        """Return what is there, in words. Raises a `NetworkError`."""
        return await self._asked(self._source.probe)

    async def _asked(self, call: Callable[[], T]) -> T:
        """Do what blocks in a thread, with a token where one is needed."""
        if self._tokens is not None:
            self._source.bearer = await self._tokens.bearer()
        try:
            return await asked("mailbox", call, SECONDS)
        except AccountRefused:
            if self._tokens is not None:
                self._tokens.refused()
            raise
        finally:
            self._source.drop()


def _source(at: MailboxAt, password: Secret | None) -> Source:
    # Only here: most set-ups have at most one of them.
    from bot.networks.mail.box.folders import Folder
    from bot.networks.mail.box.imap import Imap

    return Imap(at, password) if at.way is Way.IMAP else Folder(at)
