"""What an action says while the page that it leads to is missing: wordings without a link.

They go by the data alone, so that all texts of an action change together when its slot is filled.
"""

from collections.abc import Iterator

from bot.model import Action, Campaign, Role
from bot.render.outline import Outline

WITHOUT_LINK = "_without_link"
"""The end of the name of a role's wording without a link, before its number."""

UNLINKED = frozenset({Role.TITLE, Role.NUDGE, Role.WITHOUT_PLEDGE, Role.SHARE, Role.POST})
"""Roles that may have a wording without a link. An alt text has none, since the picture is the
same; advice and alternative are said by nudges.
"""

_ALONE = (*sorted(UNLINKED, key=lambda role: role.value), Role.ALT, Role.TRANSLATION)
"""Roles whose texts are asked for by themselves, and not by other blocks."""


def empty_slots(campaign: Campaign, action: Action) -> list[str]:
    """Return the names of the link slots that the action declares and nobody has filled."""
    links = campaign.links
    return [name for name in action.links if name in links and not links[name].url]


def lacks_link(campaign: Campaign, action: Action) -> bool:
    """Return whether a link slot that the action declares is empty."""
    return bool(empty_slots(campaign, action))


def waiting(campaign: Campaign, held: Outline) -> tuple[str, ...]:
    """Return the names of the blocks that need an empty slot of the campaign and have no wording
    without the link, in their order.
    """
    empty = {f"link({name!r})" for name, link in campaign.links.items() if not link.url}
    return tuple(name for name in _in_use(held) if empty & _parts(held, name, set()))


def _in_use(held: Outline) -> Iterator[str]:
    """Yield the names of the blocks that are asked for while a slot is empty."""
    for name in held.blocks:
        role = next((r for r in _ALONE if name == r.value or name.startswith(f"{r.value}_")), None)
        if role is not None and (WITHOUT_LINK in name or not _stands_for(held, name, role)):
            yield name


def _stands_for(held: Outline, name: str, role: Role) -> bool:
    """Return whether a wording without a link stands for this block."""
    head, _, number = name.rpartition("_")
    stem = head if number.isdecimal() else name
    return any(f"{each}{WITHOUT_LINK}" in held.blocks for each in (stem, role.value))


def _parts(held: Outline, name: str, seen: set[str]) -> frozenset[str]:
    """Return what a block asks for by name, with the blocks that it says."""
    if name in seen or name not in held.blocks:
        return frozenset()
    seen.add(name)
    block = held.blocks[name]
    return block.parts.union(*(_parts(held, each, seen) for each in sorted(block.blocks)))
