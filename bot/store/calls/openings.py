"""When staff opened a call, or closed it; who of them did stands in the log of who did what."""

from datetime import date
from typing import Any

from bot.model.calls.entry import CallWord
from bot.store.topic import Topic


class Openings(Topic):
    """What staff said about calls, the last word of each being the one that may hold."""

    def add(self, campaign: str, call: str, day: date, *, opened: bool) -> int:
        """Keep that a call is open from this day on, or closed; return the number of that."""
        [(number,)] = self._database.rows(
            "INSERT INTO call_word (campaign, call, day, opened) VALUES (:campaign, :call, :day,"
            " :opened) RETURNING id",
            {"campaign": campaign, "call": call, "day": day.isoformat(), "opened": int(opened)},
        )
        return int(number)

    def last(self, campaign: str, call: str) -> CallWord | None:
        """Return what was last said about a call, or None."""
        return self._database.first(
            _word,
            f"{_SELECT} WHERE campaign = :campaign AND call = :call ORDER BY id DESC LIMIT 1",
            {"campaign": campaign, "call": call},
        )

    def get(self, number: int) -> CallWord | None:
        """Return what was said, by its number, or None."""
        return self._database.first(_word, f"{_SELECT} WHERE id = :id", {"id": number})


_SELECT = "SELECT id AS number, campaign, call, day, opened FROM call_word"


def _word(*, day: str, opened: int, **columns: Any) -> CallWord:
    return CallWord(day=date.fromisoformat(day), opened=bool(opened), **columns)
