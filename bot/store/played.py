"""What a rehearsal made, summed up by what its deliveries are about. Reads only."""

from bot.model import State
from bot.model.calls.entry import EntryState
from bot.model.outbox import SubjectCount
from bot.store.tally import NOT_COUNTED
from bot.store.topic import Topic


class Played(Topic):
    """Counts of everything that was played."""

    def by_subject(self) -> list[SubjectCount]:
        """Return how many deliveries about each subject were sent, and how many were not."""
        return self._database.select(SubjectCount, _BY_SUBJECT, {"sent": int(State.SENT)})

    def late(self, seconds: int) -> dict[tuple[str, str], int]:
        """Return how many deliveries left so long after they were due, by campaign and subject."""
        rows = self._database.rows(_LATE, {"sent": int(State.SENT), "seconds": seconds})
        return {(str(campaign), str(action)): int(n) for campaign, action, n in rows}

    def entries(self) -> tuple[int, int]:
        """Return how much was sent to calls and contests, and how much of it everybody sees."""
        [(sent, seen)] = self._database.rows(
            "SELECT count(*), count(*) FILTER (WHERE state = :seen) FROM entry",
            {"seen": int(EntryState.FAVOURITE)},
        )
        return int(sent), int(seen)

    def questions(self) -> tuple[int, int, int]:
        """Return how much makers were asked, to how much of it their answer went back, and how much
        of it is over since nobody answered.
        """
        [(asked, answered, lapsed)] = self._database.rows(
            "SELECT count(*), count(*) FILTER (WHERE q.answer = p.reply AND p.reply <> ''),"
            " count(p.lapsed) FROM peer_question p JOIN question q ON q.id = p.question"
        )
        return int(asked), int(answered), int(lapsed)


# both are read in the order of their key, so that nothing is sorted but the few sums
_BY_SUBJECT = (
    "SELECT o.campaign, o.action, sum(e.sent) AS sent, sum(e.every) - sum(e.sent) AS unsent,"
    " sum(e.posts) AS posts FROM (SELECT occurrence, CASE WHEN state = :sent THEN n ELSE 0 END AS"
    " sent, n AS every, CASE WHEN state = :sent THEN posts ELSE 0 END AS posts FROM tally UNION ALL"
    " SELECT d.occurrence, count(*) FILTER (WHERE d.state = :sent) AS sent, count(*) AS every,"
    " count(*) FILTER (WHERE d.state = :sent AND d.recipient = 0) AS posts FROM occurrence c CROSS"
    f" JOIN delivery d ON d.occurrence = c.id WHERE c.{NOT_COUNTED} GROUP BY d.occurrence) e JOIN"
    " occurrence o ON o.id = e.occurrence GROUP BY o.campaign, o.action ORDER BY o.campaign,"
    " o.action"
)

_LATE = (
    "SELECT o.campaign, o.action, sum(l.n) FROM (SELECT d.occurrence, count(*) AS n FROM delivery d"
    " CROSS JOIN result r ON r.occurrence = d.occurrence AND r.channel = d.channel AND r.recipient"
    " = d.recipient WHERE d.state = :sent AND r.at > d.due + CAST(:seconds AS INTEGER) GROUP BY"
    " d.occurrence) l JOIN occurrence o ON o.id = l.occurrence GROUP BY o.campaign, o.action"
)
