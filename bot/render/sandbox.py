"""The sandbox of templates: few statements, few filters, no attributes, and a count of what a text
takes (`bot.render.meter`).

Jinja's own sandbox is the second wall behind it. What that leaves open is closed here: methods of
texts and numbers, statements that build ever longer texts, loops and calls without end.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import cached_property, partial, wraps
from itertools import islice
from types import CodeType
from typing import Any

from babel.numbers import format_decimal
from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes, pass_context
from jinja2.exceptions import SecurityError
from jinja2.filters import make_attrgetter
from jinja2.runtime import Context, LoopContext, TemplateReference
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer
from typing_extensions import override

from bot.errors import RenderError
from bot.files import limits
from bot.kept import Kept
from bot.languages import in_brackets, locale, said_day, said_days, said_instant, said_time
from bot.render.languages import plurals
from bot.render.markdown import escaped
from bot.render.meter import Meter
from bot.render.plain import Parsed, Said, divided, saying
from bot.rules import dates
from bot.rules.reading import places
from bot.times import from_epoch

_FILTERS = (
    "capitalize",
    "default",
    "first",
    "int",
    "last",
    "length",
    "lower",
    "title",
    "trim",
    "upper",
)
_DIGITS = 50
"""Most digits of a number that may be written into a text."""

_ELIFS = 10
"""How many `elif` of a chain count as one level: Python nests each in the one before."""

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
# left out is what keeps or multiplies a text: set, macro, '*'
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


@dataclass(frozen=True, kw_only=True)
class _Compiled:
    """A template as Python code, of which each sandbox makes its own."""

    python: str
    file: str
    slots: frozenset[str]
    #: the names of all blocks, in their order
    blocks: tuple[str, ...]
    #: the blocks that need no code, as functions like those in the code
    plain: Mapping[str, Said]

    @cached_property
    def code(self) -> CodeType:
        """What runs; made when the first text is wanted, which of many templates never is."""
        return compile(self.python, self.file, "exec")


_COMPILED: Kept[tuple[str, str], _Compiled] = Kept(2_000)
"""Compiled templates by text and file name.

