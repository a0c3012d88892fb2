"""Mastodon and servers that speak its API (GoToSocial, Akkoma …), through Mastodon.py: posts with a
picture, and threads.

Setting it up, once:

1. Read the rules of the instance: many ask that automated accounts say so. In Preferences, Profile
   mark it as "This is an automated account".
2. In Preferences, Development make a *New application* with the scopes ``read:accounts``,
   ``read:statuses``, ``write:media`` and ``write:statuses``.
3. Open it and copy *Your access token* into DRUMBEAT_<ACCOUNT>_ACCESS_TOKEN (or
   …_ACCESS_TOKEN_FILE). It does not expire by itself.
4. In config.toml give the channel's table the instance: ``base_url = "https://mastodon.example"``.
   Under ``[channels.NAME.options]`` may stand ``visibility`` and ``content_warning``, which
   counts towards the length of each post.

Limits: https://docs.joinmastodon.org (300 requests per 5 minutes, 30 pictures per 30 minutes; 500
characters and 1,500 of alt text, unless the instance says otherwise, which it is asked before the
first picture or longer text and with every probe), read in November 2026.

Every post carries an idempotency key, the same for every attempt. Some servers don't know it, and
Mastodon forgets it within the hour: so after an uncertain attempt the own timeline is looked at
first.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from urllib.parse import urlsplit

from typing_extensions import override

from bot.errors import AccountRefused, NetworkError, Refused, TryLater, Unanswered
from bot.kept import Kept
from bot.model import Channel, Limits, Message, Picture, Prices, Receipt, Secret
from bot.model.counting import Reactions
from bot.model.share import Sighting
from bot.networks.base import Network as Base
from bot.networks.base import Option
from bot.networks.common.counts import count
from bot.networks.common.picture import content, mime
from bot.networks.common.posts import delete_all, ids, in_order, standing
from bot.networks.common.redact import conceal
from bot.networks.common.same import alike, as_read
from bot.networks.common.thread import in_thread
from bot.text import measure, problems_of_length

if TYPE_CHECKING:
    from bot.networks.mastodon.client import Client

_LOGGERS = ("urllib3.connectionpool", "requests", "asyncio")
_EARLIER = timedelta(minutes=2)  # the instance's clock and ours may differ
_PAGES = 10  # of one tag timeline, when looking for posts of pledge-makers
_REMEMBERED = 1_000  # posts, whose messages are known; the timeline is read no further back

T = TypeVar("T")


class Network(Base):
    """An account on a Mastodon instance."""

    SECRETS = ("access_token",)
    LIMITS = Limits(length=500, counter="characters", link_length=23, alt=1_500, per_second=1.0)
    PRICES = Prices(source="https://docs.joinmastodon.org/api/", as_of=date(2026, 11, 1))
    NEEDS = ("base_url",)
    OPTIONS = MappingProxyType(
        {
            "visibility": Option(
                help="who sees the posts; by default what the account's settings say",
                values=("public", "unlisted", "private", "direct"),
            ),
            "content_warning": Option(
                help="words shown in the place of each post until somebody opens it"
            ),
        }
    )
    FINDS = True
    AMPLIFIES = True
    GRANTS = True
    MOVING_PICTURES = True
    TELLS_LIMITS = True
    TELLS = frozenset({"likes", "reposts", "replies", "quotes"})

    #: seconds to wait for a picture to be processed
    PATIENCE: ClassVar[float] = 60.0

    def __init__(self, channel: Channel, secrets: Mapping[str, Secret]) -> None:
        super().__init__(channel, secrets)
        conceal(secrets.values(), loggers=_LOGGERS)
        # Only here: Mastodon.py is heavy, and limits are asked for without it.
        from bot.networks.mastodon import client as library

        token = secrets["access_token"].reveal()
        self._client = (
            library.Client(token, channel.base_url, self.BOUNDS) if channel.base_url else None
        )
        self._meaning, self._plain = library.failure, library.plain
        self._one_at_a_time = asyncio.Lock()  # a requests session is not made for several threads
        #: id of a status -> key of the message that it certainly is
        self._known = Kept[str, str](_REMEMBERED)

    @classmethod
    @override
    def measured(cls, limits: Limits, options: Mapping[str, str]) -> Limits:
        """The content warning counts, and links in it are as long as they are."""
        return replace(limits, beside=len(options.get("content_warning", "")))

    @override
    async def send(self, message: Message) -> Receipt:
        """Post the text, or what is missing of a thread."""
        if message.address is not None:
            raise Refused(f"{self.channel.name}: Mastodon can't reach single people, only post")
        body = message.body
        await self._check(body.parts, asks=body.picture is not None)
        there = await self._standing(message) if body.thread else {}
        media = await self._upload(body.picture) if body.picture is not None and not there else None
        common = self._fields() | {"language": body.language}
        urls = dict(there)

        async def post(number: int, out: Sequence[str]) -> str:
            key = f"{message.idempotency_key}-{number}" if number else message.idempotency_key
            fields = common | {
                "media_ids": [media] if media and not number else None,
                "in_reply_to_id": out[-1] if out else None,
            }
            status, urls[status] = await self._ask(
                lambda client: client.post(body.parts[number], key, **fields)
            )
            self._known[status] = message.idempotency_key
            return status

        return _receipt(
            await in_order(
                len(body.parts), post, self._delete, where=self.channel.name, standing=list(there)
            ),
            urls,
        )

    @override
    async def find(self, message: Message) -> Receipt | None:
        """Look through the own posts since `message.since` for these texts, as a reader sees them.

        None when the first is not among them. Raises `Unanswered` when one of them may be it.
        """
        there = await self._standing(message)
        for status in there:
            self._known[status] = message.idempotency_key
        return (
            _receipt(list(there), there, complete=len(there) == len(message.body.parts))
            if there
            else None
        )

    # Mastodon has no addresses
    @override
    async def delete(self, receipt: Receipt, address: str | None) -> None:
        await delete_all(ids(receipt.id), self._delete)

    @override
    async def reactions(self, posts: Sequence[str]) -> Mapping[str, Reactions]:
        """Ask for each status: its instance counts what reached it, and quotes where it is new."""
        return {post: _reactions(await self._ask(_status(post), reading=True)) for post in posts}

    @override
    async def probe(self) -> str:
        """Ask who we are, and what the instance takes; gives the @name."""
        name, seen_by = await self._ask(lambda client: client.whoami(), reading=True)
        unseen = seen_by not in ("", "public") and not self.channel.options.get("visibility")
        self.remarks = (_unseen(self.channel.name, seen_by),) if unseen else ()
        await self._learn()
        return f"@{name}"

    @override
    async def seen(
        self, tags: Collection[str], authors: Collection[str], since: datetime
    ) -> list[Sighting]:
        """Read the tag timelines of the own instance, which has what reached it."""
        host = urlsplit(self.channel.base_url or "").netloc
        read, posts = self._plain, dict[str, Sighting]()

        def look(client: "Client") -> None:
            for tag in tags:
                for status in client.tagged(tag.removeprefix("#"), since, _PAGES):
                    if (
                        status["visibility"] == "public"
                        and (post := _seen(status, host, read)).author in authors
                    ):
                        posts[post.uri] = post

        await self._ask(look, reading=True)
        return sorted(posts.values(), key=lambda post: (post.posted, post.uri))

    # the server keeps the time
    @override
    async def boost(self, post: Sighting, at: datetime) -> Receipt:
        """Boost the post; the receipt names the status itself."""
        await self._ask(lambda client: client.boost(post.post), reading=True)
        return Receipt(id=post.post, url=post.url)

    @override
    async def unboost(self, receipt: Receipt) -> None:
        await self._ask(lambda client: client.unboost(receipt.id), reading=True)

    @override
    async def quote(self, message: Message, post: Sighting) -> Receipt:
        """Post the text with a link: a quote of Mastodon's own needs a newer server, and the
        author's leave there.
        """
        return await self.send(
            replace(message, body=replace(message.body, text=f"{message.body.text}\n\n{post.url}"))
        )

    @override
    async def stands(self, post: Sighting) -> bool:
        return await self._ask(lambda client: client.stands(post.post), reading=True)

    @override
    async def close(self) -> None:
        if self._client is not None:
            self._client.close()

    def _fields(self) -> dict[str, Any]:
        options = self.channel.options
        return {
            "visibility": options.get("visibility"),
            "spoiler_text": options.get("content_warning"),
        }

    async def _check(self, parts: Sequence[str], *, asks: bool) -> None:
        """Raise `Refused` for what is too long.

        An instance is asked first when more than the declared limits are needed.
        """
        longest = max(parts, key=lambda part: measure(part, self.limits))
        asked = self.told_limits is not None
        if not asked and (asks or problems_of_length(longest, self.limits)):
            await self._learn()
        if faults := problems_of_length(longest, self.limits):
            raise Refused(f"{self.channel.name}: the text {' and '.join(faults)}")

    async def _learn(self) -> None:
        """Read the instance's limits; what it does not say stays as declared."""
        settings = await self._ask(lambda client: client.configuration(), reading=True)
        statuses, media = settings.get("statuses") or {}, settings.get("media_attachments") or {}
        self.told_limits = replace(
            self.LIMITS,
            length=statuses.get("max_characters") or self.LIMITS.length,
            link_length=statuses.get("characters_reserved_per_url") or self.LIMITS.link_length,
            alt=media.get("description_limit") or self.LIMITS.alt,
            picture=media.get("image_size_limit"),
        )

    async def _standing(self, message: Message) -> dict[str, str | None]:
        """Ids and addresses of those of the message's posts that are there, up to the first that is
        missing. What is known to be another message is neither taken for one of them nor like it.

        Raises `Unanswered` when the first that is missing may be there, changed by the server.
        """
        key = message.idempotency_key
        statuses = [
            status
            for status in await self._ask(
                lambda client: list(client.statuses_since(message.since - _EARLIER)), reading=True
            )
            if self._known.get(status[0], key) == key
        ]
        own: dict[str, str] = {}
        for status, _, text in statuses:
            own.setdefault(as_read(text), status)
        parts = message.body.parts
        there = standing(parts, lambda part: own.get(as_read(part)))
        texts = {status: (url, text) for status, url, text in statuses}
        if len(there) < len(parts):
            for status, (url, text) in texts.items():
                if status not in there and alike(parts[len(there)], text):
                    raise Unanswered(
                        f"{self.channel.name}: {url or status} may be {message.key}, changed by the"
                        " instance; somebody has to look"
                    )
        return {status: texts[status][0] for status in there}

    async def _upload(self, picture: Picture) -> str:
        data = content(picture, self.channel.name, most=self.limits.picture, alt=self.limits.alt)
        kind, name = mime(picture), picture.name
        return await self._ask(
            lambda client: client.upload(data, kind, name, picture.alt, patience=self.PATIENCE),
            reading=True,
        )

    async def _delete(self, status: str) -> None:
        await self._ask(lambda client: client.delete(status))

    async def _ask(self, call: "Callable[[Client], T]", *, reading: bool = False) -> T:
        """Make one call of the library in a thread.

        Every failure becomes one of ours, without the library's behind it (it holds the signed
        request).

        `reading`: nothing that people see can come of it, so that it may simply be tried again.
        """
        client = self._client
        if client is None:
            raise AccountRefused(
                f"{self.channel.name}: it is not said which instance: give its table base_url ="
                ' "https://…" in config.toml'
            )
        failure: NetworkError
        try:
            async with self._one_at_a_time:
                return await in_thread(lambda: call(client))
        except Exception as error:  # noqa: BLE001 - what it means is the client's to say
            failure = self._meaning(error, self.channel.name, client.rest())
        raise TryLater(str(failure)) if reading and isinstance(failure, Unanswered) else failure


