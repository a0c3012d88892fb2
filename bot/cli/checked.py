"""Checking settings and data, for every command that does what `drumbeat check` does."""

import os
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from bot.errors import DataError, StoreError

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.jobs.campaigns.limits import Told
    from bot.jobs.operations.surroundings import Remark
    from bot.library import Library
    from bot.model import Problem
    from bot.model.database import Where


def check(
    settings: "Settings",
    told: "Mapping[str, Told] | None" = None,
    *,
    only: Collection[str] | None = None,
) -> "tuple[Library, list[Problem]]":
    """Read all campaigns of the settings' roots and the shipped ones, and check every text.

    Return the library and all problems. `told` is what servers say that they accept, by account; by
    default what the database knows. With `only`, texts of other campaigns are left out.
    """
    from bot.library import read, shipped_root

    today = datetime.now(UTC).date()
    library, problems = read([*settings.roots, shipped_root()], today=today)
    library = library.leading_to(settings.web.public_url if settings.web else None)
    told = told_limits(settings, settings.database) if told is None else told
    return library, [*problems, *_texts(settings, library, told, today, only)]


def check_new(
    settings: "Settings",
    told: "Mapping[str, Told] | None" = None,
    *,
    only: Collection[str] | None = None,
) -> "tuple[Library, list[Problem], str]":
    """Do what `check` does, but look at no text of data that were found clean today.

    Return also the digest of the data, which `remember_clean` of `bot.jobs.campaigns.known` takes.
    """
    from bot.jobs.campaigns.known import digest
    from bot.library import read, shipped_root

    today = datetime.now(UTC).date()
    library, problems = read([*settings.roots, shipped_root()], today=today)
    library = library.leading_to(settings.web.public_url if settings.web else None)
    told = told_limits(settings, settings.database) if told is None else told
    mark = digest(settings, library, told, today)
    if problems or not _is_clean(settings, mark):
        problems += _texts(settings, library, told, today, only)
    return library, problems, mark


def _texts(
    settings: "Settings",
    library: "Library",
    told: "Mapping[str, Told]",
    today: date,
    only: Collection[str] | None,
) -> "list[Problem]":
    from bot.jobs.campaigns import check as job
    from bot.jobs.texts import samples
    from bot.render import Renderer

    renderer = Renderer(library.files, library.campaigns, stand_in=True)
    problems = job.run(settings, library, renderer, today=today, told=told, only=only)
    letters = samples.problems(settings, library, renderer, told, today=today, only=only)
    return list(dict.fromkeys([*problems, *letters]))


def _is_clean(settings: "Settings", mark: str) -> bool:
    from bot.app import open_store
    from bot.jobs.campaigns.known import is_clean
    from bot.store.db import is_present

    with suppress(StoreError):
        if is_present(settings.database):
            with closing(open_store(settings, readonly=True)) as store:
                return is_clean(store, mark)
    return False


def told_limits(settings: "Settings", database: "Where") -> "dict[str, Told]":
    """Return what the servers of our channels said that they accept, by account.

    It is taken from this database; empty where there is none that can be read.
    """
    from bot.app import open_store
    from bot.jobs.campaigns.limits import kept
    from bot.store.db import is_present

    # commands that need the database report that it can't be read
    with suppress(StoreError):
        if is_present(database):
            with closing(open_store(replace(settings, database=database), readonly=True)) as store:
                return kept(store, settings.channels.values())
    return {}


def helpline_remarks(settings: "Settings", library: "Library") -> "list[Remark]":
    """Return which countries have no child helpline, and which numbers nobody has looked at."""
    from bot.app import open_store
    from bot.jobs.operations import surroundings
    from bot.store.db import is_present

    today = datetime.now(UTC).date()
    with suppress(StoreError):
        if is_present(settings.database):
            with closing(open_store(settings, readonly=True)) as store:
                return surroundings.helplines(library, store, today)
    return surroundings.helplines(library, None, today)


def picture_remarks(
    settings: "Settings",
    library: "Library",
    told: "Mapping[str, Told]",
    *,
    only: Collection[str] | None = None,
) -> list[str]:
    """Return what there is to know of the pictures of some campaigns: which are not there yet, and
    what leaves of the others on the networks on which we post.

    By default of those that lie in a root of the settings' own.
    """
    from bot import networks
    from bot.jobs.campaigns import pictures
    from bot.jobs.campaigns.limits import taken
    from bot.render import Renderer

    limits = taken(settings, told).limits
    posting = pictures.ours(limits, {name: networks.load(name) for name in limits})
    renderer = Renderer(library.files, library.campaigns)
    every = (*library.campaigns.values(), *library.drafts.values())
    chosen = (
        pictures.own_campaigns(library)
        if only is None
        else [campaign for campaign in every if campaign.id in only]
    )
    return [
        remark for campaign in chosen for remark in pictures.remarks(campaign, renderer, posting)
    ]


def waiting_remarks(library: "Library", only: str | None = None) -> list[str]:
    """Return which texts would wait for a link whose page nobody has filled in: those of all
    campaigns, or of one.
    """
    from bot.jobs.campaigns.check_texts import waiting
    from bot.render import Renderer

    renderer = Renderer(library.files, library.campaigns)
    every = (*library.campaigns.values(), *library.drafts.values())
    return [
        remark
        for campaign in every
        if only in (None, campaign.id)
        for remark in waiting(campaign, renderer)
    ]


def remarks(settings: "Settings", library: "Library | None") -> "list[Remark]":
    """Return what beside the data keeps drumbeat from its work, or takes effect at a restart.

    Without a library nothing is said of what lies in one: languages, child helplines, pictures.
    """
    from bot.app import open_store
    from bot.app.connections import dry_channels
    from bot.jobs.operations import surroundings
    from bot.store.db import has_sender, is_present

    database, dry = settings.database, dict[str, str]()
    unread: Sequence[Problem] = ()
    with ExitStack() as stack:
        store, runs = None, False
        with suppress(StoreError):
            runs = has_sender(database)
        with suppress(StoreError):
            if is_present(database):
                store = stack.enter_context(closing(open_store(settings, readonly=True)))
        try:
            dry = dry_channels(settings, os.environ)
        except DataError as error:
            unread = error.problems
        if store and runs:
            # the running process knows its own secrets; this shell may have others
            from bot.jobs.operations.dry import remembered_dry

            known = remembered_dry(store)
            dry = dry if known is None else known
        secrets = surroundings.unread_secrets(unread)
        if library is None:
            return [*secrets, *surroundings.look(settings, store, dry=dry, runs=runs)]
        now = datetime.now(UTC)
        around = surroundings.all_of(
            settings, library, store, now, environ=os.environ, dry=dry, runs=runs
        )
        return [*secrets, *around]
