"""Deliveries of the past: counted per occurrence, so that nobody reads them again to count them,
and pruned when they are old: then the counts alone are kept.

`bot.store.tally` says what the counts stand for. All is done in steps of some milliseconds, since
sending goes on meanwhile.
"""

from collections import Counter
from collections.abc import Iterator

from bot.model import State
from bot.store.states import DECIDED, listed
from bot.store.tally import DAY, ENDED, NOT_COUNTED, Stage
from bot.store.topic import Topic

STEP = 10_000
"""Rows that one step reads, for some 10 ms."""

PRUNE_STEP = 500
"""Rows that one step deletes: it holds the write lock for some 10 ms."""

FIRST = -(2**63)
"""Before the number of any recipient; those of forgotten people are below 0."""

Counted = tuple[int, int, int]
"""Channel, state and day."""


class History(Topic):
    """The deliveries of occurrences that are over."""

    #: the counting that began last
    _counting: object = None

    def to_count(self, before: int) -> list[int]:
        """Return the occurrences over since before this epoch second that are not counted yet."""
        return self._database.column(
            f"SELECT o.id FROM occurrence o WHERE {NOT_COUNTED} AND o.closes < :before AND NOT"
            " EXISTS (SELECT 1 FROM wave w WHERE w.occurrence = o.id AND w.done = 0) ORDER BY"
            " o.id",
            {"before": before},
        )

    def count(self, occurrence: int, step: int = STEP) -> Iterator[int]:
        """Count an occurrence's deliveries in steps, and give the rows of each.

        Between the steps others may write: what changes a row of the occurrence has its counting
        begin anew, another time. So does a row that has not ended, nor is uncertain. A counting
        that begins has those under way come to nothing: they would not see what changed before it.
        """
        # alone: whoever adds a row has it seen below, or sees that it is counted
        with self._database.transaction():
            self._database.execute(
                f"UPDATE occurrence SET stage = {int(Stage.COUNTING)} WHERE id = :occurrence AND"
                f" {NOT_COUNTED}",
                {"occurrence": occurrence},
            )
        mine = self._counting = object()
        counts: Counter[Counted] = Counter()
        posts: Counter[Counted] = Counter()
        stage = Stage.PRUNED
        for channel in self._channels():
            after: int | None = FIRST
            while after is not None:
                params = {
                    "occurrence": occurrence,
                    "channel": channel,
                    "after": after,
                    "step": step,
                }
                after = self._database.value(_END, params)
                rows = self._database.rows(
                    _COUNT, {**params, "upto": 2**63 - 1 if after is None else after}
                )
                for state, day, n, public, nudges, going in rows:
                    if going:
                        return
                    stage = Stage.COUNTED if nudges else stage
                    counts[channel, state, day] += n
                    posts[channel, state, day] += public
                yield sum(n for _, _, n, *_ in rows)
        if self._counting is mine:
            self._keep(occurrence, counts, posts, stage)

    def old(self, before: int) -> list[int]:
        """Return the counted occurrences that closed before this epoch second and may have nudges
        left.
        """
        return self._database.column(
            f"SELECT o.id FROM occurrence o WHERE {_OLD} ORDER BY o.id", {"before": before}
        )

    def prunable(self, before: int) -> int:
        """Return how many nudges of these occurrences have ended and have their rows still: most of
        them, or all, `prune` deletes.
        """
        return int(
            self._database.value(
                "SELECT coalesce(sum(t.n - t.posts - t.pruned), 0) FROM occurrence o JOIN tally t"
                f" ON t.occurrence = o.id WHERE {_OLD}",
                {"before": before},
            )
        )

    def prune(self, occurrence: int, before: int, step: int = PRUNE_STEP) -> Iterator[int]:
        """Delete the nudges of a counted occurrence that ended before this epoch second, in steps,
        and give the number of each.

        They stay in the counts, and that something became of the occurrence stays known. What is
        still read stays: posts, what is uncertain, and what went to contacts or to editors of
        pledges, of whom journeys ask what they got.
        """
        for channel in self._channels():
            after: int | None = FIRST
            while after is not None:
                params = {"occurrence": occurrence, "channel": channel, "after": after}
                after = self._database.value(_END, {**params, "step": step})
                upto = 2**63 - 1 if after is None else after
                yield self._prune({**params, "upto": upto, "before": before})
        self._database.execute(_ALL_PRUNED, {"occurrence": occurrence})

    def _prune(self, params: dict[str, int]) -> int:
        part = {name: params[name] for name in ("occurrence", "channel")}
        with self._database.transaction():
            counts = self._database.rows(_TO_PRUNE, params)
            self._database.many(
                _PRUNED,
                [{**part, "state": state, "day": day, "n": n} for state, day, n, _ in counts],
            )
            if any(decided for *_, decided in counts):
                self._database.execute(
                    "UPDATE occurrence SET decided = 1 WHERE id = :occurrence AND decided = 0",
                    {"occurrence": params["occurrence"]},
                )
            gone = self._database.column(_PRUNE, params)
            self._database.many(
                "DELETE FROM result WHERE occurrence = :occurrence AND channel = :channel AND"
                " recipient = :recipient",
                [{**part, "recipient": recipient} for recipient in gone],
            )
        return len(gone)

    def pruned(self, occurrence: int) -> int:
        """Return how many deliveries of an occurrence are kept as counts alone."""
        return int(
            self._database.value(
                "SELECT coalesce(sum(pruned), 0) FROM tally WHERE occurrence = :occurrence",
                {"occurrence": occurrence},
            )
        )

    def _channels(self) -> list[int]:
        return self._database.column("SELECT id FROM channel ORDER BY id")

    def _keep(
        self,
        occurrence: int,
        counts: Counter[Counted],
        posts: Counter[Counted],
        stage: Stage,
    ) -> None:
        with self._database.transaction():
            unchanged = self._database.execute(
                _COUNTED, {"occurrence": occurrence, "stage": int(stage)}
            )
            self._database.many(
                _ADD,
                [
                    {
                        "occurrence": occurrence,
                        "channel": channel,
                        "state": state,
                        "day": day,
                        "n": n,
                        "posts": posts[channel, state, day],
                    }
                    for (channel, state, day), n in counts.items()
                    if unchanged and n
                ],
            )


