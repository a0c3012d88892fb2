"""`drumbeat results`: what people did with posts of ours, a day, a week and a month after each."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    only_campaign,
    open_settings,
    paged,
    say,
    services_to_compare,
    table,
)
from bot.cli.screen import Column, Role
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.jobs.results.view import Observed, Shown
    from bot.jobs.services import Services
    from bot.model import Campaign
    from bot.model.counting import OwnPost
    from bot.rules.hashtags import Lift
    from bot.rules.results import Sum

CampaignOption = Annotated[
    str | None,
    typer.Option(
        "--campaign",
        metavar="ID",
        help="Posts of this campaign; else of the active one.",
        show_default=False,
    ),
]
MonthOption = Annotated[
    str | None,
    typer.Option(
        "--month", metavar="YYYY-MM", help="Another month than this one.", show_default=False
    ),
]
PostOption = Annotated[
    str | None,
    typer.Option(
        "--post",
        metavar="ID",
        help="This post alone, by the id that the outbox gives it.",
        show_default=False,
    ),
]

_KINDS = ("views", "likes", "reposts", "replies", "quotes")
_COUNTS = tuple(Column(kind) for kind in _KINDS)
_POSTS = (
    Column("post", Role.KEY),
    Column("day"),
    Column("action", Role.WORDS),
    Column("channel", Role.MORE),
    Column("read after"),
    *_COUNTS,
)
_SUMS = (Column("network"), Column("posts"), Column("counted"), *_COUNTS)
_OBSERVED = (
    Column("observance", Role.WORDS),
    Column("day"),
    Column("network"),
    Column("posts"),
    *_COUNTS,
    Column("hashtag, times the usual", Role.WORDS),
)


def results(
    *,
    campaign: CampaignOption = None,
    month: MonthOption = None,
    post: PostOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Show what people did with our posts: views, likes, reposts, replies and quotes.

    Each post as its network tells it a day, a week and a month later; what no network tells, or
    nobody read, is no zero. Networks stand side by side: each counts in its own way.
    """
    from bot.jobs.results import view

    if month and post:
        raise UsageError("say either --month or --post")
    settings = open_settings(config, db)
    named = only_campaign(settings, campaign)
    with services_to_compare(settings, [named]) as (services, now):
        chosen = services.library.campaign(named)
        if post:
            posts = view.one(services, chosen, post, now)
        else:
            first = first_of(month) or view.this_month(services, now)
            posts = view.shown(services, chosen, *view.month(first), now)
        if json:
            emit_json(posts.as_json())
            return
        with paged():
            _show(services, chosen, posts, now)


def first_of(month: str | None) -> date | None:
    """Return the first day of a month as people write it, None for None; raises `UsageError`."""
    from bot.jobs.results.view import YEARS

    try:
        first = None if month is None else datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007
    except ValueError:
        first = date.min
    if first is not None and first.year not in YEARS:
        raise UsageError(f"'{month}' is no month of a campaign; write it like 2021-06")
    return first


def _show(services: "Services", campaign: "Campaign", shown: "Shown", now: datetime) -> None:
    from bot.jobs.results import view
    from bot.rules.results import AGES

    title = f"posts of {shown.campaign} from {shown.start} to {shown.end}"
    if not shown.posts:
        say(f"{title}: none left, or all were taken back")
        return
    rows = [
        row
        for post in shown.posts
        for row in _rows(shown, post, AGES if len(shown.posts) == 1 else _newest(post))
    ]
    table(_POSTS, rows, title=title)
    for age in AGES:
        sums = view.sums(shown, age)
        if any(sum_.known for sum_ in sums.values()):
            table(_SUMS, [_sum(each) for each in sums.values()], title=f"{age} d after each")
    seen = [row for each in view.observed(services, campaign, shown, 1, now) for row in _days(each)]
    if seen:
        table(_OBSERVED, seen, title="observances, 1 d after each post")
    _say_unknown(shown)


def _newest(post: "OwnPost") -> tuple[int, ...]:
    """Return the last age at which a post was read; the first where it wasn't yet."""
    return (max((reading.age for reading in post.readings), default=1),)


def _rows(shown: "Shown", post: "OwnPost", ages: tuple[int, ...]) -> list[tuple[object, ...]]:
    return [
        (str(post.key), post.day, post.action, post.channel, *_read(shown, post, age))
        for age in ages
    ]


_WORDS = {
    "gone": "gone",
    "ahead": "to be read",
    "missed": "not read in time",
    "untold": "not told",
}


def _read(shown: "Shown", post: "OwnPost", age: int) -> tuple[object, ...]:
    from bot.rules.results import Standing, days_after

    standing, read = shown.standing(post, age), post.at(age)
    if standing is not Standing.READ or read is None:
        return (_WORDS[standing.value], *(None for _ in _KINDS))
    counts = (getattr(read.reactions, kind) for kind in _KINDS)
    return (f"{days_after(post, read.at):g} d", *counts)


def _sum(of: "Sum") -> tuple[object, ...]:
    from bot.rules.results import Standing

    counted = of.posts.get(Standing.READ, 0)
    return (of.network, of.total, counted, *(of.counts.get(kind) for kind in _KINDS))


def _days(each: "Observed") -> list[tuple[object, ...]]:
    lifts = {lift.network: lift for lift in each.lifts}
    return [
        (
            each.observance,
            each.day,
            network,
            of.total if of else 0,
            *((of.counts.get(kind) if of else None) for kind in _KINDS),
            _lift(lifts.get(network)),
        )
        for network in sorted(each.sums.keys() | lifts.keys())
        for of in (each.sums.get(network),)
    ]


def _lift(lift: "Lift | None") -> str:
    if lift is None:
        return "not counted here"
    return f"{lift.ratio:g}" if lift.ratio is not None else lift.why


def _say_unknown(shown: "Shown") -> None:
    """Say what can't be known, and why."""
    from bot.model.counting import REACTIONS

    for network, told in shown.tells.items():
        lacking = [kind for kind in REACTIONS if kind not in told]
        if lacking:
            say(f"{network} does not tell {', '.join(lacking)}")
    for words in shown.troubles.values():
        say(f"not read just now: {words}")
    say("who saw a post, and what people do with it elsewhere, nobody knows")
