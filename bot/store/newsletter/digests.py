"""The letters that tell of a month: one of a campaign and a month, with a text for each language.

::

    composed ──► draft, which staff change ── approved: frozen ──► into the outbox, step by step
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any, ClassVar

from typing_extensions import override

from bot.model import State
from bot.model.newsletter import (
    DIGEST,
    Digest,
    MonthText,
    Reader,
    mark_of,
    without_items,
)
from bot.model.person import NUDGES, Status
from bot.model.staff import Actor
from bot.model.subject import MonthLetter
from bot.model.who import Purpose, Who
from bot.rules.pledges.named import named_in, names_in
from bot.store.people.people import as_place
from bot.store.topic import Personal, Topic

STEP = 200
"""People for whom it is put into the outbox in one transaction."""


class Digests(Topic):
    """The letters of months, and to whom each has still to go."""

    PERSONAL: ClassVar[Personal] = {Purpose.STAFF: {"digest": ("by_whom", "approved_by")}}

    @override
    def forget(self, who: Who, now: int) -> int:
        # The letter stays, since it is the secretariat's.
        self._unsign(who, "digest")
        self._unsign(who, "digest", "approved_by")
        return 0

    def of_month(self, campaign: str, first: date) -> Digest | None:
        """Return the letter of the month that begins on this day, or None."""
        return self._database.first(
            _digest,
            f"{_SELECT} WHERE campaign = :campaign AND month = :month",
            {"campaign": campaign, "month": first.isoformat()},
        )

    def get(self, number: int) -> Digest | None:
        """Return the letter with this number, or None."""
        return self._database.first(_digest, f"{_SELECT} WHERE id = :id", {"id": number})

    def approved(self, campaign: str) -> list[Digest]:
        """Return the letters of a campaign that were approved, the newest month first."""
        return self._database.select(
            _digest,
            f"{_SELECT} WHERE campaign = :campaign AND approved IS NOT NULL ORDER BY month DESC",
            {"campaign": campaign},
        )

    def any_approved(self, campaign: str) -> bool:
        """Return whether a letter of the campaign was approved."""
        sql = "SELECT 1 FROM digest WHERE campaign = :campaign AND approved IS NOT NULL LIMIT 1"
        return self._database.row(sql, {"campaign": campaign}) is not None

    def put(
        self,
        campaign: str,
        first: date,
        texts: Mapping[str, MonthText],
        by: Actor | None,
        now: int,
    ) -> bool:
        """Store the texts of a month's draft; False, and nothing stored, where it was approved."""
        kept = self._database.execute(
            "INSERT INTO digest (campaign, month, texts, by_whom, at, approved_by, frozen, after,"
            " done) VALUES (:campaign, :month, :texts, :by, :now, '', '', 0, 0) ON CONFLICT"
            " (campaign, month) DO UPDATE SET texts = excluded.texts, by_whom = excluded.by_whom,"
            " at = excluded.at WHERE digest.approved IS NULL",
            {
                "campaign": campaign,
                "month": first.isoformat(),
                "texts": _json(texts),
                "by": by or "",
                "now": now,
            },
        )
        return kept > 0

    def approve(self, digest: Digest, posts: Collection[str], by: Actor, now: int) -> bool:
        """Freeze a draft that shows these posts, so that it goes out; False where it was approved
        before.
        """
        return bool(
            self._database.execute(
                "UPDATE digest SET approved_by = :by, approved = :now, frozen = :frozen, posts ="
                " :posts WHERE id = :id AND approved IS NULL",
                {
                    "by": by,
                    "now": now,
                    "frozen": mark_of(digest.texts),
                    "posts": json.dumps(sorted(posts)),
                    "id": digest.id,
                },
            )
        )

    def reopen(self, digest: int) -> None:
        """Make a letter a draft again: who has it keeps it, all others wait for its approval."""
        self._database.execute(
            "UPDATE digest SET approved_by = '', approved = NULL, frozen = '' WHERE id = :id",
            {"id": digest},
        )

    def approved_since(self, since: int) -> list[Digest]:
        """Return the letters that were approved at this epoch second or later."""
        return self._database.select(
            _digest, f"{_SELECT} WHERE approved >= :since ORDER BY id", {"since": since}
        )

    def forget_pledge(self, pledge: int) -> None:
        """Strike a pledge out of all letters, those that went out among them: the lines of lists
        that lead to it, and other lines that name it as they do.

        What is approved stays so without the former. Without the latter it may say something else,
        so that one which is still on its way is a draft again.
        """
        leads = re.compile(rf"/pledges/{pledge}(?!\d)")
        pattern = {"leads": f"%/pledges/{pledge}%"}
        for digest in self._database.select(_digest, f"{_SELECT} WHERE texts LIKE :leads", pattern):
            listed = {
                tag: replace(each, text=without_items(each.text, leads.search))
                for tag, each in digest.texts.items()
            }
            struck = {
                tag: _without(each, names_in(digest.texts[tag].text, leads.search))
                for tag, each in listed.items()
            }
            self._database.execute(
                "UPDATE digest SET texts = :texts, frozen = :frozen WHERE id = :id",
                {
                    "texts": _json(struck),
                    "frozen": mark_of(struck) if digest.frozen == digest.mark else digest.frozen,
                    "id": digest.id,
                },
            )
            if struck != listed and self.is_leaving(digest):
                self.reopen(digest.id)

    def is_leaving(self, digest: Digest) -> bool:
        """Return whether an approved letter has not reached everybody yet: it still goes into the
        outbox, or waits there for somebody.
        """
        waiting = self._database.row(
            "SELECT 1 FROM digest g WHERE g.id = :id AND g.approved IS NOT NULL AND (g.done = 0 OR"
            " EXISTS (SELECT 1 FROM occurrence o JOIN delivery d ON d.occurrence = o.id WHERE"
            " o.campaign = g.campaign AND o.action = :action AND d.state = :queued))",
            {
                "id": digest.id,
                "action": str(MonthLetter(digest.id)),
                "queued": int(State.QUEUED),
            },
        )
        return waiting is not None

    # to whom it goes

    def leaving(self) -> list[Digest]:
        """Return the letters that are not in the outbox for everybody yet."""
        return self._database.select(
            _digest, f"{_SELECT} WHERE approved IS NOT NULL AND done = 0 ORDER BY id"
        )

    def readers(self, digest: int) -> list[Reader]:
        """Return the next people to whom a letter goes, by their numbers; none at the end."""
        return self._database.select(
            _reader,
            "SELECT p.id AS person, l.id, l.channel, l.audience, l.zone, l.minute FROM person p"
            " JOIN consent c ON c.person = p.id AND c.purpose = :digest JOIN place l ON l.id ="
            f" p.place WHERE {_HEARS} AND p.id > (SELECT after FROM digest WHERE id = :id)"
            " ORDER BY p.id LIMIT :step",
            {"digest": DIGEST, "nudges": NUDGES, "id": digest, "step": STEP},
        )

    def hears(self, person: int) -> bool:
        """Return whether somebody gets letters of months: they agreed, and don't pause."""
        return (
            self._database.row(
                "SELECT 1 FROM person p JOIN consent c ON c.person = p.id AND c.purpose = :digest"
                f" WHERE {_HEARS} AND p.id = :person",
                {"digest": DIGEST, "nudges": NUDGES, "person": person},
            )
            is not None
        )

    def any_agreed(self) -> bool:
        """Return whether somebody has agreed to get letters of months."""
        # the index asks for the purpose as it stands there
        sql = f"SELECT 1 FROM consent WHERE purpose = '{DIGEST}' AND withdrawn IS NULL LIMIT 1"
        return self._database.row(sql) is not None

    def count(self) -> int:
        """Return how many people would get a letter now."""
        return int(
            self._database.value(
                "SELECT count(*) FROM person p JOIN consent c ON c.person = p.id AND c.purpose ="
                f" :digest WHERE {_HEARS}",
                {"digest": DIGEST, "nudges": NUDGES},
            )
        )

    def went_on(self, digest: int, after: int, *, done: bool) -> None:
        """Note up to which person a letter lies in the outbox, and whether that is its end."""
        self._database.execute(
            "UPDATE digest SET after = :after, done = :done WHERE id = :id",
            {"after": after, "done": int(done), "id": digest},
        )


