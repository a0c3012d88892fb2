"""Places: which time zone a typed city or country means.

The names come from the tables of the IANA zones, from CLDR and from content/places.toml. Zones of
one country that keep the same time from now on count as one: nobody is asked to choose between
them. Only a full, exact name is sure; a beginning or a misspelt name is a proposal.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from importlib import resources

from babel.dates import get_timezone_location

from bot.languages import in_brackets, naming
from bot.model import PlaceNames
from bot.rules import dates
from bot.rules.reading.han import HAN
from bot.rules.reading.main_zones import MAIN_ZONES

_SHORTEST = 3
"""Fewer letters than this are no beginning of a name."""

_MOST = 12
_NEAR = 3
"""Most misspelt names that are proposed."""

_SAMPLES = 26
"""Instants, a month apart, at which two zones are compared."""

_HAN = re.compile(f"[{HAN}]")
_ASCII = re.compile("[A-Za-z0-9]+")
_FLAG = re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_ARTICLE = re.compile(r"(?:the|la|le|les|el|los|las|l) ")
_NONE = PlaceNames()

_WORDS = 12
"""Most words of a text in which a name is looked for."""

_TELLING = 4
"""Fewest letters of a name that is looked for within a text; in Chinese two characters do."""

_CITY = " 市"

_OLDER = {
    "Africa/Asmara": "Africa/Asmera",
    "America/Argentina/Buenos_Aires": "America/Buenos_Aires",
    "America/Argentina/Catamarca": "America/Catamarca",
    "America/Argentina/Cordoba": "America/Cordoba",
    "America/Argentina/Jujuy": "America/Jujuy",
    "America/Argentina/Mendoza": "America/Mendoza",
    "America/Indiana/Indianapolis": "America/Indianapolis",
    "America/Kentucky/Louisville": "America/Louisville",
    "America/Nuuk": "America/Godthab",
    "Asia/Ho_Chi_Minh": "Asia/Saigon",
    "Asia/Kathmandu": "Asia/Katmandu",
    "Asia/Kolkata": "Asia/Calcutta",
    "Asia/Yangon": "Asia/Rangoon",
    "Atlantic/Faroe": "Atlantic/Faeroe",
    "Europe/Kyiv": "Europe/Kiev",
    "Pacific/Chuuk": "Pacific/Truk",
    "Pacific/Pohnpei": "Pacific/Ponape",
}
"""By the name of a zone: that by which CLDR still knows how its city is called."""

_Meaning = tuple[str | None, str | None]
"""(country, zone): zone None means the whole country, country None a zone that the table gives to
none.
"""

_Meanings = dict[str, list[_Meaning]]
"""Plain name -> what it may mean."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A zone with its country (ISO 3166 alpha-2) and its name in the language asked for.

    `sure` is true where the text names it exactly.
    """

    zone: str
    country: str | None
    name: str
    #: the city as it is spelled in the tables, which need not be the zone's own; '' for a country
    city: str = ""
    sure: bool = True


def find(
    text: str,
    language: str,
    now: datetime,
    *,
    also: tuple[str, ...] = (),
    known: PlaceNames = _NONE,
    slips: bool = True,
) -> tuple[Place, ...]:
    """Return what a text may mean, best first; empty when no such place is known.

    A country gives one place for each time that is kept there. Names are known in `language`, in
    English, in the languages of `also` and as `known` says; the places are named in `language`.
    Without `slips` only names that are written out and spelled right count: comparing a text with
    every name takes some ten milliseconds, too long for each sentence that somebody writes.
    """
    names = _names(_order(language, also), known)
    atlas = _Atlas(names=names, known=known, language=language, year=now.year)
    whole, *parts = _readings(text[:200])
    if (places := atlas.exact(whole)) or (places := _agreed([atlas.exact(part) for part in parts])):
        return places[:_MOST]
    for words in (whole, *parts):
        if places := atlas.beside(words, slips=slips):
            return places[:_MOST]
        if slips and (places := atlas.near(words) or atlas.within(words)):
            return places[:_MOST]
    return ()


def read_names(languages: Iterable[str], known: PlaceNames = _NONE) -> None:
    """Read what `find` knows in these languages, each of which may be the one of who asks.

    It takes most of a second, and where nobody has called it, the first `find` takes it. May be
    called in any thread.
    """
    spoken = tuple(languages)
    for language in spoken:
        _names(_order(language, spoken), known)


def of_country(
    country: str, language: str, now: datetime, known: PlaceNames = _NONE
) -> tuple[Place, ...]:
    """Return the places of a country by its code, one for each time that is kept there."""
    return _of_country(country, language, now.year, known.main)


def city(zone: str, language: str) -> str:
    """Return the zone's city in this language, without the path in the zone's name."""
    spoken = naming(language)
    name: str | None = spoken.time_zones.get(_OLDER.get(zone, zone), {}).get("city")
    # given the name alone, Babel would read the zone's file anew each time
    name = name or get_timezone_location(dates.zone(zone), locale=spoken, return_city=True)
    # a second name in brackets would stand before the country's
    return name.rsplit("/", 1)[-1].replace("_", " ").partition(" (")[0]


@cache
def country_codes() -> frozenset[str]:
    """Return all codes of ISO 3166, from the IANA table iso3166.tab."""
    return frozenset(code for code, _ in _iso())


def country(text: str, names: Mapping[str, str]) -> str:
    """Return the code of a country that was typed as its code, or by its name among these names by
    codes; '' for what is neither.
    """
    words = text.strip()
    if words.upper() in country_codes():
        return words.upper()
    by_name = {plain(str(name)): code for code, name in names.items()}
    code = by_name.get(plain(words), "")
    return code if code in country_codes() else ""


def country_name(code: str, language: str) -> str:
    """Return the name of a country in a language; the code itself where it has none."""
    return str(naming(language).territories.get(code, code))


@cache
def zones_of(country: str) -> tuple[str, ...]:
    """Return the IANA zones of a country by its code, the most important first; empty for a code
    that nobody has.
    """
    return tuple(zone for zone, code in _zones() if code == country)


def main_zone(country: str) -> str | None:
    """Return the IANA zone in which most people of a country live; None for a code that nobody
    has. Where there are several, it is `main_zones` that knows.
    """
    zones = zones_of(country)
    return MAIN_ZONES.get(country, zones[0]) if zones else None


@dataclass(frozen=True, kw_only=True)
class _Names:
    """Names of places in several languages."""

    meanings: _Meanings = field(default_factory=dict)
    #: plain name -> the same as it is first spelled
    spelled: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, meaning: _Meaning, key: str | None = None) -> None:
        """Add a meaning of a name, unless it has it already; `key` is the name made plain."""
        key = plain(name) if key is None else key
        if key and meaning not in self.meanings.setdefault(key, []):
            self.meanings[key].append(meaning)
        self.spelled.setdefault(key, name)


@dataclass(frozen=True, kw_only=True)
class _Atlas:
    names: _Names
    known: PlaceNames
    language: str
    year: int

    def exact(self, words: str) -> tuple[Place, ...]:
        """Return the places with this name, also behind an article or "I live in", and before the
        Chinese word for a city.
        """
        bare = self._bare(words)
        said = (*bare, *(each.removesuffix(_CITY) for each in bare))
        return self._of([next(filter(self._is_name, said), "")])

    def beside(self, words: str, *, slips: bool) -> tuple[Place, ...]:
        """Return the places that are named by two names in a row, as in 'Lagos Nigeria', or with
        the wider one first, as in Chinese.

        With `slips` the first of them may be misspelt, and then the place isn't sure.
        """
        parts = self._bare(words)[-1].split()[:_WORDS]
        cuts = [(" ".join(parts[:at]), " ".join(parts[at:])) for at in range(1, len(parts))]
        behind = [(name, places) for name, rest in cuts if (places := self.exact(rest))]
        for look in (self.exact, self.near) if slips else (self.exact,):
            for name, wider in behind:
                # names are compared with slips only where a place stands behind
                named = [look(name), wider]
                # in Chinese the wider of the two comes first
                if places := _narrower(named[::-1] if _HAN.match(name) else named):
                    return places
        return ()

    def near(self, words: str) -> tuple[Place, ...]:
        """Return places whose names begin with these words, or else are nearly spelled so."""
        bare = self._bare(words)
        if len(bare[-1]) < _SHORTEST or any(map(self._is_name, bare)):
            return ()
        begun = (name for name in self.names.meanings if name.startswith(bare[-1]))
        keys = sorted(begun, key=len) or get_close_matches(
            bare[-1], self.names.meanings, n=_NEAR, cutoff=0.85
        )
        return tuple(replace(place, sure=False) for place in self._of(keys))

    def within(self, words: str) -> tuple[Place, ...]:
        """Return the places of the longest name within a text, none of which is sure."""
        parts = words.split()
        if len(parts) > _WORDS or any(map(self._is_name, self._bare(words))):
            return ()
        spans = [
            " ".join(parts[start:end])
            for start in range(len(parts))
            for end in range(start + 1, len(parts) + 1)
        ]
        names = [span for span in spans if _is_telling(span) and self._is_name(span)]
        places = self._of(sorted(names, key=len, reverse=True)[:1])
        return tuple(replace(place, sure=False) for place in places)

    def _is_name(self, words: str) -> bool:
        return words in self.names.meanings

    def _bare(self, words: str) -> tuple[str, ...]:
        """Return the words, then without what is said before a place, and without an article."""
        said = next((lead for lead in _leads(self.known) if words.startswith(f"{lead} ")), "")
        rest = words.removeprefix(f"{said} ")
        return words, _ARTICLE.sub("", words, count=1), rest, _ARTICLE.sub("", rest, count=1)

    def _of(self, keys: Iterable[str]) -> tuple[Place, ...]:
        places: dict[tuple[str, str | None], Place] = {}
        for key in keys:
            for country, zone in self.names.meanings.get(key, ()):
                for place in self._places(key, country, zone):
                    places.setdefault((place.zone, place.country), place)
        return tuple(places.values())

    def _places(self, key: str, country: str | None, zone: str | None) -> tuple[Place, ...]:
        whole = _of_country(country, self.language, self.year, self.known.main) if country else ()
        if zone is None:
            return whole
        # a country's zones that keep the same time count as one
        at = whole[0].zone if len(whole) == 1 else zone
        return (_city(at, country, self.language, self.names.spelled[key]),)


@cache
def _leads(known: PlaceNames) -> tuple[str, ...]:
    """Return what people say before a place, plain, the longest first."""
    return tuple(sorted(map(plain, known.before), key=len, reverse=True))


def _is_telling(name: str) -> bool:
    return len(name) >= _TELLING or len(_HAN.findall(name)) > 1


def _readings(text: str) -> list[str]:
    """Return the whole text, then its flags and what stands between commas and brackets."""
    flags = _FLAG.findall(text)
    parts = [plain(part) for part in re.split(r"[,;()，；、（）،؛]", _FLAG.sub(",", text))]
    parts = list(dict.fromkeys([*filter(None, parts), *flags]))
    return parts if len(parts) == 1 else ["" if flags else plain(text), *parts]


def _agreed(parts: list[tuple[Place, ...]]) -> tuple[Place, ...]:
    """Return the places on which the parts of a text agree, as in 'Lyon, France'.

    Where they don't agree ('Paris, Texas') no place is sure.
    """
    meanings = [part for part in parts if part]
    if not meanings:
        return ()
    if parts[-1] and (common := _narrower(meanings)):
        return common
    every = {
        (place.zone, place.country): replace(place, sure=False)
        for part in meanings
        for place in part
    }
    return tuple(every.values())


def _narrower(meanings: Sequence[tuple[Place, ...]]) -> tuple[Place, ...]:
    """Return what the narrowest of several names, or the first such, means in the countries that
    all of them may mean; empty where there is no such country.
    """
    common = set.intersection(*({place.country for place in places} for places in meanings))
    within = [tuple(place for place in places if place.country in common) for places in meanings]
    return min(within, key=lambda places: (len(places), not all(place.city for place in places)))


def _city(zone: str, country: str | None, language: str, spelled: str = "") -> Place:
    """Return a zone by one of its cities as it is spelled, else by its own."""
    own = spelled or city(zone, language)
    return Place(zone=zone, country=country, name=named(own, country, language), city=own)


def named(city: str, country: str | None, language: str) -> str:
    """Return a city with its country behind it, in a language."""
    return in_brackets(city, country_name(country, language), language) if country else city


@cache
def _of_country(country: str, language: str, year: int, main: tuple[str, ...]) -> tuple[Place, ...]:
    zones = zones_of(country)
    kept: dict[tuple[timedelta | None, ...], str] = {}
    for zone in (*(name for name in main if name in zones), *zones):
        kept.setdefault(_times(zone, year), zone)
    if len(kept) == 1:
        zone = next(zone for zone in zones if zone in kept.values())
        return (
            Place(
                zone=zone, country=country, name=naming(language).territories.get(country, country)
            ),
        )
    return tuple(_city(zone, country, language) for zone in kept.values())


@cache
def _times(zone: str, year: int) -> tuple[timedelta | None, ...]:
    start = datetime(year, 1, 1, tzinfo=UTC)
    return tuple(
        (start + timedelta(days=30 * n)).astimezone(dates.zone(zone)).utcoffset()
        for n in range(_SAMPLES)
    )


@cache
def _zones() -> tuple[tuple[str, str], ...]:
    """Return (zone, country) in the order of the IANA table, a country's most important zone
    first.
    """
    table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return tuple((zone, country) for country, _, zone, *_ in rows)


def _order(language: str, also: Iterable[str]) -> tuple[str, ...]:
    """Return the languages in which names are known, the one of who asks first."""
    return tuple(dict.fromkeys((language, *also, "en")))


@cache
def _spoken(tag: str) -> tuple[tuple[str, str, _Meaning], ...]:
    """Return the names of countries and cities in a language, each with itself made plain."""
    territories = naming(tag).territories
    wide = [
        (territories.get(country, ""), (country, None))
        for country in sorted({country for _, country in _zones()})
    ]
    cities = [(city(zone, tag), (country, zone)) for zone, country in _zones()]
    return tuple((name, plain(name), meaning) for name, meaning in (*wide, *cities))


@cache
def _names(spoken: tuple[str, ...], known: PlaceNames) -> _Names:
    """Return the names of places in these languages.

    What `known` says of a name in one country replaces that; places of the same name in other
    countries stay.
    """
    names = _Names()
    countries = {country for _, country in _zones()}
    for tag in spoken:
        for name, key, meaning in _spoken(tag):
            names.put(name, meaning, key)
    for country, name in _iso():
        if country in countries:
            names.put(name, (country, None))
            names.meanings[_flag(country)] = [(country, None)]
    for zone, country in _zones():
        names.put(zone.rsplit("/", 1)[-1].replace("_", " "), (country, zone))
    own = _own(known)
    for name, meanings in own.meanings.items():
        told = {country for country, _ in meanings}
        meanings += [
            meaning
            for meaning in names.meanings.get(name, ())
            if meaning[0] not in told and meanings
        ]
    return _Names(meanings=names.meanings | own.meanings, spelled={**own.spelled, **names.spelled})


def _own(known: PlaceNames) -> _Names:
    own = _Names(meanings={plain(name): [] for name in known.too_wide})
    countries = dict(_zones())
    for name, country in known.countries:
        own.put(name, (country, None))
    for name, zone in known.cities:
        own.put(name, (countries.get(zone), zone))
    return own


def _flag(country: str) -> str:
    """Return the two letters of a country's code as the characters that show its flag."""
    return "".join(chr(0x1F1E6 + ord(letter) - ord("A")) for letter in country)


def _iso() -> Iterable[tuple[str, str]]:
    table = (resources.files("tzdata") / "zoneinfo" / "iso3166.tab").read_text("utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, _, name = line.partition("\t")
            yield country, name


_ALIKE = str.maketrans("ةىیکٱ", "هييكا", "ـ")
"""Arabic letters for which another one is written as often (at the end of a word, in Persian), and
the sign that only stretches a word.
"""


def plain(text: str) -> str:
    """Return letters and digits only, caseless and without accents, to compare names; digits of
    every script as the usual ones, and Arabic letters that are written for each other as one.
    """
    letters = unicodedata.normalize("NFKD", text.casefold()).translate(_ALIKE)
    if letters.isascii():  # the same, a few times faster
        return " ".join(_ASCII.findall(letters))
    kept = "".join(_letter(char) for char in letters if not unicodedata.combining(char))
    # Chinese has no spaces: each character counts as a word
    return " ".join(_HAN.sub(r" \g<0> ", kept).split())


def _letter(char: str) -> str:
    if char.isdecimal():
        return str(int(char))
    return char if char.isalnum() else " "
