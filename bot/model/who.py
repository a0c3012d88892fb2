"""Somebody whose data are exported or deleted; and for how long personal data are kept."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Who:
    """A person as the store knows them: by number once they joined, by their address before."""

    #: None for somebody who wrote and never joined
    person: int | None
    #: id of the channel
    channel: int
    #: their address on this channel
    address: str
    #: login at the command line; None where the settings name none, and for all but staff
    login: str | None = None
    #: a safeguarding contact is named, who reads a message about a child before it goes
    guarded: bool = True


@dataclass(frozen=True, kw_only=True)
class Tombstone:
    """What is kept of an address whose owner wanted to be forgotten."""

    #: keyed hash of the address
    digest: str
    #: epoch seconds
    at: int


@dataclass(frozen=True, kw_only=True)
class Keep:
    """For how many days each kind of personal data is kept."""

    #: an answer that a form waits for
    forms: int
    #: questions, after their answer has reached who asked
    questions: int
    #: messages about a child in danger
    flags: int
    #: what staff were told
    notices: int
