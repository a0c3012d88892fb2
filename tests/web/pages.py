"""Pages as tests compare them."""

import re

_OWN = re.compile(r"<bdi>((?:(?!<bdi[ >]).)*?)</bdi>", re.DOTALL)
_BEHIND_SIGN = re.compile("(?<=[：，。；]) +")


def flat(html: str) -> str:
    """Return HTML without what is set around it for its direction, or left out beside a Chinese
    sign: what is written can then be looked for in each language.
    """
    return _BEHIND_SIGN.sub("", _OWN.sub(r"\1", html))
