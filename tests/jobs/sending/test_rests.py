"""An account whose network fails rests and goes on by itself, on a simulated clock; only who always
fails waits alone.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta

import house
import pytest

from bot.errors import AccountRefused, Blocked, TryLater, Unanswered
from bot.jobs.planning import plan
from bot.jobs.sending import decisions
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.model import State
from bot.model.staff import Actor

pytestmark = pytest.mark.slow  # minutes of a simulated clock, step by step

NINE = datetime(2021, 5, 1, 9, tzinfo=UTC)


@pytest.fixture
def services(tmp_path):
    """Three hundred nudges that are due at nine, at thirty a second."""
    services = house.services(
        tmp_path,
        house.campaign(house.action(grace=timedelta(hours=12))),
        channels=(house.channel("telegram", per_second=30.0),),
    )
    services.store.people.add(house.person(n) for n in range(300))
    plan.run(services, NINE)
    yield services
    services.store.close()


class Player:
    """Steps the account each 50 ms of a simulated clock; `fails` says which error a message to a
    recipient gets so many seconds after nine.
    """

    def __init__(self, services, fails):
        self.services, self.now, self.calls = services, NINE, []
        self.dispatcher = Dispatcher(services, "telegram", NINE - timedelta(minutes=5))

        def answer(message, _number):
            seconds = (self.now - NINE).total_seconds()
            self.calls.append((seconds, message.key.recipient))
            return fails(message.key.recipient, seconds)

        services.networks["telegram"].failures = answer

    async def play(self, seconds):
        end = self.now + timedelta(seconds=seconds)
        while self.now < end:
            await self.dispatcher.step(self.now)
            self.now += timedelta(milliseconds=50)
        await self.dispatcher.close(self.now)
        return self

    def restart(self):
        self.dispatcher = Dispatcher(self.services, "telegram", self.now)


def counts(services):
    return Counter(entry.state for entry in services.store.listing.entries())


async def test_staff_hear_of_a_network_that_is_down_for_minutes_and_that_it_is_well_again(services):
    def down(_recipient, seconds):
        return TryLater("502 Bad Gateway") if 2 <= seconds < 600 else None

    player = await Player(services, down).play(400)
    [alarm] = services.store.alerts.current()
    assert (alarm.kind, alarm.subject) == ("rests", "telegram")
    assert "502 Bad Gateway" in alarm.text
    await player.play(1_200)
    assert services.store.alerts.current() == []
    assert counts(services) == {State.SENT: 300}


async def test_a_network_that_is_down_for_some_seconds_needs_nobody(services):
    def down(_recipient, seconds):
        return TryLater("502") if 2 <= seconds < 7 else None

    player = await Player(services, down).play(60)
    assert counts(services) == {State.SENT: 300}
    assert services.store.channels.paused() == []
    assert services.store.channels.resting() == {}
    assert services.store.alerts.current() == []
    assert sum(2 <= seconds < 7 for seconds, _ in player.calls) < 120, "it rested meanwhile"


async def test_a_network_that_is_down_for_long_is_asked_with_one_message_after_each_rest(services):
    def down(_recipient, seconds):
        return TryLater("502") if seconds < 120 else None

    player = await Player(services, down).play(115)
    rest = services.store.channels.resting()["telegram"]
    assert rest.rests >= 5
    assert "502" in rest.reason
    assert sum(seconds > 1 for seconds, _ in player.calls) == rest.rests - 1
    await player.play(185)
    assert counts(services) == {State.SENT: 300}


async def test_silence_of_one_in_twenty_never_rests_the_account(services):
    def silent(recipient, _seconds):
        return Unanswered("silence") if recipient % 20 == 0 else None

    await Player(services, silent).play(15)
    assert counts(services) == {State.SENT: 285, State.UNCERTAIN: 15}
    assert services.store.channels.resting() == {}


async def test_a_network_that_is_silent_makes_few_uncertain(services):
    await Player(services, lambda _recipient, _seconds: Unanswered("silence")).play(60)
    assert counts(services)[State.UNCERTAIN] < 15
    assert "telegram" in services.store.channels.resting()


async def test_one_recipient_that_always_fails_waits_alone(services):
    def dead(recipient, _seconds):
        return TryLater("500") if recipient == 7 else None

    player = await Player(services, dead).play(40)
    assert counts(services) == {State.SENT: 299, State.QUEUED: 1}
    assert 2 <= sum(recipient == 7 for _, recipient in player.calls) <= 5
    assert services.store.channels.resting() == {}


async def test_people_who_blocked_us_never_rest_the_account(services):
    def blocked(recipient, _seconds):
        return Blocked("blocked by the user") if recipient % 4 else None

    await Player(services, blocked).play(15)
    assert services.store.channels.resting() == {}
    assert counts(services) == {State.SENT: 75, State.FAILED: 225}


async def test_what_a_person_must_mend_pauses_and_does_not_rest(services):
    await Player(services, lambda _recipient, _seconds: AccountRefused("revoked")).play(2)
    assert [paused.name for paused in services.store.channels.paused()] == ["telegram"]
    assert services.store.channels.resting() == {}


async def test_a_rest_outlives_a_restart(services):
    player = await Player(services, lambda _recipient, _seconds: TryLater("502")).play(20)
    rest = services.store.channels.resting()["telegram"]
    assert player.now.timestamp() < rest.until, "it rests at the moment of the restart"
    before = len(player.calls)
    player.restart()
    await player.play(rest.until - player.now.timestamp() - 0.2)
    assert len(player.calls) == before
    await player.play(1)
    assert len(player.calls) == before + 1


async def test_who_resumes_the_channel_ends_the_rest_at_once(services):
    player = await Player(
        services, lambda _recipient, seconds: TryLater("502") if seconds < 20 else None
    ).play(20)
    assert "telegram" in services.store.channels.resting()
    assert decisions.resume(services.settings, services.store, "telegram", Actor("ada"), player.now)
    await player.play(0.5)
    assert len([None for seconds, _ in player.calls if seconds >= 20]) > 5
    assert services.store.channels.resting() == {}
