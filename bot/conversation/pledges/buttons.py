"""Buttons that lead from one topic of a pledge to another."""

from bot.conversation.pledges.look import Seen
from bot.conversation.words import Choice, press


def to_card(seen: Seen) -> Choice:
    """Return [Back to the pledge], which shows its card with all that can be done with it."""
    return press("pledge_card", "pledge", "card", seen.id)


def to_year(seen: Seen) -> Choice:
    """Return [Our steps], which shows the milestones of the pledge's year."""
    return press("pledge_journey", "journey_year", "open", seen.id)


def to_editors(seen: Seen) -> Choice:
    """Return [Who edits it], which shows the pledge's editors and what can be done about them."""
    return press("pledge_editors", "pledge_team", "open", seen.id)
