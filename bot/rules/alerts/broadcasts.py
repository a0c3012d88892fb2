"""Alarms about broadcasts: the pace that is paid for, and words that nobody has approved.

Their subject is the broadcast's id, `occurrence-channel`.
"""

from dataclasses import dataclass

from bot.rules.alerts.alarm import Alarm


@dataclass(frozen=True, kw_only=True)
class BroadcastAsks(Alarm):
    """A broadcast may leave faster for a price, if somebody says so."""

    kind = "broadcast"
    campaign: str
    action: str
    channel: str
    #: messages that have not left
    messages: int
    #: the most that it costs, in what the network is paid in (`unit`) and in US dollars
    price: float
    unit: str
    usd: float
    #: minutes that the messages which are due together take at the free pace, and paid for
    minutes_free: int
    minutes_paid: int


@dataclass(frozen=True, kw_only=True)
class BroadcastNotPaid(Alarm):
    """The network didn't take the pace that was to be paid for: the rest leaves at the free one."""

    kind = "unpaid"
    campaign: str
    action: str
    channel: str
    #: what the network says
    words: str


@dataclass(frozen=True, kw_only=True)
class WordsWait(Alarm):
    """Other words for a broadcast wait for approval though its day begins: nobody gets it in their
    language until then.
    """

    kind = "words"
    campaign: str
    action: str
    channel: str
