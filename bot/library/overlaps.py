"""What active campaigns do to each other.

Two campaigns must not send the same people the same observance, or both send monthly prompts,
unless one of them yields. Openings and other actions of a month may be sent by both, since nobody
is nudged twice a day. Two campaigns that yield to each other are a problem too: neither would send
what both have.
"""

from collections.abc import Sequence
from itertools import combinations

from bot.library.collection import Library
from bot.model import Action, Campaign, Kind, Problem
from bot.names import suggest
from bot.rules import planner


def overlaps(library: Library, active: Sequence[str], file: str = "config.toml") -> list[Problem]:
    """Return the problems of playing these campaigns together; `file` is where `active` stands."""
    problems = [
        Problem(
            file=file,
            key="active",
            message=f"there is no campaign {name!r}{suggest(name, library.known)}",
        )
        for name in active
        if name not in library.known and library.files.knows("campaigns")
    ]
    campaigns = [
        library.campaigns[name] for name in dict.fromkeys(active) if name in library.campaigns
    ]
    for campaign, other in combinations(campaigns, 2):
        if not _same_time(campaign, other):
            continue
        yields = (other.id in campaign.yields_to) + (campaign.id in other.yields_to)
        shared = {_name(a) for a in campaign.actions for b in other.actions if _same(a, b)} - (
            {_OPENINGS, _MONTHS} if yields == 0 else set()
        )
        if shared and yields != 1:
            problems.append(
                Problem(
                    file=file,
                    key="active",
                    message=_message(campaign, other, sorted(shared), mutual=yields > 1),
                )
            )
    return problems


def _same_time(campaign: Campaign, other: Campaign) -> bool:
    return not (
        (campaign.end and other.start and campaign.end < other.start)
        or (other.end and campaign.start and other.end < campaign.start)
    )


_OPENINGS, _MONTHS = "openings", "things of a month"


def _name(action: Action) -> str:
    return action.observance or {Kind.PROMPT: "monthly prompts", Kind.OPENING: _OPENINGS}.get(
        action.kind, _MONTHS
    )


def _same(action: Action, other: Action) -> bool:
    """Return whether one person or one channel would get the same thing from both actions."""
    shared = set(action.audiences) & set(other.audiences)
    alike = any(planner.same(action, other, audience) for audience in action.audiences)
    return alike and (
        (action.post and other.post) or (action.nudge and other.nudge and bool(shared))
    )


def _message(campaign: Campaign, other: Campaign, shared: Sequence[str], *, mutual: bool) -> str:
    both = f"{campaign.id!r} and {other.id!r} both send {', '.join(shared)}"
    if mutual:
        return (
            f"{both}, and each yields to the other, so that neither does; take one id out of"
            " yields_to"
        )
    return (
        f'{both} to the same people; write yields_to = ["{other.id}"] into'
        f" campaigns/{campaign.id}/campaign.toml (or the other way round)"
    )
