"""What topics of calls may look at: `bot.conversation.calls.look.CallsLook` over the services, for
one person in one turn.
"""

from typing_extensions import override

from bot.chat.turn import Turn
from bot.conversation.calls import look
from bot.conversation.calls.look import AskedSurvey
from bot.jobs.calls import surveys
from bot.model.calls import SURVEY


class CallsLook(look.CallsLook):
    """Calls as the person whose turn it is may see them."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    @override
    def survey(self, code: str) -> AskedSurvey | None:
        services = self._turn.services
        asked = surveys.opened(services, code)
        if asked is None or not surveys.is_open(services, asked, self._turn.today):
            return None
        words = services.renderer.words(asked.campaign, self._turn.language)
        name = asked.pledge.organisation or asked.pledge.name
        return AskedSurvey(name=name, form=asked.form, words=words.form(SURVEY))
