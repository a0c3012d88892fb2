"""`drumbeat language list | accept | review`: who has read each language's texts, and who let them
stand.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    fail,
    note,
    open_library,
    open_settings,
    say,
    services_beside,
    table,
    user,
)
from bot.cli.screen import Column, Role
from bot.model.staff import Actor
from bot.model.standing import Standing
from bot.text import counted

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.files.frozen import Files
    from bot.jobs.campaigns.languages.accepting import Ready
    from bot.store import Store

_COLUMNS = (
    Column("LANGUAGE"),
    Column("READ BY", Role.WORDS),
    Column("ACCEPTED BY", Role.WORDS),
    Column("OTHERS SINCE"),
    Column("TO TRANSLATE"),
    Column("TERMS WITH A SOURCE", Role.MORE),
)

_GLOSSARY = ("terms", "sources", "avoid", "accepted", "reviewed")

_Tag = Annotated[str, typer.Argument(metavar="TAG", help="Like fr or pt-BR.", show_default=False)]
_By = Annotated[
    str,
    typer.Option(
        "--by",
        metavar="NAME",
        help="Who answers for it; their name stands in the file.",
        show_default=False,
    ),
]
_Reader = Annotated[
    str,
    typer.Option(
        "--by",
        metavar="NAME",
        help="Who has read it, named with their consent: everybody may see the name.",
        show_default=False,
    ),
]
_Yes = Annotated[
    bool, typer.Option("--yes", help="Take somebody's place without being asked first.")
]


def list_(*, json: JsonOption = False, config: ConfigOption = None, db: DbOption = None) -> None:
    """List the languages: who has read their texts, who accepted them, which of these are others
    since, and how many of their files `check` has something to say of.
    """
    from bot.jobs.campaigns.languages import lacking, standing

    settings = open_settings(config, db)
    files = open_library(settings, ()).files
    counts, marked = lacking.lacking(files), lacking.untranslated_by_language(files)
    every = [
        (each, counts.get(each.language, 0), marked.get(each.language, 0))
        for each in standing.standings(files)
    ]
    if json:
        emit_json([_plain(files, *each) for each in every])
    else:
        table(_COLUMNS, [_row(files, *each) for each in every])


def _plain(files: "Files", standing: Standing, lacking: int, marked: int) -> dict[str, object]:
    from bot.jobs.campaigns.languages.accepting import accepted_otherwise, read_otherwise

    said = {name: value for name, value in vars(standing).items() if name not in _GLOSSARY}
    return said | {
        "lacking": lacking,
        "untranslated": marked,
        "terms": len(standing.terms),
        "sourced": len(standing.sources),
        "accepted_otherwise": accepted_otherwise(files, standing),
        "read_otherwise": sum(read_otherwise(files, standing).values()),
    }


def _row(files: "Files", standing: Standing, lacking: int, marked: int) -> tuple[str, ...]:
    return (
        standing.language,
        _said(standing, standing.reviewed_by, standing.reviewed_on),
        _said(standing, standing.accepted_by, standing.accepted_on),
        _since(files, standing),
        _left(marked, lacking),
        f"{len(standing.sources)} of {len(standing.terms)}" if standing.terms else "",
    )


def _since(files: "Files", standing: Standing) -> str:
    from bot.jobs.campaigns.languages.accepting import accepted_otherwise, read_otherwise

    read = sum(read_otherwise(files, standing).values())
    since = {"read": read, "accepted": len(accepted_otherwise(files, standing))}
    return ", ".join(f"{count} of those {what}" for what, count in since.items() if count)


def _left(marked: int, lacking: int) -> str:
    texts = counted(marked, "text", "texts") if marked else ""
    return ", ".join(filter(None, (texts, counted(lacking, "file", "files") if lacking else "")))


def accept(
    *,
    tag: _Tag,
    by: _By,
    yes: _Yes = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Let a language's texts on consent, privacy and danger, as they are now, stand without the
    English beside them.

    Who answers for it, and the day, are written into content/TAG/language.toml, what the texts are
    into digests.toml beside it, and a line into the log of who did what.
    """
    from bot.jobs.campaigns.languages import accepting
    from bot.library import shipped_root

    settings = open_settings(config, db)
    to = accepting.ready(settings.roots, shipped_root(), tag, by, whole=True)
    if to.replaced:
        _ask(f"{tag} was accepted on {to.before.accepted_on} by {to.replaced}.", by, yes=yes)
    standing = _decided(accepting.accept, to, settings, config, db)
    _tell_accepted(to, standing)
    _tell_next(settings)


def _tell_accepted(to: "Ready", standing: Standing) -> None:
    instead = f", in the place of {to.replaced}" if to.replaced else ""
    say(f"{to.file}: accepted by {to.by} on {standing.accepted_on}{instead}.")
    if not standing.is_read:
        say("Nobody who is named has read its texts yet, and people are still told so.")


def review(
    *,
    tag: _Tag,
    by: _Reader,
    yes: _Yes = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Write who has read a language's texts as they are now, so that people are no longer told that
    nobody has.

    The name and the day are written into content/TAG/language.toml, what the texts are into
    digests.toml beside it, and a line into the log of who did what.
    """
    from bot.jobs.campaigns.languages import accepting
    from bot.library import shipped_root

    settings = open_settings(config, db)
    to = accepting.ready(settings.roots, shipped_root(), tag, by, whole=False)
    if to.reread:
        _ask(f"{tag} was read on {to.before.reviewed_on} by {to.reread}.", by, yes=yes)
    standing = _decided(accepting.review, to, settings, config, db)
    _tell_read(to, standing)
    _tell_next(settings)


def _tell_read(to: "Ready", standing: Standing) -> None:
    say(f"{to.file}: read by {to.by} on {standing.reviewed_on}.")
    if not standing.is_accepted:
        say(
            "Its texts on consent, privacy and danger still stand beside the English, until"
            f" `drumbeat language accept {to.tag} --by NAME`."
        )


def _ask(earlier: str, by: str, *, yes: bool) -> None:
    """Say whose name is replaced, before it is; end the command where nobody wants that."""
    note(f"{earlier} {by} takes that place.")
    if not yes:
        _confirm()


def _confirm() -> None:
    if not sys.stdin.isatty():
        fail("To go on give --yes; nothing was written.", code=2)
    if not typer.confirm("Go on?", err=True):
        raise typer.Exit(2)


@contextmanager
def _log(settings: "Settings", config: ConfigOption, db: DbOption) -> "Iterator[Store | None]":
    """Give the database that keeps who did what; None where there is none yet."""
    from bot.store.db import is_present

    if not is_present(settings.database):
        note(f"{settings.database} is not there, so no line stands in the log of who did what")
        yield None
        return
    with services_beside(config, db) as services:
        yield services.store


def _decided(
    decide: "Callable[[Ready, Store | None, Actor, datetime], Standing]",
    to: "Ready",
    settings: "Settings",
    config: ConfigOption,
    db: DbOption,
) -> Standing:
    """Write a decision about a language, with its line in the log; return how it then stands."""
    with _log(settings, config, db) as store:
        try:
            return decide(to, store, user(), datetime.now(UTC))
        except OSError as error:
            fail(f"{error.filename}: {error.strerror or error}; nothing was written")


def _tell_next(settings: "Settings") -> None:
    if not settings.roots:
        say('Write roots = ["."] into config.toml, so that this folder is read.')
    say("A running drumbeat uses it after `drumbeat reload`.")


def _said(standing: Standing, by: str, on: date | None) -> str:
    if by:
        return f"{by}, {on}"
    return "the original" if standing.is_original else "nobody"
