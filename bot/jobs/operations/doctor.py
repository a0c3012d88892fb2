"""The doctor: looks at everything around the data that a drumbeat needs to live: secrets, tokens,
clock, time zones, database, keys, disk, alarms.

Secrets are named, never shown. Each finding says what to do.
"""

import os
import shutil
import zoneinfo
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from importlib import import_module
from pathlib import Path

from bot.config import KEYS_FILE, Settings, variable
from bot.errors import StoreError
from bot.jobs.campaigns.limits import Told, old
from bot.jobs.operations import lettering, status, surroundings
from bot.jobs.operations.clock import apart
from bot.jobs.operations.findings import Finding, Level
from bot.jobs.operations.findings.secrets import secrets_by_name
from bot.jobs.operations.surroundings import Remark, database_readable, keys_readable
from bot.jobs.sending import decisions
from bot.model import Problem
from bot.model.database import Server, Where
from bot.rules.pacing import State
from bot.store import Store, keyring
from bot.store import keys as kept_keys
from bot.store.db import is_present
from bot.store.meta import LIVE
from bot.text import counted
from bot.times import from_epoch

PINNED_ZONES: str = import_module("tzdata").IANA_VERSION
"""The zone data that are installed with drumbeat, such as 2026b."""

LEAST_FREE = 500_000_000
"""Bytes that should be free where the database lies."""

SLACK = timedelta(minutes=5)
"""How much two clocks may differ."""


def data(problems: Sequence[Problem]) -> Finding:
    """Return whether config.toml, campaigns and content are clean."""
    subject = "config, campaigns, content"
    if not problems:
        return Finding.ok("data", subject, "no problems")
    count = counted(len(problems), "problem", "problems")
    return Finding.problem("data", subject, f"{count}; `drumbeat check` tells them")


def proxies(environ: Mapping[str, str]) -> list[Finding]:
    """Return for each proxy that the environment names whether all of drumbeat goes through it."""
    return [_proxy(name, value) for name, value in surroundings.proxies_in(environ).items()]


def _proxy(name: str, value: str) -> Finding:
    trouble = surroundings.trouble_with(name, value)
    if trouble is None:
        return Finding.ok("proxy", name, "what is asked of networks goes through it")
    return _of(trouble)


def clock(now: datetime, store: Store | None) -> Finding:
    """Return whether the clock can be right: not before the time zone data were made, nor before
    what this database says of the past.
    """
    newest = _newest(store) if store else None
    released = int(PINNED_ZONES[:4])
    message, level = f"{now:%Y-%m-%dT%H:%M:%SZ}", Level.OK
    if now.year < released:
        message, level = (
            f"{message} lies before {released}, the year of the zone data: set the clock",
            Level.PROBLEM,
        )
    elif newest is not None and from_epoch(newest) > now + SLACK:
        seen = f"{from_epoch(newest):%Y-%m-%dT%H:%M:%SZ}"
        message, level = (
            (
                f"{message} lies before what the database says was sent last ({seen}): set the"
                " clock (is NTP on?)"
            ),
            Level.PROBLEM,
        )
    return Finding(check="clock", subject="system clock", level=level, message=message)


def _newest(store: Store) -> int | None:
    """Return the newest epoch second that the database tells of sending: the last result of a post,
    or when an account's pace was last asked for. To read all results would take seconds.
    """
    moments = [int(State.loads(pacing).at) for pacing in store.channels.pacings()]
    posts = store.posts.newest_result()
    return max([*moments, *([] if posts is None else [posts])], default=None)


_TRIED = ("Etc/UTC", "Europe/Berlin", "Pacific/Apia")
"""Zones that every sound set of zone data has."""


def zones() -> Finding:
    """Return which time zone data are used: those of the pinned package tzdata, never the machine's
    (`bot/__init__.py`).
    """
    broken = ", ".join(name for name in _TRIED if not _loads(name))
    if not broken:
        return Finding.ok("zones", "time zones", f"{PINNED_ZONES}, from the package tzdata")
    message = f"{broken} can't be loaded: install drumbeat again, with the package tzdata"
    return Finding.problem("zones", "time zones", message)


