"""The process that has loaded everything, and of which commands of ours are copies (see the room)."""

import gc
import io
import json
import os
import runpy
import socket
import sys
import threading
import time
from datetime import date
from typing import Any


def load() -> None:
    """Load what commands load that tests start, and look once through the shipped texts, which are
    kept as a running process keeps them. `bot.cli`, which looks at its streams and its environment
    when it is loaded, is left to each copy.
    """
    import uvicorn  # noqa: F401

    import bot.app.connections
    import bot.chat.telegram
    import bot.jobs.operations.doctor
    import bot.jobs.operations.reload
    import bot.jobs.operations.status
    import bot.jobs.rehearsal
    import bot.networks.telegram.client
    import bot.scheduler
    import bot.web  # noqa: F401
    from bot import networks
    from bot.config import load as settings_of
    from bot.jobs.campaigns import check
    from bot.jobs.texts import samples
    from bot.library import read, shipped_root
    from bot.render import Renderer

    settings, _ = settings_of(None, networks.names())
    assert settings is not None
    library, _ = read([shipped_root()])
    renderer = Renderer(library.files, library.campaigns, stand_in=True)
    today = date.today()
    check.run(settings, library, renderer, today=today)
    samples.problems(settings, library, renderer, {}, today=today)


def serve(door: socket.socket) -> dict[str, Any]:
    """Make copies of this process until nobody asks for more; return, in a copy, what it shall do."""
    while True:
        told, descriptors, _, _ = socket.recv_fds(door, 1 << 20, 4)
        if not told:
            os._exit(0)
        *streams, reply = descriptors
        asked = json.loads(told)
        between = os.fork()
        if between == 0:
            copy = os.fork()
            if copy == 0:
                os.close(reply)
                door.close()
                return {name: asked[name] for name in ("args", "folder", "env")} | {
                    "streams": streams
                }
            os.write(reply, f"{copy}\n".encode())
            # with its end the copy becomes a child of the tests, who wait for it themselves
            if not asked["adopted"]:
                _, status = os.waitpid(copy, 0)
                code = os.waitstatus_to_exitcode(status)
                os.write(reply, f"{code if code >= 0 else 128 - code}".encode())
            os._exit(0)
        if asked["adopted"]:
            os.waitpid(between, 0)
        for descriptor in (*streams, reply):
            os.close(descriptor)


def become(env: dict[str, str], folder: str, args: list[str], streams: list[int]) -> None:
    """Take over the streams, folder, environment and arguments of the command."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    for stream in streams:
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    time.tzset()
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape")  # noqa: SIM115
    sys.stdout = written(1, env, errors="surrogateescape")
    sys.stderr = written(2, env, errors="backslashreplace", line_buffering=True)
    sys.path[0] = folder
    sys.argv = ["bot", *args]


def written(number: int, env: dict[str, str], **how: Any) -> io.TextIOWrapper:
    """Return a stream as Python makes it, which keeps nothing back where PYTHONUNBUFFERED says so."""
    at_once = bool(env.get("PYTHONUNBUFFERED"))
    binary = open(number, "wb", buffering=0 if at_once else -1)  # noqa: SIM115
    return io.TextIOWrapper(binary, encoding="utf-8", write_through=at_once, **how)


load()
gc.collect()
gc.freeze()
assert threading.active_count() == 1, "a copy has one thread only"
become(**serve(socket.socket(fileno=int(sys.argv[1]))))
runpy.run_module("bot", run_name="__main__", alter_sys=True)
