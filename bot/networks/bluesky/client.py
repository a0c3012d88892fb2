"""A Personal Data Server's API as `bot.networks.bluesky.network` needs it: atproto's client, its
session kept, and what its errors mean.

A session is opened once per process and account (the server allows 300 a day), refreshed by
atproto, and found again by a later `Client` of the same account. Nothing is retried here, and no
redirect is followed.
"""

import asyncio
from collections.abc import Mapping, Sequence
from hashlib import sha256
from time import time
from typing import Any

import httpx
from atproto import AsyncClient, AsyncRequest, Session, SessionEvent, models
from atproto.exceptions import (
    AtProtocolError,
    LoginRequiredError,
    RateLimitExceededError,
    RequestErrorBase,
)

from bot.errors import AccountRefused, NetworkError, RateLimited, Refused, TryLater, Unanswered
from bot.model import Secret
from bot.networks.common.bounds import Bounds
from bot.networks.common.certificates import fault
from bot.networks.common.httpx import Client as BoundedClient
from bot.networks.common.redact import conceal, redacted
from bot.networks.common.rest import rest

COLLECTION = "app.bsky.feed.post"
REPOSTS = "app.bsky.feed.repost"
_REST = 300.0  # seconds, when a 429 doesn't say
_STALE = frozenset(
    {"ExpiredToken", "InvalidToken"}
)  # the session is over; the password may be good
_ACCOUNT = frozenset(
    {
        "AccountTakedown",
        "AccountDeactivated",
        "AccountSuspended",
        "AccountInactive",
        "RepoTakendown",
        "RepoDeactivated",
    }
)

_sessions: dict[str, Secret] = {}


class Request(AsyncRequest):  # type: ignore[misc]
    """atproto's transport within bounds; a redirect would carry the password elsewhere."""

    def __init__(self, bounds: Bounds) -> None:
        super().__init__(trust_env=False)  # a client that is replaced in the next line
        self._client = BoundedClient(bounds)
        self._client_kwargs = {"bounds": bounds}  # for its copies


class Client:
    """One account on its server.

    `base_url` None is bsky.social, which says itself where the account lives.
    """

    def __init__(
        self, handle: Secret, password: Secret, base_url: str | None, bounds: Bounds
    ) -> None:
        self._handle, self._password, self._base = handle, password, base_url
        self._request = Request(bounds)
        self._atproto: AsyncClient | None = None
        # By the password too: a new one opens a new session.
        self._name = sha256(
            "\0".join((base_url or "", handle.reveal(), password.reveal())).encode()
        ).hexdigest()
        self._opening = asyncio.Lock()

    async def put(
        self, rkey: str, record: Mapping[str, Any], collection: str = COLLECTION
    ) -> tuple[str, str]:
        """Write a post (or another record) under this key, whether it is there or not.

        Gives its URI and CID.
        """
        client, did = await self._open()
        answer = await client.com.atproto.repo.put_record(
            models.ComAtprotoRepoPutRecord.Data(
                repo=did, collection=collection, rkey=rkey, record=dict(record)
            )
        )
        return str(answer.uri), str(answer.cid)

    async def get(self, rkey: str) -> tuple[str, str] | None:
        """The URI and CID of the post with this key, or None."""
        client, did = await self._open()
        try:
            answer = await client.com.atproto.repo.get_record(
                models.ComAtprotoRepoGetRecord.Params(repo=did, collection=COLLECTION, rkey=rkey)
            )
        except RequestErrorBase as error:
            if _word(error) == "RecordNotFound":
                return None
            raise
        return str(answer.uri), str(answer.cid)

    async def delete(self, rkey: str, collection: str = COLLECTION) -> None:
        """Delete the post (or another record) with this key.

        The server says nothing when there is none.
        """
        client, did = await self._open()
        await client.com.atproto.repo.delete_record(
            models.ComAtprotoRepoDeleteRecord.Data(repo=did, collection=collection, rkey=rkey)
        )

    async def tagged(self, word: str, since: str, until: str) -> list[Any]:
        """The newest posts of everybody with this hashtag (without '#') between two instants, at
        most a hundred.
        """
        client, _ = await self._open()
        params = {
            "q": f"#{word}",
            "tag": [word],
            "since": since,
            "until": until,
            "sort": "latest",
            "limit": 100,
        }
        return list((await client.app.bsky.feed.search_posts(params)).posts)

    async def stands(self, uri: str) -> bool:
        """Whether somebody's post is still there."""
        return any(post.uri == uri for post in await self.posts([uri]))

    async def posts(self, uris: Sequence[str]) -> list[Any]:
        """Those of these posts, at most 25, that readers are shown, with their counts."""
        client, _ = await self._open()
        return list((await client.app.bsky.feed.get_posts({"uris": list(uris)})).posts)

    async def upload(self, content: bytes, mime: str) -> dict[str, Any]:
        """Upload a picture; gives the reference to put into a record."""
        client, _ = await self._open()
        # Not by the library's own method: it hands the bytes on in a way that its HTTP client is
        # about to drop.
        answer = await client.invoke_procedure(
            "com.atproto.repo.uploadBlob", content=content, headers={"Content-Type": mime}
        )
        if not isinstance(answer.content, dict):
            raise TypeError("an answer is an object")
        blob: dict[str, Any] = answer.content["blob"]
        return blob

    async def handle(self) -> str:
        """Ask the server for the handle of our own account."""
        client, _ = await self._open()
        return str((await client.com.atproto.server.get_session()).handle)

    def forget(self) -> None:
        """Give the session up: the next call opens a new one."""
        self._atproto = None
        _sessions.pop(self._name, None)

    async def close(self) -> None:
        """Close the connections; the session stays good."""
        await self._request.close()

    async def _open(self) -> tuple[AsyncClient, str]:
        async with self._opening:
            client = self._atproto or await self._login()
        self._atproto = client
        if self._base is not None:
            client.update_base_url(
                self._base
            )  # a login may have moved it to what the account's own document says
        # the library tells it nowhere else without a profile
        return client, str(client._session.did)  # noqa: SLF001

    async def _login(self) -> AsyncClient:
        client = AsyncClient(self._base, request=self._request)
        # One transport serves every client in turn: no session but the present one may sign what it
        # sends.
        # the library has no way to take one away
        self._request._additional_header_sources[:-1] = []  # noqa: SLF001
        client.on_session_change(self._keep)
        kept = _sessions.get(self._name)
        if kept is not None:
            await client.login(session_string=kept.reveal(), fetch_bsky_profile=False)
            return client
        failure: NetworkError
        try:
            await client.login(
                self._handle.reveal(), self._password.reveal(), fetch_bsky_profile=False
            )
        except Exception as error:  # noqa: BLE001 - what it means is told below
            failure = self._not_let_in(error)
        else:
            return client
        raise failure

    # as the library calls it
    def _keep(self, event: SessionEvent, session: Session) -> None:  # noqa: ARG002
        conceal([Secret(session.access_jwt), Secret(session.refresh_jwt)], loggers=())
        _sessions[self._name] = Secret(session.encode())

    @staticmethod
    def _not_let_in(error: Exception) -> NetworkError:
        meaning = failure(error, "the login")
        if type(meaning) is Refused:
            return AccountRefused(
                f"{meaning}: look at the handle and the app password (see bot/networks/bluesky)"
            )
        # No post can have come of it.
        return TryLater(str(meaning)) if isinstance(meaning, Unanswered) else meaning


