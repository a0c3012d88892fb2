"""Tokens by which a program logs in to a mail server in place of a password (OAuth 2, RFC 6749,
4.4: client credentials; XOAUTH2 at the mail server).

A token is fetched when it is needed, kept until a minute before its end, and fetched anew once a
server has refused it.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from bot.errors import AccountRefused, TryLater
from bot.model import Secret
from bot.model.mail import Oauth
from bot.networks.common import certificates
from bot.networks.common.bounds import Bounds
from bot.networks.common.redact import redacted

if TYPE_CHECKING:
    import aiohttp

BOUNDS = Bounds(connect=5.0, answer=15.0, total=20.0, most=65_536)
"""For the whole of an exchange with the server that gives tokens."""

_EARLY = timedelta(minutes=1)
_USUAL = 3_600
"""Seconds that a token lasts whose server doesn't say (RFC 6749, 5.1)."""

_TOLD = 200
_OK, _REFUSED = 200, range(400, 500)
_BUSY = 429


class Tokens:
    """The tokens of one client."""

    def __init__(self, oauth: Oauth, secret: Secret) -> None:
        self._oauth = oauth
        self._secret = secret
        self._token: Secret | None = None
        #: when the token that is kept ends; None where none is
        self.until: datetime | None = None
        self._lock = asyncio.Lock()

    async def bearer(self) -> str:
        """Return a token that is good for a minute at least. Raises a `NetworkError`."""
        async with self._lock:
            if (
                self._token is None
                or self.until is None
                or datetime.now(UTC) >= self.until - _EARLY
            ):
                self._token, self.until = await self._fetched()
            return self._token.reveal()

    def refused(self) -> None:
        """Fetch another token the next time."""
        self._token = self.until = None

    async def _fetched(self) -> tuple[Secret, datetime]:
        began = datetime.now(UTC)
        status, body = await self._asked()
        said = _object(body)
        if status == _OK and isinstance(token := said.get("access_token"), str) and token:
            lasts = said.get("expires_in", _USUAL)
            seconds = int(str(lasts)) if str(lasts).isdecimal() else _USUAL
            return Secret(token), began + timedelta(seconds=min(seconds, 30 * 86_400))
        words = self._words(said)
        if status in _REFUSED and status != _BUSY:
            raise AccountRefused(
                f"the server of tokens refuses the client: {status} {words}".rstrip()
            )
        raise TryLater(f"the server of tokens gives none: {status} {words}".rstrip())

    def _words(self, said: Mapping[str, object]) -> str:
        """Return why there is no token, without what was sent."""
        words = " ".join(str(said.get(key, "")) for key in ("error", "error_description"))
        hidden = words.replace(self._secret.reveal(), "(hidden)")
        return redacted(" ".join(hidden.split()))[:_TOLD]

    async def _asked(self) -> tuple[int, bytes]:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._oauth.client,
            "client_secret": self._secret.reveal(),
            **({"scope": self._oauth.scope} if self._oauth.scope else {}),
        }
        import aiohttp  # heavy, and only where tokens are used

        timeout = aiohttp.ClientTimeout(
            total=BOUNDS.total, sock_connect=BOUNDS.connect, sock_read=BOUNDS.answer
        )
        failure = ""
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
                # elsewhere the secret would be shown to whom nobody named
                session.post(self._oauth.url, data=form, allow_redirects=False) as page,
            ):
                return page.status, await _bounded(page)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            # the words of such an error may hold what was sent
            failure = certificates.fault(error) or type(error).__name__
        raise TryLater(f"the server of tokens does not answer: {failure}")


async def _bounded(page: "aiohttp.ClientResponse") -> bytes:
    body = b""
    async for piece in page.content.iter_chunked(4_096):
        body += piece
        if len(body) > BOUNDS.most:
            raise ValueError("too much")
    return body


def _object(body: bytes) -> dict[str, object]:
    """Return the object that an answer is; an empty one for anything else."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
