"""`drumbeat webhooks`: how it stands with those who are told what happens, a message to see whether
one arrives, and those that were given up once more.
"""

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    fail,
    now_of,
    open_settings,
    paged,
    say,
    services_beside,
    table,
)
from bot.cli.screen import Column, Role
from bot.text import counted
from bot.times import epoch

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.model.webhooks import Endpoint
    from bot.store import Store

NameArgument = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="Name of a webhook, as in config.toml.", show_default=False
    ),
]

_COLUMNS = (
    "webhook",
    Column("state", Role.STATE),
    "waiting",
    "given up",
    Column("finding", Role.WORDS),
)


def webhooks(*, json: JsonOption = False, config: ConfigOption = None, db: DbOption = None) -> None:
    """List the webhooks: whether they take what they are told, and what waits.

    Nothing is told from a rehearsal, nor from a chat in a terminal.
    """
    from bot.jobs.webhooks.standing import shown

    with services_beside(config, db, readonly=True) as services:
        rows = shown(_seen(services.settings, services.store), services.store)
    if json:
        emit_json([row.as_json() for row in rows])
    elif rows:
        with paged():
            table(
                _COLUMNS,
                [
                    (
                        row.endpoint.webhook.name,
                        row.state.value,
                        row.standing.waiting,
                        row.standing.given_up,
                        row.finding,
                    )
                    for row in rows
                ],
            )
    else:
        say("config.toml names no webhook: [webhooks.NAME] makes one")


def try_out(name: NameArgument, *, config: ConfigOption = None, db: DbOption = None) -> None:
    """Send a webhook a message of the type `ping`, signed, and say whether it was taken.

    It needs the webhook's secret in its own environment. Exit code 1 where it was not taken.
    """
    from bot.jobs.webhooks.calling import call
    from bot.jobs.webhooks.endpoints import opened
    from bot.jobs.webhooks.standing import ping
    from bot.names import pick
    from bot.networks.common import thread

    settings = open_settings(config, db)
    endpoints = opened(settings, os.environ)
    endpoint = endpoints[pick(name, endpoints, "webhook", "drumbeat webhooks")]
    if endpoint.why:
        fail(endpoint.why)
    now = datetime.now(UTC)
    answer = thread.run(call(endpoint, ping(now), now))
    if not answer.taken:
        fail(f"webhook {name}: {answer.words}")
    say(f"webhook {name} took it")


def again(name: NameArgument, *, config: ConfigOption = None, db: DbOption = None) -> None:
    """Send what was given up once more, and what waits at once.

    Works beside a running drumbeat, which sends them; else the next one does.
    """
    from bot.names import pick
    from bot.store.db import has_sender
    from bot.store.meta import REHEARSAL

    with services_beside(config, db) as services:
        store = services.store
        pick(name, services.settings.webhooks, "webhook", "drumbeat webhooks")
        if store.meta.get("kind") == REHEARSAL:
            fail("no webhook is told anything from a rehearsal")
        count = store.webhooks.again(name, epoch(now_of(services)))
        when = "now" if has_sender(store.database.where) else "when drumbeat next runs"
    say(f"webhook {name}: {counted(count, 'message leaves', 'messages leave')} {when}")


def _seen(settings: "Settings", store: "Store") -> "dict[str, Endpoint]":
    """Return the webhooks as the running process has them, which has its own secrets; else as they
    are here.
    """
    from dataclasses import replace

    from bot.jobs.webhooks.endpoints import opened
    from bot.store.db import has_sender

    here = opened(settings, os.environ)
    if not has_sender(store.database.where):
        return here
    told = store.webhooks.told()
    return {n: replace(e, why="") if n in told else e for n, e in here.items()}
