"""Stats: how many take part, what they say they did, pledges and journeys, hashtags and cost.

For staff; nobody can be told from the numbers.
"""

from bot.conversation.look import View
from bot.conversation.staff.common import staff_only
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import Command, Say, State, Step


@staff_only
def stats(state: State, event: Command, view: View) -> Step:
    """All of them at once."""
    return state, (Say(template="staff.stats", values=view.desk.numbers()),)


TOPIC = Topic(
    name="stats",
    commands=(Offer(name="stats", handler=stats, staff=True),),
)
