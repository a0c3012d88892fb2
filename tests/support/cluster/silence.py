"""`unshare --net python -m cluster.silence SOCKET DATABASE`: how many seconds a statement waits for
a server on a network that carries nothing any more, and what it says then.
"""

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

from bot.errors import StoreError
from bot.model.database import Server
from bot.store.db import Database
from cluster.cable import Cable


def _network(state: str) -> None:
    subprocess.run(("ip", "link", "set", "lo", state), check=True)


def _led(socket: Path, name: str, ways: list[Server], stands: Event) -> None:
    async def lead() -> None:
        async with Cable(socket) as cable:
            ways.append(cable.server(name))
            stands.set()
            await asyncio.Event().wait()

    asyncio.run(lead())


def main() -> None:
    _network("up")
    ways: list[Server] = []
    stands = Event()
    Thread(target=_led, args=(Path(sys.argv[1]), sys.argv[2], ways, stands), daemon=True).start()
    stands.wait()
    database = Database(ways[0])
    began = database.value("SELECT 1") and time.monotonic()
    _network("down")
    try:
        database.value("SELECT 2")
    except StoreError as error:
        sys.stdout.write(f"{time.monotonic() - began:.1f} {error}\n")


if __name__ == "__main__":
    main()
