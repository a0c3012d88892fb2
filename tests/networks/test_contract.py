"""What every network owes the outbox: one table of troubles, thrown at each network that is found
by name.

A new network is tested as soon as `tests/support/fakes/<name>.py` holds its fake; without one these
tests fail and say so.
"""

import importlib
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator

import pytest
from clocks.undisturbed import undisturbed
from fakes.base import AFTER, Trouble, message
from fakes.troubles import NAMES, TABLE, fake_of

from bot import networks
from bot.errors import (
    AccountRefused,
    Blocked,
    NetworkError,
    RateLimited,
    Refused,
    TryLater,
    Unanswered,
)
from bot.model import Limits, Prices
from bot.networks.base import Network as Base
from bot.networks.common.posts import asked_before_each

pytestmark = pytest.mark.slow


@pytest.fixture(params=NAMES)
async def fake(request, heard) -> AsyncIterator:
    """The fake of each network in turn.

    After the test its secrets must be in no log line, at whatever level.
    """
    async with fake_of(request.param)() as fake:
        yield fake
    assert_hidden(fake, *heard)


def assert_hidden(fake, *texts: str) -> None:
    for name, secret in fake.secrets.items():
        for text in texts:
            assert secret not in text, f"{fake.network}: {name} shows in {text[:500]!r}"


async def failure(call) -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        await call
    return caught.value


def everything_of(error: BaseException) -> str:
    """All that anybody might print of an error: text, repr, traceback, and what hangs behind it."""
    parts, seen = [], error
    while seen is not None:
        parts += [str(seen), repr(seen), repr(seen.args)]
        seen = seen.__cause__ or seen.__context__
    return "\n".join([*parts, *traceback.format_exception(error)])


def test_the_networks_are_found_by_name():
    assert {"apprise", "bluesky", "dry", "mastodon", "rooms", "telegram", "x"} <= set(NAMES)
    assert not [name for name in NAMES if name.startswith("_") or name == "base"]


@pytest.mark.parametrize("name", ["bluesky", "mastodon", "telegram", "x"])
async def test_no_post_of_several_calls_leaves_once_its_process_may_not_send_it(name, tmp_path):
    """It was suspended while a picture was on its way, or between two parts of a thread."""
    picture = tmp_path / "card.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    may = [True, False]
    async with fake_of(name)() as fake:
        network = fake.build(networks.load(name))
        with asked_before_each(lambda: False):
            error = await failure(network.send(message("One.", picture=picture)))
        assert (type(error), fake.texts) == (TryLater, [])
        with asked_before_each(lambda: may.pop(0)):
            error = await failure(network.send(message("One.", thread=("Two.", "Three."))))
        assert (type(error), fake.texts) == (Unanswered, ["One."])
        await network.send(message("Another.", occurrence=8))
        await network.close()
    assert fake.texts == ["One.", "Another."]


@pytest.mark.parametrize("name", NAMES)
def test_each_declares_what_it_is(name):
    module = importlib.import_module(f"bot.networks.{name}.network")
    assert module.Network is networks.load(name)
    assert "set" in (module.__doc__ or "").lower(), "the file begins with the set-up steps"
    assert isinstance(module.Network.LIMITS, Limits)
    assert module.Network.LIMITS.per_second > 0
    assert all(field == field.lower() and field.isidentifier() for field in module.Network.SECRETS)
    assert set(module.Network.SECRETS) == set(fake_of(name).secrets)
    prices = module.Network.PRICES
    assert isinstance(prices, Prices)
    assert prices.source
    assert prices.post_with_link >= prices.post >= 0
    assert all(option.help for option in module.Network.OPTIONS.values())


