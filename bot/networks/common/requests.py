"""What everything on the library requests shares: bounds on every exchange, and whether a failed
one can have left.
"""

import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from typing_extensions import override
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    MaxRetryError,
    NameResolutionError,
    NewConnectionError,
)

from bot.networks.common.addresses import Reach, look_up
from bot.networks.common.bounds import PIECE, Bounds
from bot.networks.common.watch import Watch, current

UNSENT = "nothing was sent"
"""Words of errors that say so, for who only reads what a library logs of them."""


class PrivateAddress(requests.ConnectionError):
    """The server stands inside our own network: nothing was asked."""


class Unsent(requests.ConnectionError):
    """The connection broke before anything of the request was sent, as at a proxy's own words."""


class _Private(NewConnectionError):
    """No address of this host may be asked."""


class TooMuch(requests.RequestException):
    """The answer is larger than anything that the server has to say."""


class Adapter(HTTPAdapter):
    """An adapter whose exchanges all keep within `bounds`, and `reach` no other addresses.

    A server that stands elsewhere raises `PrivateAddress`; what a proxy connects to is the proxy's
    to say. A request whose time is over before anything left raises `requests.ConnectTimeout`, one
    that may have left `requests.ReadTimeout`; an answer that is too large raises `TooMuch`.
    """

    def __init__(self, bounds: Bounds, reach: Reach | None = None) -> None:
        super().__init__()
        self._bounds = bounds
        self._reach = reach

    @override
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        _watched(self.poolmanager)

    @override
    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        if not _socks(args[0]):  # its connections are of a kind of their own
            _watched(manager)
        return manager

    @override
    def send(  # type: ignore[override]
        self, request: requests.PreparedRequest, **options: Any
    ) -> requests.Response:
        """Send as the library does, and read the answer, within the bounds."""
        bounds, reach = self._bounds, self._reach
        if reach and not reach.allows_name(urlsplit(str(request.url)).hostname or ""):
            raise PrivateAddress("a private address", request=request)
        options["timeout"] = (bounds.connect, bounds.answer)
        response, failure = None, None
        with Watch(bounds.seconds(_size(request)), reach) as watch:
            watch.left = _socks(select_proxy(str(request.url), options.get("proxies")))
            try:
                response = super().send(request, **options)
                _read(response, bounds.most)
            except requests.RequestException as error:
                failure = error
        if failure or watch.over or response is None:
            raise _meaning(failure, watch, request)
        return response


def _watched(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}


def _socks(proxy: str | None) -> bool:
    return (proxy or "").lower().startswith("socks")


def _size(request: requests.PreparedRequest) -> int:
    return int(request.headers.get("Content-Length") or 0)


def _read(response: requests.Response, most: int) -> None:
    """Read the answer into the place where the library looks for it."""
    content = b""
    if most:
        pieces = []
        for piece in response.iter_content(PIECE):
            most -= len(piece)
            if most < 0:
                response.close()
                raise TooMuch("the answer is too large", request=response.request)
            pieces.append(piece)
        content = b"".join(pieces)
    else:
        response.close()
    # as its own property `content` keeps what it has read
    response._content = content  # noqa: SLF001
    response._content_consumed = True  # type: ignore[attr-defined]  # noqa: SLF001


def _meaning(
    error: requests.RequestException | None, watch: Watch, request: requests.PreparedRequest
) -> requests.RequestException:
    """The library tells an error of TLS, or a silence, while connecting and one while reading by
    the same name.
    """
    over = watch.over and not isinstance(error, TooMuch)
    if error is None or over or isinstance(error, requests.ReadTimeout):
        if watch.left:
            return requests.ReadTimeout("the time is over", request=request)
        return requests.ConnectTimeout(f"the time is over: {UNSENT}", request=request)
    if isinstance(_reason(error), _Private):
        return PrivateAddress("a private address", request=request)
    if watch.left and isinstance(error, requests.exceptions.SSLError):
        return requests.ConnectionError("the connection broke", request=request)
    if not watch.left and isinstance(error, requests.ConnectionError) and not never_left(error):
        return Unsent(f"the connection broke: {UNSENT}", request=request)
    return error


class _Told:
    """Tells the watch of its connection, and when something may have left."""

    _ready = False

    _dns_host: str
    timeout: float | None

    def _new_conn(self) -> socket.socket:
        """Connect as the library does, to an address that may be asked, while there is time."""
        watch = current()
        if watch is None:
            return super()._new_conn()  # type: ignore[misc,no-any-return]
        sock = self._to_one_of(self._addresses(watch), watch)
        watch.hold(sock)
        return sock

    def _addresses(self, watch: Watch) -> list[str]:
        """Look the name up once; those of the addresses that may be asked, at least one."""
        name = self._dns_host
        try:
            addresses = look_up(name, int(getattr(self, "port", 0)), self._seconds(watch))
        except socket.gaierror as error:
            raise NameResolutionError(name, self, error) from error  # type: ignore[arg-type]
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"{name}: no name server answers") from error
        if watch.reach is None or getattr(self, "proxy", None):
            return addresses
        allowed = [address for address in addresses if watch.reach.allows(address)]
        if not allowed:
            raise _Private(self, f"{name} has no public address")  # type: ignore[arg-type]
        return allowed

    def _to_one_of(self, addresses: list[str], watch: Watch) -> socket.socket:
        """Connect to the first that answers, to what was looked at."""
        name, timeout = self._dns_host, self.timeout
        failure: Exception = ConnectTimeoutError(self, "the time is over")
        for address in addresses:
            try:
                self._dns_host, self.timeout = address, self._seconds(watch)
                if self.timeout:
                    return super()._new_conn()  # type: ignore[misc,no-any-return]
            except HTTPError as error:
                failure = error
            finally:
                self._dns_host, self.timeout = name, timeout
        raise failure

    def _seconds(self, watch: Watch) -> float:
        """Seconds for the next step of connecting: the library's own, while the watch has them."""
        return watch.rest if self.timeout is None else min(self.timeout, watch.rest)

    def connect(self) -> None:
        """Connect as the library does; what is said to a proxy meanwhile is no request."""
        self._ready = False
        super().connect()  # type: ignore[misc]
        self._ready = True

    def send(self, data: Any) -> None:
        """Send as the library does, which connects where it has to."""
        if getattr(self, "sock", None) is None:
            self.connect()
        if self._ready and (watch := current()):
            watch.hold(self.sock)  # type: ignore[attr-defined]
            watch.left = True
        super().send(data)  # type: ignore[misc]


class _Connection(_Told, HTTPConnection):
    pass


class _TlsConnection(_Told, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


def never_left(error: BaseException | None) -> bool:
    """True when no connection stood: then the request can't have arrived.

    `InvalidSchema` is also what the library says of a SOCKS proxy, which it can't ask by itself.
    """
    if isinstance(
        error,
        requests.ConnectTimeout
        | requests.exceptions.SSLError
        | requests.exceptions.ProxyError
        | requests.exceptions.InvalidURL
        | requests.exceptions.InvalidSchema,
    ):
        return True
    unsent = isinstance(error, PrivateAddress | Unsent)
    return unsent or isinstance(_reason(error), NewConnectionError)


def _reason(error: BaseException | None) -> Exception | None:
    cause = error.args[0] if isinstance(error, requests.RequestException) and error.args else None
    return cause.reason if isinstance(cause, MaxRetryError) else None
