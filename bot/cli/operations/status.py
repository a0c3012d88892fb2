"""`drumbeat status` and `drumbeat resume`: how things are, and how a channel goes on."""

import os
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.checked import check, remarks
from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    open_library,
    open_settings,
    paged,
    say,
    table,
    tell_rehearsal,
    user,
)
from bot.cli.screen import Column, Role
from bot.errors import DataError
from bot.rules.dates import zone
from bot.times import from_epoch

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.jobs.broadcasts.offers import Line
    from bot.jobs.mailbox.looking import Looked
    from bot.jobs.operations.reload import Playing
    from bot.jobs.operations.status import Report
    from bot.jobs.planning.waves import Day, Wave
    from bot.library import Library
    from bot.model import Problem
    from bot.model.outbox.depths import Depth
    from bot.model.outbox.processes import Process
    from bot.model.outbox.waves import Upcoming
    from bot.store import Store

ChannelArgument = Annotated[
    str,
    typer.Argument(metavar="CHANNEL", help="Name of a channel; `drumbeat status` lists them."),
]

_WHY = Column("why", Role.WORDS)

_NEXT = (
    "due, UTC",
    Column("campaign", Role.MORE),
    "action",
    "channel",
    Column("day", Role.MORE),
    Column("state", Role.STATE),
)

_WAVES = (
    "action",
    Column("channel", Role.MORE),
    Column("zone", Role.MORE),
    "left",
    Column("ends", Role.WORDS),
)


_LEASES = ("account", "on", Column("since, UTC", Role.MORE))

_DEPTHS = ("account", "due now", Column("oldest since, UTC", Role.MORE), "queued")

_PROCESSES = (
    "command",
    "on",
    Column("version", Role.MORE),
    Column("since, UTC", Role.MORE),
    "last seen, UTC",
    Column("its clock", Role.MORE),
)


_DAYS = (
    "action",
    Column("channel", Role.MORE),
    "left",
    "begins, UTC",
    Column("ends", Role.WORDS),
)


def status(*, json: JsonOption = False, config: ConfigOption = None, db: DbOption = None) -> None:
    """Say how things are, and what needs somebody.

    Exit code 1 when a channel is paused or something is late.
    """
    settings = open_settings(config, db)
    store = _store(settings)
    with closing(store) if store else nullcontext():
        report = _rehearsed(settings, store) if store else None
        report = report or _live(settings, store)
    if json:
        emit_json(report.as_json())
    else:
        refused = _is_refused(settings, report.playing)
        with paged():
            _show(report, settings, exists=store is not None, refused=refused)
    if report.bad:
        raise typer.Exit(1)


