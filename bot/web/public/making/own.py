"""A pledge as its maker sees it: where it stands, its answers to change, its steps, and its end.

All is done by the functions by which the chat does it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from bot.conversation.pledges.end import ENDS
from bot.errors import UsageError
from bot.jobs.calls import surveys
from bot.jobs.pledges import editing, journeys
from bot.jobs.texts import documents
from bot.model.calls import ENOUGH
from bot.model.makers import Form
from bot.model.pledge import Milestone, Pledge, PledgeState
from bot.model.staff import Actor
from bot.rules import forms, journey
from bot.rules.reading import links
from bot.web.public.listed import title
from bot.web.public.making import files, filled, mine, scaling, whose
from bot.web.public.making.due import survey, year
from bot.web.public.making.fields import Field, accounts, questions, to_mend, told
from bot.web.public.pledges.naming import plain
from bot.web.public.reader import Elsewhere, Reader, Shown

_LONGEST = 2_000  # characters of a link

_SUBMITS = frozenset({PledgeState.DRAFT, PledgeState.REJECTED, PledgeState.WITHDRAWN})
"""States in which what is saved is submitted by it."""


@dataclass(frozen=True, kw_only=True)
class ShownStep:
    """A step of the journey as the page shows it."""

    name: str
    title: str
    day: date
    done: bool
    link: str | None
    typed: str
    problem: str


def pledge(reader: Reader) -> Shown | Elsewhere:
    """Show a pledge to its maker; lead others to where it is opened."""
    if reader.visitor is None:
        return Elsewhere(path=reader.path("mine"))
    return _page(reader, whose.theirs(reader))


def changed(reader: Reader, sent: Mapping[str, str]) -> Shown | Elsewhere:
    """Take what a maker sends: changed answers, a step that is done, or that it ends."""
    if reader.visitor is None:
        # the browser's way back has what was typed
        return mine.page(reader, "over", status=HTTPStatus.FORBIDDEN)
    theirs, by = whose.theirs(reader), Actor.person(reader.visitor)
    does = _DOES.get(sent.get("do", ""))
    if does is None:
        return _page(reader, theirs)
    try:
        return does(reader, theirs, by, sent)
    except UsageError:  # it has become something else since the page was shown
        return _page(reader, theirs, problem=reader.words["mine"]["stale"])


def _save(reader: Reader, theirs: Pledge, by: Actor, sent: Mapping[str, str]) -> Shown | Elsewhere:
    form = _form(reader, theirs)
    if form is None:
        return _page(reader, theirs)
    if _is_overtaken(theirs, sent):
        return _page(reader, theirs, sent=sent, problem=reader.words["mine"]["overtaken"])
    given, problems = filled.answers(
        whose.within(reader, theirs.campaign), form, theirs.audience, sent
    )
    if problems:
        return _page(reader, theirs, sent=sent, problems=problems)
    services = reader.services
    with services.store.transaction():
        editing.fill(services, theirs.id, given, by, reader.now)
        if theirs.state in _SUBMITS:
            editing.move(services, theirs.id, PledgeState.SUBMITTED, by, reader.now)
    return whose.again(reader, theirs, "saved")


def _keep(reader: Reader, theirs: Pledge, by: Actor, sent: Mapping[str, str]) -> Shown | Elsewhere:
    """Keep a draft as far as it is written; what it lacks is asked for when it is submitted."""
    form = _form(reader, theirs)
    if form is None or theirs.state is not PledgeState.DRAFT:
        return _page(reader, theirs)
    if _is_overtaken(theirs, sent):
        return _page(reader, theirs, sent=sent, problem=reader.words["mine"]["overtaken"])
    given, problems = filled.answers(
        whose.within(reader, theirs.campaign), form, theirs.audience, sent
    )
    problems = {name: why for name, why in problems.items() if sent.get(name, "").strip()}
    if problems:
        return _page(reader, theirs, sent=sent, problems=problems)
    editing.keep_draft(reader.services, theirs, given, by, reader.now)
    return whose.again(reader, theirs, "saved")


def _is_overtaken(theirs: Pledge, sent: Mapping[str, str]) -> bool:
    """Return whether the answers are others than those that the page showed, or may be: a page of
    an older release doesn't say which it showed.
    """
    return sent.get("seen") != forms.mark(theirs.answers)


def _step(reader: Reader, theirs: Pledge, by: Actor, sent: Mapping[str, str]) -> Shown | Elsewhere:
    steps = {_name(milestone): milestone for milestone in year(reader, theirs)}
    step, typed = steps.get(sent.get("step", "")), sent.get("link", "").strip()
    link = links.link(typed) if typed else None
    if step is None:
        return _page(reader, theirs)
    if typed and (link is None or len(link) > _LONGEST):
        why = reader.words["pledging"]["wrong"]["link"]
        return _page(reader, theirs, problems={_name(step): why}, sent={_name(step): typed})
    services = reader.services
    journeys.report(services, theirs.id, step.action, step.slot, link, by, reader.now)
    return whose.again(reader, theirs, "done")


def _account(
    reader: Reader, theirs: Pledge, by: Actor, sent: Mapping[str, str]
) -> Shown | Elsewhere:
    within = whose.within(reader, theirs.campaign)
    named, problems = filled.accounts(within, theirs.audience, sent)
    if problems:
        typed = {"accounts": sent.get("accounts", "")}
        return _page(reader, theirs, sent=typed, problems=problems)
    editing.accounts(reader.services, theirs.id, named, by, reader.now)
    return whose.again(reader, theirs, "saved")


def _end(reader: Reader, theirs: Pledge, by: Actor, sent: Mapping[str, str]) -> Shown | Elsewhere:
    if not _may_end(reader, theirs):
        return _page(reader, theirs)
    if not sent.get("sure"):
        return _page(reader, theirs, problem=reader.words["mine"]["tick_first"])
    if to := ENDS[theirs.state]:
        editing.move(reader.services, theirs.id, PledgeState[to.upper()], by, reader.now)
        return whose.again(reader, theirs, "pulled")
    reader.services.store.pledges.delete(theirs.id)
    return Elsewhere(path=reader.path("mine"))


_DOES = {"save": _save, "keep": _keep, "account": _account, "step": _step, "end": _end}
"""What a maker's form does, by its button."""


