"""What a row of the outbox says about how it came to stand as it does, where that is our own word
and not a network's: written here, and read here, so that pages say it in their reader's language.
"""

import re
from collections.abc import Mapping
from enum import StrEnum


class Note(StrEnum):
    """What a row says; the values are names of words."""

    MOVED = "moved"
    CANCELLED = "cancelled"
    RELEASED = "released"
    STOPPED = "stopped"
    DELETED = "deleted"
    BY_HAND = "by_hand"
    THERE = "there"
    LATE = "late"
    LAPSED = "lapsed"
    DIFFERS = "differs"


_SAID: Mapping[Note, str] = {
    Note.MOVED: "moved to {at} by {by}",
    Note.CANCELLED: "cancelled by {by}",
    Note.RELEASED: "{state} before; released by {by}",
    Note.STOPPED: "retracted by {by} before it left",
    Note.DELETED: "sent, then deleted from {network} by {by}",
    Note.BY_HAND: "posted by hand by {by}",
    Note.THERE: "it is there, says {by}",
    Note.LATE: "later than its grace",
    Note.LAPSED: "nobody approved it before its grace ended",
    Note.DIFFERS: "differs from what was approved",
}

_VALUES = {"by": r".+", "at": r"[\dTZ:-]+", "state": r"\w+", "network": r"\w+"}

_READ = {
    note: re.compile(
        re.sub(r"\\\{(\w+)\\\}", lambda gap: f"(?P<{gap[1]}>{_VALUES[gap[1]]})", re.escape(said))
    )
    for note, said in _SAID.items()
}


def written(note: Note, **values: str) -> str:
    """Return the sentence that is kept: `by` is an actor, `at` an instant as `iso` writes it,
    `state` a state's word, `network` a network's id.
    """
    return _SAID[note].format(**values)


def read(text: str) -> tuple[Note, dict[str, str]] | None:
    """Return what a sentence says and its values; None for one that isn't ours."""
    for note, pattern in _READ.items():
        if matched := pattern.fullmatch(text):
            return note, matched.groupdict()
    return None
