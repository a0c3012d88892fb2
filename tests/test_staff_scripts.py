"""Whole conversations of staff as scripts: ``@as 7 fr`` says whose terminal it is; the rest is as in test_chat_scripts.

7 and 8 are staff, everybody else is not. The language is the middle of the file's name.
"""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import house
import pytest

from bot.chat.terminal import Network, Terminal
from bot.config import Chat, Privacy, Safeguarding
from bot.jobs import plan
from bot.library import read, shipped_root
from bot.model import State
from bot.networks.dry import Network as Dry
from bot.networks.x import Network as X
from bot.render import Renderer

SCRIPTS = sorted((Path(__file__).parent / "chat_staff").glob("*.txt"))


@pytest.fixture(scope="module")
def library():
    found, problems = read([shipped_root()])
    assert not problems
    return found


@pytest.fixture
def stage(tmp_path, library):
    chat = replace(house.channel("telegram", network="telegram", review=True), target="@your_channel")
    x = house.channel("x", network="x", review=True, nudges=False)
    made = house.services(tmp_path, channels=(chat, x), quiet=house.NIGHT)
    network = Network(chat, {})
    settings = replace(
        made.settings,
        privacy=Privacy(controller="The Secretariat", contact="privacy@example.org", retention=365, url=None),
        safeguarding=Safeguarding(name="Ana", contact=77, retention=30),
        chat=Chat(staff=(7, 8)),
    )
    services = replace(
        made,
        library=library,
        active=(library.campaigns["endchildlabour2021"],),
        renderer=Renderer(library.roots, library.campaigns),
        settings=settings,
        networks={"telegram": network, "x": Dry(x, {}, stands_for=X)},
        dry={"x": "channel x is dry: no token"},
    )
    yield services, network
    services.store.close()


class Play:
    def __init__(self, stage, language):
        self.services, self.network = stage
        self.holds = self.services.store.holds
        self.now = datetime.fromisoformat("2021-04-20T08:00:00Z")
        self.heard: list[str] = []
        self.language = language
        self.become("7")

    def become(self, user):
        self.services.store.holds = self.holds
        self.terminal = Terminal(
            self.services,
            self.network,
            user=user,
            language=self.language,
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
            case "@as":
                self.heard.clear()
                self.become(words)
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
            assert not any(word in "\n".join(play.heard) for word in ("went wrong", "n’a pas marché", "salió mal"))


def test_every_flow_is_played_in_every_language():
    flows = {path.stem.rpartition(".")[0] for path in SCRIPTS}
    assert {path.stem for path in SCRIPTS} == {f"{flow}.{language}" for flow in flows for language in ("en", "es", "fr")}


async def test_what_is_scheduled_stands_in_the_outbox_like_any_other_post(stage):
    play = Play(stage, "en")
    for line in ("/post We meet on Monday. #EndChildLabour2021", "[x 38/280]", "[Go on]", "2021-04-21 10:00", "[Yes, schedule it]"):
        await play.terminal.line(line)
    services = play.services
    entry = next(e for e in services.store.listing.entries(State.AWAITING_APPROVAL) if e.action == "post:1")
    assert (entry.channel, entry.due, entry.expires - entry.due) == (
        "x",
        int(datetime.fromisoformat("2021-04-21T10:00:00Z").timestamp()),
        12 * 3600,
    )
    # planning again leaves it alone
    services.store.meta.put("planned", "")
    plan.run(services, play.now)
    assert services.store.listing.entry(entry.key).state is State.AWAITING_APPROVAL


async def test_a_form_of_staff_outlives_a_restart_though_nothing_else_is_stored_about_them(stage):
    play = Play(stage, "en")
    await play.terminal.line("/announce")
    play.become("7")
    await play.terminal.line("We meet on Monday.")
    assert "For: everybody" in "\n".join(play.heard)
