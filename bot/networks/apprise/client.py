"""One Apprise address as `bot.networks.apprise.network` needs it: Apprise's plugin for it, and what
its log says of a failure.

Apprise answers True or False. Why it failed stands only in what it logs, some of that at DEBUG: a
filter on its logger listens, and lets nothing of a call out, since Apprise names mailboxes there,
in warnings too. What the log does not explain stays unknown.
"""

import logging
import re
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from apprise import AppriseAttachment, NotifyBase
from apprise.plugins.email.base import NotifyEmail
from typing_extensions import override

from bot.errors import (
    AccountRefused,
    NetworkError,
    RateLimited,
    Refused,
    TryLater,
    Unanswered,
)
from bot.model import Picture
from bot.networks.apprise import bounded, literal, mailto
from bot.networks.common import certificates
from bot.networks.common.addresses import INSIDE, Reach
from bot.networks.common.bounds import Bounds
from bot.networks.common.picture import lent
from bot.networks.common.redact import redacted
from bot.networks.common.requests import UNSENT
from bot.networks.mail.account import Account

LEAVE = 0.3
"""Seconds that closing waits for plugins to log out; who stops has five in all."""

_LOG = logging.getLogger("apprise")
_HTTP = re.compile(r"error=(\d{3})\b")
_UNCONNECTED = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeout|Connection refused|Name or service not"
    r" known|No route to host|SSLError|ProxyError|SOCKS support|" + UNSENT
)
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")


@dataclass(frozen=True)
class _Heard:
    """What Apprise logged in one call."""

    warnings: tuple[str, ...]
    everything: str


class _Listener(logging.Filter):
    """Notes what is logged in a call, thread by thread, instead of letting it into the log: it
    comes back as the words of our own error.
    """

    def __init__(self) -> None:
        super().__init__()
        self.records = threading.local()

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        lines: list[tuple[int, str]] | None = getattr(self.records, "lines", None)
        if lines is None:
            return True
        lines.append((record.levelno, record.getMessage()))
        return False


_LISTENER = _Listener()


_SHORTEST_SECRET = 8
"""Characters; what is shorter are words."""


def listen() -> None:
    """Hear what Apprise says from now on.

    To be called before its logger's other filters are set.
    """
    if _LISTENER not in _LOG.filters:
        _LOG.filters.insert(0, _LISTENER)
        _LOG.setLevel(logging.DEBUG)


@contextmanager
def hearing() -> Iterator[list[tuple[int, str]]]:
    """All that Apprise says in this thread meanwhile, with its levels; it stays out of the log."""
    listen()
    heard: list[tuple[int, str]] = []
    _LISTENER.records.lines = heard
    try:
        yield heard
    finally:
        _LISTENER.records.lines = None


