"""Whole conversations of pledge-makers and staff as scripts (see `player`).

7 and 8 make pledges, 99 is staff; ``{link}`` is the last part of the last invitation.

What is in scripts/pledges/ is true of every campaign: it is played in its own year and, six years
on, in the campaign that has no year, but for what counts the months of a year that is no pledge's
own. What is in scripts/perennial/ is that one's own, or, where the
script's ``@active`` says so, of both together.
"""

import house
import pytest
from beside import play_in
from player import TEXTS, typing
from pledging.player import Play
from stage import SAFEGUARDING, staged, stages_in
from tree import TOP, languages

from bot.config import Chat

SCRIPTS = sorted((TOP / "tests" / "scripts" / "pledges").glob("*.txt"))
PERENNIAL = sorted((TOP / "tests" / "scripts" / "perennial").glob("*.txt"))

pytestmark = [pytest.mark.usefixtures("telegram_takes"), pytest.mark.slow]
OF_A_YEAR = {"asking", "august", "journey", "result"}
YEARS = {"endchildlabour2021": "2021", "endchildlabour": "2027"}


def set_up(folder, library):
    channel = house.channel("telegram", network="telegram")
    return staged(
        folder, library, channel, active=(), safeguarding=SAFEGUARDING, chat=Chat(staff=(99,))
    )


@pytest.fixture
def stages(tmp_path, library):
    """Opens a stage in a folder of its own."""
    with stages_in(tmp_path, lambda folder: set_up(folder, library)) as open_:
        yield open_


@pytest.fixture
def stage(stages):
    return stages("stage")


async def play(stages, script, language, campaign="endchildlabour2021"):
    text = script.read_text("utf-8").replace("2021", YEARS[campaign])
    return await play_in(language, script, lambda tag: Play(stages(tag), tag, campaign), text)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    ("campaign", "script"),
    [
        pytest.param(campaign, script, id=f"{campaign}-{script.stem}")
        for campaign in YEARS
        for script in SCRIPTS
        if YEARS[campaign] == "2021" or script.stem not in OF_A_YEAR
    ],
)
async def test_the_conversation_goes_as_written(script, language, campaign, stages):
    assert await play(stages, script, language, campaign)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
async def test_it_goes_the_same_when_what_stands_on_buttons_is_typed(script, stage):
    play = typing(Play(stage, "en", "endchildlabour2021"))
    await play.play(script)
    assert play.typed


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("script", PERENNIAL, ids=lambda path: path.stem)
async def test_so_does_that_of_the_campaign_of_every_year(script, language, stages):
    assert await play(stages, script, language)


@pytest.mark.parametrize(
    ("language", "own_name", "none", "once", "twice"),
    [
        ("fr", "Français", "0 mot sur 20", "1 mot sur 20", "2 mots sur 20"),
        ("es", "Español", "0 de 20 palabras", "1 de 20 palabras", "2 de 20 palabras"),
        ("pt", "Português", "0 de 20 palavras", "1 de 20 palavras", "2 de 20 palavras"),
    ],
)
async def test_words_are_counted_as_the_language_counts(
    language, own_name, none, once, twice, stage
):
    play = Play(stage, language, "endchildlabour2021")
    labels = [
        TEXTS.label(key, language)
        for key in ("agree", "pledge_begin", "individual", "pledge_agree")
    ]
    agree, make, myself, begin = (f"> [{label}]" for label in labels)
    for line in ("> /start", f"> [{own_name}]", agree, "> /pledge", make, myself, begin):
        await play.line(line)
    assert none in play.said
    await play.line("> Dialogar")
    assert once in play.said
    await play.line("> /pledge")
    await play.line(f"> [{TEXTS.label('pledge_go_on', language)}]")
    await play.line(f"> [{TEXTS.label('back', language)}]")
    await play.line("> Dialogar bien")
    assert twice in play.said
