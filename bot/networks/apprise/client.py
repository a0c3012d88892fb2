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
from copy import copy
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from apprise import NotifyBase, NotifyFormat
from apprise.plugins.email.base import NotifyEmail
from apprise.plugins.email.smtp import SMTP_EXCEPTIONS, AppriseSMTPController
from typing_extensions import override

from bot.errors import (
    AccountRefused,
    Blocked,
    NetworkError,
    RateLimited,
    Refused,
    TryLater,
    Unanswered,
)
from bot.model import Letter, Picture
from bot.networks.apprise import bounded
from bot.networks.common import certificates
from bot.networks.common.addresses import INSIDE, Reach
from bot.networks.common.bounds import Bounds
from bot.networks.common.picture import lent
from bot.networks.common.redact import redacted
from bot.networks.common.requests import UNSENT

LEAVE = 0.3
"""Seconds that closing waits for plugins to log out; who stops has five in all."""

_LOG = logging.getLogger("apprise")
_HTTP = re.compile(r"error=(\d{3})\b")
_SMTP = re.compile(r"[(\s](\d{3})[, ]+b['\"]")
_UNCONNECTED = re.compile(
    r"NewConnectionError|NameResolutionError|ConnectTimeout|Connection refused|Name or service not"
    r" known|No route to host|SSLError|ProxyError|SOCKS support|" + UNSENT
)
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
_NOT_LET_IN = frozenset({"530", "534", "535"})


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
        self.email = isinstance(plugin, NotifyEmail)

    @property
    def service(self) -> str:
        """The service's name, for people."""
        return str(self._plugin.service_name)

    @property
    def schemes(self) -> frozenset[str]:
        """The schemes by which Apprise knows the service."""
        known: set[str] = set()
        for schemes in (self._plugin.protocol, self._plugin.secure_protocol):
            known.update((schemes,) if isinstance(schemes, str) else schemes or ())
        return frozenset(known)

    @property
    def host(self) -> str:
        """The server that the address names; of some services it is a part of the secret."""
        return str(self._plugin.host or "")

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

    def send(
        self,
        text: str,
        *,
        title: str,
        picture: Picture | None,
        address: str | None,
        letter: Letter | None = None,
    ) -> None:
        """Send once; with an `address`, to this e-mail address alone. Raises a `NetworkError`."""
        plugin = self._plugin if address is None else self._to(address, letter)
        with (
            hearing() as heard,
            lent(picture) as path,
            self._exchange(picture, len(plugin)) as call,
        ):
            done = plugin.notify(
                body=text,
                title=title,
                body_format=NotifyFormat.TEXT,
                attach=[str(path)] if path else None,
            )
        if not done:
            warnings = tuple(words for level, words in heard if level >= logging.WARNING)
            said = _Heard(warnings, "\n".join(words for _, words in heard))
            several = address is None and len(plugin) > 1
            if call.private and not several:
                raise Refused(f"{self.service}: it {INSIDE}")
            if call.rest is not None and not several:
                raise RateLimited(
                    f"{self.service}: it has had too many requests", retry_after=call.rest
                )
            raise self._failure(said, several=several, address=address)

    def login(self) -> None:
        """Connect and log in, where that can be done without sending anything: by e-mail.

        Raises a `NetworkError`.
        """
        if not isinstance(self._plugin, NotifyEmail):
            return
        plugin = self._plugin
        mail = AppriseSMTPController(
            host=plugin.smtp_host,
            port=plugin.port or 0,
            secure_mode=plugin.secure_mode or "insecure",
            user=plugin.user,
            password=plugin.password,
            verify_certificate=plugin.verify_certificate,
            socket_connect_timeout=plugin.socket_connect_timeout,
        )
        try:
            with bounded.exchange(self._bounds), mail:
                return
        except SMTP_EXCEPTIONS as error:
            why = certificates.fault(error)
            failure = (
                TryLater(why)
                if why
                else _mail(_Heard(("Connection error",), f" {error}"), person=False)
            )
        raise failure

    def patience(self, picture: Picture | None = None, address: str | None = None) -> float:
        """Seconds after which a call has hung: not all plugins ask in ways that can be bounded, and
        some pause between two requests.
        """
        recipients = 1 if address else max(1, len(self._plugin))
        size = len(picture.data) if picture else 0
        return self._bounds.patience(size, recipients)

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

    def _to(self, address: str, letter: Letter | None) -> NotifyBase:
        plugin = copy(self._plugin)
        vars(plugin).update(targets=[(False, address)], cc=set(), bcc=set())
        if letter is not None:
            vars(plugin).update(headers={**vars(plugin).get("headers", {}), **letter.headers})
            if letter.reply_to:
                vars(plugin).update(reply_to={letter.reply_to})
        return plugin

    def _failure(self, heard: _Heard, *, several: bool, address: str | None) -> NetworkError:
        person = address is not None
        if why := certificates.told(heard.everything):
            return TryLater(f"{self.service}: {why}")
        words = _without_addresses(redacted("; ".join(heard.warnings)), address)
        words = words or "it does not say why"
        if several and "Connection error" not in words:
            return Unanswered(f"{self.service}: not all of several recipients took it: {words}")
        failure = _mail(heard, person=person) if self.email else _http(heard)
        return type(failure)(f"{self.service}: {words}{_code(heard) if self.email else ''}")


def _without_addresses(words: str, person: str | None) -> str:
    """What a server said, without any e-mail address, nor the name in the person's: errors are kept
    with the delivery, told and logged.
    """
    if person is not None:
        whole, name = re.escape(person), re.escape(person.partition("@")[0])
        words = re.sub(rf"(?i)(?<!\w){whole}(?!\w)", "(the address)", words)
        words = re.sub(rf"(?i)(?<![\w(]){name}(?![\w)])", "(the address)", words)
    return _ADDRESS.sub("(an address)", words)


def _code(heard: _Heard) -> str:
    code = _SMTP.search(heard.everything)
    return f" (the mail server answered {code[1]})" if code else ""


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


def _mail(heard: _Heard, *, person: bool) -> NetworkError:
    match = _SMTP.search(heard.everything)
    if match is not None and match[1] in _NOT_LET_IN:
        return AccountRefused("the mail server refuses the name or the password")
    if any("Connection error" in words for words in heard.warnings):
        return TryLater("no connection to the mail server")  # it got no further than the login
    if match is None:
        return Unanswered()
    if match[1].startswith("4"):
        return TryLater()
    refused = "was refused" in "\n".join(heard.warnings) or re.search(
        r"\{'[^']*': \(", heard.everything
    )
    return Blocked() if person and refused else Refused()


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
