"""`drumbeat outbox clear`, `drumbeat pledges clear` and `drumbeat clearances`: links by which
somebody without an account clears a post or a pledge, or sends it back.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    LARGEST_NUMBER,
    ConfigOption,
    DbOption,
    JsonOption,
    note,
    now_of,
    other_files,
    say,
    services_beside,
    show_listing,
    user,
    write,
)
from bot.cli.screen import Role
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.jobs.services import Services
    from bot.model.staff.clearance import Clearance, Subject

PostArgument = Annotated[
    str,
    typer.Argument(metavar="ID", help="Id of the post as `drumbeat outbox` lists it, like 12-3-0."),
]
PledgeArgument = Annotated[
    int,
    typer.Argument(
        metavar="PLEDGE",
        max=LARGEST_NUMBER,
        help="Number of the pledge, as `drumbeat pledges list` has it.",
    ),
]
NumberArgument = Annotated[
    int,
    typer.Argument(
        metavar="NUMBER",
        max=LARGEST_NUMBER,
        help="Number of the clearance, as `drumbeat clearances` or the log of who did what has it.",
    ),
]
ToOption = Annotated[
    str, typer.Option("--to", metavar="NAME", help="Name or office of who is asked.")
]
MailOption = Annotated[
    str,
    typer.Option(
        "--mail",
        metavar="ADDRESS",
        help="Send the link there by e-mail, in place of printing it.",
        show_default=False,
    ),
]
LangOption = Annotated[
    str, typer.Option("--lang", metavar="TAG", help="Language of the page and of the letter.")
]

_ROLES = {"to": Role.WORDS, "since": Role.INSTANT, "until": Role.INSTANT, "by": Role.MORE}


def post(
    *,
    number: PostArgument,
    to: ToOption,
    mail: MailOption = "",
    lang: LangOption = "en",
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Print a link by which somebody without an account clears a post as it is now, or sends it
    back with a reason.

    It works for seven days, until the post is due or changed; it never stands in for the approval
    of staff.
    """
    from bot.jobs.sending import decisions
    from bot.model.staff.clearance import Subject

    with services_beside(config, db) as services:
        key = decisions.find_post(services, number).key
        about = Subject(occurrence=key.occurrence, channel=key.channel)
        _ask(services, about, to, mail, lang)


def pledge(
    *,
    pledge: PledgeArgument,
    to: ToOption,
    mail: MailOption = "",
    lang: LangOption = "en",
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Print a link by which somebody without an account clears the pledge of an organisation as it
    is now, or sends it back with a reason.

    It works for seven days, until the pledge is changed; staff approve all the same.
    """
    from bot.model.staff.clearance import Subject

    with services_beside(config, db) as services:
        _ask(services, Subject(pledge=pledge), to, mail, lang)


def clearances(
    *, json: JsonOption = False, config: ConfigOption = None, db: DbOption = None
) -> None:
    """List the links that somebody can still answer: about what, to whom, since when, until
    when.
    """
    from bot.jobs.staff.clearances import waiting

    with services_beside(config, db, readonly=True) as services:
        rows = [_row(services, each) for each in waiting(services, now_of(services))]
    show_listing(rows, as_json=json, empty="No link waits for an answer.", roles=_ROLES)


def _row(services: "Services", asked: "Clearance") -> dict[str, object]:
    from bot.jobs.staff.clearances import ends
    from bot.times import iso

    return {
        "number": asked.id,
        "about": _about(asked.subject),
        "to": asked.sent_to,
        "by": str(asked.by),
        "since": iso(asked.at),
        "until": iso(ends(services, asked.subject, asked.until)),
    }


def _about(subject: "Subject") -> str:
    return f"pledge {subject.pledge}" if subject.pledge else str(subject.key)


def revoke(*, number: NumberArgument, config: ConfigOption = None, db: DbOption = None) -> None:
    """Let a link open nothing any more."""
    from bot.jobs.staff import clearances as job

    with services_beside(config, db) as services:
        if not job.revoke(services, number, user(), now_of(services)):
            raise UsageError(f"not revoked: there is no link {number} that waits for an answer")
    say(f"The link {number} opens nothing any more.")


def erase(*, number: NumberArgument, config: ConfigOption = None, db: DbOption = None) -> None:
    """Delete the names, the address and the reason of a clearance; that it was given stays."""
    from bot.jobs.staff import clearances as job

    with services_beside(config, db) as services:
        if not job.erase(services, number, user(), now_of(services)):
            raise UsageError(f"there is no clearance {number}")
    say(f"The names of clearance {number} are deleted.")


def _ask(services: "Services", about: "Subject", to: str, mail: str, lang: str) -> None:
    from bot.jobs.staff import clearances

    if others := other_files(services):
        raise UsageError(
            f"not sent: {others}, so its page would show another text than the one you send;"
            " `drumbeat reload` lets it use those on the disk, or says what is wrong with them;"
            " then send it, or do it at the desk"
        )
    asked = clearances.ask(
        services, about, to, user(), now_of(services), language=lang, address=mail
    )
    if asked.link:
        write(asked.link)
        note(f"Hand it over to {to}, and to nobody else: whoever has it can answer.")
    else:
        note(f"A letter with the link goes to {to}.")
