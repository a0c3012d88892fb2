"""The gate before what listens to strangers: bounds on connections, before a server sees them.

HTTP servers bound a request once it is there; what comes before is bounded here: how large the head
of a request is (its first line and its headers), how many headers it has, how long head and
connection may take, how many connections there are in all and for each address.

Behind a proxy all connections come from its address. So a proxy's address has no bound of its own;
what it passes on counts for the client that it names last in ``X-Forwarded-For``. Each connection
carries one request: then no bound need tell requests apart, and a proxy in front keeps the
connections of browsers open anyway.

When all places are taken, the connection that has waited longest without a whole head makes room:
so silent ones put out each other, and whoever asks for something is answered.
"""

import asyncio
import contextlib
import ipaddress
import logging
import re
import resource
import socket
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

from typing_extensions import override

log = logging.getLogger(__name__)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PRIVATE: tuple[Network, ...] = tuple(
    map(
        ipaddress.ip_network,
        ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"),
    )
)
"""Where a proxy of our own stands: on this machine, or in its network."""

_MOST = 200
_LEAST = 4
_SHARE = 8
"""A gate takes an eighth of the descriptors that the process may open, within these bounds."""

_GATES = 3
"""Pages, webhook, and the port for monitors."""

_FILES = 64
"""Descriptors for the database, its journals, logs, look-ups and all else that is asked."""

_PLENTY = 65_536
"""More descriptors than are ever needed: what the limit is raised to where there is none."""

_END = b"\r\n\r\n"
_FORWARDED = re.compile(rb"\r\nx-forwarded-for:([^\r\n]*)", re.IGNORECASE)
QUEUE = 128
"""How many connections wait in the system's queue, for which we hold no descriptor yet.

A socket is told so by `listen` after its server has begun.
"""

_LINGER = 1.0
"""Seconds for which a refused connection may still hear why."""

_TELL = 60.0
"""Seconds between two lines of the log about a gate without free places."""


def socket_at(listen: str) -> socket.socket:
    """Return a socket that listens at `host:port`.

    Raises `OSError` or `OverflowError` where that can't be.
    """
    host, _, port = listen.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host.strip("[]"), int(port)), family=family)


