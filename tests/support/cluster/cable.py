"""The way by TCP from a process to a server of PostgreSQL, which can be cut."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Self

from bot.model.database import Server


class Cable:
    """Listens on a free port of 127.0.0.1, and leads to a server's own socket."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._ends: set[asyncio.StreamWriter] = set()
        self.is_cut = False
        self._passes = asyncio.Event()
        self._passes.set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._joined, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.cut()
        self._server.close()
        await asyncio.sleep(0)

    def server(self, database: str) -> Server:
        """Return a database of the server, as it is reached through here."""
        named = {"host": "127.0.0.1", "port": str(self.port), "user": "drumbeat"}
        return Server(tuple(sorted({**named, "dbname": database, "sslmode": "disable"}.items())))

    def cut(self) -> None:
        """End all connections, and let no other through."""
        self.is_cut = True
        for end in list(self._ends):
            end.transport.abort()

    def mend(self) -> None:
        """Let connections through again."""
        self.is_cut = False

    def hush(self) -> None:
        """Let nothing through any more, while every connection seems to stand."""
        self._passes.clear()

    def speak(self) -> None:
        """Let all through again."""
        self._passes.set()

    async def _joined(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_cut:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_unix_connection(self._socket)
        except OSError:  # the server is down
            writer.transport.abort()
            return
        self._ends |= {writer, back}
        await asyncio.gather(self._lead(reader, back), self._lead(there, writer))
        self._ends -= {writer, back}

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while piece := await reader.read(65_536):
                await self._passes.wait()
                writer.write(piece)
                await writer.drain()
        writer.close()
