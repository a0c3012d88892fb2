"""Documents that people take away, as files: from one Markdown text, a PDF to pass on and a Word
file to go on writing in.

`blocks` reads the Markdown, `pdf` and `word` write the files. They know no campaign, network or
database: all that is said comes in.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

PDF: Final = "application/pdf"
WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

Kind = Literal["pdf", "docx"]


@dataclass(frozen=True, kw_only=True)
class Look:
    """How the files of a document look; the words are in its text."""

    #: tag of the language of its own words, such as 'pt-BR'
    language: str
    #: 'ltr' or 'rtl'
    direction: str
    #: the day that the files name as theirs, so that the same text gives the same bytes
    day: date
    #: folders of fonts beside those in Typst's wheel
    fonts: tuple[Path, ...] = ()
    #: a certificate is one page, framed, with the address as a QR code
    certificate: bool = False
    #: colour of its frame, '#rrggbb', and the address; '' without
    colour: str = "#333333"
    address: str = ""


def made(kind: Kind, text: str, look: Look) -> bytes | None:
    """Return the file of this kind, 'pdf' or 'docx', of a Markdown text.

    None for a PDF with letters that no font here has: Word brings its own fonts. The same goes in,
    the same comes out, to the byte. Takes up to 0.1 s of CPU; may run in several threads at once.
    """
    if kind == "docx":
        from bot.documents import word

        return word.written(text, look)
    from bot.documents import pdf

    return pdf.written(text, look) if prints(text, look.fonts) else None


def prints(text: str, fonts: tuple[Path, ...]) -> bool:
    """Return whether a Markdown text can be a PDF: `fonts` and Typst's wheel have its letters."""
    from bot.documents import blocks
    from bot.pictures.cards.fonts import lacking

    return not lacking((run.text for block in blocks.read(text) for run in block.runs), fonts)
