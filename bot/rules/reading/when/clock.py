"""The time of the day as people write it: 19:30, 7 pm, half past seven, à 19 h, 7 вечера, 晚上七点.

The words of a language stand under [instants] of its words.toml, each as a list with commas, those
for numbers under [numbers]. Every word that counts becomes a mark, and marks and figures make up an
hour. What may be read in two ways is not guessed.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from bot.rules.reading import numbers
from bot.rules.reading.han import HAN, figures
from bot.rules.reading.places import plain

NO_TIME = -1
"""Stands for what is written as a time, and is none that a clock shows for sure."""

_NOON, _HOURS, _MINUTES = 12, 24, 60
_AFTER_NOON = 3
"""The last hour of which people say that it is noon: 中午1点."""

_LATER: Mapping[str, int] = {"pm": 1, "evening": 1, "night": 6}
"""Parts of the day behind noon, and from which hour on: two at night belongs to the morning."""

_TWELVE: Mapping[str, int] = {"am": 0, "midnight": 0, "night": 0, "pm": 12, "noon": 12}
"""Parts of the day of which twelve is one hour alone."""

_LONGEST = 100
_HAN = re.compile(f"[{HAN}]")
_FOLDED = str.maketrans("ةىی’", "هيي'", "ـ")
"""Letters that are written for each other, and the one that only stretches a word."""

_MARKS = {
    "am": "\ue000",
    "pm": "\ue001",
    "morning": "\ue002",
    "evening": "\ue003",
    "night": "\ue004",
    "noon": "\ue005",
    "midnight": "\ue006",
    "half": "\ue010",
    "quarter": "\ue011",
    "to_quarter": "\ue012",
    "hours": "\ue020",
    "minutes": "\ue021",
    "plus": "\ue022",
}
"""What stands in the place of the words of each kind."""

_KINDS = {mark: kind for kind, mark in _MARKS.items()}
_PAST = {"half": 30, "quarter": 15, "to_quarter": -15}
_PART = "[\ue000-\ue006]"
_OFF = "[\ue010-\ue012]"
_UNIT, _MINUTE, _PLUS = _MARKS["hours"], _MARKS["minutes"], _MARKS["plus"]
_ANY_MARK = re.compile("[\ue000-\uf8ff]")

_TIME = re.compile(
    rf"(?P<before>{_PART})?\s*(?P<off>{_OFF})?\s*(?<![\d:.,/-])(?P<hour>\d{{1,2}})(?![\d/-])"
    rf"(?:\s*(?P<sign>[:.{_UNIT}])\.?\s*(?P<minutes>\d{{2}})(?![\d:/-]|\.\d)\s*{_MINUTE}?"
    rf"|\s*{_UNIT}?\s*{_PLUS}\s*(?P<more>15|[2-5][05])(?!\d))?"
    rf"\s*(?P<unit>{_UNIT})?\.?\s*(?P<off_behind>{_OFF})?\s*(?P<behind>{_PART})?"
)
_WHOLE_PART = re.compile(f"({_MARKS['noon']}|{_MARKS['midnight']})\\s*({_OFF})?")
_SIGNS = " !,;?،。！，"
_ASKS = "?؟？"
_BARE = re.compile(r"\d{1,2}")
_COMPACT = re.compile(r"([01]\d|2[0-3])([0-5][05])")
_SPACED = re.compile(
    r"(?<!\d)(\d{1,2})(?:[.,;]| ?- ?(?=00|2[5-9]|[3-5])| (?=00|15|2[5-9]|[3-5]))([0-5]\d)(?!\d)"
)
"""An hour and its minutes with another sign between them; 8-10 may be from eight to ten."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """What people write for times and instants in one language or several, folded (`folded`)."""

    now: tuple[str, ...] = ()
    today: tuple[str, ...] = ()
    tomorrow: tuple[str, ...] = ()
    after_tomorrow: tuple[str, ...] = ()
    noon: tuple[str, ...] = ()
    midnight: tuple[str, ...] = ()
    am: tuple[str, ...] = ()
    #: pm, and the afternoon
    pm: tuple[str, ...] = ()
    #: parts of the day of which twelve may be noon or midnight
    morning: tuple[str, ...] = ()
    evening: tuple[str, ...] = ()
    night: tuple[str, ...] = ()
    #: what stands before or behind an hour: half past, et demie
    half: tuple[str, ...] = ()
    quarter: tuple[str, ...] = ()
    to_quarter: tuple[str, ...] = ()
    #: what follows an hour: h, heures
    hours: tuple[str, ...] = ()
    minutes: tuple[str, ...] = ()
    #: what is no hour of the day, with # for a number: # horas
    no_hour: tuple[str, ...] = ()
    #: what stands between an hour and its minutes: y
    plus: tuple[str, ...] = ()
    #: what says nothing: at, the
    fillers: tuple[str, ...] = ()
    #: what says nothing where an hour for every day is asked for
    daily: tuple[str, ...] = ()
    #: what says nothing before or behind the end of something: until
    until: tuple[str, ...] = ()
    #: beside a day of the week: the coming one; that of next week; either of them
    coming: tuple[str, ...] = ()
    week_after: tuple[str, ...] = ()
    following: tuple[str, ...] = ()
    #: the first day of a month: primeiro
    first: tuple[str, ...] = ()
    #: a day of the month, with # for its number: the #th
    of_month: tuple[str, ...] = ()
    #: what says that a day is no end: from, after, not, Fridays
    no_end: tuple[str, ...] = ()
    #: what may stand beside a day, and says nothing: of, thanks
    beside_day: tuple[str, ...] = ()
    #: names of days of the week beside those of CLDR, plain (`places.plain`), Monday 0
    days: Mapping[str, int] = field(default_factory=dict)
    #: words for numbers, with their figures
    figures: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def marked(self) -> tuple[tuple[str, str], ...]:
        """Each word that becomes a mark, with its kind, the longest first."""
        every = [(word, kind) for kind in _MARKS for word in getattr(self, kind)]
        return tuple(sorted(every, key=lambda pair: -len(pair[0])))

    @cached_property
    def before_end(self) -> tuple[str, ...]:
        """What says until, of which an hour alone is none: before ten is not at ten."""
        ends = tuple(f"{word} " for word in self.until)
        return tuple(word for word in self.fillers if f"{word} ".startswith(ends))

    @cached_property
    def says_no_end(self) -> re.Pattern[str]:
        """What says that a day is no end; a word behind a figure belongs to its month."""
        every = "|".join(map(whole, self.no_end)) or "(?!)"
        return re.compile(rf"(?<!\d )(?:{every})|(?:{every})$")

    @cached_property
    def beside(self) -> frozenset[str]:
        """The plain words that say nothing beside a day."""
        every = (self.fillers, self.until, self.daily, self.beside_day, self.of_month)
        return frozenset(word for said in every for each in said for word in plain(each).split())

    @cached_property
    def leading(self) -> tuple[str, ...]:
        """What says until, plain (`places.plain`)."""
        return tuple(map(plain, self.until))

    @cached_property
    def of_next_week(self) -> tuple[str, ...]:
        """What says next week beside a day's name, also without what says nothing."""
        bare = (without(phrase, self.fillers) for phrase in self.week_after)
        return tuple(sorted({*self.week_after, *bare} - {""}, key=lambda word: (-len(word), word)))


