"""`drumbeat hold` and `drumbeat release`: stop what goes out, and let it go on.

Both act at once, also beside a running drumbeat, and a hold outlives a restart.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.cli.common import ConfigOption, DbOption, fail, say, services_beside, user
from bot.cli.sending.outbox import instant_of
from bot.text import counted
from bot.times import epoch, iso

if TYPE_CHECKING:
    from bot.jobs.sending.holds import Released
    from bot.model.outbox import Scope

CampaignOption = Annotated[
    str,
    typer.Option("--campaign", metavar="ID", help="Only this campaign.", show_default=False),
]
ChannelOption = Annotated[
    str,
    typer.Option("--channel", metavar="NAME", help="Only this channel.", show_default=False),
]
CountryOption = Annotated[
    str,
    typer.Option(
        "--country",
        metavar="CODE",
        help="Only people in this country, like CM or Cameroon.",
        show_default=False,
    ),
]
LanguageOption = Annotated[
    str,
    typer.Option(
        "--language",
        metavar="TAG",
        help="Only posts and messages in this language, like fr.",
        show_default=False,
    ),
]
GroupOption = Annotated[
    str,
    typer.Option(
        "--group",
        metavar="ID",
        help="Only people of this stakeholder group: its makers and contacts.",
        show_default=False,
    ),
]
ActionOption = Annotated[
    str, typer.Option("--action", metavar="ID", help="Only this action.", show_default=False)
]
ReasonOption = Annotated[
    str,
    typer.Option("--reason", metavar="TEXT", help="Why, for colleagues.", show_default=False),
]
UntilOption = Annotated[
    str,
    typer.Option(
        "--until",
        metavar="WHEN",
        help="Let it go on by itself then: '2026-05-01 14:00', 'tomorrow 15:00' or 3pm, in the"
        " settings' zone.",
        show_default=False,
    ),
]

LateOption = Annotated[
    Literal["skip", "send"],
    typer.Option("--late", help="What is past its grace: skip it, or send it with a new grace."),
]


def hold(
    *,
    campaign: CampaignOption = "",
    channel: ChannelOption = "",
    country: CountryOption = "",
    language: LanguageOption = "",
    group: GroupOption = "",
    action: ActionOption = "",
    reason: ReasonOption = "",
    until: UntilOption = "",
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Stop everything at once, or only a campaign, a channel, a country, a language, a stakeholder
    group or an action.

    Nothing is lost: `drumbeat release` lets it go on. Works with a config.toml that has problems
    too.
    """
    from bot.jobs.sending.decisions import clock
    from bot.jobs.sending.holds import hold as put
    from bot.jobs.sending.holds import scope, stops
    from bot.model.outbox import Scope

    named = Scope(
        campaign=campaign,
        channel=channel,
        country=country,
        language=language,
        group=group,
        action=action,
    )
    with services_beside(config, db, anyhow=True) as services:
        what = scope(services, named)
        now = clock(services.store, datetime.now(UTC))
        end = instant_of(services, until, now) if until else None
        new = put(services, what, user(), now, reason=reason, until=end)
        people = stops(services, what)
    say(
        f"{'held' if new else 'held already'}: {what}; `drumbeat"
        f" release{_options(what)}` lets it go on"
    )
    say(f"it stops messages to {counted(people, 'person', 'people')}")
    if new and end is not None:
        say(f"it goes on by itself at {iso(epoch(end))}")
    if not what.may_be_posts:
        say("posts on channels are for everybody and go on")


def release(
    *,
    campaign: CampaignOption = "",
    channel: ChannelOption = "",
    country: CountryOption = "",
    language: LanguageOption = "",
    group: GroupOption = "",
    action: ActionOption = "",
    late: LateOption = "skip",
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Let what was held go on; takes the same options as `hold`."""
    from bot.jobs.sending.decisions import clock
    from bot.jobs.sending.holds import release as lift
    from bot.jobs.sending.holds import scope
    from bot.model.outbox import Scope
    from bot.store.db import has_sender

    named = Scope(
        campaign=campaign,
        channel=channel,
        country=country,
        language=language,
        group=group,
        action=action,
    )
    with services_beside(config, db) as services:
        what = scope(services, named)
        now = clock(services.store, datetime.now(UTC))
        alone = not has_sender(services.store.database.where)
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
