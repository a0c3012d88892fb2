"""Who sends now."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Lease:
    """The lease under which a process sends for an account; instants in epoch seconds."""

    token: int
    account: str
    #: machine and process
    holder: str
    since: int
    #: the last sign of life, by its holder's own clock
    renewed: int
    #: changes with each sign of life
    beats: int
