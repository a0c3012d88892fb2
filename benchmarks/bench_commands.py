"""What commands cost before they do anything for you: CPU seconds of `--help`, `check` and `doctor`
against those of a Python that does nothing, in one run.

Each is a process of its own, called in turn, so that the machine's load falls on all alike. The
data are the shipped ones. `check` and the first `doctor` look at every text; the other `doctor` has
a database beside it, and what it found clean on the same day it doesn't look at again, as on a
server. The first round, which compiles our code and makes that database clean, isn't counted.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bot.store import Store
from bot.store.meta import LIVE

TOP = Path(__file__).resolve().parent.parent

COMMANDS = {
    "python -c pass": ("-c", "pass"),
    "drumbeat --help": ("-m", "bot", "--help"),
    "drumbeat check": ("-m", "bot", "check"),
    "drumbeat doctor": ("-m", "bot", "doctor", "--db", "none.db"),
    "doctor once more": ("-m", "bot", "doctor", "--db", "live.db"),
}

TARGETS = {
    "drumbeat --help": 7,
    "drumbeat check": 230,
    "drumbeat doctor": 150,
    "doctor once more": 150,
}


def cpu(words: tuple[str, ...], folder: str) -> float:
    """CPU seconds, user and system, of one process and all that it starts."""
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": os.environ.get("PYTHONPATH") or str(TOP)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ended.ru_utime + ended.ru_stime - began.ru_utime - began.ru_stime


def main(rounds: int = 5) -> None:
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "live.db")
        store.meta.put("kind", LIVE)
        store.close()
        for number in range(rounds + 1):
            for name, words in COMMANDS.items():
                seconds = cpu(words, folder)
                if number:
                    taken[name].append(seconds)
    nothing = statistics.median(taken["python -c pass"])
    for name, each in taken.items():
        middle = statistics.median(each)
        wanted = TARGETS.get(name)
        target = f", ratio {middle / nothing:.1f} (target {wanted})" if wanted else ""
        print(
            f"{name:16} {middle * 1e3:6.0f} ms of CPU"
            f" ({min(each) * 1e3:.0f} to {max(each) * 1e3:.0f}){target}"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
