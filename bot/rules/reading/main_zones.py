"""The time zone in which most people of a country live, for countries that have several.

The IANA table zone.tab, by whose order places are shown elsewhere, goes from east to west or from
north to south in some countries, and names Noronha before São Paulo. Chosen here by the population
of the parts that each zone covers, as national statistics of 2010 to 2024 give it; where Unicode
CLDR 46 names a primary zone (``metaZones.xml``, ``primaryZones``), it is the same one. Two are not
the capital's: in the Democratic Republic of the Congo some 55 of 98 million people live in the
eastern zone, and in Palestine some 3 of 5 in the West Bank.
"""

from collections.abc import Mapping
from types import MappingProxyType

MAIN_ZONES: Mapping[str, str] = MappingProxyType(
    {
        "AQ": "Antarctica/McMurdo",
        "AR": "America/Argentina/Buenos_Aires",
        "AU": "Australia/Sydney",
        "BR": "America/Sao_Paulo",
        "CA": "America/Toronto",
        "CD": "Africa/Lubumbashi",
        "CL": "America/Santiago",
        "CN": "Asia/Shanghai",
        "CY": "Asia/Nicosia",
        "DE": "Europe/Berlin",
        "EC": "America/Guayaquil",
        "ES": "Europe/Madrid",
        "FM": "Pacific/Chuuk",
        "GL": "America/Nuuk",
        "ID": "Asia/Jakarta",
        "KI": "Pacific/Tarawa",
        "KZ": "Asia/Almaty",
        "MH": "Pacific/Majuro",
        "MN": "Asia/Ulaanbaatar",
        "MX": "America/Mexico_City",
        "MY": "Asia/Kuala_Lumpur",
        "NZ": "Pacific/Auckland",
        "PF": "Pacific/Tahiti",
        "PG": "Pacific/Port_Moresby",
        "PS": "Asia/Hebron",
        "PT": "Europe/Lisbon",
        "RU": "Europe/Moscow",
        "UA": "Europe/Kyiv",
        "UM": "Pacific/Wake",
        "US": "America/New_York",
        "UZ": "Asia/Tashkent",
    }
)
"""ISO 3166 code -> IANA zone; each country of tzdata with more than one zone has an entry."""
