"""`drumbeat outbox` and what people decide about single deliveries."""

import asyncio
import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest
from helpers import at, live, planned, write_operator

from bot.errors import Refused, Unanswered
from bot.jobs.operations import reload
from bot.jobs.planning import plan
from bot.jobs.sending import decisions, lookup
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.sending.outbox import items
from bot.jobs.sending.retract import retract
from bot.model import DeliveryKey, Receipt, State
from bot.model.outbox import Result
from bot.rules.alerts import read
from bot.store import Store

KEYS = [
    "id",
    "action",
    "audience",
    "channel",
    "network",
    "recipient",
    "due",
    "state",
    "attempts",
    "text",
    "receipt",
    "error",
]
NOON = at("2021-05-01T09:00")


@pytest.fixture
def make(tmp_path):
    opened = []

    def build(*args, **kwargs):
        opened.append(house.services(tmp_path, *args, **kwargs))
        return opened[-1]

    yield build
    for services in opened:
        services.store.close()


@pytest.fixture
def operator(tmp_path):
    """An operator whose campaign has its day tomorrow; planned now, with one subscriber."""
    now = datetime.now(UTC)
    config = write_operator(tmp_path, (now + timedelta(days=1)).date(), grace="2d")
    planned(config, now)
    return config


def state_of(services, text):
    return services.store.listing.entry(decisions.parse(text)).state


def put(services, *states: State) -> list[str]:
    """A post in each of these states, on one occurrence each; gives their ids."""
    ids = []
    for number, state in enumerate(states):
        occurrence = services.store.plan.add(
            replace(plan.wanted(services, NOON)[0], slot=202100 + number)
        )
        services.store.intake.add_post(
            occurrence, 1, state, int(NOON.timestamp()), int(NOON.timestamp()) + 3600
        )
        ids.append(f"{occurrence}-1-0")
    return ids


def send(services, now=NOON):
    async def go():
        dispatcher = Dispatcher(services, "telegram", now)
        moment = now
        for _ in range(10):
            again = await dispatcher.step(moment)
            moment += timedelta(seconds=1)
            if again is None:
                break
        await dispatcher.close(moment)

    asyncio.run(go())


# the list


def test_each_delivery_has_exactly_the_keys_of_the_contract(command, operator):
    code, out, _ = command("outbox", "--json", "--config", operator)
    rows = json.loads(out)
    assert code == 0
    assert [list(row) for row in rows] == [KEYS, KEYS]
    assert {
        row["channel"]: (row["state"], row["network"], row["recipient"], row["text"])
        for row in rows
    } == {
        "board": ("awaiting_approval", "dry", None, "Today we plant trees. #Trees"),
        "chat": ("planned", "telegram", None, "Today we plant trees. #Trees"),
    }
    assert all(
        row["due"].endswith("T09:00:00Z") and row["audience"] == "individual" for row in rows
    )


def test_only_the_wanted_state_is_listed(command, operator):
    assert [
        row["state"] for row in json.loads(command("outbox", "--state", "planned", "--json")[1])
    ] == ["planned"]
    assert json.loads(command("outbox", "--state", "sent", "--json")[1]) == []
    code, _, err = command("outbox", "--state", "lost")
    assert (code, "awaiting_approval" in err) == (2, True)


def test_the_list_makes_no_database(command, tmp_path):
    code, _, err = command("outbox", "--db", "nowhere.db")
    assert (code, "there is no database yet" in err) == (1, True)
    assert not (tmp_path / "nowhere.db").exists()


def test_people_get_a_line_per_delivery(command, operator):
    code, out, _ = command("outbox")
    assert (code, len(out.splitlines())) == (0, 3)
    assert out.splitlines()[0].split()[:4] == ["id", "due", "state", "action"]
    assert "Today we plant trees. #Trees" in out


def test_a_text_that_cant_be_made_is_null_with_its_reason(make):
    services = make(
        house.campaign(house.action(post=True)),
        texts={"deed": "{% block post %}{{ nonsense }}{% endblock %}"},
    )
    put(services, State.PLANNED)
    [item] = items(services)
    assert item.text is None
    assert item.error is not None
    assert "deed.j2" in item.error


