"""The shape of calls.toml: stories that the campaign looks for, and contests."""

from datetime import date
from typing import Literal

from pydantic import Field

from bot.files.shapes import Report, Shape
from bot.library.shapes import Id, Sourced, ids_differ
from bot.model.calls.entry import Call, CallKind


class CallShape(Sourced):
    """A table [[call]]; its words stand in words.toml, under [calls]."""

    id: Id
    kind: Literal["story", "contest"]
    opens: date | None = None
    closes: date | None = None
    month: int | None = Field(None, ge=1, le=12)


class CallsShape(Shape):
    """Everything that calls.toml may hold."""

    call: list[CallShape] = Field(min_length=1)


def judge_calls(shape: CallsShape, report: Report) -> None:
    """Report calls of which nobody could say when they are open."""
    ids_differ((call.id for call in shape.call), "call", report)
    for call in shape.call:
        where = f"call[{call.id}]"
        if (call.month is None) is (call.opens is None or call.closes is None):
            report(where, "say when it is open: opens and closes with their days, or a month alone")
        elif call.opens is not None and call.closes is not None and call.closes < call.opens:
            report(f"{where}.closes", "it would close before it opens; change one of the days")


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
        )
        for each in (shape.call if shape else ())
    )
