"""Dispatch: what becomes of a delivery, whatever the network answers."""

import asyncio
import gc
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import house
import pytest

from bot.errors import (
    AccountRefused,
    Blocked,
    Duplicate,
    LinkEmpty,
    Moved,
    RateLimited,
    Refused,
    StoreError,
    TryLater,
    Unanswered,
)
from bot.files.frozen import read_files
from bot.jobs.operations import alarms, needs
from bot.jobs.planning import plan
from bot.jobs.sending import approve, decisions, lookup
from bot.jobs.sending.dispatch.attempt import UNMADE
from bot.jobs.sending.dispatch.dispatcher import GULP, Dispatcher
from bot.model import DeliveryKey, State
from bot.model.outbox import Scope
from bot.model.person import Status
from bot.model.staff import Actor
from bot.render import Renderer

pytestmark = pytest.mark.both

NINE = datetime(2021, 5, 1, 9, tzinfo=UTC)


@pytest.fixture
def make(tmp_path):
    opened = []

    def build(*args, **kwargs):
        opened.append(house.services(tmp_path, *args, **kwargs))
        return opened[-1]

    yield build
    for services in opened:
        services.store.close()


def nudged(make, people: int = 1, **kwargs):
    """Services with `people` nudges queued at nine."""
    services = make(house.campaign(house.action(grace=timedelta(hours=3))), window=60.0, **kwargs)
    services.store.people.add(house.person(n) for n in range(people))
    plan.run(services, NINE)
    return services


async def run(
    services, start: datetime = NINE, end: datetime | None = None, account: str = "telegram"
) -> Dispatcher:
    """Step one account from `start` until nothing is due before `end`."""
    dispatcher = Dispatcher(services, account, start - timedelta(minutes=5))
    now, end = start, end or start
    while now <= end:
        plan.run(services, now)
        again = await dispatcher.step(now)
        following = services.store.plan.next_instant(int(now.timestamp()), 0)
        instants = [
            i
            for i in (again, following and datetime.fromtimestamp(following, UTC))
            if i is not None
        ]
        if not instants:
            break
        now = max(min(instants), now + timedelta(milliseconds=1))
    await dispatcher.close(now)
    return dispatcher


def states(services) -> list[str]:
    return [
        State(s).word
        for (s,) in services.store.database.rows(
            "SELECT state FROM delivery ORDER BY occurrence, channel, recipient"
        )
    ]


def error_of(services, key: str = "1-1-1") -> str | None:
    return services.store.listing.entry(
        DeliveryKey(
            **dict(
                zip(("occurrence", "channel", "recipient"), map(int, key.split("-")), strict=True)
            )
        )
    ).error


def fail(services, error_for, channel: str = "telegram") -> None:
    services.networks[channel].failures = error_for


async def test_what_is_sent_has_its_receipt(make):
    services = nudged(make, 3)
    await run(services)
    assert states(services) == ["sent"] * 3
    assert [e.receipt for e in services.store.listing.entries()] == [
        "dry:1-1-1",
        "dry:1-1-2",
        "dry:1-1-3",
    ]
    assert services.networks["telegram"].duplicates == 0


async def test_a_row_is_sending_in_the_database_before_the_call_goes_out(make):
    services = nudged(make)
    seen = []
    fail(services, lambda _message, _n: seen.append(states(services)))
    await run(services)
    assert seen == [["sending"]]


async def test_what_does_not_leave_is_no_longer_sending_when_the_others_leave(make):
    """A crash while the others leave doesn't make it uncertain."""
    services = nudged(make, 2)
    services.store.people.mark([2], Status.BLOCKED)
    seen = []
    fail(services, lambda _message, _n: seen.append(states(services)))
    await run(services)
    assert seen == [["sending", "cancelled"]]


async def test_who_says_how_long_to_wait_is_tried_again_then_and_not_before(make):
    services, calls = nudged(make), []
    fail(
        services, lambda _m, n: calls.append(n) or (TryLater("full", wait=333.0) if n < 2 else None)
    )
    await run(services, end=NINE + timedelta(seconds=330))
    assert (states(services), calls) == (["queued"], [1])
    await run(services, NINE + timedelta(seconds=340))
    assert (states(services), calls) == (["sent"], [1, 2])


