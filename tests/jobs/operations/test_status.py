"""`drumbeat status` and `drumbeat resume`: how things are, and what needs somebody."""

import json
import re
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import count

import helpers
import house
import pytest
from helpers import at, write_operator
from live import action, write

from bot.jobs.planning import outlook, plan
from bot.model import Audience, State
from bot.model.channel import Resting
from bot.model.outbox import Scope
from bot.rules.alerts import read
from bot.store.db import Database

KEYS = {
    "mailbox",
    "channels",
    "next",
    "counts",
    "overdue",
    "waves",
    "days",
    "broadcasts",
    "holds",
    "alerts",
    "problems",
    "processes",
    "leases",
    "accounts",
    "jobs",
    "needs_you",
    "playing",
}
NOW = datetime.now(UTC)
SOON = NOW + timedelta(days=3)


@pytest.fixture
def operator(tmp_path):
    """A folder with one action in three days, planned by a process that is no longer there."""
    config = write(tmp_path, "http://127.0.0.1:9", action(day=SOON, to=("nudge", "post")), due=SOON)
    helpers.planned(config, NOW)
    return tmp_path


@pytest.fixture
def status(command, operator):
    def run():
        code, out, _ = command("status", "--json")
        return code, json.loads(out)

    return run


def change(folder, sql, *params):
    """Change rows beside all; `sql` has a ? for each of the parameters."""
    numbers = count()
    text = re.sub(r"\?", lambda _: f":p{next(numbers)}", sql)
    with closing(Database(folder / "drumbeat.db")) as database:
        database.execute(text, {f"p{n}": value for n, value in enumerate(params)})


def stored(folder):
    return helpers.live(folder / "config.toml")


def test_json_has_the_keys_of_the_contract(status):
    code, said = status()
    assert code == 0
    assert set(said) == KEYS
    assert said["channels"] == [
        {
            "name": "chat",
            "network": "telegram",
            "state": "dry",
            "reason": "DRUMBEAT_CHAT_TOKEN not set",
        }
    ]
    assert set(said["counts"]) == {state.word for state in State}
    assert said["counts"]["planned"] == 1
    assert {frozenset(entry) for entry in said["next"]} == {
        frozenset({"due", "campaign", "action", "channel", "day", "state"})
    }
    nudges, post = said["next"]
    assert (nudges["channel"], nudges["state"]) == (None, "nudges")
    assert post == {
        "due": f"{SOON:%Y-%m-%dT%H:%M}:00Z",
        "campaign": "trees",
        "action": "tree-day",
        "channel": "chat",
        "day": f"{SOON:%Y-%m-%d}",
        "state": "planned",
    }
    assert said["overdue"] is None
    assert said["waves"] == said["holds"] == said["alerts"] == said["problems"] == []


def test_a_channel_with_its_secret_is_live(status, monkeypatch):
    monkeypatch.setenv("DRUMBEAT_CHAT_TOKEN", "123:ABC")
    assert status()[1]["channels"] == [
        {"name": "chat", "network": "telegram", "state": "live", "reason": ""}
    ]


def test_without_a_database_it_looks_at_the_data_and_makes_no_file(command, tmp_path, monkeypatch):
    monkeypatch.setenv("DRUMBEAT_CHAT_TOKEN", "123:ABC")
    write(tmp_path, "http://127.0.0.1:9", action(day=SOON), due=SOON)
    before = sorted(tmp_path.iterdir())
    code, out, _ = command("status")
    assert code == 0
    assert "There is no database yet: `drumbeat run` makes drumbeat.db." in out
    assert f"Next: tree-day of trees on chat, {SOON:%A %Y-%m-%d %H:%M} UTC" in out
    assert out.rstrip().endswith("Nothing needs you.")
    code, out, _ = command("status", "--json")
    said = json.loads(out)
    assert (code, set(said)) == (0, KEYS)
    assert [entry["action"] for entry in said["next"]] == ["tree-day"]
    assert sum(said["counts"].values()) == 0
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.sqlite
def test_it_changes_nothing_in_the_file(status, operator):
    before = (operator / "drumbeat.db").read_bytes()
    status()
    assert (operator / "drumbeat.db").read_bytes() == before


def test_that_nothing_runs_needs_somebody_but_is_no_failure(status, monkeypatch):
    monkeypatch.setenv("DRUMBEAT_CHAT_TOKEN", "123:ABC")
    code, said = status()
    assert code == 0
    assert said["needs_you"] == ["nothing sends: start `drumbeat run`"]


