"""X (formerly Twitter), through tweepy and API v2 with OAuth 1.0a keys: posts with a picture, and
threads.

Setting it up, once:

1. Register at https://developer.x.com with the account that shall post, and make a project with an
   app. Posting is paid per use: a post costs $0.015, one with a link $0.200, looking up a post
   $0.005, a deletion $0.010 (November 2026). Buy credit, set a spending limit, and ``ceiling`` in
   the channel's table. ``drumbeat cost`` says what it comes to. For its results each post is looked
   up three times, which is $0.015: with a post a day $0.45 a month. A tenth of ``ceiling`` at most
   goes into that.
2. In the app's "User authentication settings" choose *Read and write*, type *Web app or bot*.
3. Under "Keys and tokens" generate *API key and secret* and, only after step 2, *Access token and
   secret* (OAuth 1.0a). Put the four in DRUMBEAT_<ACCOUNT>_API_KEY, DRUMBEAT_<ACCOUNT>_API_SECRET,
   DRUMBEAT_<ACCOUNT>_ACCESS_TOKEN and DRUMBEAT_<ACCOUNT>_ACCESS_TOKEN_SECRET. They don't expire by
   themselves.
4. Give the account the "Automated" label with a named person behind it: Settings, Your account,
   Account information, Automation. X asks this of bots.
5. One account for each language: X forbids the same text through several accounts.

Limits: https://docs.x.com (280 weighted characters, every link 23; pictures of 5 MB, alt text
1,000; 100 posts per 15 minutes and user, 10,000 per day and app; rate-limit headers), read in
November 2026.

The same text may not go out twice from one account (403), nor through several accounts (X's rules).
A thread's first step is a look at the own timeline, paid per post read, so that it goes on where an
earlier attempt broke off.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from typing_extensions import override

from bot.errors import Duplicate, NetworkError, Refused, TryLater, Unanswered
from bot.model import Channel, Limits, Message, Picture, Prices, Receipt, Secret
from bot.model.counting import REACTIONS, Reactions
from bot.model.share import Sighting
from bot.networks.base import Network as Base
from bot.networks.common.counts import count
from bot.networks.common.picture import content, mime
from bot.networks.common.posts import delete_all, ids, in_order, standing
from bot.networks.common.redact import conceal
from bot.networks.common.same import canonical
from bot.networks.common.thread import in_thread

if TYPE_CHECKING:
    from bot.networks.x.client import Client

_SIGNING = (
    "tweepy.client",
    "tweepy.auth",
    "requests_oauthlib.oauth1_auth",
    "requests_oauthlib.oauth1_session",
    "oauthlib.oauth1.rfc5849",
)
_LOGGERS = ("urllib3.connectionpool", "requests", "asyncio")

_EARLIER = timedelta(minutes=2)  # X's clock and ours may differ
_REMEMBERS = timedelta(days=7) - timedelta(minutes=10)  # an earlier start is an error to X

T = TypeVar("T")


class Network(Base):
    """An account on X, posting by its API v2."""

    SECRETS = ("api_key", "api_secret", "access_token", "access_token_secret")
    LIMITS = Limits(
        length=280,
        counter="weighted",
        link_length=23,
        alt=1_000,
        picture=5_000_000,
        per_second=100 / 900,
        per_day=10_000,
    )
    ONE_ACCOUNT_PER_TEXT = True
    PRICES = Prices(
        source="https://docs.x.com/x-api/getting-started/pricing",
        as_of=date(2026, 11, 1),
        post=Decimal("0.015"),
        post_with_link=Decimal("0.200"),
        read=Decimal("0.005"),
        count=Decimal("0.005"),
        delete=Decimal("0.010"),
    )
    FINDS = True
    AMPLIFIES = True
    GRANTS = True
    MOVING_PICTURES = True
    TELLS = frozenset(REACTIONS)
    AT_ONCE = 100

    #: seconds to wait for a picture to be processed
    PATIENCE: ClassVar[float] = 60.0

    def __init__(self, channel: Channel, secrets: Mapping[str, Secret]) -> None:
        super().__init__(channel, secrets)
        conceal(secrets.values(), loggers=_LOGGERS, silent=_SIGNING)
        # Only here: tweepy is heavy, and limits and prices are asked for without it.
        from bot.networks.x import client as library

        keys = [secrets[field].reveal() for field in self.SECRETS]
        self._client = library.Client(keys, channel.base_url, self.BOUNDS)
        self._meaning = library.failure
        self._one_at_a_time = asyncio.Lock()  # a requests session is not made for several threads

    @override
    async def send(self, message: Message) -> Receipt:
        """Post the text, or what is missing of a thread.

        Raises `Duplicate` when the account has a text already.
        """
        if message.address is not None:
            raise Refused(f"{self.channel.name}: X can't reach single people, only post")
        body = message.body
        there = await self._standing(message) if body.thread else []
        media = await self._upload(body.picture) if body.picture is not None and not there else None

        async def post(number: int, out: Sequence[str]) -> str:
            pictures = (media,) if media and number == 0 else ()
            answers = out[-1] if out else None
            try:
                return await self._ask(
                    lambda client: client.post(body.parts[number], media=pictures, answers=answers)
                )
            except Duplicate as error:
                if not body.thread:
                    raise
                failure = Refused(str(error))  # that one post is there says nothing of the others
            raise failure

        return _receipt(
            await in_order(
                len(body.parts), post, self._delete, where=self.channel.name, standing=there
            )
        )

    @override
    async def find(self, message: Message) -> Receipt | None:
        """Look through the own posts since `message.since` for these texts, links expanded.

        None when the first is not among them.
        """
        there = await self._standing(message)
        return _receipt(there, complete=len(there) == len(message.body.parts)) if there else None

    # X has no addresses
    @override
    async def delete(self, receipt: Receipt, address: str | None) -> None:
        await delete_all(ids(receipt.id), self._delete)

    @override
    async def reactions(self, posts: Sequence[str]) -> Mapping[str, Reactions]:
        """Ask for the posts by their ids: a paid read for each that is there."""

        def ask(client: "Client") -> Mapping[str, Reactions]:
            told = client.reactions(posts)
            self.reads += sum(counts is not None for counts in told.values())
            return {
                post: Reactions(gone=True) if counts is None else _reactions(counts)
                for post, counts in told.items()
            }

        return await self._ask(ask, reading=True)

    @override
    async def probe(self) -> str:
        """Ask who we are (a paid read); gives the @name."""
        self.reads += 1
        return await self._ask(lambda client: f"@{client.username()}", reading=True)

    @override
    async def seen(
        self, tags: Collection[str], authors: Collection[str], since: datetime
    ) -> list[Sighting]:
        """Search author by author, so that no post of a stranger is paid for.

        X remembers seven days.
        """
        earliest = max(since, datetime.now(UTC) - _REMEMBERS)
        seen: list[Sighting] = []
        for author in sorted(authors):
            posts = await self._ask(_tagged_by(author, sorted(tags), earliest), reading=True)
            self.reads += len(posts)
            seen += [_seen(post, author) for post in posts]
        return sorted(seen, key=lambda sighting: (sighting.posted, sighting.uri))

    @override
    async def boost(self, post: Sighting, at: datetime) -> Receipt:
        """Repost the post; X's rules want a person behind each, which the review is."""
        await self._ask(lambda client: client.boost(post.post), reading=True)
        return Receipt(id=post.post, url=post.url)

    @override
    async def unboost(self, receipt: Receipt) -> None:
        await self._ask(lambda client: client.unboost(receipt.id), reading=True)

    @override
    async def quote(self, message: Message, post: Sighting) -> Receipt:
        return _receipt(
            [await self._ask(lambda client: client.quote(message.body.text, post.post))]
        )

    @override
    async def stands(self, post: Sighting) -> bool:
        """Ask for the post by its id (a paid read)."""
        self.reads += 1
        return await self._ask(lambda client: client.stands(post.post), reading=True)

    @override
    async def close(self) -> None:
        self._client.close()

    async def _standing(self, message: Message) -> list[str]:
        """The ids of those of the message's posts that are there, up to the first that is
        missing.
        """

        def look(client: "Client") -> list[str]:
            own: dict[str, str] = {}
            for post in client.posts_since(message.since - _EARLIER):
                self.reads += 1
                own.setdefault(canonical(_as_sent(post)), str(post["id"]))
                if len(message.body.parts) == 1 and canonical(message.body.text) in own:
                    break  # every further page is paid for
            return standing(message.body.parts, lambda part: own.get(canonical(part)))

        return await self._ask(look, reading=True)

    async def _upload(self, picture: Picture) -> str:
        data = content(picture, self.channel.name, most=self.limits.picture, alt=self.limits.alt)
        return await self._ask(
            lambda client: client.upload(data, mime(picture), picture.alt, patience=self.PATIENCE),
            reading=True,
        )

    async def _delete(self, post: str) -> None:
        if not await self._ask(lambda client: client.delete(post)):
            raise Refused(
                f"{self.channel.name}: X did not delete {_receipt([post]).url}; remove it by hand"
            )

    async def _ask(self, call: "Callable[[Client], T]", *, reading: bool = False) -> T:
        """Make one call of the library in a thread.

        Every failure becomes one of ours, without the library's behind it (it holds the signed
        request).

        `reading`: nothing that people see can come of it, so that it may simply be tried again.
        """
        failure: NetworkError
        try:
            async with self._one_at_a_time:
                return await in_thread(lambda: call(self._client))
        except Exception as error:  # noqa: BLE001 - what it means is the client's to say
            failure = self._meaning(error, self.channel.name)
        raise TryLater(str(failure)) if reading and isinstance(failure, Unanswered) else failure