def _may_end(reader: Reader, theirs: Pledge) -> bool:
    focal = reader.services.store.editors.focal(theirs.id)
    return theirs.state in ENDS and focal == reader.visitor


def _form(reader: Reader, theirs: Pledge) -> Form | None:
    campaign = reader.services.library.campaigns.get(theirs.campaign)
    form = campaign.forms.get("pledge") if campaign else None
    return form.fitting(theirs.audience) if form else None


def _name(milestone: Milestone) -> str:
    return journey.named(milestone.action, milestone.slot)


def _steps(
    reader: Reader, theirs: Pledge, sent: Mapping[str, str], problems: Mapping[str, str]
) -> list[ShownStep]:
    campaign = reader.services.library.campaigns.get(theirs.campaign)
    store = reader.services.store
    begun = store.following.begun(theirs)
    reports = journey.by_step(campaign, store.journeys.reports(theirs.id), begun)
    steps = list[ShownStep]()
    for milestone in year(reader, theirs):
        action, name = campaign.action(milestone.action) if campaign else None, _name(milestone)
        if campaign is None or action is None:
            continue
        report = reports.get((milestone.action, milestone.slot))
        steps.append(
            ShownStep(
                name=name,
                title=title(reader, campaign, action, theirs.audience, milestone.day),
                day=milestone.day,
                done=report is not None,
                link=report.link if report else None,
                typed=sent.get(name, ""),
                problem=problems.get(name, ""),
            )
        )
    return steps


def _page(
    reader: Reader,
    theirs: Pledge,
    *,
    sent: Mapping[str, str] | None = None,
    problems: Mapping[str, str] | None = None,
    problem: str = "",
) -> Shown:
    said, form, problems = reader.words["mine"], _form(reader, theirs), problems or {}
    # what was sent stands for all of the answers: a topic that was taken away is not there
    saved = sent is not None and "do" in sent
    typed = dict(sent or {}) if saved else (told(form, theirs.answers) if form else {})
    fields = questions(whose.within(reader, theirs.campaign), form, typed, problems) if form else ()
    steps = _steps(reader, theirs, sent or {}, problems)
    on = _accounts(reader, theirs, sent or {}, problems)
    asked = {step.name: step.title for step in steps}
    wrong = bool(problems) or bool(problem)
    noted = (each for each in ("saved", "done", "pulled") if reader.query.get(each))
    notice = "" if wrong else said.get(next(noted, ""), "")
    return Shown(
        template="mine_pledge.html",
        title=plain(theirs.name) or said["title"],
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        indexed=False,
        trail=((said["title"], reader.path("mine")),),
        values={
            "pledge": theirs,
            "path": reader.path("mine", str(theirs.id)),
            "state": mine.state(reader, theirs),
            "reason": _reason(reader, theirs),
            "notice": notice,
            "problem": problem,
            "problems": to_mend(reader, (*fields, on), problems, **asked),
            "fields": fields,
            "seen": forms.mark(theirs.answers),
            "accounts": on,
            "submits": theirs.state in _SUBMITS,
            "keeps": theirs.state is PledgeState.DRAFT,
            "hints": _hints(reader, theirs),
            "files": files.offered(reader, theirs),
            "scales": scaling.opens(reader, theirs),
            "survey": survey(reader, theirs),
            "results": surveys.for_maker(reader.services, theirs, reader.language),
            "enough": ENOUGH,
            "steps": steps,
            "ends": f"end_{ENDS[theirs.state] or 'deleted'}" if _may_end(reader, theirs) else "",
        },
    )


def _accounts(
    reader: Reader, theirs: Pledge, sent: Mapping[str, str], problems: Mapping[str, str]
) -> Field:
    known = "\n".join(h.url for h in reader.services.store.pledges.handles(theirs.id))
    typed = sent.get("accounts", known)
    return accounts(whose.within(reader, theirs.campaign), typed, problems.get("accounts", ""))


def _hints(reader: Reader, theirs: Pledge) -> list[str]:
    """Return what could be sharper in a pledge that is still to be submitted; it suggests only."""
    services = reader.services
    campaign = services.library.campaigns.get(theirs.campaign)
    if theirs.state not in _SUBMITS or campaign is None:
        return []
    return documents.hints(
        services,
        campaign,
        theirs.answers,
        written=theirs.language,
        language=reader.language,
        today=reader.today,
    )


def _reason(reader: Reader, theirs: Pledge) -> str:
    """Return why staff sent it back last, where nothing has been sent in since."""
    for line in reversed(reader.services.store.pledges.history(theirs.id)):
        if line.kind in ("submitted", "approved", "edited"):
            return ""
        if line.kind in ("rejected", "returned"):
            return str(line.detail.get("reason", ""))
    return ""
