"""`drumbeat hold` and `drumbeat release`: stop what goes out, and let it go on.

Both act at once, also beside a running drumbeat, and a hold outlives a restart.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.cli.common import ConfigOption, DbOption, fail, say, services_beside, user

if TYPE_CHECKING:
    from bot.jobs.sending.holds import Released
    from bot.model.outbox import Scope

ChannelOption = Annotated[
    str | None,
    typer.Option("--channel", metavar="NAME", help="Only this channel.", show_default=False),
]
CountryOption = Annotated[
    str | None,
    typer.Option(
        "--country",
        metavar="CODE",
        help="Only people in this country, like CM or Cameroon.",
        show_default=False,
    ),
]
ActionOption = Annotated[
    str | None, typer.Option("--action", metavar="ID", help="Only this action.", show_default=False)
]

LateOption = Annotated[
    Literal["skip", "send"],
    typer.Option("--late", help="What is past its grace: skip it, or send it with a new grace."),
]


def hold(
    *,
    channel: ChannelOption = None,
    country: CountryOption = None,
    action: ActionOption = None,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Stop everything at once, or only a channel, a country or an action.

    Nothing is lost: `drumbeat release` lets it go on. Works with a config.toml that has problems
    too.
    """
    from bot.jobs.sending.decisions import clock
    from bot.jobs.sending.holds import hold as put
    from bot.jobs.sending.holds import scope

    with services_beside(config, db, anyhow=True) as services:
        what = scope(services, channel, country, action)
        new = put(services, what, user(), clock(services.store, datetime.now(UTC)))
    say(
        f"{'held' if new else 'held already'}: {what}; `drumbeat"
        f" release{_options(what)}` lets it go on"
    )
    if what.country:
        say("posts on channels are for every country and go on")


def release(
    *,
    channel: ChannelOption = None,
    country: CountryOption = None,
    action: ActionOption = None,
    late: LateOption = "skip",
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Let what was held go on; takes the same options as `hold`."""
    from bot.jobs.sending.decisions import clock
    from bot.jobs.sending.holds import release as lift
    from bot.jobs.sending.holds import scope
    from bot.store.db import has_sender

    with services_beside(config, db) as services:
        what = scope(services, channel, country, action)
        now = clock(services.store, datetime.now(UTC))
        alone = not has_sender(services.store.database.path)
        released = lift(services, what, user(), now, send_late=late == "send", alone=alone)
        held = [str(hold.scope) for hold in services.store.holds.all() if not hold.lifting]
    if not released.lifted:
        fail(f"not held: {what}; held now: {'; '.join(held) or 'nothing'}")
    say(f"released: {what}")
    _tell_late(released)
    if held:
        say(f"still held: {'; '.join(held)}")


def _tell_late(released: "Released") -> None:
    if not released.late:
        return
    total = sum(late.count for late in released.late)
    if released.follows:
        say(
            f"{total:,} past their grace go out with a new one, which {released.renewed:,} have so"
            " far; what was held goes on once all have it:"
        )
    elif released.renewed:
        say(f"{released.renewed:,} past their grace go out with a new one, counted from now:")
    else:
        say(
            f"{total:,} past their grace end skipped; `--late send` would have sent them, and"
            " `drumbeat outbox release ID` still sends one:"
        )
    for late in released.late:
        say(f"  {late.count:,} of {late.action} ({late.day}) on {late.channel}")


def _options(what: "Scope") -> str:
    return "".join(f" --{word} {name}" for word, name in what.values.items() if name)
