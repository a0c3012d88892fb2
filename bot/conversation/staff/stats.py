"""Stats: how many take part, what they say they did, pledges and journeys, hashtags and cost.

For staff; nobody can be told from the numbers.
"""

from bot.conversation.look import View
from bot.conversation.staff.common import staff_only
from bot.conversation.words import Command, Offer, Say, State, Turn


@staff_only
def stats(state: State, event: Command, view: View) -> Turn:
    """All of them at once."""
    return state, (Say(template="staff.stats", values=view.desk.numbers()),)


COMMANDS = (Offer(name="stats", handler=stats, staff=True),)
