"""The survey that a pledge-maker puts to their followers: link, answers, and what comes of them.

::

    the month's prompt ── the text with the link ──► the maker posts it
                                                          │
          nobody's name is asked, nor kept ◄── a follower answers, on the page or in the chat
                       │
                       ├──► staff read every answer, and can delete one
                       └──► the maker reads counts and texts, from `ENOUGH` answers on

The link carries a code that our key signed, and nothing of it is stored.
"""

import hmac
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.conversation.people.start import SURVEYED
from bot.errors import UsageError
from bot.jobs.people import joining
from bot.jobs.pledges import journeys
from bot.jobs.services import Services
from bot.jobs.texts import documents, letters, notes
from bot.jobs.texts.documents import Document
from bot.model import Campaign
from bot.model.calls import (
    MOST,
    MOST_DAILY,
    OPEN_DAYS,
    SURVEY,
    Answered,
    Results,
    SurveyAnswer,
)
from bot.model.makers import Form, Question
from bot.model.pledge import Pledge
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.model.words import QuestionWords, Words
from bot.rules import forms, journey, tokens
from bot.times import epoch

PATH = "survey"
"""The path of a survey's page below its campaign; its code follows."""


@dataclass(frozen=True, kw_only=True)
class Survey:
    """A pledge's survey of a year, which can be answered until the day `until`."""

    pledge: Pledge
    campaign: Campaign
    form: Form
    year: int
    until: date


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A survey that was answered, and how often."""

    pledge: Pledge
    year: int
    count: int


@dataclass(frozen=True, kw_only=True)
class OneAnswer:
    """One answer to a survey: what staff delete it by, and what stands in it."""

    number: int
    lines: tuple[forms.Line, ...]


def offered(services: Services, pledge: Pledge, today: date) -> Survey | None:
    """Return the survey to which a pledge's maker can invite their followers now; None outside its
    month, and where the campaign has no form for it.
    """
    if SURVEY not in journeys.offers(services, pledge, today):
        return None
    return _of(services, pledge, today.year)


def _of(services: Services, pledge: Pledge, year: int) -> Survey | None:
    campaign = services.library.campaigns.get(pledge.campaign)
    month = journey.rules(campaign).survey if campaign else None
    if campaign is None or month is None or SURVEY not in campaign.forms:
        return None
    until = date(year, month, 1) + timedelta(days=OPEN_DAYS)
    form = campaign.forms[SURVEY]
    return Survey(pledge=pledge, campaign=campaign, form=form, year=year, until=until)


def links(services: Services, survey: Survey, language: str) -> list[str]:
    """Return the addresses at which followers answer: on a page, and in the chat; none where nobody
    is named who answers for what is kept.
    """
    if services.settings.privacy is None or services.rehearsal:
        return []
    code = code_of(services, survey)
    below = notes.pages(services, survey.campaign.id, language)
    bot = joining.address(services.store) if services.talking else None
    page = f"{below}/{PATH}/{code}" if below else ""
    chat = f"{bot}?start={SURVEYED}{code}" if bot else ""
    return [each for each in (page, chat) if each]


def code_of(services: Services, survey: Survey) -> str:
    """Return the code by which `opened` finds the survey."""
    return tokens.survey(letters.key(services.store), *_signed(survey))


def text(services: Services, pledge: Pledge, language: str, today: date) -> str:
    """Return what a maker posts to invite their followers, with the link; '' outside its month."""
    campaign = services.library.campaigns.get(pledge.campaign)
    if campaign is None or SURVEY not in journeys.offers(services, pledge, today):
        return ""
    words = services.renderer.words(campaign, language).journey.survey.strip()
    survey = offered(services, pledge, today)
    ways = links(services, survey, language)[:1] if survey and words else []
    return "\n\n".join((words, *ways))


def _signed(survey: Survey) -> tuple[int, int, str]:
    pledge = survey.pledge
    return pledge.id, survey.year, f"{pledge.campaign} {pledge.joined}"


def opened(services: Services, code: str) -> Survey | None:
    """Return the survey to which a code of ours leads, whether it is open or not; None for what is
    none, and for that of a pledge that is no longer there.
    """
    named = tokens.surveyed(code)
    pledge = services.store.pledges.get(named[0]) if named else None
    if named is None or pledge is None or not date.min.year < named[1] < date.max.year:
        return None
    survey = _of(services, pledge, named[1])
    if survey is None:
        return None
    ours = (tokens.survey(key, *_signed(survey)) for key in letters.keys(services.store))
    return survey if any(hmac.compare_digest(code, each) for each in ours) else None


def is_open(services: Services, survey: Survey, today: date) -> bool:
    """Return whether somebody can answer it today."""
    made = survey.campaign in services.active and survey.pledge.made
    return made and services.settings.privacy is not None and today < survey.until


def has_room(services: Services, survey: Survey, now: datetime) -> bool:
    """Return whether it has fewer answers than are taken, in all and of a day."""
    store, place = services.store.surveys, (survey.pledge.id, survey.year)
    return store.count(*place) < MOST and store.of_day(*place, epoch(now)) < MOST_DAILY


def takes(services: Services, survey: Survey, now: datetime) -> bool:
    """Return whether it takes another answer now."""
    return is_open(services, survey, services.today(now)) and has_room(services, survey, now)


def answer(services: Services, survey: Survey, answers: Mapping[str, str], now: datetime) -> None:
    """Keep what a follower answered, and nothing of who they are; an empty sheet says nothing and
    is not kept.
    """
    said = {key: text for key, text in answers.items() if text}
    if said:
        services.store.surveys.add(survey.pledge.id, survey.year, said, epoch(now))


def listed(services: Services) -> list[Asked]:
    """Return the surveys that were answered, the newest year first."""
    rows = services.store.surveys.answered()
    pledges = {
        each.id: each for each in services.store.pledges.several({pledge for pledge, _, _ in rows})
    }
    return [
        Asked(pledge=pledges[pledge], year=year, count=count)
        for pledge, year, count in rows
        if pledge in pledges
    ]


def each(services: Services, pledge: Pledge, year: int, language: str) -> list[OneAnswer]:
    """Return each answer to a survey by itself, the newest first; none where the campaign has no
    survey.
    """
    survey = _of(services, pledge, year)
    if survey is None:
        return []
    words = services.renderer.words(survey.campaign, language)
    return [
        OneAnswer(
            number=given.id,
            lines=tuple(
                line
                for step in forms.sheet(survey.form, given.answers, words)
                for line in step.lines
                if line.answer
            ),
        )
        for given in reversed(services.store.surveys.of_pledge(pledge.id, year))
    ]


def remove(services: Services, number: int, by: Actor, now: datetime) -> None:
    """Delete an answer by which somebody could be recognised or hurt. Raises `UsageError` where
    there is none.
    """
    with services.store.transaction():
        if not services.store.surveys.remove(number):
            raise UsageError(f"there is no answer {number} to a survey", "no_such_answer")
        services.store.audit.note(by, Verb.SURVEY_REMOVED, epoch(now), number)
    services.store.forgotten.leave_traces(epoch(now))


def for_maker(services: Services, pledge: Pledge, language: str) -> Results | None:
    """Return what came of the pledge's newest survey as its maker may read it: `ENOUGH` answers at
    a time, also once it is over, and none of them without the others, whatever is deleted. Else all
    that one person has said could be told from what is new, or lacks. None for no survey.
    """
    year = services.store.surveys.last_year(pledge.id)
    survey = _of(services, pledge, year) if year is not None else None
    if survey is None:
        return None
    count = services.store.surveys.count(pledge.id, survey.year)
    shown = services.store.surveys.together(pledge.id, survey.year)
    return _results(services, survey, count, shown, language)


def for_staff(services: Services, pledge: Pledge, year: int, language: str) -> Results | None:
    """Return what came of a survey, of all answers; None where the campaign has none."""
    survey = _of(services, pledge, year)
    if survey is None:
        return None
    every = services.store.surveys.of_pledge(pledge.id, year)
    return _results(services, survey, len(every), every, language)


def document(services: Services, results: Results, language: str, today: date) -> Document:
    """Return what came of a survey as a document. Raises `RenderError`."""
    variables = {
        "year": str(results.year),
        "count": results.count,
        "of": results.of,
        "day": today,
        "questions": [vars(each) for each in results.questions],
    }
    return documents.document(services, "documents/survey", language, variables)


def _results(
    services: Services,
    survey: Survey,
    count: int,
    shown: Sequence[SurveyAnswer],
    language: str,
) -> Results:
    words = services.renderer.words(survey.campaign, language)
    asked = (each for each in survey.form.questions if not each.advice)
    questions = tuple(_question(each, shown, words) for each in asked) if shown else ()
    return Results(
        pledge=survey.pledge.id,
        year=survey.year,
        count=count,
        of=len(shown),
        questions=questions,
    )


def _question(question: Question, shown: Sequence[SurveyAnswer], words: Words) -> Answered:
    said = words.form(SURVEY).question(question.id)
    given = [each.answers.get(question.id, "") for each in shown]
    closed = question.choice
    return Answered(
        ask=said.ask,
        counts=_counts(question, given, said) if closed else (),
        texts=() if closed else tuple(sorted(filter(None, given), key=str.casefold)),
    )


def _counts(
    question: Question, given: Sequence[str], said: QuestionWords
) -> tuple[tuple[str, int], ...]:
    times = Counter(given)
    return tuple((said.choices.get(each, each), times[each]) for each in question.choices)