_GOING = listed((State.PLANNED, State.AWAITING_APPROVAL, State.QUEUED, State.SENDING))

_PART = "occurrence = :occurrence AND channel = :channel AND recipient > :after"

_END = f"SELECT recipient FROM delivery WHERE {_PART} ORDER BY recipient LIMIT 1 OFFSET :step - 1"

_COUNT = (
    f"SELECT state, due / {DAY} AS day, count(*) FILTER (WHERE state IN ({ENDED})), count(*) FILTER"
    f" (WHERE recipient = 0 AND state IN ({ENDED})), count(*) FILTER (WHERE recipient <> 0),"
    f" count(*) FILTER (WHERE state IN ({_GOING})) FROM delivery WHERE {_PART} AND recipient <="
    f" :upto GROUP BY state, due / {DAY}"
)

_OLD = f"o.stage = {int(Stage.COUNTED)} AND o.closes < :before"

# The row is old in each way: its occurrence, its own grace, which a release counts anew, and the
# last that was said of it. Of an occurrence that is opened meanwhile nothing is deleted.
_MAY_GO = (
    "d.occurrence = :occurrence AND d.channel = :channel AND d.recipient > :after AND d.recipient"
    f" <= :upto AND d.recipient <> 0 AND d.state IN ({ENDED}) AND d.expires < :before"
    " AND NOT EXISTS (SELECT 1 FROM result r WHERE r.occurrence = d.occurrence AND r.channel ="
    " d.channel AND r.recipient = d.recipient AND r.at >= :before)"
    " AND NOT EXISTS (SELECT 1 FROM contact k WHERE k.person = d.recipient)"
    " AND NOT EXISTS (SELECT 1 FROM pledge_editor e WHERE e.person = d.recipient)"
    " AND EXISTS (SELECT 1 FROM occurrence o WHERE o.id = :occurrence AND o.stage ="
    f" {int(Stage.COUNTED)})"
)

_TO_PRUNE = (
    f"SELECT d.state, d.due / {DAY} AS day, count(*), max(CASE WHEN {DECIDED} THEN 1 ELSE 0 END)"
    f" FROM delivery d WHERE {_MAY_GO} GROUP BY d.state, d.due / {DAY}"
)

_PRUNE = f"DELETE FROM delivery AS d WHERE {_MAY_GO} RETURNING recipient"

_COUNTED = (
    f"UPDATE occurrence SET stage = :stage WHERE id = :occurrence AND stage = {int(Stage.COUNTING)}"
)

_PRUNED = (
    "UPDATE tally SET pruned = pruned + :n WHERE occurrence = :occurrence AND channel = :channel"
    " AND state = :state AND day = :day"
)

_ALL_PRUNED = (
    f"UPDATE occurrence SET stage = {int(Stage.PRUNED)} WHERE id = :occurrence AND stage ="
    f" {int(Stage.COUNTED)} AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.occurrence ="
    " :occurrence AND d.recipient <> 0)"
)

_ADD = (
    "INSERT INTO tally (occurrence, channel, state, day, n, posts, pruned) VALUES (:occurrence,"
    " :channel, :state, :day, :n, :posts, 0) ON CONFLICT (occurrence, channel, state, day) DO"
    " UPDATE SET n = tally.n + excluded.n, posts = tally.posts + excluded.posts"
)
