"""`drumbeat keys show | rotate | new`: the file of the keys, which lies apart from the database."""

import os
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import ConfigOption, DbOption, JsonOption, emit_json, open_settings, say
from bot.errors import StoreError, UsageError
from bot.times import epoch, from_epoch

if TYPE_CHECKING:
    from bot.store import keyring

GRACE_DAYS = 366
"""How long links of before work on by default: those of a report are taken for a year."""

DaysOption = Annotated[
    int,
    typer.Option(
        "--days",
        min=0,
        max=36_500,
        help="So many days links in letters of before still work; 0: none from now on.",
    ),
]


def show(*, json: JsonOption = False, config: ConfigOption = None, db: DbOption = None) -> None:
    """Say where the keys lie, by their fingerprints: never the keys themselves."""
    from bot.app import open_store
    from bot.store import keyring
    from bot.store import keys as kept_keys

    settings = open_settings(config, db)
    with closing(open_store(settings, readonly=True)) as store:
        path = store.keys.path
        if kept_keys.belonging(store.database) is None:
            raise StoreError(f"{path}: there are no keys yet; `drumbeat run` makes them")
        ring = store.keys.ring()
    mark = keyring.fingerprint(ring.tombstones[0])
    if json:
        links = [
            {"fingerprint": keyring.fingerprint(k.key), "until": _until(k)} for k in ring.links
        ]
        emit_json({"keys": path, "fingerprint": mark, "links": links})
        return
    say(f"{path}: fingerprint {mark}")
    for link in ring.links:
        until = _until(link)
        end = f", taken until {until:%Y-%m-%d %H:%M} UTC" if until else ""
        say(f"links in letters: {keyring.fingerprint(link.key)}{end}")


def _until(link: "keyring.LinkKey") -> datetime | None:
    return None if link.until is None else from_epoch(link.until)


def rotate(
    *,
    days: DaysOption = GRACE_DAYS,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Sign links in letters with a new key; those of before work on for a while.

    A running drumbeat takes it at once. The key of tombstones always stays.
    """
    from bot.app import open_store
    from bot.config import secrets

    known, _ = secrets("web", ("key",), os.environ)
    if known:
        raise UsageError(
            "DRUMBEAT_WEB_KEY is set and signs the links, so that a new key in the file would do"
            " nothing: put a new one there (links of before then stop working), or unset it"
        )
    settings, now = open_settings(config, db), datetime.now(UTC)
    until = now + timedelta(days=days)
    with closing(open_store(settings)) as store:
        store.keys.settle()
        store.keys.rotate(epoch(now), epoch(until))
        path = store.keys.path
    if json:
        emit_json({"keys": path, "until": until})
        return
    before = f"work until {until:%Y-%m-%d}" if days else "have stopped working"
    say(f"{path}: new links in letters have a new key; those of before {before}")
    say("keep a copy of the file as it is now, apart from the backups")


def new(*, json: JsonOption = False, config: ConfigOption = None, db: DbOption = None) -> None:
    """Go on with other keys, where those that belong to the database are lost for good."""
    from bot.app import open_store
    from bot.store import keyring
    from bot.store import keys as kept_keys
    from bot.store.db import sender_lock

    settings = open_settings(config, db)
    with closing(open_store(settings)) as store:
        path = store.keys.path
        if kept_keys.is_there(store.database, path):
            raise UsageError(
                f"{path}: nothing is lost, the keys are there; `drumbeat keys rotate` gives links"
                " in letters a new one"
            )
        lock = sender_lock(settings.database)
        try:
            store.keys.renew()
        finally:
            lock.release()
        mark = keyring.fingerprint(store.keys.ring().tombstones[0])
    if json:
        emit_json({"keys": path, "fingerprint": mark})
        return
    say(f"{path}: the database goes on with these keys, fingerprint {mark}; {kept_keys.LOST}")
    say("keep a copy of the file apart from the backups")
