"""`drumbeat pledges matches | introduce`: which pledge-makers might work together, and asking them
whether they want to know each other.
"""

from contextlib import closing
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.common import (
    LARGEST_NUMBER,
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    now_of,
    say,
    show_listing,
    user,
)
from bot.cli.people.contacts import open_services
from bot.cli.screen import Role
from bot.model.staff import Actor
from bot.times import from_epoch

if TYPE_CHECKING:
    from bot.jobs.services import Services
    from bot.model.pledges.introduction import Introduction, Match

OnlyCampaignOption = Annotated[
    str | None, typer.Option("--campaign", metavar="ID", help="Only this campaign.")
]
AskedOption = Annotated[
    bool, typer.Option("--asked", help="Those whose makers were asked, and what came of it.")
]
FirstArgument = Annotated[
    int, typer.Argument(metavar="PLEDGE", max=LARGEST_NUMBER, help="Number of one pledge.")
]
SecondArgument = Annotated[
    int, typer.Argument(metavar="OTHER", max=LARGEST_NUMBER, help="Number of the other pledge.")
]
DismissOption = Annotated[
    bool, typer.Option("--dismiss", help="Ask nobody, and never suggest these two again.")
]
MOST_LISTED = 500
"""Introductions that are listed, the newest."""

_ROLES = {"who": Role.WORDS, "why": Role.WORDS, "became": Role.STATE, "asked": Role.MORE}


def matches(
    *,
    campaign: OnlyCampaignOption = None,
    asked: AskedOption = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """List pledges whose makers might work together, and why, the best first."""
    from bot.jobs.pledges import matches as job

    services = open_services(config, db)
    with closing(services.store):
        if asked:
            known = services.store.introductions.newest(MOST_LISTED)
            rows = [_introduced(services, each, plain=not json) for each in known]
            empty = "No makers were asked; `drumbeat pledges introduce PLEDGE OTHER` asks two."
        else:
            pairs = job.find(services, campaign)
            rows = [_matched(services, each, plain=not json) for each in pairs]
            empty = (
                "No two pledges are worth introducing now: matched are verified public pledges of"
                " organisations, countries and regions whose focal point can be written to."
            )
    show_listing(rows, as_json=json, roles=_ROLES, empty=empty)


def introduce(
    *,
    pledge: FirstArgument,
    other: SecondArgument,
    dismiss: DismissOption = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Ask the makers of two pledges, each apart, whether they want to know each other."""
    from bot.jobs.pledges import introductions as job

    services = open_services(config, db)
    with closing(services.store):
        by, now = Actor.staff(user()), now_of(services)
        if dismiss:
            made = job.dismiss(services, pledge, other, by, now)
        else:
            made = job.propose(services, pledge, other, by, now)
        if json:
            emit_json(_introduced(services, made, plain=False))
        elif dismiss:
            say(f"Pledges {pledge} and {other} are never suggested to each other again.")
        else:
            say(
                f"The makers of pledges {pledge} and {other} are asked, each apart, until"
                f" {from_epoch(made.expires):%Y-%m-%d}. Where both say yes, each gets what the"
                " other chose; else it ends in silence."
            )


def _matched(services: "Services", match: "Match", *, plain: bool) -> dict[str, object]:
    from bot.jobs.pledges import matches as job

    two = (match.first, match.second)
    said = [job.told(services, match, each) for each in match.reasons]
    if plain:
        return {**_two(services, two), "why": " ".join(said)}
    reasons = [
        {"why": each.why.value, "about": each.about, "text": text}
        for each, text in zip(match.reasons, said, strict=True)
    ]
    return {"pledges": two, "score": match.score, "reasons": reasons}


def _introduced(services: "Services", there: "Introduction", *, plain: bool) -> dict[str, object]:
    two = (there.sides[0].pledge, there.sides[1].pledge)
    state = {"became": there.became.word, "asked": from_epoch(there.at)}
    return {**_two(services, two), **state} if plain else {"pledges": two, **state}


def _two(services: "Services", pledges: tuple[int, int]) -> dict[str, object]:
    known = [services.store.pledges.get(each) for each in pledges]
    names = [each.organisation if each else "?" for each in known]
    return {"pledge": pledges[0], "other": pledges[1], "who": " · ".join(names)}
