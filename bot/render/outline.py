"""What a template holds, without rendering it: its blocks, the variables that each of them asks
for, and what can be seen to be wrong with it in its language.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, islice

from jinja2 import TemplateSyntaxError, meta, nodes

from bot.errors import RenderError
from bot.files import limits
from bot.files.frozen import File
from bot.render import plurals
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


@dataclass(frozen=True, kw_only=True)
class Block:
    """What one block of a template uses."""

    #: Variables, such as ``title``.
    variables: frozenset[str]
    #: Parts of variables, written ``["day"]``, and what is asked by name, as ``link('map')``.
    parts: frozenset[str]

    @property
    def said(self) -> frozenset[str]:
        """All that the block uses: what a translation of it must use too."""
        return self.variables - FUNCTIONS | self.parts


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
    except (OSError, ValueError) as error:
        raise RenderError(f"can't be read: {error}") from error


@lru_cache(maxsize=KEPT)
def _outline(source: str, name: str, language: str) -> Outline:
    """Return the outline of a template's text; kept, since `check` asks once per language."""
    sandbox = _sandbox()
    tree = _tree(sandbox, source, name)
    blocks = list(tree.find_all(nodes.Block))
    faults = chain(
        (("", message) for message in _lost(source, tree)),
        ((block.name, message) for block in blocks for message in _plurals(block, language)),
        ((block.name, message) for block in blocks for message in _controls(block)),
    )
    return Outline(
        blocks={block.name: _asked(sandbox, block) for block in blocks},
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


def _controls(block: nodes.Block) -> Iterator[str]:
    """Yield a fault for each control character that a constant in an expression spells."""
    for constant in block.find_all(nodes.Const):
        for name in control_names(constant.value) if isinstance(constant.value, str) else ():
            yield f"line {constant.lineno}: spells {name}, which no text may hold; take it out"


def _plurals(block: nodes.Block, language: str) -> Iterator[str]:
    """Yield a fault for each form that a plural lacks in this language, or can't have."""
    for plural in block.find_all(nodes.Filter):
        if plural.name != "plural":
            continue
        forms = [str(keyword.key) for keyword in plural.kwargs]
        for form in plurals.needed(language):
            if form not in forms:
                yield f"line {plural.lineno}: the plural lacks {form}=…, which {language} needs"
        possible = plurals.possible(language)
        for form in forms:
            if form not in possible:
                yield (
                    f"line {plural.lineno}: a plural in {language} has no {form}; it has"
                    f" {', '.join(possible)}"
                )


def _tree(sandbox: Sandbox, source: str, name: str) -> nodes.Template:
    try:
        sandbox.compile_text(source, name)
        return sandbox.parse(source, name, name)
    except TemplateSyntaxError as error:
        raise RenderError(f"line {error.lineno}: {error.message}") from error
    except RecursionError as error:
        raise RenderError("is nested too deeply") from error
    except Exception as error:  # whatever a stranger's template makes of it
        raise RenderError(f"can't be read: {str(error) or type(error).__name__}") from error


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


def _asked(sandbox: Sandbox, block: nodes.Block) -> Block:
    alone = nodes.Template(block.body, lineno=block.lineno)
    alone.set_environment(sandbox)
    names = frozenset(meta.find_undeclared_variables(alone))
    return Block(
        variables=names - frozenset(sandbox.globals) - EVERYWHERE, parts=frozenset(_parts(block))
    )


def _parts(block: nodes.Block) -> Iterator[str]:
    for part in block.find_all((nodes.Getitem, nodes.Getattr, nodes.Call, nodes.Filter)):
        match part:
            case nodes.Getitem(arg=nodes.Const(value=str(key))):
                yield f'["{key}"]'
            case nodes.Getattr(node=nodes.Name(name=whole), attr=key) if whole not in _JINJAS:
                yield f'["{key}"]'
            case nodes.Filter(name="word", args=[nodes.Const(value=table)]):
                yield f"word({table!r})"
            case nodes.Call(node=nodes.Name(name=function), args=[nodes.Const(value=name)]):
                yield f"{function}({name!r})"
