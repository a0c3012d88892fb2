"""A rehearsal with pledges plays the journeys of those who make them."""

import json
from dataclasses import replace
from datetime import date

import house
import pytest

from bot.jobs.rehearsal import rehearse
from bot.jobs.rehearsal.script import Script
from bot.model import State
from bot.networks.dry.network import Network as Dry
from bot.store import Store

SCRIPT = Script(
    campaigns=("endchildlabour",),
    start=date(2027, 1, 14),
    end=date(2027, 2, 15),
    subscribers=40,
    seed=1,
    pledges=2,
)


@pytest.fixture
def services(tmp_path, library):
    shown = house.shown(tmp_path, library, "endchildlabour")
    shown.store.close()
    channel, store = house.channel("telegram", posts=False), Store(tmp_path / "rehearsal.db")
    opened = replace(
        shown,
        store=store,
        rehearsal=True,
        settings=replace(shown.settings, channels={channel.name: channel}),
        networks={channel.name: Dry(channel, {})},
        channel_ids=store.channels.ensure((channel,)),
        mark="rehearsal",
        pacing_window=5.0,
    )
    yield opened
    opened.store.close()


async def test_prompts_follow_each_pledge_and_every_second_maker_answers(services):
    report = await rehearse.run(services, SCRIPT, lambda share, day: None)
    assert (report.deliveries["failed"], report.duplicates) == (0, 0)
    store = services.store
    silent, answers = store.pledges.get(1), store.pledges.get(2)
    assert [date.fromtimestamp(each.pledged) for each in (silent, answers)] == [
        date(2027, 1, 14),
        date(2027, 1, 30),
    ]
    came = [
        (entry.action, entry.key.recipient == store.editors.focal(1))
        for entry in store.listing.entries()
        if entry.state is State.SENT and ("begin" in entry.action or "reminder" in entry.action)
    ]
    assert sorted(came) == [
        ("prompt-begin:own", False),
        ("prompt-begin:own", True),
        ("prompt-february:reminder", True),
    ]
    assert [each.action for each in store.journeys.reports(1)] == []
    assert "prompt-begin" in [each.action for each in store.journeys.reports(2)]


def test_the_file_of_an_earlier_version_had_no_pledges():
    values = json.loads(SCRIPT.dumps())
    del values["pledges"]
    assert Script.loads(json.dumps(values)) == replace(SCRIPT, pledges=0)
    for script in (SCRIPT, replace(SCRIPT, pledges=0)):
        assert Script.loads(script.dumps()) == script
