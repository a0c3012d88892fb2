"""Worker processes, started anew whenever they end, and what befalls them."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from signal import SIGCONT, SIGKILL, SIGSTOP
from typing import Self

from live import Process, until
from tree import TOP

from bot.model.database import Server
from cluster.cable import Cable
from cluster.crowd import World

AGAIN = 1.0
"""Seconds after which an ended worker is started anew."""

FOR_EVER = 86_400.0


class Worker:
    """A worker with a cable of its own to the database; a supervisor starts it anew.

    `module` is what Python runs: drumbeat, or a variant of the tests. `way` is how it reaches the
    database, where that is not the cable.
    """

    def __init__(self, world: World, module: str = "bot", way: Server | None = None) -> None:
        self._world = world
        self._module = module
        self._way = way
        #: the installation from which it is started anew
        self.tree = TOP
        self.cable = Cable(world.socket)
        self.codes: list[int] = []
        #: what those that have ended wrote
        self._said = ""
        self._process: Process | None = None
        #: whether something befalls it now
        self.is_struck = False

    async def __aenter__(self) -> Self:
        await self.cable.__aenter__()
        self._kept = asyncio.create_task(self._keep())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._kept.cancel()
        with suppress(asyncio.CancelledError):
            await self._kept
        await self.cable.__aexit__()

    @property
    def runs(self) -> bool:
        """Whether its process is there, and nothing befalls it."""
        return self._process is not None and not self.is_struck

    @property
    def said(self) -> str:
        """What it wrote to stderr."""
        return self._said + (self._process.err if self._process else "")

    async def _keep(self) -> None:
        way = self._way or self.cable.server(self._world.server.name)
        env = self._world.environment(way)
        while True:
            process = Process(self._world.folder, "worker", env=env)
            path = f"{self.tree}:{TOP / 'tests' / 'support'}"
            process.module, process.env = self._module, {**process.env, "PYTHONPATH": path}
            async with process:
                self._process = process
                try:
                    code, _ = await process.ended(FOR_EVER)
                finally:
                    self._said, self._process = self._said + process.err, None
                self.codes.append(code)
            await asyncio.sleep(AGAIN)

    async def kill(self, _: float) -> Counter[str]:
        """End it at once; return how many rows it was sending, by account."""
        pid = self._struck(SIGKILL)
        await until(lambda: not _goes(pid))
        return self._world.in_flight(pid)

    async def suspend(self, seconds: float) -> Counter[str]:
        """Let it stand still for so long; return how many rows it was sending, by account."""
        process, pid = self._process, self._struck(SIGSTOP)
        assert process is not None
        await until(lambda: not _goes(pid))
        self._until(seconds, partial(process.signal, SIGCONT))
        return self._world.in_flight(pid)

    async def cut_off(self, seconds: float) -> Counter[str]:
        """Part it from the database for so long; return how many rows it was sending."""
        pid = self._struck()
        self.cable.cut()
        self._until(seconds, self.cable.mend)
        return self._world.in_flight(pid)

    async def hush(self, seconds: float) -> Counter[str]:
        """Let its way to the database be silent for so long; return how many rows it was sending."""
        pid = self._struck()
        self.cable.hush()
        self._until(seconds, self.cable.speak)
        return self._world.in_flight(pid)

    def _struck(self, signal: int | None = None) -> int:
        assert self._process is not None, "it runs"
        if signal is not None:
            self._process.signal(signal)
        return self._process.pid

    def _until(self, seconds: float, end: Callable[[], object]) -> None:
        """Let what befalls it end after so many seconds."""

        def ended() -> None:
            self.is_struck = False
            end()

        self.is_struck = True
        asyncio.get_running_loop().call_later(seconds, ended)


def _goes(pid: int) -> bool:
    """Whether any thread of a process may do something."""
    try:
        stats = [(each / "stat").read_text("ascii") for each in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:  # it is gone
        return False
    return any(stat.rpartition(")")[2].split()[0] not in "TZX" for stat in stats)
