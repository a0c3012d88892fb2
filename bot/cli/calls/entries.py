"""`drumbeat calls open | close | show | take | decline`: when they are open, and what is sent."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.amplify.amplify import (
    ChildOption,
    ConsentOption,
    DignityOption,
    PlaceOption,
    RiskOption,
    ShownOption,
    checked,
)
from bot.cli.common import (
    LARGEST_NUMBER,
    ConfigOption,
    DbOption,
    JsonOption,
    emit_json,
    now_of,
    say,
    services_beside,
    show_listing,
    user,
)
from bot.cli.screen import Role, plain
from bot.errors import Missing
from bot.text import counted
from bot.times import iso

if TYPE_CHECKING:
    from bot.model.calls.entry import Entry

CampaignArgument = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Campaign of the call.")]
CallArgument = Annotated[str, typer.Argument(metavar="CALL", help="Id of the call.")]
EntryArgument = Annotated[
    int, typer.Argument(metavar="NUMBER", max=LARGEST_NUMBER, help="Number of what was sent.")
]
OneArgument = Annotated[
    int | None,
    typer.Argument(
        metavar="NUMBER", max=LARGEST_NUMBER, help="Number of what was sent; without it all."
    ),
]

_MOST = 200
"""Entries of a campaign in the list."""

_ROLES = {"state": Role.STATE, "name": Role.WORDS, "text": Role.WORDS}


def open_(
    *,
    campaign: CampaignArgument,
    call: CallArgument,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Open a call from now on, whatever its own days say, until these begin or end the next time.

    Where it goes to pledge-makers (`to` in calls.toml), they are written to, once.
    """
    from bot.jobs.calls import opening

    with services_beside(config, db) as services:
        there = opening.called(services, campaign, call)
        people = opening.open_(services, *there, user(), now_of(services))
    say(f"Call {call} of {campaign} is open.")
    if there[1].to is not None:
        makers = counted(people, "pledge-maker is", "pledge-makers are")
        say(f"{makers} written to.")


def close(
    *,
    campaign: CampaignArgument,
    call: CallArgument,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Close a call from now on, whatever its own days say, until these begin or end the next
    time.
    """
    from bot.jobs.calls import opening

    with services_beside(config, db) as services:
        there = opening.called(services, campaign, call)
        opening.close(services, *there, user(), now_of(services))
    say(f"Call {call} of {campaign} is closed.")


def show(
    *,
    number: OneArgument = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """List what people sent to calls and waits for a look, the oldest first; with a number show all
    of one.
    """
    from bot.jobs.calls.entries import lines

    with services_beside(config, db) as services:
        if number is None:
            store = services.store.entries
            waits = [each for of in services.active for each in store.waiting(of.id, _MOST)]
            rows = [_row(each) for each in waits]
            show_listing(rows, as_json=json, roles=_ROLES, empty="Nothing waits for a look.")
            return
        there = services.store.entries.get(number)
        if there is None:
            raise Missing(f"there is no entry {number}; `drumbeat calls show` lists all")
        answers = [
            {"question": line.ask, "answer": line.answer}
            for line in lines(services, there.sent, "en")
        ]
        whole = _whole(there) | {"answers": answers}
    if json:
        emit_json(whole)
        return
    for key, value in whole.items():
        if key != "answers":
            say(f"{key}: {plain(value)}")
    for answer in answers:
        say(f"\n{answer['question']}\n{answer['answer']}")


def _row(each: "Entry") -> dict[str, object]:
    return {
        "number": each.id,
        "campaign": each.sent.campaign,
        "call": each.sent.call,
        "state": each.state.word,
        "at": iso(each.at),
        "name": each.sent.name,
        "shows": each.sent.shows,
        "text": each.sent.text,
    }


def _whole(each: "Entry") -> dict[str, object]:
    return {
        **_row(each),
        "link": each.sent.link,
        "language": each.sent.language,
        "contact": each.sent.contact,
        "first": str(each.first or ""),
    }


def take(
    *,
    number: EntryArgument,
    shown: ShownOption = None,
    child: ChildOption = None,
    consent: ConsentOption = None,
    risk: RiskOption = None,
    dignity: DignityOption = None,
    place: PlaceOption = None,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Answer the checklist for something that was sent to a call; every question needs an answer.

    It is a favourite then, waits for a second person, or stays private.
    """
    from bot.jobs.calls import entries
    from bot.model.calls.entry import EntryState

    answers = checked(
        shown=shown, child=child, consent=consent, risk=risk, dignity=dignity, place=place
    )
    with services_beside(config, db) as services:
        became = entries.answer(services, number, answers, user(), now_of(services))
    say(
        {
            EntryState.FAVOURITE: f"Entry {number} is a favourite: everybody can see it.",
            EntryState.SECOND: f"Entry {number} shows a child: somebody else has to look, too.",
        }.get(became, f"Entry {number} stays private.")
    )


def decline(*, number: EntryArgument, config: ConfigOption = None, db: DbOption = None) -> None:
    """Keep something that was sent to a call private, or let nobody see a favourite any longer."""
    from bot.jobs.calls import entries

    with services_beside(config, db) as services:
        entries.drop(services, number, user(), now_of(services))
    say(f"Entry {number} is private.")
