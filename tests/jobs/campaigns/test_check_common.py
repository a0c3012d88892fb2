"""`check` over what belongs to no campaign: chat, letters, documents, pages, word lists of each
language, and the data that all share.
"""

import shutil

import pytest

from bot.files.frozen import read_files
from bot.jobs.campaigns import check_common
from bot.library import shipped_root
from bot.render.chat import ChatTexts

pytestmark = pytest.mark.slow

CONTENT = shipped_root() / "content"


def found(root):
    return [str(problem) for problem in check_common.run(read_files([root, shipped_root()]))]


def put(root, name, text):
    file = root / "content" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def changed(root, name, old, new):
    """A copy of a shipped file with one change."""
    text = (CONTENT / name).read_text("utf-8")
    assert old in text
    put(root, name, text.replace(old, new, 1))


def test_what_is_shipped_has_no_problems():
    assert check_common.run(read_files([shipped_root()])) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (
            "fr/chat/ask.j2",
            "{% block thanks %}",
            "{% block tanks %}",
            "content/fr/chat/ask.j2: tanks: no text is called so; did you mean 'thanks'?",
        ),
        (
            "fr/chat/ask.j2",
            "{{ length",
            "{{ lenght",
            "content/fr/chat/ask.j2: text_too_long: 'lenght' isn't there; did you mean 'length'?",
        ),
        (
            "fr/chat/ask.j2",
            "{{ longest | number }}",
            "1000",
            "content/fr/chat/ask.j2: text_too_long: lacks 'longest', which en says; put it in",
        ),
        (
            "es/chat/start.j2",
            'word("link_audiences")',
            'word("link_audience")',
            """content/es/chat/start.j2: again_link: "word('link_audience')" isn't there; did you mean""",
        ),
        (
            "es/chat/staff.j2",
            'journey["done"]',
            'journey["dune"]',
            """content/es/chat/staff.j2: stats_steps: '["dune"]' isn't there; did you mean""",
        ),
        (
            "fr/chat/ask.j2",
            "{% block ask %}",
            "{% block ask %}{% if %}",
            "content/fr/chat/ask.j2: (whole file): line",
        ),
        (
            "es/chat/words.toml",
            'done = "',
            'dune = "',
            (
                "content/es/chat/words.toml: buttons.dune: nothing asks for it; did you mean"
                " 'buttons.done'?"
            ),
        ),
        (
            "es/chat/words.toml",
            'done = "Hecho"',
            'done = " "',
            "buttons.done: must be a text in quotes, and not empty",
        ),
        (
            "es/chat/words.toml",
            'name = "',
            "name = Español",
            "content/es/chat/words.toml: (whole file): is no valid TOML",
        ),
        ("en/chat/words.toml", 'today = "', f'today = "{"x" * 300}', "commands.today: has 3"),
        ("es/web.toml", "{until}", "{hasta}", "lacks {until}; {hasta} isn't there"),
        ("es/web.toml", "{until}", "{until", "has a brace too many or too few"),
        ("es/web.toml", " | other=# horas}", "}", "the plural lacks other=…, which es needs"),
        ("es/web.toml", "{hours | one", "{hours | two=# | one", "a plural in es has no two"),
        (
            "fr/smart.toml",
            'months = ["',
            'months = "',
            "content/fr/smart.toml: (whole file): is no valid TOML",
        ),
        (
            "handles.toml",
            'name = "[A-Za-z0-9_]{1,15}"',
            'name = "[A-Z"',
            "content/handles.toml: networks.x.name: can't be used: unterminated character set",
        ),
        (
            "freemail.toml",
            '"gmail.com"',
            '"Gmail.com"',
            "content/freemail.toml: domains: must be a list of texts in small letters",
        ),
        (
            "freemail.toml",
            "names = [",
            "nanes = [",
            "content/freemail.toml: names: is missing; add it",
        ),
        ("share.toml", 'takes = "text"', 'takes = "words"', "content/share.toml: target"),
    ],
)
def test_each_mistake_is_told_with_file_and_key(tmp_path, name, old, new, message):
    changed(tmp_path, name, old, new)
    assert any(message in line for line in found(tmp_path)), found(tmp_path)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (
            "chat/ask.j2",
            "{% block thanks %}",
            "{% block tanks %}",
            "content/de/chat/ask.j2: thanks: is missing; write {% block thanks %}",
        ),
        (
            "chat/words.toml",
            'done = "',
            'dune = "',
            "content/de/chat/words.toml: buttons.done: is missing; write it",
        ),
        (
            "mail/confirm.j2",
            "{% block subject %}",
            "{% block sujet %}",
            "content/de/mail/confirm.j2: subject: is missing",
        ),
    ],
)
def test_what_a_language_lacks_in_all_roots_is_told(tmp_path, name, old, new, message):
    shutil.copytree(CONTENT / "fr", tmp_path / "content" / "de")
    assert found(tmp_path) == []
    text = (CONTENT / "fr" / name).read_text("utf-8")
    assert old in text
    put(tmp_path, f"de/{name}", text.replace(old, new, 1))
    assert any(message in line for line in found(tmp_path)), found(tmp_path)


