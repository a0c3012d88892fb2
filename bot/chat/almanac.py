"""The almanac: what the year asks of an audience, with titles.

It is made once for each range of days, audience and language, and kept until the data change.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bot.conversation.actions.today import reference
from bot.errors import RenderError
from bot.jobs.services import Services
from bot.model import Action, Audience, Campaign, Kind, Occurrence, Role
from bot.rules import planner

NETWORK = "telegram"
"""The network whose own wordings apply in the chat."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One dated instance of an action, or a quick thing (`occurrence` is None)."""

    campaign: Campaign
    action: Action
    occurrence: Occurrence | None
    title: str
    #: whether there is a text of it to share, and a letter to send
    shares: bool
    letter: bool

    @cached_property
    def key(self) -> tuple[str, str, int]:
        """Campaign, action and slot (0 for a quick thing), under which a tick is kept."""
        return (self.campaign.id, self.action.id, self.occurrence.slot if self.occurrence else 0)

    @cached_property
    def ref(self) -> str:
        """The short reference that stands on this line's buttons."""
        return reference(*self.key)


class Almanac:
    """The actions and titles of these services; a reload of the data makes a new almanac."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self._occurrences: dict[tuple[date, date, Audience], tuple[Occurrence, ...]] = {}
        self._lines: dict[tuple[date, date, Audience, str], tuple[Line, ...]] = {}
        self._quick: dict[tuple[Audience, str, date], tuple[Line, ...]] = {}

    def lines(self, today: date, audience: Audience, language: str) -> tuple[Line, ...]:
        """Return the year's actions by day.

        The year is this calendar year, and the whole of every campaign that runs today.
        """
        start, end = self._window(today)
        key = (start, end, audience, language)
        if key not in self._lines:
            self._lines[key] = tuple(
                self.line(occurrence, language)
                for occurrence in self._year(start, end, audience, today.year)
            )
        return self._lines[key]

    def quick(self, today: date, audience: Audience, language: str) -> tuple[Line, ...]:
        """Return the quick things of the campaigns that run today."""
        key = (audience, language, today.replace(day=1))
        if key not in self._quick:
            self._quick[key] = tuple(
                Line(
                    campaign=campaign,
                    action=action,
                    occurrence=None,
                    title=self._title(campaign, action, language, audience, today),
                    shares=self._says(campaign, action, Role.SHARE, language),
                    letter=self._says(campaign, action, Role.LETTER, language),
                )
                for campaign in self.services.active
                for action in campaign.actions
                if action.kind is Kind.QUICK and audience in action.audiences
            )
        return tuple(line for line in self._quick[key] if self._plays(line, audience, today))

    def _plays(self, line: Line, audience: Audience, today: date) -> bool:
        """Return whether the line's campaign runs today, and yields it to no other campaign."""
        running = planner.within(line.campaign, today)
        return running and not planner.rests(
            line.campaign, line.action, audience, today, self.services.active
        )

    def _window(self, today: date) -> tuple[date, date]:
        running = [c for c in self.services.active if planner.within(c, today)]
        start = min([today.replace(month=1, day=1), *(c.start for c in running if c.start)])
        return start, max(
            [today.replace(month=12, day=31), *(c.end for c in running if c.end and c.start)]
        )

    def _year(
        self, start: date, end: date, audience: Audience, year: int
    ) -> tuple[Occurrence, ...]:
        key = (start, end, audience)
        if key not in self._occurrences:
            perennial = {c.id for c in self.services.active if c.start is None}
            self._occurrences[key] = tuple(
                occurrence
                for occurrence in planner.occurrences(self.services.active, start, end)
                if occurrence.nudge
                and occurrence.audience is audience
                and (occurrence.campaign not in perennial or occurrence.day.year == year)
            )
        return self._occurrences[key]

    def line(self, occurrence: Occurrence, language: str) -> Line:
        """Return the line of an occurrence, whatever its day is counted from."""
        campaign = self.services.library.campaigns[occurrence.campaign]
        campaign = next((c for c in self.services.active if c.id == occurrence.campaign), campaign)
        action = campaign.action(occurrence.subject.about)
        assert action is not None  # noqa: S101 - the occurrence was made from it a moment ago
        title = self._title(campaign, action, language, occurrence.audience, occurrence.day)
        return Line(
            campaign=campaign,
            action=action,
            occurrence=occurrence,
            title=title,
            shares=self._says(campaign, action, Role.SHARE, language),
            letter=self._says(campaign, action, Role.LETTER, language),
        )

    def _says(self, campaign: Campaign, action: Action, role: Role, language: str) -> bool:
        return (
            self.services.renderer.wordings(
                campaign, action, role, language=language, network=NETWORK
            )
            > 0
        )

    def _title(
        self, campaign: Campaign, action: Action, language: str, audience: Audience, day: date
    ) -> str:
        try:
            return self.services.renderer.text(
                campaign,
                action,
                Role.TITLE,
                language=language,
                network=NETWORK,
                audience=audience,
                day=day,
            ).text
        except RenderError:
            return action.id
