"""The files of some roots, read once, so that what was checked is what is used, whatever becomes
of the disk.

A new set is made at the start and for each reload; it is used until the next one is accepted.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Final

from bot.files import limits
from bot.files.opening import Opener, TooLarge, is_folder
from bot.model import Problem

PICTURES: Final = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif", ".heic", ".heif")
"""What a picture's file may end with, in small or in large letters, in the order of preference.
What its bytes are is looked at later: those of the last two no network shows, which is said.
"""

TEXTS: Final = (".toml", ".j2")
"""What the files of tables and templates end with."""

_TOPS = ("campaigns", "content")
_DEPTH = 3  # content/<language>/<campaign>, campaigns/<id>/pictures


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """One file as it was when it was read; offers `read_bytes` and `read_text` like a `Path`."""

    #: where it lay
    path: Path
    data: bytes
    #: why it could not be read; empty where all is well
    fault: str = ""

    def read_bytes(self) -> bytes:
        """Return what stood in the file; raises `OSError` when it could not be read."""
        if self.fault:
            raise OSError(self.fault)
        return self.data

    def read_text(self, encoding: str) -> str:
        r"""Return the file's text with every line end as "\n", without a byte-order mark.

        Raises `OSError` when it could not be read, `ValueError` when it is not in this encoding.
        """
        text = self.read_bytes().decode(encoding).removeprefix("\ufeff")
        return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True, kw_only=True)
class Files:
    """What stands in campaigns/ and content/ of some roots, in their order of precedence.

    Names are those below a root, such as 'content/en/web.toml'.
    """

    roots: tuple[Path, ...]
    #: for each root its files by name, and the names of its folders
    held: tuple[tuple[Mapping[str, File], frozenset[str]], ...]
    #: what is wrong with the roots: too many files, or a folder that can't be read
    problems: tuple[Problem, ...] = ()
    #: folders that can't be read, which `problems` tell: nobody knows what they hold
    refused: frozenset[str] = frozenset()

    def each(self, name: str) -> list[File]:
        """Return the file of this name in each root that has it, in the roots' order."""
        return [files[name] for files, _ in self.held if name in files]

    def first(self, *names: str) -> File | None:
        """Return the file of the first of these names that the first root with any of them has.

        None where no root has any.
        """
        present = (files[name] for files, _ in self.held for name in names if name in files)
        return next(present, None)

    def within(self, folder: str) -> list[str]:
        """Return the names of the files in this folder of any root, sorted, without its path."""
        return self._within.get(folder, [])

    def folders(self, folder: str) -> list[str]:
        """Return the names of the folders in this folder of any root, sorted, without its path."""
        return self._folders.get(folder, [])

    def has_folder(self, folder: str) -> bool:
        """Return whether any root has this folder."""
        return any(folder in folders for _, folders in self.held)

    def knows(self, name: str) -> bool:
        """Return whether it is known what stands under this name, or that nothing does.

        It isn't known of names in a folder that can't be read, which has a problem of its own.
        """
        parts = name.split("/")
        above = ("/".join(parts[:n]) for n in range(1, len(parts) + 1))
        return self.first(name) is not None or self.refused.isdisjoint(above)

    def of(self, root: Path) -> "Files":
        """Return what stands in one root alone; reads the disk where it is none of `roots`."""
        for known, held in zip(self.roots, self.held, strict=True):
            if known.resolve() == root.resolve():
                return Files(roots=(known,), held=(held,), refused=self.refused & held[1])
        return read_files([root])

    @cached_property
    def version(self) -> str:
        """A digest of all names and contents in 12 hexadecimal digits.

        It is the same for the same files wherever their roots lie.
        """
        whole = sha256()
        for number, (files, _) in enumerate(self.held):
            for name in sorted(files):
                file = files[name]
                # a file's name may hold bytes that are no UTF-8
                whole.update(os.fsencode(f"{number} {name} {len(file.data)} {file.fault}\0"))
                whole.update(file.data)
        return whole.hexdigest()[:12]

    @cached_property
    def _within(self) -> Mapping[str, list[str]]:
        return _by_folder({name for files, _ in self.held for name in files})

    @cached_property
    def _folders(self) -> Mapping[str, list[str]]:
        return _by_folder({name for _, folders in self.held for name in folders})


