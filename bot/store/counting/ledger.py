"""What calls of paid networks cost: a sum per day, channel and kind of call.

Money is whole millionths of a US dollar, so that sums are exact.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from bot.model.counting import MILLION, Spent
from bot.store.topic import Topic


class Ledger(Topic):
    """The running sums of costs."""

    def add(self, day: date, channel: str, account: str, kind: str, n: int, usd: Decimal) -> None:
        """Add `n` calls that cost `usd` US dollars together; both are below 0 for what was
        recorded before it was made, and then wasn't.
        """
        self._database.execute(
            "INSERT INTO ledger (day, channel, account, kind, n, micros) VALUES (:day, :channel,"
            " :account, :kind, :n, :micros) ON CONFLICT (day, channel, account, kind) DO UPDATE SET"
            " n = ledger.n + excluded.n, micros = ledger.micros + excluded.micros",
            {
                "day": day.isoformat(),
                "channel": channel,
                "account": account,
                "kind": kind,
                "n": n,
                "micros": round(usd * MILLION),
            },
        )

    def between(self, start: date, end: date) -> list[Spent]:
        """Return what was spent from `start` to `end`, both included, by day."""
        return self._database.select(
            _spent,
            "SELECT day, channel, account, kind, n, micros FROM ledger WHERE day >= :start AND day"
            " <= :end ORDER BY day, channel, account, kind",
            {"start": start.isoformat(), "end": end.isoformat()},
        )

    def spent(self, accounts: Iterable[str], start: date, end: date) -> int:
        """Return what these accounts cost from `start` to `end`, both included.

        The unit is millionths of a US dollar.
        """
        wanted = set(accounts)
        return sum(each.micros for each in self.between(start, end) if each.account in wanted)


def _spent(*, day: str, **columns: Any) -> Spent:
    return Spent(day=date.fromisoformat(day), **columns)
