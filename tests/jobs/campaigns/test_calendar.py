"""The list of actions, as the command gives it: the shipped campaigns, and small ones written
here.
"""

import json
import os
import re
import shutil
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import icalendar
import pytest
from ical.calendar_stream import IcsCalendarStream
from tree import languages

from bot import library, networks
from bot.cli import main
from bot.errors import UsageError
from bot.files.frozen import read_files
from bot.jobs.campaigns.calendar import entries, language_of, window
from bot.jobs.campaigns.feed import events
from bot.jobs.campaigns.preview import due, next_day, preview
from bot.model import Audience
from bot.render import Renderer
from bot.rules.ics import Published
from bot.store import Store

TODAY = date(2026, 3, 4)
KEYS = [
    "campaign",
    "id",
    "audience",
    "kind",
    "observance",
    "date",
    "nudge",
    "after",
    "month",
    "title",
    "text",
    "hashtags",
    "links",
    "source",
]

CAMPAIGN = """
language = "en"
languages = ["en", "pt"]
hashtag = "#Spring"
hashtags = ["#Spring"]
source = "Our own plan"
[links.page]
url = "https://example.org/spring"
source = "Our own plan"
[links.later]
url = ""
source = "Our own plan"
[facts.gardens]
value = 12
source = "Our own count"
as_of = 2025-01-01
expires = 2026-06-30
"""

CALENDAR = """
[observances.fair]
when = { month = 5, nth = 2, weekday = "saturday" }
source = "plan"
[observances.market]
when = { dates = [2026-04-01, 2026-09-01, 2027-04-01] }
source = "plan"

[[action]]
id = "market"
kind = "share"
observance = "market"
to = ["nudge", "post"]
hashtags = ["#Spring"]
links = ["page"]
grace = "14h"
source = "plan, market"

[[action]]
id = "fair"
kind = "watch"
audiences = ["individual", "organization"]
observance = "fair"
links = ["later"]
grace = "14h"
source = "plan, fair"

[[action]]
id = "count"
kind = "learn"
month = 7
nudge = 9
grace = "3d"
source = "plan, count"

[[action]]
id = "tell"
kind = "quick"
to = []
hashtags = ["#Spring"]
grace = "3d"
source = "plan, tell"

[[action]]
id = "opening"
kind = "opening"
month = 3
nudge = 5
to = ["post"]
hashtags = ["#Spring"]
grace = "3d"
source = "plan, opening"
"""

TEXTS = {
    "en/market": (
        """{% block title %}Go to the market{% endblock %}{% block nudge %}Market day! {{ link("page") }}{% endblock %}
{% block share %}I am going. {{ link("page") }} #Spring{% endblock %}{% block share_2 %}Me too. {{ link("page") }} #Spring{% endblock %}
{% block post %}Market. {{ link("page") }} #Spring{% endblock %}{% block post_telegram %}A market for all. {{ link("page") }} #Spring{% endblock %}"""
    ),
    "en/fair": (
        """{% block title %}Watch the {{ "fair of all" if audience == "individual" else "fair for members" }}{% endblock %}
{% block nudge %}See {{ link("later") }}{% endblock %}{% block share %}I see {{ link("later") }}{% endblock %}"""
    ),
    "en/count": (
        """{% block title %}Count gardens{% endblock %}{% block nudge %}Count.{% endblock %}
{% block share %}There are {{ fact("gardens") }}.{% endblock %}"""
    ),
    "en/tell": (
        """{% block title %}Tell a friend{% endblock %}{% block share %}Hello #Spring{% endblock %}"""
    ),
    "en/opening": (
        """{% block title %}March{% endblock %}{% block post %}March! #Spring{% endblock %}"""
    ),
    "pt/tell": (
        """{% block title %}Conte a alguém{% endblock %}{% block share %}Olá #Spring{% endblock %}"""
    ),
}


@pytest.fixture
def root(tmp_path):
    """A root of somebody's own with one campaign, `spring`."""
    folder = tmp_path / "ours"
    (folder / "campaigns/spring").mkdir(parents=True)
    (folder / "campaigns/spring/campaign.toml").write_text(CAMPAIGN)
    (folder / "campaigns/spring/calendar.toml").write_text(CALENDAR)
    for name, text in TEXTS.items():
        language, action = name.split("/")
        (folder / "content" / language / "spring").mkdir(parents=True, exist_ok=True)
        (folder / "content" / language / "spring" / f"{action}.j2").write_text(text)
    (folder / "content/en/spring/words.toml").write_text(
        'title = "A spring, and more"\nabout = "…"\n'
    )
    return folder