def test_a_paused_channel_is_exit_1_until_it_is_resumed(status, command, operator):
    with stored(operator) as services:
        services.store.channels.pause("chat", "the token is refused", 1_620_000_000)
        services.store.alerts.open(
            read("paused", "chat", "channel chat is paused", {}), 1_620_000_000
        )
    code, said = status()
    assert code == 1
    assert said["channels"][0]["state"] == "paused"
    assert said["channels"][0]["reason"] == "the token is refused (since 2021-05-03 00:00 UTC)"
    assert any("`drumbeat resume chat`" in text for text in said["needs_you"])
    assert [alert["kind"] for alert in said["alerts"]] == ["paused"]

    assert command("resume", "chat") == (0, "chat goes on.\n", "")
    code, said = status()
    assert (code, said["alerts"]) == (0, [])
    assert said["channels"][0]["state"] == "dry"
    assert command("resume", "chat") == (0, "chat was not paused.\n", "")


def test_an_account_that_rests_is_shown_needs_nobody_and_tries_at_once_when_told(
    status, command, operator, monkeypatch
):
    monkeypatch.setenv("DRUMBEAT_CHAT_TOKEN", "123:ABC")
    with stored(operator) as services:
        services.store.channels.keep_rest(
            Resting(
                account="chat",
                since=1_620_000_000.0,
                until=1_620_000_059.5,
                rests=5,
                reason="too many messages fail, the last: 502",
            )
        )
    code, said = status()
    assert code == 0
    assert said["channels"][0]["state"] == "resting"
    assert said["channels"][0]["reason"] == (
        "too many messages fail, the last: 502 (since 2021-05-03 00:00 UTC); it tries one message"
        " with what is due next, and goes on by itself; nothing is lost"
    )
    assert said["needs_you"] == ["nothing sends: start `drumbeat run`"]
    assert command("resume", "chat") == (0, "chat goes on.\n", "")
    assert status()[1]["channels"][0]["state"] == "live"


def test_resume_of_an_unknown_channel_names_those_there_are(command, operator):
    code, out, err = command("resume", "chatt")
    assert (code, out) == (2, "")
    assert err == "no channel is called 'chatt'; did you mean chat? there are: chat\n"


def test_resume_without_a_database_makes_none(command, tmp_path):
    write(tmp_path, "http://127.0.0.1:9", action(day=SOON), due=SOON)
    code, _, err = command("resume", "chat")
    assert code == 1
    assert "there is no database yet" in err
    assert not (tmp_path / "drumbeat.db").exists()


