"""The survey in the middle of the year: questions that pledge-makers can put to their followers."""

from bot.conversation.look import View
from bot.conversation.topic import Topic
from bot.conversation.words import Answer, Pressed, Say, State, Step


def open_(state: State, event: Pressed, view: View) -> Step:
    """Give the survey's text in a block that a tap copies.

    It is that of the pledge that the button names; without one, as below the month's prompt, that
    of the person's pledge, or of the campaign that takes pledges now.
    """
    campaign = _campaign(event, view)
    words = view.pledges.words(campaign).journey.survey.strip() if campaign else ""
    return state, (
        (
            Say(template="pledge_journey.survey", code=words)
            if words
            else Answer(template="help.stale")
        ),
    )


TOPIC = Topic(
    name="journey_survey",
    presses={"open": open_},
)


def _campaign(event: Pressed, view: View) -> str | None:
    if not event.args:
        return next(
            (mine.pledge.campaign for mine in view.pledges.mine if mine.pledge.travels),
            view.pledges.campaign,
        )
    seen = view.pledges.get(event.number)
    return seen.pledge.campaign if seen and "survey" in view.pledges.offers(seen) else None
