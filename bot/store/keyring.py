"""The keys that must not lie beside what they protect, and the file that holds them.

They are kept apart from the database, so that a copy of it can neither sign links that we would
accept, nor tell whose address a tombstone stands for. The file is JSON with three parts: keys of
tombstones (in hex, used as bytes, never rotated), keys of links (letters, used as the bytes of
their text, the signing one first), and fingerprints of keys that are not accepted any more.
"""

import json
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from bot.errors import StoreError
from bot.files.opening import read_given
from bot.store.db.files import keep_owner, make_private

ABOUT = (
    "Keys of drumbeat. Keep this file to yourself, and a copy of it apart from the backups of the"
    " database."
)

LARGEST = 1_000_000
"""Most bytes of the file; a key of links, with its fingerprint later, takes about 100."""

_LAST = 253_402_300_800
"""The end of the year 9999, the latest instant that Python can say."""

T = TypeVar("T")


def fingerprint(key: str) -> str:
    """Return 16 letters that identify a key where it must not stand itself, and don't reveal it."""
    return sha256(f"drumbeat {key}".encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class LinkKey:
    """A key that signs links, as letters."""

    key: str = field(repr=False)
    #: epoch seconds from which it is accepted for unsubscribing alone; None: without an end
    until: int | None = None
    #: the operator's own (DRUMBEAT_WEB_KEY), written down so that its links outlive its change
    given: bool = False

    def is_over(self, now: int) -> bool:
        """Return whether from this instant on only links to unsubscribe are accepted."""
        return self.until is not None and self.until <= now


@dataclass(frozen=True, kw_only=True)
class KeyRing:
    """All keys of an installation; the first of each kind is the one for new hashes or links."""

    tombstones: tuple[str, ...] = field(default=(), repr=False)
    links: tuple[LinkKey, ...] = ()
    #: fingerprints of keys of links that are over: no old backup brings them back
    retired: tuple[str, ...] = ()

    @property
    def fingerprints(self) -> frozenset[str]:
        """Return the fingerprints of all keys in the ring, and of those that were in it."""
        links = [link.key for link in self.links]
        return frozenset((*map(fingerprint, (*self.tombstones, *links)), *self.retired))

    def joined(self, other: "KeyRing") -> "KeyRing":
        """Return these keys, followed by those of the other ring that are missing here."""
        known = {link.key for link in self.links}
        links = [
            link
            for link in other.links
            if link.key not in known and fingerprint(link.key) not in self.retired
        ]
        return replace(
            self,
            tombstones=_once((*self.tombstones, *other.tombstones)),
            links=(*self.links, *links),
            retired=_once((*self.retired, *other.retired)),
        )

    def completed(self) -> "KeyRing":
        """Return a ring with at least one key of each kind; what is missing is made."""
        return replace(
            self,
            tombstones=self.tombstones or (secrets.token_hex(32),),
            links=self.links or (LinkKey(key=secrets.token_hex(32)),),
        )

    def led_by(self, mark: str | None) -> "KeyRing":
        """Return the ring with the tombstone key of this fingerprint moved to the front."""
        keys = sorted(self.tombstones, key=lambda key: fingerprint(key) != mark)
        return replace(self, tombstones=tuple(keys))

    def rotated(self, until: int) -> "KeyRing":
        """Return the ring with a new key for links; older ones are accepted until this instant.

        They stay in the ring after that: links to unsubscribe are accepted as long as an address is
        kept.
        """
        kept = [
            replace(link, until=until if link.until is None else min(link.until, until))
            for link in self.links
        ]
        return replace(self, links=(LinkKey(key=secrets.token_hex(32)), *kept))

    def signing(self, given: str | None) -> "KeyRing":
        """Return the ring with the signing key in front: the operator's key `given`, or without one
        the newest that was made here, rather one that has no end.
        """
        made = sorted((k for k in self.links if not k.given), key=lambda k: k.until is not None)
        first = LinkKey(key=given, given=True) if given is not None else (made or self.links)[0]
        rest = [link for link in self.links if link.key != first.key]
        return replace(self, links=(first, *rest))

    def adopting(self, given: str | None, until: int) -> "KeyRing":
        """Return the ring with the signing key in front and without an end: the operator's key
        `given`, or without one the newest that was made here and has no end, or a new one.

        Keys of the operator's that signed instead end at the instant `until`. Those that were made
        here stay as they are, since other databases may sign with them.
        """
        if given is not None:
            first = LinkKey(key=given, given=True)
        else:
            own = (link for link in self.links if link.until is None and not link.given)
            first = next(own, None) or LinkKey(key=secrets.token_hex(32))
        rest = [
            replace(link, until=until) if link.given and link.until is None else link
            for link in self.links
            if link.key != first.key
        ]
        return replace(self, links=(first, *rest))

    def ended(self) -> "KeyRing":
        """Return the ring without older keys of links, of which only fingerprints stay.

        The operator's own key stays where it is the one that signs, else a new key is made.
        """
        first = self.links[0] if self.links and self.links[0].given else None
        gone = [fingerprint(link.key) for link in self.links if link != first]
        return replace(
            self,
            links=(first or LinkKey(key=secrets.token_hex(32)),),
            retired=_once((*self.retired, *gone)),
        )


def _once(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))


