"""Pledges about which nobody can be asked: other editors hear of it first, then staff, once.

And nobody any more when somebody is back.
"""

from datetime import timedelta

import orchard
import pytest
from fakes.mail import post_office, text_of
from orchard import at

from bot.jobs.people import leaving
from bot.jobs.pledges import journeys, lost, moderation
from bot.jobs.texts import news
from bot.model import Audience, DeliveryKey, Occurrence, State
from bot.model.person import Status
from bot.model.pledge import JourneyState, PledgeState
from bot.rules.alerts import PledgeTask
from bot.rules.journey import Event

pytestmark = [
    pytest.mark.slow,  # letters to a mail server
    pytest.mark.filterwarnings("ignore:.*login_data:DeprecationWarning"),
]

NOON = at("2021-01-20T12:00")


@pytest.fixture
def office():
    with post_office() as running:
        yield running


@pytest.fixture
def services(tmp_path, office):
    made = orchard.services(tmp_path, office, chat=True)
    yield made
    made.store.close()


def came(services):
    return [message.body.whole for message in services.networks["chat"].came]


def tasks(services):
    return [
        (alert.subject, alert.detail["event"])
        for alert in services.store.alerts.current()
        if alert.kind == PledgeTask.kind
    ]


def stop(services, person):
    services.store.people.mark([person], Status.STOPPED)


def block(services, person):
    services.store.people.mark([person], Status.BLOCKED)


def forget(services, person):
    """As /forget does it in a chat."""
    channel = services.channel_ids["chat"]
    services.store.forgotten.forget_at(
        channel, "chat", services.store.people.address(person), int(NOON.timestamp())
    )


@pytest.mark.parametrize("gone", [stop, block, forget])
async def test_the_only_editor_is_gone_and_staff_know_at_once(services, gone):
    person = orchard.add_chat(services)
    pledge = orchard.add_pledge(services, person)
    assert lost.run(services, NOON) == 0
    gone(services, person)
    assert lost.run(services, NOON) == 1
    assert tasks(services) == [
        (f"pledge {pledge}: unreachable", "left" if gone is forget else "unreachable")
    ]
    [alert] = services.store.alerts.current()
    assert f"pledge {pledge} " in alert.text
    assert f"`drumbeat pledges report {pledge}` shows who it is" in alert.text
    assert [word for word in ("ACME", "Plant 40 trees", "1001") if word in alert.text] == []
    for days in range(1, 40):
        assert lost.run(services, NOON + timedelta(days=days)) == 0
    assert len(services.store.alerts.current()) == 1
    assert services.store.pledges.get(pledge).lost == int(NOON.timestamp())


async def test_what_is_taken_back_in_the_instant_before_is_not_told_of_as_lost(
    services, monkeypatch
):
    person = orchard.add_chat(services)
    pledge = orchard.add_pledge(services, person)
    stop(services, person)
    begin = services.store.transaction

    def taken_back_before():
        monkeypatch.undo()
        services.store.pledges.move(pledge, PledgeState.DRAFT, "person 1", 1)
        return begin()

    monkeypatch.setattr(services.store, "transaction", taken_back_before)
    assert lost.run(services, NOON) == 0
    assert services.store.pledges.get(pledge).state is PledgeState.DRAFT
    assert tasks(services) == []


async def test_so_it_is_when_an_editor_by_mail_unsubscribes(services, office):
    person = orchard.add_contact(services)
    pledge = orchard.add_pledge(services, person)
    leaving.leave(services, person, NOON)
    assert tasks(services) == [], "one job opens all of them"
    lost.run(services, NOON)
    assert tasks(services) == [(f"pledge {pledge}: unreachable", "left")]
    assert office.mails == []


async def test_other_editors_hear_of_it_first_and_staff_after_ten_days(services, office):
    focal, mate, mail = (
        orchard.add_chat(services, 1),
        orchard.add_chat(services, 2, language="fr"),
        orchard.add_contact(services, 3),
    )
    pledge = orchard.add_pledge(services, focal, mate, mail)
    block(services, focal)
    await orchard.play(services, "2021-01-20T12:00", "2021-01-20T12:00")
    [french] = came(services)
    assert french.startswith(
        "Le point focal de votre promesse «\u202fPlant 40 trees\u202f» n’est plus joignable"
    )
    assert french.endswith("prenez le relais.")
    [message] = services.networks["chat"].came
    assert [(b.label, b.data) for row in message.buttons for b in row] == [
        ("Prendre le relais", f"pledge_team:take:{pledge}"),
        ("La promesse", f"pledge:card:{pledge}"),
    ]
    assert "They can come to you: write to office@campaign.example." in text_of(
        office.to("p3@acme.example")[0]
    )
    assert tasks(services) == []
    lost.run(services, NOON + timedelta(days=10, seconds=-1))
    assert tasks(services) == []
    lost.run(services, NOON + timedelta(days=10))
    assert tasks(services) == [(f"pledge {pledge}: unreachable", "unreachable")]
    assert len(news.hearers(services, pledge)) == 2


async def test_when_the_last_who_could_take_over_goes_staff_know(services):
    focal, mate = orchard.add_chat(services, 1), orchard.add_chat(services, 2)
    orchard.add_pledge(services, focal, mate)
    block(services, focal)
    lost.run(services, NOON)
    assert tasks(services) == []
    stop(services, mate)
    lost.run(services, NOON + timedelta(days=1))
    assert len(tasks(services)) == 1


