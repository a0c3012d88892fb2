"""The table of jobs: nobody is forgotten in it, neither live, in the terminal nor in rehearsals."""

import asyncio
import importlib
import inspect
import pkgutil
from datetime import UTC, datetime

import house

import bot.jobs
from bot.jobs.ticks import PLAN, TICKS

LIVE_ONLY = {
    "waves",  # a terminal is one person, who always hears in time
    "look-up",  # a terminal's network keeps nothing that could be looked up …
    "leases",  # … is the only one who sends …
    "amplify",  # … has no posts of others …
    "mailbox",
    "answers by mail",
    "usage",
    "results",
    "monthly letter",
    "month's letter",
    "reports",  # nor does anybody wait to hear of one
    "tokens",  # nor do programs come to it
    "letters to staff",  # … and no mail leaves it
    "probe",
    "history",  # a line that somebody types needs no counts of years
    "retention",  # … and leaves others' data to the process that sends from the file
    "traces",
    "links",
    "webhooks",  # … and nothing leaves from it
    "public pledges",  # what a terminal decides is found at once
}
"""What the terminal leaves out on purpose, each with its reason."""

REHEARSED = {"plan", "sweeps", "approvals at once", "look-up"}
"""All that a rehearsal does at each instant; journeys, events and the month's letter are on the
agenda of its invented people (`bot.jobs.rehearsal.company`).
"""


def modules():
    for module in pkgutil.walk_packages(bot.jobs.__path__, "bot.jobs."):
        yield importlib.import_module(module.name)


def is_job(run):
    """It needs nothing but the services, and perhaps the instant."""
    names = [
        name
        for name, parameter in inspect.signature(run).parameters.items()
        if parameter.default is parameter.empty
    ]
    return names in (["services"], ["services", "now"])


def test_every_job_stands_in_the_table():
    called = inspect.getsource(importlib.import_module("bot.jobs.ticks"))
    forgotten = [
        module.__name__
        for module in modules()
        if (run := getattr(module, "run", None)) is not None
        and run.__module__ == module.__name__
        and is_job(run)
        and f"{module.__name__.rpartition('.')[2]}.run" not in called
    ]
    assert forgotten == []


def test_a_job_has_one_name_and_one_line():
    names = [tick.name for tick in TICKS]
    assert len(names) == len(set(names))
    assert len({tick.run for tick in TICKS}) == len(TICKS)


def test_what_the_terminal_leaves_out_is_listed():
    live = {tick.name for tick in TICKS if tick.live is not None}
    assert live - {tick.name for tick in TICKS if tick.terminal} == LIVE_ONLY


def test_what_a_rehearsal_plays_is_listed():
    assert {tick.name for tick in TICKS if tick.rehearsal} == REHEARSED


def test_every_job_runs_somewhere():
    assert all(tick.live is not None or tick.terminal or tick.rehearsal for tick in TICKS)


def test_what_is_planned_comes_before_what_looks_at_the_plan():
    assert [tick.name for tick in TICKS][:2] == ["pauses", "plan"]


async def test_others_have_their_turn_while_a_large_wave_fans_out(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.store.planning.plan.STEP_ROWS", 20)
    services = house.services(tmp_path, house.campaign(house.action()), channels=(house.channel(),))
    services.store.people.add(house.person(n) for n in range(100))
    seen = []

    async def other():
        while len(seen) < 3:
            seen.append(sum(services.store.listing.counts().values()))
            await asyncio.sleep(0)

    nine = datetime(2021, 5, 1, 9, tzinfo=UTC)
    await asyncio.gather(PLAN.do(services, nine), other())
    assert 0 < seen[0] < seen[1] < 100
    await PLAN.do(services, nine)
    assert sum(services.store.listing.counts().values()) == 100
    services.store.close()
