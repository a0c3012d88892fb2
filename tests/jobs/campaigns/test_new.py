"""`drumbeat new campaign`: a copy in another year, or a blank one that `check` leads to its end."""

import os
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from bot.config import load
from bot.errors import DataError, UsageError
from bot.files import limits
from bot.jobs.campaigns import check
from bot.jobs.campaigns import new as new_campaign
from bot.library import read, shipped_root
from bot.render import Renderer

pytestmark = pytest.mark.slow

TODAY = date(2030, 1, 1)
SHIPPED = shipped_root()


def drumbeat(*words, cwd):
    environment = os.environ | {"PYTHONPATH": str(SHIPPED)}
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )


def problems(root):
    library, found = read([root], today=TODAY)
    settings, none = load(None)
    assert settings is not None, none
    found += check.run(
        settings, library, Renderer(library.files, library.campaigns, stand_in=True), today=TODAY
    )
    return [str(problem) for problem in found if problem.key != "active"]


def everything(root):
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def pack(root, year=2021):
    """A dated campaign in two languages, with a picture, a listed date and a leap day."""
    folder = root / "campaigns" / "bees"
    (folder / "pictures").mkdir(parents=True)
    (folder / "pictures" / "card.png").write_bytes(b"\x89PNG 2021")
    (folder / "campaign.toml").write_text(
        f'# the year {year}\nlanguage = "en"\nlanguages = ["en", "fr"]\nhashtag = "#Bees{year}"\n'
        f'start = {year}-11-01  # autumn\nend   = {year + 1}-03-31\nsource = "our plan of {year}"\n'
        f'[facts.hives]\nvalue = 120210\nsource = "us"\nas_of = {year - 1}-05-19\n',
        "utf-8",
    )
    (folder / "calendar.toml").write_text(
        f"[observances.fair]\nwhen = {{ dates = [\n  {year}-12-01, # first\n  {year + 1}-02-28,\n]"
        ' }\nsource = "us"\n[[action]]\nid = "fair"\nkind = "join"\nobservance = "fair"\nsource ='
        ' "us"\n',
        "utf-8",
    )
    for language in ("en", "fr"):
        content = root / "content" / language / "bees"
        content.mkdir(parents=True)
        (content / "fair.j2").write_text(
            f"{{% block title %}}Fair{{% endblock %}}\n{{% block nudge %}}Come in {year}!{{%"
            " endblock %}\n",
            "utf-8",
        )
        (content / "words.toml").write_text(
            'title = "Bees"\nabout = "All."\n[observances]\nfair = "Fair"\n', "utf-8"
        )
    return root


def copied(root, tmp_path, year, campaign_id="bees-again"):
    library, found = read([root], today=TODAY)
    assert found == []
    return new_campaign.copy(library.campaigns["bees"], [root], tmp_path, campaign_id, year)


def test_a_copy_moves_a_day_that_stands_first_behind_a_byte_order_mark(tmp_path):
    file = pack(tmp_path / "theirs") / "campaigns" / "bees" / "campaign.toml"
    start = "start = 2021-11-01  # autumn\n"
    text = start + file.read_text("utf-8").replace(start, "")
    file.write_text(text, "utf-8-sig")
    copied(tmp_path / "theirs", tmp_path / "mine", 2031)
    assert read([tmp_path / "mine"], today=TODAY)[0].campaigns["bees-again"].start.year == 2031


def test_a_copy_moves_start_end_and_listed_dates_and_leaves_all_else(tmp_path):
    root = pack(tmp_path / "theirs")
    begun = copied(root, tmp_path / "mine", 2031)
    library, found = read([tmp_path / "mine"], today=TODAY)
    assert found == []
    again = library.campaigns["bees-again"]
    assert (again.start, again.end) == (date(2031, 11, 1), date(2032, 3, 31))
    assert again.observances["fair"].when.dates == (date(2031, 12, 1), date(2032, 2, 28))
    assert again.facts["hives"].as_of == date(2020, 5, 19)
    text = (tmp_path / "mine/campaigns/bees-again/campaign.toml").read_text("utf-8")
    assert "start = 2031-11-01  # autumn\nend   = 2032-03-31\n" in text
    assert (
        tmp_path / "mine/campaigns/bees-again/pictures/card.png"
    ).read_bytes() == b"\x89PNG 2021"
    assert {str(file) for file in begun.files} == set(everything(tmp_path / "mine"))
    assert problems(tmp_path / "mine") == []


def test_a_copy_tells_every_line_that_still_names_an_old_year(tmp_path):
    begun = copied(pack(tmp_path / "theirs"), tmp_path / "mine", 2031)
    assert begun.old == (
        "campaigns/bees-again/campaign.toml:1: # the year 2021",
        'campaigns/bees-again/campaign.toml:4: hashtag = "#Bees2021"',
        'campaigns/bees-again/campaign.toml:7: source = "our plan of 2021"',
        "content/en/bees-again/fair.j2:2: {% block nudge %}Come in 2021!{% endblock %}",
        "content/fr/bees-again/fair.j2:2: {% block nudge %}Come in 2021!{% endblock %}",
    )


