"""What can be taken away of a country, as Word and PDF: what it reported, and its report in parts,
made of what is known.
"""

from http import HTTPStatus
from typing import Final

from starlette.exceptions import HTTPException

from bot.documents import Look, prints
from bot.jobs.pathfinders import documents, reports
from bot.jobs.texts.documents import Document
from bot.languages import direction
from bot.model.pathfinders import Pathfinder
from bot.model.pathfinders.report import CountryReport
from bot.web.public.pledges import taking
from bot.web.public.reader import File, Reader

WHOLE: Final = "report"
"""The name of the report in parts, in paths; those of a country's own reports are numbers."""

ANSWERS: Final = "answers"
"""The name of what the focal point takes away, in the path behind their link."""

Links = list[tuple[str, str]]
"""What leads to the files of a document: (label, path) of each."""


async def file(reader: Reader) -> File:
    """Give a document of the country that the path names; raises `HTTPException` 404 for none."""
    of, name = reader.of.pathfinders, reader.parts["name"]
    there = of.country(reader.parts["code"]) if of else None
    if of is None or there is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    if name == WHOLE and of.parts:
        return await made(reader, whole(reader, there))
    store = reader.services.store.country_reports
    shown = {str(each.id): each for each in store.shown(reader.of.id, there.code)}
    if name not in shown:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return await made(reader, result(reader, shown[name]))


async def made(reader: Reader, document: Document) -> File:
    """Give a document as a file of the kind that the path names."""
    look = Look(
        language=reader.language,
        direction=direction(reader.language),
        day=reader.today,
        fonts=reader.services.settings.fonts,
    )
    name = document.filename.removesuffix(".md")
    return await taking.file(reader, name, document.text, look)


def whole(reader: Reader, there: Pathfinder) -> Document:
    """Return the report of a country in parts."""
    return documents.whole(reader.services, reader.of, there, reader.language, reader.today)


def result(reader: Reader, report: CountryReport) -> Document:
    """Return what a country reported."""
    return documents.result(reader.services, report, reader.language, reports.day_of(report))


def offered(reader: Reader, there: Pathfinder) -> Links:
    """Return what leads to the report of a country in parts."""
    path = reader.here("countries", there.code, WHOLE)
    return _links(reader, path, whole(reader, there))


def of_report(reader: Reader, report: CountryReport) -> Links:
    """Return what leads to a report that everybody may see."""
    path = reader.here("countries", report.country, str(report.id))
    return _links(reader, path, result(reader, report))


def of_answers(reader: Reader, report: CountryReport) -> Links:
    """Return what leads to the answers so far, for who has the link; nothing before there are
    any.
    """
    path = reader.here(reports.PATH, reader.parts["secret"], ANSWERS)
    return _links(reader, path, result(reader, report)) if report.answers else []


def _links(reader: Reader, path: str, document: Document) -> Links:
    words, fonts = reader.words["pledges"], reader.services.settings.fonts
    pdf = [(words["pdf"], f"{path}.pdf")] if prints(document.text, fonts) else []
    return [(words["docx"], f"{path}.docx"), *pdf]