def read(path: Path) -> KeyRing | None:
    """Return the keys of the file, or None where there is no file.

    Raises `StoreError` for a file that can't be read or holds something else.
    """
    try:
        return _ring(json.loads(read_given(path, LARGEST)))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(
            f"{path}: the keys can't be read: {error.strerror or error}; the file must be"
            " readable for the user who runs drumbeat"
        ) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        # Not chained, because the cause could hold a key.
        raise StoreError(
            f"{path}: this is no keys file of drumbeat, or it was cut off; put the copy that you"
            " kept in its place, or name another file with DRUMBEAT_KEYS_FILE. If there is no copy,"
            " move this file away, and `drumbeat keys new` goes on without it"
        ) from None


def _ring(table: Any) -> KeyRing:
    tombstones = tuple(table["tombstones"])
    links = tuple(
        LinkKey(key=row["key"], until=row["until"], given=row.get("given", False))
        for row in table["links"]
    )
    retired = tuple(table["retired"])
    # what is no text in UTF-8 signs nothing
    if not all(text.encode() for text in (*retired, *(link.key for link in links))):
        raise ValueError
    if not all(isinstance(link.given, bool) for link in links):
        raise ValueError
    if not all(len(bytes.fromhex(key)) for key in tombstones):
        raise ValueError
    ends = [link.until for link in links if link.until is not None]
    if not all(isinstance(end, int) and 0 <= end < _LAST for end in ends):
        raise ValueError
    return KeyRing(tombstones=tombstones, links=links, retired=retired)


def write(path: Path, ring: KeyRing) -> None:
    """Write the keys to the file, readable by its owner alone under any umask.

    The file is on the disk before this returns, and is never half-written. Raises `StoreError`.
    """
    # Follow a symbolic link, so that the file it leads to is replaced and not the link.
    path = path.resolve()
    part = path.with_name(f"{path.name}.part")
    table = {
        "about": ABOUT,
        "tombstones": ring.tombstones,
        "links": [
            {"key": link.key, "until": link.until} | ({"given": True} if link.given else {})
            for link in ring.links
        ],
        "retired": ring.retired,
    }
    try:
        part.unlink(missing_ok=True)
        make_private(part)
        with part.open("w", encoding="utf-8") as file:
            file.write(json.dumps(table, indent=2) + "\n")
            file.flush()
            os.fsync(file.fileno())
        keep_owner(part, path)
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise StoreError(
            f"{path}: the keys can't be written: {error.strerror}; the folder must be there, be"
            " writable and have room, or name another file with DRUMBEAT_KEYS_FILE"
        ) from None


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
