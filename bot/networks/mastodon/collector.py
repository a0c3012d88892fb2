"""Hashtag usage on Mastodon, through Mastodon.py: what each instance remembers of a hashtag, and
the posts on its tag timeline.

Setting it up: name instances in `[usage] mastodon = ["https://…", …]`; the larger the instance, the
more of the network it sees. Most answer anybody. One that wants a token gets that of our channel
there, when a channel of ours has it as its `base_url`.

Two views of the same thing, which are never added up:

* `GET /api/v1/tags/:name` counts seven days of public posts, and accounts. Servers of other make
  give nothing here or don't know the page.
* `GET /api/v1/timelines/tag/:hashtag` gives posts. Read from all instances, a post that several of
  them see counts once.
"""

import warnings
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, ClassVar, TypeVar
from urllib.parse import quote, urlsplit

import requests
from mastodon import Mastodon
from mastodon.errors import (
    MastodonAPIError,
    MastodonError,
    MastodonNetworkError,
    MastodonNotFoundError,
    MastodonRatelimitError,
    MastodonServerError,
)
from typing_extensions import override

from bot.errors import AccountRefused, NetworkError, RateLimited, Refused, TryLater
from bot.model.counting import Asking, Sample
from bot.networks.common.certificates import fault
from bot.networks.common.requests import Adapter
from bot.networks.counting import Ask, Found, Place, Post, Read, by_day, given_on, unread
from bot.networks.counting import Collector as Base
from bot.networks.mastodon.client import REST, plain
from bot.rules.hashtags import DAY
from bot.rules.reading.asking import nameless
from bot.text import hashtags, normal
from bot.times import from_epoch

T = TypeVar("T")

_PAGE = 40
_WANTS_TOKEN = (401, 403, 422)  # some versions call a missing token an invalid request

BLIND = ("posts that did not reach these servers", "posts that are not public")


class _Client(Mastodon):
    """Mastodon.py, without its question before each page whether there is such a timeline: the
    answer to the page says that.
    """

    @override
    def timeline_is_available(self, *_: Any, **__: Any) -> bool:
        return True


class Collector(Base):
    """Counts on Mastodon by asking several instances."""

    SECRETS = ("access_token",)
    LOGGERS = ("urllib3.connectionpool", "requests", "mastodon")

    #: pages of one timeline; what lies further back stays unseen, and says so
    PAGES: ClassVar[int] = 50

    def __init__(self, places: Sequence[Place]) -> None:
        super().__init__(places)
        self._clients = {place.name: self._client(place) for place in places}

    def _client(self, place: Place) -> Mastodon:
        session = requests.Session()
        session.max_redirects = 0  # a token goes nowhere else
        for scheme in ("https://", "http://"):
            session.mount(scheme, Adapter(self.BOUNDS))
        token = place.secrets.get("access_token")
        return _Client(
            api_base_url=place.url,
            access_token=token.reveal() if token else None,
            version_check_mode="none",
            ratelimit_method="throw",
            request_timeout=self.BOUNDS.answer,  # the adapter knows all
            session=session,
        )

    @override
    def collect(self, ask: Ask) -> Found:
        """Ask every instance for its history and its timeline; one that fails leaves the others."""
        samples: list[Sample] = []
        reads: dict[str, Read] = {}
        troubles: dict[str, NetworkError] = {}
        for name, client in self._clients.items():
            try:
                samples += _asked(name, partial(_history, client, ask, name))
                reads[name] = _asked(name, partial(self._timeline, client, ask, name))
            except NetworkError as error:
                troubles[name] = error
        query = f"GET /api/v1/timelines/tag/{quote(ask.word)}"
        for name, read in reads.items():
            samples += by_day(read, ask, network="mastodon", source=name, query=query)
        if len(reads) > 1:
            # Counted once over all of them; only what every one of them was read for.
            start = max(read.start for read in reads.values())
            posts = [post for read in reads.values() for post in read.posts]
            together = Read(posts=posts, start=start, blind=_blind(*reads.values()))
            samples += by_day(
                together, ask, network="mastodon", source=" + ".join(sorted(reads)), query=query
            )
        asking = given_on(reads.values(), ask)
        return Found(samples=tuple(samples), asking=asking, troubles=troubles)

    @override
    def gone(self, posts: Sequence[Asking]) -> Collection[str]:
        """Ask the instance that gave each; what an instance that is asked no more gave is gone."""
        return [
            post.uri
            for post in posts
            if post.place not in self._clients
            or not _asked(post.place, partial(_stands, self._clients[post.place], post.post))
        ]

    @override
    def close(self) -> None:
        for client in self._clients.values():
            client.session.close()

    def _timeline(self, client: Mastodon, ask: Ask, name: str) -> Read:
        """Read back to `ask.since`, or as far as `PAGES` reach."""
        posts: list[Post] = []
        host, last = urlsplit(str(client.api_base_url)).netloc, None
        for _ in range(self.PAGES):
            page = client.timeline_hashtag(ask.word, limit=_PAGE, max_id=last)
            posts += [_post(status, host, ask, name) for status in page]
            if not page or all(post.at < ask.since for post in posts[-len(page) :]):
                return Read(posts=posts, start=ask.since, blind=BLIND)
            last = page[-1]["id"]
        # The oldest post may have companions of the same instant that were not read.
        oldest = min(post.at for post in posts).replace(microsecond=0) + timedelta(seconds=1)
        return Read(posts=posts, start=max(oldest, ask.since), blind=(*BLIND, unread(oldest)))


