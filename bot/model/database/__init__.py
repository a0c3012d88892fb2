"""Where a database is: in a file, or on a server of PostgreSQL.

A server is named by a URL as libpq reads it, `postgresql://user@host:port/name?sslmode=require`;
several hosts with commas between are tried in turn. Its password is no part of what is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode

from typing_extensions import override

SCHEMES = ("postgresql://", "postgres://")

_LAST_PORT = 65_535

_OURS = frozenset({"application_name", "connect_timeout", "client_encoding", "autocommit"})
"""Parameters that drumbeat sets itself."""


@dataclass(frozen=True)
class Server:
    """A database of PostgreSQL. As text it is its URL without the password."""

    #: what libpq connects with, by the names of its parameters; without the password
    parameters: tuple[tuple[str, str], ...]
    password: str | None = field(default=None, repr=False)

    @override
    def __str__(self) -> str:
        rest = dict(self.parameters)
        user, name = rest.pop("user", ""), rest.pop("dbname", "")
        hosts, ports = rest.get("host", "").split(","), rest.get("port", "").split(",")
        if any(host.startswith("/") for host in hosts):
            hosts, ports = [""], [""]  # sockets stand behind the question mark, with their ports
        else:
            rest.pop("host", None), rest.pop("port", None)
        ports += ports[-1:] * (len(hosts) - len(ports))
        login = f"{quote(user, safe='')}@" if user else ""
        hosts = [f"[{host}]" if ":" in host else host for host in hosts]
        places = [f"{h}:{p}" if p else h for h, p in zip(hosts, ports, strict=False)]
        return (
            f"{SCHEMES[0]}{login}{','.join(places)}/{quote(name, safe='')}"
            f"{f'?{urlencode(rest)}' if rest else ''}"
        )

    @property
    def name(self) -> str:
        """Return the name of the database on its server."""
        return dict(self.parameters).get("dbname") or "postgres"

    def connecting(self) -> Mapping[str, str]:
        """Return all that libpq connects with, the password among it: never to be shown."""
        secret = {} if self.password is None else {"password": self.password}
        return {**dict(self.parameters), **secret}

    def without_password(self) -> "Server":
        """Return what may be written down."""
        return replace(self, password=None)


Where = Path | Server
"""Where a database is."""


def is_url(text: str) -> bool:
    """Return whether a text names a server, and no file."""
    return text.startswith(SCHEMES)


def is_same(one: Where, other: Where) -> bool:
    """Return whether both name one database, whatever a password or a link adds."""
    if isinstance(one, Server) or isinstance(other, Server):
        return str(one) == str(other)
    return one.resolve() == other.resolve()


def server(url: str) -> Server:
    """Return the server that a URL names.

    Raises `ValueError`, whose words quote nothing of the URL, since a password may be in it.
    """
    scheme = next((each for each in SCHEMES if url.startswith(each)), None)
    if scheme is None:
        raise ValueError("a URL of a database begins with postgresql://")
    head, _, query = url.removeprefix(scheme).partition("?")
    given, _, name = head.partition("/")
    login, _, places = given.rpartition("@")
    user, colon, password = login.partition(":")
    parameters = {key: value for key, value in parse_qsl(query) if key not in _OURS}
    secret = parameters.pop("password", None)
    hosts, ports = _places(places)
    parameters |= {"host": hosts} if hosts else {}
    parameters |= {"port": ports} if ports.strip(",") else {}
    parameters |= {"user": unquote(user)} if user else {}
    if not name or "/" in name:
        raise ValueError("a URL of a database ends with its name: postgresql://host/name")
    parameters["dbname"] = unquote(name)
    return Server(
        tuple(sorted(parameters.items())), password=unquote(password) if colon else secret
    )


def _places(text: str) -> tuple[str, str]:
    """Return hosts and ports, each with commas between."""
    hosts, ports = [], []
    for place in text.split(",") if text else ():
        host, colon, port = place.rpartition(":")
        if not colon or place.endswith("]"):  # an address of IPv6 alone
            host, port = place, ""
        if port and not (port.isascii() and port.isdigit() and 0 < int(port) <= _LAST_PORT):
            raise ValueError("the port in a URL of a database is a number up to 65535")
        hosts.append(unquote(host).removeprefix("[").removesuffix("]"))
        ports.append(port)
    return ",".join(hosts), ",".join(ports)
