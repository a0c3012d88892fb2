"""What people and servers sent, on a terminal or in a log: what would steer it is spelled out.

Names, posts and answers may hold escape sequences, with which a terminal can be told to hide,
change or do something, and marks that turn round what follows on the line, or make a line of their
own.
"""

import re

from bot.text import CONTROLS

_STEERING = re.compile(rf"[{CONTROLS}\u202a-\u202c\u2066\u2067]")
_ISOLATES = re.compile("[\u2068\u2069]")
_OPEN = "\u2068"


def printable(text: str) -> str:
    r"""Return the text with what steers a terminal spelled out, as `\u001b`; lines and tabs stay.

    So do the isolates of right-to-left texts where each line closes what it opens. So spelled all
    of it may stand in JSON as well.
    """
    plain = _STEERING.sub(_spelled, text.replace("\r\n", "\n"))
    if not _ISOLATES.search(plain):
        return plain
    lines = plain.split("\n")
    return "\n".join(line if _closed(line) else _ISOLATES.sub(_spelled, line) for line in lines)


def _spelled(sign: "re.Match[str]") -> str:
    return f"\\u{ord(sign[0]):04x}"


def _closed(line: str) -> bool:
    """Whether the isolates of a line end on it, and none ends that it doesn't open."""
    depth = 0
    for sign in _ISOLATES.findall(line):
        depth += 1 if sign == _OPEN else -1
        if depth < 0:
            return False
    return depth == 0
