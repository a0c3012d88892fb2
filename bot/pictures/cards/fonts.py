"""The letters that cards can have: those of the font inside Typst's wheel, and those of the fonts
in the folders that [pictures] fonts in config.toml names.

Typst draws a box for what no font has, and says nothing; so each card is looked at before.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.languages import shorter

if TYPE_CHECKING:
    from typst import Fonts

USUAL: Final = "Libertinus Serif"
"""The family inside the wheel that cards are set in."""

_USUAL_HAS: Final = (
    "20-7e a0-17f 1dd 1e2-1e3 1fc-1fd 218-21b 226 228-229 22e 237 300-331 338 342-343 374-375"
    " 384-38a 38c 38e-3a1 3a3-3ce 3d0-3d1 3d5 3f0 401 403-40c 40f-44f 451 453 455-458 45c 45e"
    " 4d4-4d5 5b0-5c3 5c6 5d0-5ea 1e00-1e9b 1e9e 1ea0-1ef9 1f00-1f15 1f18-1f1d 1f20-1f45"
    " 1f48-1f4d 1f50-1f57 1f59 1f5b 1f5d 1f5f-1f7d 1f80-1fb4 1fb6-1fc4 1fc6-1fd3 1fd6-1fdb"
    " 1fdd-1fef 1ff2-1ff4 1ff6-1ffe 2000-2027 202f-2037 2039-203e 2044 2070-2071 2074-208e"
    " 20a3 20a6 20a9 20ac 20bf 2103 2116 2122 2190-2193 2212 221e 2260 2264-2265"
)
"""What that family has both regular and bold, in Typst 0.15: letters of Latin, Greek, Cyrillic
(without ҐґЎѢ and what languages beyond Europe add) and Hebrew, digits and marks.
"""

_FIRST: Final = {
    # its text can also be copied and read aloud as it was written
    "ar": ("Amiri",),
    # these characters have other shapes in each country, and so a font of their own
    "zh": ("Noto Sans CJK SC", "Noto Sans SC", "Noto Serif CJK SC"),
    "zh-Hant": ("Noto Sans CJK TC", "Noto Sans TC", "Noto Serif CJK TC"),
    "ja": ("Noto Sans CJK JP", "Noto Sans JP", "Noto Serif CJK JP"),
    "ko": ("Noto Sans CJK KR", "Noto Sans KR", "Noto Serif CJK KR"),
}
"""By language: families that come first where they are."""

_HAN: Final = ("zh", "ja", "ko")
"""Languages whose quotes and points are as wide as their letters, which a Latin font's aren't."""

_PACKAGES: Final = (
    (("ARABIC",), "fonts-hosny-amiri", "/usr/share/fonts/opentype/fonts-hosny-amiri"),
    (
        ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC", "FULLWIDTH"),
        "fonts-noto-cjk",
        "/usr/share/fonts/opentype/noto",
    ),
    (("",), "fonts-noto-core", "/usr/share/fonts/truetype/noto"),
)
"""By how the names of signs begin in Unicode: the package of Debian 12 that has their letters, and
the folder to which it puts them.
"""

_COLOURED: Final = frozenset({"CBDT", "COLR", "SVG ", "sbix"})
"""Tables of a font whose signs have colours of their own; on a card letters have one."""

_PASSED: Final = ("Cc", "Cf", "Zs", "Zl", "Zp")
"""Categories of signs that nothing is drawn for."""


@lru_cache(maxsize=8)
def bundle(folders: tuple[Path, ...]) -> "Fonts":
    """Return the fonts of Typst's wheel and of these folders; scanning them takes some ms."""
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=list(folders)
    )


@lru_cache(maxsize=8)
def families(folders: tuple[Path, ...]) -> tuple[str, ...]:
    """Return the names of the families in these folders, sorted."""
    return (
        tuple(sorted({font.family for font in bundle(folders).fonts() if font.path}))
        if (folders)
        else ()
    )


def ordered(folders: tuple[Path, ...], language: str) -> list[str]:
    """Return the families in these folders, those first that a language is best set in."""
    first, there = _first(language), families(folders)
    return [*(name for name in first if name in there), *(n for n in there if n not in first)]


