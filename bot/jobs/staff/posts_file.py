"""Posts of one's own from a CSV file: a row for each, with all that is wrong at once, and what
would go out before it is taken.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from bot import text as texts
from bot.jobs.people import csv_file
from bot.jobs.people.csv_file import Line
from bot.jobs.services import Services
from bot.jobs.staff import composing, posting
from bot.jobs.staff.composing import Placed, Remark
from bot.model.channel import Excess
from bot.model.staff import Actor
from bot.model.staff.drafts import Draft

COLUMNS = ("when", "channel", "text", "campaign")
"""The columns of a file; the last need not be there."""

MOST_BYTES = 200_000
"""Bytes of a file."""

MOST = 300
"""Rows of a file."""

_CLOCK = re.compile(r"(.+?)[ T]+(\d{1,2}):(\d{2})(?::00)?")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of the file, as a post that would go out, with what is wrong with it."""

    line: int
    draft: Draft
    wrong: Sequence[Remark]
    over: Sequence[Excess]

    @property
    def fits(self) -> bool:
        """Return whether it can be taken."""
        return not self.wrong and not self.over


def read(services: Services, data: bytes, now: datetime) -> tuple[list[Row], list[str]]:
    """Return the rows of a file, and what is wrong with the file itself, in English."""
    if len(data) > MOST_BYTES:
        return [], [f"the file has {len(data):,} bytes, but {MOST_BYTES:,} is the most: split it"]
    # a browser sends the lines of a text so; of a file in UTF-16 these bytes may be anything
    plain = data if data.startswith(csv_file.UTF16) else data.replace(b"\r\n", b"\n")
    lines, problems = csv_file.read_sent(plain, COLUMNS, COLUMNS[:3])
    if len(lines) > MOST:
        problems.add(0, f"has {len(lines):,} rows, but {MOST} is the most at once")
    found = [str(problem) for problem in problems.found]
    return [_row(services, line, now) for line in lines[:MOST]], found


def _row(services: Services, line: Line, now: datetime) -> Row:
    cells = line.cells
    names = tuple(name for name in re.split(r"[\s,;]+", cells.get("channel", "")) if name)
    campaign = cells.get("campaign", "")
    draft = Draft(
        id=0,
        member="",
        campaign=campaign,
        text=cells.get("text", "").replace("\r\n", "\n"),
        channels=names,
        due=_due(cells.get("when", ""), now),
    )
    known = [channel.name for channel in composing.channels(services, names)]
    wrong = [
        Remark(key="channel_gone", values={"channel": name}) for name in names if name not in known
    ]
    if campaign and campaign not in [each.id for each in services.active]:
        wrong.append(Remark(key="campaign_gone", values={"campaign": campaign}))
    wrong += composing.faults(services, draft, now)
    return Row(line=line.number, draft=draft, wrong=wrong, over=_over(services, draft))


def _due(written: str, now: datetime) -> str:
    """Return the day and hour of a cell as a draft has them; '' for what is none."""
    due = composing.local(written)
    parts = _CLOCK.fullmatch(written.strip())
    if due is None and parts is not None:
        day = csv_file.day(parts[1], now.date())
        try:
            clock = time(int(parts[2]), int(parts[3]))
        except ValueError:
            return ""
        due = datetime.combine(day, clock) if day else None
    return f"{due:%Y-%m-%dT%H:%M}" if due else ""


def _over(services: Services, draft: Draft) -> list[Excess]:
    posts = texts.parts(draft.text)
    return [
        excess
        for channel in composing.channels(services, draft.channels)
        if posts
        for excess in posting.too_long_there(services, channel.name, posts)
    ]


def placed(services: Services, rows: Iterable[Row]) -> list[Placed]:
    """Return each text of the rows on each channel at its instant."""
    return [each for row in rows for each in composing.placed(services, row.draft)]


def send(services: Services, rows: Sequence[Row], by: Actor, now: datetime, *, asks: bool) -> None:
    """Put the posts of all rows into the outbox, or none of them.

    With `asks` they wait for approval everywhere.
    """
    with services.store.transaction():
        for row in rows:
            composing.send(services, row.draft, by, now, asks=asks)
