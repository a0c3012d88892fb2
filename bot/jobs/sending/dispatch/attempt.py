"""One attempt at a delivery: its claimed row becomes a message, the network is called once, and the
answer becomes the `Result` that the outbox writes.

All of it is decided row by row: who may get something at all by `screening`, what an answer means
by `meaning`; claiming and pacing are the `dispatcher`'s.
"""

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from bot.errors import (
    FactExpired,
    LinkEmpty,
    NetworkError,
    OutOfResources,
    RenderError,
    StoreError,
    Unanswered,
)
from bot.jobs.counting import cost
from bot.jobs.sending.dispatch.meaning import Meaning
from bot.jobs.sending.dispatch.screening import Screening
from bot.jobs.services import Services
from bot.jobs.texts import kinds, letters, links, pictures, posts
from bot.jobs.texts.links.leading import Leading
from bot.jobs.texts.nudges import Nudges
from bot.kept import Kept
from bot.model import PUBLIC, Channel, Message, Occurrence, Rendered, State
from bot.model.outbox import Claimed, Result
from bot.model.outbox.notes import Note, written
from bot.model.staff import Rewording
from bot.networks.base import Network
from bot.rules.alerts import DiffersFromApproved, OverCeiling, TextHeld
from bot.store.sending.approvals import digests
from bot.times import from_epoch

log = logging.getLogger(__name__)

RENDER_RETRY = 30 * 60
"""Seconds: a text that can't be made now (an empty link slot, say) is looked at again this often,
until its grace ends.
"""

UNMADE = "would wait: "
"""Begins the reason of what a rehearsal skips because it has no text."""

UNAPPROVED = "nobody has approved yet what staff wrote in the place of its words"

_APPROVAL_RETRY = 60
"""Seconds after which a message is looked at again whose new words wait for approval."""

_KEPT = 2_000

_REST = 60
"""Seconds for which a post waits whose picture this machine can't make now."""


def _unseen(row: Claimed, error: RenderError) -> Result:
    """Return the result of a look that finds no text: the row stays uncertain, without an alarm."""
    return Result(row, State.UNCERTAIN, counted=False, error=str(error))


_Group = tuple[int, str, bool, int]
"""People who get the same text: occurrence, language, whether they made a pledge, and `alike`."""


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
        self._bodies: Kept[_Group, Rendered | RenderError] = Kept(_KEPT)
        #: those that are kept for one batch of rows
        self._passing: dict[_Group, Rendered | RenderError] = {}
        self._failing: dict[str, str] = {}
        web = services.settings.web
        self._web = f"{web.public_url}/" if web else "\0"
        self._channel_id = services.channel_ids[channel.name]
        #: what staff wrote in the place of words to people, by occurrence and language
        self._reworded: dict[tuple[int, str], Rewording] = {}
        #: a post that can't leave before its picture is made ready
        self._unready: Rendered | None = None
        #: until when posts wait whose picture this machine can't make now, and why it can't
        self._lacking = (0, "")
        #: posts that left, and when, whose cost is not recorded yet
        self._owed: list[tuple[Rendered, float]] = []
        #: (expires, since) of the row before
        self._wave = (0, from_epoch(0))
        self._nudges = Nudges(services, channel.network, self._channel_id)
        self._screening = Screening(services, channel, network, self._nudges)
        self._meaning = Meaning(services, channel, network)

    def screen(self, row: Claimed, now: float) -> Result | None:
        """Return what becomes of a row that may not be sent, as `Screening.screen` does."""
        return self._screening.screen(row, self.occurrence(row), now)

    def message(self, row: Claimed, now: float, *, sending: bool = True) -> Message | Result:
        """Return the row's message, or what becomes of a row whose text can't be made or differs
        from the one that was approved.

        Without `sending`, for a look at what may have left, no approval is asked for and no alarm
        opened.
        """
        if sending and self._waits(row):
            due = min(int(now) + _APPROVAL_RETRY, row.expires)
            return Result(row, State.QUEUED, due=due, counted=False, error=UNAPPROVED)
        body = self._body(row)
        if isinstance(body, Rendered) and sending:
            body = self._led(row, body)
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
        """Read anew which pages failed when they were asked and what staff wrote in the place of
        words to people, and record what is owed; called once for each batch of rows.
        """
        self._settle_owed()
        reworded = self._services.store.rewordings.of_channel(self._channel_id)
        if reworded != self._reworded:
            self._reworded = reworded
            self._bodies.clear()
        self._passing.clear()
        self._failing = links.failing(self._services.store)

    def _led(self, row: Claimed, body: Rendered) -> Rendered | RenderError:
        """Return the text, or that a link in it leads nowhere, or to whom nobody may show."""
        if reason := self._dead_link(body):
            return LinkEmpty(reason)
        # what is written to one person about their own pledge may lead to what is public no more
        told = row.recipient == PUBLIC or not kinds.of(self.occurrence(row).subject).note
        if told and self._web in body.whole and (dead := Leading(self._services).dead(body.whole)):
            return RenderError(
                f"it leads to {dead[0]}, which is withdrawn, deleted or held; write it anew without"
                " that, or cancel it"
            )
        return body

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

    def _rewording(self, row: Claimed) -> Rewording | None:
        """Return what staff wrote in the place of the words that this person would get."""
        if not self._reworded or row.recipient == PUBLIC:
            return None
        campaign = self._services.library.campaigns.get(self.occurrence(row).campaign)
        if campaign is None:
            return None
        return self._reworded.get((row.occurrence, posts.spoken(campaign, row.language)))

    def _waits(self, row: Claimed) -> bool:
        """Return whether somebody must approve first what staff wrote to this person. Claims pass
        by whoever speaks that very language; others are served by it, too.
        """
        rewording = self._rewording(row)
        return rewording is not None and not rewording.is_approved

    def _body(self, row: Claimed) -> Rendered | RenderError:
        if row.recipient == PUBLIC:  # few, and another text may stand there since
            return self._render(row)
        subject = self.occurrence(row).subject
        group = (row.occurrence, row.language, row.pledge, kinds.alike(subject, row.recipient))
        bodies = self._passing if kinds.of(subject).fresh else self._bodies
        body = bodies.get(group)
        if body is None:
            body = bodies[group] = self._render(row)
        return body

    def _render(self, row: Claimed) -> Rendered | RenderError:
        o, services, rewording = self.occurrence(row), self._services, self._rewording(row)
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
                instead=rewording.text if rewording else "",
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
        return Result(row, State.AWAITING_APPROVAL, counted=False, error=written(Note.DIFFERS))

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
            return self._meaning.result(row, error, now, post_text), error
        except Exception as error:  # whatever a client library lets through: it may have left
            log.exception("%s: unexpected error of the client library", self._channel.name)
            self._pay(message, now)
            unanswered = Unanswered(
                f"{self._channel.name}: unexpected {type(error).__name__}; nobody knows whether it"
                " left"
            )
            return self._meaning.result(row, unanswered, now, post_text), unanswered
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

    def after(self, settled: Result, error: NetworkError | None, now: float) -> None:
        """Write what an answer says of the recipient, as `Meaning.after` does."""
        self._meaning.after(settled, error, now)
