"""Introductions: staff propose two pledge-makers to each other, and each is asked apart.

::

    open ── both say yes ─────────────────────────────► made: each gets what the other ticked
      ├── one says no, or leaves, or the pledge is gone ► ended
      └── nobody answers in time ──────────────────────► ended
    dismissed: staff want it never suggested

What somebody ticked is deleted once it can't be passed on any more, or has been. That these two
pledges were suggested stays, so that they never are again.
"""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar

from typing_extensions import override

from bot.model import Audience, State
from bot.model.person import Status
from bot.model.pledge import JourneyState, PledgeState
from bot.model.pledges.introduction import (
    ASKED_DAYS,
    NO_MORE,
    ONCE_MORE,
    TOLD_DAYS,
    Askable,
    Detail,
    Details,
    Introduction,
    IntroductionState,
    Reason,
    Side,
    Why,
)
from bot.model.subject import Introduce, Introduced
from bot.model.who import Keep, Purpose, Who
from bot.store.topic import Export, Personal, Topic
from bot.times import DAY, iso


class Introductions(Topic):
    """Pairs of pledges that were suggested to each other, what each side said and ticked."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.PLEDGES: {
            "introduction_side": ("person", "details"),
        }
    }

    @override
    def of(self, who: Who) -> Export:
        if who.person is None:
            return {}
        return {
            "introductions": [
                {
                    "at": iso(each.at),
                    "pledge": side.pledge,
                    "agreed": side.agreed,
                    "details": {detail.value: text for detail, text in side.details.items()},
                }
                for each, side in self._of_person(who.person)
            ]
        }

    @override
    def forget(self, who: Who, now: int) -> int:
        for each, side in self._of_person(who.person) if who.person is not None else ():
            if each.became is IntroductionState.OPEN:
                self.end(each)
            self._unsend(side)
            self._unsend(each.other(side))
        self._database.execute(
            "UPDATE introduction_side SET person = 0, details = '{}' WHERE person = :person",
            {"person": who.person or -1},
        )
        return 0

    def forget_pledge(self, pledge: int) -> None:
        """End and delete all introductions of a pledge that is deleted."""
        with self._database.transaction():
            for each in self.of_pledge(pledge):
                for side in each.sides:
                    self._unsend(side)
                for table, column in (
                    ("introduction_side", "introduction"),
                    ("introduction", "id"),
                ):
                    self._database.execute(
                        f"DELETE FROM {table} WHERE {column} = :id", {"id": each.id}
                    )

    @override
    def expire(self, now: int, keep: Keep) -> int:
        late = self._database.column(
            "SELECT id FROM introduction WHERE became = 1 AND at <= :before ORDER BY at, id",
            {"before": now - ASKED_DAYS * DAY},
        )
        for number in late:
            self.end(self._known(number))
        return len(late) + self._database.execute(
            "UPDATE introduction_side SET person = 0, details = '{}' WHERE (person <> 0 OR details"
            " <> '{}') AND introduction IN (SELECT id FROM introduction WHERE at <= :before)",
            {"before": now - (ASKED_DAYS + TOLD_DAYS) * DAY},
        )

    # what staff do

    def add(
        self,
        pledges: Mapping[int, int],
        reasons: tuple[Reason, ...],
        now: int,
        became: IntroductionState = IntroductionState.OPEN,
    ) -> Introduction:
        """Store an introduction of two pledges, each with who is asked for it, in the order in
        which the reasons see them.
        """
        with self._database.transaction():
            [(number,)] = self._database.rows(
                "INSERT INTO introduction (at, became, reasons) VALUES (:now, :became, :reasons)"
                " RETURNING id",
                {"now": now, "became": became, "reasons": _json(reasons)},
            )
            self._database.many(
                "INSERT INTO introduction_side (introduction, pledge, person, details) VALUES"
                " (:introduction, :pledge, :person, '{}')",
                [
                    {"introduction": number, "pledge": pledge, "person": person}
                    for pledge, person in pledges.items()
                ],
            )
        return self._known(number)

    def pairs(self) -> set[tuple[int, int]]:
        """Return all pairs that were ever suggested, the smaller number first."""
        return set(
            self._database.rows(
                "SELECT min(pledge), max(pledge) FROM introduction_side GROUP BY introduction"
            )
        )

    def open_by_pledge(self) -> Mapping[int, int]:
        """Return about how many introductions the maker of each pledge is asked now; 0 for none."""
        return Counter(
            self._database.column(
                "SELECT pledge FROM introduction_side WHERE introduction IN (SELECT id FROM"
                " introduction WHERE became = 1)"
            )
        )

    def askable(self, campaign: str, pledge: int | None = None) -> list[Askable]:
        """Return who may be asked for each verified public pledge of a campaign, or for this one:
        its focal point, while its journey neither rests nor is over and they want to be asked.
        """
        return self._database.select(
            _askable,
            "SELECT p.id AS pledge, e.person, q.channel, q.status FROM pledge p JOIN pledge_editor"
            " e ON e.pledge = p.id AND e.focal = 1 JOIN person q ON q.id = e.person WHERE"
            " p.campaign = :campaign AND (CAST(:pledge AS BIGINT) IS NULL OR p.id = :pledge)"
            " AND p.state ="
            " :published AND p.audience <> :alone AND p.journey IN (:active, :asked) AND EXISTS"
            " (SELECT 1 FROM pledge_verification v WHERE v.pledge = p.id) AND coalesce((SELECT"
            " h.kind FROM pledge_event h WHERE h.pledge = p.id AND h.kind IN (:ends, :begins) ORDER"
            " BY h.id DESC LIMIT 1), :begins) = :begins ORDER BY p.id",
            {
                "ends": NO_MORE,
                "begins": ONCE_MORE,
                "campaign": campaign,
                "pledge": pledge,
                "published": PledgeState.PUBLISHED,
                "alone": Audience.INDIVIDUAL,
                "active": JourneyState.ACTIVE,
                "asked": JourneyState.ASKED,
            },
        )

    def newest(self, most: int) -> list[Introduction]:
        """Return the newest introductions that staff proposed, without the dismissed ones."""
        numbers = self._database.column(
            "SELECT id FROM introduction WHERE became <> :dismissed ORDER BY id DESC LIMIT :most",
            {"dismissed": IntroductionState.DISMISSED, "most": most},
        )
        return [self._known(number) for number in numbers]

    # what the two do

    def by_side(self, side: int) -> Introduction | None:
        """Return the introduction one of whose sides has this number, or None."""
        number = self._database.value(
            "SELECT introduction FROM introduction_side WHERE id = :side", {"side": side}
        )
        return None if number is None else self._known(number)

    def of_pledge(self, pledge: int) -> list[Introduction]:
        """Return all introductions of a pledge, oldest first."""
        return [
            self._known(number)
            for number in self._database.column(
                "SELECT introduction FROM introduction_side WHERE pledge = :pledge ORDER BY id",
                {"pledge": pledge},
            )
        ]

    def tick(self, side: int, details: Details) -> None:
        """Keep what one side lets the other know, in the place of what was ticked before."""
        self._database.execute(
            "UPDATE introduction_side SET details = :details WHERE id = :side",
            {
                "details": json.dumps({detail.value: text for detail, text in details.items()}),
                "side": side,
            },
        )

    def answer(self, side: int, *, agreed: bool) -> None:
        """Keep what one side said."""
        self._database.execute(
            "UPDATE introduction_side SET agreed = :agreed WHERE id = :side",
            {"agreed": int(agreed), "side": side},
        )

    def make(self, introduction: Introduction) -> None:
        """Write down that both said yes."""
        self._set(introduction, IntroductionState.MADE)

    def end(self, introduction: Introduction) -> None:
        """Write down that it doesn't come about; what was ticked by who has answered goes, and so
        does what asks the other and has not left yet.
        """
        with self._database.transaction():
            self._set(introduction, IntroductionState.ENDED)
            self._database.execute(
                "UPDATE introduction_side SET details = '{}' WHERE introduction = :id AND agreed IS"
                " NOT NULL",
                {"id": introduction.id},
            )
            for side in introduction.sides:
                self._unsend(side)

    def _set(self, introduction: Introduction, became: IntroductionState) -> None:
        self._database.execute(
            "UPDATE introduction SET became = :became WHERE id = :id",
            {"became": became, "id": introduction.id},
        )

    def _unsend(self, side: Side) -> None:
        """Cancel what was to be sent to one side and has not left yet."""
        self._database.execute(
            "UPDATE delivery SET state = :cancelled WHERE state = :queued AND occurrence IN (SELECT"
            " id FROM occurrence WHERE action IN (:asks, :tells))",
            {
                "cancelled": State.CANCELLED,
                "queued": State.QUEUED,
                "asks": str(Introduce(side.id)),
                "tells": str(Introduced(side.id)),
            },
        )

    def _of_person(self, person: int | None) -> list[tuple[Introduction, Side]]:
        numbers = self._database.column(
            "SELECT id FROM introduction_side WHERE person = :person ORDER BY id",
            {"person": person},
        )
        theirs = [(self.by_side(number), number) for number in numbers]
        return [(each, each.side(number)) for each, number in theirs if each is not None]

    def _known(self, number: int) -> Introduction:
        first, second = self._database.select(
            _side,
            "SELECT id, introduction, pledge, person, agreed, details FROM introduction_side WHERE"
            " introduction = :id ORDER BY id",
            {"id": number},
        )
        [(at, became, reasons)] = self._database.rows(
            "SELECT at, became, reasons FROM introduction WHERE id = :id", {"id": number}
        )
        return Introduction(
            id=number,
            at=at,
            became=IntroductionState(became),
            reasons=tuple(
                Reason(why=Why(why), about=tuple(about)) for why, about in json.loads(reasons)
            ),
            sides=(first, second),
        )


def _askable(*, status: int, **columns: Any) -> Askable:
    return Askable(status=Status(status), **columns)


def _side(*, agreed: int | None, details: str, **columns: Any) -> Side:
    return Side(
        agreed=None if agreed is None else bool(agreed),
        details={Detail(key): text for key, text in json.loads(details).items()},
        **columns,
    )


def _json(reasons: tuple[Reason, ...]) -> str:
    return json.dumps([[each.why.value, list(each.about)] for each in reasons])
