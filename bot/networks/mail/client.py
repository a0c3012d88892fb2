"""The connection to one mail server: several mails go over it, one after the other, each within the
time that its bounds give it.

What has not been handed over whole has not left: only between the end of the content and the
server's answer can nobody know.
"""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPHeloError,
    SMTPRecipientRefused,
    SMTPResponseException,
)

from bot.errors import AccountRefused, NetworkError, TryLater, Unanswered
from bot.networks.common import certificates
from bot.networks.common.bounds import Bounds
from bot.networks.common.names import own_name
from bot.networks.mail.account import Account, Security
from bot.networks.mail.answers import Answer, Step, failure

if TYPE_CHECKING:
    from bot.networks.mail.oauth import Tokens

MOST = 100
"""Mails over one connection; Exim and others end it after some more."""

LEAVE = 0.3
"""Seconds that closing waits for the server's farewell; who stops has five in all."""

_ERRORS = (SMTPException, OSError, TimeoutError, EOFError, UnicodeError)
_GO_ON = 354
_TAKEN = range(200, 300)
_GONE = 421
_DOT = re.compile(rb"(?m)^\.")


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A mail's bytes, and what the server is told beside them."""

    #: the envelope's sender, to whom reports of what could not be delivered come back
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    #: comes back in such reports, where the server speaks of them
    id: str
    #: the one person to whom it goes; None for a post
    person: str | None


class Client:
    """One account at one mail server."""

    def __init__(self, account: Account, bounds: Bounds, tokens: "Tokens | None" = None) -> None:
        self._account = account
        self._tokens = tokens
        self._bounds = bounds
        self._smtp: SMTP | None = None
        self._sent = 0
        self._lock = asyncio.Lock()
        self._name = ""

    async def send(self, parcel: Parcel) -> None:
        """Hand one mail over. Raises a `NetworkError`; `Unanswered` only where all of the mail was
        handed over, or some of its recipients took it and others did not.
        """
        seconds = self._bounds.seconds(len(parcel.content))
        async with self._lock, self._telling(parcel.person) as way, asyncio.timeout(seconds):
            again = self._is_open
            try:
                await self._hand_over(parcel, way)
            except _ERRORS as error:
                # the server may have ended a connection that waited; nothing of this mail has left
                if not (again and way.step is Step.SENDER and _is_over(error)):
                    raise
                self._drop()
                await self._hand_over(parcel, way)

    async def login(self) -> None:
        """Connect and log in, as the next mail does. Raises a `NetworkError`."""
        async with (
            self._lock,
            self._telling(None) as way,
            asyncio.timeout(self._bounds.seconds()),
        ):
            self._drop()
            await self._connected(way)
        await self.close()

    async def close(self) -> None:
        """Let go of the connection, politely where the server answers at once; the next mail makes
        another.
        """
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            await _leave(smtp)

    @property
    def _is_open(self) -> bool:
        return self._smtp is not None and self._smtp.is_connected

    @asynccontextmanager
    async def _telling(self, person: str | None) -> AsyncIterator["_Way"]:
        """Make a `NetworkError` of what goes wrong; what follows goes over a sound connection."""
        way, told = _Way(), None
        try:
            yield way
        except _ERRORS as error:
            told = _told(error, way.step, person)
            await self._sound_again(error, way)
        except BaseException:
            self._drop()
            raise
        if told is not None:
            raise told

    async def _sound_again(self, error: BaseException, way: "_Way") -> None:
        """Forget a mail that was refused; end a connection that broke off, or was never let in."""
        smtp, answered = self._smtp, isinstance(error, SMTPResponseException) and error.code > 0
        if smtp is not None and answered and way.step is not Step.CONNECT:
            with suppress(*_ERRORS):
                await smtp.rset(timeout=self._bounds.connect)
                return
        self._drop()

    async def _hand_over(self, parcel: Parcel, way: "_Way") -> None:
        smtp = await self._connected(way)
        way.step = Step.SENDER
        await smtp.mail(parcel.sender, options=_of_mail(smtp, parcel))
        way.step = Step.RECIPIENT
        refused = await self._addressed(smtp, parcel)
        answer = await smtp.execute_command(b"DATA")
        if answer.code != _GO_ON or smtp.protocol is None:
            raise SMTPDataError(answer.code, answer.message)
        smtp.protocol.write(_DOT.sub(b"..", parcel.content) + b".\r\n")
        way.step = Step.CONTENT
        answer = await smtp.protocol.read_response(self._bounds.until_answer(len(parcel.content)))
        if answer.code not in _TAKEN:
            raise SMTPDataError(answer.code, answer.message)
        self._sent += 1
        if refused:
            raise Unanswered("not all of several recipients took it")

    async def _addressed(self, smtp: SMTP, parcel: Parcel) -> int:
        """Name the recipients; return how many were refused, where not all of them were."""
        options = _of_recipient(smtp)
        refused: list[SMTPRecipientRefused] = []
        for recipient in parcel.recipients:
            try:
                await smtp.rcpt(recipient, options=options)
            except SMTPRecipientRefused as error:
                refused.append(error)
        if len(refused) == len(parcel.recipients):
            raise refused[0]
        return len(refused)

    async def _connected(self, way: "_Way") -> SMTP:
        way.step = Step.CONNECT
        smtp = self._smtp
        if smtp is not None and smtp.is_connected and self._sent < MOST:
            return smtp
        if smtp is not None:
            await _leave(smtp)
        account = self._account
        name = await self._greeting_name()
        self._sent = 0
        self._smtp = smtp = SMTP(
            hostname=account.host,
            port=account.port,
            local_hostname=name,
            timeout=self._bounds.answer,
            use_tls=account.security is Security.TLS,
            start_tls=account.security is Security.STARTTLS,
            tls_context=await _context(verify=account.verify),
        )
        await smtp.connect()
        with suppress(SMTPHeloError):  # an old server: it is greeted in the old way below
            await smtp.ehlo()
        await self._log_in(smtp)
        return smtp

    async def _log_in(self, smtp: SMTP) -> None:
        account, tokens = self._account, self._tokens
        if tokens is not None:
            user = account.user or account.sender.email
            try:
                await _entered(smtp.auth_xoauth2(user, await tokens.bearer()))
            except SMTPAuthenticationError:
                tokens.refused()
                raise
        elif account.user and account.password:
            await _entered(smtp.login(account.user, account.password.reveal()))

    async def _greeting_name(self) -> str:
        """The name by which we greet the server. An address, which is all that is known while no
        name server answers, and which many servers refuse, is not kept for the next connection.
        """
        name = self._name or await _own_name(self._bounds.connect)
        if not name.startswith("["):
            self._name = name
        return name

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


