"""What a schedule of faults does to the messages of a rehearsal, to its clock and to its disk."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random

from typing_extensions import override

from bot.errors import AccountRefused, Blocked, RateLimited, TryLater, Unanswered
from bot.jobs.rehearsal.faults import JUMPS, KILLS, Fault, Kind, in_order
from bot.model import PUBLIC, Channel, DeliveryKey, Message, Receipt
from bot.networks.dry.network import Network as Dry
from bot.networks.dry.network import receipt_of
from bot.store import Store

RETRY_AFTER = 30.0
"""Seconds that a rehearsed 429 asks for."""

_SHARES = {Kind.FEW_SILENT: 0.002, Kind.SILENT: 0.05}
_AWAY = (Kind.DOWN, Kind.AWAY)

_ARRIVES = 0.5
"""The share of the messages without an answer that have arrived."""


class Killed(BaseException):
    """The process ends here, as by `kill -9`: nothing that waits is written any more."""


@dataclass(frozen=True, kw_only=True)
class Blow:
    """What becomes of one message: the error that is raised, and whether it arrived all the
    same.
    """

    error: BaseException
    arrives: bool = False


@dataclass(kw_only=True)
class Met:
    """A fault that has begun, and the deliveries that it has met."""

    fault: Fault
    #: epoch seconds
    began: float
    account: str
    #: the channel and recipient with whom it began
    channel: int
    recipient: int
    keys: dict[DeliveryKey, None] = field(default_factory=dict)

    @property
    def ends(self) -> float:
        """Return the epoch second at which it is over."""
        return self.began + self.fault.kind.seconds

    def meets(self, account: str, key: DeliveryKey, rng: Random) -> bool:
        """Return whether it meets this delivery; the first one always."""
        kind = self.fault.kind
        if kind in JUMPS or kind is Kind.DISK:
            return False
        if kind in (Kind.DEAD, Kind.BLOCKED):
            return (key.channel, key.recipient) == (self.channel, self.recipient)
        if account != self.account:
            return False
        return not self.keys or rng.random() < _SHARES.get(kind, 1.0)


class Storm:
    """The faults of one rehearsal; `now` is the true instant in epoch seconds, which the player
    sets.
    """

    def __init__(self, faults: Sequence[Fault], store: Store, seed: int) -> None:
        #: what has not begun
        self.to_come = in_order(faults)
        #: from when on nothing begins any more, in epoch seconds
        self.closes = float("inf")
        self._store = store
        self._rng = Random(seed)  # noqa: S311
        self.now = 0.0
        #: in the order in which they began
        self.met: list[Met] = []
        #: people who block us from now on
        self.blocked: set[tuple[int, int]] = set()
        #: whether the data are to be loaded anew
        self.reload = False
        self._full = False

    def shows(self) -> datetime:
        """Return what the machine's clock shows."""
        ahead = sum(JUMPS.get(each.fault.kind, 0.0) for each in self._under_way())
        return datetime.fromtimestamp(self.now + ahead, UTC)

    def passed(self) -> float:
        """Return a count of seconds that nobody can set."""
        return self.now

    def look(self) -> list[Met]:
        """Let the disk take writes again whose time has come; return the faults that are under
        way.
        """
        full = any(each.fault.kind is Kind.DISK for each in self._under_way())
        self.fill(full=full)
        return self._under_way()

    def fill(self, *, full: bool) -> None:
        """Let the database take no write any more, or let it again."""
        if full != self._full:
            self._store.database.refuse_writes(refuse=full)
            self._full = full

    def is_away(self, account: str) -> bool:
        """Return whether an account's network answers nobody."""
        return any(
            each.fault.kind in _AWAY and each.account == account for each in self._under_way()
        )

    def blow(self, channel: Channel, message: Message) -> Blow | None:
        """Return what becomes of a message that leaves now; None where nothing is wrong."""
        self._begin(channel, message)
        key = message.key
        if (key.channel, key.recipient) in self.blocked:
            return Blow(error=Blocked("rehearsed: 403 blocked by the user"))
        for each in self._under_way():
            if each.meets(channel.account, key, self._rng):
                each.keys[key] = None
                return self._strike(each.fault.kind)
        return None

    def _under_way(self) -> list[Met]:
        """Return the faults that last, and those of an instant that have met nothing yet."""
        return [
            each
            for each in self.met
            if self.now < each.ends or not (each.fault.kind.seconds or each.keys)
        ]

    def _strike(self, kind: Kind) -> Blow:
        match kind:
            case Kind.FEW_SILENT | Kind.SILENT:
                error = Unanswered("rehearsed: no answer")
                return Blow(error=error, arrives=self._rng.random() < _ARRIVES)
            case Kind.RELOAD:
                self.reload = True
                return Blow(error=Unanswered("rehearsed: an answer without an end"), arrives=True)
            case Kind.KILLED_BEFORE | Kind.KILLED_AFTER:
                # a process that is killed writes nothing more
                self.fill(full=True)
                return Blow(error=Killed(), arrives=KILLS[kind])
            case Kind.FLOOD:
                return Blow(error=RateLimited("rehearsed: 429", retry_after=RETRY_AFTER))
            case Kind.TOKEN:
                return Blow(error=AccountRefused("rehearsed: 401 the token was revoked"))
        return Blow(error=TryLater("rehearsed: 502 Bad Gateway"))

    def ends(self) -> float | None:
        """Return when the next fault is over, in epoch seconds; None where none lasts."""
        return min((each.ends for each in self.met if each.ends > self.now), default=None)

    def _begin(self, channel: Channel, message: Message) -> None:
        """Let the faults begin whose instant has come; those of people wait for a nudge."""
        if self.now >= self.closes:
            return
        key, waits = message.key, []
        for fault in self.to_come:
            if fault.at.timestamp() > self.now or (
                fault.kind is Kind.BLOCKED and key.recipient == PUBLIC
            ):
                waits.append(fault)
                continue
            self.met.append(
                Met(
                    fault=fault,
                    began=self.now,
                    account=channel.account,
                    channel=key.channel,
                    recipient=key.recipient,
                )
            )
            if fault.kind is Kind.BLOCKED:
                self.blocked.add((key.channel, key.recipient))
                self.met[-1].keys[key] = None
        self.to_come = waits
        self.look()


class Stricken(Dry):
    """The network that `like` stands for, in a storm: it keeps exact count, and is no kinder than
    its model about finding what arrived and about repeats.
    """

    def __init__(self, like: Dry, storm: Storm) -> None:
        super().__init__(like.channel, {}, stands_for=like.stands_for)
        self._limits = like.limits
        self._storm = storm
        #: deliveries that arrived a second time
        self.again: list[DeliveryKey] = []
        kind = like.stands_for or type(like)
        self.__dict__["FINDS"], self.__dict__["REPEATABLE"] = kind.FINDS, kind.REPEATABLE

    @override
    async def send(self, message: Message) -> Receipt:
        """Take the message, or fail as the storm says."""
        blow = self._storm.blow(self.channel, message)
        if blow is None:
            return await super().send(message)
        if blow.arrives:
            await super().send(message)
        raise blow.error

    @override
    async def find(self, message: Message) -> Receipt | None:
        """Return the receipt of what arrived; raises `TryLater` while the network is away."""
        if self._storm.is_away(self.channel.account):
            raise TryLater("rehearsed: 502 Bad Gateway")
        return await super().find(message)

    @override
    def _take(self, message: Message) -> Receipt:
        if self.REPEATABLE and self.took(message.key):
            return receipt_of(message.key)
        if self.took(message.key):
            self.again.append(message.key)
        return super()._take(message)
