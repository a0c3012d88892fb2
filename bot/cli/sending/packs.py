"""`drumbeat packs`: posts that people make by hand, and where they say that they did.

Both commands work beside a running drumbeat.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    note,
    other_files,
    paged,
    say,
    services_beside,
    user,
    with_dry,
    write,
)

if TYPE_CHECKING:
    from bot.model.share import Pack

NetworkOption = Annotated[
    str | None,
    typer.Option("--network", metavar="NAME", help="Only for this network.", show_default=False),
]
PicturesOption = Annotated[
    Path | None,
    typer.Option(
        "--pictures",
        metavar="FOLDER",
        help="Write the pictures there as they may leave: upright, without what a camera wrote.",
        show_default=False,
    ),
]
PackArgument = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="Id of a pack, like 12-3-0 or facebook-12-en.", show_default=False
    ),
]
LinkOption = Annotated[
    str, typer.Option("--link", metavar="URL", help="Where it stands now.", show_default=False)
]


_AS_READ = (
    "  (the file as it is, with all that a camera wrote into it: `drumbeat packs --pictures FOLDER`"
    " writes it without)"
)


def packs(
    *,
    network: NetworkOption = None,
    pictures: PicturesOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Show what is to be posted by hand in the next two days.

    That is where a channel can't post, and on networks without a channel.
    """
    from bot.jobs.sending.decisions import clock
    from bot.jobs.sending.packs import packs as all_packs

    with services_beside(config, db, readonly=True) as services:
        if others := other_files(services):
            note(f"Texts are shown as they are on the disk: {others}.")
        now = clock(services.store, datetime.now(UTC))
        chosen = all_packs(with_dry(services), now, network, pictures)
    if json:
        emit_json([pack.as_json() for pack in chosen])
    elif chosen:
        with paged():
            _show(chosen, as_read=pictures is None)
    else:
        say("nothing is to be posted by hand")


def posted(
    *,
    pack: PackArgument,
    link: LinkOption,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Say that you posted it, and where; it counts as sent and is not posted again."""
    from bot.jobs.sending.decisions import clock
    from bot.jobs.sending.packs import posted as mark

    with services_beside(config, db) as services:
        now = clock(services.store, datetime.now(UTC))
        say(f"{pack}: {mark(with_dry(services), pack, link, user(), now)}")


def _show(chosen: "Sequence[Pack]", *, as_read: bool) -> None:
    for number, pack in enumerate(chosen):
        if number:
            say()
        say(
            f"{pack.id}  {pack.network} ({pack.language})  {pack.action}, due"
            f" {pack.due:%Y-%m-%dT%H:%M:%SZ}"
        )
        for line in (pack.reason, *(f"! {problem}" for problem in pack.problems)):
            say(line)
        if pack.text:
            write(f"\n{pack.text}")  # it is to be copied
        if pack.picture is not None:
            say(f"\npicture: {pack.picture}")
            if as_read:
                say(_AS_READ)
            say(f"alt text: {pack.alt}")
        if pack.video:
            say(
                f"video: people are asked for one ({', '.join(pack.video)}); drumbeat makes none."
                " Where somebody has one that shows no child, post it with this text"
            )
        say(f"\ndrumbeat packs posted {pack.id} --link URL")
