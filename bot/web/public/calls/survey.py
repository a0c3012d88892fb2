"""The page on which followers of a pledge answer its survey, at the link that its maker passes on.

::

    age ── too young ► a word of thanks, and nothing is kept
     ▼
    the questions ── what is wrong stands at its field
     ▼
    thanks: what was answered is kept, and nothing of who answered
"""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException

from bot.conversation.people.start import SURVEYED
from bot.errors import StoreError
from bot.gaps import filled
from bot.jobs.calls import surveys
from bot.jobs.calls.surveys import Survey
from bot.model.calls import ENOUGH, SURVEY, SURVEY_DAYS
from bot.web.public.danger import TRAP
from bot.web.public.making.fields import judged, questions, to_mend
from bot.web.public.making.filled import answers
from bot.web.public.reader import Elsewhere, Reader, Shown

MOST_BYTES = 60_000
"""Bytes of the form: some answers of a hundred words of any script, every byte as %XX."""

_WRONG = HTTPStatus.UNPROCESSABLE_ENTITY


def survey(reader: Reader) -> Shown:
    """Show the question about age, or the questions to who has answered it; 404 for no link of
    ours.
    """
    asked = _asked(reader)
    if reader.query.get("sent"):
        return _page(reader, asked, "sent")
    if not surveys.is_open(reader.services, asked, reader.today):
        return _page(reader, asked, "closed")
    if reader.query.get("age") == "no":
        return _page(reader, asked, "young", age=reader.services.settings.chat.age)
    if reader.query.get("age") == "yes":
        return _form(reader, asked, {}, {})
    return _first(reader, asked, wrong="age" in reader.query)


def answered(reader: Reader, sent: Mapping[str, str]) -> Shown | Elsewhere:
    """Keep what was answered, or show what is wrong with it."""
    asked = _asked(reader)
    if not surveys.is_open(reader.services, asked, reader.today):
        return _page(reader, asked, "closed")
    if sent.get("age") != "yes":
        return _first(reader, asked, wrong=True)
    given, wrong = answers(reader, asked.form, asked.pledge.audience, sent)
    if problems := judged(reader, sent, wrong):
        return _form(reader, asked, sent, problems)
    return _kept(reader, asked, given, sent)


def _kept(
    reader: Reader, asked: Survey, given: Mapping[str, str], sent: Mapping[str, str]
) -> Shown | Elsewhere:
    """Keep the answers and lead to the thanks; show the form where that can't be."""
    said, services = reader.words["survey"], reader.services
    try:
        if not (reader.may_send() and surveys.has_room(services, asked, reader.now)):
            status = HTTPStatus.TOO_MANY_REQUESTS
            return _form(reader, asked, sent, {}, problem=said["too_many"], status=status)
        surveys.answer(services, asked, given, reader.now)
    except StoreError:
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return _form(reader, asked, sent, {}, problem=said["not_kept"], status=status)
    return Elsewhere(path=f"{_path(reader)}?sent=yes")


def _asked(reader: Reader) -> Survey:
    asked = surveys.opened(reader.services, reader.parts["code"]) if reader.takes else None
    if asked is None or asked.campaign.id != reader.of.id or reader.playing:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return asked


def _first(reader: Reader, asked: Survey, *, wrong: bool) -> Shown:
    """Return the question about age; with what lacks, where somebody went on without an answer."""
    return _page(reader, asked, "who", **reader.asking_age(missing=wrong))


def _form(
    reader: Reader,
    asked: Survey,
    sent: Mapping[str, str],
    problems: Mapping[str, str],
    *,
    problem: str = "",
    status: int | None = None,
) -> Shown:
    made = questions(reader, asked.form, sent, problems)
    return _page(
        reader,
        asked,
        "form",
        status=status or (_WRONG if problems else HTTPStatus.OK),
        problems=to_mend(reader, made, problems),
        problem=problem,
        fields=made,
        sent=sent,
        wrong=problems,
        trap=TRAP,
    )


def _path(reader: Reader) -> str:
    return reader.here(surveys.PATH, reader.parts["code"])


def _about(reader: Reader, asked: Survey) -> str:
    """Return who asks, what is kept of an answer, and who reads it."""
    return filled(
        reader.words["survey"]["about"],
        name=asked.pledge.organisation or asked.pledge.name,
        enough=reader.number(ENOUGH),
        days=reader.number(SURVEY_DAYS),
        **reader.answerable,
    )


def _chat(reader: Reader, asked: Survey) -> str:
    """Return the link at which the same is answered in the chat; '' for none."""
    every = surveys.links(reader.services, asked, reader.language)
    return next((each for each in every if f"?start={SURVEYED}" in each), "")


def _page(
    reader: Reader, asked: Survey, step: str, *, status: int = HTTPStatus.OK, **values: object
) -> Shown:
    words = reader.about(reader.of).form(SURVEY)
    return Shown(
        template="survey.html",
        title=words.title,
        status=_WRONG if values.get("problems") else status,
        indexed=False,
        trail=((reader.about(reader.of).title, f"{reader.here()}/"),),
        values={
            "step": step,
            "path": _path(reader),
            "intro": words.intro,
            "about": _about(reader, asked),
            "chat": _chat(reader, asked) if step == "who" else "",
            **values,
        },
    )
