"""What there is to do: a quick thing that is only a text to share, other texts to share, and how far
somebody is.
"""

from datetime import date

import house
import pytest
from player import Player
from stage import staged

from bot.library import read, shipped_root
from bot.model import Audience
from bot.model.staff import Actor
from bot.rules import planner

CAMPAIGN = """
language = "en"
languages = ["en"]
hashtag = "#CleanRivers"
source = "a test"
"""
CALENDAR = """
[[action]]
id = "tell-a-friend"
kind = "quick"
source = "a test"
"""
TEXTS = """
{% block title %}Tell a friend{% endblock %}
{% block share %}Rivers are ours.{% endblock %}
{% block share_2 %}Rivers are everybody’s.{% endblock %}
"""


@pytest.fixture
def rivers(tmp_path):
    for name, text in {
        "campaigns/rivers/campaign.toml": CAMPAIGN,
        "campaigns/rivers/calendar.toml": CALENDAR,
        "content/en/rivers/words.toml": 'title = "Rivers"\nabout = "Clean rivers."\n',
        "content/en/rivers/tell-a-friend.j2": TEXTS,
    }.items():
        file = tmp_path / "root" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    library, problems = read([tmp_path / "root", shipped_root()])
    assert problems == []
    stage = staged(
        tmp_path, library, house.channel("telegram", network="telegram"), active=("rivers",)
    )
    yield Player(*stage, language="en", now="2021-05-01T10:00:00Z")
    stage[0].store.close()


async def test_a_quick_thing_with_a_title_and_a_text_to_share_is_shown_with_it(rivers):
    for line in ("/start", "[English]", "[Yes, I am old enough and I agree]"):
        await rivers.line(f"> {line}")
    assert "Here is a first thing that you can do:\n\nTell a friend" in rivers.said
    assert "[Share]" in rivers.said
    await rivers.line("> /quick")
    await rivers.line("> [1]")
    assert "Rivers are" in rivers.said
    assert "waits for its page" not in rivers.said


async def test_other_texts_to_share_come_in_turns(rivers):
    for line in ("/start", "[English]", "[Yes, I am old enough and I agree]", "[Share]"):
        await rivers.line(f"> {line}")
    said = []
    for _ in range(3):
        said.append(rivers.said.partition("\n")[0])
        await rivers.line("> [Another text]")
    assert said == ["Rivers are everybody’s.", "Rivers are ours.", "Rivers are everybody’s."]


async def test_today_says_the_words_that_staff_put_in_the_place_of_its_own(tmp_path):
    library, _ = read([shipped_root()])
    services, network = staged(
        tmp_path, library, house.channel("telegram", network="telegram", nudges=True)
    )
    player = Player(services, network, language="en", now="2021-05-01T10:00:00Z")
    for line in ("/start", "[English]", "[Yes, I am old enough and I agree]"):
        await player.line(f"> {line}")
    day, kept = date(2021, 5, 1), services.store.rewordings
    [about] = [
        each
        for each in planner.occurrences(services.active, day, day)
        if each.audience is Audience.INDIVIDUAL and each.nudge
    ]
    kept.put(about, 1, "en", "Quite other words.", Actor.staff("1"), 0)
    await player.line("> /today")
    assert "Quite other words." not in player.said, "nobody has approved them"
    kept.approve(about, 1, "en", kept.find(about, 1, "en").digest_now, Actor.staff("2"), 0)
    await player.line("> /today")
    assert "Quite other words." in player.said
    services.store.close()