def _loads(name: str) -> bool:
    try:
        zoneinfo.ZoneInfo.no_cache(name)
    except (zoneinfo.ZoneInfoNotFoundError, OSError):
        return False
    return True


def database(path: Where, store: Store) -> list[Finding]:
    """Return whether the database is sound and ours, and a file journalled as it should be."""
    try:
        broken = store.database.faults()
        troubles = [
            f"not sound: {words}; `drumbeat restore` brings a backup back" for words in broken[:1]
        ] + _ways(path, store)
    except StoreError as error:
        troubles = [str(error).removeprefix(f"{path}: ")]
    return [_of_database(path, sound=False, message=words) for words in troubles] or [
        _of_database(path, sound=True, message="sound")
    ]


def _ways(path: Where, store: Store) -> list[str]:
    kind = store.meta.get("kind")
    others = f"belongs to a {kind}, and `drumbeat run` refuses it; name another file with --db"
    troubles = [others] if kind not in (LIVE, None) else []
    return ([] if isinstance(path, Server) else _of_file(path, store)) + troubles


def _of_file(path: Path, store: Store) -> list[str]:
    mode = store.database.value("PRAGMA journal_mode")
    readable = database_readable(path)
    writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    tests = (
        (
            mode != "wal",
            (
                f"journal mode is {mode}, not wal; let `drumbeat run` open it, on a disk of this"
                " machine"
            ),
        ),
        (bool(readable), readable or ""),
        (not writable, "the file or its folder is not writable for this user; mend its rights"),
    )
    return [words for bad, words in tests if bad]


def _of_database(path: Where, *, sound: bool, message: str) -> Finding:
    judged = Finding.ok if sound else Finding.problem
    return judged("database", str(path), message)


def shut(settings: Settings, store: Store, now: datetime) -> list[Finding]:
    """Return the channels that send nothing since their network refuses them or fails: why, since
    when, when they try again, and what a person can do, in the words of `drumbeat status`.
    """
    judged = {"paused": Finding.problem, "resting": Finding.note}
    return [
        judged[channel.state](channel.state, channel.name, status.what_to_do(channel))
        for channel in status.channels(settings, store, {}, now)
        if channel.state in judged
    ]


def keys(path: Path, store: Store | None, environ: Mapping[str, str]) -> list[Finding]:
    """Return whether the file of the keys is there, readable by its owner alone, and the database's
    own.
    """
    findings = []
    try:
        if not is_present(path) and (store is None or kept_keys.belonging(store.database) is None):
            waits = "not there yet; `drumbeat run` makes it"
            findings.append(Finding.note("keys", str(path), waits))
        elif store is not None and not kept_keys.is_there(store.database, path):
            message = (
                f"{kept_keys.why_missing(path)}: put the file with the fingerprint"
                f" {kept_keys.belonging(store.database)} there, or name it with {KEYS_FILE};"
                " `drumbeat keys new` if it is lost for good"
            )
            findings.append(Finding.problem("keys", str(path), message))
        else:
            findings.append(_sound_keys(path, store))
    except StoreError as error:
        message = str(error).removeprefix(f"{path}: ")
        findings.append(Finding.problem("keys", str(path), message))
    name = variable("web", "key")
    if environ.get(name) or environ.get(f"{name}_FILE"):
        wins = "set: it signs the links in letters, not the keys file"
        findings.append(Finding.note("keys", name, wins))
    return findings


def _sound_keys(path: Path, store: Store | None) -> Finding:
    if message := keys_readable(path):
        return Finding.problem("keys", str(path), message)
    if store is None:
        ring = keyring.read(path)
        marks = sorted(keyring.fingerprint(key) for key in ring.tombstones) if ring else []
        mark = ", ".join(marks) or None
    else:
        mark = kept_keys.belonging(store.database)
    return Finding.ok("keys", str(path), f"fingerprint {mark}; keep a copy apart from backups")


def open_database(
    path: Where, opener: Callable[[Where], Store]
) -> tuple[Store | None, list[Finding]]:
    """Return the store, read-only, and findings; None for a store that can't be opened. A file that
    isn't there yet is only a note.
    """
    try:
        if not is_present(path):
            waits = "not there yet; `drumbeat run` makes it"
            return None, [Finding.note("database", str(path), waits)]
        return opener(path), []
    except StoreError as error:
        return None, [_of_database(path, sound=False, message=str(error).removeprefix(f"{path}: "))]