def test_a_leap_day_that_the_new_year_has_not_becomes_the_28th_and_is_told(tmp_path):
    root = pack(tmp_path / "theirs", 2023)
    calendar = root / "campaigns/bees/calendar.toml"
    calendar.write_text(calendar.read_text("utf-8").replace("2024-02-28", "2024-02-29"), "utf-8")
    begun = copied(root, tmp_path / "mine", 2025)
    assert begun.notes == (
        (
            "campaigns/bees-again/calendar.toml: 2024-02-29 became 2026-02-28: that year has no 29"
            " February"
        ),
    )
    assert problems(tmp_path / "mine") == []


def test_a_copy_takes_each_file_from_the_first_root_that_has_it(tmp_path):
    theirs, mine = pack(tmp_path / "theirs"), tmp_path / "mine"
    (mine / "content/en/bees").mkdir(parents=True)
    (mine / "content/en/bees/fair.j2").write_text(
        "{% block title %}Mine{% endblock %}{% block nudge %}Mine{% endblock %}", "utf-8"
    )
    library, _ = read([mine, theirs], today=TODAY)
    new_campaign.copy(library.campaigns["bees"], [mine, theirs], mine, "bees-again", 2031)
    assert "Mine" in (mine / "content/en/bees-again/fair.j2").read_text("utf-8")
    assert "Come" in (mine / "content/fr/bees-again/fair.j2").read_text("utf-8")


def test_every_shipped_campaign_can_be_copied_and_the_copy_is_sound(tmp_path):
    library, _ = read([SHIPPED], today=TODAY)
    for campaign in library.campaigns.values():
        begun = new_campaign.copy(campaign, [SHIPPED], tmp_path, f"{campaign.id}-again", 2031)
        assert bool(begun.old) == (campaign.start is not None)
        # with what ships beside it, to whose campaigns it may yield and be like
        copy = read([tmp_path, SHIPPED], today=TODAY)[0].campaigns[f"{campaign.id}-again"]
        assert (len(copy.actions), copy.forms) == (len(campaign.actions), campaign.forms)
        assert copy.start is None or copy.start.year == 2031


def test_nothing_is_overwritten_and_an_id_must_be_one(tmp_path):
    root = pack(tmp_path)
    before = everything(root)
    for campaign_id, message in [
        ("bees", "is there already, and nothing is overwritten; choose another id"),
        ("Bees Again", "is no id; use small letters"),
        ("../bees", "is no id"),
        ("", "is no id"),
    ]:
        with pytest.raises(UsageError, match=re.escape(message)):
            copied(root, root, 2031, campaign_id)
        with pytest.raises(UsageError, match=re.escape(message)):
            new_campaign.blank(root, campaign_id, "en", "#Bees")
    (root / "content/pt/wasps").mkdir(parents=True)
    with pytest.raises(UsageError, match="content/pt/wasps is there already"):
        new_campaign.blank(root, "wasps", "en", "#Wasps")
    assert everything(root) == before


def test_what_could_not_all_be_written_is_taken_back(tmp_path):
    (tmp_path / "content").write_text("in the way")
    with pytest.raises(OSError, match="content"):
        new_campaign.blank(tmp_path, "bees", "en", "#Bees")
    assert everything(tmp_path) == {"content": b"in the way"}
    assert not (tmp_path / "campaigns").exists()


@pytest.mark.parametrize(
    ("language", "hashtag", "message"),
    [
        ("en_GB", "#A", "is no language tag"),
        ("qq", "#A", "no language is known"),
        ("en", "#1", "is no hashtag"),
    ],
)
def test_a_blank_campaign_needs_a_language_and_a_hashtag_that_are_some(
    tmp_path, language, hashtag, message
):
    with pytest.raises(UsageError, match=message):
        new_campaign.blank(tmp_path, "bees", language, hashtag)
    assert everything(tmp_path) == {}


@pytest.mark.parametrize("language", ["en", "pt-BR", "ar"])
def test_a_blank_campaign_is_clean_once_all_is_filled_in_that_check_names(tmp_path, language):
    new_campaign.blank(tmp_path, "bees", language, "#Bees")
    named = problems(tmp_path)
    assert named == [
        "campaigns/bees/campaign.toml: source: must not be empty; fill it in",
        "campaigns/bees/calendar.toml: action[first-step].source: must not be empty; fill it in",
        *(
            f"content/{language}/bees/first-step.j2: {block}: gives no text"
            for block in ("title", "nudge", "share", "post")
        ),
        *(
            f"content/{language}/bees/words.toml: {key}: must be a text in quotes, and not empty"
            for key in ("title", "about")
        ),
    ]
    for file in [*tmp_path.glob("**/*.toml"), *tmp_path.glob("**/*.j2")]:
        text = file.read_text("utf-8")
        text = re.sub(r'(?m)^(source|title|about) = ""', r'\1 = "Filled in"', text)
        text = re.sub(r"(\{% block (\w+) %\})\s*(\{% endblock %\})", r"\1Hello \2 #Bees\3", text)
        file.write_text(text, "utf-8")
    assert problems(tmp_path) == []
    campaign = read([tmp_path], today=TODAY)[0].campaigns["bees"]
    assert (campaign.language, campaign.hashtag) == (language, "#Bees")


