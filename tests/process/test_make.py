"""`make` on a machine whose Python has no venv, and on one that got it afterwards."""

import subprocess
import sys

import pytest
from tree import TOP

pytestmark = pytest.mark.process

WITHOUT_VENV = """#!/bin/sh
# Debian's python3 before `apt install python3-venv`: `venv` is there, `ensurepip` is not
case "$*" in
  *ensurepip*) echo "ModuleNotFoundError: No module named 'ensurepip'" >&2; exit 1 ;;
  *) exec {python} "$@" ;;
esac
"""


def make(folder, python):
    """`make` up to the environment; no package is asked for, so that the first one ends it."""
    return subprocess.run(
        ["make", "-C", TOP, f"{folder}/.venv/.ready", f"VENV={folder}/.venv", f"PYTHON={python}"],
        env={"PATH": "/usr/bin:/bin", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


@pytest.fixture
def debian(tmp_path):
    python = tmp_path / "python3"
    python.write_text(WITHOUT_VENV.format(python=sys.executable), "utf-8")
    python.chmod(0o755)
    return python


def test_a_python_without_venv_is_told_in_one_line_with_the_package_that_has_it(debian, tmp_path):
    done = make(tmp_path, debian)
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert said == [
        f"{debian} can't make an environment of its own: install its venv"
        " (Debian, Ubuntu: apt install python3-venv), then make again"
    ]
    assert not (tmp_path / ".venv").exists()


def test_half_an_environment_is_made_anew_once_the_package_is_there(tmp_path):
    half = [sys.executable, "-m", "venv", "--without-pip", tmp_path / ".venv"]
    subprocess.run(half, check=True, timeout=60)
    done = make(tmp_path, sys.executable)
    assert "No module named pip" not in done.stderr
    pip = [tmp_path / ".venv" / "bin" / "python", "-m", "pip", "--version"]
    assert subprocess.run(pip, check=False, timeout=60).returncode == 0
