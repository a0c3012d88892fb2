"""What around the data keeps a drumbeat from its work, or waits for a restart: each in one
sentence, the same in `run`, `status`, `doctor`, `check` and `reload`. Nothing is changed here.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.config import Settings
from bot.errors import RenderError
from bot.gate import socket_at
from bot.jobs.operations import reload
from bot.jobs.people import helplines as people
from bot.jobs.sending import moved
from bot.languages import nearest
from bot.library import Library
from bot.model import Problem
from bot.render.chat import ChatTexts
from bot.rules.alerts import ChatTrouble, JobFails
from bot.store import Store
from bot.store import keys as kept_keys
from bot.text import counted

PAGES = "pages"
"""The job that opens the pages for letters."""

NO_PRIVACY = (
    "the chat does not start: config.toml has no [privacy] with controller and contact; fill it"
    " in, then `drumbeat reload`"
)

_NUMBER = "their number on Telegram is what the bot answers to /id"

NO_STAFF = (
    "nobody is named as staff, so that approvals, questions and alarms reach nobody in the chat:"
    f" write who works with the bot into `[chat] staff`; {_NUMBER}"
)

NO_CONTACT = (
    "nobody is named under [safeguarding], so that what people write about a child in danger can't"
    f" be passed on: fill it in with name and contact; {_NUMBER}"
)

LOOKED_AT = frozenset({(JobFails.kind, PAGES), (ChatTrouble.kind, ChatTrouble.PRIVACY)})
"""Kind and subject of alarms whose causes `look` sees for itself where no process runs."""

SHOWN = 5
"""How many problems of the data are named at most."""

_USED, _PROBLEMS = "settings used", "problems played"


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something around the data that somebody should know."""

    #: folder, readable, pages, privacy, people, channels, moved, data, helplines, languages
    about: str
    #: a folder, an address, a channel …
    subject: str
    text: str
    #: whether something doesn't work until this is mended
    wrong: bool


def look(
    settings: Settings, store: Store | None, *, dry: Mapping[str, str], runs: bool
) -> list[Remark]:
    """Return what there is to say; `store` is None where there is no database that can be read,
    `runs` says whether a process sends from it.
    """
    return [
        *folder(settings.database),
        *_readable(settings),
        *_pages(settings, store, runs=runs),
        *_privacy(settings, dry),
        *_nobody(settings, dry),
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


def languages(settings: Settings, library: Library) -> list[Remark]:
    """Return the languages of channels and campaigns in which the bot has no words of its own;
    nothing where no channel carries nudges, since there nobody sees these words.
    """
    channels = [channel for channel in settings.channels.values() if channel.nudges]
    campaigns = (*library.campaigns.values(), *library.drafts.values())
    own = {tag for campaign in campaigns for tag in campaign.languages}
    wanted = sorted(own | {channel.language for channel in channels}) if channels else ()
    texts = ChatTexts(library.files)
    return [
        Remark(about="languages", subject=tag, text=text, wrong=False)
        for tag in wanted
        if (text := unspoken(texts, tag, settings))
    ]


def unspoken(texts: ChatTexts, tag: str, settings: Settings) -> str | None:
    """Return a sentence that names the language of buttons and commands for whoever has this tag,
    and what to do; None where the bot speaks it, and where its words are broken (`check` says how).
    """
    with suppress(RenderError):
        if nearest(tag, texts.languages()) is None:
            nudging = (channel for channel in settings.channels.values() if channel.nudges)
            shown = dict.fromkeys(texts.spoken(channel.language) for channel in nudging)
            names = " or ".join(texts.languages().get(each, each) for each in shown or ("en",))
            return (
                f"{tag}: the bot's own words (buttons, commands) are in {names}, since"
                f" content/{tag}/chat is not there; `drumbeat new language {tag}` begins them"
            )
    return None


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


def cant_listen(listen: str, error: Exception) -> str:
    """Return a sentence that says that the address for the pages can't be had, and what to do."""
    return (
        f"the pages can't listen on {listen}: {_words(error)}; set another `listen` under [web],"
        " or stop what uses it"
    )


def _words(error: Exception) -> str:
    """What the system says of an address, without the number and the call that Python adds."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return said.partition(" (while attempting")[0]


def readable(settings: Settings) -> Iterator[str]:
    """Yield a sentence for what of the database and its keys others can read, with what to do; an
    earlier version, or a copy, may have left it so.
    """
    database, keys = settings.database, kept_keys.place(settings.database, settings.keys)
    if words := keys_readable(keys):
        yield f"{keys}: {words}"
    if words := database_readable(database):
        yield f"{database}: {words}"


def _readable(settings: Settings) -> Iterator[Remark]:
    for text in readable(settings):
        yield Remark(about="readable", subject=str(settings.database), text=text, wrong=True)


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


def folder(database: Path) -> Iterator[Remark]:
    """Look at the folder of the database: whether it is there, and can be written."""
    where = database.absolute().parent
    if not where.is_dir():
        words = "there is no such folder; make it"
    elif not os.access(where, os.W_OK | os.X_OK, effective_ids=True):
        words = "drumbeat can't write into this folder; give its user the right"
    else:
        return
    text = f"{where}: {words}, or name another `database` in config.toml"
    yield Remark(about="folder", subject=str(where), text=text, wrong=True)


def _pages(settings: Settings, store: Store | None, *, runs: bool) -> Iterator[Remark]:
    """Yield a remark where the address for the pages can't be had.

    A running process has it, or has said that it hasn't; else it is tried. Where one runs on a file
    that can't be read, as one of an older drumbeat, nobody knows.
    """
    if settings.web is None or (runs and store is None):
        return
    listen = settings.web.listen
    if store is not None and runs:
        alerts = store.alerts.current()
        failing = [a.text for a in alerts if (a.kind, a.subject) == (JobFails.kind, PAGES)]
    else:
        failing = [cant_listen(listen, error)] if (error := _refusal(listen)) else []
    for text in failing:
        yield Remark(about="pages", subject=listen, text=text, wrong=True)


def _refusal(listen: str) -> Exception | None:
    try:
        socket_at(listen).close()
    except (OSError, OverflowError) as error:
        return error
    return None


def _chats(settings: Settings, dry: Mapping[str, str]) -> list[str]:
    """Return the names of the channels on which people talk with the bot."""
    return [
        channel.name
        for channel in settings.channels.values()
        if channel.nudges and channel.network == "telegram" and channel.name not in dry
    ]


def _privacy(settings: Settings, dry: Mapping[str, str]) -> Iterator[Remark]:
    chats = _chats(settings, dry)
    if chats and settings.privacy is None:
        yield Remark(about="privacy", subject=chats[0], text=NO_PRIVACY, wrong=True)


def _nobody(settings: Settings, dry: Mapping[str, str]) -> Iterator[Remark]:
    """Yield a remark where people talk with the bot, and nobody is named whom it could tell."""
    chats = _chats(settings, dry)
    if chats and not settings.chat.staff:
        yield Remark(about="people", subject=chats[0], text=NO_STAFF, wrong=False)
    if chats and settings.safeguarding is None:
        yield Remark(about="people", subject=chats[0], text=NO_CONTACT, wrong=False)


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
