"""The dry network counts exactly, obeys the limits of what it stands for, and stays small."""

import tracemalloc

import pytest
from fakes.base import SINCE, channel, message

from bot import networks
from bot.errors import RateLimited, Refused, TryLater, Unanswered
from bot.model import DeliveryKey, Limits, Message, Receipt, Rendered
from bot.networks.dry.network import KEPT, Network

X, TELEGRAM = networks.load("x"), networks.load("telegram")


def dry(**options) -> Network:
    return Network(channel("dry"), {}, **options)


def nudge(
    recipient: int, occurrence: int = 7, channel_number: int = 1, body: Rendered | None = None
) -> Message:
    key = DeliveryKey(occurrence=occurrence, channel=channel_number, recipient=recipient)
    return Message(
        key=key,
        address=str(recipient),
        body=body or Rendered(text="Hello.", language="en"),
        since=SINCE,
    )


async def test_it_stands_for_another_network_with_its_limits_and_its_reach():
    as_x, as_telegram, alone = dry(stands_for=X), dry(stands_for=TELEGRAM), dry()
    assert as_x.limits is X.LIMITS
    assert (as_x.NUDGES, as_telegram.NUDGES, alone.NUDGES) == (False, True, True)
    assert Network.NUDGES is True, "the class is as it was"
    with pytest.raises(Refused, match="can't reach single people"):
        await as_x.send(nudge(1))
    assert (await as_telegram.send(nudge(1))).id == "dry:7-1-1"


async def test_a_content_warning_counts_as_on_the_network_it_stands_for():
    there = channel("mastodon", options={"content_warning": "w" * 100})
    network = Network(there, {}, stands_for=networks.load("mastodon"))
    with pytest.raises(Refused, match="counts 501, but 500 is the most"):
        await network.send(message("a" * 401))
    assert await network.send(message("a" * 400))


async def test_where_people_get_letters_it_reaches_them_too():
    for name in ("apprise", "rooms"):
        assert (
            await dry(stands_for=networks.load(name)).send(message(address="somebody", recipient=1))
        ).id


async def test_a_text_too_long_for_the_network_it_stands_for_is_refused_in_plain_words():
    network = dry(stands_for=X)
    await network.send(message("日" * 140))
    with pytest.raises(
        Refused, match=r"our-dry: the text counts 282, but 280 is the most: shorten it by 2"
    ):
        await network.send(message("日" * 141))
    assert network.calls == 2
    assert network.accepted == {1: 1}


async def test_a_text_is_measured_once_however_many_get_it(monkeypatch):
    measured = []
    monkeypatch.setattr(
        "bot.networks.dry.network.problems_of_length",
        lambda text, limits: measured.append((text, limits)) or (),
    )
    network, body = dry(stands_for=TELEGRAM), Rendered(text="Hello.", language="en")
    for recipient in range(1000):
        await network.send(nudge(recipient, body=body))
    assert measured == [("Hello.", TELEGRAM.LIMITS)]


async def test_new_texts_at_the_same_place_in_memory_are_measured_too():
    network = dry()
    network._limits = Limits(length=5, counter="characters")
    refused = 0
    for recipient in range(3000):
        try:
            await network.send(
                nudge(recipient, body=Rendered(text="x" * (recipient % 10), language="en"))
            )
        except Refused:
            refused += 1
    assert refused == 1200
    assert sum(network.accepted.values()) == 1800


async def test_duplicates_are_counted_exactly_per_occurrence_channel_and_recipient():
    network = dry()
    for occurrence in (1, 2):
        for channel_number in (1, 2):
            for recipient in (0, 1, 7, 8, 9, 100_000):
                await network.send(nudge(recipient, occurrence, channel_number))
    assert network.duplicates == 0
    await network.send(nudge(8, 2, 1))
    await network.send(nudge(8, 2, 1))
    assert network.duplicates == 2
    assert network.accepted == {1: 14, 2: 12}


async def test_find_knows_every_delivery_since_the_start_not_only_the_recorded_ones():
    network = dry()
    for recipient in range(0, 3 * KEPT, 3):
        await network.send(nudge(recipient))
    assert len(network.records) == KEPT
    assert await network.find(nudge(0)) == Receipt(id="dry:7-1-0")
    assert await network.find(nudge(3)) == Receipt(id="dry:7-1-3")
    for absent in (nudge(1), nudge(99_999), nudge(0, occurrence=8), nudge(0, channel_number=2)):
        assert await network.find(absent) is None


async def test_a_deleted_delivery_may_be_sent_again_without_being_a_duplicate():
    network = dry()
    receipt = await network.send(nudge(5))
    await network.send(nudge(6))
    await network.delete(receipt, "5")
    assert await network.find(nudge(5)) is None
    assert await network.find(nudge(6)) is not None
    await network.send(nudge(5))
    assert network.duplicates == 0
    await network.delete(Receipt(id="dry:1-2-3"), None)  # what is gone is gone
    for stranger in ("1-2", "x-y-z", ""):
        with pytest.raises(Refused, match="nothing with the receipt"):
            await network.delete(Receipt(id=stranger), None)


async def test_it_fails_as_told_and_names_the_call():
    calls = []

    def failures(asked, n):
        calls.append((asked.key.recipient, n))
        return {2: TryLater("later"), 3: RateLimited("slower", retry_after=4)}.get(n)

    network = dry(failures=failures)
    await network.send(nudge(1))
    with pytest.raises(TryLater, match="later"):
        await network.send(nudge(2))
    with pytest.raises(RateLimited) as caught:
        await network.send(nudge(2))
    assert caught.value.retry_after == 4
    await network.send(nudge(2))
    assert calls == [(1, 1), (2, 2), (2, 3), (2, 4)]
    assert (network.calls, network.accepted[1], network.duplicates) == (4, 2, 0)
    network.failures = None
    await network.send(nudge(3))
    assert len(calls) == 4


@pytest.mark.parametrize("arrives", [True, False])
async def test_an_unanswered_call_arrived_or_not_as_told(arrives):
    network = dry(failures=lambda _, n: Unanswered("?") if n == 1 else None)
    network.arrives_unanswered = arrives
    with pytest.raises(Unanswered):
        await network.send(nudge(1))
    assert (await network.find(nudge(1)) is not None) is arrives
    await network.send(nudge(1))
    assert network.duplicates == int(arrives)


@pytest.mark.slow
async def test_a_hundred_thousand_recipients_cost_twelve_and_a_half_kilobytes_an_occurrence():
    network = dry()
    await network.send(nudge(99_999, occurrence=1))
    assert len(network._seen[1, 1]) == 12_500
    tracemalloc.start()
    for occurrence in range(2, 12):
        for recipient in range(0, 100_000, 50):
            await network.send(nudge(recipient, occurrence))
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 500_000
    assert network.accepted[1] == 20_001


async def test_its_name_says_what_it_is():
    assert await dry().probe() == "dry (our-dry)"
