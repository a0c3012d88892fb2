"""Pledges through the entry of the chat: groups and their admins, what nobody may do for another, and anything
at any moment.
"""

import asyncio
import json
import logging
import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import house
import pytest
from bot_chat import got, running, until
from fakes.bot_api import BotApi

from bot.chat.entry import ChatEntry
from bot.chat.messages import Arrival
from bot.config import Chat as ChatSettings
from bot.config import Privacy, Safeguarding
from bot.conversation.words import Command, Media, Text, bind
from bot.jobs.pledges import moderation
from bot.library import Library
from bot.model import Audience, Secret
from bot.model.person import Status
from bot.model.pledge import NewPledge, PledgeState
from bot.networks.telegram.network import Network
from bot.render import Renderer

pytestmark = pytest.mark.slow

NOON = datetime(2021, 3, 3, 12, tzinfo=UTC)
MOMENT = int(NOON.timestamp())
GROUP = "-500"


@pytest.fixture
def services(tmp_path, library):
    yield from _services(tmp_path, library, house.channel("telegram", network="telegram"))


def _services(folder, found: Library, channel):
    made = house.services(folder, channels=(channel,), quiet=house.NIGHT)
    settings = replace(
        made.settings,
        privacy=Privacy(
            controller="The office", contact="office@example.org", retention=365, url=None
        ),
        safeguarding=Safeguarding(name="Ana", contact=77, retention=30),
        chat=ChatSettings(staff=(99,)),
    )
    active = (found.campaigns["endchildlabour2021"],)
    yield replace(
        made,
        library=found,
        active=active,
        renderer=Renderer(found.files, found.campaigns),
        settings=settings,
    )
    made.store.close()


def pledge_of(services, number=7, state=PledgeState.SUBMITTED):
    """A person with an organisation's pledge; gives (person, pledge)."""
    store, channel = services.store, services.channel_ids["telegram"]
    store.people.add(
        [
            replace(
                house.person(
                    audience=Audience.ORGANIZATION, minute=600, zone="Europe/Paris", pledge=True
                ),
                address=str(number),
                channel=channel,
            )
        ]
    )
    person = store.people.find(channel, str(number))
    new = NewPledge(
        campaign="endchildlabour2021",
        audience=Audience.ORGANIZATION,
        stakeholder="company",
        organisation="ACME",
        country=None,
        language="en",
        answers={
            "name": "Train 40 teachers",
            "how": "By courses",
            "contribution": "It helps",
            "communicate": "With posts",
        },
    )
    pledge = store.pledges.begin(new, f"person {person}", MOMENT)
    store.editors.add(pledge, person, MOMENT)
    if state is not PledgeState.DRAFT:
        store.pledges.move(pledge, PledgeState.SUBMITTED, f"person {person}", MOMENT)
    return person, pledge


class Chats:
    """Several chats before one entry."""

    def __init__(self, services):
        self.entry = ChatEntry(lambda: services, "telegram", bot="drum_bot")
        self.shown = []

    def arrive(
        self, event=None, *, user="7", chat=None, admin=False, data=None, message=None, now=NOON
    ):
        address = chat or user
        arrival = Arrival(
            address=address,
            user=user,
            event=event,
            private=not address.startswith("-"),
            admin=admin,
            data=data,
            callback="1" if data else None,
            message=message,
        )
        [out] = self.entry.handle([arrival], now)
        self.shown += [one for one in out if one.callback is None]
        return "\n".join(one.text for one in out)

    def press(self, label, *, user="7", chat=None, admin=False, now=NOON):
        mine = [one for one in self.shown if one.address == (chat or user)]
        data = next(
            b.data
            for one in reversed(mine)
            for row in one.keyboard
            for b in row
            if b.label == label
        )
        return self.arrive(user=user, chat=chat, admin=admin, data=data, now=now)


