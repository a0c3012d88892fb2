"""Countries as pages name them: in the reader's language, in the order of its letters."""

import unicodedata

from bot.languages import naming


def country_name(code: str, language: str) -> str:
    """Return the name of a country (ISO 3166 alpha-2) in a language; the code where it has none."""
    return str(naming(language).territories.get(code, code))


def alphabetical(name: str) -> tuple[str, str]:
    """Return what sorts names as people look for them: É stands with E."""
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(c for c in letters if not unicodedata.combining(c)), name
