"""How effects are done: each file of this folder has ``PERFORM``, a mapping of effect classes to
functions (turn, effect).

What is said (`Say`, `Edit`, `Answer`, `Document`) is the door's own business.
"""

from collections.abc import Mapping, Sequence

from bot.chat.effects import amplify, inbox, packs, people, pledges, staff, verify
from bot.chat.turn import Performer, Turn
from bot.conversation.people.effects import Move
from bot.conversation.words import Effect

_PERFORM: Mapping[type[Effect], Performer] = {
    **amplify.PERFORM,
    **inbox.PERFORM,
    **packs.PERFORM,
    **people.PERFORM,
    **pledges.PERFORM,
    **staff.PERFORM,
    **verify.PERFORM,
}


def perform(turn: Turn, effect: Effect) -> tuple[Turn, Sequence[Effect]]:
    """Do one effect; gives the turn as it is afterwards, and the effects that follow.

    Raises KeyError for one that nobody can do.
    """
    more = _PERFORM[type(effect)](turn, effect) or ()
    return turn.again(effect.address if isinstance(effect, Move) else None), more
