"""Staff: who acted, and when two actors are one person; what staff write and what they are told:
one-off posts and announcements, alerts and notices.

An actor is the very text that the database stores: ``staff 99`` (a chat, or a login for pledges),
``chat 99`` (a chat, for reviews), ``anna`` (a login at the command line), ``member anna`` (the name
of a member of staff, at the desk), ``person 12`` (an editor), ``clearance 3`` (who has the link of
a clearance), ``a former editor``. Only `Actor` takes such a text apart.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Self

from bot.model.audience import Audience
from bot.model.subject import Written


class Actor(str):
    """Who did something: the stored text, which is also how it is shown."""

    __slots__ = ()

    @classmethod
    def person(cls, number: int) -> Self:
        """Return the person with this number, who acts for their own pledge."""
        return cls(f"person {number}")

    @classmethod
    def staff(cls, name: str) -> Self:
        """Return a member of staff, by their chat's address or the login of their command line."""
        return cls(f"staff {name}")

    @classmethod
    def reviewer(cls, chat: str) -> Self:
        """Return a member of staff who looks at posts of others, by their chat's address."""
        return cls(f"chat {chat}")

    @classmethod
    def member(cls, name: str) -> Self:
        """Return a member of staff by the name that config.toml or `drumbeat staff` gives them."""
        return cls(f"member {name}")

    @classmethod
    def outside(cls, clearance: int) -> Self:
        """Return whoever has the link of the clearance with this number."""
        return cls(f"clearance {clearance}")

    @property
    def is_staff(self) -> bool:
        """Return whether this is written as a member of staff."""
        return self.startswith(("staff ", "member "))

    @property
    def is_outside(self) -> bool:
        """Return whether this is whoever has the link of a clearance."""
        return self.startswith("clearance ")

    @property
    def named(self) -> str | None:
        """Return the name of the member of staff who acted at the desk; None for all others."""
        word, _, name = self.partition(" ")
        return name if word == "member" else None

    @property
    def telegram(self) -> str | None:
        """Return the address of the actor's chat; None where they acted elsewhere."""
        word, _, name = self.partition(" ")
        return name if word == "chat" or (word == "staff" and name.isdigit()) else None

    @property
    def login(self) -> str | None:
        """Return the actor's login at the command line; None where they acted elsewhere."""
        if self.telegram is not None or self in FORMER:
            return None
        if self.partition(" ")[0] in ("person", "member", "clearance"):
            return None
        return self.removeprefix("staff ")


FORMER_EDITOR = Actor("a former editor")
FORMER_STAFF = Actor("a former member of staff")
"""The actor in place of a member of staff who is forgotten."""

FORMER = (FORMER_EDITOR, FORMER_STAFF)

MACHINE = Actor("drumbeat")
"""The actor when drumbeat acts by itself, because an hour has come."""

REHEARSAL = Actor("rehearsal")
"""The actor that approves posts in a rehearsal."""


class StaffRole(StrEnum):
    """What a member of staff may do; each of the first four includes those before it."""

    #: look at posts, calendar, outbox and results; nothing of people
    READER = "reader"
    #: write and change texts, give another hour, answer questions, send for approval
    WRITER = "writer"
    #: approve, hold, release, retract, decide about pledges
    APPROVER = "approver"
    #: staff, tokens, the log of who did what
    ADMIN = "admin"
    #: read reports that a child is in danger; no other role includes this one
    SAFEGUARDING = "safeguarding"


