"""Buttons that lead from one topic of a pledge to another."""

from bot.conversation.pledges.look import Seen
from bot.conversation.words import Choice, press


def to_card(seen: Seen) -> Choice:
    """[Back to the pledge]: its card, with all that can be done with it."""
    return press("pledge_card", "pledge", "card", seen.id)


def to_year(seen: Seen) -> Choice:
    """[Our steps]: the milestones of its year."""
    return press("pledge_journey", "journey_year", "open", seen.id)


def to_editors(seen: Seen) -> Choice:
    """[Who edits it]: its editors, and what can be done about them."""
    return press("pledge_editors", "pledge_team", "open", seen.id)