@pytest.fixture
def spring(root):
    read, problems = library.read([root])
    assert [str(problem) for problem in problems] == []
    return read.campaigns["spring"]


@pytest.fixture
def renderer(root, spring):
    return Renderer(read_files([root]), {"spring": spring})


@pytest.fixture
def drumbeat(monkeypatch, capsys, root):
    """Run a command where `spring` is the active campaign; give exit code, stdout, stderr."""
    (root.parent / "config.toml").write_text(
        'roots = ["ours"]\nactive = ["spring"]\n[channels.x]\nnetwork = "x"\nlanguage ='
        ' "en"\n[channels.telegram]\nnetwork = "telegram"\nlanguage ='
        ' "en"\n[channels.telegram-pt]\nnetwork = "telegram"\nlanguage = "pt"\n'
    )
    monkeypatch.chdir(root.parent)

    def run(*args):
        monkeypatch.setattr(sys, "argv", ["drumbeat", *map(str, args)])
        with pytest.raises(SystemExit) as ended:
            main()
        return ended.value.code or 0, *capsys.readouterr()

    return run


def by_id(found):
    return {(entry.id, entry.audience, entry.nudge): entry for entry in found}


# The shipped campaigns.


@pytest.fixture(scope="module")
def shipped():
    read, _ = library.read([library.shipped_root()])
    return read


def listed(shipped, name, **options):
    return entries(
        shipped.campaigns[name],
        Renderer(shipped.files, shipped.campaigns),
        **{"today": TODAY} | options,
    )


@pytest.mark.parametrize("language", languages())
def test_the_guide_s_campaign_has_23_actions_5_quick_things_and_33_prompts(shipped, language):
    found = listed(shipped, "endchildlabour2021", language=language)
    assert Counter(
        entry.kind if entry.kind in {"quick", "prompt"} else "action" for entry in found
    ) == {
        "action": 23,
        "quick": 5,
        "prompt": 33,
    }
    assert Counter(entry.audience for entry in found) == {
        "individual": 28,
        "organization": 11,
        "country": 11,
        "region": 11,
    }
    assert {entry.date.isoformat() for entry in found if entry.date} == {
        "2021-05-01",
        "2021-06-12",
        "2021-07-30",
        "2021-09-08",
        "2021-10-10",
        "2021-11-20",
        "2021-12-10",
    }
    assert all((entry.observance is None) == (entry.date is None) for entry in found)
    assert {entry.month for entry in found if entry.kind != "quick"} == set(range(2, 13))
    assert all(entry.month == entry.nudge.month for entry in found if entry.nudge)
    assert all(entry.title and entry.source for entry in found)


def test_nobody_gets_two_nudges_on_one_day(shipped):
    found = listed(shipped, "endchildlabour2021")
    days = Counter((entry.audience, entry.nudge) for entry in found if entry.nudge)
    assert set(days.values()) == {1}


def test_quick_things_have_no_day(shipped):
    quick = [entry for entry in listed(shipped, "endchildlabour2021") if entry.kind == "quick"]
    assert [(entry.date, entry.nudge, entry.month, entry.observance) for entry in quick] == [
        (None, None, None, None)
    ] * 5
    assert quick == listed(shipped, "endchildlabour2021")[-5:]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    ("action", "text"),
    [
        (
            "labour-day",
            (
                "While we celebrate labour day today, we should work to end child labour in all its"
                " forms. #LabourDay #EndChildLabour2021"
            ),
        ),
        ("quick-share", "Let’s take action end child labour #EndChildLabour2021"),
    ],
)
def test_prescribed_texts_are_word_for_word_in_every_language(shipped, action, text, language):
    (entry,) = [
        entry
        for entry in listed(shipped, "endchildlabour2021", language=language)
        if entry.id == action
    ]
    assert entry.text == text
    assert set(entry.hashtags) <= set(text.split())


