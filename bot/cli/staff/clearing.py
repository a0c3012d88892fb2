"""`drumbeat outbox clear` and `drumbeat pledges clear`: a link by which somebody without an account
clears a post or a pledge, or sends it back.
"""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    LARGEST_NUMBER,
    ConfigOption,
    DbOption,
    note,
    now_of,
    other_files,
    services_beside,
    user,
    write,
)
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.jobs.services import Services
    from bot.model.staff.clearance import Subject

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
        key = decisions.find(services, number).key
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