def test_what_was_approved_is_shown_and_not_what_would_be_rendered_now(command, operator):
    with live(operator) as services:
        [waiting] = [item.id for item in items(services, State.AWAITING_APPROVAL)]
    assert command("outbox", "approve", waiting)[0] == 0
    file = operator.parent / "pack" / "content" / "en" / "trees" / "tree-day.j2"
    file.write_text(file.read_text().replace("Today we plant", "Tomorrow we fell"))
    texts = {row["channel"]: row["text"] for row in json.loads(command("outbox", "--json")[1])}
    assert texts == {
        "board": "Today we plant trees. #Trees",
        "chat": "Tomorrow we fell trees. #Trees",
    }


def test_what_left_is_shown_as_it_left(make):
    services = make(house.campaign(house.action(post=True, nudge=False)))
    plan.run(services, NOON)
    send(services)
    (services.settings.roots[0] / "content" / "en" / "trees" / "deed.j2").write_text(
        "{% block post %}other #Tag{% endblock %}"
    )
    [item] = items(services)
    assert (item.state, item.text, item.receipt, item.attempts) == (
        "sent",
        "A post #Tag",
        "dry:1-1-0",
        1,
    )


@pytest.mark.sqlite
def test_nudges_are_rendered_once_per_group_and_read_page_by_page(make):
    services = make(house.campaign(house.action()))
    services.store.people.add([house.person(n) for n in range(2500)])
    plan.run(services, NOON)
    asked = []
    services.store.database._connection.set_trace_callback(asked.append)
    found = items(services)
    first = next(found)
    assert (first.recipient, first.text) == (1, "Hello from 2021")
    assert len([sql for sql in asked if "JOIN delivery" in sql]) == 1
    assert len(list(found)) == 2499
    assert len([sql for sql in asked if "JOIN delivery" in sql]) == 3


@pytest.mark.slow
def test_a_long_list_is_written_as_it_comes(command, operator):
    with live(operator) as services:
        chat = services.channel_ids["chat"]
        services.store.people.add([house.person(n, channel_id=chat) for n in range(1200)])
        plan.run(services, datetime.now(UTC) + timedelta(days=2))
    rows = json.loads(command("outbox", "--json")[1])
    assert len({row["id"] for row in rows}) == len(rows) == 1202
    out = command("outbox")[1]
    assert len(out.splitlines()) == 1203


def test_a_rehearsals_file_is_listed_and_cancelled_in(command, tmp_path):
    config = write_operator(tmp_path, at("2021-05-01").date())
    code, _, err = command(
        "rehearse",
        "--from",
        "2021-04-28",
        "--to",
        "2021-05-03",
        "--subscribers",
        "20",
        "--db",
        "play.db",
    )
    assert code == 0, err
    rows = json.loads(command("outbox", "--json", "--db", "play.db", "--config", config)[1])
    assert Counter(row["state"] for row in rows)["sent"] > 10
    code, _, err = command("outbox", "cancel", rows[0]["id"], "--db", "play.db")
    assert (code, "it is sent" in err) == (1, True)


# decisions


def test_an_id_that_cant_be_is_told_and_the_others_are_done(command, operator):
    rows = json.loads(command("outbox", "--json")[1])
    ids = [row["id"] for row in rows]
    code, out, err = command(
        "outbox", "cancel", "x", ids[0], "1-2", "999-1-0", ids[1], "1-1-" + "9" * 30
    )
    assert code == 1
    assert [line.split(":")[0] for line in out.splitlines()] == ids
    assert [line.split(":")[0] for line in err.splitlines()[-4:]] == [
        "x",
        "1-2",
        "999-1-0",
        "1-1-" + "9" * 30,
    ]
    assert "there is no such delivery" in err
    assert {row["state"] for row in json.loads(command("outbox", "--json")[1])} == {"cancelled"}


def test_approving_keeps_who_did_it_and_lets_the_post_go(command, operator, monkeypatch):
    monkeypatch.setenv("LOGNAME", "maria")
    [row] = json.loads(command("outbox", "--state", "awaiting_approval", "--json")[1])
    code, out, _ = command("outbox", "approve", row["id"])
    assert (code, "approved by maria" in out) == (0, True)
    with live(operator) as services:
        key = decisions.parse(row["id"])
        assert services.store.approvals.find(key.occurrence, key.channel).approved_by == "maria"
        assert state_of(services, row["id"]) is State.PLANNED
    code, _, err = command("outbox", "approve", row["id"])
    assert (code, "does not wait for approval: it is planned" in err) == (1, True)


