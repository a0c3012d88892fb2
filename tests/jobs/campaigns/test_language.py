"""`drumbeat new language`: every file and text that is to be translated, marked until it is."""

import codecs
import json
import re
import tomllib
from pathlib import Path

import pytest

from bot.errors import DataError, UsageError
from bot.files import editing
from bot.files.frozen import read_files
from bot.jobs.campaigns.languages.beginning import (
    begin,
    marked,
    marks_left,
    reword,
    untranslated,
)
from bot.jobs.campaigns.new import blank
from bot.library import shipped_root

SHIPPED = read_files([shipped_root()])
FRAME = ("chat", "desk.toml", "documents", "mail", "public.toml", "smart.toml", "web.toml")


@pytest.fixture
def bees(tmp_path):
    blank(tmp_path, "bees", "en", "#Bees")
    words = tmp_path / "content" / "en" / "bees" / "words.toml"
    words.write_text('title = "Bees"\nabout = "Room for {all} bees"\n', "utf-8")
    (tmp_path / "config.toml").write_text('roots = ["."]\nactive = ["bees"]\n', "utf-8")
    for name in ("campaign.toml", "calendar.toml"):
        file = tmp_path / "campaigns" / "bees" / name
        file.write_text(file.read_text("utf-8").replace('source = ""', 'source = "us"'), "utf-8")
    step = tmp_path / "content" / "en" / "bees" / "first-step.j2"
    blocks = ("title", "nudge", "share", "post")
    texts = [f"{{% block {name} %}}Plant for {name} #Bees{{% endblock %}}" for name in blocks]
    step.write_text("\n".join(texts), "utf-8")
    return tmp_path


def without_marks(text):
    return text.replace("{# untranslated #}", "").replace("# untranslated\n", "")


def test_a_language_gets_every_file_of_the_frame_and_of_the_campaign(command, bees):
    code, out, err = command("new", "language", "de")
    assert (code, err) == (0, "")
    assert "content/de/bees: 2 files" in out
    assert 'add "de" to languages in campaigns/bees/campaign.toml\n' in out
    for part in (*FRAME, "bees"):
        english = shipped_root() / "content" / "en" / part
        english = english if english.exists() else bees / "content" / "en" / part
        for file in english.rglob("*") if english.is_dir() else [english]:
            written = bees / "content" / "de" / part / file.relative_to(english)
            assert without_marks(written.read_text("utf-8")) == file.read_text("utf-8")


@pytest.mark.slow
def test_check_names_what_is_not_translated_until_nothing_is_left(command, bees):
    assert command("check")[0] == 0
    command("new", "language", "fr")
    listed = bees / "campaigns" / "bees" / "campaign.toml"
    text = listed.read_text("utf-8").replace('languages = ["en"]', 'languages = ["en", "fr"]')
    listed.write_text(text, "utf-8")
    code, out, _ = command("check")
    assert code == 1
    assert out.splitlines() == [
        "content/fr/bees/first-step.j2: title, nudge, share, post: are not translated yet;"
        " translate each, and take its mark “untranslated” away",
        "content/fr/bees/words.toml: title, about: are not translated yet;"
        " translate each, and take its mark “untranslated” away",
        "2 problems.",
    ]
    for file in (bees / "content" / "fr" / "bees").iterdir():
        file.write_text(without_marks(file.read_text("utf-8")), "utf-8")
    assert command("check")[0] == 0


def test_what_is_there_already_is_neither_written_again_nor_marked(command, bees):
    words = bees / "content" / "fr" / "bees" / "words.toml"
    words.parent.mkdir(parents=True)
    words.write_text('title = "Abeilles"\nabout = "De la place"\n', "utf-8")
    code, out, _ = command("new", "language", "fr")
    assert (code, out.splitlines()[0]) == (0, "content/fr/bees: 1 file")
    assert words.read_text("utf-8").startswith('title = "Abeilles"')
    code, _, err = command("new", "language", "fr")
    assert code == 2
    assert "lacks no text" in err


def test_a_campaign_can_be_translated_and_the_bot_itself_left_in_english(command, bees):
    code, out, _ = command("new", "language", "tr", "--campaigns-only")
    assert (code, out.splitlines()[0]) == (0, "content/tr/bees: 2 files")
    assert "delete" not in out
    assert [path.name for path in (bees / "content" / "tr").iterdir()] == ["bees"]
    out = command("new", "language", "tr")[1]
    own = ", ".join(str(Path("content", "tr", part)) for part in FRAME)
    assert (
        f"leave the bot's own words as they are: delete {own} (another time: --campaigns-only)"
        in out
    )