def test_an_admin_brings_the_group_in_and_only_admins_change_settings(services):
    person, pledge = pledge_of(services)
    chats = Chats(services)
    chats.arrive(Command(name="pledge"))
    chats.press("Editors")
    link = chats.press("Into a group").split("startgroup=")[1].split()[0]
    assert "only its admins" in chats.arrive(
        Command(name="start", argument=link), user="8", chat=GROUP
    )
    assert services.store.subscribers.find(1, GROUP) is None, (
        "nothing is kept of a group whose admin has not agreed"
    )
    assert "The monthly steps come here too" in chats.arrive(
        Command(name="start", argument=link), chat=GROUP, admin=True
    )
    group = services.store.subscribers.find(1, GROUP)
    assert (group.audience, group.zone, group.minute, group.pledge) == (
        Audience.ORGANIZATION,
        "Europe/Paris",
        600,
        True,
    )
    assert services.store.editors.focal(pledge) == person
    assert "was used already" in chats.arrive(
        Command(name="start", argument=link), chat="-600", admin=True
    )
    assert services.store.subscribers.find(1, "-600") is None

    for command in ("settings", "pause", "resume", "stop"):
        assert "only its admins" in chats.arrive(Command(name=command), user="8", chat=GROUP)
    assert "What would you like to change" in chats.arrive(
        Command(name="settings"), chat=GROUP, admin=True
    )
    assert "only its admins" in chats.press("Hour", user="8", chat=GROUP)
    assert "At what time" in chats.press("Hour", chat=GROUP, admin=True)
    assert services.store.subscribers.find(1, GROUP).minute == 600

    chats.arrive(chat=GROUP, admin=True, data="settings:place~-dw")
    assert "only its admins" in chats.arrive(Text(text="Nairobi"), user="8", chat=GROUP)
    assert services.store.subscribers.find(1, GROUP).zone == "Europe/Paris"
    assert "child" in chats.arrive(Text(text="a child is in danger"), user="8", chat=GROUP)
    assert "Nairobi" in chats.arrive(Text(text="Nairobi"), user="7", chat=GROUP, admin=True)

    chats.press("Editors")
    chats.press("→ 2")
    chats.press("Yes, hand over")
    assert services.store.editors.focal(pledge) == group.id


def test_a_group_reports_a_milestone_by_a_reply(services):
    _, pledge = pledge_of(services)
    chats = Chats(services)
    token = services.store.editors.invite(pledge, services.store.editors.focal(pledge), MOMENT)
    chats.arrive(Command(name="start", argument=f"e-{token}"), chat=GROUP, admin=True)
    chats.arrive(Command(name="journey"), user="8", chat=GROUP)
    chats.press("1", user="8", chat=GROUP)
    assert "Reply to this message with its link" in chats.press("Done", user="8", chat=GROUP)
    said = chats.arrive(Text(text="https://acme.example/film"), user="8", chat=GROUP)
    assert "is done" in said
    assert "acme.example" not in said
    [report] = services.store.journeys.reports(pledge)
    assert report.link == "https://acme.example/film"


def test_a_letter_asks_nobody_for_their_name_in_a_group(services, library):
    chats = Chats(replace(services, active=(library.campaigns["endchildlabour"],)))
    person, april = house.person(), datetime(2027, 4, 21, 12, tzinfo=UTC)
    services.store.people.add([replace(person, address=each) for each in ("7", GROUP)])
    chats.arrive(Command(name="today"), now=april)
    keys = [key for one in chats.shown for row in one.keyboard for key in row]
    data = next(key.data for key in keys if key.label == "Write the letter")
    assert "only between the two of us" in chats.arrive(
        chat=GROUP, data=bind(data.partition("~")[0], GROUP), now=april
    )
    assert "Which name" not in chats.arrive(Text(text="Quilla"), chat=GROUP, now=april)
    assert "a sentence of your own" in chats.press("Write the letter", now=april)


def test_nobody_acts_on_a_pledge_of_others(services):
    _, pledge = pledge_of(services)
    channel = services.channel_ids["telegram"]
    services.store.people.add([replace(house.person(), address="8", channel=channel)])
    before = services.store.database.rows("SELECT * FROM pledge")
    chats = Chats(services)
    topics = {
        "pledge": ["card", "history"],
        "pledge_form": [
            "go_on",
            "back",
            "later",
            "accounts",
            "none",
            "preview",
            "change",
            "document",
            "submit",
        ],
        "pledge_team": ["open", "invite", "hand", "take", "leave"],
        "pledge_end": ["ask", "yes"],
        "journey_year": ["open", "past", "show"],
        "journey_still": ["open", "until", "sure", "pause"],
        "journey_survey": ["open"],
        "scale_up": ["open", "pass", "back", "later", "change"],
        "pledges": ["open", "show", "approve", "publish", "reject", "verify", "invite", "appoint"],
    }
    for topic, acts in topics.items():
        for act in acts:
            said = chats.arrive(user="8", data=f"{topic}:{act}:{pledge}:1:yes~8")
            assert "ACME" not in said, (topic, act)
            assert "teachers" not in said, (topic, act)
    for state in (
        {"topic": "pledge_form", "step": "answer"},
        {"topic": "scale_up", "step": "answer"},
        {"topic": "pledges", "step": "reason"},
        {"topic": "journey_still", "step": "until"},
    ):
        services.store.conversations.keep(
            channel,
            "8",
            str({**state, "data": {"pledge": pledge, "about": [str(pledge)], "mark": ""}}).replace(
                "'", '"'
            ),
            MOMENT,
        )
        chats.arrive(Text(text="15 August 2021"), user="8")
    assert services.store.database.rows("SELECT * FROM pledge") == before