def _blind(*reads: Read) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words for read in reads for words in read.blind))


def _history(client: Mastodon, ask: Ask, source: str) -> list[Sample]:
    """Give a sample per day that the instance remembers; none where it has no such page."""
    try:
        history = client.tag(ask.word)["history"]
    except MastodonNotFoundError:
        return []
    if not isinstance(history, list):
        raise TypeError("a history is a list")
    samples = []
    for entry in history:
        start = (
            from_epoch(int(entry["day"])) if isinstance(entry["day"], int | str) else entry["day"]
        )
        if start < ask.now:
            samples.append(
                Sample(
                    tag=normal(ask.tag),
                    network="mastodon",
                    source=source,
                    query=f"GET /api/v1/tags/{quote(ask.word)}",
                    start=start,
                    end=min(start + DAY, ask.now),
                    resolution=int(DAY.total_seconds()),
                    reposts=False,
                    collected=ask.now,
                    uses=int(entry["uses"]),
                    authors=int(entry["accounts"]),
                    blind=(*BLIND, "deleted posts are not taken off"),
                )
            )
    return samples


#: as Mastodon does it: names of hashtags come in small letters without these marks
_FOLDED = {
    ord(sign): letter
    for letter, signs in {
        "a": "àáâãäåāăą",
        "c": "çćĉċč",
        "d": "ðďđ",
        "e": "èéêëēĕėęě",
        "g": "ĝğġģ",
        "h": "ĥħ",
        "i": "ìíîïĩīĭįı",
        "j": "ĵ",
        "k": "ķĸ",
        "l": "ĺļľŀł",
        "n": "ñńņňŉŋ",
        "o": "òóôõöøōŏő",
        "r": "ŕŗř",
        "s": "śŝşšſ",
        "t": "ţťŧ",
        "u": "ùúûüũūŭůűų",
        "w": "ŵ",
        "y": "ýÿŷ",
        "z": "źżž",
    }.items()
    for sign in signs
}


def folded(hashtag: str) -> str:
    """The form in which Mastodon compares two hashtags: '#NiñosSinTrabajo' is '#ninossintrabajo'
    there.
    """
    return normal(hashtag).translate(_FOLDED)


def _post(status: Any, host: str, ask: Ask, place: str) -> Post:
    # A folded name is given back its marks: as its author wrote it, or as we ask for it.
    written = {folded(tag): normal(tag) for tag in hashtags(plain(str(status["content"])))}
    written[folded(ask.tag)] = normal(ask.tag)
    names = [f"#{tag['name']}" for tag in status["tags"]]
    account = str(status["account"]["acct"]).casefold()
    return Post(
        uri=str(status["uri"]),
        at=status["created_at"],
        author=account if "@" in account else f"{account}@{host}",
        tags=frozenset(written.get(folded(name), normal(name)) for name in names),
        boosts=int(status["reblogs_count"] or 0),
        asking=_asking(status, place, ask.asks) if ask.asks else None,
    )


def _asking(status: Any, place: str, asks: Callable[[str], bool]) -> Asking | None:
    """Return what is given on of a post; nothing of accounts that are machines, or don't want to be
    found by searches.
    """
    account, text = status["account"], plain(str(status["content"])).strip()
    if status["visibility"] != "public" or account.get("bot") or account.get("noindex"):
        return None
    if not asks(text):
        return None
    return Asking(
        uri=str(status["uri"]),
        post=str(status["id"]),
        place=place,
        url=str(status.get("url") or status["uri"]),
        text=nameless(text),
        language=str(status.get("language") or ""),
        posted=status["created_at"],
    )


def _stands(client: Mastodon, post: str) -> bool:
    try:
        return bool(client.status(post)["visibility"] == "public")
    except MastodonNotFoundError:
        return False


def _asked(name: str, question: Callable[[], T]) -> T:
    """Return the answer; every failure of library or server becomes one of ours."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library warns of what only its makers can mend
            return question()
    except MastodonRatelimitError:
        failure: NetworkError = RateLimited(f"{name}: too many requests", retry_after=REST)
    except (MastodonServerError, MastodonNetworkError) as error:
        why = fault(error) or f"no answer: {type(error).__name__}"
        failure = TryLater(f"{name}: {why}")
    except MastodonAPIError as error:
        failure = _refusal(name, error)
    except (MastodonError, KeyError, TypeError, ValueError, AttributeError):
        failure = TryLater(f"{name}: its answer can't be read")
    raise failure


def _refusal(name: str, error: MastodonAPIError) -> NetworkError:
    code = next((part for part in error.args if isinstance(part, int)), None)
    if code is None:
        return TryLater(f"{name}: its answer can't be read")
    if code in _WANTS_TOKEN:
        return AccountRefused(
            f"{name}: the server answered {code}; it seems to want a token: make it the base_url of"
            " a Mastodon channel of yours, or ask another"
        )
    return Refused(f"{name}: the server answered {code}")
