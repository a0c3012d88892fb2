"""News of pledges: every editor hears of a decision once, in their language, wherever they are met;
in quiet hours and on dry channels as everything else.
"""

from dataclasses import replace
from datetime import timedelta

import house
import orchard
import pytest
from fakes.mail import post_office, text_of
from orchard import at

from bot.jobs.people import leaving
from bot.jobs.pledges import messages, moderation
from bot.jobs.texts import kinds, news, notes
from bot.jobs.texts.nudges import Nudges
from bot.model import DeliveryKey, State
from bot.model.person import Status
from bot.model.pledge import PledgeState
from bot.model.staff import Actor
from bot.model.subject import News

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


@pytest.fixture
def team(services):
    """A pledge with two editors in the chat, French and Spanish, and one by e-mail.

    Gives (pledge, in the chat, by e-mail).
    """
    chat = [
        orchard.add_chat(services, 1, language="fr"),
        orchard.add_chat(services, 2, language="es"),
    ]
    mail = orchard.add_contact(services, 3)
    return orchard.add_pledge(services, chat[0], chat[1], mail), chat, mail


def own(mail):
    """What a letter says between its greeting and who it comes from."""
    return text_of(mail).partition("Hello ACME,\n\n")[2].partition("\n\nThis letter comes")[0]


async def deliver(services, start="2021-01-20T12:00", end="2021-01-20T12:00"):
    await orchard.play(services, start, end)


def came(services):
    return [message.body.whole for message in services.networks["chat"].came]


async def test_a_decision_reaches_every_editor_once_and_in_their_language(services, office, team):
    pledge, _, _ = team
    moderation.decide(services, pledge, PledgeState.APPROVED, "staff anna", NOON)
    await deliver(services, end="2021-01-20T15:00")
    french, spanish = came(services)
    assert french.startswith("Votre promesse «\u202fPlant 40 trees\u202f» est approuvée.")
    assert spanish.startswith("El compromiso «Plant 40 trees» está aprobado.")
    [mail] = office.to("p3@acme.example")
    assert own(mail).startswith(
        "Your pledge “Plant 40 trees” is approved. Thank you! Staff will still check who you are"
    )
    assert f"{orchard.PUBLIC}/leave/" in text_of(mail)
    assert str(mail["List-Unsubscribe-Post"]) == "List-Unsubscribe=One-Click"
    assert "report" not in text_of(mail)
    assert [label.label for row in services.networks["chat"].came[0].buttons for label in row] == [
        "La promesse"
    ]


async def test_a_message_of_staff_reaches_every_editor_as_it_was_shown(services, office, team):
    pledge, _, _ = team
    words = "Shall we <b>talk</b>?\n\nWe are there on Monday."
    there = services.store.pledges.get(pledge)
    shown = messages.previews(services, there, words, NOON)
    assert messages.send(services, pledge, words, Actor.staff("9"), NOON) == 3
    await deliver(services, end="2021-01-20T15:00")
    [mail] = office.to("p3@acme.example")
    assert own(mail) == (
        f"Our team writes to you about your pledge “Plant 40 trees”:\n\n{words}\n\nTo answer,"
        " write to office@campaign.example."
    )
    [html] = [part for part in mail.walk() if part.get_content_type() == "text/html"]
    assert "<b>talk" not in html.get_content()
    french, spanish = came(services)
    assert spanish == (
        f"Un mensaje de nuestro equipo sobre el compromiso «Plant 40 trees»:\n\n{words}\n\nSe puede"
        " responder con /ask."
    )
    assert {each.text for each in shown} == {french, spanish, own(mail)}


