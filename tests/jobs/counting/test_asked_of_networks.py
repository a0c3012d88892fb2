"""Posts that ask something, as the collectors give them on with their real libraries: text and link,
nobody's name; and whether they still stand.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from fakes import usage_bluesky, usage_mastodon
from fakes.base import Trouble

from bot import networks
from bot.errors import NetworkError
from bot.networks.counting import Ask, Place

pytestmark = pytest.mark.slow

NOW = datetime.now(UTC).replace(microsecond=0)
HOUR = timedelta(hours=1)
TAG = "#EveryTree"


@pytest.fixture
async def mastodon():
    async with usage_mastodon.Fake() as fake:
        yield fake


@pytest.fixture
async def bluesky():
    async with usage_bluesky.Fake() as fake:
        yield fake


def collector(name, fake):
    return networks.load_collector(name)([Place(name="one.example", url=fake.url)])


async def collect(made, **fields):
    ask = Ask(tag=TAG, since=NOW - 2 * 24 * HOUR, now=NOW, **fields)
    return await asyncio.to_thread(made.collect, ask)


def asks(text):
    return "?" in text


async def test_mastodon_gives_on_what_asks_and_nobody_s_name(mastodon):
    mastodon.add(NOW - HOUR, TAG, author="quilla", text="@ada Why do they work?")
    mastodon.add(NOW - HOUR, TAG, text="We know.")
    mastodon.add(NOW - HOUR, "#Other", text="And I?")
    for key in ("bot", "noindex"):
        mastodon.add(NOW - HOUR, TAG, text="Am I one?")["account"][key] = True
    mastodon.add(NOW - HOUR, TAG, text="Who sees this?")["visibility"] = "unlisted"
    made = collector("mastodon", mastodon)
    assert (await collect(made)).asking == (), "unless it is wanted"
    [post] = (await collect(made, asks=asks)).asking
    assert (post.text, post.language, post.place) == ("@… Why do they work?", "en", "one.example")
    assert post.url == mastodon.posts[0]["url"]
    assert "quilla" not in post.text + post.post
    assert await asyncio.to_thread(made.gone, [post]) == []
    mastodon.posts.clear()
    assert await asyncio.to_thread(made.gone, [post]) == [post.uri]
    made.close()


async def test_bluesky_gives_on_what_asks_and_nobody_s_name(bluesky):
    uri = bluesky.add(NOW - HOUR, TAG, author="quilla.example", words="Why do they work?")
    bluesky.add(NOW - HOUR, TAG)
    bluesky.add(NOW - HOUR, TAG, words="Seen by whom?", labels=("!no-unauthenticated",))
    made = collector("bluesky", bluesky)
    assert (await collect(made)).asking == (), "unless it is wanted"
    [post] = (await collect(made, asks=asks)).asking
    assert (post.uri, post.text) == (uri, f"Why do they work? {TAG}")
    assert post.url.startswith("https://bsky.app/profile/did:plc:")
    assert await asyncio.to_thread(made.gone, [post]) == set()
    bluesky.posts.clear()
    assert await asyncio.to_thread(made.gone, [post]) == {uri}
    assert await asyncio.to_thread(made.gone, []) == ()
    made.close()


@pytest.mark.parametrize("trouble", [Trouble.UNAVAILABLE, Trouble.TOO_MANY, Trouble.MALFORMED])
@pytest.mark.parametrize("name", ["mastodon", "bluesky"])
async def test_what_can_not_be_asked_is_not_taken_for_gone(name, trouble, mastodon, bluesky):
    fake = {"mastodon": mastodon, "bluesky": bluesky}[name]
    words = {"mastodon": {"text": "Why?"}, "bluesky": {"words": "Why?"}}[name]
    fake.add(NOW - HOUR, TAG, **words)
    made = collector(name, fake)
    asking = (await collect(made, asks=asks)).asking
    assert len(asking) == 1
    fake.tell(trouble)
    with pytest.raises(NetworkError):
        await asyncio.to_thread(made.gone, asking)
    made.close()
