"""Whole conversations of staff as scripts (see `player`).

``@lost telegram`` makes what is due there uncertain, ``@pause x why`` pauses a channel, both as the
sender does it.

7 and 8 are staff, everybody else is not.
"""

from dataclasses import replace
from datetime import datetime

import house
import pytest
from beside import play_in
from player import Player, typing
from stage import SAFEGUARDING, staged, stages_in
from tree import TOP, languages

from bot.config import Chat
from bot.jobs.planning import plan
from bot.jobs.sending.dispatch.meaning import uncertain_text
from bot.model import State
from bot.networks.dry.network import Network as Dry
from bot.networks.x.network import Network as X
from bot.rules.alerts import read

SCRIPTS = sorted((TOP / "tests" / "scripts" / "staff").glob("*.txt"))

pytestmark = [pytest.mark.usefixtures("telegram_takes"), pytest.mark.turns]


def set_up(folder, library):
    chat = replace(
        house.channel("telegram", network="telegram", review=True), target="@your_channel"
    )
    x = house.channel("x", network="x", review=True, nudges=False)
    services, network = staged(
        folder, library, chat, x, safeguarding=SAFEGUARDING, chat=Chat(staff=(7, 8))
    )
    networks = {**services.networks, "x": Dry(x, {}, stands_for=X)}
    services = replace(services, networks=networks, dry={"x": "channel x is dry: no token"})
    return services, network


@pytest.fixture
def stages(tmp_path, library):
    """Opens a stage in a folder of its own."""
    with stages_in(tmp_path, lambda folder: set_up(folder, library)) as open_:
        yield open_


@pytest.fixture
def stage(stages):
    return stages("stage")


class Play(Player):
    def __init__(self, stage, language):
        super().__init__(*stage, language=language, now="2021-04-20T08:00:00Z")

    def at_lost(self, channel):
        """The connection broke off while everything that is due was being sent."""
        moment, store = int(self.now.timestamp()), self.services.store
        plan.run(self.services, self.now)
        for entry in list(store.listing.entries()):
            if (
                entry.channel == channel
                and entry.due <= moment
                and entry.state in (State.AWAITING_APPROVAL, State.QUEUED)
            ):
                store.outbox.change(entry.key, [entry.state], State.UNCERTAIN)
        store.alerts.open(read("uncertain", channel, uncertain_text(channel), {}), moment)

    def at_pause(self, words):
        """The network refused the account."""
        channel, words = words.split(" ", 1)
        moment, store = int(self.now.timestamp()), self.services.store
        store.channels.pause(channel, words, moment)
        store.alerts.open(
            read("paused", channel, f"channel {channel} is paused: {words}", {"words": words}),
            moment,
        )


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
async def test_it_goes_the_same_when_what_stands_on_buttons_is_typed(script, stage):
    play = typing(Play(stage, "en"))
    await play.play(script)
    assert play.typed or "> [" not in script.read_text("utf-8")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
async def test_the_conversation_goes_as_written(script, language, stages):
    assert await play_in(language, script, lambda tag: Play(stages(tag), tag))


async def test_what_is_scheduled_stands_in_the_outbox_like_any_other_post(stage):
    play = Play(stage, "en")
    for line in (
        "/post We meet on Monday. #EndChildLabour2021",
        "[x 38/280]",
        "[Go on]",
        "2021-04-21 10:00",
        "[Yes, schedule it]",
    ):
        await play.terminal.line(line)
    services = play.services
    entry = next(
        e for e in services.store.listing.entries(State.AWAITING_APPROVAL) if e.action == "post:1"
    )
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
    play.at_restart()
    await play.terminal.line("We meet on Monday.")
    assert "For: everybody" in play.said
