"""The letter of a month, composed from what the campaign holds: what was done, stories, posts of
pledge-makers that we showed, a figure, and what the next month asks.

Nothing of persons stands in it but what is public with their consent: the names of pledges and of
organisations, and links to their pages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

from bot.jobs.pledges import public
from bot.jobs.results import view
from bot.jobs.services import Services
from bot.jobs.texts import notes
from bot.jobs.texts.letters import harmless
from bot.languages import colon, said_month, said_month_day
from bot.model import Action, Audience, Campaign, Role
from bot.model.calls.entry import Entry
from bot.model.newsletter import MonthText
from bot.model.public import PublicPledge
from bot.render.facts import holding
from bot.rules import planner
from bot.times import epoch

MOST = 8
"""Most lines of one part."""

_WORDS = "documents/digest"


@dataclass(frozen=True)
class Composing:
    """The month that begins on a day, of one campaign."""

    services: Services
    campaign: Campaign
    first: date
    now: datetime

    @property
    def end(self) -> date:
        """The first day of the next month."""
        return view.month(self.first)[1] + timedelta(days=1)

    @property
    def today(self) -> date:
        """The day that pages have."""
        return self.services.today(self.now)

    @cached_property
    def posts(self) -> int:
        """How many posts of ours left."""
        return self.services.store.results.count(self.campaign.id, *view.month(self.first))

    @cached_property
    def deeds(self) -> int:
        """How often somebody said that they did what was asked."""
        return self.services.store.numbers.done_between(self.campaign.id, *self._instants)

    @cached_property
    def pledges(self) -> list[int]:
        """The numbers of the pledges that became public, the newest first."""
        return self.services.store.public_pledges.between(self.campaign.id, *self._instants)

    @cached_property
    def newest(self) -> list[PublicPledge]:
        """As many of them as are told one by one."""
        language, today = self.campaign.language, self.today
        seen = (public.view(self.services, each, language, today) for each in self.pledges[:MOST])
        return [each for each in seen if isinstance(each, PublicPledge)]

    @cached_property
    def shown(self) -> list[str]:
        """Addresses of posts of pledge-makers that we showed to our followers."""
        return self.services.store.amplify.shown_between(self.campaign.id, *self._instants, MOST)

    @cached_property
    def stories(self) -> list[tuple[str, str]]:
        """Name and id of what was published elsewhere in the month, to learn from."""
        return [
            (each.title or each.name, each.id)
            for each in self.campaign.published
            if each.day is not None and self.first <= each.day < self.end
        ][:MOST]

    @cached_property
    def favourites(self) -> list[Entry]:
        """What people sent to calls and staff chose in the month."""
        return self.services.store.entries.favourites(self.campaign.id, *self._instants, MOST)

    @property
    def is_empty(self) -> bool:
        """Whether nothing of the month can be told."""
        told = (self.posts, self.deeds, self.pledges, self.shown, self.stories, self.favourites)
        return not any(told)

    @property
    def _instants(self) -> tuple[int, int]:
        start, end = (datetime.combine(each, time(), UTC) for each in (self.first, self.end))
        return epoch(start), epoch(end)

    def text(self, language: str) -> MonthText:
        """Return the letter in a language. Raises `RenderError`."""
        parts = list(_Telling(self, language).parts())
        return MonthText(subject=parts[0], text="\n\n".join(parts[1:]))

    def texts(self) -> dict[str, MonthText]:
        """Return the letter in each language of the campaign. Raises `RenderError`."""
        return {tag: self.text(tag) for tag in self.campaign.languages}


class _Telling:
    """Says what was composed in one language."""

    def __init__(self, of: Composing, language: str) -> None:
        self._of = of
        self._language = language
        self._led = colon(language)
        self._words = of.services.renderer.words(of.campaign, language)
        self._below = notes.pages(of.services, of.campaign.id, language)

    def parts(self) -> Iterator[str]:
        """Yield the subject, then each paragraph or list."""
        yield self._say("subject")
        yield self._say("intro")
        yield from self._listed("done", self._done())
        yield from self._listed("pledges", self._pledges())
        yield from self._listed("stories", self._stories())
        yield from self._listed("shown", self._of.shown)
        yield from self._listed("favourites", self._favourites())
        yield from self._figure()
        yield from self._listed("next", self._next())
        yield self._say("end")

    def _say(self, block: str, **values: object) -> str:
        month = said_month(self._of.first, self._language, year=True)
        following = said_month(self._of.end, self._language, year=True)
        named = {"name": self._words.title, "month": month, "following": following}
        return self._of.services.renderer.page(
            _WORDS, block, language=self._language, fallback="en", variables={**named, **values}
        ).text.strip()

    def _listed(self, block: str, lines: list[str]) -> Iterator[str]:
        if lines:
            yield "\n".join([self._say(block), *(f"- {line}" for line in lines[:MOST])])

    def _done(self) -> list[str]:
        counts = {
            "deeds": self._of.deeds,
            "new_pledges": len(self._of.pledges),
            "posts": self._of.posts,
        }
        return [self._say(f"done_{name}", n=count) for name, count in counts.items() if count]

    def _pledges(self) -> list[str]:
        return [self._pledge(each) for each in self._of.newest]

    def _pledge(self, pledge: PublicPledge) -> str:
        named = " – ".join(harmless(each) for each in (pledge.name, pledge.organisation) if each)
        return f"{named}{self._led}{self._below}/pledges/{pledge.number}" if self._below else named

    def _stories(self) -> list[str]:
        where = f"{self._below}/stories" if self._below else ""
        return [
            f"{harmless(name)}{self._led}{where}#{id_}" if where else harmless(name)
            for name, id_ in self._of.stories
        ]

    def _favourites(self) -> list[str]:
        """Return a line for each call of which something was chosen. By whom stands on its page
        alone, since its author may take it back, and a letter can't be.
        """
        newest = {each.sent.call: each.id for each in reversed(self._of.favourites)}
        return [self._call(call, number) for call, number in newest.items()]

    def _call(self, call: str, newest: int) -> str:
        said = self._words.calls.get(call)
        title = said.title if said else call
        return f"{title}{self._led}{self._below}/calls#favourite-{newest}" if self._below else title

    def _figure(self) -> Iterator[str]:
        """Yield one figure with its source, another one each month."""
        known = holding(self._of.campaign, self._words, self._language, self._of.today)
        if known:
            fact = known[(self._of.first.year * 12 + self._of.first.month) % len(known)]
            yield "\n".join([self._say("figure"), f"- {fact.cited}"])

    def _next(self) -> list[str]:
        _, last = view.month(self._of.end)
        asked = (
            (day, action)
            for action in self._of.campaign.actions
            if action.asks and Audience.INDIVIDUAL in action.audiences
            for day, _ in planner.instances(action, self._of.end, last)
            if planner.within(self._of.campaign, day)
        )
        return [
            self._ahead(day, action) for day, action in sorted(asked, key=lambda a: (a[0], a[1].id))
        ]

    def _ahead(self, day: date, action: Action) -> str:
        title = self._of.services.renderer.text(
            self._of.campaign,
            action,
            Role.TITLE,
            language=self._language,
            network="",
            audience=Audience.INDIVIDUAL,
            day=day,
        ).text
        where = f"{self._led}{self._below}/actions/{action.id}" if self._below else ""
        return f"{said_month_day(day, self._language)} – {title}{where}"


def last_month(services: Services, now: datetime) -> date:
    """Return the first day of the month before, in the operator's zone."""
    return view.last_month(services, now)
