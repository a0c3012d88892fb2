"""What everything on the library requests shares: bounds on every exchange, and whether a failed
one can have left.
"""

import socket
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from typing_extensions import override
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import MaxRetryError, NewConnectionError

from bot.networks.common.bounds import Bounds
from bot.networks.common.watch import Watch, current

_PIECE = 4_096
"""Bytes of an answer that are unpacked at a time: packed ones grow a thousandfold."""


class TooMuch(requests.RequestException):
    """The answer is larger than anything that the server has to say."""


class Adapter(HTTPAdapter):
    """An adapter whose exchanges all keep within `bounds`.

    A request whose time is over before anything left raises `requests.ConnectTimeout`, one that
    may have left `requests.ReadTimeout`; an answer that is too large raises `TooMuch`.
    """

    def __init__(self, bounds: Bounds) -> None:
        super().__init__()
        self._bounds = bounds

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
        bounds = self._bounds
        options["timeout"] = (bounds.connect, bounds.answer)
        response, failure = None, None
        with Watch(bounds.seconds(_size(request))) as watch:
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
        for piece in response.iter_content(_PIECE):
            most -= len(piece)
            if most < 0:
                response.close()
                raise TooMuch("the answer is too large", request=response.request)
            pieces.append(piece)
        content = b"".join(pieces)
    else:
        response.close()
    # as its own property `content` keeps what it has read
    response._content, response._content_consumed = content, True  # type: ignore[attr-defined]  # noqa: SLF001


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
    if watch.left and isinstance(error, requests.exceptions.SSLError):
        return requests.ConnectionError("the connection broke", request=request)
    return error


class _Told:
    """Tells the watch of its connection, and when something may have left."""

    _ready = False

    def _new_conn(self) -> socket.socket:
        sock: socket.socket = super()._new_conn()  # type: ignore[misc]
        if watch := current():
            watch.hold(sock)
        return sock

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
    cause = error.args[0] if isinstance(error, requests.RequestException) and error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
