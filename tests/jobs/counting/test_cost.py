"""What it costs: recorded, planned, with and without links.

And the ceiling that is never passed.
"""

import json
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import house
import pytest

from bot.cli import main
from bot.config import Usage, load
from bot.errors import StoreError
from bot.jobs.counting import cost
from bot.model import ListedDates, Rendered, YearlyDay

NOW = datetime(2021, 5, 10, 12, tzinfo=UTC)
TODAY = NOW.date()
LINKED = (
    "{% block title %}T{% endblock %}{% block post %}Read https://example.org/a #Tag{% endblock %}"
)
PLAIN = "{% block title %}T{% endblock %}{% block post %}No page #Tag{% endblock %}"
MAY = (date(2021, 5, 1), date(2021, 5, 31))


def body(text="Read https://example.org #Tag", *thread):
    return Rendered(text=text, language="en", thread=thread)


def ours(name="our-x", **fields):
    return replace(house.channel(name, network="x"), **fields)


@pytest.fixture
def make(tmp_path):
    opened = []

    def build(*channels, days=(), linked=True, texts=None, own=Usage(), campaign=None):  # noqa: B008
        deed = house.action(post=True, nudge=False, when=ListedDates(dates=tuple(days)))
        texts = texts or {"deed": LINKED if linked else PLAIN}
        built = house.services(
            tmp_path, campaign or house.campaign(deed), channels=channels or (ours(),), texts=texts
        )
        opened.append(built)
        return replace(built, settings=replace(built.settings, usage=own))

    yield build
    for services in opened:
        services.store.close()


def costs(services, days=MAY, now=NOW):
    return {
        each.channel: each
        for each in cost.report(services, now, start=days[0], end=days[1]).channels
    }


def spread(count, start=date(2021, 5, 11)):
    return [start + n * timedelta(days=1) for n in range(count)]


# prices


def test_prices_are_those_of_the_networks_file():
    x = cost.prices("x")
    assert (x["post"], x["post_with_link"], x["read"], x["count"], x["delete"]) == tuple(
        Decimal(text) for text in ("0.015", "0.200", "0.005", "0.005", "0.010")
    )
    telegram = cost.prices("telegram")
    # a tenth of a Star, at 0.0141 US dollars each
    assert telegram.pop(cost.PAID_MESSAGE) == Decimal("0.00141")
    assert not any(telegram.values())


@pytest.mark.parametrize(("linked", "usd"), [(True, Decimal(12)), (False, Decimal("0.9"))])
def test_sixty_posts_with_and_without_a_link(make, linked, usd):
    services = make(days=spread(60), linked=linked)
    whole = (date(2021, 5, 1), date(2021, 12, 31))
    assert (costs(services, whole)["our-x"].usd, costs(services, whole)["our-x"].posts) == (usd, 60)


def test_an_hourly_count_of_one_hashtag_for_a_year(make):
    services = make(own=Usage(x="our-x"))
    found = costs(services, (date(2022, 1, 1), date(2022, 12, 31)))["our-x"]
    assert (found.counts, found.usd) == (8760, Decimal("43.8"))


def test_the_interval_and_the_hashtags_make_the_price(make):
    campaign = replace(house.campaign(house.action()), hashtags=("#Tag", "#Other"))
    services = make(own=Usage(x="our-x", x_interval=timedelta(hours=6)), campaign=campaign)
    assert costs(services, (date(2022, 1, 1), date(2022, 1, 1)))["our-x"].counts == 8


def test_a_thread_costs_each_of_its_posts():
    assert cost.calls_of(body("One https://example.org", "two", "three example.com")) == {
        "post_with_link": 2,
        "post": 1,
    }


# planned and recorded


def test_a_dry_channel_is_priced_by_its_declared_network(make):
    services = make(ours(), house.channel("tg", network="telegram"), days=spread(3))
    services = replace(services, dry={"our-x": "no secret", "tg": "no secret"})
    found = costs(services)
    assert (found["our-x"].posts, found["our-x"].usd) == (3, Decimal("0.6"))
    assert (found["tg"].posts, found["tg"].usd) == (3, Decimal(0))


