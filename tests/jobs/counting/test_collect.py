"""Collecting: own schedule, back-filling, blindness, surges, the weekly digest.

And `drumbeat hashtags` over what was collected.
"""

import csv
import json
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import house
import pytest
from fakes import usage_bluesky, usage_mastodon, usage_x

from bot import app
from bot.app import connections
from bot.cli import main
from bot.cli.counting.hashtags import days
from bot.config import Usage, load
from bot.errors import RateLimited, TryLater, UsageError
from bot.jobs.counting import collect, usage
from bot.jobs.services import Services
from bot.library import read, shipped_root
from bot.model import ListedDates, State
from bot.model.counting import Sample
from bot.networks.counting import Ask, Collector, Found, Place
from bot.rules import hashtags
from bot.rules.hashtags import DAY, midnight

pytestmark = pytest.mark.slow  # it talks to servers of a network

HOUR = timedelta(hours=1)
MONDAY = datetime(2021, 6, 7, tzinfo=UTC)


class Source(Collector):
    """A source that remembers seven days, in whole days; `uses` gives each day's count."""

    REACH = timedelta(days=7)
    KIND = "count"

    def __init__(self, *places: str, network: str = "mastodon") -> None:
        super().__init__([Place(name=place, url=None) for place in places or ("one.example",)])
        self.network = network
        self.uses = lambda _day: 10
        self.down: dict[str, Exception] = {}
        self.asked: list[Ask] = []
        self.closed = False

    def collect(self, ask: Ask) -> Found:
        self.asked.append(ask)
        if "crash" in self.down:
            raise self.down["crash"]
        names = [place.name for place in self.places if place.name not in self.down]
        start = max(ask.since, midnight((ask.now - self.REACH).date()))
        samples = [
            self._sample(ask, name, day)
            for name in names
            for day in hashtags.days_between(start.date(), ask.now.date())
        ]
        return Found(samples=tuple(s for s in samples if s), calls=1, troubles=self.down)

    def _sample(self, ask: Ask, name: str, day: date) -> Sample | None:
        end = min(midnight(day) + DAY, ask.now)
        if end == midnight(day):
            return None
        return Sample(
            tag="#tag", network=self.network, source=name, query="days", start=midnight(day), end=end, resolution=86_400, reposts=False,
            collected=ask.now, uses=self.uses(day),
        )  # fmt: skip

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def make(tmp_path):
    opened = []

    def build(*sources: Source, campaign=None, own=Usage(), channels=(), **fields) -> Services:  # noqa: B008
        built = house.services(
            tmp_path, campaign or house.campaign(house.action(post=True)), channels=channels
        )
        opened.append(built)
        named = {source.network: source for source in sources}
        return replace(
            built, settings=replace(built.settings, usage=own), collectors=named, **fields
        )

    yield build
    for services in opened:
        services.store.close()


async def play(services, start: datetime, end: datetime, step=HOUR) -> None:
    while start <= end:
        await collect.run(services, start)
        start += step


def alerts(services, kind):
    return [alert for alert in services.store.alerts.current() if alert.kind == kind]


def found(services, start, end, now):
    [one] = usage.usages(services, "#Tag", start, end, now)
    return one


# schedule and back-filling


async def test_each_collector_has_its_own_schedule(make):
    slow, quick = Source(network="x"), Source()
    services = make(slow, quick, own=Usage(interval=HOUR, x_interval=6 * HOUR))
    await play(services, MONDAY, MONDAY + 12 * HOUR, HOUR / 4)
    assert len(quick.asked) == 13
    assert len(slow.asked) == 3


async def test_the_schedule_outlives_a_restart(make, tmp_path):
    source = Source()
    services = make(source)
    await collect.run(services, MONDAY)
    services.store.close()
    again = make(source)
    await collect.run(again, MONDAY + HOUR / 2)
    assert len(source.asked) == 1