async def test_each_door_makes_the_same_news(services, office, team):
    pledge, _, _ = team
    moderation.decide(services, pledge, PledgeState.REJECTED, "staff anna", NOON, "Which trees?")
    services.store.pledges.move(pledge, PledgeState.SUBMITTED, "person 1", int(NOON.timestamp()))
    moderation.verify(services, pledge, "email", "person 3", NOON, "ilo.org")
    moderation.decide(services, pledge, PledgeState.APPROVED, "staff anna", NOON)
    moderation.decide(services, pledge, PledgeState.PUBLISHED, "staff anna", NOON)
    services.store.pledges.edit(pledge, {"how": "With hands"}, "person 1", int(NOON.timestamp()))
    moderation.send_back(services, pledge, "staff anna", NOON, "With spades is better.")
    await deliver(services)
    told = [own(mail) for mail in office.to("p3@acme.example")]
    assert told == [
        (
            "Your pledge “Plant 40 trees” can’t be accepted as it is:\nWhich trees?\n\nPlease write"
            " to office@campaign.example and say how it should read."
        ),
        "It is confirmed who you are: your pledge “Plant 40 trees” can go public.",
        "Your pledge “Plant 40 trees” is approved. Thank you!",
        (
            "Your pledge “Plant 40 trees” is public. Thank you! Here everybody can read it and pass"
            f" it on:\nhttps://pages.example/en/trees/pledges/{pledge}"
        ),
        (
            "Your change of the pledge “Plant 40 trees” can’t be accepted as it is:\nWith spades is"
            " better.\n\nThe approved text stands, and what you wrote is in the history. To change"
            " it again, write to office@campaign.example."
        ),
    ]
    assert len(came(services)) == 10
    assert "/pledge" in came(services)[-1], "who is in the chat can change it there"
    assert services.store.pledges.get(pledge).answers["how"] == "With spades"


@pytest.mark.parametrize(
    ("status", "hears"),
    [
        (Status.ACTIVE, True),
        (Status.PAUSED, True),
        (Status.SILENT, True),
        (Status.STOPPED, False),
        (Status.BLOCKED, False),
        (Status.UNCONFIRMED, False),
    ],
)
async def test_who_paused_hears_what_becomes_of_their_pledge_and_who_left_does_not(
    services, team, status, hears
):
    pledge, (_, second), _ = team
    services.store.people.mark([second], status)
    assert (second in news.hearers(services, pledge)) is hears
    moderation.decide(services, pledge, PledgeState.APPROVED, "staff anna", NOON)
    await deliver(services)
    assert len(came(services)) == (2 if hears else 1)
    assert kinds.may_reach(News(1), status) is hears


async def test_who_gets_news_only_hears_as_focal_point_how_the_steps_come(services, team):
    pledge, (first, second), _ = team
    services.store.people.mark([second], Status.PAUSED)
    line = services.store.pledges.note(pledge, "handed-over", "staff anna", int(NOON.timestamp()))
    news.tell(services, line, NOON, [first, second])
    await deliver(services)
    [french, spanish] = sorted(came(services), key=lambda text: "punto" in text)
    assert french.endswith("rappels et questions vous parviennent.")
    assert "Por ahora solo recibes noticias" in spanish
    assert "/resume" in spanish


async def test_a_note_that_waits_is_not_said_to_who_stops_meanwhile(services, team):
    pledge, (_, second), _ = team
    moderation.decide(services, pledge, PledgeState.APPROVED, "staff anna", NOON)
    services.store.people.mark([second], Status.STOPPED)
    await deliver(services)
    assert len(came(services)) == 1
    assert sorted(state for _, _, state in orchard.deliveries(services)) == [
        State.SENT,
        State.SENT,
        State.CANCELLED,
    ]


async def test_quiet_hours_hold_for_news(tmp_path, office):
    services = orchard.services(tmp_path, office, chat=True, quiet=house.NIGHT)
    pledge = orchard.add_pledge(services, orchard.add_chat(services, 1, zone="Asia/Kathmandu"))
    moderation.decide(services, pledge, PledgeState.APPROVED, "staff anna", at("2021-01-20T18:00"))
    await deliver(services, "2021-01-20T18:00", "2021-01-21T02:00")
    assert came(services) == []
    await deliver(services, "2021-01-21T02:15", "2021-01-21T02:20")
    assert len(came(services)) == 1
    services.store.close()


async def test_a_dry_channel_sends_no_news_and_says_so(tmp_path):
    services = orchard.services(tmp_path, chat=True, dry={"mail": "no web"})
    here, there = orchard.add_chat(services), orchard.add_contact(services)
    pledge = orchard.add_pledge(services, here, there)
    assert news.hearers(services, pledge) == [here]
    moderation.decide(services, pledge, PledgeState.APPROVED, "staff anna", NOON)
    await deliver(services)
    assert sorted((person, state) for _, person, state in orchard.deliveries(services)) == [
        (here, State.SENT),
        (there, State.SKIPPED),
    ]
    services.store.close()