def _first(language: str) -> tuple[str, ...]:
    return next((_FIRST[tag] for tag in shorter(language) if tag in _FIRST), ())


def in_turn(
    latin: Iterable[str], folders: tuple[Path, ...], language: str, *, last: bool = False
) -> list[str | dict[str, str]]:
    """Return the families that a text is set in, each where those before it lack a letter, as
    Typst's `font` takes them: Latin ones and then those in folders, or the Latin ones `last`.
    """
    own, ours = ordered(folders, language), _latin(latin, language)
    return [*own, *ours] if last else [*ours, *own]


def _latin(families: Iterable[str], language: str) -> list[str | dict[str, str]]:
    if shorter(language)[-1] not in _HAN:
        return list(families)
    return [{"name": name, "covers": "latin-in-cjk"} for name in families]


def family_of(words: str, folders: tuple[Path, ...], language: str) -> str | None:
    """Return the family that a drawing with these words is set in; None where they have letters
    that no font here has.

    It is one that has all letters, or else one that the language is best set in, or that has most
    of them: Typst takes each letter that it lacks from another family.
    """
    if not lacking([words], ()):
        return USUAL
    if lacking([words], folders):
        return None
    letters = unicodedata.normalize("NFC", words)
    codes = {ord(sign) for sign in letters if unicodedata.category(sign) not in _PASSED}
    first = _first(language)

    def fit(name: str) -> tuple[bool, bool, int]:
        there = codes & _of_family(folders, name)
        return there == codes, name in first, len(there)

    return max(ordered(folders, language), key=fit)


def lacking(words: Iterable[str], folders: tuple[Path, ...]) -> str:
    """Return the letters that no font here has, each once, in their order; '' where all are."""
    # what comes decomposed is drawn composed where a letter for it exists
    text = unicodedata.normalize("NFC", "".join(words))
    unknown = [sign for sign in dict.fromkeys(text) if not _is_usual(ord(sign))]
    unknown = [sign for sign in unknown if unicodedata.category(sign) not in _PASSED]
    if not unknown or not folders:
        return "".join(unknown)
    return "".join(sign for sign in unknown if ord(sign) not in _of_folders(folders))


def signs_of(letters: str) -> str:
    """Return those of these letters without which words still say the same: emoji and the signs
    that shape them.
    """
    shaping = "\ufe0e\ufe0f\u20e3"
    return "".join(
        sign for sign in letters if unicodedata.category(sign) in ("So", "Sk") or sign in shaping
    )


def packages(letters: str) -> str:
    """Return which packages of Debian have these letters, and where their folders are."""
    names = [unicodedata.name(sign, "") for sign in letters]
    rows = [next(row for row in _PACKAGES if name.startswith(row[0])) for name in names]
    told = [f"{package} (Debian; {folder})" for _, package, folder in dict.fromkeys(rows)]
    return " and ".join(told)


def _is_usual(code: int) -> bool:
    starts, ends = _usual()
    place = bisect_right(starts, code) - 1
    return place >= 0 and code <= ends[place]


@lru_cache(maxsize=1)
def _usual() -> tuple[Sequence[int], Sequence[int]]:
    """Return the first and the last code of each range of the usual family."""
    ranges = [part.partition("-") for part in _USUAL_HAS.split()]
    return (
        [int(first, 16) for first, _, _ in ranges],
        [int(last or first, 16) for first, _, last in ranges],
    )


@lru_cache(maxsize=8)
def _of_folders(folders: tuple[Path, ...]) -> frozenset[int]:
    """Return the codes for which a font in these folders has a glyph."""
    return frozenset[int]().union(*(_of_family(folders, name) for name in families(folders)))


@lru_cache(maxsize=64)
def _of_family(folders: tuple[Path, ...], family: str) -> frozenset[int]:
    """Return the codes for which a font of one family in these folders has a glyph."""
    from fontTools.ttLib import TTFont

    codes = set[int]()
    for font in bundle(folders).fonts():
        if font.path and font.family == family:
            with TTFont(font.path, fontNumber=font.index, lazy=True) as opened:
                if _COLOURED.isdisjoint(opened.keys()):
                    codes.update(opened.getBestCmap() or ())
    return frozenset(codes)
