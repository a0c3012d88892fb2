"""What a restore does with all that may have left since the backup was made, beside the waves of the
calendar: nobody gets it twice.
"""

from dataclasses import replace
from datetime import timedelta

import orchard
import pytest

from bot.jobs.broadcasts import announcements, sweeps
from bot.jobs.operations.backup import backup, restore
from bot.jobs.staff import posting
from bot.model import Audience, State
from bot.model.outbox.broadcasts import SweepKind
from bot.model.share import Candidate, ReviewState
from bot.model.staff import Actor, Whom
from bot.store import Store
from bot.times import from_epoch

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]

ADA = Actor("ada")
MADE = orchard.at("2021-05-01T10:00")
NOW = MADE + timedelta(hours=2)
EVERYBODY = Whom(audiences=tuple(Audience))


@pytest.fixture
def services(tmp_path):
    made = orchard.services(tmp_path, chat=True)
    made.store.meta.claim("live")
    yield made
    made.store.close()


@pytest.fixture
def five(services):
    """Five people in the chat."""
    return [orchard.add_chat(services, number) for number in range(1, 6)]


def saved(services, made=MADE):
    """A backup of the services' database as it is now."""
    file = services.settings.database.with_name("b.db")
    backup(services.settings.database, file, made)
    return file


def put_back(services, file, now=NOW):
    """The services over the database that is restored from a backup."""

    def opener(settings):
        return replace(services, settings=settings, store=Store(settings.database))

    services.store.close()
    restore(services.settings, file, opener, ADA, now)
    return opener(services.settings)


def states(services):
    return [state for _, _, state in orchard.deliveries(services)]


async def test_an_announcement_that_had_not_fanned_out_is_sent_to_nobody_twice(
    services, five, monkeypatch
):
    monkeypatch.setattr("bot.store.staff.staff.STEP_ROWS", 2)
    posting.announce(services, "News", EVERYBODY, ADA, MADE)
    assert next(made for made in announcements.steps(services) if made) == 2
    restored = put_back(services, saved(services))
    assert announcements.run(restored) == 0
    await orchard.play(restored, "2021-05-01T12:00", "2021-05-01T14:00")
    assert states(restored) == [State.UNCERTAIN] * 5
    restored.store.close()


async def test_what_somebody_had_decided_to_send_and_may_have_left_waits_for_a_person(
    services, five, monkeypatch
):
    monkeypatch.setattr("bot.store.sending.sweeps.STEP", 2)
    posting.announce(services, "News", EVERYBODY, ADA, MADE)
    announcements.run(services)
    services.store.database.execute(f"UPDATE delivery SET state = {int(State.UNCERTAIN)}")
    key = next(iter(services.store.listing.entries())).key
    begun = sweeps.begin(services, SweepKind.SEND, key.occurrence, key.channel, ADA, MADE)
    assert begun.changed == 2
    restored = put_back(services, saved(services))
    await sweeps.run(restored, NOW)
    assert states(restored) == [State.UNCERTAIN] * 5
    restored.store.close()


@pytest.mark.parametrize(
    ("way", "stands"), [("quote", ReviewState.UNCERTAIN), ("boost", ReviewState.APPROVED)]
)
def test_a_quote_that_may_stand_is_looked_at_by_a_person(services, way, stands):
    amplify = services.store.amplify
    post = Candidate(
        network="mastodon",
        uri="https://m.example/1",
        post="1",
        url="https://m.example/@acme/1",
        author="acme@m.example",
        pledge=orchard.add_pledge(services),
        text="We planted 12 trees",
        media=False,
        posted=from_epoch(1),
        channel="mail",
    )
    amplify.add([post], 1)
    amplify.clear(1, ADA, way)
    amplify.change(1, [ReviewState.WAITING], ReviewState.APPROVED)
    restored = put_back(services, saved(services))
    assert restored.store.amplify.get(1).state is stands
    restored.store.close()
