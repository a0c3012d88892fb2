"""What an answer of the network means: for the row, for its recipient, and for staff, who are told
of what only a person can mend.

What it means for the account is `bot.jobs.sending.dispatch.allowance`.
"""

import logging
import zlib

from bot.errors import (
    AccountRefused,
    Blocked,
    Duplicate,
    Moved,
    NetworkError,
    NotPaid,
    RateLimited,
    Refused,
    TryLater,
    Unanswered,
)
from bot.jobs.sending import moved
from bot.jobs.services import Services
from bot.model import PUBLIC, Channel, State
from bot.model.outbox import Claimed, Result
from bot.model.person import Status
from bot.networks.base import Network
from bot.rules.alerts import DeliveriesUncertain, LettersFailed, PostFailed, TargetMoved

log = logging.getLogger(__name__)

FIRST_RETRY = 5
LAST_RETRY = 15 * 60
"""Seconds from the first try to the second, and most seconds between two tries."""


def retry_delay(key: object, attempts: int) -> float:
    """Return the seconds to the next try of what has this key, after so many: 5 doubling to 900,
    and up to a quarter more.

    The jitter is made of the key and the tries, so that a rehearsal repeats itself.
    """
    base: int = min(LAST_RETRY, FIRST_RETRY * 2 ** min(16, max(0, attempts - 1)))
    return base * (1 + (zlib.crc32(f"{key} {attempts}".encode()) % 1000) / 4000)


def uncertain_text(channel: str) -> str:
    """Return what the alarm of a channel's uncertain deliveries says, and the commands."""
    return (
        f"deliveries on {channel} are uncertain: they may have left, and no answer came. `drumbeat"
        " outbox --state uncertain` lists them; what the network can't look up waits for `drumbeat"
        " outbox arrived ID` (it is there), `release ID` (send it) or `cancel ID`"
    )


def tell_failed(services: Services, row: Claimed, words: str, moment: int) -> None:
    """Alarm staff about a post that failed, with the network's `words` and how to send it again.

    Nobody else would notice that it is missing.
    """
    key = str(row.key)
    text = (
        f"post {key} did not go out: {words}. Once the cause is mended, `drumbeat outbox release"
        f" {key}` sends it"
    )
    if services.store.alerts.open(PostFailed(subject=key, text=text, words=words), moment):
        log.error("%s", text)


class Meaning:
    """What the answers to one channel's deliveries mean."""

    def __init__(self, services: Services, channel: Channel, network: Network) -> None:
        self._services = services
        self._channel = channel
        self._network = network

    def result(self, row: Claimed, error: NetworkError, now: float, text: str | None) -> Result:
        """Return what an error makes of the row; `text` is what left of a post."""
        words = str(error)
        match error:
            case RateLimited() | AccountRefused() | NotPaid():
                # Not the message's fault: it waits for the account and this was no try.
                return Result(row, State.QUEUED, counted=False, error=words)
            case Duplicate() if row.attempts > 1:
                return Result(
                    row,
                    State.SENT,
                    error="the network has it already: an earlier attempt arrived",
                    text=text,
                )
            case Refused():
                return Result(row, State.FAILED, error=words)
            case TryLater():
                due = int(now + max(retry_delay(row.key, row.attempts), error.wait)) + 1
                if due >= row.expires and self._services.steady():
                    return Result(
                        row,
                        State.FAILED,
                        error=f"{words}; no time for another try within its grace",
                    )
                return Result(row, State.QUEUED, due=due, error=words)
            case _:
                return Result(row, State.UNCERTAIN, error=words, text=text)

    def after(self, settled: Result, error: NetworkError | None, now: float) -> None:
        """Write what an answer says of the recipient, and alarm staff where they must know."""
        store, row = self._services.store, settled.row
        if settled.state is State.FAILED and row.recipient == PUBLIC:
            tell_failed(self._services, row, settled.error or str(error), int(now))
        elif settled.state is State.FAILED and not isinstance(error, Blocked):
            self._tell_letter(settled.error or str(error), int(now))
        if isinstance(error, Blocked) and row.recipient != PUBLIC:
            store.people.mark([row.recipient], Status.BLOCKED)
        elif isinstance(error, Moved) and row.recipient != PUBLIC:
            store.conversations.move(row.channel, row.address, error.address)
        elif isinstance(error, Moved):
            self._tell_moved(error, int(now))
        elif isinstance(error, Unanswered):
            name = self._channel.name
            alarm = DeliveriesUncertain(subject=name, text=uncertain_text(name))
            store.alerts.open(alarm, int(now))

    def _tell_moved(self, error: Moved, moment: int) -> None:
        """Let posts go to the chat's new address, and alarm staff to write it into config.toml."""
        store, name = self._services.store, self._channel.name
        moved.keep(store, self._channel, error.address)
        # it may have moved before, and nobody has written that down yet
        store.alerts.close(TargetMoved.kind, name, moment)
        text = moved.what_to_write(name, error.address)
        store.alerts.open(TargetMoved(subject=name, text=text, target=error.address), moment)

    def _tell_letter(self, words: str, moment: int) -> None:
        """Alarm staff that letters did not arrive, where the channel has letters."""
        if not self._network.LETTERS:
            return
        name = self._channel.name
        text = (
            f"letters on {name} did not arrive: {words}. Their people stay in the list; `drumbeat"
            " outbox --state failed` names the letters, `drumbeat outbox release ID` sends one"
            " again"
        )
        alarm = LettersFailed(subject=name, text=text, words=words)
        if self._services.store.alerts.open(alarm, moment):
            log.warning("%s", text)
