"""A mail server that says what it is told to, and takes nothing that RFC 5321, 3461 or 5322 forbids.

Follows what was seen of Postfix 3.7 and Exim 4.96: commands in their order, CRLF alone, lines of at
most 998 octets, seven bits where nobody asked for eight, parameters only of extensions that it
offers; XOAUTH2 as Gmail documents it. Leaves out: TLS, other logins, relaying.
"""

import asyncio
import base64
import email
import re
from collections import deque
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default

_PATH = r"<[!-~]+@[a-z0-9.-]+>"
_MAIL = re.compile(rf"MAIL FROM:({_PATH})((?: [A-Z]+=[!-~]+)*)", re.ASCII)
_RCPT = re.compile(rf"RCPT TO:({_PATH})((?: [A-Z]+=[!-~]+)*)", re.ASCII)
_OF_MAIL = {"SIZE": r"\d{1,20}", "RET": "HDRS|FULL", "ENVID": r"[!-*,-<>-~]{1,100}"}
_OF_RCPT = {"NOTIFY": "NEVER|(?:(?:SUCCESS|FAILURE|DELAY),?)+"}


@dataclass
class Taken:
    """A mail that was taken, with its envelope."""

    sender: str
    recipients: list[str]
    #: parameters of MAIL and of RCPT
    options: dict[str, str]
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        """The mail, read."""
        return email.message_from_bytes(self.content, policy=default)  # type: ignore[return-value,arg-type]


@dataclass
class Server:
    """Says what `answers` has for a command (``greeting``, ``MAIL``, ``RCPT``, ``DATA``, ``.``, or a recipient's
    address), once each and in order; else it takes all that is right.

    The answer ``""`` closes the connection instead.
    """

    extensions: tuple[str, ...] = ("SIZE 100000", "DSN")
    answers: dict[str, Iterable[str]] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    #: the names by which it was greeted
    greeted: list[str] = field(default_factory=list)
    writers: list[asyncio.StreamWriter] = field(default_factory=list, repr=False)
    #: seconds after which it answers to the content of a mail
    slow: float = 0.0
    #: name and token by which somebody logs in; None where nobody does
    login: tuple[str, str] | None = None
    port: int = 0

    def __post_init__(self) -> None:
        self._scripts = {key: deque(value) for key, value in self.answers.items()}

    @property
    def url(self) -> str:
        """Its address for an account of ours."""
        return f"mailto://127.0.0.1:{self.port}?from=Our%20office<us@campaign.example>&to=list@campaign.example"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.writers.append(writer)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await _Talk(self, reader, writer).whole()
        finally:
            writer.close()

    def forget(self) -> None:
        """Answer as the server sees fit from now on."""
        self._scripts.clear()

    def scripted(self, *keys: str) -> str | None:
        """The next answer that the script has for one of these; None: as the server sees fit."""
        for key in keys:
            if self._scripts.get(key):
                return self._scripts[key].popleft()
        return None


class _Over(ConnectionError):
    """The server hangs up."""


class _Talk:
    """One connection."""

    def __init__(
        self, server: Server, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._server, self._reader, self._writer = server, reader, writer
        self._mail: Taken | None = None
        self._command = ""
        self._let_in = False
        self._steps = {
            "EHLO": self._ehlo,
            "AUTH": self._auth,
            "MAIL": self._from,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "QUIT": self._quit,
        }

    async def whole(self) -> None:
        """Talk until one of both hangs up."""
        await self._say(self._server.scripted("greeting") or "220 mail.example ESMTP")
        while line := await self._reader.readline():
            assert line.endswith(b"\r\n"), line
            command = self._command = line[:-2].decode("ascii")
            verb = command.partition(" ")[0]
            path, options = self._read(command)
            answer = self._server.scripted(path, verb)
            if answer == "":
                raise _Over
            if verb == "EHLO":
                self._server.greeted.append(command.partition(" ")[2])
            step = self._steps.get(verb)
            await (step(answer, path, options) if step else self._say("502 not known"))

    async def _say(self, words: str) -> bool:
        self._writer.write(words.encode() + b"\r\n")
        await self._writer.drain()
        return words.startswith(("2", "3"))

    async def _quit(self, *_) -> None:
        await self._say("221 bye")
        raise _Over

    async def _ehlo(self, answer, *_) -> None:
        login = ("AUTH XOAUTH2",) if self._server.login else ()
        extensions = [f"250-{each}" for each in (*self._server.extensions, *login)]
        await self._say(answer or "\r\n".join(["250-mail.example", *extensions, "250 8BITMIME"]))

    async def _auth(self, *_) -> None:
        assert self._server.login, "AUTH is not offered"
        how, said = self._command.split(" ")[1:]
        assert how == "XOAUTH2", self._command
        user, token = self._server.login
        self._let_in = base64.b64decode(said, validate=True).decode() == (
            f"user={user}\1auth=Bearer {token}\1\1"
        )
        if not self._let_in:
            await self._say("334 eyJzdGF0dXMiOiI0MDEifQ==")
            assert await self._reader.readline() == b"\r\n", "an empty line asks for the answer"
        await self._say("235 2.7.0 in" if self._let_in else "535 5.7.8 not accepted")

    async def _rset(self, *_) -> None:
        self._mail = None
        await self._say("250 ok")

    async def _from(self, answer, path, options) -> None:
        assert self._mail is None, "MAIL within a mail"
        assert self._let_in or not self._server.login, "nobody has logged in"
        if await self._say(answer or "250 ok"):
            self._mail = Taken(sender=path, recipients=[], options=options, content=b"")

    async def _rcpt(self, answer, path, options) -> None:
        assert self._mail is not None, "RCPT without MAIL"
        if await self._say(answer or "250 ok"):
            self._mail.recipients.append(path)
            self._mail.options |= options

    async def _data(self, answer, *_) -> None:
        mail = self._mail
        assert mail is not None
        assert mail.recipients, "DATA without a recipient"
        if not await self._say(answer or "354 go on"):
            return
        mail.content, self._mail = await self._content(), None
        await asyncio.sleep(self._server.slow)
        answer = self._server.scripted(".")
        if answer == "":
            raise _Over
        if await self._say(answer or "250 queued"):
            self._server.taken.append(mail)

    def _read(self, command: str) -> tuple[str, dict[str, str]]:
        for pattern, known in ((_MAIL, _OF_MAIL), (_RCPT, _OF_RCPT)):
            if command.startswith(pattern.pattern[:4]):
                match = pattern.fullmatch(command)
                assert match, command
                options = dict(each.split("=", 1) for each in match[2].split())
                for name, value in options.items():
                    offered = {"SIZE": "SIZE 100000"}.get(name, "DSN")
                    assert offered in self._server.extensions, f"{name} is not offered"
                    assert re.fullmatch(known[name], value), command
                return match[1][1:-1], options
        return "", {}

    async def _content(self) -> bytes:
        content = await self._reader.readuntil(b"\r\n.\r\n")
        lines = content[:-3].split(b"\r\n")
        assert all(len(line) <= 998 for line in lines)
        assert b"\n" not in b"".join(lines)
        assert b"\r" not in b"".join(lines)
        assert content.isascii(), "eight bits, and nobody said so"
        return b"\r\n".join(line.removeprefix(b".") for line in lines)


@asynccontextmanager
async def mail_server(**values) -> AsyncIterator[Server]:
    """The running server."""
    server = Server(**values)
    running = await asyncio.start_server(server.serve, "127.0.0.1", 0, limit=2**20)
    server.port = running.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        running.close()
        await asyncio.sleep(0)  # who has just come in is let in first
        for writer in server.writers:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
