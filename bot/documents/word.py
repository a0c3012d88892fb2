"""Writes a document as a Word file, for who goes on writing in it: a desk that clears texts works
in Word.
"""

import io
from datetime import UTC, datetime, time
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENTATION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.section import Section
from docx.shared import Mm, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from bot.documents import Look, blocks

_STYLES: Final = {"paragraph": "Normal", "point": "List Bullet", "advice": "Intense Quote"}
_HEADINGS: Final = ("Heading 1", "Heading 2", "Heading 3")
_DARK: Final = RGBColor(0x17, 0x36, 0x5D)
"""The colour of the title; Word's own for what is below it is too pale to be read by all."""

_LARGE: Final = {"Normal": 18, "Title": 34, "Heading 1": 25}
"""How large the letters of a certificate are, points."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP file can name."""

_MARKS: Final = {"ltr": "\u200e", "rtl": "\u200f"}
"""Signs that nobody sees, and that have a direction."""


def written(text: str, look: Look) -> bytes:
    """Return a Markdown text as a .docx."""
    document, read = docx.Document(), blocks.read(text)
    _describe(document, blocks.title(read), look)
    _dress(document, look)
    for block in read:
        _write(document, block, look)
    if look.address:
        paragraph = _paragraph(document, "Normal", "ltr", look)
        _add(paragraph, blocks.Run(text=look.address, link=look.address), "ltr")
    file = io.BytesIO()
    document.save(file)
    return _undated(file)


def _describe(document: Document, title: str, look: Look) -> None:
    about, at = document.core_properties, datetime.combine(look.day, time(), UTC)
    about.title, about.language = title, look.language
    about.author = about.comments = ""
    about.created = about.modified = at
    every = {qn(script): tag for script, tag in _tongue(look.language).items()}
    for tag in (document.styles.element, document.settings.element):
        for language in tag.iter(qn("w:lang"), qn("w:themeFontLang")):
            language.attrib.update(every)
    around = document.part.package.rels
    # the library's template has a small picture of an empty page
    for name in [name for name, to in around.items() if to.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        del around[name]


def _tongue(tag: str) -> dict[str, str]:
    """Return the attributes by which Word knows a language, whatever the script."""
    return dict.fromkeys(("w:val", "w:eastAsia", "w:bidi"), tag)


def _dress(document: Document, look: Look) -> None:
    for name in (*_HEADINGS, _STYLES["advice"]):
        document.styles[name].font.color.rgb = _DARK
    [section] = document.sections
    sides = Mm(210), Mm(297)
    section.page_width, section.page_height = reversed(sides) if look.certificate else sides
    section.left_margin = section.right_margin = section.top_margin = Mm(25)
    if look.certificate:
        section.orientation = WD_ORIENTATION.LANDSCAPE
        _frame(section, look.colour)
        for name, size in _LARGE.items():
            _resize(document.styles[name].element.get_or_add_rPr(), size)
    else:
        _number(_turned(section.footer.paragraphs[0], look.direction))
    if look.direction == "rtl":
        _put(section._sectPr, "w:bidi", before="w:docGrid")  # noqa: SLF001 - it has no other way


def _resize(look: BaseOxmlElement, size: int) -> None:
    """Give letters of every script a size, in points: the library gives it to Latin ones alone."""
    for tag in ("w:sz", "w:szCs"):
        for before in look.findall(qn(tag)):
            look.remove(before)
        _put(look, tag, **{"w:val": str(2 * size)})


def _frame(section: Section, colour: str) -> None:
    properties = section._sectPr  # noqa: SLF001 - it has no other way
    frame = _put(properties, "w:pgBorders", before="w:cols", **{"w:offsetFrom": "page"})
    line = {"w:val": "single", "w:sz": "20", "w:space": "24", "w:color": colour.lstrip("#")}
    for side in ("top", "left", "bottom", "right"):
        _put(frame, f"w:{side}", **line)
    _put(properties, "w:vAlign", before="w:docGrid", **{"w:val": "center"})


def _number(foot: Paragraph) -> None:
    """Number the pages, as '1 / 3'."""
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for field in ("PAGE", "NUMPAGES"):
        if field == "NUMPAGES":
            foot.add_run(" / ")
        number = _put(foot._p, "w:fldSimple", **{"w:instr": field})  # noqa: SLF001 - same
        number.append(foot.add_run("1")._r)  # noqa: SLF001 - same


def _write(document: Document, block: blocks.Block, look: Look) -> None:
    heading = "Title" if block.level == 1 else f"Heading {block.level - 1}"
    style = heading if block.kind == "heading" else _STYLES[block.kind]
    direction = blocks.direction(block, look.direction)
    paragraph = _paragraph(document, style, direction, look)
    for run in block.runs:
        _add(paragraph, run, direction)


def _paragraph(document: Document, style: str, direction: str, look: Look) -> Paragraph:
    paragraph = _turned(document.add_paragraph(style=style), direction)
    if look.certificate:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def _turned(paragraph: Paragraph, direction: str) -> Paragraph:
    if direction == "rtl":
        _put(paragraph._p.get_or_add_pPr(), "w:bidi")  # noqa: SLF001 - it has no other way
    return paragraph


def _add(paragraph: Paragraph, run: blocks.Run, direction: str) -> None:
    if run.text == "\n":
        paragraph.add_run().add_break()
        return
    for words, way in blocks.turns(run, direction):
        added = paragraph.add_run(words if way == direction else _held(words, way))
        font = added.font
        font.bold, font.italic = run.strong or None, run.emphasis or None
        if run.language:
            # the schema has it after all that the library writes
            _put(added._r.get_or_add_rPr(), "w:lang", **_tongue(run.language))  # noqa: SLF001
        if way == "rtl":
            font.rtl, font.cs_bold, font.cs_italic = True, font.bold, font.italic
        if run.link:
            _link(paragraph, added, run.link)


def _held(words: str, way: str) -> str:
    """Return words with marks of their direction around signs at their ends: some programs would
    put those to the far side.
    """
    before, after = ("" if sign.isalnum() else _MARKS[way] for sign in (words[0], words[-1]))
    return before + words + after


def _link(paragraph: Paragraph, run: Run, address: str) -> None:
    """Put a run into a hyperlink, for which the library has no call."""
    number = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = _put(paragraph._p, "w:hyperlink", **{"r:id": number})  # noqa: SLF001 - no other way
    run.font.underline = True
    link.append(run._r)  # noqa: SLF001 - same


def _put(parent: BaseOxmlElement, tag: str, *, before: str = "", **values: str) -> BaseOxmlElement:
    """Put an element into another, at its end or before one that the schema has after it."""
    element = OxmlElement(tag)
    for name, value in values.items():
        element.set(qn(name), value)
    later = parent.find(qn(before)) if before else None
    if later is None:
        parent.append(element)
    else:
        later.addprevious(element)
    return element


def _undated(file: io.BytesIO) -> bytes:
    """Return the same file without the time at which it was packed."""
    packed = io.BytesIO()
    with ZipFile(file) as before, ZipFile(packed, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(ZipInfo(name, _EPOCH), before.read(name), ZIP_DEFLATED)
    return packed.getvalue()
