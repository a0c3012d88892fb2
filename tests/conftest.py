"""Fixtures that several test files share, one section per topic."""

import logging
import sys
from collections.abc import Iterator

import pytest

from bot.cli import main

# Networks


class _Ear(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        # The fields too, not only the formatted line: other handlers may print them.
        self.lines += [logging.Formatter("%(name)s %(message)s").format(record), repr(record.__dict__)]


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """All that any library logs during a test, at DEBUG."""
    ear, root = _Ear(), logging.getLogger()
    before = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    yield ear.lines
    root.removeHandler(ear)
    root.setLevel(before)


# Commands


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    """Run a command in an empty folder; give exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")

    def run(*args):
        monkeypatch.setattr(sys, "argv", ["drumbeat", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return run
