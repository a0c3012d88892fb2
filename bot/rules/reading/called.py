"""What places are called in a language: a city by its own name there, however it was typed.

"Madrid" is Madri in Portuguese and Мадрид in Russian, and Москве, where somebody lives, is Москва.
Other cities than those of the zones keep the name by which they were found, since nobody says here
what they are called elsewhere.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfoNotFoundError

from bot.model import PlaceNames
from bot.rules.reading import places
from bot.rules.reading.places import Place

_NONE = PlaceNames()


def find(
    text: str,
    language: str,
    now: datetime,
    *,
    also: tuple[str, ...] = (),
    known: PlaceNames = _NONE,
    slips: bool = True,
) -> tuple[Place, ...]:
    """Return what a text may mean, as `places.find` does, each by its own name in `language`."""
    near = places.find(text, language, now, also=also, known=known, slips=slips)
    return tuple(_called(place, language, also, known) for place in near)


def city(
    typed: str,
    zone: str,
    country: str | None,
    language: str,
    also: Iterable[str],
    known: PlaceNames,
) -> str:
    """Return what a city is called in `language` that was typed in it, in English or in one of
    `also`, in any case.
    """
    name = _own(known).get(places.plain(typed), typed)
    zones = _zones(zone, country, tuple(dict.fromkeys((language, *also, "en"))))
    at = zones.get(places.plain(name))
    return places.city(at, language) if at else name


def of_zone(zone: str, language: str) -> str:
    """Return the place whose clock a zone (IANA name) is: its city, or UTC, which has none; what
    this machine knows no zone by, such as an offset, stays as it is.
    """
    try:
        return places.city(zone, language) if zone != "UTC" else zone
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return zone


def _called(place: Place, language: str, also: tuple[str, ...], known: PlaceNames) -> Place:
    if not place.city:
        return place
    own = city(place.city, place.zone, place.country, language, also, known)
    return replace(place, city=own, name=places.named(own, place.country, language))


@cache
def _own(known: PlaceNames) -> dict[str, str]:
    """Return names of cities by their plain forms."""
    return {places.plain(form): name for form, name in known.forms}


@cache
def _zones(zone: str, country: str | None, languages: tuple[str, ...]) -> dict[str, str]:
    """Return the zones of a country by the plain names of their cities in these languages."""
    zones = dict.fromkeys((zone, *(places.zones_of(country) if country else ())))
    return {
        places.plain(places.city(each, language)): each
        for each in reversed(zones)
        for language in languages
    }