def test_a_dated_campaign_keeps_its_own_year_and_a_perennial_one_takes_this_year(shipped):
    assert {entry.nudge.year for entry in listed(shipped, "endchildlabour2021") if entry.nudge} == {
        2021
    }
    assert {entry.nudge.year for entry in listed(shipped, "endchildlabour") if entry.nudge} == {
        2026
    }
    assert [
        entry.date.isoformat()
        for entry in listed(shipped, "endchildlabour", year=2031)
        if entry.date
    ][:2] == [
        "2031-05-01",
        "2031-06-12",
    ]
    with pytest.raises(
        UsageError,
        match="endchildlabour2021 has nothing in 2022: it runs from 2021-02-01 to 2021-12-31",
    ):
        listed(shipped, "endchildlabour2021", year=2022)


# A small campaign.


def test_an_entry_for_each_day_and_audience_in_order_of_days(spring, renderer):
    found = entries(spring, renderer, today=TODAY)
    assert [
        (entry.nudge and entry.nudge.isoformat(), entry.id, entry.audience) for entry in found
    ] == [
        ("2026-04-01", "market", "individual"),
        ("2026-05-09", "fair", "individual"),
        ("2026-05-09", "fair", "organization"),
        ("2026-07-09", "count", "individual"),
        ("2026-09-01", "market", "individual"),
        (None, "tell", "individual"),
    ]


def test_named_days_have_a_date_months_have_none(spring, renderer):
    found = by_id(entries(spring, renderer, today=TODAY))
    fair = found["fair", "individual", date(2026, 5, 9)]
    assert (fair.date, fair.month, fair.observance, fair.kind, fair.source) == (
        date(2026, 5, 9),
        5,
        "fair",
        "watch",
        "plan, fair",
    )
    count = found["count", "individual", date(2026, 7, 9)]
    assert (count.date, count.month, count.observance) == (None, 7, None)


def test_texts_may_differ_by_audience_and_language_falls_back(spring, renderer):
    found = by_id(entries(spring, renderer, today=TODAY, language="pt-BR"))
    assert found["fair", "individual", date(2026, 5, 9)].title == "Watch the fair of all"
    assert found["fair", "organization", date(2026, 5, 9)].title == "Watch the fair for members"
    assert (found["tell", "individual", None].title, found["tell", "individual", None].text) == (
        "Conte a alguém",
        "Olá #Spring",
    )


def test_only_the_first_wording_and_real_links_are_listed(spring, renderer):
    found = by_id(entries(spring, renderer, today=TODAY))
    market = found["market", "individual", date(2026, 4, 1)]
    assert (market.text, market.links, market.hashtags) == (
        "I am going. https://example.org/spring #Spring",
        ("https://example.org/spring",),
        ("#Spring",),
    )


def test_a_text_that_cannot_be_given_is_null_and_nothing_is_made_up(spring, renderer):
    found = by_id(entries(spring, renderer, today=TODAY))
    fair = found["fair", "individual", date(2026, 5, 9)]
    assert (fair.text, fair.links) == (None, ())
    assert found["count", "individual", date(2026, 7, 9)].text is None, (
        "the fact expired on 30 June"
    )
    earlier = by_id(entries(spring, renderer, today=TODAY, year=2025))
    assert earlier["count", "individual", date(2025, 7, 9)].text == "There are 12."


def test_an_audience_may_be_picked(spring, renderer):
    assert [
        entry.id for entry in entries(spring, renderer, today=TODAY, audience=Audience.ORGANIZATION)
    ] == ["fair"]
    assert entries(spring, renderer, today=TODAY, audience=Audience.REGION) == []


def test_events_of_one_action_keep_their_own_uids(spring, renderer):
    found = events(spring, entries(spring, renderer, today=TODAY), renderer, "en")
    assert [event.uid for event in found] == [
        "spring-market-individual-20260401@drumbeat",
        "spring-fair-individual-20260509@drumbeat",
        "spring-fair-organization-20260509@drumbeat",
        "spring-count-individual-20260709@drumbeat",
        "spring-market-individual-20260901@drumbeat",
    ]
    assert [event.day for event in found][3] == date(2026, 7, 9), (
        "a month's action stands on its nudge day"
    )
    assert found[0].categories == ("share", "Spring")


def test_which_days_a_campaign_lists(spring, shipped):
    assert window(spring, None, TODAY) == (date(2026, 1, 1), date(2026, 12, 31))
    assert window(spring, 2030, TODAY) == (date(2030, 1, 1), date(2030, 12, 31))
    dated = shipped.campaigns["endchildlabour2021"]
    assert (
        window(dated, None, TODAY)
        == window(dated, 2021, TODAY)
        == (date(2021, 2, 1), date(2021, 12, 31))
    )