def test_days_that_passed_count_as_recorded_and_without_a_record_as_planned(make):
    services = make(days=[date(2021, 5, 3), date(2021, 5, 4), date(2021, 5, 20)])
    assert costs(services)["our-x"].usd == Decimal("0.6")
    channel = services.settings.channels["our-x"]
    cost.record_post(services, channel, body("no link"), datetime(2021, 5, 3, 9, tzinfo=UTC))
    cost.record_post(services, channel, body("no link either"), datetime(2021, 5, 3, 9, tzinfo=UTC))
    found = costs(services)["our-x"]
    assert (found.posts, found.usd) == (4, Decimal("0.43"))


def test_today_is_what_was_recorded_and_what_is_still_to_come(make):
    early, late = ours("early"), ours("late", minute=20 * 60)
    services = make(early, late, days=[TODAY])
    cost.record_post(services, early, body(), NOW)
    found = costs(services)
    assert (found["early"].posts, found["late"].posts) == (1, 1)


def test_reads_that_the_database_refuses_are_recorded_with_the_next_ones(make):
    services = make()
    channel = services.settings.channels["our-x"]
    network = services.networks["our-x"]
    network.reads = 3
    services.store.database.refuse_writes(refuse=True)
    with pytest.raises(StoreError):
        cost.record_reads(services, channel, network, NOW)
    services.store.database.refuse_writes(refuse=False)
    network.reads += 1
    cost.record_reads(services, channel, network, NOW)
    cost.record_reads(services, channel, network, NOW)
    assert costs(services)["our-x"].reads == 4


def test_reads_and_deletions_are_added_as_they_are_made(make):
    services = make()
    channel = services.settings.channels["our-x"]
    cost.record(services, channel, cost.READ, 4, NOW)
    cost.record(services, channel, cost.DELETE, 1, NOW)
    found = costs(services)["our-x"]
    assert (found.reads, found.posts, found.usd) == (4, 0, Decimal("0.03"))


def test_what_costs_nothing_is_not_written_down(make):
    services = make(house.channel("tg", network="telegram"))
    cost.record_post(services, services.settings.channels["tg"], body(), NOW)
    assert services.store.ledger.between(date.min, date.max) == []


def test_a_channel_that_is_gone_keeps_its_cost(make):
    services = make()
    cost.record_post(services, ours(), body(), NOW)
    left = replace(services, settings=replace(services.settings, channels={}))
    assert (costs(left)["our-x"].usd, costs(left)["our-x"].network) == (Decimal("0.2"), "x")


def test_a_post_whose_link_is_not_filled_yet_will_have_one(make):
    deed = house.action(post=True, nudge=False, when=YearlyDay(month=5, day=20), links=("page",))
    text = (
        "{% block title %}T{% endblock %}{% block post %}Read {{ link('page') }} #Tag{% endblock %}"
    )
    services = make(campaign=house.campaign(deed, links={"page": ""}), texts={"deed": text})
    assert costs(services)["our-x"].usd == Decimal("0.2")


def test_a_wording_without_a_link_is_proposed_where_it_saves(make):
    services = make(
        ours(), house.channel("tg", network="telegram"), days=[date(2021, 5, 2), date(2021, 5, 20)]
    )
    found = cost.report(services, NOW, start=MAY[0], end=MAY[1])
    [post] = found.cheaper
    assert (post.channel, post.due.date(), post.saves) == (
        "our-x",
        date(2021, 5, 20),
        Decimal("0.185"),
    )


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("Read https://example.org/a?b=c #Tag", "Read #Tag"),
        (
            "A day.\n\nMore: https://example.org\nhttps://example.org/b\n#Tag",
            "A day.\n\nMore\n#Tag",
        ),
        ("Nothing  here #Tag", "Nothing  here #Tag"),
        ("https://example.org", ""),
    ],
)
def test_a_text_without_its_links(text, bare):
    assert cost.without_links(text) == bare


# the ceiling


def test_a_ceiling_is_reached_and_never_passed(make):
    services = make(ours(ceiling=0.43))
    channel = services.settings.channels["our-x"]
    left = 0
    while cost.over_ceiling(services, channel, body(), NOW) is None:
        cost.record_post(services, channel, body(), NOW)
        left += 1
    assert left == 2
    assert cost.spent(services, channel, NOW) == Decimal("0.4")
    assert cost.within_ceiling(services, channel, {cost.POST: 2}, NOW), "0.43 is not more than 0.43"
    assert not cost.within_ceiling(services, channel, {cost.POST: 3}, NOW)


