"""What a template holds, without rendering it: its blocks, the variables that each of them asks
for, and what can be seen to be wrong with it in its language.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, islice

from jinja2 import TemplateSyntaxError, nodes

from bot.errors import RenderError
from bot.files import limits
from bot.files.faults import of_encoding
from bot.files.frozen import File
from bot.render.faults import of_syntax
from bot.render.languages import plurals
from bot.render.plain import Parsed
from bot.render.sandbox import Sandbox
from bot.text import control_names

EVERYWHERE = frozenset({"language"})
"""Variables that every text has."""

FUNCTIONS = frozenset({"link", "fact"})
"""Functions that templates call with a name; a translation must call them with the same names."""

BEGINNING = 60
"""Most characters that are shown of a text which stands outside all blocks."""

KEPT = 2_000
"""Most outlines that are kept."""

_JINJAS = ("loop", "self")

_OF_BLOCKS = frozenset({"self"})
"""Names that Jinja gives in every block."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """What one block of a template uses."""

    #: Variables, such as ``title``.
    variables: frozenset[str]
    #: Parts of variables, written ``["day"]``, and what is asked by name, as ``link('map')``.
    parts: frozenset[str]
    #: Other blocks that it says by ``self.advice()``.
    blocks: frozenset[str] = frozenset()

    @property
    def said(self) -> frozenset[str]:
        """All that the block uses: what a translation of it must use too."""
        return self.variables - FUNCTIONS | self.parts


_NOTHING = Block(variables=frozenset(), parts=frozenset())
"""What a block of plain words uses."""


@dataclass(frozen=True, kw_only=True)
class Outline:
    """What one template file holds, and what is wrong with it."""

    #: The blocks by name, in their order.
    blocks: Mapping[str, Block]
    #: What is wrong: the block's name ('' for what stands in none), and what to do.
    faults: tuple[tuple[str, str], ...]


EMPTY = Outline(blocks={}, faults=())
"""The outline of a file that isn't there."""


def outline(file: File, name: str, language: str) -> Outline:
    """Return what a file in this language holds; `name` is its name for people.

    Raises `RenderError` when it can't be read or compiled.
    """
    try:
        return _outline(file.read_text("utf-8"), name, language)
    except UnicodeDecodeError as error:
        raise RenderError(of_encoding(error)) from error
    except (OSError, ValueError) as error:
        raise RenderError(f"can't be read: {error}") from error


@lru_cache(maxsize=KEPT)
def _outline(source: str, name: str, language: str) -> Outline:
    """Return the outline of a template's text; kept, since `check` asks once per language."""
    try:
        parsed = _sandbox().parse_text(source, name)
        held = _of(parsed, source, language)
        # the code is wanted next, and to compile a tree changes it: its outline comes first
        _sandbox().compile_parsed(parsed, source, name)
    except TemplateSyntaxError as error:
        raise RenderError(of_syntax(error, source, _sandbox().filters)) from error
    except RecursionError as error:
        raise RenderError("is nested too deeply") from error
    except Exception as error:  # whatever a stranger's template makes of it
        raise RenderError(f"can't be read: {str(error) or type(error).__name__}") from error
    return held


def _of(parsed: Parsed, source: str, language: str) -> Outline:
    """Return the outline of a parsed template, whose text is `source`."""
    blocks = [
        (block, list(block.find_all(nodes.Node))) for block in parsed.tree.find_all(nodes.Block)
    ]
    faults = chain(
        (("", message) for message in _lost(source, parsed.tree)),
        ((block.name, message) for block, held in blocks for message in _plurals(held, language)),
        ((block.name, message) for block, held in blocks for message in _controls(held)),
    )
    asked = {block.name: _asked(block, held) for block, held in blocks}
    return Outline(
        blocks={name: asked.get(name, _NOTHING) for name in parsed.blocks},
        faults=tuple(islice(faults, limits.MOST_TOLD)),
    )


@cache
def _sandbox() -> Sandbox:
    return Sandbox()