async def test_a_clock_that_is_set_back_leaves_no_gap(make):
    source = Source()
    services = make(source)
    for now in (MONDAY + 5 * DAY, MONDAY, MONDAY + HOUR / 2, MONDAY + HOUR):
        await collect.run(services, now)
    assert [ask.now for ask in source.asked] == [MONDAY + 5 * DAY, MONDAY, MONDAY + HOUR]
    assert source.asked[1].since < MONDAY


async def test_what_was_read_yesterday_is_read_again_and_no_more(make):
    source = Source()
    services = make(source)
    await collect.run(services, MONDAY + 10 * HOUR)
    await collect.run(services, MONDAY + 12 * HOUR)
    assert source.asked[0].since == MONDAY - 7 * DAY, "as far back as the source remembers"
    assert source.asked[1].since == MONDAY - DAY


async def test_after_downtime_the_gap_is_filled_as_far_as_the_source_remembers(make):
    source = Source()
    services = make(source)
    await play(services, MONDAY, MONDAY + DAY)
    back = MONDAY + 5 * DAY
    await collect.run(services, back)
    one = found(services, MONDAY.date(), back.date() - DAY, back)
    assert one.gaps == ()
    assert [day.uses for day in one.days] == [10] * 5


async def test_what_the_source_has_forgotten_stays_a_gap(make):
    source = Source()
    services = make(source)
    await play(services, MONDAY, MONDAY + 12 * HOUR)
    back = MONDAY + 20 * DAY
    await collect.run(services, back)
    one = found(services, MONDAY.date(), back.date() - DAY, back)
    assert [(gap.start, gap.end) for gap in one.gaps] == [(MONDAY + 12 * HOUR, back - 7 * DAY)]
    assert one.days[5].uses is None
    assert one.coverage < 0.4


async def test_a_revision_replaces_what_was_counted(make):
    source = Source()
    services = make(source)
    await collect.run(services, MONDAY + HOUR)
    source.uses = lambda _day: 8
    await collect.run(services, MONDAY + 3 * HOUR)
    one = found(services, (MONDAY - DAY).date(), MONDAY.date(), MONDAY + 3 * HOUR)
    assert [day.uses for day in one.days] == [8, 8]
    assert one.total == 16, "10 of the running day's first hour are inside its first three"


async def test_hashtags_of_a_campaign_that_is_over_are_not_asked_for(make):
    over = replace(house.campaign(house.action(post=True)), end=(MONDAY - 60 * DAY).date())
    source = Source()
    await collect.run(make(source, campaign=over), MONDAY)
    assert source.asked == []


async def test_without_collectors_nothing_happens(make):
    assert await collect.run(make(), MONDAY) == 0


# failures


async def test_when_nobody_answers_the_next_try_comes_sooner(make):
    source = Source()
    source.down = {"one.example": TryLater("one.example: no answer")}
    services = make(source)
    await play(services, MONDAY, MONDAY + HOUR, HOUR / 12)
    assert len(source.asked) == 5


async def test_who_asks_for_rest_gets_it(make):
    source = Source()
    source.down = {"one.example": RateLimited("one.example: 429", retry_after=7200)}
    services = make(source)
    await play(services, MONDAY, MONDAY + 2 * HOUR, HOUR / 12)
    assert len(source.asked) == 2


async def test_a_place_that_is_blind_for_a_day_is_told_and_taken_back(make):
    source = Source("one.example", "two.example")
    services = make(source)
    await play(services, MONDAY, MONDAY + 2 * HOUR)
    source.down = {"two.example": TryLater("two.example: no answer: Timeout")}
    await play(services, MONDAY + 3 * HOUR, MONDAY + 25 * HOUR)
    assert alerts(services, "blind") == []
    await play(services, MONDAY + 26 * HOUR, MONDAY + 28 * HOUR)
    [alert] = alerts(services, "blind")
    assert alert.subject == "mastodon two.example"
    assert "since 2021-06-07 02:00 UTC: two.example: no answer: Timeout" in alert.text
    source.down = {}
    await collect.run(services, MONDAY + 29 * HOUR)
    assert alerts(services, "blind") == []


