"""X's API as `bot.networks.x.network` needs it: tweepy's signed session, the v2 media upload that
tweepy lacks, and what its errors mean.

Calls block and are for one thread at a time. tweepy knows neither bounds nor another host; the
adapter here gives both.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from time import monotonic, sleep
from typing import Any

import requests
import tweepy
from requests.utils import get_environ_proxies
from typing_extensions import override

from bot.errors import (
    AccountRefused,
    Duplicate,
    NetworkError,
    RateLimited,
    Refused,
    TryLater,
    Unanswered,
)
from bot.networks.common.bounds import Bounds
from bot.networks.common.certificates import fault
from bot.networks.common.redact import redacted
from bot.networks.common.requests import Adapter, never_left
from bot.networks.common.rest import rest, until

_HOST = "https://api.twitter.com"  # written into tweepy
_REST = 900.0  # seconds: X's own window, when a 429 doesn't say
_SEGMENT = 1_000_000  # bytes of one piece of a picture; X takes up to 5 MB
_LONGEST_WAIT = 5.0  # seconds between two looks at a picture's state

#: how the types of errors end that X gives in the place of a post that was deleted, or whose
#: account is suspended or protected
_GONE = ("/resource-not-found", "/not-authorized-for-resource")

#: what a 403 says, in lower case, when the account and not the text is the reason
_ACCOUNT = (
    "suspended", "locked", "app permissions", "oauth1-permissions", "client-forbidden",
    "client-not-enrolled",
    "not-enrolled", "usage-capped",
    "not authorized to", "unsupported-authentication",
)  # fmt: skip


class Client:
    """One account's session; `keys` are api_key, api_secret, access_token, access_token_secret."""

    def __init__(self, keys: Sequence[str], base_url: str | None, bounds: Bounds) -> None:
        self._tweepy = tweepy.Client(
            consumer_key=keys[0],
            consumer_secret=keys[1],
            access_token=keys[2],
            access_token_secret=keys[3],
            return_type=dict,
        )
        self._sign = tweepy.OAuth1UserHandler(*keys).apply_auth()
        self._tweepy.session.max_redirects = 0  # signed requests go nowhere else
        self._tweepy.session.mount(_HOST, _Elsewhere(base_url, self._sign, bounds))
        self._own_id = keys[2].partition("-")[0] if "-" in keys[2] else None

    def post(self, text: str, *, media: Sequence[str] = (), answers: str | None = None) -> str:
        """Post a text; gives the new post's id."""
        answer = self._tweepy.create_tweet(
            text=text, media_ids=list(media) or None, in_reply_to_tweet_id=answers
        )
        return str(answer["data"]["id"])

    def upload(self, content: bytes, mime: str, alt: str, *, patience: float) -> str:
        """Upload a picture and wait until X has processed it, at most so many seconds.

        Gives its id. Raises `Refused`, `TryLater` too.
        """
        category = "tweet_gif" if mime == "image/gif" else "tweet_image"
        start = {"media_type": mime, "total_bytes": len(content), "media_category": category}
        media = str(self._json("POST", "/2/media/upload/initialize", start)["data"]["id"])
        for index, first in enumerate(range(0, len(content), _SEGMENT)):
            self._append(media, index, content[first : first + _SEGMENT])
        self._processed(
            media,
            self._json("POST", f"/2/media/upload/{media}/finalize")["data"],
            monotonic() + patience,
        )
        self._json(
            "POST", "/2/media/metadata", {"id": media, "metadata": {"alt_text": {"text": alt}}}
        )
        return media

    def posts_since(self, since: datetime) -> Iterator[Mapping[str, Any]]:
        """All own posts since then, newest first."""
        self._own_id = self._own_id or str(self._tweepy.get_me()["data"]["id"])
        page: str | None = None
        while True:
            answer = self._tweepy.get_users_tweets(
                self._own_id,
                start_time=since,
                max_results=100,
                tweet_fields=["created_at", "entities"],
                pagination_token=page,
                user_auth=True,
            )
            if "errors" in answer:
                raise ValueError("an incomplete timeline proves nothing")
            page = answer["meta"].get("next_token")
            yield from answer.get("data", [])
            if page is None:
                return

    def tagged(self, author: str, tags: Sequence[str], since: datetime) -> list[Mapping[str, Any]]:
        """The newest posts of one author (without '@') with one of these hashtags since then, at
        most a hundred; each is paid for.
        """
        words = " OR ".join(tags)
        answer = self._tweepy.search_recent_tweets(
            f"from:{author} ({words}) -is:retweet",
            start_time=since,
            max_results=100,
            tweet_fields=["created_at", "attachments"],
            user_auth=True,
        )
        return list(answer.get("data", []))

    def boost(self, post: str) -> None:
        """Repost somebody's post; the second time changes nothing."""
        if not self._tweepy.retweet(post, user_auth=True)["data"]["retweeted"]:
            raise Refused("X did not repost it")

    def unboost(self, post: str) -> None:
        """Take a repost of ours back."""
        self._tweepy.unretweet(post, user_auth=True)

    def quote(self, text: str, post: str) -> str:
        """Post a text with another post below it; gives the new post's id."""
        return str(self._tweepy.create_tweet(text=text, quote_tweet_id=post)["data"]["id"])

    def stands(self, post: str) -> bool:
        """Whether somebody's post is still there (a paid read)."""
        return "data" in self._tweepy.get_tweet(post, user_auth=True)

    def reactions(self, posts: Sequence[str]) -> Mapping[str, Mapping[str, Any] | None]:
        """The public counts of these posts, by their ids; None for one that X shows to nobody.

        Those that only its author sees (`non_public_metrics`) are no longer told after 30 days, and
        views are public. Each post that is there is paid for.
        """
        answer = self._tweepy.get_tweets(
            list(posts), tweet_fields=["public_metrics"], user_auth=True
        )
        counts = {str(post["id"]): post["public_metrics"] for post in answer.get("data", [])}
        left = [post for post in posts if post not in counts]
        if not all(_is_gone(post, answer.get("errors", [])) for post in left):
            raise ValueError("an answer that leaves a post out says nothing of it")
        return counts | dict.fromkeys(left)

    def delete(self, post: str) -> bool:
        """Delete a post; gives whether X says that it did."""
        try:
            return bool(self._tweepy.delete_tweet(post)["data"]["deleted"])
        except tweepy.NotFound:
            return True  # somebody deleted it by hand

    def username(self) -> str:
        """Ask for the name of our own account, without '@' (a paid read)."""
        return str(self._tweepy.get_me()["data"]["username"])

    def close(self) -> None:
        """Close the connections that the library holds open."""
        self._tweepy.session.close()

    def _json(
        self, method: str, route: str, body: Mapping[str, Any] | None = None, **params: str
    ) -> Any:
        return self._tweepy.request(method, route, params=params, json=body, user_auth=True).json()

    def _append(self, media: str, index: int, piece: bytes) -> None:
        # tweepy's own request sends no files
        headers = {"User-Agent": self._tweepy.user_agent}
        files, data = (
            {"media": ("piece", piece, "application/octet-stream")},
            {"segment_index": str(index)},
        )
        url = f"{_HOST}/2/media/upload/{media}/append"
        response = self._tweepy.session.post(
            url, files=files, data=data, headers=headers, auth=self._sign
        )
        if not response.ok:
            raise tweepy.HTTPException(response)

    def _processed(self, media: str, answer: Mapping[str, Any], until: float) -> None:
        while (info := answer.get("processing_info")) and info["state"] != "succeeded":
            if info["state"] == "failed":
                raise Refused(
                    "X can't process the picture:"
                    f" {info.get('error', {}).get('message', 'it does not say why')}"
                )
            wait = min(float(info.get("check_after_secs", 1)), _LONGEST_WAIT)
            if monotonic() + wait > until:
                raise TryLater("X is still processing the picture")
            sleep(wait)
            answer = self._json("GET", "/2/media/upload", media_id=media, command="STATUS")["data"]


