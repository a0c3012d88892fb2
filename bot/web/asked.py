"""A request whose token is ours: who may do what, in which language they read, and what they
sent.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.jobs.services import Services
from bot.model.staff import Actor
from bot.model.words import WebWords
from bot.rules.tokens import Grant
from bot.web.view import words


@dataclass(frozen=True)
class Asked:
    """What a link of a letter asks for, as its handler acts on it."""

    services: Services
    grant: Grant
    language: str
    now: datetime
    #: empty on GET
    form: dict[str, str]
    posted: bool

    @property
    def words(self) -> WebWords:
        """What pages say, in their language."""
        return words(self.services, self.language)

    @property
    def by(self) -> Actor:
        """Who acts by the link, as a pledge's history names them."""
        return Actor.person(self.grant.person)

    def over(self, campaign_id: str | None = None) -> str:
        """The line over a page: the campaign's title, or those of all that are played."""
        named = self.services.library.campaigns.get(campaign_id or "")
        campaigns = [named] if named else list(self.services.active)
        return ", ".join(
            self.services.renderer.words(campaign, self.language).title for campaign in campaigns
        )
