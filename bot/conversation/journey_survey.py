"""The survey in the middle of the year: the questions that a pledge-maker asks their own followers, to be copied."""

from bot.conversation._view import View
from bot.conversation.base import Answer, Pressed, Say, State, Turn


def open_(state: State, event: Pressed, view: View) -> Turn:
    """In its month: the text, in a block that a tap copies."""
    promise = view.pledges.get(int(event.args[0]))
    if promise is None or "survey" not in view.pledges.offers(promise):
        return state, (Answer(template="help.stale"),)
    words = str(view.pledges.words(promise.campaign).get("journey", {}).get("survey", "")).strip()
    return state, (Say(template="pledge_journey.survey", code=words) if words else Answer(template="help.stale"),)


PRESSES = {"open": open_}
