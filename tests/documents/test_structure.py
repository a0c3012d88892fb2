"""What a PDF and a Word file say of themselves: what is a heading or a list, in which language and
direction, on which paper; so that a screen reader, a spelling checker and a printer know it.
"""

import io
import re
from datetime import date

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from bot.documents import Look, blocks, made
from bot.render.markdown import escaped

pytestmark = pytest.mark.slow
TEXT = """# Plant trees

**Draft.** Nothing is public.

## What will you do?

### Where?

In *every* park. (All of them.)

> Some advice.

- One
- Two

After the list.
"""
HEBREW_TEXT = """# נטיעת עצים

נטע עצים בתל (TLV (A)) ונכתוב #OurOrchard, #עצים או +90 532 11.

We plant trees. (All of us.)

- מסטודון: <https://social.example/@orchard/>
"""
LOOK = Look(language="fr", direction="ltr", day=date(2021, 2, 3))
HEBREW = Look(language="he", direction="rtl", day=date(2021, 2, 3))
ADDRESS = "https://trees.example/pledges/1"
CERTIFICATE = Look(
    language="fr",
    direction="ltr",
    day=date(2021, 2, 3),
    certificate=True,
    colour="#0b5cad",
    address=ADDRESS,
)


def pdf(text, look=LOOK):
    return PdfReader(io.BytesIO(made("pdf", text, look)))


def word(text, look=LOOK):
    return Document(io.BytesIO(made("docx", text, look)))


def tags(element):
    """The roles of a PDF's parts below one, each with those below it."""
    below = element.get("/K", [])
    below = [part.get_object() for part in (below if isinstance(below, list) else [below])]
    parts = [part for part in below if isinstance(part, DictionaryObject) and "/S" in part]
    return [(part["/S"], tags(part)) for part in parts]


def roles(file, *asked):
    """The roles among those asked for, in the order of reading."""

    def each(parts):
        for role, below in parts:
            yield role
            yield from each(below)

    told = each(tags(file.trailer["/Root"]["/StructTreeRoot"]))
    return [role for role in told if role in asked]


def places(page):
    """The texts of a page, each with where it begins, in points from the left."""
    told = []
    page.extract_text(visitor_text=lambda text, cm, tm, *_: told.append((text, cm[4] + tm[4])))
    return [(text, x) for text, x in told if text.strip()]


def turned(paragraph):
    return paragraph._p.pPr is not None and paragraph._p.pPr.find(qn("w:bidi")) is not None


def test_a_pdf_tells_headings_lists_and_advice_apart():
    file = pdf(TEXT)
    told = roles(file, "/H1", "/H2", "/H3", "/P", "/BlockQuote", "/L", "/LI")
    assert told[:6] == ["/H1", "/P", "/H2", "/H3", "/P", "/BlockQuote"]
    assert [role for role in told if role in ("/L", "/LI")] == ["/L", "/LI", "/LI"], "one list"


def test_the_text_of_a_pdf_can_be_copied_in_the_order_of_reading():
    file = pdf(TEXT)
    for font in file.pages[0]["/Resources"]["/Font"].values():
        assert "/ToUnicode" in font.get_object()
    told = re.sub(r"^[#>-]+ |\*|\s", "", TEXT, flags=re.MULTILINE)
    assert re.sub(r"•|\s|1 / 1$", "", file.pages[0].extract_text()) == told


def test_a_pdf_from_right_to_left_says_so_and_keeps_links_and_hashtags_whole():
    file = pdf(HEBREW_TEXT, HEBREW)
    root = file.trailer["/Root"]
    assert root["/ViewerPreferences"]["/Direction"] == "/R2L"
    assert root["/Lang"] == "he"
    said = file.pages[0].extract_text()
    for whole in ("#OurOrchard", "+90 532 11", "https://social.example/@orchard/"):
        assert whole in said, "in one piece, its sign before it"
    [start] = [x for text, x in places(file.pages[0]) if "We plant" in text]
    assert start < Mm(30).pt, "a paragraph of another script begins at its own side"


@pytest.mark.parametrize(
    ("word_", "look"),
    [("Donaudampfschifffahrt" * 12, LOOK), ("עציםבגינה" * 20, HEBREW), ("#" + "y" * 55, LOOK)],
)
def test_no_word_is_longer_than_its_line(word_, look):
    page = pdf(f"# Title\n\n{word_}\n", look).pages[0]
    assert all(0 <= x <= page.mediabox.width for _, x in places(page))
    assert max(len(line) for line in page.extract_text().splitlines()) <= 100


def test_a_long_document_goes_on_on_further_pages_with_their_numbers():
    file = pdf(
        "# Title\n\n" + "\n\n".join(["We plant trees in every park. " * 12] * 30) + "\n\nEnd."
    )
    assert len(file.pages) > 1
    assert f"2 / {len(file.pages)}" in file.pages[1].extract_text()
    assert "End." in file.pages[-1].extract_text()


