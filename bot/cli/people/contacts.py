"""`drumbeat contacts import | list | unblock | export | remove`: people who are reached by e-mail,
and rooms of organisations on chat services.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    ReasonOption,
    emit_json,
    note,
    now_of,
    open_library,
    open_settings,
    say,
    show_listing,
    tell_rehearsal,
    user,
)
from bot.cli.screen import Role
from bot.errors import UsageError
from bot.text import address_form, counted

_LINES = 10
"""Most numbers of lines that are listed for one time zone or language."""

if TYPE_CHECKING:
    from bot.jobs.people.contacts import Done, Unreached
    from bot.jobs.services import Services
    from bot.model.database import Where
    from bot.model.person import Contact

FileArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FILE.csv",
        help=(
            "Columns: address (or the name of a room), organisation, audience; and, where"
            " known, group, language, country, zone, hour, "
            "consent_source, consent_date."
        ),
    ),
]
ChannelOption = Annotated[
    str | None,
    typer.Option(
        "--channel", metavar="NAME", help="The channel that writes to them.", show_default=False
    ),
]
StrictOption = Annotated[
    bool, typer.Option("--strict", help="Take all lines, or none when one of them is wrong.")
]
AddressArgument = Annotated[
    str,
    typer.Argument(metavar="ADDRESS", help="The contact's e-mail address, or the room's name."),
]
AddressesArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[ADDRESS]…",
        help="Whom to write to again; nobody is named: they are listed.",
        show_default=False,
    ),
]
AllOption = Annotated[bool, typer.Option("--all", help="Write to all of them again.")]
OneChannelOption = Annotated[
    str | None,
    typer.Option(
        "--channel",
        metavar="NAME",
        help="The channel, where the same name is on several.",
        show_default=False,
    ),
]

_COUNT_ROLES = {"status": Role.STATE}

_BLOCKED_ROLES = {"organisation": Role.WORDS, "said": Role.WORDS}

_ROLES = {
    "organisation": Role.WORDS,
    "audience": Role.MORE,
    "group": Role.MORE,
    "language": Role.MORE,
    "zone": Role.MORE,
    "status": Role.STATE,
    "consent": Role.MORE,
}


def import_(
    *,
    file: FileArgument,
    channel: ChannelOption = None,
    strict: StrictOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Take contacts from a CSV file; a line that is wrong is told, and stops no other.

    Who comes without source and date of their consent is unconfirmed: they get one request to
    confirm, and nothing else before they do.
    """
    from bot.jobs.people import contacts as job
    from bot.jobs.planning import plan

    services = open_services(config, db, reads=file)
    with closing(services.store):
        now = now_of(services)
        loaded = job.load(
            services, file, job.channel(services, channel), user(), now, strict=strict
        )
        for move in loaded.counts.moved:
            plan.move(services, move.person, move.zone, move.minute, now)
    _tell_counts(loaded)
    if loaded.unread:
        say(f"Not read, since nothing of ours has such a column: {', '.join(loaded.unread)}.")
    _tell_zones(loaded)
    _tell_languages(loaded)
    _tell_unconfirmed(loaded)
    if services.settings.web is None:
        say(
            f"Nothing leaves on {loaded.channel} yet: config.toml has no [web] public_url, the page"
            " where people confirm and unsubscribe."
        )
    _tell_left_out(loaded)


def _tell_counts(loaded: "Done") -> None:
    """Say how many are new, and what becomes of those who were there before."""
    say(f"{loaded.counts.new} new on {loaded.channel}, {loaded.counts.known} there already.")
    if loaded.counts.agreed:
        say(f"{loaded.counts.agreed} had not confirmed, and have agreed by the consent recorded.")
    if loaded.counts.back:
        say(
            f"{len(loaded.counts.back)} had been blocked, since nothing reached them: they get"
            " messages again."
        )
    if loaded.counts.left:
        were = "was" if loaded.counts.left == 1 else "were"
        say(
            f"{loaded.counts.left} had unsubscribed or {were} removed: nobody writes to them again,"
            " unless they agree anew on a later day (consent_source and consent_date)."
        )
    if loaded.counts.returned:
        many = counted(loaded.counts.returned, "had left, and has", "had left, and have")
        say(f"{many} agreed again since: they are back.")
    if loaded.counts.moved:
        say(f"{counted(len(loaded.counts.moved), 'has', 'have')} another zone or hour now.")


