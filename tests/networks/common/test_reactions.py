"""What people did with posts of ours, as each network tells it: counts, what it doesn't tell, and
posts that are gone.
"""

import pytest
from fakes.base import Trouble, message
from fakes.troubles import fake_of

from bot import networks
from bot.errors import AccountRefused, NetworkError, RateLimited, Refused, TryLater
from bot.model.counting import REACTIONS, Reactions

TELLING = [name for name in networks.names() if networks.load(name).TELLS]


@pytest.fixture(params=TELLING)
async def both(request):
    """The fake of a network that tells something, and the network."""
    async with fake_of(request.param)() as fake:
        network = fake.build(networks.load(request.param))
        yield fake, network
        await network.close()


async def posted(network, text="Good morning!", **more):
    """Post; gives the id of its first post, by which it is asked for."""
    return (await network.send(message(text, **more))).id.split(",")[0]


def count(fake, post: str, likes: int) -> None:
    """Let the fake tell these counts of a post: likes, and of the others more, one by one."""
    match fake.network:
        case "x":
            fake.metrics[post] = {
                "impression_count": 900,
                "like_count": likes,
                "retweet_count": likes + 1,
                "reply_count": likes + 2,
                "quote_count": likes + 3,
            }
        case "mastodon":
            fake.counts[post] = {
                "favourites_count": likes,
                "reblogs_count": likes + 1,
                "replies_count": likes + 2,
                "quotes_count": likes + 3,
            }
        case "bluesky":
            fake.counts[post.rpartition("/")[2]] = {
                "likeCount": likes,
                "repostCount": likes + 1,
                "replyCount": likes + 2,
                "quoteCount": likes + 3,
            }


def told(likes: int, network) -> Reactions:
    views = 900 if "views" in network.TELLS else None
    return Reactions(
        views=views, likes=likes, reposts=likes + 1, replies=likes + 2, quotes=likes + 3
    )


async def test_each_network_tells_its_counts_of_each_post(both):
    fake, network = both
    first, second = await posted(network), await posted(network, "Good night!", occurrence=8)
    count(fake, first, 5)
    count(fake, second, 70)
    posts = [first, second][: max(1, network.AT_ONCE)]
    answer = dict(await network.reactions(posts))
    if network.AT_ONCE == 1:
        answer |= await network.reactions([second])
    assert answer == {first: told(5, network), second: told(70, network)}


async def test_a_post_that_is_gone_is_no_post_with_no_likes(both):
    _, network = both
    post = await posted(network)
    await network.delete((await network.find(message())), None)
    assert await network.reactions([post]) == {post: Reactions(gone=True)}


async def test_a_thread_is_told_of_by_its_first_post(both):
    fake, network = both
    first = await posted(network, "One.", thread=("Two.", "Three."))
    count(fake, first, 4)
    assert (await network.reactions([first]))[first] == told(4, network)


@pytest.mark.parametrize(
    ("trouble", "says"),
    [
        (Trouble.TOO_MANY, RateLimited),
        (Trouble.UNAUTHORIZED, AccountRefused),
        (Trouble.UNAVAILABLE, TryLater),
        (Trouble.PAGE_503, TryLater),
        (Trouble.MALFORMED, TryLater),
        (Trouble.EMPTY, TryLater),
        (Trouble.TRUNCATED, TryLater),
        (Trouble.DROPPED_AFTER, TryLater),
    ],
)
async def test_what_can_not_be_read_is_an_error_and_neither_zero_nor_gone(both, trouble, says):
    fake, network = both
    post = await posted(network)
    fake.tell(trouble)
    with pytest.raises(NetworkError) as caught:
        await network.reactions([post])
    assert type(caught.value) is says


async def test_x_pays_for_what_is_there_and_asks_for_a_hundred_at_once():
    async with fake_of("x")() as fake:
        network = fake.build(networks.load("x"))
        posts = [fake.add(f"Post {number}")["id"] for number in range(3)]
        fake.hidden.add(posts[2])
        answer = await network.reactions([*posts, "1445880548472320000"])
        with pytest.raises(Refused):
            await network.reactions([str(1445880548472328192 + n) for n in range(101)])
        await network.close()
    assert network.reads == 2
    assert [answer[post].gone for post in posts] == [False, False, True]
    assert answer["1445880548472320000"].gone


async def test_on_x_an_error_about_something_else_makes_no_post_gone(monkeypatch):
    async with fake_of("x")() as fake:
        network = fake.build(networks.load("x"))
        other = {
            "value": "7",
            "type": "https://api.twitter.com/2/problems/service-unavailable",
            "title": "Over capacity",
        }
        monkeypatch.setattr(fake, "_unseen", lambda number: other)
        with pytest.raises(TryLater, match="can't be read"):
            await network.reactions(["7"])
        await network.close()


async def test_a_mastodon_server_of_before_quotes_leaves_them_unknown():
    async with fake_of("mastodon")() as fake:
        network = fake.build(networks.load("mastodon"))
        post = await posted(network)
        answer = await network.reactions([post])
        await network.close()
    assert answer[post] == Reactions(likes=0, reposts=0, replies=0)


@pytest.mark.parametrize("gone", [404, 410])
async def test_some_mastodon_servers_say_410_of_what_was_deleted(gone):
    async with fake_of("mastodon")() as fake:
        network = fake.build(networks.load("mastodon"))
        fake.gone = gone
        answer = await network.reactions(["109372843234563462"])
        await network.close()
    assert answer["109372843234563462"].gone


async def test_a_page_of_somebody_else_that_is_not_found_makes_no_status_gone(monkeypatch):
    from aiohttp import web

    async with fake_of("mastodon")() as fake:
        network = fake.build(networks.load("mastodon"))
        page = web.Response(status=404, text="<h1>Not Found</h1>", content_type="text/html")

        async def answer(request):
            return page

        monkeypatch.setattr(fake, "answer", answer)
        with pytest.raises(Refused):
            await network.reactions(["109372843234563462"])
        await network.close()


async def test_what_bluesky_hides_from_readers_is_gone():
    async with fake_of("bluesky")() as fake:
        network = fake.build(networks.load("bluesky"))
        post = await posted(network)
        fake.hidden.add(post.rpartition("/")[2])
        answer = await network.reactions([post])
        await network.close()
    assert answer == {post: Reactions(gone=True)}


@pytest.mark.parametrize("name", networks.names())
def test_a_network_tells_nothing_but_what_there_is_a_word_for(name):
    assert set(REACTIONS) >= networks.load(name).TELLS
    assert networks.load(name).AT_ONCE >= 1


async def test_a_network_that_tells_nothing_says_so():
    async with fake_of("telegram")() as fake:
        network = fake.build(networks.load("telegram"))
        with pytest.raises(Refused, match="telegram tells nothing"):
            await network.reactions(["12"])
        await network.close()
