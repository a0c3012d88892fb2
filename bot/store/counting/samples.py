"""Samples of hashtag usage; rows are only ever added.

A revised count of the source is a new sample; the same count once more is none.
"""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from bot.model.counting import Sample
from bot.store.topic import Topic
from bot.times import epoch, from_epoch


class Samples(Topic):
    """Counts as the sources gave them; they hold no profile and no text."""

    def add(self, samples: Iterable[Sample]) -> int:
        """Keep the samples that differ from the newest one of their window; return how many were
        kept.
        """
        with self._database.transaction():
            return sum(self._database.execute(_ADD, _columns(sample)) for sample in samples)

    def within(self, tag: str, start: datetime, end: datetime) -> list[Sample]:
        """Return all samples of a campaign hashtag whose window touches this time, oldest first.

        The hashtag is given in the form of `bot.text.normal`.
        """
        return self._select("tag = :tag AND beside = ''", tag, start, end)

    def beside(self, tag: str, start: datetime, end: datetime) -> list[Sample]:
        """Return samples of other hashtags in posts that carry this campaign hashtag."""
        return self._select("beside = :tag AND beside <> ''", tag, start, end)

    def days(self, tag: str, start: datetime, end: datetime) -> list[date]:
        """Return the days in UTC on which a window of this campaign hashtag begins, in order."""
        days = self._database.column(
            f"SELECT DISTINCT start / {_DAY} FROM sample WHERE tag = :tag AND beside = '' AND start"
            " >= :start AND start < :end ORDER BY 1",
            {"tag": tag, "start": epoch(start), "end": epoch(end)},
        )
        return [from_epoch(day * _DAY).date() for day in days]

    def any_within(self, tag: str, start: datetime, end: datetime) -> bool:
        """Return whether a window of this campaign hashtag begins in this time."""
        known = self._database.row(
            "SELECT 1 FROM sample WHERE tag = :tag AND beside = '' AND start >= :start AND start <"
            " :end LIMIT 1",
            {"tag": tag, "start": epoch(start), "end": epoch(end)},
        )
        return known is not None

    def newest(self) -> int:
        """Return a number that grows with each sample; 0 without any."""
        return int(self._database.value("SELECT coalesce(max(id), 0) FROM sample"))

    def _select(self, which: str, tag: str, start: datetime, end: datetime) -> list[Sample]:
        return self._database.select(
            _sample,
            f"SELECT {', '.join(_NAMES)} FROM sample WHERE {which} AND start < :end AND stop >"
            " :start ORDER BY id",
            {"tag": tag, "start": epoch(start), "end": epoch(end)},
        )


_DAY = 86_400  # seconds

_NAMES = (
    "tag", "beside", "network", "source", "query", "start", "stop", "resolution", "reposts",
    "collected", "uses", "boosts", "authors",
    "pledgers", "blind",
)  # fmt: skip
_WINDOW = ("tag", "beside", "network", "source", "query", "start", "stop", "reposts")
_FOUND = ("uses", "boosts", "authors", "pledgers", "blind")

# Only the newest sample of the window is looked at: a number that comes back after another one is a
# revision, too.
_ADD = (
    f"INSERT INTO sample ({', '.join(_NAMES)}) SELECT {', '.join(f':{name}' for name in _NAMES)}"
    " WHERE NOT EXISTS (SELECT 1 FROM sample s WHERE s.id = (SELECT max(n.id) FROM sample n WHERE"
    f" {' AND '.join(f'n.{name} = :{name}' for name in _WINDOW)}) AND"
    f" {' AND '.join(f's.{name} IS NOT DISTINCT FROM :{name}' for name in _FOUND)})"
)


def _columns(sample: Sample) -> dict[str, object]:
    return {
        **{
            name: getattr(sample, name)
            for name in ("tag", "beside", "network", "source", "query", "resolution", *_FOUND[:-1])
        },
        "start": epoch(sample.start),
        "stop": epoch(sample.end),
        "reposts": int(sample.reposts),
        "collected": epoch(sample.collected),
        "blind": json.dumps(sample.blind, ensure_ascii=False),
    }


def _sample(
    *, start: int, stop: int, reposts: int, collected: int, blind: str, **columns: Any
) -> Sample:
    return Sample(
        start=from_epoch(start),
        end=from_epoch(stop),
        reposts=bool(reposts),
        collected=from_epoch(collected),
        blind=tuple(json.loads(blind)),
        **columns,
    )
