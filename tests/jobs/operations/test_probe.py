"""Token probes: daily, once more a day before an observance, what a refused token leads to.

And what reading and deleting cost.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest
from fakes.base import Trouble
from fakes.bluesky import Fake as Bluesky
from fakes.mastodon import Fake as Mastodon
from fakes.telegram import Fake as Telegram
from fakes.x import Fake as X

from bot.jobs.campaigns import limits
from bot.jobs.operations import probe
from bot.jobs.planning import plan
from bot.jobs.sending import lookup, retract
from bot.model import State, YearlyDay
from bot.networks import load

pytestmark = pytest.mark.slow  # it talks to servers of a network

NOW = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def make(tmp_path):
    opened = []

    def build(fake, when=None, **options):
        day = when or (NOW + 40 * DAY).date()
        deed = house.action(
            post=True,
            nudge=False,
            observance="tree-day",
            when=YearlyDay(month=day.month, day=day.day),
        )
        name = f"our-{fake.network}"
        services = house.services(
            tmp_path,
            house.campaign(deed),
            channels=(replace(house.channel(name, network=fake.network), target=fake.target),),
        )
        services = replace(services, networks={name: fake.build(load(fake.network), **options)})
        opened.append(services)
        plan.run(services, NOW)
        return services

    yield build
    for services in opened:
        for network in services.networks.values():
            await network.close()
        services.store.close()


@pytest.fixture(params=[X, Mastodon, Bluesky, Telegram])
async def fake(request):
    async with request.param() as fake:
        yield fake


@pytest.fixture
async def x():
    async with X() as fake:
        yield fake


def paused(services):
    return [one.name for one in services.store.channels.paused()]


def alerts(services):
    return [(alert.kind, alert.subject) for alert in services.store.alerts.current()]


async def test_each_token_is_asked_once_a_day(make, fake):
    services = make(fake)
    for hours in range(0, 49, 6):
        before = fake.hits
        await probe.run(services, NOW + hours * HOUR)
        assert (fake.hits > before) == (hours % 24 == 0)
    assert (paused(services), alerts(services)) == ([], [])


async def test_a_clock_that_is_set_back_lets_no_token_go_untested_for_longer(make, x):
    services = make(x)
    for now in (NOW + 5 * DAY, NOW, NOW + DAY):
        before = x.hits
        await probe.run(services, now)
        assert x.hits > before
        await probe.run(services, now + HOUR)
    assert x.hits == before + 1


async def test_a_refused_token_pauses_the_channel_and_nothing_is_lost(make, fake):
    services = make(fake, trouble=Trouble.UNAUTHORIZED)
    await probe.run(services, NOW)
    name = f"our-{fake.network}"
    assert (paused(services), alerts(services)) == ([name], [("token", name)])
    for secret in fake.secrets.values():
        assert secret not in services.store.alerts.current()[0].text
    before = fake.hits
    await probe.run(services, NOW + 2 * DAY)  # staff know
    assert fake.hits == before
    services.store.channels.resume(name)
    await probe.run(services, NOW + 2 * DAY)
    assert (paused(services), alerts(services)) == ([], [])


@pytest.mark.parametrize(
    "trouble",
    [
        Trouble.BROKEN,
        Trouble.PAGE_503,
        Trouble.TOO_MANY,
        Trouble.SILENT,
        Trouble.MALFORMED,
        Trouble.DROPPED_BEFORE,
    ],
)
async def test_what_can_not_be_told_pauses_nobody_and_is_asked_again(make, fake, trouble):
    services = make(fake, trouble=trouble)
    await probe.run(services, NOW)
    assert (paused(services), alerts(services)) == ([], [])
    before = fake.hits
    await probe.run(services, NOW + HOUR / 2)
    assert fake.hits == before
    await probe.run(services, NOW + HOUR)
    assert fake.hits > before


async def test_a_day_before_an_observance_it_is_asked_once_more(make, x):
    due = (NOW + 2 * DAY).replace(hour=9)
    services = make(x, when=due.date())
    begins = due - DAY
    await probe.run(services, begins - 5 * HOUR)
    plan.run(services, begins)
    await probe.run(services, begins - HOUR)
    assert len(x.calls) == 1
    await probe.run(services, begins + HOUR)
    await probe.run(services, begins + 2 * HOUR)
    assert x.calls == ["GET /2/users/me"] * 2


async def test_a_dry_channel_is_not_asked(make, x):
    services = replace(make(x), dry={"our-x": "no secret"})
    await probe.run(services, NOW)
    assert x.calls == []


async def test_probing_looking_up_and_deleting_are_on_the_bill(make, x):
    services = make(x, when=NOW.date())
    await probe.run(services, NOW)
    [entry] = services.store.listing.entries()
    for _ in range(3):
        x.add("Something else", at=NOW)
    x.add("A post #Tag", at=NOW)
    services.store.outbox.change(entry.key, [State.PLANNED, State.QUEUED], State.UNCERTAIN)
    await lookup.run(services, NOW)
    [entry] = services.store.listing.entries()
    assert entry.state is State.SENT
    outcome = await retract.retract(services, str(entry.key), "anna", NOW)
    assert outcome.done, outcome
    spent = {each.kind: each.n for each in services.store.ledger.between(NOW.date(), NOW.date())}
    assert spent == {
        "read": 2,
        "delete": 1,
    }  # the probe, and the newest post of the timeline, which it was


async def test_each_probe_keeps_what_the_server_takes(make):
    async with Mastodon() as fake:
        fake.configuration["statuses"]["max_characters"] = 5_000
        services = make(fake)
        await probe.run(services, NOW)
        known = limits.kept(services.store, services.settings.channels.values())
    assert {account: told.limits.length for account, told in known.items()} == {
        "our-mastodon": 5_000
    }
