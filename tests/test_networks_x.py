"""X: signed requests, limits, look-ups and refusals against a strict server."""

import asyncio
import re
import traceback
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
from fakes.base import Trouble, channel, message
from fakes.x import Fake

from bot.errors import AccountRefused, Duplicate, RateLimited, Refused, TryLater, Unanswered
from bot.model import Receipt, Secret
from bot.networks.x import Network


@pytest.fixture
async def fake() -> AsyncIterator[Fake]:
    async with Fake() as fake:
        yield fake


@pytest.fixture
async def network(fake) -> AsyncIterator[Network]:
    network = fake.build(Network)
    yield network
    await network.close()


def now() -> datetime:
    return datetime.now(UTC)


async def test_a_post_is_signed_for_the_address_it_goes_to(fake, network):
    receipt = await network.send(message("Today is a day. 100% & more"))
    assert receipt == Receipt(id="1445880548472328192", url="https://x.com/i/web/status/1445880548472328192")
    assert fake.texts == ["Today is a day. 100% & more"]
    assert fake.calls == ["POST /2/tweets"]


@pytest.mark.parametrize("field", Network.SECRETS)
async def test_each_wrong_key_stops_the_account(fake, field):
    secrets = {name: Secret(value) for name, value in (fake.secrets | {field: "370773112-wrong"}).items()}
    network = Network(channel("x", base_url=fake.url), secrets)
    with pytest.raises(AccountRefused, match="the keys are refused"):
        await network.send(message())
    await network.close()
    assert fake.texts == []


async def test_the_base_url_may_have_a_path_and_a_slash(fake):
    network = Network(channel("x", base_url=fake.url + "/"), {name: Secret(value) for name, value in fake.secrets.items()})
    assert await network.probe() == "@our_account"
    await network.close()


async def test_the_same_text_twice_is_a_duplicate_which_is_a_refusal(fake, network):
    await network.send(message("Once."))
    with pytest.raises(Duplicate, match="duplicate content") as caught:
        await network.send(message("Once.", occurrence=8))
    assert isinstance(caught.value, Refused)
    assert fake.texts == ["Once."]


@pytest.mark.parametrize(
    ("detail", "fields"),
    [
        ("Your account is suspended and is not permitted to access this feature.", {}),
        ("To protect our users from spam, your account has been temporarily locked.", {}),
        (
            "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint.",
            {"type": "https://api.twitter.com/2/problems/oauth1-permissions"},
        ),
        ("When authenticating requests, you must use keys from an attached app.", {"reason": "client-not-enrolled"}),
    ],
)
async def test_a_403_about_the_account_stops_it(fake, network, detail, fields):
    fake.forbidden = (detail, fields)
    fake.tell(Trouble.FORBIDDEN)
    with pytest.raises(AccountRefused, match=re.escape(detail[:30])):
        await network.send(message())


async def test_any_other_403_refuses_this_text_only(fake, network):
    fake.tell(Trouble.FORBIDDEN)
    with pytest.raises(Refused, match="You are not permitted") as caught:
        await network.send(message())
    assert type(caught.value) is Refused
    with pytest.raises(Refused, match="too long") as caught:
        await network.send(message("日" * 141))
    assert type(caught.value) is Refused


async def test_an_empty_purse_stops_the_account(fake, network):
    fake.tell(Trouble.PAYMENT)
    with pytest.raises(AccountRefused, match=r"402.*credit is used up"):
        await network.send(message())


async def test_a_429_rests_until_the_reset_that_x_names(fake, network):
    fake.tell(Trouble.TOO_MANY)
    with pytest.raises(RateLimited) as caught:
        await network.send(message())
    assert 400 < caught.value.retry_after <= 421


@pytest.mark.parametrize(("headers", "seconds"), [({}, 900), ({"x-rate-limit-reset": "1000"}, 1)])
async def test_a_429_without_a_useful_reset_still_rests(fake, network, headers, seconds):
    fake.rate_headers = headers
    fake.tell(Trouble.TOO_MANY)
    with pytest.raises(RateLimited) as caught:
        await network.send(message())
    assert caught.value.retry_after == seconds


async def test_a_429_is_reckoned_by_the_clock_of_x(fake, network):
    fake.rate_headers = {
        "Date": "Sat, 01 May 2021 07:00:00 GMT",
        "x-rate-limit-reset": str(int(datetime(2021, 5, 1, 7, 5, tzinfo=UTC).timestamp())),
    }
    fake.tell(Trouble.TOO_MANY)
    with pytest.raises(RateLimited) as caught:
        await network.send(message())
    assert caught.value.retry_after == 300


