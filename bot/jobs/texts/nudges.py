"""What a nudge in a chat has beside its text: buttons, and the rule of one nudge a day.

The rule holds over all campaigns and announcements: the second nudge of a day is put off to the
same hour of the next, as long as its grace lasts. A reminder that the person asked for by [Later]
doesn't count. It holds in chats and, by e-mail, for individuals; to others e-mail carries prompts.
"""

import logging
from dataclasses import replace
from datetime import timedelta
from functools import partial

from bot.conversation.actions import today
from bot.conversation.actions.look import Item
from bot.conversation.words import Rows
from bot.errors import RenderError
from bot.jobs.services import Services
from bot.jobs.texts import kinds
from bot.jobs.texts.keys import keyboard
from bot.kept import Kept
from bot.model import Keyboard, Kind, Occurrence, Role
from bot.model.outbox import Claimed
from bot.rules import dates, journey
from bot.times import from_epoch

log = logging.getLogger(__name__)

_KEPT = 2_000


class Nudges:
    """Buttons and the rule of one nudge a day, for one channel and these services."""

    def __init__(self, services: Services, network: str, channel_id: int) -> None:
        self._services = services
        self._network = network
        self._channel_id = channel_id
        self._texts = services.renderer.chat
        self._keyboards: Kept[tuple[int, str, bool], Keyboard] = Kept(_KEPT)
        self._neighbours: tuple[int, dict[int, tuple[int, ...]]] = (0, {})

    def buttons(self, row: Claimed, occurrence: Occurrence, language: str) -> Keyboard:
        """Return [Done], [Later], [Skip] and, where there is something to share, [Share]; nothing
        for what asks nothing.

        They are made once for all who get the occurrence in this language, with or without a
        pledge; the network binds them to each person.
        """
        group = row.occurrence, language, bool(row.pledge)
        if group not in self._keyboards:
            self._keyboards[group] = self._made(occurrence, language, pledge=bool(row.pledge))
        return self._keyboards[group]

    def _made(self, occurrence: Occurrence, language: str, *, pledge: bool) -> Keyboard:
        rows = self._rows(occurrence, language, pledge=pledge)
        try:
            return keyboard(rows, self._texts, language, None)
        except RenderError as error:
            # what is wrong is in the message
            log.error("nudges go out without buttons: %s", error)  # noqa: TRY400
            return ()

    def _rows(self, occurrence: Occurrence, language: str, *, pledge: bool) -> Rows:
        subject = occurrence.subject
        about = replace(occurrence, action=subject.about)
        found = partial(self._found, about, language, pledge=pledge)
        return kinds.of(subject).buttons(self._services, subject, found)

    def _found(self, occurrence: Occurrence, language: str, *, pledge: bool) -> Item | None:
        campaign = self._services.library.campaigns.get(occurrence.campaign)
        action = campaign.action(occurrence.action) if campaign else None
        if campaign is None or action is None:
            return None
        theirs = pledge or action.requires != "pledge"  # who has no pledge shares none
        says = partial(
            self._services.renderer.wordings,
            campaign,
            action,
            language=language,
            network=self._network,
        )
        return Item(
            ref=today.reference(occurrence.campaign, occurrence.action, occurrence.slot),
            campaign=occurrence.campaign,
            action=occurrence.action,
            slot=occurrence.slot,
            day=occurrence.day,
            title="",
            done=False,
            skipped=False,
            prescribed=action.prescribed is not None,
            shares=theirs and says(Role.SHARE) > 0,
            letter=says(Role.LETTER) > 0,
            invites=action.invites,
            prompt=action.kind is Kind.PROMPT,
            survey=journey.surveys(campaign, action.kind, occurrence.day),
        )

    def put_off(self, row: Claimed, occurrence: Occurrence, now: float) -> int | None:
        """Return the epoch second to which a nudge is put off, since the person hears from us today
        already; None when it may go now.
        """
        others = self._others(row.occurrence, now) if not kinds.is_note(occurrence.subject) else ()
        if not others or not row.zone:
            return None
        zone = dates.zone(row.zone)
        day = from_epoch(now).astimezone(zone).date()
        for other in self._services.store.outbox.heard(row, others):
            later = (other.due, other.occurrence) > (row.due, row.occurrence)
            if other.sent is None and later:
                continue  # both are on their way: the one that was due first goes
            if from_epoch(other.sent or now).astimezone(zone).date() == day:
                local = from_epoch(row.due).astimezone(zone)
                return int(
                    dates.instant(
                        day + timedelta(days=1), local.hour * 60 + local.minute, zone
                    ).timestamp()
                )
        return None

    def _others(self, number: int, now: float) -> tuple[int, ...]:
        """Return the other occurrences of which somebody may get a nudge in these days; looked up
        once a minute.
        """
        minute = int(now) // 60
        if self._neighbours[0] != minute:
            self._neighbours = (minute, {})
        known = self._neighbours[1]
        if number not in known:
            known[number] = self._services.store.plan.neighbours(number, int(now))
        return known[number]
