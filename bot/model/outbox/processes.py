"""Which processes work on a database."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Process:
    """A process that shares its database with others; instants in epoch seconds, by its clock."""

    #: machine and process
    name: str
    #: the command that it is
    part: str
    version: str
    since: int
    #: its last sign of life
    beat: int
