"""Places: what a typed city or country means as a time zone, from the tables of the IANA zones and the names of CLDR.

Zones of one country that keep the same time from now on are one: nobody is asked to choose between them. Cities are those that CLDR names for zones.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from importlib import resources

from babel import Locale
from babel.dates import get_timezone_location

from bot import dates

_SHORTEST = 3
"""Fewer letters than this are no beginning of a name."""

_MOST = 12
_SAMPLES = 26
"""Instants, a month apart, at which two zones are compared."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A zone, its country (ISO 3166 alpha-2) and its name in the asked language."""

    zone: str
    country: str
    name: str


def find(text: str, language: str, now: datetime, *, also: tuple[str, ...] = ()) -> tuple[Place, ...]:
    """What a text may mean, best first; empty when nobody knows such a place. A country gives one place for each time that is kept there.

    Names are known in `language`, in English and in the languages of `also`; places are named in `language`.
    """
    spoken = tuple(dict.fromkeys((language, *also, "en")))
    for words in _readings(text):
        if found := _find(words, language, spoken, now.year):
            return found
    return ()


def city(zone: str, language: str) -> str:
    """The zone's city in this language."""
    return get_timezone_location(zone, locale=_locale(language), return_city=True)


def _readings(text: str) -> list[str]:
    """The whole, then what stands before and after a comma."""
    parts = [part for part in text[:200].replace("(", ",").replace(")", "").split(",") if part.strip()]
    return list(dict.fromkeys(filter(None, map(plain, [text[:200], *parts]))))


def _find(words: str, language: str, spoken: tuple[str, ...], year: int) -> tuple[Place, ...]:
    names = _names(spoken)
    keys = [words] if words in names else []
    if not keys and len(words) >= _SHORTEST:
        keys = [name for name in names if name.startswith(words)] or get_close_matches(words, names, n=1, cutoff=0.85)
    found: dict[str, Place] = {}
    for key in keys:
        for country, zone in names[key]:
            for place in _of_country(country, language, year) if zone is None else (_city(zone, country, language),):
                found.setdefault(place.zone, place)
    return tuple(found.values())[:_MOST]


def _city(zone: str, country: str, language: str) -> Place:
    return Place(zone=zone, country=country, name=f"{city(zone, language)} ({_locale(language).territories.get(country, country)})")


@cache
def _of_country(country: str, language: str, year: int) -> tuple[Place, ...]:
    kept: dict[tuple[timedelta | None, ...], str] = {}
    for zone, code in _zones():
        if code == country:
            kept.setdefault(_times(zone, year), zone)
    if len(kept) == 1:
        return (Place(zone=next(iter(kept.values())), country=country, name=_locale(language).territories.get(country, country)),)
    return tuple(_city(zone, country, language) for zone in kept.values())


@cache
def _times(zone: str, year: int) -> tuple[timedelta | None, ...]:
    start = datetime(year, 1, 1, tzinfo=UTC)
    return tuple((start + timedelta(days=30 * n)).astimezone(dates.zone(zone)).utcoffset() for n in range(_SAMPLES))


@cache
def _zones() -> tuple[tuple[str, str], ...]:
    """(zone, country) in the order of the IANA table, which puts the most important zone of a country first."""
    table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return tuple((row[2], row[0]) for row in rows)


@cache
def _names(spoken: tuple[str, ...]) -> dict[str, list[tuple[str, str | None]]]:
    """Plain name -> (country, zone); zone None means the whole country. In these languages."""
    names: dict[str, list[tuple[str, str | None]]] = {}
    countries = {country for _, country in _zones()}
    for tag in spoken:
        locale = _locale(tag)
        for country in sorted(countries):
            _put(names, locale.territories.get(country, ""), (country, None))
        for zone, country in _zones():
            _put(names, get_timezone_location(zone, locale=locale, return_city=True), (country, zone))
    for country, name in _iso():
        if country in countries:
            _put(names, name, (country, None))
    for zone, country in _zones():
        _put(names, zone.rsplit("/", 1)[-1], (country, zone))
    return names


def _iso() -> Iterable[tuple[str, str]]:
    table = (resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text("utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _, name = line.partition("\t")
            yield country, name


def _put(names: dict[str, list[tuple[str, str | None]]], name: str, meaning: tuple[str, str | None]) -> None:
    if (key := plain(name)) and meaning not in names.setdefault(key, []):
        names[key].append(meaning)


def plain(text: str) -> str:
    """Letters and digits only, caseless and without accents: how names are compared."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(char if char.isalnum() else " " for char in letters if not unicodedata.combining(char))
    return " ".join(kept.split())


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except ValueError:
        return Locale.parse("en")
