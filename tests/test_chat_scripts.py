"""Whole conversations as scripts, through the terminal's door: ``>`` what a person writes or presses, ``<`` what must come back, ``!`` what must not.

``@now`` sets the clock and lets fall due what is due. The language is the middle of the file's name.
"""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import house
import pytest

from bot.chat.terminal import Network, Terminal
from bot.config import Privacy, Safeguarding
from bot.library import read, shipped_root
from bot.render import Renderer

SCRIPTS = sorted((Path(__file__).parent / "chat").glob("*.txt"))
PRIVACY = Privacy(controller="The Secretariat", contact="privacy@example.org", retention=365, url=None)


@pytest.fixture(scope="module")
def library():
    found, problems = read([shipped_root()])
    assert not problems
    return found


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
        settings=replace(made.settings, privacy=PRIVACY, safeguarding=Safeguarding(name="Ana", contact=77, retention=30)),
        networks={"telegram": network},
    )
    yield services, network
    services.store.close()


class Play:
    def __init__(self, stage, language):
        services, network = stage
        self.now = datetime.fromisoformat("2021-05-01T10:00:00Z")
        self.heard: list[str] = []
        self.terminal = Terminal(
            services,
            network,
            user="7",
            language=language,
            staff=False,
            clock=lambda: self.now,
            write=self.heard.append,
            fires=True,
        )

    async def line(self, line):
        sign, _, words = line.partition(" ")
        said = "\n".join(self.heard)
        match sign:
            case ">":
                self.heard.clear()
                await self.terminal.line(words)
            case "@now":
                self.now = datetime.fromisoformat(words)
                self.heard.clear()
                await self.terminal.fire()
            case "<":
                assert words in said, f"{words!r} did not come, but:\n{said}"
            case "!":
                assert words not in said, f"{words!r} came:\n{said}"
            case _:
                raise AssertionError(f"no such line: {line!r}")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
async def test_the_conversation_goes_as_written(script, stage):
    play = Play(stage, script.stem.rpartition(".")[2])
    for number, line in enumerate(script.read_text("utf-8").splitlines(), 1):
        if line and not line.startswith("#"):
            try:
                await play.line(line)
            except AssertionError as error:
                raise AssertionError(f"{script.name}:{number}: {error}") from None
            assert "went wrong" not in "\n".join(play.heard)


def test_every_flow_is_played_in_every_language():
    flows = {path.stem.rpartition(".")[0] for path in SCRIPTS}
    assert {path.stem for path in SCRIPTS} == {f"{flow}.{language}" for flow in flows for language in ("en", "es", "fr")}
