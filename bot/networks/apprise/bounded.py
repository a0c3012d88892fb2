"""Apprise's plugins within bounds: what they ask of others has an end, goes where the address says
and nowhere else, and a service that wants to be left alone is left alone.

Plugins call the libraries requests and smtplib by the names of these modules, so that is where they
are given ours. What a call may do stands in its `Exchange`.
"""

import functools
import re
import smtplib
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import IO, Any

import requests
from apprise import Apprise, NotifyBase
from apprise.plugins.email import smtp
from apprise.plugins.email.base import NotifyEmail
from typing_extensions import override

from bot import domains
from bot.networks.common.addresses import Reach, look_up
from bot.networks.common.bounds import API, Bounds
from bot.networks.common.names import own_name
from bot.networks.common.requests import Adapter, PrivateAddress
from bot.networks.common.rest import rest
from bot.networks.common.watch import Watch, current

_HOST = re.compile(
    r"(?P<before>[^:/?#]+://(?:[^/?#]*@)?)(?P<host>[^/?#@:]+)(?P<after>.*)", re.DOTALL
)
_TOO_MANY = 429
_REST = 60.0  # seconds, when a 429 doesn't say
_LONGEST_REST = 3_600.0  # seconds: whatever a service says, we ask again after an hour


class Limited(requests.RequestException):
    """The service has had too many requests; plugins would wait and ask again themselves."""


@dataclass(kw_only=True)
class Exchange:
    """One call of a plugin, with all that it asks."""

    #: of each request
    bounds: Bounds
    #: how many recipients it is for, one after the other
    recipients: int = 1
    #: where it may lead; None: anywhere
    reach: Reach | None = None
    #: it led into our own network, and nothing was asked there
    private: bool = False
    #: when its time is over, by the monotonic clock
    until: float = field(init=False)
    #: seconds that the service wants to rest, where it said that it has had too many requests
    rest: float | None = None

    def __post_init__(self) -> None:
        self.until = monotonic() + self.seconds

    @property
    def seconds(self) -> float:
        """Seconds for the whole of it."""
        return self.bounds.total * max(1, self.recipients)


_exchange: ContextVar[Exchange | None] = ContextVar("exchange", default=None)


def plugin(url: str, bounds: Bounds) -> NotifyBase | None:
    """The plugin for an address, which keeps to our rules; None for what Apprise can't read.

    Apprise knows no host beyond ASCII: of ``ntfys://bücher.example/topic`` it makes a topic of
    ntfy.sh, where everybody can read. So the host is given as servers take it.
    """
    with suppress(ValueError):
        return _made(_on_the_wire(url), bounds)
    return None


def _made(url: str, bounds: Bounds) -> NotifyBase | None:
    made: NotifyBase | None = Apprise.instantiate(url)
    if made is None:
        return None
    made.redirects = False  # whatever the address says
    # SMTP knows only one, and some servers let callers wait
    connect = bounds.answer if isinstance(made, NotifyEmail) else bounds.connect
    made.socket_connect_timeout, made.socket_read_timeout = connect, bounds.answer
    for kind in type(made).__mro__:
        module = sys.modules[kind.__module__]
        if getattr(module, "requests", None) is requests:
            vars(module)["requests"] = _REQUESTS
    return made


def _on_the_wire(url: str) -> str:
    """Return the address with its host in seven bits. Raises `ValueError` where that is none."""
    parts = _HOST.fullmatch(url)
    if parts is None or parts["host"].isascii():
        return url
    return f"{parts['before']}{domains.on_the_wire(parts['host'])}{parts['after']}"


@contextmanager
def exchange(bounds: Bounds, reach: Reach | None = None, recipients: int = 1) -> Iterator[Exchange]:
    """The time in which a plugin is called, in one thread."""
    call = Exchange(bounds=bounds, reach=reach, recipients=recipients)
    outer = _exchange.set(call)
    try:
        with Watch(call.seconds):  # of mail; each request has one of its own
            yield call
    finally:
        _exchange.reset(outer)


def log_out(made: NotifyBase) -> None:
    """Let a plugin log out where it has logged in, as well as it can; to be called in an exchange.

    By itself it does so only when it is thrown away, and some are in rings, which nobody sees go.
    """
    leave = getattr(made, "__del__", None)
    if leave is not None:
        with suppress(Exception):
            leave()