def test_who_gets_news_only_is_no_focal_point_before_the_steps_come_to_them(services):
    (focal, pledge), chats = pledge_of(services), Chats(services)
    other, _ = pledge_of(services, number=8)
    services.store.editors.add(pledge, other, MOMENT)
    services.store.people.mark([other], Status.PAUSED)
    assert "news only" in chats.arrive(data=f"pledge_team:open:{pledge}~7")
    for sure in ("", ":yes"):
        said = chats.arrive(data=f"pledge_team:hand:{pledge}:{other}{sure}~7")
        assert "They get news only" in said
    open_ = f"journey_still:open:{pledge}~8"
    assert "the monthly steps don’t" in chats.arrive(user="8", data=open_)
    services.store.people.mark([focal], Status.BLOCKED)
    take = f"pledge_team:take:{pledge}~8"
    assert "You get news only" in chats.arrive(user="8", data=take)
    assert services.store.editors.focal(pledge) == focal
    services.store.people.mark([other], Status.ACTIVE)
    assert "You are now the focal point" in chats.arrive(user="8", data=take)
    assert services.store.editors.focal(pledge) == other


def test_only_an_admin_writes_until_when_a_group_pauses(services):
    _, pledge = pledge_of(services)
    chats = Chats(services)
    token = services.store.editors.invite(pledge, services.store.editors.focal(pledge), MOMENT)
    chats.arrive(Command(name="start", argument=f"e-{token}"), chat=GROUP, admin=True)
    asked = chats.arrive(user="7", chat=GROUP, admin=True, data=f"journey_still:pause:{pledge}~-dw")
    assert "reply to this message with a day" in asked
    assert "only its admins" in chats.arrive(Text(text="15 August 2021"), user="8", chat=GROUP)
    assert services.store.pledges.get(pledge).until is None
    assert "Paused until 15 August 2021" in chats.arrive(
        Text(text="15 August 2021"), chat=GROUP, admin=True
    )
    assert services.store.pledges.get(pledge).until == date(2021, 8, 15)
    assert services.store.conversations.state(1, GROUP) is None, "nothing is awaited any more"


def test_a_focal_point_who_blocked_us_cannot_be_handed_over_to(services):
    person, pledge = pledge_of(services)
    channel = services.channel_ids["telegram"]
    services.store.people.add([replace(house.person(), address="8", channel=channel)])
    mate = services.store.people.find(channel, "8")
    services.store.editors.add(pledge, mate, MOMENT)
    chats = Chats(services)
    chats.arrive(Command(name="pledge"))
    chats.press("Editors")
    chats.press("→ 2")
    services.store.people.mark([mate], Status.BLOCKED)
    chats.press("Yes, hand over")
    assert services.store.editors.focal(pledge) == person
    assert "2. since 3 March 2021, can’t be reached" in chats.press("Editors")
    assert "→ 2" not in [b.label for row in chats.shown[-1].keyboard for b in row]


def test_an_export_has_what_was_sent_back_and_why(services):
    person, pledge = pledge_of(services)
    moderation.decide(services, pledge, PledgeState.APPROVED, "staff 99", NOON)
    services.store.pledges.edit(pledge, {"how": "By better courses"}, f"person {person}", MOMENT)
    moderation.send_back(services, pledge, "staff 99", NOON, "Which courses?")
    chats = Chats(services)
    [[out]] = [
        chats.entry.handle([Arrival(address="7", user="7", event=Command(name="export"))], NOON)[0]
    ]
    [mine] = json.loads(out.document[1])["pledges"]
    assert (mine["focal_point"], mine["answers"]["how"]) == (True, "By courses")
    back = mine["history"][-1]
    assert (back["kind"], back["before"], back["reason"]) == (
        "returned",
        {"how": "By better courses"},
        "Which courses?",
    )
    assert "99" not in json.dumps(mine), "who of staff decided is nobody's but theirs"