async def test_who_wants_more_time_than_the_grace_leaves_fails_at_once(make):
    services = nudged(make)
    fail(services, lambda _m, _n: TryLater("full", wait=4 * 3600.0))
    await run(services)
    assert states(services) == ["failed"]
    assert error_of(services) == "full; no time for another try within its grace"


async def test_try_later_is_tried_again_with_growing_pauses_and_then_succeeds(make):
    services, calls = nudged(make), []
    fail(services, lambda m, n: calls.append(n) or (TryLater("down") if n < 4 else None))
    await run(services, end=NINE + timedelta(hours=1))
    assert (states(services), len(calls)) == (["sent"], 4)
    assert (
        services.store.listing.entry(DeliveryKey(occurrence=1, channel=1, recipient=1)).attempts
        == 4
    )


async def test_try_later_ends_failed_with_its_grace(make):
    services = nudged(make)
    fail(services, lambda _m, _n: TryLater("down"))
    services.networks["telegram"].calls = 0
    # One failing delivery must not pause the account, or its end would not be seen.
    await run(services, end=NINE + timedelta(seconds=200))
    assert states(services) == ["queued"]
    entry = services.store.listing.entry(DeliveryKey(occurrence=1, channel=1, recipient=1))
    assert entry.attempts >= 3
    services.store.database.execute("UPDATE delivery SET expires = due + 1")
    await run(services, start=datetime.fromtimestamp(entry.due, UTC), end=NINE + timedelta(hours=4))
    assert states(services) == ["failed"]
    assert "no time for another try" in error_of(services)


async def test_refused_is_not_tried_again(make):
    services, calls = nudged(make), []
    fail(services, lambda m, n: calls.append(n) or Refused("too long"))
    await run(services, end=NINE + timedelta(hours=1))
    assert (states(services), len(calls), error_of(services)) == (["failed"], 1, "too long")


@pytest.mark.parametrize("error", [Refused("400: the picture is too large"), TryLater("503: down")])
async def test_a_post_that_fails_for_good_is_an_alarm_and_needs_somebody(make, error):
    action = house.action(nudge=False, post=True, grace=timedelta(minutes=5))
    services = make(house.campaign(action), window=60.0)
    plan.run(services, NINE)
    fail(services, lambda _message, _n: error)
    end = NINE + timedelta(minutes=10)
    await run(services, end=end)
    assert states(services) == ["failed"]
    (alarm,) = services.store.alerts.current()
    assert (alarm.kind, alarm.subject) == ("failed", "1-1-0")
    assert str(error) in alarm.text
    assert "`drumbeat outbox release 1-1-0`" in alarm.text
    assert [need.kind for need in needs.rows(services.settings, services.store, {}, end)] == [
        "failed"
    ]
    fail(services, lambda _message, _n: None)
    decisions.release(services, "1-1-0", Actor("ada"), end)
    await run(services, start=end)
    assert (states(services), services.store.alerts.current()) == (["sent"], [])


async def test_a_post_to_a_chat_that_moved_goes_out_and_the_operator_is_told_the_new_target(make):
    services = make(house.campaign(house.action(nudge=False, post=True)), window=60.0)
    plan.run(services, NINE)
    fail(services, lambda _m, n: Moved("upgraded", address="-100777") if n == 1 else None)
    await run(services, end=NINE + timedelta(minutes=1))
    assert states(services) == ["sent"]
    (alarm,) = services.store.alerts.current()
    assert 'target = "-100777" under [channels.telegram]' in alarm.text
    alarms.tidy(services, NINE)
    assert len(services.store.alerts.current()) == 1
    channel = replace(services.settings.channels["telegram"], target="-100777")
    settings = replace(services.settings, channels={"telegram": channel})
    alarms.tidy(replace(services, settings=settings), NINE)
    assert services.store.alerts.current() == []


async def test_a_post_that_is_found_missing_too_late_is_an_alarm(make):
    services = make(house.campaign(house.action(nudge=False, post=True)), window=60.0)
    plan.run(services, NINE)
    services.networks["telegram"].arrives_unanswered = False
    fail(services, lambda _message, _n: Unanswered("silence"))
    await run(services)
    doubtful = replace(services, steady=lambda: False)  # the clock jumped by three days
    await lookup.run(doubtful, NINE + timedelta(days=3))
    assert states(services) == ["uncertain"]
    await lookup.run(services, NINE + timedelta(days=3))
    assert states(services) == ["skipped"]
    assert [a.kind for a in services.store.alerts.current()] == ["uncertain", "failed"]


