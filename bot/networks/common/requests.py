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
from urllib3.exceptions import HTTPError, MaxRetryError, NameResolutionError, NewConnectionError

from bot.networks.common.addresses import Reach
from bot.networks.common.bounds import PIECE, Bounds
from bot.networks.common.watch import Watch, current


class PrivateAddress(requests.ConnectionError):
    """The server stands inside our own network: nothing was asked."""


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
        kind = requests.ReadTimeout if watch.left else requests.ConnectTimeout
        return kind("the time is over", request=request)
    if isinstance(_reason(error), _Private):
        return PrivateAddress("a private address", request=request)
    if watch.left and isinstance(error, requests.exceptions.SSLError):
        return requests.ConnectionError("the connection broke", request=request)
    return error


class _Told:
    """Tells the watch of its connection, and when something may have left."""

    _ready = False

    _dns_host: str

    def _new_conn(self) -> socket.socket:
        """Connect as the library does, to an address that may be asked."""
        watch = current()
        direct = not getattr(self, "proxy", None)
        sock: socket.socket = (
            self._to_one_of(watch.reach)
            if watch and watch.reach and direct
            else super()._new_conn()  # type: ignore[misc]
        )
        if watch:
            watch.hold(sock)
        return sock

    def _to_one_of(self, reach: Reach) -> socket.socket:
        """Look the name up once, and connect to what was looked at."""
        name, port = self._dns_host, int(getattr(self, "port", 0))
        try:
            addresses = reach.addresses(name, port)
        except socket.gaierror as error:
            raise NameResolutionError(name, self, error) from error  # type: ignore[arg-type]
        cause = f"{name} has no public address"
        failure: Exception = _Private(self, cause)  # type: ignore[arg-type]
        for address in addresses:
            try:
                self._dns_host = address
                return super()._new_conn()  # type: ignore[misc,no-any-return]
            except HTTPError as error:
                failure = error
            finally:
                self._dns_host = name
        raise failure

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
    """True when no connection stood: then the request can't have arrived."""
    if isinstance(
        error,
        requests.ConnectTimeout
        | requests.exceptions.SSLError
        | requests.exceptions.ProxyError
        | requests.exceptions.InvalidURL,
    ):
        return True
    return isinstance(error, PrivateAddress) or isinstance(_reason(error), NewConnectionError)


def _reason(error: BaseException | None) -> Exception | None:
    cause = error.args[0] if isinstance(error, requests.RequestException) and error.args else None
    return cause.reason if isinstance(cause, MaxRetryError) else None
