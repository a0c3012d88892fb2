"""X (formerly Twitter), through tweepy and API v2 with OAuth 1.0a keys: text posts.

Setting it up, once:

1. Register at https://developer.x.com with the account that shall post, and make a project with an app. Posting is paid per use: a post costs $0.015,
   one with a link $0.200, looking up a post $0.005, a deletion $0.010 (November 2026). Buy credit and set a spending limit.
2. In the app's "User authentication settings" choose *Read and write*, type *Web app or bot*.
3. Under "Keys and tokens" generate *API key and secret* and, after step 2, *Access token and secret*. Put the four in DRUMBEAT_<ACCOUNT>_API_KEY,
   …_API_SECRET, …_ACCESS_TOKEN and …_ACCESS_TOKEN_SECRET. They don't expire by themselves.
4. Give the account the "Automated" label: Settings, Your account, Account information, Automation, and name the person behind it. X asks this of bots.

Limits: https://docs.x.com (280 weighted characters, every link 23; 100 posts per 15 minutes and user, 10,000 per day and app; rate-limit headers), read
in November 2026.

Pictures stay behind: posts are text. The same text may not go out twice from one account (403), nor through several accounts (X's rules).
"""

import asyncio
import logging
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from html import unescape
from time import time
from typing import Any, ClassVar, TypeVar

import requests
import tweepy
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies
from urllib3.exceptions import MaxRetryError, NewConnectionError

from bot.errors import AccountRefused, Duplicate, NetworkError, RateLimited, Refused, TryLater, Unanswered
from bot.model import Channel, Limits, Message, Receipt, Secret
from bot.networks._redact import conceal, redacted
from bot.networks._thread import in_thread
from bot.networks.base import Network as Base

_LOG = logging.getLogger(__name__)
_SIGNING = ("tweepy.client", "tweepy.auth", "requests_oauthlib.oauth1_auth", "requests_oauthlib.oauth1_session", "oauthlib.oauth1.rfc5849")
_LOGGERS = ("urllib3.connectionpool", "requests", "asyncio")

_HOST = "https://api.twitter.com"  # written into tweepy
_REST = 900.0  # seconds: X's own window, when a 429 doesn't say
_EARLIER = timedelta(minutes=2)  # X's clock and ours may differ

#: what a 403 says, in lower case, when the account and not the text is the reason
_ACCOUNT = (
    "suspended", "locked", "app permissions", "oauth1-permissions", "client-forbidden", "client-not-enrolled", "not-enrolled", "usage-capped",
    "not authorized to", "unsupported-authentication",
)  # fmt: skip

T = TypeVar("T")


