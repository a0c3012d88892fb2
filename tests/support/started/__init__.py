"""Commands of ours that tests start as processes, without each loading all libraries anew.

`python -m bot …` takes a second until it has loaded what it needs and looked through the shipped
texts, and tests start some hundred. One process per worker (`loaded.py`) does that once, and each
command is a copy (`fork`) of it: a process of its own, with its own arguments, folder, environment
and streams, a child of the tests as any other, which imports `bot.cli` and reads all data itself.
What asks for more than that (a terminal, a limit, a library before all others, another language of
the machine) is started as ever.
"""

import atexit
import ctypes
import inspect
import json
import os
import shlex
import socket
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import Any

from tree import TOP

_OURS = [sys.executable, "-m", "bot"]

_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of <sys/prctl.h>: what loses its parent below us becomes our child."""

_AT_START = ("LD_", "PYTHON", "LC_", "LANG", "MALLOC_")
"""How variables begin that are read before any line of ours."""

_HARMLESS = {"PYTHONPATH": str(TOP), "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}
"""What of these changes nothing for a copy: its path is that of the tests, and it writes UTF-8."""

_POPEN = subprocess.Popen
_NAMES = list(inspect.signature(_POPEN._execute_child).parameters)[1:]


class Started(_POPEN):
    """`Popen`, whose commands of ours are copies of a process that has loaded everything."""

    def _execute_child(self, *given: Any) -> None:
        asked = dict(zip(_NAMES, given, strict=True))
        ends = [asked[name] for name in ("p2cread", "c2pwrite", "errwrite")]
        if not _is_usual(asked, ends):
            super()._execute_child(*given)
            return
        args = [os.fspath(arg) for arg in asked["args"]][len(_OURS) :]
        streams = [usual if end == -1 else end for usual, end in enumerate(ends)]
        self.pid = Loaded.one().copied(args, asked["cwd"], asked["env"], streams)
        self._child_created = True
        pipes = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")
        self._close_pipe_fds(*(asked[name] for name in pipes))


def _is_usual(asked: dict[str, Any], ends: list[int]) -> bool:
    """Whether it is a command of ours, and a copy does all that it would do."""
    line, env = asked["args"], asked["env"] or {}
    return (
        isinstance(line, list | tuple)
        and list(line[: len(_OURS)]) == _OURS
        and not any(
            asked[name] for name in ("shell", "preexec_fn", "pass_fds", "start_new_session")
        )
        and not any(end != -1 and os.isatty(end) for end in ends)
        and all(
            value in (_HARMLESS.get(name), os.environ.get(name))
            for name, value in env.items()
            if name.startswith(_AT_START)
        )
    )


class Loaded:
    """The process that has loaded everything, which is told by messages what to start."""

    _made: "Loaded | None" = None
    _lock = Lock()

    @classmethod
    def one(cls) -> "Loaded":
        """Return that of this worker, which is made once."""
        with cls._lock:
            cls._made = cls._made or cls()
            return cls._made

    def __init__(self) -> None:
        self._door, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        kept = {name: os.environ.get(name, "") for name in ("PATH", "PYTHONPYCACHEPREFIX")}
        self._process = _POPEN(
            [sys.executable, Path(__file__).with_name("loaded.py"), str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            env={"PYTHONPATH": str(TOP), **{name: value for name, value in kept.items() if value}},
        )
        theirs.close()
        atexit.register(self._end)

    def copied(self, args: list[str], cwd: Any, env: Any, streams: list[int]) -> int:
        """Start a copy that does this command; return its process's number."""
        told = {
            "args": args,
            "folder": str(Path(cwd or ".").absolute()),
            "env": dict(os.environ if env is None else env),
            "adopted": True,
        }
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                socket.send_fds(
                    self._door, [json.dumps(told).encode()], [*streams, theirs.fileno()]
                )
            answers = ours.makefile()
            pid = answers.readline()
            answers.read()  # whoever stood between has ended, so the copy is ours
        assert pid, "the process that starts others has ended"
        return int(pid)

    @property
    def door(self) -> int:
        """The descriptor by which it is told."""
        return self._door.fileno()

    def _end(self) -> None:
        self._door.close()
        self._process.wait()


def program(folder: Path) -> int | None:
    """Write a program `drumbeat` into the folder, for scripts; return the descriptor that it must
    find open, if any.
    """
    file, python = folder / "drumbeat", shlex.quote(sys.executable)
    if subprocess.Popen is Started:
        door = Loaded.one().door
        # the seconds that a script gives a command begin once all is loaded
        subprocess.run([*_OURS, "--version"], stdout=subprocess.DEVNULL, check=True)
        typed = shlex.quote(str(Path(__file__).with_name("typed.py")))
        line = f'{python} -IS {typed} {door} "$@"'
    else:
        door, line = None, f'{python} -m bot "$@"'
    file.write_text(f"#!/bin/sh\nexec {line}\n", "utf-8")
    file.chmod(0o755)
    return door


def install() -> None:
    """Let `subprocess`, and asyncio that uses it, start commands of ours so, where it can be."""
    if sys.platform == "linux" and ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0) == 0:
        subprocess.Popen = Started
        Loaded.one()
