"""X: signed requests, limits, look-ups and refusals against a strict server."""

import asyncio
import re
import traceback
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from clocks.undisturbed import undisturbed
from fakes.base import Trouble, channel, message
from fakes.x import Fake

from bot.errors import AccountRefused, Duplicate, RateLimited, Refused, TryLater, Unanswered
from bot.model import Receipt, Secret
from bot.networks.x.network import Network

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16


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
    assert receipt == Receipt(
        id="1445880548472328192", url="https://x.com/i/web/status/1445880548472328192"
    )
    assert fake.texts == ["Today is a day. 100% & more"]
    assert fake.calls == ["POST /2/tweets"]


@pytest.mark.parametrize("field", Network.SECRETS)
async def test_each_wrong_key_stops_the_account(fake, field):
    secrets = {
        name: Secret(value) for name, value in (fake.secrets | {field: "370773112-wrong"}).items()
    }
    network = Network(channel("x", base_url=fake.url), secrets)
    with pytest.raises(AccountRefused, match="the keys are refused"):
        await network.send(message())
    await network.close()
    assert fake.texts == []


async def test_the_base_url_may_have_a_path_and_a_slash(fake):
    network = Network(
        channel("x", base_url=fake.url + "/"),
        {name: Secret(value) for name, value in fake.secrets.items()},
    )
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
            (
                "Your client app is not configured with the appropriate oauth1 app permissions for"
                " this endpoint."
            ),
            {"type": "https://api.twitter.com/2/problems/oauth1-permissions"},
        ),
        (
            "When authenticating requests, you must use keys from an attached app.",
            {"reason": "client-not-enrolled"},
        ),
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
    sent = message(
        "Read & share <this>: https://example.org and https://example.org/a?x=1&copy=2 #Tag",
        since=now(),
    )
    fake.tell(Trouble.SILENT)
    with pytest.raises(Unanswered):
        await network.send(sent)
    assert "https://t.co/" in fake.posts[0]["text"]
    assert "&lt;this&gt;" in fake.posts[0]["text"]
    found = await network.find(sent)
    assert found == Receipt(
        id=fake.posts[0]["id"], url=f"https://x.com/i/web/status/{fake.posts[0]['id']}"
    )


async def test_only_posts_since_the_first_attempt_count(fake, network):
    fake.add("The same every year.", at=now() - timedelta(days=365))
    fake.add("Another one.", at=now())
    assert (
        await network.find(message("The same every year.", since=now() - timedelta(hours=1)))
        is None
    )
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


@pytest.mark.parametrize(
    "spoiled", [{"errors": [{"detail": "gone"}], "meta": {}}, {"data": []}, {"meta": None}]
)
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


@pytest.fixture
def picture(tmp_path):
    file = tmp_path / "card.png"
    file.write_bytes(PNG)
    return file


UPLOAD = ["POST /2/media/upload/initialize", "APPEND", "FINALIZE", "POST /2/media/metadata"]


def calls(fake) -> list[str]:
    return [
        re.sub(r"POST /2/media/upload/\d+/(\w+)", lambda match: match[1].upper(), call)
        for call in fake.calls
    ]


async def test_a_picture_goes_with_its_alt_text(fake, network, picture):
    await network.send(message("Hello. https://example.org", picture=picture))
    assert calls(fake) == [*UPLOAD, "POST /2/tweets"]
    (media,) = fake.media.values()
    assert b"".join(media["pieces"]) == PNG
    assert (media["media_type"], media["total_bytes"], media["alt"]) == (
        "image/png",
        len(PNG),
        "A card.",
    )
    assert fake.texts == ["Hello. https://example.org"]


async def test_a_large_picture_goes_in_pieces(fake, network, picture):
    picture.write_bytes(PNG + b"x" * 2_500_000)
    await network.send(message(picture=picture))
    assert [len(piece) for piece in next(iter(fake.media.values()))["pieces"]] == [
        1_000_000,
        1_000_000,
        500_000 + len(PNG),
    ]


async def test_a_post_with_a_picture_is_found_although_x_adds_a_link_to_it(fake, network, picture):
    sent = message("Hello. https://example.org/a", picture=picture, since=now())
    receipt = await network.send(sent)
    assert fake.posts[0]["text"].count("https://t.co/") == 2
    assert await network.find(sent) == receipt


async def test_a_picture_is_waited_for_until_x_has_processed_it(fake, network, picture):
    fake.states = ["pending", "in_progress", "in_progress"]
    await network.send(message(picture=picture))
    assert calls(fake) == [*UPLOAD[:3], *["GET /2/media/upload"] * 3, UPLOAD[3], "POST /2/tweets"]


async def test_a_picture_that_takes_too_long_is_tried_again_later(fake, picture):
    network = fake.build(type("Hasty", (Network,), {"PATIENCE": 0.2}))
    fake.states, fake.check_after = ["pending"], 1
    with pytest.raises(TryLater, match="our-x: X is still processing the picture"):
        await network.send(message(picture=picture))
    assert fake.texts == []
    await network.close()


async def test_a_picture_that_x_can_not_process_is_refused(fake, network, picture):
    fake.states = ["in_progress", "failed"]
    with pytest.raises(Refused, match="our-x: X can't process the picture: Unsupported image"):
        await network.send(message(picture=picture))
    assert fake.texts == []


