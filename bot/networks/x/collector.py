"""Hashtag usage on X: `GET /2/tweets/counts/recent`, through tweepy with an app-only bearer token.

Counts only: X names no author here.

Setting it up: in the app that posts (see `bot/networks/x/network.py`), under "Keys and tokens",
generate a *Bearer Token* and put it into DRUMBEAT_<ACCOUNT>_BEARER_TOKEN, ACCOUNT being that of the
channel that `[usage] x` names. Every call is paid: $0.005 (November 2026), whatever it counts; an
hourly call for one hashtag is $43.80 a year. X tells the last seven days in hours, so a longer
interval loses no hour.

Limits: 300 calls per 15 minutes, seven days back.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import requests
import tweepy
from requests.utils import get_environ_proxies
from typing_extensions import override

from bot.errors import AccountRefused, NetworkError, RateLimited, Refused, TryLater
from bot.model.counting import Sample
from bot.networks.common.bounds import Bounds
from bot.networks.common.certificates import fault
from bot.networks.common.requests import Adapter
from bot.networks.counting import Ask, Found, Place
from bot.networks.counting import Collector as Base
from bot.networks.x.client import resting
from bot.text import normal

_HOST = "https://api.twitter.com"  # written into tweepy
_HOUR = timedelta(hours=1)

BLIND = ("posts of protected accounts", "authors", "reposts")


class Collector(Base):
    """Counts on X, which gives numbers by the hour."""

    SECRETS = ("bearer_token",)
    LOGGERS = ("urllib3.connectionpool", "requests")
    SILENT = ("tweepy.client",)  # logs the header with the token
    KIND = "count"

    def __init__(self, places: Sequence[Place]) -> None:
        super().__init__(places)
        [self._place] = self.places
        self._client = tweepy.Client(
            bearer_token=self._place.secrets["bearer_token"].reveal(), return_type=dict
        )
        self._client.session.max_redirects = 0  # the token goes nowhere else
        self._client.session.mount(_HOST, _Adapter(self._place.url, self.BOUNDS))

    @override
    def collect(self, ask: Ask) -> Found:
        """Ask for all seven days: the call costs the same, and what X has revised since comes with
        it.
        """
        # X calls a start that is older than seven days an error, and its clock may be ahead of
        # ours.
        oldest = (ask.now - self.REACH).replace(minute=0, second=0, microsecond=0) + 2 * _HOUR
        query = f"{ask.tag} -is:retweet"
        calls = 0
        try:
            answer: Any = self._client.get_recent_tweets_count(
                query, granularity="hour", start_time=oldest
            )
            calls = 1
            if answer.get("errors") or not answer["data"]:
                # it is told as what can't be read
                raise ValueError("an incomplete answer counts too little")  # noqa: TRY301
            samples = tuple(
                _sample(bucket, ask, query, self._place.name) for bucket in answer["data"]
            )
        except (
            tweepy.TweepyException,
            requests.RequestException,
            KeyError,
            TypeError,
            ValueError,
            AttributeError,
        ) as error:
            return Found(samples=(), calls=calls, troubles={self._place.name: self._trouble(error)})
        return Found(samples=samples, calls=calls)

    @override
    def close(self) -> None:
        self._client.session.close()

    def _trouble(self, error: Exception) -> NetworkError:
        name = self._place.name
        if isinstance(error, tweepy.HTTPException):
            return _refusal(name, error)
        if isinstance(error, requests.RequestException) and not isinstance(
            error, requests.JSONDecodeError
        ):
            why = fault(error) or f"no answer from X: {type(error).__name__}"
            return TryLater(f"{name}: {why}")
        return TryLater(f"{name}: X's answer can't be read")


class _Adapter(Adapter):
    """Sends tweepy's requests to another host where the place has one."""

    def __init__(self, base_url: str | None, bounds: Bounds) -> None:
        super().__init__(bounds)
        self._base = base_url.rstrip("/") if base_url else None

    @override
    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, **options: Any
    ) -> requests.Response:
        """Send as the library does, to the other host."""
        if self._base and request.url:
            request.url = self._base + request.url.removeprefix(_HOST)
            options["proxies"] = get_environ_proxies(request.url)
        return super().send(request, **options)


def _sample(bucket: Any, ask: Ask, query: str, source: str) -> Sample:
    # X's older description says tweet_count, its newer one post_count.
    count = bucket["post_count"] if "post_count" in bucket else bucket["tweet_count"]
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise ValueError("a count is a whole number")
    return Sample(
        tag=normal(ask.tag),
        network="x",
        source=source,
        query=query,
        start=datetime.fromisoformat(bucket["start"]),
        end=datetime.fromisoformat(bucket["end"]),
        resolution=int(_HOUR.total_seconds()),
        reposts=False,
        collected=ask.now,
        uses=count,
        blind=BLIND,
    )


def _refusal(name: str, error: tweepy.HTTPException) -> NetworkError:
    code = error.response.status_code
    said = (
        f"{name}: X answered {code}:"
        f" {'; '.join(map(str, error.api_messages)) or error.response.reason or ''}"
    )
    match code:
        case 429:
            return RateLimited(said, retry_after=resting(error.response.headers))
        case 401 | 403:
            return AccountRefused(
                f"{said}: the bearer token is refused; generate a new one (see bot/networks/x)"
            )
        case 402:
            return AccountRefused(
                f"{said}: the credit is used up; buy more at https://developer.x.com"
            )
        # the server's errors, and a request it did not get whole
        case _ if code >= 500 or code == 408:  # noqa: PLR2004
            return TryLater(said)
        case _:
            return Refused(said)
