"""What claims have passed by since a hold of a country, a language or a group keeps it back.

Whether somebody lives in a country is asked of each row. A claim that walks to the first row it may
take asks a million people of that country, and the next claim would ask them again.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from bot.model import State
from bot.model.outbox import Result
from bot.store.db import Database
from bot.store.sending.statements import MOMENTS
from bot.store.states import MOVING

FOR = 60
"""Seconds after which all rows are asked anew: somebody may have moved to another country, or
have chosen another language."""


class Passed:
    """How far claims have come in each moment: all rows up to there are held or claimed.

    A moment is what rows of a wave share: channel, due instant, deadline, occurrence.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._upto: dict[tuple[int, ...], int] = {}
        #: the holds for which that is so, with what was undone by then, and since which second
        self._of: tuple[object, int] = (None, 0)

    def rows(self, channel: int, now: int, holds: object) -> str:
        """Return the condition that leaves out what was passed by, on a delivery `d` and its
        moment `m`; what was passed for other holds, or long ago, counts no more, nor what a claim
        passed by whose transaction was taken back.
        """
        held, since = self._of
        as_now = (holds, self._database.undone)
        if held != as_now or not 0 <= now - since < FOR:
            self._upto.clear()
            self._of = (as_now, now)
        cases = " ".join(
            f"WHEN m.due = {due} AND m.expires = {expires} AND m.occurrence = {occurrence} THEN"
            f" {upto}"
            for (of, due, expires, occurrence), upto in self._upto.items()
            if of == channel
        )
        return f" AND d.recipient > CASE {cases} ELSE -1 END" if cases else ""

    def by(self, channel: int, now: int, taken: Sequence[Sequence[Any]], limit: int) -> None:
        """Keep what a claim of `limit` rows passed by; `taken` are its rows, as occurrence,
        recipient, tries, due, expires.
        """
        ends = [(expires, due, number, person) for number, person, _, due, expires in taken]
        last = max(ends) if len(taken) == limit else None
        for due, expires, occurrence in self._database.rows(
            MOMENTS, {"channel": channel, "now": now}
        ):
            moment = (expires, due, occurrence)
            if last is not None and moment > last[:3]:
                continue
            key = (channel, due, expires, occurrence)
            if last is not None and moment == last[:3]:
                self._upto[key] = last[3]
            else:
                self._upto[key] = self._end(*key)

    def _end(self, channel: int, due: int, expires: int, occurrence: int) -> int:
        """Return the last recipient of a moment; what fans out still comes after it."""
        end = self._database.value(
            "SELECT recipient FROM delivery WHERE channel = :channel AND due = :due AND expires ="
            f" :expires AND occurrence = :occurrence AND state IN ({MOVING}) AND state ="
            f" {int(State.QUEUED)} ORDER BY recipient DESC LIMIT 1",
            {"channel": channel, "due": due, "expires": expires, "occurrence": occurrence},
        )
        return -1 if end is None else int(end)

    def again(self, results: Iterable[Result]) -> None:
        """Look again at the moments in which rows wait on that were claimed."""
        for result in results:
            if self._upto and result.state is State.QUEUED:
                row = result.row
                due = result.due or row.due
                self._upto.pop((row.channel, due, row.expires, row.occurrence), None)
