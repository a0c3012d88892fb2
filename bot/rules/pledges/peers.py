"""When a question to the makers of a pledge is over that nobody answers."""

from bot.model.person import Question
from bot.model.pledges.peers import OVER_DAYS, PEER_DAYS
from bot.times import DAY


def over(question: Question) -> int | None:
    """Return the epoch second at which it is over where nobody answers until then; None where
    somebody has, or it is for no makers.
    """
    peer = question.peer
    if peer is None or peer.reply or question.answer is not None:
        return None
    if peer.replied is not None:
        return peer.replied + PEER_DAYS * DAY
    return (peer.passed or question.at) + OVER_DAYS * DAY