@pytest.mark.parametrize("state", [State.PLANNED, State.QUEUED])
def test_what_is_overdue_by_more_than_two_minutes_is_late(status, operator, state):
    late = int(datetime.now(UTC).timestamp()) - 600
    change(operator, "UPDATE delivery SET state = ?, due = ?", state, late)
    code, said = status()
    assert code == 1
    assert said["overdue"] == {
        "id": "1-1-0",
        "due": datetime.fromtimestamp(late, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "action": "tree-day",
        "channel": "chat",
    }
    assert any(
        text.startswith("late by 0 h 10 min: 1-1-0 (tree-day) on chat")
        for text in said["needs_you"]
    )


def test_what_is_just_due_is_overdue_but_not_late(status, operator):
    change(
        operator, "UPDATE delivery SET state = 3, due = ?", int(datetime.now(UTC).timestamp()) - 30
    )
    code, said = status()
    assert code == 0
    assert said["overdue"]["id"] == "1-1-0"


def test_what_waits_is_told_by_account_with_how_long(status, command, operator):
    change(
        operator, "UPDATE delivery SET state = 3, due = ?", int(datetime.now(UTC).timestamp()) - 90
    )
    [account] = status()[1]["accounts"]
    lag = account.pop("lag")
    assert account == {"name": "chat", "waiting": 1, "due": 1}
    assert 90 <= lag < 120
    assert status()[1]["jobs"] is None
    out = command("status")[1]
    assert "Messages that wait" in out
    assert "Jobs of the queue" not in out
    with stored(operator) as services:
        services.store.holds.put(Scope(channel="chat"), 1_620_000_000)
    assert status()[1]["accounts"] == [{"name": "chat", "waiting": 1, "due": 1, "lag": 0}]


@pytest.mark.parametrize("hold", [{}, {"channel": "chat"}, {"action": "tree-day"}])
def test_what_is_held_is_not_late(status, operator, hold):
    change(
        operator, "UPDATE delivery SET state = 3, due = ?", int(datetime.now(UTC).timestamp()) - 600
    )
    with stored(operator) as services:
        services.store.holds.put(Scope(**hold), 1_620_000_000)
    code, said = status()
    assert (code, said["overdue"]) == (0, None)
    assert said["holds"] == [
        {
            "campaign": None,
            "channel": hold.get("channel"),
            "country": None,
            "language": None,
            "group": None,
            "action": hold.get("action"),
            "since": "2021-05-03T00:00:00Z",
            "until": None,
            "reason": "",
            "released": False,
        }
    ]
    assert said["channels"][0]["state"] == ("dry" if "action" in hold else "held")


def test_nudges_that_nobody_fanned_out_are_late(status, operator):
    with stored(operator) as services:
        services.store.people.add([house.person(1, minute=9 * 60)])
        plan.run(services, SOON - timedelta(days=1))
    change(operator, "UPDATE wave SET due = ?", int(datetime.now(UTC).timestamp()) - 3600)
    code, said = status()
    assert code == 1
    assert said["overdue"]["id"] is None
    assert said["overdue"]["action"] == "tree-day"
    assert any("nudges of tree-day on chat" in text for text in said["needs_you"])


@pytest.fixture
def under_way(operator, monkeypatch):
    """Ninety nudges that have just fallen due and have an hour; their account sends 30 a second."""
    monkeypatch.setenv("DRUMBEAT_CHAT_TOKEN", "123:ABC")
    now = int(datetime.now(UTC).timestamp())
    with stored(operator) as services:
        services.store.people.add(
            house.person(n, minute=9 * 60, country="CM" if n < 30 else "PE") for n in range(90)
        )
        plan.run(services, SOON.replace(hour=9, minute=30))
    change(operator, "UPDATE delivery SET due = ?, expires = ?", now, now + 3600)
    return operator


def test_a_wave_under_way_says_when_it_will_have_left(status, under_way):
    code, said = status()
    [wave] = said["waves"]
    assert code == 0
    assert {key: wave[key] for key in ("action", "channel", "left", "held", "late")} == {
        "action": "tree-day",
        "channel": "chat",
        "left": 90,
        "held": 0,
        "late": 0,
    }
    now = datetime.now(UTC)
    assert now < datetime.fromisoformat(wave["ends"]) < now + timedelta(minutes=5)


def test_of_a_wave_the_held_part_is_told_and_the_rest_has_its_end(status, command, under_way):
    with stored(under_way) as services:
        services.store.holds.put(Scope(country="CM"), 0)
    assert [(w["held"], w["ends"] is None) for w in status()[1]["waves"]] == [(30, False)]
    with stored(under_way) as services:
        services.store.holds.put(Scope(channel="chat"), 0)
    assert [(w["held"], w["ends"]) for w in status()[1]["waves"]] == [(90, None)]
    assert "held" in command("status")[1].split("Waves under way")[1]


def test_a_wave_that_cannot_end_within_its_grace_says_how_many_it_leaves_behind(
    command, status, under_way
):
    def shown(status):
        soon = int(datetime.now(UTC).timestamp()) + 2
        change(under_way, "UPDATE delivery SET expires = ?", soon)
        return status()

    [wave] = shown(status)[1]["waves"]
    assert 20 <= wave["late"] <= 90
    assert "can't leave before" in shown(lambda: command("status"))[1]


def test_waves_to_come_are_told_by_action_and_channel(command, status, operator, monkeypatch):
    monkeypatch.setenv("DRUMBEAT_CHAT_TOKEN", "123:ABC")
    with stored(operator) as services:
        zones = ("UTC", "Asia/Tokyo", "America/Lima")
        services.store.people.add(house.person(n, zone=zones[n % 3], minute=600) for n in range(30))
        plan.run(services, SOON - timedelta(days=1))
    soon = int(datetime.now(UTC).timestamp()) + 3600
    change(operator, "UPDATE wave SET due = ?, expires = ?", soon, soon + 3600)
    [day] = status()[1]["days"]
    assert {key: day[key] for key in ("action", "channel", "left", "held", "late")} == {
        "action": "tree-day",
        "channel": "chat",
        "left": 30,
        "held": 0,
        "late": 0,
    }
    begins, ends = (datetime.fromisoformat(day[key]).timestamp() for key in ("begins", "ends"))
    assert (begins, 0 < ends - begins < 10) == (soon, True)
    assert "Waves to come" in command("status")[1]


def test_an_unknown_zone_is_named_with_the_people_it_keeps_waiting(status, operator):
    with stored(operator) as services:
        services.store.people.add([house.person(n, zone="Mars/Base") for n in range(3)])
        services.store.people.set_problem(1, "unknown time zone 'Mars/Base'")
    code, said = status()
    assert code == 0
    message = (
        "unknown time zone 'Mars/Base': 3 people there get nothing until their zone is corrected"
    )
    assert said["problems"] == [{"file": "subscribers", "key": "Mars/Base", "message": message}]
    assert f"subscribers: Mars/Base: {message}" in said["needs_you"]


def test_an_empty_link_slot_is_named_when_something_planned_needs_it(
    command, tmp_path, monkeypatch
):
    monkeypatch.setenv("DRUMBEAT_CHAT_TOKEN", "123:ABC")
    write(tmp_path, "http://127.0.0.1:9", action(day=SOON), due=SOON)
    folder = tmp_path / "pack" / "campaigns" / "trees"
    campaign, calendar = folder / "campaign.toml", folder / "calendar.toml"
    slot = '[links.{}]\nurl = ""\nsource = "the plan"\n'
    campaign.write_text(
        campaign.read_text() + slot.format("cards") + slot.format("nobody-needs-this")
    )
    calendar.write_text(calendar.read_text() + 'links = ["cards"]\n')
    template = tmp_path / "pack" / "content" / "en" / "trees" / "tree-day.j2"
    see = template.read_text().replace("Post of", "See {{ link('cards') }},")
    instead = "{% block post_without_link %}Today we plant. #Trees{% endblock %}"
    for words, what in [(see, "needs it"), (see + instead, "goes out without the link")]:
        template.write_text(words)
        code, out, _ = command("status", "--json")
        needs = json.loads(out)["needs_you"]
        assert code == 0
        assert needs == [
            f"campaigns/trees/campaign.toml: links.cards.url is empty, and tree-day {what} on"
            f" {SOON.date()}; fill it, then `drumbeat reload`"
        ]


def test_posts_that_soon_fall_due_and_wait_for_approval_need_somebody(status, operator):
    tomorrow = int((NOW + timedelta(days=1)).timestamp())
    change(operator, "UPDATE delivery SET state = 2, due = ?", tomorrow)
    (found,) = [text for text in status()[1]["needs_you"] if "approval" in text]
    assert (
        found == "1 post that falls due within two days waits for approval, at"
        f" {NOW + timedelta(days=1):%Y-%m-%d %H:%M} UTC: `drumbeat outbox --state"
        " awaiting_approval`, then `drumbeat outbox approve ID`"
    )


def test_uncertain_deliveries_need_somebody(status, operator):
    change(operator, "UPDATE delivery SET state = 9")
    code, said = status()
    assert code == 0
    assert (
        "1 delivery is uncertain, nobody knows whether it arrived: `drumbeat outbox --state"
        " uncertain`" in said["needs_you"]
    )


def test_data_too_broken_to_be_read_hinder_no_look_at_the_rest(command, operator):
    (operator / "pack" / "campaigns" / "trees" / "calendar.toml").write_text("[[action]\n")
    code, out, _ = command("status", "--json")
    said = json.loads(out)
    assert code == 0
    assert said["counts"]["planned"] == 1
    assert [problem["file"] for problem in said["problems"]] == ["campaigns/trees/calendar.toml"]
    assert any("campaigns/trees/calendar.toml" in text for text in said["needs_you"])


def test_a_secrets_file_that_cannot_be_read_is_a_problem(command, operator, monkeypatch):
    monkeypatch.setenv("DRUMBEAT_CHAT_TOKEN_FILE", str(operator / "gone"))
    code, out, _ = command("status", "--json")
    assert code == 0
    assert "DRUMBEAT_CHAT_TOKEN_FILE" in json.loads(out)["problems"][0]["key"]


def test_a_rehearsals_file_is_shown_and_said_to_be_one(command, tmp_path):
    write_operator(tmp_path, at("2021-05-01").date())
    days = ("--from", "2021-04-28", "--to", "2021-05-03", "--db", "play.db")
    assert command("rehearse", "--subscribers", "3", *days)[0] == 0
    code, out, err = command("status", "--db", "play.db")
    assert code == 0
    assert err.startswith("play.db is a rehearsal's file: nothing in it has left or will leave")
    assert "This rehearsal is over: it played 2021-04-28 to 2021-05-03." in out
    assert "Deliveries: " in out
    assert "sent" in out
    assert "start `drumbeat run`" not in out
    for reading in (["plan"], ["cost"], ["hashtags"], ["outbox"], ["hold"], ["release"]):
        code, out, err = command(*reading, "--db", "play.db")
        assert (code, err.count("is a rehearsal's file")) == (0, 1), reading


def test_a_file_that_is_no_database_is_one_clear_line(command, tmp_path):
    write(tmp_path, "http://127.0.0.1:9", action(day=SOON), due=SOON)
    (tmp_path / "drumbeat.db").write_bytes(b"not a database at all" * 100)
    code, out, err = command("status")
    assert (code, out) == (1, "")
    assert (
        err.splitlines()[-1]
        == "drumbeat.db: file is not a database; restore a backup with `drumbeat restore FILE`"
    )
    assert "Traceback" not in err


def test_for_people_it_is_tables_and_sentences(command, operator):
    code, out, _ = command("status")
    assert code == 0
    assert "chat     telegram  dry    DRUMBEAT_CHAT_TOKEN not set" in out
    assert "Deliveries: 1 planned." in out
    needs = out.partition("What needs you:\n")[2].splitlines()
    assert needs == [
        "- channel chat is dry: DRUMBEAT_CHAT_TOKEN not set; nothing leaves it until you set it (or"
        " DRUMBEAT_CHAT_TOKEN_FILE, to the name of a file that holds it) and restart `drumbeat"
        " run`",
        "- nothing sends: start `drumbeat run`",
    ]


# The outlook


def test_the_outlook_of_a_campaign_that_never_ends_looks_beyond_what_is_planned():
    deed = house.action(post=True, nudge=False)
    found = outlook.coming(
        None,
        [house.campaign(deed)],
        {"telegram": house.channel()},
        datetime(2021, 5, 2, tzinfo=UTC),
        2,
    )
    assert [(u.action, u.day.isoformat(), u.channel) for u in found] == [
        ("deed", "2022-05-01", "telegram"),
        ("deed", "2023-05-01", "telegram"),
    ]
    assert (
        outlook.sentence(found, [house.campaign(deed)], [], datetime(2022, 4, 30, tzinfo=UTC))
        == "next: deed of trees on telegram, Sunday 2022-05-01 09:00 UTC (in 33 hours)"
    )


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1, "in a moment"),
        (90, "in 90 minutes"),
        (60 * 30, "in 30 hours"),
        (60 * 24 * 5, "in 5 days"),
    ],
)
def test_the_outlook_says_how_far_away(minutes, words):
    due = datetime(2021, 5, 1, 9, tzinfo=UTC)
    deed = house.campaign(house.action(post=True, nudge=False))
    now = due - timedelta(minutes=minutes)
    assert words in outlook.sentence(
        outlook.coming(None, [deed], {"telegram": house.channel()}, now, 1), [deed], [], now
    )


