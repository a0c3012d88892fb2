"""TICKS: the one table of what a process does again and again, how often, and where.

A job stands here once. The live process gives each a timer of its own, the terminal does its share
at each line, and a rehearsal does its share at each due instant of its clock, those of its invented
people apart (`bot.jobs.rehearsal.company`); the last two go down
the table in its order. What a process does for itself (pages, chat, heartbeat, turns) is no job.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from inspect import isawaitable

from bot.jobs.amplify import amplify, sightings
from bot.jobs.broadcasts import announcements, offers, sweeps
from bot.jobs.counting import asked, collect
from bot.jobs.events import telling
from bot.jobs.machines import tokens
from bot.jobs.mailbox import answering as mail_answers
from bot.jobs.mailbox import looking
from bot.jobs.newsletter import digests
from bot.jobs.operations import probe
from bot.jobs.people import history, pauses, retention, traces
from bot.jobs.planning import in_time, plan
from bot.jobs.pledges import journeys, lost, public
from bot.jobs.results import letter as monthly_letter
from bot.jobs.results import reading
from bot.jobs.sending import approve, holds, lookup
from bot.jobs.sending.dispatch import lapsed
from bot.jobs.services import Services
from bot.jobs.staff import answering, reports, staff
from bot.jobs.staff import letters as staff_letters
from bot.jobs.staff.questions import lapsing
from bot.jobs.staff.writing import waiting
from bot.jobs.texts import links, pictures
from bot.jobs.webhooks import deliver
from bot.times import epoch

Run = Callable[[Services, datetime], object]
"""A job: does its work at once, or gives something to await."""


@dataclass(frozen=True, kw_only=True)
class Tick:
    """One job: what it is called in the log and in alarms, and where it runs."""

    name: str
    run: Run
    #: whether it decides what can't be undone, and so waits while the clock is not believed
    final: bool = False
    #: seconds between two looks of the live process; None where it is no job of its
    live: int | None
    terminal: bool
    rehearsal: bool
    #: whether each of several processes over a database does it, and not one of them for all
    each: bool = False

    async def do(self, services: Services, now: datetime) -> None:
        """Do the job's work at this instant, to its end; nothing while it waits for the clock."""
        if self.final and not services.steady():
            return
        work = self.run(services, now)
        if isawaitable(work):
            await work


async def _plan(services: Services, now: datetime) -> None:
    """Do what `plan.run` does, with a turn for others after each step."""
    for _ in plan.steps(services, now):
        await asyncio.sleep(0)


async def _waves(services: Services, now: datetime) -> None:
    """Do what `in_time.run` does once a minute, and soon after a country is held or let go: staff
    who ask what is late then find the count made.
    """
    if services.store.counts.is_due(epoch(now)):
        await in_time.run(services, now)


async def _announcements(services: Services, _now: datetime) -> None:
    """Do what `announcements.run` does, with a turn for others after each step."""
    for _ in announcements.steps(services):
        await asyncio.sleep(0)


async def _public(services: Services, _now: datetime) -> None:
    """Let public pledges be found, with a turn for others after each step."""
    for _ in public.steps(services):
        await asyncio.sleep(0)


async def _usage(services: Services, now: datetime) -> int:
    """Count hashtags; who posted as a pledge-maker follows from the sightings, which are made with
    it. Then look whether posts that ask something still stand: no collector is asked two things at
    once.
    """
    pledgers = {
        network: accounts
        for network in services.collectors
        if (accounts := sightings.accounts(services, network))
    }
    kept = await collect.run(services, now, pledgers)
    await asked.run(services, now)
    return kept


PLAN = Tick(name="plan", run=_plan, live=5, terminal=True, rehearsal=True)
"""The job without which nothing falls due: the heart beats only while it comes to its end."""

TICKS: tuple[Tick, ...] = (
    # before what is due goes to those who want it
    Tick(name="pauses", final=True, run=pauses.run, live=60, terminal=True, rehearsal=False),
    PLAN,
    Tick(name="holds", final=True, run=holds.run, live=5, terminal=True, rehearsal=False),
    Tick(name="waves", run=_waves, live=5, terminal=False, rehearsal=False),
    Tick(name="journeys", final=True, run=journeys.run, live=60, terminal=True, rehearsal=False),
    Tick(name="lost pledges", final=True, run=lost.run, live=60, terminal=True, rehearsal=False),
    Tick(name="events", final=True, run=telling.run, live=30, terminal=True, rehearsal=False),
    Tick(name="announcements", run=_announcements, live=5, terminal=True, rehearsal=False),
    Tick(name="broadcasts", run=offers.run, live=20, terminal=True, rehearsal=False),
    Tick(name="sweeps", run=sweeps.run, live=2, terminal=True, rehearsal=True),
    Tick(name="pictures", run=pictures.run, live=5, terminal=True, rehearsal=False),
    Tick(name="approvals", final=True, run=approve.run, live=60, terminal=True, rehearsal=False),
    Tick(name="words", run=waiting.run, live=60, terminal=True, rehearsal=False),
    Tick(name="approvals at once", run=approve.at_once, live=None, terminal=False, rehearsal=True),
    # before the look-up asks for what they make uncertain
    Tick(name="leases", run=lapsed.run, live=5, terminal=False, rehearsal=False, each=True),
    Tick(name="look-up", run=lookup.run, live=60, terminal=False, rehearsal=True),
    Tick(name="amplify", run=amplify.run, live=60, terminal=False, rehearsal=False),
    Tick(name="questions", final=True, run=lapsing.run, live=600, terminal=True, rehearsal=False),
    Tick(name="staff", run=staff.run, live=20, terminal=True, rehearsal=False),
    Tick(name="reports", run=reports.run, live=15, terminal=False, rehearsal=False),
    Tick(name="clearances", run=answering.run, live=60, terminal=True, rehearsal=False),
    Tick(name="letters to staff", run=staff_letters.run, live=5, terminal=False, rehearsal=False),
    Tick(name="tokens", run=tokens.run, live=60, terminal=False, rehearsal=False),
    Tick(name="mailbox", run=looking.run, live=60, terminal=False, rehearsal=False),
    Tick(name="answers by mail", run=mail_answers.run, live=5, terminal=False, rehearsal=False),
    Tick(name="usage", run=_usage, live=60, terminal=False, rehearsal=False),
    Tick(
        name="monthly letter",
        final=True,
        run=monthly_letter.run,
        live=600,
        terminal=False,
        rehearsal=False,
    ),
    Tick(
        name="month's letter",
        final=True,
        run=digests.run,
        live=20,
        terminal=False,
        rehearsal=False,
    ),
    Tick(name="results", run=reading.run, live=60, terminal=False, rehearsal=False),
    Tick(name="probe", run=probe.run, live=300, terminal=False, rehearsal=False),
    Tick(
        name="retention", final=True, run=retention.run, live=3600, terminal=False, rehearsal=False
    ),
    Tick(name="history", final=True, run=history.run, live=3600, terminal=False, rehearsal=False),
    Tick(name="traces", run=traces.run, live=15, terminal=False, rehearsal=False),
    Tick(name="public pledges", run=_public, live=600, terminal=False, rehearsal=False),
    Tick(name="links", run=links.run, live=600, terminal=False, rehearsal=False),
    Tick(name="webhooks", run=deliver.run, live=5, terminal=False, rehearsal=False),
)
