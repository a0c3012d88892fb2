"""Cards are made once and kept: in memory, and in a folder by the hash of all that goes into them.

The folder may be deleted at any time; what is asked for again is then made again, to the same
bytes.
"""

import json
import os
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from time import time
from typing import Final

from bot.errors import PictureUnfit
from bot.model.campaign import Card, Size

_TEMPLATES: Final = Path(__file__).parent / "templates"
_IN_MEMORY: Final = 256
"""Cards that are kept in memory: some 30,000 bytes each."""

_NAMED: Final = 3
"""Letters that are named, of those that no font has."""

_DAY: Final = 86_400
"""Seconds after which it is noted again that a card is still wanted."""


class Kept:
    """Cards, each made once. `folder` is where they are kept, or None for memory alone; `fonts` are
    folders. May be used by several threads.
    """

    def __init__(self, folder: Path | None = None, fonts: tuple[Path, ...] = ()) -> None:
        self.folder = folder
        self._place = str(folder)
        self.fonts = fonts
        self._memory = OrderedDict[str, bytes]()
        self._digests = dict[tuple[Card, Size], str]()

    def lacking(self, card: Card) -> str:
        """Return the letters of the card that no font here has; '' where it can be drawn."""
        from bot.pictures.cards.fonts import lacking

        return lacking(card.words, self.fonts)

    def png(self, card: Card, size: Size) -> bytes:
        """Return the card as a PNG, made now where it isn't kept.

        Raises `PictureUnfit` for words that don't fit, or letters that no font here has.
        """
        name = self.digest(card, size)
        if name in self._memory:
            self._memory.move_to_end(name)
            return self._memory[name]
        data = self._read(name)
        if data is None:
            data = self._made(card, size)
            self._write(name, data)
        self._memory[name] = data
        while len(self._memory) > _IN_MEMORY:
            with suppress(KeyError):
                self._memory.popitem(last=False)
        return data

    def digest(self, card: Card, size: Size) -> str:
        """Return the hash of all that goes into the card, in 32 hexadecimal digits."""
        key = (card, size)
        if key not in self._digests:
            if len(self._digests) > 4 * _IN_MEMORY:
                self._digests.clear()
            self._digests[key] = _digest(card, size, _around(self.fonts))
        return self._digests[key]

    def path(self, card: Card, size: Size) -> Path:
        """Return where the card is kept, or its name alone where that is in memory."""
        name = f"{self.digest(card, size)}.png"
        return self.folder / name if self.folder else Path(name)

    def tidy(self, age: float) -> None:
        """Delete the files that nobody has wanted for so many seconds, and what a cut left."""
        before = time() - age
        for path in self._files():
            with suppress(OSError):
                if path.stat().st_mtime < before:
                    path.unlink()

    def _files(self) -> Iterator[Path]:
        if self.folder is not None and self.folder.is_dir():
            yield from self.folder.glob("*.png*")

    def _made(self, card: Card, size: Size) -> bytes:
        from bot.pictures.cards.drawing import draw

        if missing := self.lacking(card):
            raise PictureUnfit(no_letters(card, missing))
        return draw(card, size, self.fonts)

    def _read(self, name: str) -> bytes | None:
        if self.folder is None:
            return None
        # the system's own calls: a file object, and a second look at the file, take twice as long
        try:
            file = os.open(f"{self._place}/{name}.png", os.O_RDONLY)
            try:
                about = os.fstat(file)
                data = os.read(file, about.st_size)
                if time() - about.st_mtime > _DAY:
                    os.utime(file)
            finally:
                os.close(file)
        except OSError:
            return None
        # a file that a full disk cut short is made anew
        return data if data.endswith(_END) else None

    def _write(self, name: str, data: bytes) -> None:
        """Keep a card; where nothing can be written, it is made again another time."""
        if self.folder is None:
            return
        path = self.folder / f"{name}.png"
        part = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            part.write_bytes(data)
            part.replace(path)
        except OSError:
            with suppress(OSError):
                part.unlink()


_END: Final = b"IEND\xaeB`\x82"  # what each PNG ends with


def no_letters(card: Card, missing: str) -> str:
    """Return a sentence that says which letters no font here has, and where to get them."""
    from bot.pictures.cards.fonts import packages

    named = ", ".join(f"{sign} (U+{ord(sign):04X})" for sign in missing[:_NAMED])
    more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
    return (
        f"no font here has the letters {named}{more}, so there is no card in {card.language!r};"
        f" install {packages(missing)}, and name its folder under [pictures] fonts in config.toml"
    )


def _digest(card: Card, size: Size, around: str) -> str:
    plain = asdict(card) | {"logo": sha256(card.logo or b"").hexdigest(), "size": size.value}
    return sha256((json.dumps(plain) + around).encode()).hexdigest()[:32]


@lru_cache(maxsize=8)
def _around(fonts: tuple[Path, ...]) -> str:
    """Return what else decides how a card looks: the templates, the code that draws, the fonts."""
    whole = sha256(version("typst").encode())
    for path in (*sorted(_TEMPLATES.iterdir()), *sorted(_TEMPLATES.parent.glob("*.py"))):
        whole.update(path.read_bytes())
    for folder in fonts:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                whole.update(f"{path.relative_to(folder)} {path.stat().st_size}\n".encode())
    return whole.hexdigest()
