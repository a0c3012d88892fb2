"""Bluesky and other servers of the AT Protocol, through atproto: posts with a picture, and threads.

Setting it up, once:

1. Make the account; in its profile say that it is automated and who is behind it.
2. In Settings, Privacy and security, App passwords add one for drumbeat (no access to direct
   messages). It is shown once.
3. Put the account's name (``name.bsky.social``, without @) into DRUMBEAT_<ACCOUNT>_HANDLE and the
   app password into DRUMBEAT_<ACCOUNT>_APP_PASSWORD (or …_FILE).
4. Only for an account on a server of its own: give the channel's table
   ``base_url = "https://pds.example"`` in config.toml.

Limits: https://docs.bsky.app (300 graphemes and 3,000 bytes; pictures of 2,000,000 bytes as the
lexicon app.bsky.embed.images says, looked at before, since the server takes larger ones and the
post then fails elsewhere; 5,000 points an hour
and 35,000 a day, a post is 3; 300 logins a day), read in November 2026.

Each post has a key of its own that follows from its delivery and day, so sending it again changes
nothing. The key has the form of a TID, which posts must have to be seen in feeds.
"""

import unicodedata
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar

from typing_extensions import override

from bot.errors import NetworkError, Refused, TryLater, Unanswered
from bot.links import link_spans
from bot.model import Channel, Limits, Message, Picture, Prices, Receipt, Secret
from bot.model.counting import Reactions
from bot.model.share import Sighting
from bot.networks.base import Network as Base
from bot.networks.common.counts import count
from bot.networks.common.picture import content, mime
from bot.networks.common.posts import delete_all, ids, in_order
from bot.networks.common.redact import conceal
from bot.text import hashtag_spans, measure, problems_of_length
from bot.times import epoch

if TYPE_CHECKING:
    from bot.networks.bluesky.client import Client

_LOGGERS = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "asyncio",
)
_PAGES = 10  # of a search for posts of pledge-makers
_TAG_GRAPHEMES, _TAG_BYTES = 64, 640
_ALPHABET = "234567abcdefghijklmnopqrstuvwxyz"  # of a TID: sorts as its numbers do

T = TypeVar("T")


