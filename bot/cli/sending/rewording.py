"""`drumbeat broadcasts words`, `reword`, `approve` and `unword`: other words for what goes to
people, in one language on one channel.

All of these commands work beside a running drumbeat.
"""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    note,
    now_of,
    say,
    services_beside,
    user,
)
from bot.cli.sending.broadcasts import IdArgument
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.jobs.broadcasts.going import Going
    from bot.jobs.services import Services
    from bot.model.database import Where
    from bot.model.staff import Actor

LanguageOption = Annotated[
    str, typer.Option("--lang", metavar="TAG", help="To whom: those who read this language.")
]
SeenOption = Annotated[
    str,
    typer.Option("--seen", metavar="MARK", help="The mark that `broadcasts words` printed."),
]
FileOption = Annotated[
    Path,
    typer.Option("--file", metavar="FILE", help="Where the text stands; '-' is stdin."),
]
SureOption = Annotated[
    bool,
    typer.Option("--sure", help="Also where the text loses a link or a hashtag of its own words."),
]

MOST = 100_000
"""Bytes of a text that are read."""


def words(
    *,
    id_: IdArgument,
    lang: LanguageOption,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Show in which words a broadcast goes to people who read a language, and by whom they are."""
    from bot.jobs.broadcasts import going
    from bot.jobs.staff.writing import rewordings

    with services_beside(config, db) as services:
        about = going.find(services, id_)
        _check(services, about, lang)
        there = rewordings.found(services, about, lang)
        text = there.text if there else rewordings.shipped(services, about, lang)
        mark = rewordings.mark(services, about, lang)
    by, approved = (str(there.by), there.is_approved) if there else (None, True)
    if json:
        told = {"id": id_, "language": lang, "text": text, "by": by, "approved": approved}
        emit_json({**told, "mark": mark})
        return
    say(text)
    say()
    if by is None:
        say(f"the campaign's own; `drumbeat broadcasts reword {id_} --lang {lang}` writes others")
    elif approved:
        say(f"by {by}, and approved; `unword {id_} --lang {lang} --seen {mark}` takes it back")
    else:
        say(f"by {by}; waits: `drumbeat broadcasts approve {id_} --lang {lang} --seen {mark}`")


def reword(
    *,
    id_: IdArgument,
    lang: LanguageOption,
    file: FileOption = Path("-"),
    sure: SureOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Write other words for what goes to people who read a language; they wait until somebody else
    approves them, at the desk or by `broadcasts approve`.
    """
    from bot.jobs.staff.writing import rewordings

    text = _read(file)

    def way(services: "Services", about: "Going", by: "Actor") -> None:
        lost = rewordings.lost(services, about, lang, text)
        for kind, whats in lost.items():
            note(f"{kind}: {', '.join(whats)}")
        if any(lost.values()) and not sure:
            raise UsageError("not changed: that would be lost, or is new; --sure writes it so")
        mark = rewordings.mark(services, about, lang)
        rewordings.rewrite(services, about, lang, text, mark, by, now_of(services))

    _decide(way, id_, lang, config, db)
    say(f"written; nobody who reads {lang} gets it before somebody else has approved it")


def approve(
    *,
    id_: IdArgument,
    lang: LanguageOption,
    seen: SeenOption,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Let other words that somebody else wrote leave, as they were read."""
    from bot.jobs.staff.writing import rewordings

    def way(services: "Services", about: "Going", by: "Actor") -> None:
        asyncio.run(rewordings.approve(services, about, lang, seen, by, now_of(services)))

    _decide(way, id_, lang, config, db)
    say("approved; they leave from the next message on")


def unword(
    *,
    id_: IdArgument,
    lang: LanguageOption,
    seen: SeenOption,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Let the campaign's own words stand again."""
    from bot.jobs.staff.writing import rewordings

    def way(services: "Services", about: "Going", by: "Actor") -> None:
        rewordings.take_back(services, about, lang, seen, by, now_of(services))

    _decide(way, id_, lang, config, db)
    say("the campaign's own words stand again, and leave at once")


def _decide(
    way: "Callable[[Services, Going, Actor], None]",
    ref: str,
    language: str,
    config: Path | None,
    db: "Where | None",
) -> None:
    from bot.jobs.broadcasts import going
    from bot.model.staff import Actor

    with services_beside(config, db) as services:
        about = going.find(services, ref)
        _check(services, about, language)
        way(services, about, Actor.staff(user()))


def _check(services: "Services", about: "Going", language: str) -> None:
    """Raise `UsageError` for a language in which nobody is written to."""
    from bot.jobs.staff.writing import rewordings
    from bot.names import pick

    campaign, _ = rewordings.about(services, about)
    pick(language, campaign.languages, f"language of {campaign.id}")


def _read(file: Path) -> str:
    try:
        if str(file) == "-":
            data = sys.stdin.buffer.read(MOST + 1)
        else:
            with file.open("rb") as opened:
                data = opened.read(MOST + 1)
        if len(data) > MOST:
            raise UsageError(f"{file}: is longer than {MOST:,} bytes; no message is")
        return data.decode().replace("\r\n", "\n").strip()
    except UnicodeDecodeError:
        raise UsageError(f"{file}: is no text in UTF-8; save it as that") from None
    except OSError as error:
        raise UsageError(f"{file}: can't be read: {error.strerror}") from None