async def test_a_place_that_failed_is_asked_for_all_that_it_missed(make):
    source = Source("one.example", "two.example")
    services = make(source)
    await collect.run(services, MONDAY)
    source.down = {"two.example": TryLater("two.example: no answer")}
    await play(services, MONDAY + DAY, MONDAY + 3 * DAY, 4 * HOUR)
    source.down = {}
    await collect.run(services, MONDAY + 4 * DAY)
    two = [
        s
        for s in services.store.samples.within("#tag", MONDAY, MONDAY + 4 * DAY)
        if s.source == "two.example"
    ]
    assert {s.start for s in two if s.end - s.start == DAY} == {MONDAY + n * DAY for n in range(4)}


async def test_a_crash_of_a_client_library_stops_no_other_collector(make, heard):
    broken, sound = Source(network="x"), Source()
    broken.down = {"crash": RuntimeError("a bug")}
    services = make(broken, sound)
    assert await collect.run(services, MONDAY + HOUR) > 0
    await play(services, MONDAY + 2 * HOUR, MONDAY + 26 * HOUR)
    [alert] = alerts(services, "blind")
    assert "unexpected RuntimeError" in alert.text
    assert "a bug" in "".join(heard)


async def test_a_collector_without_its_secret_is_told_after_a_day(make):
    services = make(
        uncollected={"x": "hashtag usage on x is not counted: DRUMBEAT_X_BEARER_TOKEN not set"}
    )
    await play(services, MONDAY, MONDAY + 23 * HOUR)
    assert alerts(services, "blind") == []
    await collect.run(services, MONDAY + 24 * HOUR)
    assert "DRUMBEAT_X_BEARER_TOKEN not set" in alerts(services, "blind")[0].text
    await collect.run(
        replace(services, uncollected={}, collectors={"x": Source(network="x")}), MONDAY + 25 * HOUR
    )
    assert alerts(services, "blind") == []


async def test_paid_calls_are_written_down_and_stop_at_the_ceiling(make):
    source = Source(network="x")
    channel = replace(house.channel("our-x", network="x"), ceiling=0.012)
    services = make(source, own=Usage(x="our-x"), channels=(channel,))
    await play(services, MONDAY, MONDAY + 5 * HOUR)
    assert len(source.asked) == 2
    assert [
        (spent.kind, spent.n, spent.micros)
        for spent in services.store.ledger.between(date.min, date.max)
    ] == [("count", 2, 10_000)]
    await play(services, MONDAY + 6 * HOUR, MONDAY + 26 * HOUR)
    assert "the ceiling of channel our-x is reached" in alerts(services, "blind")[0].text


# what staff are told


async def test_three_times_the_usual_is_told_once(make):
    source = Source()
    services = make(source)
    peak = MONDAY + 10 * DAY
    source.uses = lambda day: 35 if day == peak.date() else 10
    await play(services, MONDAY, peak + 6 * HOUR, 6 * HOUR)
    [alert] = alerts(services, "surge")
    assert alert.subject == "#Tag mastodon 2021-06-17"
    assert "#Tag on mastodon: 35 uses on 2021-06-17, the usual is 10" in alert.text
    await play(services, peak + 12 * HOUR, peak + 5 * DAY, 6 * HOUR)
    assert alerts(services, "surge") == []
    assert services.store.database.value("SELECT count(*) FROM alert WHERE kind = 'surge'") == 1


async def test_the_digest_comes_on_monday_morning_once(make):
    source = Source()
    services = make(source)
    await play(services, MONDAY - 14 * DAY, MONDAY + 7 * HOUR, 6 * HOUR)
    assert [alert.subject for alert in alerts(services, "digest")] == []
    await play(services, MONDAY + 8 * HOUR, MONDAY + 2 * DAY, 6 * HOUR)
    [digest] = alerts(services, "digest")
    assert digest.subject == "2021-06-07"
    lines = digest.text.splitlines()
    assert lines[0].startswith("hashtags from 2021-05-31 to 2021-06-06")
    assert lines[1] == "#Tag on mastodon: 70 uses, 0 of them our own posts; 1 times the week before"
    await play(services, MONDAY + 3 * DAY, MONDAY + 4 * DAY, 6 * HOUR)
    assert alerts(services, "digest") == [], "it stands for some days only"