@dataclass
class _Way:
    """How far the mail at hand has come."""

    step: Step = Step.CONNECT


async def _own_name(seconds: float) -> str:
    """The name by which we greet the server; an address where none is known in time."""
    try:
        return await asyncio.wait_for(asyncio.wrap_future(own_name()), seconds)
    except (OSError, UnicodeError):
        return "[127.0.0.1]"


async def _leave(smtp: SMTP) -> None:
    with suppress(*_ERRORS):
        await smtp.quit(timeout=LEAVE)
    smtp.close()


async def _entered(login: Awaitable[object]) -> None:
    """Wait for the login. Raises `AccountRefused` where the server knows none."""
    try:
        await login
    except (SMTPResponseException, ConnectionError, TimeoutError):
        raise
    except SMTPException as error:
        failure = AccountRefused(f"the mail server takes no login: {error.message}")
    else:
        return
    raise failure


async def _context(*, verify: bool) -> ssl.SSLContext:
    context = await asyncio.to_thread(ssl.create_default_context)
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _of_mail(smtp: SMTP, parcel: Parcel) -> list[str]:
    options = [f"SIZE={len(parcel.content)}"] if smtp.supports_extension("size") else []
    if smtp.supports_extension("dsn"):
        options += ["RET=HDRS", f"ENVID={parcel.id}"]
    return options


def _of_recipient(smtp: SMTP) -> list[str]:
    return ["NOTIFY=FAILURE,DELAY"] if smtp.supports_extension("dsn") else []


def _is_over(error: BaseException) -> bool:
    """Whether the connection is at its end."""
    return isinstance(error, ConnectionError) or getattr(error, "code", None) == _GONE


def _told(error: BaseException, step: Step, person: str | None) -> NetworkError:
    """What went wrong, and whether anything can have left."""
    if isinstance(error, SMTPResponseException) and error.code > 0:
        login = isinstance(error, SMTPAuthenticationError)
        return failure(
            Answer(
                code=error.code,
                words=str(error.message),
                step=Step.CONNECT if login else step,
                person=person,
            )
        )
    if why := certificates.fault(error):
        return TryLater(why)
    if step is Step.CONTENT:
        return Unanswered("no answer whether the mail server took it")
    if isinstance(error, SMTPException) and "STARTTLS" in str(error.message):
        return AccountRefused("the mail server offers no STARTTLS, which mode=starttls asks for")
    return TryLater("no connection to the mail server")
