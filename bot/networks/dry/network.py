"""Nowhere: takes messages as another network would, keeps count, and sends nothing.

Set-up: none. A channel with `network = "dry"` shows what would happen; a rehearsal puts this
network in the place of every other one.

It holds what a whole year asks of it in little memory: exact knowledge of who got which occurrence
(one bit each: 100,000 recipients are 12.5 KB per occurrence), the last 200 messages, and counters.
"""

from collections import Counter, deque
from collections.abc import Callable, Mapping
from datetime import date

from typing_extensions import override

from bot.errors import NetworkError, Refused, Unanswered
from bot.kept import Kept
from bot.model import Channel, DeliveryKey, Limits, Message, Prices, Receipt, Rendered, Secret
from bot.networks.base import Network as Base
from bot.text import problems_of_length

KEPT = 200
"""So many messages are kept as records."""

_MEASURED = 512  # texts remembered as short enough
_PREFIX = "dry:"

Failures = Callable[[Message, int], NetworkError | None]
"""Tells a call's fate: gets the message and the number of the call (from 1), gives the error to
raise, or None.
"""


class Network(Base):
    """A network that only counts.

    `stands_for` is the network whose limits, and whose reach to single people, apply; with `limits`
    those of its server. `failures`
    (also settable later) may let any call fail; an `Unanswered` it gives means by default that the
    message did arrive and its answer was lost (`arrives_unanswered`).
    """

    LIMITS = Limits(length=4_096, counter="characters", per_second=1_000.0)
    PRICES = Prices(source="nothing leaves", as_of=date.min)
    NUDGES = True
    FINDS = True

    def __init__(
        self,
        channel: Channel,
        secrets: Mapping[str, Secret],
        *,
        stands_for: type[Base] | None = None,
        limits: Limits | None = None,
        failures: Failures | None = None,
    ) -> None:
        super().__init__(channel, secrets)
        self.stands_for = stands_for
        self.failures = failures
        self.arrives_unanswered = True
        #: the last messages taken, oldest first
        self.records: deque[Message] = deque(maxlen=KEPT)
        #: messages taken per channel's number
        self.accepted: Counter[int] = Counter()
        #: taken although the same delivery had been taken before, by occurrence
        self.twice: Counter[int] = Counter()
        #: calls of `send`, whatever came of them
        self.calls = 0
        kind = stands_for or type(self)
        self._limits = kind.measured(limits or kind.LIMITS, channel.options)
        self._reaches_people = (
            stands_for.NUDGES or bool(stands_for.LETTERS) if stands_for else self.NUDGES
        )
        # NUDGES is asked of the class elsewhere and of the object here: the object answers for the
        # network it stands for.
        self.__dict__["NUDGES"] = self._reaches_people
        self.__dict__["BUTTONS"] = stands_for is not None and stands_for.BUTTONS
        self._seen: dict[tuple[int, int], bytearray] = {}
        self._fits: Kept[int, Rendered] = Kept(_MEASURED)

    @property
    def duplicates(self) -> int:
        """How many messages were taken although the same delivery had been taken before."""
        return self.twice.total()

    @property
    @override
    def limits(self) -> Limits:
        """The limits of the network it stands for."""
        return self._limits

    @override
    async def send(self, message: Message) -> Receipt:
        """Count the message.

        Raises `Refused` when it is too long or the network has no nudges, and what `failures`
        gives.
        """
        self.calls += 1
        if self.failures is not None:
            self._fail(message)
        body = message.body
        if self._fits.get(id(body)) is not body and not self._is_mail(message):
            self._measure(body)
        if message.address is not None and not self._reaches_people:
            raise Refused(f"{self.channel.name}: the network can't reach single people, only post")
        return self._take(message)

    @override
    async def find(self, message: Message) -> Receipt | None:
        """The receipt of a delivery that was taken, else None.

        Exact for every delivery since the start.
        """
        return receipt_of(message.key) if self.took(message.key) else None

    @override
    async def delete(self, receipt: Receipt, address: str | None) -> None:
        """Forget a delivery; raises `Refused` for what is no receipt of ours."""
        key = _key(receipt)
        if key is None:
            raise Refused(
                f"{self.channel.name}: nothing with the receipt {receipt.id} was"
                f" taken{f' for {address}' if address else ''}"
            )
        if self.took(key):
            seen = self._seen[key.occurrence, key.channel]
            seen[key.recipient >> 3] &= ~(1 << (key.recipient & 7))

    @override
    async def probe(self) -> str:
        """Give a name of its own: nobody is asked."""
        return f"dry ({self.channel.name})"

    def took(self, key: DeliveryKey) -> bool:
        """True when this delivery was taken."""
        seen = self._seen.get((key.occurrence, key.channel), b"")
        byte = key.recipient >> 3
        return byte < len(seen) and bool(seen[byte] >> (key.recipient & 7) & 1)

    def _take(self, message: Message) -> Receipt:
        key = message.key
        seen = self._seen.get((key.occurrence, key.channel))
        if seen is None:
            seen = self._seen[key.occurrence, key.channel] = bytearray()
        byte, bit = key.recipient >> 3, 1 << (key.recipient & 7)
        if byte >= len(seen):
            seen.extend(bytes(byte + 1 - len(seen)))
        if seen[byte] & bit:
            self.twice[key.occurrence] += 1
        seen[byte] |= bit
        self.accepted[key.channel] += 1
        self.records.append(message)
        return receipt_of(key)

    def _fail(self, message: Message) -> None:
        failure = self.failures(message, self.calls) if self.failures else None
        if failure is None:
            return
        if isinstance(failure, Unanswered) and self.arrives_unanswered:
            self._take(message)
        raise failure

    def _is_mail(self, message: Message) -> bool:
        """Return whether it is an e-mail, which may be as long as it is."""
        kind = self.stands_for
        return message.letter is not None and kind is not None and kind.LETTERS == "mail"

    def _measure(self, body: Rendered) -> None:
        for part in body.parts:
            if faults := problems_of_length(part, self._limits):
                raise Refused(f"{self.channel.name}: the text {' and '.join(faults)}")
        self._fits[id(body)] = body  # held, so that no other body gets its id


def receipt_of(key: DeliveryKey) -> Receipt:
    """Return the receipt of a delivery that was taken."""
    return Receipt(id=f"{_PREFIX}{key.occurrence}-{key.channel}-{key.recipient}")


def _key(receipt: Receipt) -> DeliveryKey | None:
    parts = receipt.id.removeprefix(_PREFIX).split("-")
    # the three numbers of a key
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):  # noqa: PLR2004
        return None
    occurrence, channel, recipient = map(int, parts)
    return DeliveryKey(occurrence=occurrence, channel=channel, recipient=recipient)
