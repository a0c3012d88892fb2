"""What a page of the desk knows of who is there, as plain values, without HTTP."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from typing import Any

from bot.gaps import filled
from bot.jobs.counting.figures import network_name
from bot.jobs.services import Services
from bot.kept import Kept
from bot.languages import (
    Counted,
    direction,
    said_day,
    said_days,
    said_instant,
    said_number,
    said_time,
)
from bot.model.staff import Actor, Member, Session, StaffRole, Team
from bot.rules import dates
from bot.times import from_epoch
from bot.web.public.reader import Urls

WORDS = "desk"
"""The table of the desk's words: content/<language>/desk.toml."""

FALLBACK = "en"
"""The language whose words stand for those that another lacks."""

MOST_KEPT = 20
"""Most things that pages keep."""


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """A member of staff at their desk, and what they ask for."""

    services: Services
    urls: Urls
    member: Member
    session: Session
    #: what each form of theirs carries
    token: str
    #: tag of the language in which the desk speaks
    language: str
    #: aware, in UTC
    now: datetime
    #: the parts of the path that a route names
    parts: Mapping[str, str] = field(default_factory=dict)
    #: the first value of each field behind the question mark
    query: Mapping[str, str] = field(default_factory=dict)
    #: what pages made and may show again while these services last, by all that it is made of
    kept: Kept[Hashable, Any] = field(default_factory=lambda: Kept(MOST_KEPT))

    @property
    def by(self) -> Actor:
        """Who acts, as decisions keep it."""
        return self.member.actor

    def may(self, role: StaffRole) -> bool:
        """Return whether they may do what this role allows."""
        return self.member.may(role)

    @cached_property
    def words(self) -> Mapping[str, Any]:
        """What the desk says, by table."""
        return self.services.renderer.table(WORDS, language=self.language, fallback=FALLBACK)

    @property
    def direction(self) -> str:
        """'ltr' or 'rtl'."""
        return direction(self.language)

    @cached_property
    def today(self) -> date:
        """The day that it is in the zone of config.toml."""
        return self.local(self.now).date()

    def local(self, instant: datetime) -> datetime:
        """Return an instant in the zone of config.toml, in which the desk speaks of all hours."""
        return instant.astimezone(dates.zone(self.services.settings.zone))

    def instant(self, moment: int | datetime) -> str:
        """Return an instant (aware, or epoch seconds) as it is written in the reader's language."""
        at = moment if isinstance(moment, datetime) else from_epoch(moment)
        return said_instant(self.local(at), self.language)

    def hour(self, moment: time) -> str:
        """Return hour and minute as they are written in the reader's language."""
        return said_time(moment, self.language)

    def day(self, day: date, form: str = "long") -> str:
        """Return a day as it is written in the reader's language; `form` as Babel names it."""
        return said_day(day, form, self.language)

    def days(self, first: date, last: date) -> str:
        """Return the days from one to another as they are written in the reader's language."""
        return said_days(first, last, self.language)

    def number(self, number: float) -> Counted:
        """Return a number as it is written in the reader's language."""
        return said_number(number, self.language)

    def network(self, network: str) -> str:
        """Return what a network is called within a sentence."""
        return network_name(self.services, network, self.language)

    def pair(self, name: str, value: str) -> str:
        """Return a name with what stands behind its colon, as the reader's language sets one."""
        return f"{name}{self.words['site']['colon']}{value}"

    def filled(self, text: str, values: Mapping[str, object]) -> str:
        """Return a text of the desk with its gaps filled, numbers as they are written here."""
        told = {
            name: self.number(value) if isinstance(value, int) else str(value)
            for name, value in values.items()
        }
        return filled(text, **told)

    def name_of(self, actor: Actor) -> str:
        """Return the name of who acted: of members of staff the one that all doors know."""
        member = self.team.member(actor)
        return member.name if member is not None else str(actor)

    @cached_property
    def team(self) -> Team:
        """Who works with the bot, read once for a page."""
        return self.services.team

    @property
    def campaigns(self) -> list[tuple[str, str]]:
        """Id and title of each campaign that is played."""
        words = self.services.renderer.words
        return [(each.id, words(each, self.language).title) for each in self.services.active]

    def path(self, *parts: str) -> str:
        """Return the path of a page of the desk: `path('outbox')`, `path('outbox/waves')`; of its
        first page without parts.
        """
        below = "/".join(parts)
        return self.urls.path("desk", *below.split("/")) if below else f"{self.urls.path('desk')}/"
