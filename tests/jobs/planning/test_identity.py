"""An occurrence is itself: through every edit of its days nothing is lost and nothing comes twice."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import house
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.app import known_to
from bot.jobs.planning import plan
from bot.jobs.planning.diff import difference
from bot.model import ListedDates, State


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def listed(*days: date) -> ListedDates:
    return ListedDates(dates=tuple(days))


def edited(services, *texts: str):
    days = [date.fromisoformat(f"2021-{text}") for text in texts]
    return with_days(services, days)


def with_days(services, days):
    deed = house.action(post=True, when=listed(*days), grace=timedelta(days=1))
    actions = (deed,) if days else ()
    return replace(services, active=(house.campaign(*actions),), mark=f"edit {days}")


def send(services, now: datetime) -> None:
    """Let all that is due go out, without a network."""
    moment = int(now.timestamp())
    services.store.outbox.queue_due(moment)
    keys = services.store.database.rows(
        "UPDATE delivery SET state = :sent WHERE state = :queued AND due <= :now AND expires > :now"
        " RETURNING occurrence, channel, recipient",
        {"sent": int(State.SENT), "queued": int(State.QUEUED), "now": moment},
    )
    services.store.database.many(
        "INSERT INTO result (occurrence, channel, recipient, at) VALUES (:o, :c, :r, :now)",
        [{"o": o, "c": c, "r": r, "now": moment} for o, c, r in keys],
    )


def posts(services, *states: State) -> list[str]:
    """The days on which the deed is posted, by the days of its occurrences."""
    rows = services.store.database.rows(
        "SELECT o.day, d.state FROM delivery d JOIN occurrence o ON o.id = d.occurrence"
        " WHERE d.recipient = 0 ORDER BY o.day"
    )
    return [day for day, state in rows if state in states]


@pytest.fixture
def services(tmp_path):
    built = house.services(tmp_path, house.campaign(house.action()))
    yield built
    built.store.close()


def test_tidying_a_past_day_away_loses_no_other(services):
    before = edited(services, "03-01", "04-15")
    plan.run(before, at("2021-02-20T00:00"))
    plan.run(before, at("2021-03-01T09:00"))
    send(before, at("2021-03-01T09:00"))
    after = edited(services, "04-15")
    assert difference(after, at("2021-03-20T00:00")).lines == ()
    plan.run(after, at("2021-03-20T00:00"))
    assert posts(after, State.SENT) == ["2021-03-01"]
    assert posts(after, State.PLANNED) == ["2021-04-15"]


def test_a_day_put_in_front_sends_nothing_twice(services):
    before = edited(services, "03-10")
    plan.run(before, at("2021-03-10T09:00"))
    send(before, at("2021-03-10T09:00"))
    after = edited(services, "02-25", "03-10")
    assert difference(after, at("2021-03-10T12:00")).lines == ()
    plan.run(after, at("2021-03-10T12:00"))
    send(after, at("2021-03-10T12:00"))
    assert posts(after, State.SENT) == ["2021-03-10"]


def test_a_day_taken_out_and_put_back_goes_out(services):
    plan.run(edited(services, "04-15"), at("2021-04-01T00:00"))
    plan.run(edited(services), at("2021-04-01T01:00"))
    assert posts(services, State.CANCELLED) == ["2021-04-15"]
    back = edited(services, "04-15")
    [line] = difference(back, at("2021-04-01T02:00")).of("move")
    assert (line.date.isoformat(), line.note) == ("2021-04-15", "was cancelled, is planned again")
    plan.run(back, at("2021-04-01T02:00"))
    assert posts(back, State.PLANNED) == ["2021-04-15"]


def test_a_channel_that_posts_again_gets_its_post_back(services):
    there = edited(services, "04-15")
    plan.run(there, at("2021-04-01T00:00"))
    channels = services.settings.channels
    silent = {name: replace(channel, posts=False) for name, channel in channels.items()}
    rests = replace(there, settings=replace(there.settings, channels=silent), mark="rests")
    plan.run(rests, at("2021-04-01T01:00"))
    assert posts(rests, State.CANCELLED) == ["2021-04-15"]
    plan.run(replace(there, mark="again"), at("2021-04-01T02:00"))
    assert posts(there, State.PLANNED) == ["2021-04-15"]


def test_what_staff_cancelled_stays_cancelled_when_the_day_is_taken_out_and_put_back(services):
    there = edited(services, "04-15")
    plan.run(there, at("2021-04-01T00:00"))
    [key] = [entry.key for entry in services.store.listing.entries()]
    services.store.outbox.change(key, [State.PLANNED], State.CANCELLED)
    services.store.outbox.note(key, 5, error="cancelled by anna")
    plan.run(edited(services), at("2021-04-01T01:00"))
    plan.run(edited(services, "04-15"), at("2021-04-01T02:00"))
    assert posts(services, State.CANCELLED) == ["2021-04-15"]


def test_a_day_moved_beyond_the_horizon_comes_back_in_its_time(services):
    plan.run(edited(services, "04-30"), at("2021-03-10T00:00"))
    later = edited(services, "05-30")
    plan.run(later, at("2021-03-10T01:00"))
    plan.run(later, at("2021-05-29T00:00"))
    assert posts(later, State.PLANNED) == ["2021-05-30"]


def test_nudges_that_wait_move_with_their_day(services):
    services.store.people.add([house.person()])
    before = edited(services, "05-01")
    plan.run(before, at("2021-05-01T09:00"))
    after = edited(services, "05-03")
    plan.run(after, at("2021-05-01T09:01"))
    assert services.store.database.value("SELECT count(*) FROM delivery WHERE recipient = 1") == 0
    plan.run(after, at("2021-05-02T20:00"))
    plan.run(after, at("2021-05-03T09:00"))
    dues = services.store.database.rows("SELECT due FROM delivery WHERE recipient = 1")
    assert dues == [(int(at("2021-05-03T09:00").timestamp()),)]


def test_the_uid_in_a_calendar_stays_with_the_instance(services):
    before = edited(services, "05-01", "06-01")
    plan.run(before, at("2021-04-20T00:00"))
    after = edited(services, "05-05", "06-01")
    plan.run(after, at("2021-04-21T00:00"))
    after = replace(
        services, library=replace(services.library, campaigns={"trees": after.active[0]})
    )
    known = known_to(services.store, after.library).campaigns["trees"].actions[0]
    assert {f"{day:%m-%d}": slot for day, slot in known.slots.items()} == {
        "05-05": 20210501,
        "06-01": 20210601,
    }


def test_a_file_whose_slots_were_places_goes_on_with_them(services):
    store = services.store
    store.meta.put("slots_by_place", "1")
    days = edited(services, "03-01", "04-15", "12-01")
    old = [replace(o, slot=202100 + n) for n, o in enumerate(plan.wanted(days, at("2021-02-25")))]
    assert [o.slot for o in old] == [202100, 202101]
    store.plan.add(old[1])
    after = edited(services, "04-16", "12-01")
    plan.run(after, at("2021-03-20T00:00"))
    [action] = (
        known_to(store, replace(services.library, campaigns={"trees": after.active[0]}))
        .campaigns["trees"]
        .actions
    )
    assert action.slots[date(2021, 4, 16)] == 202101
    assert store.meta.get("slots_by_place") is None


# any sequence of edits, plans and sends

START = date(2021, 3, 1)
some_days = st.lists(
    st.integers(0, 50).map(lambda n: START + timedelta(days=n)), max_size=5, unique=True
).map(sorted)
moves = st.lists(
    st.one_of(some_days, st.integers(1, 72).map(lambda hours: timedelta(hours=hours))), max_size=12
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moves=moves)
@pytest.mark.sqlite
def test_no_two_posts_on_one_day_and_no_day_lost_whatever_is_edited(moves):
    with TemporaryDirectory() as folder:
        services = house.services(Path(folder), house.campaign(house.action()))
        with closing(services.store):
            play(services, moves)
            assert services.store.database.value("PRAGMA integrity_check") == "ok"


def play(services, moves) -> None:
    now, current = datetime(2021, 3, 1, tzinfo=UTC), with_days(services, [])
    for move in moves:
        if isinstance(move, timedelta):
            now += move
        else:
            current = with_days(services, move)
        told = difference(current, now)
        before = waiting(services)
        plan.run(current, now)
        assert waiting(services) == expected(before, told)
        assert [line for line in difference(current, now).lines if line.change != "keep"] == []
        send(current, now)
        check(current, now)


def waiting(services) -> set[str]:
    rows = services.store.database.rows("SELECT day FROM occurrence WHERE cancelled = 0")
    return {day for (day,) in rows}


def expected(before: set[str], told) -> set[str]:
    """What `plan --diff` says that there will be."""
    gone = {str(line.date) for change in ("move", "cancel") for line in told.of(change)}
    come = {str(line.to or line.date) for change in ("add", "move") for line in told.of(change)}
    return before - gone | come


def check(services, now: datetime) -> None:
    there = posts(services, State.PLANNED, State.QUEUED, State.SENT)
    assert len(there) == len(set(there)), "two posts of one action on one day"
    [campaign] = services.active
    wanted = campaign.actions[0].when.dates if campaign.actions else ()
    hour = timedelta(hours=9)
    ahead = [
        day.isoformat()
        for day in wanted
        if datetime(day.year, day.month, day.day, tzinfo=UTC) + hour > now
        and day <= plan.horizon(now)
    ]
    assert set(ahead) <= set(there), "a day is lost"
