"""What `doctor` finds of webhooks: whether each has its secret, and takes what it is told."""

from collections.abc import Callable, Mapping
from contextlib import closing

from bot.config import Settings
from bot.errors import DataError, StoreError
from bot.jobs.operations.findings import Finding
from bot.jobs.webhooks.endpoints import opened
from bot.jobs.webhooks.standing import Shown, Works, shown
from bot.model.database import Where
from bot.model.webhooks import Endpoint
from bot.store import Store
from bot.store.db import is_present

_CHECK = "webhooks"
_JUDGED = {Works.OK: Finding.ok, Works.FAILED: Finding.note}


def findings(
    settings: Settings, environ: Mapping[str, str], opener: Callable[[Where], Store]
) -> list[Finding]:
    """Return a finding for each webhook; none where config.toml names none."""
    try:
        endpoints = opened(settings, environ)
    except DataError as error:
        problem = error.problems[0]
        return [Finding.problem(_CHECK, problem.key, problem.message)]
    return [_finding(each) for each in _shown(settings.database, endpoints, opener)]


def _shown(
    path: Where, endpoints: Mapping[str, Endpoint], opener: Callable[[Where], Store]
) -> list[Shown]:
    """Return how it stands with them; what is wrong with the database has a finding of its own."""
    if not endpoints:
        return []
    try:
        if is_present(path):
            with closing(opener(path)) as store:
                return list(shown(endpoints, store))
    except StoreError:
        pass
    return list(shown(endpoints, None))


def _finding(each: Shown) -> Finding:
    judged = _JUDGED.get(each.state, Finding.problem)
    return judged(_CHECK, each.endpoint.webhook.name, each.finding)