def _status(post: str) -> "Callable[[Client], Mapping[str, Any] | None]":
    return lambda client: client.reactions(post)


def _reactions(status: Mapping[str, Any] | None) -> Reactions:
    if status is None:
        return Reactions(gone=True)
    return Reactions(
        likes=count(status.get("favourites_count")),
        reposts=count(status.get("reblogs_count")),
        replies=count(status.get("replies_count")),
        quotes=count(status.get("quotes_count")),
    )


def _unseen(channel: str, seen_by: str) -> str:
    return (
        f"posts are {seen_by}, as the account's own settings say, so that no tag timeline shows"
        f' them; write visibility = "public" under [channels.{channel}.options], or change the'
        " account's default"
    )


def _receipt(
    statuses: Sequence[str], urls: Mapping[str, str | None], *, complete: bool = True
) -> Receipt:
    url = urls.get(statuses[0])
    return Receipt(
        id=",".join(statuses),
        url=url if url and url.startswith("https://") else None,
        complete=complete,
    )


def _seen(status: Mapping[str, Any], host: str, read: Callable[[str], str]) -> Sighting:
    author = str(status["account"]["acct"]).casefold()
    return Sighting(
        uri=str(status["uri"]),
        post=str(status["id"]),
        url=str(status.get("url") or status["uri"]),
        author=author if "@" in author else f"{author}@{host}",
        text=read(str(status["content"])).strip(),
        media=bool(status.get("media_attachments")),
        posted=status["created_at"],
    )
