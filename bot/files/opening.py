"""Opening files that strangers may have made: plain files only, of bounded size, and nothing that
a symbolic link leads to outside the roots.

Opening never waits for a pipe. What is judged is the file that was opened: a link that somebody
puts in place of a folder or a file meanwhile is refused, not followed.
"""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_PLAIN: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC

_PAGE: Final = 4_096
"""Bytes for which room is made at least, since some plain files say that they have none."""

_KINDS: Final[tuple[tuple[Callable[[int], bool], str], ...]] = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISLNK, "a link"),
)


class TooLarge(OSError):
    """The file has more bytes than it may have."""

    def __init__(self, most: int) -> None:
        super().__init__(f"it has more than {most:,} bytes; make it smaller")


class Opener:
    """Opens what stands in some roots.

    A symbolic link may lead to another place in one of these roots and nowhere else, since the
    operator has named no other place. Used with `with`: the folder of the file that was read last
    stays open, since that of the next one is mostly the same.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple(dict.fromkeys(os.path.realpath(root) for root in roots))
        #: where folders truly lie; one that is swapped meanwhile is refused when a file is opened
        self._folders: dict[str, str] = {}
        #: root and way below it of the folder that is open, and its descriptor
        self._last: tuple[tuple[str, str], int] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()

    def read(self, path: Path, most: int) -> bytes:
        """Return the bytes of a plain file; raises `OSError`, of which `TooLarge` is one."""
        root, below = self._place(str(path))
        name = below.rpartition("/")[2]
        if _ending(name) != _ending(path.name):
            # a picture must not show a database, which may lie in a root too
            raise OSError(f"it is a symbolic link to a file of another kind, {name}")
        folders, _, name = (below or ".").rpartition("/")
        handle = _open(name, self._entered(root, folders))
        try:
            return _content(handle, most)
        finally:
            os.close(handle)

    def _entered(self, root: str, below: str) -> int:
        """Return the folder `root`/`below` as a descriptor, which stays open until another one is
        entered.
        """
        if self._last is None or self._last[0] != (root, below):
            self._leave()
            self._last = (root, below), _enter(root, below)
        return self._last[1]

    def _leave(self) -> None:
        last, self._last = self._last, None
        if last is not None:
            os.close(last[1])

    @contextmanager
    def names(self, folder: Path) -> Iterator[Iterator[os.DirEntry[str]]]:
        """Open a folder and yield its entries, by names without the folder.

        An entry can only be asked about while the folder is open. Raises `OSError` when it can't be
        listed.
        """
        handle = _enter(*self._place(str(folder)))
        try:
            with os.scandir(handle) as entries:
                yield entries
        finally:
            os.close(handle)

    def _place(self, path: str) -> tuple[str, str]:
        """Return the root in which a path truly lies, and its way below that without links.

        Raises `OSError` when it lies in none of the roots.
        """
        real = self._real(path)
        for root in self._roots:
            if real == root or real.startswith(f"{root.rstrip('/')}/"):
                return root, real[len(root) :].strip("/")
        raise OSError(
            "it is a symbolic link that leads out of its root; put there what it leads to, or name"
            " the root in which that lies under `roots` in the settings"
        )

    def _real(self, path: str) -> str:
        """Return where a path truly lies; a folder is resolved once for all its plain entries."""
        folder, name = os.path.split(path)
        if name in ("", "..") or stat.S_ISLNK(os.lstat(path).st_mode):
            return os.path.realpath(path, strict=True)
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder, strict=True)
        return f"{self._folders[folder].rstrip('/')}/{name}"


def is_folder(entry: os.DirEntry[str] | Path) -> bool:
    """Return whether this is a folder, or a link to one.

    False where it may not be looked at, and for links that lead in a circle.
    """
    try:
        return entry.is_dir()
    except OSError:
        return False


def read_given(path: Path, most: int) -> bytes:
    """Return the bytes of a file that the operator named, wherever it lies.

    It may be a pipe, which is read to its end; one that nobody writes into is empty. Raises
    `OSError`, of which `TooLarge` is one.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as stream:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISFIFO(mode):
            return _content(handle, most)
        os.set_blocking(handle, True)
        return _bounded(stream.read(most + 1), most)


def _ending(name: str) -> str:
    return name[name.rfind(".") :] if "." in name else ""


def _enter(root: str, below: str) -> int:
    """Open the folder `root`/`below` as a descriptor, by a way on which no part is a link."""
    folder = os.open(root, _FOLDER)
    try:
        for part in below.split("/") if below else ():
            inner = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
    except OSError:
        os.close(folder)
        raise
    return folder


def _open(name: str, folder: int) -> int:
    """Open a file of a folder as a descriptor; raises `OSError` for what is none, links too."""
    # opening a device can already set something off, so the kind is checked before and after
    _judge(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    return os.open(name, _PLAIN, dir_fd=folder)


def _content(handle: int, most: int) -> bytes:
    state = os.fstat(handle)
    _judge(state.st_mode)
    if state.st_size > most:
        raise TooLarge(most)
    return _bounded(b"".join(_pieces(handle, max(state.st_size, _PAGE) + 1, most + 1)), most)


def _pieces(handle: int, size: int, most: int) -> Iterator[bytes]:
    """Yield what a file holds, `most` bytes of it at the most.

    Room is made for `size` bytes at a time, and not for the most that there may be.
    """
    while most > 0 and (piece := os.read(handle, min(size, most))):
        most -= len(piece)
        yield piece


def _bounded(data: bytes, most: int) -> bytes:
    if len(data) > most:
        raise TooLarge(most)
    return data


def _judge(mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = next((kind for is_kind, kind in _KINDS if is_kind(mode)), "a device")
        raise OSError(f"it is no file but {kind}")
