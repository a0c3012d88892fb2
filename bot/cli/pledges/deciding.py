"""`drumbeat pledges approve | return | verify | publish | write`: staff decide about pledges, and
write to those who look after them.

Who approves or sends back names the mark of the answers that they have read, as `drumbeat pledges
report` shows it: what has changed meanwhile is neither.
"""

from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.cli.common import LARGEST_NUMBER, ConfigOption, DbOption, now_of, say, user
from bot.cli.people.contacts import open_services
from bot.model.staff import Actor

if TYPE_CHECKING:
    from bot.jobs.services import Services

PledgeArgument = Annotated[
    int,
    typer.Argument(
        metavar="PLEDGE",
        max=LARGEST_NUMBER,
        help="Number of the pledge, as `drumbeat pledges list` has it.",
    ),
]
MarkArgument = Annotated[
    str,
    typer.Argument(
        metavar="MARK",
        help="Mark of the answers that you have read, as `drumbeat pledges report` shows it.",
    ),
]
ReasonOption = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why; its editors read it.")
]
WayOption = Annotated[
    Literal["email", "staff"],
    typer.Option("--by", help="By an official e-mail address, or by a look of your own."),
]
NoteOption = Annotated[
    str, typer.Option("--note", metavar="TEXT", help="What you saw: the address, the letter.")
]

TextArgument = Annotated[
    str, typer.Argument(metavar="TEXT", help="What its editors read, in one of their languages.")
]


def approve(
    *, pledge: PledgeArgument, mark: MarkArgument, config: ConfigOption = None, db: DbOption = None
) -> None:
    """Approve a pledge, or a change of one, as you have read it."""
    from bot.jobs.pledges import moderation
    from bot.model.pledge import PledgeState

    services = open_services(config, db)
    with closing(services.store):
        after = moderation.approve(services, pledge, mark, _by(), now_of(services))
        say(f"Pledge {pledge} is approved as you have read it{_told(services, pledge)}.")
        if after.state is PledgeState.PUBLISHED:
            say("Its page shows it as it is now.")
        elif services.store.pledges.may_publish(after):
            say(f"`drumbeat pledges publish {pledge}` makes it public.")
        else:
            say(
                "It can be public once somebody has made sure that it comes from"
                f" {after.organisation}: `drumbeat pledges verify {pledge} --by … --note …`."
            )


def return_(
    *,
    pledge: PledgeArgument,
    mark: MarkArgument,
    reason: ReasonOption,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Send a pledge back with a reason; of a change, what was approved before stands again."""
    from bot.jobs.pledges import moderation

    services = open_services(config, db)
    with closing(services.store):
        after = moderation.refuse(services, pledge, mark, _by(), now_of(services), reason)
        say(f"Pledge {pledge} is sent back{_told(services, pledge)}.")
        if after.approved is not None:
            say("What was approved before stands; what was written since is in its history.")


def verify(
    *,
    pledge: PledgeArgument,
    by: WayOption,
    note: NoteOption,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Note that a pledge comes from whom it names, and how you made sure."""
    from bot.jobs.pledges import imports, moderation
    from bot.model.pledge import PledgeState

    services = open_services(config, db)
    with closing(services.store):
        there = imports.get(services, pledge)
        moderation.verify(services, pledge, by, _by(), now_of(services), note)
        say(f"It is noted that pledge {pledge} comes from {there.organisation or there.name}.")
        if there.state is PledgeState.APPROVED:
            say(f"`drumbeat pledges publish {pledge}` makes it public.")


def publish(*, pledge: PledgeArgument, config: ConfigOption = None, db: DbOption = None) -> None:
    """Make an approved pledge public; that of an organisation once it is verified."""
    from bot.jobs.pledges import moderation
    from bot.jobs.texts import notes
    from bot.model.pledge import PledgeState

    services = open_services(config, db)
    with closing(services.store):
        now = now_of(services)
        after = moderation.decide(services, pledge, PledgeState.PUBLISHED, _by(), now)
        page = notes.page(services, after, after.language)
        say(f"Pledge {pledge} is public now{_told(services, pledge)}{f': {page}' if page else '.'}")


def write(
    *,
    pledge: PledgeArgument,
    text: TextArgument,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Write to all editors of a pledge whom news reach, wherever they are met."""
    from bot.jobs.pledges import messages

    services = open_services(config, db)
    with closing(services.store):
        count = messages.send(services, pledge, text, _by(), now_of(services))
        say(f"Your message is on its way to the editors of pledge {pledge}: {count} of them.")


def _by() -> Actor:
    return Actor.staff(user())


def _told(services: "Services", pledge: int) -> str:
    """Return the words for whether somebody hears of a decision."""
    from bot.jobs.texts import news

    return "; its editors are told" if news.hearers(services, pledge) else ""
