"""Prompts that follow a pledge: each comes to its maker at their hour, once, by the outbox."""

from dataclasses import replace
from datetime import date, timedelta

import orchard
import pytest
from orchard import at

from bot.files.frozen import read_files
from bot.jobs.pledges import journeys
from bot.library import shipped_root
from bot.model import State
from bot.model.makers import AfterPledge
from bot.model.pledge import PledgeState
from bot.model.subject import Own, Planned, parse
from bot.render import Renderer
from bot.rules.journey import Event

WEEK = AfterPledge(days=7)
MONTHS = {"prompt-february": AfterPledge(months=1), "prompt-march": WEEK}
"""Prompts of the orchard that follow the pledge here, and have days of their own there."""


def following(services, waits, **rules):
    """The same services once these prompts follow the pledge."""
    (trees,) = services.active
    moved = (
        replace(action, when=waits[action.id]) if action.id in waits else action
        for action in trees.actions
    )
    there = replace(trees, actions=tuple(moved), journey=replace(trees.journey, **rules))
    library = replace(services.library, campaigns={there.id: there})
    roots = (services.settings.roots[0], shipped_root())
    renderer = Renderer(read_files(roots), library.campaigns)
    return replace(
        services, active=(there,), library=library, renderer=renderer, mark=repr((there, waits))
    )


@pytest.fixture
def orchard_(tmp_path):
    made = orchard.services(tmp_path, chat=True)
    yield made
    made.store.close()


