"""Deliveries of the past: counted per occurrence, so that nobody reads them again to count them.

`bot.store.tally` says what the counts stand for. All is done in steps of some milliseconds, since
sending goes on meanwhile.
"""

from collections import Counter
from collections.abc import Iterator

from bot.model import State
from bot.store.states import listed
from bot.store.tally import DAY, ENDED, NOT_COUNTED, Stage
from bot.store.topic import Topic

STEP = 10_000
"""Rows that one step reads, for some 10 ms."""

FIRST = -(2**63)
"""Before the number of any recipient; those of forgotten people are below 0."""

Counted = tuple[int, int, int]
"""Channel, state and day."""


class History(Topic):
    """The deliveries of occurrences that are over."""

    def to_count(self, before: int) -> list[int]:
        """Return the occurrences over since before this epoch second that are not counted yet."""
        return [
            number
            for (number,) in self._database.rows(
                f"SELECT o.id FROM occurrence o WHERE {NOT_COUNTED} AND o.closes < :before AND NOT"
                " EXISTS (SELECT 1 FROM wave w WHERE w.occurrence = o.id AND w.done = 0) ORDER BY"
                " o.id",
                {"before": before},
            )
        ]

    def count(self, occurrence: int, step: int = STEP) -> Iterator[int]:
        """Count an occurrence's deliveries in steps, and give the rows of each.

        Between the steps others may write: what changes a row of the occurrence has its counting
        begin anew, another time. So does a row that has not ended, nor is uncertain.
        """
        self._database.execute(
            f"UPDATE occurrence SET stage = {int(Stage.COUNTING)} WHERE id = :occurrence AND"
            f" {NOT_COUNTED}",
            {"occurrence": occurrence},
        )
        counts: Counter[Counted] = Counter()
        posts: Counter[Counted] = Counter()
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
                for state, day, n, public, going in rows:
                    if going:
                        return
                    counts[channel, state, day] += n
                    posts[channel, state, day] += public
                yield sum(n for _, _, n, *_ in rows)
        self._keep(occurrence, counts, posts)

    def _channels(self) -> list[int]:
        rows = self._database.rows("SELECT id FROM channel ORDER BY id")
        return [number for (number,) in rows]

    def _keep(self, occurrence: int, counts: Counter[Counted], posts: Counter[Counted]) -> None:
        with self._database.transaction():
            unchanged = self._database.execute(
                f"UPDATE occurrence SET stage = {int(Stage.COUNTED)} WHERE id = :occurrence AND"
                f" stage = {int(Stage.COUNTING)}",
                {"occurrence": occurrence},
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
    f" (WHERE recipient = 0 AND state IN ({ENDED})), count(*) FILTER (WHERE state IN ({_GOING}))"
    f" FROM delivery WHERE {_PART} AND recipient <= :upto GROUP BY state, due / {DAY}"
)

_ADD = (
    "INSERT INTO tally (occurrence, channel, state, day, n, posts, pruned) VALUES (:occurrence,"
    " :channel, :state, :day, :n, :posts, 0) ON CONFLICT (occurrence, channel, state, day) DO"
    " UPDATE SET n = tally.n + excluded.n, posts = tally.posts + excluded.posts"
)