def test_what_is_let_go_on_a_dry_channel_is_said_to_leave_nowhere(command, operator):
    [row] = json.loads(command("outbox", "--state", "awaiting_approval", "--json")[1])
    _, out, _ = command("outbox", "approve", row["id"])
    assert f"on {row['channel']} would go out at 20" in out
    assert f"but nothing leaves it: channel {row['channel']} is dry" in out
    with live(operator) as services:
        services.store.outbox.change(decisions.parse(row["id"]), [State.PLANNED], State.FAILED)
    _, out, _ = command("outbox", "release", row["id"])
    assert f"but nothing leaves it: channel {row['channel']} is dry" in out


def test_commands_work_while_a_sender_has_the_file(command, operator):
    with live(operator) as services:
        services.store.database.hold_sender_lock()
        ids = [item.id for item in items(services)]
        assert command("outbox", "cancel", *ids)[0] == 0
        assert {item.state for item in items(services)} == {"cancelled"}


def test_what_the_running_process_does_not_play_is_not_approved_beside_it(command, operator):
    [row] = json.loads(command("outbox", "--state", "awaiting_approval", "--json")[1])
    with live(operator) as services:
        services.store.database.hold_sender_lock()
        reload.remember_playing(services.store, services.library.files.version, NOON)
        assert command("outbox")[2] == ""
        template = operator.parent / "pack" / "content" / "en" / "trees" / "tree-day.j2"
        text = template.read_text("utf-8")
        template.write_text(text.replace("Today we plant", "DRAFT"), "utf-8")
        code, _, err = command("outbox")
        assert (code, "as they are on the disk: the running drumbeat plays" in err) == (0, True)
        code, _, err = command("outbox", "approve", row["id"])
        assert (code, "not approved: the running drumbeat plays the files of" in err) == (1, True)
        assert "`drumbeat reload` lets it use those on the disk" in err
        assert state_of(services, row["id"]) is State.AWAITING_APPROVAL
        assert "as they are on the disk" in command("packs")[2]
        template.write_text(text, "utf-8")
        assert command("outbox", "approve", row["id"])[0] == 0
        assert state_of(services, row["id"]) is State.PLANNED


def test_where_nothing_runs_what_is_on_the_disk_is_approved(command, operator):
    [row] = json.loads(command("outbox", "--state", "awaiting_approval", "--json")[1])
    with live(operator) as services:
        reload.remember_playing(services.store, "another", NOON)
    code, out, err = command("outbox", "approve", row["id"])
    assert (code, "approved by" in out, err) == (0, True, "")


@pytest.mark.parametrize(
    "state", [State.PLANNED, State.AWAITING_APPROVAL, State.QUEUED, State.UNCERTAIN]
)
def test_what_has_not_certainly_left_can_be_cancelled(make, state):
    services = make(house.campaign(house.action(post=True)))
    [text] = put(services, state)
    services.store.alerts.open(read("approval", text, "look", {}), 1)
    [outcome] = decisions.each([text], lambda each: decisions.cancel(services, each, "ada", NOON))
    assert outcome.done
    assert state_of(services, text) is State.CANCELLED
    assert services.store.listing.entry(decisions.parse(text)).error == "cancelled by ada"
    assert services.store.alerts.current() == []


@pytest.mark.parametrize(
    "state", [State.SENDING, State.SENT, State.FAILED, State.SKIPPED, State.CANCELLED]
)
def test_what_is_over_or_under_way_cant_be_cancelled(make, state):
    services = make(house.campaign(house.action(post=True)))
    [text] = put(services, state)
    [outcome] = decisions.each([text], lambda each: decisions.cancel(services, each, "ada", NOON))
    assert not outcome.done
    assert outcome.message.startswith("not cancelled: it is ")
    assert state_of(services, text) is state


@pytest.mark.parametrize("state", [State.UNCERTAIN, State.SKIPPED, State.FAILED])
def test_what_did_not_certainly_arrive_can_be_released_with_a_new_grace(make, state):
    services = make(house.campaign(house.action(post=True, grace=timedelta(hours=3))))
    [text] = put(services, state)
    later = NOON + timedelta(days=2)
    message = decisions.release(services, text, "ada", later)
    entry = services.store.listing.entry(decisions.parse(text))
    assert (entry.state, entry.due, entry.expires) == (
        State.QUEUED,
        int(later.timestamp()),
        int(later.timestamp()) + 3 * 3600,
    )
    assert "until 2021-05-03T12:00:00Z" in message
    assert ("twice" in message) is (state is State.UNCERTAIN)
    send(services, later)
    assert state_of(services, text) is State.SENT


