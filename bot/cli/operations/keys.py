"""`drumbeat keys show | rotate | new`: the file of the keys, which lies apart from the database."""

import os
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import ConfigOption, DbOption, JsonOption, emit_json, open_settings, say, user
from bot.errors import StoreError, UsageError
from bot.model.staff.audit import Verb
from bot.rules.tokens import GRACE_DAYS
from bot.times import epoch, from_epoch

if TYPE_CHECKING:
    from bot.store import Store, keyring

DaysOption = Annotated[
    int,
    typer.Option(
        "--days",
        min=0,
        max=36_500,
        help="So many days links in letters of before still work; 0: none from now on. Those to"
        " unsubscribe always do.",
    ),
]

LeakedOption = Annotated[
    bool,
    typer.Option(
        "--leaked",
        help="Somebody else has the keys: no link of before works from now on, not even those to"
        " unsubscribe.",
    ),
]


def show(*, json: JsonOption = False, config: ConfigOption = None, db: DbOption = None) -> None:
    """Say where the keys lie, and show their fingerprints, never the keys themselves."""
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
        whose = ", from DRUMBEAT_WEB_KEY" if link.given else ""
        end = f", taken until {until:%Y-%m-%d %H:%M} UTC, to unsubscribe always" if until else ""
        say(f"links in letters: {keyring.fingerprint(link.key)}{whose}{end}")


def _until(link: "keyring.LinkKey") -> datetime | None:
    return None if link.until is None else from_epoch(link.until)


def rotate(
    *,
    days: DaysOption = GRACE_DAYS,
    leaked: LeakedOption = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Sign links in letters with a new key; those of before work on for a while.

    Those to unsubscribe work on for as long as there is somebody to unsubscribe. A running drumbeat
    takes the new key at once. The key of tombstones always stays.
    """
    from bot.app import open_store
    from bot.jobs.sending.decisions import clock

    settings = open_settings(config, db)
    with closing(open_store(settings)) as store:
        now = clock(store, datetime.now(UTC))
        until = now if leaked else now + timedelta(days=days)
        store.keys.settle()
        _refuse_given(store, leaked=leaked)
        if leaked:
            store.keys.end()
        else:
            store.keys.rotate(epoch(until))
        store.audit.note(user(), Verb.KEYS_ROTATED, epoch(now))
        given, path = store.keys.ring().links[0].given, store.keys.path
    if json:
        emit_json({"keys": path, "until": until})
        return
    if leaked:
        before = "have all stopped working, also those to unsubscribe"
        if given:
            before += ", but for those of DRUMBEAT_WEB_KEY: change it, restart, do this again"
    elif days:
        before = f"work until {until:%Y-%m-%d}, those to unsubscribe always"
    else:
        before = "have stopped working, but those to unsubscribe"
    key = "the key of DRUMBEAT_WEB_KEY" if given else "a new key"
    say(f"{path}: new links in letters have {key}; those of before {before}")
    say("keep a copy of the file as it is now, apart from the backups")


def _refuse_given(store: "Store", *, leaked: bool) -> None:
    """Raise `UsageError` where DRUMBEAT_WEB_KEY signs, so that a new key would do nothing."""
    from bot.config import secrets

    known, _ = secrets("web", ("key",), os.environ)
    first = store.keys.ring().links[0]
    if leaked and first.given and ("key" not in known or known["key"].reveal() == first.key):
        return
    if known or first.given:
        raise UsageError(
            "DRUMBEAT_WEB_KEY is set and signs the links, so that a new key in the file would do"
            " nothing: put a new one there or unset it, and restart; links of before then work for"
            f" {GRACE_DAYS} days (`drumbeat keys rotate --leaked` after that restart ends them)"
        )


def new(*, json: JsonOption = False, config: ConfigOption = None, db: DbOption = None) -> None:
    """Make new keys, where those that belong to the database are lost for good."""
    from bot.app import open_store
    from bot.jobs.sending.decisions import clock
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
            store.audit.note(user(), Verb.KEYS_RENEWED, epoch(clock(store, datetime.now(UTC))))
        finally:
            lock.release()
        mark = keyring.fingerprint(store.keys.ring().tombstones[0])
    if json:
        emit_json({"keys": path, "fingerprint": mark})
        return
    say(f"{path}: the database goes on with these keys, fingerprint {mark}; {kept_keys.LOST}")
    say("keep a copy of the file apart from the backups")
