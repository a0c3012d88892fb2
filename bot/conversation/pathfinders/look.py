"""What the topics of countries may look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.model.makers import Form, Question
from bot.model.pathfinders.report import CountryReport, ReportState
from bot.model.public import PublicLine
from bot.model.words import FormWords
from bot.rules.forms import Answers


@dataclass(frozen=True, kw_only=True)
class AskedReport:
    """A report that is asked of a country, with its questions in the person's language."""

    report: CountryReport
    form: Form
    words: FormWords
    #: name of the country
    country: str
    #: tag of the person's language
    language: str

    @property
    def id(self) -> int:
        """Return the number of the report."""
        return self.report.id

    def names(self, question: Question) -> Mapping[str, str]:
        """Return the names of a question's choices, by their ids."""
        said = self.words.question(question.id).choices
        return {each: said.get(each, each) for each in question.choices}


@dataclass(frozen=True, kw_only=True)
class ReadReport:
    """A report as staff read it."""

    id: int
    #: name of the country
    country: str
    #: name or office of who answers it
    named: str
    state: ReportState
    #: why it was sent back, or isn't shown; '' for nothing
    reason: str
    #: of its answers
    mark: str
    #: what was answered; nothing of a report that is not finished
    lines: tuple[PublicLine, ...]
    #: whether who answers it hears what is decided
    told: bool


class CountriesLook(Protocol):
    """Reports of countries, as their focal point may see them."""

    def opened_by(self, secret: str) -> AskedReport | None:
        """Return the report that a link opens for this person, or None."""

    def get(self, report: int) -> AskedReport | None:
        """Return a report that the person answers, or None."""

    @property
    def waiting(self) -> tuple[ReadReport, ...]:
        """The finished reports about which staff have not decided, the oldest first."""

    def read(self, report: int) -> ReadReport | None:
        """Return a report as staff read it, or None."""

    def document(self, asked: AskedReport, answers: Answers) -> tuple[str, str]:
        """Return name and text of the document with these answers."""
