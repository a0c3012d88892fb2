"""A rehearsal's invented people: guests of events, followers, readers by e-mail, and two who stand
for staff; all by the jobs that real ones meet.
"""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot import app
from bot.config import load
from bot.errors import StoreError
from bot.jobs.calls import surveys
from bot.jobs.newsletter import digests
from bot.jobs.rehearsal import rehearse
from bot.jobs.rehearsal.company.agenda import Agenda
from bot.jobs.rehearsal.furnished import APPROVER, EDITOR, MAIL
from bot.jobs.rehearsal.script import Script
from bot.model import State
from bot.model.calls import ENOUGH
from bot.model.calls.entry import Call, CallKind, CallTo
from bot.model.events import EventKey, NoteKind, PlannedEvent
from bot.model.pledge import MADE
from bot.model.subject import MonthLetter, OfEvent

CAMPAIGN = "endchildlabour"
PARIS = ZoneInfo("Europe/Paris")
BEGINS = datetime(2027, 3, 20, 14, tzinfo=PARIS)
EVENT = PlannedEvent(
    id="world-day",
    source="a test",
    start=BEGINS,
    end=BEGINS + timedelta(minutes=90),
    capacity=4,
    signup=True,
)
CONTEST = Call(id="art", kind=CallKind.CONTEST, source="a test", month=3)
STORY = Call(id="story", kind=CallKind.STORY, source="a test", to=CallTo())
SCRIPT = Script(
    campaigns=(CAMPAIGN,),
    start=date(2027, 2, 20),
    end=date(2027, 4, 12),
    subscribers=40,
    seed=1,
    pledges=3,
)


def opened(folder, library):
    """A rehearsal of some weeks in which everything falls due, with the shipped config."""
    campaign = library.campaigns[CAMPAIGN]
    there = replace(
        campaign,
        events=(EVENT,),
        journey=replace(campaign.journey, survey=3, scale_up=2, own_year=False),
        calls=(CONTEST, STORY),
    )
    settings = replace(load(None)[0], database=folder / "rehearsal.db")
    return app.open_rehearsal(
        settings,
        replace(library, campaigns={**library.campaigns, CAMPAIGN: there}),
        SCRIPT.campaigns,
        days=(SCRIPT.start, SCRIPT.end),
        durable=False,
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory, library):
    import asyncio

    services = opened(tmp_path_factory.mktemp("played"), library)
    report = asyncio.run(rehearse.run(services, SCRIPT, lambda share, day: None))
    yield services, report
    services.store.close()


def about(services, kind):
    """What went to somebody about the event, of one kind."""
    return [
        entry
        for entry in services.store.listing.entries()
        if isinstance(entry.subject, OfEvent)
        and services.store.events.noted(entry.subject.number).kind is kind
    ]


def test_guests_are_reminded_where_they_live_and_a_place_that_is_free_goes_to_who_waits(played):
    services, report = played
    counts = services.store.events.counts(EventKey(CAMPAIGN, "world-day", 0))
    # six in the chat and three by mail, of whom the first one left
    assert (counts.comes, counts.waits, counts.there) == (4, 4, 2)
    assert [len(about(services, kind)) for kind in (NoteKind.PLACE, NoteKind.AFTER)] == [1, 4]
    assert {entry.due for entry in about(services, NoteKind.HOUR)} == {
        int((BEGINS - timedelta(hours=1)).timestamp())
    }
    for kind, days in ((NoteKind.WEEK, 7), (NoteKind.DAY, 1)):
        assert len(about(services, kind)) == 4
        for entry in about(services, kind):
            place = services.store.people.where(entry.key.recipient)
            zone = ZoneInfo(place.zone)
            told = datetime.fromtimestamp(entry.hour, zone)
            assert told.date() == BEGINS.astimezone(zone).date() - timedelta(days=days)
            assert told.hour * 60 + told.minute == max(place.minute, 8 * 60)
    assert report.kinds["events, a place is free"].sent == 1
    assert (report.deeds.events, report.deeds.guests, report.deeds.waited) == (1, 8, 4)


def test_a_survey_that_few_answer_tells_its_maker_nothing(played):
    services, report = played
    made = {
        pledge.id: surveys.for_maker(services, pledge, "en")
        for pledge in services.store.pledges.all(states=MADE)
        if services.store.surveys.count(pledge.id, 2027)
    }
    assert {number: (each.count, each.of) for number, each in made.items()} == {1: (ENOUGH - 1, 0)}
    assert report.deeds.answers == ENOUGH - 1


