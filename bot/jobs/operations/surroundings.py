"""What around the data keeps a drumbeat from its work, or waits for a restart: each in one
sentence, the same in `run`, `status`, `doctor`, `check` and `reload`. Nothing is changed here.
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from resource import RLIMIT_NOFILE, getrlimit
from typing import Any

from bot.config import Settings
from bot.files.opening import is_folder
from bot.gate import left_for_sending, socket_at
from bot.jobs.campaigns import limits
from bot.jobs.campaigns import pictures as their_pictures
from bot.jobs.campaigns.languages import speaking
from bot.jobs.operations import dry as dry_channels
from bot.jobs.operations import lettering, reload
from bot.jobs.operations.outside import to_see
from bot.jobs.people import colleagues
from bot.jobs.people import helplines as people
from bot.jobs.sending import moved
from bot.jobs.sending.dispatch.pace import MOST_FLYING
from bot.library import Library
from bot.model import Problem
from bot.model.database import Server, Where
from bot.render import Renderer
from bot.rules.alerts import ChatTrouble, JobFails
from bot.store import Store
from bot.store import keys as kept_keys
from bot.text import counted

PAGES, HEALTH = "pages", "health port"
"""The jobs that open the pages for letters, and the port on which others ask how drumbeat is."""

NO_PRIVACY = (
    "the chat does not start: config.toml has no [privacy] with controller and contact; fill it"
    " in, then `drumbeat reload`"
)

LOOKED_AT = frozenset(
    {
        (JobFails.kind, PAGES),
        (JobFails.kind, HEALTH),
        (ChatTrouble.kind, ChatTrouble.PRIVACY),
    }
)
"""Kind and subject of alarms whose causes `look` sees for itself where no process runs."""

SHOWN = 5
"""How many problems of the data are named at most."""

FULL = 1_000_000
"""Bytes: with fewer free, the next commit may be the one that the disk refuses."""

_USED, _PROBLEMS = "settings used", "problems played"


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something around the data that somebody should know."""

    #: folder, disk, descriptors, readable, secrets, pages, dry, privacy, twins, people, channels,
    #: moved, data, proxy, limits, roots, languages, helplines, links,
    #: fonts, pictures
    about: str
    #: a folder, an address, a channel …
    subject: str
    text: str
    #: whether something doesn't work until this is mended
    wrong: bool
    #: False for what is as somebody wrote it, so that it is told and needs nobody
    asks: bool = True


def all_of(
    settings: Settings,
    library: Library,
    store: Store | None,
    now: datetime,
    *,
    environ: Mapping[str, str],
    dry: Mapping[str, str],
    runs: bool,
) -> list[Remark]:
    """Return what `look` and all the others here have to say, in the order of `Remark.about`.

    Of limits that were read long ago nothing is said where a process runs, which reads them again.
    """
    around = look(settings, store, dry=dry, runs=runs)
    played = [remark.text for remark in around if remark.about == "data"]
    return [
        *around,
        *proxies(environ),
        *(_old_limits(settings, store, now) if store and not runs else ()),
        *unread_campaigns(library),
        *languages(settings, library),
        *helplines(library, store, now.date()),
        *links(settings, library, now.date()),
        *(
            Remark(about="fonts", subject=subject, text=text, wrong=False)
            for subject, text in lettering.sentences(settings, library, now.date())
        ),
        *(
            remark
            for remark in pictures(library)
            if not any(remark.text in text for text in played)
        ),
    ]


def look(
    settings: Settings, store: Store | None, *, dry: Mapping[str, str], runs: bool
) -> list[Remark]:
    """Return what there is to say; `store` is None where there is no database that can be read,
    `runs` says whether a process sends from it.
    """
    return [
        *folder(settings.database),
        *descriptors(),
        *_readable(settings),
        *_addresses(settings, store, runs=runs),
        *_channels(settings, dry),
        *(() if _stands_in(settings, dry) else _people(settings, store)),
        *(_waits(settings, store) if store and runs else ()),
        *(_moved(settings, store) if store else ()),
        *(_played(store) if store and runs else ()),
    ]


def helplines(library: Library, store: Store | None, today: date) -> list[Remark]:
    """Return the countries with people that have no child helpline, and the numbers at which nobody
    has looked for 12 months; nothing where the file of helplines is broken.
    """
    return [
        Remark(about="helplines", subject=subject, text=text, wrong=False)
        for subject, text in people.sentences(library.shared.helplines or (), store, today)
        if library.shared.helplines is not None
    ]


