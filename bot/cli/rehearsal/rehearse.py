"""`drumbeat rehearse`: a whole campaign in seconds, on a simulated clock."""

import asyncio
import logging
import os
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.campaigns.serve import free, show
from bot.cli.checked import picture_remarks, told_limits, waiting_remarks
from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    fail,
    note,
    open_library,
    open_settings,
    paged,
    progress,
    say,
    table,
)
from bot.cli.printable import printable
from bot.cli.rehearsal.faults import tell_endured
from bot.cli.screen import Column, Role
from bot.errors import UsageError
from bot.model.database import is_same
from bot.text import counted

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.jobs.rehearsal.endure import Endured
    from bot.jobs.rehearsal.rehearse import Report
    from bot.jobs.rehearsal.script import Script
    from bot.jobs.rehearsal.told import Deeds, Messages
    from bot.jobs.services import Services
    from bot.library import Library
    from bot.model import Limits
    from bot.model.database import Where

_KINDS = (Column("what", Role.WORDS), "sent", "not sent", "an hour late", "twice")

_SEEDS = 1_000_000
"""Seeds of faults that nobody chose are below this, so that they are soon typed."""

CampaignOption = Annotated[
    str | None, typer.Option(metavar="ID", help="The campaign to play; else the active ones.")
]
StartOption = Annotated[
    str | None,
    typer.Option("--from", metavar="DATE", help="First day; else the campaign's, or 1 January."),
]
EndOption = Annotated[
    str | None,
    typer.Option("--to", metavar="DATE", help="Last day; else the campaign's, or 31 December."),
]
SubscribersOption = Annotated[
    int,
    typer.Option(min=0, max=10_000_000, metavar="N", help="Made-up people over all time zones."),
]
PledgesOption = Annotated[
    int,
    typer.Option(
        min=0,
        max=100_000,
        metavar="N",
        help="So many of them pledge, and their journeys are played; each group without any has one"
        " more on the pages.",
    ),
]
SeedOption = Annotated[int, typer.Option(metavar="S", help="The same seed makes the same people.")]
FaultsOption = Annotated[
    str | None,
    typer.Option(
        metavar="[SEED]",
        help="Let networks, clock, disk and process fail; the same seed gives the same faults.",
    ),
]
ServeOption = Annotated[
    bool,
    typer.Option(
        "--serve",
        help="Then show the pages of what was rehearsed, until Ctrl-C; not in a pipe, nor in CI.",
    ),
]
PersonOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write one person's diary; - for the screen."),
]


def rehearse(
    *,
    campaign: CampaignOption = None,
    start: StartOption = None,
    end: EndOption = None,
    subscribers: SubscribersOption = 100,
    pledges: PledgesOption = 8,
    seed: SeedOption = 1,
    person: PersonOption = None,
    config: ConfigOption = None,
    db: DbOption = None,
    faults: FaultsOption = None,
    serve: ServeOption = False,
    as_json: JsonOption = False,
) -> None:
    """Play a campaign on a simulated clock: the real planner, outbox and texts; nothing leaves.

    Without --db a temporary file is used. With it, a rehearsal that was ended in the middle goes on
    where it was, and one that is over sends nothing more. With --faults networks, clock, disk and
    process fail by a schedule, and it is told whether anything was lost or came twice.
    """
    seed_of_faults = _faults(faults, db, person)
    settings = open_settings(config)
    told = told_limits(settings, settings.database)
    limits = {account: known.limits for account, known in told.items()}
    if db is not None:
        _refuse_live(db, settings.database)
        settings = replace(settings, database=db)
    ids = (campaign,) if campaign else settings.active
    library = open_library(settings, ids)
    with TemporaryDirectory(prefix="drumbeat-") as folder:
        if db is None:
            settings = replace(settings, database=Path(folder) / "rehearsal.db")
        script = replace(_script(library, ids, (start, end), subscribers, seed), pledges=pledges)
        if seed_of_faults is not None:
            endured = asyncio.run(
                _endure(settings, library, script, limits, seed_of_faults, Path(folder))
            )
            tell_endured(endured, as_json=as_json)
            return
        report, diary = asyncio.run(
            _play(settings, library, script, limits, durable=db is not None, diary=bool(person))
        )
        shown = serve and sys.stdout.isatty() and os.environ.get("CI") != "true"
        # the diary is long: what is to be done next stands below it, and pages wait for no pager
        _write_diary(person, diary, as_json=as_json, in_pager=not shown)
        _tell(report, as_json=as_json)
        for remark in picture_remarks(settings, library, told, only=ids):
            note(f"\n{remark}")
        if not as_json:
            _tell_going_live(library, ids)
        if shown:
            asyncio.run(show(replace(settings, active=ids), free()))
    if report.duplicates or report.deliveries["failed"]:
        raise typer.Exit(1)


