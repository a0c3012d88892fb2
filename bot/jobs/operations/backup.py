"""Backup and restore: a consistent copy while others write, and a way back that never sends twice
what may have left since.

What left after the backup was made stands in no file. So a restore first does what the present
moment asks for: occurrences and waves that came due since, also those that the backup had not
fanned out yet, announcements, and messages that somebody decided to send, become rows.
Then everything that is due and has not left is made *uncertain*.
`bot.jobs.sending.lookup` asks the networks that can be asked; the rest waits for a person.
"""

from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot import networks
from bot.config import KEYS_FILE, Settings
from bot.config.database import URL
from bot.errors import KeysMissing, StoreError
from bot.jobs.broadcasts import announcements, sweeps
from bot.jobs.operations.copies.files import (
    check,
    new_file,
    opened,
    quick,
    remove,
    removed,
    swap,
    verify,
    write_copy,
)
from bot.jobs.people import pauses
from bot.jobs.planning import plan
from bot.jobs.sending.decisions import believed
from bot.jobs.services import Services
from bot.model.database import Server, Where
from bot.model.share import ReviewState
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.model.who import Tombstone
from bot.rules.alerts import DeliveriesUncertain
from bot.store import Store, copies, sequences
from bot.store import keys as kept_keys
from bot.store.db import Database, is_present, sender_lock
from bot.store.meta import Meta
from bot.store.sending import restored
from bot.times import epoch, from_epoch, iso

DRY = "dry"
"""The network that sends nothing anywhere, and so can't be asked what it took before."""

_LAST = "last backup"

Opener = Callable[[Settings], Services]
"""Opens services over the database that the settings name; `bot.app` gives it."""


