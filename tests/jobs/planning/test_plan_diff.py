"""`drumbeat plan --diff`: what an edit would change, told before anything does."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest
from helpers import at, live, write_operator, write_pack

from bot.jobs.planning import plan
from bot.jobs.planning.diff import difference, planned
from bot.model import YearlyDay
from bot.times import epoch

NOW = at("2021-04-20T00:00")
KEYS = ["change", "campaign", "action", "audience", "channel", "date", "to", "note"]


@pytest.fixture
def make(tmp_path):
    opened = []

    def build(*args, **kwargs):
        opened.append(house.services(tmp_path, *args, **kwargs))
        return opened[-1]

    yield build
    for services in opened:
        services.store.close()


def edited(services, *actions):
    return replace(services, active=(house.campaign(*actions),), mark="edited")


def with_channels(services, *channels):
    ids = services.store.channels.ensure(channels)
    settings = replace(services.settings, channels={channel.name: channel for channel in channels})
    return replace(
        services,
        settings=settings,
        channel_ids={c.name: ids[c.name] for c in channels},
        mark="edited channels",
    )


def short(lines):
    return [
        (line.action, line.channel, line.date.isoformat(), line.to and line.to.isoformat())
        for line in lines
    ]


def test_an_edit_is_told_as_what_it_adds_moves_and_cancels(make):
    stays, moves, goes = (
        house.action(name, post=True, when=YearlyDay(month=5, day=day))
        for name, day in (("a", 1), ("b", 2), ("c", 3))
    )
    services = make(house.campaign(stays, moves, goes))
    plan.run(services, NOW)
    found = difference(
        edited(services, stays, replace(moves, when=YearlyDay(month=5, day=9)), house.action("d")),
        NOW,
    )
    assert short(found.of("add")) == [("d", "", "2021-05-01", None)]
    assert short(found.of("move")) == [("b", "", "2021-05-02", "2021-05-09")]
    assert short(found.of("cancel")) == [("c", "", "2021-05-03", None)]
    assert found.of("keep") == ()
    assert found.horizon.isoformat() == "2021-06-21"


def test_what_the_diff_says_is_what_planning_does(make):
    first = house.action("a", post=True)
    services = make(house.campaign(first))
    plan.run(services, NOW)
    after = edited(
        services, replace(first, when=YearlyDay(month=5, day=4)), house.action("b", post=True)
    )
    before = services.store.database.rows("SELECT * FROM delivery")
    assert [
        len(part) for part in (difference(after, NOW).of("add"), difference(after, NOW).of("move"))
    ] == [
        1,
        1,
    ]
    assert services.store.database.rows("SELECT * FROM delivery") == before
    plan.run(after, NOW)
    assert difference(after, NOW).lines == ()
    assert [(line.action, line.date.isoformat()) for line in planned(after, NOW)] == [
        ("a", "2021-05-04"),
        ("b", "2021-05-01"),
    ]


def test_what_has_begun_is_kept_and_moves_while_nothing_has_left(make):
    services = make(house.campaign(house.action("a", post=True)))
    begun = at("2021-04-30T12:00")
    plan.run(services, begun)
    gone = difference(edited(services), begun)
    assert [(line.action, "drumbeat hold" in line.note) for line in gone.of("keep")] == [
        ("a", True)
    ]
    moved = difference(
        edited(services, house.action("a", post=True, when=YearlyDay(month=5, day=8))), begun
    )
    assert short(moved.of("move")) == [("a", "", "2021-05-01", "2021-05-08")]
    assert moved.of("cancel") == moved.of("keep") == ()


def test_a_changed_grace_is_a_move_to_the_same_day(make):
    first = house.action("a", grace=timedelta(hours=12))
    services = make(house.campaign(first))
    plan.run(services, NOW)
    [line] = difference(edited(services, replace(first, grace=timedelta(hours=6))), NOW).of("move")
    assert (line.date, line.note) == (line.to, "grace 12:00:00 becomes 6:00:00")


def test_an_edit_of_the_channels_is_told_too(make):
    services = make(
        house.campaign(house.action("a", post=True)),
        channels=(house.channel("one"), house.channel("two")),
    )
    plan.run(services, NOW)
    after = with_channels(
        services,
        house.channel("one", minute=600),
        house.channel("two", posts=False),
        house.channel("three"),
    )
    found = difference(after, NOW)
    assert [(line.channel, line.note) for line in found.of("add")] == [
        ("three", "a post at 2021-05-01T09:00:00Z")
    ]
    assert [(line.channel, line.note) for line in found.of("move")] == [
        ("one", "the post of 2021-05-01T09:00:00Z moves to 2021-05-01T10:00:00Z")
    ]
    assert [(line.channel, line.note) for line in found.of("cancel")] == [
        ("two", "the post of 2021-05-01T09:00:00Z")
    ]
    plan.run(after, NOW)
    assert difference(after, NOW).lines == ()


# the command


def test_without_a_database_everything_is_new_and_none_is_made(command, tmp_path):
    day = (datetime.now(UTC) + timedelta(days=9)).date()
    write_operator(tmp_path, day)
    before = {path.name for path in tmp_path.iterdir()}
    code, out, err = command("plan", "--diff", "--json")
    told = json.loads(out)
    assert code == 0
    assert [(line["action"], line["date"], line["channel"]) for line in told["add"]] == [
        ("tree-day", day.isoformat(), "")
    ]
    assert (told["move"], told["cancel"], told["keep"]) == ([], [], [])
    assert list(told["add"][0]) == KEYS
    assert "no database yet" in err
    assert {path.name for path in tmp_path.iterdir()} == before


@pytest.mark.sqlite
def test_with_a_database_an_edit_moves_and_nothing_is_written(command, tmp_path):
    now = datetime.now(UTC)
    day, other = ((now + timedelta(days=n)).date() for n in (9, 10))
    config = write_operator(tmp_path, day)
    with live(config) as services:
        plan.run(services, now)
    assert json.loads(command("plan", "--diff", "--json")[1])["add"] == []
    write_pack(tmp_path / "pack", other)
    before = (tmp_path / "drumbeat.db").read_bytes()
    code, out, _ = command("plan", "--json")
    told = json.loads(out)
    if day.year == other.year:
        assert [(line["date"], line["to"]) for line in told["move"]] == [
            (day.isoformat(), other.isoformat())
        ]
    assert [line["date"] for line in told["planned"]] == [day.isoformat()]
    assert (code, (tmp_path / "drumbeat.db").read_bytes()) == (0, before)
    assert "to move" in command("plan", "--diff")[1] or day.year != other.year


def test_a_day_that_is_put_back_says_where_it_goes(command, tmp_path):
    now = datetime.now(UTC)
    day = (now + timedelta(days=9)).date()
    with live(write_operator(tmp_path, day)) as services:
        plan.run(services, now)
        [occurrence] = services.store.plan.planned(now, day)
        services.store.plan.cancel(occurrence.id, epoch(now))
    _, out, _ = command("plan", "--diff")
    [line] = [line for line in out.splitlines() if "tree-day" in line]
    assert line.split()[:3] == ["move", day.isoformat(), day.isoformat()]
    assert line.endswith("was cancelled, is planned again")


def test_nothing_to_change_is_said(command, tmp_path):
    now = datetime.now(UTC)
    config = write_operator(tmp_path, (now + timedelta(days=9)).date())
    with live(config) as services:
        plan.run(services, now)
    code, out, _ = command("plan", "--diff")
    assert (code, out.endswith("nothing would change\n")) == (0, True)
    assert "planned" in command("plan")[1]


def test_broken_data_are_told_and_no_plan_is_made_of_them(command, tmp_path):
    write_operator(tmp_path, datetime.now(UTC).date())
    (tmp_path / "pack" / "campaigns" / "trees" / "calendar.toml").write_text("[[action]]\n")
    code, out, err = command("plan", "--diff")
    assert (code, out) == (1, "")
    assert "calendar.toml" in err


def test_in_a_rehearsals_file_nothing_differs_from_what_it_plays(command, tmp_path):
    write_operator(tmp_path, at("2021-05-01").date())
    assert (
        command("rehearse", "--from", "2021-05-01", "--to", "2021-05-02", "--db", "play.db")[0] == 0
    )
    code, out, err = command("plan", "--diff", "--db", "play.db")
    assert (code, "play.db is a rehearsal's file" in err) == (0, True)
    assert out.endswith(": nothing would change\n")