def _is_gone(post: str, errors: Sequence[Mapping[str, Any]]) -> bool:
    """Whether X says of this very post that nobody sees it."""
    return any(
        str(error.get("value")) == post and str(error.get("type", "")).endswith(_GONE)
        for error in errors
    )


class _Elsewhere(Adapter):
    """Sends tweepy's requests to another host where `base_url` names one.

    The signature covers the address, so a request that goes elsewhere is signed anew by `sign`.
    """

    def __init__(
        self,
        base_url: str | None,
        sign: Callable[[requests.PreparedRequest], object],
        bounds: Bounds,
    ) -> None:
        super().__init__(bounds)
        self._base = base_url.rstrip("/") if base_url else None
        self._sign = sign

    @override
    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, **options: Any
    ) -> requests.Response:
        """Send as the library does, to the other host."""
        if self._base and request.url:
            request.url = self._base + request.url.removeprefix(_HOST)
            if request.headers.pop("Authorization", None):
                self._sign(request)
            options["proxies"] = get_environ_proxies(request.url)
        return super().send(request, **options)


def failure(error: Exception, name: str) -> NetworkError:
    """What an exception of `Client` means; `name` is the channel's.

    Raises the exception itself when it is none of the network's.
    """
    match error:
        case NetworkError():
            return type(error)(f"{name}: {error}")
        case tweepy.HTTPException():
            return _refusal(name, error.response, error.api_messages)
        case requests.RequestException() if not isinstance(error, requests.JSONDecodeError):
            said = f"{name}: {fault(error) or f'no answer from X: {type(error).__name__}'}"
            return TryLater(said) if never_left(error) else Unanswered(said)
        case (
            tweepy.TweepyException()
            | requests.JSONDecodeError()
            | KeyError()
            | TypeError()
            | ValueError()
            | AttributeError()
        ):
            return Unanswered(f"{name}: X's answer can't be read")
        case _:
            raise error


def _refusal(  # noqa: PLR0911 - one for each kind
    name: str, response: requests.Response, messages: list[str]
) -> NetworkError:
    code = response.status_code
    words = "; ".join(map(str, messages)) or response.reason or ""
    said = redacted(f"{name}: X answered {code}: {words}")
    match code:
        case 429:
            return RateLimited(said, retry_after=resting(response.headers))
        case 401:
            return AccountRefused(
                f"{said}: the keys are refused; generate new ones (see bot/networks/x/network.py)"
            )
        case 402:
            return AccountRefused(
                f"{said}: the credit is used up; buy more at https://developer.x.com"
            )
        case 403:
            return _forbidden(said, response.text.lower())
        case 504:
            return Unanswered(said)  # a gateway passed it on and heard nothing
        # the server's errors, and a request it did not get whole
        case _ if code >= 500 or code == 408:  # noqa: PLR2004
            return TryLater(said)
        case _:
            return Refused(said)


def _forbidden(said: str, body: str) -> NetworkError:
    if "duplicate content" in body:
        return Duplicate(said)
    if any(sign in body for sign in _ACCOUNT):
        return AccountRefused(said)
    return Refused(said)


def resting(headers: Mapping[str, str]) -> float:
    """Seconds until the window ends that X names, or X's own window where it names none."""
    return rest(_REST, lambda: until(float(headers["x-rate-limit-reset"]), headers))