class _Requests:
    """The library requests as plugins call it, each call in a session of its own."""

    _POSITIONAL = {"get": ("params",), "post": ("data", "json"), "put": ("data",)}  # noqa: RUF012

    def __getattr__(self, name: str) -> Any:
        if name in ("get", "post", "put", "patch", "delete", "head", "options"):
            return functools.partial(self._named, name)
        return getattr(requests, name)

    def _named(self, method: str, url: str, *values: Any, **options: Any) -> requests.Response:
        options |= dict(zip(self._POSITIONAL.get(method, ()), values, strict=False))
        return self.request(method, url, **options)

    @staticmethod
    def request(method: str, url: str, **options: Any) -> requests.Response:
        """Ask once, within what is left of the exchange, and follow no redirect."""
        call = _exchange.get()
        if call is None or sys.is_finalizing():  # plugins that are thrown away log out
            raise Limited("nothing is asked outside of a call")
        left = call.until - monotonic()
        if left <= 0 or call.rest is not None:
            raise Limited("nothing more is asked in this call")
        with requests.Session() as session:
            for scheme in ("https://", "http://"):
                session.mount(
                    scheme,
                    Adapter(replace(call.bounds, total=min(left, call.bounds.total)), call.reach),
                )
            try:
                answer = session.request(method, url, **{**options, "allow_redirects": False})
            except PrivateAddress:
                call.private = True
                raise
        if answer.status_code == _TOO_MANY:
            call.rest = _rest(answer)
            raise Limited("too many requests")
        return answer


_REQUESTS = _Requests()


def _rest(answer: requests.Response) -> float:
    """Seconds for which the service wants to be left alone, as it says: Matrix and Discord in the
    answer, others in its head.
    """
    try:
        said = answer.json()
    except (ValueError, RecursionError):
        said = None
    said = said if isinstance(said, dict) else {}
    return min(
        _LONGEST_REST,
        rest(
            _REST,
            lambda: float(said["retry_after_ms"]) / 1_000,
            lambda: float(said["retry_after"]),
            lambda: float(answer.headers["Retry-After"]),
        ),
    )


class _Lines:
    """The answers of a mail server, which come to an end."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file = file
        self._left = most

    def readline(self, size: int) -> bytes:
        """A whole line; raises `OSError` for a part of one, and when the server says too much.

        What stands before a connection breaks would be read as an answer: "25" as a refusal.
        """
        line = self._file.readline(size)
        self._left -= len(line)
        if self._left < 0:
            raise OSError("the mail server says too much")
        if line and len(line) < size and not line.endswith(b"\n"):
            raise OSError("the mail server broke off")
        return line

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class _Watched(smtplib.SMTP):
    """Mail within the bounds of its exchange."""

    def __init__(
        self, host: str = "", port: int = 0, local_hostname: str | None = None, **options: Any
    ) -> None:
        # else the library looks up this machine's own name, without an end
        super().__init__(host, port, local_hostname or _own_name(), **options)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return _held(_connected(super()._get_socket, host, port, timeout))  # type: ignore[misc]

    @override
    def starttls(self, *args: Any, **options: Any) -> tuple[int, bytes]:
        answer = super().starttls(*args, **options)
        if self.sock is not None:
            _held(self.sock)
        return answer

    @override
    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            call = _exchange.get() or Exchange(bounds=API)
            self.file = _Lines(self.sock.makefile("rb"), call.bounds.most)
        return super().getreply()


class _WatchedTls(_Watched, smtplib.SMTP_SSL):
    """Mail over TLS from the first byte within the bounds of its exchange."""


def _own_name() -> str:
    """The name by which we greet a mail server, as the library finds it; this machine's address
    where no name server says one in time.
    """
    watch = current()
    seconds = min(API.connect, watch.rest) if watch else API.connect
    try:
        return own_name().result(seconds)
    except (OSError, UnicodeError):
        return "[127.0.0.1]"


def _connected(
    connect: Callable[[str, int, float], socket.socket], host: str, port: int, timeout: float
) -> socket.socket:
    """Connect to one of the addresses of a mail server, name and all within the time-out.

    Raises `OSError`.
    """
    watch = current()
    until = monotonic() + (min(timeout, watch.rest) if watch else timeout)
    failure: OSError = TimeoutError("the time is over")
    for address in look_up(host, port, until - monotonic()):
        left = until - monotonic()
        if left > 0:
            try:
                sock = connect(address, port, left)
            except OSError as error:
                failure = error
            else:
                sock.settimeout(timeout)
                return sock
    raise failure


def _held(sock: socket.socket) -> socket.socket:
    if watch := current():
        watch.hold(sock)
    return sock


class _Smtplib:
    """The library smtplib as Apprise calls it."""

    SMTP = _Watched
    SMTP_SSL = _WatchedTls

    def __getattr__(self, name: str) -> Any:
        return getattr(smtplib, name)


vars(smtp)["smtplib"] = _Smtplib()
