"""Taking a pledge back: a draft is deleted, a submitted one becomes a draft again, an approved one
is withdrawn. Asked once; the focal point's alone.
"""

from collections.abc import Mapping

from bot.conversation.look import View
from bot.conversation.pledges.effects import Drop, Shift
from bot.conversation.pledges.look import Promise
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

_ENDS = {"draft": "", "submitted": "draft", "approved": "withdrawn", "published": "withdrawn"}
"""Where each state leads; '' is deletion."""


def _mine(event: Pressed, view: View) -> Promise | None:
    promise = view.pledges.get(int(event.args[0]))
    return promise if promise and promise.focal and promise.state in _ENDS else None


_of_mine = picked(_mine)


@_of_mine
def ask(state: State, event: Pressed, view: View, promise: Promise) -> Step:
    """Ask once; the button remembers from which state."""
    ways: Rows = (
        (press("pledge_yes_end", "pledge_end", "yes", promise.id, promise.state),),
        (press("pledge_card", "pledge", "card", promise.id),),
    )
    return state, (
        Say(
            template="pledge_team.sure_end",
            values={"state": promise.state, "name": promise.name},
            buttons=ways,
        ),
    )


@_of_mine
def yes(state: State, event: Pressed, view: View, promise: Promise) -> Step:
    """Then it is so, unless something happened to it meanwhile."""
    if promise.state != event.args[1]:
        return stale(state)
    end = _ENDS[promise.state]
    effect: Effect = Shift(pledge=promise.id, to=end) if end else Drop(pledge=promise.id)
    ways: Rows = ((press("pledge_card", "pledge", "card", promise.id),),) if end else ()
    return IDLE, (
        effect,
        Edit(template="pledge_team.ended", values={"state": promise.state}, buttons=ways),
    )


_PRESSES: Mapping[str, OnPress] = {"ask": ask, "yes": yes}
TOPIC = Topic(
    name="pledge_end",
    presses=_PRESSES,
    group_admins=frozenset(_PRESSES),
)
