"""The collectors, each with its real client library against a strict server: what they count, how
far back, and what they do when it goes wrong.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fakes import usage_bluesky, usage_mastodon, usage_x
from fakes.base import IMPATIENT, Trouble, free_port

from bot import networks
from bot.errors import AccountRefused, NetworkError, RateLimited, TryLater, UsageError
from bot.model import Secret
from bot.networks.common.redact import conceal
from bot.networks.counting import Ask, Found, Place
from bot.rules.hashtags import DAY, disjoint
from bot.rules.hashtags import usage as found_of

pytestmark = pytest.mark.slow

NOW = datetime.now(UTC).replace(microsecond=0)
TODAY = NOW.replace(hour=0, minute=0, second=0)
HOUR = timedelta(hours=1)
FAKES = {"x": usage_x.Fake, "mastodon": usage_mastodon.Fake, "bluesky": usage_bluesky.Fake}
TAG = "#EveryTree"


def ask(**fields):
    return Ask(**{"tag": TAG, "since": TODAY - 2 * DAY, "now": NOW, **fields})


def collector(name, *fakes, url=None, secrets=None, **attributes):
    kind = networks.load_collector(name)
    impatient = type("Collector", (kind,), {"BOUNDS": IMPATIENT, **attributes})
    given = {"x": usage_x.Fake.secrets}.get(name, {}) if secrets is None else secrets
    conceal([Secret(value) for value in given.values()], loggers=kind.LOGGERS, silent=kind.SILENT)
    hidden = {field: Secret(value) for field, value in given.items()}
    return impatient(
        [
            Place(name=f"{n}.example", url=url or fake.url, secrets=hidden)
            for n, fake in enumerate(fakes)
        ]
    )


async def collect(made, asked=None) -> Found:
    try:
        return await asyncio.to_thread(made.collect, asked or ask())
    finally:
        made.close()


@pytest.fixture
async def serve():
    async with AsyncExitStack() as stack:

        async def start(name, count=1):
            fakes = [await stack.enter_async_context(FAKES[name]()) for _ in range(count)]
            return fakes[0] if count == 1 else fakes

        yield start


def test_collectors_are_found_by_name():
    assert networks.collector_names() == ("bluesky", "mastodon", "x")
    with pytest.raises(UsageError, match="there are: bluesky, mastodon, x"):
        networks.load_collector("threads")


# every collector


@pytest.mark.parametrize("name", networks.collector_names())
@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        (Trouble.UNAUTHORIZED, AccountRefused),
        (Trouble.TOO_MANY, RateLimited),
        (Trouble.BROKEN, TryLater),
        (Trouble.UNAVAILABLE, TryLater),
        (Trouble.PAGE_503, TryLater),
        (Trouble.GATEWAY_TIMEOUT, TryLater),
        (Trouble.DROPPED_BEFORE, TryLater),
        (Trouble.DROPPED_AFTER, TryLater),
        (Trouble.TRUNCATED, TryLater),
        (Trouble.SILENT, TryLater),
        (Trouble.DRIPPING, TryLater),
        (Trouble.ENDLESS, TryLater),
        (Trouble.MALFORMED, TryLater),
        (Trouble.EMPTY, TryLater),
        (Trouble.CLOSED, TryLater),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
async def test_a_failure_is_told_as_what_it_is_and_gives_no_number(
    serve, name, trouble, expected, heard
):
    fake = await serve(name)
    if trouble is not Trouble.CLOSED:
        fake.tell(trouble)
    found = await collect(
        collector(
            name, fake, url=f"http://127.0.0.1:{free_port()}" if trouble is Trouble.CLOSED else None
        )
    )
    assert found.samples == ()
    [(place, error)] = found.troubles.items()
    assert place == "0.example"
    assert type(error) is expected
    assert isinstance(error, NetworkError)
    assert str(error).startswith("0.example: ")
    assert error.__cause__ is None
    for secret in fake.secrets.values():
        assert secret not in str(error) + "".join(heard)


@pytest.mark.parametrize("name", networks.collector_names())
async def test_a_redirect_is_not_followed_with_our_token(serve, name, monkeypatch):
    fake, elsewhere = await serve(name), await serve(name)
    answer = fake.answer

    async def redirect(request):
        response = await answer(request)
        response.set_status(302)
        response.headers["Location"] = f"{elsewhere.url}{request.path}"
        return response

    monkeypatch.setattr(fake, "answer", redirect)
    found = await collect(collector(name, fake, secrets=dict(fake.secrets)))
    assert found.samples == ()
    assert elsewhere.hits == 0


@pytest.mark.parametrize("name", ["mastodon", "bluesky"])
async def test_neither_author_nor_text_is_in_a_sample(serve, name):
    fake = await serve(name)
    fake.add(NOW - HOUR, TAG, author="ada.example")
    found = await collect(collector(name, fake), ask(pledgers=["ada.example"]))
    assert found.samples
    assert "Private" not in repr(found)
    assert "ada" not in repr(found)


# X


@pytest.mark.parametrize("spelling", ["post", "tweet"])
async def test_x_counts_hours_in_both_spellings(serve, spelling):
    fake = await serve("x")
    fake.spelling = spelling
    fake.hours = {TODAY - DAY + n * HOUR: n for n in range(24)}
    found = await collect(collector("x", fake), ask(now=fake.now))
    assert found.troubles == {}
    assert fake.queries == [f"{TAG} -is:retweet"]
    yesterday = [s for s in found.samples if TODAY - DAY <= s.start < TODAY]
    assert [s.uses for s in yesterday] == list(range(24))
    assert {(s.resolution, s.reposts, s.authors, s.boosts, s.tag) for s in yesterday} == {
        (3600, False, None, None, "#everytree")
    }
    assert "authors" in yesterday[0].blind
    assert found_of(
        found.samples, (TODAY - DAY).date(), (TODAY - DAY).date(), now=NOW
    ).total == sum(range(24))


async def test_x_is_asked_for_all_that_it_remembers_and_once(serve):
    fake = await serve("x")
    found = await collect(collector("x", fake), ask(since=TODAY, now=fake.now))
    assert fake.hits == found.calls == 1
    first = min(s.start for s in found.samples)
    assert timedelta(days=6, hours=21) < fake.now - first <= timedelta(days=7)
    assert disjoint(found.samples) == sorted(found.samples, key=lambda s: s.start)


@pytest.mark.parametrize(
    "spoiled",
    [
        {"data": [{"start": "2021-05-01T00:00:00Z", "end": "2021-05-01T01:00:00Z"}], "meta": {}},
        {
            "data": [
                {
                    "start": "2021-05-01T00:00:00Z",
                    "end": "2021-05-01T01:00:00Z",
                    "post_count": "many",
                }
            ],
            "meta": {},
        },
        {
            "data": [{"start": "yesterday", "end": "2021-05-01T01:00:00Z", "post_count": 1}],
            "meta": {},
        },
        {
            "data": [
                {"start": "2021-05-01T01:00:00Z", "end": "2021-05-01T01:00:00Z", "post_count": 1}
            ],
            "meta": {},
        },
        {"data": [], "errors": [{"detail": "shard missing"}], "meta": {}},
        {"data": "none", "meta": {}},
        {"data": []},
    ],
)
async def test_an_answer_of_x_that_can_not_be_read_gives_no_number(serve, spoiled):
    fake = await serve("x")
    fake.spoil = spoiled
    found = await collect(collector("x", fake), ask(now=fake.now))
    assert found.samples == ()
    assert "can't be read" in str(found.troubles["0.example"])


@pytest.mark.parametrize(
    ("trouble", "words"),
    [(Trouble.PAYMENT, "credit is used up"), (Trouble.FORBIDDEN, "bearer token is refused")],
)
async def test_x_says_what_a_person_can_do(serve, trouble, words):
    fake = await serve("x")
    fake.tell(trouble)
    error = (await collect(collector("x", fake))).troubles["0.example"]
    assert isinstance(error, AccountRefused)
    assert words in str(error)


async def test_x_says_how_long_to_rest(serve):
    fake = await serve("x")
    fake.headers = {"Date": "Sat, 01 May 2021 07:00:00 GMT", "x-rate-limit-reset": "1619852700"}
    fake.tell(Trouble.TOO_MANY)
    error = (await collect(collector("x", fake))).troubles["0.example"]
    assert error.retry_after == 300


# Mastodon


async def test_mastodon_gives_what_an_instance_remembers_and_the_timeline_apart(serve):
    fake = await serve("mastodon")
    fake.history = {TODAY: 2, TODAY - DAY: 7}
    for hours in (1, 2, 3):
        fake.add(TODAY - hours * HOUR, TAG, boosts=2)
    found = await collect(collector("mastodon", fake))
    assert found.troubles == {}
    history = {s.start: s for s in found.samples if "/api/v1/tags/EveryTree" in s.query}
    timeline = {s.start: s for s in found.samples if "/api/v1/timelines/tag/EveryTree" in s.query}
    assert [history[day].uses for day in sorted(history)] == [0, 0, 0, 0, 0, 7, 2]
    assert (history[TODAY].end, history[TODAY - DAY].end) == (NOW, TODAY)
    assert history[TODAY - DAY].authors == 3
    assert sorted(timeline) == [TODAY - 2 * DAY, TODAY - DAY, TODAY]
    assert (
        timeline[TODAY - DAY].uses,
        timeline[TODAY - DAY].boosts,
        timeline[TODAY - DAY].authors,
    ) == (3, 6, 1)
    assert fake.calls == [
        "/api/v1/tags/EveryTree",
        "/api/v1/timelines/tag/EveryTree",
        "/api/v1/timelines/tag/EveryTree",
    ]


@pytest.mark.parametrize("history", [None, {TODAY - n * DAY: None for n in range(7)}])
async def test_a_server_of_another_make_has_a_timeline_all_the_same(serve, history):
    fake = await serve("mastodon")
    fake.history = history
    fake.add(NOW - HOUR, TAG)
    found = await collect(collector("mastodon", fake), ask(since=TODAY - DAY))
    assert found.troubles == {}
    assert sum(s.uses for s in found.samples) == 1


async def test_a_post_that_several_instances_see_counts_once(serve):
    one, two = await serve("mastodon", 2)
    at = TODAY - HOUR
    uri = one.add(at, TAG)["uri"]
    two.add(at, TAG, uri=uri, author="ada@one.example")
    two.add(at, TAG, uri="https://two.example/2", author="bo")
    found = await collect(collector("mastodon", one, two))
    yesterday = {
        s.source: s.uses for s in found.samples if s.start == TODAY - DAY and "timelines" in s.query
    }
    assert yesterday == {"0.example": 1, "1.example": 2, "0.example + 1.example": 2}


async def test_an_instance_that_is_down_leaves_the_others(serve):
    one, two = await serve("mastodon", 2)
    one.add(NOW - HOUR, TAG)
    two.tell(Trouble.UNAVAILABLE)
    found = await collect(collector("mastodon", one, two))
    assert list(found.troubles) == ["1.example"]
    assert {s.source for s in found.samples} == {"0.example"}


async def test_every_page_of_a_timeline_is_read(serve):
    fake = await serve("mastodon")
    for n in range(95):
        fake.add(TODAY - DAY + n * timedelta(minutes=10), TAG)
    found = await collect(collector("mastodon", fake))
    assert sum(s.uses for s in found.samples if "timelines" in s.query) == 95


async def test_a_timeline_too_long_to_be_read_says_where_it_was_left(serve):
    fake = await serve("mastodon")
    for n in range(95):
        fake.add(TODAY - DAY + n * timedelta(minutes=10), TAG)
    found = await collect(collector("mastodon", fake, PAGES=2))
    [*_, one] = timeline = [s for s in found.samples if "timelines" in s.query and s.start < TODAY]
    assert len(timeline) == 1
    # the 80 newest, without the oldest of them: another post of its second may have stayed unread
    assert one.start == TODAY - DAY + 15 * timedelta(minutes=10) + timedelta(seconds=1)
    assert sum(s.uses for s in found.samples if "timelines" in s.query) == 79
    assert one.blind[-1].endswith("too many to be read at once")


async def test_an_instance_that_wants_a_token_gets_ours_where_there_is_one(serve):
    fake = await serve("mastodon")
    fake.wants_token = True
    refused = await collect(collector("mastodon", fake))
    assert "want a token" in str(refused.troubles["0.example"])
    assert (await collect(collector("mastodon", fake, secrets=dict(fake.secrets)))).troubles == {}


async def test_other_hashtags_count_only_beside_ours_and_not_the_rare_ones(serve):
    fake = await serve("mastodon")
    for n in range(4):
        fake.add(
            TODAY - n * timedelta(minutes=5) - HOUR,
            TAG,
            "#Forest",
            *(["#MyVillage"] if n < 2 else []),
        )
    fake.add(TODAY - HOUR, "#Forest")
    found = await collect(collector("mastodon", fake))
    beside = [s for s in found.samples if s.beside]
    assert [(s.tag, s.beside, s.uses, s.start) for s in beside] == [
        ("#forest", "#everytree", 4, TODAY - DAY)
    ]


async def test_hashtags_that_an_instance_folds_are_counted_with_authors_and_companions(serve):
    fake = await serve("mastodon")
    for n in range(4):
        tags = ("#NiñosSinTrabajo", "#Niñez")
        at = TODAY - n * timedelta(minutes=5) - HOUR
        fake.add(at, *tags, author=f"ada{n}", boosts=2, text=f"Hoy: {' '.join(tags)}")
    asked = ask(tag="#NiñosSinTrabajo", pledgers=frozenset())
    found = await collect(collector("mastodon", fake), asked)
    counted = [
        (s.tag, s.beside, s.uses, s.boosts, s.authors)
        for s in found.samples
        if s.start == TODAY - DAY and "timelines" in s.query
    ]
    assert counted == [
        ("#niñossintrabajo", "", 4, 8, 4),
        ("#niñez", "#niñossintrabajo", 4, None, None),
    ]


async def test_posts_of_pledge_makers_are_counted_where_they_are_registered(serve):
    fake = await serve("mastodon")
    fake.add(NOW - timedelta(minutes=1), TAG, author="Ada@far.example")
    fake.add(NOW - timedelta(minutes=2), TAG, author="bo")
    host = fake.url.removeprefix("http://")
    found = await collect(
        collector("mastodon", fake),
        ask(pledgers={"ada@far.example", f"bo@{host}", "cy@far.example"}),
    )
    assert sum(s.pledgers for s in found.samples if "timelines" in s.query) == 2
    unknown = await collect(collector("mastodon", fake))
    assert {s.pledgers for s in unknown.samples} == {None}


# Bluesky


async def test_bluesky_counts_posts_and_not_the_estimate(serve):
    fake = await serve("bluesky")
    for n in range(5):
        fake.add(TODAY - n * HOUR - HOUR, TAG, boosts=n)
    fake.add(TODAY - HOUR, "#Other")
    found = await collect(collector("bluesky", fake))
    assert found.troubles == {}
    by_day = {s.start: s for s in found.samples}
    assert sorted(by_day) == [TODAY - 2 * DAY, TODAY - DAY, TODAY]
    assert (by_day[TODAY - DAY].uses, by_day[TODAY - DAY].boosts, by_day[TODAY].uses) == (5, 10, 0)
    assert (
        by_day[TODAY].query
        == "GET app.bsky.feed.searchPosts q=#EveryTree tag=EveryTree sort=latest"
    )
    assert {search["tag"] for search in fake.searches} == {"EveryTree"}


async def test_pages_are_turned_by_time_since_a_cursor_needs_a_login(serve):
    fake = await serve("bluesky")
    for n in range(23):
        # three of the same instant
        fake.add(TODAY - (n // 3) * HOUR - HOUR, TAG)
    fake.page = 5
    found = await collect(collector("bluesky", fake))
    assert found.troubles == {}
    assert sum(s.uses for s in found.samples) == 23
    assert fake.logged_in == [False] * len(fake.searches)


async def test_too_many_posts_are_counted_as_far_as_they_were_read(serve):
    fake = await serve("bluesky")
    for n in range(40):
        fake.add(TODAY - n * timedelta(minutes=10) - HOUR, TAG)
    fake.page = 10
    found = await collect(collector("bluesky", fake, PAGES=2))
    yesterday = min(found.samples, key=lambda s: s.start)
    assert TODAY - 5 * HOUR < yesterday.start < TODAY - 3 * HOUR
    assert "too many" in yesterday.blind[-1]
    assert 15 <= sum(s.uses for s in found.samples) < 20


async def test_a_post_can_not_claim_to_be_of_another_day(serve):
    fake = await serve("bluesky")
    fake.add(TODAY - DAY - HOUR, TAG, claims=NOW + DAY)
    found = await collect(collector("bluesky", fake))
    assert {s.start: s.uses for s in found.samples} == {
        TODAY - 2 * DAY: 1,
        TODAY - DAY: 0,
        TODAY: 0,
    }


async def test_where_the_public_search_is_shut_our_login_is_used_once(serve):
    fake = await serve("bluesky")
    fake.public = False
    fake.add(NOW - HOUR, TAG)
    refused = await collect(collector("bluesky", fake))
    assert "name a Bluesky channel" in str(refused.troubles["0.example"])
    made = collector("bluesky", fake, secrets=dict(fake.secrets))
    for _ in range(2):
        found = await asyncio.to_thread(made.collect, ask())
        assert found.troubles == {}
    made.close()
    assert fake.made == 1
    assert fake.logged_in[-1]


async def test_hashtags_of_other_scripts_are_asked_for_as_they_are(serve):
    for name in ("mastodon", "bluesky"):
        fake = await serve(name)
        fake.add(NOW - HOUR, "#يوم_الشجرة")
        found = await collect(collector(name, fake), replace(ask(), tag="#يوم_الشجرة"))
        assert found.troubles == {}
        assert sum(s.uses for s in found.samples if "tags/" not in s.query) == 1
