"""Inviting friends: a link of one's own, and how many came by it, without a name on either side."""

from bot.conversation.look import View
from bot.conversation.people._join import joined
from bot.conversation.people.effects import InviteFriends
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import Event, State, Step
from bot.model.person import Subscriber


@joined
def invite(state: State, event: Event, view: View, person: Subscriber) -> Step:
    """Show the person's own link, with how many came by it."""
    return state, (InviteFriends(wanted=view.actions.friends),)


TOPIC = Topic(
    name="friends",
    commands=(Offer(name="invite", handler=invite),),
    presses={"open": invite},
)
