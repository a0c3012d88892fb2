"""Reports of countries: a link from staff opens one, for whoever they name as its focal point.

Only a digest of the link's secret is kept: who reads the file, or a backup of it, can't answer.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, ClassVar

from typing_extensions import override

from bot.model.pathfinders.report import LINK_DAYS, CountryReport
from bot.model.person import NewPerson
from bot.model.staff import Actor
from bot.model.subject import CountryNews
from bot.model.who import Keep, Purpose, Who
from bot.store.db import Database
from bot.store.pledges.addressees import Addressees
from bot.store.topic import Export, Personal, Topic, signed
from bot.times import DAY, iso


class CountryReports(Topic):
    """Reports of countries, with their answers."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.COUNTRIES: {
            "country_report": (
                "digest",
                "named",
                "by_whom",
                "person",
                "answers",
                "reason",
                "mailed",
            )
        }
    }

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._addressees = Addressees(database, "country_report", CountryNews(0))

    @override
    def of(self, who: Who) -> Export:
        if who.person is None:
            return {}
        told = [_told(each) for each in self._told_to(who.person) if each.person != who.person]
        answered = [self.exported(each) for each in self._answered_by(who.person)]
        return {"country_reports": answered + told}

    @override
    def forget(self, who: Who, now: int) -> int:
        self._unsign(who, "country_report")
        if who.person is None:
            return 0
        # anybody's address can be typed on a report's page: whose it is hears no more, and a report
        # is deleted by who answers it alone, in the chat or by its link
        told = self.refuse(who.person)
        return told + sum(self.erase(each.id) for each in self._answered_by(who.person))

    @override
    def expire(self, now: int, keep: Keep) -> int:
        # what is shown stays, as what the country said; who said it doesn't
        ended = {"now": now, "before": now - keep.questions * DAY}
        over = (
            "until <= :now AND (shown = 1 OR finished IS NULL OR decided IS NOT NULL OR finished <="
            " :before)"
        )
        for report in self._select(f"mailed IS NOT NULL AND {over}", ended):
            self.mail(report.id, None)
        self._database.execute(
            f"UPDATE country_report SET {_NOBODYS} WHERE shown = 1 AND until <= :now AND (digest <>"
            " '' OR named <> '' OR reason <> '' OR person IS NOT NULL)",
            {"now": now},
        )
        return self._database.execute(
            f"DELETE FROM country_report WHERE shown = 0 AND {over}", ended
        )

    def ask(
        self,
        campaign: str,
        country: str,
        named: str,
        secret: str,
        by: Actor,
        now: int,
        language: str,
    ) -> int:
        """Begin a report, which this secret opens; return its number."""
        [(report,)] = self._database.rows(
            "INSERT INTO country_report (campaign, country, digest, named, by_whom, at, until,"
            " language, answers, changed) VALUES (:campaign, :country, :digest, :named, :by, :now,"
            " :until, :language, '{}', :now) RETURNING id",
            {
                "campaign": campaign,
                "country": country,
                "digest": _digest(secret),
                "named": named,
                "by": by,
                "now": now,
                "until": now + LINK_DAYS * DAY,
                "language": language,
            },
        )
        return int(report)

    def get(self, report: int) -> CountryReport | None:
        """Return the report with this number, or None."""
        return self._database.first(_report, f"{_SELECT} WHERE id = :id", {"id": report})

    def opened_by(self, secret: str, now: int) -> CountryReport | None:
        """Return the report that a link with this secret opens, or None."""
        return self._database.first(
            _report,
            f"{_SELECT} WHERE digest <> '' AND digest = :digest AND until > :now",
            {"digest": _digest(secret), "now": now},
        )

    def of_campaign(self, campaign: str) -> list[CountryReport]:
        """Return the reports of a campaign's countries, the newest first."""
        return self._select("campaign = :campaign", {"campaign": campaign})

    def shown(self, campaign: str, country: str) -> list[CountryReport]:
        """Return what everybody may see of a country, the newest first."""
        return self._select(
            "campaign = :campaign AND country = :country AND shown = 1",
            {"campaign": campaign, "country": country},
        )

    def waiting(self) -> list[CountryReport]:
        """Return the finished reports about which staff have not decided, the newest first."""
        return self._select("finished IS NOT NULL AND decided IS NULL", {})

    def version(self) -> tuple[int, int]:
        """Return what changes whenever other reports, or other answers, are shown to everybody."""
        [(count, last)] = self._database.rows(
            "SELECT count(*), coalesce(sum(decided), 0) FROM country_report WHERE shown = 1"
        )
        return int(count), int(last)

    # what becomes of one

    def claim(self, report: int, person: int) -> bool:
        """Let a report be answered by this person in the chat, and by nobody else there; False
        where it is somebody else's.
        """
        return bool(
            self._database.execute(
                "UPDATE country_report SET person = :person WHERE id = :id AND (person IS NULL OR"
                " person = :person)",
                {"person": person, "id": report},
            )
        )

    def agree(self, report: int, wording: str, now: int) -> None:
        """Keep that the focal point agrees, with the wording that they saw."""
        self._database.execute(
            "UPDATE country_report SET agreed = :now, wording = :wording WHERE id = :id AND agreed"
            " IS NULL",
            {"now": now, "wording": wording, "id": report},
        )

    def keep(
        self, report: int, answers: Mapping[str, str], language: str, now: int, *, finished: bool
    ) -> None:
        """Keep the answers so far. What was decided about others holds no longer."""
        self._database.execute(
            "UPDATE country_report SET answers = :answers, language = :language, changed = :now,"
            " finished = :finished, decided = NULL, shown = 0, reason = CASE WHEN :ends = 1 THEN ''"
            " ELSE reason END, until = CASE WHEN :ends = 1 THEN"
            " :until ELSE until END WHERE id = :id",
            {
                "answers": json.dumps(answers, ensure_ascii=False),
                "language": language,
                "now": now,
                "finished": now if finished else None,
                "ends": int(finished),
                "until": now + LINK_DAYS * DAY,
                "id": report,
            },
        )

    def decide(self, report: int, reason: str, now: int, *, show: bool) -> None:
        """Keep whether everybody may see a finished report as it is now, and why not."""
        self._database.execute(
            "UPDATE country_report SET decided = :now, shown = :shown, reason = :reason WHERE id ="
            " :id",
            {"now": now, "shown": int(show), "reason": reason, "id": report},
        )

    def send_back(self, report: int, reason: str, now: int) -> None:
        """Keep that a finished report is to be finished anew, and why; its link opens it until
        then.
        """
        self._database.execute(
            "UPDATE country_report SET finished = NULL, decided = NULL, shown = 0, reason ="
            " :reason, until = CASE WHEN until < :until THEN :until ELSE until END WHERE id = :id",
            {"reason": reason, "until": now + LINK_DAYS * DAY, "id": report},
        )

    # who hears of it

    def mail(self, report: int, person: NewPerson | None) -> None:
        """Let whoever has this address hear what is decided, and nobody else by e-mail."""
        before, number = self.get(report), self._addressees.take(person) if person else None
        self._database.execute(
            "UPDATE country_report SET mailed = :mailed WHERE id = :id",
            {"mailed": number, "id": report},
        )
        if before and before.mailed is not None and before.mailed != number:
            self._addressees.release(before.mailed)

    def refuse(self, person: int) -> int:
        """Let somebody hear no more of any report by e-mail; return of how many they heard."""
        heard = self._told_to(person)
        for report in heard:
            self.mail(report.id, None)
        return len(heard)

    def erase(self, report: int) -> int:
        """Delete a report at the wish of who answers it, or of staff; of one that everybody may
        see, only who answered it. Returns how many rows are gone.
        """
        self.mail(report, None)
        gone = self._database.execute(
            "DELETE FROM country_report WHERE id = :id AND shown = 0", {"id": report}
        )
        if not gone:
            self._database.execute(
                f"UPDATE country_report SET {_NOBODYS} WHERE id = :id", {"id": report}
            )
        return gone

    def exported(self, report: CountryReport) -> dict[str, object]:
        """Return a report as who answers it takes it with them."""
        return {
            "campaign": report.campaign,
            "country": report.country,
            "asked": iso(report.at),
            "as": report.named,
            "agreed": iso(report.agreed) if report.agreed else None,
            "answers": dict(report.answers),
            "finished": iso(report.finished) if report.finished else None,
            "state": report.state.value,
            "said": report.reason,
        }

    def _answered_by(self, person: int) -> list[CountryReport]:
        return self._select("person = :person", {"person": person})

    def _told_to(self, person: int) -> list[CountryReport]:
        return self._select("mailed = :person", {"person": person})

    def _select(self, where: str, params: Mapping[str, object]) -> list[CountryReport]:
        return self._database.select(_report, f"{_SELECT} WHERE {where} ORDER BY id DESC", params)


_SELECT = (
    "SELECT id, campaign, country, named, by_whom AS by, at, until, digest <> '' AS opens, person,"
    " agreed, language, answers, changed, finished, decided, shown, reason, mailed"
    " FROM country_report"
)

_NOBODYS = "digest = '', named = '', person = NULL, reason = ''"
"""What is left of a report as what a country said, and nobody in it."""


def _made(*, answers: str, shown: int, opens: int, **columns: Any) -> CountryReport:
    return CountryReport(
        answers=json.loads(answers), shown=bool(shown), open=bool(opens), **columns
    )


_report = signed(_made)


def _told(report: CountryReport) -> dict[str, object]:
    """Return what whose address was left on a report takes with them: what they hear of it."""
    return {
        "campaign": report.campaign,
        "country": report.country,
        "state": report.state.value,
        "said": report.reason,
    }


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
