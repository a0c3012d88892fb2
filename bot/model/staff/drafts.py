"""What a member of staff writes before it is a post: drafts, and pictures of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class OwnPicture:
    """A picture that staff give a post of their own: clean, described and vouched for."""

    #: SHA-256 of its bytes, hexadecimal
    digest: str
    #: what stands in its place for those who can't see it
    alt: str
    #: what its giver answered to the safeguarding checklist, as it is part of what is approved
    vouched: str


@dataclass(frozen=True, kw_only=True)
class KeptPicture(OwnPicture):
    """Such a picture with its bytes; None once no post needs them any more."""

    data: bytes | None = field(repr=False)
    #: media type
    mime: str


MOST = 200
"""Drafts of one member; they are there to be sent."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A post that its author has not sent yet."""

    id: int
    #: the author's name
    member: str
    campaign: str
    text: str
    #: names of the channels that shall post it
    channels: tuple[str, ...] = ()
    #: local day and hour as a form has them, '2027-03-01T09:30'; '' for none
    due: str = ""
    #: how it comes again, by the fields of its form; empty for once
    again: Mapping[str, str] = field(default_factory=dict)
    picture: OwnPicture | None = None
    #: epoch seconds when it was last changed
    at: int = 0