def test_who_must_decide_is_told_what_and_how_it_would_fit(make):
    services = make(ours(ceiling=0.1))
    said = cost.over_ceiling(services, services.settings.channels["our-x"], body(), NOW)
    assert (
        said
        == "would pass the ceiling of channel our-x: $0.200 more after $0.000 this month, and $0.10"
        " are allowed; raise `ceiling` in config.toml, wait for next month, or cancel it."
        " Without its link it would cost $0.015 and would fit: 'Read #Tag'"
    )
    none = make(ours(ceiling=0))
    assert "would not fit either" in cost.over_ceiling(
        none, none.settings.channels["our-x"], body(), NOW
    )


def test_the_ceiling_is_the_accounts_whichever_channel_spends(make):
    one, two = ours("one", account="shared", ceiling=0.3), ours("two", account="shared")
    services = make(one, two)
    cost.record_post(services, two, body(), NOW)
    assert not cost.within_ceiling(services, one, {cost.POST_WITH_LINK: 1}, NOW)
    assert not cost.within_ceiling(services, two, {cost.POST_WITH_LINK: 1}, NOW)


def test_a_new_month_begins_at_nothing(make):
    services = make(ours(ceiling=0.2))
    channel = services.settings.channels["our-x"]
    cost.record_post(services, channel, body(), datetime(2021, 4, 30, 23, 59, tzinfo=UTC))
    assert cost.within_ceiling(
        services, channel, {cost.POST_WITH_LINK: 1}, datetime(2021, 5, 1, tzinfo=UTC)
    )
    assert not cost.within_ceiling(
        services, channel, {cost.POST_WITH_LINK: 1}, datetime(2021, 4, 30, 23, 59, 59, tzinfo=UTC)
    )


def test_without_a_ceiling_and_without_a_price_everything_may_go_out(make):
    free = replace(house.channel("tg", network="telegram"), ceiling=0.0)
    services = make(ours(), free)
    assert cost.over_ceiling(services, services.settings.channels["our-x"], body(), NOW) is None
    assert cost.over_ceiling(services, services.settings.channels["tg"], body(), NOW) is None


# the command


@pytest.fixture
def drumbeat(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "300")

    def run(*args):
        monkeypatch.setattr(sys, "argv", ["drumbeat", *args])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return ended.value.code or 0, out, err

    return run


CONFIG = """
active = ["endchildlabour2021"]
[channels.x]
network = "x"
language = "en"
ceiling = 5
[channels.telegram]
network = "telegram"
language = "en"
target = "@ours"
"""


def test_the_command_prices_a_campaign_before_there_is_a_database(drumbeat, tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG)
    code, out, err = drumbeat("cost", "--from", "2021-02-01", "--to", "2021-12-31", "--json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert list(found) == ["from", "to", "channels", "usd"]
    x, telegram = found["channels"]
    assert list(x) == ["channel", "network", "posts", "reads", "counts", "paid", "usd", "ceiling"]
    assert (x["channel"], x["network"], x["reads"], x["counts"], x["ceiling"]) == (
        "x",
        "x",
        0,
        0,
        5.0,
    )
    assert x["posts"] == telegram["posts"] > 10
    assert 0.015 * x["posts"] < x["usd"] < 0.2 * x["posts"], "some have a link"
    assert (telegram["usd"], found["usd"], found["from"]) == (0.0, x["usd"], "2021-02-01")
    assert not (tmp_path / "drumbeat.db").exists()


def test_the_command_speaks_to_people(drumbeat, tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG)
    code, out, _ = drumbeat("cost", "--from", "2021-02-01", "--to", "2021-12-31")
    assert code == 0
    assert "5.00 a month" in out
    assert "together: US$ 1." in out


@pytest.mark.parametrize(
    ("ceiling", "good"), [("5", True), ("0", True), ("-1", False), ("inf", False), ('"5"', False)]
)
def test_a_ceiling_is_an_amount(tmp_path, ceiling, good):
    (tmp_path / "config.toml").write_text(
        f'[channels.x]\nnetwork = "x"\nlanguage = "en"\nceiling = {ceiling}\n'
    )
    settings, problems = load(tmp_path / "config.toml", environ={})
    assert (settings is not None) == good
    assert [problem.key for problem in problems] == ([] if good else ["channels.x.ceiling"])


def test_the_month_has_its_days():
    assert cost.this_month(date(2024, 2, 29)) == (date(2024, 2, 1), date(2024, 2, 29))
    assert cost.this_month(date(2021, 12, 5)) == (date(2021, 12, 1), date(2021, 12, 31))
