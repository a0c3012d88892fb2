"""What followers answer to the surveys of pledge-makers.

Nothing here says who answered, nor at which hour: of a name only what somebody writes into an
answer themselves. An answer goes with its pledge, with its time, or by the hand of staff.
"""

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from typing_extensions import override

from bot.model.calls import ENOUGH, SURVEY_DAYS, SurveyAnswer
from bot.model.who import Keep, Purpose, Who
from bot.store.topic import Personal, Topic
from bot.times import DAY


class Surveys(Topic):
    """Answers to surveys, by pledge and year."""

    PERSONAL: ClassVar[Personal] = {Purpose.CALLS: {"survey_answer": ("answers",)}}

    @override
    def forget(self, who: Who, now: int) -> int:
        # nothing tells which are theirs; a maker's pledge takes what was answered to it along
        return 0

    @override
    def expire(self, now: int, keep: Keep) -> int:
        return self._delete("day <= :before", {"before": now - SURVEY_DAYS * DAY})

    def add(self, pledge: int, year: int, answers: Mapping[str, str], now: int) -> int:
        """Keep an answer, with its day alone; return its number. Its maker may read it once
        `ENOUGH` of them have come, together with these.
        """
        of = {"pledge": pledge, "year": year}
        with self._database.transaction():
            [(number,)] = self._database.rows(
                "INSERT INTO survey_answer (pledge, year, day, answers) VALUES (:pledge, :year,"
                " :day, :answers) RETURNING id",
                {
                    **of,
                    "day": now - now % DAY,
                    "answers": json.dumps(answers, ensure_ascii=False),
                },
            )
            alone = f"{_OF} AND batch = 0"
            if self._database.value(f"SELECT count(*) {alone}", of) >= ENOUGH:
                last = self._database.value(f"SELECT max(batch) {_OF}", of)
                self._database.execute(
                    "UPDATE survey_answer SET batch = :next WHERE pledge = :pledge AND year ="
                    " :year AND batch = 0",
                    {**of, "next": max(0, int(last)) + 1},
                )
        return int(number)

    def of_pledge(self, pledge: int, year: int) -> list[SurveyAnswer]:
        """Return what was answered to a pledge's survey of a year, the oldest first."""
        return self._database.select(
            _answer,
            "SELECT id, pledge, year, answers FROM survey_answer WHERE pledge = :pledge AND year ="
            " :year ORDER BY id",
            {"pledge": pledge, "year": year},
        )

    def together(self, pledge: int, year: int) -> list[SurveyAnswer]:
        """Return those that its maker may read: each came to be read with the same others, all of
        which are still there.
        """
        return self._database.select(
            _answer,
            f"SELECT id, pledge, year, answers {_OF} AND batch > 0 ORDER BY id",
            {"pledge": pledge, "year": year},
        )

    def get(self, number: int) -> SurveyAnswer | None:
        """Return the answer with this number, or None."""
        return self._database.first(
            _answer,
            "SELECT id, pledge, year, answers FROM survey_answer WHERE id = :id",
            {"id": number},
        )

    def count(self, pledge: int, year: int) -> int:
        """Return how many have answered a pledge's survey of a year."""
        return int(
            self._database.value(
                "SELECT count(*) FROM survey_answer WHERE pledge = :pledge AND year = :year",
                {"pledge": pledge, "year": year},
            )
        )

    def of_day(self, pledge: int, year: int, now: int) -> int:
        """Return how many have answered it on the day of this epoch second."""
        return int(
            self._database.value(
                "SELECT count(*) FROM survey_answer WHERE pledge = :pledge AND year = :year AND"
                " day = :day",
                {"pledge": pledge, "year": year, "day": now - now % DAY},
            )
        )

    def last_year(self, pledge: int) -> int | None:
        """Return the newest year in which a pledge's survey was answered, or None."""
        return self._database.first(
            lambda *, year: int(year),
            "SELECT year FROM survey_answer WHERE pledge = :pledge ORDER BY year DESC LIMIT 1",
            {"pledge": pledge},
        )

    def answered(self) -> list[tuple[int, int, int]]:
        """Return each survey as (pledge, year, how many answers), the newest year first."""
        surveys, last = list[tuple[int, int, int]](), (0, 0)
        while there := self._behind(*last):
            last = there
            surveys.append((*there, self.count(*there)))
        return sorted(surveys, key=lambda each: (-each[1], each[0]))

    def _behind(self, pledge: int, year: int) -> tuple[int, int] | None:
        """Return pledge and year of the next survey in their order: one look at the index."""
        return self._database.first(
            lambda *, pledge, year: (int(pledge), int(year)),
            "SELECT pledge, year FROM survey_answer WHERE (pledge, year) > (:pledge, :year)"
            " ORDER BY pledge, year LIMIT 1",
            {"pledge": pledge, "year": year},
        )

    def remove(self, number: int) -> int:
        """Delete one answer; return how many are gone."""
        return self._delete("id = :id", {"id": number})

    def _delete(self, where: str, params: Mapping[str, object]) -> int:
        """Delete answers; return how many.

        Their maker has read each with others. Were these shown on, what lacks beside them would be
        all that one person had answered; were they shown with new ones, so would be what is new.
        """
        with self._database.transaction():
            self._database.execute(
                "UPDATE survey_answer SET batch = -1 WHERE batch > 0 AND (pledge, year, batch) IN"
                f" (SELECT pledge, year, batch FROM survey_answer WHERE {where})",
                params,
            )
            return self._database.execute(f"DELETE FROM survey_answer WHERE {where}", params)


_OF = "FROM survey_answer WHERE pledge = :pledge AND year = :year"


def _answer(*, answers: str, **columns: Any) -> SurveyAnswer:
    return SurveyAnswer(answers=json.loads(answers), **columns)
