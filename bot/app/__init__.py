"""Builds Services from Settings: the only room that builds edges.

Here each way to open them over a database; `connections` opens what leads to networks.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from hashlib import sha256

from bot import networks
from bot.app.connections import disconnect, open_collectors, open_mailbox, open_networks
from bot.config import Settings
from bot.errors import DataError, StoreError, UsageError
from bot.jobs.campaigns.cards import Cards
from bot.jobs.operations.clock import waits
from bot.jobs.operations.dry import why_dry
from bot.jobs.planning.identify import identified
from bot.jobs.rehearsal.furnished import furnished
from bot.jobs.rehearsal.script import between, script_of, within
from bot.jobs.sending import moved
from bot.jobs.services import Services
from bot.jobs.webhooks import endpoints
from bot.library import Library, overlaps
from bot.model import Campaign, Limits
from bot.model.database import Server
from bot.names import meant
from bot.networks.base import Network
from bot.networks.dry.network import Network as Dry
from bot.pictures.cards.keeping import Kept
from bot.render import Renderer
from bot.store import Store
from bot.store import keys as kept_keys
from bot.store.db import MEMORY, is_present
from bot.store.meta import LIVE, REHEARSAL, TRYOUT
from bot.store.sending import restored

REHEARSAL_WINDOW = 3.4
"""Seconds of sending that a rehearsal takes in one gulp: nothing real is at the other end, and each
gulp is one commit.
"""

LIVE_WINDOW = 0.25


_CARDS = 90 * 86_400.0
"""Seconds after which a card that nobody wanted is deleted; it is drawn anew where it is wanted."""


def open_live(
    settings: Settings, library: Library, *, environ: Mapping[str, str] | None = None
) -> Services:
    """Open services that really send; a channel without its secret is dry.

    Raises `StoreError`, `DataError`.
    """
    environ = os.environ if environ is None else environ
    sound(settings)
    active = playing(library, settings.active)
    built, dry = open_networks(settings, environ)
    collectors, uncollected = open_collectors(settings, environ)
    webhooks = endpoints.opened(settings, environ)
    store = _store(settings, LIVE)
    with _closed_on_failure(store):
        # from now on real people may stand in it
        store.meta.drop(TRYOUT)
        services = _services(settings, library, active, store, built, dry=dry, window=LIVE_WINDOW)
        return _identified(
            replace(
                services,
                collectors=collectors,
                uncollected=uncollected,
                webhooks=webhooks,
                mailbox=open_mailbox(settings, environ),
            )
        )


@contextmanager
def collecting(services: Services, environ: Mapping[str, str] | None = None) -> Iterator[Services]:
    """Give services beside a sender with the collectors that the settings want, which are closed
    afterwards; a rehearsal's ask nobody. Raises `DataError`.
    """
    if services.store.meta.get("kind") == REHEARSAL:
        yield services
        return
    known = os.environ if environ is None else environ
    collectors, uncollected = open_collectors(services.settings, known)
    try:
        yield replace(services, collectors=collectors, uncollected=uncollected)
    finally:
        for collector in collectors.values():
            collector.close()


def open_rehearsal(
    settings: Settings,
    library: Library,
    campaigns: tuple[str, ...],
    *,
    days: tuple[date, date],
    durable: bool = True,
    limits: Mapping[str, Limits] | None = None,
) -> Services:
    """Open services in which `dry` stands in for every channel's network; only these days are
    played. What config.toml lacks for playing all of it is made up.

    `limits` are those that servers told, by account. Raises `StoreError`, `DataError`.
    """
    active = tuple(between(campaign, *days) for campaign in playing(library, campaigns))
    library = replace(
        library, campaigns={**library.campaigns, **{campaign.id: campaign for campaign in active}}
    )
    settings = furnished(settings, active[0].language if active else "en")
    sound(settings)
    built = {
        name: Dry(
            channel,
            {},
            stands_for=networks.load(channel.network),
            limits=(limits or {}).get(channel.account),
        )
        for name, channel in settings.channels.items()
    }
    store = _store(settings, REHEARSAL, durable=durable)
    with _closed_on_failure(store):
        services = _services(
            settings, library, active, store, built, dry={}, window=REHEARSAL_WINDOW
        )
        return replace(services, rehearsal=True)


def open_beside(
    settings: Settings,
    library: Library,
    *,
    readonly: bool = False,
    connect: bool = False,
    environ: Mapping[str, str] | None = None,
) -> Services:
    """Open services for a command that works beside a sender, on a live file or a rehearsal's.

    They have no networks without `connect`. Broken campaigns and conflicts are no hindrance here.
    Never makes a file; raises `StoreError` when there is none.
    """
    store = open_store(settings, readonly=readonly)
    with _closed_on_failure(store):
        # a command beside a process believes no clock that the process does not believe
        steady = replace(_unwired(settings, library, store), steady=lambda: not waits(store))
        services = _identified(steady)
        if not connect:
            return services
        rehearsal = store.meta.get("kind") == REHEARSAL
        built, dry = open_networks(
            settings, {} if rehearsal else os.environ if environ is None else environ
        )
        _follow(settings, store, built)
        return replace(services, networks=built, dry=dry)


def open_chat(settings: Settings, library: Library, network: Network) -> Services:
    """Open services for a chat in a terminal: `network` serves its channel, all others are dry.

    Raises `StoreError`, `DataError`.
    """
    active = playing(library, settings.active)
    mine = network.channel.name
    others = [channel for name, channel in settings.channels.items() if name != mine]
    built: dict[str, Network] = {
        channel.name: Dry(channel, {}, stands_for=networks.load(channel.network))
        for channel in others
    }
    dry = {
        channel.name: why_dry(channel.name, "nothing leaves from a terminal") for channel in others
    }
    store = _store(settings, LIVE)
    wired = {**built, mine: network}
    with _closed_on_failure(store):
        services = _services(settings, library, active, store, wired, dry=dry, window=LIVE_WINDOW)
        return _identified(services)


def open_plan(settings: Settings, library: Library) -> Services:
    """Open services that only compare the data with what is planned; on a rehearsal's file, the
    data of the campaigns and days that it plays.

    Where there is no file, nothing is planned, and none is made. Raises `StoreError`, `DataError`,
    `UsageError`.
    """
    store = open_store(settings, readonly=True) if is_present(settings.database) else Store(MEMORY)
    with _closed_on_failure(store):
        script = script_of(store)
        library = within(library, script) if script else library
        active = playing(library, script.campaigns if script else settings.active)
        return _identified(replace(_unwired(settings, library, store), active=active))


def open_pages(settings: Settings, library: Library) -> Services:
    """Open services that only show; on a rehearsal's file, the campaigns and days that it plays.

    Where there is no file, nothing is shown but what the data say. Raises `StoreError`,
    `DataError`, `UsageError`.
    """
    services = open_plan(settings, library)
    rehearsal = services.store.meta.get("kind") == REHEARSAL
    renderer = Renderer(
        services.library.files, services.library.campaigns, cards=cards_of(settings)
    )
    return replace(services, renderer=renderer, rehearsal=rehearsal)


def open_restored(settings: Settings, library: Library) -> Services:
    """Open services on a copy of a backup, migrated to this version, that plan and send nothing.

    Raises `StoreError`, `DataError`.
    """
    active = playing(library, settings.active)
    store = _store(settings, LIVE, unended=True)
    with _closed_on_failure(store):
        store.channels.ensure(settings.channels.values())
        return _identified(replace(_unwired(settings, library, store), active=active))


def make_live(settings: Settings) -> None:
    """Make the database and its keys where there are none; raises `StoreError`."""
    _store(settings, LIVE).close()


def open_store(settings: Settings, *, readonly: bool = False) -> Store:
    """Open the database; raises `StoreError` where there is none."""
    path = settings.database
    if not is_present(path):
        raise StoreError(
            f"{path}: there is no database yet; `drumbeat run` makes it, or name another file with"
            " --db"
        )
    store = Store(path, readonly=readonly, keys=settings.keys)
    with _closed_on_failure(store):
        if not readonly:
            restored.refuse_unended(store.database)
    return store


def reloaded(services: Services, settings: Settings, library: Library) -> Services:
    """Return services with the same store and connections, and with new data and settings.

    Only settings that need no new connection are taken, such as the address of a chat that posts
    follow already. Raises `DataError`.
    """
    used = services.settings
    addresses = moved.followed(services.store, used.channels.values())
    channels = {
        name: settings.channels[name]
        if name in settings.channels
        and moved.named(channel, settings.channels[name], addresses.get(name))
        else channel
        for name, channel in used.channels.items()
    }
    settings = replace(settings, channels=channels, database=used.database)
    active = playing(library, settings.active)
    new = replace(
        services,
        settings=settings,
        library=library,
        active=active,
        renderer=Renderer(library.files, library.campaigns, cards=cards_of(settings)),
        mark=_mark(settings, active),
    )
    return _identified(new)


def reopened(
    services: Services,
    settings: Settings,
    library: Library,
    *,
    environ: Mapping[str, str] | None = None,
) -> Services:
    """Return services with the same store and all else new: secrets, connections, data.

    Nothing of the old services may be under way. Raises `StoreError`, `DataError`.
    """
    settings = replace(settings, database=services.settings.database)
    # what makes letters brings the whole chat along, which commands do without
    from bot.jobs.texts import letters

    sound(settings)
    active = playing(library, settings.active)
    environ = os.environ if environ is None else environ
    built, dry = open_networks(settings, environ)
    collectors, uncollected = open_collectors(settings, environ)
    webhooks = endpoints.opened(settings, environ)
    letters.adopt(services.store, datetime.now(UTC), environ)
    new = _services(
        settings,
        library,
        active,
        services.store,
        built,
        dry=dry,
        window=LIVE_WINDOW,
    )
    return _identified(
        replace(
            new,
            collectors=collectors,
            uncollected=uncollected,
            webhooks=webhooks,
            mailbox=open_mailbox(settings, environ),
            steady=services.steady,
            leapt=services.leapt,
        )
    )


def known_to(store: Store, library: Library) -> Library:
    """Return the library with the instances of its actions as this store knows them."""
    campaigns = identified(store, library.campaigns.values(), datetime.now(UTC))
    return replace(library, campaigns={campaign.id: campaign for campaign in campaigns})


def _identified(services: Services) -> Services:
    library = known_to(services.store, services.library)
    active = tuple(library.campaigns[campaign.id] for campaign in services.active)
    return replace(services, library=library, active=active)


def sound(settings: Settings) -> None:
    """Raise `DataError` with all that the channels' tables lack or have too much of.

    What belongs in them is declared by their networks.
    """
    if problems := networks.problems(
        settings.channels.values(), str(settings.file or "config.toml (shipped)")
    ):
        raise DataError(problems)


def playing(library: Library, ids: tuple[str, ...]) -> tuple[Campaign, ...]:
    """Return the campaigns with these ids.

    Raises `UsageError` for an unknown one, `DataError` when two get in each other's way.
    """
    unknown = [name for name in ids if name not in library.campaigns]
    if unknown:
        hint = meant(unknown[0], library.campaigns)
        end = "" if hint.endswith("?") else "."
        raise UsageError(
            f"no campaign is called {', '.join(map(repr, unknown))}; {hint}{end} `drumbeat check`"
            " says when one is broken"
        )
    if problems := overlaps(library, ids):
        raise DataError(problems)
    return tuple(library.campaigns[name] for name in ids)


def _store(settings: Settings, kind: str, *, durable: bool = True, unended: bool = False) -> Store:
    # a rehearsal signs with keys of its own, which nothing real is signed with
    keys = (
        settings.keys if kind == LIVE else kept_keys.of_rehearsal(settings.database, settings.keys)
    )
    store = Store(settings.database, durable=durable, keys=keys)
    with _closed_on_failure(store):
        if not unended:
            restored.refuse_unended(store.database)
        store.meta.claim(kind)
        if kind == LIVE:
            store.keys.settle()
    return store


@contextmanager
def _closed_on_failure(store: Store) -> Iterator[None]:
    """Close the store where the block fails; otherwise it stays open for whoever asked for it."""
    try:
        yield
    except BaseException:
        store.close()
        raise


def _services(
    settings: Settings,
    library: Library,
    active: tuple[Campaign, ...],
    store: Store,
    built: Mapping[str, Network],
    *,
    dry: Mapping[str, str],
    window: float,
) -> Services:
    ids = store.channels.ensure(settings.channels.values())
    _follow(settings, store, built)
    cards = cards_of(settings)
    cards.kept.tidy(_CARDS)
    return Services(
        settings=settings,
        library=library,
        active=active,
        renderer=Renderer(library.files, library.campaigns, cards=cards),
        store=store,
        networks=built,
        channel_ids={name: ids[name] for name in settings.channels},
        dry=dry,
        mark=_mark(settings, active),
        pacing_window=window,
    )


def cards_of(settings: Settings) -> Cards:
    """Return who draws cards; they are kept beside the database's file, where there is one."""
    beside = settings.database
    folder = None
    if not isinstance(beside, Server) and is_present(beside):
        folder = beside.with_name(f"{beside.name}.cards")
    return Cards(Kept(folder, settings.fonts))