def left(services, person=None):
    """(action, slot, day, hour in UTC) of what left, first due first."""
    rows = services.store.database.rows(
        "SELECT o.action, o.slot, o.day, d.due, d.recipient FROM delivery d JOIN occurrence o ON"
        f" o.id = d.occurrence WHERE d.state = {int(State.SENT)} ORDER BY d.due, o.action"
    )
    return [
        (action, slot, day, due % 86_400 // 3_600)
        for action, slot, day, due, recipient in rows
        if person in (None, recipient)
    ]


def slot(day):
    return (date.fromisoformat(day) - date(1970, 1, 1)).days


def test_its_subject_is_the_prompt_and_no_action_of_the_data():
    assert parse("prompt-may:own") == Own("prompt-may")
    assert parse("prompt-may:own").about == "prompt-may"
    assert parse("prompt-may") == Planned("prompt-may")


async def test_each_pledge_is_followed_from_its_own_day_at_its_makers_hour(orchard_):
    services = following(orchard_, MONTHS, unanswered=9)
    early, late = (
        orchard.add_chat(services, n, zone=z) for n, z in ((1, "UTC"), (2, "Asia/Tokyo"))
    )
    orchard.add_pledge(services, early, joined="2021-05-31T22:00")
    orchard.add_pledge(services, late, joined="2021-05-31T22:00")  # 1 June where they are
    somebody = orchard.add_chat(services, 3)
    await orchard.play(services, "2021-05-31T23:00", "2021-07-04", timedelta(hours=1))
    own = slot("2021-05-31")
    assert left(services, early) == [
        ("prompt-june", 20210603, "2021-06-03", 9),
        ("prompt-march:own", own, "2021-06-07", 9),
        ("prompt-march:reminder", own, "2021-06-17", 9),
        ("prompt-february:own", own, "2021-06-30", 9),
        ("prompt-july", 20210703, "2021-07-03", 9),
    ]
    theirs = [(action, hour) for action, _, _, hour in left(services, late)]
    assert theirs == [
        ("prompt-june", 0),
        ("prompt-march:own", 0),
        ("prompt-march:reminder", 0),
        ("prompt-february:own", 0),
        ("prompt-july", 0),
    ]
    assert [action for action, *_ in left(services, somebody)] == ["prompt-june", "prompt-july"]


@pytest.mark.both
async def test_a_maker_of_two_pledges_has_each_followed_and_answers_each_by_itself(orchard_):
    services = following(orchard_, {"prompt-march": WEEK})
    person = orchard.add_chat(services)
    first = orchard.add_pledge(services, person, joined="2021-05-04T12:00")
    second = orchard.add_pledge(services, person, joined="2021-05-13T12:00")
    await orchard.play(services, "2021-05-05", "2021-05-12", timedelta(hours=3))
    journeys.report(
        services, first, "prompt-march", slot("2021-05-04"), None, "staff anna", at("2021-05-12")
    )
    await orchard.play(services, "2021-05-12", "2021-06-01", timedelta(hours=3))
    assert [each[:2] for each in left(services) if "march" in each[0]] == [
        ("prompt-march:own", slot("2021-05-04")),
        ("prompt-march:own", slot("2021-05-13")),
        ("prompt-march:reminder", slot("2021-05-13")),
    ]
    there = {
        pledge: [
            p.milestone.slot
            for p in services.store.journeys.prompts(pledge, "trees", ["prompt-march"])
        ]
        for pledge in (first, second)
    }
    assert there == {first: [slot("2021-05-04")], second: [slot("2021-05-13")]}


@pytest.mark.both
async def test_who_moves_pauses_or_withdraws_is_not_met_twice_nor_at_all(orchard_):
    services = following(orchard_, {"prompt-march": WEEK})
    mover, paused, gone, draft = (orchard.add_chat(services, n) for n in range(1, 5))
    pledges = [
        orchard.add_pledge(services, n, joined="2021-05-10T00:30")
        for n in (mover, paused, gone, draft)
    ]
    journeys.happened(
        services, pledges[1], Event.PAUSE, "staff anna", at("2021-05-11"), date(2021, 8, 1)
    )
    store = services.store
    for state in (PledgeState.APPROVED, PledgeState.WITHDRAWN):
        store.pledges.move(pledges[2], state, "staff anna", 1_620_700_000)
    store.pledges.move(pledges[3], PledgeState.DRAFT, "staff anna", 1_620_700_000)
    await orchard.play(services, "2021-05-16", "2021-05-18", timedelta(hours=3))
    place = store.people.place(services.channel_ids["chat"], 2, "Pacific/Pago_Pago", 540)
    store.people.settle(mover, place)  # where the pledge was made a day earlier
    await orchard.play(services, "2021-05-18", "2021-05-26", timedelta(hours=3))
    assert left(services) == [("prompt-march:own", slot("2021-05-10"), "2021-05-17", 9)]


async def test_a_prompt_that_comes_to_follow_pledges_is_asked_once_and_what_was_done_stays(
    orchard_,
):
    person = orchard.add_chat(orchard_)
    pledge = orchard.add_pledge(orchard_, person, joined="2021-01-30")
    other = orchard.add_chat(orchard_, 2)
    late = orchard.add_pledge(orchard_, other, joined="2021-03-20")
    await orchard.play(orchard_, "2021-01-30", "2021-02-05", timedelta(hours=3))
    journeys.report(
        orchard_,
        pledge,
        "prompt-february",
        20210203,
        "https://example.org/a",
        "staff anna",
        at("2021-02-05"),
    )
    services = following(
        orchard_, {"prompt-february": AfterPledge(months=2), "prompt-march": AfterPledge(months=3)}
    )
    # four days after its prompt, and the reminder of it still to come
    await orchard.play(services, "2021-02-05T03:00", "2021-05-02", timedelta(hours=3))
    asked = [each for each, *_ in left(services, person)]
    assert [each for each in asked if "april" not in each] == [
        "prompt-february",
        "prompt-march:own",
    ], "February was asked on its day, and March follows the pledge of January"
    assert left(services, person)[-1][2] == "2021-04-30"
    how_far = journeys.progress(services, services.store.pledges.get(pledge), at("2021-05-02"))
    assert how_far.done == 1
    assert "prompt-february" not in [step.action for step in how_far.ahead + how_far.past]
    assert services.store.journeys.reports(pledge)[0].link == "https://example.org/a"
    assert ("prompt-february:own", slot("2021-03-20")) in [
        (step.action + ":own", step.slot)
        for step in journeys.progress(
            services, services.store.pledges.get(late), at("2021-05-02")
        ).ahead
    ]


@pytest.mark.parametrize(("zone", "past"), [("UTC", 0), ("Pacific/Kiritimati", 1)])
def test_how_far_a_pledge_is_goes_by_the_day_of_its_maker(orchard_, zone, past):
    services = orchard_
    person = orchard.add_contact(services, zone=zone)
    pledge = services.store.pledges.get(orchard.add_pledge(services, person))
    last = at("2021-02-03T18:00")
    how_far = journeys.progress(services, pledge, last)
    assert [step.action for step in how_far.past] == ["prompt-february"][:past]


async def test_what_is_late_beyond_its_grace_or_due_while_no_clock_is_believed_is_left_out(
    orchard_,
):
    services = following(orchard_, {"prompt-march": WEEK})
    person = orchard.add_chat(services)
    orchard.add_pledge(services, person, joined="2021-05-04")
    assert journeys.run(services, at("2021-05-18T10:00")) == 0, "seven days late"
    assert journeys.run(services, at("2021-05-18T08:00")) == 1
    assert journeys.run(services, at("2021-05-18T08:01")) == 0
    assert journeys.run(replace(services, steady=lambda: False), at("2021-05-11T09:00")) == 0
