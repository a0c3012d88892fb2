"""What a public pledge and its maker are called on pages, in the reader's language."""

import regex

from bot.gaps import filled
from bot.languages import country_name
from bot.model import Audience
from bot.model.public import PublicPledge
from bot.web.public.reader import Reader

_TURNS = regex.compile(r"\p{Bidi_Control}+")


def plain(text: str) -> str:
    """Return what somebody wrote without the signs that turn the text around it, for places that
    can't be isolated, such as a title.
    """
    return _TURNS.sub("", text)


def country(reader: Reader, code: str | None) -> str:
    """Return the name of a country (ISO 3166 alpha-2), '' without one."""
    return country_name(code, reader.language) if code else ""


def group(reader: Reader, name: str) -> str:
    """Return what the campaign calls a stakeholder group; its id where it has no word for it."""
    return reader.about(reader.of).group(name) or name


def who(reader: Reader, pledge: PublicPledge) -> str:
    """Return who made a pledge: name, group and country as far as they are public."""
    place = country(reader, pledge.country)
    if pledge.audience is Audience.INDIVIDUAL:
        words = reader.words["pledges"]
        nameless = filled(words["person_in"], country=place) if place else words["person"]
        named = " · ".join(part for part in (plain(pledge.person), place) if part)
        return named if pledge.person else nameless
    parts = (plain(pledge.organisation), group(reader, pledge.stakeholder), place)
    return " · ".join(part for part in parts if part)
