"""A request whose token is ours: who may do what, in which language they read, and what they
sent.
"""

from dataclasses import dataclass
from datetime import date, datetime, time

from bot.jobs.services import Services
from bot.languages import said_day, said_row, said_time
from bot.model.staff import Actor
from bot.model.words.web import WebWords
from bot.rules import tokens
from bot.rules.reading import called
from bot.rules.tokens import Grant
from bot.times import epoch
from bot.web.view import Page, words


@dataclass(frozen=True)
class Asked:
    """What a link of a letter asks for, as its handler acts on it."""

    services: Services
    grant: Grant
    #: epoch second at which its letter was made; None in letters from before
    made: int | None
    #: what they asked for; pages may have no words in it
    language: str
    #: the language that pages speak to them
    spoken: str
    now: datetime
    #: empty on GET
    form: dict[str, str]
    posted: bool

    @property
    def words(self) -> WebWords:
        """What pages say, in their language or the nearest there is."""
        return words(self.services, self.language)

    def is_old(self, made: int) -> bool:
        """Return whether the link's time is over.

        `made` is the latest epoch second at which its letter can have been made; it counts for
        letters whose token doesn't say when.
        """
        at = made if self.made is None else self.made
        return tokens.is_old(self.grant.purpose, at, epoch(self.now))

    def outdated(self, campaign_id: str | None = None) -> Page:
        """Return the page for a link whose year is over: the one in the newest letter works."""
        said = self.words.old
        return Page(title=said.title, text=said.text, over=self.over(campaign_id))

    @property
    def contact(self) -> str:
        """Where to write for help: the first contact of an active campaign, else [privacy]'s."""
        named = [campaign.contact for campaign in self.services.active if campaign.contact]
        privacy = self.services.settings.privacy
        return (named or [privacy.contact if privacy else ""])[0]

    @property
    def by(self) -> Actor:
        """The person who acts by the link, as a pledge's history names them."""
        return Actor.person(self.grant.person)

    def over(self, campaign_id: str | None = None) -> str:
        """Return the line over a page: this campaign's title, or those of all active ones."""
        named = self.services.library.campaigns.get(campaign_id or "")
        campaigns = [named] if named else list(self.services.active)
        words = (self.services.renderer.words(campaign, self.language) for campaign in campaigns)
        return said_row((each.title for each in words), self.spoken)

    def clock(self, minute: int, zone: str) -> dict[str, str]:
        """Return a minute of the day and whose clock that is, as they are said on the page."""
        return {
            "hour": said_time(time(*divmod(minute, 60)), self.spoken),
            "zone": called.of_zone(zone, self.spoken),
        }

    def day(self, day: date) -> str:
        """Return a day as it is written in the language of the page."""
        return said_day(day, "long", self.spoken)
