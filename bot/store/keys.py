"""The keys of a database: in a file of their own, and here the fingerprint of the one that belongs
to it.

Databases of before held them. They move out unchanged: into the file, which is on the disk before
they are deleted here, and then out of free pages and the journal as well.
"""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from bot.errors import KeysMissing, StoreError
from bot.store import keyring
from bot.store.db import MEMORY, Database, alone
from bot.store.keyring import KeyRing, LinkKey, fingerprint
from bot.store.meta import REHEARSAL, Meta

log = logging.getLogger(__name__)

_TOMBSTONES, _LINKS = "tombstones", "web-key"
"""Under which databases of before hold the keys themselves."""

_MARK = "keys"
"""Under which the fingerprint stands."""

_TRACES = "keys_moved"
"""Stands as long as free pages and the journal may still hold keys that have moved out."""

LOST = (
    "links in letters that were sent stop working, and addresses that were buried can't be"
    " recognised when they come again"
)
"""What becomes of a database without its keys."""


def place(database: Path, named: Path | None) -> Path:
    """Where the keys lie: in the file that the operator named, else beside the database."""
    return named or database.with_name(f"{database.name}.keys")


class Keys:
    """The keys of one open database.

    They are read when they are first needed, and again when the file has changed: a key that
    another process made is known at once.
    """

    def __init__(self, database: Database, named: Path | None, *, readonly: bool) -> None:
        self._database = database
        self._meta = Meta(database)
        self._readonly = readonly
        if self._meta.get("kind") == REHEARSAL:
            # made-up letters are signed with keys of their own
            named = None
        #: the file
        self.path = MEMORY if database.path == MEMORY else place(database.path, named)
        self._ring: KeyRing | None = None
        self._seen: tuple[int, ...] | None = None
        #: the operator's own key when it was last looked at; () before that
        self._given: tuple[str | None, ...] = ()

    def ring(self) -> KeyRing:
        """Return the keys; made where the database has none yet.

        Raises `KeysMissing` when those that belong to it are not in the file, `StoreError` when
        the file can't be read or written.
        """
        seen = _state(self.path)
        if self._ring is None:
            self._ring = self._settled()
            self._seen = _state(self.path)
        elif seen is not None and seen != self._seen:
            self._seen = seen
            try:
                self._ring = self._settled()
            except StoreError as error:
                log.warning("%s; the keys of before are used on", error)
        return self._ring

    def settle(self) -> None:
        """Have the keys in their file and nowhere else. Raises as `ring`."""
        self.ring()
        # where somebody reads at this moment, or the disk is full, the next start does it
        if self._meta.get(_TRACES) is not None:
            with suppress(StoreError):
                if self._database.rebuild() and self._database.empty_log():
                    self._meta.drop(_TRACES)

    def signing(self, given: str | None, until: int) -> KeyRing:
        """Return the keys with the one in front that signs links: `given`, the operator's own, or
        without it the newest of the file.

        Where that is another than before, the file has it before anything is signed, and takes what
        the one of before signed until this instant. A rehearsal knows no operator's key. Raises as
        `ring`; where only the file can't be written, the log says so and it goes on.
        """
        ring = self.ring()
        if self._meta.get("kind") == REHEARSAL:
            given = None
        known, is_new = ring.signing(given, until), self._given != (given,)
        self._given = (given,)
        # two databases may share the file: each goes on to sign with what its operator gave
        if known == ring or (given is not None and not is_new):
            return known
        self._ring = self._written(known, given, until)
        return self._ring or self.ring()

    def _written(self, known: KeyRing, given: str | None, until: int) -> KeyRing | None:
        """The keys as they are used on, None where they are to be read from the file."""
        if self._readonly or self.path == MEMORY:
            return known
        try:
            self._change(lambda ring: ring.signing(given, until))
        except StoreError as error:
            log.warning(
                "%s. Until then links that are sent now end at once where DRUMBEAT_WEB_KEY changes",
                error,
            )
            return known
        return None

    def rotate(self, until: int) -> None:
        """Sign new links with a new key, and take those of before until this instant, but those to
        unsubscribe without an end. Raises as `ring`.
        """
        self.ring()
        self._change(lambda ring: ring.rotated(until))

    def end(self) -> None:
        """Take nothing any more that keys of before signed, since somebody else has them.

        Raises as `ring`.
        """
        self.ring()
        self._change(KeyRing.ended)

    def _change(self, change: Callable[[KeyRing], KeyRing]) -> None:
        with _alone(self.path):
            # a file that is gone or another's meanwhile gets no half of them
            keyring.write(self.path, change(self._wanted()[1]))

    def renew(self) -> None:
        """Go on without the keys that are lost: with those of the file, or new ones."""
        with self._database.transaction():
            give_up(self._database)
            self._ring = None
            self.ring()

    def take(self, other: Database) -> None:
        """Know also the keys that another database, one of before, still holds."""
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
        ring, inside = keyring.read(self.path), _inside(self._meta)
        mark = self._meta.get(_MARK)
        if mark and inside == KeyRing() and not (ring and mark in ring.fingerprints):
            raise KeysMissing(
                f"{self._database.path}: the keys that belong to it are missing: {self.path}"
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
    """Say of the file of the keys why it is not the right one."""
    return "holds other keys" if path.exists() else "is not there"


def belonging(database: Database) -> str | None:
    """The fingerprint of the key that belongs to a database; None where it never had one."""
    meta = Meta(database)
    return _mark(meta, _inside(meta))


def is_there(database: Database, path: Path) -> bool:
    """Whether the key that belongs to a database is in the file, or in the database itself.

    True where it never had one. Raises `StoreError` for a file that can't be read.
    """
    meta = Meta(database)
    mark, ring = meta.get(_MARK), keyring.read(path)
    if mark is None or _inside(meta) != KeyRing():
        return True
    return ring is not None and mark in ring.fingerprints


def give_up(database: Database) -> None:
    """No key belongs to the database any more: it takes what it is given next."""
    Meta(database).drop(_MARK)


def keep_inside(database: Database, path: Path) -> None:
    """Add the keys that a database of before holds to the file, and leave the database as it is.

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
    """Leave no key in a copy, not even in free pages, but the fingerprint of the one that belongs
    to it.
    """
    meta = Meta(copy)
    if _inside(meta) != KeyRing():
        _leave_mark(meta, KeyRing())
        copy.rows("VACUUM")


def _inside(meta: Meta) -> KeyRing:
    """The keys that a database of before still holds."""
    tombstones, links = meta.get(_TOMBSTONES), meta.get(_LINKS)
    return KeyRing(
        tombstones=(tombstones,) if tombstones else (),
        links=(LinkKey(key=links),) if links else (),
    )


def _mark(meta: Meta, ring: KeyRing) -> str | None:
    """The fingerprint of the key that belongs to the database, which may be any of the ring's."""
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
    """One process at a time writes the file."""
    if not path.parent.is_dir():
        raise StoreError(
            f"{path}: the folder of the keys does not exist; make it, or name another file with"
            " DRUMBEAT_KEYS_FILE"
        )
    return alone(path, instead="name another file with DRUMBEAT_KEYS_FILE")


def _state(path: Path) -> tuple[int, ...] | None:
    """What changes when the file does; None where there is none to see."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino, status.st_mtime_ns, status.st_size
