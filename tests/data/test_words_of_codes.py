"""Words for codes: tables of words.toml that templates of the chat look up."""

import pytest

from bot.errors import RenderError
from bot.files.frozen import read_files
from bot.library import shipped_root
from bot.render.chat import ChatTexts


def put(root, language, words, template=None):
    folder = root / "content" / language / "chat"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "words.toml").write_text(f'name = "x"\n{words}', "utf-8")
    if template:
        (folder / "states.j2").write_text(f"{{% block now %}}{template}{{% endblock %}}", "utf-8")
    return root


TEMPLATE = '{{ state | word("states") }}'


def say(roots, language, state):
    return ChatTexts(read_files(roots)).text("states.now", language, {"state": state})


def test_a_code_is_said_by_its_word(tmp_path):
    put(tmp_path, "en", '[states]\ndraft = "a draft"\n', TEMPLATE)
    assert say([tmp_path], "en", "draft") == "a draft"


def test_other_stands_for_every_code_without_a_word(tmp_path):
    put(tmp_path, "en", '[states]\ndraft = "a draft"\nother = "unclear"\n', TEMPLATE)
    assert say([tmp_path], "en", "lost") == "unclear"


def test_a_code_speaks_for_itself_where_nothing_else_does(tmp_path):
    put(tmp_path, "en", '[states]\ndraft = "a draft"\n', TEMPLATE)
    assert say([tmp_path], "en", "lost") == "lost"


def test_a_table_that_is_not_there_is_an_error(tmp_path):
    put(tmp_path, "en", "", TEMPLATE)
    with pytest.raises(RenderError, match="there is no table 'states'"):
        say([tmp_path], "en", "draft")


def test_what_a_roots_own_words_lack_comes_from_the_same_language_of_the_next_root(tmp_path):
    own = put(tmp_path / "own", "fr", '[buttons]\ndone = "Fini"\n')
    shipped = put(tmp_path / "shipped", "fr", '[states]\ndraft = "un brouillon"\n', TEMPLATE)
    put(shipped, "en", '[states]\ndraft = "a draft"\n', TEMPLATE)
    assert say([own, shipped], "fr", "draft") == "un brouillon"


def test_a_roots_own_block_of_before_is_used_where_kinds_have_blocks_now(tmp_path):
    folder = tmp_path / "content" / "en" / "chat"
    folder.mkdir(parents=True)
    (folder / "words.toml").write_text('name = "x"\n', "utf-8")
    (folder / "pledge_staff.j2").write_text(
        '{% block told %}{% if what == "approved" %}Ours!{% endif %}{% endblock %}', "utf-8"
    )
    texts = ChatTexts(read_files([tmp_path, shipped_root()]))
    assert texts.text("pledge_staff.told_approved_verified", "en", {"what": "approved"}) == "Ours!"