async def test_a_post_that_is_skipped_as_too_late_is_an_alarm_and_can_still_be_sent(make):
    services = make(house.campaign(house.action(post=True)), window=60.0)
    services.store.people.add([house.person(1)])
    plan.run(services, NINE)
    back = NINE + timedelta(days=3)
    await run(services, start=back)
    assert states(services) == ["skipped", "skipped"]
    (alarm,) = services.store.alerts.current()
    assert (alarm.kind, alarm.subject) == ("missed", "1-1-0"), "nobody is told of late nudges"
    assert "its grace, which ended at 2021-05-01 21:00 UTC" in alarm.text
    assert "`drumbeat outbox release 1-1-0`" in alarm.text
    assert [need.kind for need in needs.rows(services.settings, services.store, {}, back)] == [
        "missed"
    ]
    alarms.tidy(services, back)
    assert len(services.store.alerts.current()) == 1
    decisions.release(services, "1-1-0", Actor("ada"), back)
    assert services.store.alerts.current() == []
    await run(services, start=back)
    assert states(services) == ["sent", "skipped"]


async def test_a_dry_channel_misses_nothing(make):
    action = house.action(nudge=False, post=True)
    services = make(house.campaign(action), dry={"telegram": "channel telegram is dry: no token"})
    plan.run(services, NINE)
    await run(services, start=NINE + timedelta(days=3))
    assert (states(services), services.store.alerts.current()) == (["skipped"], [])


async def test_who_blocked_us_is_marked_and_never_called_again(make):
    services = nudged(make, 2)
    fail(services, lambda m, _n: Blocked("blocked") if m.address == "1000" else None)
    await run(services)
    assert states(services) == ["failed", "sent"]
    assert services.store.people.count(Status.BLOCKED) == 1


async def test_rate_limited_rests_the_account_counts_no_try_and_loses_nothing(make):
    services, times = nudged(make, 5), []
    fail(services, lambda m, n: RateLimited("slow down", retry_after=120) if n == 2 else None)
    dispatcher = Dispatcher(services, "telegram", NINE - timedelta(minutes=5))
    again = await dispatcher.step(NINE)
    times.append((again - NINE).total_seconds())
    assert states(services) == ["sent", "queued", "queued", "queued", "queued"]
    assert (
        services.store.listing.entry(DeliveryKey(occurrence=1, channel=1, recipient=2)).attempts
        == 0
    )
    assert 120 <= times[0] <= 130
    await run(services, start=again, end=again + timedelta(minutes=5))
    assert states(services) == ["sent"] * 5


async def test_a_refused_account_pauses_its_channels_and_loses_nothing(make):
    services = nudged(make, 3)
    fail(services, lambda _m, _n: AccountRefused("token revoked"))
    await run(services, end=NINE + timedelta(minutes=10))
    assert states(services) == ["queued"] * 3
    assert [p.name for p in services.store.channels.paused()] == ["telegram"]
    assert [a.kind for a in services.store.alerts.current()] == ["paused"]
    assert services.networks["telegram"].calls == 1
    fail(services, None)
    services.store.channels.resume("telegram")
    await run(services, start=NINE + timedelta(minutes=20))
    assert states(services) == ["sent"] * 3


async def test_unanswered_is_uncertain_and_never_blindly_sent_again(make):
    services = nudged(make)
    fail(services, lambda _m, n: Unanswered("silence") if n == 1 else None)
    await run(services, end=NINE + timedelta(hours=1))
    assert (states(services), services.networks["telegram"].calls) == (["uncertain"], 1)
    assert [a.kind for a in services.store.alerts.current()] == ["uncertain"]


async def test_an_uncertain_delivery_that_arrived_is_found_and_counts_as_sent(make):
    services = nudged(make)
    fail(services, lambda _m, n: Unanswered("silence") if n == 1 else None)
    await run(services)
    await lookup.run(services, NINE + timedelta(minutes=1))
    assert states(services) == ["sent"]
    assert services.networks["telegram"].duplicates == 0


