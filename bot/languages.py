"""Languages by their BCP 47 tags: which others stand in for one, and how Babel knows it.

Whatever a language lacks comes from its shorter tags, then from the languages it falls back to:
``pt-BR → pt → en``.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from bot.errors import RenderError

KEPT = 1_000
"""Most tags whose answers are kept; a stranger may send any."""

_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")


def is_tag(word: str) -> bool:
    """Tell whether this is written like a tag: en, pt-BR, zh-Hant."""
    return _TAG.fullmatch(word) is not None


def is_known(tag: str) -> bool:
    """Tell whether Babel has a locale of this very tag."""
    return _parsed(tag) is not None


@lru_cache(maxsize=KEPT)
def shorter(tag: str) -> tuple[str, ...]:
    """Give the tag, then its beginnings: 'pt-BR', 'pt'."""
    parts = tag.split("-")
    return tuple("-".join(parts[:count]) for count in range(len(parts), 0, -1))


@lru_cache(maxsize=KEPT)
@lru_cache(maxsize=KEPT)
def chain(tag: str, *fallbacks: str) -> tuple[str, ...]:
    """Give the tags in which something is looked for, in their order and each once."""
    return tuple(dict.fromkeys(short for known in (tag, *fallbacks) for short in shorter(known)))


def nearest(wanted: str, known: Iterable[str]) -> str | None:
    """Return the known tag that serves who wants this one, in small letters or not.

    None where neither the tag nor a beginning of it is known.
    """
    tags = {tag.casefold(): tag for tag in known}
    return next((tags[tag] for tag in shorter(wanted.casefold()) if tag in tags), None)


@lru_cache(maxsize=KEPT)
def locale(tag: str) -> Locale:
    """Return the locale in which dates and numbers are said: that of the tag, or of its beginning
    where Babel doesn't know the whole.

    Raises `RenderError` where Babel knows none of them.
    """
    # Plain "en" is the British English of the texts: the day comes before the month.
    return _known(tag, ("en-GB" if short == "en" else short for short in shorter(tag)))


def naming(tag: str) -> Locale:
    """Return the locale that names places, in which plain "en" is Babel's own.

    Raises `RenderError` as `locale`.
    """
    return _known(tag, shorter(tag))


@lru_cache(maxsize=KEPT)
def direction(tag: str) -> str:
    """Return 'ltr' or 'rtl': how the language is written. Raises `RenderError` as `locale`."""
    return str(locale(tag).text_direction)


def _known(tag: str, tags: Iterable[str]) -> Locale:
    known = next(filter(None, map(_parsed, tags)), None)
    if known is None:
        raise RenderError(f"no language is called {tag!r}")
    return known


@lru_cache(maxsize=KEPT)
def _parsed(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None
