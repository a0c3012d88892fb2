"""How effects are done: each room has ``PERFORM``, a mapping of effect classes to functions
(turn, effect).

What is said (`Say`, `Edit`, `Answer`, `Document`) is the entry's own business.
"""

from collections.abc import Mapping, Sequence

from bot.chat.actions import effects as actions
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
    **staff.PERFORM,
}


def perform(turn: Turn, effect: Effect) -> tuple[Turn, Sequence[Effect]]:
    """Do one effect; gives the turn as it is afterwards, and the effects that follow.

    Raises KeyError for one that nobody can do.
    """
    more = _PERFORM[type(effect)](turn, effect) or ()
    return turn.again(effect.address if isinstance(effect, Move) else None), more