KEYS = tuple(key for key in Words.__dataclass_fields__ if key not in ("days", "figures"))
"""The keys of the table [instants] that are words by what they mean."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""The other keys of that table."""


def words(tables: Iterable[Mapping[str, str]], counted: Iterable[Mapping[str, str]] = ()) -> Words:
    """Return the words of these tables together, without keys that no instant has; `counted` are
    tables of numbers (`numbers.said`).
    """
    listed = list(tables)
    said = {key: {folded(word) for word in _listed(listed, key)} for key in KEYS}
    every = {folded(word): number for word, number in numbers.said(counted).items()}
    return Words(
        **{key: tuple(sorted(each, key=lambda w: (-len(w), w))) for key, each in said.items()},
        days={plain(w): day for day, key in enumerate(WEEKDAYS) for w in _listed(listed, key)},
        # Chinese ones are figures already (`han.figures`), and stand within other words
        figures={word: number for word, number in every.items() if not _HAN.search(word)},
    )


def _listed(tables: Iterable[Mapping[str, str]], key: str) -> Iterator[str]:
    for table in tables:
        yield from filter(None, map(str.strip, table.get(key, "").split(",")))


def folded(text: str) -> str:
    """Return a text in small letters without accents, with its signs."""
    letters = unicodedata.normalize("NFKD", text.strip().casefold().translate(_FOLDED))
    return "".join(char for char in letters if not unicodedata.combining(char)).translate(_FOLDED)


def without(text: str, phrases: Iterable[str], instead: str = " ", *, once: bool = False) -> str:
    """Return a folded text without these whole words, and with one space between the others; with
    `once` each is taken away where it stands first.
    """
    for phrase in phrases:
        text = re.sub(whole(phrase), instead, text, count=int(once))
    return " ".join(text.split())


