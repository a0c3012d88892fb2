"""Alerts for staff: at most one open alert per kind and subject, told once, closed when its cause
is gone.
"""

import json
from typing import Any, ClassVar

from typing_extensions import override

from bot.model.staff import Alert
from bot.model.who import Keep, Purpose, Who
from bot.rules.alerts import (
    NotPassedOn,
    NotRetracted,
    PledgeTask,
    WebhookFails,
)
from bot.rules.alerts.alarm import Alarm
from bot.store.topic import Personal, Topic
from bot.store.webhooks.events import HookEvents
from bot.times import DAY


class Alerts(Topic):
    """The alarms that staff are told of, each open once.

    A closed alert keeps only its kind, its subject and its instants.
    """

    PERSONAL: ClassVar[Personal] = {Purpose.STAFF: {"alert": ("text", "detail")}}

    @override
    def forget(self, who: Who, now: int) -> int:
        # Tasks about a pledge are deleted by `Pledges.delete`; here go the alerts about its posts.
        # A post that must still be taken back is told anew, by its number.
        self._database.execute(
            "DELETE FROM alert WHERE kind IN (:passed, :taken) AND subject NOT IN (SELECT CAST(a.id"
            " AS TEXT) FROM amplification a JOIN pledge p ON p.id = a.pledge)",
            {"passed": NotPassedOn.kind, "taken": NotRetracted.kind},
        )
        return 0

    def forget_pledge(self, pledge: int) -> None:
        """Delete the tasks of staff about a pledge that is deleted."""
        self._database.execute(
            "DELETE FROM alert WHERE kind = :kind AND subject LIKE :about",
            {"kind": PledgeTask.kind, "about": PledgeTask.about(pledge, "%")},
        )

    @override
    def expire(self, now: int, keep: Keep) -> int:
        # A lost pledge has one task in all, so its closed alert stays known while it is lost.
        return self._database.execute(
            "DELETE FROM alert WHERE closed < :before AND subject NOT IN (SELECT 'pledge ' ||"
            " CAST(id AS TEXT) || ': unreachable' FROM pledge WHERE lost IS NOT NULL)",
            {"before": now - keep.notices * DAY},
        )

    def open(self, alarm: Alarm, now: int) -> bool:
        """Open an alert; return False when it is open already, and then only its words are
        updated.
        """
        words = {
            "kind": alarm.kind,
            "subject": alarm.subject,
            "text": alarm.text,
            "detail": json.dumps(alarm.detail(), ensure_ascii=False),
        }
        with self._database.transaction():
            known = self._database.execute(
                "UPDATE alert SET text = :text, detail = :detail WHERE kind = :kind AND subject ="
                " :subject AND closed IS NULL",
                words,
            )
            if known:
                return False
            [(number,)] = self._database.rows(
                "INSERT INTO alert (at, kind, subject, text, detail) VALUES (:now, :kind, :subject,"
                " :text, :detail) RETURNING id",
                {**words, "now": now},
            )
            itself = alarm.subject if isinstance(alarm, WebhookFails) else ""
            HookEvents(self._database).alarm(number, alarm.kind, now, but=itself)
        return True

    def close(self, kind: str, subject: str, now: int) -> None:
        """Close an alert whose cause is gone."""
        self._database.execute(
            "UPDATE alert SET closed = :now, text = '', detail = '{}' WHERE kind = :kind AND"
            " subject = :subject AND closed IS NULL",
            {"now": now, "kind": kind, "subject": subject},
        )

    def any_open(self, kind: str) -> bool:
        """Return whether any alert of this kind is open."""
        return (
            self._database.row(
                "SELECT 1 FROM alert WHERE kind = :kind AND closed IS NULL LIMIT 1", {"kind": kind}
            )
            is not None
        )

    def is_open(self, kind: str, subject: str) -> bool:
        """Return whether an alert about this is open."""
        return (
            self._database.value(
                "SELECT 1 FROM alert WHERE kind = :kind AND subject = :subject AND closed IS NULL",
                {"kind": kind, "subject": subject},
            )
            is not None
        )

    def known(self, kind: str, subject: str, since: int) -> bool:
        """Return whether such an alert was opened since this epoch second, be it closed or not."""
        row = self._database.row(
            "SELECT 1 FROM alert WHERE kind = :kind AND subject = :subject AND at >= :since"
            " LIMIT 1",
            {"kind": kind, "subject": subject, "since": since},
        )
        return row is not None

    def current(self) -> list[Alert]:
        """Return all open alerts, oldest first."""
        return self._database.select(
            _alert,
            "SELECT id, at, kind, subject, text, told IS NOT NULL AS told, detail FROM alert WHERE"
            " closed IS NULL ORDER BY at, id",
        )

    def tell(self, alert_id: int, now: int) -> None:
        """Record that an alert left by the second way, the Apprise URL of the settings."""
        self._database.execute(
            "UPDATE alert SET told = :now WHERE id = :id", {"now": now, "id": alert_id}
        )


def _alert(*, told: int, detail: str, **columns: Any) -> Alert:
    return Alert(told=bool(told), detail=json.loads(detail), **columns)
