"""Reload: how a command asks the running process to read its data again, and learns what came of
it, and which files that process plays.

Both sides only write into the file that they share, so it works in a container and between users,
without process ids.
"""

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from bot.config import Settings
from bot.library import Library
from bot.model import Channel
from bot.model.database import Server, Where
from bot.store import Store
from bot.times import epoch, from_epoch

_ASKED = "reload asked"
_ANSWERED = "reload answered"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the running process said to a reload."""

    #: why the old data stay in use; empty when the new ones are in use
    problems: tuple[str, ...] = ()
    #: what of the settings it doesn't use yet, and what it needs, in sentences
    waits: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Playing:
    """Which files the running process uses: those that it accepted last."""

    #: a short hash over all files
    version: str
    #: when the files were accepted
    since: datetime
    #: the version of the files on the disk; None where they can't be read
    on_disk: str | None = None


def ask(store: Store) -> str:
    """Ask for a reload; return the token that its answer will carry."""
    token = uuid4().hex
    store.meta.put(_ASKED, token)
    return token


def latest(store: Store) -> str | None:
    """Return the token of the last request, answered or not; None where there was none."""
    return store.meta.get(_ASKED)


def asked(store: Store) -> str | None:
    """Return the token of a request that nobody has answered, or None."""
    token = latest(store)
    return None if token is None or token == _last_answer(store).get("token") else token


def answer(store: Store, token: str, answer: Answer) -> None:
    """Write down what came of this request."""
    content = {"token": token, "problems": answer.problems, "waits": answer.waits}
    store.meta.put(_ANSWERED, json.dumps(content))


def answered(store: Store, token: str) -> Answer | None:
    """Return what the process answered to this request; None while it has not."""
    content = _last_answer(store)
    if content.get("token") != token:
        return None
    return Answer(problems=tuple(content["problems"]), waits=tuple(content.get("waits", ())))


def fingerprint(settings: Settings) -> dict[str, Any]:
    """Return what `waiting` compares of the settings that a process uses, as plain values: hashes
    of its channels by name, of [usage], of [servers], of [webhooks], of [mailbox] and of where the
    chat is reached; the address of its pages and their proxies; and its database.
    """
    return {
        "channels": {name: _digest(_own(each)) for name, each in settings.channels.items()},
        "usage": _digest(settings.usage),
        "private": _digest(settings.private),
        "webhooks": _digest(settings.webhooks),
        "mailbox": _digest(settings.mailbox),
        "chat": _digest((settings.chat.public_url, settings.chat.listen)),
        "database": _known_as(settings.database),
        **of_pages(settings),
    }


def _known_as(database: Where) -> str:
    return str(database) if isinstance(database, Server) else os.path.realpath(database)


def of_pages(settings: Settings) -> dict[str, Any]:
    """Return the part of the fingerprint that is about the pages for letters: the address on which
    they listen, None without pages, and the proxies before them.
    """
    web = settings.web
    return {"listen": web and web.listen, "proxies": list(web.proxies) if web else []}


def _digest(value: object) -> str:
    return sha256(repr(value).encode()).hexdigest()[:16]


def waiting(used: Mapping[str, Any], read: Settings) -> tuple[str, ...]:
    """Return, in sentences, what of the settings just read a running process doesn't use yet, and
    what it takes for that.

    `used` is the fingerprint of those that it uses; what one of an older version doesn't tell is
    taken for unchanged.
    """
    new = fingerprint(read)
    used = {**new, **used}
    before, after = used["channels"], new["channels"]
    changed = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
    said = []
    if changed:
        said.append(
            f"Channels in config.toml have changed ({', '.join(changed)}): the running drumbeat"
            " goes on with the old ones until it is restarted, or gets a SIGHUP."
        )
    if used["usage"] != new["usage"]:
        said.append("[usage] in config.toml has changed: it takes effect at a restart or a SIGHUP.")
    if used["webhooks"] != new["webhooks"]:
        said.append(
            "[webhooks] in config.toml has changed: it takes effect at a restart or a SIGHUP."
        )
    if used["mailbox"] != new["mailbox"]:
        said.append(
            "[mailbox] in config.toml has changed: it takes effect at a restart or a SIGHUP."
        )
    if used["private"] != new["private"]:
        said.append(
            "private of [servers] in config.toml has changed: links are asked by it from now on,"
            " rooms from a restart or a SIGHUP on."
        )
    if used["chat"] != new["chat"]:
        said.append(
            "public_url or listen of [chat] in config.toml has changed: it takes effect at a"
            " restart or a SIGHUP."
        )
    return (*said, *_waiting_for_a_restart(used, new))


def _waiting_for_a_restart(used: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for each setting that even a SIGHUP leaves as it is."""
    if used["listen"] and not new["listen"]:
        yield "[web] is gone from config.toml: its pages stay open until a restart."
    elif used["listen"]:
        for key in ("listen", "proxies"):
            if used[key] != new[key]:
                yield f"{key} of [web] in config.toml has changed: it takes effect at a restart."
    if used["database"] != new["database"]:
        yield (
            f"database in config.toml has changed: until a restart everything goes on in"
            f" {used['database']}, and commands need `--db {used['database']}`."
        )


def _own(channel: Channel) -> Channel:
    """Return the channel with only what its own table in config.toml says."""
    return replace(channel, private=())


def _last_answer(store: Store) -> dict[str, Any]:
    text = store.meta.get(_ANSWERED)
    return {} if text is None else dict(json.loads(text))


def playing(store: Store, library: Library | None) -> Playing | None:
    """Return the version of the files that the running process plays, and that of those on the
    disk.

    None where no process ever recorded one.
    """
    known = store.meta.get("playing")
    if known is None:
        return None
    content = json.loads(known)
    return Playing(
        version=content["version"],
        since=from_epoch(content["since"]),
        on_disk=library.files.version if library else None,
    )


def remember_playing(store: Store, version: str, since: datetime) -> None:
    """Record which files the running process accepted, and when, for `status`."""
    store.meta.put("playing", json.dumps({"version": version, "since": epoch(since)}))