async def test_an_uncertain_delivery_that_did_not_arrive_is_sent_again(make):
    services = nudged(make)
    services.networks["telegram"].arrives_unanswered = False
    fail(services, lambda _m, n: Unanswered("silence") if n == 1 else None)
    await run(services)
    await lookup.run(services, NINE + timedelta(minutes=1))
    assert states(services) == ["queued"]
    await run(services, start=NINE + timedelta(minutes=1))
    assert (states(services), services.networks["telegram"].duplicates) == (["sent"], 0)


async def test_uncertain_stays_held_where_the_network_can_t_be_asked(make):
    services = nudged(make)
    fail(services, lambda _m, _n: Unanswered("silence"))
    await run(services)
    services.networks["telegram"].FINDS = False
    await lookup.run(services, NINE + timedelta(minutes=1))
    assert states(services) == ["uncertain"]


async def test_an_unexpected_error_of_a_client_leaves_the_delivery_uncertain(make):
    services = nudged(make)

    def broken(_m, _n):
        raise KeyError("surprise")

    fail(services, broken)
    await run(services)
    assert states(services) == ["uncertain"]
    assert "unexpected KeyError" in error_of(services)


async def test_duplicate_is_a_failure_at_first_and_means_sent_after_an_uncertain_try(make):
    first, again = nudged(make, 1, database="a.db"), nudged(make, 1, database="b.db")
    for services in (first, again):
        fail(services, lambda _m, _n: Duplicate("there already"))
    again.store.database.execute("UPDATE delivery SET attempts = 1")
    await run(first)
    await run(again)
    assert (states(first), states(again)) == (["failed"], ["sent"])


async def test_a_dry_channel_ends_skipped_and_says_why(make):
    services = nudged(
        make, dry={"telegram": "channel telegram is dry: DRUMBEAT_TELEGRAM_TOKEN not set"}
    )
    await run(services)
    assert (states(services), services.networks["telegram"].calls) == (["skipped"], 0)
    assert "DRUMBEAT_TELEGRAM_TOKEN" in error_of(services)


@pytest.mark.parametrize("status", [Status.STOPPED, Status.PAUSED, Status.BLOCKED])
async def test_who_left_after_the_fan_out_is_cancelled(make, status):
    services = nudged(make)
    services.store.people.mark([1], status)
    await run(services)
    assert states(services) == ["cancelled"]


async def test_what_is_later_than_its_grace_is_skipped(make):
    services = nudged(make)
    await run(services, start=NINE + timedelta(hours=3))
    assert (states(services), error_of(services)) == (["skipped"], "later than its grace")


@pytest.mark.parametrize(
    ("hours", "at_night", "in_the_morning"), [(24, "queued", "sent"), (20, "skipped", "skipped")]
)
async def test_nobody_is_woken_at_night_by_what_is_late(make, hours, at_night, in_the_morning):
    services = make(
        house.campaign(house.action(grace=timedelta(hours=hours))), window=60.0, quiet=house.NIGHT
    )
    services.store.people.add([house.person(1)])
    plan.run(services, NINE)
    late = datetime(2021, 5, 1, 22, 30, tzinfo=UTC)
    await run(services, start=late)
    assert states(services) == [at_night]
    await run(services, start=late, end=datetime(2021, 5, 2, 8, tzinfo=UTC))
    assert states(services) == [in_the_morning]


async def test_holds_stop_at_once_and_let_go_again(make):
    services = nudged(make, 2)
    services.store.holds.put(Scope(action="deed"), int(NINE.timestamp()))
    await run(services)
    assert states(services) == ["queued"] * 2
    services.store.holds.lift(Scope(action="deed"))
    await run(services)
    assert states(services) == ["sent"] * 2


def without_page(make):
    """Services with a nudge queued that needs the link "page", which is empty."""
    text = "{% block title %}T{% endblock %}{% block nudge %}See {{ link('page') }}{% endblock %}"
    services = make(
        house.campaign(house.action(links=("page",)), links={"page": ""}),
        texts={"deed": text},
        window=60.0,
    )
    services.store.people.add([house.person(1)])
    plan.run(services, NINE)
    return services


async def test_a_text_that_needs_an_empty_link_waits_and_tells_staff(make):
    services = without_page(make)
    await run(services, end=NINE + timedelta(hours=2))
    assert states(services) == ["queued"]
    assert "page" in services.store.alerts.current()[0].text
    await run(services, start=NINE + timedelta(hours=2), end=NINE + timedelta(hours=13))
    assert states(services) == ["skipped"]


