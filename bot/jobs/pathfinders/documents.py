"""What a country takes away of its report, and what is known of it as a report of several parts."""

from datetime import date

from bot.jobs.pathfinders import reports
from bot.jobs.services import Services
from bot.jobs.texts import documents
from bot.jobs.texts.documents import Document
from bot.languages import country_name
from bot.model.pathfinders import PROGRESS
from bot.model.pathfinders.report import CountryReport
from bot.rules import forms


def result(services: Services, report: CountryReport, language: str, today: date) -> Document:
    """Return what a country answered, step by step. Raises `RenderError`."""
    form = reports.form_of(services, report)
    words = reports.worded(services, report, language, reports.day_of(report))
    spoken = "" if report.language == language else report.language
    steps = forms.sheet(form, report.answers, words) if form else ()
    shown = [
        {
            "title": step.title,
            "entries": [
                {"ask": line.ask, "answer": line.answer, "spoken": spoken if line.own else ""}
                for line in step.lines
            ],
        }
        for step in steps
    ]
    variables = {
        "title": words.form(PROGRESS).title,
        "country": country_name(report.country, language),
        "day": today,
        "steps": shown,
    }
    return documents.document(services, "documents/country", language, variables)
