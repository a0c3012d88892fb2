"""Which instance of an action is which, stored so that an edit of its date rule changes no identity
(`bot.rules.identity`).

Known are the instances of the last planning, whether anything of them was due or not, and those for
which occurrences were made.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.model.subject import MARK
from bot.store.states import DECIDED
from bot.store.topic import Topic


@dataclass(frozen=True, kw_only=True)
class Known:
    """One instance of an action; several audiences may share it."""

    campaign: str
    action: str
    slot: int
    #: ISO
    day: str
    #: something has become of it for one audience
    decided: int


class Instances(Topic):
    """The instances of all actions, by campaign, action and slot."""

    def known(self) -> list[Known]:
        """Return the instances of every campaign, each once."""
        return self._database.select(Known, _KNOWN)

    def keep(self, slots: Iterable[tuple[str, str, Mapping[date, int]]]) -> None:
        """Store the slots of these actions by day, as (campaign, action, slots).

        From then on no instance is identified by its place in a year any more.
        """
        self._database.many(
            "INSERT INTO instance (campaign, action, slot, day) VALUES (:campaign, :action, :slot,"
            " :day) ON CONFLICT (campaign, action, slot) DO UPDATE SET day = excluded.day",
            (
                {"campaign": campaign, "action": action, "slot": slot, "day": day.isoformat()}
                for campaign, action, by_day in slots
                for day, slot in by_day.items()
            ),
        )
        self._database.execute("DELETE FROM meta WHERE key = :key", {"key": BY_PLACE})

    def counted_by_place(self) -> bool:
        """Return whether the slots in the file are still places in a year.

        That is so in a file of an older version until something is planned in it.
        """
        return bool(self._database.value("SELECT 1 FROM meta WHERE key = :key", {"key": BY_PLACE}))


BY_PLACE = "slots_by_place"
"""The key in `meta` that the migration of an older file leaves."""

_KNOWN = f"""
SELECT campaign, action, slot, max(day) AS day, max(decided) AS decided FROM (
  SELECT campaign, action, slot, day, 0 AS decided FROM instance
  UNION ALL
  SELECT o.campaign, o.action, o.slot, o.day, CASE WHEN o.decided = 1 OR EXISTS (
    SELECT 1 FROM delivery d WHERE d.occurrence = o.id AND {DECIDED}
  ) THEN 1 ELSE 0 END FROM occurrence o WHERE o.action NOT LIKE '%{MARK}%'
) AS every GROUP BY campaign, action, slot ORDER BY campaign, action, slot
"""
