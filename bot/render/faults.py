"""What is wrong with a template's text: what Jinja says, and what to do, for people who write
campaigns and no code.
"""

import re
from collections.abc import Iterable
from typing import Final

from jinja2 import TemplateSyntaxError

from bot.names import did_you_mean, suggest

_TAGS: Final = ("block", "endblock", "if", "elif", "else", "endif", "for", "endfor")
_TAG = re.compile(
    r"\{#.{0,2000}?#\}|\{%[-+]?\s*(?P<end>end)?(?P<kind>block|if|for)\b\s*(?P<name>\w*)", re.DOTALL
)
_QUOTES = "„“”‟«»‹›‚‘’"
_HINTS: Final = (
    (r"unexpected char '[" + _QUOTES + "]'", 'between {{ and }} quotes are straight, as in "map"'),
    (r"block '.*' defined twice", "further wordings are numbered: post, post_2, post_3"),
    (r"expected token 'end of print statement'", "close it by }}; a filter stands behind a '|'"),
    (r"unexpected '[}%)]'", "{{ is closed by }}, {% by %}, and ( by )"),
    (r"Missing end of comment tag", "a remark ends with #}"),
)


def of_syntax(error: TemplateSyntaxError, source: str, filters: Iterable[str]) -> str:
    """Return the line, what Jinja says of this text, and what to do where that is known."""
    # the place in the whole file is no help to people
    said = re.sub(r"(?<=') at \d+$|\.$", "", error.message or "")
    if said.startswith("Unexpected end of template") and (left := _left_open(source)):
        return left
    hint = next((f"; {hint}" for kind, hint in _HINTS if re.match(kind, said)), "")
    if named := re.match(r"No filter named '(.*)'", said):
        hint = suggest(named[1], (name for name in filters if not name.startswith("_")))
    elif named := re.match(r"Encountered unknown tag '(.*?)'", said):
        said, hint = _tag(named[1], said)
    return f"line {error.lineno}: {said}{hint}"


def of_name(said: str, known: Iterable[str]) -> str:
    """Return what Jinja says of a name that doesn't exist, with the one that was meant."""
    named = re.fullmatch(r"'(.*)' is undefined", said)
    return f"{said}{did_you_mean(named[1], known)}" if named else said


def _left_open(source: str) -> str:
    """Say which block, `if` or `for` has no end; empty where each has one."""
    opened: list[tuple[str, str, int]] = []
    for tag in filter(lambda tag: tag["kind"], _TAG.finditer(source)):
        if not tag["end"]:
            line = source.count("\n", 0, tag.start()) + 1
            opened.append((tag["kind"], tag["name"], line))
        elif opened and opened[-1][0] == tag["kind"]:
            opened.pop()
    if not opened:
        return ""
    kind, name, line = opened[0]
    which = f"the block {name}" if kind == "block" else kind
    return f"line {line}: {which} has no end; write {{% end{kind} %}} behind its text"


def _tag(name: str, said: str) -> tuple[str, str]:
    """Return what is wrong with a tag that Jinja doesn't take here, and what to do."""
    if name not in _TAGS:
        return f"there is no tag {name!r}", suggest(name, _TAGS)
    inner = re.search(r"needs to be closed is '(.*)'", said)
    what = f"close the {inner[1]} above it first" if inner else "nothing is open; take it out"
    return f"{{% {name} %}} can't stand here", f"; {what}"
