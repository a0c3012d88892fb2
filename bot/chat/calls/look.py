"""What topics of calls may look at: `bot.conversation.calls.look.CallsLook` over the services, for
one person in one turn.
"""

from typing_extensions import override

from bot.chat.turn import Turn
from bot.conversation.calls import look
from bot.conversation.calls.look import AskedSurvey, OpenCall
from bot.jobs.calls import entries, surveys
from bot.jobs.texts import notes
from bot.model import Campaign
from bot.model.calls import SURVEY
from bot.model.calls.entry import Call


class CallsLook(look.CallsLook):
    """Calls as the person whose turn it is may see them."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    @property
    @override
    def open(self) -> tuple[OpenCall, ...]:
        services = self._turn.services
        today = services.today(self._turn.now)  # the day of the page, not of who asks
        return tuple(
            self._open(campaign, call)
            for campaign in services.active
            for call in entries.reached(services, campaign, today)
        )

    @property
    @override
    def favourites(self) -> tuple[str, ...]:
        services, until = self._turn.services, self._turn.moment + 1
        pages = [
            notes.pages(services, campaign.id, self._turn.language)
            for campaign in services.active
            if services.store.entries.favourites(campaign.id, 0, until, 1)
        ]
        return tuple(f"{page}/{entries.PATH}#favourites" for page in pages if page)

    def _open(self, campaign: Campaign, call: Call) -> OpenCall:
        services, language = self._turn.services, self._turn.language
        said = services.renderer.words(campaign, language).calls.get(call.id)
        below = notes.pages(services, campaign.id, language)
        return OpenCall(
            title=said.title if said else call.id,
            about=said.about if said else "",
            page=f"{below}/{entries.PATH}/{call.id}",
        )

    @override
    def survey(self, code: str) -> AskedSurvey | None:
        services = self._turn.services
        asked = surveys.opened(services, code)
        if asked is None or not surveys.takes(services, asked, self._turn.now):
            return None
        words = services.renderer.words(asked.campaign, self._turn.language)
        name = asked.pledge.organisation or asked.pledge.name
        return AskedSurvey(name=name, form=asked.form, words=words.form(SURVEY))
