"""Somebody whose data are exported or deleted; what personal data are kept for, and how long."""

from dataclasses import dataclass
from enum import StrEnum

from bot.model.staff import Member


@dataclass(frozen=True, kw_only=True)
class Who:
    """A person as the store knows them: by number once they joined, by their address before."""

    #: None for somebody who wrote and never joined
    person: int | None
    #: id of the channel
    channel: int
    #: their address on this channel
    address: str
    #: as which member of staff they act; None for all others
    member: Member | None = None
    #: a safeguarding contact is named, who reads a message about a child before it goes
    guarded: bool = True

    def is_member(self, member: Member) -> bool:
        """Return whether this is a member of staff, by their chat or by their name."""
        known = self.member is not None and self.member.name == member.name
        return known or self.address == str(member.telegram)


class Purpose(StrEnum):
    """What personal data are kept for: the activities in the record of processing, in its order."""

    MESSAGES = "messages"
    PLEDGES = "pledges"
    COUNTRIES = "countries"
    CALLS = "calls"
    EVENTS = "events"
    QUESTIONS = "questions"
    DANGER = "danger"
    POSTS_OF_OTHERS = "posts-of-others"
    CLEARANCE = "clearance"
    STAFF = "staff"
    LOG = "log"
    FORGOTTEN = "forgotten"


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
    #: the log of who did what
    audit: int
