"""What a template holds, without rendering it: its blocks, and the variables that each of them asks
for.
"""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import TemplateSyntaxError, meta, nodes

from bot.errors import RenderError
from bot.render.sandbox import Sandbox

EVERYWHERE = frozenset({"language"})
"""What every text has."""


def outline(path: Path, name: str) -> Mapping[str, frozenset[str]]:
    """Variables by block, in the blocks' order; `name` is the file's name for people.

    Raises `RenderError` when it can't be read or compiled.
    """
    sandbox = Sandbox()
    try:
        source = path.read_text("utf-8")
        sandbox.compile_text(source, name)
        tree = sandbox.parse(source, name, name)
    except TemplateSyntaxError as error:
        raise RenderError(f"line {error.lineno}: {error.message}") from error
    except (OSError, ValueError, RecursionError) as error:
        raise RenderError(f"can't be read: {error}") from error
    return {block.name: _asked(sandbox, block) for block in tree.find_all(nodes.Block)}


def _asked(sandbox: Sandbox, block: nodes.Block) -> frozenset[str]:
    alone = nodes.Template(block.body, lineno=block.lineno)
    alone.set_environment(sandbox)
    return (
        frozenset(meta.find_undeclared_variables(alone)) - frozenset(sandbox.globals) - EVERYWHERE
    )
