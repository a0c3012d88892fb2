"""One attempt at a delivery: its claimed row becomes a message, the network is called once, and the
answer becomes the `Result` that the outbox writes.

All of it is decided row by row; claiming and pacing are `bot.jobs.sending.dispatch`.
"""

import logging
import zlib
from contextlib import suppress
from datetime import datetime, timedelta

from bot.errors import (
    AccountRefused,
    Blocked,
    Duplicate,
    FactExpired,
    LinkEmpty,
    Moved,
    NetworkError,
    NotPaid,
    OutOfResources,
    RateLimited,
    Refused,
    RenderError,
    StoreError,
    TryLater,
    Unanswered,
)
from bot.jobs.counting import cost
from bot.jobs.sending import moved
from bot.jobs.services import Services
from bot.jobs.texts import kinds, letters, links, pictures
from bot.jobs.texts.nudges import Nudges
from bot.jobs.texts.posts import WORDINGS
from bot.kept import Kept
from bot.model import PUBLIC, Channel, Message, Occurrence, Rendered, State
from bot.model.outbox import Claimed, Result
from bot.model.person import Status
from bot.networks.base import Network
from bot.rules import dates
from bot.rules.alerts import (
    DeliveriesUncertain,
    DiffersFromApproved,
    LettersFailed,
    OverCeiling,
    PostFailed,
    PostMissed,
    TargetMoved,
    TextHeld,
)
from bot.store.sending.approvals import digests
from bot.times import epoch, from_epoch

log = logging.getLogger(__name__)

FIRST_RETRY = 5
LAST_RETRY = 15 * 60
RENDER_RETRY = 30 * 60
"""Seconds: a text that can't be made now (an empty link slot, say) is looked at again this often,
until its grace ends.
"""

CLOCK_RETRY = 30
"""Seconds after which a row is looked at again that would be too late, if the clock were right."""

CLOCK_WAITS = "the machine's clock jumped: it waits until it is certain that it is too late"

UNMADE = "would wait: "
"""Begins the reason of what a rehearsal skips because it has no text."""

_KEPT = 2_000

_REST = 60
"""Seconds for which a post waits whose picture this machine can't make now."""


def retry_delay(row: Claimed) -> float:
    """Return the seconds to the row's next try: 5 doubling to 900, and up to a quarter more.

    The jitter is made of the row's key and tries, so that a rehearsal repeats itself.
    """
    base: int = min(LAST_RETRY, FIRST_RETRY * 2 ** max(0, row.attempts - 1))
    return base * (1 + (zlib.crc32(f"{row.key} {row.attempts}".encode()) % 1000) / 4000)


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


def tell_missed(services: Services, row: Claimed, occurrence: Occurrence, moment: int) -> None:
    """Alarm staff about a post that was skipped as too late, which they may still send."""
    key = str(row.key)
    text = (
        f"post {key} ({occurrence.action}) was skipped: its turn came only after its grace, which"
        f" ended at {from_epoch(row.expires):%Y-%m-%d %H:%M} UTC, since drumbeat stood still or the"
        f" post was held. If it is still worth sending, `drumbeat outbox release {key}` sends it"
    )
    if services.store.alerts.open(PostMissed(subject=key, text=text), moment):
        log.error("%s", text)


def _unseen(row: Claimed, error: RenderError) -> Result:
    """Return the result of a look that finds no text: the row stays uncertain, without an alarm."""
    return Result(row, State.UNCERTAIN, counted=False, error=str(error))


