"""Whether a claimed row may be sent at all: not what is too late, nor to whom it is night, who has
gone, or who had a nudge that day.
"""

import logging
from datetime import datetime

from bot.jobs.services import Services
from bot.jobs.texts import kinds, letters
from bot.jobs.texts.nudges import Nudges
from bot.kept import Kept
from bot.model import PUBLIC, Audience, Channel, Occurrence, State
from bot.model.outbox import Claimed, Result
from bot.model.outbox.notes import Note, written
from bot.model.person import Status
from bot.model.subject import Subject
from bot.networks.base import Network
from bot.rules import dates
from bot.rules.alerts import PostMissed
from bot.times import epoch, from_epoch

log = logging.getLogger(__name__)

CLOCK_RETRY = 30
"""Seconds after which a row is looked at again that would be too late, if the clock were right."""

CLOCK_WAITS = "the machine's clock jumped: it waits until it is certain that it is too late"

_KEPT = 2_000


class Screening:
    """Looks at the rows of one channel before anything of them leaves."""

    def __init__(
        self, services: Services, channel: Channel, network: Network, nudges: Nudges
    ) -> None:
        self._services = services
        self._channel = channel
        self._network = network
        self._nudges = nudges
        self._quiet: Kept[tuple[str, int], datetime | None] = Kept(_KEPT)

    def screen(self, row: Claimed, occurrence: Occurrence, now: float) -> Result | None:
        """Return what becomes of a row that may not be sent at `now` (epoch seconds), or None.

        Nothing of it has left. Staff are alarmed about a post that is too late.
        """
        if row.expires <= now:
            return self._expired(row, occurrence, now)
        if gone := self._gone(row, occurrence.subject, now):
            return Result(row, State.CANCELLED, counted=False, error=gone)
        if reason := self._services.dry.get(self._channel.name):
            return Result(row, State.SKIPPED, counted=False, error=reason)
        awake = not row.zone or kinds.is_awaited(occurrence.subject)
        if not awake and (end := self._quiet_end(row.zone, now)) is not None:
            return self._later(row, now, epoch(end), "quiet hours last longer than its grace")
        if (
            row.zone
            and self._once_a_day(occurrence)
            and (other := self._nudges.put_off(row, occurrence, now)) is not None
        ):
            return self._later(
                row,
                now,
                other,
                "another nudge went to this person that day, and its own grace ends before the"
                " next",
            )
        return None

    def _once_a_day(self, occurrence: Occurrence) -> bool:
        """Return whether the rule of one nudge a day holds: in chats for everybody, by e-mail for
        individuals, to whom the calendar goes and not the prompts of a pledge.
        """
        alone = occurrence.audience is Audience.INDIVIDUAL
        return self._network.BUTTONS or (alone and bool(letters.kind(self._channel.network)))

    def _gone(self, row: Claimed, subject: Subject, now: float) -> str:
        """Return why the recipient doesn't get it any more; '' where they do."""
        if not kinds.may_reach(subject, row.status):
            return f"the subscriber is {Status(row.status).name.lower()}"
        if row.recipient != PUBLIC and not kinds.concerns(self._services, subject, row.recipient):
            return "it doesn't concern the subscriber any more"
        if kinds.is_over(self._services, subject, from_epoch(now)):
            return "what it tells of is over"
        return ""

    def _quiet_end(self, zone: str, now: float) -> datetime | None:
        return self._quiet.made(
            (zone, int(now) // 60),
            lambda: dates.quiet_end(
                from_epoch(now), dates.zone(zone), self._services.settings.quiet
            ),
        )

    def _expired(self, row: Claimed, occurrence: Occurrence, now: float) -> Result:
        if not self._services.steady():
            return self._unsure(row, now)
        if row.recipient == PUBLIC and self._channel.name not in self._services.dry:
            _tell_missed(self._services, row, occurrence, int(now))
        return Result(row, State.SKIPPED, counted=False, error=written(Note.LATE))

    def _later(self, row: Claimed, now: float, due: int, too_late: str) -> Result:
        steady = self._services.steady()
        if due >= row.expires:
            if not steady:
                return self._unsure(row, now)
            return Result(row, State.SKIPPED, counted=False, error=too_late)
        # with words, so that it is found again where the clock was wrong (`Outbox.no_later`)
        return Result(
            row, State.QUEUED, due=due, counted=False, error=None if steady else CLOCK_WAITS
        )

    def _unsure(self, row: Claimed, now: float) -> Result:
        """Return that the row waits a little, since by a clock that jumped nothing is too late."""
        due = int(now) + CLOCK_RETRY
        return Result(row, State.QUEUED, due=due, counted=False, error=CLOCK_WAITS)


def _tell_missed(services: Services, row: Claimed, occurrence: Occurrence, moment: int) -> None:
    """Alarm staff about a post that was skipped as too late, which they may still send."""
    key = str(row.key)
    text = (
        f"post {key} ({occurrence.action}) was skipped: its turn came only after its grace, which"
        f" ended at {from_epoch(row.expires):%Y-%m-%d %H:%M} UTC, since drumbeat stood still or the"
        f" post was held. If it is still worth sending, `drumbeat outbox release {key}` sends it"
    )
    if services.store.alerts.open(PostMissed(subject=key, text=text), moment):
        log.error("%s", text)