_LADDER = (StaffRole.READER, StaffRole.WRITER, StaffRole.APPROVER, StaffRole.ADMIN)


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member of staff, with all the names under which they act."""

    #: what the settings call them; their chat's address where these name nothing else
    name: str
    #: user id on Telegram
    telegram: int | None = None
    #: login at the command line
    login: str | None = None
    #: address to which links that open the desk go
    email: str | None = None
    roles: frozenset[StaffRole] = frozenset({StaffRole.ADMIN})

    @property
    def actor(self) -> Actor:
        """Return who acts when this member acts at the desk."""
        return Actor.member(self.name)

    @property
    def actors(self) -> tuple[Actor, ...]:
        """Return each actor that may be this member: at the desk, in the chat, at the command
        line.
        """
        chat, login = self.telegram, self.login
        in_chat = (Actor.staff(str(chat)), Actor.reviewer(str(chat))) if chat else ()
        in_terminal = (Actor(login), Actor.staff(login)) if login else ()
        return (self.actor, *in_chat, *in_terminal)

    def may(self, role: StaffRole) -> bool:
        """Return whether this member may do what the role allows."""
        if role not in _LADDER:
            return role in self.roles
        return any(each in self.roles for each in _LADDER[_LADDER.index(role) :])


@dataclass(frozen=True, kw_only=True)
class Session:
    """A browser in which a member of staff is at their desk."""

    #: of the secret that the browser keeps
    digest: str
    #: the member's name
    member: str
    #: epoch second at which it was last used, to the minute
    seen: int
    #: the language in which they read; '' for that of the browser
    language: str


@dataclass(frozen=True)
class Team:
    """All members of staff that the settings name."""

    members: tuple[Member, ...]

    @property
    def alone(self) -> bool:
        """Return whether there is nobody else who could check what one person did."""
        approvers = [member for member in self.members if member.may(StaffRole.APPROVER)]
        return len(approvers) < 2  # noqa: PLR2004 - four eyes need two people

    def twin(self, member: Member) -> Member | None:
        """Return who has the name, the chat, the login or the address of this member, or None."""
        theirs = (member.telegram, member.login, member.email)
        return next(
            (
                other
                for other in self.members
                if other.name == member.name
                or any(
                    mine is not None and mine == again
                    for mine, again in zip(
                        theirs, (other.telegram, other.login, other.email), strict=True
                    )
                )
            ),
            None,
        )

    def with_contact(self, telegram: int) -> "Team":
        """Return the team in which who has this user id on Telegram reads reports of danger; where
        nobody here has it, that is all that they may do.
        """
        extra = frozenset({StaffRole.SAFEGUARDING})
        if str(telegram) not in self.chats:
            return Team((*self.members, Member(name=str(telegram), telegram=telegram, roles=extra)))
        return Team(
            tuple(
                replace(member, roles=member.roles | extra)
                if member.telegram == telegram
                else member
                for member in self.members
            )
        )

    @property
    def guards(self) -> tuple[Member, ...]:
        """Return who reads reports of danger."""
        return tuple(each for each in self.members if each.may(StaffRole.SAFEGUARDING))

    @property
    def chats(self) -> Mapping[str, Member]:
        """Return members by the addresses of their chats."""
        return {str(member.telegram): member for member in self.members if member.telegram}

    def unknown(self, actor: Actor) -> bool:
        """Return whether this is a login or a name that no member has, so that it may be
        anybody's.
        """
        by_name = actor.login is not None or actor.named is not None
        return by_name and self.member(actor) is None

    def called(self, name: str) -> Member | None:
        """Return the member of this name, or None."""
        return next((member for member in self.members if member.name == name), None)

    def same(self, one: Actor, other: Actor) -> bool:
        """Return whether both actors are one person, perhaps under two names."""
        if one == other or ((member := self.member(one)) and member == self.member(other)):
            return True
        return any(
            name is not None and name == again
            for name, again in ((one.telegram, other.telegram), (one.login, other.login))
        )

    def two(self, one: Actor, other: Actor) -> bool:
        """Return whether these are certainly two people, as the four-eyes rule needs them.

        Somebody who was forgotten may be anybody, even the one who acts now.
        """
        return not (self.same(one, other) or self._anybody(one) or self._anybody(other))

    def _anybody(self, actor: Actor) -> bool:
        return actor in FORMER or self.unknown(actor)

    def member(self, actor: Actor) -> Member | None:
        """Return the member who acts under this name, or None."""
        if actor.named is not None:
            return self.called(actor.named)
        chat, login = actor.telegram, actor.login
        return next(
            (
                member
                for member in self.members
                if (chat is not None and chat == str(member.telegram))
                or (login is not None and login == member.login)
            ),
            None,
        )


@dataclass(frozen=True, kw_only=True)
class Alert:
    """Something that a person should look at; instants in epoch seconds."""

    id: int
    at: int
    #: paused, uncertain, approval, link, differs, zone, …
    kind: str
    subject: str
    #: says what is wrong and what to do, for logs and the command line
    text: str
    told: bool
    #: what the text is made of, to be said in another language
    detail: Mapping[str, Any] = field(default_factory=dict)


POST = "post"
"""The kind of a one-off text that stands on channels, for everybody."""

ANNOUNCEMENT = "announcement"
"""The kind of a one-off text that goes to people, each by themselves."""


@dataclass(frozen=True, kw_only=True)
class Wording:
    """A text that somebody wrote in place of a post's own."""

    text: str
    by: Actor


@dataclass(frozen=True, kw_only=True)
class Rewording:
    """What staff wrote in the place of an action's words to people, in a language on a channel."""

    language: str
    text: str
    by: Actor
    #: epoch seconds
    at: int
    #: of the text that was approved; '' until somebody has
    digest: str
    approved_by: Actor
    #: how many had got other words when it was approved
    had: int

    @property
    def digest_now(self) -> str:
        """The digest under which it would be approved as it is."""
        return hashlib.sha256(f"{self.language}\n{self.text}".encode()).hexdigest()

    @property
    def is_approved(self) -> bool:
        """Whether somebody approved just this text."""
        return self.digest == self.digest_now


@dataclass(frozen=True, kw_only=True)
class Whom:
    """Whom an announcement is for."""

    audiences: tuple[Audience, ...]
    #: tag of the only language; '' for all
    language: str = ""
    #: code of the only country; '' for all
    country: str = ""
    #: ids of the stakeholder groups, of which their organisation is one; empty for all
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OneOff:
    """A post or an announcement that stands in no calendar.

    Its occurrences' action is ``post:12`` or ``announcement:13``.
    """

    id: int
    #: POST or ANNOUNCEMENT
    kind: str
    campaign: str
    text: str
    by: Actor
    #: epoch seconds
    at: int
    #: whom an announcement is for; empty for everybody
    language: str
    country: str
    #: ids of stakeholder groups
    groups: tuple[str, ...]
    channel: int

    @property
    def action(self) -> str:
        """Return the action that its occurrences have."""
        return str(Written(self.kind, self.id))


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A message for one member of staff."""

    id: int
    address: str
    #: epoch seconds when there was something to tell
    at: int
    #: file.block of the chat's texts
    template: str
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class StaffLetter:
    """A letter to a member of staff that has not left yet; instants in epoch seconds."""

    id: int
    #: the member's name
    member: str
    kind: str
    #: what its kind needs: a language, a month
    about: str
    at: int
    tries: int