def test_calls_are_opened_answered_and_decided_about_and_two_look_at_what_shows_a_child(played):
    services, report = played
    [(sent, favourites)] = {services.store.played.entries()}
    assert (sent, favourites) == (report.deeds.entries, report.deeds.favourites) == (8, 4)
    chosen = services.store.entries.favourites(CAMPAIGN, 0, 2**40, 9)
    assert Counter(each.sent.call for each in chosen) == {"art": 2, "story": 2}
    assert all(each.sent.shows for each in chosen)
    assert services.store.entries.all_waiting() == (0, None)
    assert report.kinds["calls to makers"].sent == 2, "of those who had pledged by then"
    words = services.store.openings.said(CAMPAIGN, "story")
    assert [word.opened for word in words] == [True, False], "as it has no days of its own"
    assert services.store.openings.said(CAMPAIGN, "art") == []


def test_makers_are_asked_and_who_asked_hears_what_they_said_or_that_nobody_did(played):
    services, report = played
    asked = [services.store.inbox.question(number) for number in (1, 2, 3)]
    assert [each.told_as for each in asked] == ["_lapsed", "_makers", "_makers"]
    assert report.kinds["questions to makers"].sent == 3
    deeds = report.deeds
    assert (deeds.questions, deeds.replies, deeds.lapsed) == (3, 2, 1)
    assert not any(services.store.inbox.untold_answers(n) for n in services.channel_ids.values())


def test_what_is_said_of_pledges_is_what_was_made(played):
    services, report = played
    made = services.store.pledges.all(states=MADE)
    assert report.deeds.pledges == SCRIPT.pledges
    assert report.deeds.pledges + report.deeds.shown == len(made) > SCRIPT.pledges


def test_the_letter_of_a_month_is_approved_by_a_second_person_and_goes_to_who_agreed(played):
    services, report = played
    [march] = services.store.digests.approved(CAMPAIGN)[:1]
    assert (march.first, march.by, march.approved_by) == (
        date(2027, 3, 1),
        EDITOR.actor,
        APPROVER.actor,
    )
    assert not digests.may_approve(services, march, EDITOR.actor)
    came = Counter(
        entry.key.recipient
        for entry in services.store.listing.entries(State.SENT)
        if entry.subject == MonthLetter(march.id)
    )
    assert set(came.values()) == {1}
    assert len(came) == report.deeds.readers == 6
    addresses = [services.store.people.address(person) for person in came]
    assert all(address.endswith("@rehearsal.invalid") for address in addresses)


def test_nothing_leaves_and_nothing_is_late_or_twice(played):
    services, report = played
    assert MAIL in services.settings.channels
    assert {type(network).__module__ for network in services.networks.values()} == {
        "bot.networks.dry.network"
    }
    assert {
        word: each for word, each in report.kinds.items() if each.unsent or each.late or each.twice
    } == {}


class Ended(Exception):
    pass


async def test_what_was_ended_in_the_middle_goes_on_to_the_same_end(tmp_path, library, played):
    def end(share, _day):
        if share > 0.55:
            raise Ended

    services = opened(tmp_path, library)
    with pytest.raises(Ended):
        await rehearse.run(services, SCRIPT, end)
    services.store.close()
    again = opened(tmp_path, library)
    report = await rehearse.run(again, SCRIPT, lambda share, day: None)
    again.store.close()
    _, undisturbed = played
    assert (report.kinds, report.deeds, report.deliveries) == (
        undisturbed.kinds,
        undisturbed.deeds,
        undisturbed.deliveries,
    )


NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def test_what_fails_is_done_again_and_what_is_final_waits_for_the_clock(played):
    services, _ = played
    agenda, done = Agenda(NOON), []

    def fail_once(_services, now):
        done.append(("fails", now))
        if len(done) == 1:
            raise StoreError("the disk is full")
        return 1

    agenda.put(NOON, fail_once)
    agenda.put(NOON, lambda _services, now: len(done), final=True)
    agenda.put(NOON - timedelta(hours=2), fail_once)  # done before, in this file
    with pytest.raises(StoreError):
        agenda.play(services, NOON)
    jumped = replace(services, steady=lambda: False)
    assert agenda.play(jumped, NOON + timedelta(seconds=5)) == 1
    assert agenda.following(NOON + timedelta(days=1)) == NOON + timedelta(seconds=65)
    assert agenda.play(services, NOON + timedelta(seconds=65)) == 2
    assert agenda.following(NOON) == NOON
