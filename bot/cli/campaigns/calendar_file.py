"""The calendar as a file of one's own: `drumbeat calendar --ics`.

Its events are those of the feeds of the public pages: the same UIDs, and the SEQUENCE that they
have there. Writing a file is no publishing, so nothing is remembered of it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from bot.app import known_to, open_store
from bot.cli.common import note
from bot.config import Settings
from bot.errors import DrumbeatError, UsageError
from bot.jobs.campaigns.calendar import CalendarEntry, language_of
from bot.jobs.campaigns.feed import Pages, addressed, audiences, coloured, events, is_for_several
from bot.library import Library
from bot.model import Audience, Campaign
from bot.model.database import Where
from bot.render import Renderer
from bot.rules import ics
from bot.store.db import is_present
from bot.text import counted
from bot.times import from_epoch


@dataclass(frozen=True, kw_only=True)
class Chart:
    """What a file shows, beside its campaigns."""

    settings: Settings
    library: Library
    renderer: Renderer
    #: None: each campaign's own
    language: str | None
    #: None: all
    audience: Audience | None


def write_chart(
    file: Path,
    chart: Chart,
    listed: Mapping[str, Sequence[CalendarEntry]],
    days: Mapping[str, tuple[date, date]],
) -> None:
    """Write what is listed of each campaign, from the first to the last of its days, as a calendar
    file; say how many events there are, and of how many the file before had other UIDs.

    Raises `UsageError` where nothing of it has a day, `DrumbeatError` where the file can't be
    written.
    """
    chosen, published = _known(chart, list(listed))
    changed = _changed(chart.library.roots, chosen) or datetime.now(UTC).replace(microsecond=0)
    said = [
        pair
        for campaign in chosen
        for pair in _said(
            chart,
            campaign,
            listed[campaign.id],
            [
                each
                for each in published.get(campaign.id, ())
                if chart.audience in (None, each.audience)
                if days[campaign.id][0] <= each.day <= days[campaign.id][1]
            ],
            changed,
        )
    ]
    if not said:
        raise UsageError("there is no dated action to write; a calendar file needs at least one")
    data = ics.calendar(said, _about(chart, chosen))
    before = _uids(file.read_bytes()) if file.is_file() else set()
    write_whole(file, data)
    note(f"{counted(len(said), 'event', 'events')} written to {file}")
    if lost := len(before - _uids(data)):
        _note_lost(lost, chart.settings.database)


def _known(
    chart: Chart, names: Sequence[str]
) -> tuple[list[Campaign], Mapping[str, list[ics.Published]]]:
    """Return the campaigns with occurrences as the database knows them, so that UIDs stay the same,
    and what feeds said of each.

    Where there is no database, nothing is known.
    """
    if not is_present(chart.settings.database):
        return [chart.library.campaigns[name] for name in names], {}
    store = open_store(chart.settings, readonly=True)
    try:
        library = known_to(store, chart.library)
        chosen = [library.campaigns[name] for name in names]
        return chosen, {
            c.id: store.feeds.published(c.id, language_of(c, chart.language)) for c in chosen
        }
    finally:
        store.close()


def _said(
    chart: Chart,
    campaign: Campaign,
    listed: Sequence[CalendarEntry],
    known: Sequence[ics.Published],
    changed: datetime,
) -> list[tuple[ics.Event, ics.Published]]:
    language, renderer, pages = language_of(campaign, chart.language), chart.renderer, _pages(chart)
    said = {
        event.key: addressed(event, campaign, language, renderer, pages)
        for event in events(campaign, listed, renderer, language)
    }
    return [
        (
            said.get(key) or addressed(ics.called_off(state), campaign, language, renderer, pages),
            state,
        )
        for key, state in ics.revised(said.values(), known, changed).items()
    ]


def _pages(chart: Chart) -> Pages | None:
    web = chart.settings.web
    if web is None:
        return None
    return lambda language, campaign, action: "/".join(
        part
        for part in (web.public_url, language, campaign, *(("actions", action) if action else ()))
    )


def _about(chart: Chart, chosen: Sequence[Campaign]) -> ics.About:
    first = language_of(chosen[0], chart.language)
    titles = [
        chart.renderer.words(campaign, language_of(campaign, chart.language)).title
        for campaign in chosen
    ]
    whom = audiences(chart.renderer, chosen[0], first)
    named = [whom.get(chart.audience.word, "")] if chart.audience else []
    return ics.About(
        name=" · ".join(part for part in (*titles, *named) if part),
        colour=coloured(chosen[0]) if len(chosen) == 1 else None,
        naming=chart.audience is None and any(map(is_for_several, chosen)),
    )


def _uids(data: bytes) -> set[bytes]:
    """Return the UIDs of a calendar file; folded lines (RFC 5545, 3.1) are unfolded first."""
    return set(re.findall(rb"^UID:(.*?)\r?$", re.sub(rb"\r?\n ", b"", data), re.MULTILINE))


def _note_lost(lost: int, database: Where) -> None:
    """Warn of changed UIDs: a calendar app keeps events under old ones beside the new events."""
    many = counted(lost, "event", "events")
    text = f"{many} of the file that was there have other ids now, or are gone"
    if not is_present(database):
        text += (
            f". There is no database at {database}, and only a database knows the ids of days that"
            " moved: name it with --db, or calendar apps show these days twice"
        )
    note(f"{text}.")


def write_whole(file: Path, data: bytes) -> None:
    """Write the file whole or not at all: what was there stays until the new one is complete.

    Raises `DrumbeatError` where it can't be written.
    """
    # a pipe or /dev/stdout can't be replaced
    part = file if file.exists() and not file.is_file() else file.with_name(f"{file.name}.part")
    try:
        part.write_bytes(data)
        if part != file:
            part.replace(file)
    except OSError as error:
        if part != file:
            part.unlink(missing_ok=True)
        raise DrumbeatError(f"can't write {file}: {error.strerror}") from None


def _changed(roots: Sequence[Path], chosen: Sequence[Campaign]) -> datetime | None:
    """Return the instant at which a file of these campaigns, or of those that they are like, was
    last changed; None without any.
    """
    folders = [
        folder
        for name in {name for c in chosen for name in (c.id, *c.like)}
        for root in roots
        for folder in (root / "campaigns" / name, *root.glob(f"content/*/{name}"))
    ]
    times = [
        file.stat().st_mtime for folder in folders for file in folder.glob("*") if file.is_file()
    ]
    return from_epoch(int(max(times))) if times else None
