"""The mailbox in which reports and answers arrive: on an IMAP server, in a Maildir, or as .eml
files in a folder.

A look has an end, and takes a few messages at a time: what is older than a fortnight, or was read
before, stays where it is. Nothing is changed there unless the operator wants what was read deleted.
"""

from collections.abc import Container, Sequence
from datetime import datetime
from typing import Protocol

from bot.model import Secret
from bot.model.mail import Letter, MailboxAt, Way
from bot.networks.common.thread import asked

SECONDS = 60.0
"""For the whole of a look; a thread that hangs is left behind."""


class Source(Protocol):
    """A way in; its calls block, and raise a `NetworkError`."""

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

    def __init__(self, at: MailboxAt, password: Secret | None) -> None:
        self.at = at
        self._source = _source(at, password)

    async def fetch(self, known: Container[str], since: datetime, most: int) -> list[Letter]:
        """Return at most so many messages that are new since then and not known, oldest first.

        Raises a `NetworkError`.
        """
        try:
            return await asked("mailbox", lambda: self._source.fetch(known, since, most), SECONDS)
        finally:
            self._source.drop()

    async def remove(self, keys: Sequence[str]) -> None:
        """Delete these messages, where the operator wants it. Raises a `NetworkError`."""
        if not self.at.delete or not keys:
            return
        try:
            await asked("mailbox", lambda: self._source.remove(keys), SECONDS)
        finally:
            self._source.drop()

    async def probe(self) -> str:
        """Return what is there, in words. Raises a `NetworkError`."""
        try:
            return await asked("mailbox", self._source.probe, SECONDS)
        finally:
            self._source.drop()


def _source(at: MailboxAt, password: Secret | None) -> Source:
    # Only here: most set-ups have at most one of them.
    from bot.networks.mail.box.folders import Folder
    from bot.networks.mail.box.imap import Imap

    return Imap(at, password) if at.way is Way.IMAP else Folder(at)
