"""What stands in each block of a template, as it is written, and the digest of such a text."""

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

BLOCK: Final = re.compile(
    r"(?P<begin>\{%-?\s*block\s+(?P<name>\w+)[^%]*%\})(?P<body>.*?)(?=\{%-?\s*endblock)", re.DOTALL
)
"""One block: its first tag, its name, and what stands between its tags."""


def blocks_of(text: str) -> Mapping[str, str]:
    """Return what stands in each block of a template's text, by the block's name."""
    return {block["name"]: block["body"] for block in BLOCK.finditer(text)}


def digest(text: str) -> str:
    """Return 12 hexadecimal digits by which a text is known again, however its lines are broken."""
    return sha256(" ".join(text.split()).encode()).hexdigest()[:12]