async def test_after_an_uncertain_attempt_the_post_is_found_with_its_links_expanded(fake, network):
    sent = message("Read & share <this>: https://example.org and https://example.org/a?x=1&copy=2 #Tag", since=now())
    fake.tell(Trouble.SILENT)
    with pytest.raises(Unanswered):
        await network.send(sent)
    assert "https://t.co/" in fake.posts[0]["text"]
    assert "&lt;this&gt;" in fake.posts[0]["text"]
    found = await network.find(sent)
    assert found == Receipt(id=fake.posts[0]["id"], url=f"https://x.com/i/web/status/{fake.posts[0]['id']}")


async def test_only_posts_since_the_first_attempt_count(fake, network):
    fake.add("The same every year.", at=now() - timedelta(days=365))
    fake.add("Another one.", at=now())
    assert await network.find(message("The same every year.", since=now() - timedelta(hours=1))) is None
    fake.add("The same every year.", at=now())
    found = await network.find(message("The same every year.", since=now() - timedelta(hours=1)))
    assert found is not None
    assert found.id == fake.posts[2]["id"]


async def test_a_clock_a_little_ahead_of_that_of_x_hides_nothing(fake, network):
    fake.add("Hello.", at=now())
    assert await network.find(message("Hello.", since=now() + timedelta(seconds=60))) is not None


async def test_the_look_up_turns_every_page(fake, network):
    fake.page = 2
    for n in range(7):
        fake.add(f"No. {n}")
    found = await network.find(message("No. 0", since=now() - timedelta(hours=1)))
    assert found is not None
    assert found.id == fake.posts[0]["id"]
    assert fake.calls == ["GET /2/users/370773112/tweets"] * 4


async def test_marks_that_nobody_sees_do_not_hide_a_post(fake, network):
    fake.add("يوم #Tag اليوم")
    assert await network.find(message("يوم \u2068#Tag\u2069 اليوم", since=now())) is not None


@pytest.mark.parametrize("spoiled", [{"errors": [{"detail": "gone"}], "meta": {}}, {"data": []}, {"meta": None}])
async def test_an_incomplete_timeline_proves_nothing(fake, network, spoiled):
    fake.timeline_spoiled = spoiled
    with pytest.raises(TryLater):
        await network.find(message(since=now()))


async def test_a_token_without_the_own_number_asks_who_we_are(fake):
    fake.secrets = fake.secrets | {"access_token": "nonumber"}
    network = fake.build(Network)
    fake.add("Hello.")
    assert await network.find(message("Hello.", since=now())) is not None
    assert fake.calls == ["GET /2/users/me", "GET /2/users/370773112/tweets"]
    await network.close()


async def test_a_picture_stays_behind_and_the_log_says_so(fake, network, tmp_path, heard):
    await network.send(message("Hello.", picture=tmp_path / "card.png"))
    assert fake.texts == ["Hello."]
    assert "our-x: delivery 7-1-0 goes out without its picture" in "".join(heard)


async def test_a_redirect_is_not_followed_with_our_keys(fake, network, monkeypatch):
    answer = fake.answer

    async def elsewhere(request):
        response = await answer(request)
        response.set_status(302)
        response.headers["Location"] = f"{fake.url}/2/users/me"
        return response

    monkeypatch.setattr(fake, "answer", elsewhere)
    with pytest.raises(Unanswered):
        await network.send(message())
    assert fake.hits == 1


async def test_signatures_and_headers_are_never_logged(fake, network, heard):
    await network.send(message("Hello."))
    await network.find(message("Hello.", since=now()))
    log = "".join(heard)
    assert "urllib3.connectionpool" in log, "logging is on"
    for sign in ("oauth_signature", "Authorization", "oauth_token", "Signing", *fake.secrets.values()):
        assert sign not in log


async def test_an_error_holds_no_request(fake, network):
    fake.tell(Trouble.UNAUTHORIZED)
    with pytest.raises(AccountRefused) as caught:
        await network.send(message())
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "OAuth" not in "".join(traceback.format_exception(caught.value))


async def test_who_stops_waits_for_no_hanging_call(fake):
    network = Network(channel("x", base_url=fake.url), {name: Secret(value) for name, value in fake.secrets.items()})
    assert network.ANSWER == 30
    fake.tell(Trouble.SILENT)
    began = monotonic()
    task = asyncio.create_task(network.send(message()))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await network.close()
    assert monotonic() - began < 5


async def test_calls_side_by_side_all_arrive_once(fake, network):
    await asyncio.gather(*(network.send(message(f"No. {n}", occurrence=n)) for n in range(8)))
    assert sorted(fake.texts) == [f"No. {n}" for n in range(8)]
