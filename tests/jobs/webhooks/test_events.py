"""What webhooks are told comes of the real jobs, in the transaction of what happened, and holds
numbers alone.
"""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import orchard
import pytest

from bot.errors import Refused, Unanswered
from bot.jobs.planning import plan
from bot.jobs.pledges import journeys, moderation
from bot.jobs.sending import decisions, packs
from bot.jobs.sending.dispatch.allowance import accounts
from bot.jobs.sending.dispatch.dispatcher import Dispatcher
from bot.jobs.webhooks import deliver
from bot.model.pledge import PledgeState
from bot.model.staff import Actor
from bot.rules.alerts import PostFailed
from bot.store.sending.restored import Restored

NINE = datetime(2021, 5, 1, 9, tzinfo=UTC)


def wanting(services, endpoint):
    """The services with this webhook, which the database knows of from now on."""
    services = replace(services, webhooks={endpoint.webhook.name: endpoint})
    services.store.webhooks.adopt([endpoint.webhook], services.webhooks)
    return services


async def dispatch(services):
    plan.run(services, NINE)
    for account in accounts(services):
        dispatcher = Dispatcher(services, account, NINE - timedelta(minutes=5))
        await dispatcher.step(NINE)
        await dispatcher.close(NINE)


def events(services):
    rows = services.store.database.rows("SELECT kind, data FROM hook_event ORDER BY id")
    return [tuple(row) for row in rows]


async def test_posts_that_were_sent_failed_or_are_uncertain_are_told_with_their_alarms(
    services, receiver, endpoint_of, nameless
):
    services = wanting(services, endpoint_of(receiver.url))
    services.networks["other"].failures = lambda *_: Refused("no")
    services.networks["third"].failures = lambda *_: Unanswered("silence")
    services.store.people.add(house.person(n) for n in range(30))
    await dispatch(services)
    await deliver.run(services, datetime.now(UTC))
    told = {(body["type"], body["data"].get("channel")) for _, body in receiver.got}
    assert told == {
        ("post.sent", "telegram"),
        ("post.failed", "other"),
        ("post.uncertain", "third"),
        ("alarm", None),
    }
    assert len(receiver.got) == 5, "the nudges of thirty people are told to nobody"
    assert len({id_ for id_, _ in receiver.got}) == 5
    assert all(nameless(body["data"]) for _, body in receiver.got)
    sent = next(body for _, body in receiver.got if body["type"] == "post.sent")
    assert sent == {
        "type": "post.sent",
        "timestamp": "2021-05-01T09:00:00Z",
        "data": {
            "post": "1-1-0",
            "campaign": "trees",
            "action": "deed",
            "day": "2021-05-01",
            "channel": "telegram",
        },
    }


async def test_what_staff_say_of_a_post_is_told_too(services, receiver, endpoint_of):
    services = wanting(services, endpoint_of(receiver.url, events=["post.sent"]))
    services.networks["third"].failures = lambda *_: Unanswered("silence")
    services.networks["other"].failures = lambda *_: Refused("no")
    await dispatch(services)
    decisions.arrived(services, "1-3-0", Actor("anna"), NINE)
    packs.posted(services, "1-2-0", "https://other.example/1", Actor("anna"), NINE)
    await deliver.run(services, datetime.now(UTC))
    assert [body["data"]["post"] for _, body in receiver.got] == ["1-1-0", "1-3-0", "1-2-0"]
    with pytest.raises(Exception, match="not noted"):
        decisions.arrived(services, "1-3-0", Actor("anna"), NINE)
    assert len(events(services)) == 3


