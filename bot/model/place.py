"""What people call the places where they live."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PlaceNames:
    """What people call places (content/places.toml), beside the names of countries and of the
    zones' own cities.
    """

    #: (name, ISO 3166 alpha-2); a name may stand for several
    countries: tuple[tuple[str, str], ...] = ()
    #: (name, zone); a name may stand for several
    cities: tuple[tuple[str, str], ...] = ()
    #: zones by which people know each time of a country with several, in the order in which they
    #: are offered
    main: tuple[str, ...] = ()
    #: names of what is larger than a country
    too_wide: tuple[str, ...] = ()
