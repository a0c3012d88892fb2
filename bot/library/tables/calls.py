"""The shape of calls.toml: stories that the campaign looks for, and contests."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import Field

from bot.files.shapes import Report, Shape
from bot.library.shapes import Country, Id, Ids, Sourced, ids_differ
from bot.library.tables.forms import QuestionShape, judge_questions, question_of
from bot.model.calls.entry import ALWAYS, Call, CallKind, CallTo
from bot.names import suggest


class ToShape(Shape):
    """The table `to`: makers of which public pledges are asked; with nothing in it all."""

    groups: Ids = Field([])
    countries: list[Country] = Field([])
    topics: Ids = Field([])


class CallShape(Sourced):
    """A table [[call]]; its words stand in words.toml, under [calls]."""

    id: Id
    kind: Literal["story", "contest"]
    opens: date | None = None
    closes: date | None = None
    month: int | None = Field(None, ge=1, le=12)
    to: ToShape | None = None
    question: list[QuestionShape] = Field([])


class CallsShape(Shape):
    """Everything that calls.toml may hold."""

    call: list[CallShape] = Field(min_length=1)


def judge_calls(
    shape: CallsShape, groups: Sequence[str], topics: Sequence[str], report: Report
) -> None:
    """Report calls of which nobody could say when they are open, and what leads nowhere; `groups`
    and `topics` are the ids of pledges.toml.
    """
    ids_differ((call.id for call in shape.call), "call", report)
    for call in shape.call:
        where = f"call[{call.id}]"
        days = [each for each in (call.opens, call.closes) if each is not None]
        if len(days) == 1 or (days and call.month is not None):
            report(
                where,
                "say when it is open: opens and closes with their days, or a month alone; with"
                " neither staff open it (`drumbeat calls open`)",
            )
        elif call.opens is not None and call.closes is not None and call.closes < call.opens:
            report(f"{where}.closes", "it would close before it opens; change one of the days")
        _questions(call, where, report)
        for key, named, known in (
            ("groups", call.to.groups if call.to else [], groups),
            ("topics", call.to.topics if call.to else [], topics),
        ):
            for name in named:
                if name not in known:
                    message = f"pledges.toml has no {key[:-1]} {name!r}{suggest(name, known)}"
                    report(f"{where}.to.{key}", message)


_TAKEN = ("text", "link", *(each.id for each in ALWAYS))
"""Ids that mean something in every call."""

_KEYS = {"id", "kind", "choices", "max_words", "required"}
"""What a question of a call may say."""


def _questions(call: CallShape, where: str, report: Report) -> None:
    """Report questions that can't be asked of somebody whom nobody knows, on one page."""
    judge_questions(call.question, where, report)
    for question in call.question:
        at = f"{where}.question[{question.id}]"
        if question.id in _TAKEN:
            report(f"{at}.id", f"{question.id!r} means something in every call; take another id")
        if question.kind not in ("text", "link", "choice", "several") or (
            question.choices == "actions"
        ):
            report(
                f"{at}.kind",
                'a call asks by "text", "link", or a "choice" or "several" with choices of its own',
            )
        for key in sorted(question.model_fields_set - _KEYS):
            report(f"{at}.{key}", "a call asks all alike, on one page; leave this key out")


def calls_of(shape: CallsShape | None) -> tuple[Call, ...]:
    """Return those of a file, in its order; none without one."""
    return tuple(
        Call(
            id=each.id,
            kind=CallKind(each.kind),
            source=each.source,
            opens=each.opens,
            closes=each.closes,
            month=each.month,
            to=_to(each.to) if each.to else None,
            questions=tuple(question_of(entry, ()) for entry in each.question),
        )
        for each in (shape.call if shape else ())
    )


def _to(shape: ToShape) -> CallTo:
    return CallTo(
        groups=tuple(shape.groups), countries=tuple(shape.countries), topics=tuple(shape.topics)
    )