async def test_after_a_crash_or_a_restore_what_may_have_left_is_told_as_uncertain(
    services, endpoint_of
):
    services = wanting(services, endpoint_of("http://127.0.0.1:9/", events=["post.uncertain"]))
    services.store.people.add(house.person(n) for n in range(3))
    plan.run(services, NINE)
    going = services.store.database.execute("UPDATE delivery SET state = 4 WHERE channel = 1")
    assert going == 4, "one post, and nudges, of which nobody is told"
    services.store.outbox.recover(int(NINE.timestamp()))
    assert [kind for kind, _ in events(services)] == ["post.uncertain"]
    Restored(services.store.database).mark_uncertain(int(NINE.timestamp()), 0, "restored")
    assert ['"1-1-0"' in data for _, data in events(services)] == [True, False, False]


async def test_a_result_that_comes_too_late_to_count_tells_nothing(services, endpoint_of):
    services = wanting(services, endpoint_of("http://127.0.0.1:9/"))
    plan.run(services, NINE)
    dispatcher = Dispatcher(services, "telegram", NINE - timedelta(minutes=5))
    services.networks["telegram"].failures = lambda *_: (
        services.store.database.execute("UPDATE delivery SET state = 8") and None
    )
    await dispatcher.step(NINE)
    await dispatcher.close(NINE)
    assert events(services) == []


@pytest.fixture
def grove(tmp_path):
    made = orchard.services(tmp_path)
    with closing(made.store):
        yield made


async def test_pledges_and_their_steps_are_told_by_number(grove, receiver, endpoint_of, nameless):
    services = wanting(grove, endpoint_of(receiver.url))
    moment = orchard.at("2021-02-04")
    person = orchard.add_contact(services)
    pledge = orchard.add_pledge(services, person)
    anna = Actor("staff anna")
    moderation.decide(services, pledge, PledgeState.APPROVED, anna, moment)
    services.store.pledges.verify(pledge, "staff", anna, int(moment.timestamp()))
    moderation.decide(services, pledge, PledgeState.PUBLISHED, anna, moment)
    for _ in range(2):
        journeys.report(services, pledge, "prompt-february", 202100, None, anna, moment)
    await deliver.run(services, datetime.now(UTC))
    assert receiver.types == ["pledge.submitted", "pledge.published", "step.done"]
    assert [body["data"] for _, body in receiver.got] == [
        {"pledge": pledge, "campaign": "trees"},
        {"pledge": pledge, "campaign": "trees"},
        {"pledge": pledge, "campaign": "trees", "action": "prompt-february"},
    ]
    assert all(nameless(body["data"]) for _, body in receiver.got)


def test_what_is_undone_together_with_its_cause_is_never_told(services, endpoint_of):
    services = wanting(services, endpoint_of("http://127.0.0.1:9/"))
    alarm = PostFailed(subject="1-1-0", text="", words="no")

    def opened_and_undone():
        with services.store.transaction():
            services.store.alerts.open(alarm, 5)
            assert len(events(services)) == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        opened_and_undone()
    assert events(services) == []
    services.store.alerts.open(alarm, 5)
    services.store.alerts.open(alarm, 6)
    assert [kind for kind, _ in events(services)] == ["alarm"], "an alarm is told once"


def test_where_nobody_wants_a_kind_nothing_is_written(services, endpoint_of):
    services = wanting(services, endpoint_of("http://127.0.0.1:9/", events=["post.sent"]))
    services.store.alerts.open(PostFailed(subject="1-1-0", text="", words="no"), 5)
    assert events(services) == []


@pytest.mark.sqlite
async def test_results_of_nudges_run_no_statement_more(services, endpoint_of):
    said = []
    services = wanting(services, endpoint_of("http://127.0.0.1:9/"))
    services.store.people.add(house.person(n) for n in range(30))
    plan.run(services, NINE)
    services.store.database.execute("UPDATE delivery SET state = 8 WHERE recipient = 0")
    services.store.database._connection.set_trace_callback(said.append)
    dispatcher = Dispatcher(services, "telegram", NINE - timedelta(minutes=5))
    await dispatcher.step(NINE)
    await dispatcher.close(NINE)
    services.store.database._connection.set_trace_callback(None)
    assert sum(words.startswith("INSERT INTO result") for words in said) >= 20
    assert [words for words in said if "hook_" in words] == []