async def test_the_digest_of_a_monday_that_was_missed_comes_later(make):
    source = Source()
    services = make(source)
    await play(services, MONDAY - 3 * DAY, MONDAY - 2 * DAY, 6 * HOUR)
    await collect.run(services, MONDAY + 2 * DAY)
    assert [alert.subject for alert in alerts(services, "digest")] == ["2021-06-07"]


# the report


def note_post(services, text: str, at: datetime) -> None:
    """A post that the outbox knows as sent."""
    store = services.store
    with store.database.transaction():
        store.database.execute(
            "INSERT INTO delivery (occurrence, channel, recipient, state, attempts, due, expires)"
            " VALUES (:n, 1, 0, :state, 1, 0, 0)",
            {"n": int(at.timestamp()), "state": int(State.SENT)},
        )
        store.database.execute(
            "INSERT INTO result (occurrence, channel, recipient, at, text) VALUES (:at, 1, 0, :at,"
            " :text)",
            {"at": int(at.timestamp()), "text": text},
        )


async def test_own_posts_are_known_from_the_outbox(make):
    services = make(Source(), channels=(house.channel("ours", network="mastodon"),))
    await collect.run(services, MONDAY + 20 * HOUR)
    note_post(services, "Plant one. #tag", MONDAY + 3 * HOUR)
    note_post(services, "Another #Tag and #TAG", MONDAY + 4 * HOUR)
    note_post(services, "No hashtag", MONDAY + 5 * HOUR)
    one = found(services, MONDAY.date(), MONDAY.date(), MONDAY + 20 * HOUR)
    assert (one.total, one.own) == (10, 2)


async def test_the_report_has_the_contract_of_the_command(make):
    trees = house.action(
        "trees", observance="tree-day", when=ListedDates(dates=(MONDAY.date(),)), post=True
    )
    water = house.action(
        "water",
        observance="water-day",
        when=ListedDates(dates=((MONDAY - 8 * DAY).date(),)),
        post=True,
    )
    source = Source()
    source.REACH = timedelta(days=60)
    source.uses = lambda day: {MONDAY.date(): 45, (MONDAY - 7 * DAY).date(): 900}.get(day, 15)
    services = make(source, campaign=house.campaign(trees, water))
    await collect.run(services, MONDAY + 2 * DAY)
    report = usage.report(
        services, MONDAY + 2 * DAY, start=(MONDAY - DAY).date(), end=(MONDAY + DAY).date()
    )
    assert report.as_json() == {
        "from": (MONDAY - DAY).date(),
        "to": (MONDAY + DAY).date(),
        "tags": [
            {
                "tag": "#Tag",
                "by_network": [
                    {
                        "network": "mastodon",
                        "total": 75,
                        "by_day": [
                            {
                                "day": (MONDAY + n * DAY).date(),
                                "uses": uses,
                                "own": 0,
                                "boosts": None,
                                "coverage": 1.0,
                            }
                            for n, uses in ((-1, 15), (0, 45), (1, 15))
                        ],
                        "gaps": [],
                        "coverage": 1.0,
                    }
                ],
                "lift": [
                    {
                        "observance": "tree-day",
                        "network": "mastodon",
                        "ratio": 3.0,
                        "n": 45,
                        "blind_days": (),
                    }
                ],
            }
        ],
    }


