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
from typing import Final

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_PLAIN: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC

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
    operator has named no other place.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple(dict.fromkeys(os.path.realpath(root) for root in roots))
        #: where folders truly lie; one that is swapped meanwhile is refused when a file is opened
        self._folders: dict[Path, str] = {}

    def read(self, path: Path, most: int) -> bytes:
        """Return the bytes of a plain file; raises `OSError`, of which `TooLarge` is one."""
        root, below = self._place(path)
        name = below.rpartition("/")[2]
        if Path(name).suffix != path.suffix:
            # a picture must not show a database, which may lie in a root too
            raise OSError(f"it is a symbolic link to a file of another kind, {name}")
        with _opened(root, below) as handle:
            return _content(handle, most)

    @contextmanager
    def names(self, folder: Path) -> Iterator[Iterator[os.DirEntry[str]]]:
        """Open a folder and yield its entries, by names without the folder.

        An entry can only be asked about while the folder is open. Raises `OSError` when it can't be
        listed.
        """
        with _entered(*self._place(folder)) as handle, os.scandir(handle) as entries:
            yield entries

    def _place(self, path: Path) -> tuple[str, str]:
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

    def _real(self, path: Path) -> str:
        """Return where a path truly lies; a folder is resolved once for all its plain entries."""
        if path.name in ("", "..") or path.is_symlink():
            return os.path.realpath(path, strict=True)
        folder = path.parent
        if folder not in self._folders:
            self._folders[folder] = os.path.realpath(folder, strict=True)
        return f"{self._folders[folder].rstrip('/')}/{path.name}"


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


@contextmanager
def _entered(root: str, below: str) -> Iterator[int]:
    """Open the folder `root`/`below` as a descriptor, by a way on which no part is a link."""
    folder = os.open(root, _FOLDER)
    try:
        for part in below.split("/") if below else ():
            inner = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        yield folder
    finally:
        os.close(folder)


@contextmanager
def _opened(root: str, below: str) -> Iterator[int]:
    """Open `root`/`below` as a file descriptor, by a way on which no part is a link."""
    folders, _, name = (below or ".").rpartition("/")
    with _entered(root, folders) as folder:
        # opening a device can already set something off, so the kind is checked before and after
        _judge(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
        handle = os.open(name, _PLAIN, dir_fd=folder)
    try:
        yield handle
    finally:
        os.close(handle)


def _content(handle: int, most: int) -> bytes:
    state = os.fstat(handle)
    _judge(state.st_mode)
    if state.st_size > most:
        raise TooLarge(most)
    with os.fdopen(handle, "rb", closefd=False) as stream:
        return _bounded(stream.read(most + 1), most)


def _bounded(data: bytes, most: int) -> bytes:
    if len(data) > most:
        raise TooLarge(most)
    return data


def _judge(mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = next((kind for is_kind, kind in _KINDS if is_kind(mode)), "a device")
        raise OSError(f"it is no file but {kind}")
