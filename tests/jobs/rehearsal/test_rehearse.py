"""Rehearsals: a whole year through the real road, on a simulated clock."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from helpers import at, write_operator
from tree import TOP

from bot.jobs.rehearsal.population import inhabited_zones, people
from bot.library import read, shipped_root
from bot.model import Audience

pytestmark = pytest.mark.process

KINDS = {
    "nudges",
    "posts",
    "prompts",
    "reminders of prompts",
    "still with us?",
    "letters to sign up",
    "letters of months",
    "events, a week before",
    "events, a day before",
    "events, were you there?",
}
YEAR = ("rehearse", "--campaign", "endchildlabour2021", "--json")


def drumbeat(*args: str, cwd: Path, **kwargs) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *args],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        **kwargs,
    )


def rehearse(*args: str, cwd: Path) -> dict:
    done = drumbeat(*args, cwd=cwd)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_the_year_reaches_everybody_with_everything_once(tmp_path):
    crew = ("--subscribers", "200", "--seed", "3", "--pledges", "0")
    report = rehearse(*YEAR, *crew, cwd=tmp_path)
    assert (report["from"], report["to"], report["duplicates"]) == ("2021-02-01", "2021-12-31", 0)
    # The campaigns' languages and the shipped config's one channel with nudges make this crowd.
    spoken = sorted(read([shipped_root()])[0].campaigns["endchildlabour2021"].languages)
    crowd = list(people(200, 3, channels=[1], languages=spoken, joined=0))
    named_days, month_actions, prompts = 7, 16, 11
    nudges = sum(
        (
            (named_days + (0 if p.named_only else month_actions))
            if p.audience is Audience.INDIVIDUAL
            else prompts  # they have no named days that they could have chosen alone
        )
        for p in crowd
    )
    posts = 4 * (named_days + 11)  # three Telegram channels and X; openings of eleven months
    # Six link slots are empty; their actions go out in the wording without a link.
    assert report["waiting"] == []
    in_chat, by_mail = 6 * 3, 3 * 3  # of the webinar: a week and a day before, and after it
    kinds = {kind: of["sent"] for kind, of in report["kinds"].items()}
    assert sum(n for kind, n in kinds.items() if kind.startswith("events")) == in_chat + by_mail
    assert kinds["posts"] == posts
    assert (kinds["letters of months"], kinds["letters to sign up"]) == (6 * 10, 6 + 3)
    calendar = kinds["nudges"] + kinds["prompts"] - nudges  # of the three who want it by mail
    assert 3 * named_days <= calendar <= 3 * (named_days + month_actions)
    assert sum(kinds.values()) == report["deliveries"]["sent"]
    assert not any(of["late"] or of["twice"] for of in report["kinds"].values())
    assert report["by_network"] == {
        "apprise": by_mail + 6 * 10 + 6 + 3 + calendar,
        "telegram": nudges + posts * 3 // 4 + in_chat,
        "x": posts // 4,
    }
    assert {k: v for k, v in report["deliveries"].items() if k != "sent"} == {
        "skipped": 0,
        "failed": 0,
        "uncertain": 0,
        "cancelled": 0,
    }
    assert list(report["by_month"]) == [f"2021-{month:02}" for month in range(2, 13)]
    assert (
        sum(report["by_month"].values())
        == sum(report["by_audience"].values())
        == report["deliveries"]["sent"]
    )


def test_the_same_file_sends_nothing_more_and_refuses_another_script(tmp_path):
    args = (*YEAR, "--to", "2021-02-20", "--subscribers", "50", "--db", "r.db")
    first, again = rehearse(*args, cwd=tmp_path), rehearse(*args, cwd=tmp_path)
    assert {**first, "seconds": 0} == {**again, "seconds": 0}
    other = drumbeat(*YEAR, "--subscribers", "60", "--db", "r.db", cwd=tmp_path)
    assert (other.returncode, "rehearses something else" in other.stderr) == (2, True)
    assert "--to 2021-02-20 --subscribers 50 --seed " in other.stderr, "as they are typed"


@pytest.mark.slow
@pytest.mark.parametrize("kill_after", [0.7, pytest.param(1.6, marks=pytest.mark.long)])
def test_killed_in_the_middle_it_goes_on_and_ends_where_an_undisturbed_one_ends(
    tmp_path, kill_after
):
    args = (*YEAR, "--to", "2021-04-30", "--subscribers", "400", "--seed", "5")
    undisturbed = rehearse(*args, cwd=tmp_path)
    began = subprocess.Popen(
        [sys.executable, "-m", "bot", *args, "--db", "killed.db"],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not (tmp_path / "killed.db").exists() and began.poll() is None:
        time.sleep(0.02)
    time.sleep(kill_after)
    if began.poll() is None:
        os.kill(began.pid, signal.SIGKILL)
    began.wait()
    resumed = rehearse(*args, "--db", "killed.db", cwd=tmp_path)
    for report in (undisturbed, resumed):
        report.pop("seconds")
    assert resumed == undisturbed


def test_a_stranger_s_pack_in_arabic_plays_without_english(tmp_path):
    pack = TOP / "tests" / "packs" / "arabic"
    (tmp_path / "config.toml").write_text(
        f'roots = ["{pack}"]\nactive = ["clean-water"]\n[channels.telegram]\nnetwork ='
        ' "telegram"\nlanguage = "ar"\naudiences = ["individual"]\nnudges = true\nposts ='
        ' true\napprove = "auto"\n',
        "utf-8",
    )
    report = rehearse(
        "rehearse",
        "--from",
        "2021-01-01",
        "--to",
        "2021-12-31",
        "--subscribers",
        "60",
        "--person",
        "diary.txt",
        "--json",
        cwd=tmp_path,
    )
    assert report["campaign"] == "clean-water"
    assert report["deliveries"]["failed"] == report["duplicates"] == 0
    assert report["deliveries"]["sent"] > 60
    diary = (tmp_path / "diary.txt").read_text("utf-8")
    assert "ماء" in diary


SLOTS = "(cards, covid-pledges, webinar, contests, inspiring-story, story, aid-worker-story)"
CARD = """{% block title %}A card{% endblock %}
{% block nudge %}Post a card: {{ link("cards") }}{% endblock %}
{% block share %}My card. #EndChildLabour2021{% endblock %}
"""


@pytest.mark.parametrize("waits", [False, True])
def test_it_says_at_its_end_what_waits_for_a_page_and_what_does_not(tmp_path, waits):
    (tmp_path / "config.toml").write_text('roots = ["ours"]\n', "utf-8")
    ours = tmp_path / "ours" / "content" / "en" / "endchildlabour2021"
    ours.mkdir(parents=True)
    if waits:
        (ours / "year-card.j2").write_text(CARD, "utf-8")
    play = ("--campaign", "endchildlabour2021", "--from", "2021-02-01", "--to", "2021-02-02")
    done = drumbeat("rehearse", *play, "--subscribers", "0", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    last = done.stdout.splitlines()[-1]
    if waits:
        assert last.startswith("Before that, fill the link slots of campaigns/endchildlabour2021/")
        assert "The texts of 1 template wait for them, which `drumbeat check` names" in last
    else:
        assert last.startswith("Nothing waits for a page: until the link slots of campaigns/")
        assert SLOTS in last


def test_a_rehearsal_s_file_and_a_real_one_are_not_mixed(tmp_path):
    from bot.store import Store

    store = Store(tmp_path / "live.db")
    store.meta.claim("live")
    store.close()
    done = drumbeat(*YEAR, "--db", "live.db", cwd=tmp_path)
    assert (done.returncode, "belongs to `drumbeat run`" in done.stderr) == (1, True)


def test_the_perennial_campaign_plays_any_year_with_its_own_dates(tmp_path):
    report = rehearse(
        "rehearse",
        "--campaign",
        "endchildlabour",
        "--from",
        "2030-01-01",
        "--to",
        "2030-12-31",
        "--subscribers",
        "150",
        "--json",
        cwd=tmp_path,
    )
    assert set(report["kinds"]) >= KINDS
    people = report["people"]
    assert (people["pledges"], people["letters"], people["events"]) == (8, 11, 1)
    assert [deed for deed, count in people.items() if not count] == ["waited"]
    assert (
        report["deliveries"]["failed"]
        == report["deliveries"]["skipped"]
        == report["duplicates"]
        == 0
    )
    assert set(report["by_month"]) == {f"2030-{month:02}" for month in range(1, 13)}


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("--campaign", "nosuch"), "no campaign is called 'nosuch'"),
        (("--from", "2021-02-31"), "is no day"),
        (("--from", "2021-05-01", "--to", "2021-04-01"), "lies before"),
        (("--subscribers", "-3"), "it must be a whole number from 0 to"),
    ],
)
def test_wrong_usage_says_what_is_right(tmp_path, args, words):
    done = drumbeat("rehearse", *args, cwd=tmp_path)
    assert (done.returncode, words in done.stderr) == (2, True), done.stderr


def test_the_population_covers_all_inhabited_zones_and_repeats_itself():
    crowd = list(people(1000, 9, channels=[1], languages=["en", "fr", "es"], joined=0))
    assert {p.zone for p in crowd} == {zone for zone, _ in inhabited_zones()}
    assert {p.audience for p in crowd} == set(Audience)
    assert {p.language for p in crowd} == {"en", "fr", "es"}
    assert crowd == list(people(1000, 9, channels=[1], languages=["en", "fr", "es"], joined=0))
    assert crowd[:100] != list(people(100, 8, channels=[1], languages=["en", "fr", "es"], joined=0))


def a_pack(folder: Path, text: str) -> None:
    """An operator whose posts need approval, with a campaign on one day and this post in it."""
    write_operator(folder, at("2021-05-01").date())
    campaign = folder / "pack" / "campaigns" / "trees" / "campaign.toml"
    campaign.write_text(f"{campaign.read_text('utf-8')}{_SLOT_AND_FIGURE}", "utf-8")
    calendar = campaign.with_name("calendar.toml")
    calendar.write_text(
        calendar.read_text("utf-8").replace("to = [", 'links = ["map"]\nto = ['), "utf-8"
    )
    template = folder / "pack" / "content" / "en" / "trees" / "tree-day.j2"
    template.write_text(template.read_text("utf-8").replace("Today we plant trees.", text), "utf-8")


_SLOT_AND_FIGURE = """
[links.map]
url = ""
source = "the plan"

