"""Being forgotten: nothing of a person is left, counts stay true, and a restore brings nobody back.

Retention and the one nudge a day beside it.
"""

from dataclasses import replace
from datetime import timedelta

import house
import pytest
from helpers import at

from bot.chat.telegram.flood import BURST, PATIENCE, Flood
from bot.jobs.operations import backup
from bot.jobs.people import retention
from bot.jobs.planning import plan
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.model import State, YearlyDay
from bot.model.person import NUDGES
from bot.model.staff import Actor
from bot.networks.apprise.network import Network as Mail
from bot.networks.dry.network import Network as Dry
from bot.networks.telegram.network import Network as Telegram
from bot.store import Store

NOON = at("2021-05-01T09:00")


@pytest.fixture
def services(tmp_path):
    services = house.services(tmp_path, house.campaign(house.action(nudge=True)))
    yield services
    services.store.close()


def test_forgetting_leaves_counts_and_a_keyed_hash(services):
    store = services.store
    store.people.add([house.person(1), house.person(2)])
    store.subscribers.agree(1, NUDGES, "en 1", 5)
    store.subscribers.set_profile(1, "mastodon", "example.org")
    store.subscribers.tick(1, ("trees", "deed", 202100), True, 5)
    store.inbox.ask(1, "1001", "en", "Why?", 5)
    store.inbox.flag_left(store.inbox.flag(1, "1001", None, "en", "Help", 5), 5)
    store.conversations.keep(1, "1001", "{}", 5)
    plan.run(services, NOON)
    before = store.listing.counts()
    assert store.forgotten.forget_at(1, "telegram", "1001", 6)
    after = store.listing.counts()
    assert sum(after.values()) == sum(before.values())
    assert after[State.CANCELLED] == 1, "what waited is not sent"
    assert [
        row[0] < 0
        for row in store.database.rows("SELECT recipient FROM delivery ORDER BY recipient")
    ] == [True, False]
    for table in ("consent", "profile", "tick", "question", "flag", "conversation"):
        assert store.database.value(f"SELECT count(*) FROM {table}") == 0, table
    [stone] = store.forgotten.tombstones()
    assert (len(stone.digest), stone.at) == (64, 6)
    assert "1001" not in stone.digest
    assert not store.forgotten.forget_at(1, "telegram", "1001", 7), "there is nobody any more"


def test_a_message_about_a_child_reaches_the_contact_before_it_is_forgotten(services):
    store = services.store
    store.inbox.flag_left(store.inbox.flag(1, "1001", None, "en", "Told", 5), 5)
    waits = store.inbox.flag(1, "1001", None, "en", "Waits", 5)
    other = store.inbox.flag(1, "1002", None, "en", "Other", 5)
    store.forgotten.forget_at(1, "telegram", "1001", 6)
    assert [flag.text for flag in store.inbox.untold_flags()] == ["Waits", "Other"]
    assert [flag.text for flag in store.inbox.flags_of(1, "1001")] == ["Waits"]
    store.inbox.flag_left(waits, 7)
    store.inbox.flag_left(other, 7)
    assert store.inbox.flags_of(1, "1001") == []
    assert [flag.text for flag in store.inbox.flags_of(1, "1002")] == ["Other"]
    store.inbox.flag(1, "1002", None, "en", "Nobody reads it", 8)
    store.forgotten.forget_at(1, "telegram", "1002", 9, contact=False)
    assert store.inbox.flags_of(1, "1002") == [], "where nobody is named it goes nowhere"


@pytest.mark.parametrize("older", [False, True])
@pytest.mark.sqlite
def test_a_restore_brings_nobody_back_who_wanted_to_be_forgotten(services, tmp_path, older):
    store = services.store
    store.meta.claim("live")
    store.people.add([house.person(1), house.person(2)])
    copy = tmp_path / "copy.db"
    store.inbox.flag_left(store.inbox.flag(1, "55", None, "en", "Told", 5), 5)
    backup.backup(services.settings.database, copy, NOON)
    store.forgotten.forget_at(1, "telegram", "1001", int(NOON.timestamp()))
    store.forgotten.forget_at(1, "telegram", "55", int(NOON.timestamp()))
    if older:  # what else it can't tell matters to nobody who was forgotten
        store.database.execute("ALTER TABLE api_token RENAME COLUMN used TO once")
    store.close()
    backup.restore(
        services.settings,
        copy,
        lambda settings: replace(services, store=Store(settings.database, keys=settings.keys)),
        Actor("ada"),
        NOON,
    )
    restored = Store(services.settings.database)
    assert restored.subscribers.find(1, "1001") is None
    assert restored.subscribers.find(1, "1002") is not None
    assert restored.inbox.flags_of(1, "55") == [], "nor what somebody wrote who had not joined"
    restored.close()


