"""`drumbeat staff`: who works with the bot, and who shall beside those of config.toml.

All of these commands work beside a running drumbeat, which goes by them at once.
"""

from typing import Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    now_of,
    open_settings,
    paged,
    say,
    services_beside,
    table,
    user,
)
from bot.cli.screen import Column, Role
from bot.text import counted

NameArgument = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="What they are called: small letters, digits and '-'; like anna."
    ),
]
TelegramOption = Annotated[
    int | None,
    typer.Option(
        "--telegram",
        metavar="NUMBER",
        help="Their number on Telegram, which the bot answers to /id.",
        show_default=False,
    ),
]
LoginOption = Annotated[
    str | None,
    typer.Option(
        "--login", metavar="LOGIN", help="Their login at this command line.", show_default=False
    ),
]
EmailOption = Annotated[
    str | None,
    typer.Option(
        "--email",
        metavar="ADDRESS",
        help="Where links that open the desk go.",
        show_default=False,
    ),
]
RoleOption = Annotated[
    list[str] | None,
    typer.Option(
        "--role",
        metavar="ROLE",
        help="What they may do: reader, writer, approver, admin (the default), safeguarding; may be"
        " given several times.",
        show_default=False,
    ),
]

_COLUMNS = (
    Column("name"),
    "roles",
    Column("comes by", Role.WORDS),
    Column("telegram", Role.MORE),
    Column("login", Role.MORE),
    Column("e-mail", Role.MORE),
    Column("named in", Role.MORE),
)


def members(*, json: JsonOption = False, config: ConfigOption = None, db: DbOption = None) -> None:
    """List who works with the bot: their roles, how they can come, and where they are named."""
    from bot.jobs.staff.members import listed

    with services_beside(config, db, readonly=True) as services:
        team = listed(services)
    if json:
        emit_json([each.as_json() for each in team])
    elif team:
        with paged():
            table(
                _COLUMNS,
                [
                    (
                        each.member.name,
                        ", ".join(each.roles),
                        ", ".join(each.doors),
                        each.member.telegram,
                        each.member.login,
                        each.member.email,
                        each.named,
                    )
                    for each in team
                ],
            )
    else:
        say("Nobody works with the bot yet; `drumbeat staff add NAME` lets somebody.")


def add(
    *,
    name: NameArgument,
    telegram: TelegramOption = None,
    login: LoginOption = None,
    email: EmailOption = None,
    role: RoleOption = None,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Let somebody work with the bot, as a table [staff.NAME] of config.toml does, from now on.

    They have each role that is given, and those that it includes.
    """
    from bot.app import make_live
    from bot.jobs.staff import members as job
    from bot.store.db import is_present

    settings = open_settings(config, db)
    if not is_present(settings.database):
        make_live(settings)
    given = {"telegram": telegram, "login": login, "email": email, "roles": role}
    keys = {key: value for key, value in given.items() if value is not None}
    with services_beside(config, db) as services:
        job.add(services, name, keys, user(), now_of(services))
        [added] = [each for each in job.listed(services) if each.member.name == name]
    doors = ", ".join(added.doors) or "no door yet"
    say(f"{name} works with the bot, as {', '.join(added.roles)}, by {doors}.")
    if "desk" in added.doors:
        say(f"`drumbeat login-link {name}` opens the desk for them.")


def remove(*, name: NameArgument, config: ConfigOption = None, db: DbOption = None) -> None:
    """Let somebody whom `staff add` named work with the bot no longer.

    They are signed out everywhere, and what they did stays in the log. Those of config.toml are
    taken out there.
    """
    from bot.jobs.staff import members as job

    with services_beside(config, db) as services:
        ended = job.remove(services, name, user(), now_of(services))
    out = f", and is signed out of {counted(ended, 'browser', 'browsers')}" if ended else ""
    say(f"{name} works with the bot no longer{out}.")


def forget(*, name: NameArgument, config: ConfigOption = None, db: DbOption = None) -> None:
    """Take every name of a member of staff off what they did, as /forget in the chat does.

    What they did stays, and so do they where config.toml names them. Who was added is removed, too.
    """
    from bot.jobs.staff import members as job

    with services_beside(config, db) as services:
        left = job.forget(services, name, user(), now_of(services))
    say(f"What {name} did is told without their name.")
    if left:
        say(f"They still stand in {left}: take them out there, then `drumbeat reload`.")