@pytest.mark.parametrize("look", [LOOK, HEBREW, CERTIFICATE], ids=["fr", "he", "certificate"])
def test_a_word_file_has_one_language_and_the_paper_of_most_of_the_world(look):
    file = word(TEXT, look)
    named = [
        element.get(qn(f"w:{script}"))
        for part in (file.styles.element, file.settings.element, file.element)
        for element in part.iter(qn("w:lang"), qn("w:themeFontLang"))
        for script in ("val", "eastAsia", "bidi")
    ]
    assert len(named) >= 6
    assert set(named) == {look.language}
    [section] = file.sections
    sides = (round(section.page_width.mm), round(section.page_height.mm))
    assert sides == ((297, 210) if look.certificate else (210, 297))
    assert not any("thumbnail" in part.reltype for part in file.part.package.rels.values())


def test_words_in_another_language_say_so_in_both_files():
    text = f"# {escaped('Tell *all*', 'en')}\n\n{escaped('One day,', 'en')} etc.\n\nPuis.\n"
    file = pdf(text)
    [document] = file.trailer["/Root"]["/StructTreeRoot"]["/K"]
    heading, mixed, ours = (part.get_object() for part in document.get_object()["/K"])
    assert (heading.get("/Lang"), ours.get("/Lang")) == ("en", None)
    assert mixed.get("/Lang") == "en"
    assert file.pages[0].get_contents().get_data().count(b"/Lang(fr)") == 1
    said = [
        (run.text, [tag.get(qn("w:val")) for tag in run._r.iter(qn("w:lang"))])
        for paragraph in word(text).paragraphs
        for run in paragraph.runs
    ]
    assert said == [("Tell *all*", ["en"]), ("One day,", ["en"]), (" etc.", []), ("Puis.", [])]


def test_headings_of_a_word_file_leave_no_level_out_and_are_dark_enough():
    file = word(TEXT)
    heads = [p.style for p in file.paragraphs if p.style.name.startswith(("Title", "Heading"))]
    assert [style.name for style in heads] == ["Title", "Heading 1", "Heading 2"]
    assert {str(style.font.color.rgb) for style in heads[1:]} == {"17365D"}


def test_pages_of_a_word_file_are_numbered():
    foot = word(TEXT).sections[0].footer.paragraphs[0]
    assert [field.get(qn("w:instr")) for field in foot._p.iter(qn("w:fldSimple"))] == [
        "PAGE",
        "NUMPAGES",
    ]
    assert [text.text for text in foot._p.iter(qn("w:t"))] == ["1", " / ", "1"]


def test_a_word_file_from_right_to_left_turns_paragraphs_and_runs():
    file = word(HEBREW_TEXT, HEBREW)
    assert [turned(paragraph) for paragraph in file.paragraphs] == [True, True, False, True]
    assert turned(file.sections[0].footer.paragraphs[0])
    assert file.element.body.sectPr.find(qn("w:bidi")) is not None
    runs = [(run.text, bool(run.font.rtl)) for run in file.paragraphs[1].runs]
    assert runs == [
        ("נטע עצים בתל (", True),
        ("TLV (A)\u200e", False),
        (") ונכתוב ", True),
        ("\u200e#OurOrchard", False),
        (", #עצים או ", True),
        ("\u200e+90 532 11", False),
        (".", True),
    ]
    link = file.paragraphs[3].hyperlinks[0]
    assert link.address == "https://social.example/@orchard/"
    assert link.text == "https://social.example/@orchard/\u200e"


def test_letters_of_every_script_are_bold():
    [run] = word("# T\n\n**עצים**\n", HEBREW).paragraphs[1].runs
    assert (run.bold, run.font.cs_bold) == (True, True)


def test_words_of_another_script_turn_in_a_file_from_left_to_right():
    run = blocks.Run(text="We say (לא עוד) and #עצים.")
    assert list(blocks.turns(run, "ltr")) == [
        ("We say (", "ltr"),
        ("לא עוד", "rtl"),
        (") and ", "ltr"),
        ("#עצים", "rtl"),
        (".", "ltr"),
    ]
    [block] = blocks.read("לא עוד עצים! #Trees https")
    assert blocks.direction(block, "ltr") == "rtl"


def test_a_certificate_in_word_is_framed_across_and_leads_to_its_page():
    file = word("# Certificate\n\n**ACME**\n", CERTIFICATE)
    around = [element.tag for element in file.element.body.sectPr]
    order = ["w:pgSz", "w:pgMar", "w:pgBorders", "w:cols", "w:vAlign", "w:docGrid"]
    assert [tag for tag in around if tag in map(qn, order)] == [qn(tag) for tag in order], (
        "the order of the schema, without which Word calls it broken"
    )
    sides = file.element.body.sectPr.find(qn("w:pgBorders"))
    assert {side.get(qn("w:color")) for side in sides} == {"0b5cad"}
    assert file.paragraphs[-1].hyperlinks[0].address == ADDRESS