[facts.trees]
value = 12
source = "the plan"
as_of = 2020-01-01
expires = 2020-12-31
"""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("See {{ link('map') }}.", "the slot is empty; fill in [links.map]"),
        ("We planted {{ fact('trees') }}.", "expired on 2020-12-31"),
    ],
)
def test_what_a_live_run_would_hold_is_named_and_counted_as_waiting(tmp_path, text, why):
    a_pack(tmp_path, text)
    args = ("rehearse", "--from", "2021-05-01", "--to", "2021-05-02", "--subscribers", "20")
    report = rehearse(*args, "--json", cwd=tmp_path)
    [waiting] = report["waiting"]
    assert (waiting["campaign"], waiting["action"], waiting["deliveries"]) == (
        "trees",
        "tree-day",
        2,
    )
    assert why in waiting["why"]
    crowd = people(20, 1, channels=[1], languages=["en"], joined=0)
    nudges = sum(p.audience is Audience.INDIVIDUAL for p in crowd)
    assert report["by_network"]["telegram"] == nudges, "they need neither"
    assert {of["unsent"] for of in report["kinds"].values()} == {0, 2}
    said = drumbeat(*args, cwd=tmp_path).stdout
    assert "waiting 2;" in said
    assert "- trees/tree-day, 2 deliveries: " in said
    assert why in said


def test_the_diary_shows_what_waits_with_a_made_up_address_and_says_so(tmp_path):
    a_pack(tmp_path, "")
    template = tmp_path / "pack" / "content" / "en" / "trees" / "tree-day.j2"
    words = template.read_text("utf-8").replace("Plant a tree today.", "See {{ link('map') }}.")
    template.write_text(words, "utf-8")
    args = ("--from", "2021-05-01", "--to", "2021-05-02", "--subscribers", "20", "--person", "-")
    said = drumbeat("rehearse", *args, cwd=tmp_path).stdout
    assert "Plant a tree (skipped: would wait: " in said
    assert "See https://example.org/map. #Trees" in said


def test_a_rehearsal_does_not_begin_the_file_that_run_will_make(tmp_path):
    write_operator(tmp_path, at("2021-05-01").date())
    done = drumbeat("rehearse", "--db", "drumbeat.db", cwd=tmp_path)
    assert (done.returncode, "name another file" in done.stderr) == (2, True)
    assert not (tmp_path / "drumbeat.db").exists()
