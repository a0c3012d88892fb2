"""A small house for tests: a campaign made of plain values, real store, real renderer, the dry
network; no file but what it writes.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app import open_pages
from bot.config import Alerts, Settings
from bot.files.frozen import read_files
from bot.jobs.services import Services
from bot.library import Library
from bot.model import (
    Action,
    Audience,
    Campaign,
    Channel,
    Kind,
    Link,
    Observance,
    Occurrence,
    QuietHours,
    Rule,
    YearlyDay,
)
from bot.model.person import NewPerson
from bot.networks.dry.network import Network as Dry
from bot.render import Renderer
from bot.store import Store

NO_QUIET = QuietHours(start=0, end=0)
NIGHT = QuietHours(start=21 * 60, end=8 * 60)
TEXTS = (
    "{% block title %}T{% endblock %}{% block nudge %}Hello from {{ year }}{% endblock %}{% block"
    " post %}A post #Tag{% endblock %}"
)


def action(
    action_id: str = "deed",
    *,
    when: Rule | None = None,
    audiences: tuple[Audience, ...] = (Audience.INDIVIDUAL,),
    nudge: bool = True,
    post: bool = False,
    grace: timedelta = timedelta(hours=12),
    observance: str | None = None,
    requires: str | None = None,
    links: tuple[str, ...] = (),
) -> Action:
    return Action(
        campaign="trees",
        id=action_id,
        kind=Kind.SHARE,
        audiences=audiences,
        observance=observance,
        when=when or YearlyDay(month=5, day=1),
        month=None,
        nudge=nudge,
        post=post,
        hashtags=("#Tag",) if post else (),
        links=links,
        prescribed=None,
        picture=None,
        requires=requires,
        safeguarding=False,
        grace=grace,
        source="a test",
    )


def campaign(
    *actions: Action,
    links: Mapping[str, str] | None = None,
    campaign_id: str = "trees",
    yields_to: tuple[str, ...] = (),
) -> Campaign:
    return Campaign(
        id=campaign_id,
        language="en",
        languages=("en",),
        hashtag="#Tag",
        hashtags=("#Tag",),
        start=None,
        end=None,
        contact="",
        source="a test",
        yields_to=yields_to,
        links={
            n: Link(name=n, url=url, source="a test", checked=None)
            for n, url in (links or {}).items()
        },
        facts={},
        observances={
            a.observance: Observance(id=a.observance, when=a.when, source="a test")
            for a in actions
            if a.observance and a.when
        },
        actions=actions,
    )


def channel(
    name: str = "telegram",
    *,
    network: str = "dry",
    account: str | None = None,
    audiences: tuple[Audience, ...] = tuple(Audience),
    review: bool = False,
    posts: bool = True,
    nudges: bool = True,
    zone: str = "UTC",
    minute: int = 9 * 60,
    per_second: float | None = None,
    daily: int | None = None,
) -> Channel:
    return Channel(
        name=name,
        network=network,
        account=account or name,
        base_url=None,
        target=None,
        language="en",
        audiences=audiences,
        review=review,
        nudges=nudges,
        posts=posts,
        zone=zone,
        minute=minute,
        per_second=per_second,
        daily=daily,
        note="",
    )


@cache
def _fresh() -> bytes:
    """A file as `Store` makes it: migrations take longer than most tests."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "fresh.db"
        Store(path).close()
        return path.read_bytes()


def begin(database: Path) -> None:
    """Put a new database where there is none."""
    if not database.exists():
        database.write_bytes(_fresh())


def shown(folder: Path, library: Library, *active: str, roots: tuple[Path, ...] = ()) -> Services:
    """Services that only show these campaigns, without a database; to be closed by the caller."""
    settings = Settings(
        file=None,
        roots=roots,
        active=active,
        database=folder / "none.db",
        zone="UTC",
        quiet=NO_QUIET,
        channels={},
        alerts=Alerts(url=None, heartbeat=None),
    )
    return open_pages(settings, library)


def services(
    folder: Path,
    *campaigns: Campaign,
    channels: tuple[Channel, ...] = (),
    texts: Mapping[str, str] | None = None,
    quiet: QuietHours = NO_QUIET,
    dry: Mapping[str, str] | None = None,
    window: float = 0.25,
    database: str = "test.db",
) -> Services:
    """Services over `folder`; every action gets `TEXTS`, or its own in `texts`."""
    for one in campaigns:
        for deed in one.actions:
            file = folder / "content" / "en" / one.id / f"{deed.id}.j2"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text((texts or {}).get(deed.id, TEXTS), "utf-8")
    channels = channels or (channel(),)
    by_name = {c.name: c for c in channels}
    settings = Settings(
        file=None,
        roots=(folder,),
        active=tuple(c.id for c in campaigns),
        database=folder / database,
        zone="UTC",
        quiet=quiet,
        channels=by_name,
        alerts=Alerts(url=None, heartbeat=None),
    )
    begin(settings.database)
    store = Store(settings.database)
    ids = store.channels.ensure(channels)
    library = Library(files=read_files((folder,)), campaigns={c.id: c for c in campaigns})
    return Services(
        settings=settings,
        library=library,
        active=campaigns,
        renderer=Renderer(library.files, library.campaigns),
        store=store,
        networks={c.name: Dry(c, {}) for c in channels},
        channel_ids={c.name: ids[c.name] for c in channels},
        dry=dry or {},
        mark=repr((campaigns, channels)),
        pacing_window=window,
    )


def person(
    number: int = 1,
    *,
    zone: str = "UTC",
    minute: int = 9 * 60,
    audience: Audience = Audience.INDIVIDUAL,
    joined: int = 0,
    country: str | None = None,
    named_only: bool = False,
    pledge: bool = False,
    channel_id: int = 1,
) -> NewPerson:
    return NewPerson(
        channel=channel_id,
        address=str(1000 + number),
        audience=audience,
        language="en",
        country=country,
        zone=zone,
        minute=minute,
        named_only=named_only,
        pledge=pledge,
        joined=joined,
    )


DEED = Occurrence(
    campaign="trees",
    action="deed",
    audience=Audience.INDIVIDUAL,
    slot=202105,
    day=date(2021, 5, 1),
    grace=timedelta(hours=1),
    nudge=True,
    post=True,
    named=False,
)


def due(store: Store, people: int, now: int) -> None:
    """Let a nudge of `DEED` be due for each of so many people on the first channel, for an hour."""
    store.channels.ensure([channel("one")])
    store.people.add(person(n) for n in range(people))
    number = store.plan.add(DEED)
    for recipient in range(1, people + 1):
        store.intake.add_nudge(number, 1, recipient, now, now + 3600)
