"""`drumbeat amplify`: what staff who don't use the chat decide about posts of pledge-makers.

It works beside a running drumbeat, which then acts.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.cli.common import (
    LARGEST_NUMBER,
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    note,
    paged,
    say,
    services_beside,
    table,
    user,
    with_dry,
)
from bot.cli.screen import Column, Role
from bot.errors import DataError, UsageError
from bot.times import from_epoch

if TYPE_CHECKING:
    from pathlib import Path

    from bot.jobs.amplify.review import Decision
    from bot.jobs.services import Services
    from bot.model.database import Where
    from bot.model.share import Answers, Review, ReviewState
    from bot.model.staff import Actor

Said = Literal["yes", "no", "unknown"]
Ids = Annotated[
    list[int],
    typer.Argument(
        metavar="ID…",
        max=LARGEST_NUMBER,
        help="Numbers as `drumbeat amplify list` gives them.",
        show_default=False,
    ),
]
Id = Annotated[
    int,
    typer.Argument(
        metavar="ID",
        max=LARGEST_NUMBER,
        help="A number as `drumbeat amplify list` gives it.",
        show_default=False,
    ),
]

EverythingOption = Annotated[bool, typer.Option("--all", help="What was decided, too.")]
AccountOption = Annotated[
    Said | None,
    typer.Option(
        "--account",
        help="Is the account the pledge-maker's own? Asked once.",
        show_default=False,
    ),
]
ShownOption = Annotated[
    Said | None,
    typer.Option("--shown", help="Do pictures or sound show a child?", show_default=False),
]
ChildOption = Annotated[
    Said | None, typer.Option("--child", help="Can a child be identified?", show_default=False)
]
ConsentOption = Annotated[
    Said | None,
    typer.Option(
        "--consent",
        help="Have child and guardian agreed? Without a child: no.",
        show_default=False,
    ),
]
RiskOption = Annotated[
    Said | None,
    typer.Option("--risk", help="Could it put a child at risk, even obscured?", show_default=False),
]
DignityOption = Annotated[
    Said | None,
    typer.Option("--dignity", help="Does it hurt anybody's dignity?", show_default=False),
]
PlaceOption = Annotated[
    Said | None,
    typer.Option("--place", help="Can a place or school be seen?", show_default=False),
]
WayOption = Annotated[
    Literal["boost", "quote"],
    typer.Option("--way", help="Boost it as it is, or quote it with a sentence of ours."),
]


def checked(**said: Said | None) -> "Answers":
    """Return what was answered to the checklist, by its questions; what nobody answered is left
    out.
    """
    from bot.model.share import Answer

    return {name: Answer(word) for name, word in said.items() if word is not None}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A line of `drumbeat amplify list --json`."""

    id: int
    state: "ReviewState"
    #: null for a link
    network: str | None
    author: str | None
    pledge: int
    url: str
    text: str
    media: bool
    posted: datetime
    #: whether its account is known to be the pledge-maker's own
    verified: bool
    #: who cleared it first, where two people must
    first: str | None
    #: 'boost' or 'quote'
    way: str
    amplified: datetime | None
    error: str | None

    def cells(self) -> tuple[object, ...]:
        """Return what the table shows of this row, in the order of its columns."""
        return (
            self.id,
            self.state.word,
            self.network or "link",
            self.author,
            self.pledge,
            self.url,
            self.media,
            self.verified,
            self.error or self.text,
        )


_COLUMNS = (
    Column("id"),
    Column("state", Role.STATE),
    Column("network", Role.MORE),
    Column("author", Role.MORE),
    Column("pledge", Role.MORE),
    Column("url", Role.WORDS),
    Column("media", Role.MORE),
    Column("verified", Role.MORE),
    Column("text or error", Role.START),
)


