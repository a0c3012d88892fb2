"""Reload: how a command asks the running process to read its data again, and hears what came of it.

Both sides only write into the file that they share, so it works in a container and between users,
without process ids.
"""

import json
from uuid import uuid4

from bot.store import Store

_ASKED = "reload asked"
_ANSWERED = "reload answered"


def ask(store: Store) -> str:
    """Ask for a reload; gives the token that its answer will carry."""
    token = uuid4().hex
    store.meta.put(_ASKED, token)
    return token


def asked(store: Store) -> str | None:
    """The token of a request that nobody has answered, or None."""
    token = store.meta.get(_ASKED)
    return None if token is None or token == _last_answer(store)[0] else token


def answer(store: Store, token: str, problems: list[str]) -> None:
    """Say that the new data are in use, or with `problems` why the old ones still are."""
    store.meta.put(_ANSWERED, json.dumps({"token": token, "problems": problems}))


def answered(store: Store, token: str) -> list[str] | None:
    """What the process answered to this request: problems, or an empty list when all is well.

    None while it has not.
    """
    answered_token, problems = _last_answer(store)
    return problems if answered_token == token else None


def _last_answer(store: Store) -> tuple[str | None, list[str]]:
    text = store.meta.get(_ANSWERED)
    if text is None:
        return None, []
    content = json.loads(text)
    return content["token"], content["problems"]