def minute(text: str, said: Words, *, bare: bool = True) -> int | None:
    """Return the minute of the day that the whole of a text means; with `bare` a number alone, too.

    None for what is no time, or may be read in two ways; `NO_TIME` for one that no clock shows, for
    so many hours and for a day of the month.
    """
    left = folded(figures(unicodedata.normalize("NFKC", text.strip()[:_LONGEST])))
    left = without(left, said.daily).strip(_SIGNS)
    if is_so_many(left, said) or _is_day(left, said):
        return NO_TIME
    # who asks has not chosen
    if not bare and (any(sign in text for sign in _ASKS) or _is_number(left, said)):
        return None
    if without(left, said.before_end) != " ".join(left.split()):
        return None
    if match := _COMPACT.fullmatch(without(left, said.fillers)):
        return _of_day(int(match[1]), int(match[2]))
    rest, at = clock(_SPACED.sub(r"\1:\2", _figured(left, said)), said)
    rest = rest.strip(f"{_SIGNS}.")
    if at is None:
        return _of_day(int(rest), 0) if _BARE.fullmatch(rest) else None
    return None if rest else at


def _is_number(text: str, said: Words) -> bool:
    return _figured(text, said).strip(f"{_SIGNS}.").isdecimal()


def is_so_many(text: str, said: Words) -> bool:
    """Return whether a folded text is so many hours, and no hour of the day: 10 horas."""
    counted = _figured(text, said)
    return any(re.fullmatch(numbered(phrase), counted) for phrase in said.no_hour)


def _is_day(text: str, said: Words) -> bool:
    counted = _figured(text, said)
    return any(re.fullmatch(numbered(phrase), counted) for phrase in said.of_month)


def numbered(phrase: str) -> str:
    """Return a pattern of a phrase in which # stands for a number of one or two figures."""
    return re.sub(r"(?:\\ )?\\#(?:\\ )?", r"\\s*(\\d{1,2})\\s*", re.escape(phrase))


def clock(text: str, said: Words) -> tuple[str, int | None]:
    """Return what is left of a folded text without its time of the day and without what says
    nothing, and the minute of the day: None without a time, `NO_TIME` for one that no clock shows,
    or that may be two.
    """
    marked = without(_marked(_figured(text, said), said), said.fillers)
    for match in _TIME.finditer(marked):
        if _is_time(match):
            return _unmarked(_rest(marked, match)), _minute(match)
    if whole := _WHOLE_PART.search(marked):
        hour = _NOON if whole[1] == _MARKS["noon"] else 0
        return _unmarked(_rest(marked, whole)), _of_day(hour, _off(whole[2]))
    return _unmarked(marked), None


def _is_time(match: re.Match[str]) -> bool:
    """Return whether figures are a time, and no other number: a point alone may stand in a day."""
    part = match["before"] or match["behind"] or match["off"] or match["off_behind"]
    if match["sign"] == ".":
        return bool(part)
    return bool(part or match["minutes"] or match["more"] or match["unit"])


def _minute(match: re.Match[str]) -> int:
    minutes = int(match["minutes"] or match["more"] or 0)
    off = _off(match["off"]) + _off(match["off_behind"])
    part = _KINDS.get(match["before"] or match["behind"] or "", "")
    hour = _hour(int(match["hour"]), part)
    return NO_TIME if off and minutes else _of_day(hour, minutes + off)


def _off(mark: str | None) -> int:
    return _PAST[_KINDS[mark]] if mark else 0


def _hour(hour: int, part: str) -> int:
    """Return the hour from 0 to 23 that is meant by one in a part of the day; `NO_TIME` for none,
    or either of two.
    """
    if not part or hour == 0:
        return hour
    if hour > _NOON:
        # 15 h de l'après-midi
        return hour if part in _LATER else NO_TIME
    if hour == _NOON or part == "midnight":
        return _TWELVE.get(part, NO_TIME) if hour == _NOON else NO_TIME
    if part == "noon":
        return hour + _NOON if hour <= _AFTER_NOON else hour
    return hour + _NOON if hour >= _LATER.get(part, _NOON) else hour


def _of_day(hour: int, minutes: int) -> int:
    if not 0 <= hour < _HOURS or minutes >= _MINUTES:
        return NO_TIME
    return (hour * _MINUTES + minutes) % (_HOURS * _MINUTES)


def _figured(text: str, said: Words) -> str:
    """Return a folded text with figures for its words for numbers."""
    for word, number in said.figures.items():
        if word in text:
            text = re.sub(whole(word), str(number), text)
    return text


def _marked(text: str, said: Words) -> str:
    for word, kind in said.marked:
        if word in text:
            text = re.sub(whole(word, kind), _MARKS[kind], text)
    return text


def _unmarked(text: str) -> str:
    """Return what is left, in which words that say no time for sure stand as a sign."""
    return _ANY_MARK.sub(" \N{REPLACEMENT CHARACTER} ", text)


def whole(phrase: str, kind: str = "") -> str:
    """Return a pattern of a whole word; behind a figure one may follow at once, as in 3pm, and
    figures behind an hour's, as in 19h30.
    """
    word = re.escape(phrase)
    # between Chinese characters no word ends
    if _HAN.search(phrase):
        return word
    return rf"(?<![^\W\d]){word}" + (r"(?![^\W\d])" if kind == "hours" else r"(?!\w)")


def _rest(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()]} {text[match.end() :]}"