def test_a_root_may_have_a_part_of_the_texts_alone(tmp_path):
    put(tmp_path, "fr/chat/ask.j2", "{% block thanks %}Un grand merci !{% endblock %}")
    put(tmp_path, "fr/chat/words.toml", '[buttons]\ndone = "Fini"\n')
    assert found(tmp_path) == []
    texts = ChatTexts(read_files([tmp_path, shipped_root()]))
    shipped = ChatTexts(read_files([shipped_root()]))
    assert texts.text("ask.thanks", "fr", {}) == "Un grand merci !"
    assert texts.label("done", "fr") == "Fini"
    assert texts.text("ask.ask", "fr", {}) == shipped.text("ask.ask", "fr", {})
    assert texts.label("later", "fr") == shipped.label("later", "fr")
    assert texts.languages() == shipped.languages()


def test_a_half_language_is_told_text_by_text(tmp_path):
    put(tmp_path, "de/chat/words.toml", 'name = "Deutsch"\n')
    shutil.copy(CONTENT / "es" / "chat" / "ask.j2", tmp_path / "content" / "de" / "chat" / "ask.j2")
    said = found(tmp_path)
    assert any(
        line.startswith(
            "content/de/chat/start.j2: (whole file): is missing; write it with the blocks welcome"
        )
        for line in said
    )
    assert "content/de/chat/words.toml: buttons.done: is missing; write it" in said
    assert not any("ask.j2" in line or "/mail/" in line for line in said), (
        "a whole file is well, and letters in German nobody promised"
    )


def test_a_regional_language_needs_only_what_differs(tmp_path):
    put(
        tmp_path,
        "es-MX/chat/words.toml",
        'name = "Español (México)"\n[buttons]\ndone = "¡Listo!"\n',
    )
    put(tmp_path, "es-MX/chat/ask.j2", "{% block thanks %}¡Gracias!{% endblock %}")
    assert found(tmp_path) == []


def test_a_file_that_nobody_reads_is_told(tmp_path):
    put(tmp_path, "fr/chat/salutations.j2", "{% block a %}A{% endblock %}")
    put(tmp_path, "fr/mail/fotter.j2", "{% block leave %}A{% endblock %}")
    said = found(tmp_path)
    assert any(
        line.startswith("content/fr/chat/salutations.j2: (whole file): nothing reads this file")
        for line in said
    )
    assert any(
        "content/fr/mail/fotter.j2: (whole file): nothing reads this file; did you mean"
        " 'mail/footer.j2'?" in line
        for line in said
    )


