"""The base of all store topics, and what each says of personal data: which columns can hold a
person, what is stored about one, how one is forgotten, and what has been kept long enough.

A topic whose tables can hold a person names their columns in `PERSONAL`, with what they are kept
for, and clears them in `forget`; one that names none knows nobody. `tests/store/test_owners.py`
reads the schema and fails for a column that is named nowhere.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from bot.model.staff import FORMER_EDITOR, FORMER_STAFF, Actor
from bot.model.who import Keep, Purpose, Who
from bot.store.db import Database

T = TypeVar("T")

Export = Mapping[str, object]
"""What is stored about a person, as JSON values by the keys of their export."""

Personal = Mapping[Purpose, Mapping[str, tuple[str, ...]]]
"""Columns that can hold a person, by table, and these by what they are kept for."""


def signed(into: Callable[..., T]) -> Callable[..., T]:
    """Return a constructor for rows whose column `by` says who acted, which becomes an `Actor`."""

    def made(*, by: str, **columns: Any) -> T:
        return into(by=Actor(by), **columns)

    return made


def signatures(who: Who) -> Iterator[tuple[Actor, Actor]]:
    """Yield each name under which the person acted, with what stands in its place once they are
    forgotten.

    The names are an editor's number, the chat of a member of staff, their login and their name.
    """
    yield Actor.person(who.person or 0), FORMER_EDITOR
    yield Actor.staff(who.address), FORMER_STAFF
    yield Actor.reviewer(who.address), FORMER_STAFF
    for actor in who.member.actors if who.member is not None else ():
        yield actor, FORMER_STAFF


def unsigned(text: str, who: Who) -> str:
    """Return a sentence about a decision without the name of who made it.

    The name is recognised by the words before and after it, since a login can be any word.
    """
    for before, after in signatures(who):
        text = re.sub(
            rf"(?<= by ){re.escape(before)}(?=$|: | before it left$)"
            rf"|(?<= says ){re.escape(before)}$",
            after,
            text,
        )
    return text


class Topic:
    """Statements over some tables of one database."""

    #: what can hold a person: a number, an address, a name, their own words
    PERSONAL: ClassVar[Personal] = {}

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, who: Who) -> Export:  # noqa: ARG002 - knows nobody
        """Return what is stored about the person."""
        return {}

    def forget(self, who: Who, now: int) -> int:  # noqa: ARG002 - knows nobody
        """Delete what is the person's own, and take their name off what stays.

        Runs inside the transaction of `Forgotten.forget_at`. Returns the number of rows that
        belonged to the person alone.
        """
        return 0

    def expire(self, now: int, keep: Keep) -> int:  # noqa: ARG002 - keeps nothing of persons
        """Delete what has been kept long enough at the epoch second `now`; return the number."""
        return 0

    def _replace_all(self, table: str, columns: Sequence[str], other: Database) -> None:
        """Have the rows of another file instead of one's own; change nothing where it is too old to
        have such a table.
        """
        if not other.has_table(table):
            return
        named = ", ".join(columns)
        rows = other.rows(f"SELECT {named} FROM {table} ORDER BY id")
        self._database.execute(f"DELETE FROM {table}")
        self._database.many(
            f"INSERT INTO {table} ({named}) VALUES (:{', :'.join(columns)})",
            [dict(zip(columns, row, strict=True)) for row in rows],
        )

    def _unsign(self, who: Who, table: str, column: str = "by_whom") -> None:
        """Replace, in one column of a table, each name under which the person acted."""
        for before, after in signatures(who):
            self._database.execute(
                f"UPDATE {table} SET {column} = :after WHERE {column} = :before",
                {"before": before, "after": after},
            )
