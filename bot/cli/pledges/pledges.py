"""`drumbeat pledges import | list | report | scale-up`: pledges and milestones, also of those who
are on neither chat nor e-mail, and what they found for bringing a pledge further.
"""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

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
    table,
    user,
)
from bot.cli.people.contacts import open_services
from bot.cli.screen import Column, Role, plain
from bot.model.staff import Actor
from bot.times import from_epoch

if TYPE_CHECKING:
    from bot.jobs.services import Services
    from bot.model.pledge import Pledge

CampaignOption = Annotated[
    str | None,
    typer.Option(
        "--campaign",
        metavar="ID",
        help="The campaign; the active one by default.",
        show_default=False,
    ),
]
OnlyCampaignOption = Annotated[
    str | None, typer.Option("--campaign", metavar="ID", help="Only this campaign.")
]

FileArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FILE.csv",
        help=(
            "Columns: organisation, group, and the questions of the form; and, where known,"
            " language, country, contact, handles, verified_by, verified_on."
        ),
    ),
]
StateOption = Annotated[
    Literal["draft", "submitted", "approved", "rejected", "published", "withdrawn"] | None,
    typer.Option("--state", help="Only those in this state.", show_default=False),
]
SearchOption = Annotated[
    str | None,
    typer.Option(
        "--search",
        metavar="WORDS",
        help="Only public pledges with these words, whatever their accents and case.",
        show_default=False,
    ),
]
PledgeArgument = Annotated[
    int,
    typer.Argument(
        metavar="PLEDGE",
        max=LARGEST_NUMBER,
        help="Number of the pledge, as `drumbeat pledges list` has it.",
    ),
]
PromptArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[PROMPT]", help="The prompt that is done; without it the pledge is shown."
    ),
]
LinkOption = Annotated[
    str | None,
    typer.Option("--link", metavar="URL", help="Where to see it.", show_default=False),
]
AttendedOption = Annotated[
    bool,
    typer.Option("--attended", help="Somebody got in touch with them: close the pledge's tasks."),
]
_ROLES = {
    "organisation": Role.WORDS,
    "group": Role.MORE,
    "name": Role.MORE,
    "state": Role.STATE,
    "verified": Role.MORE,
    "journey": Role.MORE,
}


_SHOWN = ("pledge", "organisation", "group", "name", "state", "verified", "journey", "done")

_NONE = "There are no such pledges; `drumbeat pledges import FILE.csv` takes them from a file."
_NO_WORDS = (
    "No public pledge has these words; `drumbeat pledges list` shows all, those that are not public"
    " too."
)


def import_(
    *,
    file: FileArgument,
    campaign: CampaignOption = None,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Take pledges from a CSV file as submitted: all of them, or none when a line is wrong."""
    from bot.jobs.pledges import imports as job

    services = open_services(config, db, reads=file)
    with closing(services.store):
        of = job.campaign(services, campaign)
        done = job.load(services, file, of, Actor.staff(user()), now_of(services))
    numbers = f": {', '.join(map(str, done.new))}" if done.new else ""
    say(f"{len(done.new)} new in {of.id}{numbers}; {done.known} there already.")


def list_(
    *,
    state: StateOption = None,
    campaign: OnlyCampaignOption = None,
    search: SearchOption = None,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """List pledges: who made them, where they stand, how far they are."""
    from bot.errors import UsageError
    from bot.jobs.pledges import public
    from bot.model.pledge import PledgeState

    if search is not None and state not in {None, "published"}:
        raise UsageError(
            f"--search looks in what is public, where no pledge is {state}: leave --state out"
        )
    services = open_services(config, db)
    with closing(services.store):
        states = [PledgeState[state.upper()]] if state else list(PledgeState)
        pledges = (
            services.store.pledges.all(campaign, states)
            if search is None
            else public.fitting(services, search, campaign)
        )
        rows = [_row(services, pledge) for pledge in pledges]
    show_listing(rows, as_json=json, roles=_ROLES, empty=_NONE if search is None else _NO_WORDS)


def _row(services: "Services", pledge: "Pledge") -> dict[str, object]:
    from bot.jobs.pledges.journeys import progress

    how_far = progress(services, pledge, now_of(services))
    verified = services.store.pledges.verification(pledge.id)
    return {
        "pledge": pledge.id,
        "organisation": pledge.organisation,
        "group": pledge.stakeholder,
        "name": pledge.name,
        "state": pledge.state.word + (" (edited)" if pledge.pending else ""),
        "verified": verified.method if verified else None,
        "journey": pledge.journey.word,
        "done": f"{how_far.done} of {how_far.of}",
    }


def report(
    *,
    pledge: PledgeArgument,
    prompt: PromptArgument = None,
    link: LinkOption = None,
    attended: AttendedOption = False,
    json: JsonOption = False,
    config: ConfigOption = None,
    db: DbOption = None,
) -> None:
    """Report a milestone for somebody; or show a pledge with its milestones and its history."""
    from bot.jobs.pledges import imports as job
    from bot.jobs.pledges import journeys

    services = open_services(config, db)
    with closing(services.store):
        there = job.get(services, pledge)
        if attended:
            closed = journeys.attended(services, pledge, Actor.staff(user()), now_of(services))
            say("The pledge's tasks are closed." if closed else "The pledge has no open task.")
        elif prompt is not None:
            done, new = job.milestone(
                services, there, prompt, link, Actor.staff(user()), now_of(services)
            )
            how = (
                "reported"
                if new
                else "reported already" + ("; the link is kept all the same" if link else "")
            )
            say(f"{done.action} ({done.day}) is {how}.")
        elif json:
            emit_json(_whole(services, there))
        else:
            _show(services, there)


def _whole(services: "Services", pledge: "Pledge") -> dict[str, object]:
    from bot.jobs.pledges.journeys import history
    from bot.rules import forms

    return {
        **_row(services, pledge),
        "mark": forms.mark(pledge.answers),
        "answers": pledge.answers,
        "handles": {h.network: h.url for h in services.store.pledges.handles(pledge.id)},
        "milestones": [
            {"prompt": r.action, "at": from_epoch(r.answered), "link": r.link}
            for r in services.store.journeys.reports(pledge.id)
        ],
        "history": list(history(services, pledge.id)),
    }


def _show(services: "Services", pledge: "Pledge") -> None:
    from bot.jobs.pledges.journeys import history

    whole = _whole(services, pledge)
    for key in (*_SHOWN, "mark"):
        say(f"{key}: {plain(whole[key]) or 'no'}")
    say()
    for question, answer in pledge.answers.items():
        say(f"{question}: {answer}")
    for handle in services.store.pledges.handles(pledge.id):
        say(f"{handle.network}: {handle.url}")
    say()
    reports = services.store.journeys.reports(pledge.id)
    table(
        ["PROMPT", "REPORTED", Column("LINK", Role.WORDS)],
        [[r.action, f"{from_epoch(r.answered):%Y-%m-%d}", r.link] for r in reports],
    )
    say()
    for line in history(services, pledge.id):
        say(line)
