"""Whole conversations of pledge-makers and staff as scripts (see `player`), each played in three
languages: ``English | français | español`` in one line.

7 and 8 make pledges, 99 is staff; ``{link}`` is the last part of the last invitation.

What is in scripts/pledges/ is true of every campaign: it is played in its own year and, six years
on, in the campaign that has no year. What is in chat_perennial/ is that one's own, or, where the
script's ``@active`` says so, of both together.
"""

import re
from dataclasses import replace
from pathlib import Path

import house
import pytest
from player import Player

from bot.chat.terminal import Network
from bot.config import Chat, Privacy, Safeguarding
from bot.library import read, shipped_root
from bot.render import Renderer

SCRIPTS = sorted((Path(__file__).parents[1] / "scripts" / "pledges").glob("*.txt"))
PERENNIAL = sorted((Path(__file__).parents[1] / "scripts" / "perennial").glob("*.txt"))

pytestmark = pytest.mark.usefixtures("telegram_takes")
LANGUAGES = ("en", "fr", "es")
YEARS = {"endchildlabour2021": "2021", "endchildlabour": "2027"}
PAST = {"endchildlabour2021": "7", "endchildlabour": "8"}
"""How many prompts lie behind in the middle of August: a campaign of every year has one in January,
too.
"""


@pytest.fixture(scope="module")
def library():
    found, problems = read([shipped_root()])
    assert not problems
    return found


@pytest.fixture
def stage(tmp_path, library):
    channel = house.channel("telegram", network="telegram")
    made = house.services(tmp_path, channels=(channel,), quiet=house.NIGHT)
    network = Network(channel, {})
    settings = replace(
        made.settings,
        privacy=Privacy(
            controller="The Secretariat", contact="privacy@example.org", retention=365, url=None
        ),
        safeguarding=Safeguarding(name="Ana", contact=77, retention=30),
        chat=Chat(staff=(99,)),
    )
    services = replace(
        made,
        library=library,
        renderer=Renderer(library.roots, library.campaigns),
        settings=settings,
        networks={"telegram": network},
    )
    yield services, network
    services.store.close()


class Play(Player):
    def __init__(self, stage, column, campaign):
        services, network = stage
        services = replace(services, active=(services.library.campaigns[campaign],))
        super().__init__(services, network, language=LANGUAGES[column], now="2021-02-20T08:00:00Z")
        self.column = column
        self.past = PAST[campaign]
        self.link = ""

    def hear(self, text):
        super().hear(text.replace("\u202f", " ").replace("\u00a0", " "))
        if found := re.search(r"start=(\S+)", text):
            self.link = found[1]

    def words(self, rest):
        columns = [part.strip() for part in rest.split(" | ")]
        assert len(columns) in (1, 3), f"one or three columns: {rest!r}"
        return (
            columns[self.column % len(columns)]
            .replace("{link}", self.link)
            .replace("{past}", self.past)
        )

    def at_active(self, words):
        self.services = replace(
            self.services,
            active=tuple(self.services.library.campaigns[name] for name in words.split()),
        )


async def play(stage, script, column, campaign="endchildlabour2021"):
    return await Play(stage, column, campaign).play(
        script, script.read_text("utf-8").replace("2021", YEARS[campaign])
    )


@pytest.mark.parametrize("column", range(3), ids=LANGUAGES)
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
@pytest.mark.parametrize("campaign", YEARS)
async def test_the_conversation_goes_as_written(script, column, campaign, stage):
    assert (await play(stage, script, column, campaign)).looks


@pytest.mark.parametrize("column", range(3), ids=LANGUAGES)
@pytest.mark.parametrize("script", PERENNIAL, ids=lambda path: path.stem)
async def test_so_does_that_of_the_campaign_of_every_year(script, column, stage):
    assert (await play(stage, script, column)).looks