async def test_news_are_no_nudge_of_the_day(services, team):
    """The prompt of the same day comes all the same."""
    pledge, _, _ = team
    moderation.decide(services, pledge, PledgeState.APPROVED, "staff anna", at("2021-02-03T08:00"))
    await deliver(services, "2021-02-03T08:00", "2021-02-03T10:00")
    assert [
        state for action, _, state in orchard.deliveries(services) if action == "prompt-february"
    ] == [State.SENT] * 3
    assert sum("Do the step of february." in text for text in came(services)) == 2
    nudges = Nudges(services, "telegram", services.channel_ids["chat"])
    [(note, other)] = services.store.database.rows(
        "SELECT (SELECT id FROM occurrence WHERE action LIKE 'told:%'), (SELECT id FROM occurrence"
        " WHERE action = 'prompt-february' AND audience = 2)"
    )
    assert note not in nudges._others(other, at("2021-02-03T09:00").timestamp())


async def test_a_deleted_pledge_has_no_news(services):
    person = orchard.add_chat(services)
    pledge = orchard.add_pledge(services, person)
    moderation.decide(services, pledge, PledgeState.APPROVED, "staff anna", NOON)
    services.store.pledges.delete(pledge)
    await deliver(services)
    assert [state for _, _, state in orchard.deliveries(services)] == [State.CANCELLED]
    assert services.store.alerts.current() == []


async def test_a_successor_hears_that_questions_come_to_them(services, office, team):
    pledge, (first, _), mail = team
    services.store.editors.hand_over(pledge, first, mail)
    leaving.leave(services, mail, NOON)
    await deliver(services)
    assert services.store.editors.focal(pledge) == first
    assert [one.startswith("Vous êtes désormais le point focal") for one in came(services)] == [
        True
    ]
    assert office.mails == []
    assert services.store.pledges.get(pledge).lost is None


async def test_forgetting_takes_the_news_along(services, team):
    pledge, (first, _), _ = team
    moderation.decide(services, pledge, PledgeState.APPROVED, "staff anna", NOON)
    channel = services.channel_ids["chat"]
    services.store.forgotten.forget_at(
        channel, "chat", services.store.people.address(first), int(NOON.timestamp())
    )
    await deliver(services)
    assert len(came(services)) == 1
    assert not any(person == first for _, person, _ in orchard.deliveries(services))


def test_news_are_told_once_however_often(services, team):
    pledge, (first, _), _ = team
    line = services.store.pledges.note(pledge, "approved", "staff anna", int(NOON.timestamp()))
    for _ in range(3):
        news.tell(services, line, NOON)
    assert services.store.database.value("SELECT count(*) FROM delivery") == 3
    news.tell(services, 999, NOON)
    occurrence = services.store.database.value("SELECT id FROM occurrence")
    key = DeliveryKey(occurrence=occurrence, channel=services.channel_ids["chat"], recipient=first)
    assert services.store.listing.entry(key).action == f"told:n{line}"


def test_news_of_a_channel_that_is_gone_make_no_row(services, team):
    pledge, _, mail = team
    left = replace(
        services,
        channel_ids={
            name: number for name, number in services.channel_ids.items() if name == "mail"
        },
    )
    moderation.decide(left, pledge, PledgeState.APPROVED, "staff anna", NOON)
    assert [person for _, person, _ in orchard.deliveries(services)] == [mail]


def test_only_decisions_of_staff_are_decided(services, team):
    with pytest.raises(ValueError, match="withdrawn"):
        moderation.decide(services, team[0], PledgeState.WITHDRAWN, "staff anna", NOON)


@pytest.mark.parametrize("hours", [1, 30])
async def test_news_are_late_after_a_week(services, team, hours):
    moderation.decide(services, team[0], PledgeState.APPROVED, "staff anna", NOON)
    late = NOON + notes.GRACE - timedelta(hours=2) + timedelta(hours=hours)
    await deliver(services, f"{late:%Y-%m-%dT%H:%M}", f"{late:%Y-%m-%dT%H:%M}")
    assert len(came(services)) == (2 if hours == 1 else 0)
