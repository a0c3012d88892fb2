"""Servers that hesitate, what they took, and what of it the table knows, row by row."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Container, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from bot.model import State

Record = Mapping[str, list[tuple[str, str]]]
"""What each server took, by the channel's name: (whom or what, number there), in order. A nudge goes
by its chat, a post by its text."""

GOING = {State.PLANNED, State.QUEUED, State.SENDING}
MAY_BE_THERE = {State.SENT, State.SENDING, State.UNCERTAIN}


def hesitant(kind: type, rng: Random, most: float) -> Any:
    """A fake of this kind that thinks for up to `most` seconds before it takes a request, and again
    before it answers: what was on its way when the sender died arrives all the same.
    """

    class Hesitant(kind):  # type: ignore[misc]
        async def answer(self, request):
            await request.read()  # it is all there, whatever becomes of its sender
            await asyncio.sleep(rng.uniform(0, most))
            answer = await super().answer(request)
            await asyncio.sleep(rng.uniform(0, most))
            return answer

    return Hesitant()


@dataclass(frozen=True, kw_only=True)
class Row:
    """A delivery, with what its server would know it by."""

    key: str
    channel: str
    what: str
    state: State
    attempts: int
    receipt: str | None


def states(database: Path) -> Counter:
    """How many deliveries of the campaign of `live.write` are in each state; none while it is not made yet."""
    if not database.exists():
        return Counter()
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        try:
            counts = connection.execute(
                "SELECT d.state, count(*) FROM delivery d JOIN occurrence o ON o.id = d.occurrence"
                " WHERE o.campaign = 'trees' GROUP BY d.state"
            )
            return Counter({State(state): count for state, count in counts})
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            return Counter()


def table(database: Path) -> list[Row]:
    """Every delivery of the campaign and with the texts of `live.write`, as anybody finds it."""
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        rows = connection.execute(
            "SELECT d.occurrence, d.channel, d.recipient, d.state, d.attempts, c.name, o.action,"
            " p.address, r.receipt FROM delivery d JOIN channel c ON c.id = d.channel JOIN occurrence o ON"
            " o.id = d.occurrence LEFT JOIN person p ON p.id = d.recipient LEFT JOIN result r ON"
            " r.occurrence = d.occurrence AND r.channel = d.channel AND r.recipient = d.recipient"
            " WHERE o.campaign = 'trees'"
        ).fetchall()
    return [
        Row(
            key=f"{occurrence}-{channel}-{recipient}",
            channel=name,
            what=address or f"Post of {action}. #Trees",
            state=State(state),
            attempts=attempts,
            receipt=receipt.rpartition("/")[2] if receipt else None,
        )
        for occurrence, channel, recipient, state, attempts, name, action, address, receipt in rows
    ]


def differences(rows: Iterable[Row], record: Record, *, repeats: Container[str] = ()) -> list[str]:
    """Where servers and table do not agree: what is there without a row, twice, or not as its row
    says.

    What is *uncertain* or *sending* may be there or not; so may what waits for another try on the
    channels `repeats`, whose networks make one of both.
    """
    numbers = {
        (channel, what): number for channel, taken in record.items() for what, number in taken
    }
    times = Counter((channel, what) for channel, taken in record.items() for what, _ in taken)
    known = {(row.channel, row.what): row for row in rows}
    twice = [f"{at} is there {count} times" for at, count in times.items() if count > 1]
    unknown = [f"{at} is there without a row" for at in numbers.keys() - known.keys()]
    wrong = [_wrong(row, numbers.get(at), repeats) for at, row in known.items()]
    return [*twice, *unknown, *filter(None, wrong)]


def _wrong(row: Row, number: str | None, repeats: Container[str]) -> str:
    """What does not agree with the number that the server gave it; empty where nothing does."""
    tried = row.attempts > 0 and row.channel in repeats
    if row.state is State.SENT and number is None:
        return f"{row} is not there"
    if row.state not in MAY_BE_THERE and number is not None and not tried:
        return f"{row} is there"
    if row.receipt is not None and row.receipt != number:
        return f"{row} is there as {number}"
    return ""


def taken_by_telegram(server: Any) -> list[tuple[str, str]]:
    """The nudges that the server took; what else it said to people is no delivery."""
    return [
        (str(message["chat"]), str(number))
        for number, message in server.messages.items()
        if message["text"].startswith("Nudge of ")
    ]


def taken_by_mastodon(server: Any) -> list[tuple[str, str]]:
    pairs = zip(server.texts, server.statuses, strict=True)
    return [(text, status["id"]) for text, status in pairs]


def taken_by_bluesky(server: Any) -> list[tuple[str, str]]:
    return [(record["text"], key) for key, (record, _) in server.records.items()]


def taken_by_x(server: Any) -> list[tuple[str, str]]:
    return [(post["sent"], post["id"]) for post in server.posts]
