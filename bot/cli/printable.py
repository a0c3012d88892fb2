"""Text from people and servers made safe for a terminal or a log: control characters are spelled
out.

Names, posts and answers may hold escape sequences, by which a terminal can be told to hide, change
or do something, and marks that reverse what follows on a line or begin a new one.
"""

import re

from bot.text import CONTROLS

_STEERING = re.compile(rf"[{CONTROLS}\u202a-\u202c\u2066\u2067]")
_ISOLATES = re.compile("[\u2068\u2069]")
_OPEN = "\u2068"


def printable(text: str) -> str:
    r"""Return the text with what steers a terminal spelled out, such as `\u001b`.

    Line breaks and tabs stay, and so do the isolates of right-to-left texts where each line closes
    what it opens. The spelling is that of JSON, so JSON stays JSON.
    """
    if text.isprintable():  # most texts of one line: no sign in it is of the kinds looked for
        return text
    plain = _STEERING.sub(_spelled, text.replace("\r\n", "\n"))
    if not _ISOLATES.search(plain):
        return plain
    lines = plain.split("\n")
    return "\n".join(line if _closed(line) else _ISOLATES.sub(_spelled, line) for line in lines)


def _spelled(sign: "re.Match[str]") -> str:
    return f"\\u{ord(sign[0]):04x}"


def _closed(line: str) -> bool:
    """Return whether a line closes all isolates that it opens, and no others."""
    depth = 0
    for sign in _ISOLATES.findall(line):
        depth += 1 if sign == _OPEN else -1
        if depth < 0:
            return False
    return depth == 0