def test_who_subscribes_again_is_no_longer_buried(services):
    store = services.store
    store.people.add([house.person(1)])
    store.forgotten.forget_at(1, "telegram", "1001", 6)
    store.people.add([house.person(1)])
    store.forgotten.returned("telegram", "1001")
    assert store.forgotten.bury(store.forgotten.tombstones(), 7, {}) == 0
    assert store.subscribers.find(1, "1001") is not None


def test_what_was_kept_long_enough_is_deleted(services):
    inbox, now = services.store.inbox, int(NOON.timestamp())
    inbox.ask(1, "1", "en", "answered long ago", 0)
    inbox.answer(1, "Yes.", "staff", 1)
    inbox.answer_left(1, now - 366 * 86_400)
    inbox.ask(1, "1", "en", "never answered", 0)
    inbox.flag(1, "1", None, "en", "old", now - 31 * 86_400)
    inbox.flag(1, "1", None, "en", "new", now - 29 * 86_400)
    services.store.conversations.keep(1, "1", "{}", now - 91 * 86_400)
    services.store.conversations.first_time(1, 5, now - 4 * 86_400)
    assert retention.run(services, NOON) == 4
    assert [q.text for q in inbox.of_address(1, "1")] == ["never answered"]
    assert [f.text for f in inbox.flags_of(1, "1")] == ["new"]


# one nudge a day


async def sent_at(services, now, channel="telegram"):
    plan.run(services, now)
    dispatcher = Dispatcher(services, channel, now)
    for second in range(30):
        if await dispatcher.step(now + timedelta(seconds=second)) is None:
            break
    await dispatcher.close(now)
    return sorted(entry.action for entry in services.store.listing.entries(State.SENT))


async def test_two_campaigns_on_one_day_make_two_days(tmp_path):
    first = house.campaign(house.action("deed", grace=timedelta(days=3)))
    other = replace(house.action("other", grace=timedelta(days=3)), campaign="bees")
    short = replace(
        house.action("short", when=YearlyDay(month=5, day=1), grace=timedelta(hours=12)),
        campaign="bees",
    )
    second = house.campaign(other, short, campaign_id="bees")
    services = house.services(tmp_path, first, second)
    channel = services.settings.channels["telegram"]
    services = replace(services, networks={"telegram": Dry(channel, {}, stands_for=Telegram)})
    services.store.people.add([house.person(1)])
    assert await sent_at(services, at("2021-05-01T09:00:10")) == ["other"]
    skipped = [entry.action for entry in services.store.listing.entries(State.SKIPPED)]
    assert skipped == ["short"], "its grace ends before the next day"
    assert await sent_at(services, at("2021-05-02T09:00:10")) == ["deed", "other"]
    services.store.close()


async def test_who_gets_the_calendar_by_letter_gets_one_a_day_too(tmp_path):
    days = [house.action(name, grace=timedelta(days=3)) for name in ("deed", "other")]
    mail = house.channel("mail", network="apprise", posts=False)
    services = house.services(tmp_path, house.campaign(*days), channels=(mail,))
    services = replace(services, networks={"mail": Dry(mail, {}, stands_for=Mail)})
    services.store.people.add([house.person(1)])
    assert len(await sent_at(services, at("2021-05-01T09:00:10"), "mail")) == 1
    assert await sent_at(services, at("2021-05-02T09:00:10"), "mail") == ["deed", "other"]
    services.store.close()


# floods


def test_a_burst_goes_through_then_one_a_second_then_nothing():
    flood = Flood()
    delays = [flood.delay("7", 0.0) for _ in range(BURST + 40)]
    assert delays[:BURST] == [0.0] * BURST
    assert delays[BURST : BURST + 3] == [1.0, 2.0, 3.0]
    assert delays[-1] is None
    assert max(d for d in delays if d is not None) <= PATIENCE
    assert flood.delay("8", 0.0) == 0.0, "only that person is slowed"
    assert flood.delay("7", 1000.0) == 0.0
    assert [flood.tell("7", 0.0), flood.tell("7", 59.0), flood.tell("7", 61.0)] == [
        True,
        False,
        True,
    ]
