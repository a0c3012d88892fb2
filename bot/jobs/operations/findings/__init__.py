"""What the doctor finds: one line for each thing that it looked at."""

from dataclasses import dataclass
from enum import Enum
from typing import Self


class Level(Enum):
    """How bad a finding of the doctor is."""

    OK = "ok"
    #: worth knowing, and perhaps doing something about
    NOTE = "note"
    #: somebody must do something: exit code 1
    PROBLEM = "problem"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was seen of one thing, and how bad it is."""

    #: secrets, keys, tokens, limits, clock, zones, database, disk, fonts, alerts, data; where there
    #: is something to say also web, mailbox, paused, resting, proxy, folder, pages, dry, privacy,
    #: people, channels, moved, roots, languages, helplines, links, pictures
    check: str
    subject: str
    level: Level
    #: never holds a secret
    message: str

    @classmethod
    def ok(cls, check: str, subject: str, message: str) -> Self:
        """Return a finding that all is well with the subject."""
        return cls(check=check, subject=subject, level=Level.OK, message=message)

    @classmethod
    def note(cls, check: str, subject: str, message: str) -> Self:
        """Return a finding that is worth knowing, and perhaps doing something about."""
        return cls(check=check, subject=subject, level=Level.NOTE, message=message)

    @classmethod
    def problem(cls, check: str, subject: str, message: str) -> Self:
        """Return a finding about which somebody must do something."""
        return cls(check=check, subject=subject, level=Level.PROBLEM, message=message)