def _tell_zones(loaded: "Done") -> None:
    """Say which zone was taken where a country has several and a line names none."""
    for zone, (country, lines) in sorted(loaded.assumed.items()):
        say(
            f"{country} has several time zones: {zone}, where most people live, was taken for"
            f" {_numbered(lines)}. To change that, write the zone into the file"
            " and import it again."
        )


def _tell_languages(loaded: "Done") -> None:
    """Say which languages of the file nothing is written in."""
    for tag, lines in sorted(loaded.unwritten.items()):
        say(
            f"Nothing is written in {tag} yet, so {_numbered(lines)} will be written to in the"
            f" campaign's own language. `drumbeat new language {tag}` begins one."
        )


def _numbered(lines: Sequence[int]) -> str:
    """Return 'line 3' or 'lines 3, 7, …'."""
    shown = ", ".join(map(str, lines[:_LINES])) + (" …" if len(lines) > _LINES else "")
    return f"line{'s' * (len(lines) > 1)} {shown}"


def _tell_left_out(loaded: "Done") -> None:
    """Say what is wrong with each line that was not taken, and end with the exit code of that."""
    if not loaded.problems:
        return
    for problem in loaded.problems:
        note(str(problem))
    number = len({problem.key for problem in loaded.problems})
    note(
        f"{counted(number, 'line was', 'lines were')} not taken, all others were. Mend"
        f" {'it' if number == 1 else 'them'} and import the file again: who is there already stays."
    )
    raise typer.Exit(1)


def _tell_unconfirmed(loaded: "Done") -> None:
    """Say how many people have yet to agree, and where rooms could not be looked at."""
    if loaded.asked_again:
        gets = "gets" if loaded.asked_again == 1 else "get"
        say(f"{loaded.asked_again} {gets} the request to confirm once more.")
    if loaded.unconfirmed:
        gets = "gets" if loaded.unconfirmed == 1 else "get"
        say(f"{loaded.unconfirmed} {gets} one request to confirm, and nothing else before they do.")
    if loaded.unseen:
        say(f"Whether these rooms exist was not looked at: {loaded.unseen} is not set here.")


