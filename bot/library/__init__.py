"""The data files of campaigns: folders of TOML over several roots become a `Library` and a list of
every problem in them.

===============  ======================================================================
``shapes``       kinds of values that several files share
``campaign``     campaign.toml
``calendar``     calendar.toml, and the prompts of journey.toml
``tables``       all other files of a campaign, one room for each
``like``         what a campaign shares with another
``folder``       one campaign from all its files
``shared``       what belongs to no campaign
``collection``   all campaigns of some roots
``overlaps``     what active campaigns do to each other
===============  ======================================================================

An entry of a list is named by its id in a problem's key: ``action[labour-day].hashtags``.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from importlib import resources
from pathlib import Path

from bot.files.frozen import Files, read_files
from bot.files.roots import campaign_ids, content_without_campaign, roots_once
from bot.library.collection import Library
from bot.library.folder import read_campaign, unknown_yields
from bot.library.overlaps import overlaps
from bot.model import Campaign, Problem

__all__ = ["Library", "overlaps", "read", "shipped_root"]


def read(roots: Sequence[Path], *, today: date | None = None) -> tuple[Library, list[Problem]]:
    """Read all campaigns of these roots, which are given in order of precedence.

    Return the library and every problem in its files. A broken campaign is left out of
    `Library.campaigns` and hides no other; one that can still be looked at is among its `drafts`.

    In a campaign without an end, two nudges on one day are looked for over ten years from its
    start, or from the month of `today` (today in UTC by default).
    """
    today = today or datetime.now(UTC).date()
    kept, problems = roots_once(roots)
    files = read_files(kept)
    problems += files.problems
    before = len(problems)
    ids = campaign_ids(files)
    campaigns: dict[str, Campaign] = {}
    drafts: dict[str, Campaign] = {}
    for campaign_id in ids:
        campaign, faults = read_campaign(files, campaign_id, today)
        problems += faults
        if campaign is not None:
            (drafts if faults else campaigns)[campaign_id] = campaign
    for campaign_id, faults in unknown_yields(campaigns, ids).items():
        problems += faults
        drafts[campaign_id] = campaigns.pop(campaign_id)
    problems += content_without_campaign(files, ids)
    problems += _pictures(files, ids)
    problems[before:] = [problem for problem in problems[before:] if files.knows(problem.file)]
    return Library(files=files, campaigns=campaigns, drafts=drafts, known=tuple(ids)), problems


def _pictures(files: Files, ids: Sequence[str]) -> list[Problem]:
    """Return a problem for each picture that can't be read.

    Tables and templates are not looked at here: whoever parses one reports that it can't be read.
    """
    names = [
        f"{folder}/{name}"
        for folder in (f"campaigns/{campaign_id}/pictures" for campaign_id in ids)
        for name in files.within(folder)
    ]
    return [
        Problem(file=name, key="", message=f"can't be read: {file.fault}")
        for name in names
        if (file := files.first(name)) is not None and file.fault
    ]


def shipped_root() -> Path:
    """Return the root that ships with drumbeat: inside the wheel, or a checkout's top folder."""
    inside = Path(str(resources.files("bot") / "_shipped"))
    return inside if inside.is_dir() else Path(str(resources.files("bot"))).parent
