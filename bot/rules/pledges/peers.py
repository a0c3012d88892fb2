"""When a question to the makers of a pledge is over that nobody answers."""

from bot.model.person import Question
from bot.model.pledges.peers import OVER_DAYS, PEER_DAYS, Peer
from bot.times import DAY


def over(question: Question) -> int | None:
    """Return the epoch second at which it is over where nobody answers until then; None where
    somebody has, or it is for no makers.
    """
    peer = question.peer
    waits = peer is not None and not peer.reply and question.answer is None
    return _ends(question.at, peer) if waits and peer else None


def _ends(asked: int, peer: Peer) -> int:
    if peer.replied is not None:
        return peer.replied + PEER_DAYS * DAY
    return (peer.passed or asked) + OVER_DAYS * DAY