async def test_networks_stand_side_by_side_and_are_never_summed_up(make):
    services = make(Source(), Source(network="bluesky"))
    await collect.run(services, MONDAY + DAY)
    report = usage.report(services, MONDAY + DAY, start=MONDAY.date(), end=MONDAY.date()).as_json()
    [tag] = report["tags"]
    assert [(each["network"], each["total"]) for each in tag["by_network"]] == [
        ("bluesky", 10),
        ("mastodon", 10),
    ]
    assert set(report) == {"from", "to", "tags"}
    assert set(tag) == {"tag", "by_network", "lift"}
    assert "20" not in usage.digest(services, MONDAY + DAY, MONDAY.date()).text.replace("2021", "")


async def test_csv_begins_with_how_it_was_made_and_keeps_hashtags(make):
    services = make(Source())
    await collect.run(services, MONDAY + DAY)
    text = usage.as_csv(
        usage.report(services, MONDAY + DAY, start=(MONDAY - 9 * DAY).date(), end=MONDAY.date())
    )
    head, table = [], []
    for line in text.splitlines():
        (head if line.startswith("#") else table).append(line)
    assert [line.removeprefix("#").strip() for line in head] == [
        line.strip() for line in usage.methodology().splitlines()
    ]
    rows = list(csv.DictReader(table))
    assert len(rows) == 10
    assert rows[-1] | {"blind_spots": ""} == {
        "day": "2021-06-07", "tag": "#Tag", "network": "mastodon", "uses": "10", "own": "0", "boosts": "", "authors": "",
        "by_pledge_makers": "", "coverage": "1.0", "source": "one.example", "query": "days", "reposts": "out", "blind_spots": "",
    }  # fmt: skip
    assert (rows[0]["uses"], rows[0]["coverage"]) == ("", "0.0"), "not seen is not zero"


def test_the_methodology_names_the_numbers_that_hold():
    text = " ".join(usage.methodology().split())
    assert f"withheld below {hashtags.LEAST} uses" in text
    assert f"{hashtags.SURGE_LEAST} uses at least" in text
    assert "no total across networks" in text
    assert "four weeks" in text
    assert hashtags.BASELINE_WEEKS == 4


# everything together


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


@pytest.mark.slow
@pytest.mark.sqlite
async def test_all_sources_together_from_the_config_to_the_command(tmp_path, drumbeat, heard):
    now = datetime.now(UTC).replace(microsecond=0)
    tags = ("#EndChildLabour", "#Forest")
    async with (
        usage_x.Fake() as x,
        usage_mastodon.Fake() as one,
        usage_mastodon.Fake() as two,
        usage_bluesky.Fake() as sky,
    ):
        for fake in (one, two, sky):
            for n in range(5):
                fake.add(now - DAY - n * HOUR / 60, *tags)
        x.hours = {now.replace(minute=0, second=0) - DAY: 30}
        (tmp_path / "config.toml").write_text(
            f"""
active = ["endchildlabour"]
[channels.our-x]
network = "x"
language = "en"
base_url = "{x.url}"
[usage]
mastodon = ["{one.url}", "{two.url}"]
bluesky = "{sky.url}"
x = "our-x"
""",
            "utf-8",
        )
        settings, problems = load(tmp_path / "config.toml", environ={})
        assert problems == []
        library, _ = read([shipped_root()])
        services = app.open_live(
            settings, library, environ={"DRUMBEAT_OUR_X_BEARER_TOKEN": x.secrets["bearer_token"]}
        )
        try:
            assert sorted(services.collectors) == ["bluesky", "mastodon", "x"]
            assert await collect.run(services, now) > 0
            assert alerts(services, "blind") == []
            ledger = services.store.ledger.between(date.min, date.max)
            assert [(spent.channel, spent.kind, spent.n) for spent in ledger] == [
                ("our-x", "count", 1)
            ]
        finally:
            await app.close(services)
    code, out, err = drumbeat(
        "hashtags",
        "--json",
        "--tag",
        "EndChildLabour",
        "--from",
        str((now - 3 * DAY).date()),
        "--to",
        str(now.date()),
    )
    assert (code, err) == (0, "")
    [tag] = json.loads(out)["tags"]
    assert tag["tag"] == "#EndChildLabour"
    assert {each["network"]: each["total"] for each in tag["by_network"]} == {
        "bluesky": 5,
        "mastodon": 10,
        "x": 30,
    }
    code, out, _ = drumbeat("hashtags", "--tag", "#EndChildLabour")
    assert code == 0
    assert "How these numbers were made, and what they can't say\n\nUses are public posts" in out
    assert x.secrets["bearer_token"] not in out + "".join(heard)
    assert b"Private thoughts" not in (tmp_path / "drumbeat.db").read_bytes()


