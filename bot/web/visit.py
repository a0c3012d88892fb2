"""The cookie that keeps the visit of a pledge's maker open; readers get none."""

from collections.abc import Iterable

from starlette.responses import Response

from bot.jobs.pledges.visits import LASTS

COOKIE = "drumbeat-mine"
"""Its name; its value is the secret of which the database knows a digest."""


def keep(response: Response, secret: str, paths: Iterable[str], *, https: bool) -> None:
    """Let the browser send the secret to these pages of ours alone, and to no script."""
    for path in paths:
        response.headers.append("set-cookie", _cookie(secret, path, https=https))


def _cookie(secret: str, path: str, *, https: bool) -> str:
    secure = "; Secure" if https else ""
    age = int(LASTS.total_seconds())
    return f"{COOKIE}={secret}; Path={path}; Max-Age={age}; HttpOnly; SameSite=Strict{secure}"
