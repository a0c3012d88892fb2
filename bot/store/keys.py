"""The keys of one database: they lie in a file of their own, and the database holds the fingerprint
of the one that belongs to it.

Databases of older versions held the keys themselves. These move unchanged into the file, which is
on the disk before they are deleted from the database, then from its free pages and its journal.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from bot.errors import KeysMissing, StoreError
from bot.model.database import Server, Where
from bot.store import keyring
from bot.store.db import MEMORY, Database
from bot.store.db.files import alone
from bot.store.keyring import KeyRing, LinkKey, fingerprint
from bot.store.meta import REHEARSAL, Meta

log = logging.getLogger(__name__)

_TOMBSTONES, _LINKS = "tombstones", "web-key"
"""The keys in `meta` under which databases of older versions hold the keys themselves."""

_MARK = "keys"
"""The key in `meta` of the fingerprint."""

_OWN = ".rehearsal"
"""The ending of the file with a rehearsal's own keys, beside that of the live ones of a server."""

_TRACES = "keys_moved"
"""The key in `meta` that stands while free pages and journal may hold keys that moved out."""

LOST = (
    "links in letters that were sent stop working, and addresses that were buried can't be"
    " recognised when they come again"
)
"""What happens when a database goes on without its keys, for messages."""


def place(database: Where, named: Path | None) -> Path:
    """Return the file of the keys: the one the operator named, else the one beside the database.

    Raises `StoreError` for a database on a server where the operator has named none.
    """
    if named is not None:
        return named
    if isinstance(database, Server):
        raise StoreError(
            f"{database}: a database on a server has no folder for its keys; name their file with"
            " DRUMBEAT_KEYS_FILE, the same for all that work on it"
        )
    return database.with_name(f"{database.name}.keys")


def of_rehearsal(database: Where, named: Path | None) -> Path:
    """Return the file of a rehearsal's own keys, with which made-up letters are signed."""
    if isinstance(database, Server):
        live = place(database, named)
        return live if live.suffix == _OWN else live.with_name(f"{live.name}{_OWN}")
    return place(database, None)


