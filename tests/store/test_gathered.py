"""What people send in, and what goes out to those who signed up: surveys, calls, events, letters of
months, and what a rehearsal sums up.
"""

from collections import Counter
from datetime import date, timedelta
from random import Random

import house
import pytest

from bot.model import Audience, DeliveryKey, Occurrence, State
from bot.model.calls import ENOUGH, SURVEY_DAYS
from bot.model.calls.entry import EntryState, Sent
from bot.model.events import EventKey, EventNote, NoteKind, Standing
from bot.model.events.said import EventFacts, SaidOfEvent
from bot.model.newsletter import DIGEST, MonthText
from bot.model.person import NUDGES, Status
from bot.model.who import Keep
from bot.store import Store
from bot.times import DAY

NOW = 1_800_000_000
NIGHT = Keep(forms=90, questions=30, flags=90, notices=30, audit=730)
WEBINAR = EventKey("trees", "webinar", 0)


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "test.db")
    store.channels.ensure([house.channel("one")])
    store.people.add(house.person(n) for n in range(1, 6))
    yield store
    store.close()


@pytest.mark.parametrize("seed", range(3))
def test_surveys_are_counted_by_pledge_and_year_the_newest_first(store, seed):
    chance, counts = Random(seed), Counter()
    for number in range(chance.randrange(40)):
        survey = chance.randrange(1, 5), chance.choice([2026, 2027])
        store.surveys.add(*survey, {"who": f"É {number}"}, NOW + number)
        counts[survey] += 1
    assert store.surveys.answered() == sorted(
        ((*survey, count) for survey, count in counts.items()), key=lambda s: (-s[1], s[0])
    )
    for (pledge, year), count in counts.items():
        assert store.surveys.count(pledge, year) == len(store.surveys.of_pledge(pledge, year))
        assert len(store.surveys.together(pledge, year)) == count // ENOUGH * ENOUGH
        assert store.surveys.last_year(pledge) == max(y for p, y in counts if p == pledge)
    assert store.surveys.expire(NOW + (SURVEY_DAYS + 2) * DAY, NIGHT) == counts.total()
    assert (store.surveys.answered(), store.surveys.last_year(1)) == ([], None)


def test_an_answer_that_is_deleted_takes_those_along_with_which_it_was_read(store):
    numbers = [store.surveys.add(1, 2027, {"who": str(n)}, NOW) for n in range(ENOUGH + 1)]
    assert store.surveys.remove(numbers[0]) == 1
    assert store.surveys.remove(numbers[0]) == 0
    assert (store.surveys.together(1, 2027), store.surveys.get(numbers[0])) == ([], None)
    assert store.surveys.answered() == [(1, 2027, ENOUGH)]


def sent(call="story", **kwargs):
    there = {
        "campaign": "trees",
        "call": call,
        "language": "fr",
        "name": "Élodie",
        "text": "Un arbre.",
        "link": "",
        "contact": "e@example.org",
        "shows": True,
    }
    return Sent(**{**there, **kwargs})


def test_what_was_sent_to_a_call_waits_is_chosen_and_goes(store):
    first = store.entries.add(sent(), "secret one", NOW)
    second = store.entries.add(sent(shows=False), "secret two", NOW + 1)
    other = store.entries.add(sent("contest"), "secret three", NOW + 2)
    assert [each.id for each in store.entries.waiting("trees", 2)] == [first, second]
    assert (store.entries.count("trees", "story"), store.entries.count("bees", "story")) == (2, 0)
    assert store.entries.came_since("trees", "story", NOW) == 1
    assert store.entries.opened_by("secret two").sent == sent(shows=False)
    store.entries.decide(first, EntryState.FAVOURITE, None, NOW + 10)
    store.entries.decide(other, EntryState.FAVOURITE, None, NOW + 10)
    assert [each.id for each in store.entries.favourites("trees", NOW + 10, NOW + 11, 9)] == [
        other,
        first,
    ]
    assert store.entries.favourites("trees", NOW, NOW + 10, 9) == []
    assert store.entries.remove(second) == 1
    assert store.entries.opened_by("secret two") is None


def facts(start):
    return EventFacts(
        start=start, end="", month="", off=False, link="", titles={"fr": "Été"}, places={}
    )


