"""Languages by their BCP 47 tags: which others stand in for one, and how Babel knows it.

Whatever a language lacks comes from its shorter tags, then from the languages it falls back to:
``pt-BR → pt → en``.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import Any, Literal

from babel import Locale, UnknownLocaleError, localedata
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.lists import format_list
from babel.numbers import format_compact_decimal, format_decimal
from typing_extensions import override

from bot.errors import RenderError

KEPT = 1_000
"""Most answers of a kind that are kept: of tags, of which a stranger may send any, and of days,
hours and numbers, which a page says many times.
"""

_LONGEST = 35
"""Letters of a tag that anybody needs (RFC 5646, 4.4.1)."""

_RANGES = 10
"""How many languages of an Accept-Language are looked at; browsers send fewer."""

_RANGE = re.compile(
    rf"(\*|[a-z0-9-]{{1,{_LONGEST}}})\s*(?:;\s*q=(0(?:\.\d{{0,3}})?|1(?:\.0{{0,3}})?))?",
    re.ASCII | re.IGNORECASE,
)
_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")


def is_tag(word: str) -> bool:
    """Return whether a word is written like a tag: en, pt-BR, zh-Hant."""
    return _TAG.fullmatch(word) is not None


def is_known(tag: str) -> bool:
    """Return whether Babel has a locale for exactly this tag."""
    return _parsed(tag) is not None


@lru_cache(maxsize=KEPT)
def shorter(tag: str) -> tuple[str, ...]:
    """Return the tag, then its beginnings: 'pt-BR', 'pt'."""
    parts = tag.split("-")
    return tuple("-".join(parts[:count]) for count in range(len(parts), 0, -1))


@lru_cache(maxsize=KEPT)
def chain(tag: str, *fallbacks: str) -> tuple[str, ...]:
    """Return the tags in which something is looked for, in order and each once."""
    return tuple(dict.fromkeys(short for known in (tag, *fallbacks) for short in shorter(known)))


def by_small_letters(known: Iterable[str]) -> Mapping[str, str]:
    """Return the table in which `preferred` looks: the tags by their small letters."""
    return {tag.casefold(): tag for tag in known}


def preferred(wanted: str, known: Mapping[str, str], default: str) -> str:
    """Return the known tag that an Accept-Language likes best, else the default.

    `known` is made once, by `by_small_letters`. Weights count (RFC 9110, 12.5.4). What is malformed
    is passed over, as is what stands behind the first ten, since a stranger may send any.
    """
    weights: dict[str, float] = {}
    for part in wanted.split(",", _RANGES)[:_RANGES]:
        if match := _RANGE.fullmatch(part.strip()):
            weights.setdefault(match[1].casefold(), float(match[2] or 1))
    refused = {known[tag] for tag, weight in weights.items() if not weight and tag in known}
    for tag in sorted(filter(weights.get, weights), key=weights.__getitem__, reverse=True):
        serving = (default, *known.values()) if tag == "*" else _serving(tag, known)
        if served := next((other for other in serving if other not in refused), None):
            return served
    return default


def nearest(wanted: str, known: Iterable[str]) -> str | None:
    """Return the known tag that serves who wants this one, in small letters or not.

    None where neither the tag nor a beginning of it is known.
    """
    if len(wanted) > _LONGEST:
        return None
    return next(_serving(wanted.casefold(), by_small_letters(known)), None)


def _serving(tag: str, known: Mapping[str, str]) -> Iterator[str]:
    return (known[short] for short in shorter(tag) if short in known)


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


def language_name(tag: str, language: str) -> str:
    """Return what a language is called in another one; the tag where it has no name there.

    Raises `RenderError` as `locale`.
    """
    return naming(tag).get_display_name(naming(language)) or tag


def own_names(tags: Iterable[str]) -> list[tuple[str, str]]:
    """Return these tags in order, each with what its language calls itself.

    Raises `RenderError` as `locale`.
    """
    return [(tag, language_name(tag, tag)) for tag in sorted(tags)]


def country_name(code: str, tag: str) -> str:
    """Return the name of a country (ISO 3166 alpha-2) in a language; the code where it has none.

    Raises `RenderError` as `locale`.
    """
    return str(naming(tag).territories.get(code, code))


def country_code(name: str, tag: str) -> str | None:
    """Return the code of the country that has exactly this name in a language, or None."""
    return _codes(tag).get(name)


@lru_cache(maxsize=KEPT)
def _codes(tag: str) -> Mapping[str, str]:
    return {
        str(name): code
        for code, name in naming(tag).territories.items()
        if len(code) == 2 and code.isalpha()  # noqa: PLR2004 - alpha-2; others are regions
    }


_HAN = re.compile("[\u4e00-\u9fff]")


def alphabetical(name: str) -> tuple[str, str]:
    """Return what sorts names as people look for them: É stands with E, and Chinese characters by
    how they are pronounced, which the most usual ones are in the order of GB 18030.
    """
    return (_sounds(name) if _HAN.search(name) else _bare(name)), name


def _sounds(name: str) -> str:
    return name.encode("gb18030", "replace").decode("latin-1")


def _bare(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


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
        return _Locale.parse(tag, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


class _Locale(Locale):
    """A locale whose words are its own.

    Babel keeps what an alias leads to where it found the alias, which may be what all locales share
    (python-babel/babel, issue 1234): German then has the months of whoever was asked before.
    """

    @override
    @cached_property
    def _data(self) -> localedata.LocaleDataDict:
        return localedata.LocaleDataDict(_copied(localedata.load(str(self))))


def _copied(table: Mapping[Any, Any]) -> dict[Any, Any]:
    return {key: _unshared(value) for key, value in table.items()}


def _unshared(value: Any) -> Any:
    if isinstance(value, dict):
        return _copied(value)
    # an alias, and what a locale says otherwise
    return tuple(map(_unshared, value)) if isinstance(value, tuple) else value


@lru_cache(maxsize=KEPT)
def said_day(day: date, form: str, language: str) -> str:
    """Return a day as it is written in a language; `form` is Babel's: short, medium, long, full, or
    a pattern.
    """
    return _first(format_date(day, form, locale=locale(language)), language)


@lru_cache(maxsize=KEPT)
def said_month_day(day: date, language: str, *, short: bool = False) -> str:
    """Return a day without its year as it is written in a language: '12 June', '12 de junio'."""
    skeleton = "MMMd" if short else "MMMMd"
    return _first(format_skeleton(skeleton, day, locale=locale(language)), language)


@lru_cache(maxsize=KEPT)
def said_days(first: date, last: date, language: str) -> str:
    """Return the days from one to another as they are written in a language, and what they have in
    common once: '10–17 June 2031', '30 June – 1 July 2031'; one day by itself.
    """
    if first == last:
        return said_day(first, "long", language)
    spoken = locale(language)
    differ = "d" if first.timetuple()[:2] == last.timetuple()[:2] else "M"
    # most languages have short months alone for what lies between two days
    known = spoken.interval_formats.get("yMMMMd") or spoken.interval_formats["yMMMd"]
    patterns = known["y" if first.year != last.year else differ]
    if differ == "M" and not all(re.search("[ML]", each) for each in patterns):
        # CLDR's Swahili lacks a month
        return f"{said_day(first, 'long', language)} – {said_day(last, 'long', language)}"
    begins, ends = (re.sub("M{3,}", "MMMM", pattern) for pattern in patterns)
    said = said_day(first, begins, language), said_day(last, ends, language)
    if between := _BETWEEN.get(shorter(language)[-1]):
        return between.format(said[0].rstrip("\u2009 –"), said[1])
    return "".join(said).replace("\u2009", " ")


_BETWEEN = {"ar": "من {} إلى {}", "es": "del {} al {}", "fr": "du {} au {}", "pt": "{} a {}"}
"""How days stand from one to another where CLDR has a dash between them and the language a word."""


def _first(said: str, language: str) -> str:
    # « 1er mai », “1º de maio”, which CLDR's patterns can't express
    base = shorter(language)[-1]
    first = _FIRST.get(base, "1") if language != "pt-PT" else "1"
    said = re.sub(r"^(\D*)\b1(?=[\s–])", rf"\g<1>{first}", said)
    # no line ends between a Russian day and its month
    return re.sub(r"(\d) (?=[^\W\d])", "\\1\u00a0", said) if base == "ru" else said


_FIRST = {"fr": "1er", "pt": "1º"}
"""How the first of a month is written where it is no plain figure."""


@lru_cache(maxsize=KEPT)
def said_time(moment: time, language: str) -> str:
    """Return hour and minute as they are written in a language."""
    return str(format_time(moment, "short", locale=locale(language)))


def said_instant(instant: datetime, language: str, *, weekday: bool = False) -> str:
    """Return day and time of an aware datetime, in its own zone, as they are written in a language:
    '12 Jun 2027, 09:00'; with `weekday` as 'Saturday, 12 June 2027, 09:00'.
    """
    form = _WITH_WEEKDAY.get(shorter(language)[-1], "full") if weekday else "medium"
    return _joined(language).format(
        said_time(instant.time(), language), said_day(instant.date(), form, language)
    )


_WITH_WEEKDAY = {"ru": "EEE, d MMMM y\u202f'г'."}
"""Patterns of days with their weekday that may stand behind any word: a Russian weekday that is
written out would take its case.
"""

_AT = {"pt": "{1} às {0}"}
"""How a time, {0}, stands beside a day, {1}, where CLDR sets them side by side without a word."""


@lru_cache(maxsize=KEPT)
def _joined(language: str) -> str:
    """Return how the language sets a time, {0}, beside a day, {1}."""
    known = str(locale(language).datetime_formats["medium"]).replace("'", "")
    return _AT.get(shorter(language)[-1], known)


class Counted(str):
    """A number as it is written in a language, with the form that words beside it take there."""

    __slots__ = ("form",)

    #: CLDR's name: zero, one, two, few, many or other
    form: str

    @classmethod
    def of(cls, written: str, form: str) -> "Counted":
        """Return a number that is written so, beside which words take this form."""
        number = cls(written)
        number.form = form
        return number


@lru_cache(maxsize=KEPT, typed=True)
def said_number(number: float, language: str) -> Counted:
    """Return a number as it is written in a language."""
    spoken = locale(language)
    return Counted.of(format_decimal(number, locale=spoken), spoken.plural_form(number))


def said_short(number: float, language: str) -> str:
    """Return a number in the large units of a language, of two decimals at most: '138M' in English,
    '1.38亿' in Chinese, which counts by ten thousands.
    """
    return str(
        format_compact_decimal(
            number, format_type="short", locale=locale(language), fraction_digits=2
        )
    )


def said_list(names: Iterable[str], language: str) -> str:
    """Return several names as they are written one after the other: 'X, Y and Z'; '' for none."""
    listed = list(names)
    said = str(format_list(listed, locale=locale(language))) if listed else ""
    if language.startswith("es") and len(listed) > 1 and _SOUNDS_LIKE_Y.match(listed[-1]):
        # Spanish says « e » before another i, which CLDR's patterns can't express
        return f"{said.removesuffix(f' y {listed[-1]}')} e {listed[-1]}"
    return _apart(said, listed, language) if _is_wide(language) and len(listed) > 1 else said


def _apart(said: str, listed: list[str], language: str) -> str:
    """Return a Chinese list with blanks round the word before the last name, beside Latin letters
    alone.
    """
    word = str(locale(language).list_patterns["standard"]["2"]).format("", "")
    if not _HAN.fullmatch(word):
        return said
    before, after = map(_blank, (listed[-2][-1:], listed[-1][:1]))
    return f"{said.removesuffix(word + listed[-1])}{before}{word}{after}{listed[-1]}"


def _blank(beside: str) -> str:
    return " " if beside.isascii() else ""


def said_row(names: Iterable[str], language: str) -> str:
    """Return several names one after the other, without a word before the last: 'X, Y'; '' for
    none.
    """
    return _COMMAS.get(shorter(language)[-1], ", ").join(names)


def in_brackets(said: str, more: str, language: str) -> str:
    """Return what is said with more about it in brackets: 'Cairo (Egypt)', '开罗（埃及）';
    behind a comma where that has brackets of its own.
    """
    if _BRACKET.search(more):  # no brackets within brackets
        return behind_comma(said, more, language)
    return f"{said}（{more}）" if _is_wide(language) else f"{said} ({more})"


_BRACKET = re.compile("[(（]")


def behind_comma(said: str, more: str, language: str) -> str:
    """Return what is said with more behind a comma: 'UNICEF, 2020'."""
    return f"{said}{comma(language)}{more}"


def comma(language: str) -> str:
    """Return the comma between parts of a sentence, with its blank: ', ', '，' in Chinese."""
    return "，" if _is_wide(language) else said_row(["", ""], language)


def colon(language: str) -> str:
    """Return a colon with the blanks that it has in a language: ': ', '：' in Chinese."""
    return _COLONS.get(shorter(language)[-1], ": ")


def stop(language: str) -> str:
    """Return the full stop between two sentences, with its blank: '. ', '。' in Chinese."""
    return "。" if _is_wide(language) else ". "


def sentences(parts: Iterable[str], language: str) -> str:
    """Return sentences one after the other, those that are empty left out."""
    return ("" if _is_wide(language) else " ").join(filter(None, parts))


def _is_wide(language: str) -> bool:
    return shorter(language)[-1] in _WIDE


_COMMAS = {"ar": "، ", "zh": "、"}
"""What stands between several names, where it isn't the Latin comma."""

