"""`drumbeat contacts import | list | remove`: people who are met by e-mail, and rooms of
organisations on chat services.
"""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    open_library,
    open_settings,
    say,
    table,
)

if TYPE_CHECKING:
    from bot.jobs.services import Services


def import_(
    *,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.csv",
            help=(
                "Columns: address (or the name of a room), organisation, audience; and, where"
                " known, group, language, country, zone, hour, "
                "consent_source, consent_date."
            ),
        ),
    ],
    channel: Annotated[
        str | None,
        typer.Option(
            "--channel", metavar="NAME", help="The channel that writes to them.", show_default=False
        ),
    ] = None,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Take contacts from a CSV file: all of them, or none when a line is wrong.

    Who comes without source and date of their consent is unconfirmed: they get one request to
    confirm, and nothing else before they do.
    """
    from bot.jobs.people import contacts as job

    services = open_services(config, db, make=True)
    with closing(services.store):
        done = job.load(services, file, job.channel(services, channel), datetime.now(UTC))
    say(f"{done.counts.new} new on {done.channel}, {done.counts.known} there already.")
    if done.counts.back:
        say(
            f"{len(done.counts.back)} had been blocked, since nothing reached them: they get"
            " messages again."
        )
    if done.counts.left:
        say(
            f"{done.counts.left} had unsubscribed or {'was' if done.counts.left == 1 else 'were'}"
            " removed: nobody writes to them again."
        )
    if done.unconfirmed:
        say(
            f"{done.unconfirmed} {'gets' if done.unconfirmed == 1 else 'get'} one request to"
            " confirm, and nothing else before they do."
        )
    if done.unseen:
        say(f"Whether these rooms exist was not looked at: {done.unseen} is not set here.")
    if services.settings.web is None:
        say(
            f"Nothing leaves on {done.channel} yet: config.toml has no [web] public_url, the page"
            " where people confirm and unsubscribe."
        )


def list_(*, json: JsonOption = False, config: ConfigOption = None, db: DbOption = None) -> None:
    """List contacts: who they are, and whether they have agreed."""
    services = open_services(config, db)
    with closing(services.store):
        contacts = services.store.contacts.all()
        names = {number: name for name, number in services.store.channels.ids().items()}
    rows = [
        {
            "channel": names[c.channel],
            "address": c.address,
            "organisation": c.organisation,
            "audience": c.audience.word,
            "group": c.stakeholder or None,
            "language": c.language,
            "zone": c.zone,
            "status": c.status.word,
            "consent": (
                f"{c.consent_source}, {c.consent_date}"
                if c.consent_date
                else "confirmed"
                if c.confirmed
                else "asked"
                if c.asked
                else None
            ),
        }
        for c in contacts
    ]
    if json:
        emit_json(rows)
    elif rows:
        table([name.upper() for name in rows[0]], [list(row.values()) for row in rows])
    else:
        say("There are no contacts; `drumbeat contacts import FILE.csv` takes them from a file.")


def remove(
    *,
    address: Annotated[
        str,
        typer.Argument(metavar="ADDRESS", help="The contact's e-mail address, or the room's name."),
    ],
    channel: Annotated[
        str | None,
        typer.Option(
            "--channel",
            metavar="NAME",
            help="The channel, where the same name is on several.",
            show_default=False,
        ),
    ] = None,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Forget a contact; a later import does not bring them back."""
    from bot.jobs.people.contacts import remove as forget

    services = open_services(config, db)
    with closing(services.store):
        contact = forget(services, address, channel, datetime.now(UTC))
    say(f"The contact of {contact.organisation} is forgotten.")


def open_services(config: Path | None, db: Path | None, *, make: bool = False) -> "Services":
    """Services on the live file, beside a running drumbeat.

    With `make` the file is made when there is none.
    """
    from bot.app import open_beside
    from bot.store import Store
    from bot.store.meta import LIVE

    settings = open_settings(config, db)
    if make and not settings.database.exists():
        with closing(Store(settings.database)) as store:
            store.meta.claim(LIVE)
    return open_beside(settings, open_library(settings, settings.active))
