"""`drumbeat hold` and `release`: at once, for everything, a channel, a country or an action."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest
from helpers import at, live, planned, write_operator

from bot.config import Chat
from bot.errors import UsageError
from bot.jobs.planning import plan
from bot.jobs.sending import holds
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.texts import notes
from bot.model import Audience, Rendered, State, YearlyDay
from bot.model.makers import Group
from bot.model.outbox import Scope
from bot.model.pledge import NewPledge
from bot.model.staff import Actor
from bot.model.subject import Reminder, Still
from bot.store import Store

ADA = Actor("ada")
NOON = at("2021-05-01T09:00")
LATE = NOON + timedelta(days=2)


PLEDGE = NewPledge(
    campaign="trees",
    audience=Audience.ORGANIZATION,
    stakeholder="ngo",
    organisation="Acme",
    country=None,
    language="en",
    answers={},
)


@pytest.fixture
def services(tmp_path):
    """Two actions on one day with a grace of 12 h; three people in two countries and two languages,
    one of whom looks after a pledge; all of it due.
    """
    actions = [
        house.action("deed", post=True),
        house.action("other", when=YearlyDay(month=5, day=1)),
    ]
    services = house.services(
        tmp_path,
        replace(
            house.campaign(*actions),
            languages=("en", "fr"),
            groups={"ngo": Group(id="ngo", audience=Audience.ORGANIZATION, source="a test")},
        ),
        channels=(house.channel(), house.channel("x", nudges=False)),
    )
    store = services.store
    store.people.add(
        [house.person(1, country="CM"), house.person(2, country="PE"), house.person(3)]
    )
    store.database.execute("UPDATE person SET language = 'fr-CA' WHERE id = 2")
    store.editors.add(store.pledges.begin(PLEDGE, "person 3", 5), 3, 5)
    plan.run(services, NOON)
    yield services
    services.store.close()


@pytest.fixture
def operator(tmp_path):
    now = datetime.now(UTC)
    config = write_operator(tmp_path, (now + timedelta(days=1)).date())
    planned(config, now)
    return config


def send(services, now=NOON):
    async def go():
        for account in ("telegram", "x"):
            dispatcher = Dispatcher(services, account, now)
            moment = now
            for _ in range(10):
                again = await dispatcher.step(moment)
                moment += timedelta(seconds=1)
                if again is None:
                    break
            await dispatcher.close(moment)

    asyncio.run(go())


def states(services, state=State.SENT):
    found = services.store.listing.entries(state)
    return sorted((entry.action, entry.channel, entry.key.recipient) for entry in found)


ALL = (
    [("deed", "telegram", n) for n in range(4)]
    + [("deed", "x", 0)]
    + [("other", "telegram", n) for n in range(1, 4)]
)


@pytest.mark.parametrize(
    ("names", "held"),
    [
        ({}, lambda row: True),
        ({"channel": "telegram"}, lambda row: row[1] == "telegram"),
        ({"channel": "x"}, lambda row: row[1] == "x"),
        ({"country": "CM"}, lambda row: row[2] == 1),
        ({"country": "cm"}, lambda row: row[2] == 1),
        ({"action": "deed"}, lambda row: row[0] == "deed"),
        ({"action": "other", "country": "PE"}, lambda row: row[0] == "other" and row[2] == 2),
        ({"channel": "telegram", "action": "deed"}, lambda row: row[:2] == ("deed", "telegram")),
        ({"channel": "x", "country": "CM"}, lambda row: False),
        ({"campaign": "trees"}, lambda row: True),
        ({"campaign": "trees", "action": "other"}, lambda row: row[0] == "other"),
        # people's own languages, and those of channels for posts
        ({"language": "FR"}, lambda row: row[2] == 2),
        ({"language": "en"}, lambda row: row[2] != 2),
        ({"language": "en", "channel": "x"}, lambda row: row[1] == "x"),
        ({"group": "ngo"}, lambda row: row[2] == 3),
        ({"group": "ngo", "country": "CM"}, lambda row: False),
    ],
)
def test_what_is_held_stands_still_and_all_else_goes_out(services, names, held):
    scope = holds.scope(services, Scope(**names))
    assert holds.hold(services, scope, ADA, NOON)
    send(services)
    assert states(services) == [row for row in ALL if not held(row)]
    assert states(services, State.QUEUED) == [row for row in ALL if held(row)]
    assert holds.release(services, scope, ADA, NOON).lifted
    send(services)
    assert states(services) == ALL


def test_holding_twice_is_one_hold(services):
    assert [holds.hold(services, Scope(), ADA, NOON), holds.hold(services, Scope(), ADA, NOON)] == [
        True,
        False,
    ]
    assert holds.release(services, Scope(), ADA, NOON).lifted
    assert not holds.release(services, Scope(), ADA, NOON).lifted


def test_a_hold_outlives_a_restart(services):
    holds.hold(services, Scope(action="deed"), ADA, NOON)
    again = Store(services.settings.database)
    assert [str(hold.scope) for hold in again.holds.all()] == ["action deed"]
    again.close()


def test_late_items_end_skipped_when_released(services):
    holds.hold(services, Scope(), ADA, NOON)
    released = holds.release(services, Scope(), ADA, LATE)
    assert [(late.action, str(late.day), late.channel, late.count) for late in released.late] == [
        ("deed", "2021-05-01", "telegram", 4),
        ("deed", "2021-05-01", "x", 1),
        ("other", "2021-05-01", "telegram", 3),
    ]
    assert released.renewed == 0
    send(services, LATE)
    assert states(services, State.SKIPPED) == ALL


def test_late_items_are_sent_with_a_new_grace_when_asked_for(services, monkeypatch):
    monkeypatch.setattr("bot.store.sending.sweeps.STEP", 3)
    holds.hold(services, Scope(action="deed"), ADA, NOON)
    send(services)
    released = holds.release(services, Scope(action="deed"), ADA, LATE, send_late=True, alone=True)
    assert (released.renewed, released.follows) == (5, False)
    assert {entry.expires for entry in services.store.listing.entries(State.QUEUED)} == {
        int(LATE.timestamp()) + 12 * 3600
    }
    send(services, LATE)
    assert states(services) == ALL


def test_a_new_grace_is_only_for_what_this_hold_held(services):
    holds.hold(services, Scope(), ADA, NOON)
    holds.hold(services, Scope(country="CM"), ADA, NOON)
    released = holds.release(services, Scope(country="CM"), ADA, LATE, send_late=True)
    assert released.renewed == 2
    holds.release(services, Scope(), ADA, LATE)
    send(services, LATE)
    assert states(services) == [("deed", "telegram", 1), ("other", "telegram", 1)]


def test_what_is_not_late_is_not_told(services):
    holds.hold(services, Scope(), ADA, NOON)
    assert holds.release(services, Scope(), ADA, NOON + timedelta(hours=1)).late == ()


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (
            {"channel": "telegrm"},
            "no channel is called 'telegrm'; did you mean telegram? there are: telegram, x",
        ),
        (
            {"action": "ded"},
            "no action is called 'ded'; did you mean deed? there are: deed, other",
        ),
        (
            {"country": "ZZ"},
            (
                "no country has the code 'ZZ'; it is two letters of ISO 3166, or its name,"
                " and subscribers live in: CM, PE"
            ),
        ),
        ({"country": "Peruland"}, "no country has the code 'Peruland'"),
        ({"campaign": "tree"}, "no campaign is called 'tree'; did you mean trees?"),
        ({"language": "frr"}, "no language is called 'frr'; did you mean fr? there are: en, fr"),
        ({"group": "ngos"}, "no stakeholder group is called 'ngos'; did you mean ngo?"),
    ],
)
def test_an_unknown_name_tells_the_known_ones(services, names, words):
    with pytest.raises(UsageError) as raised:
        holds.scope(services, Scope(**names))
    assert words in str(raised.value)


@pytest.mark.parametrize("country", ["PE", "pe", "Peru", "peru"])
def test_a_country_is_named_by_its_code_or_its_english_name(services, country):
    assert holds.scope(services, Scope(country=country)) == Scope(country="PE")


def test_a_country_without_subscribers_can_be_held_in_advance(services):
    assert holds.scope(services, Scope(country="fr")) == Scope(country="FR")


@pytest.mark.parametrize(
    ("named", "late"),
    [
        ({"campaign": "trees"}, 8),
        ({"language": "fr"}, 2),
        ({"language": "en"}, 6),
        ({"group": "ngo"}, 2),
        ({"group": "ngo", "country": "PE"}, 0),
    ],
)
def test_a_release_renews_just_what_was_held_of_people(services, named, late):
    holds.hold(services, Scope(), ADA, NOON)
    holds.hold(services, Scope(**named), ADA, NOON)
    released = holds.release(services, Scope(**named), ADA, LATE, send_late=True)
    assert (sum(each.count for each in released.late), released.renewed) == (late, late)


def test_a_hold_ends_by_itself_as_a_person_would_end_it_and_staff_are_told(services):
    services = replace(services, settings=replace(services.settings, chat=Chat(staff=(77,))))
    store, end = services.store, NOON + timedelta(hours=2)
    holds.hold(services, Scope(action="deed"), ADA, NOON, reason="  A flood\n in town ", until=end)
    holds.hold(services, Scope(action="other"), ADA, NOON)
    (hold, _) = store.holds.all()
    assert (hold.reason, hold.by, hold.until) == ("A flood in town", ADA, int(end.timestamp()))
    assert holds.run(services, end - timedelta(seconds=1)) == 0
    assert holds.run(services, end) == 1
    assert [str(hold.scope) for hold in store.holds.all()] == ["action other"]
    (told,) = store.notices.waiting()
    assert (told.template, told.values["scope"]["action"]) == ("staff.hold_over", "deed")
    # no person decided it
    assert [deed.verb for deed in store.audit.read()] == ["hold.set", "hold.set"]
    assert holds.run(services, end) == 0


def test_an_end_that_is_past_holds_nothing(services):
    with pytest.raises(UsageError, match="its end, 2021-05-01T09:00:00Z, lies in the past"):
        holds.hold(services, Scope(), ADA, NOON, until=NOON)
    assert services.store.holds.all() == []


# the commands


def test_a_hold_has_a_reason_and_an_end(command, operator):
    code, out, _ = command("hold", "--campaign", "trees", "--reason", "A flood", "--until", "3pm")
    assert (code, out.splitlines()[0]) == (
        0,
        "held: campaign trees; `drumbeat release --campaign trees` lets it go on",
    )
    assert out.splitlines()[1].startswith("it stops messages to ")
    assert out.splitlines()[2].startswith("it goes on by itself at ")
    with live(operator) as services:
        (hold,) = services.store.holds.all()
    assert (hold.reason, hold.by.is_staff or bool(hold.by)) == ("A flood", True)
    (told,) = json.loads(command("status", "--json")[1])["holds"]
    assert (told["campaign"], told["reason"], told["until"] > told["since"]) == (
        "trees",
        "A flood",
        True,
    )
    code, _, err = command("hold", "--until", "yesterday")
    assert (code, "can't be read, or lies in the past" in err) == (2, True)
    assert command("release", "--campaign", "trees")[0] == 0


def test_hold_without_options_holds_everything_and_says_how_to_go_on(command, operator):
    held = "held: everything; `drumbeat release` lets it go on\nit stops messages to 0 people\n"
    assert command("hold")[:2] == (0, held)
    assert command("hold")[:2] == (
        0,
        held.replace("held:", "held already:"),
    )
    assert command("release")[:2] == (0, "released: everything\n")


def test_release_says_what_is_still_held(command, operator):
    command("hold")
    command("hold", "--channel", "chat", "--country", "cm")
    code, _, err = command("release", "--channel", "board")
    assert (code, err.splitlines()[-1]) == (
        1,
        "not held: channel board; held now: everything; channel chat, country CM",
    )
    assert command("release")[1] == "released: everything\nstill held: channel chat, country CM\n"


@pytest.mark.parametrize("name", ["hold", "release"])
def test_an_unknown_channel_is_wrong_usage(command, operator, name):
    code, _, err = command(name, "--channel", "bord")
    assert (code, err.splitlines()[-1]) == (
        2,
        "no channel is called 'bord'; did you mean board? there are: board, chat",
    )


def test_hold_makes_no_database(command, tmp_path):
    code, _, err = command("hold", "--db", "nowhere.db")
    assert (code, "there is no database yet" in err) == (1, True)
    assert not (tmp_path / "nowhere.db").exists()


def test_hold_works_with_broken_data_and_while_a_sender_has_the_file(command, operator):
    (operator.parent / "pack" / "campaigns" / "trees" / "calendar.toml").write_text("[[action]]\n")
    sender = Store(operator.parent / "drumbeat.db")
    sender.database.hold_sender_lock()
    code, out, err = command("hold", "--action", "tree-day")
    sender.close()
    assert (code, out.startswith("held: action tree-day")) == (0, True)
    assert "calendar.toml" in err


@pytest.mark.parametrize(
    "slip",
    ["[channels.", "roots = 3", 'hourr = "09:00"', "database = [", 'x = "\\q"', "a.b = 1\na = 2"],
)
def test_hold_works_with_a_config_that_can_not_be_used_and_says_what_is_wrong(
    command, operator, slip
):
    text = f'database = "drumbeat.db"\n{operator.read_text("utf-8")}\n{slip}\n'
    operator.write_text(text if "database = [" not in slip else text.split("\n", 1)[1], "utf-8")
    code, out, err = command("hold")
    assert (code, out.splitlines()[0]) == (
        0,
        "held: everything; `drumbeat release` lets it go on",
    )
    assert err.splitlines()[-1] == (
        "config.toml can't be used; going on without it, with the database drumbeat.db"
    )
    assert err.startswith("config.toml: ")
    assert command("hold", "--channel", "chat")[0] == 0
    assert command("release")[0] == 1


@pytest.mark.sqlite
def test_what_stops_or_saves_works_with_a_config_that_can_not_be_used(command, operator):
    with live(operator) as services:
        waits = next(services.store.listing.entries(State.AWAITING_APPROVAL))
    operator.rename(operator.with_name("old.toml"))
    (operator.parent / "drumbeat.db").rename(operator.parent / "trees.db")
    operator.write_text("database = 'trees.db' # ours\n[[channels\ndatabase = 'no.db'\n", "utf-8")
    code, listed, _ = command("outbox", "--json")
    assert code == 0
    row = next(entry for entry in json.loads(listed) if entry["id"] == str(waits.key))
    assert "no longer" not in (row["error"] or "")
    assert (row["text"], row["error"]) == (
        None,
        "no text: config.toml can't be used; mend it, and the text is shown",
    )
    code, _, err = command("hold", "--action", "not-planned")
    assert (code, "config.toml can't be used, so that nobody knows of others" in err) == (2, True)
    assert command("amplify", "list")[0] == 0
    assert command("outbox", "retract", str(waits.key))[1].startswith(f"{waits.key}: stopped")
    assert (
        command("outbox", "cancel", str(waits.key))[2]
        .splitlines()[-1]
        .startswith(f"{waits.key}: not cancelled: it is cancelled")
    )
    assert command("amplify", "withdraw", "7")[2].splitlines()[-1] == (
        "there is no post or link 7 to review; `drumbeat amplify list` lists them"
    )
    assert command("backup", "copy.db")[1].startswith("trees.db copied to copy.db")


def test_release_tells_late_items_and_what_becomes_of_them(command, operator):
    command("hold")
    with live(operator) as services:
        services.store.database.execute("UPDATE delivery SET due = 1, expires = 2")
    code, out, _ = command("release")
    assert code == 0
    assert "1 past their grace end skipped; `--late send` would have sent them" in out
    # what awaits approval is not held but waiting for a person
    assert out.count(" 1 of tree-day") == 1
    command("hold")
    assert "go out with a new one" in command("release", "--late", "send")[1]


# reminders and questions that follow an action


def remind(services, action="deed", now=NOON):
    for subject in (Reminder(action), Still(action)):
        assert notes.send(services, "trees", subject, Audience.INDIVIDUAL, 202100, 1, 1, now)


def test_what_follows_a_held_action_stands_still_with_it(services, monkeypatch):
    monkeypatch.setattr(
        "bot.jobs.texts.kinds.nudge_body", lambda *_, **__: Rendered(text="A note", language="en")
    )
    monkeypatch.setattr("bot.jobs.texts.kinds.may_reach", lambda *_: True)
    remind(services, "deed")
    remind(services, "other")
    remind(services, "deeds")  # another action whose id begins alike
    holds.hold(services, holds.scope(services, Scope(action="deed")), ADA, NOON)
    send(services)
    sent = {action for action, _, _ in states(services)}
    assert sent == {"other", "other:reminder", "other:still", "deeds:reminder", "deeds:still"}


def test_what_became_late_of_it_is_told_and_gets_its_grace_anew(services):
    remind(services)
    scope = holds.scope(services, Scope(action="deed"))
    holds.hold(services, scope, ADA, NOON)
    late = NOON + timedelta(days=8)
    told = {
        row.action
        for row in services.store.counts.late(Scope(action="deed"), int(late.timestamp()))
    }
    assert told == {"deed", "deed:reminder", "deed:still"}
    released = holds.release(services, scope, ADA, late, send_late=True)
    assert (
        released.renewed == 4 + 1 + 2
    )  # three nudges and a post on telegram, a post on x, two notes


def test_what_left_is_not_said_to_be_on_a_channel_that_is_gone_where_the_config_can_not_be_used(
    command, operator
):
    with live(operator) as services:
        waits = next(services.store.listing.entries(State.AWAITING_APPROVAL))
        services.store.outbox.change(waits.key, [State.AWAITING_APPROVAL], State.SENT)
    operator.write_text("[[channels\n", "utf-8")
    code, out, err = command("outbox", "retract", str(waits.key))
    assert (code, out) == (1, "")
    told = err.splitlines()[-1]
    assert told.startswith(f"{waits.key}: remains: config.toml can't be used")
    assert "no longer" not in told
    assert "remove it by hand" in told
