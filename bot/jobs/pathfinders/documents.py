"""What a country takes away of its report, and what is known of it as a report of several parts."""

from collections.abc import Iterator
from datetime import date

from bot.jobs.pathfinders import reports
from bot.jobs.services import Services
from bot.jobs.texts import documents
from bot.jobs.texts.documents import Document
from bot.languages import country_name
from bot.model import Campaign
from bot.model.pathfinders import PROGRESS, PartShows, Pathfinder, ReportPart
from bot.model.pathfinders.report import CountryReport
from bot.rules import forms
from bot.rules.pathfinders import standing


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


def whole(
    services: Services, campaign: Campaign, country: Pathfinder, language: str, today: date
) -> Document:
    """Return the report of a country in the parts of its campaign's file, made of what is known;
    what is not known stays empty and says so. Raises `RenderError`.
    """
    of = campaign.pathfinders
    shown = services.store.country_reports.shown(campaign.id, country.code)
    latest = shown[0] if shown else None
    writing = _Writing(services, campaign, country, language, today, latest)
    variables = {
        "title": writing.words.title,
        "country": country_name(country.code, language),
        "day": today,
        "as_of": of.as_of if of else today,
        "state": writing.state(),
        "reported": reports.day_of(latest) if latest else today,
        "parts": list(writing.parts()),
    }
    return documents.document(services, "documents/country-parts", language, variables)


class _Writing:
    """Makes the parts of a country's report; `latest` is what it reported last, where everybody
    may see that.
    """

    def __init__(
        self,
        services: Services,
        campaign: Campaign,
        country: Pathfinder,
        language: str,
        today: date,
        latest: CountryReport | None,
    ) -> None:
        self._services, self._of, self._country = services, campaign.pathfinders, country
        self._language, self._today, self._latest = language, today, latest
        self.words = services.renderer.words(campaign, language).pathfinders

    def state(self) -> str:
        """Return how far the country is, in words; '' while nothing is known."""
        at = standing(self._of, self._country, self._today) if self._of else None
        return self.words.say("states", at.state.value) if at else ""

    def parts(self) -> Iterator[dict[str, object]]:
        """Yield the parts in their order, as the template shows them."""
        every = self._of.parts if self._of else ()
        numbers = {each.id: n for n, each in enumerate((p for p in every if not p.within), 1)}
        heads = [f"{n}. {self.words.say('parts', name)}" for name, n in numbers.items()]
        around = {each.within for each in every}
        for part in every:
            filled: dict[str, object] = {
                "cover": PartShows.COVER in part.shows,
                "contents": heads if PartShows.CONTENTS in part.shows else [],
                "life": list(self._life()) if PartShows.LIFE in part.shows else [],
                "texts": list(self._texts(part)),
                "steps": list(self._steps()) if PartShows.STEPS in part.shows else [],
                "answers": list(self._answers(part)),
            }
            yield {
                "title": self.words.say("parts", part.id),
                "within": part.within,
                "number": numbers.get(part.id, 0),
                "empty": not any(filled.values()) and part.id not in around,
                **filled,
            }

    def _life(self) -> Iterator[dict[str, object]]:
        for event in self._country.events:
            if event.known <= self._today:
                yield {
                    "what": self.words.say("events", event.kind.value),
                    "on": event.on,
                    "by": event.by,
                    "until": event.until,
                    "found": self.words.say("outcomes", event.outcome.value)
                    if event.outcome
                    else "",
                    "source": event.source,
                }

    def _texts(self, part: ReportPart) -> Iterator[dict[str, object]]:
        for text in self._country.texts:
            if text.part in part.texts:
                yield {"text": self.words.say("texts", text.id), "source": text.source}

    def _steps(self) -> Iterator[dict[str, object]]:
        ticked = self._ticked()
        for step in self._country.steps:
            done = ticked is not None and step in ticked
            yield {"text": self.words.say("steps", step), "told": ticked is not None, "done": done}

    def _ticked(self) -> list[str] | None:
        """Return the ids of the steps that were ticked; None where nobody was asked."""
        form = reports.form_of(self._services, self._latest) if self._latest else None
        asked = next((each.id for each in form.questions if each.steps), "") if form else ""
        answers = self._latest.answers if self._latest else {}
        return answers[asked].split() if asked in answers else None

    def _answers(self, part: ReportPart) -> Iterator[dict[str, object]]:
        latest = self._latest
        form = reports.form_of(self._services, latest) if latest else None
        if latest is None or form is None:
            return
        day = reports.day_of(latest)
        words = reports.worded(self._services, latest, self._language, day)
        spoken = "" if latest.language == self._language else latest.language
        for step in forms.sheet(form, latest.answers, words):
            for line in step.lines:
                if line.id in part.answers and line.answer:
                    ask = f"{step.title} – {line.ask}"
                    yield {"ask": ask, "answer": line.answer, "spoken": spoken}