def list_(
    *,
    reason: ReasonOption = "",
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Say how many contacts there are; with --reason who they are, and whether they have agreed."""
    from bot.jobs.people import looking

    services = open_services(config, db)
    with closing(services.store):
        contacts = services.store.contacts.all()
        names = {number: name for name, number in services.store.channels.ids().items()}
        if reason and contacts:
            looking.listed(services, reason, user(), now_of(services))
    if not reason:
        _count(contacts, names, as_json=json)
        return
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
            "consent": _consent(c),
        }
        for c in contacts
    ]
    show_listing(
        rows,
        as_json=json,
        roles=_ROLES,
        empty=_NONE,
    )


_NONE = "There are no contacts; `drumbeat contacts import FILE.csv` takes them from a file."


def _count(contacts: "Iterable[Contact]", names: dict[int, str], *, as_json: bool) -> None:
    many = Counter((names[c.channel], c.audience.word, c.status.word) for c in contacts)
    rows = [
        {"channel": channel, "audience": audience, "status": status, "contacts": count}
        for (channel, audience, status), count in sorted(many.items())
    ]
    show_listing(rows, as_json=as_json, roles=_COUNT_ROLES, empty=_NONE)


def _consent(contact: "Contact") -> str | None:
    """Return how a contact has agreed, 'asked' where not yet; None where nobody asked them."""
    if contact.consent_date:
        return f"{contact.consent_source}, {contact.consent_date}"
    if contact.confirmed:
        return "confirmed"
    return "asked" if contact.asked else None


def unblock(
    *,
    addresses: AddressesArgument = None,
    everybody: AllOption = False,
    reason: ReasonOption = "",
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Say how many were not reached by anything and are blocked since, with --reason who, and what
    their mail server or service said; with ADDRESS or --all write to them again.

    Who is refused again is blocked again.
    """
    from bot.jobs.people import contacts as job
    from bot.jobs.people import looking

    services = open_services(config, db)
    with closing(services.store):
        blocked = job.unreached(services)
        if not (addresses or everybody):
            if reason and blocked:
                looking.listed(services, reason, user(), now_of(services))
            _list_blocked(blocked, as_json=json, named=bool(reason))
            return
        meant = blocked if everybody else _meant(blocked, addresses or [])
        job.unblock(services, meant, user(), now_of(services))
    say(f"{counted(len(meant), 'gets', 'get')} messages again.")


def _meant(blocked: "Sequence[Unreached]", addresses: Sequence[str]) -> "list[Unreached]":
    """Return those with these addresses; raises `UsageError` for an address that isn't blocked."""
    by_form = {address_form(each.contact.address): each for each in blocked}
    for address in addresses:
        if address_form(address) not in by_form:
            raise UsageError(
                f"{address} is not blocked; `drumbeat contacts unblock --reason TEXT` lists who is"
            )
    forms = {address_form(address) for address in addresses}
    return [each for each in blocked if address_form(each.contact.address) in forms]


def _list_blocked(blocked: "Sequence[Unreached]", *, as_json: bool, named: bool) -> None:
    rows: Sequence[Mapping[str, object]] = [
        {
            "channel": each.channel,
            "address": each.contact.address,
            "organisation": each.contact.organisation,
            "said": each.said,
        }
        for each in blocked
    ]
    if not named:
        many = Counter(each.channel for each in blocked)
        rows = [{"channel": channel, "contacts": count} for channel, count in sorted(many.items())]
    show_listing(
        rows,
        as_json=as_json,
        roles=_BLOCKED_ROLES,
        empty="Nobody is blocked: no address was refused.",
    )
    if blocked and not as_json:
        say(
            f"{'' if named else 'Who they are: drumbeat contacts unblock --reason TEXT. '}To write"
            " to one of them again: drumbeat contacts unblock ADDRESS; to all of them:"
            " drumbeat contacts unblock --all. Who is refused again is blocked again."
        )


def export(
    *,
    address: AddressArgument,
    reason: ReasonOption = "",
    channel: OneChannelOption = None,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Write all that is stored about a contact, as JSON, for when they ask for it.

    It needs --reason.
    """
    from bot.jobs.people.contacts import known

    services = open_services(config, db)
    with closing(services.store):
        emit_json(known(services, address, channel, reason, user(), now_of(services)))


def remove(
    *,
    address: AddressArgument,
    channel: OneChannelOption = None,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Forget a contact; a later import does not bring them back."""
    from bot.jobs.people.contacts import remove as forget

    services = open_services(config, db)
    with closing(services.store):
        contact = forget(services, address, channel, user(), now_of(services))
    say(f"The contact of {contact.organisation} is forgotten.")


def open_services(
    config: Path | None, db: "Where | None", *, reads: Path | None = None
) -> "Services":
    """Open services on the database, beside a running drumbeat.

    For a command that `reads` a file the database is made where there is none; raises `DataError`
    where there is no such file either.
    """
    from bot.app import make_live, open_beside
    from bot.jobs.people import csv_file
    from bot.store.db import is_present

    settings = open_settings(config, db)
    if reads is not None and not is_present(settings.database):
        csv_file.look(reads)
        make_live(settings)
    services = open_beside(settings, open_library(settings, settings.active))
    tell_rehearsal(services.store)
    return services
