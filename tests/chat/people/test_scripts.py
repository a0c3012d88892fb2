"""Whole conversations of individuals as scripts (see `player`)."""

from dataclasses import replace
from pathlib import Path

import house
import pytest
from beside import play_in
from player import TEXTS, Player, typing
from stage import SAFEGUARDING, staged, stages_in
from tree import TOP, drawn, languages

from bot.files.frozen import read_files
from bot.render import Renderer

SCRIPTS = sorted((TOP / "tests" / "scripts" / "everybody").glob("*.txt"))

pytestmark = [pytest.mark.usefixtures("telegram_takes"), pytest.mark.turns]


def set_up(folder, library):
    channel = replace(house.channel("telegram", network="telegram"), target="@your_channel")
    return staged(folder, library, channel, safeguarding=SAFEGUARDING)


@pytest.fixture
def stages(tmp_path, library):
    """Opens a stage in a folder of its own."""
    with stages_in(tmp_path, lambda folder: set_up(folder, library)) as open_:
        yield open_


@pytest.fixture
def stage(stages):
    return stages("stage")


class Play(Player):
    def at_told(self, _words):
        """Every message about a child reaches the contact."""
        inbox, moment = self.services.store.inbox, int(self.now.timestamp())
        for flag in inbox.untold_flags():
            inbox.flag_left(flag.id, moment)


def player(stage, language):
    return Play(*stage, language=language, now="2021-05-01T10:00:00Z")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
async def test_the_conversation_goes_as_written(script, language, stages):
    if script.stem == "card" and language not in drawn():
        pytest.skip("no font that everybody has draws its letters")
    assert await play_in(language, script, lambda tag: player(stages(tag), tag))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
async def test_it_goes_the_same_when_what_stands_on_buttons_is_typed(script, stage):
    play = typing(player(stage, "en"))
    await play.play(script)
    assert play.typed or "> [" not in script.read_text("utf-8")


@pytest.mark.slow
async def test_an_english_label_left_in_a_catalogue_is_named(stages, tmp_path):
    shipped = Path("content", "fr", "chat", "words.toml")
    words = tmp_path / "left" / shipped
    words.parent.mkdir(parents=True)
    french = (TOP / shipped).read_text("utf-8")
    words.write_text(french.replace('done = "C’est fait"', 'done = "Done"', 1), "utf-8")

    def make(tag):
        services, network = stages(tag)
        if tag == "fr":
            roots = (tmp_path / "left", *services.library.roots)
            library = replace(services.library, files=read_files(roots))
            renderer = Renderer(library.files, library.campaigns)
            services = replace(services, library=library, renderer=renderer)
        return player((services, network), tag)

    script = TOP / "tests" / "scripts" / "everybody" / "nudge.txt"
    with pytest.raises(AssertionError, match=r"fr: nudge\.txt:5: English: \['Done'\]"):
        await play_in("fr", script, make)


@pytest.mark.parametrize("language", languages()[1:])
async def test_a_prescribed_post_is_offered_in_our_translation_too(language, stage):
    play = player(stage, language)
    prescribed = "While we celebrate labour day today"
    label = {
        key: f"[{TEXTS.label(key, language)}]"
        for key in ("agree", "share", "our_translation", "original")
    }
    for line in ("/start", f"[{TEXTS.languages()[language]}]", label["agree"], "/today"):
        await play.line(f"> {line}")
    await play.line(f"> {label['share']}")
    assert f"{label['our_translation']} {label['original']}" in play.said
    assert prescribed not in play.said
    await play.line(f"> {label['our_translation']}")
    assert "#LabourDay #EndChildLabour2021" in play.said
    assert prescribed not in play.said
    await play.line(f"> {label['share']}")
    await play.line(f"> {label['original']}")
    assert prescribed in play.said


async def test_without_a_contact_what_is_written_about_a_child_is_answered_with_whom_to_call(
    tmp_path, library
):
    channel = replace(house.channel("telegram", network="telegram"), target="@your_channel")
    stage = staged(tmp_path, library, channel)
    play = player(stage, "en")
    for line in (
        "> /danger",
        "< I can’t pass on what you write here, and nobody reads it.",
        "> A child works at night at the brick kiln.",
        "< I can’t pass this on, and nobody reads it here. Please call the emergency services",
        "! I can’t hold a conversation",
        "> /start",
        "> [English]",
        "> [Yes, I am old enough and I agree]",
        "> /settings",
        "> [Where I live]",
        "> Paris",
        "> /danger There is another child.",
        "< I can’t pass this on, and nobody reads it here. Please call:",
        "< Allô Enfance en Danger: 119",
        "! sante-sur-le-net",
        "> It is the kiln behind the station.",
        "< Allô Enfance en Danger: 119",
        "> [Where the numbers are from]",
        "< sante-sur-le-net",
    ):
        await play.line(line)
    assert stage[0].store.inbox.untold_flags() == []
    stage[0].store.close()
