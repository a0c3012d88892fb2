"""What a campaign shares: `like` in campaign.toml names another one, whose files stand for those
that this one doesn't have.

What goes out and when (calendar.toml, journey.toml, templates, pictures) is each campaign's own.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.files import limits
from bot.files import roots as folders
from bot.files.frozen import File, Files
from bot.files.toml import read_toml
from bot.model import Problem
from bot.names import suggest

SHARED: Final = ("forms", "pledges", "showcase", "countries", "partners", "pathfinders", "deciders")
"""The files that may come from another campaign, by their names without suffix."""


def lineage(files: Files, campaign_id: str) -> tuple[tuple[str, ...], list[Problem]]:
    """Return the campaigns that this one is like, the nearest first, and what is wrong with `like`.

    One that is like another in its turn is followed by that one. A ring is told by each campaign in
    it, an unknown name by the campaign that says it.
    """
    ids = [campaign_id]
    fault = ""
    while (other := _like(files, ids[-1])) is not None:
        if other in ids or len(ids) > limits.MOST_LIKE:
            fault = _endless([*ids, other])
            break
        known = folders.campaign_ids(files)
        if other not in known:
            said_here = len(ids) == 1
            fault = f"there is no campaign {other!r}{suggest(other, known)}" if said_here else ""
            break
        ids.append(other)
    file = f"campaigns/{campaign_id}/campaign.toml"
    problems = [Problem(file=file, key="like", message=fault)] if fault else []
    return tuple(ids[1:]), problems


def shared(files: Files, like: Sequence[str], own: Mapping[str, File]) -> dict[str, str]:
    """Return whose file stands for each that the campaign could share and doesn't have.

    `like` is its lineage, `own` its own files by name without suffix; names that nobody has are
    left out.
    """
    owners: dict[str, str] = {}
    for other in like:
        for name in set(SHARED) & folders.tables(files, other).keys() - own.keys():
            owners.setdefault(name, other)
    return owners


def _like(files: Files, campaign_id: str) -> str | None:
    """Return what the campaign says; None where it says nothing, or nothing that can be a name."""
    file = files.first(f"campaigns/{campaign_id}/campaign.toml")
    table = read_toml(file, "")[0] if file else None
    other = table.get("like") if table else None
    return other if isinstance(other, str) else None


def _endless(ids: Sequence[str]) -> str:
    """Return what is wrong with a row of campaigns; '' where it is a ring without the first."""
    first, *between, last = ids
    if first == last and not between:
        return "a campaign can't be like itself; take this line out"
    if first == last:
        return f"goes in a ring, {' → '.join(ids)}; take it out of one of them"
    if last in ids[:-1]:
        return ""
    return (
        f"is a row of more than {limits.MOST_LIKE} campaigns; name {ids[-2]!r} here, or one"
        " that is nearer to it"
    )