async def test_who_comes_back_closes_the_task_and_a_second_loss_is_another(services):
    person = orchard.add_chat(services)
    pledge = orchard.add_pledge(services, person)
    block(services, person)
    lost.run(services, NOON)
    services.store.people.mark([person], Status.ACTIVE)
    lost.run(services, NOON + timedelta(days=1))
    assert tasks(services) == []
    assert services.store.pledges.get(pledge).lost is None
    block(services, person)
    lost.run(services, NOON + timedelta(days=2))
    assert len(tasks(services)) == 1
    kinds = [line.kind for line in services.store.pledges.history(pledge)]
    assert kinds[-3:] == ["unreachable", "reachable", "unreachable"]


async def test_another_focal_point_closes_it_too(services):
    focal, mate = orchard.add_chat(services, 1), orchard.add_chat(services, 2)
    pledge = orchard.add_pledge(services, focal, mate)
    block(services, focal)
    lost.run(services, NOON)
    lost.run(services, NOON + timedelta(days=10))
    assert len(tasks(services)) == 1
    services.store.editors.take_over(pledge, mate)
    lost.run(services, NOON + timedelta(days=10, minutes=1))
    assert tasks(services) == []


async def test_who_was_attended_to_is_not_told_again(services):
    person = orchard.add_chat(services)
    pledge = orchard.add_pledge(services, person)
    block(services, person)
    lost.run(services, NOON)
    assert journeys.attended(services, pledge, "staff anna", NOON + timedelta(hours=1))
    lost.run(services, NOON + timedelta(hours=2))
    assert tasks(services) == []


@pytest.mark.parametrize("end", ["ended", "withdrawn"])
async def test_what_nobody_needs_to_be_asked_about_is_not_lost(services, end):
    person = orchard.add_chat(services)
    pledge = orchard.add_pledge(services, person)
    block(services, person)
    lost.run(services, NOON)
    if end == "ended":
        journeys.happened(services, pledge, Event.CANT_CONTINUE, "staff anna", NOON)
        journeys.attended(services, pledge, "staff anna", NOON)
    else:
        moderation.decide(services, pledge, PledgeState.APPROVED, "staff anna", NOON)
        services.store.pledges.move(
            pledge, PledgeState.WITHDRAWN, "staff anna", int(NOON.timestamp())
        )
    lost.run(services, NOON + timedelta(minutes=1))
    assert tasks(services) == []
    assert services.store.pledges.get(pledge).lost is None


async def test_an_individuals_pledge_is_their_own_business(services):
    person = orchard.add_chat(services)
    pledge = orchard.add_pledge(services, person)
    services.store.database.execute(
        "UPDATE pledge SET audience = :a", {"a": int(Audience.INDIVIDUAL)}
    )
    block(services, person)
    assert lost.run(services, NOON) == 0
    assert services.store.pledges.get(pledge).lost is None


@pytest.mark.slow
async def test_nobody_is_reminded_or_asked_who_cannot_hear_it(services):
    """Two prompts without an answer, and then they block us: no reminder, no question, and nobody
    says that they didn't answer it.
    """
    person = orchard.add_chat(services)
    pledge = orchard.add_pledge(services, person)
    await orchard.play(services, "2021-02-01", "2021-02-04", timedelta(hours=3))
    block(services, person)
    await orchard.play(services, "2021-02-04", "2021-06-10", timedelta(hours=12))
    assert [action for action, _, _ in orchard.deliveries(services)] == ["prompt-february"]
    assert services.store.pledges.get(pledge).journey is JourneyState.ACTIVE
    assert tasks(services) == [(f"pledge {pledge}: unreachable", "unreachable")]


async def test_a_pause_ends_on_its_day_all_the_same(services):
    person = orchard.add_chat(services)
    pledge = orchard.add_pledge(services, person)
    journeys.happened(
        services, pledge, Event.PAUSE, f"person {person}", NOON, at("2021-02-20").date()
    )
    block(services, person)
    journeys.run(services, at("2021-02-20T09:00"))
    assert services.store.pledges.get(pledge).journey is JourneyState.ACTIVE


async def test_a_message_that_is_refused_is_what_tells_us(services):
    """The whole road: the network says that they blocked us, the person is marked, and the pledge
    is lost.
    """
    person = orchard.add_chat(services)
    pledge = orchard.add_pledge(services, person)
    channel = services.channel_ids["chat"]
    occurrence = Occurrence(
        campaign="trees", action="prompt-may", audience=Audience.ORGANIZATION, slot=1, day=NOON.date(),
        grace=timedelta(days=7), nudge=True, post=False, named=False,
    )  # fmt: skip
    number = services.store.plan.add(occurrence)
    services.store.intake.add_note(
        number, channel, person, int(NOON.timestamp()), int(NOON.timestamp()) + 86_400
    )

    async def refuse(message):
        from bot.errors import Blocked

        raise Blocked("chat: bot was blocked by the user")

    services.networks["chat"].send = refuse
    await orchard.play(services, "2021-01-20T12:00", "2021-01-20T12:00")
    assert (
        services.store.listing.entry(
            DeliveryKey(occurrence=number, channel=channel, recipient=person)
        ).state
        is State.FAILED
    )
    lost.run(services, NOON + timedelta(minutes=1))
    assert tasks(services) == [(f"pledge {pledge}: unreachable", "unreachable")]
