"""Announcements at the desk: read as they go out, sent by a second press, and once."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import house
import pytest

from bot.jobs.broadcasts import announcements
from bot.jobs.sending.dispatch.allowance import accounts
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.model import Audience, State
from bot.model.makers import Group
from bot.model.pledge import NewPledge
from bot.model.staff import ANNOUNCEMENT, MACHINE, StaffRole
from bot.networks.dry.network import Network as Dry
from bot.networks.telegram.network import Network as Telegram
from bot.rules.alerts import TextHeld
from bot.times import from_epoch
from tests.web.desk.conftest import NOW

PATH = "/desk/announce"
TEXT = "We meet <b>\non Monday."
GROUPS = ("company", "union")
CHOICES = ("individual", "fr")
FIELDS = {"text": TEXT.replace("\n", "\r\n"), "audience": "", "language": "", "country": ""}


@pytest.fixture
def services(tmp_path, with_staff):
    """Two people of Telegram, one of them in Peru, one with letters, and a room."""
    letters = (("mail", "apprise"), ("room", "rooms"))
    made = house.services(
        tmp_path,
        house.campaign(house.action("deed", post=True)),
        channels=(
            house.channel("telegram"),
            *(house.channel(name, network=network, posts=False) for name, network in letters),
        ),
    )
    networks = {"telegram": Dry(made.settings.channels["telegram"], {}, limits=Telegram.LIMITS)}
    made = replace(with_staff(made), dry={}, networks={**made.networks, **networks})
    ids = made.channel_ids
    made.store.people.add(
        [
            house.person(1),
            house.person(2, country="PE"),
            house.person(3, audience=Audience.ORGANIZATION, channel_id=ids["mail"]),
            house.person(4, audience=Audience.ORGANIZATION, channel_id=ids["room"]),
        ]
    )
    yield made
    made.store.close()


def announced(services):
    return services.store.oneoffs.texts(ANNOUNCEMENT, 10)


def shown(told, **changed):
    """What the page of a preview sends, with what is changed of it."""
    hidden = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', told.text)
    fields = {name: unescape(value) for name, value in hidden if name != "token"}
    return {**fields, **changed}


@pytest.mark.parametrize("role", list(StaffRole))
async def test_who_approves_writes_to_subscribers_and_nobody_else(services, desk, role):
    may = role in (StaffRole.APPROVER, StaffRole.ADMIN)
    async with desk(services) as sit:
        seat = await sit(role.value)
        assert ((await seat.gets(PATH)).status, may) in ((200, True), (403, False))
        told = await seat.posts(PATH, {**FIELDS, "do": "preview"})
        assert ((told.status, may)) in ((200, True), (403, False))
        assert ('href="/desk/announce"' in (await seat.gets("/desk/")).text) is may
    assert announced(services) == []


async def test_it_is_read_as_it_goes_out_and_sent_by_two_presses_once(services, desk):
    async with desk(services) as sit:
        seat = await sit("approver")
        told = await seat.posts(PATH, {**FIELDS, "do": "preview"})
        assert "People who get it: 4" in told.words
        assert "On telegram: 2 We meet <b> on Monday. On mail: 1" in told.words
        assert (
            "Stop these letters here: https://campaign.example/"
            in told.words.partition("On mail: 1 Subject:")[2]
        )
        assert "On room: 1 Subject: trees We meet <b> on Monday. This comes because" in told.words
        sure = await seat.posts(PATH, shown(told, do="send"))
        assert "What has left can’t be taken back." in sure.words
        assert announced(services) == []
        sent = await seat.posts(PATH, shown(sure, do="yes"))
        assert sent.where == f"{PATH}?done=announced"
        again = await seat.posts(PATH, shown(sure, do="yes"))
        assert again.status == 409
        assert "The very same text was announced before: 1 May 2021, 09:30" in again.words
    (deed,) = services.store.audit.read(verb="announcement.begun")
    assert (deed.object, deed.by) == ("1-2-3", services.team.called("approver").actor)
    assert [text for _, text in announced(services)] == [TEXT] * 3
    assert announcements.run(services) == 4
    async with desk(services) as sit:
        waves = await (await sit("reader")).gets("/desk/outbox/waves")
    assert waves.words.count("0 of 2 have left") == 1, "by Telegram"
    assert waves.words.count("0 of 1 have left") == 2, "a letter, and a room"


async def test_what_changed_after_the_preview_is_shown_again_before_it_leaves(services, desk):
    async with desk(services) as sit:
        seat = await sit("approver")
        told = await seat.posts(PATH, {**FIELDS, "do": "preview"})
        for changed in ({"text": "Another"}, {"country": "PE"}, {"mark": ""}):
            again = await seat.posts(PATH, shown(told, do="yes", **changed))
            assert again.status == 409
            assert "Read it once more." in again.words
            assert changed.get("text", "on Monday") in again.words
        assert announced(services) == []
        told = await seat.posts(PATH, shown(again, do="yes"))
        assert told.where == f"{PATH}?done=announced"
    assert services.store.oneoffs.get(1).country == ""
    assert from_epoch(services.store.oneoffs.get(1).at) == NOW


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"country": "Atlantis"}, "Nobody knows that country."),
        ({"country": "Kenya"}, "Nobody is left"),
        ({"language": "xx"}, "Choose once more whom it is for"),
        ({"audience": "all"}, "Choose once more whom it is for"),
        ({"text": "é" * 4_001}, "it has 4,001 characters, and 4,000 is the most"),
        ({"text": "🌱" * 3_000, "language": ""}, "Too long for telegram: there it counts 6,000"),
        ({"text": " "}, "There is no text."),
        ({"text": "\u200b\u2800\ufeff"}, "There is no text."),
    ],
)
async def test_nothing_of_a_form_is_lost_where_something_is_wrong(services, desk, wrong, said):
    filled = {**FIELDS, "audience": "individual", "language": "fr", "country": "Peru", **wrong}
    async with desk(services) as sit:
        seat = await sit("approver")
        told = await seat.posts(PATH, {**filled, "do": "yes"})
    assert (told.status, said in told.words) == (422, True), told.words
    text = unescape(re.search(r"<textarea[^>]*>\n(.*?)</textarea>", told.text, re.DOTALL)[1])
    assert text == filled["text"].replace("\r\n", "\n").strip()
    assert f'value="{filled["country"]}"' in told.text
    chosen = re.findall(
        r'value="(\w+)" selected', told.text.partition("<main")[2].partition("</main")[0]
    )
    assert chosen == [
        filled[name]
        for name in ("audience", "language")
        if wrong.get(name, filled[name]) in ("individual", "fr")
    ]
    assert announced(services) == []


async def test_a_campaign_that_is_gone_holds_its_letters_back_and_nothing_else(services, desk):
    async with desk(services) as sit:
        seat = await sit("approver")
        told = await seat.posts(PATH, {**FIELDS, "do": "preview"})
        await seat.posts(PATH, shown(told, do="yes"))
    assert announcements.run(services) == 4
    gone = replace(services, active=(), library=replace(services.library, campaigns={}))
    for account in accounts(gone):
        dispatcher = Dispatcher(gone, account, NOW)
        for second in range(3):
            await dispatcher.step(NOW + timedelta(seconds=second))
        await dispatcher.close(NOW)
    states = {(entry.channel, entry.state) for entry in gone.store.listing.entries()}
    assert states == {
        ("telegram", State.SENT),
        ("mail", State.QUEUED),
        ("room", State.QUEUED),
    }
    assert {alert.kind for alert in gone.store.alerts.current()} == {TextHeld.kind}


async def test_where_no_campaign_is_active_nothing_is_announced_in_nobodys_name(services, desk):
    async with desk(replace(services, active=())) as sit:
        seat = await sit("approver")
        told = await seat.posts(PATH, {**FIELDS, "do": "yes"})
    assert (told.status, "no campaign is active" in told.words) == (409, True)
    assert announced(services) == []


@pytest.mark.parametrize(
    ("there", "said"),
    [
        (("mail",), "where they hear from us: by e-mail. You"),
        (("mail", "room"), "where they hear from us: by e-mail and in chat rooms. You"),
        ((), "Nobody can be written to here"),
    ],
)
async def test_it_names_the_ways_that_there_are_and_no_other(services, desk, there, said):
    channels = {name: each for name, each in services.settings.channels.items() if name in there}
    settings = replace(services.settings, channels=channels)
    async with desk(replace(services, settings=settings)) as sit:
        told = await (await sit("approver")).gets(PATH)
        assert said in told.words
        assert "Telegram" not in told.words


async def test_it_is_for_the_stakeholder_groups_that_are_ticked(services, desk):
    makers = {each: Group(id=each, audience=Audience.ORGANIZATION, source="") for each in GROUPS}
    (trees,) = services.active
    grouped = replace(services, active=(replace(trees, groups=makers),))
    for person, group in ((2, "company"), (3, "union")):
        grouped.store.editors.add(grouped.store.pledges.begin(pledge(group), MACHINE, 1), person, 1)
    async with desk(grouped) as sit:
        seat = await sit("approver")
        form = await seat.gets(PATH)
        assert [f'name="group-{each}"' in form.text for each in (*GROUPS, "other")] == [
            True,
            True,
            False,
        ]
        told = await seat.posts(PATH, {**FIELDS, "group-union": "yes", "do": "preview"})
        assert "People who get it: 1 everybody · Only union" in told.words
        back = await seat.posts(PATH, shown(told, do="change"))
        assert re.findall(r'name="group-(\w+)" value="yes" checked', back.text) == ["union"]
        both = await seat.posts(PATH, shown(told, do="preview", **{"group-company": "yes"}))
        assert "People who get it: 2 everybody · Only company and union" in both.words
        other = await seat.posts(PATH, shown(told, do="yes", **{"group-company": "yes"}))
        assert (other.status, announced(services)) == (409, [])
        gone = await seat.posts(PATH, {**FIELDS, "group-other": "yes", "do": "preview"})
        assert (gone.status, "Choose once more whom it is for" in gone.words) == (422, True)
        await seat.posts(PATH, shown(both, do="yes"))
    assert announcements.run(services) == 2


def pledge(group):
    return NewPledge(
        campaign="trees",
        audience=Audience.ORGANIZATION,
        stakeholder=group,
        organisation="ACME",
        country=None,
        language="en",
        answers={},
    )
