"""The shape of forms.toml: what people are asked one after the other."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from bot.files.shapes import Report, Shape, twice
from bot.library.shapes import AUDIENCES, ID, AudienceWord, Id, Sourced, ids_differ
from bot.model.calls import SURVEY
from bot.model.makers import BoardPart, Form, Meeting, PagePart, Question
from bot.model.pathfinders import PROGRESS
from bot.model.public import SCALE_UP
from bot.names import suggest


def _choices(value: object) -> object:
    if value != "actions" and not (
        isinstance(value, list)
        and value
        and all(isinstance(word, str) and ID.fullmatch(word) for word in value)
    ):
        raise ValueError(
            'must be "actions" (what the person has ticked off) or a list of ids, like ["yes",'
            ' "no"]'
        )
    return value


class QuestionShape(Shape):
    """A table [[forms.NAME.question]]; an entry with `advice` shows its text and asks nothing."""

    id: Id
    step: Id | None = None
    kind: Literal["text", "choice", "several", "topics", "steps", "link"]
    #: 'actions' (what the person has ticked off), or the ids of the answers
    choices: Annotated[object, AfterValidator(_choices)] = None
    max_words: int | None = Field(None, ge=1)
    required: bool
    advice: bool = False
    later: bool = False
    audiences: list[AudienceWord] = Field([])
    #: by what pledges are matched
    match: Literal["offers", "needs"] | None = None
    #: what the answer is on the board of scale-up results
    board: Literal["cost", "evidence", "repeat"] | None = None
    #: what the answer is on the page of a pledge
    page: (
        Literal[
            "name",
            "description",
            "action",
            "plan",
            "impact",
            "website",
            "topics",
            "progress",
            "person",
            "full-name",
        ]
        | None
    ) = None


class FormShape(Sourced):
    """The table [forms.NAME] of forms.toml."""

    question: list[QuestionShape] = Field(min_length=1)


class FormsShape(Shape):
    """Everything that forms.toml may hold."""

    forms: dict[Id, FormShape]


FORMS: Final = ("pledge", SCALE_UP, "carry-on", SURVEY, PROGRESS)
"""The forms that people are asked: who makes a pledge, who brings it further, single people in a
campaign's last month, who follows a pledge, and a country that goes ahead of others."""


def judge(shape: FormsShape, topics: Sequence[str], report: Report) -> None:
    """Report forms that nobody is asked, and questions that can't be asked; `topics` are the ids of
    what the campaign's pledges are about.
    """
    for form_id, form in shape.forms.items():
        if form_id not in FORMS:
            near = suggest(form_id, FORMS)
            message = f"nobody is ever asked this form; rename it, or take it out{near}"
            report(f"forms.{form_id}", message)
        judge_questions(form.question, f"forms.{form_id}", report)
        _pages(form_id, form.question, topics, report)
        _matches(form_id, form.question, report)
        _board(form_id, form.question, report)
        _steps(form_id, form.question, report)
    if SURVEY in shape.forms:
        _survey(shape.forms[SURVEY].question, report)


def judge_questions(questions: Sequence[QuestionShape], key: str, report: Report) -> None:
    """Report questions of the table at `key` that contradict themselves, and ids that stand there
    twice.
    """
    ids_differ((each.id for each in questions), f"{key}.question", report)
    for question in questions:
        where = f"{key}.question[{question.id}]"
        if (question.kind in ("choice", "several")) != (question.choices is not None):
            report(
                f"{where}.choices",
                'a question of kind "choice" or "several" needs choices, and no other may have'
                " them",
            )
        if question.kind == "several" and question.choices == "actions":
            report(f"{where}.choices", 'of kind "several" they must be a list of ids')
        if question.kind != "text" and question.max_words is not None:
            report(f"{where}.max_words", f"a {question.kind} has no words to count; leave it out")
        if question.later and (question.required or question.advice):
            report(
                f"{where}.later",
                "what is required, or is advice, is asked in the row; leave this key out",
            )


_KINDS_OF_PARTS: Final[Mapping[str, str]] = {
    "website": "link",
    "topics": "topics",
    "progress": "choice",
    "full-name": "choice",
}
"""The kind of question that each part of a pledge's page needs; `text` for all others."""


