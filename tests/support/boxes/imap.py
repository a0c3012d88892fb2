"""An IMAP server that gives what it is asked for, and takes nothing that RFC 3501 forbids.

Follows what was seen of Dovecot 2.3.19.1, with which the client was played by hand, too: it tells
only after the login that it has UIDPLUS. Tagged commands in capitals, one at a time, a login before
a folder, CRLF alone; what opens a folder to look (EXAMINE) can't change it, and what reads without
PEEK would mark. Leaves out: STARTTLS, literals of the client, IDLE, other folders.
"""

import asyncio
import base64
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import date

_TAGGED = re.compile(r"([A-Z]{1,6}\d+) ([A-Z]+)(?: (.*))?")
_SEARCH = re.compile(r"SINCE (\d{1,2}-[A-Z][a-z]{2}-\d{4}) UNDELETED")
_FETCH = re.compile(r"(\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)")
_STORE = re.compile(r"(\d+(?:,\d+)*) \+FLAGS\.SILENT \(\\Deleted\)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass
class Lies:
    """A message in the folder."""

    uid: int
    data: bytes
    came: date
    deleted: bool = False


@dataclass
class Server:
    """A folder with messages, for one user."""

    user: str = "us@campaign.example"
    password: str = 'it\'s a "secret" \\ é'
    #: taken instead of the password by XOAUTH2; '' where the server has none
    bearer: str = ""
    folder: str = "INBOX"
    validity: int = 7
    capabilities: tuple[str, ...] = ("IMAP4REV1", "AUTH=PLAIN", "SASL-IR")
    #: what it tells of itself only after the login
    afterwards: tuple[str, ...] = ("UIDPLUS",)
    messages: list[Lies] = field(default_factory=list)
    #: what it says instead of an answer to a command, such as "NO no such folder"
    answers: dict[str, str] = field(default_factory=dict)
    #: seconds between two bytes of the greeting; 0: all at once
    slow: float = 0.0
    #: seconds between two bytes of a message; 0: all at once
    drip: float = 0.0
    #: bytes that it says to give of a message, whatever it gives; 0: those that it gives
    claims: int = 0
    #: the commands that came
    heard: list[str] = field(default_factory=list)
    port: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list, repr=False)

    def put(self, data: bytes, came: date) -> int:
        """Let a message lie there; its UID."""
        uid = max((each.uid for each in self.messages), default=0) + 1
        self.messages.append(Lies(uid=uid, data=data, came=came))
        return uid

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await _Talk(self, reader, writer).whole()
        writer.close()


