"""The table of troubles: what can happen to a post at any network, and which errors say it."""

import importlib

import pytest

from bot import networks
from bot.errors import (
    AccountRefused,
    RateLimited,
    Refused,
    TryLater,
    Unanswered,
)
from fakes.base import Trouble

NAMES = networks.names()

#: what happens to a post, and which errors say it (exactly these classes)
TABLE = {
    Trouble.BAD_REQUEST: {Refused},
    Trouble.UNAUTHORIZED: {AccountRefused},
    Trouble.PAYMENT: {AccountRefused},
    Trouble.FORBIDDEN: {Refused, AccountRefused},
    Trouble.TOO_MANY: {RateLimited},
    Trouble.BROKEN: {TryLater},
    Trouble.BAD_GATEWAY: {TryLater},
    Trouble.UNAVAILABLE: {TryLater},
    Trouble.PAGE_503: {TryLater},
    Trouble.GATEWAY_TIMEOUT: {Unanswered},
    Trouble.CLOSED: {TryLater},
    Trouble.DROPPED_BEFORE: {Unanswered},
    Trouble.DROPPED_AFTER: {Unanswered},
    Trouble.SILENT: {Unanswered},
    Trouble.DRIPPING: {Unanswered},
    Trouble.ENDLESS: {Unanswered},
    Trouble.REDIRECT: {Unanswered, TryLater, Refused},
    Trouble.MALFORMED: {Unanswered},
    Trouble.EMPTY: {Unanswered},
    Trouble.TRUNCATED: {Unanswered},
}


def fake_of(name: str):
    """Give the fake of a network, as `fakes/<name>.py` holds it."""
    try:
        return importlib.import_module(f"fakes.{name}").Fake
    except ModuleNotFoundError:
        pytest.fail(
            f"bot/networks/{name}/ has no fake: write tests/support/fakes/{name}.py with a class Fake"
        )
