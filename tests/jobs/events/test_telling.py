"""What those who signed up for an event are told, and when; who gets a place that is free."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import house
import pytest

from bot.errors import UsageError
from bot.files.frozen import read_files
from bot.jobs.events import gone, signing, telling
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.texts import kinds
from bot.library import shipped_root
from bot.model import QuietHours
from bot.model.events import EventCounts, EventKey, EventState, PlannedEvent, Standing
from bot.model.outbox import ActionDay
from bot.model.person import Status
from bot.model.staff import Actor
from bot.model.subject import EventSoon, parse
from bot.model.who import Keep, Who
from bot.networks import load
from bot.networks.dry.network import Network as Dry
from bot.render import Renderer
from bot.times import epoch, from_epoch

pytestmark = pytest.mark.both
KEY = EventKey("trees", "talk", 0)
START = datetime(2027, 6, 12, 13, 30, tzinfo=UTC)
TALK = PlannedEvent(
    id="talk",
    source="a test",
    start=START,
    end=START + timedelta(hours=1),
    link="room",
    recording="film",
    signup=True,
)
EARLY = datetime(2027, 5, 1, 10, tzinfo=UTC)
NEAR = START - timedelta(days=8, hours=14)
"""When the first reminders are put down."""
ZONES = ("UTC", "America/Lima", "Pacific/Auckland")


@pytest.fixture
def services(tmp_path):
    links = {"room": "https://talks.example/room", "film": ""}
    campaign = replace(house.campaign(house.action(), links=links), events=(TALK,))
    words = tmp_path / "content" / "en" / "trees" / "words.toml"
    words.parent.mkdir(parents=True)
    words.write_text('title = "Trees"\n[events.talk]\ntitle = "A talk"\n', "utf-8")
    built = house.services(tmp_path, campaign, quiet=QuietHours(start=21 * 60, end=8 * 60))
    built.store.people.add(house.person(number, zone=zone) for number, zone in enumerate(ZONES, 1))
    yield replace(
        built, renderer=Renderer(read_files((tmp_path, shipped_root())), built.library.campaigns)
    )
    built.store.close()


def now_with(services, event=TALK, links=()):
    [campaign] = services.library.campaigns.values()
    slots = {name: replace(campaign.links[name], url=url) for name, url in links}
    changed = replace(campaign, events=(event,), links={**campaign.links, **slots})
    return replace(
        services,
        library=replace(services.library, campaigns={"trees": changed}),
        active=(changed,),
    )


def sign(services, person, now=EARLY, event=TALK):
    [campaign] = services.active
    return signing.sign_up(services, campaign, event, person, "en 1", now)


def told(services, person):
    """What is to be told to somebody: kind, when, and until when it is worth it."""
    rows = services.store.database.rows(
        "SELECT o.action, d.due, d.expires FROM delivery d JOIN occurrence o ON o.id ="
        " d.occurrence WHERE d.recipient = :person ORDER BY d.due, o.id",
        {"person": person},
    )
    return [
        (
            services.store.events.noted(parse(action).number).kind.value,
            from_epoch(due),
            from_epoch(expires),
        )
        for action, due, expires in rows
    ]


def subjects(services, person):
    rows = services.store.database.rows(
        "SELECT o.action FROM delivery d JOIN occurrence o ON o.id = d.occurrence WHERE"
        " d.recipient = :person ORDER BY o.id",
        {"person": person},
    )
    return [parse(action) for (action,) in rows]


def body(services, subject, person):
    about = ActionDay(
        campaign="trees",
        action=str(subject),
        audience=house.person().audience,
        day=START.date(),
    )
    rendered = kinds.nudge_body(
        services, about, "dry", language="en", pledge=False, recipient=person, buttons=True
    )
    return rendered.text


async def test_each_is_told_the_hour_of_their_own_clock_though_others_get_the_same_message(
    services, tmp_path
):
    services.store.people.add(house.person(n, zone=ZONES[n % 3]) for n in range(4, 20))
    for person in range(1, 20):
        sign(services, person)
    telling.run(services, NEAR + timedelta(hours=2))
    channel = services.settings.channels["telegram"]
    network = Dry(channel, {}, stands_for=load("telegram"))
    there = replace(services, networks={"telegram": network}, rehearsal=True, dry={})
    dispatcher = Dispatcher(there, channel.account, NEAR)
    for minute in range(0, 24 * 60, 30):  # the day of the first reminder, from west to east
        await dispatcher.step(START - timedelta(days=7, hours=8) + timedelta(minutes=minute))
    await dispatcher.close(START)
    said = {"UTC": "13:30", "America/Lima": "08:30", "Pacific/Auckland": "01:30"}
    sent = {message.key.recipient: message.body.text for message in network.records}
    assert len(sent) == 19
    for person, text in sent.items():
        assert said[services.store.people.where(person).zone] in text


def through(services, first, last, step=timedelta(hours=2)):
    while first <= last:
        telling.run(services, first)
        first += step


def test_everybody_is_reminded_a_week_a_day_and_an_hour_before_where_they_live(services):
    for person in (1, 2, 3):
        assert sign(services, person) is Standing.COMES
    through(services, NEAR, START)
    hour = (START - timedelta(hours=1), START)
    lima = timedelta(hours=5)
    for person, days in ((1, (5, 11)), (2, (5, 11)), (3, (5, 11))):
        week, day, soon = told(services, person)
        assert [each[0] for each in (week, day, soon)] == ["week", "day", "hour"]
        assert soon[1:] == hour
        local = [each[1].astimezone(services_zone(person)) for each in (week, day)]
        assert [each.hour for each in local] == [9, 9]
        if person < 3:
            assert [each.day for each in local] == list(days)
        # "Tomorrow" is wrong from their midnight on
        ends = [each[2].astimezone(services_zone(person)) for each in (week, day)]
        assert [(each.hour, each.day) for each in ends] == [(0, each.day + 1) for each in local]
    # in Auckland it begins on the 13th
    auckland = [each[1].astimezone(services_zone(3)).day for each in told(services, 3)[:2]]
    assert auckland == [6, 12]
    assert told(services, 2)[0][1] == datetime(2027, 6, 5, 9, tzinfo=UTC) + lima
    through(services, NEAR, START)
    assert len(told(services, 1)) == 3, "nobody hears anything twice"


def services_zone(person):
    from bot.rules import dates

    return dates.zone(ZONES[person - 1])


def test_the_last_reminder_goes_out_at_night_with_the_hour_where_they_live(services):
    sign(services, 3)
    through(services, NEAR, START)
    soon = subjects(services, 3)[-1]
    assert isinstance(soon, EventSoon)
    assert kinds.is_awaited(soon)
    said = body(services, soon, 3)
    assert said.startswith("In an hour:\n\nA talk\n")
    assert "13 Jun 2027" in said
    assert "(your time)" in said
    assert "https://talks.example/room" in said


def test_who_signs_up_late_hears_only_what_is_still_to_come(services):
    sign(services, 1, START - timedelta(days=3))
    through(services, START - timedelta(days=3), START)
    assert [each[0] for each in told(services, 1)] == ["day", "hour"]
    sign(services, 2, START - timedelta(minutes=30))
    telling.run(services, START - timedelta(minutes=29))
    assert told(services, 2) == []


def test_a_move_reaches_everybody_who_signed_up_once_and_reminds_of_the_new_date(services):
    sign(services, 1)
    through(services, NEAR, START - timedelta(days=3), timedelta(hours=6))
    assert [each[0] for each in told(services, 1)] == ["week"]
    later = replace(TALK, start=START + timedelta(days=30), end=None, state=EventState.MOVED)
    moved = now_with(services, later)
    at = START - timedelta(days=3)
    through(moved, at, at + timedelta(hours=5))
    assert [each[0] for each in told(moved, 1)] == ["week", "moved"]
    said = body(moved, subjects(moved, 1)[-1], 1)
    assert "12 Jul 2027" in said
    assert kinds.concerns(moved, subjects(moved, 1)[-1], 1)
    assert not kinds.concerns(moved, subjects(moved, 1)[0], 1), "a reminder of the old date"
    through(moved, later.start - timedelta(days=9), later.start)
    assert [each[0] for each in told(moved, 1)] == ["week", "moved", "week", "day", "hour"]


def test_what_is_called_off_is_told_once_and_nobody_is_reminded_of_it(services):
    sign(services, 1)
    through(services, NEAR, START - timedelta(days=7, hours=20), timedelta(hours=6))
    [week] = subjects(services, 1)
    assert kinds.concerns(services, week, 1)
    off = now_with(services, replace(TALK, state=EventState.CANCELLED))
    through(off, START - timedelta(days=7, hours=19), START, timedelta(hours=6))
    assert [each[0] for each in told(off, 1)] == ["off", "week"]
    assert not kinds.concerns(off, week, 1)
    said = next(each for each in subjects(off, 1) if each != week)
    assert "“A talk” was called off" in body(off, said, 1)
    assert [each for each, _ in signing.open_events(off, START - timedelta(days=1))] == []


def test_what_is_called_off_is_told_though_nobody_signs_up_for_it_any_more(services):
    sign(services, 1)
    off = now_with(services, replace(TALK, state=EventState.CANCELLED, signup=False))
    telling.run(off, EARLY)
    assert [each[0] for each in told(off, 1)] == ["off"]


def test_the_next_in_line_gets_the_place_of_who_leaves_and_is_told(services):
    small = replace(TALK, capacity=1)
    services = now_with(services, small)
    assert sign(services, 1, event=small) is Standing.COMES
    assert sign(services, 2, event=small) is Standing.WAITS
    assert sign(services, 3, event=small) is Standing.WAITS
    assert sign(services, 3, event=small) is Standing.WAITS, "once"
    telling.run(services, EARLY)
    assert told(services, 2) == []
    assert signing.leave(services, KEY, 1, EARLY)
    assert not signing.leave(services, KEY, 1, EARLY)
    assert services.store.events.guest(KEY, 2).standing is Standing.COMES
    assert services.store.events.guest(KEY, 3).standing is Standing.WAITS
    assert [each[0] for each in told(services, 2)] == ["place"]
    assert services.store.subscribers.consents(1)[0]["withdrawn"] is not None
    # who wants no more messages holds no place for which somebody waits
    services.store.people.change(2, Status.ACTIVE, Status.STOPPED)
    telling.run(services, EARLY)
    assert services.store.events.guest(KEY, 2) is None
    assert services.store.events.guest(KEY, 3).standing is Standing.COMES
    assert sign(services, 1, event=small) is Standing.WAITS
    # a larger room
    more = now_with(services, replace(small, capacity=5))
    telling.run(more, EARLY)
    assert [each[0] for each in told(more, 3)] == ["place"]
    assert [each[0] for each in told(more, 1)] == ["place"]
    assert services.store.events.counts(KEY) == EventCounts(comes=2, waits=0, there=0)


def test_afterwards_they_are_asked_whether_they_were_there_and_get_the_recording(services):
    sign(services, 1)
    services.store.events.told(1, 3)
    over = TALK.end
    through(services, over, over + timedelta(days=2), timedelta(hours=6))
    [after] = subjects(services, 1)
    assert "Were you there?" in body(services, after, 1)
    assert [
        each.label for row in kinds.of(after).buttons(services, after, None) for each in row
    ] == ["event_there"]
    assert services.store.events.was_there(KEY, 1, epoch(over))
    held = now_with(
        services,
        replace(TALK, state=EventState.HELD),
        [("film", "https://talks.example/film")],
    )
    at = over + timedelta(days=3)
    through(held, at, at + timedelta(days=1), timedelta(hours=6))
    assert [each[0] for each in told(held, 1)] == ["after", "recording"]
    assert "https://talks.example/film" in body(held, subjects(held, 1)[-1], 1)


def test_who_signed_up_is_told_exported_and_forgotten_and_kept_no_longer_than_said(services):
    sign(services, 1)
    sign(services, 2)
    store = services.store
    who = Who(person=1, channel=1, address="chat-1")
    [known] = store.events.of(who)["events"]
    assert (known["event"], known["standing"], known["was_there"]) == ("talk", "comes", None)
    assert store.events.forget(who, 0) == 1
    assert store.events.of(who) == {"events": []}
    keep = Keep(forms=1, questions=1, flags=1, notices=1, audit=1)
    assert store.events.expire(epoch(START + timedelta(days=29)), keep) == 0
    assert store.events.expire(epoch(START + timedelta(days=32)), keep) == 1


def test_a_place_that_is_free_once_it_has_begun_is_given_to_nobody(services):
    small = replace(TALK, capacity=1)
    services = now_with(services, small)
    sign(services, 1, event=small)
    sign(services, 2, event=small)
    assert signing.leave(services, KEY, 1, START + timedelta(days=2))
    telling.run(services, START)
    assert services.store.events.guest(KEY, 2).standing is Standing.WAITS
    assert told(services, 2) == []


def test_who_waits_for_a_new_day_is_kept_and_hears_of_it(services):
    sign(services, 1)
    telling.run(services, EARLY)
    unknown = replace(TALK, start=None, end=None, month=date(2027, 9, 1), signup=False)
    services = now_with(services, unknown)
    telling.run(services, EARLY)
    keep = Keep(forms=1, questions=1, flags=1, notices=1, audit=1)
    assert services.store.events.expire(epoch(EARLY), keep) == 0
    known = now_with(services, replace(TALK, start=START + timedelta(days=90), end=None))
    telling.run(known, START)
    assert [each[0] for each in told(known, 1)] == ["moved", "moved"]
    assert services.store.events.expire(epoch(START + timedelta(days=80)), keep) == 0


def test_a_date_that_is_corrected_afterwards_is_no_news(services):
    sign(services, 1)
    services.store.events.told(1, 3)
    over = TALK.end + timedelta(hours=3)
    telling.run(services, over)
    longer = now_with(services, replace(TALK, end=TALK.end + timedelta(hours=1)))
    telling.run(longer, over + timedelta(hours=1))
    assert [each[0] for each in told(longer, 1)] == ["after"]


def test_an_event_of_a_day_is_reminded_of_by_days_alone(services):
    day = replace(TALK, start=date(2027, 6, 12), end=None)
    services = now_with(services, day)
    sign(services, 1, event=day)
    through(services, NEAR, START + timedelta(days=2))
    assert [each[0] for each in told(services, 1)] == ["week", "day", "after"]
    assert "12 June 2027" in body(services, subjects(services, 1)[0], 1)


ROOM = "https://talks.example/room"
LATER = "https://talks.example/later"


def kinds_told(services, person=1):
    return [each[0] for each in told(services, person)]


def last(services, person=1):
    newest = max(subjects(services, person), key=lambda each: each.number)
    assert kinds.concerns(services, newest, person)
    return body(services, newest, person)


def arrived(services):
    services.store.database.execute("UPDATE delivery SET state = 5", {})


def placed(services, tmp_path, **places):
    """The services where the words name these places, by language."""
    for language, place in places.items():
        words = tmp_path / "content" / language / "trees" / "words.toml"
        words.parent.mkdir(parents=True, exist_ok=True)
        words.write_text(f'title = "Trees"\n[events.talk]\ntitle = "A talk"\nplace = "{place}"\n')
    [campaign] = services.active
    spoken = replace(campaign, languages=("en", *(tag for tag in places if tag != "en")))
    library = replace(services.library, campaigns={"trees": spoken})
    renderer = Renderer(read_files((tmp_path, shipped_root())), library.campaigns)
    return replace(services, library=library, active=(spoken,), renderer=renderer)


def test_another_link_is_told_once_with_the_one_of_before_and_repeats_no_reminder(services):
    sign(services, 1)
    sign(services, 2)
    through(services, NEAR, START - timedelta(days=6), timedelta(hours=6))
    arrived(services)
    other = now_with(services, links=[("room", LATER)])
    through(other, START - timedelta(days=5), START - timedelta(days=4))
    for person in (1, 2):
        assert kinds_told(other, person) == ["week", "moved"]
        assert f"Until now it was:\n\n{ROOM}\n\nYou don" in last(other, person)
        assert LATER in last(other, person).partition("Until now it was:")[0]
    through(other, START - timedelta(days=4), START)
    assert kinds_told(other) == ["week", "moved", "day", "hour"]


def test_another_place_is_told_with_the_one_of_before_and_a_translation_of_it_is_not(
    services, tmp_path
):
    services = placed(services, tmp_path, en="Room 5", fr="Salle 5")
    sign(services, 1)
    telling.run(services, EARLY)
    services = placed(services, tmp_path, en="Room 5", fr="La salle 5")
    telling.run(services, EARLY)
    assert told(services, 1) == []
    services = placed(services, tmp_path, en="The hall", fr="La grande salle")
    telling.run(services, EARLY)
    telling.run(services, EARLY)
    assert kinds_told(services) == ["moved"]
    said = last(services)
    assert "The hall" in said.partition("Until now it was:")[0]
    assert "Until now it was:\n\nRoom 5\n" in said


def test_a_link_that_becomes_known_is_news_only_where_no_reminder_says_it_any_more(services):
    unknown = now_with(services, links=[("room", "")])
    sign(unknown, 1)
    telling.run(unknown, EARLY)
    telling.run(services, EARLY)
    assert told(services, 1) == []
    sign(unknown, 2)
    through(
        unknown, START - timedelta(hours=2), START - timedelta(minutes=50), timedelta(minutes=30)
    )
    telling.run(services, START - timedelta(minutes=40))
    assert kinds_told(services, 2)[-1] == "moved"
    assert ROOM in last(services, 2)
    assert "Until now" not in last(services, 2)


def test_of_two_changes_before_the_first_arrived_one_is_told_from_what_they_knew(services):
    sign(services, 1)
    first = now_with(services, replace(TALK, start=START + timedelta(days=1), end=None))
    telling.run(first, EARLY)
    second = now_with(first, replace(TALK, start=START + timedelta(days=2), end=None))
    telling.run(second, EARLY)
    assert "14 Jun 2027" in last(second).partition("Until now it was:")[0]
    assert "12 Jun 2027" in last(second).partition("Until now it was:")[2]
    # and nothing where it is as they know it
    telling.run(services, EARLY)
    assert kinds_told(services) == ["moved", "moved"]
    assert not any(kinds.concerns(services, each, 1) for each in subjects(services, 1))
    third = now_with(services, replace(TALK, start=START + timedelta(days=3), end=None))
    telling.run(third, EARLY)
    assert "12 Jun 2027" in last(third).partition("Until now it was:")[2]


def test_what_was_called_off_and_takes_place_after_all_is_told_and_reminded_of(services):
    sign(services, 1)
    off = now_with(services, replace(TALK, state=EventState.CANCELLED))
    telling.run(off, EARLY)
    arrived(off)
    telling.run(services, EARLY)
    telling.run(services, EARLY)
    assert kinds_told(services) == ["off", "on"]
    assert last(services).startswith("“A talk” takes place after all:")
    through(services, NEAR, START)
    assert kinds_told(services) == ["off", "on", "week", "day", "hour"]
    # called off and back before anybody heard of it
    arrived(services)
    telling.run(now_with(services, replace(TALK, state=EventState.CANCELLED)), EARLY)
    telling.run(services, EARLY)
    assert kinds_told(services).count("on") == 1


def test_what_was_kept_by_an_older_version_is_no_change(services):
    sign(services, 1)
    services.store.database.execute("DELETE FROM event_facts", {})
    telling.run(services, EARLY)
    assert told(services, 1) == []
    moved = now_with(services, replace(TALK, start=START + timedelta(days=30), end=None))
    services.store.database.execute("DELETE FROM event_facts", {})
    telling.run(moved, EARLY)
    assert kinds_told(moved) == ["moved"]
    assert "Until now" not in last(moved)


def without_it(services):
    """The services where the data say nothing of the event any more."""
    [campaign] = services.active
    bare = replace(campaign, events=())
    library = replace(services.library, campaigns={"trees": bare})
    return replace(services, library=library, active=(bare,))


def alarms(services):
    return [each for each in services.store.alerts.current() if each.kind == "gone"]


def test_what_is_gone_from_the_data_calls_nothing_off_until_staff_say_so(services):
    sign(services, 1)
    sign(services, 2)
    telling.run(services, EARLY)
    lost = without_it(services)
    telling.run(lost, EARLY)
    telling.run(lost, EARLY)
    [alarm] = alarms(lost)
    assert "campaigns/trees/events.toml has no event talk any more, and 2 people are" in alarm.text
    assert told(lost, 1) == []
    # put back, nobody heard of anything
    telling.run(services, EARLY)
    assert alarms(services) == []
    assert told(services, 1) == []
    telling.run(lost, EARLY)
    for campaign, event, said in (
        (
            "trees",
            "tall",
            r"no event called 'tall' has left .*; did you mean talk\? there are: talk",
        ),
        ("treas", "talk", r"no campaign is called 'treas'; did you mean trees\?"),
    ):
        with pytest.raises(UsageError, match=said):
            gone.call_off(lost, campaign, event, Actor.staff("anna"), EARLY)
    with pytest.raises(
        UsageError, match=r"talk stands in .*, and is called off there, by its state"
    ):
        gone.call_off(services, "trees", "talk", Actor.staff("anna"), EARLY)
    assert gone.call_off(lost, "trees", "talk", Actor.staff("anna"), EARLY) == 2
    assert alarms(lost) == []
    for person in (1, 2):
        assert kinds_told(lost, person) == ["off"]
        assert last(lost, person).startswith("“A talk” was called off.")
    with pytest.raises(UsageError, match=r"haven't heard of has left campaigns/trees/events\.toml"):
        gone.call_off(lost, "trees", "talk", Actor.staff("anna"), EARLY)
    telling.run(lost, EARLY)
    assert kinds_told(lost) == ["off"], "once"
    # and back after all
    arrived(lost)
    telling.run(services, EARLY)
    assert kinds_told(services) == ["off", "on"]


def test_what_is_gone_once_it_is_over_or_has_no_guests_alarms_nobody(services):
    telling.run(services, EARLY)
    telling.run(without_it(services), EARLY)
    sign(services, 1)
    telling.run(without_it(services), TALK.end + timedelta(hours=1))
    assert alarms(services) == []
