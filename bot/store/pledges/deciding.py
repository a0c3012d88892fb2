"""About which pledges staff have to decide, without their answers: counted and listed however many
pledges there are.
"""

from collections.abc import Mapping

from bot.model.pledge import PledgeState
from bot.store.pledges.journeys import Journeys
from bot.store.states import listed
from bot.store.topic import Topic


class Deciding(Topic):
    """Reads what waits for staff among pledges."""

    def results(self) -> Mapping[int, int]:
        """Return since which epoch second each pledge waits for a decision about what it reported
        of its result, by its number, the longest first.
        """
        return dict(Journeys(self._database).results_to_decide())

    def waiting(self, results: Mapping[int, int]) -> Mapping[int, int]:
        """Return since which epoch second each pledge waits for a decision, by its number, the
        longest first: it was submitted, approved and not published, edited since its approval, or
        reports what became of it, as `results` says.
        """
        rows = self._database.rows(
            f"SELECT p.id, p.changed FROM pledge p WHERE {TO_DECIDE} ORDER BY p.changed, p.id"
        )
        since = {int(number): int(changed) for number, changed in rows}
        for number, finished in results.items():
            since.setdefault(number, finished)
        return dict(sorted(since.items(), key=lambda each: (each[1], each[0])))


TO_DECIDE = (
    f"(p.state IN ({listed((PledgeState.SUBMITTED, PledgeState.APPROVED))}) OR (p.state ="
    f" {int(PledgeState.PUBLISHED)} AND p.answers <> p.approved))"
)
"""The condition of the index that tells them (`bot.store.schema`)."""
