"""Performing effects: each room has ``PERFORM``, a mapping of effect classes to functions that take
(turn, effect).

Effects that say something (`Say`, `Edit`, `Answer`, `Document`, `Picture`) are left to
`bot.chat.entry`.
"""

from collections.abc import Mapping, Sequence

from bot.chat.actions import effects as actions
from bot.chat.calls import effects as calls
from bot.chat.pathfinders import effects as pathfinders
from bot.chat.people import effects as people
from bot.chat.pledges import effects as pledges
from bot.chat.staff import effects as staff
from bot.chat.turn import Performer, Turn
from bot.conversation.people.effects import Move
from bot.conversation.words import Effect

_PERFORM: Mapping[type[Effect], Performer] = {
    **people.PERFORM,
    **actions.PERFORM,
    **pledges.PERFORM,
    **pathfinders.PERFORM,
    **calls.PERFORM,
    **staff.PERFORM,
}


def perform(turn: Turn, effect: Effect) -> tuple[Turn, Sequence[Effect]]:
    """Perform one effect; return the turn as it is afterwards, and the effects that follow.

    Raises `KeyError` for an effect that is in no room's ``PERFORM``.
    """
    more = _PERFORM[type(effect)](turn, effect) or ()
    return turn.again(effect.address if isinstance(effect, Move) else None), more