async def test_what_is_kept_of_a_text_that_waits_keeps_nothing_of_how_it_was_made(make):
    dispatcher = await run(without_page(make))
    gc.collect()
    errors = [
        error
        for error in gc.get_objects()
        if isinstance(error, LinkEmpty) and "trees/deed.j2" in str(error)
    ]
    assert dispatcher
    assert errors
    assert not [e for e in errors if e.__traceback__ or e.__context__ or e.__cause__]


@pytest.mark.sqlite
async def test_a_rehearsal_killed_before_it_wrote_that_a_text_waits_goes_on_and_says_so(make):
    services = replace(without_page(make), rehearsal=True)
    sending, moment = int(State.SENDING), int(NINE.timestamp())
    services.store.database.execute("UPDATE delivery SET state = ?", (sending,))
    services.store.outbox.recover(moment)
    await lookup.run(services, NINE)
    await run(services)
    assert states(services) == ["skipped"]
    assert error_of(services).startswith(UNMADE)


async def test_the_pace_of_the_account_is_kept(make):
    services = make(
        house.campaign(house.action()), channels=(house.channel(per_second=2.0),), window=0.25
    )
    services.store.people.add(house.person(n) for n in range(20))
    plan.run(services, NINE)
    dispatcher, now, sent = Dispatcher(services, "telegram", NINE), NINE, []
    while "queued" in states(services):
        again = await dispatcher.step(now)
        sent.append((now, states(services).count("sent")))
        now = again or now + timedelta(seconds=1)
    assert 20 / 2 * 0.95 <= (now - NINE).total_seconds() <= 20 / 2 * 1.3
    for start, before in sent:
        within = [
            count for moment, count in sent if start <= moment <= start + timedelta(seconds=1)
        ]
        assert max(within) - before <= 2


async def test_between_the_messages_of_one_claim_others_have_their_turn(make):
    services = nudged(make, 50)
    services.networks["telegram"].IN_FLIGHT = 60
    begun, turn = [], 0
    fail(services, lambda *_: begun.append(turn))

    async def reply():
        nonlocal turn
        while True:
            turn += 1
            await asyncio.sleep(0)

    replying = asyncio.create_task(reply())
    await run(services)
    replying.cancel()
    assert len(begun) == 50
    assert max(begun.count(each) for each in begun) == GULP


async def test_of_an_accounts_channels_the_one_with_the_earliest_deadline_goes_first(make):
    channels = [house.channel(name, account="ours", per_second=1) for name in ("first", "second")]
    services = nudged(make, 0, channels=tuple(channels))
    ids = services.channel_ids
    services.store.people.add(house.person(n, channel_id=ids["first"]) for n in range(3))
    services.store.people.add(house.person(n, channel_id=ids["second"]) for n in range(3, 6))
    plan.run(services, NINE)
    services.store.database.execute(
        "UPDATE delivery SET expires = expires - 3600 WHERE channel = :id", {"id": ids["second"]}
    )
    left = []
    for channel in channels:
        services.networks[channel.name].failures = lambda message, *_: left.append(message) or None
    await run(services, end=NINE + timedelta(minutes=2), account="ours")
    assert states(services) == ["sent"] * 6
    assert [message.key.channel for message in left] == [ids["second"]] * 3 + [ids["first"]] * 3


async def test_a_days_maximum_of_posts_is_not_passed(make):
    actions = [
        house.action(f"deed{n}", nudge=False, post=True, grace=timedelta(hours=3)) for n in range(3)
    ]
    services = make(house.campaign(*actions), channels=(house.channel(daily=2),), window=60.0)
    plan.run(services, NINE)
    await run(services, end=NINE + timedelta(hours=2))
    assert sorted(states(services)) == ["queued", "sent", "sent"]


# approvals


@pytest.fixture
def reviewed(make):
    services = make(
        house.campaign(house.action(nudge=False, post=True, grace=timedelta(hours=4))),
        channels=(house.channel("x", review=True),),
        window=60.0,
    )
    plan.run(services, NINE - timedelta(days=1))
    return services


POST = DeliveryKey(occurrence=1, channel=1, recipient=0)