def disk(path: Path, free: Callable[[Path], int] | None = None) -> Finding:
    """Return whether there is room on the disk where the database's file lies, or the keys'."""
    folder = path.parent
    try:
        left = (free or _free)(folder)
    except OSError as error:
        message = (
            f"can't be looked at: {error.strerror}; make the folder, or name another file with --db"
        )
        return Finding.problem("disk", str(folder), message)
    short = left < LEAST_FREE
    message = f"{left / 1e6:,.0f} MB free" + (
        f"; make room, {LEAST_FREE / 1e6:,.0f} MB should be: on a full disk nothing is sent"
        if short
        else ""
    )
    judged = Finding.problem if short else Finding.ok
    return judged("disk", str(folder), message)


def _free(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def alerts(settings: Settings) -> list[Finding]:
    """Return whether alarms have a second way."""
    given = (
        ("url", settings.alerts.url, "alarms by a second road"),
        ("heartbeat", settings.alerts.heartbeat, "a page asked for each minute"),
    )
    return [
        _alert(variable("alerts", field), what, is_set=bool(secret))
        for field, secret, what in given
    ]


def _alert(name: str, what: str, *, is_set: bool) -> Finding:
    if is_set:
        return Finding.ok("alerts", name, f"set: {what}")
    silence = f"not set: without it nobody hears when drumbeat itself stops ({what})"
    return Finding.note("alerts", name, silence)


def limits(told: Mapping[str, Told], now: datetime) -> list[Finding]:
    """Return what the servers of our channels accept, by account, and whether that was read
    lately.
    """
    return [_limit(account, known, now) for account, known in told.items()]


def _limit(account: str, known: Told, now: datetime) -> Finding:
    if outdated := next(old({account: known}, now), None):
        return Finding.note("limits", account, outdated)
    if known.services:
        named = ", ".join(f"{name} {each.length:,}" for name, each in known.services.items())
        what = f"{known.server} take messages of so many characters: {named}"
        return Finding.ok("limits", account, f"{what}; read on {known.at:%Y-%m-%d}")
    pictures = known.limits.picture
    message = f"{known.server} takes posts of {known.limits.length:,} {known.limits.counter}"
    more = f", pictures of {pictures:,} bytes" if pictures else ""
    return Finding.ok("limits", account, f"{message}{more}; read on {known.at:%Y-%m-%d}")


def around(remarks: Sequence[Remark]) -> list[Finding]:
    """Return what else keeps drumbeat from its work or waits for a restart; problems of the data
    are counted by `data`; the disk, rights of files, secrets, limits and proxies have checks of
    their own.
    """
    own = ("data", "disk", "readable", "secrets", "limits", "proxy")
    return [_of(remark) for remark in remarks if remark.about not in own]


def _of(remark: Remark) -> Finding:
    judged = Finding.problem if remark.wrong else Finding.note
    return judged(remark.about, remark.subject, remark.text)


def run(
    settings: Settings,
    problems: Sequence[Problem],
    environ: Mapping[str, str],
    opener: Callable[[Where], Store],
    now: datetime,
) -> list[Finding]:
    """Return all findings but those of the tokens. `opener` opens the database's store for
    reading.
    """
    store, findings = open_database(settings.database, opener)
    path = kept_keys.place(settings.database, settings.keys)
    if store is not None:
        with closing(store):
            findings += [
                *database(settings.database, store),
                *keys(path, store, environ),
                clock(now, store if store.meta.get("kind") == LIVE else None),
                *(Finding.note("clock", name, text) for name, text in apart(store)),
                *shut(settings, store, decisions.clock(store, now)),
            ]
    else:
        findings += [*keys(path, None, environ), clock(now, None)]
    return [
        data(problems),
        *secrets_by_name(settings, environ),
        *proxies(environ),
        *findings,
        zones(),
        disk(path if isinstance(settings.database, Server) else settings.database),
        Finding.ok("fonts", "cards", lettering.fonts(settings)),
        *alerts(settings),
    ]
