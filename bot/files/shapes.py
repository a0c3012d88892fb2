"""Tables fitted into their shapes; pydantic's errors become `Problem`s in plain words that say what
to do next.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from itertools import islice
from typing import Any, Final, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from bot.files import limits
from bot.model import Problem
from bot.names import did_you_mean, suggest

_SAID: Final = 200
"""Most characters of a wrong value that are shown."""

_TEXTS: Final = {"source", "label", "name", "quote"}


class Shape(BaseModel):
    """Base of all shapes of tables: unknown keys are refused and types are not converted."""

    model_config = ConfigDict(extra="forbid", strict=True)


S = TypeVar("S", bound=Shape)


def twice(words: Sequence[str]) -> list[str]:
    """Return the words that stand in the list more than once; each once, sorted."""
    return sorted({word for word in words if words.count(word) > 1})


Wording = Mapping[str, str]
"""What is said of each kind of error, by pydantic's name for it; 'other' is for all other kinds.

These stand in braces and are filled in: `given`, the wrong value; `expected`, what could stand
there, `nearest`, a suggestion out of that, and `near`, the suggestion or else all of it; `table`,
the outermost table as '[privacy]', or as 'channel' for [channels.NAME]; `key`, the dotted key
without places in lists; `problem`, pydantic's own words; and what pydantic gives as the error's
context.
"""

WORDING: Final[Wording] = {
    "extra_forbidden": "there is no such key{near}",
    "missing": "is missing; add it",
    "string_too_short": "must not be empty; fill it in",
    "too_short": "must not be empty; fill it in",
    "literal_error": "{given} can't stand here{near}",
    "string_type": "must be a text in quotes, not {given}",
    "int_type": "must be a whole number without quotes, not {given}",
    "int_from_float": "must be a whole number, not {given}",
    "float_type": "must be a number without quotes, not {given}",
    "bool_type": "must be true or false, without quotes, not {given}",
    "date_type": "must be a day without quotes, like 2000-12-31, not {given}",
    "date_from_datetime_inexact": "must be a day without a time of day, not {given}",
    "list_type": 'must be a list in square brackets, like ["…"], not {given}',
    "list_of_tables": "must be a list of tables: write [[{key}]], with two brackets",
    "dict_type": "must be a table, not {given}",
    "model_type": "must be a table, not {given}",
    "model_attributes_type": "must be a table, not {given}",
    "value_error": "{error}",
    "other": "{problem}, not {given}",
}
"""The words for files of data, whose values may be shown; config.toml has words of its own."""


def fit(
    shape: type[S], table: Mapping[str, Any], file: str, wording: Wording = WORDING
) -> tuple[S | None, list[Problem]]:
    """Return `table` in its shape, or None, and a problem for everything that doesn't fit.

    Where nothing but unknown keys and missing texts is wrong, the shape is returned all the same,
    without those keys and with '…' for the texts, so that other problems can be found in one go.
    """
    try:
        return shape.model_validate(table), []
    except ValidationError as error:
        details = error.errors(include_url=False)
    each = (
        Problem(file=file, key=_key(detail["loc"], table), message=_message(detail, shape, wording))
        for detail in details
    )
    problems = some(each, file)
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


def _key(location: Sequence[int | str], table: Any) -> str:
    """Return the dotted key; an entry of a list goes by its id, else by its place from 1."""
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


def _message(detail: ErrorDetails, shape: type[Shape], wording: Wording) -> str:
    kind, context, problem = detail["type"], detail.get("ctx", {}), detail["msg"]
    word, options = _options(detail, shape)
    said = wording.get(kind, wording["other"])
    if kind == "list_type" and isinstance(detail["input"], Mapping):
        said = wording.get("list_of_tables", said)
    return said.format(
        **context | {"expected": context.get("expected", "")},
        given=_said(detail["input"]),
        near=suggest(str(word), options),
        nearest=did_you_mean(str(word), options),
        table=_table(detail["loc"]),
        key=".".join(part for part in detail["loc"] if isinstance(part, str)),
        problem=f"{problem[:1].lower()}{problem[1:]}",
    )


def _options(detail: ErrorDetails, shape: type[Shape]) -> tuple[object, list[str]]:
    """Return the unknown key or word, and what could stand in its place."""
    match detail["type"]:
        case "extra_forbidden":
            return detail["loc"][-1], _keys(shape, detail["loc"][:-1])
        case "literal_error":
            return detail["input"], _choices(detail["ctx"]["expected"])
    return "", []


def _table(location: Sequence[int | str]) -> str:
    match location:
        case [str(table), _, _, *_]:
            return table.removesuffix("s")
        case [table, *_]:
            return f"[{table}]"
    return ""


def _said(value: object) -> str:
    if isinstance(value, Mapping | list):
        return "a table" if isinstance(value, Mapping) else "a list"
    said = f"{value!r}" if isinstance(value, str | bool | int | float) else str(value)
    return said if len(said) <= _SAID else f"{said[:_SAID]}…"


def _choices(expected: str) -> list[str]:
    return [word.strip(" '") for word in expected.replace(" or ", ",").split(",")]


def _keys(shape: type[Shape], location: Sequence[int | str]) -> list[str]:
    """Return the keys that the table at `location` may have, sorted."""
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
"""A function that takes the key and the message of a problem in one file."""


def reporter(problems: list[Problem], file: str) -> Report:
    """Return a function that adds a problem of `file` to `problems`."""

    def report(key: str, message: str) -> None:
        problems.append(Problem(file=file, key=key, message=message))

    return report


def some(problems: Iterator[Problem], file: str) -> list[Problem]:
    """Return the first `limits.MOST_TOLD` problems of a file, and one that says if more follow."""
    told = list(islice(problems, limits.MOST_TOLD))
    if next(problems, None) is not None:
        message = f"has more than {limits.MOST_TOLD} problems; mend those above first"
        told.append(Problem(file=file, key="", message=message))
    return told