async def test_what_is_approved_goes_out_at_its_hour_word_for_word(reviewed):
    approve.approve(reviewed, POST, "ada", NINE - timedelta(hours=20))
    await run(reviewed, start=NINE - timedelta(hours=1), account="x")
    assert states(reviewed) == ["planned"]
    await run(reviewed, account="x")
    assert states(reviewed) == ["sent"]
    assert [m.body.text for m in reviewed.networks["x"].records] == ["A post #Tag"]


async def test_what_nobody_approved_does_not_go_out_and_staff_are_warned_at_half_the_grace(
    reviewed,
):
    await run(reviewed, account="x")
    approve.run(reviewed, NINE + timedelta(hours=1, minutes=59))
    assert reviewed.store.alerts.current() == []
    approve.run(reviewed, NINE + timedelta(hours=2))
    assert [a.kind for a in reviewed.store.alerts.current()] == ["approval"]
    approve.run(reviewed, NINE + timedelta(hours=4))
    assert (states(reviewed), reviewed.networks["x"].calls) == (["skipped"], 0)
    assert [a.kind for a in reviewed.store.alerts.current()] == ["lapsed"]


async def test_a_text_that_changed_after_approval_comes_back(reviewed, tmp_path):
    approve.approve(reviewed, POST, "ada", NINE - timedelta(hours=20))
    (tmp_path / "content/en/trees/deed.j2").write_text(
        house.TEXTS.replace("A post", "Another post")
    )

    again = read_files(reviewed.library.roots)
    edited = replace(reviewed, renderer=Renderer(again, reviewed.library.campaigns))
    await run(edited, account="x")
    assert (states(edited), edited.networks["x"].calls) == (["awaiting_approval"], 0)
    assert [a.kind for a in edited.store.alerts.current()] == ["differs"]
    approve.approve(edited, POST, "ada", NINE + timedelta(minutes=5))
    await run(edited, start=NINE + timedelta(minutes=6), account="x")
    assert [m.body.text for m in edited.networks["x"].records] == ["Another post #Tag"]


async def test_a_post_approved_without_its_link_comes_back_with_it_once_the_slot_is_filled(make):
    deed = "{% block post %}See {{ link('page') }} #Tag{% endblock %}"
    deed += "{% block post_without_link %}Go #Tag{% endblock %}"
    act = house.action(nudge=False, post=True, grace=timedelta(hours=4), links=("page",))
    services = make(
        house.campaign(act, links={"page": ""}),
        channels=(house.channel("x", review=True),),
        texts={"deed": deed},
        window=60.0,
    )
    plan.run(services, NINE - timedelta(days=1))
    approve.approve(services, POST, "ada", NINE - timedelta(hours=20))
    filled = house.campaign(act, links={"page": "https://trees.example/page"})
    library = replace(services.library, campaigns={"trees": filled})
    renderer = Renderer(library.files, library.campaigns)
    again = replace(services, library=library, renderer=renderer, active=(filled,))
    await run(again, account="x")
    assert (states(again), again.networks["x"].calls) == (["awaiting_approval"], 0)
    approve.approve(again, POST, "ada", NINE + timedelta(minutes=5))
    await run(again, start=NINE + timedelta(minutes=6), account="x")
    assert [m.body.text for m in again.networks["x"].records] == [
        "See https://trees.example/page #Tag"
    ]


async def test_what_needs_an_empty_slot_goes_out_in_its_wording_without_the_link(make):
    deed = "{% block nudge %}See {{ link('page') }}{% endblock %}"
    deed += "{% block nudge_without_link %}Go.{% endblock %}"
    act = house.action(links=("page",))
    services = make(house.campaign(act, links={"page": ""}), texts={"deed": deed}, window=60.0)
    services.store.people.add([house.person(1)])
    plan.run(services, NINE)
    await run(services)
    assert [m.body.text for m in services.networks["telegram"].records] == ["Go."]


async def test_late_approval_within_the_grace_goes_out_at_once(reviewed):
    approve.approve(reviewed, POST, "ada", NINE + timedelta(hours=1))
    await run(reviewed, start=NINE + timedelta(hours=1), account="x")
    assert states(reviewed) == ["sent"]


