"""The table [mailbox]: where reports of letters, and answers to them, arrive."""

import re
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Final, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from bot.domains import on_the_wire
from bot.files.shapes import Shape
from bot.model.mail import MailboxAt, Oauth, Way
from bot.rules.reading.handles import email

_LAST_PORT: Final = 65_535
_SERVER = re.compile(
    r"(imaps|imap|imap\+plain)://([^\s:\[\]/@]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?/?"
)
_FOLDER = re.compile(r"(maildir|eml):(.+)")
_SCHEMES: Final = {
    "imaps": ("tls", 993),
    "imap": ("starttls", 143),
    "imap+plain": ("plain", 143),
}
"""How a server is reached, and at which port, by the beginning of its address."""

_MOST_MINUTES: Final = 24 * 60


def _check_at(at: str) -> str:
    parts = _SERVER.fullmatch(at)
    if parts is None and not _FOLDER.fullmatch(at):
        raise ValueError(
            "is no mailbox; write it like imaps://imap.example.org, maildir:/var/mail/us or"
            " eml:reports, and the login under user"
        )
    if parts is None:
        return at
    if not 1 <= int(parts[3] or 1) <= _LAST_PORT:
        raise ValueError(f"has no port that there is; they go from 1 to {_LAST_PORT}")
    if parts[1] == "imap+plain" and not _is_here(parts[2].strip("[]")):
        raise ValueError(
            "imap+plain:// would show the password to everybody on the way; write imaps:// or"
            " imap://"
        )
    _host(parts[2])
    return at


def _is_here(host: str) -> bool:
    """Return whether a server is on this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _host(written: str) -> str:
    """Return a host as servers take it; raises `ValueError` for one that is none."""
    return written if written.isascii() else on_the_wire(written)


def _check_folder(name: str) -> str:
    if not name or not name.isascii() or not name.isprintable():
        raise ValueError("is no folder's name; beyond ASCII write it as the server lists it")
    return name


def _check_addresses(given: list[str]) -> list[str]:
    read = [email(each) for each in given]
    if None in read:
        raise ValueError("holds what is no e-mail address; write one like office@example.org")
    return [each.lower() for each in read if each]


def check_token_url(url: str) -> str:
    """Return the address at which tokens are fetched; raises `ValueError` where the secret would
    be shown to others.
    """
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and _is_here(parts.hostname or ""))
    if not safe or not parts.hostname or "@" in parts.netloc:
        raise ValueError("is no address for tokens; write it like https://login.example.org/token")
    return url


class OauthShape(Shape):
    """The table [mailbox.oauth]: tokens in place of a password; the secret of the client is
    DRUMBEAT_MAILBOX_CLIENT_SECRET.
    """

    url: Annotated[str, AfterValidator(check_token_url)]
    client: Annotated[str, Field(min_length=1)]
    scope: str = ""


class MailboxShape(Shape):
    """The table [mailbox]; `bot.model.mail.MailboxAt` says what each key means."""

    #: a server or a folder; a server's password is DRUMBEAT_MAILBOX_PASSWORD
    at: Annotated[str, AfterValidator(_check_at)]
    #: the name of the login
    user: Annotated[str, Field(min_length=1)] | None = None
    #: on a server
    folder: Annotated[str, AfterValidator(_check_folder)] = "INBOX"
    minutes: int = Field(5, ge=1, le=_MOST_MINUTES)
    delete: bool = False
    #: addresses of ours whose mail is forwarded there
    addresses: Annotated[list[str], AfterValidator(_check_addresses)] = Field([])
    oauth: OauthShape | None = None

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.path is None and not self.user:
            raise ValueError("needs user: the name of the login at its server")
        return self

    @property
    def path(self) -> str | None:
        """Return the folder on this machine; None for a server."""
        match = _FOLDER.fullmatch(self.at)
        return match[2] if match else None


def mailbox(shape: MailboxShape, folder: Path) -> MailboxAt:
    """Return the table as it is used; paths in it are relative to `folder`."""
    way, place, security = Way.IMAP, "", "tls"
    if server := _SERVER.fullmatch(shape.at):
        security, port = _SCHEMES[server[1]]
        place = f"{_host(server[2])}:{server[3] or port}"
    else:
        way, place = Way(shape.at.partition(":")[0]), str(folder / (shape.path or ""))
    return MailboxAt(
        way=way,
        place=place,
        user=shape.user or "",
        folder=shape.folder,
        security=security,
        minutes=shape.minutes,
        delete=shape.delete,
        addresses=tuple(shape.addresses),
        oauth=Oauth(**shape.oauth.model_dump()) if shape.oauth else None,
    )
