"""Taking a pledge back, which only its focal point may do and is asked once: a draft is deleted, a
submitted pledge becomes a draft again, an approved one is withdrawn.
"""

from collections.abc import Mapping

from bot.conversation.look import View
from bot.conversation.pledges.buttons import to_card
from bot.conversation.pledges.effects import Drop, Shift
from bot.conversation.pledges.look import Seen
from bot.conversation.pledges.meant import picked
from bot.conversation.topic import OnPress, Topic
from bot.conversation.words import (
    IDLE,
    Edit,
    Effect,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    press,
    stale,
)
from bot.model.pledge import PledgeState

ENDS = {
    PledgeState.DRAFT: "",
    PledgeState.SUBMITTED: "draft",
    PledgeState.APPROVED: "withdrawn",
    PledgeState.PUBLISHED: "withdrawn",
}
"""The state that a pledge of each state is taken back to; '' means that it is deleted."""


def _mine(event: Pressed, view: View) -> Seen | None:
    seen = view.pledges.get(event.number)
    return seen if seen and seen.focal and seen.pledge.state in ENDS else None


def _end(seen: Seen) -> str:
    """Return what becomes of the pledge, as in the names of texts."""
    return ENDS[seen.pledge.state] or "deleted"


_of_mine = picked(_mine)


@_of_mine
def ask(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Ask whether the pledge shall be taken back; the button carries its state of now."""
    named = "_named" if seen.pledge.name and seen.is_draft else ""
    ways: Rows = (
        (press("pledge_yes_end", "pledge_end", "yes", seen.id, seen.pledge.state.word),),
        (to_card(seen),),
    )
    return state, (
        Say(
            template=f"pledge_team.sure_end_{_end(seen)}{named}",
            values={"state": seen.pledge.state.word, "name": seen.pledge.name},
            buttons=ways,
        ),
    )


@_of_mine
def yes(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Take the pledge back, unless its state has changed since the question."""
    if seen.pledge.state.word != event.args[1]:
        return stale(state)
    end = ENDS[seen.pledge.state]
    effect: Effect = Shift(pledge=seen.id, to=end) if end else Drop(pledge=seen.id)
    ways: Rows = ((to_card(seen),),) if end else ()
    return IDLE, (
        effect,
        Edit(
            template=f"pledge_team.ended_{_end(seen)}",
            values={"state": seen.pledge.state.word},
            buttons=ways,
        ),
    )


_PRESSES: Mapping[str, OnPress] = {"ask": ask, "yes": yes}
TOPIC = Topic(
    name="pledge_end",
    presses=_PRESSES,
    group_admins=frozenset(_PRESSES),
)
