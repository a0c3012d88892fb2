"""`drumbeat staff token`, `tokens` and `revoke`: what lets programs act for members of staff."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    LARGEST_NUMBER,
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    note,
    now_of,
    paged,
    say,
    services_beside,
    table,
    user,
    write,
)
from bot.cli.screen import Column, Role
from bot.errors import UsageError
from bot.times import from_epoch, iso

if TYPE_CHECKING:
    from bot.jobs.services import Services
    from bot.model.staff.machines import Token, TokenScope

MemberArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="The member of staff in whose name it acts.")
]
ScopeOption = Annotated[
    str,
    typer.Option(
        "--scope",
        metavar="SCOPES",
        help="What it may do: read, write, or both as read,write. It never approves.",
    ),
]
LabelOption = Annotated[
    str,
    typer.Option("--for", metavar="WORDS", help="What it is for, as lists of tokens show it."),
]
UntilOption = Annotated[
    str | None,
    typer.Option(
        "--until",
        metavar="DAY",
        help="Last day on which it holds; else until somebody ends it.",
        show_default=False,
    ),
]
NumberArgument = Annotated[
    int,
    typer.Argument(
        metavar="NUMBER", help="Number of a token.", min=1, max=LARGEST_NUMBER, show_default=False
    ),
]

_COLUMNS = (
    "number",
    "member",
    Column("for", Role.WORDS),
    "scopes",
    Column("made, UTC", Role.MORE),
    Column("used, UTC", Role.MORE),
    "until, UTC",
)


def token(
    *,
    name: MemberArgument,
    scope: ScopeOption = "read",
    label: LabelOption = "a program",
    until: UntilOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Make a token by which a program acts in the name of a member of staff, and print it once.

    It may do what its scopes say, and of that only what the member's roles allow when it is used.
    """
    from bot.jobs.machines import tokens as job
    from bot.names import pick

    with services_beside(config, db) as services:
        team = {member.name: member for member in services.team.members}
        member = team[pick(name, team, "member of staff", "drumbeat login-link")]
        number, secret = job.make(
            services,
            member,
            label.strip(),
            _scopes(scope),
            _end(services, until),
            user(),
            now_of(services),
        )
    if json:
        emit_json({"token": number, "secret": secret})
    else:
        write(secret)
        note(f"Token {number} acts for {name}. It is shown this once, and kept nowhere.")


def tokens(*, json: JsonOption = False, config: ConfigOption = None, db: DbOption = None) -> None:
    """List the tokens: whose they are, what they may do, and when they were last used."""
    with services_beside(config, db, readonly=True) as services:
        every = services.store.tokens.all()
    if json:
        emit_json([_as_json(each) for each in every])
    elif every:
        with paged():
            table(_COLUMNS, [_row(each) for each in every])
    else:
        say("There is no token; `drumbeat staff token NAME` makes one.")


def revoke(*, number: NumberArgument, config: ConfigOption = None, db: DbOption = None) -> None:
    """End a token at once; whatever program has it can do nothing more."""
    from bot.jobs.machines import tokens as job

    with services_beside(config, db) as services:
        job.end(services, number, user(), now_of(services))
    say(f"Token {number} is ended.")


def _scopes(written: str) -> "list[TokenScope]":
    from bot.model.staff.machines import TokenScope
    from bot.names import pick

    names = [part.strip() for part in written.split(",") if part.strip()]
    known = [scope.value for scope in TokenScope]
    return [TokenScope(pick(name, known, "scope")) for name in names]


def _end(services: "Services", until: str | None) -> datetime | None:
    from bot.rules import dates

    if until is None:
        return None
    try:
        day = datetime.fromisoformat(until).date() + timedelta(days=1)
    except (ValueError, OverflowError):
        raise UsageError(f"--until {until}: give a day like 2027-01-31") from None
    return dates.instant(day, 0, dates.zone(services.settings.zone))


def _row(token: "Token") -> tuple[object, ...]:
    return (
        token.id,
        token.member,
        token.label,
        ", ".join(sorted(token.scopes)),
        iso(token.at),
        iso(token.used) if token.used else None,
        iso(token.until) if token.until else None,
    )


def _as_json(token: "Token") -> dict[str, object]:
    return {
        "token": token.id,
        "member": token.member,
        "for": token.label,
        "scopes": sorted(token.scopes),
        "made": from_epoch(token.at),
        "used": from_epoch(token.used) if token.used else None,
        "until": from_epoch(token.until) if token.until else None,
    }
