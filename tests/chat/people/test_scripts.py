"""Whole conversations of individuals as scripts (see `player`).

The language is the middle of the file's name.
"""

from dataclasses import replace

import house
import pytest
from player import Player
from tree import TOP, languages

from bot.chat.terminal import Network
from bot.config import Privacy, Safeguarding
from bot.render import Renderer

SCRIPTS = sorted((TOP / "tests" / "scripts" / "everybody").glob("*.txt"))

pytestmark = [pytest.mark.usefixtures("telegram_takes"), pytest.mark.slow]
PRIVACY = Privacy(
    controller="The Secretariat", contact="privacy@example.org", retention=365, url=None
)


@pytest.fixture
def stage(tmp_path, library):
    channel = replace(house.channel("telegram", network="telegram"), target="@your_channel")
    made = house.services(tmp_path, channels=(channel,), quiet=house.NIGHT)
    network = Network(channel, {})
    services = replace(
        made,
        library=library,
        active=(library.campaigns["endchildlabour2021"],),
        renderer=Renderer(library.roots, library.campaigns),
        settings=replace(
            made.settings,
            privacy=PRIVACY,
            safeguarding=Safeguarding(name="Ana", contact=77, retention=30),
        ),
        networks={"telegram": network},
    )
    yield services, network
    services.store.close()


class Play(Player):
    def at_told(self, _words):
        """Every message about a child reaches the contact."""
        inbox, moment = self.services.store.inbox, int(self.now.timestamp())
        for flag in inbox.untold_flags(1):
            inbox.flag_left(flag.id, moment)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
async def test_the_conversation_goes_as_written(script, stage):
    play = Play(*stage, language=script.stem.rpartition(".")[2], now="2021-05-01T10:00:00Z")
    assert (await play.play(script)).looks


def test_every_flow_is_played_in_every_language():
    flows = {path.stem.rpartition(".")[0] for path in SCRIPTS}
    assert {path.stem for path in SCRIPTS} == {
        f"{flow}.{language}" for flow in flows for language in languages()
    }
