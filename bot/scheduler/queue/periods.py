"""What comes round: each task once per period, by whichever process asks first.

A period is over by the database's clock, so that one whose clock is wrong neither does more than
its share nor keeps others from theirs.
"""

from collections.abc import Mapping

from procrastinate.connector import BaseAsyncConnector

_BEGIN = """
INSERT INTO drumbeat_period (name, due) SELECT name, now() FROM unnest(%(names)s::text[]) AS name
ON CONFLICT (name) DO NOTHING
"""

# who comes while another takes it passes it by; a grid that fell behind begins anew
_TAKE = """
UPDATE drumbeat_period AS p
SET due = greatest(p.due + wanted.length, now() + wanted.length / 2)
FROM (
  SELECT d.name, make_interval(secs => w.seconds) AS length
  FROM drumbeat_period AS d
  JOIN unnest(%(names)s::text[], %(seconds)s::float8[]) AS w (name, seconds) ON w.name = d.name
  WHERE d.due <= now()
  FOR UPDATE OF d SKIP LOCKED
) AS wanted
WHERE p.name = wanted.name
RETURNING p.name
"""

_END = "UPDATE drumbeat_period SET ended = now() WHERE name = %(name)s"

_ENDED = """
SELECT name, extract(epoch FROM now() - ended)::float8 AS ago FROM drumbeat_period
WHERE ended IS NOT NULL
"""


class Periods:
    """The periods of tasks, by their names, in seconds."""

    def __init__(self, connector: BaseAsyncConnector, lengths: Mapping[str, float]) -> None:
        self._connector = connector
        self._lengths = lengths

    async def begin(self) -> None:
        """Have a row for each task; one that is new is due at once."""
        await self._connector.execute_query_async(_BEGIN, names=list(self._lengths))

    async def take(self) -> list[str]:
        """Return the tasks whose period is over, each to one process alone."""
        rows = await self._connector.execute_query_all_async(
            _TAKE, names=list(self._lengths), seconds=list(self._lengths.values())
        )
        return [row["name"] for row in rows]

    async def end(self, name: str) -> None:
        """Note that a task was done to its end."""
        await self._connector.execute_query_async(_END, name=name)

    async def ended(self) -> dict[str, float]:
        """Return how many seconds ago each task was last done to its end, by any process."""
        rows = await self._connector.execute_query_all_async(_ENDED)
        return {row["name"]: row["ago"] for row in rows}
