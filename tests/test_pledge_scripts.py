"""Whole conversations of pledge-makers and staff as scripts, each played in three languages: ``English | français | español`` in one line.

``@as 8`` says whose terminal it is (7 and 8 make pledges, 99 is staff), ``@restart`` starts the process anew, ``@now`` sets the clock and lets come what
is due; ``>`` is what they write or press, ``<`` what must have come, ``!`` what must not, ``{link}`` the last part of the last invitation.

What is in chat_pledges/ is true of every campaign: it is played in its own year and, six years on, in the campaign that has no year. What is in
chat_perennial/ is that one's own, or, where the script's ``@active`` says so, of both together.
"""

import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import house
import pytest

from bot.chat.terminal import Network, Terminal
from bot.config import Chat, Privacy, Safeguarding
from bot.library import read, shipped_root
from bot.render import Renderer

SCRIPTS = sorted((Path(__file__).parent / "chat_pledges").glob("*.txt"))
PERENNIAL = sorted((Path(__file__).parent / "chat_perennial").glob("*.txt"))

pytestmark = pytest.mark.usefixtures("telegram_takes")
LANGUAGES = ("en", "fr", "es")
YEARS = {"endchildlabour2021": "2021", "endchildlabour": "2027"}
PAST = {"endchildlabour2021": "7", "endchildlabour": "8"}
"""How many prompts lie behind in the middle of August: a campaign of every year has one in January, too."""


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
        privacy=Privacy(controller="The Secretariat", contact="privacy@example.org", retention=365, url=None),
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


class Play:
    def __init__(self, stage, column, campaign):
        services, self.network = stage
        self.services = replace(services, active=(services.library.campaigns[campaign],))
        self.column = column
        self.past = PAST[campaign]
        self.holds = self.services.store.holds
        self.now = datetime.fromisoformat("2021-02-20T08:00:00Z")
        self.heard: list[str] = []
        self.link = ""
        self.user = "7"
        self.terminals = {}

    @property
    def terminal(self):
        if self.user not in self.terminals:
            self.services.store.holds = self.holds
            terminal = Terminal(
                self.services,
                self.network,
                user=self.user,
                language=LANGUAGES[self.column],
                staff=False,
                clock=lambda: self.now,
                write=self._hear,
                fires=True,
            )
            self.terminals[self.user] = terminal, self.services.store.holds
        terminal, self.services.store.holds = self.terminals[self.user]
        return terminal

    def _hear(self, text):
        self.heard.append(text.replace("\u202f", " ").replace("\u00a0", " "))
        if found := re.search(r"start=(\S+)", text):
            self.link = found[1]

    def mine(self, words):
        columns = [part.strip() for part in words.split(" | ")]
        assert len(columns) in (1, 3), f"one or three columns: {words!r}"
        return columns[self.column % len(columns)].replace("{link}", self.link).replace("{past}", self.past)

    async def line(self, line):
        sign, _, rest = line.partition(" ")
        words, said = self.mine(rest), "\n".join(self.heard)
        match sign:
            case ">":
                self.heard.clear()
                await self.terminal.line(words)
            case "@active":
                self.services = replace(self.services, active=tuple(self.services.library.campaigns[name] for name in words.split()))
            case "@as":
                self.heard.clear()
                self.user = words
            case "@restart":
                # what stands on the person's screen stays there
                before = self.terminals.pop(self.user)[0]
                self.terminal._shown, self.terminal._last = before._shown, before._last
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


async def play(stage, script, column, campaign="endchildlabour2021"):
    playing = Play(stage, column, campaign)
    for number, line in enumerate(script.read_text("utf-8").replace("2021", YEARS[campaign]).splitlines(), 1):
        if line and not line.startswith("#"):
            try:
                await playing.line(line)
            except AssertionError as error:
                raise AssertionError(f"{script.name}:{number}: {error}") from None
            assert not any(word in "\n".join(playing.heard) for word in ("went wrong", "n’a pas marché", "salió mal")), number
    return playing


@pytest.mark.parametrize("column", range(3), ids=LANGUAGES)
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
@pytest.mark.parametrize("campaign", YEARS)
async def test_the_conversation_goes_as_written(script, column, campaign, stage):
    await play(stage, script, column, campaign)


@pytest.mark.parametrize("column", range(3), ids=LANGUAGES)
@pytest.mark.parametrize("script", PERENNIAL, ids=lambda path: path.stem)
async def test_so_does_that_of_the_campaign_of_every_year(script, column, stage):
    await play(stage, script, column)
