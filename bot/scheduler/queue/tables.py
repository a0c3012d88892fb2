"""What the queue needs in the database: Procrastinate's tables, and one of ours."""

from procrastinate.connector import BaseAsyncConnector
from procrastinate.schema import SchemaManager

_LOCK = 6_877_251
"""The advisory lock under which one process at a time makes the tables."""

_PERIODS = """
CREATE TABLE drumbeat_period (
  name TEXT PRIMARY KEY,
  due TIMESTAMPTZ NOT NULL,   -- by the database's clock, which all processes share
  ended TIMESTAMPTZ           -- when it was last done to its end
);
"""


async def make(connector: BaseAsyncConnector) -> None:
    """Make the tables where they are not there yet; several processes may do so at once.

    Procrastinate keeps no record of what was applied, and a second time fails; so all of it is one
    statement, which looks again once it has the lock.
    """
    # nothing is bound, so that it may be many statements; each % would be doubled if it were
    wanted = SchemaManager.get_schema() + _PERIODS
    quoted = f"$drumbeat$ {wanted} $drumbeat$"
    await connector.execute_query_async(
        f"""
        DO $all$ BEGIN
          PERFORM pg_advisory_xact_lock({_LOCK});
          IF to_regclass('procrastinate_jobs') IS NULL THEN
            EXECUTE {quoted};
          END IF;
        END $all$
        """.replace("%", "%%")
    )