class Attempts:
    """Attempts at the deliveries of one channel.

    A nudge's text is rendered once for each group of people who get the same (by occurrence,
    language, whether they made a pledge, wording) and kept.
    """

    def __init__(self, services: Services, channel: Channel, network: Network) -> None:
        self._services = services
        self._channel = channel
        self._network = network
        self._occurrences: Kept[int, Occurrence] = Kept(_KEPT)
        self._bodies: Kept[tuple[int, str, bool, int], Rendered | RenderError] = Kept(_KEPT)
        self._failing: dict[str, str] = {}
        #: a post that can't leave before its picture is made ready
        self._unready: Rendered | None = None
        #: until when posts wait whose picture this machine can't make now, and why it can't
        self._lacking = (0, "")
        #: posts that left, and when, whose cost is not recorded yet
        self._owed: list[tuple[Rendered, float]] = []
        #: (expires, since) of the row before
        self._wave = (0, from_epoch(0))
        self._quiet: Kept[tuple[str, int], datetime | None] = Kept(_KEPT)
        self._nudges = Nudges(services, channel.network, services.channel_ids[channel.name])

    def screen(self, row: Claimed, now: float) -> Result | None:
        """Return what becomes of a row that may not be sent at `now` (epoch seconds), or None.

        Nothing of it has left. Staff are alarmed about a post that is too late.
        """
        occurrence = self.occurrence(row)
        if row.expires <= now:
            return self._expired(row, occurrence, now)
        if not kinds.may_reach(occurrence.subject, row.status):
            return Result(
                row,
                State.CANCELLED,
                counted=False,
                error=f"the subscriber is {Status(row.status).name.lower()}",
            )
        if reason := self._services.dry.get(self._channel.name):
            return Result(row, State.SKIPPED, counted=False, error=reason)
        if row.zone and (end := self._quiet_end(row.zone, now)) is not None:
            return self._later(row, now, epoch(end), "quiet hours last longer than its grace")
        if (
            row.zone
            and self._network.BUTTONS
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
            tell_missed(self._services, row, occurrence, int(now))
        return Result(row, State.SKIPPED, counted=False, error="later than its grace")

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

    def message(self, row: Claimed, now: float, *, sending: bool = True) -> Message | Result:
        """Return the row's message, or what becomes of a row whose text can't be made or differs
        from the one that was approved.

        Without `sending`, for a look at what may have left, no approval is asked for and no alarm
        opened.
        """
        body = self._body(row)
        if isinstance(body, Rendered) and sending and (reason := self._dead_link(body)):
            body = LinkEmpty(reason)
        if isinstance(body, RenderError):
            return self._no_text(row, body, now) if sending else _unseen(row, body)
        if sending and body.picture is not None and not body.picture.is_ready:
            return self._picture_waits(row, body, int(now))
        if (
            sending
            and row.recipient == PUBLIC
            and self._channel.review
            and not self._approved(row, body)
        ):
            return self._differs(row, now)
        occurrence = self.occurrence(row)
        message = Message(
            key=row.key,
            address=row.address if row.recipient != PUBLIC else None,
            body=body,
            since=self._since(row, occurrence),
            paid=row.paid,
            day=occurrence.day,
            buttons=(
                self._nudges.buttons(row, occurrence, body.language)
                if row.address and self._network.BUTTONS
                else ()
            ),
        )
        try:
            write = kinds.of(occurrence.subject).letter
            return letters.personal(
                self._services, self._channel, row, occurrence, message, now, write
            )
        except RenderError as error:
            return self._no_text(row, error, now) if sending else _unseen(row, error)

    def _picture_waits(self, row: Claimed, body: Rendered, now: int) -> Result:
        """Return that the post waits until its picture is made, which `prepare` does next."""
        due, reason = self._lacking
        if due <= now:
            self._unready, due, reason = body, now, pictures.WAITS
        return Result(row, State.QUEUED, due=due, counted=False, error=reason)

    async def prepare(self, now: float) -> None:
        """Make the picture ready for which a post waited just now, in a thread.

        Mostly the job has done so long before; a post that is due at the start comes first.
        """
        body, self._unready = self._unready, None
        if body is not None:
            try:
                await pictures.make_apart(self._services, body, self._channel, from_epoch(now))
            except OutOfResources as error:
                log.warning("%s: %s", self._channel.name, error)
                self._lacking = (int(now) + _REST, f"{pictures.WAITS}: {error}")

    def refresh(self) -> None:
        """Read anew which pages failed when they were asked, and record what is owed; called once
        for each batch of rows.
        """
        self._settle_owed()
        self._failing = links.failing(self._services.store)

    def _dead_link(self, body: Rendered) -> str | None:
        if not self._failing:  # asked for each delivery
            return None
        return next((reason for url, reason in self._failing.items() if url in body.whole), None)

    def _since(self, row: Claimed, occurrence: Occurrence) -> datetime:
        """Return the instant of a post's first try, or one before a nudge's: the same for all of
        its wave, and kept for the next row.
        """
        if row.began:
            return from_epoch(row.began)
        if row.expires != self._wave[0]:
            self._wave = (
                row.expires,
                from_epoch(row.expires) - occurrence.grace - timedelta(minutes=1),
            )
        return self._wave[1]

    def occurrence(self, row: Claimed) -> Occurrence:
        """Return the row's occurrence, read once and kept."""
        occurrence = self._occurrences.get(row.occurrence)
        if occurrence is None:
            occurrence = self._occurrences[row.occurrence] = self._services.store.plan.occurrence(
                row.occurrence
            )
        return occurrence

    def _body(self, row: Claimed) -> Rendered | RenderError:
        if row.recipient == PUBLIC:  # few, and staff may have written another text since
            return self._render(row)
        group = (row.occurrence, row.language, row.pledge, row.recipient % WORDINGS)
        body = self._bodies.get(group)
        if body is None:
            body = self._bodies[group] = self._render(row)
        return body

    def _render(self, row: Claimed) -> Rendered | RenderError:
        o, services = self.occurrence(row), self._services
        try:
            if row.recipient == PUBLIC:
                return kinds.post_body(services, o, self._channel.name)
            return kinds.nudge_body(
                services,
                o,
                self._channel.network,
                language=row.language,
                pledge=bool(row.pledge),
                recipient=row.recipient,
                buttons=self._network.BUTTONS,
            )
        except RenderError as error:
            # Keep a copy: the error as it was raised would keep all frames it came through alive.
            return type(error)(*error.args)

    def _no_text(self, row: Claimed, error: RenderError, now: float) -> Result:
        """Return that the row waits until somebody mends its text or fills its link, within its
        grace; staff are alarmed.

        In a rehearsal nobody will: the row ends skipped at once, with the reason.
        """
        if self._services.rehearsal:
            return Result(row, State.SKIPPED, counted=False, error=f"{UNMADE}{error}")
        occurrence = self.occurrence(row)
        subject = TextHeld.about(occurrence.campaign, occurrence.action)
        why = (
            "link"
            if isinstance(error, LinkEmpty)
            else "fact"
            if isinstance(error, FactExpired)
            else "text"
        )
        alarm = TextHeld(subject=subject, text=f"held: {error}", why=why, words=str(error))
        if self._services.store.alerts.open(alarm, int(now)):
            log.error("%s: held: %s", subject, error)
        due = min(int(now) + RENDER_RETRY, row.expires)
        return Result(row, State.QUEUED, due=due, counted=False, error=str(error))

    def _approved(self, row: Claimed, body: Rendered) -> bool:
        approval = self._services.store.approvals.find(row.occurrence, row.channel)
        return approval is not None and approval.digest in digests(body)

    def _differs(self, row: Claimed, now: float) -> Result:
        store, key = self._services.store, str(row.key)
        text = (
            f"post {key} would come out differently from what was approved; look at it and approve"
            f" it again: `drumbeat outbox approve {key}`"
        )
        store.alerts.open(DiffersFromApproved(subject=key, text=text), int(now))
        store.approvals.drop(row.key)
        return Result(
            row, State.AWAITING_APPROVAL, counted=False, error="differs from what was approved"
        )

    def unaffordable(self, row: Claimed, message: Message, now: float) -> Result | None:
        """Return that a post waits for staff where it would pass the channel's ceiling of cost;
        None when it may go.
        """
        reason = cost.over_ceiling(self._services, self._channel, message.body, from_epoch(now))
        if reason is None:
            return None
        alarm = OverCeiling(
            subject=str(row.key),
            text=f"post {row.key} waits: {reason}",
            ceiling=float(cost.ceiling(self._services, self._channel) or 0),
        )
        self._services.store.alerts.open(alarm, int(now))
        return Result(row, State.AWAITING_APPROVAL, counted=False, error=reason)

    async def send(
        self, row: Claimed, message: Message, now: float
    ) -> tuple[Result, NetworkError | None]:
        """Call the network once; return what becomes of the row, and the error that concerns its
        account, if any.
        """
        post_text = message.body.whole if message.address is None else None
        try:
            receipt = await self._network.send(message)
        except NetworkError as error:
            if isinstance(error, Unanswered):
                self._pay(message, now)
            return self._refused(row, error, now, post_text), error
        except Exception as error:  # whatever a client library lets through: it may have left
            log.exception("%s: unexpected error of the client library", self._channel.name)
            self._pay(message, now)
            unanswered = Unanswered(
                f"{self._channel.name}: unexpected {type(error).__name__}; nobody knows whether it"
                " left"
            )
            return self._refused(row, unanswered, now, post_text), unanswered
        self._pay(message, now)
        return Result(row, State.SENT, receipt=receipt.id, url=receipt.url, text=post_text), None

    def _pay(self, message: Message, now: float) -> None:
        """Record the cost of a post that left or may have left.

        What the database refuses is recorded before the next leaves: the answer is not lost for it.
        """
        if message.address is None:
            self._owed.append((message.body, now))
            with suppress(StoreError):  # the result is refused, too, and that is told
                self._settle_owed()

    def _settle_owed(self) -> None:
        while self._owed:
            body, now = self._owed[0]
            cost.record_post(self._services, self._channel, body, from_epoch(now))
            del self._owed[0]

    def _refused(self, row: Claimed, error: NetworkError, now: float, text: str | None) -> Result:
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
                due = int(now + max(retry_delay(row), error.wait)) + 1
                if due >= row.expires and self._services.steady():
                    return Result(
                        row,
                        State.FAILED,
                        error=f"{words}; no time for another try within its grace",
                    )
                return Result(row, State.QUEUED, due=due, error=words)
            case _:
                return Result(row, State.UNCERTAIN, error=words, text=text)

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
