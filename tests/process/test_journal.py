"""stderr that leads straight into systemd's journal: each line carries its priority."""

import os
import socket
import subprocess
import sys
import time

import live
import pytest

from bot.cli import journal

pytestmark = [pytest.mark.process, pytest.mark.timeout(60)]

CONFIG = """
active = ["endchildlabour"]
database = "{}"

[channels.board]
network = "dry"
language = "en"
"""


def played(folder, *words, into="journal"):
    """Play a command with stderr on a socket, as systemd gives it; return exit code and lines."""
    ours, theirs = socket.socketpair()
    state = os.fstat(theirs.fileno())
    stream = f"{state.st_dev}:{state.st_ino}" if into == "journal" else "1:1"
    with (
        ours,
        subprocess.Popen(
            [sys.executable, "-m", "bot", *words],
            cwd=folder,
            env=live.environment(JOURNAL_STREAM=stream),
            stdout=subprocess.DEVNULL,
            stderr=theirs,
        ) as process,
    ):
        theirs.close()
        with ours.makefile(encoding="utf-8") as lines:
            said = []
            for line in lines:
                said.append(line.rstrip("\n"))
                if " INFO    next: " in line:
                    time.sleep(1)  # until it hears signals
                    process.terminate()
        return process.wait(), said


def test_each_line_in_the_journal_carries_its_priority(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG.format("drumbeat.db"), "utf-8")
    code, lines = played(tmp_path, "run")
    assert code == 0
    others = [line for line in lines if not line.startswith("<6>20")]
    known = ("nobody has looked", "there are no cards in")
    assert all(line.startswith("<4>20") for line in others)
    assert all(any(each in line for each in known) for line in others)
    assert lines[-1].endswith("stopped")


@pytest.mark.parametrize("into", ["journal", "a pipe"])
def test_why_a_start_is_refused_is_an_error_in_the_journal_and_unmarked_elsewhere(tmp_path, into):
    (tmp_path / "config.toml").write_text(CONFIG.format("nowhere/drumbeat.db"), "utf-8")
    code, [line] = played(tmp_path, "run", into=into)
    assert code == 1
    assert line.startswith("<3>/" if into == "journal" else "/")


def test_every_line_of_a_message_is_marked():
    assert journal.marked("first\n    second", 30) == "<4>first\n<4>    second"