@pytest.mark.process
def test_limits_and_prices_are_known_without_the_client_libraries():
    """A rehearsal asks every network for its limits: it would carry 100 MB of libraries that it
    never calls.
    """
    heavy = {
        "tweepy",
        "requests",
        "telegram",
        "aiohttp",
        "mastodon",
        "atproto",
        "httpx",
        "apprise",
        "aiosmtplib",
        "dkim",
    }
    code = (
        "import sys; from bot import networks; [networks.load(name) for name in networks.names()];"
        f" print(sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def well(fake, trouble=None):
    """The network under test, hurried only where its server never comes to an end."""
    hangs = trouble in {Trouble.SILENT, Trouble.DRIPPING, Trouble.ENDLESS}
    return fake.build(networks.load(fake.network), trouble=trouble, patient=not hangs)


@pytest.mark.parametrize("trouble", list(TABLE), ids=lambda trouble: trouble.name.lower())
async def test_each_trouble_is_told_as_what_it_means(fake, trouble):
    network = well(fake, trouble)
    try:
        if trouble in fake.unseen:
            assert (await network.send(fake.message("Nothing new."))).id
            return
        error = await failure(network.send(fake.message("Nothing new.")))
    finally:
        await network.close()
    assert type(error) in fake.means.get(trouble, TABLE[trouble]), repr(error)
    assert_hidden(fake, everything_of(error))
    assert len(fake.texts) == (1 if trouble in AFTER else 0)
    assert fake.hits == (0 if trouble is Trouble.CLOSED and fake.network != "dry" else 1), (
        "a network is called once per attempt"
    )
    if isinstance(error, RateLimited):
        assert 1 <= error.retry_after <= 900


@pytest.mark.parametrize("trouble", [Trouble.DRIPPING, Trouble.ENDLESS])
async def test_no_answer_is_waited_for_or_read_without_end(fake, trouble):
    if fake.network == "dry":
        return
    network = well(fake, trouble)
    began = undisturbed()
    error = await failure(network.send(fake.message("Once.")))
    await network.close()
    assert isinstance(error, Unanswered), "it may have arrived"
    assert undisturbed() - began < 5
    assert fake.flooded < 32 * 2**20, "no more than what the bounds allow, and what sockets hold"


@pytest.mark.parametrize(
    "trouble",
    [Trouble.BROKEN, Trouble.CLOSED, Trouble.SILENT, Trouble.MALFORMED, Trouble.DROPPED_AFTER],
)
async def test_a_probe_that_gets_no_answer_may_be_asked_again(fake, trouble):
    network = well(fake, trouble)
    if not fake.probes:
        assert await network.probe(), "it asks nobody, so nothing can go wrong"
        return
    error = await failure(network.probe())
    await network.close()
    assert type(error) is TryLater
    assert_hidden(fake, everything_of(error))


async def test_a_probe_tells_who_we_are_or_that_we_are_refused(fake):
    network = well(fake)
    assert await network.probe()
    if fake.probes:
        fake.tell(Trouble.UNAUTHORIZED)
        assert type(await failure(network.probe())) is AccountRefused
    await network.close()


@pytest.mark.parametrize(
    "text",
    [
        "Plain.",
        "Two\n\nparagraphs – “quoted”, l’été, ¿sí?",
        "1 < 2 & *stars* _under_ [a](b) <b>bold</b>",
        "#يوم العمل 🇵🇭 👩🏽‍🌾",
        "See https://example.org/a?b=1&c=2#d",
    ],
)
async def test_a_text_arrives_as_it_was_given(fake, text):
    network = well(fake)
    receipt = await network.send(fake.message(text))
    assert fake.texts == [text]
    assert receipt.id
    assert receipt.url is None or receipt.url.startswith("https://")
    await network.close()


async def test_a_text_of_the_full_length_is_taken_and_one_more_is_refused(fake):
    network = well(fake)
    longest = "a" * network.limits.length
    await network.send(fake.message(longest))
    assert fake.texts == [longest]
    # a room takes a longer one in several messages
    longer = "a" * (network.limits.length * network.limits.messages) + "b"
    assert type(await failure(network.send(fake.message(longer, occurrence=8)))) is Refused
    assert fake.texts == [longest]
    await network.close()


async def test_a_person_who_blocked_us_is_told_from_a_refused_account(fake):
    network = well(fake)
    if not network.NUDGES:
        assert type(await failure(network.send(message(address="4242", recipient=1)))) is Refused
    else:
        receipt = await network.send(message("For you.", address=fake.person, recipient=1))
        assert receipt.id
        assert fake.texts == ["For you."]
        error = await failure(network.send(message(address=fake.blocked, recipient=2)))
        assert type(error) is Blocked
        assert len(fake.texts) == 1
    await network.close()


async def test_after_a_trouble_the_next_message_goes_out(fake):
    network = well(fake)
    for trouble in (Trouble.UNAVAILABLE, Trouble.DROPPED_BEFORE, Trouble.TOO_MANY):
        fake.tell(trouble)
        await failure(network.send(fake.message("Once more.")))
    await network.send(fake.message("Once more."))
    assert fake.texts == ["Once more."]
    await network.close()


async def test_what_can_be_looked_up_is_found_only_when_it_is_there(fake):
    network = well(fake)
    asked = message("Where am I? https://example.org")
    if not network.FINDS:
        assert type(await failure(network.find(asked))) is Refused
    else:
        assert await network.find(asked) is None
        receipt = await network.send(asked)
        assert await network.find(asked) == receipt
        assert await network.find(message("Somebody else.", occurrence=9)) is None
    await network.close()


async def test_what_was_deleted_is_gone_and_deleting_it_again_is_no_error(fake):
    network = well(fake)
    receipt = await network.send(fake.message("Taken back."))
    if type(network).delete is Base.delete:
        assert "remove it by hand" in str(await failure(network.delete(receipt, None)))
        return
    await network.delete(receipt, None)
    await network.delete(receipt, None)
    if network.FINDS:
        assert await network.find(message("Taken back.")) is None
    await network.close()


async def test_closing_twice_or_unused_does_no_harm(fake):
    network = well(fake)
    await network.close()
    await network.close()
    assert fake.hits == 0


def test_a_placeholder_of_a_letter_garbles_no_word():
    from bot.model import Secret
    from bot.networks.common.redact import conceal, redacted

    conceal([Secret("a"), Secret("a-long-and-real-secret")], loggers=())
    assert (
        redacted("an answer with a-long-and-real-secret in it") == "an answer with (secret) in it"
    )
