"""What staff are told and what they write, below the chat: sheets, alerts, tokens, edits, one-off
posts, announcements.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest
from tree import languages

from bot.config import Chat
from bot.errors import TryLater, UsageError
from bot.files.frozen import read_files
from bot.jobs.broadcasts import announcements, sweeps
from bot.jobs.planning import plan
from bot.jobs.sending import approve, outbox
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.staff import posting, sheet, staff
from bot.jobs.staff.strayed import strayed
from bot.library import shipped_root
from bot.model import Audience, DeliveryKey, Receipt, State
from bot.model.outbox import Scope
from bot.model.outbox.broadcasts import SweepKind
from bot.model.staff import Actor, Whom
from bot.render.chat import ChatTexts
from bot.rules.alerts import read

START = datetime(2021, 4, 29, 10, tzinfo=UTC)
NINE = datetime(2021, 5, 1, 9, tzinfo=UTC)
SEVEN, EIGHT = Actor.staff("7"), Actor.staff("8")


@pytest.fixture
def services(tmp_path):
    made = house.services(
        tmp_path,
        house.campaign(house.action("deed", observance="tree-day", post=True)),
        channels=(house.channel("telegram", review=True), house.channel("other", nudges=False)),
    )
    services = replace(made, settings=replace(made.settings, chat=Chat(staff=(7, 8))))
    plan.run(services, START)
    yield services
    services.store.close()


def told(services, address="7"):
    return [notice for notice in services.store.notices.waiting() if notice.address == address]


def texts(services):
    return {item.channel: item.text for item in outbox.items(services) if item.recipient is None}


def key_of(services, channel="telegram", action="deed"):
    return next(
        e.key
        for e in services.store.listing.entries()
        if e.channel == channel and e.action == action and e.key.recipient == 0
    )


async def send_all(services, now, name="telegram"):
    plan.run(services, now)
    dispatcher = Dispatcher(services, name, now)
    for second in range(30):
        if await dispatcher.step(now + timedelta(seconds=second)) is None:
            break
    await dispatcher.close(now)


# what they are told


async def test_the_sheet_comes_once_to_each_a_day_before_the_first_zone(services):
    services.store.people.add(
        [house.person(1), house.person(2), house.person(3, audience=Audience.COUNTRY)]
    )
    services.store.meta.put("probe telegram", '{"found": "ok"}')
    services.store.meta.put("probe other", '{"found": "401: revoked"}')
    await staff.run(services, START - timedelta(minutes=1))
    assert [n.template for n in told(services)] == ["staff.daily"]
    await staff.run(services, START)
    await staff.run(services, START + timedelta(minutes=5))
    (found,) = [n for n in told(services) if n.template == "staff.sheet"]
    assert [n.values for n in told(services, "8") if n.template == "staff.sheet"] == [found.values]
    assert {name: found.values[name] for name in ("day", "recipients", "open")} == {
        "day": "2021-05-01",
        "recipients": 2,
        "open": 1,
    }
    assert [(p["channel"], p["state"], p["text"], p["length"]) for p in found.values["posts"]] == [
        ("telegram", "awaiting_approval", "A post #Tag", 11),
        ("other", "planned", "A post #Tag", 11),
    ]
    assert [(h["channel"], h["state"], h["token"]) for h in found.values["health"]] == [
        ("telegram", "live", "ok"),
        ("other", "live", "401: revoked"),
    ]


async def test_the_sheet_says_when_the_days_messages_will_have_left(services):
    services.store.people.add([house.person(n) for n in range(1, 4)])
    plan.run(services, START)
    await staff.run(services, START)
    [sheet] = [n for n in told(services) if n.template == "staff.sheet"]
    [wave] = sheet.values["waves"]
    assert {key: wave[key] for key in ("action", "channel", "left", "late")} == {
        "action": "deed",
        "channel": "telegram",
        "left": 3,
        "late": 0,
    }
    assert wave["begins"] <= wave["ends"] < wave["begins"] + 60


@pytest.mark.parametrize("language", languages())
def test_each_state_of_a_post_has_a_word_of_its_own_on_the_sheet(language):
    texts = ChatTexts(read_files([shipped_root()]))
    words = {texts.said("post_states", state.word, language) for state in State}
    assert len(words) == len(State)


async def test_where_nobody_is_named_as_staff_nothing_is_kept(services):
    await staff.run(replace(services, settings=replace(services.settings, chat=Chat())), START)
    assert services.store.notices.waiting() == []


async def test_a_quiet_day_has_one_line_and_a_busy_one_says_what_needs_somebody(services):
    quiet = datetime(2021, 4, 10, 9, tzinfo=UTC)
    await staff.run(services, quiet)
    assert [(n.template, n.values["needs"]) for n in told(services)] == [("staff.daily", [])]
    await staff.run(services, quiet + timedelta(hours=3))
    assert len(told(services)) == 1
    services.store.alerts.open(
        read("text", "trees/deed", "held: the text is broken", {"why": "text", "words": "broken"}),
        1,
    )
    await staff.run(services, quiet + timedelta(days=1))
    assert told(services)[-1].values["kind"] == "text"
    assert [n.values["needs"] for n in told(services) if n.template == "staff.daily"][-1] == [
        {
            "kind": "text",
            "count": 1,
            "first": 1,
            "about": [{"subject": "trees/deed", "why": "text", "words": "broken"}],
            "text": "held: the text is broken",
        }
    ]


async def test_an_alert_comes_once_and_again_when_it_opens_anew(services):
    early = datetime(2021, 4, 10, 3, tzinfo=UTC)
    services.store.alerts.open(read("paused", "telegram", "channel telegram is paused", {}), 1)
    for _ in range(2):
        await staff.run(services, early)
    assert [n.values["text"] for n in told(services)] == ["channel telegram is paused"]
    services.store.notices.left(told(services)[0].id, 5)
    services.store.alerts.close("paused", "telegram", 2)
    services.store.alerts.open(read("paused", "telegram", "paused again", {}), 3)
    await staff.run(services, early)
    assert [n.values["text"] for n in told(services)] == ["paused again"]


async def test_a_question_is_told_without_its_words(services):
    services.store.inbox.ask(1, "1001", "en", "A private matter", 1)
    await staff.run(services, datetime(2021, 4, 10, 3, tzinfo=UTC))
    (found,) = told(services)
    assert (found.template, dict(found.values)) == ("staff.question", {"number": 1})


async def test_the_page_of_a_post_that_left_goes_to_staff(services):
    await staff.run(services, START)
    approve.approve(services, key_of(services), "somebody", START)

    async def send(message):
        return Receipt(id="5", url="https://example.org/5")

    services.networks["telegram"].send = send
    await send_all(services, NINE)
    for _ in range(2):
        await staff.run(services, NINE)
    assert [dict(n.values) for n in told(services) if n.template == "staff.left"] == [
        {"id": str(key_of(services)), "channel": "telegram", "url": "https://example.org/5"}
    ]


# what they write


async def test_an_edit_replaces_the_text_and_what_was_approved(services):
    key = key_of(services)
    approve.approve(services, key, "somebody", START)
    posting.rewrite(services, key, "Better words #Tag", SEVEN, START)
    assert services.store.listing.entry(key).state is State.AWAITING_APPROVAL
    assert texts(services) == {"telegram": "Better words #Tag", "other": "A post #Tag"}
    with pytest.raises(UsageError, match="somebody else must approve"):
        posting.let_go(services, key, SEVEN, START)
    posting.let_go(services, key, EIGHT, START)
    await send_all(services, NINE)
    entry = services.store.listing.entry(key)
    assert (entry.state, entry.text) == (State.SENT, "Better words #Tag")


async def test_an_edit_after_a_first_try_leaves_as_it_was_edited(services):
    """The dispatcher lives on, and must not remember the text of before."""
    key = key_of(services, "other")
    dispatcher = Dispatcher(services, "other", NINE)
    calls = []

    async def send(message):
        calls.append(message.body.text)
        if len(calls) == 1:
            raise TryLater("503")
        return Receipt(id="1")

    async def drain(now):
        plan.run(services, now)
        for second in range(5):
            await dispatcher.step(now + timedelta(seconds=second))
            await asyncio.sleep(0)

    services.networks["other"].send = send
    await drain(NINE)
    assert services.store.listing.entry(key).state is State.QUEUED
    posting.rewrite(services, key, "Edited #Tag", SEVEN, NINE)
    posting.let_go(services, key, EIGHT, NINE)
    await drain(NINE + timedelta(hours=1))
    await dispatcher.close(NINE + timedelta(hours=1))
    assert calls == ["A post #Tag", "Edited #Tag"]


def test_who_is_alone_may_approve_their_own_words(services):
    single = replace(services, settings=replace(services.settings, chat=Chat(staff=(7,))))
    posting.rewrite(single, key_of(services), "My words #Tag", SEVEN, START)
    posting.let_go(single, key_of(services), SEVEN, START)
    assert services.store.listing.entry(key_of(services)).state is State.PLANNED


def test_an_edit_that_does_not_fit_or_comes_too_late_is_refused(services):
    key = key_of(services)
    with pytest.raises(UsageError, match=str(key)):
        posting.rewrite(services, key, "a" * 100_000, SEVEN, START)
    with pytest.raises(UsageError, match="can't be changed"):
        posting.rewrite(services, key, "Words", SEVEN, NINE + timedelta(days=1))
    assert texts(services)["telegram"] == "A post #Tag"


async def test_a_one_off_post_goes_by_review_or_by_itself(services):
    channels = list(services.settings.channels.values())
    posting.publish(services, "Just today", channels, START + timedelta(hours=1), SEVEN, START)
    states = {e.channel: e.state for e in services.store.listing.entries() if e.action == "post:1"}
    assert states == {"telegram": State.AWAITING_APPROVAL, "other": State.PLANNED}
    await send_all(services, START + timedelta(hours=1), "other")
    sent = services.store.listing.entry(key_of(services, "other", "post:1"))
    assert (sent.state, sent.text) == (State.SENT, "Just today")
    approve.run(services, START + timedelta(hours=14))
    assert (
        services.store.listing.entry(key_of(services, "telegram", "post:1")).state is State.SKIPPED
    )


def test_an_announcement_reaches_just_whom_it_is_for_and_each_once(services):
    people = [
        house.person(1, country="FR"),
        house.person(2),
        house.person(3, country="FR", audience=Audience.ORGANIZATION),
    ]
    services.store.people.add(people)
    whom = Whom(audiences=(Audience.INDIVIDUAL,), language="en", country="FR")
    assert services.store.oneoffs.count(1, whom) == 1
    one = posting.announce(services, "News", whom, SEVEN, START)[0]
    assert announcements.run(services) == 1
    assert announcements.run(services) == 0
    rows = [e for e in services.store.listing.entries() if e.action == one.action]
    assert [services.store.people.address(e.key.recipient) for e in rows] == ["1001"]
    assert (rows[0].state, rows[0].expires - rows[0].due) == (State.QUEUED, 3 * 86_400)


def test_an_announcement_fans_out_in_steps_that_a_crash_may_cut(services, monkeypatch):
    monkeypatch.setattr("bot.store.staff.staff.STEP_ROWS", 2)
    services.store.people.add([house.person(number) for number in range(1, 6)])
    one = posting.announce(services, "News", Whom(audiences=tuple(Audience)), SEVEN, START)[0]
    assert services.store.oneoffs.fan_out(one, one.at + 60) == 2
    services.store.people.add([house.person(9, joined=int(START.timestamp()) + 5)])
    assert announcements.run(services) == 3
    assert services.store.oneoffs.to_fan_out() == []


def test_an_announcement_goes_to_every_live_channel_that_reaches_people(services):
    """People who are met by e-mail or in a room hear it too; a dry channel promises nothing."""
    channels = {
        name: replace(channel, nudges=True) for name, channel in services.settings.channels.items()
    }
    both = replace(services, settings=replace(services.settings, channels=channels))
    services.store.people.add(
        [house.person(1), replace(house.person(2), channel=services.channel_ids["other"])]
    )
    assert posting.audience_of(both, Whom(audiences=tuple(Audience))) == 2
    made = posting.announce(both, "News", Whom(audiences=tuple(Audience)), SEVEN, START)
    assert announcements.run(both) == 2
    rows = [e for e in services.store.listing.entries() if e.action in {one.action for one in made}]
    assert sorted((e.channel, services.store.people.address(e.key.recipient)) for e in rows) == [
        ("other", "1002"),
        ("telegram", "1001"),
    ]
    assert (
        posting.audience_of(
            replace(both, dry={"other": "no secret"}), Whom(audiences=tuple(Audience))
        )
        == 1
    )


def test_planning_makes_no_waves_of_an_announcement(services):
    services.store.people.add([house.person(1), house.person(2, zone="Asia/Tokyo")])
    posting.announce(
        services, "News", Whom(audiences=(Audience.INDIVIDUAL,), country="FR"), SEVEN, START
    )
    announcements.run(services)
    for hours in (0, 12, 24):
        plan.run(services, START + timedelta(hours=hours))
    assert not [e for e in services.store.listing.entries() if e.action.startswith("announcement")]


def test_the_next_named_day_is_the_first_that_is_not_over(services):
    assert str(sheet.next_day(services, START)) == "2021-05-01"
    assert sheet.next_day(services, datetime(2021, 5, 3, tzinfo=UTC)) is None


def test_a_late_row_can_be_let_go_by_itself(services):
    holds, counts, key = services.store.holds, services.store.counts, key_of(services, "other")
    holds.put(Scope(), 1)
    late = NINE + timedelta(hours=13)
    plan.run(services, late)
    rows = counts.late(Scope(), int(late.timestamp()))
    assert [(row.occurrence, row.channel_id, row.count) for row in rows] == [
        (key.occurrence, key.channel, 1)
    ]
    sweep = sweeps.begin(services, SweepKind.RENEW, key.occurrence, key.channel, Actor("ana"), late)
    assert (sweep.changed, sweep.done) == (1, True)
    assert counts.late(Scope(), int(late.timestamp())) == []
    assert (
        services.store.listing.entry(
            DeliveryKey(occurrence=key.occurrence, channel=key.channel, recipient=0)
        ).expires
        > late.timestamp()
    )


@pytest.mark.parametrize(
    ("text", "strays"),
    [
        ("Plant one: https://www.trees.example.org/plant/ #TAG", {}),
        ("Plant one: trees.example.org/plant and trees.example.org/more #tag", {}),
        (
            "Plant one. #Tagged",
            {"hashtags": ("#Tag",), "links": ("https://trees.example.org/plant",)},
        ),
        (
            "https://trees.example.org/plant or nottrees.example.org, http://shop.example.org:8080/x #Tag",
            {"foreign": ("nottrees.example.org", "http://shop.example.org:8080/x")},
        ),
    ],
)
def test_what_another_text_of_a_post_lacks_of_the_campaign_and_where_else_it_leads_is_known(
    tmp_path, text, strays
):
    deed = house.action("deed", observance="tree-day", post=True, links=("plant",))
    links = {"plant": "https://trees.example.org/plant", "empty": ""}
    made = house.services(tmp_path, house.campaign(deed, links=links))
    plan.run(made, START)
    entry = next(iter(made.store.listing.entries()))
    known = strayed(made, entry, text)
    assert {name: each for name, each in known.items() if each} == strays
    made.store.close()
