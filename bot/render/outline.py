"""What a template holds, without rendering it: its blocks, the variables that each of them asks
for, and the text that stands in none of them.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from jinja2 import TemplateSyntaxError, meta, nodes

from bot.errors import RenderError
from bot.render.sandbox import Sandbox

EVERYWHERE = frozenset({"language"})
"""What every text has."""


BEGINNING = 60
"""Most characters of a lost text that are shown to say which it is."""


def outline(path: Path, name: str) -> Mapping[str, frozenset[str]]:
    """Return the variables by block, in the blocks' order; `name` is the file's name for people.

    Raises `RenderError` when it can't be read or compiled.
    """
    sandbox = Sandbox()
    tree = _tree(sandbox, path, name)[1]
    return {block.name: _asked(sandbox, block) for block in tree.find_all(nodes.Block)}


def lost(path: Path, name: str) -> list[str]:
    """Return a complaint for each piece of text that stands in no block and so reaches nobody.

    Each says the line and how the text begins. Raises `RenderError` as `outline`.
    """
    source, tree = _tree(Sandbox(), path, name)
    lines = source.splitlines()
    numbers = dict.fromkeys(_outside(tree))
    return [
        f"line {number}: stands in no block, so nobody ever sees it:"
        f" {_beginning(lines[number - 1])!r}; put it into one, or take it out"
        for number in numbers
    ]


def _tree(sandbox: Sandbox, path: Path, name: str) -> tuple[str, nodes.Template]:
    try:
        source = path.read_text("utf-8")
        sandbox.compile_text(source, name)
        return source, sandbox.parse(source, name, name)
    except TemplateSyntaxError as error:
        raise RenderError(f"line {error.lineno}: {error.message}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise RenderError(f"can't be read: {error}") from error


def _outside(node: nodes.Node) -> Iterator[int]:
    """Give the lines on which something is written outside of all blocks."""
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


def _asked(sandbox: Sandbox, block: nodes.Block) -> frozenset[str]:
    alone = nodes.Template(block.body, lineno=block.lineno)
    alone.set_environment(sandbox)
    return (
        frozenset(meta.find_undeclared_variables(alone)) - frozenset(sandbox.globals) - EVERYWHERE
    )
