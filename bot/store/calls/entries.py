"""What people send to calls for stories and to contests.

Who sent something has a link to it, and only a digest of its secret is kept: who reads the file
can't take anything back for them.
"""

import hashlib
import json
from typing import Any, ClassVar

from typing_extensions import override

from bot.model.calls.entry import ENTRY_DAYS, Entry, EntryState, Sent
from bot.model.staff import Actor
from bot.model.who import Keep, Purpose, Who
from bot.store.topic import Personal, Topic, signatures
from bot.times import DAY


class Entries(Topic):
    """Entries, with what became of them."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.CALLS: {"entry": ("digest", "name", "text", "link", "contact", "first", "answers")}
    }

    @override
    def forget(self, who: Who, now: int) -> int:
        # who sent something has its link, and no address here; of staff a name may stand there
        for name, former in signatures(who):
            self._database.execute(
                "UPDATE entry SET first = :former WHERE first = :name",
                {"former": former, "name": name},
            )
        return 0

    @override
    def expire(self, now: int, keep: Keep) -> int:
        before = {"before": now - ENTRY_DAYS * DAY}
        self._database.execute(
            "UPDATE entry SET contact = '' WHERE at <= :before AND contact <> ''", before
        )
        return self._database.execute(
            "DELETE FROM entry WHERE at <= :before AND state <> 4", before
        )

    def add(self, sent: Sent, secret: str, now: int) -> int:
        """Keep an entry, which this secret opens; return its number."""
        [(number,)] = self._database.rows(
            "INSERT INTO entry (campaign, call, language, digest, name, text, link, contact, shows,"
            " answers, at, state) VALUES (:campaign, :call, :language, :digest, :name, :text,"
            " :link, :contact, :shows, :answers, :now, 1) RETURNING id",
            {
                **vars(sent),
                "shows": int(sent.shows),
                "answers": json.dumps(dict(sent.answers), ensure_ascii=False),
                "digest": _digest(secret),
                "now": now,
            },
        )
        return int(number)

    def get(self, number: int) -> Entry | None:
        """Return the entry with this number, or None."""
        return self._database.first(_entry, f"{_SELECT} WHERE id = :id", {"id": number})

    def opened_by(self, secret: str) -> Entry | None:
        """Return the entry that a link with this secret opens, or None."""
        return self._database.first(
            _entry, f"{_SELECT} WHERE digest = :digest", {"digest": _digest(secret)}
        )

    def waiting(self, campaign: str, most: int) -> list[Entry]:
        """Return what waits for a decision, the oldest first."""
        return self._database.select(
            _entry,
            f"{_SELECT} WHERE campaign = :campaign AND state < 3 ORDER BY id LIMIT :most",
            {"campaign": campaign, "most": most},
        )

    def all_waiting(self) -> tuple[int, int | None]:
        """Return how many wait for a decision, of whatever campaign, and since when the first."""
        [(count, first)] = self._database.rows(
            "SELECT count(*), min(at) FROM entry WHERE state < 3"
        )
        return int(count), first

    def count(self, campaign: str, call: str) -> int:
        """Return how many of a call wait for a decision."""
        return int(
            self._database.value(
                "SELECT count(*) FROM entry WHERE campaign = :campaign AND call = :call AND state"
                " < 3",
                {"campaign": campaign, "call": call},
            )
        )

    def came_since(self, campaign: str, call: str, since: int) -> int:
        """Return how many of a call came after this epoch second and are still there."""
        return int(
            self._database.value(
                "SELECT count(*) FROM entry WHERE at > :since AND campaign = :campaign AND call ="
                " :call",
                {"since": since, "campaign": campaign, "call": call},
            )
        )

    def favourites(self, campaign: str, since: int, until: int, most: int) -> list[Entry]:
        """Return what was chosen from one instant until before another, the newest first."""
        return self._database.select(
            _entry,
            f"{_SELECT} WHERE campaign = :campaign AND state = 4 AND decided >= :since AND decided"
            " < :until ORDER BY decided DESC, id DESC LIMIT :most",
            {"campaign": campaign, "since": since, "until": until, "most": most},
        )

    def decide(self, number: int, state: EntryState, first: Actor | None, now: int) -> None:
        """Keep what became of an entry, and who looked first where it waits for a second look."""
        self._database.execute(
            "UPDATE entry SET state = :state, first = :first, decided = :now WHERE id = :id",
            {"state": state, "first": first, "now": now, "id": number},
        )

    def remove(self, number: int) -> int:
        """Delete an entry; return how many are gone."""
        return self._database.execute("DELETE FROM entry WHERE id = :id", {"id": number})


_SELECT = (
    "SELECT id AS number, campaign, call, language, name, text, link, contact, shows, answers, at,"
    " state, first, decided FROM entry"
)


def _entry(
    *, number: int, at: int, state: int, first: str | None, decided: int | None, **sent: Any
) -> Entry:
    return Entry(
        id=number,
        sent=Sent(**{**sent, "shows": bool(sent["shows"]), "answers": json.loads(sent["answers"])}),
        at=at,
        state=EntryState(state),
        first=None if first is None else Actor(first),
        decided=decided,
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