def list_(
    *,
    everything: EverythingOption = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """List posts and links of pledge-makers that wait for a look.

    With `--all`, also those that were decided, and what became of them.
    """
    from bot.model.share import QUEUE, ReviewState

    with services_beside(config, db, readonly=True, anyhow=True) as services:
        states = tuple(ReviewState) if everything else QUEUE
        rows = [_row(review) for review in services.store.amplify.all(states)]
    if json:
        emit_json(rows)
    elif rows:
        with paged():
            table(_COLUMNS, [row.cells() for row in rows])
    else:
        say("no post and no link of a pledge-maker waits for a look")


def approve(
    *,
    number: Id,
    account: AccountOption = None,
    shown: ShownOption = None,
    child: ChildOption = None,
    consent: ConsentOption = None,
    risk: RiskOption = None,
    dignity: DignityOption = None,
    place: PlaceOption = None,
    way: WayOption = "boost",
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Answer the checklist for one post or link; every question needs an answer.

    It then goes out, waits for a second person, or is blocked.
    """
    from bot.jobs.amplify.review import approve as approve_one

    answers = checked(
        account=account,
        shown=shown,
        child=child,
        consent=consent,
        risk=risk,
        dignity=dignity,
        place=place,
    )
    dry = ""

    def act(services: "Services", by: "Actor", now: datetime) -> "Decision":
        nonlocal dry
        decision = approve_one(services, number, answers, by, now, way)
        dry = _dry(services, number)
        return decision

    _tell(number, _decide(config, db, act), dry)


def _dry(services: "Services", number: int) -> str:
    """Return why nothing leaves the channel that would pass this post on; '' where it is live."""
    review = services.store.amplify.get(number)
    # a file of secrets that can't be read is told by `drumbeat doctor`
    with suppress(DataError):
        return with_dry(services).dry.get((review and review.channel) or "", "")
    return ""


def _tell(number: int, decision: "Decision", dry: str) -> None:
    """Say what the answers lead to, and with `dry` why it does not leave; ends the command with
    exit code 1 where they block it.
    """
    from bot.model.share import ReviewState

    words = {
        ReviewState.APPROVED: (
            f"approved, but nothing leaves the channel that would pass it on: {dry}"
            if dry
            else "approved: it goes out when the pledge-maker's turn comes, a link at once"
        ),
        ReviewState.SECOND: "noted: a child is shown, so a second person has to look",
        ReviewState.BLOCKED: (
            f"blocked by the answer to {', '.join(decision.blocks)}; it does not go out"
        ),
    }
    say(f"{number}: {words[decision.state]}")
    if decision.state is ReviewState.BLOCKED:
        raise typer.Exit(1)


def reject(*, ids: Ids, config: ConfigOption = None, db: DbOption = None) -> None:
    """Refuse these posts and links for good."""
    from bot.jobs.amplify.review import reject as reject_one

    _each(ids, config, db, reject_one)


def withdraw(*, ids: Ids, config: ConfigOption = None, db: DbOption = None) -> None:
    """Take back posts and links for which somebody has withdrawn their consent.

    A link is hidden at once; a boost or quote is taken back by the running drumbeat.
    """
    from bot.jobs.amplify.review import withdraw as withdraw_one

    _each(ids, config, db, withdraw_one, anyhow=True)


def _each(
    ids: list[int],
    config: "Path | None",
    db: "Where | None",
    act: "Callable[[Services, int, Actor, datetime], Decision]",
    *,
    anyhow: bool = False,
) -> None:
    missed = False
    for number in dict.fromkeys(ids):
        try:
            decision = _decide(config, db, _on(number, act), anyhow=anyhow)
            say(f"{number}: {decision.state.word}")
        except UsageError as error:
            note(str(error))
            missed = True
    if missed:
        raise typer.Exit(1)


def _on(
    number: int, act: "Callable[[Services, int, Actor, datetime], Decision]"
) -> "Callable[[Services, Actor, datetime], Decision]":
    return lambda services, by, now: act(services, number, by, now)


def _decide(
    config: "Path | None",
    db: "Where | None",
    act: "Callable[[Services, Actor, datetime], Decision]",
    *,
    anyhow: bool = False,
) -> "Decision":
    from bot.jobs.sending.decisions import clock

    with services_beside(config, db, anyhow=anyhow) as services:
        return act(services, user(), clock(services.store, datetime.now(UTC)))


def _row(review: "Review") -> Row:
    return Row(
        id=review.id,
        state=review.state,
        network=review.network or None,
        author=review.author or None,
        pledge=review.pledge,
        url=review.url,
        text=review.text,
        media=review.media,
        posted=review.posted,
        verified=review.known,
        first=review.first,
        way=review.way,
        amplified=from_epoch(review.done) if review.done else None,
        error=review.error,
    )