def test_five_edit_and_no_more(services):
    person, pledge = pledge_of(services)
    chats = Chats(services)
    for number in range(10, 15):
        services.store.people.add([replace(house.person(), address=str(number), channel=1)])
    tokens = [services.store.editors.invite(pledge, person, MOMENT) for _ in range(5)]
    said = [
        chats.arrive(Command(name="start", argument=f"e-{token}"), user=str(number))
        for number, token in zip(range(10, 15), tokens, strict=True)
    ]
    assert all("You can now edit" in one for one in said[:4])
    assert "five editors already" in said[4]
    chats.arrive(Command(name="pledge"))
    chats.press("Editors")
    labels = [b.label for row in chats.shown[-1].keyboard for b in row]
    assert "Invite somebody" not in labels
    late = Chats(services).arrive(
        Command(name="start", argument=f"e-{tokens[4]}"), user="14", now=NOON + timedelta(days=15)
    )
    assert "too old" in late


@pytest.mark.parametrize("seed", range(6))
def test_anything_at_any_moment_gets_an_answer(services, seed, caplog):
    """People press what is on their screens, old buttons too, and write what they like.

    Nothing fails and nobody is met with silence.
    """
    caplog.set_level(logging.ERROR)
    chance = random.Random(seed)
    pledge_of(services, state=PledgeState.DRAFT)
    chats, now = Chats(services), NOON
    texts = [
        "https://a.example/b",
        "X: @acme",
        "x" * 4096,
        "🎉",
        "word " * 21,
        "An answer of some words",
        "<b>&</b>",
        "{{ 1 }}",
        " ",
        "مرحبا",
    ]
    commands = [
        "pledge",
        "journey",
        "scaleup",
        "pledges",
        "today",
        "help",
        "cancel",
        "danger",
        "pause",
        "resume",
        "start",
        "settings",
    ]
    for _ in range(250):
        user = chance.choice(["7", "7", "7", "8", "99"])
        now += timedelta(hours=chance.choice([1, 5, 30]))
        screen = [
            b.data
            for one in chats.shown[-12:]
            if one.address == user
            for row in one.keyboard
            for b in row
            if b.data
        ]
        match chance.randrange(6):
            case 0:
                said = chats.arrive(Text(text=chance.choice(texts)), user=user, now=now)
            case 1:
                said = chats.arrive(Command(name=chance.choice(commands)), user=user, now=now)
            case 2:
                said = chats.arrive(Media(kind="photo"), user=user, now=now)
            case _ if screen:
                chats.arrive(user=user, data=chance.choice(screen), message=1, now=now)
                continue
            case _:
                continue
        assert said.strip()
    assert not caplog.records, caplog.text


@pytest.fixture
async def fake():
    async with BotApi() as fake:
        yield fake


async def test_telegram_is_asked_who_is_an_admin_of_the_group(fake, tmp_path, library):
    channel = replace(house.channel("telegram", network="telegram"), base_url=fake.url)
    for plain in _services(tmp_path, library, channel):
        services = replace(
            plain,
            networks={"telegram": Network(channel, {"token": Secret(fake.secrets["token"])})},
        )
        person, pledge = pledge_of(services)
        token = services.store.editors.invite(pledge, person, MOMENT)
        fake.chats[GROUP] = {"id": -500, "type": "group", "title": "Us"}
        fake.admins.add((-500, 7))
        async with running(services, NOON):
            fake.says(8, f"/start@drum_bot e-{token}", chat=-500)
            await got(fake, -500, "only its admins")
            fake.says(7, f"/start@drum_bot e-{token}", chat=-500)
            await got(fake, -500, "The monthly steps come here too")
            fake.says(8, "we talk among ourselves", chat=-500)
            fake.says(8, "/settings@drum_bot", chat=-500)
            await until(
                lambda: sum("only its admins" in (m.get("text") or "") for m in fake.to(-500)) == 2
            )
            await asyncio.sleep(0.05)
        assert len(fake.to(-500)) == 3
        await services.networks["telegram"].close()