# the command


def test_the_command_writes_into_the_first_root_and_says_what_comes_next(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "config.toml").write_text('roots = ["mine"]\n')
    done = drumbeat(
        "new", "campaign", "bees", "--blank", "--lang", "fr", "--hashtag", "Abeilles", cwd=tmp_path
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "mine/campaigns/bees/campaign.toml").is_file()
    assert 'hashtag = "#Abeilles"' in (tmp_path / "mine/campaigns/bees/campaign.toml").read_text(
        "utf-8"
    )
    assert "drumbeat check" in done.stdout
    assert "write roots" not in done.stdout
    again = drumbeat(
        "new", "campaign", "bees", "--blank", "--lang", "fr", "--hashtag", "Abeilles", cwd=tmp_path
    )
    assert again.returncode == 2
    assert "is there already, and nothing is overwritten" in again.stderr


def test_the_command_writes_here_when_no_root_is_set_and_tells_to_set_one(tmp_path):
    source = next(
        path.name
        for path in sorted((SHIPPED / "campaigns").iterdir())
        if "\nstart = " in (path / "campaign.toml").read_text("utf-8")
    )
    done = drumbeat("new", "campaign", "again", "--from", source, "--year", "2031", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "campaigns/again/calendar.toml").is_file()
    assert re.search(r"These \d+ lines still speak of the old year:\ncampaigns/again/", done.stdout)
    assert 'write roots = ["."] into config.toml' in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--blank",),
        ("--from", "x"),
        ("--year", "2031"),
        ("--blank", "--lang", "en"),
        ("--blank", "--lang", "en", "--hashtag", "A", "--year", "2031"),
    ],
)
def test_half_an_order_is_refused(tmp_path, words):
    done = drumbeat("new", "campaign", "bees", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert (
        "say either --from ID --year Y, or --blank --lang L --hashtag H, and all of it"
        in done.stderr
    )
    assert list(Path(tmp_path).iterdir()) == []


def test_a_source_that_does_not_exist_is_refused_with_the_nearest(tmp_path):
    name = min(path.name for path in (SHIPPED / "campaigns").iterdir())
    done = drumbeat("new", "campaign", "bees", "--from", name[:-1], "--year", "2031", cwd=tmp_path)
    assert done.returncode == 2
    assert f"did you mean '{name}'?" in done.stderr


@pytest.mark.parametrize("place", ["campaigns/bees/card.md", "content/fr/bees/card.j2"])
def test_what_a_link_leads_to_outside_of_the_roots_is_not_copied(tmp_path, place):
    root = pack(tmp_path / "theirs")
    secret = tmp_path / f"secret{Path(place).suffix}"
    secret.write_text("token")
    (root / place).symlink_to(secret)
    library, _ = read([root], today=TODAY)
    campaign = library.campaigns["bees"]
    with pytest.raises(DataError, match="can't be copied: it is a symbolic link that leads out"):
        new_campaign.copy(campaign, [root], tmp_path / "mine", "bees-again", 2031)
    assert not (tmp_path / "mine").exists()


def test_a_pipe_or_a_file_that_is_too_large_is_not_copied_but_named(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "MOST_OTHER", 20)
    root = pack(tmp_path / "theirs")
    (root / "campaigns/bees/notes.txt").write_text("x" * 21)
    os.mkfifo(root / "campaigns/bees/pipe")
    with pytest.raises(DataError) as refused:
        copied(root, tmp_path / "mine", 2031)
    assert [str(problem) for problem in refused.value.problems] == [
        f"{root}/campaigns/bees/notes.txt: (whole file): can't be copied: it has more than 20"
        " bytes; make it smaller",
        f"{root}/campaigns/bees/pipe: (whole file): can't be copied: it is no file but a pipe",
    ]
    assert not (tmp_path / "mine").exists()


def test_pictures_behind_a_link_within_the_root_are_copied_and_a_circle_ends(tmp_path):
    root = pack(tmp_path / "theirs")
    (root / "campaigns/bees/pictures").rename(root / "pictures")
    (root / "campaigns/bees/pictures").symlink_to("../../pictures")
    copied(root, tmp_path / "mine", 2031)
    assert (
        tmp_path / "mine/campaigns/bees-again/pictures/card.png"
    ).read_bytes() == b"\x89PNG 2021"
    (root / "campaigns/bees/again").symlink_to(".")
    with pytest.raises(DataError, match="folders stand too deep in each other"):
        copied(root, tmp_path / "third", 2031)


def test_a_link_in_the_root_leads_nothing_that_is_written_elsewhere(tmp_path):
    root = pack(tmp_path / "theirs")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "mine" / "content").mkdir(parents=True)
    (tmp_path / "mine" / "content" / "fr").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match=r"content/fr is a symbolic link that leads out of"):
        copied(root, tmp_path / "mine", 2031)
    assert everything(tmp_path / "elsewhere") == {}
    assert everything(tmp_path / "mine") == {}