class Keys:
    """The keys of one open database.

    They are read when they are first needed, and again when the file has changed, so that a key
    which another process made is known at once.
    """

    def __init__(self, database: Database, named: Path | None, *, readonly: bool) -> None:
        self._database = database
        self._meta = Meta(database)
        self._readonly = readonly
        #: the file
        self.path = self._place(named)
        #: the operator's key, or None without one, in the process that sends; () in others
        self._adopted: tuple[str | None, ...] = ()
        self._ring: KeyRing | None = None
        self._seen: tuple[int, ...] | None = None

    def _place(self, named: Path | None) -> Path:
        where = self._database.where
        if where == MEMORY:
            return MEMORY
        return (of_rehearsal if self._is_rehearsal() else place)(where, named)

    def ring(self) -> KeyRing:
        """Return the keys; they are made where the database never had any.

        Raises `KeysMissing` when those that belong to it are not in the file, `StoreError` when the
        file can't be read or written.
        """
        seen = _state(self.path)
        if self._ring is None:
            self._ring = self._settled()
            self._seen = seen
        elif seen is not None and seen != self._seen:
            self._seen = seen
            try:
                self._ring = self._settled()
            except StoreError as error:
                log.warning("%s; the keys of before are used on", error)
        return self._ring

    def settle(self) -> None:
        """Make sure that the keys are in their file and nowhere else.

        Raises `KeysMissing` when those that belong to the database are not in the file,
        `StoreError` when the file can't be read or written.
        """
        self.ring()
        # Where somebody reads at this moment, or the disk is full, the next start does this.
        if self._meta.get(_TRACES) is not None:
            with suppress(StoreError):
                if self._database.rebuild() and self._database.empty_log():
                    self._meta.drop(_TRACES)

    def signing(self, given: str | None) -> KeyRing:
        """Return the keys with the one in front that signs links: the operator's key `given`, else
        the newest that was made here.

        A process that sends goes on with the key that it adopted, whatever is given meanwhile, and
        a rehearsal uses no operator's key.

        Raises `KeysMissing` when those that belong to the database are not in the file,
        `StoreError` when the file can't be read or written.
        """
        [given] = self._adopted or (None if self._is_rehearsal() else given,)
        return self.ring().signing(given)

    def adopt(self, given: str | None, until: int) -> None:
        """Write down that this key signs links from now on, and accept until the instant `until`
        what the one before signed. Without `given`, the operator has no key.

        It is for the process that holds the sender lock: a command beside it may run in a shell
        that knows another key of the operator's, or none. Raises as `signing`; where the file can
        be read but not written, the log says so.
        """
        if self._is_rehearsal() or self.path == MEMORY:
            return
        self._adopted = (given,)
        first = self.ring().links[0]
        if first.until is None and given == (first.key if first.given else None):
            return
        try:
            self._change(lambda ring: ring.adopting(given, until))
        except StoreError as error:
            log.warning(
                "%s. Until then links that are sent now end at once where DRUMBEAT_WEB_KEY changes",
                error,
            )

    def rotate(self, until: int) -> None:
        """Sign new links with a new key, and accept those of older keys until this instant.

        Links to unsubscribe are accepted without an end. Raises `KeysMissing` when those that
        belong to the database are not in the file, `StoreError` when the file can't be read or
        written.
        """
        self.ring()
        self._change(lambda ring: ring.rotated(until))

    def end(self) -> None:
        """Accept nothing any more that older keys signed, because somebody else has them.

        Raises `KeysMissing` when those that belong to the database are not in the file,
        `StoreError` when the file can't be read or written.
        """
        self.ring()
        self._change(KeyRing.ended)

    def _is_rehearsal(self) -> bool:
        return self._meta.get("kind") == REHEARSAL

    def _change(self, change: Callable[[KeyRing], KeyRing]) -> None:
        with _alone(self.path):
            # a file that is gone or another's meanwhile gets no half of them
            keyring.write(self.path, change(self._wanted()[1]))

    def renew(self) -> None:
        """Give up keys that are lost, and go on with those of the file, or new ones."""
        with self._database.transaction():
            give_up(self._database)
            self._ring = None
            self.ring()

    def take(self, other: Database) -> None:
        """Add the keys that another database, of an older version, still holds."""
        keep_inside(other, self.path)

    def _settled(self) -> KeyRing:
        if self.path == MEMORY:
            return self._ring or KeyRing().completed()
        ring, wanted = self._wanted()
        if self._readonly or (ring == wanted and self._is_settled(wanted)):
            return wanted.led_by(self._meta.get(_MARK))
        # in this order: one process at a time moves them, and the file is on the disk before the
        # database lets go of them
        with self._database.transaction():
            with _alone(self.path):
                ring, wanted = self._wanted()
                if ring != wanted:
                    keyring.write(self.path, wanted)
            if _inside(self._meta) != KeyRing():
                self._meta.put(_TRACES, "1")
            _leave_mark(self._meta, wanted)
        return wanted.led_by(self._meta.get(_MARK))

    def _wanted(self) -> tuple[KeyRing | None, KeyRing]:
        # in this order: another process writes the file first, and the mark when it is there
        mark, inside = self._meta.get(_MARK), _inside(self._meta)
        ring = keyring.read(self.path)
        if mark and inside == KeyRing() and not (ring and mark in ring.fingerprints):
            raise KeysMissing(
                f"{self._database.where}: the keys that belong to it are missing: {self.path}"
                f" {why_missing(self.path)}. Put the right file (its fingerprint is {mark}) there,"
                " or name it with DRUMBEAT_KEYS_FILE. If it is lost for good, `drumbeat keys new`"
                f" goes on without it; then {LOST}"
            )
        return ring, (ring or KeyRing()).joined(inside).completed()

    def _is_settled(self, ring: KeyRing) -> bool:
        mark = self._meta.get(_MARK)
        marks = [fingerprint(key) for key in ring.tombstones]
        return mark in marks and _inside(self._meta) == KeyRing()