@pytest.mark.slow
def test_of_a_listed_language_of_which_nothing_is_there_check_says_how_to_begin(command, bees):
    listed = bees / "campaigns" / "bees" / "campaign.toml"
    text = listed.read_text("utf-8").replace('languages = ["en"]', 'languages = ["en", "tr"]')
    listed.write_text(text, "utf-8")
    code, out, _ = command("check")
    assert (code, out.splitlines()) == (
        1,
        [
            "content/tr/bees: (whole file): is not there; `drumbeat new language tr --campaign bees"
            " --campaigns-only` begins it",
            "1 problem.",
        ],
    )
    assert command("new", "language", "tr", "--campaign", "bees", "--campaigns-only")[0] == 0
    assert "are not translated yet" in command("check")[1]


def test_a_language_can_be_translated_from_another_than_the_original(command, bees):
    code, _, _ = command("new", "language", "de", "--from", "es")
    assert code == 0
    begun = bees / "content" / "de"
    spanish = shipped_root() / "content" / "es" / "web.toml"
    assert without_marks((begun / "web.toml").read_text("utf-8")) == spanish.read_text("utf-8")
    # the campaign has no Spanish, so it comes from its own language
    assert "Plant for title" in (begun / "bees" / "first-step.j2").read_text("utf-8")
    terms = (begun / "language.toml").read_text("utf-8")
    assert '\nreviewed_by = ""\n\n# What' in terms
    assert '\n[terms]\n# untranslated\n"child labour" = "trabajo infantil"\n' in terms
    assert "accepted" not in terms
    assert "sources" not in terms
    code, _, err = command("new", "language", "it", "--from", "fre")
    assert (code, "from 'fre'; did you mean 'fr'?" in err) == (2, True)


def test_a_longer_tag_takes_the_frame_from_the_shorter_one(tmp_path):
    with pytest.raises(UsageError, match="lacks no text"):
        begin(SHIPPED, tmp_path, "fr-CA", [])
    with pytest.raises(UsageError, match="is no language tag"):
        begin(SHIPPED, tmp_path, "german", [])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["chat/words.toml", "smart.toml", "web.toml", "mail/footer.j2"])
def test_marks_leave_a_file_whole_and_stand_at_each_text(name):
    text = (shipped_root() / "content" / "en" / name).read_text("utf-8")
    after = marked(name, text)
    assert without_marks(after) == text
    assert after != text
    if name.endswith(".toml"):
        assert tomllib.loads(after) == tomllib.loads(text)


def test_what_has_no_words_is_not_marked_and_lists_and_long_texts_are_marked_once():
    table = '[a]\nversion = "1"\ngap = "{name}"\nlist = [\n  "x = y",\n]\n'
    table += 'long = """\nkey = of words\n"""\n'
    after = marked("words.toml", table)
    assert after.count("# untranslated") == 2
    assert tomllib.loads(after) == tomllib.loads(table)
    plain = "{% block share %}{{ prescribed }}{% endblock %}"
    assert marked("day.j2", plain) == plain
    plural = '{% block n %}{{ count | plural(one="# day", other="# days") }}{% endblock %}'
    assert "{# untranslated #}" in marked("day.j2", plural)


def test_a_mark_is_named_by_its_table_and_key(tmp_path):
    file = tmp_path / "content" / "de" / "web.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[leave]\n# untranslated\ntitle = "Gone?"\ndone = "Weg"\n', "utf-8")
    (left,) = untranslated(read_files([tmp_path]))
    assert (left.file, left.key) == (str(Path("content/de/web.toml")), "leave.title")


@pytest.mark.parametrize(
    "mark", ["# untranslated\r\n", "  #untranslated \n", "# untranslated\n# ours\n\n"]
)
def test_a_mark_is_seen_as_any_editor_leaves_it(tmp_path, mark):
    file = tmp_path / "content" / "de" / "web.toml"
    file.parent.mkdir(parents=True)
    text = f'[leave] # a page\n{mark}  title = "Gone?"\ndone = "Weg"\n{mark}[lost]\n'
    file.write_bytes(text.encode())
    (left,) = untranslated(read_files([tmp_path]))
    assert left.key == "leave.title, lost"


def test_indented_texts_are_marked_too():
    after = marked("words.toml", '[a]\n  title = "Gone?"\n')
    assert after == '[a]\n# untranslated\n  title = "Gone?"\n'


