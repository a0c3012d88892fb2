"""Secrets as the doctor looks at them: whether they are there, and whether networks take them. They
are named, never shown.
"""

import asyncio
import logging
import stat
from collections.abc import Mapping
from pathlib import Path

from bot import networks
from bot.config import Settings, secrets, variable
from bot.errors import AccountRefused, DataError, Misconfigured, NetworkError
from bot.jobs.operations.findings import Finding, Level
from bot.networks.base import Network

log = logging.getLogger(__name__)

PATIENCE = 10.0
"""Seconds that a network has to answer."""


def secrets_by_name(settings: Settings, environ: Mapping[str, str]) -> list[Finding]:
    """Return for each secret of each account where it comes from, or that it is missing.

    An account without any may be dry on purpose; one with some of them was meant to be live.
    """
    findings = []
    for account, network in _accounts(settings).items():
        kind = networks.load(network)
        given = {
            field
            for field in (*kind.SECRETS, *kind.SPARE)
            if environ.get(name := variable(account, field)) or environ.get(f"{name}_FILE")
        }
        fields = [*kind.SECRETS, *(field for field in kind.SPARE if field in given)]
        some = not given.isdisjoint(kind.SECRETS)
        findings += [_secret(account, field, environ, meant_live=some) for field in fields]
    return findings


def _accounts(settings: Settings) -> dict[str, str]:
    return {channel.account: channel.network for channel in settings.channels.values()}


def _secret(account: str, field: str, environ: Mapping[str, str], *, meant_live: bool) -> Finding:
    name = variable(account, field)
    try:
        _, missing = secrets(account, [field], environ)
    except DataError as error:
        return Finding.problem("secrets", name, error.problems[0].message)
    if not missing:
        if environ.get(name):
            return Finding.ok("secrets", name, "set, from the environment")
        return _from_file(name, Path(environ[f"{name}_FILE"]))
    missed = Finding.problem if meant_live else Finding.note
    return missed("secrets", name, f"missing; set it, or {name}_FILE")


def _from_file(name: str, file: Path) -> Finding:
    """Return that a secret comes from this file, and whether everybody on the machine can read it.

    That is a note, since container engines give secrets so, where nobody else is.
    """
    message = f"set, from the file that {name}_FILE names"
    if _is_open(file):
        return Finding.note("secrets", name, f"{message}; everybody here can read it: chmod 400")
    return Finding.ok("secrets", name, message)


def _is_open(file: Path) -> bool:
    """Return whether everybody on this machine can read a file, its folders included."""
    folders = file.resolve().parents
    return bool(file.stat().st_mode & stat.S_IROTH) and all(
        folder.stat().st_mode & stat.S_IXOTH for folder in folders
    )


async def tokens(
    settings: Settings,
    built: Mapping[str, Network],
    dry: Mapping[str, str],
    *,
    patience: float = PATIENCE,
) -> list[Finding]:
    """Ask each live account's network who we are, all at the same time."""
    live = {
        settings.channels[name].account: network
        for name, network in built.items()
        if name not in dry and network.SECRETS
    }
    findings = await asyncio.gather(
        *(_token(account, network, patience) for account, network in live.items())
    )
    remarks = [
        Finding(check="tokens", subject=account, level=Level.NOTE, message=remark)
        for account, network in live.items()
        for remark in network.remarks
    ]
    return [*findings, *remarks]


async def _token(account: str, network: Network, patience: float) -> Finding:
    level, message = Level.PROBLEM, ""
    try:
        async with asyncio.timeout(patience):
            message, level = f"accepted; we are {await network.probe()}", Level.OK
    except TimeoutError:
        message = f"no answer within {patience:g} s; look at the network connection, then try again"
    except Misconfigured as error:
        message = f"can't be used: {error}"
    except AccountRefused as error:
        names = ", ".join(variable(account, field) for field in network.SECRETS)
        message = (
            f"refused: {error}; make new ones in the network's own settings and put them into"
            f" {names}"
        )
    except NetworkError as error:
        message = f"can't tell: {error}; try again later"
    # A client library may raise anything, and the error's words may hold the token.
    except Exception as error:  # noqa: BLE001
        log.debug("%s: unexpected %s", account, type(error).__name__)
        message = (
            f"can't tell: unexpected {type(error).__name__} of the client library; look at the"
            " secrets' form"
        )
    return Finding(check="tokens", subject=account, level=level, message=message)
