"""Whole conversations of pledge-makers and staff as scripts (see `player`), each played in three
languages: ``English | français | español`` in one line.

7 and 8 make pledges, 99 is staff; ``{link}`` is the last part of the last invitation.

What is in scripts/pledges/ is true of every campaign: it is played in its own year and, six years
on, in the campaign that has no year. What is in chat_perennial/ is that one's own, or, where the
script's ``@active`` says so, of both together.
"""

from dataclasses import replace

import house
import pytest
from pledge_player import LANGUAGES, Play
from tree import TOP

from bot.chat.terminal import Network
from bot.config import Chat, Privacy, Safeguarding
from bot.render import Renderer

SCRIPTS = sorted((TOP / "tests" / "scripts" / "pledges").glob("*.txt"))
PERENNIAL = sorted((TOP / "tests" / "scripts" / "perennial").glob("*.txt"))

pytestmark = [pytest.mark.usefixtures("telegram_takes"), pytest.mark.slow]
YEARS = {"endchildlabour2021": "2021", "endchildlabour": "2027"}


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