class _Talk:
    def __init__(self, server, reader, writer) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.logged_in = False
        self.opened = ""

    async def say(self, text: str) -> None:
        self.writer.write(text.encode() + b"\r\n")
        await self.writer.drain()

    async def whole(self) -> None:
        greeting = f"* OK [CAPABILITY {' '.join(self.server.capabilities)}] ready"
        await self._give(greeting.encode(), self.server.slow)
        await self.say("")
        while line := await self.reader.readline():
            assert line.endswith(b"\r\n"), line
            match = _TAGGED.fullmatch(line[:-2].decode())
            assert match, line
            tag, verb, rest = match[1], match[2], match[3] or ""
            if verb == "UID":
                verb, _, rest = rest.partition(" ")
                verb = f"UID {verb}"
            self.server.heard.append(verb)
            if answer := self.server.answers.get(verb):
                await self.say(f"{tag} {answer}")
                continue
            step = getattr(self, verb.replace(" ", "_").lower())
            await self.say(f"{tag} {await step(rest)}")
            if verb == "LOGOUT":
                return

    async def capability(self, rest: str) -> str:
        told = self.server.capabilities + (self.server.afterwards if self.logged_in else ())
        await self.say(f"* CAPABILITY {' '.join(told)}")
        return "OK done"

    async def authenticate(self, rest: str) -> str:
        assert not self.logged_in
        how, _, first = rest.partition(" ")
        assert f"AUTH={how}" in self.server.capabilities, rest
        if not first:
            await self.say("+ ")
            first = (await self.reader.readline()).decode().strip()
        said = base64.b64decode(first, validate=True).decode()
        if how == "PLAIN":
            return self._let_in(said == f"\0{self.server.user}\0{self.server.password}")
        wanted = f"user={self.server.user}\x01auth=Bearer {self.server.bearer}\x01\x01"
        if said != wanted:
            await self.say("+ " + base64.b64encode(b'{"status":"401"}').decode())
            assert await self.reader.readline() == b"\r\n", "an empty answer ends it"
        return self._let_in(said == wanted)

    async def login(self, rest: str) -> str:
        user, _, password = rest.partition(" ")
        given = re.sub(r"\\(.)", r"\1", password.strip('"'))
        return self._let_in(user.strip('"') == self.server.user and given == self.server.password)

    def _let_in(self, right: bool) -> str:
        self.logged_in = right
        return "OK logged in" if right else "NO [AUTHENTICATIONFAILED] wrong name or password"

    async def examine(self, rest: str) -> str:
        return await self._open(rest, "EXAMINE")

    async def select(self, rest: str) -> str:
        return await self._open(rest, "SELECT")

    async def _open(self, rest: str, how: str) -> str:
        assert self.logged_in
        match = re.fullmatch(r'"((?:[^"\\]|\\.)*)"', rest)
        assert match, rest
        if re.sub(r"\\(.)", r"\1", match[1]) != self.server.folder:
            return "NO [NONEXISTENT] no such folder"
        self.opened = how
        await self.say(f"* {len(self.server.messages)} EXISTS")
        await self.say(f"* OK [UIDVALIDITY {self.server.validity}] valid")
        return "OK open"

    async def uid_search(self, rest: str) -> str:
        match = _SEARCH.fullmatch(rest)
        assert match, rest
        assert self.opened
        day, month, year = match[1].split("-")
        since = date(int(year), _MONTHS.index(month) + 1, int(day))
        found = [
            str(each.uid)
            for each in self.server.messages
            if each.came >= since and not each.deleted
        ]
        await self.say(" ".join(["* SEARCH", *found]))
        return "OK done"

    async def uid_fetch(self, rest: str) -> str:
        match = _FETCH.fullmatch(rest)
        assert match, rest
        found = [each for each in self.server.messages if each.uid == int(match[1])]
        for each in found:
            data = each.data[: int(match[2])]
            size = self.server.claims or len(data)
            self.writer.write(f"* 1 FETCH (UID {each.uid} BODY[]<0> {{{size}}}\r\n".encode())
            await self._give(data, self.server.drip)
            await self.say(")")
        return "OK done"

    async def _give(self, data: bytes, pause: float) -> None:
        if not pause:
            self.writer.write(data)
            return
        for byte in data:
            self.writer.write(bytes([byte]))
            await self.writer.drain()
            await asyncio.sleep(pause)

    async def uid_store(self, rest: str) -> str:
        match = _STORE.fullmatch(rest)
        assert match, rest
        assert self.opened == "SELECT", "the folder was opened to look"
        for each in self.server.messages:
            each.deleted = each.deleted or str(each.uid) in match[1].split(",")
        return "OK done"

    async def uid_expunge(self, rest: str) -> str:
        assert "UIDPLUS" in self.server.afterwards
        uids = rest.split(",")
        kept = [m for m in self.server.messages if not (m.deleted and str(m.uid) in uids)]
        self.server.messages[:] = kept
        return "OK done"

    async def logout(self, rest: str) -> str:
        await self.say("* BYE bye")
        return "OK done"


@asynccontextmanager
async def imap_server(context: ssl.SSLContext | None = None, **values) -> AsyncIterator[Server]:
    """The running server."""
    server = Server(**values)
    running = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=context)
    server.port = running.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        running.close()
        for writer in server.writers:
            writer.close()
