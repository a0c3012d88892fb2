"""Commands that tests start are copies of a process that has loaded everything, and nobody can tell."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import started
from tree import TOP

pytestmark = pytest.mark.process

FROM_THE_BEGINNING = {"PYTHONUNBUFFERED": "1"}
"""A variable that Python reads before any line of ours, so that no copy will do."""


def played(folder, *args, line=(sys.executable, "-m", "bot"), **env):
    done = subprocess.run(
        [*line, *args],
        cwd=folder,
        env={"PYTHONPATH": str(TOP), **env},
        input="/start\n",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "args",
    [
        ("--version",),
        ("status",),
        ("calendar", "--year", "2021", "--lang", "fr"),
        ("chat", "--now", "2021-04-28T10:00:00Z"),
        ("preview", "nothing-of-the-kind"),
        ("check", "--nonsense"),
    ],
    ids=" ".join,
)
def test_a_copy_says_what_a_command_from_the_beginning_says(tmp_path, args):
    for name in ("copy", "own"):
        (tmp_path / name).mkdir()
    copy = played(tmp_path / "copy", *args)
    assert copy == played(tmp_path / "own", *args, **FROM_THE_BEGINNING)
    assert any(copy)
    assert {each.name for each in (tmp_path / "copy").iterdir()} == {
        each.name for each in (tmp_path / "own").iterdir()
    }


def ppid(pid):
    return int(Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[1])


def cmdline(pid):
    return Path(f"/proc/{pid}/cmdline").read_text("utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux alone")
def test_a_copy_is_a_child_of_the_tests_that_can_be_killed(tmp_path):
    waits = [sys.executable, "-m", "bot", "chat"]
    env = {"PYTHONPATH": str(TOP)}
    with subprocess.Popen(waits, cwd=tmp_path, env=env, stdin=-1, stdout=-1) as process:
        try:
            assert type(process) is started.Started
            assert ppid(process.pid) == os.getpid()
            assert "loaded.py" in cmdline(process.pid)
            assert process.poll() is None
        finally:
            process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("args", [("status",), ("check", "--nonsense")], ids=" ".join)
def test_a_script_types_it_as_any_program(tmp_path, args):
    door = started.program(tmp_path)
    done = subprocess.run(
        [tmp_path / "drumbeat", *args],
        cwd=tmp_path,
        env={"PYTHONPATH": str(TOP)},
        pass_fds=[door] if door is not None else [],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == played(tmp_path, *args)