def test_the_outlook_says_that_no_channel_carries_anything():
    deed = house.campaign(house.action(post=True, nudge=False))
    assert outlook.sentence(outlook.coming(None, [deed], {}, NOW, 1), [deed], [], NOW).startswith(
        "nothing comes: "
    )


def test_channels_stand_as_the_running_process_found_them_not_as_this_shell_would(tmp_path):
    from bot.jobs.operations import dry
    from bot.store import Store

    store = Store(tmp_path / "s.db")
    assert dry.remembered_dry(store) is None
    dry.remember_dry(store, {})
    assert dry.remembered_dry(store) == {}
    dry.remember_dry(store, {"x": "channel x is dry: DRUMBEAT_X_API_KEY not set"})
    assert dry.remembered_dry(store) == {"x": "channel x is dry: DRUMBEAT_X_API_KEY not set"}
    store.close()


@pytest.mark.parametrize("planned", [True, False])
def test_what_comes_to_several_audiences_stands_in_one_line(tmp_path, planned):
    everyone = house.campaign(house.action("deed", audiences=tuple(Audience)))
    services = house.services(tmp_path, everyone)
    now = datetime(2021, 4, 20, tzinfo=UTC)
    if planned:
        plan.run(services, now)
    found = outlook.coming(services.store, services.active, services.settings.channels, now, 5)
    assert [(one.action, one.state) for one in found if one.day == date(2021, 5, 1)] == [
        ("deed", "nudges")
    ]
    services.store.close()


def test_what_is_held_is_said_in_words(command, operator):
    with stored(operator) as services:
        services.store.holds.put(Scope(channel="chat"), 0)
        services.store.holds.put(Scope(country="CM", action="tree-day"), 0)
    _, out, _ = command("status")
    assert "Held: channel chat, since 1970-01-01 00:00 UTC." in out
    assert "Held: country CM, action tree-day, since" in out
    assert "channel chat since 1970-01-01" in out, "beside the channel too"
    assert "Scope(" not in out
