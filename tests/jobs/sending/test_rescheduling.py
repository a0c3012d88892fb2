"""Another hour for a post that has not left: by staff in the chat, or by `drumbeat outbox move`."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest
from helpers import at, live, planned, write_operator

from bot.errors import UsageError
from bot.jobs.planning import plan
from bot.jobs.sending import decisions
from bot.model import DeliveryKey, State
from bot.model.staff import Actor
from bot.rules.alerts import read
from bot.times import epoch

pytestmark = pytest.mark.both

NOW = at("2021-04-29T10:00")
LATER = at("2021-05-01T15:30")
BY = Actor.staff("7")


@pytest.fixture
def services(tmp_path):
    made = house.services(
        tmp_path,
        house.campaign(house.action("deed", observance="tree-day", post=True)),
        channels=(house.channel("telegram", review=True), house.channel("other", nudges=False)),
    )
    plan.run(made, NOW)
    yield made
    made.store.close()


def post(services, channel):
    entries = services.store.listing.entries()
    return next(e for e in entries if (e.channel, e.key.recipient) == (channel, 0))


def replan(services, **channel):
    """Plan again, with the post's channel changed."""
    settings = services.settings
    changed = {name: replace(c, **channel) for name, c in settings.channels.items()}
    services.store.meta.put("planned", "")
    edited = replace(services, settings=replace(settings, channels=changed))
    plan.run(edited, NOW)
    return edited


@pytest.mark.parametrize("channel", ["telegram", "other"])
def test_a_post_stays_at_the_hour_that_staff_gave_it_until_the_data_mean_another(services, channel):
    before = post(services, channel)
    decisions.reschedule(services, str(before.key), LATER, BY, NOW)
    moved = post(services, channel)
    assert (moved.due, moved.state) == (epoch(LATER), before.state)
    assert moved.expires - moved.due == before.expires - before.due
    replan(services)
    assert post(services, channel).due == epoch(LATER)
    again = LATER + timedelta(hours=1)
    decisions.reschedule(services, str(before.key), again, BY, NOW)
    replan(services)
    assert post(services, channel).due == epoch(again)
    edited = replan(services, minute=11 * 60)
    put_back = post(services, channel).due
    assert put_back == before.due + 2 * 3600
    # and once more, from where the data have put it
    decisions.reschedule(edited, str(before.key), LATER, BY, NOW)
    replan(edited)
    assert post(services, channel).due == epoch(LATER)


def test_what_was_approved_or_waits_in_the_queue_leaves_at_its_new_hour_alone(services):
    key = post(services, "other").key
    services.store.outbox.change(key, [State.PLANNED], State.QUEUED, due=epoch(NOW))
    said = decisions.reschedule(services, str(key), LATER, BY, NOW)
    assert said == "moved: deed on other goes out at 2021-05-01T15:30:00Z"
    assert post(services, "other").state is State.PLANNED
    services.store.outbox.queue_due(epoch(LATER) - 1)
    assert post(services, "other").state is State.PLANNED
    services.store.outbox.queue_due(epoch(LATER))
    assert post(services, "other").state is State.QUEUED


def test_a_new_hour_closes_the_alarm_that_it_waits_and_says_who_gave_it(services):
    key = post(services, "telegram").key
    services.store.alerts.open(read("approval", str(key), "it waits", {}), epoch(NOW))
    said = decisions.reschedule(services, str(key), LATER, BY, NOW)
    assert said.endswith("goes out at 2021-05-01T15:30:00Z, once somebody approves it")
    assert services.store.alerts.current() == []
    assert post(services, "telegram").error == f"moved to 2021-05-01T15:30:00Z by {BY}"


@pytest.mark.parametrize("state", [State.SENDING, State.SENT, State.CANCELLED, State.UNCERTAIN])
def test_what_has_left_or_is_over_gets_no_other_hour(services, state):
    entry = post(services, "other")
    services.store.outbox.change(entry.key, [entry.state], state)
    with pytest.raises(UsageError, match=f"not moved: it is {state.word}"):
        decisions.reschedule(services, str(entry.key), LATER, BY, NOW)
    assert post(services, "other").due == entry.due


def test_neither_the_past_nor_somebodys_own_hour_is_given(services):
    key = post(services, "other").key
    with pytest.raises(UsageError, match="lies in the past"):
        decisions.reschedule(services, str(key), NOW - timedelta(minutes=1), BY, NOW)
    services.store.people.add([house.person(1)])
    services.store.intake.add_nudge(key.occurrence, key.channel, 1, epoch(NOW), epoch(LATER))
    mine = DeliveryKey(occurrence=key.occurrence, channel=key.channel, recipient=1)
    with pytest.raises(UsageError, match="at the hour that they chose"):
        decisions.reschedule(services, str(mine), LATER, BY, NOW)


def test_the_command_reads_hours_as_people_write_them_by_the_clock_of_the_settings(
    command, tmp_path
):
    now = datetime.now(UTC)
    config = write_operator(tmp_path, (now + timedelta(days=1)).date(), grace="2d")
    config.write_text(f'zone = "Asia/Tokyo"\n{config.read_text("utf-8")}', "utf-8")
    planned(config, now)
    [row] = json.loads(command("outbox", "--state", "awaiting_approval", "--json")[1])
    code, out, _ = command("outbox", "move", row["id"], "--to", "2099-05-01 15:00")
    assert (code, "2099-05-01T06:00:00Z" in out) == (0, True)
    with live(config) as services:
        entry = services.store.listing.entry(decisions.parse(row["id"]))
        assert entry.due == epoch(at("2099-05-01T06:00"))
    code, out, _ = command("outbox", "move", row["id"], "--to", "tomorrow 3pm")
    assert (code, "T06:00:00Z" in out) == (0, True)
    code, _, err = command("outbox", "move", row["id"], "--to", "soon")
    assert (code, "'soon' can't be read, or lies in the past" in err) == (1, True)
    assert "by the clock of Asia/Tokyo" in err
