"""`drumbeat login-link`: a link that opens the desk once, for a member of staff."""

from typing import Annotated

import typer

from bot.cli.common import ConfigOption, DbOption, fail, note, now_of, services_beside, user, write

NameArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="The member of staff, as config.toml names them.")
]


def login_link(*, name: NameArgument, config: ConfigOption = None, db: DbOption = None) -> None:
    """Print a link that opens the desk in the browser for a member of staff, once, for ten minutes.

    It is for whoever can't get one from the bot or by e-mail; `drumbeat run` serves the desk.
    """
    from bot.jobs.staff import logins
    from bot.names import suggest

    with services_beside(config, db) as services:
        team = services.team
        member = team.called(name)
        if member is None:
            names = [each.name for each in team.members]
            there = f"; there are {', '.join(names)}" if names else "; nobody is named as staff"
            fail(f"'{name}' is no member of staff{suggest(name, names) or there}")
        write(logins.link(services, member, user(), now_of(services)))
    note(f"It opens the desk for {name} once, within ten minutes. Send it to nobody else.")
