"""What a program may call: functions of plain values, whose docstrings the program reads."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from bot.errors import UsageError
from bot.jobs.machines import reading, suggestions, told
from bot.jobs.services import Services
from bot.model.staff import Actor, Member, StaffRole
from bot.model.staff.audit import Verb
from bot.store import Store
from bot.times import epoch


@dataclass(frozen=True)
class Tools:
    """The tools, in the name of a member of staff.

    `services` has a store that can't be changed; `writes` is used for suggestions and the log.
    """

    services: Services
    writes: Store
    #: the member's name
    name: str
    clock: Callable[[], datetime]

    @cached_property
    def _writing(self) -> Services:
        return replace(self.services, store=self.writes)

    def begin(self, by: Actor) -> None:
        """Note who lets a program work for the member; raises `UsageError` where there is none."""
        member, audit = self._member, self.writes.audit
        with self.writes.transaction():
            whom = audit.number(member.actor)
            audit.note(by, Verb.MCP_STARTED, epoch(self.clock()), whom)

    def called(self, name: str) -> None:
        """Note that a tool is called; raises `UsageError` for one that there is not, and where the
        member may not call it now.
        """
        verb = _VERBS.get(name, Verb.MCP_UNKNOWN)
        member = self.services.team.called(self.name)
        if member is None:
            raise UsageError(f"{self.name} works with the bot no longer")
        self.writes.audit.note(member.actor, verb, epoch(self.clock()))
        if not member.may(_needs(name)):
            raise UsageError(f"{name} is not among what the role of {self.name} does")

    @property
    def _member(self) -> Member:
        member = self.services.team.called(self.name)
        if member is None:
            raise UsageError(f"{self.name} works with the bot no longer")
        return member

    async def campaigns(self) -> dict[str, Any]:
        """List the campaigns: titles, languages, hashtags, first and last day."""
        return {"campaigns": reading.campaigns(self.services)}

    async def calendar(self, campaign: str, language: str = "") -> dict[str, Any]:
        """List what a campaign asks for, by day, with titles and texts to share, in a language."""
        return {"actions": reading.entries(self.services, campaign, language, self.clock())}

    async def texts(
        self, campaign: str, action: str, language: str = "", network: str = ""
    ) -> dict[str, Any]:
        """Show the texts of an action in a language, as a network or as each of ours shows them,
        with their length, the most that it takes, and why there is none where one is missing.
        """
        now = self.clock()
        return {"texts": reading.texts(self.services, campaign, action, language, network, now)}

    async def posts(self, after: str = "") -> dict[str, Any]:
        """List posts to come and of the last 30 days, 50 at a time, with text, state and length;
        `after` is the `next` of the page before.
        """
        return reading.posts(self.services, self.clock(), after)

    async def status(self) -> dict[str, Any]:
        """Say how things are, in numbers: posts and channels by state, holds, alarms."""
        return vars(told.numbers(self.services, self.clock()))

    async def samples(self, campaign: str, first: str = "", last: str = "") -> dict[str, Any]:
        """Tell how often a campaign's hashtags were used, per network and day (2027-01-31), with
        what could not be seen; the last four weeks where no days are given.
        """
        return dict(reading.samples(self.services, campaign, first, last, self.clock()))

    async def results(self, campaign: str, month: str = "") -> dict[str, Any]:
        """Tell what people did with a campaign's posts of a month (2027-01), in counts, with what
        nobody knows; of this month where none is given.
        """
        return dict(reading.results(self.services, campaign, month, self.clock()))

    async def propose_wording(self, post: str, text: str, why: str = "") -> dict[str, Any]:
        """Suggest another text for a post that has not left, by its id in `posts`, and say why. A
        line of dashes begins the next post of a thread. Staff look at it, and use it or drop it.
        """
        number = suggestions.wording(
            self._writing, post, text, why, self._member.actor, self.clock()
        )
        return _kept(number)

    async def propose_translation(
        self, campaign: str, action: str, language: str, text: str, why: str = ""
    ) -> dict[str, Any]:
        """Suggest the text of an action in one of its campaign's languages, and say why. Staff look
        at it, and take it over or drop it.
        """
        by, now = self._member.actor, self.clock()
        number = suggestions.translation(
            self._writing, campaign, action, language, text, why, by, now
        )
        return _kept(number)

    @property
    def all(self) -> tuple[Callable[..., Any], ...]:
        """Return the tools, in the order in which they are listed."""
        return tuple(getattr(self, name) for name in _VERBS)


_VERBS = {
    "campaigns": Verb.MCP_CAMPAIGNS,
    "calendar": Verb.MCP_CALENDAR,
    "texts": Verb.MCP_TEXTS,
    "posts": Verb.MCP_POSTS,
    "status": Verb.MCP_STATUS,
    "samples": Verb.MCP_SAMPLES,
    "results": Verb.MCP_RESULTS,
    "propose_wording": Verb.MCP_WORDING,
    "propose_translation": Verb.MCP_TRANSLATION,
}

WRITES = frozenset({"propose_wording", "propose_translation"})
"""Tools that keep something; all others only read."""


def _needs(name: str) -> StaffRole:
    return StaffRole.WRITER if name in WRITES else StaffRole.READER


def _kept(number: int) -> dict[str, Any]:
    return {"suggestion": number, "waits": "for staff, at their desk"}
