"""What nobody knows whether it arrived, and what staff say of it in the chat: one effect, whoever
presses, and the alert closes by itself.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest
from member import Staff, labels
from tree import TOP

from bot.config import Chat
from bot.errors import Unanswered, UsageError
from bot.files.frozen import read_files
from bot.jobs.planning import plan
from bot.jobs.sending import decisions, lookup
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.model import State

NOW = datetime(2021, 5, 1, 9, 30, tzinfo=UTC)
MOMENT = int(NOW.timestamp())


@pytest.fixture
def services(tmp_path):
    """A post on two channels and three people, all of it sent into the void."""
    deed = house.action("deed", post=True, grace=timedelta(hours=12))
    made = house.services(
        tmp_path,
        house.campaign(deed),
        channels=(house.channel("telegram"), house.channel("x", nudges=False)),
    )
    services = replace(
        made,
        settings=replace(made.settings, chat=Chat(staff=(7, 8))),
        library=replace(made.library, files=read_files((*made.library.roots, TOP))),
    )
    services.store.people.add([house.person(n) for n in (1, 2, 3)])
    plan.run(services, NOW)
    yield services
    services.store.close()


async def lose(services, name):
    """Everything that is due leaves, and no answer comes."""

    async def send(message):
        raise Unanswered(f"{name}: no answer")

    services.networks[name].send = send
    await drain(services, name, NOW)


async def drain(services, name, now):
    dispatcher = Dispatcher(services, name, now)
    for second in range(30):
        if await dispatcher.step(now + timedelta(seconds=second)) is None:
            break
    await dispatcher.close(now)


def states(services, channel="telegram"):
    return {
        e.key.recipient: e.state for e in services.store.listing.entries() if e.channel == channel
    }


def errors(services, channel="telegram"):
    return {
        e.key.recipient: e.error for e in services.store.listing.entries() if e.channel == channel
    }


def alerts(services):
    return [(a.kind, a.subject) for a in services.store.alerts.current()]


async def test_posts_stand_one_by_one_and_people_together(services):
    for name in ("telegram", "x"):
        await lose(services, name)
    (listed,) = Staff(services).says("uncertain")
    lines = listed.text.splitlines()[1:]
    when = "Saturday, 1 May 2021, 09:00 (UTC)"
    assert lines == [
        f"1. T – telegram, {when}",
        f"2. T – x, {when}",
        f"3. T – telegram, {when}, to 3 people",
    ]
    assert labels(listed) == ["1", "2", "3"]


async def test_what_somebody_saw_counts_as_sent_and_is_noted_with_who_said_so(services):
    await lose(services, "x")
    assert alerts(services) == [("uncertain", "x")]
    (card,) = Staff(services).says("uncertain")
    assert "A post #Tag" in card.text
    assert labels(card) == ["It is there", "Send it", "Leave it"]
    (noted,) = [one for one in Staff(services).presses(card, "It is there") if one.text]
    assert "counts as sent" in noted.text
    assert (states(services, "x"), errors(services, "x")) == (
        {0: State.SENT},
        {0: "it is there, says staff 7"},
    )
    assert alerts(services) == []


async def test_sending_again_is_asked_once_and_says_that_it_may_be_there_twice(services):
    await lose(services, "x")
    one = Staff(services, language="fr")
    (card,) = one.says("uncertain")
    (asked,) = [said for said in one.presses(card, "L’envoyer") if said.text]
    assert "on le verra deux fois" in asked.text
    assert states(services, "x") == {0: State.UNCERTAIN}
    one.presses(asked, "Oui, envoyer")
    entry = next(e for e in services.store.listing.entries() if e.channel == "x")
    assert (entry.state, entry.due, entry.expires) == (State.QUEUED, MOMENT, MOMENT + 12 * 3600)
    assert entry.error == "uncertain before; released by staff 7"
    assert alerts(services) == []


async def test_a_no_brings_the_card_back(services):
    await lose(services, "x")
    one = Staff(services)
    (card,) = one.says("uncertain")
    (asked,) = [said for said in one.presses(card, "Send it") if said.text]
    (again,) = [said for said in one.presses(asked, "No") if said.text]
    assert (labels(again), states(services, "x")) == (labels(card), {0: State.UNCERTAIN})


async def test_what_is_left_is_given_up(services):
    await lose(services, "x")
    one = Staff(services)
    (card,) = one.says("uncertain")
    one.presses(card, "Leave it")
    assert (states(services, "x"), errors(services, "x")) == (
        {0: State.CANCELLED},
        {0: "cancelled by staff 7"},
    )


@pytest.mark.parametrize(
    ("label", "state", "words"),
    [("Yes, send it", State.QUEUED, "released"), ("Let it be", State.CANCELLED, "cancelled")],
)
async def test_all_who_were_meant_by_one_message_are_decided_together(
    services, label, state, words
):
    await lose(services, "telegram")
    one = Staff(services)
    (listed,) = one.says("uncertain")
    (card,) = [said for said in one.presses(listed, "2") if said.text]
    assert labels(card) == ["Send again", "Let it be"]
    assert "to 3 people" in card.text
    if label not in labels(card):
        (card,) = [said for said in one.presses(card, "Send again") if said.text]
        assert "gets it twice" in card.text
    one.presses(card, label)
    assert states(services) == {0: State.UNCERTAIN, 1: state, 2: state, 3: state}
    assert all(words in error for number, error in errors(services).items() if number)
    # the post is still to be looked at
    assert alerts(services) == [("uncertain", "telegram")]


async def test_what_goes_to_people_again_comes_once_more_and_no_oftener(services):
    await lose(services, "telegram")
    decisions.settle_many(services, 1, 1, "staff 7", NOW, send=True)
    took = []

    async def send(message):
        took.append(message.address)
        raise Unanswered("again no answer")

    services.networks["telegram"].send = send
    for minutes in (1, 2):
        await drain(services, "telegram", NOW + timedelta(minutes=minutes))
    assert sorted(took) == ["1001", "1002", "1003"]


async def test_two_who_press_have_one_effect_and_the_second_gets_a_friendly_word(services):
    await lose(services, "x")
    one, other = Staff(services, "7"), Staff(services, "8", "es")
    (mine,), (theirs,) = one.says("uncertain"), other.says("uncertain")
    (asked,) = [said for said in other.presses(theirs, "Enviarla") if said.text]
    one.presses(mine, "It is there")
    (late,) = other.presses(asked, "Sí, enviar")
    assert (late.callback, late.text) == ("1", "Eso ya está decidido.")
    (late,) = other.presses(theirs, "Dejarla así")
    assert late.text == "Eso ya está decidido."
    assert (states(services, "x"), errors(services, "x")) == (
        {0: State.SENT},
        {0: "it is there, says staff 7"},
    )


async def test_a_network_that_can_be_asked_says_so_on_the_card_and_an_account_is_linked(services):
    await lose(services, "x")
    services.networks["x"].REPEATABLE = True
    channels = services.settings.channels
    known = {**channels, "x": replace(channels["x"], network="telegram", target="@our_channel")}
    services = replace(services, settings=replace(services.settings, channels=known))
    (card,) = Staff(services).says("uncertain")
    assert "I ask the network about it myself" in card.text
    assert card.keyboard[0][0].url == "https://t.me/our_channel"


async def test_the_alert_is_closed_by_the_look_up_when_another_door_decided(services):
    await lose(services, "x")
    services.store.outbox.change(
        services.store.posts.uncertain()[0].key, [State.UNCERTAIN], State.SENT
    )
    assert alerts(services) == [("uncertain", "x")]
    await lookup.run(services, NOW)
    assert alerts(services) == []


async def test_to_look_for_what_has_no_text_any_more_calls_nobody(services):
    await lose(services, "x")
    services = replace(services, library=replace(services.library, campaigns={}))
    for _ in range(2):
        await lookup.run(services, NOW)
        assert alerts(services) == [("uncertain", "x")]
    assert states(services, "x") == {0: State.UNCERTAIN}


async def test_nobody_else_can_decide(services):
    await lose(services, "x")
    stranger = Staff(services, "9")
    assert "don’t know that command" in stranger.says("uncertain")[0].text
    (card,) = Staff(services).says("uncertain")
    data = card.keyboard[0][0].data.replace("~7", "~9")
    (said,) = stranger._turn(data=data, callback="1", message=1)
    assert "old one" in said.text
    assert states(services, "x") == {0: State.UNCERTAIN}


def test_only_of_what_is_uncertain_it_can_be_said_that_it_arrived(services):
    with pytest.raises(UsageError, match="not noted: it is queued; only of what is uncertain"):
        decisions.arrived(services, "1-2-0", "ada", NOW)
    assert states(services, "x") == {0: State.QUEUED}
