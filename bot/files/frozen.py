"""The files of some roots, read once: what was checked is what is used, whatever becomes of the
disk. A new set is made at the start and for a reload, and holds until the next accepted one.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Final

from bot.model import Problem

PICTURES: Final = (".png", ".jpg", ".jpeg", ".webp", ".gif")
"""What a picture's file may end with, in the order of preference."""

TEXTS: Final = (".toml", ".j2")
"""What the files of tables and templates end with."""

MOST_TEXT: Final = 2**20
"""Most bytes of a table or a template."""

MOST_PICTURE: Final = 2**24
"""Most bytes of a picture: no network takes larger ones."""

MOST_FILES: Final = 20_000
"""Most files of all roots together."""

MOST_BYTES: Final = 2**28
"""Most bytes of all files together."""

_TOPS = ("campaigns", "content")
_DEPTH = 3  # content/<language>/<campaign>, campaigns/<id>/pictures


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """One file as it was when it was read; it is read like a `Path`."""

    #: where it lay
    path: Path
    data: bytes
    #: why it could not be read; empty where all is well
    fault: str = ""

    def read_bytes(self) -> bytes:
        """Return what stood in it; raises `OSError` for what could not be read."""
        if self.fault:
            raise OSError(self.fault)
        return self.data

    def read_text(self, encoding: str) -> str:
        """Return its text with plain line ends.

        Raises `OSError` for what could not be read, `ValueError` for what is not so encoded.
        """
        return self.read_bytes().decode(encoding).replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True, kw_only=True)
class Files:
    """What stands in campaigns/ and content/ of some roots, in their order of precedence.

    Names are those below a root, such as 'content/en/web.toml'.
    """

    roots: tuple[Path, ...]
    #: of each root its files by name, and its folders
    held: tuple[tuple[Mapping[str, File], frozenset[str]], ...]
    #: what is wrong with all of it together
    problems: tuple[Problem, ...] = ()

    def each(self, name: str) -> list[File]:
        """Return the file of this name in each root that has it, in their order."""
        return [files[name] for files, _ in self.held if name in files]

    def first(self, *names: str) -> File | None:
        """Return the first of these names in the first root that has one, or None."""
        present = (files[name] for files, _ in self.held for name in names if name in files)
        return next(present, None)

    def within(self, folder: str) -> list[str]:
        """Return the names of the files in this folder of any root, without the folder, sorted."""
        return self._within.get(folder, [])

    def folders(self, folder: str) -> list[str]:
        """Return the names of the folders in this folder of any root, sorted."""
        return self._folders.get(folder, [])

    def has_folder(self, folder: str) -> bool:
        """Tell whether any root has this folder."""
        return any(folder in folders for _, folders in self.held)

    def of(self, root: Path) -> "Files":
        """Return what stands in this one of the roots; reads it where it is none of them."""
        for known, held in zip(self.roots, self.held, strict=True):
            if known.resolve() == root.resolve():
                return Files(roots=(known,), held=(held,))
        return read_files([root])

    @cached_property
    def version(self) -> str:
        """The same for the same files, wherever their roots lie, and for no others; 12 letters."""
        whole = sha256()
        for number, (files, _) in enumerate(self.held):
            for name in sorted(files):
                file = files[name]
                whole.update(f"{number} {name} {len(file.data)} {file.fault}\0".encode())
                whole.update(file.data)
        return whole.hexdigest()[:12]

    @cached_property
    def _within(self) -> Mapping[str, list[str]]:
        return _by_folder({name for files, _ in self.held for name in files})

    @cached_property
    def _folders(self) -> Mapping[str, list[str]]:
        return _by_folder({name for _, folders in self.held for name in folders})


def read_files(roots: Sequence[Path]) -> Files:
    """Read all tables, templates and pictures of these roots.

    Raises nothing: what can't be read says so when it is asked for.
    """
    left, room, problems = MOST_FILES, MOST_BYTES, []
    held = []
    for root in roots:
        paths, folders, unread = _listed(root)
        problems += unread
        files = {}
        for name, path in islice(sorted(paths.items()), left):
            files[name] = file = _read(path, name, room)
            room -= len(file.data)
        left -= len(files)
        if len(files) < len(paths):
            message = f"the roots hold more than {MOST_FILES:,} files; remove what isn't used"
            problems.append(Problem(file=str(root), key="roots", message=message))
        held.append((files, folders))
    return Files(roots=tuple(roots), held=tuple(held), problems=tuple(problems))


def _read(path: Path, name: str, room: int) -> File:
    most = MOST_PICTURE if name.endswith(PICTURES) else MOST_TEXT
    try:
        if not path.is_file() and not path.is_dir() and path.exists():
            # to open a pipe would wait for whoever writes into it
            return File(path=path, data=b"", fault="it is no file")
        with path.open("rb") as stream:
            data = stream.read(min(most, room) + 1)
    except OSError as error:
        return File(path=path, data=b"", fault=error.strerror or str(error))
    if len(data) > most:
        return File(path=path, data=b"", fault=f"it has more than {most:,} bytes; make it smaller")
    if len(data) > room:
        fault = f"all files together have more than {MOST_BYTES:,} bytes; make some smaller"
        return File(path=path, data=b"", fault=fault)
    return File(path=path, data=data)


def _listed(root: Path) -> tuple[dict[str, Path], frozenset[str], list[Problem]]:
    """The files that somebody may ask for, and all folders, by their names below the root; with the
    folders that can't be read.
    """
    files: dict[str, Path] = {}
    folders: set[str] = set()
    problems = []
    pending = [top for top in _TOPS if (root / top).is_dir()]
    while pending:
        folder = pending.pop()
        folders.add(folder)
        suffixes = (*TEXTS, *PICTURES) if folder.endswith("/pictures") else TEXTS
        try:
            entries = list(os.scandir(root / folder))
        except OSError as error:
            message = f"can't be read: {error.strerror}; look at the folder and its permissions"
            problems.append(Problem(file=str(root / folder), key="", message=message))
            continue
        for entry in entries:
            name = f"{folder}/{entry.name}"
            if entry.name.endswith(suffixes) and not entry.name.startswith("."):
                files[name] = Path(entry.path)
            elif entry.is_dir() and name.count("/") < _DEPTH:
                pending.append(name)
    return files, frozenset(folders), problems


def _by_folder(names: set[str]) -> dict[str, list[str]]:
    folders: dict[str, list[str]] = {}
    for name in sorted(names):
        folder, _, own = name.rpartition("/")
        folders.setdefault(folder, []).append(own)
    return folders