class Network(Base):
    """An account on Bluesky or another AT Protocol server."""

    SECRETS = ("handle", "app_password")
    LIMITS = Limits(
        length=300,
        counter="graphemes",
        bytes=3_000,
        alt=2_000,
        picture=2_000_000,
        per_second=5_000 / 3 / 3_600,
        per_day=35_000 // 3,
    )
    PRICES = Prices(
        source="https://docs.bsky.app/docs/advanced-guides/rate-limits", as_of=date(2026, 11, 1)
    )
    FINDS = True
    REPEATABLE = True
    AMPLIFIES = True
    GRANTS = True
    TELLS = frozenset({"likes", "reposts", "replies", "quotes"})
    AT_ONCE = 25

    def __init__(self, channel: Channel, secrets: Mapping[str, Secret]) -> None:
        super().__init__(channel, secrets)
        conceal([secrets["app_password"]], loggers=_LOGGERS)
        # Only here: atproto is very heavy, and limits are asked for without it.
        from bot.networks.bluesky import client as library

        self._client = library.Client(
            _plain(secrets["handle"]), secrets["app_password"], channel.base_url, self.BOUNDS
        )
        self._meaning, self._stale = library.failure, library.stale
        self._reposts = library.REPOSTS

    @override
    async def send(self, message: Message) -> Receipt:
        """Put the post, or all of a thread; what stands already stays as it is."""
        if message.address is not None:
            raise Refused(f"{self.channel.name}: Bluesky can't reach single people, only post")
        body = message.body
        for part in body.parts:
            if faults := problems_of_length(part, self.limits):
                raise Refused(f"{self.channel.name}: the text {' and '.join(faults)}")
        picture = await self._picture(body.picture) if body.picture is not None else None
        cids: dict[str, str] = {}

        async def post(number: int, out: Sequence[str]) -> str:
            record = _record(message, number, picture if number == 0 else None)
            if out:
                record["reply"] = {
                    "root": {"uri": out[0], "cid": cids[out[0]]},
                    "parent": {"uri": out[-1], "cid": cids[out[-1]]},
                }
            uri, cids[uri] = await self._ask(
                lambda client: client.put(rkey(message, number), record)
            )
            return uri

        return _receipt(
            await in_order(len(body.parts), post, self._delete, where=self.channel.name)
        )

    @override
    async def find(self, message: Message) -> Receipt | None:
        """Look for the posts under their keys; None when the first is not there."""
        there: list[str] = []
        for number in range(len(message.body.parts)):
            record = await self._get(rkey(message, number))
            if record is None:
                break
            there.append(record[0])
        return _receipt(there, complete=len(there) == len(message.body.parts)) if there else None

    # Bluesky has no addresses
    @override
    async def delete(self, receipt: Receipt, address: str | None) -> None:
        await delete_all(ids(receipt.id), self._delete)

    @override
    async def reactions(self, posts: Sequence[str]) -> Mapping[str, Reactions]:
        """Ask for the posts as readers get them; what is left out is shown to nobody."""
        told = await self._ask(_posts(posts), reading=True)
        return {post: told.get(post, Reactions(gone=True)) for post in posts}

    @override
    async def probe(self) -> str:
        return await self._ask(_whoami, reading=True)

    @override
    async def seen(
        self, tags: Collection[str], authors: Collection[str], since: datetime
    ) -> list[Sighting]:
        """Search by hashtag; pages are turned by time."""
        posts: dict[str, Sighting] = {}
        for tag in tags:
            for post in await self._tagged(tag.removeprefix("#"), since):
                if (sighting := _seen(post)).author in authors:
                    posts[sighting.uri] = sighting
        return sorted(posts.values(), key=lambda sighting: (sighting.posted, sighting.uri))

    async def _tagged(self, word: str, since: datetime) -> list[Any]:
        posts: dict[str, Any] = {}
        until = datetime.now(UTC) + timedelta(minutes=5)  # somebody's clock may be ahead
        for _ in range(_PAGES):
            page = await self._ask(_tagged_between(word, since, until), reading=True)
            new = {str(post.uri): post for post in page if str(post.uri) not in posts}
            if not new:
                break
            posts |= new
            # Others of the same instant may stand on the next page.
            until = min(_seen(post).posted for post in page) + timedelta(milliseconds=1)
        return list(posts.values())

    @override
    async def boost(self, post: Sighting, at: datetime) -> Receipt:
        """Put a repost under a key that follows from the post."""
        key = _tid(post.uri, at)
        subject = {"uri": post.uri, "cid": post.post}
        record = {"$type": "app.bsky.feed.repost", "subject": subject, "createdAt": _instant(at)}
        uri, _ = await self._ask(
            lambda client: client.put(key, record, self._reposts), reading=True
        )
        return Receipt(id=uri, url=post.url)

    @override
    async def unboost(self, receipt: Receipt) -> None:
        key = receipt.id.rpartition("/")[2]
        await self._ask(lambda client: client.delete(key, self._reposts), reading=True)

    @override
    async def quote(self, message: Message, post: Sighting) -> Receipt:
        if faults := problems_of_length(message.body.text, self.limits):
            raise Refused(f"{self.channel.name}: the text {' and '.join(faults)}")
        embed = {"$type": "app.bsky.embed.record", "record": {"uri": post.uri, "cid": post.post}}
        uri, _ = await self._ask(
            lambda client: client.put(rkey(message, 0), _record(message, 0, embed))
        )
        return _receipt([uri])

    @override
    async def stands(self, post: Sighting) -> bool:
        return await self._ask(lambda client: client.stands(post.uri), reading=True)

    @override
    async def close(self) -> None:
        await self._client.close()

    async def _picture(self, picture: Picture) -> dict[str, Any]:
        data = content(picture, self.channel.name, most=self.limits.picture, alt=self.limits.alt)
        blob = await self._ask(lambda client: client.upload(data, mime(picture)), reading=True)
        # without it apps leave room for a picture of another shape, and cut this one
        shape = {"width": picture.width, "height": picture.height}
        image = {"alt": picture.alt, "image": blob, "aspectRatio": shape}
        return {"$type": "app.bsky.embed.images", "images": [image]}

    async def _get(self, key: str) -> tuple[str, str] | None:
        return await self._ask(lambda client: client.get(key), reading=True)

    async def _delete(self, uri: str) -> None:
        key = uri.rpartition("/")[2]
        await self._ask(lambda client: client.delete(key))

    async def _ask(self, call: "Callable[[Client], Awaitable[T]]", *, reading: bool = False) -> T:
        """Make one call of the library.

        Every failure becomes one of ours, without the library's behind it (it may hold the
        session).

        `reading`: nothing that people see can come of it, so that it may simply be tried again.
        """
        failure: NetworkError
        try:
            return await call(self._client)
        except Exception as error:  # noqa: BLE001 - what it means is the client's to say
            if self._stale(error):
                self._client.forget()
            failure = self._meaning(error, self.channel.name)
        raise TryLater(str(failure)) if reading and isinstance(failure, Unanswered) else failure


