"""The words that a campaign shares with those it is like: which of their tables stand for what it
doesn't have.

A table of words, such as [forms.pledge.how], is shared whole or not at all. What stands above all
tables, `title` and `about`, is each campaign's own.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import fields
from typing import Any

from bot.model import Campaign
from bot.model.words import JourneyWords
from bot.render.loader import over

Table = Mapping[str, Any]

_ABOVE = ""  # the name of what stands above all tables


def gathered(campaign: Campaign, here: Sequence[Table], home: Sequence[Table]) -> dict[str, Any]:
    """Return the campaign's words in one language, with those that it shares.

    `here` holds words.toml in that language of the campaign and of those that it is like, the
    nearest first; `home` the same in the campaign's own language. What a campaign words anew there
    is not shared in other languages either, so that a translation says what the original says.
    """
    table, ours = dict(here[0]), _by_name(home[0])
    said = {_ABOVE, *_by_name(here[0])}
    for theirs, at_home in zip(here[1:], home[1:], strict=True):
        known = _by_name(at_home)
        anew = {name for name in ours.keys() & known.keys() if ours[name] != known[name]}
        table = over(_without(_asked(theirs, campaign), said | anew), table)
        said |= _by_name(theirs).keys()
        ours = known | ours
    if isinstance(groups := table.get("groups"), dict):
        # people see them in this order, whoever words them
        known_first = {each: groups[each] for each in campaign.groups if each in groups}
        table["groups"] = known_first | groups
    return table


def _by_name(table: Table, prefix: str = _ABOVE) -> dict[str, dict[str, Any]]:
    """Return the words that stand in each table in it themselves, by its dotted name."""
    words = {key: value for key, value in table.items() if not isinstance(value, Mapping)}
    names = {prefix: words} if words else {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            names |= _by_name(value, f"{prefix}{key}.")
    return names


def _without(table: Table, names: Container[str], prefix: str = _ABOVE) -> dict[str, Any]:
    """Return the table without the words that stand in the tables of these names themselves."""
    kept: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            if inner := _without(value, names, f"{prefix}{key}."):
                kept[key] = inner
        elif prefix not in names:
            kept[key] = value
    return kept


def _asked(table: Table, campaign: Campaign) -> dict[str, Any]:
    """Return of somebody else's words those that the campaign's own data ask for."""
    groups = campaign.groups.values()
    shown = (*campaign.showcase, *campaign.stories)
    ids: dict[str, Container[str]] = {
        "observances": campaign.observances,
        "facts": campaign.facts,
        "links": campaign.links,
        "groups": campaign.groups,
        "suggestions": {each.id for group in groups for each in group.suggestions},
        "smart": {each.id for each in campaign.smart},
        "choosing": {each.id for each in campaign.choosing},
        "topics": {each.id for each in campaign.topics},
        "deciders": campaign.deciders,
        "calls": {each.id for each in campaign.calls},
        "showcase": {each.id for each in shown},
        "events": {each.id for each in campaign.events},
        "roadmap": {each.id for each in campaign.roadmap},
        "journey": {each.name for each in fields(JourneyWords)} if campaign.journey else (),
    }
    asked: dict[str, Any] = {section: _only(table.get(section), ids[section]) for section in ids}
    if campaign.pathfinders is not None:
        asked["pathfinders"] = table.get("pathfinders", {})
    forms = _only(table.get("forms"), campaign.forms)
    asked["forms"] = {
        name: _only(
            form, {"title", "intro", "steps", *(each.id for each in campaign.forms[name].questions)}
        )
        for name, form in forms.items()
    }
    return asked


def _only(table: object, keys: Container[str]) -> dict[str, Any]:
    entries = table.items() if isinstance(table, Mapping) else ()
    return {key: value for key, value in entries if key in keys}
