"""The sandbox of templates: few statements, few filters, no attributes, and a count of steps.

Jinja's own sandbox stands behind as the second wall. What it leaves open is closed here: methods of
texts and numbers, statements that build ever longer texts, loops and calls without end.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, time
from itertools import islice
from types import CodeType
from typing import Any

from babel.dates import format_date, format_time, get_timezone_location
from babel.numbers import format_decimal
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context, LoopContext, TemplateReference
from jinja2.sandbox import ImmutableSandboxedEnvironment
from typing_extensions import override

from bot.errors import RenderError
from bot.kept import Kept
from bot.languages import locale
from bot.render import plurals
from bot.render.markdown import escaped
from bot.rules import dates
from bot.times import from_epoch

STEPS = 10_000
"""Turns of loops and calls that one text may take; a real one takes some ten."""

_FILTERS = (
    "capitalize",
    "default",
    "first",
    "int",
    "join",
    "last",
    "length",
    "lower",
    "title",
    "trim",
    "upper",
)
_LOGIC = (nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.CondExpr, nodes.Test)
_VALUES = (
    nodes.Name,
    nodes.Const,
    nodes.List,
    nodes.Tuple,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Call,
    nodes.Keyword,
    nodes.Filter,
)
_SUMS = (nodes.Add, nodes.Sub, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Concat)
# Nothing that keeps or multiplies a text (set, macro, '*'): so what comes out is bounded by the
# template's size times STEPS.
_NODES = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Block,
    nodes.For,
    nodes.If,
    *_LOGIC,
    *_VALUES,
    *_SUMS,
)

_COMPILED: Kept[tuple[str, str], tuple[CodeType, frozenset[str]]] = Kept(2_000)
"""The code and the slots of what was compiled, by its text and its file's name.

Every sandbox allows the same, so a reload compiles only what has changed.
"""

Words = Callable[[str, str, str], str]
"""Gives the word for a code, from the table's name, the code and the language."""


class Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox.

    `steps` is what the text being rendered has left, `zone` the one whose clock instants are said
    by, `words` says codes.
    """

    intercepted_binops = frozenset({"%"})

    def __init__(self, zone: str = "UTC", words: Words | None = None) -> None:
        super().__init__(
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_finalize
        )
        self.steps = STEPS
        self.zone = zone
        self.words = words
        known = self.filters
        self.filters = {name: known[name] for name in _FILTERS} | {
            "number": _number,
            "plural": _plural,
            "date": _date,
            "time": _time,
            "instant": self.instant,
            "word": self.word,
            "markdown": escaped,
            "_counted": self.counted,
        }
        self.globals = {"range": _range}

    def compile_text(self, source: str, file: str) -> tuple[Template, frozenset[str]]:
        """Compile after a look at what the template uses.

        Give it with the slots that it names in link("…"). Raises TemplateSyntaxError.
        """
        key = (source, file)
        if key not in _COMPILED:
            _COMPILED[key] = self._compile_anew(source, file)
        code, slots = _COMPILED[key]
        return Template.from_code(self, code, dict(self.globals)), slots

    def _compile_anew(self, source: str, file: str) -> tuple[CodeType, frozenset[str]]:
        tree = self.parse(source, file, file)
        slots = set()
        for node in list(_descendants(tree)):
            if not isinstance(node, _NODES):
                raise TemplateSyntaxError(
                    f"{type(node).__name__} can't be used in texts", node.lineno, file, file
                )
            if isinstance(node, nodes.For):
                self._count(node, file)
            if (
                isinstance(node, nodes.Call)
                and isinstance(node.node, nodes.Name)
                and node.node.name == "link"
            ):
                slots |= {
                    argument.value for argument in node.args if isinstance(argument, nodes.Const)
                }
        return self.compile(tree, file, file), frozenset(slots)

    @staticmethod
    def _count(loop: nodes.For, file: str) -> None:
        if loop.recursive:
            raise TemplateSyntaxError(
                "a recursive loop can't be used in texts", loop.lineno, file, file
            )
        loop.iter = nodes.Filter(loop.iter, "_counted", [], [], None, None, lineno=loop.lineno)

    def step(self) -> None:
        """Count a turn of a loop or a call; raises SecurityError after too many."""
        self.steps -= 1
        if self.steps < 0:
            raise SecurityError(f"takes more than {STEPS} steps: is there a loop without end?")

    def counted(self, items: Iterable[object]) -> Iterator[object]:
        """Give the items, counting them: what every `for` runs through."""
        for item in items:
            self.step()
            yield item

    @pass_context
    def instant(self, context: Context, moment: int, zone: str | None = None) -> str:
        """Say epoch seconds by the clock of a place, which is named: 'samedi 1er mai …, 09:00
        (Paris)'.
        """
        language, here = str(context["language"]), dates.zone(zone or self.zone)
        there, spoken = from_epoch(moment).astimezone(here), locale(language)
        clock = format_time(there, "short", tzinfo=here, locale=spoken)
        place = (
            "UTC" if here.key == "UTC" else get_timezone_location(here, spoken, return_city=True)
        )
        joined = str(spoken.datetime_formats["full"]).replace("'", "")
        return f"{joined.format(clock, _said(there.date(), 'full', language))} ({place})"

    @pass_context
    def word(self, context: Context, code: object, table: str) -> str | list[str]:
        """Say a code by its word, or each of several by its own.

        Raises `RenderError` where there is no such table.
        """
        if self.words is None:
            raise RenderError(f"word({table!r}): only texts of the chat have words for codes")
        language = str(context["language"])
        if isinstance(code, list | tuple):
            return [self.words(table, str(each), language) for each in code]
        return self.words(table, str(code), language)

    @override
    def call(self, __context: Context, __obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Count every call, then let the sandbox judge it."""
        self.step()
        return super().call(__context, __obj, *args, **kwargs)

    @override
    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse to format texts by '%', which can fill the memory."""
        if isinstance(left, str):  # '%9999999999d' fills the memory
            raise SecurityError("'%' formats no texts here; use the filters number and date")
        return super().call_binop(context, operator, left, right)

    @override
    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Let templates reach loop.… and self.… only."""
        return (
            isinstance(obj, LoopContext | TemplateReference)
            and not attr.startswith("_")
            and super().is_safe_attribute(obj, attr, value)
        )


def _descendants(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _descendants(child)


def _finalize(value: object) -> object:
    if value is None:
        raise SecurityError("an expression gives nothing to write")
    return value


def _range(*bounds: int) -> list[int]:
    numbers = list(islice(iter(range(*bounds)), STEPS + 1))
    if len(numbers) > STEPS:
        raise SecurityError(f"range() gives more than {STEPS} numbers")
    return numbers


@pass_context
def _number(context: Context, value: float | str) -> str:
    return format_decimal(value, locale=locale(str(context["language"])))


@pass_context
def _plural(context: Context, value: float, *, other: str, **forms: str) -> str:
    return plurals.say(value, {**forms, "other": other}, str(context["language"]))


@pass_context
# the name template authors know from Babel
def _date(context: Context, value: date, format: str = "long") -> str:  # noqa: A002
    return _said(value, format, str(context["language"]))


def _said(day: date, form: str, language: str) -> str:
    said = format_date(day, form, locale=locale(language))
    # French says « 1er mai », which CLDR's patterns can't express
    return re.sub(r"^(\D*)1 ", r"\g<1>1er ", said) if language.startswith("fr") else said


@pass_context
def _time(context: Context, minute: int) -> str:
    return format_time(time(*divmod(minute, 60)), "short", locale=locale(str(context["language"])))