def _faults(given: str | None, db: "Where | None", person: Path | None) -> int | None:
    """Return the seed of the faults, one that nobody chose where none is given; None without."""
    if given is None:
        return None
    for option, value in (("--db", db), ("--person", person)):
        if value is not None:
            raise UsageError(
                f"--faults plays in a file of its own, twice, and keeps nothing: leave {option} out"
            )
    if not given:
        return secrets.randbelow(_SEEDS)
    if not given.isdecimal():
        raise UsageError(f"--faults {given!r} is no seed; it is a number, as an earlier run told")
    return int(given)


def _tell_going_live(library: "Library", ids: Sequence[str]) -> None:
    """Say what to do before going live, and which link slots of these campaigns are empty."""
    say(f"\n{_GOING_LIVE}")
    for name in ids:
        if empty := [slot for slot, link in library.campaigns[name].links.items() if not link.url]:
            file, slots = f"campaigns/{name}/campaign.toml", ", ".join(empty)
            if waiting := len(waiting_remarks(library, name)):
                say(
                    f"Before that, fill the link slots of {file} that are empty: {slots}. The texts"
                    f" of {counted(waiting, 'template', 'templates')} wait for them, which"
                    " `drumbeat check` names; others go out without a link."
                )
            else:
                say(
                    f"Nothing waits for a page: until the link slots of {file} that are empty have"
                    f" one ({slots}), their texts go out in a wording without the link."
                )


def _refuse_live(file: "Where", live: "Where") -> None:
    """Raise `UsageError` where the file is the one that `drumbeat run` will make.

    A rehearsal's file is marked as such, and `run` would not start on it.
    """
    from bot.store.db import is_present

    if is_same(file, live) and not is_present(file):
        raise UsageError(
            f"--db {file} is the database that `drumbeat run` will make; name another file for a"
            " rehearsal"
        )


def _script(
    library: "Library",
    ids: tuple[str, ...],
    window: tuple[str | None, str | None],
    subscribers: int,
    seed: int,
) -> "Script":
    from bot.app import playing
    from bot.jobs.rehearsal.script import Script

    campaigns = playing(library, ids)
    if not campaigns:
        raise UsageError(
            "no campaign is active; name one with --campaign, or in `active` of config.toml"
        )
    year = datetime.now(UTC).year
    starts = [c.start for c in campaigns]
    ends = [c.end for c in campaigns]
    first = _day(window[0], "--from") or (
        min(d for d in starts if d) if any(starts) else date(year, 1, 1)
    )
    last = _day(window[1], "--to") or (
        max(d for d in ends if d) if any(ends) else date(first.year, 12, 31)
    )
    if last < first:
        raise UsageError(f"--to {last} lies before --from {first}")
    return Script(campaigns=ids, start=first, end=last, subscribers=subscribers, seed=seed)


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} {text!r} is no day; write it as 2021-06-12") from None


async def _play(
    settings: "Settings",
    library: "Library",
    script: "Script",
    limits: "Mapping[str, Limits]",
    *,
    durable: bool,
    diary: bool,
) -> tuple["Report", list[str]]:
    from bot import app
    from bot.jobs.rehearsal.rehearse import run

    services = app.open_rehearsal(
        settings,
        library,
        script.campaigns,
        days=(script.start, script.end),
        durable=durable,
        limits=limits,
    )
    try:
        services.store.database.hold_sender_lock()
        course = _Course(services, script)
        note(
            f"Rehearsing {', '.join(script.campaigns)} from {script.start} to {script.end} with"
            f" {course.people}; nothing leaves."
        )
        with progress(course.days, told=course.words) as advance:
            report = await run(services, script, course.heard(advance))
        return report, _diary(services) if diary else []
    finally:
        await app.close(services)


async def _endure(
    settings: "Settings",
    library: "Library",
    script: "Script",
    limits: "Mapping[str, Limits]",
    seed: int,
    folder: Path,
) -> "Endured":
    from bot import app
    from bot.jobs.rehearsal import endure
    from bot.jobs.rehearsal.faults import schedule
    from bot.jobs.rehearsal.rehearse import bounds

    def opened(name: str) -> "Services":
        return app.open_rehearsal(
            replace(settings, database=folder / name),
            library,
            script.campaigns,
            days=(script.start, script.end),
            durable=False,
            limits=limits,
        )

    calm, services = opened("calm.db"), opened("faults.db")
    try:
        course = _Course(services, script)
        note(
            f"Rehearsing {', '.join(script.campaigns)} from {script.start} to {script.end} with"
            f" {course.people}, once without faults and once with those of seed {seed}; nothing"
            " leaves."
        )
        faults = schedule(seed, *bounds(script))
        # what would be logged is played, and told at the end
        logging.disable(logging.ERROR)
        with progress(course.days, told=course.both) as advance:
            hear = course.heard(advance)
            return await endure.run(calm, services, script, faults, seed, hear)
    finally:
        logging.disable(logging.NOTSET)
        await app.close(services)
        await app.close(calm)


