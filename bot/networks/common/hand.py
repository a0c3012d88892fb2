"""Networks that have no channel yet: what they take, so that staff can post there by hand.

Data only; there is nothing to set up but an account.

Read in November 2026: Facebook (a post has 63,206 characters), Instagram (a caption has 2,200
characters and at most 30 hashtags, links in it can't be tapped, and nothing is posted without a
picture; alt text under "Advanced settings"), LinkedIn (3,000 characters).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.model import Limits


@dataclass(frozen=True, kw_only=True)
class Hand:
    """A network on which people post by hand."""

    #: as the network writes its own name
    label: str
    limits: Limits
    #: nothing is posted without a picture
    needs_picture: bool = False
    #: most hashtags of a post, or None
    hashtags: int | None = None
    #: a link in the text can be tapped
    links: bool = True


HANDS: Mapping[str, Hand] = MappingProxyType(
    {
        "facebook": Hand(label="Facebook", limits=Limits(length=63_206, counter="utf16")),
        "instagram": Hand(
            label="Instagram",
            limits=Limits(length=2_200, counter="utf16", alt=100),
            needs_picture=True,
            hashtags=30,
            links=False,
        ),
        "linkedin": Hand(label="LinkedIn", limits=Limits(length=3_000, counter="utf16", alt=300)),
    }
)
"""By the name that a template's blocks use: ``post_instagram``."""
