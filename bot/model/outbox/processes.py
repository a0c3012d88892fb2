"""Which processes work on a database."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Process:
    """A process that shares its database with others; instants in epoch seconds, by the clock that
    all of them go by, which is that of the database's server.
    """

    #: machine and process
    name: str
    #: the command that it is
    part: str
    version: str
    since: int
    #: its last sign of life
    beat: int
    #: by how many seconds the clock of its machine is ahead of the server's, as last compared
    ahead: float = 0.0