class _Course:
    """How far a rehearsal has come: heard from it, and told in words."""

    def __init__(self, services: "Services", script: "Script") -> None:
        self.days = (script.end - script.start).days + 1
        self.people = counted(script.subscribers, "person", "people")
        self._services, self._first, self._done = services, script.start, 0

    def words(self, done: int) -> str:
        """Return which day is played after so many days, and what was sent until then."""
        from bot.networks.dry.network import Network as Dry

        if not done:
            return f"subscribing {self.people}"
        networks = [n for n in self._services.networks.values() if isinstance(n, Dry)]
        sent = sum(network.accepted.total() for network in networks)
        day = self._first + timedelta(days=done - 1)
        return f"{day}: day {done} of {self.days}, {sent:,} sent"

    def both(self, done: int) -> str:
        """Return how far a rehearsal has come that plays everything twice."""
        return f"{100 * done // self.days} % played, without faults and with them"

    def heard(self, advance: Callable[[int], None]) -> Callable[[float, str], None]:
        """Return what the rehearsal calls; it tells `advance` of days that are over."""

        def hear(share: float, _day: str) -> None:
            done = int(max(0.0, min(1.0, share)) * self.days)
            if done > self._done:
                steps, self._done = done - self._done, done
                advance(steps)

        return hear


def _diary(services: "Services") -> list[str]:
    from bot.jobs.rehearsal import diary
    from bot.model import Audience

    person = services.store.people.first(Audience.INDIVIDUAL)
    return (
        list(diary.write(services, person))
        if person
        else ["nobody is subscribed: give --subscribers"]
    )


def _tell(report: "Report", *, as_json: bool) -> None:
    if as_json:
        emit_json(report.as_json())
        return
    script = report.script
    say(
        f"{', '.join(script.campaigns)}, {script.start} to {script.end}, {script.subscribers:,}"
        f" subscribers: played in {report.seconds:.1f} s"
    )
    say()
    table(
        ("month", "posts", "nudges"),
        [(sent.month, f"{sent.posts:,}", f"{sent.nudges:,}") for sent in report.months],
    )
    say()
    table(("network", "sent"), [(network, f"{n:,}") for network, n in report.by_network.items()])
    say()
    table(_KINDS, [_kind(word, each) for word, each in report.kinds.items()])
    say()
    counts = {**report.deliveries, "waiting": sum(text.deliveries for text in report.waiting)}
    say(
        ", ".join(f"{state} {n:,}" for state, n in counts.items())
        + f"; {report.occurrences} occurrences, {report.duplicates} duplicates"
    )
    say(_told(report.deeds, script))
    if report.made_up:
        say(f"config.toml has none of these, so they were made up: {', '.join(report.made_up)}.")
    if report.waiting:
        say("\nIn a live run these would wait until somebody mends them, or their grace ends:")
    for text in report.waiting:
        what = counted(text.deliveries, "delivery", "deliveries")
        say(f"- {text.campaign}/{text.action}, {what}: {text.why}")


def _kind(word: str, of: "Messages") -> tuple[str, ...]:
    return (word, *(f"{n:,}" for n in (of.sent, of.unsent, of.late, of.twice)))


def _told(deeds: "Deeds", script: "Script") -> str:
    """Return in a sentence what invented people did, whom nobody has to look for."""
    came = counted(deeds.events, "event", "events")
    sent = counted(deeds.entries, "entry", "entries")
    asked = counted(deeds.questions, "question", "questions")
    return (
        f"All of them are invented: {_pledged(deeds, script)}, {deeds.reported:,} steps reported,"
        f" {deeds.silent:,} makers fell silent; {deeds.guests:,} sign-ups for {came},"
        f" {deeds.waited:,} still waiting for a place, {deeds.there:,} said that they were there;"
        f" {deeds.readers:,} readers by e-mail, {deeds.letters:,} letters of a month approved by a"
        f" second person; {deeds.answers:,} answers to surveys; {sent} to calls and contests,"
        f" {deeds.favourites:,} of them favourites; {asked} to makers, {deeds.replies:,} answered,"
        f" {deeds.lapsed:,} over without an answer."
    )


def _pledged(deeds: "Deeds", script: "Script") -> str:
    """Return how many pledges were made, which people asked for may be fewer than were wanted, and
    how many stand on the pages besides.
    """
    made = counted(deeds.pledges, "pledge", "pledges")
    wanted = "" if deeds.pledges == script.pledges else f" of {script.pledges:,} that were wanted"
    return f"{made} made{wanted}, {deeds.shown:,} more shown on pages, whose groups had none"


_GOING_LIVE = """Nothing has left: a rehearsal sends to nobody. To go live:
  1. name your channels in config.toml; `drumbeat new config` writes one
  2. put their secrets into the environment; `drumbeat doctor` names them
  3. drumbeat check, then drumbeat run
docs/networks.md says it step by step for each network."""


def _write_diary(file: Path | None, lines: list[str], *, as_json: bool, in_pager: bool) -> None:
    if file is None:
        return
    if str(file) == "-":
        # JSON on stdout stays JSON
        with paged() if in_pager else nullcontext():
            (note if as_json else say)("\n".join(lines) + "\n")
        return
    text = printable("\n".join(lines))
    try:
        file.write_text(f"{text}\n", "utf-8")
    except OSError as error:
        fail(f"{file}: the diary can't be written: {error.strerror}")
    note(f"diary written to {file}")