def test_a_text_to_begin_with_that_is_not_utf8_is_told(command, bees):
    words = bees / "content" / "en" / "bees" / "words.toml"
    words.write_bytes('title = "Bienenkörbe"\nabout = "x"\n'.encode("cp1252"))
    code, _, err = command("new", "language", "de")
    assert code == 1
    assert f"{Path('content/en/bees/words.toml')}: (whole file): is not written in UTF-8" in err
    assert not (bees / "content" / "de").exists()


def test_no_shipped_text_bears_a_mark():
    assert untranslated(SHIPPED) == []


# words of one's own


PROMISE = {"pledge": "promise", "pledges": "promises", "pledge-makers": "people of their word"}


def reworded(root, tag="en", words=None):
    return reword(read_files([root, shipped_root()]), root, tag, words or PROMISE)


def test_each_text_that_says_a_word_is_written_with_the_other_one_and_marked(tmp_path):
    begun = reworded(tmp_path)
    mine = (tmp_path / "content" / "en" / "mail" / "mine.j2").read_text("utf-8")
    assert "{% block subject %}{# untranslated #}{{ campaign }}: your promise{% endblock %}" in mine
    words = tomllib.loads((tmp_path / "content/en/chat/words.toml").read_text("utf-8"))
    assert words["commands"] == {
        "pledge": "Your promise",
        "journey": "The steps of your promise",
        "scaleup": "Scale up your promise",
        "pledges": "Promises that wait for you",
        "amplify": "Posts of people of their word to amplify",
    }
    assert begun.texts == sum(
        (tmp_path / file).read_text("utf-8").count("untranslated") for file in begun.files
    )
    assert not (tmp_path / "content" / "en" / "mail" / "confirm.j2").exists(), (
        "it says no such word"
    )
    assert not (tmp_path / "content" / "en" / "smart.toml").exists(), "a remark is no text"


def test_commands_values_and_what_code_says_stay_as_they_are(tmp_path):
    for name, text in {
        "chat/pledge.j2": "{% block a %}{{ pledge }} of /pledge, {# pledge #}PLEDGE"
        ' {{ n | plural(one="# pledge", other="# pledges") }} {{ pledge | word("pledge") }}'
        '{{ "pledge" if kind == "pledge" }}'
        "{% endblock %}{% block b %}none{% endblock %}",
        "public.toml": '[x]\npledge = "{pledge} pledges at https://a.example/pledge" # pledge\n',
    }.items():
        file = tmp_path / "theirs" / "content" / "en" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    own = tmp_path / "own"
    reword(read_files([tmp_path / "theirs"]), own, "en", PROMISE)
    assert without_marks((own / "content" / "en" / "chat" / "pledge.j2").read_text("utf-8")) == (
        "{% block a %}{{ pledge }} of /pledge, {# pledge #}Promise"
        ' {{ n | plural(one="# promise", other="# promises") }} {{ pledge | word("pledge") }}'
        '{{ "pledge" if kind == "pledge" }}'
        "{% endblock %}\n"
    )
    assert without_marks((own / "content" / "en" / "public.toml").read_text("utf-8")) == (
        '[x]\npledge = "{pledge} promises at https://a.example/pledge"\n'
    )


def test_another_letter_that_looks_alike_makes_another_word(tmp_path):
    file = tmp_path / "theirs" / "content" / "tr" / "public.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[x]\na = "sınır sinir"\n', "utf-8")
    own = tmp_path / "own"
    reword(read_files([tmp_path / "theirs"]), own, "tr", {"sinir": "kızgınlık"})
    written = (own / "content" / "tr" / "public.toml").read_text("utf-8")
    assert 'a = "sınır kızgınlık"' in written


@pytest.mark.parametrize("words", [{"pledge": ""}, {"": "x"}, {"pledge": 'a"b'}, {"pledge": "{x}"}])
def test_a_word_that_can_stand_in_no_text_is_refused(tmp_path, words):
    with pytest.raises(UsageError, match="can't stand in a text"):
        reworded(tmp_path, words=words)


def test_a_word_that_no_text_says_is_told_and_nothing_is_written_twice(tmp_path):
    with pytest.raises(UsageError, match="no text in content/en that isn't yours says hoopoe"):
        reworded(tmp_path, words={"hoopoe": "wren"})
    reworded(tmp_path)
    with pytest.raises(UsageError, match="no text in content/en that isn't yours says pledge"):
        reworded(tmp_path)