def _pages(
    form_id: str, questions: list[QuestionShape], topics: Sequence[str], report: Report
) -> None:
    """Report what can't stand on the page of a pledge as it is asked for."""
    shown = [question for question in questions if question.page is not None]
    for part in twice([str(question.page) for question in shown]):
        report(
            f"forms.{form_id}.question",
            f"two answers are the page's {part!r}; leave `page` out of one",
        )
    for question in shown:
        where, kind = f"forms.{form_id}.question[{question.id}]", question.kind
        needed = _KINDS_OF_PARTS.get(str(question.page), "text")
        if form_id != "pledge":
            report(f"{where}.page", "only answers to the form `pledge` have a page; leave it out")
        elif kind != needed:
            report(f"{where}.kind", f'what is the page\'s {question.page!r} is of kind "{needed}"')
        elif question.page == "progress" and question.choices != ["in-progress", "done"]:
            report(f"{where}.choices", 'must be ["in-progress", "done"], which the page knows')
    for question in questions:
        if question.kind == "topics" and not topics:
            report(
                f"forms.{form_id}.question[{question.id}].kind",
                "the campaign has no topics; write a [[topic]] into pledges.toml, or leave it out",
            )


def _matches(form_id: str, questions: list[QuestionShape], report: Report) -> None:
    """Report answers by which pledges can't be matched."""
    both = [question for question in questions if question.match is not None]
    for question in both:
        where = f"forms.{form_id}.question[{question.id}]"
        if form_id != "pledge":
            report(f"{where}.match", "only pledges are matched; leave it out")
        elif question.kind != "several":
            report(f"{where}.kind", 'what pledges are matched by is of kind "several"')
        elif question.choices != both[0].choices:
            report(f"{where}.choices", f"must be the same as those of {both[0].id!r}")
    for name in twice([str(question.match) for question in both]):
        report(f"forms.{form_id}.question", f"two have match = {name!r}; leave it out of one")


def _board(form_id: str, questions: list[QuestionShape], report: Report) -> None:
    """Report answers that can't stand on the board of scale-up results."""
    for question in questions:
        where = f"forms.{form_id}.question[{question.id}].board"
        if question.board is None:
            continue
        if form_id != SCALE_UP:
            report(where, f"only answers to the form `{SCALE_UP}` stand there; leave it out")
        elif question.advice:
            report(where, "advice has no answer; leave it out")
        elif question.choices == "actions":
            report(where, "only its own words, or choices of its own, stand there")


def _steps(form_id: str, questions: list[QuestionShape], report: Report) -> None:
    """Report ticks of a country's next steps where no country is asked."""
    for question in questions:
        if question.kind == "steps" and form_id != PROGRESS:
            where = f"forms.{form_id}.question[{question.id}].kind"
            report(where, f"only the form `{PROGRESS}` is about a country, which has next steps")


def _survey(questions: list[QuestionShape], report: Report) -> None:
    """Report what can't be asked of somebody whom nobody knows, one question after the other."""
    known = {"id", "kind", "choices", "max_words", "required"}
    for question in questions:
        own = question.kind not in ("text", "choice") or question.choices == "actions"
        if own or question.model_fields_set - known:
            report(
                f"forms.{SURVEY}.question[{question.id}]",
                'a survey asks all alike: by "text", or a "choice" with choices of its own',
            )


def forms_of(shape: FormsShape | None, topics: tuple[str, ...]) -> Mapping[str, Form]:
    """Return those of a file by their ids; none without one. `topics` are the ids of what the
    campaign's pledges are about, which some questions have as choices.
    """
    return {
        form_id: Form(
            id=form_id,
            source=form.source,
            questions=tuple(question_of(entry, topics) for entry in form.question),
        )
        for form_id, form in (shape.forms if shape else {}).items()
    }


def question_of(entry: QuestionShape, topics: tuple[str, ...]) -> Question:
    """Return a question of a file; `topics` are the choices of one of kind `topics`."""
    own = tuple(entry.choices) if isinstance(entry.choices, list) else ()
    return Question(
        id=entry.id,
        step=entry.step,
        choice=entry.kind == "choice",
        choices=topics if entry.kind == "topics" else own,
        max_words=entry.max_words,
        required=entry.required,
        advice=entry.advice,
        several=entry.kind in ("several", "topics", "steps"),
        steps=entry.kind == "steps",
        topics=entry.kind == "topics",
        match=Meeting(entry.match) if entry.match else None,
        board=BoardPart(entry.board) if entry.board else None,
        link=entry.kind == "link",
        later=entry.later,
        audiences=frozenset(AUDIENCES[word] for word in entry.audiences),
        page=PagePart(entry.page) if entry.page else None,
    )