def read_files(roots: Sequence[Path]) -> Files:
    """Read all tables, templates and pictures of these roots, within the bounds of `limits`.

    Raises nothing: a file that can't be read has a `fault` and raises when its bytes are asked for.
    """
    left, names, room, problems = limits.MOST_FILES, limits.MOST_ENTRIES, _Room(), []
    held = []
    refused: set[str] = set()
    with Opener(roots) as opener:
        for root in roots:
            listing = _Listing(root, opener, names)
            names -= listing.seen
            problems += listing.problems
            refused |= listing.refused
            files = {}
            for name, path in islice(sorted(listing.files.items()), left):
                files[name] = _read(opener, path, name, room)
            left -= len(files)
            if len(files) < len(listing.files):
                message = (
                    f"the roots hold more than {limits.MOST_FILES:,} files; remove what isn't used"
                )
                problems.append(Problem(file=str(root), key="roots", message=message))
            held.append((files, frozenset(listing.folders)))
    return Files(
        roots=tuple(roots), held=tuple(held), problems=tuple(problems), refused=frozenset(refused)
    )


class _Room:
    """How many bytes are left for all files together, and for tables and templates among them."""

    def __init__(self) -> None:
        self.all, self.texts = limits.MOST_BYTES, limits.MOST_TEXTS

    def most(self, *, picture: bool) -> tuple[int, str]:
        """Return how many bytes the next file may have, and what is wrong with a larger one.

        The text is empty where the file's own limit is the nearest.
        """
        together = "together have more than {:,} bytes; make some smaller"
        bounds = [
            (limits.MOST_PICTURE if picture else limits.MOST_TEXT, ""),
            (self.all, f"all files {together.format(limits.MOST_BYTES)}"),
        ]
        if not picture:
            texts = f"all tables and templates {together.format(limits.MOST_TEXTS)}"
            bounds.append((self.texts, texts))
        return min(bounds, key=lambda bound: bound[0])

    def take(self, size: int, *, picture: bool) -> None:
        """Count a file of this many bytes, which was read."""
        self.all -= size
        self.texts -= 0 if picture else size


def _read(opener: Opener, path: Path, name: str, room: _Room) -> File:
    picture = name.lower().endswith(PICTURES)
    most, fault = room.most(picture=picture)
    try:
        data = opener.read(path, most)
    except TooLarge as error:
        return File(path=path, data=b"", fault=fault or str(error))
    except OSError as error:
        return File(path=path, data=b"", fault=error.strerror or str(error))
    room.take(len(data), picture=picture)
    return File(path=path, data=data)


class _Listing:
    """What one root holds: the files that may be read and all folders, by their names below it.

    `problems` names folders that can't be read; at most `most` names are looked at.
    """

    def __init__(self, root: Path, opener: Opener, most: int) -> None:
        self.files: dict[str, Path] = {}
        self.folders: set[str] = set()
        self.problems: list[Problem] = []
        self.refused: set[str] = set()
        self.seen = 0
        self._root, self._opener = root, opener
        pending = [top for top in _TOPS if is_folder(root / top)]
        while pending and self.seen <= most:
            pending += self._folder(pending.pop(), most)
        if self.seen > most:
            message = (
                f"the roots have more than {limits.MOST_ENTRIES:,} names in their folders; remove"
                " what isn't used"
            )
            self.problems.append(Problem(file=str(root), key="roots", message=message))

    def _folder(self, folder: str, most: int) -> list[str]:
        """List one folder, and return the names of the folders within it."""
        self.folders.add(folder)
        suffixes = (*TEXTS, *PICTURES) if folder.endswith("/pictures") else TEXTS
        inner = []
        try:
            with self._opener.names(self._root / folder) as entries:
                for entry in entries:
                    self.seen += 1
                    if self.seen > most:
                        break
                    name = f"{folder}/{entry.name}"
                    if _is_named(entry.name, suffixes) and not entry.name.startswith("."):
                        self.files[name] = self._root / name
                    elif name.count("/") < _DEPTH and is_folder(entry):
                        inner.append(name)
        except OSError as error:
            self.refused.add(folder)
            reason = (
                f"{error.strerror}; look at the folder and its permissions"
                if error.strerror
                else str(error)
            )
            file = str(self._root / folder)
            self.problems.append(Problem(file=file, key="", message=f"can't be read: {reason}"))
        return inner


def _is_named(name: str, suffixes: tuple[str, ...]) -> bool:
    """Return whether a file's name ends so; cameras write those of pictures in large letters."""
    return name.endswith(suffixes) or name.lower().endswith(
        tuple(suffix for suffix in suffixes if suffix in PICTURES)
    )


def _by_folder(names: set[str]) -> dict[str, list[str]]:
    folders: dict[str, list[str]] = {}
    for name in sorted(names):
        folder, _, own = name.rpartition("/")
        folders.setdefault(folder, []).append(own)
    return folders
