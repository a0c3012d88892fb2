"""Invented figures: the same for a seed, on each network, with a day that nobody saw, and named."""

from dataclasses import replace
from datetime import date

import house
import pytest

from bot.files.frozen import read_files
from bot.jobs.counting import figures
from bot.jobs.rehearsal import invented
from bot.library import shipped_root
from bot.model import YearlyDay
from bot.render import Renderer

START, END = date(2021, 4, 1), date(2021, 6, 30)


@pytest.fixture
def services(tmp_path):
    deed = house.action(observance="tree-day", when=YearlyDay(month=5, day=1))
    made = house.services(tmp_path, house.campaign(deed))
    # the words of figures come with drumbeat
    renderer = Renderer(read_files((tmp_path, shipped_root())), made.library.campaigns)
    yield replace(made, renderer=renderer, rehearsal=True)
    made.store.close()


def counted(services):
    [campaign] = services.active
    whole = figures.figures(services, campaign, START, END, after())
    return campaign, whole


def after():
    return figures.hashtags.midnight(END) + 2 * figures.DAY


def test_each_network_has_figures_that_say_what_they_are(services):
    invented.add(services, START, END, seed=3)
    campaign, whole = counted(services)
    assert {each.usage.network for each in whole.counted} == {"bluesky", "mastodon", "x"}
    for each in whole.counted:
        assert each.usage.source == "rehearsal"
        assert each.usage.blind == (invented.BLIND,)
        assert figures.chart(services, campaign, each, "en").note
        days = {day.day: day.uses for day in each.usage.days}
        assert None in days.values()
        assert days[date(2021, 5, 1)] >= 80


def test_a_seed_gives_the_same_figures_and_a_second_time_adds_none(services):
    invented.add(services, START, END, seed=3)
    before = services.store.samples.newest()
    invented.add(services, START, END, seed=3)
    assert services.store.samples.newest() == before
    invented.add(services, START, END, seed=4)
    assert services.store.samples.newest() > before


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "1 May"), ("es", "1 de mayo"), ("fr", "1er mai"), ("pt", "1º de maio")],
)
def test_days_are_said_as_a_language_says_them(services, language, said):
    invented.add(services, START, END, seed=3)
    campaign, whole = counted(services)
    assert said in figures.chart(services, campaign, whole.counted[0], language).description
