"""A Mastodon server's API as `bot.networks.mastodon.network` needs it: Mastodon.py on a session of
ours, and what its errors mean.

Calls block and are for one thread at a time. Nothing is retried here, and no redirect is followed.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from html.parser import HTMLParser
from time import monotonic, sleep, time
from typing import Any

import requests
from mastodon import (
    Mastodon,
    MastodonAPIError,
    MastodonError,
    MastodonNetworkError,
    MastodonNotFoundError,
    MastodonRatelimitError,
)
from typing_extensions import override

from bot.errors import AccountRefused, NetworkError, RateLimited, Refused, TryLater, Unanswered
from bot.networks.common.bounds import Bounds
from bot.networks.common.certificates import fault
from bot.networks.common.redact import redacted
from bot.networks.common.requests import Adapter, never_left
from bot.networks.common.rest import rest

REST = 300.0  # seconds: Mastodon's own window, when a 429 doesn't say
_LOOK = 1.0  # seconds between two looks at a picture's state
_PAGE = 40
_BOOSTS = 5  # of one status, that are taken back at once
_TIMELINE = re.compile(r"/api/v1/accounts/[^/]+/statuses\b")

#: what a 403 says, in lower case, when the account and not the text is the reason
_ACCOUNT = (
    "outside the authorized scopes",
    "login is currently disabled",
    "login is currently pending",
    "suspended",
    "confirm your e-mail",
)


class _Api(Mastodon):
    """Mastodon.py, without its questions about the server's version: servers of other makes have
    other ones, or none.
    """

    # as the library calls it
    @override
    def verify_minimum_version(
        self,
        version_str: str,
        cached: bool = False,
    ) -> bool:
        return True

    @override
    def timeline_is_available(self, *_: Any, **__: Any) -> bool:
        """The answer to the page says that."""
        return True

    def settings(self) -> Any:
        """What the instance says of itself.

        Without the slash that the library puts behind the page's address: GoToSocial answers that
        with a redirect, snac with 404.
        """
        ask = getattr(self, "_Mastodon__api_request")  # noqa: B009 - mypy sees no private name
        return ask("GET", "/api/v2/instance", override_type=dict)


class Client:
    """One account on one Mastodon instance."""

    def __init__(self, token: str, base_url: str, bounds: Bounds) -> None:
        self._session = requests.Session()
        self._session.max_redirects = 0
        self._session.hooks["response"].append(_timeline_is_a_list)
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, Adapter(bounds))
        self._api = _Api(
            access_token=token,
            api_base_url=base_url,
            ratelimit_method="throw",
            request_timeout=bounds.answer,  # the adapter knows all
            version_check_mode="none",
            session=self._session,
            user_agent="drumbeat",
        )
        self._own_id: str | None = None

    def post(self, text: str, key: str, **fields: Any) -> tuple[str, str | None]:
        """Post a status under an idempotency key; gives its id and address.

        `fields` are those of Mastodon.py's `status_post`.
        """
        try:
            status = self._api.status_post(text, idempotency_key=key, **fields)
        except MastodonNotFoundError:
            # Under this key the server remembers a status that was deleted since; it forgets after
            # an hour.
            raise TryLater(
                "the server still remembers a deleted post in the place of this one"
            ) from None
        return _text(status["id"]), status.get("url")

    def upload(self, content: bytes, mime: str, name: str, alt: str, *, patience: float) -> str:
        """Upload a picture and wait until it is processed, at most so many seconds; gives its id.

        Raises `TryLater` too.
        """
        until = monotonic() + patience
        media = self._api.media_post(content, mime_type=mime, file_name=name, description=alt)
        number = _text(media["id"])
        # Without an address it is not processed yet, and posting it now would post without it.
        while not media.get("url"):
            if monotonic() + _LOOK > until:
                raise TryLater("the server is still processing the picture")
            sleep(_LOOK)
            media = self._api.media(number)
        return number

    def statuses_since(self, since: datetime) -> Iterator[tuple[str, str | None, str]]:
        """Our own statuses since then, newest first: id, address, text."""
        self._own_id = self._own_id or _text(self._api.account_verify_credentials()["id"])
        last: str | None = None
        while page := self._api.account_statuses(
            self._own_id, exclude_reblogs=True, max_id=last, limit=_PAGE
        ):
            for status in page:
                if status["created_at"] < since:
                    return
                last = _text(status["id"])
                yield last, status.get("url"), plain(status["content"])

    def delete(self, status: str) -> None:
        """Delete a status of our own; what is gone already is gone."""
        with suppress(MastodonNotFoundError):
            self._api.status_delete(status)

    def tagged(self, word: str, since: datetime, pages: int) -> Iterator[Mapping[str, Any]]:
        """Statuses of everybody with this hashtag (without '#') since then, newest first, as far as
        so many pages reach.
        """
        last: str | None = None
        for _ in range(pages):
            page = self._api.timeline_hashtag(word, limit=_PAGE, max_id=last)
            for status in page:
                if status["created_at"] < since:
                    return
                last = _text(status["id"])
                yield status
            if not page:
                return

    def boost(self, status: str) -> None:
        """Boost a status, unless it is boosted already: GoToSocial would boost it twice."""
        if not self._api.status(status).get("reblogged"):
            self._api.status_reblog(status)

    def unboost(self, status: str) -> None:
        """Take the boost of a status back.

        The server says nothing when there is none, or the status is gone. Where an earlier version
        boosted it several times, each is taken back; raises `TryLater` when one stays.
        """
        with suppress(MastodonNotFoundError):
            for _ in range(_BOOSTS):
                self._api.status_unreblog(status)
                if not self._api.status(status).get("reblogged"):
                    return
            raise TryLater(f"the server still shows a boost of {status}")

    def stands(self, status: str) -> bool:
        """Whether the server still has the status."""
        try:
            return bool(_text(self._api.status(status)["id"]))
        except MastodonNotFoundError:
            return False

    def reactions(self, status: str) -> Mapping[str, Any] | None:
        """A status of our own with its counts; None where the server says that it has it no longer.

        Raises the library's error where some other page says so, such as that of a proxy.
        """
        try:
            told: Mapping[str, Any] = self._api.status(status)
        except MastodonAPIError as error:
            if _says_gone(error):
                return None
            raise
        if _text(told["id"]) != status:
            raise ValueError("another status")
        return told

    def whoami(self) -> tuple[str, str]:
        """Ask for the name of our own account, and who sees its posts where we don't say it; '' for
        what the server doesn't tell.
        """
        account = self._api.account_verify_credentials()
        source = account.get("source")
        privacy = source.get("privacy") if isinstance(source, Mapping) else None
        return _text(account["acct"]), str(privacy or "")

    def configuration(self) -> Mapping[str, Any]:
        """What the instance says it takes: the field `configuration` of /api/v2/instance, empty
        where it says nothing, or has no such page.
        """
        try:
            settings = self._api.settings().get("configuration")
        except MastodonNotFoundError:
            return {}
        return settings if isinstance(settings, Mapping) else {}

    def rest(self) -> float:
        """Seconds until the server takes requests again, as its last answer said."""
        reset = self._api.ratelimit_reset
        return rest(REST, lambda: float(reset or "") - time())

    def close(self) -> None:
        """Close the connections that the library holds open."""
        self._session.close()


def _timeline_is_a_list(response: requests.Response, **_: object) -> None:
    """Mastodon.py makes an empty list of any empty answer.

    A timeline that can't be read would look like one without our post.
    """
    if (
        response.ok
        and _TIMELINE.match(response.request.path_url)
        and not isinstance(response.json(), list)
    ):
        raise TypeError("a timeline is a list")


def failure(error: Exception, name: str, rest: float) -> NetworkError:
    """What an exception of `Client` means; `name` is the channel's.

    Raises the exception itself when it is none of the network's.
    """
    match error:
        case NetworkError():
            return type(error)(f"{name}: {error}")
        case MastodonRatelimitError() if "Hit rate limit" in str(error):
            return RateLimited(f"{name}: the instance answered 429", retry_after=rest)
        case MastodonNetworkError():
            cause = error.__context__
            why = fault(cause) or f"no answer from the instance: {type(cause).__name__}"
            said = f"{name}: {why}"
            return TryLater(said) if never_left(cause) else Unanswered(said)
        case MastodonAPIError() if len(error.args) > 1 and isinstance(error.args[1], int):
            words = next((str(word) for word in error.args[:1:-1] if word), "")
            return _by_status(
                error.args[1], redacted(f"{name}: the instance answered {error.args[1]}: {words}")
            )
        case MastodonError() | KeyError() | TypeError() | ValueError() | AttributeError():
            return Unanswered(f"{name}: the instance's answer can't be read")
        case _:
            raise error


def _by_status(code: int, said: str) -> NetworkError:
    match code:
        case 401:
            return AccountRefused(
                f"{said}: the token is refused; make a new one (see bot/networks/mastodon)"
            )
        case 402:
            return AccountRefused(said)
        case 403 if any(sign in said.lower() for sign in _ACCOUNT):
            return AccountRefused(
                f"{said}: look at the account and the application's rights on the instance"
            )
        case 504:
            return Unanswered(said)  # a gateway passed it on and heard nothing
        # the server's errors, and a request it did not get whole
        case _ if code >= 500 or code == 408:  # noqa: PLR2004
            return TryLater(said)
        case _:
            return Refused(said)


def _says_gone(error: MastodonAPIError) -> bool:
    """Whether the server itself says so: the library has words of its own for a page without."""
    _, code, _, words = (*error.args, None, None, None, None)[:4]
    return code in (404, 410) and bool(words) and words != "Endpoint not found."


def _text(value: object) -> str:
    if not isinstance(value, str | int) or value == "":
        raise ValueError("an id or a name is missing")
    return str(value)


def plain(html: str) -> str:
    """Return the text of a status, without the tags of its HTML."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return "".join(reader.pieces)


class _Reader(HTMLParser):
    """The text of a status: its server makes paragraphs, line breaks and links of it."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("br", "p"):
            self.pieces.append("\n")

    @override
    def handle_data(self, data: str) -> None:
        self.pieces.append(data)