def stale(error: Exception) -> bool:
    """True when the session is over, though the password may be good."""
    return isinstance(error, LoginRequiredError) or (
        isinstance(error, RequestErrorBase) and _word(error) in _STALE
    )


def failure(error: Exception, name: str) -> NetworkError:
    """What an exception of `Client` means; `name` is the channel's.

    Raises the exception itself when it is none of the network's.
    """
    match error:
        case RateLimited():
            return RateLimited(f"{name}: {error}", retry_after=error.retry_after)
        case NetworkError():
            return type(error)(f"{name}: {error}")
        case _ if stale(error):
            return TryLater(f"{name}: the session is over; a new one will be opened")
        case RequestErrorBase(response=response) if response is not None:
            return _by_status(
                error, response.status_code, redacted(f"{name}: the server answered {error}")
            )
        case RequestErrorBase() | httpx.HTTPError() | httpx.InvalidURL():
            cause = error.__cause__ or error
            why = fault(error) or f"no answer from the server: {type(cause).__name__}"
            said = f"{name}: {why}"
            return TryLater(said) if _never_left(cause) else Unanswered(said)
        case AtProtocolError() | KeyError() | TypeError() | ValueError() | AttributeError():
            return Unanswered(f"{name}: the server's answer can't be read")
        case _:
            raise error


def _by_status(error: RequestErrorBase, code: int, said: str) -> NetworkError:
    match code:
        case 429:
            return RateLimited(said, retry_after=resting(error))
        case 401:
            return AccountRefused(f"{said}: make a new app password (see bot/networks/bluesky)")
        case 402:
            return AccountRefused(said)
        case 504:
            return Unanswered(said)  # a gateway passed it on and heard nothing
        # the server's errors, and a request it did not get whole
        case _ if code >= 500 or code == 408:  # noqa: PLR2004
            return TryLater(said)
        case _:
            return AccountRefused(said) if _word(error) in _ACCOUNT else Refused(said)


def _word(error: RequestErrorBase) -> str:
    """The server's own name for the error, or ''."""
    return str(getattr(error.response.content, "error", "")) if error.response is not None else ""


def resting(error: RequestErrorBase) -> float:
    """Seconds for which the server wants to be left alone: until the instant that it names, or as
    long as it says.
    """
    headers = error.response.headers if error.response else {}
    limited = RateLimitExceededError(error.response)
    return rest(
        _REST,
        lambda: float(headers["ratelimit-reset"]) - time(),
        lambda: float("" if limited.retry_after is None else limited.retry_after),
    )


def _never_left(error: BaseException) -> bool:
    unsent = (
        httpx.ConnectError
        | httpx.ConnectTimeout
        | httpx.PoolTimeout
        | httpx.UnsupportedProtocol
        | httpx.InvalidURL
        | httpx.ProxyError
    )
    return isinstance(error, unsent)