def why_missing(path: Path) -> str:
    """Return a sentence about why this file of keys is not the right one."""
    return "holds other keys" if path.exists() else "is not there"


def belonging(database: Database) -> str | None:
    """Return the fingerprint of the key that belongs to a database; None where it never had one."""
    meta = Meta(database)
    return _mark(meta, _inside(meta))


def is_there(database: Database, path: Path) -> bool:
    """Return whether the key that belongs to a database is in the file, or in the database itself.

    True for a database that never had a key. Raises `StoreError` for a file that can't be read.
    """
    meta = Meta(database)
    return _inside(meta) != KeyRing() or is_known(meta.get(_MARK), path)


def is_known(mark: str | None, path: Path) -> bool:
    """Return whether the key of this fingerprint is in the file; True for None.

    Raises `StoreError` for a file that can't be read.
    """
    ring = keyring.read(path)
    return mark is None or (ring is not None and mark in ring.fingerprints)


def mark_in(meta: Mapping[str, str]) -> str | None:
    """Return the same as `belonging`, from what `Meta` holds of a server's database."""
    return meta.get(_MARK)


def give_up(database: Database) -> None:
    """Forget which key belongs to the database, so that it takes the next one it is given."""
    Meta(database).drop(_MARK)


def keep_inside(database: Database, path: Path) -> None:
    """Add the keys that a database of an older version holds to the file; the database is not
    changed.

    Raises `StoreError` when the file can't be read or written.
    """
    inside = _inside(Meta(database))
    if inside == KeyRing():
        return
    with _alone(path):
        ring = keyring.read(path) or KeyRing()
        if ring.joined(inside) != ring:
            keyring.write(path, ring.joined(inside))


def take_out(copy: Database) -> None:
    """Delete all keys from a copy, even from its free pages; only the fingerprint of the one that
    belongs to it stays.
    """
    meta = Meta(copy)
    if _inside(meta) != KeyRing():
        _leave_mark(meta, KeyRing())
        copy.rows("VACUUM")


def _inside(meta: Meta) -> KeyRing:
    """Return the keys that a database of an older version still holds."""
    tombstones, links = meta.get(_TOMBSTONES), meta.get(_LINKS)
    return KeyRing(
        tombstones=(tombstones,) if tombstones else (),
        links=(LinkKey(key=links),) if links else (),
    )


def _mark(meta: Meta, ring: KeyRing) -> str | None:
    """Return the fingerprint of the key that belongs to the database; it may be any of the
    ring's.
    """
    inside, mark = _inside(meta), meta.get(_MARK)
    own = [*inside.tombstones, *(link.key for link in inside.links)]
    if own:
        return fingerprint(own[0])
    if mark is not None and (mark in map(fingerprint, ring.tombstones) or not ring.tombstones):
        return mark
    return fingerprint(ring.tombstones[0]) if ring.tombstones else None


def _leave_mark(meta: Meta, ring: KeyRing) -> None:
    mark = _mark(meta, ring)
    meta.drop(_TOMBSTONES)
    meta.drop(_LINKS)
    if mark is not None and mark != meta.get(_MARK):
        meta.put(_MARK, mark)


def _alone(path: Path) -> AbstractContextManager[None]:
    """Hold the lock under which one process at a time writes the file."""
    if not path.parent.is_dir():
        raise StoreError(
            f"{path}: the folder of the keys does not exist; make it, or name another file with"
            " DRUMBEAT_KEYS_FILE"
        )
    return alone(path, instead="name another file with DRUMBEAT_KEYS_FILE")


def _state(path: Path) -> tuple[int, ...] | None:
    """Return what changes whenever the file does; None where there is no file to look at."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size