async def test_a_collector_whose_secret_is_missing_is_not_built_and_says_why(tmp_path):
    (tmp_path / "config.toml").write_text(
        '[channels.x]\nnetwork = "x"\nlanguage = "en"\n[channels.sky]\nnetwork ='
        ' "bluesky"\nlanguage = "en"\n[usage]\nx = "x"\nbluesky = "sky"\n'
    )
    settings, _ = load(tmp_path / "config.toml", environ={})
    built, missing = connections.open_collectors(settings, {"DRUMBEAT_SKY_HANDLE": "a"})
    assert built == {}
    assert missing == {
        "x": "hashtag usage on x is not counted: DRUMBEAT_X_BEARER_TOKEN not set",
        "bluesky": "hashtag usage on bluesky is not counted: DRUMBEAT_SKY_APP_PASSWORD not set",
    }


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('x = "y"', "usage.x: 'y' is no channel of the network 'x'; there are: x"),
        ('bluesky = "x"', "usage.bluesky: 'x' is no channel of the network 'bluesky'"),
        ('mastodon = ["one.example"]', "usage.mastodon[1]: must start with https://"),
        ("interval = 1", "usage.interval: must be 5 or more"),
        ("intervall = 60", "usage.intervall: unknown key; did you mean 'interval'?"),
    ],
)
def test_mistakes_in_the_usage_table_are_told(tmp_path, table, said):
    file = tmp_path / "config.toml"
    file.write_text(f'[channels.x]\nnetwork = "x"\nlanguage = "en"\n[usage]\n{table}\n')
    settings, problems = load(file, environ={})
    assert settings is None
    assert next(f"{p.key}: {p.message}" for p in problems).startswith(said)


def test_nothing_collected_is_said(drumbeat, tmp_path):
    (tmp_path / "config.toml").write_text('active = ["endchildlabour2021"]')
    code, out, _ = drumbeat("hashtags")
    assert code == 0
    assert "nothing was collected" in out
    assert "How these numbers" not in out
    code, out, _ = drumbeat("hashtags", "--json")
    assert [tag["by_network"] for tag in json.loads(out)["tags"]] == [[], []]
    assert not (tmp_path / "drumbeat.db").exists(), "a look makes no file"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--json", "--csv"), "either --json or --csv"),
        (("--from", "yesterday"), "'yesterday' is no date"),
        (("--from", "2021-02-02", "--to", "2021-02-01"), "later than --to"),
        (("--campaign", "endchildlabor2021"), "did you mean endchildlabour2021?"),
    ],
)
def test_wrong_usage_is_told(drumbeat, args, said):
    code, out, err = drumbeat("hashtags", *args)
    assert (code, out) == (2, "")
    assert said in err


def test_ends_that_nobody_gives_follow_from_the_others():
    first, last = date(2021, 6, 1), date(2021, 6, 30)
    assert days(None, None, first, last) == (first, last)
    assert days("2021-01-05", None, first, last) == (date(2021, 1, 5), last)
    assert days(None, "2021-12-31", first, last) == (first, date(2021, 12, 31))
    assert days(None, "2021-03-30", first, last) == (date(2021, 3, 1), date(2021, 3, 30))
    assert days("2021-08-01", None, first, last) == (date(2021, 8, 1), date(2021, 8, 30))
    with pytest.raises(UsageError):
        days("2021-07-01", "2021-06-01", first, last)