def _plain(handle: Secret) -> Secret:
    """The handle as the server knows it: without '@', and without the marks that copying adds."""
    seen = (sign for sign in handle.reveal() if unicodedata.category(sign) != "Cf")
    return Secret("".join(seen).strip().removeprefix("@"))


async def _whoami(client: "Client") -> str:
    return f"@{await client.handle()}"


def _posts(uris: Sequence[str]) -> "Callable[[Client], Awaitable[Mapping[str, Reactions]]]":
    async def ask(client: "Client") -> Mapping[str, Reactions]:
        return {str(post.uri): _reactions(post) for post in await client.posts(uris)}

    return ask


def _reactions(post: Any) -> Reactions:
    return Reactions(
        likes=count(post.like_count),
        reposts=count(post.repost_count),
        replies=count(post.reply_count),
        quotes=count(post.quote_count),
    )


def rkey(message: Message, number: int) -> str:
    """The record key of this post of the message: a TID that follows from the delivery and its day,
    and from nothing else.

    Its time lies in the day before: TIDs of the future look like mistakes.
    """
    day = datetime.combine(message.day or message.since.astimezone(UTC).date(), time(), UTC)
    return _tid(f"{message.key} {number}", day)


def _tid(name: str, at: datetime) -> str:
    seed = int.from_bytes(sha256(name.encode()).digest()[:8])
    day = datetime.combine(at.astimezone(UTC).date(), time(), UTC) - timedelta(days=1)
    instant = epoch(day) * 1_000_000 + (seed >> 10) % 43_200_000_000
    value = (instant << 10) | (seed & 1023)
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(60, -5, -5))


def _record(message: Message, number: int, embed: Mapping[str, Any] | None) -> dict[str, Any]:
    text = message.body.parts[number]
    # The time is part of the record: that of the first attempt, so that feeds show it as new, and
    # the same at every later one, or the record would be another one.
    # Thread posts a second apart.
    created = (message.since.astimezone(UTC) + timedelta(seconds=number)).strftime(
        "%Y-%m-%dT%H:%M:%S.000Z"
    )
    record: dict[str, Any] = {
        "$type": "app.bsky.feed.post",
        "text": text,
        "createdAt": created,
        "langs": [message.body.language],
    }
    if spans := facets(text):
        record["facets"] = spans
    if embed is not None:
        record["embed"] = embed
    return record


def facets(text: str) -> list[dict[str, Any]]:
    """What makes hashtags and links of `text` clickable: features with their places in UTF-8 bytes,
    end exclusive, in order.
    """
    spans = []
    for start, end in hashtag_spans(text):
        tag = text[start + 1 : end]
        if measure(tag, Network.LIMITS) <= _TAG_GRAPHEMES and len(tag.encode()) <= _TAG_BYTES:
            spans.append((start, end, {"$type": "app.bsky.richtext.facet#tag", "tag": tag}))
    for start, end in link_spans(text):
        uri = text[start:end] if "://" in text[start:end] else f"https://{text[start:end]}"
        spans.append((start, end, {"$type": "app.bsky.richtext.facet#link", "uri": uri}))
    return [
        {
            "index": {"byteStart": len(text[:start].encode()), "byteEnd": len(text[:end].encode())},
            "features": [feature],
        }
        for start, end, feature in sorted(spans, key=lambda span: span[:2])
    ]


def _receipt(uris: Sequence[str], *, complete: bool = True) -> Receipt:
    did, _, key = uris[0].removeprefix("at://").split("/")
    return Receipt(
        id=",".join(uris), url=f"https://bsky.app/profile/{did}/post/{key}", complete=complete
    )


def _tagged_between(
    word: str, since: datetime, until: datetime
) -> "Callable[[Client], Awaitable[list[Any]]]":
    return lambda client: client.tagged(word, _instant(since), _instant(until))


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _seen(post: Any) -> Sighting:
    did, _, key = str(post.uri).removeprefix("at://").split("/")
    # Nobody's post is newer than when it was first seen.
    claimed, indexed = (
        datetime.fromisoformat(text) for text in (post.record.created_at, post.indexed_at)
    )
    return Sighting(
        uri=str(post.uri),
        post=str(post.cid),
        url=f"https://bsky.app/profile/{did}/post/{key}",
        author=str(post.author.handle).casefold(),
        text=str(post.record.text),
        media=post.record.embed is not None,
        posted=min(claimed if claimed.tzinfo else indexed, indexed),
    )
