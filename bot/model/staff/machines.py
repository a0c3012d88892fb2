"""What programs may do in the name of a member of staff: tokens, and what they suggest."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from bot.model.message import DeliveryKey
from bot.model.staff import Actor, StaffRole


class TokenScope(StrEnum):
    """What a token lets a program do; approving is among none of it."""

    #: read posts, numbers
    READ = "read"
    #: propose posts, and take them back while nobody has approved them
    WRITE = "write"

    @property
    def needs(self) -> StaffRole:
        """Return the role without which the token's member can't have it used."""
        return StaffRole.READER if self is TokenScope.READ else StaffRole.WRITER


@dataclass(frozen=True, kw_only=True)
class Token:
    """A key by which a program acts in the name of a member of staff; instants in epoch seconds."""

    id: int
    #: the member's name
    member: str
    #: what it is for, in staff's words
    label: str
    scopes: frozenset[TokenScope]
    at: int
    #: when it was last used, to the hour; None for never
    used: int | None
    #: when it ends; None: when somebody ends it
    until: int | None


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What a program sent, under a name of its own by which the same is known again."""

    #: digest of that name
    name: str
    #: digest of what was sent
    digest: str


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What was sent before under such a name, and the number of the post that it became."""

    digest: str
    oneoff: int


class SuggestionKind(StrEnum):
    """What a program suggests."""

    #: another text for a post
    WORDING = "wording"
    #: a text of an action in another language
    TRANSLATION = "translation"


class SuggestionEnd(IntEnum):
    """What became of a suggestion."""

    OPEN = 0
    USED = 1
    DROPPED = 2


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A text that a program suggests in a member's name, until staff use or drop it."""

    id: int
    kind: SuggestionKind
    by: Actor
    campaign: str
    action: str
    #: tag of the language of a translation; '' for a wording
    language: str
    #: the post of a wording; None for a translation
    post: DeliveryKey | None
    text: str
    #: why, in the program's words
    why: str
    #: epoch seconds
    at: int
