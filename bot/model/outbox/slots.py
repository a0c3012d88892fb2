"""What a process has reserved of an account's pace."""

from typing import NamedTuple


class Slot(NamedTuple):
    """A slot that is reserved; instants in milliseconds since the epoch."""

    number: int
    #: when it was reserved
    since: int
    #: when others get it, if nothing more is said of it
    until: int
