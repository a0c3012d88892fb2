"""When staff opened a call, or closed it; who of them did stands in the log of who did what."""

from datetime import date
from typing import Any

from bot.model import State
from bot.model.calls.entry import CallWord
from bot.model.subject import CallFor
from bot.store.states import listed
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

    def said(self, campaign: str, call: str) -> list[CallWord]:
        """Return all that was said about a call, the oldest first."""
        return self._database.select(
            _word,
            f"{_SELECT} WHERE campaign = :campaign AND call = :call ORDER BY id",
            {"campaign": campaign, "call": call},
        )

    def reached(self, number: int) -> list[int]:
        """Return whom a message about what was said has reached, or may have, by their numbers."""
        return self._database.column(
            "SELECT d.recipient FROM occurrence o JOIN delivery d ON d.occurrence = o.id WHERE"
            f" o.action = :action AND d.state IN ({_LEFT})",
            {"action": str(CallFor(number))},
        )

    def get(self, number: int) -> CallWord | None:
        """Return what was said, by its number, or None."""
        return self._database.first(_word, f"{_SELECT} WHERE id = :id", {"id": number})


_LEFT = listed((State.SENDING, State.SENT, State.UNCERTAIN))

_SELECT = "SELECT id AS number, campaign, call, day, opened FROM call_word"


def _word(*, day: str, opened: int, **columns: Any) -> CallWord:
    return CallWord(day=date.fromisoformat(day), opened=bool(opened), **columns)
