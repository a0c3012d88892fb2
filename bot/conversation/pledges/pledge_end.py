"""Taking a pledge back: a draft is deleted, a submitted one becomes a draft again, an approved one
is withdrawn. Asked once; the focal point's alone.
"""

from bot.conversation.look import View
from bot.conversation.pledges.look import Drop, Promise, Shift
from bot.conversation.words import IDLE, Answer, Edit, Pressed, Rows, Say, State, Turn, press

_ENDS = {"draft": "", "submitted": "draft", "approved": "withdrawn", "published": "withdrawn"}
"""Where each state leads; '' is deletion."""


def ask(state: State, event: Pressed, view: View) -> Turn:
    """Ask once; the button remembers from which state."""
    promise = _mine(event, view)
    if promise is None:
        return state, (Answer(template="help.stale"),)
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


def yes(state: State, event: Pressed, view: View) -> Turn:
    """Then it is so, unless something happened to it meanwhile."""
    promise = _mine(event, view)
    if promise is None or promise.state != event.args[1]:
        return state, (Answer(template="help.stale"),)
    end = _ENDS[promise.state]
    effect: object = Shift(pledge=promise.id, to=end) if end else Drop(pledge=promise.id)
    ways: Rows = ((press("pledge_card", "pledge", "card", promise.id),),) if end else ()
    return IDLE, (
        effect,
        Edit(template="pledge_team.ended", values={"state": promise.state}, buttons=ways),
    )


PRESSES = {"ask": ask, "yes": yes}
GROUP_ADMINS = frozenset(PRESSES)


def _mine(event: Pressed, view: View) -> Promise | None:
    promise = view.pledges.get(int(event.args[0]))
    return promise if promise and promise.focal and promise.state in _ENDS else None
