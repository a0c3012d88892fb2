"""What `doctor` finds of the mailbox: whether it can be opened, and when it was read last."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import closing

from bot.app.connections import open_mailbox, secret_of
from bot.config import Settings, variable
from bot.errors import DataError, NetworkError, StoreError
from bot.jobs.mailbox.looking import looked
from bot.jobs.operations.findings import Finding
from bot.jobs.operations.findings.secrets import PATIENCE
from bot.model.database import Where
from bot.store import Store
from bot.store.db import is_present

_CHECK = "mailbox"


async def findings(
    settings: Settings, environ: Mapping[str, str], opener: Callable[[Where], Store]
) -> list[Finding]:
    """Return what is found of the mailbox; nothing where config.toml names none."""
    if settings.mailbox is None:
        return []
    name = settings.mailbox.name
    try:
        box = open_mailbox(settings, environ)
    except DataError as error:
        problem = error.problems[0]
        return [Finding.problem(_CHECK, problem.key, problem.message)]
    if box is None:
        password = variable("mailbox", secret_of(settings.mailbox))
        message = f"{password} is missing; set it, or {password}_FILE: nothing is read"
        return [Finding.problem(_CHECK, name, message)]
    try:
        async with asyncio.timeout(PATIENCE):
            there = await box.probe()
    except TimeoutError:
        message = f"no answer within {PATIENCE:g} s; look at the network connection"
        return [Finding.problem(_CHECK, name, message)]
    except NetworkError as error:
        return [Finding.problem(_CHECK, name, str(error))]
    token = f"; its token ends at {box.until:%Y-%m-%d %H:%M} UTC" if box.until else ""
    return [Finding.ok(_CHECK, name, f"{there}; {_last(settings, opener)}{token}")]


def _last(settings: Settings, opener: Callable[[Where], Store]) -> str:
    """Return when it was read last; what is wrong with the database has a finding of its own."""
    try:
        if is_present(settings.database):
            with closing(opener(settings.database)) as store:
                last = looked(store)
                if last and last.read:
                    return f"read last at {last.read:%Y-%m-%d %H:%M} UTC"
    except StoreError:
        pass
    return "never read yet: `drumbeat run` does"