def test_an_english_text_that_is_broken_is_told_once_and_hides_nothing_in_other_languages(tmp_path):
    changed(tmp_path, "en/chat/ask.j2", "{% endblock %}", "{% endblok %}")
    changed(tmp_path, "fr/chat/ask.j2", "{{ length", "{{ lenght")
    (english, *_), *others = [
        [each for each in found(tmp_path) if each.startswith(f"content/{tag}/chat/ask.j2: ")]
        for tag in ("en", "fr", "es")
    ]
    assert "endblok" in english
    assert [len(each) for each in others] == [2, 0]
    assert "'lenght' isn't there" in others[0][0]


def test_another_encoding_is_told_with_its_line(tmp_path):
    file = tmp_path / "content" / "fr" / "web.toml"
    file.parent.mkdir(parents=True)
    file.write_bytes('[lost]\ntitle = "é"\n'.encode("latin-1"))
    assert any(
        "content/fr/web.toml: (whole file): is not written in UTF-8 (line 2)" in line
        for line in found(tmp_path)
    )


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (
            "fr/chat/ask.j2",
            "{% block text_too_long %}",
            "\nVoilà !\n{% block text_too_long %}",
            "fr/chat/ask.j2: (whole file): line 6: stands in no block, so nobody ever sees it:"
            " 'Voilà !'; put it into one, or take it out",
        ),
        (
            "es/mail/footer.j2",
            "{% block report %}",
            "{% if report %}{{ report }}{% endif %}\n{% block report %}",
            "es/mail/footer.j2: (whole file): line 2: stands in no block",
        ),
        (
            "fr/documents/pledge.j2",
            "{% block title %}",
            f"{'mot ' * 30}\n{{% block title %}}",
            f"fr/documents/pledge.j2: (whole file): line 2: stands in no block, so nobody ever"
            f" sees it: '{('mot ' * 15).strip()}…'",
        ),
    ],
)
def test_text_that_stands_in_no_block_is_told_with_its_line_and_beginning(
    tmp_path, name, old, new, message
):
    changed(tmp_path, name, old, new)
    assert [line for line in found(tmp_path) if message in line], found(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('one="# message", ', "", "the plural lacks one=…, which fr needs"),
        (
            'one="# message", ',
            'one="# message", few="# messages", ',
            "a plural in fr has no few; it has one, many, other",
        ),
    ],
)
def test_forms_of_a_plural_that_lack_or_that_the_language_never_takes_are_told(
    tmp_path, old, new, message
):
    text = (CONTENT / "fr" / "chat" / "staff.j2").read_text("utf-8")
    line = text[: text.index(old)].count("\n") + 1
    changed(tmp_path, "fr/chat/staff.j2", old, new)
    assert found(tmp_path) == [f"content/fr/chat/staff.j2: sheet_wave: line {line}: {message}"]


def test_what_english_leaves_out_where_the_bot_runs_no_other_language_need_say(tmp_path):
    changed(tmp_path, "en/chat/ask.j2", "; at most {{ longest | number }} are allowed", "")
    changed(tmp_path, "fr/chat/ask.j2", ", pour {{ longest | number }} au plus", "")
    assert found(tmp_path) == []


def test_a_block_that_was_split_is_told_once_with_its_new_names(tmp_path):
    text = (CONTENT / "fr" / "chat" / "pledge_staff.j2").read_text("utf-8")
    rest = text[text.index("{% endblock %}", text.index("{% block told_rejected %}")) :]
    put(
        tmp_path,
        "fr/chat/pledge_staff.j2",
        text[: text.index("{% block told_approved_verified %}")]
        + "{% block told %}Nouvelles."
        + rest,
    )
    assert found(tmp_path) == [
        "content/fr/chat/pledge_staff.j2: told: is a block for each kind now; it is used for one"
        " more release: write told_approved_verified, told_approved_unverified, told_published,"
        " told_published_at, told_result_shown, told_result_shown_at, told_result_hidden,"
        " told_result_changed, told_verified_approved, told_verified_waits, told_returned_chat, told_returned_contact,"
        " told_returned, told_rejected_chat, told_rejected_contact, told_rejected in its place"
    ]
