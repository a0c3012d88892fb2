"""Writes a document as a Word file, for who goes on writing in it: a desk that clears texts works
in Word.
"""

import io
from datetime import UTC, datetime, time
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from bot.documents import Look, blocks

_STYLES = {"paragraph": "Normal", "point": "List Bullet", "advice": "Intense Quote"}

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a ZIP file can name."""


def written(text: str, look: Look) -> bytes:
    """Return a Markdown text as a .docx."""
    document, read = docx.Document(), blocks.read(text)
    _describe(document, blocks.title(read), look)
    for block in read:
        style = f"Heading {block.level}" if block.level > 1 else "Title"
        heading = block.kind == "heading"
        paragraph = document.add_paragraph(style=style if heading else _STYLES[block.kind])
        if look.direction == "rtl":
            _set(paragraph._p.get_or_add_pPr(), "w:bidi")  # noqa: SLF001 - it has no other way
        if look.certificate:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        for run in block.runs:
            _add(paragraph, run, look)
    file = io.BytesIO()
    document.save(file)
    return _undated(file)


def _describe(document: Document, title: str, look: Look) -> None:
    about, at = document.core_properties, datetime.combine(look.day, time(), UTC)
    about.title, about.language = title, look.language
    about.author = about.comments = ""
    about.created = about.modified = at
    fonts = document.styles["Normal"].element.get_or_add_rPr()
    _set(fonts, "w:lang", **{"w:val": look.language, "w:bidi": look.language})


def _add(paragraph: Paragraph, run: blocks.Run, look: Look) -> None:
    if run.text == "\n":
        paragraph.add_run().add_break()
        return
    added = paragraph.add_run(run.text)
    added.bold, added.italic = run.strong or None, run.emphasis or None
    if look.direction == "rtl":
        added.font.rtl = True
    if run.link:
        _link(paragraph, added, run.link)


def _link(paragraph: Paragraph, run: Run, address: str) -> None:
    """Put a run into a hyperlink, for which the library has no call."""
    number = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), number)
    run.font.underline = True
    paragraph._p.append(link)  # noqa: SLF001 - it has no other way
    link.append(run._r)  # noqa: SLF001 - same


def _set(parent: BaseOxmlElement, tag: str, **values: str) -> None:
    element = OxmlElement(tag)
    for name, value in values.items():
        element.set(qn(name), value)
    parent.append(element)


def _undated(file: io.BytesIO) -> bytes:
    """Return the same file without the time at which it was packed."""
    packed = io.BytesIO()
    with ZipFile(file) as before, ZipFile(packed, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            after.writestr(ZipInfo(name, _EPOCH), before.read(name), ZIP_DEFLATED)
    return packed.getvalue()
