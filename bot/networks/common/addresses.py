"""Where the servers of strangers may stand: not inside our own network, unless the operator says
so.

A page that redirects, or a webhook that an organisation names, could else make us ask the router,
the database next door or the cloud's own metadata. What counts is the address to which a connection
is really made: a name may mean another one a moment after it was looked up.
"""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from bot.domains import on_the_wire
from bot.networks.common.names import begun

Address = IPv4Address | IPv6Address

NAME_IT = "name the range of its address under [servers] private in config.toml"
"""What the operator can do for a server inside our own network."""

INSIDE = f"leads to a server inside our own network; {NAME_IT}"
"""Why an address is not asked."""

_NAT64 = IPv6Network("64:ff9b::/96")
"""Addresses of IPv4 in the last four bytes (RFC 6052)."""


@dataclass(frozen=True)
class Reach:
    """Which addresses may be asked: public ones, and those in these ranges."""

    private: tuple[IPv4Network | IPv6Network, ...] = ()

    def allows(self, address: str) -> bool:
        """Whether this address may be asked."""
        read = _meant(ip_address(address.partition("%")[0]))
        return (read.is_global and not read.is_multicast) or any(
            read in each for each in self.private if each.version == read.version
        )

    def allows_name(self, host: str) -> bool:
        """Whether a host may be asked, by what is written alone; a name is looked up only when
        somebody connects to it.
        """
        bare = host.strip("[]").rstrip(".").lower()
        if bare == "localhost" or bare.endswith(".localhost"):
            bare = "127.0.0.1"
        try:
            return self.allows(bare)
        except ValueError:
            return True


def look_up(host: str, port: int, seconds: float) -> list[str]:
    """The addresses of a host, as this system knows them (its hosts file, its name servers).

    The system's own look-up can't be ended, and takes half a minute where no name server answers:
    it is left behind when `seconds` are over, and `TimeoutError` raised. Raises `socket.gaierror`
    where the host has no address, or too many other look-ups hang.
    """
    stream = (socket.AF_UNSPEC, socket.SOCK_STREAM)
    try:
        # Python itself would look up another host: that of the rules of 2003
        name = host.strip("[]") if host.isascii() else on_the_wire(host)
        pending = begun(socket.getaddrinfo, name, port, *stream)
        known = pending.result(max(0.0, seconds))
    except ValueError:  # an empty label, one too long, or letters that no name has
        raise socket.gaierror(socket.EAI_NONAME, "not a name") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in known))


def reach(private: Iterable[str]) -> Reach:
    """Which addresses may be asked, with these ranges of the operator's (``10.1.0.0/16``)."""
    return Reach(tuple(ip_network(written, strict=False) for written in private))


def _meant(address: Address) -> Address:
    """The address of IPv4 that stands within one of IPv6."""
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address in _NAT64:
        inner = IPv4Address(address.packed[-4:])
    return inner or address