@pytest.mark.parametrize(
    "state",
    [
        State.PLANNED,
        State.AWAITING_APPROVAL,
        State.QUEUED,
        State.SENDING,
        State.SENT,
        State.CANCELLED,
    ],
)
def test_what_goes_by_itself_or_is_over_cant_be_released(make, state):
    services = make(house.campaign(house.action(post=True)))
    [text] = put(services, state)
    [outcome] = decisions.each([text], lambda each: decisions.release(services, each, "ada", NOON))
    assert (outcome.done, state_of(services, text)) == (False, state)


def test_a_failed_post_that_is_released_counts_its_tries_anew(make):
    # else "duplicate" on the next try would be taken for the proof of an earlier one
    services = make(house.campaign(house.action(post=True)))
    [text] = put(services, State.QUEUED)
    [row] = services.store.outbox.claim(1, int(NOON.timestamp()), 1, services.store.holds.current())
    services.store.outbox.settle(
        [Result(row, State.FAILED, error="refused")], int(NOON.timestamp())
    )
    decisions.release(services, text, "ada", NOON)
    assert services.store.listing.entry(decisions.parse(text)).attempts == 0


def test_of_what_is_uncertain_a_person_can_say_that_it_is_there(command, operator):
    with live(operator) as services:
        post = next(item.id for item in items(services) if item.recipient is None)
        services.store.outbox.change(
            decisions.parse(post), [State.AWAITING_APPROVAL], State.UNCERTAIN
        )
        services.store.alerts.open(read("uncertain", "board", "look", {}), 1)
    code, out, err = command("outbox", "arrived", post, "9-9-9")
    assert (code, err) == (1, "9-9-9: there is no such delivery; `drumbeat outbox` lists all\n")
    assert out.startswith(f"{post}: sent: tree-day on board is there, says ")
    with live(operator) as services:
        entry = services.store.listing.entry(decisions.parse(post))
        assert (entry.state, entry.error.startswith("it is there, says ")) == (State.SENT, True)
        assert services.store.alerts.current() == []
    code, _, err = command("outbox", "arrived", post)
    assert (code, err) == (
        1,
        (
            f"{post}: not noted: it is sent; only of what is uncertain somebody has to say that it"
            " arrived\n"
        ),
    )


# retract


def take_back(services, *ids):
    async def go():
        return [await retract(services, text, "ada", NOON) for text in ids]

    return asyncio.run(go())


@pytest.mark.parametrize("state", [State.PLANNED, State.AWAITING_APPROVAL, State.QUEUED])
def test_retracting_stops_what_has_not_left(make, state):
    services = make(house.campaign(house.action(post=True)))
    [text] = put(services, state)
    [outcome] = take_back(services, text)
    assert (outcome.done, outcome.message) == (True, "stopped: deed on telegram had not left")
    assert state_of(services, text) is State.CANCELLED


def test_retracting_deletes_what_was_sent_with_its_receipt(make):
    services = make(house.campaign(house.action(post=True)))
    services.store.people.add([house.person()])
    plan.run(services, NOON)
    send(services)
    ids = [item.id for item in items(services)]
    assert {item.state for item in items(services)} == {"sent"}
    outcomes = take_back(services, *ids)
    assert [outcome.done for outcome in outcomes] == [True, True]
    assert not any(services.networks["telegram"].took(decisions.parse(text)) for text in ids)
    assert {(item.state, item.error) for item in items(services)} == {
        ("cancelled", "sent, then deleted from dry by ada")
    }
    # the next tick brings nothing back
    plan.run(services, NOON)
    send(services)
    assert {item.state for item in items(services)} == {"cancelled"}


def test_the_network_gets_the_address_of_a_nudge_and_none_for_a_post(make):
    services = make(house.campaign(house.action(post=True)))
    services.store.people.add([house.person()])
    plan.run(services, NOON)
    send(services)
    seen = []

    async def delete(receipt: Receipt, address):
        seen.append((receipt.id, address))

    services.networks["telegram"].delete = delete
    take_back(services, "1-1-0", "1-1-1")
    assert seen == [("dry:1-1-0", None), ("dry:1-1-1", "1001")]