def links(settings: Settings, library: Library, today: date) -> list[Remark]:
    """Return which pages of others no person has seen for a year to which each active campaign
    leads, and each of the operator's own.
    """
    own = {campaign.id for campaign in their_pictures.own_campaigns(library)}
    return [
        Remark(about="links", subject=campaign.id, text=text, wrong=False)
        for campaign in library.campaigns.values()
        if campaign.id in own.union(settings.active)
        for text in to_see(campaign, today)
    ]


def unread_secrets(problems: Sequence[Problem]) -> list[Remark]:
    """Return what is wrong with the secrets that the environment, or a file of it, should give."""
    return [
        Remark(about="secrets", subject=problem.key, text=str(problem), wrong=True)
        for problem in problems
    ]


def proxies_in(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the proxies that the environment names, by their variables."""
    return {
        name: environ[name]
        for name in sorted(environ)
        if name.upper() in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY") and environ[name]
    }


def trouble_with(name: str, value: str) -> Remark | None:
    """Return why not all of drumbeat goes through the proxy of this variable; None where it does.

    Of the libraries that ask the networks none speaks SOCKS; that of Telegram and the heartbeat
    goes around a proxy that is asked by https://, and around ALL_PROXY.
    """
    unusable = not value.lower().startswith("http://")
    if unusable:
        words = (
            "only a proxy that is asked by http:// can be used, not SOCKS nor https://: write"
            " http://HOST:PORT (a converter such as privoxy stands before a SOCKS proxy), or unset"
            " it; see docs/operations.md, What we ask of strangers' servers"
        )
    elif name.upper() == "ALL_PROXY":
        words = "Telegram and the heartbeat don't go by it: set HTTPS_PROXY too"
    else:
        return None
    return Remark(about="proxy", subject=name, text=f"{name}: {words}", wrong=unusable)


def proxies(environ: Mapping[str, str]) -> list[Remark]:
    """Return a remark for each proxy of the environment through which not all of drumbeat goes."""
    judged = (trouble_with(name, value) for name, value in proxies_in(environ).items())
    return [remark for remark in judged if remark]


def unread_campaigns(library: Library) -> list[Remark]:
    """Return a remark where campaigns/ of this folder is in no root: what isn't read neither has
    problems nor plays.
    """
    here, roots = Path(), {root.resolve() for root in library.roots}
    if not is_folder(here / "campaigns") or here.resolve() in roots:
        return []
    text = (
        'Not looked at: campaigns/ in this folder. Write roots = ["."] into config.toml, so that it'
        " is read."
    )
    return [Remark(about="roots", subject="campaigns", text=text, wrong=False)]


def _old_limits(settings: Settings, store: Store, now: datetime) -> Iterator[Remark]:
    for account, told in limits.kept(store, settings.channels.values()).items():
        for text in limits.old({account: told}, now):
            yield Remark(about="limits", subject=account, text=text, wrong=False)


def pictures(library: Library) -> list[Remark]:
    """Return for each campaign in a root of the operator's own one sentence on the pictures that
    are not there, and one on the files that, by their first bytes, are no pictures to be used.

    The shipped campaigns have slots for pictures, and leave it to the operator to fill them.
    """
    renderer = Renderer(library.files, library.campaigns)
    return [
        Remark(about="pictures", subject=campaign.id, text=text, wrong=wrong)
        for campaign in their_pictures.own_campaigns(library)
        for wrong, texts in (
            (False, their_pictures.missing(campaign, renderer)),
            (True, their_pictures.unusable(campaign, renderer)),
        )
        for text in texts
    ]


def languages(settings: Settings, library: Library) -> list[Remark]:
    """Return the languages of channels and campaigns in which the bot has no words of its own;
    nothing where no channel carries nudges, since there nobody sees these words.
    """
    return [
        Remark(about="languages", subject=tag, text=text, wrong=False)
        for tag, text in speaking.lacking(settings, library)
    ]


def unread_languages(settings: Settings, library: Library) -> list[Remark]:
    """Return which languages of campaigns and channels have texts that nobody who is named has
    read, or nobody has accepted, or that call something otherwise than the field does; `check` and
    `doctor` say it, and not each start and reload, since finding a reader takes weeks.
    """
    return [
        Remark(about="languages", subject=subject, text=text, wrong=False, asks=False)
        for subject, text in speaking.unread(settings, library)
    ]


def remember(store: Store, used: Mapping[str, Any]) -> None:
    """Let commands know which settings the running process uses, by their fingerprint."""
    store.meta.put(_USED, json.dumps(used))


def remember_problems(store: Store, problems: Sequence[Problem]) -> None:
    """Let commands know what is wrong in the data that the running process plays."""
    named = [str(problem) for problem in problems[:SHOWN]]
    store.meta.put(_PROBLEMS, json.dumps({"count": len(problems), "named": named}))


def problems_told(count: int, named: Sequence[str]) -> str:
    """Return in a few lines what is wrong in the data that play."""
    what = counted(count, "problem", "problems")
    more = [f"… and {count - len(named)} more"] if count > len(named) else []
    lines = "\n  ".join([*named, *more])
    return f"the data that play have {what}; `drumbeat check` tells everything:\n  {lines}"


def cant_listen(listen: str, error: Exception, table: str = "web") -> str:
    """Return a sentence that says that an address can't be had, and what to do; `table` of
    config.toml names it: web or health, or '' where the command line does.
    """
    what = {"health": "the health port"}.get(table, "the pages")
    another = f"set another `listen` under [{table}]" if table else "name another with --listen"
    return f"{what} can't listen on {listen}: {_words(error)}; {another}, or stop what uses it"


def _words(error: Exception) -> str:
    """What the system says of an address, without the number and the call that Python adds."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return said.partition(" (while attempting")[0]


def descriptors(limit: int | None = None) -> Iterator[Remark]:
    """Look whether a process may open enough files and connections; `limit` is its hard limit, by
    default that of this one, to which `run` raises its own.
    """
    hard = getrlimit(RLIMIT_NOFILE)[1] if limit is None else limit
    most = left_for_sending(hard)
    if most < MOST_FLYING:
        text = (
            f"a process here may open no more than {hard:,} files and connections (`ulimit -Hn`),"
            f" so that {most} messages are under way at once, not {MOST_FLYING}; a fast account, or"
            " several, need more: `LimitNOFILE=4096` for systemd, `ulimits` for a container"
        )
        yield Remark(about="descriptors", subject="open files", text=text, wrong=False, asks=False)


def _readable(settings: Settings) -> Iterator[Remark]:
    """Yield a remark for what of the database and its keys others can read, with what to do; an
    earlier version, or a copy, may have left it so.
    """
    database, keys = settings.database, kept_keys.place(settings.database, settings.keys)
    looked_at = [(keys, keys_readable(keys))]
    if not isinstance(database, Server):
        looked_at.append((database, database_readable(database)))
    for path, words in looked_at:
        if words:
            text = f"{path}: {words}"
            yield Remark(about="readable", subject=str(path), text=text, wrong=True)


def keys_readable(path: Path) -> str | None:
    """Return what is wrong where others can read or write the file of the keys; None where nothing
    is.
    """
    mode = _mode(path)
    if not mode & 0o077:
        return None
    return (
        f"others can read or write it (mode {mode:04o}); whoever has the keys can sign links:"
        f" chmod 600 {path}"
    )


def database_readable(path: Path) -> str | None:
    """Return what is wrong where everybody can read or write the database, its -wal or -shm; None
    where nothing is. A group may be meant to.
    """
    files = [Path(f"{path}{ending}") for ending in ("", "-wal", "-shm")]
    open_ = [str(file) for file in files if _mode(file) & 0o007]
    if not open_:
        return None
    return f"everybody on this machine can read or write it; chmod 600 {' '.join(open_)}"


def _mode(path: Path) -> int:
    """Return the rights of a file; 0 where there is no file that can be looked at."""
    try:
        return path.stat().st_mode & 0o777
    except OSError:
        return 0


def folder(database: Where) -> Iterator[Remark]:
    """Look at the folder of the database: whether it is there, can be written, and has room."""
    if isinstance(database, Server):
        return
    where = database.absolute().parent
    if not where.is_dir():
        words = "there is no such folder; make it"
    elif not os.access(where, os.W_OK | os.X_OK, effective_ids=True):
        words = "drumbeat can't write into this folder; give its user the right"
    elif shutil.disk_usage(where).free < FULL:
        text = f"{where}: the disk is full, and nothing is sent until there is room; make some"
        yield Remark(about="disk", subject=str(where), text=text, wrong=True)
        return
    else:
        return
    text = f"{where}: {words}, or name another `database` in config.toml"
    yield Remark(about="folder", subject=str(where), text=text, wrong=True)


def _addresses(settings: Settings, store: Store | None, *, runs: bool) -> Iterator[Remark]:
    """Yield a remark where the address for the pages or the health port can't be had.

    A running process has it, or has said that it hasn't; else it is tried. Where one runs on a file
    that can't be read, as one of an older drumbeat, nobody knows.
    """
    if runs and store is None:
        return
    web = settings.web.listen if settings.web else None
    for table, job, listen in (("web", PAGES, web), ("health", HEALTH, settings.health)):
        if listen is None:
            continue
        if store is not None and runs:
            alerts = store.alerts.current()
            failing = [a.text for a in alerts if (a.kind, a.subject) == (JobFails.kind, job)]
        else:
            failing = [cant_listen(listen, error, table)] if (error := _refusal(listen)) else []
        for text in failing:
            yield Remark(about="pages", subject=listen, text=text, wrong=True)


def _refusal(listen: str) -> Exception | None:
    try:
        socket_at(listen).close()
    except (OSError, OverflowError) as error:
        return error
    return None


def _channels(settings: Settings, dry: Mapping[str, str]) -> Iterator[Remark]:
    """Yield what there is to say of the channels: which are dry, and what a chat lacks.

    Of shipped settings that stand in, and of which nothing can leave, one sentence says it all.
    """
    if _stands_in(settings, dry):
        text = (
            f"config.toml is not there, so the shipped settings stand in: their channels"
            f" ({', '.join(dry)}) are dry, and nothing leaves them; `drumbeat new config` writes"
            " settings of your own"
        )
        yield Remark(about="dry", subject=", ".join(dry), text=text, wrong=False)
        return
    yield from _dry(settings, dry)
    yield from _privacy(settings, dry)


def _stands_in(settings: Settings, dry: Mapping[str, str]) -> bool:
    """Return whether these are the shipped settings, and nothing can leave by them."""
    return settings.file is None and bool(dry) and dry.keys() >= settings.channels.keys()


def _dry(settings: Settings, dry: Mapping[str, str]) -> Iterator[Remark]:
    for each in dry_channels.alike(settings, dry):
        yield Remark(
            about="dry",
            subject=each.names,
            text=each.sentence,
            wrong=each.is_meant_live,
            asks=not each.is_on_purpose,
        )


def _privacy(settings: Settings, dry: Mapping[str, str]) -> Iterator[Remark]:
    chats = settings.chats
    live = [name for name in chats if name not in dry]
    if chats and settings.privacy is None:
        subject = (live or chats)[0]
        yield Remark(about="privacy", subject=subject, text=NO_PRIVACY, wrong=bool(live))


def _people(settings: Settings, store: Store | None) -> Iterator[Remark]:
    """Yield what there is to say of who works with the bot."""
    added, chats = store.members.all() if store else (), settings.chats
    for name, text in colleagues.twins(settings, added):
        yield Remark(about="twins", subject=name, text=text, wrong=True)
    for subject, text in colleagues.sentences(settings, added, chats):
        yield Remark(about="people", subject=subject, text=text, wrong=subject not in chats)


def _waits(settings: Settings, store: Store) -> Iterator[Remark]:
    used = json.loads(store.meta.get(_USED) or "{}")
    # a process of an older version stores no settings, so nothing is known of it
    for text in reload.waiting(used, settings) if used else ():
        yield Remark(about="channels", subject="config.toml", text=text, wrong=False)


def _moved(settings: Settings, store: Store) -> Iterator[Remark]:
    for name, address in moved.followed(store, settings.channels.values()).items():
        text = moved.what_to_write(name, address)
        yield Remark(about="moved", subject=name, text=text, wrong=False)


def _played(store: Store) -> Iterator[Remark]:
    content = json.loads(store.meta.get(_PROBLEMS) or "{}")
    if content.get("count"):
        text = problems_told(content["count"], content["named"])
        yield Remark(about="data", subject="campaigns, content", text=text, wrong=True)
