"""What programs suggest, until staff use or drop it."""

from typing import Any, ClassVar

from typing_extensions import override

from bot.model import PUBLIC, DeliveryKey
from bot.model.staff.machines import Suggestion, SuggestionEnd, SuggestionKind
from bot.model.who import Keep, Purpose, Who
from bot.store.topic import Personal, Topic, signed
from bot.times import DAY

_LASTS = 90
"""Days for which a suggestion is kept, whatever became of it."""


class Suggestions(Topic):
    """Suggestions, each for staff to use or to drop."""

    PERSONAL: ClassVar[Personal] = {Purpose.STAFF: {"suggestion": ("by_whom",)}}

    @override
    def forget(self, who: Who, now: int) -> int:
        # the text stays, since it is the secretariat's
        self._unsign(who, "suggestion")
        return 0

    def add(self, suggestion: Suggestion) -> int:
        """Keep a suggestion; its number is given here, and returned."""
        post = suggestion.post
        [(number,)] = self._database.rows(
            "INSERT INTO suggestion (kind, by_whom, campaign, action, language, occurrence,"
            " channel, text, why, at, became) VALUES (:kind, :by, :campaign, :action, :language,"
            " :occurrence, :channel, :text, :why, :at, :became) RETURNING id",
            {
                **vars(suggestion),
                "kind": suggestion.kind.value,
                "occurrence": post.occurrence if post else 0,
                "channel": post.channel if post else 0,
                "became": int(SuggestionEnd.OPEN),
            },
        )
        return int(number)

    def undecided(self) -> list[Suggestion]:
        """Return the suggestions that nobody has decided about, the newest first."""
        return self._database.select(
            signed(_suggestion), f"{_SELECT} WHERE became = 0 ORDER BY id DESC"
        )

    def waiting(self) -> tuple[int, int | None]:
        """Return how many suggestions nobody has decided about, and the epoch second of the oldest;
        None where there is none.
        """
        [(count, first)] = self._database.rows(
            "SELECT count(*), min(at) FROM suggestion WHERE became = 0"
        )
        return int(count), first

    def find(self, number: int) -> Suggestion | None:
        """Return the suggestion of this number that nobody has decided about, or None."""
        return self._database.first(
            signed(_suggestion),
            f"{_SELECT} WHERE became = 0 AND id = :id",
            {"id": number},
        )

    def end(self, number: int, became: SuggestionEnd) -> bool:
        """Note what became of a suggestion; return False where it was decided about already."""
        return bool(
            self._database.execute(
                "UPDATE suggestion SET became = :became WHERE id = :id AND became = 0",
                {"became": int(became), "id": number},
            )
        )

    @override
    def expire(self, now: int, keep: Keep) -> int:
        return self._database.execute(
            "DELETE FROM suggestion WHERE at <= :before", {"before": now - _LASTS * DAY}
        )


_SELECT = (
    "SELECT id, kind, by_whom AS by, campaign, action, language, occurrence, channel, text, why, at"
    " FROM suggestion"
)


def _suggestion(*, kind: str, occurrence: int, channel: int, **columns: Any) -> Suggestion:
    post = DeliveryKey(occurrence=occurrence, channel=channel, recipient=PUBLIC)
    return Suggestion(kind=SuggestionKind(kind), post=post if occurrence else None, **columns)
