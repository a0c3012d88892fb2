"""What is known of results, as `drumbeat results` and whoever else shows it give it."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.errors import UsageError
from bot.jobs.results import view
from bot.model import State
from bot.model.counting import Reactions, Reading, Sample
from bot.rules.hashtags import midnight
from bot.rules.results import Standing
from bot.times import epoch

NOW = datetime(2021, 6, 30, 12, tzinfo=UTC)
JUNE = (date(2021, 6, 1), date(2021, 6, 30))
DAY = timedelta(days=1)
TREE_DAY = date(2021, 6, 12)


def keep(played, key, age=1, *, late=0.0, **counts):
    sent = played.services.store.database.value(
        "SELECT at FROM result WHERE occurrence = :o AND channel = :c",
        {"o": key.occurrence, "c": key.channel},
    )
    at = sent + int((age + late) * 86_400)
    played.services.store.results.add(key, Reading(age=age, at=at, reactions=Reactions(**counts)))


def campaign(played):
    return played.services.active[0]


@pytest.fixture
def june(operator):
    """Three days of June on X, one of them with Bluesky and Telegram, too."""
    config, played = operator
    first = played.post(date(2021, 6, 3), action="plant")
    keep(played, first, likes=7, views=100, reposts=2, replies=0, quotes=1)
    keep(played, first, 7, late=3, likes=9, views=150, reposts=2, replies=1, quotes=1)
    for channel in ("our-x", "our-b", "chat"):
        key = played.post(TREE_DAY, channel, action="tree-day")
        if channel == "our-b":
            keep(played, key, likes=4, reposts=1, replies=0, quotes=0)
        if channel == "our-x":
            keep(played, key, gone=True)
    played.post(date(2021, 6, 28), action="plant")
    return config, played, first


def test_posts_of_some_days_stand_with_what_is_known_of_each(june):
    _, played, first = june
    shown = view.shown(played.services, campaign(played), *JUNE, NOW)
    assert [(post.day.day, post.channel) for post in shown.posts] == [
        (3, "our-x"),
        (12, "our-x"),
        (12, "our-b"),
        (12, "chat"),
        (28, "our-x"),
    ]
    assert [shown.standing(post, 1).value for post in shown.posts] == [
        "read",
        "gone",
        "read",
        "untold",
        "ahead",
    ]
    assert shown.posts[0].key == first
    assert [reading.age for reading in shown.posts[0].readings] == [1, 7]
    assert (
        view.shown(
            played.services, campaign(played), date(2021, 5, 1), date(2021, 5, 31), NOW
        ).posts
        == ()
    )


def test_an_observance_stands_with_its_posts_beside_the_use_of_the_hashtag(june):
    _, played, _ = june
    for weeks, uses in ((0, 90), (1, 30), (2, 30), (3, 30)):
        start = midnight(TREE_DAY - 7 * weeks * DAY)
        sample = Sample(
            tag="#trees", network="bluesky", source="bsky.example", query="days", start=start,
            end=start + DAY, resolution=86_400, reposts=False, collected=NOW, uses=uses,
        )  # fmt: skip
        played.services.store.samples.add([sample])
    shown = view.shown(played.services, campaign(played), *JUNE, NOW)
    days = view.observed(played.services, campaign(played), shown, 1, NOW)
    [day] = [each for each in days if each.day == TREE_DAY]
    assert (day.observance, day.day, sorted(day.sums)) == (
        "tree-day",
        TREE_DAY,
        ["bluesky", "telegram", "x"],
    )
    assert day.sums["bluesky"].counts["likes"] == 4
    assert day.sums["x"].posts == {Standing.GONE: 1}
    assert [(lift.network, lift.ratio) for lift in day.lifts] == [("bluesky", 3.0)]


def test_what_staff_wrote_is_shown_too(june):
    _, played, _ = june
    store = played.services.store
    store.database.execute("UPDATE occurrence SET action = 'post:7' WHERE day = '2021-06-03'")
    shown = view.shown(played.services, campaign(played), *JUNE, NOW)
    assert shown.posts[0].action == "post:7"
    days = view.observed(played.services, campaign(played), shown, 1, NOW)
    assert [(day.day.day, len(day.sums)) for day in days] == [(12, 3), (28, 1)]


def test_one_post_is_known_by_its_id(june):
    _, played, first = june
    shown = view.one(played.services, campaign(played), str(first), NOW)
    assert [post.key for post in shown.posts] == [first]
    for wrong in ("x", "1-2", "999-1-0", "-1-1-0", f"{first.occurrence}-9-0", "9" * 40 + "-1-0"):
        with pytest.raises(UsageError, match="`drumbeat outbox` lists"):
            view.one(played.services, campaign(played), wrong, NOW)
    back = played.post(date(2021, 6, 20), action="plant", state=State.CANCELLED)
    with pytest.raises(UsageError, match="no such post that left"):
        view.one(played.services, campaign(played), str(back), NOW)


def test_what_lies_in_the_way_is_said(june):
    _, played, _ = june
    trouble = {"next": epoch(NOW), "fails": 1, "words": "our-b: the server answered 503"}
    played.services.store.meta.put("results our-b", json.dumps(trouble))
    shown = view.shown(played.services, campaign(played), *JUNE, NOW)
    assert shown.troubles == {"our-b": "our-b: the server answered 503"}


# the command


def test_results_are_given_as_json_by_the_keys_of_the_contract(june, command):
    config, _, first = june
    code, out, err = command("results", "--month", "2021-06", "--json", "--config", config)
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert list(told) == ["campaign", "from", "to", "posts", "not_read"]
    assert (told["campaign"], told["from"], told["to"]) == ("trees", "2021-06-01", "2021-06-30")
    post = told["posts"][0]
    assert (post["id"], post["action"], post["sent"]) == (
        str(first), "plant", "2021-06-03T09:00:00Z",
    )  # fmt: skip
    assert post["readings"][1] == {
        "age": 7,
        "state": "read",
        "read": "2021-06-13T09:00:00Z",
        "days_after": 10.0,
        "views": 150,
        "likes": 9,
        "reposts": 2,
        "replies": 1,
        "quotes": 1,
    }
    assert [post["readings"][2]["likes"] for post in told["posts"]] == [None] * 5


def test_results_are_shown_with_what_nobody_knows(june, command):
    config, _, first = june
    code, out, _ = command("results", "--month", "2021-06", "--config", config)
    assert code == 0
    lines = out.splitlines()
    assert next(line for line in lines if line.startswith(str(first))).split()[-6:] == [
        "d", "150", "9", "2", "1", "1",
    ]  # fmt: skip
    assert "gone" in out
    assert "not told" in out
    assert "bluesky does not tell views" in lines
    assert "telegram does not tell views, likes, reposts, replies, quotes" in lines
    assert "who saw a post, and what people do with it elsewhere, nobody knows" in lines


def test_of_one_post_each_age_is_shown(june, command):
    config, _, first = june
    code, out, _ = command("results", "--post", first, "--config", config)
    rows = [line for line in out.splitlines() if line.startswith(str(first))]
    assert (code, len(rows)) == (0, 3)


def test_what_is_no_month_or_no_campaign_is_said(operator, command):
    config, _ = operator
    for wrong in (
        ["--month", "june"],
        ["--month", "2021-13"],
        ["--month", "2021-06", "--post", "1-1-0"],
        ["--campaign", "bees"],
    ):
        code, out, err = command("results", *wrong, "--config", config)
        assert (code, out) == (2, "")
        assert err
    code, out, _ = command("results", "--month", "2020-06", "--config", config)
    assert (code, out) == (
        0,
        "posts of trees from 2020-06-01 to 2020-06-30: none left, or all were taken back\n",
    )