@pytest.mark.slow
def test_words_of_ones_own_pass_check_once_they_were_read(command, bees):
    code, out, err = command("new", "words", "--lang", "en", "pledge=promise", "pledges=promises")
    assert (code, err) == (0, "")
    assert "content/en/chat: " in out
    code, out, _ = command("check")
    assert code == 1
    assert "content/en/mail/mine.j2: subject, body: are not translated yet" in out
    for file in (bees / "content" / "en").rglob("*.*"):
        file.write_text(without_marks(file.read_text("utf-8")), "utf-8")
    code, out, _ = command("check")
    assert code == 0, out


def test_a_language_is_begun_from_ones_own_words_where_these_are_a_part_of_a_file(tmp_path):
    for name in reworded(tmp_path).files:
        file = tmp_path / name
        file.write_text(without_marks(file.read_text("utf-8")), "utf-8")
    begin(read_files([tmp_path, shipped_root()]), tmp_path, "de", [])
    for name in ("chat/pledge.j2", "chat/words.toml", "web.toml", "mail/mine.j2"):
        shipped = (shipped_root() / "content" / "en" / name).read_text("utf-8")
        german = without_marks((tmp_path / "content" / "de" / name).read_text("utf-8"))
        assert german.count("{% block ") == shipped.count("{% block ")
        assert german.count("=") == shipped.count("=")
        assert german != shipped
    words = tomllib.loads((tmp_path / "content/de/chat/words.toml").read_text("utf-8"))
    assert words["commands"]["pledge"] == "Your promise"
    assert words["commands"]["today"] == "What you can do now"


def completed(root, text):
    """What `new language de` makes of a web.toml in which this stands."""
    file = root / "content" / "de" / "web.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text)
    begin(read_files([root, shipped_root()]), root, "de", [])
    return file.read_bytes()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('join = {text = "Mein Text"}', "join: must be a table here"),
        ('join.text = "a"', "join: must be a table here"),
        ('join = "x"', "join: must be a table here"),
        ('[[join]]\ntext = "a"', "join: must be a table here"),
        ('[join]\ntext.more = "a"', "join.text: must be a table here"),
        ('[join.text]\nmore = "a"', "join.text: must be no table here"),
    ],
)
def test_what_has_no_place_for_a_mark_is_named_and_stays(tmp_path, text, place):
    with pytest.raises(DataError, match=f"content/de/web.toml: {re.escape(place)}"):
        completed(tmp_path, text.encode())
    assert (tmp_path / "content" / "de" / "web.toml").read_text("utf-8") == text
    assert [path.name for path in (tmp_path / "content" / "de").iterdir()] == ["web.toml"]


def test_a_table_on_one_line_that_lacks_nothing_stays_so(tmp_path):
    english = tomllib.loads((shipped_root() / "content/en/web.toml").read_text("utf-8"))
    texts = ", ".join(f"{key} = {json.dumps(said)}" for key, said in english["join"].items())
    assert completed(tmp_path, f"join = {{{texts}}}\n".encode()).startswith(b"join = {")
    assert "join" not in marks_of(tmp_path)
    assert "meet.title" in marks_of(tmp_path)


def marks_of(root):
    return marks_left(read_files([root]))["content/de/web.toml"]


def test_a_file_of_a_windows_editor_gets_what_it_lacks(tmp_path):
    after = completed(tmp_path, '[join]\r\ntext = "Mein"\r\n'.encode("utf-8-sig"))
    assert after.startswith(codecs.BOM_UTF8 + b'[join]\r\ntext = "Mein"\r\n')
    assert after.count(b"\n") == after.count(b"\r\n") > 10
    assert "join.title" in marks_of(tmp_path)
    assert "join.text" not in marks_of(tmp_path)


def test_a_broken_template_of_ones_own_is_named(tmp_path):
    file = tmp_path / "content" / "de" / "chat" / "start.j2"
    file.parent.mkdir(parents=True)
    file.write_text("{% block first %}Zuerst", "utf-8")
    with pytest.raises(DataError, match=r"start.j2: .*is no template: line 1"):
        begin(read_files([tmp_path, shipped_root()]), tmp_path, "de", [])
    assert file.read_text("utf-8") == "{% block first %}Zuerst"


def test_what_stands_in_a_table_on_one_line_is_taken_from_the_nearest_root():
    text = 'a = {b = "x", c = {d = "y"}}\n'
    assert editing.values(text) == {("a", "b"): "x", ("a", "c", "d"): "y"}
    other = editing.with_values(text, {("a", "c", "d"): "z"})
    assert tomllib.loads(other) == {"a": {"b": "x", "c": {"d": "z"}}}
    assert other.count("\n") == 1
