"""Kinds of values that several files share: ids, hashtags, languages, audiences.

Where a value doesn't fit, the error says in plain words what would.
"""

import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from bot import languages, text
from bot.files.shapes import Report, Shape, twice
from bot.model import Audience
from bot.names import suggest

# territories that CLDR names and ISO 3166 doesn't
_NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}

ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
"""Words of small letters and digits with single hyphens between them, as in `labour-day`."""


def check_id(word: str) -> str:
    """Return the id; raises `ValueError` in plain words when the word is none."""
    if not ID.fullmatch(word):
        raise ValueError(
            f"{word!r} is no id; use small letters a-z, digits and '-', like labour-day"
        )
    return word


def check_hashtag(word: str) -> str:
    """Return the hashtag; raises `ValueError` in plain words when the word is none."""
    if not text.is_hashtag(word):
        raise ValueError(
            f"{word!r} is no hashtag; write '#' and then letters, digits or '_' without spaces, not"
            " only digits"
        )
    return word


def check_language(tag: str) -> str:
    """Return the BCP 47 tag; raises `ValueError` in plain words when it is none or unknown."""
    if not languages.is_tag(tag):
        raise ValueError(f"{tag!r} is no language tag; write it like en, pt-BR or zh-Hant")
    if not languages.is_known(tag):
        raise ValueError(
            f"no language is known by the tag {tag!r}; write it like en, pt-BR or zh-Hant"
        )
    return tag


def _url(url: str) -> str:
    if url and not re.fullmatch(r"https?://[^\s/]+\.[^\s/]+(/\S*)?", url):
        raise ValueError(
            f"{url!r} is no address of a page; write it like https://example.org/page, or leave it"
            ' "" until it is known'
        )
    return url


def check_country(code: str) -> str:
    """Return the code of a country; raises `ValueError` for what is no ISO 3166 alpha-2 code."""
    known = _countries()
    if code not in known:
        raise ValueError(
            f"{code!r} is no ISO 3166 code of a"
            f" country{suggest(code, known) or '; write it like CH'}"
        )
    return code


@cache
def _countries() -> frozenset[str]:
    codes = map(str, languages.naming("en").territories)
    return frozenset(name for name in codes if re.fullmatch("[A-Z]{2}", name)) - _NO_COUNTRIES


def _once(words: list[str]) -> list[str]:
    if repeated := twice(words):
        raise ValueError(f"{repeated[0]!r} stands there twice; leave one out")
    return words


Id = Annotated[str, AfterValidator(check_id)]
Text = Annotated[str, Field(min_length=1)]
Hashtag = Annotated[str, AfterValidator(check_hashtag)]
Language = Annotated[str, AfterValidator(check_language)]
Url = Annotated[str, AfterValidator(_url)]
Country = Annotated[str, AfterValidator(check_country)]
Ids = Annotated[list[Id], AfterValidator(_once)]
Hashtags = Annotated[list[Hashtag], AfterValidator(_once)]
Languages = Annotated[list[Language], Field(min_length=1), AfterValidator(_once)]
AudienceWord = Literal["individual", "organization", "country", "region"]
AudienceWords = Annotated[list[AudienceWord], Field(min_length=1), AfterValidator(_once)]

AUDIENCES = {audience.word: audience for audience in Audience}
"""The audience that each word in a file names."""


class Sourced(Shape):
    """An entry that names where it comes from."""

    source: Text


class Dated(Sourced):
    """An entry that names its source, and the day on which that said so."""

    as_of: date


def ids_differ(ids: Iterable[str], key: str, report: Report) -> None:
    """Report each id that stands more than once among `ids`, those of the list `key`."""
    for name in twice(list(ids)):
        report(f"{key}[{name}]", f"the id {name!r} stands there twice; ids must differ")
