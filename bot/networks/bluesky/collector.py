"""Hashtag usage on Bluesky: `app.bsky.feed.searchPosts` by tag, through atproto.

Setting it up: `[usage] bluesky = "https://api.bsky.app"` asks the public server without a login;
where it refuses that, name a Bluesky channel of yours instead (`bluesky = "our-bluesky"`): its
login is used then, and the server it logs in to is asked.

Posts are read and counted one by one: the number that the search itself gives is optional and
rounded. Without a login the search refuses its own cursor, so pages are turned by time.
"""

from collections.abc import Callable, Collection, Coroutine, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, ClassVar, TypeVar

from atproto import AsyncClient, Session, SessionEvent
from atproto.exceptions import AtProtocolError
from atproto_client.exceptions import (
    BadRequestError,
    RateLimitExceededError,
    RequestErrorBase,
    UnauthorizedError,
)
from httpx import HTTPError
from typing_extensions import override

from bot.errors import AccountRefused, NetworkError, RateLimited, Refused, TryLater
from bot.model import Secret
from bot.model.counting import Asking, Sample
from bot.networks.bluesky.client import Request, resting
from bot.networks.common.certificates import fault
from bot.networks.common.redact import conceal
from bot.networks.common.thread import run
from bot.networks.counting import Ask, Found, Place, Post, Read, by_day, given_on, unread
from bot.networks.counting import Collector as Base
from bot.rules.reading.asking import nameless
from bot.text import normal

T = TypeVar("T")

_PAGE = 100
_AT_ONCE = 25
"""Posts that one call asks for, the most that the lexicon allows."""

_LOGGED_IN = "!no-unauthenticated"
"""The label of accounts that ask not to be shown to everybody."""

_NEARBY = timedelta(milliseconds=1)

BLIND = ("posts hidden from search", "posts of accounts that are taken down")


