"""Who works with the bot: the people of config.toml, and those whom `drumbeat staff` adds and
removes without that file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.config import member as member_of
from bot.errors import DataError, UsageError
from bot.jobs.people import colleagues
from bot.jobs.services import Services
from bot.model import Problem
from bot.model.staff import Actor, Member, StaffRole, Team
from bot.model.staff.audit import Verb
from bot.names import suggest
from bot.times import epoch

FILE, ADDED = "config.toml", "drumbeat staff"
"""Where somebody is named."""

_KEYS = ("telegram", "login", "email")
"""By what else than a name somebody is known."""


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """A member of staff, with where they are named and how they can come."""

    member: Member
    #: `FILE` or `ADDED`
    named: str
    #: chat, command line, desk
    doors: tuple[str, ...]

    @property
    def roles(self) -> tuple[StaffRole, ...]:
        """Return their roles from the least to the most; of those that include others, as they
        are named.
        """
        return tuple(role for role in StaffRole if role in self.member.roles)

    def as_json(self) -> dict[str, object]:
        """Return what programs see, which is the contract."""
        return {
            "name": self.member.name,
            "roles": self.roles,
            "named": self.named,
            "telegram": self.member.telegram,
            "login": self.member.login,
            "email": self.member.email,
            "doors": self.doors,
        }


def listed(services: Services) -> list[Colleague]:
    """Return all members of staff, those of config.toml first."""
    own = len(services.settings.team_with(()).members)
    return [
        Colleague(
            member=each,
            named=FILE if number < own else ADDED,
            doors=tuple(_doors(services, each)),
        )
        for number, each in enumerate(services.team.members)
    ]


def _doors(services: Services, each: Member) -> Iterator[str]:
    if each.telegram is not None and services.settings.chats:
        yield "chat"
    if each.login is not None:
        yield "command line"
    if services.settings.web is not None:
        yield "desk"


def add(services: Services, name: str, keys: Mapping[str, Any], by: Actor, now: datetime) -> Member:
    """Let somebody work with the bot, by the keys that [staff.NAME] of config.toml would have.

    Raises `DataError` with every problem: of the name and the keys, and with members who have the
    name, the chat, the login or the address already.
    """
    store, problems = services.store, list[Problem]()
    try:
        new = member_of(name, keys, ADDED)
    except DataError as error:
        new = Member(
            name=name,
            telegram=keys.get("telegram"),
            login=keys.get("login"),
            email=keys.get("email"),
        )
        problems += error.problems
    with store.transaction():
        problems += _twins(services.team, new)
        if problems:
            raise DataError(problems)
        store.members.put(new, epoch(now))
        store.audit.note(by, Verb.MEMBER_ADDED, epoch(now), store.audit.number(new.actor))
    return new


def _twins(team: Team, new: Member) -> Iterator[Problem]:
    for other in team.members:
        if Team((other,)).twin(new) is not None:
            same = [
                key
                for key in ("name", *_KEYS)
                if getattr(new, key) == getattr(other, key) is not None
            ]
            message = f"has the {' and the '.join(same)} of '{other.name}'; one person has one name"
            yield Problem(file=ADDED, key=f"staff.{new.name}", message=message)


def remove(services: Services, name: str, by: Actor, now: datetime) -> int:
    """Let a member whom `add` named work with the bot no longer; return how many of their browsers
    that signs out.

    What they did stays in the log. Raises `UsageError` for somebody of config.toml, and for nobody.
    """
    store = services.store
    with store.transaction():
        if not store.members.remove(name):
            raise UsageError(_not_removed(services, name))
        store.audit.note(
            by, Verb.MEMBER_REMOVED, epoch(now), store.audit.number(Actor.member(name))
        )
        store.tokens.end_all(name)
        return store.logins.end_all(name)


def forget(services: Services, name: str, by: Actor, now: datetime) -> str:
    """Take every name of a member of staff off what they did, and remove them where `add` named
    them; return where they are still named, '' for nowhere.

    As a subscriber they stay who they are: for that there is /forget in the chat. Raises
    `UsageError` for nobody.
    """
    store, member = services.store, services.team.called(name)
    if member is None:
        raise UsageError(_nobody(services.team, name))
    with store.transaction():
        about = store.audit.number(member.actor)
        store.audit.note(by, Verb.MEMBER_FORGOTTEN, epoch(now), about)
        # no channel has the number 0: nothing is deleted of whoever has their chat
        store.forgotten.forget_at(0, "", str(member.telegram or ""), epoch(now), member=member)
    left = services.settings.team_with(()).called(name)
    return "" if left is None else _place(services, name)


def _nobody(team: Team, name: str) -> str:
    return (
        f"nobody of staff is called '{name}'{suggest(name, (each.name for each in team.members))}"
    )


def _place(services: Services, name: str) -> str:
    return f"{colleagues.place(name)} of {services.settings.file or FILE}"


def _not_removed(services: Services, name: str) -> str:
    if services.team.called(name) is None:
        return _nobody(services.team, name)
    return (
        f"{name} stands in {_place(services, name)}: take them out there, then `drumbeat reload`;"
        " `drumbeat staff remove` takes out those whom `drumbeat staff add` named"
    )