def test_what_the_network_cant_delete_remains_and_says_so(make):
    services = make(house.campaign(house.action(post=True)))
    plan.run(services, NOON)
    send(services)

    async def delete(receipt, address):
        raise Refused("telegram: too old to be deleted; remove it by hand")

    services.networks["telegram"].delete = delete
    [outcome] = take_back(services, "1-1-0")
    assert (outcome.done, outcome.message) == (
        False,
        "remains: telegram: too old to be deleted; remove it by hand",
    )
    assert state_of(services, "1-1-0") is State.SENT


def test_what_is_being_sent_now_is_not_touched(make):
    services = make(house.campaign(house.action(post=True)))
    [text] = put(services, State.SENDING)
    [outcome] = take_back(services, text)
    assert (outcome.done, state_of(services, text)) == (False, State.SENDING)


def test_an_uncertain_one_is_looked_for_and_deleted(make):
    services = make(house.campaign(house.action(post=True)))
    plan.run(services, NOON)
    services.networks["telegram"].failures = lambda message, call: Unanswered("silence")
    send(services)
    assert state_of(services, "1-1-0") is State.UNCERTAIN
    [outcome] = take_back(services, "1-1-0")
    assert (outcome.done, "found and deleted" in outcome.message) == (True, True)
    assert not services.networks["telegram"].took(DeliveryKey(occurrence=1, channel=1, recipient=0))
    assert state_of(services, "1-1-0") is State.CANCELLED


def test_an_uncertain_one_that_is_not_there_is_stopped(make):
    services = make(house.campaign(house.action(post=True)))
    [text] = put(services, State.UNCERTAIN)
    [outcome] = take_back(services, text)
    assert (outcome.done, "not there" in outcome.message) == (True, True)
    assert state_of(services, text) is State.CANCELLED


def test_an_uncertain_one_on_a_network_that_cant_be_asked_remains(make):
    services = make(house.campaign(house.action(post=True)))
    [text] = put(services, State.UNCERTAIN)
    services.networks["telegram"].FINDS = False
    [outcome] = take_back(services, text)
    assert (outcome.done, state_of(services, text)) == (False, State.UNCERTAIN)
    assert f"`drumbeat outbox cancel {text}`" in outcome.message


def test_a_dry_channel_cant_delete_what_is_out(make):
    services = make(house.campaign(house.action(post=True)))
    plan.run(services, NOON)
    send(services)
    [outcome] = take_back(
        replace(services, dry={"telegram": "channel telegram is dry: TOKEN not set"}), "1-1-0"
    )
    assert (outcome.done, "TOKEN not set" in outcome.message) == (False, True)


def test_the_retract_command_tells_what_was_done_and_what_not(command, operator):
    rows = json.loads(command("outbox", "--json")[1])
    code, out, err = command("outbox", "retract", rows[0]["id"], "7-7-7")
    assert (code, out) == (
        1,
        f"{rows[0]['id']}: stopped: tree-day on {rows[0]['channel']} had not left\n",
    )
    assert err.splitlines()[-1] == "7-7-7: there is no such delivery; `drumbeat outbox` lists all"


def test_an_unapproved_uncertain_post_is_looked_for_all_the_same(make):
    # as a restore leaves it: it may have been approved after the backup
    services = make(house.campaign(house.action(post=True)), channels=(house.channel(review=True),))
    [gone, there] = put(services, State.UNCERTAIN, State.UNCERTAIN)
    key = decisions.parse(there)
    services.networks["telegram"]._seen[key.occurrence, 1] = bytearray(b"\x01")
    asyncio.run(lookup.run(services, NOON))
    assert (state_of(services, there), state_of(services, gone)) == (State.SENT, State.QUEUED)
    assert services.store.alerts.current() == []


def test_the_store_of_a_listing_cant_be_written(operator):
    store = Store(operator.parent / "drumbeat.db", readonly=True)
    with pytest.raises(Exception, match=r"read-?only"):
        store.meta.put("a", "b")
    store.close()


def test_an_empty_list_says_what_is_not_there_and_where_to_look(command, operator):
    code, out, err = command("outbox", "--state", "sent")
    assert (code, err) == (0, "")
    assert out == "nothing is sent; `drumbeat plan` shows what comes\n"
