"""Which pledges are looked at: all about which there is something to decide, found by one
statement, and few others.
"""

import random
from datetime import UTC, date, datetime, timedelta

import orchard
import pytest

from bot.jobs.pledges import journeys
from bot.model import Audience, Kind, Occurrence, QuietHours, State
from bot.model.person import Status
from bot.model.pledge import JourneyState, Standing
from bot.rules import journey
from bot.rules.journey import standing_of

pytestmark = pytest.mark.slow

START = datetime(2021, 2, 3, tzinfo=UTC)
ZONES = (
    "UTC",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "America/New_York",
    "Europe/Paris",
)
PROMPTS = frozenset(
    action.id for action in orchard.campaign().actions if action.kind is Kind.PROMPT
)


def populate(services, chance, count=60):
    """Pledges in all kinds of standing, whose focal points got prompts, were reminded, answered,
    said something, or left.
    """
    channel = services.channel_ids["mail"]
    for number in range(count):
        person = orchard.add_contact(services, number, zone=chance.choice(ZONES))
        minute = chance.choice([0, 9 * 60, 23 * 60 + 59])
        services.store.people.settle(
            person,
            services.store.people.place(
                channel, Audience.ORGANIZATION, chance.choice(ZONES), minute
            ),
        )
        pledge = orchard.add_pledge(services, person)
        for action in chance.sample(sorted(PROMPTS), chance.randrange(4)):
            prompt(services, chance, pledge, person, channel, action)
        since = START - timedelta(days=chance.randrange(30), minutes=chance.randrange(1440))
        services.store.journeys.stand(pledge, a_standing(chance, since))
        if chance.random() < 0.1:
            services.store.people.mark([person], chance.choice([Status.BLOCKED, Status.STOPPED]))


def prompt(services, chance, pledge, person, channel, action):
    slot = 202100
    day = START.date() - timedelta(days=chance.randrange(28))
    occurrence = services.store.plan.add(
        Occurrence(
            campaign="trees",
            action=action,
            audience=Audience.ORGANIZATION,
            slot=slot,
            day=day,
            grace=timedelta(days=7),
            nudge=True,
            post=False,
            named=False,
        )
    )
    sent = int((START - timedelta(minutes=chance.randrange(30 * 1440))).timestamp())
    services.store.intake.add_note(occurrence, channel, person, sent, sent + 600_000)
    state = chance.choice([State.SENT, State.SENT, State.UNCERTAIN, State.SKIPPED])
    services.store.database.execute(
        "UPDATE delivery SET state = :s WHERE recipient = :p AND occurrence = :o",
        {"s": state, "p": person, "o": occurrence},
    )
    if chance.random() < 0.3:
        services.store.journeys.reminded(pledge, action, slot, sent + 864_000)
    if chance.random() < 0.3:
        services.store.journeys.report(pledge, action, slot, None, "x", sent + 1000)


def a_standing(chance, since):
    state = chance.choice([JourneyState.ACTIVE] * 4 + list(JourneyState))
    until = (
        START.date() + timedelta(days=chance.randrange(-2, 12))
        if state is JourneyState.PAUSED
        else None
    )
    heard = since + timedelta(days=chance.randrange(20)) if chance.random() < 0.5 else None
    return Standing(state=state, since=since, until=until, heard=heard)


def decided(services, now):
    """The pledges that `decide` has something to do about, one look at each."""
    found, rules = [], journey.rules(services.active[0])
    for pledge in services.store.pledges.all("trees"):
        [focal] = services.store.editors.team(pledge.id)
        met = journeys.wished(services, services.store.people.where(focal.person))
        asked = services.store.journeys.prompts(pledge.id, "trees", PROMPTS)
        due = journey.decide(rules, standing_of(pledge), asked, met, now)
        if due and not (focal.away and due.step is not journey.Step.WAKE):
            found.append(pledge.id)
    return found


@pytest.mark.parametrize(
    "quiet", [None, QuietHours(start=21 * 60, end=8 * 60)], ids=["no quiet hours", "quiet hours"]
)
@pytest.mark.parametrize("seed", range(4))
def test_nothing_that_is_due_is_overlooked(tmp_path, seed, quiet):
    chance = random.Random(seed)
    services = orchard.services(tmp_path, **({"quiet": quiet} if quiet else {}))
    populate(services, chance)
    rules, hits, looks = journey.rules(services.active[0]), 0, 0
    for _ in range(120):
        now = START + timedelta(minutes=chance.randrange(26 * 1440))
        clocks = journeys._clocks(services, services.active[0], rules, now)
        due = services.store.journeys.due("trees", PROMPTS, clocks, rules.unanswered)
        wanted = decided(services, now)
        assert set(wanted) <= set(due), now
        hits, looks = hits + len(wanted), looks + len(due)
    assert hits > 200, "the test has something to find"
    assert looks < hits * 1.3, "and few are looked at for nothing"
    services.store.close()


def test_an_instant_is_ripe_at_their_own_hour(tmp_path):
    met = journey.Met(
        zone=journeys.dates.zone("America/New_York"),
        minute=9 * 60,
        quiet=QuietHours(start=0, end=0),
    )
    # the clocks change on 14 March
    for now in (
        datetime(2021, 3, 20, 12, 59, 59, tzinfo=UTC),
        datetime(2021, 3, 20, 13, tzinfo=UTC),
        datetime(2021, 3, 20, 23, 30, tzinfo=UTC),
    ):
        edge = met.ripe(now, 10)
        assert met.days_after(edge - timedelta(seconds=1), 10) <= now < met.days_after(edge, 10)
    assert met.day(datetime(2021, 3, 20, 12, 59, tzinfo=UTC)) == date(2021, 3, 19)
    assert met.day(datetime(2021, 3, 20, 13, tzinfo=UTC)) == date(2021, 3, 20)


def test_many_steps_at_once_go_on_with_the_next_look(tmp_path, monkeypatch):
    monkeypatch.setattr(journeys, "MOST", 5)
    services = orchard.services(tmp_path)
    people = [orchard.add_contact(services, number) for number in range(12)]
    for person in people:
        pledge = orchard.add_pledge(services, person)
        since = datetime(2021, 1, 1, tzinfo=UTC)
        services.store.journeys.stand(
            pledge,
            Standing(state=JourneyState.PAUSED, since=since, until=date(2021, 2, 1), heard=None),
        )
    assert [journeys.run(services, START) for _ in range(4)] == [5, 5, 2, 0]
    services.store.close()
