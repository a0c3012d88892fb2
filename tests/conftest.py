"""Fixtures that several test files share, one section per topic."""

import logging
from collections.abc import Iterator

import pytest

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
