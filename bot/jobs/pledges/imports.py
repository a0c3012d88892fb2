"""Pledges that staff enter for those who are on neither chat nor e-mail: a CSV file of them, all or
nothing, and milestones one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from bot.errors import DataError, UsageError
from bot.jobs.people import csv_file
from bot.jobs.people.csv_file import Line, Problems
from bot.jobs.pledges import journeys, moderation
from bot.jobs.services import Services
from bot.jobs.texts import documents
from bot.library.shapes import check_language
from bot.model import Campaign
from bot.model.makers import Form, Question
from bot.model.pledge import Handle, Milestone, NewPledge, Pledge, PledgeState
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.names import meant, suggest
from bot.rules import forms, journey
from bot.rules.forms import Why, Wrong
from bot.rules.reading import handles, links
from bot.times import epoch

FIXED = (
    "organisation",
    "group",
    "language",
    "country",
    "contact",
    "handles",
    "verified_by",
    "verified_on",
)


@dataclass(frozen=True, kw_only=True)
class _Verified:
    """Who checked that the pledge comes from whom it names, and when."""

    by: Actor
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Row:
    """A pledge as a line of a file has it."""

    new: NewPledge
    handles: tuple[Handle, ...]
    #: person id of the contact who is to edit it, or None
    contact: int | None
    verified: _Verified | None


@dataclass(frozen=True, kw_only=True)
class Done:
    """What an import did: ids of new pledges, and how many were there already."""

    new: tuple[int, ...]
    known: int


def campaign(services: Services, name: str | None) -> Campaign:
    """Return the campaign that is meant: the named one, or the only active one with a pledge form.

    Raises `UsageError` where there is none, or several and none is named.
    """
    fit = {c.id: c for c in services.active if c.forms.get("pledge")}
    if name is None and len(fit) == 1:
        return next(iter(fit.values()))
    there = services.library.campaigns.get(name or "")
    if there is not None and there.forms.get("pledge"):
        return there
    known = [c.id for c in services.library.campaigns.values() if c.forms.get("pledge")]
    hint = meant(name or "", known)
    raise UsageError(f"name a campaign that takes pledges with --campaign; {hint}")


def load(services: Services, path: Path, of: Campaign, by: Actor, now: datetime) -> Done:
    """Take every row, or none, as submitted pledges; raises `DataError` with every problem."""
    form = of.forms.get("pledge")
    assert form is not None  # `campaign` has looked  # noqa: S101
    questions = tuple(question.id for question in form.questions if not question.advice)
    needed = (
        "organisation",
        "group",
        *(q.id for q in form.questions if q.required and not q.advice),
    )
    lines, problems = csv_file.read(path, (*FIXED, *questions), needed)
    rows = [_row(services, of, form, line, problems, now.date()) for line in lines]
    _twice(lines, problems)
    if problems.found:
        raise DataError(sorted(problems.found, key=lambda p: int(p.key or 0)))
    with services.store.transaction():
        made = [_take(services, row, by, now) for row in rows if row is not None]
    return Done(new=tuple(pledge for pledge in made if pledge is not None), known=made.count(None))


def _twice(lines: Sequence[Line], problems: Problems) -> None:
    first: dict[tuple[str, str], int] = {}
    for line in lines:
        key = (line.cells.get("organisation", ""), line.cells.get("name", ""))
        if first.setdefault(key, line.number) != line.number:
            problems.add(
                line.number,
                f"this pledge of {key[0]} stands in line {first[key]} already; leave one out",
            )


def _take(services: Services, row: Row, by: Actor, now: datetime) -> int | None:
    store, moment = services.store, epoch(now)
    if (
        store.pledges.find(row.new.campaign, row.new.organisation, row.new.answers.get("name", ""))
        is not None
    ):
        return None
    pledge = store.pledges.begin(row.new, by, moment)
    if row.handles:
        store.pledges.set_handles(pledge, row.handles, by, moment)
    if row.contact is not None:
        store.editors.add(pledge, row.contact, moment)
    if row.verified is not None:
        store.pledges.verify(pledge, "staff", row.verified.by, epoch(row.verified.at))
    taken = store.pledges.move(pledge, PledgeState.SUBMITTED, by, moment)
    moderation.logged(services, taken, Verb.PLEDGE_IMPORTED, by, now)
    moderation.flags(services, pledge)
    return pledge


def _row(
    services: Services, of: Campaign, form: Form, line: Line, problems: Problems, today: date
) -> Row | None:
    before, cells = len(problems.found), line.cells
    group = cells.get("group", "")
    if group and group not in of.groups:
        problems.add(
            line.number, f"group: {group!r} is no stakeholder group{suggest(group, of.groups)}"
        )
    asked = form.fitting(of.groups[group].audience) if group in of.groups else form
    answers = _answers(asked, line, problems)
    accounts, wrong = handles.read(cells.get("handles", ""), documents.shapes(services))
    for each in wrong:
        problems.add(
            line.number,
            f"handles: {each.given!r} is"
            f" none{f'; {each.label} wants {each.example}' if each.label else ''}",
        )
    contact = _contact(services, line, problems)
    verified = _verified(line, problems, today)
    language = _language(line, of.language, problems)
    if len(problems.found) > before or not group:
        return None
    new = NewPledge(
        campaign=of.id,
        audience=of.groups[group].audience,
        stakeholder=group,
        organisation=cells["organisation"],
        country=cells.get("country", "").upper() or None,
        language=language,
        answers=answers,
    )
    return Row(new=new, handles=accounts, contact=contact, verified=verified)


def _answers(form: Form, line: Line, problems: Problems) -> dict[str, str]:
    answers: dict[str, str] = {}
    for question in form.questions:
        judged = forms.judge(question, line.cells.get(question.id, ""))
        if isinstance(judged, Wrong):
            if judged.why is not Why.EMPTY:  # an empty required cell is told already
                problems.add(line.number, f"{question.id}: {_fault(question, judged)}")
        elif judged.text or not question.later:
            answers[question.id] = judged.text
    return answers


def _fault(question: Question, judged: Wrong) -> str:
    if judged.why is Why.CHOICE:
        return f"takes {', '.join(question.choices)}"
    if judged.why is Why.LINK:
        return "is no link; copy the page's address, like example.org"
    what = "words" if judged.why is Why.WORDS else "characters"
    return f"has {judged.count} {what}, and {judged.most} are the most"


def _contact(services: Services, line: Line, problems: Problems) -> int | None:
    address = line.cells.get("contact", "")
    if not address:
        return None
    # channel/name, where the same name stands on several channels
    channel, _, name = address.rpartition("/")
    names = {number: known for known, number in services.store.channels.ids().items()}
    contacts = services.store.contacts.find(address) or [
        c for c in services.store.contacts.find(name) if names[c.channel] == channel
    ]
    if not contacts:
        problems.add(
            line.number,
            f"contact: {address!r} is no contact; `drumbeat contacts import` first, or leave it"
            " empty",
        )
        return None
    if len(contacts) > 1:
        choice = " or ".join(f"{names[contact.channel]}/{address}" for contact in contacts)
        problems.add(
            line.number,
            f"contact: {address!r} is a contact on {len(contacts)} channels; write {choice}",
        )
        return None
    return contacts[0].person


def _verified(line: Line, problems: Problems, today: date) -> _Verified | None:
    by, day = line.cells.get("verified_by", ""), line.cells.get("verified_on", "")
    if bool(by) != bool(day):
        problems.add(
            line.number,
            "verified_by and verified_on belong together: who checked that it is them, and when",
        )
        return None
    if not day:
        return None
    given = csv_file.day(day, today)
    if given is None:
        problems.add(
            line.number,
            f"verified_on: {day!r} is no day, or could be two; write it like 2021-02-28",
        )
        return None
    if given > today:
        problems.add(line.number, f"verified_on: {day} lies in the future")
    return _Verified(by=Actor(by), at=datetime(given.year, given.month, given.day, tzinfo=UTC))


def _language(line: Line, default: str, problems: Problems) -> str:
    try:
        return check_language(line.cells.get("language", "") or default)
    except ValueError as error:
        problems.add(line.number, f"language: {error}")
        return default


def milestone(
    services: Services, pledge: Pledge, action: str, link: str | None, by: Actor, now: datetime
) -> tuple[Milestone, bool]:
    """Report a milestone of a pledge; return it, and whether it is new.

    The link is taken as people type it. Raises `UsageError` when the pledge has no such prompt, or
    for what is no link.
    """
    address = links.link(link) if link else None
    if link and address is None:
        raise UsageError(f"{link!r} is no link; copy the page's address, like example.org/post/1")
    known = services.library.campaigns.get(pledge.campaign)
    begun = services.store.following.begun(pledge)
    year = journey.year(known, pledge.audience, now.date(), begun) if known else ()
    wanted = {m.action: m for m in year}
    if action not in wanted:
        raise UsageError(f"pledge {pledge.id} has no prompt {action!r}{suggest(action, wanted)}")
    done = wanted[action]
    return done, journeys.report(services, pledge.id, done.action, done.slot, address, by, now)


def get(services: Services, pledge_id: int) -> Pledge:
    """Return the pledge; raises `UsageError` when there is none."""
    pledge = services.store.pledges.get(pledge_id)
    if pledge is None:
        raise UsageError(f"there is no pledge {pledge_id}; `drumbeat pledges list` lists them")
    return pledge
