"""Webhooks with the keys that sign what they are told."""

from collections.abc import Mapping

from bot.config import Settings, secrets, variable
from bot.jobs.webhooks.signing import FORM, is_key
from bot.model import Secret
from bot.model.webhooks import Endpoint, Webhook

_FIELD = "secret"


def opened(settings: Settings, environ: Mapping[str, str]) -> dict[str, Endpoint]:
    """Return the webhooks of config.toml with their keys, by name; one without any says why.

    Raises `DataError` for a secret's file that can't be read.
    """
    return {name: _opened(webhook, environ) for name, webhook in settings.webhooks.items()}


def secret_of(name: str) -> str:
    """Return the variable that holds the keys of a webhook."""
    return variable(_account(name), _FIELD)


def _account(name: str) -> str:
    return f"webhook-{name}"


def _opened(webhook: Webhook, environ: Mapping[str, str]) -> Endpoint:
    known, missing = secrets(_account(webhook.name), (_FIELD,), environ)
    if missing:
        return Endpoint(webhook=webhook, why=_why(webhook.name, "is not set"))
    # a new key stands before the one that it replaces, until whoever checks has it
    keys = tuple(Secret(word) for word in known[_FIELD].reveal().split())
    if not all(map(is_key, keys)):
        return Endpoint(webhook=webhook, why=_why(webhook.name, "holds something else"))
    return Endpoint(webhook=webhook, keys=keys)


def _why(name: str, what: str) -> str:
    return (
        f"webhook {name} is told nothing: {secret_of(name)} {what}; put a key into it ({FORM}; or"
        f" name a file that holds it with {secret_of(name)}_FILE), then restart `drumbeat run` or"
        " send it a SIGHUP"
    )