def resume(
    *,
    channel: ChannelArgument,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Let a channel go on that is paused, or rests."""
    from bot.app import open_store
    from bot.jobs.sending.decisions import clock
    from bot.jobs.sending.decisions import resume as resume_one

    settings = open_settings(config, db)
    with closing(open_store(settings)) as store:
        tell_rehearsal(store)
        now = clock(store, datetime.now(UTC))
        resumed = resume_one(settings, store, channel, user(), now)
        still = [paused.name for paused in store.channels.paused()]
    say(f"{channel} goes on." if resumed else f"{channel} was not paused.")
    if still:
        say(f"Still paused: {', '.join(still)}.")


def _is_refused(settings: "Settings", playing: "Playing | None") -> bool:
    """Return whether the files on the disk are others than those that play and a reload would
    refuse them.
    """
    return bool(playing and playing.on_disk != playing.version and check(settings)[1])


def _library(settings: "Settings") -> "tuple[Library | None, list[Problem]]":
    """Return the library, or None and what is wrong with it, so that the rest can be shown."""
    try:
        return open_library(settings, settings.active), []
    except DataError as error:
        return None, list(error.problems)


def _dry(settings: "Settings") -> "tuple[dict[str, str], list[Problem]]":
    """Return why channels are dry, by name, and problems of files of secrets that can't be read."""
    from bot.app.connections import dry_channels

    try:
        return dry_channels(settings, os.environ), []
    except DataError as error:
        return {}, list(error.problems)


def _store(settings: "Settings") -> "Store | None":
    """Return the store for reading, None without one; says of a rehearsal's that it is one."""
    from bot.app import open_store
    from bot.store.db import is_present

    if not is_present(settings.database):
        return None
    store = open_store(settings, readonly=True)
    tell_rehearsal(store)
    return store


def _rehearsed(settings: "Settings", store: "Store") -> "Report | None":
    """Return how a rehearsal stands at the instant of its clock, None for a file that is none's."""
    from bot.jobs.operations import status as job
    from bot.jobs.planning.waves import to_come
    from bot.jobs.rehearsal.script import script_of, within
    from bot.jobs.sending.decisions import clock

    script = script_of(store)
    if script is None:
        return None
    settings = replace(settings, active=script.campaigns)
    library, problems = _library(settings)
    played = within(library, script) if library else None
    now = clock(store, datetime.now(UTC))
    # a process of its own, no channel's secrets and nothing around the data belong to it
    report = job.run(
        settings,
        played,
        store,
        now,
        dry={},
        problems=problems,
        runs=True,
        coming=to_come(settings, store, {}, now),
    )
    if now.date() <= script.end:
        return report
    return replace(
        report, outlook=f"this rehearsal is over: it played {script.start} to {script.end}"
    )


def _live(settings: "Settings", store: "Store | None") -> "Report":
    from bot.jobs.operations import status as job
    from bot.jobs.operations.dry import remembered_dry
    from bot.jobs.planning.waves import to_come
    from bot.jobs.sending.decisions import clock
    from bot.store.db import has_sender

    library, problems = _library(settings)
    dry, more = _dry(settings)
    runs = has_sender(settings.database)
    if store and runs and (known := remembered_dry(store)) is not None:
        # the running process knows its own secrets; this shell may have others
        dry = known
    now = clock(store, datetime.now(UTC)) if store else datetime.now(UTC)
    return job.run(
        settings,
        library,
        store,
        now,
        dry=dry,
        problems=[*problems, *more],
        coming=to_come(settings, store, dry, now) if store else (),
        around=remarks(settings, library),
        runs=runs,
    )


def _show(report: "Report", settings: "Settings", *, exists: bool, refused: bool) -> None:
    table(
        ("channel", Column("network", Role.MORE), Column("state", Role.STATE), _WHY),
        [(c.name, c.network, c.state, c.reason) for c in report.channels],
        title="Channels",
    )
    say()
    end = "" if report.outlook.endswith(".") else "."
    say(f"{report.outlook[:1].upper()}{report.outlook[1:]}{end}")
    _show_tables(report)
    say()
    if exists:
        counts = ", ".join(
            f"{n:,} {state.replace('_', ' ')}" for state, n in report.counts.items() if n
        )
        say(f"Deliveries: {counts or 'none yet'}.")
    else:
        say(f"There is no database yet: `drumbeat run` makes {settings.database}.")
    if playing := report.playing:
        say(_playing(playing, refused=refused))
    _show_others(report)
    say("What needs you:" if report.needs_you else "Nothing needs you.")
    for text in report.needs_you:
        say(f"- {text}")


def _show_others(report: "Report") -> None:
    """Say what else is under way: broadcasts, holds, what is late, the mailbox."""
    for line in report.broadcasts:
        say(
            f"Broadcast {line.id}, {line.action} on {line.channel}: {line.pace}; {line.paid:,} of"
            f" {line.messages:,} messages paid for, at most {line.price:,} {line.unit}."
            f"{_cancelled(line)}"
        )
    for hold in report.holds:
        ends = "; released, and goes on once all that is late has a new grace"
        until = "" if hold.until is None else f", until {_utc(hold.until)} UTC"
        say(
            f"Held: {hold.scope}, since {_utc(hold.since)} UTC{until}"
            f"{ends if hold.lifting else ''}.{f' {hold.reason}' if hold.reason else ''}"
        )
    if report.overdue:
        say(
            f"Oldest overdue: {report.overdue.action} on {report.overdue.channel}, due"
            f" {report.overdue.due:%Y-%m-%d %H:%M} UTC."
        )
    if report.mailbox:
        say(_mailbox(report.mailbox))


def _mailbox(looked: "Looked") -> str:
    """Say when the mailbox was read last, and why it isn't any more."""
    last = f"last read {looked.read:%Y-%m-%d %H:%M} UTC" if looked.read else "never read"
    return f"Mailbox: {last}; {looked.wrong}." if looked.wrong else f"Mailbox: {last}."


def _show_tables(report: "Report") -> None:
    # the first is what the sentence tells
    if then := report.next[1:]:
        table(_NEXT, [_coming(each) for each in then], title="After that")
    if report.waves:
        table(_WAVES, [_wave(each) for each in report.waves], title="Waves under way")
    if report.days:
        table(_DAYS, [_day(each) for each in report.days], title="Waves to come")
    waiting = [_depth(*each) for each in report.depths.items() if each[1].waiting]
    if waiting:
        table(_DEPTHS, waiting, title="Messages that wait")
    if report.processes:
        table(_PROCESSES, [_process(each) for each in report.processes], title="Processes")
        sending = [(lease.account, lease.holder, _utc(lease.since)) for lease in report.leases]
        if sending:
            table(_LEASES, sending, title="Sending now")
    if jobs := report.jobs:
        say(
            f"Jobs of the queue: {jobs.due:,} due now, {jobs.doing:,} under way,"
            f" {jobs.later:,} later."
        )


def _depth(account: str, depth: "Depth") -> tuple[object, ...]:
    since = "" if depth.since is None else _utc(depth.since)
    return account, f"{depth.due:,}", since, f"{depth.waiting:,}"


def _process(each: "Process") -> tuple[object, ...]:
    seen = f"{from_epoch(each.beat):%Y-%m-%d %H:%M:%S}"
    off = f"{each.ahead:+,.1f} s" if abs(each.ahead) >= 1 else ""
    return f"drumbeat {each.part}", each.name, each.version, _utc(each.since), seen, off


def _cancelled(line: "Line") -> str:
    """Say how far the cancellation of a broadcast is."""
    if line.cancelled is None:
        return ""
    return f" {line.cancelled:,} messages are cancelled ({line.share or 0:.0%} done)."


def _wave(wave: "Wave") -> tuple[object, ...]:
    return wave.action, wave.channel, wave.zone, f"{wave.left:,}", _ends(wave)


def _ends(wave: "Wave") -> str:
    """Say when a wave will have left, by its people's clock, and what of it won't."""
    said = _kept_back(wave)
    if wave.ends is not None:
        local = from_epoch(wave.ends).astimezone(zone(wave.zone))
        said.insert(0, f"{local:%Y-%m-%d %H:%M} there, {_utc(wave.ends)} UTC")
    return "; ".join(said)


def _kept_back(each: "Wave | Day") -> list[str]:
    said = []
    if each.held:
        said.append("held" if each.held == each.left else f"{each.held:,} held")
    if each.late:
        said.append(f"{each.late:,} can't leave before {_utc(each.expires)} UTC at this pace")
    return said


def _day(day: "Day") -> tuple[object, ...]:
    """Return the row of all waves of an action's day, whose people are in many zones."""
    ends = [f"{_utc(day.ends)} UTC"] if day.ends is not None else []
    return (
        day.action,
        day.channel,
        f"{day.left:,}",
        _utc(day.begins),
        "; ".join(ends + _kept_back(day)),
    )


def _coming(each: "Upcoming") -> tuple[object, ...]:
    channel, state = (each.channel, each.state) if each.channel else ("nudges", "zone by zone")
    return _utc(each.due), each.campaign, each.action, channel, each.day, state


def _playing(playing: "Playing", *, refused: bool) -> str:
    text = f"Plays the files of version {playing.version}, since {playing.since:%Y-%m-%d %H:%M} UTC"
    if playing.on_disk == playing.version or (playing.on_disk is None and not refused):
        return f"{text}."
    version = f", {playing.on_disk}" if playing.on_disk else ""
    others = f"{text}; those on the disk are another{version}"
    if refused:
        return (
            f"{others}: `drumbeat reload` refuses them until they are mended; `drumbeat check` says"
            " why."
        )
    return f"{others}: `drumbeat reload` uses them."


def _utc(moment: int) -> str:
    return f"{from_epoch(moment):%Y-%m-%d %H:%M}"
