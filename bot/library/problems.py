"""What doesn't fit a shape, in plain words: pydantic's errors -> `Problem`s that say what to do
next.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from difflib import get_close_matches
from typing import Any, Final, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from bot.model import Problem

_FEW: Final = 14
_TEXTS: Final = {"source", "label", "name", "quote"}


class Shape(BaseModel):
    """What the tables of all files share: no unknown key, and no guessing of types."""

    model_config = ConfigDict(extra="forbid", strict=True)


S = TypeVar("S", bound=Shape)


def suggest(word: str, known: Iterable[str]) -> str:
    """Give '; did you mean …?', else the choice where it is small, else nothing."""
    options = sorted(known)
    near = get_close_matches(word, options, 1) or get_close_matches(word.casefold(), options, 1)
    if near:
        return f"; did you mean {near[0]!r}?"
    return f"; there are: {', '.join(options)}" if 0 < len(options) <= _FEW else ""


def twice(words: Sequence[str]) -> list[str]:
    """Give the words that stand more than once, each once, sorted."""
    return sorted({word for word in words if words.count(word) > 1})


def fit(shape: type[S], table: Mapping[str, Any], file: str) -> tuple[S | None, list[Problem]]:
    """Give `table` in its shape, and everything that doesn't fit it.

    Where only unknown keys or lacking texts are wrong, both come: the shape without those keys and
    with '…' for the texts, so that what else is wrong can be found at once.
    """
    try:
        return shape.model_validate(table), []
    except ValidationError as error:
        details = error.errors()
    problems = [_problem(detail, shape, table, file) for detail in details]
    mended = deepcopy(dict(table))
    if not all(_mend(mended, detail) for detail in details):
        return None, problems
    try:
        return shape.model_validate(mended), problems
    except ValidationError:
        return None, problems


def _mend(table: Any, detail: ErrorDetails) -> bool:
    *way, last = detail["loc"]
    for part in way:
        table = table[part]
    if detail["type"] == "extra_forbidden":
        del table[last]
        return True
    if detail["type"] == "string_too_short" or (detail["type"] == "missing" and last in _TEXTS):
        table[last] = "…"
        return True
    return False


def _problem(
    detail: ErrorDetails, shape: type[Shape], table: Mapping[str, Any], file: str
) -> Problem:
    return Problem(file=file, key=_key(detail["loc"], table), message=_message(detail, shape))


def _key(location: Sequence[int | str], table: Any) -> str:
    """A dotted key; an entry of a list goes by its id, else by its place counted from 1."""
    key = ""
    for part in location:
        if isinstance(part, int):
            entry = table[part] if isinstance(table, list) and part < len(table) else None
            name = entry.get("id") if isinstance(entry, Mapping) else None
            key += f"[{name if isinstance(name, str) else part + 1}]"
            table = entry
        elif part != "[key]":  # pydantic's word for a key that doesn't fit
            key += f".{part}" if key else part
            table = table.get(part) if isinstance(table, Mapping) else None
    return key


_WANTED: Final[Mapping[str, str]] = {
    "string_type": "must be a text in quotes",
    "int_type": "must be a whole number without quotes",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number without quotes",
    "bool_type": "must be true or false, without quotes",
    "date_type": "must be a day without quotes, like 2000-12-31",
    "date_from_datetime_inexact": "must be a day without a time of day",
    "list_type": 'must be a list in square brackets, like ["…"]',
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
}


def _message(detail: ErrorDetails, shape: type[Shape]) -> str:
    kind, context, given = detail["type"], detail.get("ctx", {}), detail["input"]
    match kind:
        case "extra_forbidden":
            message = (
                "there is no such"
                f" key{suggest(str(detail['loc'][-1]), _keys(shape, detail['loc'][:-1]))}"
            )
        case "missing":
            message = "is missing; add it"
        case "string_too_short" | "too_short":
            message = "must not be empty; fill it in"
        case "value_error":
            message = str(context["error"])
        case "literal_error":
            message = (
                f"{given!r} can't stand here{suggest(str(given), _choices(context['expected']))}"
            )
        case _:
            wanted = _WANTED.get(kind) or f"{detail['msg'][:1].lower()}{detail['msg'][1:]}"
            message = f"{wanted}, not {_said(given)}"
    return message


def _said(value: object) -> str:
    if isinstance(value, Mapping | list):
        return "a table" if isinstance(value, Mapping) else "a list"
    return f"{value!r}" if isinstance(value, str | bool | int | float) else str(value)


def _choices(expected: str) -> list[str]:
    return [word.strip(" '") for word in expected.replace(" or ", ",").split(",")]


def _keys(shape: type[Shape], location: Sequence[int | str]) -> list[str]:
    """The keys that the table at `location` may have."""
    shapes: list[Any] = [shape]
    for part in location:
        if isinstance(part, str):
            inner = [
                s.model_fields[_field(s, part)].annotation
                for s in shapes
                if _field(s, part) in s.model_fields
            ]
            shapes = (
                [inner_shape for annotation in inner for inner_shape in _shapes(annotation)]
                or [s for s in shapes if s.__name__ == part]
                or shapes
            )
    return sorted({field.alias or name for s in shapes for name, field in s.model_fields.items()})


def _field(shape: type[Shape], key: str) -> str:
    return next((name for name, field in shape.model_fields.items() if field.alias == key), key)


def _shapes(annotation: Any) -> list[type[Shape]]:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return [annotation]
    return [shape for argument in get_args(annotation) for shape in _shapes(argument)]


Report = Callable[[str, str], None]
"""Takes key and message of what was found in one file."""


def reporter(problems: list[Problem], file: str) -> Report:
    """Give a function that adds a problem of `file` to `problems`."""

    def report(key: str, message: str) -> None:
        problems.append(Problem(file=file, key=key, message=message))

    return report