@dataclass(frozen=True, kw_only=True)
class UncertainChannel:
    """How many deliveries are uncertain on one channel after a restore."""

    channel: str
    count: int
    #: whether `drumbeat run` can find out by itself what arrived
    looked_up: bool


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a restore did, for people and as JSON."""

    made: datetime | None
    #: where the file that was in use lies now; None when there was none
    kept: Path | None
    uncertain: tuple[UncertainChannel, ...]
    #: whether the keys that belonged to the database are lost, so that others are used
    without_key: bool = False


@dataclass(frozen=True, kw_only=True)
class Copy:
    """What a backup wrote, for people and as JSON."""

    made: datetime
    #: size of the copy in bytes
    size: int
    #: fingerprint of the key that belongs to the copy but is not in it; None without a key
    fingerprint: str | None
    #: the file in which that key belongs
    keys: Path
    #: whether the key is in that file
    keys_there: bool


def backup(source: Where, target: Path, now: datetime, keys: Path | None = None) -> Copy:
    """Write a sound copy of `source` to `target`, without any key.

    The copy is written under another name and checked before it gets its own: each page and row,
    and the indexes of all but the history, which a restore makes anew. An existing file is never
    overwritten. What it says of its making is `now`, or while a process runs what that one
    believes of the clock. `keys` is the file of the keys, by default the one beside `source`; keys
    that a database of an earlier version still holds are added to it.

    Raises `StoreError`; then nothing of the copy is left.
    """
    keys = kept_keys.place(source, keys)
    if not is_present(source):
        raise StoreError(f"{source}: there is no database to back up; name it with --db")
    if isinstance(source, Server):
        return _dumped(source, target, now, keys)
    with new_file(target) as part:
        write_copy(source, part)
        with opened(part) as copy:
            made = believed(Meta(copy), source, now)
            restored.stamp(copy, epoch(made))
            kept_keys.keep_inside(copy, keys)
            kept_keys.take_out(copy)
            check(copy, source, *quick(copy))
            # leave journal mode WAL, so that the copy is one file without companions
            copy.rows("PRAGMA journal_mode = DELETE")
            mark, there = kept_keys.belonging(copy), kept_keys.is_there(copy, keys)
    _remember(source, made)
    return Copy(
        made=made, size=target.stat().st_size, fingerprint=mark, keys=keys, keys_there=there
    )


def _dumped(source: Server, target: Path, now: datetime, keys: Path) -> Copy:
    with new_file(target) as part, opened(source) as database:
        made = believed(Meta(database), source, now)
        restored.stamp(database, epoch(made))
        database.copy_to(part)
        mark, there = kept_keys.belonging(database), kept_keys.is_there(database, keys)
    _remember(source, made)
    size = target.stat().st_size
    return Copy(made=made, size=size, fingerprint=mark, keys=keys, keys_there=there)


def _remember(source: Where, now: datetime) -> None:
    """Let the database know when it was last copied, for whoever watches the age of backups.

    The copy is sound without that, so a database that takes nothing just now is no fault of it.
    """
    with suppress(StoreError), opened(source) as database:
        if not isinstance(source, Server):
            database.rows("PRAGMA busy_timeout = 2000")
        Meta(database).put(_LAST, str(epoch(now)))


def last(store: Store) -> int | None:
    """Return when the last copy of this database was made, in epoch seconds; None where none is
    known, as when it was copied by other means.
    """
    known = store.meta.get(_LAST)
    return int(known) if known else None


def restore(
    settings: Settings,
    file: Path,
    opener: Opener,
    by: Actor,
    now: datetime,
    *,
    without_key: bool = False,
    present: Where | None = None,
) -> Report:
    """Put a copy of `file` in the place of the settings' database.

    One on a server must be empty, and `present` may be the one that it shall replace: nothing is
    changed there.

    What may have left since it was made is marked as uncertain. Who works with the bot, and what
    they did since, stays as the present file has it; nobody is at their desk any more.

    The present file is kept aside. `without_key` goes on though the key that belongs to it is lost.

    Raises `StoreError` when `file` is no sound database of ours or a sender is at work,
    `KeysMissing` when the key that belongs to it is not in the file of the keys, `DataError` for
    broken data; then everything is as it was. Where a server's database was being filled, it may be
    full: nobody opens it.
    """
    target = settings.database
    if not file.is_file():
        raise StoreError(f"{file}: there is no such backup")
    if isinstance(target, Server):
        return _filled(settings, target, file, opener, by, now, present, go_on=without_key)
    if target.exists() and file.samefile(target):
        raise StoreError(f"{file}: this is the database in use itself, not a backup of it")
    lock = sender_lock(target)
    try:
        part = target.with_name(f"{target.name}.restoring")
        remove(part)
        with removed(part):
            write_copy(file, part)
            verify(part, file)
            keys = kept_keys.place(target, settings.keys)
            lost = _lacks_key(part, file, keys, go_on=without_key)
            made, uncertain = _brought_up_to_now(
                opener(replace(settings, database=part, keys=keys)), target, by, now
            )
            with opened(part) as copy:
                copy.rows("PRAGMA journal_mode = DELETE")
            kept = swap(part, target, now)
    finally:
        lock.release()
    return Report(
        made=from_epoch(made) if made else None, kept=kept, uncertain=uncertain, without_key=lost
    )


def _filled(
    settings: Settings,
    target: Server,
    file: Path,
    opener: Opener,
    by: Actor,
    now: datetime,
    present: Where | None,
    *,
    go_on: bool,
) -> Report:
    if is_present(target):
        raise StoreError(
            f"{target}: there is a database already, and a restore fills an empty one: make it"
            f" (`createdb NAME`), add --db with its URL, and name it in {URL} afterwards"
        )
    keys = kept_keys.place(target, settings.keys)
    mark = kept_keys.mark_in(copies.fit_dump(target, file))
    lost = not kept_keys.is_known(mark, keys)
    if lost and not go_on:
        raise _missing(file, keys, mark)
    lock = sender_lock(target)
    try:
        _fill(target, file)
        if lost:
            with opened(target) as copy:
                kept_keys.give_up(copy)
        made, uncertain = _brought_up_to_now(opener(settings), present, by, now)
        with opened(target) as copy:
            restored.end(copy)
    finally:
        lock.release()
    return Report(
        made=from_epoch(made) if made else None, kept=None, uncertain=uncertain, without_key=lost
    )


def _fill(target: Server, file: Path) -> None:
    with opened(target) as copy:
        # whatever ends this in the middle: nothing leaves before all is marked
        restored.begin(copy)
        try:
            copy.fill_from(file)
        except StoreError:
            if not is_present(target):
                restored.end(copy)
            raise


def _lacks_key(part: Where, file: Path, keys: Path, *, go_on: bool) -> bool:
    """Return whether the key that belongs to the backup is lost, so that the restore goes on with
    others.

    Raises `KeysMissing` when it is lost and `go_on` is false.
    """
    with opened(part) as copy:
        if kept_keys.is_there(copy, keys):
            return False
        if not go_on:
            raise _missing(file, keys, kept_keys.belonging(copy))
        kept_keys.give_up(copy)
    return True


def _missing(file: Path, keys: Path, mark: str | None) -> KeysMissing:
    return KeysMissing(
        f"{file}: the keys that belong to this backup are missing: {keys}"
        f" {kept_keys.why_missing(keys)}. Put the file that you kept apart (its fingerprint is"
        f" {mark}) there, or name it with {KEYS_FILE}. If it is lost for good, add --without-key;"
        f" then {kept_keys.LOST}"
    )


def _brought_up_to_now(
    services: Services, present: Where | None, by: Actor, now: datetime
) -> tuple[int, tuple[UncertainChannel, ...]]:
    store, moment = services.store, epoch(now)
    try:
        made = store.restored.made()
        sequences.raise_all(store.database)
        _take_over(store, present, moment, services)
        store.audit.note(by, Verb.RESTORED, moment)
        _meanwhile(services, now)
        when = iso(made) if made else "an unknown time"
        why = f"restored from a backup of {when}; nobody knows whether it left since"
        counts = store.restored.mark_uncertain(moment, made, why)
        _doubt_quotes(store, why)
        uncertain = tuple(_uncertain(services, channel, count) for channel, count in counts.items())
        for row in uncertain:
            alarm = DeliveriesUncertain(subject=row.channel, text=_told(row), restored=True)
            store.alerts.open(alarm, moment)
    finally:
        store.close()
    return made, uncertain


def _meanwhile(services: Services, now: datetime) -> None:
    """Make a row of all that came due since the backup, in the order of `bot.jobs.ticks`: what one
    of these jobs made only later would be sent, though it may have left before.
    """
    pauses.run(services, now)
    plan.run(services, now)
    announcements.run(services)
    sweeps.finish(services, now)


def _doubt_quotes(store: Store, why: str) -> None:
    """Have staff look whether an approved quote stands, which can't be told apart from another one
    of the same post; to boost a post twice changes nothing.
    """
    for review in store.amplify.all([ReviewState.APPROVED]):
        if review.way == "quote":
            store.amplify.change(review.id, [ReviewState.APPROVED], ReviewState.UNCERTAIN, why)


def _take_over(store: Store, present: Where | None, moment: int, services: Services) -> None:
    """Keep in the backup who works with the bot now, what they did since it was made, and which
    links still open something; and forget there, too, those who wanted to be forgotten since.

    `present` is the database that is replaced, if it can be read.
    """
    store.logins.shut_out()
    try:
        if present is None or not is_present(present):
            return
        old = Database(present, readonly=True)
    except StoreError:
        return
    tombstones: list[Tombstone] = []
    # of any version: nothing else is asked of it, and what it can't tell keeps nobody alive
    with suppress(StoreError), closing(old):
        tombstones = old.select(Tombstone, "SELECT digest, at FROM tombstone")
        store.keys.take(old)
        store.members.take(old, moment)
        store.tokens.take(old)
        store.clearances.take(old)
        store.audit.take(old)
    store.forgotten.bury(tombstones, moment, services.team.chats)


def _uncertain(services: Services, channel_id: int, count: int) -> UncertainChannel:
    channel = services.channel(channel_id)
    names = {number: name for name, number in services.store.channels.ids().items()}
    kind = networks.load(channel.network) if channel and channel.network != DRY else None
    return UncertainChannel(
        channel=names[channel_id],
        count=count,
        looked_up=kind is not None and (kind.FINDS or kind.REPEATABLE),
    )


def _told(row: UncertainChannel) -> str:
    what = (
        f"{row.count} deliveries on {row.channel} may have left since the backup that was restored"
    )
    if row.looked_up:
        return f"{what}; `drumbeat run` looks them up"
    return (
        f"{what}; `drumbeat outbox --state uncertain` lists them, and each waits for `drumbeat"
        " outbox arrived ID` (it is there), `release ID` (send it) or `cancel ID`"
    )