def _receipt(posts: Sequence[str], *, complete: bool = True) -> Receipt:
    return Receipt(
        id=",".join(posts), url=f"https://x.com/i/web/status/{posts[0]}", complete=complete
    )


def _reactions(counts: Mapping[str, Any]) -> Reactions:
    return Reactions(
        views=count(counts.get("impression_count")),
        likes=count(counts.get("like_count")),
        reposts=count(counts.get("retweet_count")),
        replies=count(counts.get("reply_count")),
        quotes=count(counts.get("quote_count")),
    )


def _as_sent(post: Mapping[str, Any]) -> str:
    """The text as it was sent: X shortens every link, adds one for a picture, and escapes &, < and
    >.
    """
    text = unescape(str(post["text"]))
    for link in post.get("entities", {}).get("urls", []):
        text = text.replace(
            link["url"], "" if "media_key" in link else link.get("expanded_url", link["url"])
        )
    return text


def _tagged_by(
    author: str, tags: Sequence[str], since: datetime
) -> "Callable[[Client], list[Mapping[str, Any]]]":
    return lambda client: client.tagged(author, tags, since)


def _seen(post: Mapping[str, Any], author: str) -> Sighting:
    return Sighting(
        uri=f"https://x.com/{author}/status/{post['id']}",
        post=str(post["id"]),
        url=f"https://x.com/{author}/status/{post['id']}",
        author=author,
        text=unescape(str(post["text"])),
        media=bool(post.get("attachments")),
        posted=datetime.fromisoformat(post["created_at"]),
    )
