"""A mailbox on an IMAP server (RFC 3501), by the standard library's client.

A connection lasts for one look. Messages are read without a mark that they were, and only their
beginning; deleting marks them and, where the server can expunge some alone (UIDPLUS), expunges
these.
"""

import imaplib
import socket
import ssl
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any

from typing_extensions import override

from bot.errors import AccountRefused, TryLater
from bot.model import Secret
from bot.model.mail import Letter, MailboxAt
from bot.networks.common import certificates
from bot.networks.common.redact import redacted
from bot.rules.mailbox import MOST

_PIECE = 15.0
"""Seconds to wait for each piece of an answer; the whole of a look has its own end."""

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TOLD = 200
_TLS = "tls"


class Imap:
    """A way in by IMAP."""

    def __init__(self, at: MailboxAt, password: Secret | None) -> None:
        self.bearer = ""
        self._at = at
        self._password = password
        self._open: imaplib.IMAP4 | None = None

    def fetch(self, known: Container[str], since: datetime, most: int) -> list[Letter]:
        """Return at most so many messages that are new since then and not known, oldest first."""
        with self._selected(change=False) as (client, validity):
            day = f"{since.day}-{_MONTHS[since.month - 1]}-{since.year}"
            numbers = _taken(client.uid("SEARCH", "SINCE", day, "UNDELETED"))
            uids = sorted(int(uid) for uid in b" ".join(filter(None, numbers)).split())
            new = [uid for uid in uids if f"{validity}.{uid}" not in known][:most]
            return [
                Letter(key=f"{validity}.{uid}", data=data)
                for uid in new
                if (data := _message(client, uid)) is not None
            ]

    def remove(self, keys: Sequence[str]) -> None:
        """Delete these messages."""
        with self._selected(change=True) as (client, validity):
            named = [key.split(".") for key in keys]
            uids = ",".join(uid for valid, uid in named if valid == validity)
            if uids:
                _taken(client.uid("STORE", uids, "+FLAGS.SILENT", r"(\Deleted)"))
                # many servers say only after the login what they can do
                [*_, can] = _taken(client.capability())
                if b"UIDPLUS" in (can or b"").upper().split():
                    _taken(client.uid("EXPUNGE", uids))

    def probe(self) -> str:
        """Return how many messages are there."""
        with self._selected(change=False) as (client, _):
            [*_, count] = client.response("EXISTS")[1]
            return f"{(count or b'0').decode('ascii', 'replace')} messages for {self._at.name}"

    def drop(self) -> None:
        """Let go of the connection, also where a thread waits for it."""
        client, self._open = self._open, None
        if client is not None:
            with suppress(OSError):
                # the library's own shutdown would wait for the thread that reads
                client.socket().shutdown(socket.SHUT_RDWR)

    @contextmanager
    def _selected(self, *, change: bool) -> Iterator[tuple[imaplib.IMAP4, str]]:
        """Give a connection that is logged in, with the folder open and its UIDVALIDITY."""
        with self._told(), self._connection() as client:
            self._log_in(client)
            # what is in quotes may hold a blank
            folder = '"' + self._at.folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
            _taken(client.select(folder, readonly=not change), f"the folder {self._at.folder}")
            _, (validity, *_) = client.response("UIDVALIDITY")
            yield client, (validity or b"0").decode("ascii", "replace")
            client.logout()

    @contextmanager
    def _connection(self) -> Iterator[imaplib.IMAP4]:
        client = self._connected()
        try:
            yield client
        finally:
            self.drop()
            with suppress(OSError, imaplib.IMAP4.error):
                client.shutdown()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Make a `NetworkError` of what goes wrong."""
        said: TryLater | AccountRefused | None = None
        try:
            yield
        except (imaplib.IMAP4.error, OSError, EOFError, ValueError) as error:
            said = self._error(error)
        if said is not None:
            raise said

    def _error(self, error: Exception) -> TryLater | AccountRefused:
        place = self._at.place
        if why := certificates.fault(error):
            return AccountRefused(f"{place}: {why}")
        if isinstance(error, imaplib.IMAP4.error) and not isinstance(error, imaplib.IMAP4.abort):
            said = redacted(" ".join(str(error).split()))[:_TOLD]
            return AccountRefused(f"{place} refuses: {said}; look at [mailbox] in config.toml")
        return TryLater(f"{place} does not answer: {type(error).__name__}")

    def _connected(self) -> imaplib.IMAP4:
        host, _, port = self._at.place.rpartition(":")
        context = ssl.create_default_context()
        if self._at.security == _TLS:
            client: imaplib.IMAP4 = _Tls(
                self._keep, host.strip("[]"), int(port), ssl_context=context, timeout=_PIECE
            )
        else:
            client = _Plain(self._keep, host.strip("[]"), int(port), timeout=_PIECE)
        if self._at.security == "starttls":
            _taken(client.starttls(context))
        return client

    def _keep(self, client: imaplib.IMAP4) -> None:
        """Know of a connection from its first moment, so that it can be dropped in the greeting."""
        self._open = client

    def _log_in(self, client: imaplib.IMAP4) -> None:
        user = self._at.user
        secret = self._password.reveal() if self._password else ""
        if self.bearer:
            answers = iter([f"user={user}\1auth=Bearer {self.bearer}\1\1".encode()])
            # a server that refuses it says why first, and waits for an empty answer
            _taken(client.authenticate("XOAUTH2", lambda _: next(answers, b"")), "the login")
        elif "AUTH=PLAIN" in client.capabilities:
            said = f"\0{user}\0{secret}".encode()
            _taken(client.authenticate("PLAIN", lambda _: said), "the login")
        else:
            _taken(client.login(user, secret), "the login")


class _Bounded(imaplib.IMAP4):
    """The library's client, which reads no more than a look needs, and says when it has a
    socket.
    """

    def __init__(self, keep: Callable[[imaplib.IMAP4], None], *args: Any, **kwargs: Any) -> None:
        self._keep = keep
        super().__init__(*args, **kwargs)

    @override
    def open(self, *args: Any, **kwargs: Any) -> None:
        super().open(*args, **kwargs)
        self._keep(self)

    @override
    def read(self, size: int) -> bytes:
        if size > 2 * MOST:
            raise self.abort(f"an answer of {size} bytes")
        return super().read(size)


class _Plain(_Bounded):
    pass


class _Tls(_Bounded, imaplib.IMAP4_SSL):
    pass


def _taken(answer: tuple[str, Any], what: str = "it") -> list[Any]:
    """Return what the server gave; raises the library's error where it refused."""
    state, data = answer
    if state != "OK":
        words = b" ".join(each for each in data if isinstance(each, bytes))
        raise imaplib.IMAP4.error(f"{what}: {words.decode('utf-8', 'replace')}")
    return list(data)


def _message(client: imaplib.IMAP4, uid: int) -> bytes | None:
    """Return the beginning of a message; None where it has gone meanwhile."""
    data = _taken(client.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{MOST}>)"))
    return next((each[1] for each in data if isinstance(each, tuple)), None)