_HEARS = (
    f"c.withdrawn IS NULL AND (p.status = {int(Status.ACTIVE)} OR p.status = {int(Status.PAUSED)}"
    " AND NOT EXISTS (SELECT 1 FROM consent n WHERE n.person = p.id AND n.purpose = :nudges AND"
    " n.withdrawn IS NULL))"
)
"""Who agreed to it and gets letters, or has the calendar off altogether: a pause is for all."""

_SELECT = (
    "SELECT id, campaign, month, texts, by_whom, at, approved_by, approved, frozen, posts FROM"
    " digest"
)


def _digest(
    *, month: str, texts: str, by_whom: str, approved_by: str, posts: str, **columns: Any
) -> Digest:
    said = {str(tag): MonthText(**each) for tag, each in json.loads(texts).items()}
    return Digest(
        first=date.fromisoformat(month),
        texts=said,
        by=Actor(by_whom) if by_whom else None,
        approved_by=Actor(approved_by) if approved_by else None,
        posts=tuple(json.loads(posts)),
        **columns,
    )


def _json(texts: Mapping[str, MonthText]) -> str:
    return json.dumps({tag: asdict(each) for tag, each in texts.items()}, ensure_ascii=False)


def _without(said: MonthText, names: Collection[str]) -> MonthText:
    """Return what a letter says without the lines that have one of these names."""
    lines = [line for line in said.text.split("\n") if not named_in(line, names)]
    subject = "" if named_in(said.subject, names) else said.subject
    return MonthText(subject=subject or "…", text="\n".join(lines).strip() or "…")


def _reader(*, person: int, **columns: Any) -> Reader:
    return Reader(person=person, place=as_place(**columns))
