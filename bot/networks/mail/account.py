"""A mail account: where letters leave, who writes them, and who gets what is for everybody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from bot.model import Secret


class Security(Enum):
    """How a connection to the mail server is kept from others, in Apprise's words."""

    PLAIN = "insecure"
    STARTTLS = "starttls"
    TLS = "ssl"


@dataclass(frozen=True, kw_only=True)
class Address:
    """An e-mail address, with the name that is shown beside it or an empty one."""

    email: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account at one mail server."""

    host: str
    port: int
    security: Security
    #: False: whatever certificate the server shows
    verify: bool = True
    #: name and password of the login; None where nobody logs in
    user: str | None = None
    password: Secret | None = None
    #: who stands in From
    sender: Address
    #: who gets posts, each in a mail of their own
    targets: tuple[Address, ...] = ()
    #: get a copy of each of these mails, and see and are seen by those whom it is for
    copies: tuple[str, ...] = ()
    #: get a copy that nobody sees
    blind: tuple[str, ...] = ()
    #: who answers are meant for, where a letter doesn't say
    replies: tuple[Address, ...] = ()
    #: further headers, as the operator wrote them
    headers: Mapping[str, str] = field(default_factory=dict)
