"""The files of a document: what other programs read in them, and what no text can do to them."""

import io
from datetime import date

import pytest
from docx import Document
from pypdf import PdfReader

from bot.documents import Look, blocks, made, prints

TEXT = """# Plant \\*all\\* trees

**Draft for clearance.** Nothing of this has been published.

## What will you do?

Two hundred trees\\
in #OurOrchard.

> Some advice.

- Mastodon: <https://social.example/@orchard>
- *Still open.*
"""
LOOK = Look(language="en", direction="ltr", day=date(2021, 2, 3))


def pdf(text, look=LOOK):
    return PdfReader(io.BytesIO(made("pdf", text, look)))


def word(text, look=LOOK):
    return Document(io.BytesIO(made("docx", text, look)))


def words(pages):
    return "\n".join(page.extract_text() for page in pages.pages)


def test_a_pdf_says_all_and_what_is_what():
    file = pdf(TEXT)
    said = words(file)
    for part in (
        "Plant *all* trees",
        "Two hundred trees\nin #OurOrchard.",
        "Some advice.",
        "Still",
    ):
        assert part in said
    root = file.trailer["/Root"]
    assert file.metadata.title == "Plant *all* trees"
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"], "a screen reader knows what is a heading"
    assert "pdfuaid:part" in file.xmp_metadata.stream.get_data().decode()
    links = [each.get_object()["/A"]["/URI"] for each in file.pages[0]["/Annots"]]
    assert links == ["https://social.example/@orchard"]


def test_a_word_file_says_all_and_what_is_what():
    file = word(TEXT)
    shown = [(paragraph.style.name, paragraph.text) for paragraph in file.paragraphs]
    assert shown[:2] == [
        ("Title", "Plant *all* trees"),
        ("Normal", "Draft for clearance. Nothing of this has been published."),
    ]
    assert ("Heading 1", "What will you do?") in shown, "no level is left out below the title"
    assert ("Normal", "Two hundred trees\nin #OurOrchard.") in shown
    assert ("List Bullet", "Mastodon: https://social.example/@orchard") in shown
    assert file.paragraphs[1].runs[0].bold
    assert file.paragraphs[5].hyperlinks[0].address == "https://social.example/@orchard"
    assert file.core_properties.title == "Plant *all* trees"
    assert file.core_properties.author == ""
    assert file.core_properties.language == "en"


@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_the_same_text_gives_the_same_bytes(kind):
    assert made(kind, TEXT, LOOK) == made(kind, TEXT, LOOK)
    assert made(kind, TEXT, LOOK) != made(kind, TEXT + "More.\n", LOOK)


def test_letters_that_no_font_has_are_in_the_word_file_alone():
    text = "# 植树\n\nWe plant.\n"
    assert not prints(text, ())
    assert made("pdf", text, LOOK) is None
    assert word(text).paragraphs[0].text == "植树"


@pytest.mark.parametrize(
    "text",
    [
        "a\x0bb\x00c\x1b",
        '#import "x"',
        "$x$ @label <b>",
        "#eval(1)",
        "<script>x</script>",
        "\\u{202E}",
    ],
)
def test_what_people_type_is_shown_and_does_nothing(text):
    shown = "".join(sign for sign in text if sign >= " ")
    assert shown.split()[0] in words(pdf(f"# Title\n\nA {text}\n"))
    assert word(f"# Title\n\nA {text}\n").paragraphs[1].text == f"A {shown}"


def test_a_certificate_is_one_page_however_much_it_says():
    address = "https://trees.example/en/trees/pledges/1"
    look = Look(
        language="en", direction="ltr", day=date(2021, 2, 3), certificate=True, address=address
    )
    for name in ("Plant trees", "Plant trees and more trees " * 20):
        file = pdf(f"# Certificate\n\n**ACME**\n\nhas pledged:\n\n## {name}\n\nRead.\n", look)
        assert len(file.pages) == 1
        assert name.split()[-1] in words(file)
        assert address in words(file)


def test_blocks_are_read_as_commonmark_has_them():
    read = blocks.read(TEXT)
    assert [block.kind for block in read] == [
        "heading", "paragraph", "heading", "paragraph", "advice", "point", "point",
    ]  # fmt: skip
    assert [block.level for block in read if block.kind == "heading"] == [1, 2]
    assert blocks.title(read) == "Plant *all* trees"
    assert blocks.title(()) == ""