def test_guests_come_wait_move_up_and_are_told_in_their_turn(store):
    for person, standing in ((1, Standing.COMES), (2, Standing.WAITS), (3, Standing.WAITS)):
        assert store.events.join(WEBINAR, person, standing, 0, NOW + 9, NOW + person)
    assert not store.events.join(WEBINAR, 1, Standing.WAITS, 0, NOW, NOW)
    counts = store.events.counts(WEBINAR)
    assert (counts.comes, counts.waits, counts.there) == (1, 2, 0)
    store.people.change(2, Status.ACTIVE, Status.STOPPED)
    assert store.events.drop_stopped(WEBINAR) == 1
    [waits] = store.events.waiting(WEBINAR, 5)
    store.events.give_place(waits.guest)
    store.events.told(waits.guest, 2)
    assert [each.person for each in store.events.untold(WEBINAR, 2, 5)] == [1]
    moved = SaidOfEvent(digest="2027-05-02", sequence=1, dated=1)
    store.events.say(WEBINAR, SaidOfEvent(digest="2027-05-01", sequence=0, dated=0), facts("a"))
    store.events.say(WEBINAR, moved, facts("b"))
    assert (store.events.said(WEBINAR), store.events.said_of()) == (moved, [WEBINAR])
    assert store.events.facts(WEBINAR, 0) == facts("a")
    unaware = store.events.unaware(WEBINAR, 1, 5)
    assert [each.person for each in unaware] == [1, 3]
    store.events.heard(unaware[1], moved, 0)
    assert [each.person for each in store.events.untold(WEBINAR, 1, 5)] == [1, 3]
    assert store.events.was_there(WEBINAR, 3, NOW)
    assert not store.events.was_there(WEBINAR, 4, NOW)
    assert store.events.leave(WEBINAR, 1)
    store.events.keep_until(WEBINAR, NOW + 20)
    assert store.events.expire(NOW + 20, NIGHT) == 0
    assert [each.came for each in store.events.of_person(3)] == [NOW]
    assert store.events.expire(NOW + 21, NIGHT) == 1


def test_what_a_message_about_an_event_says_has_one_number(store):
    week = EventNote(key=WEBINAR, kind=NoteKind.WEEK, sequence=0)
    number = store.events.note(week)
    other = store.events.note(EventNote(key=WEBINAR, kind=NoteKind.DAY, sequence=0))
    assert store.events.note(week) == number != other
    assert store.events.noted(number) == week
    assert store.events.noted(other + 9) is None


def test_the_letter_of_a_month_goes_to_who_agreed_step_by_step(store):
    for person in (1, 2, 3, 4):
        store.subscribers.agree(person, DIGEST, "en 1", NOW)
    for person in (3, 4):
        store.people.change(person, Status.ACTIVE, Status.PAUSED)
    store.subscribers.agree(4, NUDGES, "en 1", NOW)  # a pause is for all that they get
    assert (store.digests.any_agreed(), store.digests.count()) == (True, 3)
    assert [store.digests.hears(person) for person in range(1, 6)] == [True] * 3 + [False] * 2
    month, texts = date(2027, 1, 1), {"fr": MonthText(subject="Février", text="C’est fait.")}
    assert store.digests.put("trees", month, texts, None, NOW)
    assert store.digests.put("trees", month, texts, "member ada", NOW)
    draft = store.digests.of_month("trees", month)
    assert (draft.by, draft.texts, store.digests.leaving()) == ("member ada", texts, [])
    assert store.digests.approve(draft, ["https://example.org/1"], "member ben", NOW + 1)
    assert not store.digests.approve(draft, ["https://example.org/1"], "member ben", NOW + 2)
    assert not store.digests.put("trees", month, texts, None, NOW)
    [leaving] = store.digests.leaving()
    assert (leaving.frozen, leaving.approved) == (draft.mark, NOW + 1)
    assert [each.person for each in store.digests.readers(leaving.id)] == [1, 2, 3]
    store.digests.went_on(leaving.id, 2, done=False)
    assert [each.person for each in store.digests.readers(leaving.id)] == [3]
    store.digests.went_on(leaving.id, 3, done=True)
    assert (store.digests.leaving(), store.digests.any_approved("trees")) == ([], True)
    store.subscribers.withdraw(1, DIGEST, NOW)
    assert store.digests.count() == 2


def test_what_was_played_is_summed_up_by_what_it_is_about(store):
    channel = store.channels.ensure([house.channel("one")])["one"]
    for action, people in (("tree-day", (0, 1, 2)), ("event:n1", (3,))):
        number = store.plan.add(
            Occurrence(
                campaign="trees",
                action=action,
                audience=Audience.INDIVIDUAL,
                slot=0,
                day=date(2027, 5, 1),
                grace=timedelta(days=1),
                nudge=True,
                post=True,
                named=False,
            )
        )
        for person in people:
            key = DeliveryKey(occurrence=number, channel=channel, recipient=person)
            store.database.execute(
                "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due,"
                " expires) VALUES (:o, :c, :r, :state, 1, :due, :due)",
                {"o": number, "c": channel, "r": person, "state": State.SENT, "due": NOW},
            )
            store.outbox.note(key, NOW + 61 * person, error="")
    store.database.execute("UPDATE delivery SET state = 7 WHERE recipient = 2")
    counts = [
        (each.action, each.sent, each.unsent, each.posts) for each in store.played.by_subject()
    ]
    assert counts == [("event:n1", 1, 0, 0), ("tree-day", 2, 1, 1)]
    assert store.played.late(60) == {("trees", "tree-day"): 1, ("trees", "event:n1"): 1}
    assert store.played.late(61) == {("trees", "event:n1"): 1}
