"""What `drumbeat check` tells of the data, for every command that checks them."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.common import note
from bot.errors import StoreError

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.jobs.campaigns.limits import Told
    from bot.library import Library
    from bot.model import Problem


def check(
    settings: "Settings", told: "Mapping[str, Told] | None" = None
) -> "tuple[Library, list[Problem]]":
    """Read all campaigns of the settings' roots and the shipped ones, and look at every text; gives
    the library with all problems.

    `told` is what servers say that they take, by account: by default what the database knows.
    """
    from bot.jobs.campaigns import check as job
    from bot.library import read, shipped_root
    from bot.render import Renderer

    today = datetime.now(UTC).date()
    library, problems = read([*settings.roots, shipped_root()], today=today)
    renderer = Renderer(library.files, library.campaigns, stand_in=True)
    told = told_limits(settings, settings.database) if told is None else told
    return library, [*problems, *job.run(settings, library, renderer, today=today, told=told)]


def told_limits(settings: "Settings", database: Path) -> "dict[str, Told]":
    """What the servers of our channels said that they take, by account, as this database knows it;
    nothing where there is none that can be read.
    """
    from bot.app import open_store
    from bot.jobs.campaigns.limits import kept

    if not database.exists():
        return {}
    try:
        with closing(open_store(replace(settings, database=database), readonly=True)) as store:
            return kept(store, settings.channels.values())
    except StoreError as error:
        note(f"What servers take is not known, and the usual limits apply: {error}")
        return {}