class Collector(Base):
    """Counts on Bluesky by searching one server."""

    SECRETS = ("handle", "app_password")
    LOGGERS = (
        "httpx",
        "httpcore.connection",
        "httpcore.http11",
        "httpcore.http2",
        "httpcore.proxy",
    )
    #: pages of one search; what lies further back stays unseen, and says so
    PAGES: ClassVar[int] = 50

    def __init__(self, places: Sequence[Place]) -> None:
        super().__init__(places)
        [self._place] = self.places
        #: lives as long as this object: logins are few a day
        self._session: Secret | None = None

    @override
    def collect(self, ask: Ask) -> Found:
        """Search from `ask.since` on, newest first."""
        try:
            read = self._connected(partial(self._read, ask=ask))
        except NetworkError as error:
            return Found(samples=(), troubles={self._place.name: error})
        query = f"GET app.bsky.feed.searchPosts q={ask.tag} tag={ask.word} sort=latest"
        samples: list[Sample] = by_day(
            read, ask, network="bluesky", source=self._place.name, query=query
        )
        return Found(samples=tuple(samples), asking=given_on([read], ask))

    @override
    def gone(self, posts: Sequence[Asking]) -> Collection[str]:
        """Ask for all of them, some at once."""
        uris = [post.uri for post in posts]
        return set(uris) - self._connected(partial(_standing, uris=uris)) if uris else ()

    def _connected(self, do: Callable[[AsyncClient], Coroutine[Any, Any, T]]) -> T:
        """Return what is read over a connection; every failure becomes one of ours."""
        try:
            # A loop of its own: only what waits in one can be stopped at any byte.
            return run(self._within(do))
        except (
            AtProtocolError,
            HTTPError,
            KeyError,
            TypeError,
            ValueError,
            AttributeError,
        ) as error:
            # A session that is not taken any more is begun anew next time.
            if isinstance(error, UnauthorizedError | BadRequestError):
                self._session = None
            failure = self._trouble(error)
        raise failure

    async def _within(self, do: Callable[[AsyncClient], Coroutine[Any, Any, T]]) -> T:
        """Read over connections that are closed in the end."""
        request = Request(self.BOUNDS)
        client = AsyncClient(base_url=self._place.url, request=request)
        client.on_session_change(self._keep)
        try:
            await self._log_in(client)
            return await do(client)
        finally:
            await request.close()

    async def _log_in(self, client: AsyncClient) -> None:
        secrets = self._place.secrets
        if self._session is not None:
            await client.login(session_string=self._session.reveal(), fetch_bsky_profile=False)
        elif secrets:
            await client.login(
                *(secrets[field].reveal() for field in self.SECRETS), fetch_bsky_profile=False
            )

    # as the library calls it
    def _keep(self, event: SessionEvent, session: Session) -> None:  # noqa: ARG002
        conceal([Secret(session.access_jwt), Secret(session.refresh_jwt)], loggers=())
        self._session = Secret(session.encode())

    async def _read(self, client: AsyncClient, ask: Ask) -> Read:
        """Read back to `ask.since`, or as far as `PAGES` reach."""
        posts: dict[str, Post] = {}
        until = ask.now
        for _ in range(self.PAGES):
            page = [
                _post(view, self._place.name, ask) for view in await self._page(client, ask, until)
            ]
            new = [post for post in page if post.uri not in posts]
            posts |= {post.uri: post for post in new}
            if not new:
                return Read(posts=list(posts.values()), start=ask.since, blind=BLIND)
            # Others of the same instant may stand on the next page.
            until = min(post.at for post in page) + _NEARBY
        until = until.replace(microsecond=0) + timedelta(seconds=1)
        return Read(
            posts=list(posts.values()), start=max(until, ask.since), blind=(*BLIND, unread(until))
        )

    @staticmethod
    async def _page(client: AsyncClient, ask: Ask, until: datetime) -> Any:
        params = {
            "q": ask.tag,
            "tag": [ask.word],
            "since": _instant(ask.since),
            "until": _instant(until),
            "sort": "latest",
            "limit": _PAGE,
        }
        return (await client.app.bsky.feed.search_posts(params)).posts

    def _trouble(self, error: Exception) -> NetworkError:
        name = self._place.name
        if isinstance(error, RateLimitExceededError):
            return RateLimited(f"{name}: too many requests", retry_after=resting(error))
        if isinstance(error, UnauthorizedError):
            return AccountRefused(
                f"{name}: refused ({error}); name a Bluesky channel of yours in [usage] bluesky, or"
                " mend its app password"
            )
        if isinstance(error, BadRequestError):
            return Refused(f"{name}: refused: {error}")
        if isinstance(error, RequestErrorBase | HTTPError):
            why = fault(error) or f"no answer: {type(error).__name__} {error}".rstrip()
            return TryLater(f"{name}: {why}")
        return TryLater(f"{name}: its answer can't be read")


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _post(view: Any, place: str, ask: Ask) -> Post:
    record = view.record
    words = [*(record.tags or ()), *_facet_tags(record)]
    return Post(
        uri=str(view.uri),
        # What the search sorts by: a post can't claim to be newer than it is.
        at=min(_when(record.created_at), _when(view.indexed_at)),
        author=str(view.author.handle).casefold(),
        tags=frozenset(normal(f"#{word}") for word in words),
        boosts=int(view.repost_count or 0),
        asking=_asking(view, place, ask.asks) if ask.asks else None,
    )


def _asking(view: Any, place: str, asks: Callable[[str], bool]) -> Asking | None:
    """Return what is given on of a post; nothing of accounts that want to be seen by those alone
    who have logged in.
    """
    record, text = view.record, str(view.record.text)
    if any(label.val == _LOGGED_IN for label in view.author.labels or ()) or not asks(text):
        return None
    did, _, key = str(view.uri).removeprefix("at://").split("/")
    return Asking(
        uri=str(view.uri),
        post="",
        place=place,
        url=f"https://bsky.app/profile/{did}/post/{key}",
        text=nameless(text),
        language=str((record.langs or [""])[0]),
        posted=min(_when(record.created_at), _when(view.indexed_at)),
    )


async def _standing(client: AsyncClient, uris: Sequence[str]) -> set[str]:
    """Return the URIs of those posts that are there."""
    there = set[str]()
    for start in range(0, len(uris), _AT_ONCE):
        params = {"uris": uris[start : start + _AT_ONCE]}
        answer = await client.app.bsky.feed.get_posts(params)
        there |= {str(post.uri) for post in answer.posts}
    return there


def _when(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _facet_tags(record: Any) -> list[str]:
    features = [feature for facet in record.facets or () for feature in facet.features]
    return [str(feature.tag) for feature in features if hasattr(feature, "tag")]