class Network(Base):
    """An account on X."""

    SECRETS = ("api_key", "api_secret", "access_token", "access_token_secret")
    LIMITS = Limits(length=280, counter="weighted", link_length=23, per_second=100 / 900, per_day=10_000)
    FINDS = True

    #: seconds to wait for a connection, and for an answer
    CONNECT: ClassVar[float] = 5.0
    ANSWER: ClassVar[float] = 30.0

    def __init__(self, channel: Channel, secrets: Mapping[str, Secret]) -> None:
        super().__init__(channel, secrets)
        conceal(secrets.values(), loggers=_LOGGERS, silent=_SIGNING)
        keys = {field: secrets[field].reveal() for field in self.SECRETS}
        self._client = tweepy.Client(
            consumer_key=keys["api_key"],
            consumer_secret=keys["api_secret"],
            access_token=keys["access_token"],
            access_token_secret=keys["access_token_secret"],
            return_type=dict,
        )
        sign = tweepy.OAuth1UserHandler(*keys.values()).apply_auth()
        self._client.session.max_redirects = 0  # signed requests go nowhere else
        self._client.session.mount(_HOST, _Adapter(channel.base_url, sign, (self.CONNECT, self.ANSWER)))
        self._one_at_a_time = asyncio.Lock()  # a requests session is not made for several threads
        self._own_id = keys["access_token"].partition("-")[0] if "-" in keys["access_token"] else None

    async def send(self, message: Message) -> Receipt:
        """Post the text; raises `Duplicate` when the account has it already."""
        if message.address is not None:
            raise Refused(f"{self.channel.name}: X can't reach single people, only post")
        if message.body.picture is not None:
            _LOG.info("%s: delivery %s goes out without its picture: posts on X are text", self.channel.name, message.key)
        return _receipt(await self._ask(lambda client: str(client.create_tweet(text=message.body.text)["data"]["id"])))

    async def find(self, message: Message) -> Receipt | None:
        """Look through the own posts since `message.since` for this text, links expanded; None when it is not among them."""
        wanted = _canonical(message.body.text)

        def look(client: tweepy.Client) -> str | None:
            return next((str(post["id"]) for post in self._own_posts(client, message) if _canonical(_expanded(post)) == wanted), None)

        found = await self._ask(look, reading=True)
        return None if found is None else _receipt(found)

    async def delete(self, receipt: Receipt, address: str | None) -> None:  # noqa: ARG002 - X has no addresses
        """Delete the post; raises `Refused` when it is gone already."""
        if not await self._ask(lambda client: bool(client.delete_tweet(receipt.id)["data"]["deleted"])):
            raise Refused(f"{self.channel.name}: X did not delete {receipt.url or receipt.id}; remove it by hand")

    async def probe(self) -> str:
        """Ask who we are (a paid read); gives the @name."""
        return await self._ask(lambda client: f"@{client.get_me()['data']['username']}", reading=True)

    async def close(self) -> None:
        """Close the connections."""
        self._client.session.close()

    def _own_posts(self, client: tweepy.Client, message: Message) -> Iterator[Mapping[str, Any]]:
        """All own posts since the first attempt, newest first. Runs in a thread."""
        self._own_id = self._own_id or str(client.get_me()["data"]["id"])
        page: str | None = None
        while True:
            answer = client.get_users_tweets(
                self._own_id,
                start_time=message.since - _EARLIER,
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

    async def _ask(self, call: Callable[[tweepy.Client], T], *, reading: bool = False) -> T:
        """One call in a thread; every failure becomes one of ours, without the library's behind it (it holds the signed request)."""
        try:
            async with self._one_at_a_time:
                return await in_thread(lambda: call(self._client))
        except tweepy.HTTPException as error:
            failure = self._refusal(error.response, error.api_messages)
        except requests.JSONDecodeError:
            failure = Unanswered(f"{self.channel.name}: X's answer can't be read")
        except requests.RequestException as error:
            failure = self._silence(error)
        except (tweepy.TweepyException, KeyError, TypeError, ValueError, AttributeError):
            failure = Unanswered(f"{self.channel.name}: X's answer can't be read")
        if reading and isinstance(failure, Unanswered):
            failure = TryLater(str(failure))  # a question: nothing can have been taken
        raise failure

    def _silence(self, error: requests.RequestException) -> NetworkError:
        said = f"{self.channel.name}: no answer from X: {type(error).__name__}"
        return TryLater(said) if _never_left(error) else Unanswered(said)

    def _refusal(self, response: requests.Response, messages: list[str]) -> NetworkError:  # noqa: PLR0911 - one for each kind
        code = response.status_code
        words = "; ".join(map(str, messages)) or response.reason or ""
        said = redacted(f"{self.channel.name}: X answered {code}: {words}")
        match code:
            case 429:
                return RateLimited(said, retry_after=_retry_after(response.headers))
            case 401:
                return AccountRefused(f"{said}: the keys are refused; generate new ones (see bot/networks/x.py)")
            case 402:
                return AccountRefused(f"{said}: the credit is used up; buy more at https://developer.x.com")
            case 403:
                return _forbidden(said, response.text.lower())
            case 504:
                return Unanswered(said)  # a gateway passed it on and heard nothing
            case _ if code >= 500 or code == 408:  # noqa: PLR2004 - the server's errors, and a request it did not get whole
                return TryLater(said)
            case _:
                return Refused(said)


class _Adapter(HTTPAdapter):
    """Gives tweepy's requests a time-out, which it has none of, and another host where `base_url` names one.

    The signature covers the address, so a request that goes elsewhere is signed anew by `sign`.
    """

    def __init__(self, base_url: str | None, sign: Callable[[requests.PreparedRequest], object], timeout: tuple[float, float]) -> None:
        super().__init__()
        self._base = base_url.rstrip("/") if base_url else None
        self._sign = sign
        self._timeout = timeout

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:  # type: ignore[override]
        """As the library's, with the two changes."""
        if self._base and request.url:
            request.url = self._base + request.url.removeprefix(_HOST)
            if request.headers.pop("Authorization", None):
                self._sign(request)
            options["proxies"] = get_environ_proxies(request.url)
        return super().send(request, **{**options, "timeout": self._timeout})


def _never_left(error: requests.RequestException) -> bool:
    """True when no connection stood: then the request can't have arrived."""
    if isinstance(
        error, requests.ConnectTimeout | requests.exceptions.SSLError | requests.exceptions.ProxyError | requests.exceptions.InvalidURL
    ):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def _forbidden(said: str, body: str) -> NetworkError:
    if "duplicate content" in body:
        return Duplicate(said)
    if any(sign in body for sign in _ACCOUNT):
        return AccountRefused(said)
    return Refused(said)


def _retry_after(headers: Mapping[str, str]) -> float:
    """Seconds until the reset that X names, by X's own clock where it tells the time."""
    try:
        now = parsedate_to_datetime(headers["Date"]).timestamp()
    except (KeyError, ValueError):
        now = time()
    reset = headers.get("x-rate-limit-reset")
    return max(1.0, float(reset) - now) if reset else _REST


def _receipt(post: str) -> Receipt:
    return Receipt(id=post, url=f"https://x.com/i/web/status/{post}")


def _expanded(post: Mapping[str, Any]) -> str:
    """The text as it was sent: X shortens every link and escapes &, < and >."""
    text = unescape(str(post["text"]))
    for link in post.get("entities", {}).get("urls", []):
        text = text.replace(link["url"], link.get("expanded_url", link["url"]))
    return text


def _canonical(text: str) -> str:
    """What two texts are compared by: X adds a scheme or a final slash to links, and may drop marks that nobody sees."""
    seen = "".join(sign for sign in unicodedata.normalize("NFC", text) if unicodedata.category(sign) != "Cf")
    return " ".join(word.rstrip("/") for word in re.sub(r"https?://", "", seen, flags=re.IGNORECASE).split())
