"""When waves will have left: bounds that hold whatever waits, and the hours of quiet."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from bot.model import QuietHours
from bot.rules.eta import Estimate, Queue, estimates

NOW = datetime(2021, 5, 1, 12, tzinfo=UTC).timestamp()
HOUR = 3600
NONE = QuietHours(start=0, end=0)
NIGHT = QuietHours(start=21 * 60, end=8 * 60)
ZONES = [ZoneInfo(name) for name in ("UTC", "Asia/Kathmandu", "America/Lima")]

queues = st.builds(
    lambda messages, ready, grace, zone: Queue(
        messages=messages, ready=NOW + ready, expires=NOW + ready + grace, zone=zone
    ),
    st.integers(1, 500_000),
    st.integers(-HOUR, 12 * HOUR),
    st.integers(1, 48 * HOUR),
    st.sampled_from(ZONES),
)
rates = st.floats(0.05, 1000)


def queue(messages, *, ready=0.0, grace=24.0, zone="UTC"):
    begins = NOW + ready * HOUR
    return Queue(
        messages=messages, ready=begins, expires=begins + grace * HOUR, zone=ZoneInfo(zone)
    )


@given(st.lists(queues, max_size=8), rates, st.sampled_from([NONE, NIGHT]))
def test_nothing_leaves_before_its_time_or_after_its_grace_or_faster_than_the_pace(
    waves, rate, quiet
):
    for wave, estimate in zip(
        waves, estimates(waves, rate=rate, now=NOW, quiet=quiet), strict=True
    ):
        assert 0 <= estimate.late <= wave.messages
        if estimate.ends is None:
            assert estimate.late == wave.messages
        else:
            assert max(NOW, wave.ready) <= estimate.ends <= wave.expires
            sent = wave.messages - estimate.late
            assert sent <= (estimate.ends - max(NOW, wave.ready)) * rate + 1


@given(st.lists(queues, max_size=6), queues, rates)
def test_a_wave_with_more_time_delays_nobody(waves, other, rate):
    patient = replace(other, expires=max([other.expires, *(w.expires + 1 for w in waves)]))
    before = estimates(waves, rate=rate, now=NOW, quiet=NONE)
    after = estimates([*waves, patient], rate=rate, now=NOW, quiet=NONE)[:-1]
    for old, new in zip(before, after, strict=True):
        assert (old.late, old.ends is None) == (new.late, new.ends is None)
        assert old.ends is None or abs(old.ends - new.ends) < 0.01


def test_waves_end_one_after_the_other_by_their_deadlines():
    waves = [queue(36_000, grace=20), queue(36_000, grace=5)]
    assert estimates(waves, rate=10, now=NOW, quiet=NONE) == [
        Estimate(ends=NOW + 2 * HOUR, late=0),
        Estimate(ends=NOW + HOUR, late=0),
    ]


def test_what_is_paid_for_goes_first_at_its_own_pace():
    waves = [queue(36_000, grace=5), replace(queue(36_000, grace=20), rate=100)]
    assert estimates(waves, rate=10, now=NOW, quiet=NONE) == [
        Estimate(ends=NOW + 1.1 * HOUR, late=0),
        Estimate(ends=NOW + HOUR / 10, late=0),
    ]


def test_what_cannot_leave_within_its_grace_is_counted():
    assert estimates([queue(36_000, grace=0.5)], rate=10, now=NOW, quiet=NONE) == [
        Estimate(ends=NOW + HOUR / 2, late=18_000)
    ]


def test_a_wave_sleeps_through_the_night_of_its_people_and_others_go_on():
    waves = [queue(100 * HOUR, grace=30), queue(HOUR, grace=40, zone="America/Lima")]
    assert estimates(waves, rate=10, now=NOW, quiet=NIGHT) == [
        # from 12:00 to 21:00, and from 8:00 to 9:00
        Estimate(ends=NOW + 21 * HOUR, late=0),
        # 21:00 is 16:00 in Lima
        Estimate(ends=NOW + 9.1 * HOUR, late=0),
    ]


def test_without_quiet_hours_the_first_minute_after_midnight_is_as_any_other():
    midnight = datetime(2021, 5, 1, 5, tzinfo=UTC).timestamp()  # in Lima
    for second in (0.0, 30.5, 59.9):
        now = midnight + second
        waves = [
            Queue(messages=10, ready=now, expires=now + HOUR, zone=zone)
            for zone in (ZoneInfo("America/Lima"), ZoneInfo("UTC"))
        ]
        ends = [each.ends for each in estimates(waves, rate=10, now=now, quiet=NONE)]
        assert ends == [now + 1, now + 2]