def _lost(source: str, tree: nodes.Template) -> Iterator[str]:
    """Yield a fault for each piece of text that stands in no block, and so reaches nobody."""
    lines = source.splitlines()
    for number in dict.fromkeys(_outside(tree)):
        yield (
            f"line {number}: stands in no block, so nobody ever sees it:"
            f" {_beginning(lines[number - 1])!r}; put it into one, or take it out"
        )


def _controls(held: Sequence[nodes.Node]) -> Iterator[str]:
    """Yield a fault for each control character that a constant among these nodes spells."""
    for constant in held:
        if not isinstance(constant, nodes.Const) or not isinstance(constant.value, str):
            continue
        for name in control_names(constant.value):
            yield f"line {constant.lineno}: spells {name}, which no text may hold; take it out"


def _plurals(held: Sequence[nodes.Node], language: str) -> Iterator[str]:
    """Yield a fault for each form that a plural lacks in this language, or can't have."""
    for plural in held:
        if not isinstance(plural, nodes.Filter) or plural.name != "plural":
            continue
        forms = [str(keyword.key) for keyword in plural.kwargs]
        yield from (f"line {plural.lineno}: {fault}" for fault in plurals.faults(forms, language))


def _outside(node: nodes.Node) -> Iterator[int]:
    """Yield the numbers of the lines on which something is written outside all blocks."""
    for child in node.iter_child_nodes(exclude=("test", "iter", "target")):
        if isinstance(child, nodes.TemplateData):
            text = child.data
            if text.strip():
                yield child.lineno + text[: len(text) - len(text.lstrip())].count("\n")
        elif isinstance(child, nodes.Expr):
            yield child.lineno
        elif not isinstance(child, nodes.Block):
            yield from _outside(child)


def _beginning(line: str) -> str:
    text = line.strip()
    return text if len(text) <= BEGINNING else f"{text[:BEGINNING].rstrip()}…"


def _asked(block: nodes.Block, held: Sequence[nodes.Node]) -> Block:
    names = frozenset(_names(block.body, _OF_BLOCKS))
    return Block(
        variables=names - frozenset(_sandbox().globals) - EVERYWHERE,
        parts=frozenset(_parts(held)),
        blocks=frozenset(_blocks(held)),
    )


def _names(children: Iterable[nodes.Node], given: frozenset[str]) -> Iterator[str]:
    """Yield the names that are asked for and not `given`, nor by a loop around them.

    They are those of Jinja's `find_undeclared_variables`, which compiles everything to find them.
    """
    for node in children:
        if isinstance(node, nodes.Name):
            if node.name not in given:
                yield node.name
        elif isinstance(node, nodes.For):
            of_turn = given | {name.name for name in _targets(node)}
            yield from _names([node.iter, *node.else_], given)
            yield from _names([node.test] if node.test else [], of_turn)
            yield from _names(node.body, of_turn | {"loop"})
        elif isinstance(node, nodes.Block):
            yield from _names(node.body, _OF_BLOCKS)  # a block sees nothing of the loop around it
        else:
            yield from _names(node.iter_child_nodes(), given)


def _targets(loop: nodes.For) -> Iterator[nodes.Name]:
    if isinstance(loop.target, nodes.Name):
        yield loop.target
    yield from loop.target.find_all(nodes.Name)


def _blocks(held: Sequence[nodes.Node]) -> Iterator[str]:
    for part in held:
        match part:
            case nodes.Getattr(node=nodes.Name(name="self"), attr=block):
                yield block


def _parts(held: Sequence[nodes.Node]) -> Iterator[str]:
    for part in held:
        match part:
            case nodes.Getitem(arg=nodes.Const(value=str(key))):
                yield f'["{key}"]'
            case nodes.Getattr(node=nodes.Name(name=whole), attr=key) if whole not in _JINJAS:
                yield f'["{key}"]'
            case nodes.Filter(name="word", args=[nodes.Const(value=table)]):
                yield f"word({table!r})"
            case nodes.Call(node=nodes.Name(name=function), args=[nodes.Const(value=name)]):
                yield f"{function}({name!r})"