def share_of(limit: int) -> int:
    """Return how many connections a gate may hold where so many descriptors may be open.

    It is so few that enough descriptors stay free for what sends.
    """
    return _MOST if limit == resource.RLIM_INFINITY else min(_MOST, max(_LEAST, limit // _SHARE))


def _share() -> int:
    return share_of(resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def left_for_sending(limit: int) -> int:
    """Return how many messages may be under way, each with a connection of its own, where so many
    descriptors may be open: what files, logs and all gates leave, full as they may be.
    """
    if limit == resource.RLIM_INFINITY:
        limit = _PLENTY
    share = share_of(limit)
    return max(_LEAST, limit - _GATES * (share + _backlog(share)) - _FILES)


def raise_limit() -> int:
    """Let this process open as many descriptors as it may by its hard limit; return how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = min(hard, _PLENTY) if hard != resource.RLIM_INFINITY else _PLENTY
    if soft == resource.RLIM_INFINITY or soft >= most:
        return soft
    with contextlib.suppress(OSError, ValueError):  # a system may allow fewer than it says
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def _backlog(connections: int) -> int:
    return max(_LEAST, connections // 4)


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """The bounds on what a stranger's connection may use."""

    #: of the first line and the headers together
    head_bytes: int = 16_384
    headers: int = 100
    #: until the head is there
    head_seconds: float = 10.0
    #: of the whole connection: the body, our work and reading the answer included
    seconds: float = 30.0
    #: in all
    connections: int = field(default_factory=_share)
    #: for each client, of IPv6 for each network of 64 bits
    each: int = 20
    #: proxies, whose X-Forwarded-For is believed
    proxies: tuple[Network, ...] = PRIVATE

    def behind(self, proxies: Iterable[str]) -> "Bounds":
        """Return these bounds, with these addresses and networks as further proxies.

        Raises `ValueError` for what is neither.
        """
        named = (ipaddress.ip_network(place, strict=False) for place in proxies)
        return replace(self, proxies=(*self.proxies, *named))

    @property
    def backlog(self) -> int:
        """Return how many connections are accepted at once, before any is looked at.

        asyncio also lets no more wait in the system's queue, and whoever doesn't find a place there
        tries again after a second: `QUEUE` is for that.
        """
        return _backlog(self.connections)


class Gate:
    """The connections at one address on which we listen."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self._open: set[Guarded] = set()
        #: without a whole head yet, oldest first
        self._waiting: dict[Guarded, None] = {}
        self._clients: Counter[str] = Counter()
        self._told = float("-inf")

    def enter(self, connection: "Guarded", peer: Address | None) -> HTTPStatus | None:
        """Let a connection in and return None, or return the status that refuses it."""
        # first, so that nobody is put out for who may not come in anyway
        if peer is not None and not self.is_proxy(peer) and not self.count(connection, peer):
            return HTTPStatus.TOO_MANY_REQUESTS
        if len(self._open) >= self.bounds.connections and not self._make_room():
            self.leave(connection)
            return HTTPStatus.SERVICE_UNAVAILABLE
        self._open.add(connection)
        self._waiting[connection] = None
        return None

    def is_proxy(self, peer: Address) -> bool:
        """Return whether this address is that of a proxy."""
        return any(peer in network for network in self.bounds.proxies)

    def count(self, connection: "Guarded", client: Address) -> bool:
        """Count the connection for its client; False where the client has as many as it may."""
        name = _network(client)
        if self._clients[name] >= self.bounds.each:
            return False
        self._clients[name] += 1
        connection.client = name
        return True

    def asked(self, connection: "Guarded") -> None:
        """Record that a connection's head is complete, so that it need not make room for others."""
        self._waiting.pop(connection, None)

    def leave(self, connection: "Guarded") -> None:
        """Forget a connection that is closed, or about to be."""
        self._open.discard(connection)
        self._waiting.pop(connection, None)
        if connection.client:
            self._clients[connection.client] -= 1
            if not self._clients[connection.client]:
                del self._clients[connection.client]
            connection.client = ""

    def _make_room(self) -> bool:
        now = asyncio.get_running_loop().time()
        if now - self._told >= _TELL:
            self._told = now
            log.warning(
                "all %d places for connections are taken; who waits without asking makes room",
                self.bounds.connections,
            )
        oldest = next(iter(self._waiting), None)
        if oldest is not None:
            oldest.drop()
        return oldest is not None


class Guarded(asyncio.Protocol):
    """One connection, which hands on to the server what is within bounds."""

    def __init__(self, gate: Gate, server: asyncio.Protocol) -> None:
        self._gate = gate
        self._server = server
        self._transport: asyncio.Transport | None = None
        self._peer: Address | None = None
        #: None once it is whole, or refused
        self._head: bytearray | None = bytearray()
        #: nothing more of it is read
        self._refused = False
        #: whether the server knows of it
        self._handed = False
        self._timers: list[asyncio.TimerHandle] = []
        #: for whom it counts
        self.client = ""

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # TCP has no other  # noqa: S101
        self._transport, self._peer = transport, _address(transport.get_extra_info("peername"))
        if (reason := self._gate.enter(self, self._peer)) is not None:
            self._refuse(reason)
            return
        loop, bounds = asyncio.get_running_loop(), self._gate.bounds
        self._timers = [
            loop.call_later(bounds.head_seconds, self._slow),
            loop.call_later(bounds.seconds, self.drop),
        ]
        self._handed = True
        self._server.connection_made(transport)

    @override
    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        if self._head is None:
            self._server.data_received(data)
            return
        before = len(self._head)
        self._head += data
        end = self._head.find(_END, max(0, before - len(_END)))
        if (end if end >= 0 else len(self._head)) > self._gate.bounds.head_bytes:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif end >= 0:
            self._read(bytes(self._head), end)

    def _read(self, received: bytes, end: int) -> None:
        """Hand on what was received, when its head is within bounds."""
        gate = self._gate
        if received.startswith(b"\r\n"):
            self._refuse(HTTPStatus.BAD_REQUEST)
        elif received.count(b"\n", 0, end) > gate.bounds.headers:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif not self._counts(received[: end + 2]):
            self._refuse(HTTPStatus.TOO_MANY_REQUESTS)
        else:
            self._head = None
            self._timers.pop(0).cancel()
            gate.asked(self)
            self.admitted()
            self._server.data_received(received)

    def admitted(self) -> None:
        """Take note that the head is within bounds, and that `client` is known; for servers that
        tell their pages for whom a request counts.
        """

    def _counts(self, head: bytes) -> bool:
        """Count the connection for the client that a proxy names last, which is the one it saw
        itself.
        """
        if self.client or self._peer is None:
            return True
        named = _FORWARDED.findall(head)
        client = _parsed(named[-1].rpartition(b",")[2].decode("latin-1")) if named else None
        return client is None or self._gate.count(self, client)

    @override
    def eof_received(self) -> bool | None:
        return None if self._refused else self._server.eof_received()

    @override
    def pause_writing(self) -> None:
        if self._handed:
            self._server.pause_writing()

    @override
    def resume_writing(self) -> None:
        if self._handed:
            self._server.resume_writing()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        for timer in self._timers:
            timer.cancel()
        self._gate.leave(self)
        if self._handed:
            self._server.connection_lost(exc)

    def drop(self) -> None:
        """Close the connection at once, without an answer."""
        self._gate.leave(self)
        if self._transport is not None:
            self._transport.abort()

    def _slow(self) -> None:
        self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    def _refuse(self, status: HTTPStatus) -> None:
        """Answer with the reason and close, a moment later for a client that still sends."""
        self._refused, self._head = True, None
        if self._transport is None or self._transport.is_closing():
            return
        line = f"HTTP/1.1 {status.value} {status.phrase}"
        self._transport.write(f"{line}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".encode())
        if self._handed:
            # Closed at once with something unread, the answer would be lost on its way.
            self._transport.write_eof()
            self._transport.pause_reading()
            self._timers.append(asyncio.get_running_loop().call_later(_LINGER, self.drop))
        else:  # it has no place
            self._transport.close()


def _address(peername: object) -> Address | None:
    """Return the address of a peer as its socket names it; None where there is none."""
    host = peername[0] if isinstance(peername, tuple) and peername else ""
    return _parsed(str(host))


def _parsed(host: str) -> Address | None:
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address(host.strip().strip("[]").partition("%")[0])
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        return mapped or address
    return None


def _network(client: Address) -> str:
    """Return for whom an address counts: an IPv6 address counts for its network of 64 bits."""
    if isinstance(client, ipaddress.IPv4Address):
        return str(client)
    return str(ipaddress.ip_network((client, 64), strict=False))


def paths(public_url: str) -> tuple[str, ...]:
    """Return what may stand before the paths of a server that people reach at this address.

    The proxy in front may cut the address's own path off, or pass it on as it stands: both are
    answered. Without a path in the address that is "" alone.
    """
    return tuple(dict.fromkeys(("", unquote(urlsplit(public_url).path).rstrip("/"))))