def _follow(settings: Settings, store: Store, built: Mapping[str, Network]) -> None:
    for name, address in moved.followed(store, settings.channels.values()).items():
        built[name].follow(address)


def _unwired(settings: Settings, library: Library, store: Store) -> Services:
    """Return services with no networks, on a database that is open."""
    ids = store.channels.ids()
    return Services(
        settings=settings,
        library=library,
        active=tuple(
            library.campaigns[name] for name in settings.active if name in library.campaigns
        ),
        renderer=Renderer(
            library.files,
            library.campaigns,
            stand_in=store.meta.get("kind") == REHEARSAL,
            cards=cards_of(settings),
        ),
        store=store,
        networks={},
        channel_ids={name: ids[name] for name in settings.channels if name in ids},
        dry={},
        mark="",
        pacing_window=LIVE_WINDOW,
    )


def _mark(settings: Settings, active: tuple[Campaign, ...]) -> str:
    planned = [(c.id, c.start, c.end, c.yields_to, c.actions) for c in active]
    return sha256(
        repr((planned, sorted(settings.channels.items()), settings.quiet)).encode()
    ).hexdigest()[:16]


async def close(services: Services) -> None:
    """Close all connections of the services, then the database."""
    try:
        await disconnect(services)
    finally:
        services.store.close()