All sandboxes allow the same, so they share it, and a reload compiles only what has changed.
"""

Words = Callable[[str, str, str], str]
"""A function that takes a table's name, a code and a language, and returns the code's word."""


class Sandbox(ImmutableSandboxedEnvironment):
    """The Jinja environment of all templates.

    Instants are said by the clock of `zone` (IANA name); `words` gives the word for a code, where
    there are such words. `meter` counts what the text being made takes.
    """

    intercepted_binops = frozenset({"%", "+"})

    def __init__(self, zone: str = "UTC", words: Words | None = None) -> None:
        super().__init__(
            undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_finalize
        )
        self.meter = Meter()
        # Jinja puts the output of blocks within a block together by this
        self.concat = self.meter.text  # type: ignore[method-assign]
        self.zone = zone
        self.words = words
        known = self.filters
        own = {name: known[name] for name in _FILTERS} | {
            "join": self.join,
            "number": _number,
            "plural": _plural,
            "date": _date,
            "days": _days,
            "time": _time,
            "instant": self.instant,
            "word": self.word,
            "markdown": escaped,
            "_joined": self.joined,
            "_flat": _flat,
        }
        self.filters = {name: self._metered(each) for name, each in own.items()}
        self.filters["_counted"] = self.counted
        self.globals = {"range": self.range}

    def compile_text(self, source: str, file: str) -> tuple[Template, frozenset[str]]:
        """Compile a template that uses only what is allowed.

        Return it with the slots that it names in link("…"). Raises `TemplateSyntaxError`.
        """
        compiled = _COMPILED.made(
            (source, file), lambda: self._compiled(self.parse_text(source, file), file)
        )
        template = Template.from_code(self, compiled.code, dict(self.globals))
        made = {**template.blocks, **compiled.plain}
        template.blocks = {name: made[name] for name in compiled.blocks}
        return template, compiled.slots

    def compile_parsed(self, parsed: Parsed, source: str, file: str) -> None:
        """Compile what `parse_text` made of this text, unless that was done, and keep the code.

        The tree is changed by it. Raises `TemplateSyntaxError`.
        """
        _COMPILED.made((source, file), partial(self._compiled, parsed, file))

    def parse_text(self, source: str, file: str) -> Parsed:
        """Parse a template that uses only what is allowed; raises `TemplateSyntaxError`."""
        if _has_too_many_tokens(self, source, file):
            raise TemplateSyntaxError(
                f"has more than {limits.MOST_TOKENS:,} words and signs; divide it", 1, file, file
            )
        parsed = divided(self.parse(source, file, file))
        for node, depth, loops in _descendants(parsed.tree):
            if not isinstance(node, _NODES):
                raise TemplateSyntaxError(
                    f"{type(node).__name__} can't be used in texts", node.lineno, file, file
                )
            if depth > limits.MOST_DEPTH or loops > limits.MOST_LOOPS:
                raise TemplateSyntaxError(
                    "is nested too deeply; make it simpler", node.lineno, file, file
                )
            if isinstance(node, nodes.For) and node.recursive:
                raise TemplateSyntaxError(
                    "a recursive loop can't be used in texts", node.lineno, file, file
                )
        return parsed

    def _compiled(self, parsed: Parsed, file: str) -> _Compiled:
        slots = frozenset(_slots(parsed.tree))
        self.meter.begin()
        return _Compiled(
            python=self.compile(_Counting().visit(parsed.tree), file, file, raw=True),
            file=file,
            slots=slots,
            blocks=parsed.blocks,
            plain={name: saying(words) for name, words in parsed.plain.items()},
        )

    def _metered(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return the filter with the length of its results counted by the meter."""

        @wraps(function)
        def metered(*args: Any, **kwargs: Any) -> Any:
            return self.meter.taken(function(*args, **kwargs))

        return metered

    def range(self, *bounds: int) -> list[int]:
        """Return the numbers of a range, counted; raises `SecurityError` for too many."""
        numbers = range(*bounds)
        if len(numbers) > limits.MOST_STEPS:
            raise SecurityError(f"range() gives more than {limits.MOST_STEPS} numbers")
        self.meter.take(len(numbers))
        return list(numbers)

    def joined(self, items: Iterable[object]) -> str:
        """Return the items joined, and counted; every `~` is compiled to this."""
        return self.meter.text(map(_scalar, items))

    def join(self, items: Iterable[Any], d: str = "", attribute: str | int | None = None) -> str:
        """Return the items with `d` between them, each by its `attribute` where one is named."""
        if attribute is not None:
            items = map(make_attrgetter(self, attribute), items)
        return self.meter.text(_interleaved(map(_scalar, items), _scalar(d)))

    def counted(self, items: Iterable[object]) -> Iterator[object]:
        """Yield the items and count them; every `for` is compiled to run through this."""
        for item in items:
            self.meter.step()
            yield item

    @pass_context
    def instant(self, context: Context, moment: int, zone: str | None = None) -> str:
        """Return epoch seconds said by the clock of a place, as 'samedi 1er mai …, 09:00 (Paris)'.

        The place is that of `zone` (IANA name), by default that of the environment's zone.
        """
        language, here = str(context["language"]), dates.zone(zone or self.zone)
        place = "UTC" if here.key == "UTC" else places.city(here.key, language)
        there = from_epoch(moment).astimezone(here)
        return in_brackets(said_instant(there, language, weekday=True), str(place), language)

    @pass_context
    def word(self, context: Context, code: object, table: str) -> str | list[str]:
        """Return the word for a code from a table of the chat's words; for a list, each one's word.

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
        self.meter.step()
        return super().call(__context, __obj, *args, **kwargs)

    @override
    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse to format texts by '%', which can fill the memory, and count what '+' makes."""
        if operator == "%" and isinstance(left, str):  # '%9999999999d' fills the memory
            raise SecurityError("'%' formats no texts here; use the filters number and date")
        for value in (left, right):
            self.meter.taken(value)
        return super().call_binop(context, operator, left, right)

    @override
    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Let templates reach loop.… and self.… only."""
        return (
            isinstance(obj, LoopContext | TemplateReference)
            and not attr.startswith("_")
            and super().is_safe_attribute(obj, attr, value)
        )


class _Counting(NodeTransformer):
    """Puts counting filters round what can make much out of little: loops, lists and `~`."""

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802 - named by the node
        """Count the turns of the loop."""
        self.generic_visit(node)
        node.iter = _filtered("_counted", node.iter)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        """Count what is put together."""
        self.generic_visit(node)
        return _filtered("_joined", nodes.List(node.nodes, lineno=node.lineno))

    def visit_List(self, node: nodes.List) -> nodes.Node:  # noqa: N802
        """Keep lists flat: lists of lists of lists grow without bound."""
        self.generic_visit(node)
        return _filtered("_flat", node)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Expr:  # noqa: N802
        """Keep tuples flat like lists, except where they are the names that a loop sets."""
        self.generic_visit(node)
        return node if node.ctx == "store" else _filtered("_flat", node)


def _has_too_many_tokens(sandbox: Sandbox, source: str, file: str) -> bool:
    if len(source) <= limits.MOST_TOKENS:
        return False  # each word or sign has a character at least
    tokens = islice(sandbox.lex(source, file, file), limits.MOST_TOKENS + 1)
    return sum(1 for _ in tokens) > limits.MOST_TOKENS


def _slots(tree: nodes.Template) -> Iterator[str]:
    """Yield the link slots that the template names."""
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "link":
            for argument in call.args:
                if isinstance(argument, nodes.Const):
                    yield argument.value


def _filtered(name: str, node: nodes.Node) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _descendants(root: nodes.Node) -> Iterator[tuple[nodes.Node, int, int]]:
    """Yield each node with its depth and the loops around it; ten `elif` of a chain count as one
    level (`_ELIFS`).
    """
    pending = [(root, 0, 0)]
    while pending:
        node, depth, loops = pending.pop()
        yield node, depth, loops
        chain = node.elif_ if isinstance(node, nodes.If) else []
        later = {id(child): number // _ELIFS for number, child in enumerate(chain)}
        around = loops + isinstance(node, nodes.For)
        pending += [
            (child, depth + 1 + later.get(id(child), 0), around)
            for child in node.iter_child_nodes()
        ]


def _finalize(value: object) -> object:
    if value is None:
        raise SecurityError("an expression gives nothing to write")
    return _scalar(value)


def _scalar(value: object) -> str:
    """Return the value as text; raises `SecurityError` for lists, longer than they look."""
    if isinstance(value, list | tuple | set | dict):
        raise SecurityError("a list can't be written; say it with join, or go through it by for")
    return str(value)


def _flat(items: Sequence[object]) -> Sequence[object]:
    if any(isinstance(item, list | tuple | set | dict) for item in items):
        raise SecurityError("a list can't hold lists here")
    return items


def _interleaved(pieces: Iterable[str], between: str) -> Iterator[str]:
    for number, piece in enumerate(pieces):
        yield f"{between if number else ''}{piece}"


@pass_context
def _number(context: Context, value: float | str) -> str:
    return format_decimal(_plain(value), locale=locale(str(context["language"])))


def _plain(value: Any) -> Any:
    """Return the number; raises `SecurityError` for one of more than `_DIGITS` digits."""
    if len(text := str(value)) > _DIGITS or abs(Decimal(text).adjusted()) > _DIGITS:
        raise SecurityError("this number is too long to be written")
    return value


@pass_context
def _plural(context: Context, value: float, *, other: str, **forms: str) -> str:
    return plurals.say(_plain(value), {**forms, "other": other}, str(context["language"]))


@pass_context
# `format` is the name that template authors know from Babel
def _date(context: Context, value: date, format: str = "long") -> str:  # noqa: A002
    return said_day(value, format, str(context["language"]))


@pass_context
def _days(context: Context, first: date, last: date | None) -> str:
    return said_days(first, last or first, str(context["language"]))


@pass_context
def _time(context: Context, minute: int) -> str:
    return said_time(time(*divmod(minute, 60)), str(context["language"]))
