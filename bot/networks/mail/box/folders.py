"""A mailbox on this machine: a Maildir, or a folder of .eml files."""

import os
from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from bot.errors import AccountRefused
from bot.model.mail import Letter, MailboxAt, Way
from bot.rules.mailbox import MOST

_MANY = 20_000
"""Files of a folder that are looked at."""


class Folder:
    """A way in by files; what is no plain file is passed by."""

    def __init__(self, at: MailboxAt) -> None:
        self.bearer = ""
        self._top = Path(at.place)
        self._way = at.way

    def fetch(self, known: Container[str], since: datetime, most: int) -> list[Letter]:
        """Return at most so many messages that are new since then and not known, oldest first."""
        new = sorted(
            (changed, key, path)
            for key, path, changed in self._files()
            if changed >= since.timestamp() and key not in known
        )
        read = ((key, _read(path)) for _, key, path in new[:most])
        return [Letter(key=key, data=data) for key, data in read if data is not None]

    def remove(self, keys: Sequence[str]) -> None:
        """Delete these messages."""
        for key, path, _ in list(self._files()):
            if key in keys:
                with suppress(FileNotFoundError):
                    path.unlink()

    def probe(self) -> str:
        """Return how many messages are there."""
        return f"{sum(1 for _ in self._files())} messages in {self._top}"

    def drop(self) -> None:
        """There is no connection."""

    def _files(self) -> Iterator[tuple[str, Path, float]]:
        """Yield each message with its name and when it came."""
        try:
            for folder in self._folders():
                with os.scandir(folder) as entries:
                    for entry, _ in zip(entries, range(_MANY), strict=False):
                        if self._is_message(entry):
                            came = entry.stat(follow_symlinks=False).st_mtime
                            yield self._key(entry.name), Path(entry.path), came
        except OSError as error:
            raise AccountRefused(
                f"{self._top} can't be read: {error.strerror}; [mailbox] in config.toml names it"
            ) from None

    def _folders(self) -> list[Path]:
        if self._way is Way.EML:
            return [self._top]
        return [self._top / "new", self._top / "cur"]

    def _is_message(self, entry: os.DirEntry[str]) -> bool:
        if not entry.is_file(follow_symlinks=False) or entry.name.startswith("."):
            return False
        return self._way is Way.MAILDIR or entry.name.lower().endswith(".eml")

    def _key(self, file: str) -> str:
        # behind the colon stand marks, which change when somebody reads it
        return file.partition(":")[0] if self._way is Way.MAILDIR else file


def _read(path: Path) -> bytes | None:
    """Return the beginning of a file; None where it is gone, or may not be read."""
    try:
        with path.open("rb") as file:
            return file.read(MOST)
    except OSError:
        return None