def test_what_is_not_known_is_refused_with_all_that_is(spring):
    assert language_of(spring, None) == "en"
    assert language_of(spring, "pt-BR") == "pt-BR"
    with pytest.raises(
        UsageError, match=r"no language of spring is called 'de'; there are: en, pt"
    ):
        language_of(spring, "de")


def test_what_is_due_on_a_day(spring, shipped):
    assert [action.id for action in due(spring, date(2026, 4, 1))] == ["market"]
    assert [action.id for action in due(spring, date(2030, 3, 5))] == ["opening"]
    assert due(spring, date(2026, 4, 2)) == []
    assert due(shipped.campaigns["endchildlabour2021"], date(2022, 5, 1)) == []


def test_the_day_of_a_preview_is_the_next_one_else_the_first_else_today(spring):
    market, tell = spring.action("market"), spring.action("tell")
    assert next_day(spring, market, TODAY) == date(2026, 4, 1)
    assert next_day(spring, market, date(2026, 4, 2)) == date(2026, 9, 1)
    assert next_day(spring, market, date(2026, 10, 1)) == date(2026, 4, 1)
    assert next_day(spring, tell, TODAY) == TODAY


def test_a_preview_shows_every_text_that_a_network_carries(spring, renderer):
    both = {name: networks.load(name) for name in ("telegram", "x")}
    found = preview(spring, spring.action("market"), renderer, both, day=date(2026, 4, 1))
    assert [(text.network, text.role, text.wording, text.text) for text in found] == [
        ("telegram", "nudge", 1, "Market day! https://example.org/spring"),
        ("telegram", "post", 1, "A market for all. https://example.org/spring #Spring"),
        ("telegram", "share", 1, "I am going. https://example.org/spring #Spring"),
        ("telegram", "share", 2, "Me too. https://example.org/spring #Spring"),
        ("x", "post", 1, "Market. https://example.org/spring #Spring"),
        ("x", "share", 1, "I am going. https://example.org/spring #Spring"),
        ("x", "share", 2, "Me too. https://example.org/spring #Spring"),
    ]
    on_x = found[4]
    assert (on_x.length, on_x.limit) == (len("Market.  #Spring") + 23, 280), "every link counts 23"
    assert found[1].length == len(found[1].text)
    assert {text.problem for text in found} == {None}


def test_a_preview_says_why_there_is_no_text(spring, renderer):
    found = preview(
        spring, spring.action("fair"), renderer, {"x": networks.load("x")}, day=date(2026, 5, 9)
    )
    assert [(text.audience, text.text, text.length) for text in found] == [
        ("individual", None, None),
        ("organization", None, None),
    ]
    assert all("later" in text.problem for text in found)


# The commands.


