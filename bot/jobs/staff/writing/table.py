"""Posts of one's own from a CSV file: a row for each, with all that is wrong at once, and what
would go out before it is taken.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import islice

from bot.jobs.people import csv_file
from bot.jobs.people.csv_file import Fault, Line
from bot.jobs.services import Services
from bot.jobs.staff.writing import when
from bot.jobs.staff.writing.composed import Composed
from bot.jobs.staff.writing.when import Remark
from bot.model.staff import Actor
from bot.model.staff.drafts import Draft

COLUMNS = ("when", "channel", "text", "campaign")
"""The columns of a file; the last need not be there."""

MOST_BYTES = 200_000
"""Bytes of a file."""

MOST = 300
"""Rows of a file."""

_MOST_NAMED = 5
"""Unknown channels of a row that are named: a cell can hold thousands, each with a sentence."""

_CLOCK = re.compile(r"(.+?)[ T]+(\d{1,2}):(\d{2})(?::00)?")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of the file, as a post that would go out, with what is wrong with it."""

    line: int
    composed: Composed
    wrong: Sequence[Remark]

    @property
    def fits(self) -> bool:
        """Return whether it can be taken."""
        return not self.wrong and not self.composed.all_excesses


def read(services: Services, data: bytes, now: datetime) -> tuple[list[Row], list[Fault]]:
    """Return the rows of a file, and what is wrong with the file itself."""
    if len(data) > MOST_BYTES:
        return [], [Fault(line=0, key="large", values={"count": len(data), "most": MOST_BYTES})]
    lines, problems = csv_file.read_sent(_plain(data), COLUMNS, COLUMNS[:3])
    faults = list(problems.faults)
    if len(lines) > MOST:
        faults.append(Fault(line=0, key="rows", values={"most": MOST}))
    return [_row(services, line, now) for line in lines[:MOST]], faults


def _plain(data: bytes) -> bytes:
    """Return a file with line ends as texts have them: a browser sends others in a field. Of a file
    in UTF-16 these bytes may be anything.
    """
    return data if data.startswith(csv_file.UTF16) else data.replace(b"\r\n", b"\n")


def _row(services: Services, line: Line, now: datetime) -> Row:
    composed = Composed(services, _draft(line, now))
    wrong = [*_unknown(composed), *composed.faults(now)]
    return Row(line=line.number, composed=composed, wrong=wrong)


_SHOWN = 40
"""Most characters that are shown of a day and hour that is none."""


def _draft(line: Line, now: datetime) -> Draft:
    written = line.cells.get("when", "").strip()
    return Draft(
        id=0,
        member="",
        campaign=line.cells.get("campaign", ""),
        text=line.cells.get("text", ""),
        channels=tuple(when.words(line.cells.get("channel", ""))),
        # what is no hour stays as it was written, so that it can be said
        due=when.formed(_due(written, now)) or written[:_SHOWN],
    )


def _unknown(composed: Composed) -> Iterator[Remark]:
    known = {channel.name for channel in composed.channels}
    gone = (name for name in dict.fromkeys(composed.draft.channels) if name not in known)
    for name in islice(gone, _MOST_NAMED):
        yield Remark(key="channel_gone", values={"channel": name})
    campaign = composed.draft.campaign
    if campaign and campaign not in {each.id for each in composed.services.active}:
        yield Remark(key="campaign_gone", values={"campaign": campaign})


def _due(written: str, now: datetime) -> datetime | None:
    """Return the day and hour of a cell: as forms have them, or with a day as people write it."""
    parts = _CLOCK.fullmatch(written.strip())
    if parts is None or when.local(written) is not None:
        return when.local(written)
    day = csv_file.day(parts[1], now.date())
    try:
        clock = time(int(parts[2]), int(parts[3]))
    except ValueError:
        return None
    return datetime.combine(day, clock) if day else None


def send(services: Services, rows: Sequence[Row], by: Actor, now: datetime, *, asks: bool) -> None:
    """Put the posts of all rows into the outbox, or none of them.

    With `asks` they wait for approval everywhere.
    """
    with services.store.transaction():
        for row in rows:
            row.composed.send(by, now, asks=asks)
