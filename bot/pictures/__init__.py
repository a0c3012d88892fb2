"""Pictures as they leave: told by their bytes, upright, in the colours of screens, without anything
that a camera or a program wrote into them, and no larger than a network takes.

`making` says what a file is, and makes what leaves of it; `charts` draws numbers. It knows no
networks, files or database.
"""

from dataclasses import dataclass
from typing import Final

MOST: Final = 5_000_000
"""Bytes of a picture, whatever more a network takes: what a mail server or a room still accepts."""

_ENDINGS: Final = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".png": "PNG",
    ".gif": "GIF",
    ".webp": "WebP",
    ".avif": "AVIF",
}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a file's bytes say that it is."""

    #: JPEG, PNG, GIF, WebP or AVIF
    kind: str
    #: in pixels, as people see it
    width: int
    height: int
    moves: bool = False
    #: it says where it was taken
    located: bool = False

    def is_misnamed(self, suffix: str) -> bool:
        """Return whether a file's suffix, such as '.png', means another kind."""
        return _ENDINGS.get(suffix.lower(), self.kind) != self.kind


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a network takes."""

    #: the most bytes
    most: int = MOST
    #: shows pictures that move
    moving: bool = False