async def test_the_time_of_a_post_is_that_of_its_first_try_and_the_same_at_every_later_one(
    reviewed,
):
    late = NINE + timedelta(hours=3)
    approve.approve(reviewed, POST, Actor("ada"), late)
    seen = []
    answers = iter([TryLater("503"), RateLimited("slow", retry_after=60), Unanswered("silence")])

    def answer(message, _number):
        row = reviewed.store.database.rows("SELECT at FROM first_try WHERE occurrence = 1")
        seen.append((message.since, row))
        return next(answers, None)

    reviewed.networks["x"].arrives_unanswered = False
    fail(reviewed, answer, "x")
    await run(reviewed, start=late, end=late + timedelta(minutes=10), account="x")
    assert states(reviewed) == ["uncertain"]
    again = late + timedelta(minutes=20)
    await lookup.run(reviewed, again)
    await run(reviewed, start=again, account="x")
    assert states(reviewed) == ["sent"]
    assert seen == [(late, [(int(late.timestamp()),)])] * 4


async def test_a_post_that_waited_after_it_was_claimed_has_the_time_when_it_went(reviewed):
    approve.approve(reviewed, POST, Actor("ada"), NINE - timedelta(hours=20))
    fail(reviewed, lambda _m, n: AccountRefused("401") if n == 1 else None, "x")
    await run(reviewed, account="x")
    reviewed.store.channels.resume("x")
    late = NINE + timedelta(hours=3)
    await run(reviewed, start=late, account="x")
    assert [m.since for m in reviewed.networks["x"].records] == [late]


@pytest.mark.sqlite
async def test_a_full_disk_loses_neither_the_receipt_of_a_post_nor_its_cost(make):
    deed = house.action(nudge=False, post=True, grace=timedelta(hours=3))
    channels = (replace(house.channel("x", network="x"), ceiling=5.0),)
    services, later = make(house.campaign(deed), channels=channels), NINE + timedelta(hours=1)
    plan.run(services, later)
    connection = services.store.database._connection
    fail(services, lambda _m, _n: connection.execute("PRAGMA query_only = ON") and None, "x")
    dispatcher = Dispatcher(services, "x", NINE)
    with pytest.raises(StoreError):
        await dispatcher.step(later)
    assert states(services) == ["sending"]
    connection.execute("PRAGMA query_only = OFF")
    await dispatcher.close(later)
    assert (states(services), services.networks["x"].duplicates) == (["sent"], 0)
    assert services.store.ledger.spent(["x"], NINE.date(), NINE.date()) == 0
    dispatcher._attempts["x"].refresh()
    assert services.store.ledger.spent(["x"], NINE.date(), NINE.date()) > 0


async def test_a_post_that_would_pass_the_ceiling_waits_for_staff(make):
    deeds = [
        house.action(f"deed{n}", nudge=False, post=True, grace=timedelta(hours=3)) for n in range(3)
    ]
    channels = (replace(house.channel("x", network="x"), ceiling=0.035),)
    services = make(house.campaign(*deeds), channels=channels, window=3600.0)
    plan.run(services, NINE)
    await run(services, end=NINE + timedelta(hours=1), account="x")
    assert states(services) == ["sent", "sent", "awaiting_approval"]
    assert services.networks["x"].calls == 2
    assert "would pass the ceiling" in error_of(services, "3-1-0")
    assert [a.kind for a in services.store.alerts.current()] == ["ceiling"]


THREE = house.TEXTS + "{% block post_2 %}Another #Tag{% endblock %}"


async def test_the_same_text_never_goes_through_two_x_accounts(make):
    channels = tuple(
        house.channel(name, network="x", nudges=False) for name in ("one", "two", "third")
    )
    services = make(
        house.campaign(house.action(nudge=False, post=True, grace=timedelta(hours=3))),
        channels=channels,
        texts={"deed": THREE},
        window=3600.0,
    )
    plan.run(services, NINE)
    for name in ("one", "two", "third"):
        await run(services, account=name)
    texts = [
        m.body.text for name in ("one", "two", "third") for m in services.networks[name].records
    ]
    assert sorted(texts) == ["A post #Tag", "Another #Tag"]
    assert sorted(states(services)) == ["queued", "sent", "sent"]
    [alert] = services.store.alerts.current()
    assert "3 accounts on x would post it and it has 2 wording(s)" in alert.text