@pytest.mark.parametrize("on", ["/initialize", "/append", "/finalize", "/metadata"])
@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Trouble.SILENT, TryLater),
        (Trouble.MALFORMED, TryLater),
        (Trouble.UNAVAILABLE, TryLater),
        (Trouble.TOO_MANY, RateLimited),
        (Trouble.UNAUTHORIZED, AccountRefused),
        (Trouble.BAD_REQUEST, Refused),
    ],
)
async def test_an_upload_that_fails_never_makes_a_delivery_uncertain(
    fake, network, picture, on, trouble, error
):
    if (on, trouble) == ("/append", Trouble.MALFORMED):
        return  # of this answer only the status is looked at
    fake.tell(trouble, on=on)
    with pytest.raises(error) as caught:
        await network.send(message(picture=picture))
    assert type(caught.value) is error
    assert fake.texts == []


async def test_a_picture_too_large_is_told_before_anything_leaves(fake, network, picture):
    picture.write_bytes(b"x" * 5_000_001)
    with pytest.raises(Refused, match=r"card\.png has 5,000,001 bytes, but 5,000,000 is the most"):
        await network.send(message(picture=picture))
    assert fake.hits == 0


# Threads


def thread(**more):
    return message(
        "First. #Tag", thread=("Second: https://example.org", "Third."), since=now(), **more
    )


async def test_a_thread_answers_itself_and_is_one_receipt(fake, network, picture):
    receipt = await network.send(thread(picture=picture))
    assert fake.texts == ["First. #Tag", "Second: https://example.org", "Third."]
    first, second, third = fake.posts
    assert (first["answers"], second["answers"], third["answers"]) == (
        None,
        first["id"],
        second["id"],
    )
    assert receipt == Receipt(
        id=f"{first['id']},{second['id']},{third['id']}",
        url=f"https://x.com/i/web/status/{first['id']}",
    )
    assert await network.find(thread()) == receipt
    await network.delete(receipt, None)
    assert fake.posts == []


@pytest.mark.parametrize(
    "trouble", [Trouble.UNAVAILABLE, Trouble.SILENT, Trouble.DROPPED_BEFORE, Trouble.MALFORMED]
)
async def test_a_thread_that_broke_off_goes_on_where_it_stopped(fake, network, picture, trouble):
    deny_after(fake, 1, trouble)
    with pytest.raises(Unanswered, match="post 2 of 3 failed"):
        await network.send(thread(picture=picture))
    part = await network.find(thread())
    assert part is not None
    assert not part.complete
    receipt = await network.send(thread(picture=picture))
    assert fake.texts == ["First. #Tag", "Second: https://example.org", "Third."], "nothing twice"
    assert receipt.complete
    assert len(fake.media) == 1, "the picture went with the first"


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Trouble.BAD_REQUEST, Refused),
        (Trouble.TOO_MANY, RateLimited),
        (Trouble.PAYMENT, AccountRefused),
    ],
)
async def test_a_thread_that_can_not_go_on_is_taken_back(fake, network, trouble, error):
    deny_after(fake, 2, trouble)
    with pytest.raises(error) as caught:
        await network.send(thread())
    assert type(caught.value) is error
    assert fake.posts == []


async def test_a_thread_that_can_not_be_taken_back_is_uncertain_and_says_what_stands(fake, network):
    deny_after(fake, 1, Trouble.PAYMENT)
    fake.tell(Trouble.PAYMENT)
    with pytest.raises(
        Unanswered,
        match=f"post 2 of 3 failed, while {1445880548472328192} stands.*402.*can't be deleted",
    ):
        await network.send(thread())
    assert len(fake.posts) == 1


async def test_that_one_text_of_a_thread_is_there_does_not_count_as_sent(fake, network):
    fake.add("First. #Tag", at=now() - timedelta(days=30))
    with pytest.raises(Refused) as caught:
        await network.send(thread())
    assert not isinstance(caught.value, Duplicate)


def deny_after(fake, posts: int, trouble: Trouble) -> None:
    """Make the trouble at the post that follows on so many."""
    answer = fake._next

    def later(request):
        if (
            request.method == "POST"
            and request.path == "/2/tweets"
            and len(fake.posts) == posts
            and trouble
        ):
            fake._next = answer
            return trouble
        return None

    fake._next = later


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
    for sign in (
        "oauth_signature",
        "Authorization",
        "oauth_token",
        "Signing",
        *fake.secrets.values(),
    ):
        assert sign not in log


async def test_an_error_holds_no_request(fake, network):
    fake.tell(Trouble.UNAUTHORIZED)
    with pytest.raises(AccountRefused) as caught:
        await network.send(message())
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert "OAuth" not in "".join(traceback.format_exception(caught.value))


async def test_who_stops_waits_for_no_hanging_call(fake):
    network = Network(
        channel("x", base_url=fake.url),
        {name: Secret(value) for name, value in fake.secrets.items()},
    )
    assert network.BOUNDS.answer == 30
    fake.tell(Trouble.SILENT)
    began = undisturbed()
    task = asyncio.create_task(network.send(message()))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await network.close()
    assert undisturbed() - began < 5


async def test_calls_side_by_side_all_arrive_once(fake, network):
    await asyncio.gather(*(network.send(message(f"No. {n}", occurrence=n)) for n in range(8)))
    assert sorted(fake.texts) == [f"No. {n}" for n in range(8)]
