"""Data that a reload or `doctor` found clean are looked at no second time that day; whatever a check reads makes
them others.
"""

import json
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import helpers
import live
import pytest
import typer

from bot.app import open_store
from bot.cli.checked import check, check_new
from bot.cli.operations.doctor import doctor
from bot.config import load
from bot.jobs.campaigns import known
from bot.jobs.campaigns.limits import Told
from bot.library import read, shipped_root
from bot.model import Limits

TODAY = date(2030, 1, 1)
TOLD = {"chat": Told(limits=Limits(length=500, counter="utf16"), server="", at=datetime.now(UTC))}


@pytest.fixture
def settings(tmp_path):
    due = live.a_minute_ago() + timedelta(days=3)
    config = live.write(tmp_path, "http://127.0.0.1:9", live.action(day=due), due=due)
    read_settings, problems = load(config)
    assert not problems
    return read_settings


def words(settings):
    return settings.roots[0] / "content" / "en" / "trees" / "tree-day.j2"


def digest(settings, told=TOLD, today=TODAY):
    return known.digest(settings, read(settings.roots)[0], told, today)


def edited(settings):
    words(settings).write_text(words(settings).read_text() + " ")
    return digest(settings)


OTHERS = {
    "a file": edited,
    "the campaigns that play": lambda settings: digest(replace(settings, active=())),
    "the channels": lambda settings: digest(
        replace(settings, channels={"chat": replace(settings.channels["chat"], language="fr")})
    ),
    "what a server takes": lambda settings: digest(settings, told={}),
    "the day": lambda settings: digest(settings, today=TODAY + timedelta(days=1)),
}


@pytest.mark.parametrize("what", OTHERS)
def test_whatever_a_check_reads_makes_other_data(settings, what):
    assert digest(settings) == digest(settings)
    before = digest(settings)
    assert OTHERS[what](settings) != before


def test_another_version_of_drumbeat_looks_again(settings, monkeypatch):
    before = digest(settings)
    monkeypatch.setattr(known, "__version__", "999.0")
    assert digest(settings) != before


@pytest.mark.slow
def test_no_text_is_looked_at_that_was_found_clean_and_every_one_after_an_edit(settings):
    words(settings).write_text(words(settings).read_text() + "{% block pots %}Oops{% endblock %}")
    _, problems, mark = check_new(settings, only=["trees"])
    assert [problem.key for problem in problems] == ["pots"]
    with helpers.live(settings.file, live.LIVE) as services:
        known.remember_clean(services.store, mark)
    assert check_new(settings, only=["trees"])[1:] == ([], mark)
    assert check(settings, only=["trees"])[1] == problems, "who asks for a check has a whole one"
    words(settings).write_text(words(settings).read_text() + "\n")
    assert check_new(settings, only=["trees"])[1] == problems


def kept(settings):
    """Whether the database knows that the data as they stand are clean."""
    today, told = datetime.now(UTC).date(), {}
    mark = known.digest(settings, read([*settings.roots, shipped_root()])[0], told, today)
    with closing(open_store(settings, readonly=True)) as store:
        return known.is_clean(store, mark)


def looked_at(settings, capsys):
    """What `doctor` finds of the data."""
    with suppress(typer.Exit):
        doctor(json=True, config=settings.file)
    findings = json.loads(capsys.readouterr().out)["findings"]
    return [found["message"] for found in findings if found["check"] == "data"]


@pytest.mark.slow
def test_doctor_keeps_that_data_are_clean_and_looks_again_after_an_edit(settings, capsys):
    with helpers.live(settings.file, live.LIVE):
        pass
    assert not kept(settings)
    assert looked_at(settings, capsys) == ["no problems"]
    assert kept(settings)
    words(settings).write_text(words(settings).read_text() + "{% block pots %}Oops{% endblock %}")
    [found] = looked_at(settings, capsys)
    assert found.startswith("1 problem")
    assert not kept(settings), "what has problems is looked at each time"
    assert looked_at(settings, capsys) == [found]