def test_json_of_the_calendar_has_the_promised_keys(drumbeat):
    code, out, err = drumbeat("calendar", "--year", 2026, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert all(list(entry) == KEYS for entry in found)
    assert found[0] == {
        "campaign": "spring",
        "id": "market",
        "audience": "individual",
        "kind": "share",
        "observance": "market",
        "date": "2026-04-01",
        "nudge": "2026-04-01",
        "after": None,
        "month": 4,
        "title": "Go to the market",
        "text": "I am going. https://example.org/spring #Spring",
        "hashtags": ["#Spring"],
        "links": ["https://example.org/spring"],
        "source": "plan, market",
    }
    quick = found[-1]
    assert [quick[key] for key in ("date", "nudge", "month", "observance")] == [None] * 4


def test_the_calendar_s_year_is_this_year_by_default(drumbeat):
    found = json.loads(drumbeat("calendar", "--json")[1])
    (count,) = [entry for entry in found if entry["id"] == "count"]
    assert abs(date.fromisoformat(count["nudge"]) - datetime.now(UTC).date()) <= timedelta(days=366)


def test_the_language_is_the_campaign_s_not_the_machine_s(drumbeat, monkeypatch):
    monkeypatch.setenv("LANG", "pt_BR.UTF-8")
    monkeypatch.setenv("LC_ALL", "pt_BR.UTF-8")
    assert json.loads(drumbeat("calendar", "--json")[1])[-1]["title"] == "Tell a friend"
    assert (
        json.loads(drumbeat("calendar", "--lang", "pt", "--json")[1])[-1]["title"]
        == "Conte a alguém"
    )


def test_in_a_pipe_the_calendar_is_plain_lines(drumbeat):
    _, out, _ = drumbeat("calendar", "--year", "2026", "--audience", "organization")
    assert out.splitlines() == [
        "day         leaves  audiences     kind   id    title                       hashtags",
        "2026-05-09  nudge   organization  watch  fair  Watch the fair for members",
        "",
        "nudge: to each person at the hour that they chose (09:00 at first), by the clock where"
        " they live, never from 21:00 to 08:00",
    ]


def test_what_follows_a_pledge_stands_below_the_days_with_how_long_after_it(drumbeat):
    narrowed = ("--campaign", "endchildlabour", "--audience", "country")
    code, out, err = drumbeat("calendar", *narrowed, "--ics", "year.ics")
    assert (code, err) == (0, "12 events written to year.ics\n"), "a file has what has a day"
    _, out, _ = drumbeat("calendar", *narrowed)
    rows = [line.split("  ")[0] for line in out.partition("\n\n")[0].splitlines()]
    assert [row.strip() for row in rows[-2:]] == ["2 weeks after", "12 months after"]


def test_a_calendar_file_is_read_by_two_parsers(drumbeat, root):
    code, out, err = drumbeat("calendar", "--year", "2026", "--ics", "spring.ics")
    assert (code, out, err) == (0, "", "5 events written to spring.ics\n")
    data = Path("spring.ics").read_bytes()
    ours, theirs = (
        icalendar.Calendar.from_ical(data),
        IcsCalendarStream.calendar_from_ics(data.decode()),
    )
    assert ours["X-WR-CALNAME"] == "A spring, and more"
    assert [event["UID"] for event in ours.walk("VEVENT")] == [event.uid for event in theirs.events]
    assert [event.dtstart for event in theirs.events] == [
        date(2026, *day) for day in [(4, 1), (5, 9), (5, 9), (7, 9), (9, 1)]
    ]
    newest = max(file.stat().st_mtime for file in root.rglob("*") if file.is_file())
    assert {event.last_modified for event in theirs.events} == {
        datetime.fromtimestamp(int(newest), UTC)
    }


def test_a_calendar_file_is_as_new_as_the_words_that_the_campaign_shares(drumbeat, root):
    campaign = root / "campaigns/spring/campaign.toml"
    campaign.write_text(CAMPAIGN.replace("source = ", 'like = "endchildlabour"\nsource = ', 1))
    later = datetime(2031, 5, 1, tzinfo=UTC)
    words = root / "content/en/endchildlabour/words.toml"
    words.parent.mkdir(parents=True)
    words.write_text('title = "Theirs"\nabout = "…"\n')
    os.utime(words, (later.timestamp(), later.timestamp()))
    assert drumbeat("calendar", "--year", "2026", "--ics", "spring.ics")[0] == 0
    events = IcsCalendarStream.calendar_from_ics(Path("spring.ics").read_text("utf-8")).events
    assert {event.last_modified for event in events} == {later}


def test_the_guide_s_calendar_as_a_file(drumbeat):
    assert drumbeat("calendar", "--campaign", "endchildlabour2021", "--ics", "guide.ics")[0] == 0
    found = IcsCalendarStream.calendar_from_ics(Path("guide.ics").read_text("utf-8")).events
    assert len(found) == len({event.uid for event in found}) == 23 + 33
    assert "endchildlabour2021-labour-day-individual-20210501@drumbeat" in {
        event.uid for event in found
    }


def test_events_have_the_uids_that_the_database_knows_them_by(drumbeat, root):
    store = Store(root / "known.db")
    store.instances.keep([("spring", "market", {date(2026, 4, 1): 20260315})])
    store.close()
    assert drumbeat("calendar", "--ics", "spring.ics", "--db", str(root / "known.db"))[0] == 0
    uids = {event.uid for event in _events("spring.ics")}
    assert "spring-market-individual-20260315@drumbeat" in uids
    assert "spring-market-individual-20260901@drumbeat" in uids
    assert drumbeat("calendar", "--ics", "spring.ics", "--db", str(root / "none.db"))[0] == 0
    assert "spring-market-individual-20260401@drumbeat" in {e.uid for e in _events("spring.ics")}
    assert not (root / "none.db").exists()


def test_a_file_says_what_feeds_said_of_its_events(drumbeat, root):
    at = datetime(2026, 3, 1, tzinfo=UTC)
    known = [
        Published(
            campaign="spring",
            action=action,
            audience=audience,
            slot=slot,
            day=day,
            title="As it was",
            digest="another",
            sequence=4,
            modified=at,
            cancelled=False,
        )
        for action, audience, slot, day in (
            ("market", Audience.INDIVIDUAL, 20260401, date(2026, 4, 1)),
            ("harvest", Audience.INDIVIDUAL, 20261003, date(2026, 10, 3)),
            ("harvest", Audience.INDIVIDUAL, 20251003, date(2025, 10, 3)),
            ("harvest", Audience.REGION, 20261003, date(2026, 10, 3)),
        )
    ]
    store = Store(root / "known.db")
    store.feeds.keep("en", known)
    store.close()
    wanted = ("--year", 2026, "--audience", "individual", "--db", str(root / "known.db"))
    assert drumbeat("calendar", "--ics", "spring.ics", *wanted)[0] == 0
    said = {event.uid.removeprefix("spring-"): event for event in _events("spring.ics")}
    assert said["market-individual-20260401@drumbeat"].sequence == 5
    assert said["market-individual-20260901@drumbeat"].sequence == 0
    off = said["harvest-individual-20261003@drumbeat"]
    assert (off.status, off.sequence, off.summary) == ("CANCELLED", 5, "As it was")
    assert len(said) == 5, "neither another year nor another audience"
    store = Store(root / "known.db", readonly=True)
    assert {each.sequence for each in store.feeds.published("spring", "en")} == {4}
    store.close()


def test_events_of_a_file_lead_to_their_pages_where_there_are_any(drumbeat, root):
    config = root.parent / "config.toml"
    web = '[web]\npublic_url = "https://a.example/bot"\nlisten = "127.0.0.1:8080"\n'
    config.write_text(config.read_text() + web)
    assert drumbeat("calendar", "--year", 2026, "--ics", "spring.ics")[0] == 0
    assert {str(event.url) for event in _events("spring.ics")} == {
        f"https://a.example/bot/en/spring/actions/{name}" for name in ("market", "fair", "count")
    }


def test_a_file_whose_events_have_other_uids_than_before_says_so(drumbeat, root):
    store = Store(root / "known.db")
    store.instances.keep([("spring", "market", {date(2026, 4, 1): 20260315})])
    store.close()
    known, none = str(root / "known.db"), str(root / "none.db")
    assert "other ids" not in drumbeat("calendar", "--ics", "spring.ics", "--db", known)[2]
    assert "other ids" not in drumbeat("calendar", "--ics", "spring.ics", "--db", known)[2]
    err = drumbeat("calendar", "--ics", "spring.ics", "--db", none)[2]
    assert "1 event of the file that was there have other ids now, or are gone." in err
    assert f"no database at {none}" in err
    err = drumbeat("calendar", "--ics", "spring.ics", "--db", known)[2]
    assert "other ids" in err
    assert "no database" not in err


def _events(name):
    return IcsCalendarStream.calendar_from_ics(Path(name).read_text("utf-8")).events


def test_a_calendar_file_that_cannot_be_written_is_said_so(drumbeat):
    code, out, err = drumbeat("calendar", "--ics", "nowhere/spring.ics")
    assert (code, out, err) == (
        1,
        "",
        "can't write nowhere/spring.ics: No such file or directory\n",
    )
    assert drumbeat("calendar", "--audience", "region", "--ics", "none.ics")[0] == 2
    assert not Path("none.ics").exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (
            ["calendar", "--campaign", "sprin"],
            "no campaign is called 'sprin'; did you mean spring? there are: ",
        ),
        (["calendar", "--lang", "de"], "no language of spring is called 'de'; there are: en, pt"),
        (["calendar", "--audience", "dogs"], "'individual', 'organization', 'country', 'region'"),
        (["calendar", "--year", "MMXXI"], "--year"),
        (
            ["preview", "markt"],
            (
                "no action of spring is called 'markt'; did you mean market? there are: count,"
                " fair, market, opening, tell"
            ),
        ),
        (
            ["preview", "market", "--lang", "de"],
            "no language of spring is called 'de'; there are: en, pt",
        ),
        (["preview", "market", "--network", "smoke"], "no network is called 'smoke'; there are: "),
        (["preview", "--date", "2021-02-31"], "'2021-02-31' is no date; write it like 2021-05-01"),
        (["preview"], "say either an ACTION or --date DATE"),
        (["preview", "market", "--date", "2026-04-01"], "say either an ACTION or --date DATE"),
    ],
)
def test_wrong_usage_names_what_there_is(drumbeat, args, said):
    code, out, err = drumbeat(*args)
    assert (code, out) == (2, "")
    assert said in err


