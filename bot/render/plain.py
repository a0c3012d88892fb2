"""Blocks of plain words, which most are: they are said as they stand, so no code is made for them.

To compile such a block takes more time than to read it, and a check reads thousands.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from jinja2 import nodes
from jinja2.runtime import Context

Said = Callable[[Context], Iterator[str]]
"""What Jinja makes of a block: a function that gives its text in pieces."""


@dataclass(frozen=True, kw_only=True)
class Parsed:
    """A template as Jinja read it, divided into what is said as it stands and what takes code."""

    #: all but the plain blocks, and the blank lines around blocks
    tree: nodes.Template
    #: the words of the plain blocks, by name
    plain: Mapping[str, str]
    #: the names of all blocks, in their order
    blocks: tuple[str, ...]


def divided(tree: nodes.Template) -> Parsed:
    """Take the plain blocks out of a tree, but for those within others, which call them.

    Where two blocks have one name all stay, so that Jinja can say so.
    """
    names: list[str] = []
    plain: dict[str, str] = {}
    rest: list[nodes.Node] = []
    for node in tree.body:
        if isinstance(node, nodes.Block):
            names.append(node.name)
        if isinstance(node, nodes.Block) and all(map(_is_data, node.body)):
            plain[node.name] = _words(*node.body)
        elif not _is_blank(node):
            names += (block.name for block in node.find_all(nodes.Block))
            rest.append(node)
    if len(set(names)) < len(names):
        plain = {}
    else:
        tree.body = rest
    return Parsed(tree=tree, plain=plain, blocks=tuple(names))


def saying(words: str) -> Said:
    """Return what Jinja would make of a block of these words."""

    def block(_: Context) -> Iterator[str]:
        yield words

    return block


def _is_blank(node: nodes.Node) -> bool:
    return _is_data(node) and not _words(node).strip()


def _is_data(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Output) and all(
        isinstance(each, nodes.TemplateData) for each in node.nodes
    )


def _words(*outputs: nodes.Node) -> str:
    data = (each for output in outputs for each in output.find_all(nodes.TemplateData))
    return "".join(each.data for each in data)
