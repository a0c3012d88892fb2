"""Documents that people take away, as files: from one Markdown text, a PDF to pass on and a Word
file to go on writing in.

`blocks` reads the Markdown, `pdf` and `word` write the files. `report` writes what has a chart and
tables. They know no campaign, network or database: all that is said comes in.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, Literal

from bot.pictures.charts import Chart, letters

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


@dataclass(frozen=True, kw_only=True)
class Section:
    """A part of a report: what it says, then its table, then points; each may be empty."""

    title: str
    text: tuple[str, ...] = ()
    #: heads of the columns of the table
    head: tuple[str, ...] = ()
    #: which of the columns hold words, and take what room there is
    wide: frozenset[int] = frozenset()
    rows: tuple[tuple[str, ...], ...] = ()
    points: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Report:
    """A first page of sentences with a chart, which can be passed on alone, and what is behind."""

    #: tag of the language in which it is written
    language: str
    title: str
    #: what the figures are, in small letters below the title
    about: str
    sentences: tuple[str, ...]
    #: None where there is nothing to draw
    chart: Chart | None
    sections: tuple[Section, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """Return all that is said in it."""
        sections = (
            word
            for part in self.sections
            for word in (part.title, *part.text, *part.head, *sum(part.rows, ()), *part.points)
        )
        drawn = (self.chart.description, letters(self.chart)) if self.chart else ()
        return (self.title, self.about, *self.sentences, *drawn, *sections)


def reported(report: Report, look: Look) -> bytes | None:
    """Return a report as a PDF; None where it has letters that no font here has.

    The same goes in, the same comes out, to the byte. May run in several threads at once.
    """
    from bot.documents import report as writer
    from bot.pictures.cards.fonts import lacking

    return None if lacking(report.words, look.fonts) else writer.written(report, look)


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
