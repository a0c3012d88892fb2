"""`drumbeat privacy`: the record of processing; whole commands, on what is shipped."""

import json
from io import BytesIO

import pytest
from docx import Document
from pypdf import PdfReader
from tree import languages

from bot.jobs.people.record import FIELDS
from bot.model.who import Purpose

pytestmark = pytest.mark.slow  # whole commands, each over all that is shipped

CONFIG = """
active = ["endchildlabour2021"]
[privacy]
controller = "The *tree* committee"
contact = "trees@example.org"
retention = 77
deliveries = 0
[safeguarding]
name = "Amina"
contact = 5
[channels.telegram]
network = "telegram"
language = "en"
nudges = true
posts = false
[channels.masto]
network = "mastodon"
base_url = "https://mastodon.example"
language = "en"
[webhooks.press]
url = "https://hooks.example/secret-path"
"""


@pytest.fixture(autouse=True)
def config(tmp_path):
    (tmp_path / "config.toml").write_text(CONFIG, "utf-8")
    return tmp_path / "config.toml"


@pytest.mark.parametrize("language", languages())
def test_every_purpose_is_told_whole_and_names_its_columns(command, language):
    code, out, err = command("privacy", "--json", "--lang", language)
    assert (code, err) == (0, "")
    told = json.loads(out)
    assert [each["purpose"] for each in told["activities"]] == list(Purpose)
    for each in told["activities"]:
        assert each["title"]
        assert each["columns"]
        assert tuple(each["told"]) == FIELDS
        assert all(each["told"].values())
    by = {each["purpose"]: each for each in told["activities"]}
    assert by["danger"]["columns"] == {"flag": ["address", "country", "text", "taken_by"]}
    assert "Amina" in by["danger"]["told"]["seen"]
    assert "Telegram" in by["messages"]["told"]["goes"]
    assert "Mastodon" not in by["messages"]["told"]["goes"], "it carries no messages to people"
    assert "Mastodon (mastodon.example)" in by["posts-of-others"]["told"]["goes"]
    assert "77" in by["questions"]["told"]["kept"]
    assert "400" not in by["messages"]["told"]["kept"], "they are kept for ever here"
    assert "hooks.example" in by["staff"]["told"]["goes"]
    assert "secret-path" not in out, "the address of a webhook may be one"


def test_it_reads_as_text_and_names_who_answers(command):
    code, out, err = command("privacy")
    assert (code, err) == (0, "")
    assert "Responsible: The *tree* committee. Contact: trees@example.org." in out
    assert "\nMessages that a child is in danger\n  What for: " in out
    assert "  In the database: flag (address, country, text, taken_by)\n" in out


def test_a_gap_is_named_and_ends_with_1(command, config):
    config.write_text('active = ["endchildlabour2021"]\n', "utf-8")
    code, out, err = command("privacy")
    assert code == 1
    assert out.startswith("Record of processing\nAs of "), "what is known is told all the same"
    assert err.splitlines() == [
        "config.toml: [privacy] is missing; write controller and contact there",
        "config.toml: [safeguarding] is missing; name who reads that a child is in danger there",
    ]


def test_a_purpose_without_words_is_no_record(command, config):
    config.write_text(f'roots = ["."]\n{CONFIG}', "utf-8")
    own = config.parent / "content/en/documents"
    own.mkdir(parents=True)
    (own / "record.j2").write_text("{% block log_seen %}{% endblock %}", "utf-8")
    code, out, err = command("privacy")
    assert (code, out) == (1, "")
    assert err == "content/en/documents/record.j2: block log_seen: gives no text\n"


def test_a_language_that_is_begun_has_gaps_and_no_guess(command, config):
    config.write_text(f'roots = ["."]\n{CONFIG}', "utf-8")
    begun = config.parent / "content/de/documents"
    begun.mkdir(parents=True)
    (begun / "record.j2").write_text("{% block title %}Verzeichnis{% endblock %}", "utf-8")
    code, out, err = command("privacy", "--lang", "de-AT")
    assert code == 1
    assert out.startswith("Verzeichnis")
    assert "content/de/documents/record.j2: has no words in messages_title, " in err
    assert err.count("\n") == 1, "one sentence for all its blocks"


def test_it_is_written_as_a_document_with_names_as_they_were_typed(command, config):
    folder = config.parent
    for ending in ("md", "docx", "pdf"):
        code, out, err = command("privacy", "--out", str(folder / f"record.{ending}"))
        assert (code, out) == (0, "")
        assert "record written to" in err
    markdown = (folder / "record.md").read_text("utf-8")
    assert "The \\*tree\\* committee" in markdown
    word = Document(str(folder / "record.docx"))
    assert "The *tree* committee" in "\n".join(each.text for each in word.paragraphs)
    pages = PdfReader(BytesIO((folder / "record.pdf").read_bytes())).pages
    assert "The *tree* committee" in " ".join(page.extract_text() for page in pages)
    code, _, err = command("privacy", "--out", "record.txt")
    assert code == 2
    assert "its ending must be .md, .docx or .pdf" in err


def test_a_language_in_which_nothing_is_written_is_refused(command):
    code, out, err = command("privacy", "--lang", "xx")
    assert (code, out) == (2, "")
    assert "the record is not written in xx; choose of " in err