class Client:
    """One Apprise address, which may lead to what is in `reach`; None: anywhere.

    Raises `ValueError` for what Apprise can't read.
    """

    def __init__(self, url: str, bounds: Bounds, reach: Reach | None = None) -> None:
        with hearing():
            plugin = bounded.plugin(url, bounds)
        if plugin is None:
            raise ValueError("Apprise can't read it")
        self._plugin: NotifyBase = plugin
        self._bounds = bounds
        self._reach = reach
        #: where mail leaves; None for all other services
        self.account: Account | None = None
        #: what the address asks for and mail doesn't do, as its options are called
        self.left_out: tuple[str, ...] = ()
        if type(plugin) is NotifyEmail:  # what is built on it speaks in ways of its own
            self.account, self.left_out = mailto.account(plugin), mailto.left_out(plugin)
        literal.prepare(plugin)

    @property
    def service(self) -> str:
        """The service's name, for people."""
        return str(self._plugin.service_name)

    @property
    def schemes(self) -> frozenset[str]:
        """The schemes by which Apprise knows the service."""
        return literal.schemes(self._plugin)

    @property
    def host(self) -> str:
        """The server that the address names; of some services it is a part of the secret."""
        return str(self._plugin.host or "")

    @property
    def names_files(self) -> bool:
        """Whether the address names a file (``?template=``), of this machine or of another, that
        would be read for each text.
        """
        kept = vars(self._plugin).values()
        return any(isinstance(each, AppriseAttachment) and len(each) for each in kept)

    @property
    def longest(self) -> int:
        """The number of characters that the service takes in a text."""
        return int(self._plugin.body_maxlen)

    @property
    def takes_titles(self) -> bool:
        """Whether a title is shown by itself.

        Where it isn't, Apprise puts it above the text, and it counts as text.
        """
        return int(self._plugin.title_maxlen) > 0

    @property
    def takes_pictures(self) -> bool:
        """Whether a picture can go with the text."""
        return bool(self._plugin.attachment_support)

    def send(self, text: str, *, title: str, picture: Picture | None) -> None:
        """Send once, to a service other than e-mail. Raises a `NetworkError`."""
        plugin = self._plugin
        given = literal.written(plugin, text, title)
        with (
            hearing() as heard,
            lent(picture) as path,
            self._exchange(picture, len(plugin)) as call,
        ):
            done = plugin.notify(
                body=given.body,
                title=given.title,
                body_format=given.format,
                attach=[str(path)] if path else None,
            )
        if not done:
            warnings = tuple(words for level, words in heard if level >= logging.WARNING)
            said = _Heard(warnings, "\n".join(words for _, words in heard))
            several = len(plugin) > 1
            if call.private and not several:
                raise Refused(f"{self.service}: it {INSIDE}")
            if call.rest is not None and not several:
                raise RateLimited(
                    f"{self.service}: it has had too many requests", retry_after=call.rest
                )
            raise self._failure(said, several=several)

    def patience(self, picture: Picture | None = None) -> float:
        """Seconds after which a call has hung: not all plugins ask in ways that can be bounded, and
        some pause between two requests.
        """
        size = len(picture.data) if picture else 0
        return self._bounds.patience(size, max(1, len(self._plugin)))

    def close(self) -> None:
        """Let go of the plugin, which logs out where it has logged in; nothing is sent afterwards.

        Blocks for as long as that takes.
        """
        plugin = vars(self).pop("_plugin", None)
        if plugin is not None:
            with hearing(), bounded.exchange(self._bounds, self._reach):
                bounded.log_out(plugin)

    def _exchange(
        self, picture: Picture | None, recipients: int
    ) -> AbstractContextManager[bounded.Exchange]:
        total = self._bounds.seconds(len(picture.data) if picture else 0)
        return bounded.exchange(replace(self._bounds, total=total), self._reach, recipients)

    def _failure(self, heard: _Heard, *, several: bool) -> NetworkError:
        if why := certificates.told(heard.everything):
            return TryLater(f"{self.service}: {why}")
        words = _ADDRESS.sub("(an address)", redacted("; ".join(heard.warnings)))
        words = words or "it does not say why"
        if several:
            return Unanswered(f"{self.service}: not all of several recipients took it: {words}")
        return type(_http(heard))(f"{self.service}: {words}")


def _http(heard: _Heard) -> NetworkError:
    match = _HTTP.search("\n".join(heard.warnings))
    if match is None:
        return TryLater() if _UNCONNECTED.search(heard.everything) else Unanswered()
    match int(match[1]):
        case 401 | 402 | 403 | 404 | 410:
            return AccountRefused()  # of a webhook, the address is the account
        case 504:
            return Unanswered()  # a gateway passed it on and heard nothing
        # the server's errors, a request it did not get whole, and one too many, of which what it
        # said stands in the exchange
        case code if code >= 500 or code in (408, 429):  # noqa: PLR2004
            return TryLater()
        case _:
            return Refused()


def pieces(url: str) -> list[str]:
    """The parts of an address that may be secret by themselves.

    A server's name is none, and would hide what a log is about.
    """
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:  # no address at all; all of it may be secret
        host = ""
    return [
        piece
        for piece in re.split(r"[/?&=:@#,]+", url)
        if len(piece) >= _SHORTEST_SECRET and not (piece == host and "." in host)
    ]
