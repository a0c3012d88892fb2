"""Mastodon: keys, limits of the instance, pictures that are processed first, look-ups and threads
against a strict server.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from time import time

import pytest
from fakes.amplify import Mastodon as Amplified
from fakes.base import Trouble, channel, message
from fakes.mastodon import PNG, Fake

from bot.errors import AccountRefused, RateLimited, Refused, TryLater, Unanswered
from bot.model import Receipt, Secret
from bot.model.share import Sighting
from bot.networks.mastodon.network import Network
from bot.text import isolates

POST = "POST /api/v1/statuses"
UPLOAD = "POST /api/v2/media"
LOOK = ["GET /api/v1/accounts/verify_credentials", "GET /api/v1/accounts/42/statuses"]


@pytest.fixture
async def fake() -> AsyncIterator[Fake]:
    async with Fake() as fake:
        yield fake


@pytest.fixture
async def network(fake) -> AsyncIterator[Network]:
    network = fake.build(Network)
    yield network
    await network.close()


@pytest.fixture
def picture(tmp_path):
    file = tmp_path / "card.png"
    file.write_bytes(PNG)
    return file


def now() -> datetime:
    return datetime.now(UTC)


async def test_a_post_says_its_language_and_carries_its_key(fake, network):
    fake.privacy = "unlisted"
    receipt = await network.send(message("Hola.", language="es"))
    (status,) = fake.statuses
    assert receipt == Receipt(id=status["id"], url=f"https://social.example/@ours/{status['id']}")
    assert status["language"] == "es"
    assert status["visibility"] == "unlisted", "the account's own setting holds"
    assert fake.keys == {"7-1-0": status["id"]}
    assert fake.calls == [POST]


async def test_the_channel_says_who_sees_it_and_behind_which_warning(fake):
    network = fake.build(Network, visibility="unlisted", content_warning="About work")
    await network.send(message())
    assert (fake.statuses[0]["visibility"], fake.statuses[0]["spoiler_text"]) == (
        "unlisted",
        "About work",
    )
    await network.close()


async def test_a_warning_counts_towards_the_length(fake):
    network = fake.build(Network, content_warning="w" * 100)
    with pytest.raises(Refused, match="counts 501, but 500 is the most"):
        await network.send(message("a" * 401))
    await network.send(message("a" * 400))
    await network.close()


async def test_an_attempt_repeated_within_the_hour_makes_no_second_post(fake, network):
    fake.tell(Trouble.SILENT)
    with pytest.raises(Unanswered):
        await network.send(message("Once."))
    receipt = await network.send(message("Once."))
    assert fake.texts == ["Once."]
    assert receipt.id == fake.statuses[0]["id"]


async def test_where_the_key_is_not_known_the_look_before_finds_the_post(fake, network):
    fake.honours_keys = False
    sent = message(
        "Read & share <this>: https://example.org/a?x=1&y=2 #Día\n\nNext\nline", since=now()
    )
    fake.tell(Trouble.SILENT)
    with pytest.raises(Unanswered):
        await network.send(sent)
    found = await network.find(sent)
    assert found == Receipt(id=fake.statuses[0]["id"], url=fake.statuses[0]["url"])


async def test_hashtag_and_link_of_a_right_to_left_text_are_a_tag_and_a_link(fake, network):
    text = isolates("اليوم #Trees مع https://example.org/a الآن")
    await network.send(message(text, language="ar"))
    content = fake.statuses[0]["content"]
    assert "/tags/Trees" in content
    assert 'href="https://example.org/a"' in content


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("Thank you, @friend@social.example, for your pledge! #Tag", False),
        ("A *small* step, a **large** one: `now` #Tag", True),
        ("Thank you, @ilo@social.example: _together_ https://example.org/a_b", True),
    ],
)
async def test_a_post_is_found_as_a_reader_sees_it(fake, network, text, markdown):
    fake.honours_keys, fake.markdown = False, markdown
    sent = message(text, since=now())
    fake.tell(Trouble.SILENT)
    with pytest.raises(Unanswered):
        await network.send(sent)
    assert await network.find(sent) == Receipt(
        id=fake.statuses[0]["id"], url=fake.statuses[0]["url"]
    )


async def test_what_may_be_the_post_changed_by_its_server_is_never_certainly_not_there(
    fake, network
):
    fake.add("Thank you all so much for your pledge 👋 #Tag")
    sent = message("Thank you all so much for your pledge :wave: #Tag", since=now())
    with pytest.raises(Unanswered, match=r"may be 7-1-0, changed by the instance"):
        await network.find(sent)
    assert await network.find(message("Something else altogether.", since=now())) is None


async def test_what_is_known_to_be_another_post_is_never_taken_for_this_one(fake, network):
    other = message("Plant an oak by the river today! #Tag", occurrence=8, since=now())
    await network.send(other)
    sent = message("Plant an elm by the river today! #Tag", thread=("Water it.",), since=now())
    assert await network.find(sent) is None
    assert (await network.send(sent)).complete
    assert fake.texts == [other.body.text, *sent.body.parts]
    same = message(other.body.text, occurrence=9, since=now())
    assert await network.find(same) is None
    assert (await network.find(other)) == Receipt(
        id=fake.statuses[0]["id"], url=fake.statuses[0]["url"]
    )


async def test_what_was_found_for_one_post_is_no_longer_like_another(fake, network):
    fake.honours_keys = False
    lost = message("Plant an oak by the river today! #Tag", occurrence=8, since=now())
    fake.tell(Trouble.SILENT)
    with pytest.raises(Unanswered):
        await network.send(lost)
    sent = message("Plant an elm by the river today! #Tag", since=now())
    with pytest.raises(Unanswered, match="may be 7-1-0"):
        await network.find(sent)
    assert await network.find(lost) is not None
    assert await network.find(sent) is None


async def test_a_thread_with_mentions_goes_on_where_it_stopped(fake, network):
    fake.honours_keys = False
    sent = message("For @ilo@social.example:", thread=("Second.", "Third."), since=now())
    deny_after(fake, 1, Trouble.SILENT)
    with pytest.raises(Unanswered):
        await network.send(sent)
    assert (await network.send(sent)).complete
    assert fake.texts == ["For @ilo@social.example:", "Second.", "Third."]


async def test_only_posts_since_the_first_attempt_count(fake, network):
    fake.add("The same every year.", at=now() - timedelta(days=365))
    assert await network.find(message("The same every year.", since=now())) is None
    fake.add("The same every year.", at=now())
    assert await network.find(message("The same every year.", since=now())) is not None


async def test_the_look_up_turns_every_page_it_needs(fake, network):
    fake.page = 2
    fake.add("Old.", at=now() - timedelta(days=2))
    for n in range(5):
        fake.add(f"No. {n}")
    found = await network.find(message("No. 0", since=now() - timedelta(hours=1)))
    assert found is not None
    assert fake.calls == [LOOK[0], *[LOOK[1]] * 3]


@pytest.mark.parametrize(
    "trouble", [Trouble.MALFORMED, Trouble.EMPTY, Trouble.UNAVAILABLE, Trouble.SILENT]
)
async def test_an_incomplete_timeline_proves_nothing(fake, network, trouble):
    fake.add("Hello.")
    fake.tell(trouble, on="/statuses")
    with pytest.raises(TryLater):
        await network.find(message("Hello.", since=now()))


# Limits of the instance


async def test_the_limits_are_the_declared_ones_until_the_instance_is_asked(fake, network):
    fake.configuration["statuses"] = {"max_characters": 5_000, "characters_reserved_per_url": 30}
    fake.configuration["media_attachments"] = {"description_limit": 420}
    assert (network.limits.length, network.limits.link_length, network.limits.alt) == (
        500,
        23,
        1_500,
    )
    assert await network.probe() == "@ours"
    assert (network.limits.length, network.limits.link_length, network.limits.alt) == (
        5_000,
        30,
        420,
    )
    assert network.limits.per_second == Network.LIMITS.per_second


async def test_an_instance_that_says_nothing_leaves_the_declared_limits(fake, network):
    fake.configuration = {"statuses": None}
    await network.probe()
    assert network.limits == Network.LIMITS


async def test_an_instance_without_a_page_about_itself_leaves_the_declared_limits(
    fake, network, picture
):
    fake.instance = False
    assert await network.probe() == "@ours"
    assert network.limits == Network.LIMITS
    await network.send(message("Hello.", picture=picture))
    assert fake.texts == ["Hello."]


@pytest.mark.parametrize(
    ("privacy", "options", "words"),
    [
        ("unlisted", {}, ["posts are unlisted"]),
        ("unlisted", {"visibility": "public"}, []),
        ("public", {}, []),
    ],
)
async def test_a_probe_says_when_no_tag_timeline_will_show_the_posts(fake, privacy, options, words):
    fake.privacy = privacy
    network = fake.build(Network, **options)
    await network.probe()
    assert [remark.split(",")[0] for remark in network.remarks] == words
    await network.close()


async def test_a_longer_text_is_taken_where_the_instance_takes_it(fake, network):
    fake.configuration["statuses"]["max_characters"] = 5_000
    await network.send(message("a" * 4_999))
    assert fake.calls == ["GET /api/v2/instance", POST]
    with pytest.raises(Refused, match="counts 5001, but 5000 is the most"):
        await network.send(message("a" * 5_001))
    assert fake.calls == ["GET /api/v2/instance", POST], "asked once, and nothing too long leaves"


# Pictures


async def test_a_picture_goes_with_its_alt_text_and_name(fake, network, picture):
    await network.send(message("Hello.", picture=picture))
    assert fake.calls == ["GET /api/v2/instance", UPLOAD, POST]
    ((number, media),) = fake.media.items()
    assert (media["description"], media["name"]) == ("A card.", "card.png")
    assert fake.statuses[0]["media"] == [number]


async def test_a_picture_is_posted_only_once_it_is_processed(fake, network, picture, monkeypatch):
    monkeypatch.setattr("bot.networks.mastodon.client._LOOK", 0.01)
    fake.processing = 3
    await network.send(message("Hello.", picture=picture))
    assert fake.calls == ["GET /api/v2/instance", UPLOAD, *["GET /api/v1/media/22348641"] * 3, POST]


async def test_a_picture_that_takes_too_long_is_tried_again_later(fake, picture):
    network = fake.build(type("Hasty", (Network,), {"PATIENCE": 0.1}))
    fake.processing = 3
    with pytest.raises(TryLater, match="our-mastodon: the server is still processing the picture"):
        await network.send(message(picture=picture))
    assert fake.texts == []
    await network.close()


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (Trouble.SILENT, TryLater),
        (Trouble.EMPTY, TryLater),
        (Trouble.BROKEN, TryLater),
        (Trouble.TOO_MANY, RateLimited),
    ],
)
async def test_an_upload_that_fails_never_makes_a_delivery_uncertain(
    fake, network, picture, trouble, error
):
    fake.tell(trouble, on="/media")
    with pytest.raises(error) as caught:
        await network.send(message(picture=picture))
    assert type(caught.value) is error
    assert fake.texts == []


async def test_what_the_instance_takes_no_picture_of_is_told_before_anything_leaves(
    fake, network, picture
):
    fake.configuration["media_attachments"] = {"image_size_limit": 5}
    with pytest.raises(Refused, match=r"card\.png has 8 bytes, but 5 is the most"):
        await network.send(message(picture=picture))
    fake.configuration["media_attachments"] = {"description_limit": 3}
    await network.probe()
    with pytest.raises(Refused, match="the alt text has 7 characters, but 3 is the most"):
        await network.send(message(picture=picture))
    assert not fake.media


# Threads


def thread(**more):
    return message(
        "First. #Tag", thread=("Second: https://example.org", "Third."), since=now(), **more
    )


async def test_a_thread_answers_itself_each_post_with_a_key_of_its_own(fake, network):
    receipt = await network.send(thread())
    first, second, third = fake.statuses
    assert (second["in_reply_to_id"], third["in_reply_to_id"]) == (first["id"], second["id"])
    assert list(fake.keys) == ["7-1-0", "7-1-0-1", "7-1-0-2"]
    assert receipt == Receipt(id=f"{first['id']},{second['id']},{third['id']}", url=first["url"])
    assert await network.find(thread()) == receipt
    await network.delete(receipt, None)
    assert fake.statuses == []


@pytest.mark.parametrize("honours_keys", [True, False])
@pytest.mark.parametrize("trouble", [Trouble.UNAVAILABLE, Trouble.SILENT, Trouble.DROPPED_BEFORE])
async def test_a_thread_that_broke_off_goes_on_where_it_stopped(
    fake, network, picture, honours_keys, trouble
):
    fake.honours_keys = honours_keys
    deny_after(fake, 1, trouble)
    with pytest.raises(Unanswered, match="post 2 of 3 failed"):
        await network.send(thread(picture=picture))
    part = await network.find(thread())
    assert part is not None
    assert not part.complete
    receipt = await network.send(thread(picture=picture))
    assert fake.texts == ["First. #Tag", "Second: https://example.org", "Third."], "nothing twice"
    assert receipt.complete
    assert receipt.url == fake.statuses[0]["url"]
    assert len(fake.media) == 1


async def test_a_thread_that_was_half_taken_back_is_taken_back_by_doing_it_again(fake, network):
    receipt = await network.send(thread())
    fake.statuses = fake.statuses[:1]  # the others were deleted by hand
    fake.tell(Trouble.UNAVAILABLE)
    with pytest.raises(TryLater):
        await network.delete(receipt, None)
    await network.delete(receipt, None)
    assert fake.statuses == []


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
    assert fake.statuses == []


async def test_a_key_of_a_post_that_was_taken_back_is_waited_out(fake, network):
    deny_after(fake, 1, Trouble.TOO_MANY)
    with pytest.raises(RateLimited):
        await network.send(thread())
    with pytest.raises(TryLater, match="still remembers a deleted post"):
        await network.send(thread())
    fake.keys.clear()
    await network.send(thread())
    assert len(fake.statuses) == 3


def deny_after(fake, posts: int, trouble: Trouble) -> None:
    """Make the trouble at the post that follows on so many."""
    answer = fake._next

    def later(request):
        if (
            request.method == "POST"
            and request.path == "/api/v1/statuses"
            and len(fake.statuses) == posts
        ):
            fake._next = answer
            return trouble
        return None

    fake._next = later


# Boosts


@pytest.mark.parametrize("times", [1, 2])
async def test_a_boost_whose_answer_was_lost_is_taken_back_for_good(times):
    async with Amplified() as server:
        post = server.add_other(now(), "#Tag", author="ilo")
        sighting = Sighting(
            uri=post["uri"],
            post=post["id"],
            url=post["url"],
            author="ilo",
            text="",
            media=False,
            posted=now(),
        )
        network = server.build(Network)
        server.tell(Trouble.SILENT, on="/reblog")
        with pytest.raises(TryLater):
            await network.boost(sighting, now())
        receipt = await network.boost(sighting, now())
        assert server.boosts == [post["id"]]
        server.boosts = [post["id"]] * times  # as an earlier version left it
        await network.unboost(receipt)
        assert server.boosts == []
        await network.unboost(receipt)
        await network.close()


# Refusals


@pytest.mark.parametrize(
    "words",
    [
        "This action is outside the authorized scopes",
        "Your login is currently disabled",
        "Your login is currently pending approval",
    ],
)
async def test_a_403_about_the_account_stops_it(fake, network, words):
    fake.forbidden = words
    fake.tell(Trouble.FORBIDDEN)
    with pytest.raises(AccountRefused, match=words):
        await network.send(message())


async def test_any_other_403_refuses_this_text_only(fake, network):
    fake.tell(Trouble.FORBIDDEN)
    with pytest.raises(Refused, match="403: This action is not allowed") as caught:
        await network.send(message())
    assert type(caught.value) is Refused


async def test_a_wrong_token_stops_the_account_and_says_what_to_do(fake):
    network = Network(
        channel("mastodon", base_url=fake.url), {"access_token": Secret("another-token")}
    )
    with pytest.raises(AccountRefused, match=r"401: The access token is invalid.*make a new one"):
        await network.send(message())
    await network.close()


@pytest.mark.parametrize(("reset", "low", "high"), [(250, 200, 251), (None, 300, 300)])
async def test_a_429_rests_until_the_reset_that_the_instance_names(fake, network, reset, low, high):
    if reset:
        fake.headers["X-RateLimit-Reset"] = datetime.fromtimestamp(time() + reset, UTC).isoformat()
    fake.tell(Trouble.TOO_MANY)
    with pytest.raises(RateLimited) as caught:
        await network.send(message())
    assert low <= caught.value.retry_after <= high


async def test_without_an_instance_nothing_leaves_and_the_error_says_what_is_missing():
    network = Network(channel("mastodon"), {"access_token": Secret("x" * 20)})
    with pytest.raises(AccountRefused, match='give its table base_url = "https://…"'):
        await network.send(message())
    await network.close()


async def test_an_error_holds_no_request(fake, network):
    fake.tell(Trouble.UNAVAILABLE)
    with pytest.raises(TryLater) as caught:
        await network.send(message())
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