_COLONS = {"fr": "\u00a0: ", "zh": "："}

_WIDE = frozenset({"zh"})
"""Languages whose signs have the width of their letters, with no blank beside them."""

_SOUNDS_LIKE_Y = re.compile(r"h?[ií](?![aeoáéó])", re.IGNORECASE)
"""How words begin before which Spanish says « e » for « y »: not iones, hielo."""


def said_wait(months: int, days: int, language: str) -> str:
    """Return how long months or days are, in words: '9 months', '2 weeks', '10 days'."""
    unit: Literal["month", "week", "day"]
    unit = "month" if months else "day" if days % 7 else "week"
    wait = timedelta(days=30 * months or days)
    # format_unit says "3 duration-month" in Portuguese, Arabic and Chinese
    return format_timedelta(wait, granularity=unit, threshold=_NO_OTHER, locale=locale(language))


_NO_OTHER = 10_000
"""So many years would have to be waited before Babel takes another unit than the one asked for."""


@lru_cache(maxsize=KEPT)
def said_month(day: date, language: str, *, year: bool, short: bool = False) -> str:
    """Return a month as it is written in a language, by itself or with its year; `short` is for
    where there is little room, as in 'Jun 2027'.
    """
    month = "MMM" if short else "MMMM"
    return (
        _skeleton(day, f"y{month}", language)
        if year
        else said_day(day, month.replace("M", "L"), language)
    )


def _skeleton(day: date, skeleton: str, language: str) -> str:
    return str(format_skeleton(skeleton, day, locale=locale(language)))


def said_year(day: date, language: str) -> str:
    """Return the year of a day as it is written in a language: '2027', '2027年'."""
    return _skeleton(day, "y", language)


def first_weekday(tag: str) -> int:
    """Return the day on which weeks begin where the language is spoken: 0 is Monday, 6 Sunday.

    Raises `RenderError` as `locale`.
    """
    return int(locale(tag).first_week_day)
