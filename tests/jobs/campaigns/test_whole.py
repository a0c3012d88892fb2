"""A language that is offered is one that is whole: what is begun, and what lacks, is not."""

import shutil
from dataclasses import replace

import house
import pytest
from stage import staged
from tree import TOP, languages

from bot.chat.turn import InForce
from bot.files.frozen import read_files
from bot.jobs.campaigns.languages.beginning import begin
from bot.jobs.campaigns.languages.standing import sentences
from bot.library import read
from bot.render import Renderer
from bot.render.languages.whole import withheld


def renderer(root):
    return Renderer(read_files([root, TOP]), {})


@pytest.fixture
def german(tmp_path):
    """A root in which everything stands in English words as if it were German."""
    begin(read_files([TOP]), tmp_path, "de", [])
    for file in (tmp_path / "content" / "de").rglob("*.*"):
        text = file.read_text("utf-8").replace("{# untranslated #}", "")
        file.write_text(text.replace("# untranslated\n", ""), "utf-8")
    return tmp_path


def offers(root):
    made = renderer(root)
    return {
        "chat": "de" in made.chat.languages(),
        "public": "de" in made.tags("public").values(),
        "web": "de" in made.tags("web").values(),
    }


def test_what_is_whole_is_offered_everywhere(german):
    assert offers(german) == {"chat": True, "public": True, "web": True}
    assert withheld(read_files([german, TOP])) == []
    assert set(languages()) <= set(renderer(german).chat.languages())


@pytest.mark.parametrize(
    ("file", "old", "new", "lacking"),
    [
        ("chat/start.j2", "{% block first %}", "{% block first %}{# untranslated #}", "chat"),
        ("chat/start.j2", "{% block first %}", "{% block frist %}", "chat"),
        ("chat/words.toml", "today =", "# untranslated\ntoday =", "chat"),
        ("public.toml", "menu =", "menue =", "public"),
        ("web.toml", "[lost]", "[lsot]", "web"),
    ],
)
def test_what_lacks_a_text_is_not_offered_where_that_text_stands(german, file, old, new, lacking):
    there = german / "content" / "de" / file
    assert old in there.read_text("utf-8")
    there.write_text(there.read_text("utf-8").replace(old, new, 1), "utf-8")
    assert offers(german) == {part: part != lacking for part in ("chat", "public", "web")}
    told = dict(sentences(read_files([german, TOP]), {"de", "en", "es", "fr"}))
    assert "not offered in the chat or on pages" in told["de"]


def test_what_lacks_is_said_in_english_text_by_text(german):
    start = german / "content" / "de" / "chat" / "start.j2"
    start.write_text("{% block first %}\nZuerst\n{% endblock %}\n", "utf-8")
    shutil.rmtree(german / "content" / "de" / "mail")
    chat = renderer(german).chat
    assert chat.text("start.first", "de", {}) == "Zuerst"
    assert chat.text("start.which_language", "de", {}) == chat.text(
        "start.which_language", "en", {}
    )
    letter = renderer(german).page(
        "mail/frame", "greeting", language="de", fallback="en", variables={}
    )
    assert (letter.text, letter.language) == ("Hello,", "en")


def test_who_translates_sees_in_the_chat_what_is_translated_and_the_rest_in_english(german):
    start = german / "content" / "de" / "chat" / "start.j2"
    start.write_text("{% block first %}Zuerst{% endblock %}", "utf-8")
    channel = house.channel("telegram", network="telegram")
    services, _ = staged(german, read([german, TOP])[0], channel)
    trying = replace(services, renderer=services.renderer.offering("de"))
    texts = InForce.of(trying, "telegram").texts
    services.store.close()
    assert "de" in texts.languages()
    assert "de" not in renderer(german).chat.languages()
    assert texts.spoken("de-AT") == "de"
    assert texts.text("start.first", "de", {}) == "Zuerst"
    assert texts.text("start.join_first", "de", {}) == texts.text("start.join_first", "en", {})


def test_what_somebody_answers_for_stays_offered_when_a_release_brings_new_texts(german):
    (german / "content" / "de" / "chat" / "calls.j2").unlink()
    assert not offers(german)["chat"]
    own = german / "content" / "de" / "language.toml"
    own.write_text('accepted_by = "Uwe"\naccepted_on = 2027-01-31\n', "utf-8")
    assert offers(german)["chat"]


def test_a_longer_tag_is_whole_with_what_the_shorter_one_has(german):
    words = german / "content" / "de-CH" / "chat" / "words.toml"
    words.parent.mkdir(parents=True)
    words.write_text('name = "Schwiizerdütsch"\n', "utf-8")
    assert "de-CH" in renderer(german).chat.languages()
