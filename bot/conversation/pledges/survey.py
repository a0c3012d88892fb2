"""The survey in the middle of the year: what makers ask their followers, and what comes of it."""

from bot.conversation.look import View
from bot.conversation.pledges.look import Seen
from bot.conversation.topic import Topic
from bot.conversation.words import Answer, Document, Effect, Pressed, Say, State, Step
from bot.model.calls import ENOUGH


def open_(state: State, event: Pressed, view: View) -> Step:
    """Give the survey's text with its link in a block that a tap copies, and what was answered.

    It is that of the pledge that the button names; without one, as below the month's prompt, that
    of the person's pledge, or of the campaign that takes pledges now.
    """
    seen, campaign = _theirs(event, view), view.pledges.campaign
    if seen is not None:
        words = view.pledges.survey(seen)
    else:
        bare = campaign if not event.args else None
        words = view.pledges.words(bare).journey.survey.strip() if bare else ""
    if not words:
        return state, (Answer(template="help.stale"),)
    text = Say(template="pledge_journey.survey", code=words)
    return state, (text, *(_came(view, seen) if seen and view.private else ()))


TOPIC = Topic(
    name="journey_survey",
    presses={"open": open_},
)


def _theirs(event: Pressed, view: View) -> Seen | None:
    if event.args:
        seen = view.pledges.get(event.number)
    else:
        seen = next((mine for mine in view.pledges.mine if mine.pledge.travels), None)
    return seen if seen and "survey" in view.pledges.offers(seen) else None


def _came(view: View, seen: Seen) -> tuple[Effect, ...]:
    """Return what was answered so far, where anybody has answered."""
    count, document = view.pledges.surveyed(seen)
    if document is not None:
        name, content = document
        return (Document(template="pledge_journey.surveyed", name=name, content=content),)
    values = {"count": count, "enough": ENOUGH}
    return (Say(template="pledge_journey.survey_wait", values=values),) if count else ()