def test_preview_shows_the_networks_of_the_channels(drumbeat):
    code, out, err = drumbeat("preview", "market", "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert [text["network"] for text in found] == ["x"] * 3 + ["telegram"] * 4
    assert set(found[0]) >= {"text", "length", "limit", "network", "language"}
    only = json.loads(drumbeat("preview", "market", "--network", "telegram", "--json")[1])
    assert only == found[3:]


def test_preview_of_a_day_shows_all_that_goes_out_on_it(drumbeat):
    found = json.loads(drumbeat("preview", "--date", "2026-09-01", "--json")[1])
    assert {text["action"] for text in found} == {"market"}
    code, out, err = drumbeat("preview", "--date", "2026-09-02")
    assert (code, out, err) == (0, "", "Nothing goes out on 2026-09-02.\n")
    assert drumbeat("preview", "--date", "2026-09-02", "--json")[1] == "[]\n"


def test_preview_for_people(drumbeat):
    out = drumbeat("preview", "tell", "--network", "x")[1]
    assert out == "── tell · share 1 · x · individual · en · 13 of 280\nHello #Spring\n\n"
    out = drumbeat("preview", "fair", "--network", "x")[1]
    assert "· no text\n" in out
    assert "later" in out


def test_a_broken_campaign_hides_no_other(drumbeat, root):
    shutil.copytree(root / "campaigns/spring", root / "campaigns/broken")
    (root / "campaigns/broken/campaign.toml").write_text("language = ")
    code, out, err = drumbeat("calendar", "--json")
    assert code == 0
    assert len(json.loads(out)) >= 4
    assert "broken" in err
    code, out, err = drumbeat("calendar", "--campaign", "broken", "--json")
    assert (code, out) == (1, "")
    assert "broken/campaign.toml" in err


def test_an_event_of_a_step_without_anything_to_share_says_what_is_asked(shipped):
    renderer = Renderer(shipped.files, shipped.campaigns)
    campaign = shipped.campaigns["endchildlabour"]
    listed = entries(campaign, renderer, today=TODAY, language="fr")
    told = events(campaign, listed, renderer, "fr")
    prompts = [event for event in told if event.action == "prompt-march"]
    assert prompts
    assert all(event.text and len(event.text) > len(event.title) for event in told)


def test_people_read_one_line_for_all_audiences_with_its_hour_and_clock(drumbeat, root):
    calendar = root / "campaigns" / "spring" / "calendar.toml"
    calendar.write_text(
        CALENDAR.replace(
            'id = "count"',
            'id = "count"\naudiences = ["individual", "organization", "country", "region"]',
        )
    )
    config = root.parent / "config.toml"
    config.write_text(
        config.read_text()
        .replace("[channels.telegram]", '[channels.telegram]\nhour = "18:30"\nzone = "Asia/Tokyo"')
        .replace("[channels.x]", '[channels.x]\nhour = "07:15"')
    )
    code, out, _ = drumbeat("calendar", "--year", "2026")
    assert code == 0
    lines = [re.split(r"  +", line) for line in out.splitlines()]
    assert lines[0][:5] == ["day", "leaves", "audiences", "kind", "id"]
    assert [line[:3] for line in lines if "count" in line] == [
        ["2026-07-09", "nudge", "individual, organization, country, region"]
    ]
    hours = "post 07:15 UTC and 09:00 UTC and 18:30 Asia/Tokyo"
    assert [line[1] for line in lines if "market" in line] == [f"{hours}, nudge"] * 2
    assert [line[2] for line in lines if "fair" in line] == ["individual", "organization"]
    assert [line[1] for line in lines if "tell" in line] == ["individual"]
    assert out.splitlines()[-2:] == [
        "post: 07:15 UTC on x; 09:00 UTC on telegram-pt; 18:30 Asia/Tokyo on telegram",
        "nudge: to each person at the hour that they chose (09:00 at first), by the clock where"
        " they live, never from 21:00 to 08:00",
    ]
