"""What everybody may see of a pledge: the one place that says so, for pages, feeds, search and API.

What staff have approved is shown, of answers to questions that are a part of the page. Never shown:
who edits it, when anything was said, and how its journey goes. A silence, a pause or a return can't
be inferred either: there is no instant in what is given, steps that are done stand in the order of
the campaign's calendar, and how far a pledge is is said only where its maker has said it.

A pledge that is not public is either gone (it was public once) or unknown, which says nothing of
whether there is one.
"""

import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from enum import Enum

from bot.errors import RenderError
from bot.jobs.campaigns import calendar
from bot.jobs.pledges.scale_up import results
from bot.jobs.services import Services
from bot.languages import nearest
from bot.model import Audience, Campaign, Role
from bot.model.makers import Form, PagePart
from bot.model.pledge import Pledge, Report
from bot.model.public import (
    SCALE_UP,
    PublicLine,
    PublicMilestone,
    PublicPledge,
    Shown,
    Wanted,
)
from bot.rules import journey
from bot.rules.pledges.naming import first_of

PROGRESS = ("in-progress", "done")
"""What a maker can say of how far a pledge is."""

MOST = 200
"""Pledges that are read at once."""

_AT_ONCE = 20
"""Pledges that are made findable in one step, which takes less than a second."""

_THEIRS = (PagePart.PERSON, PagePart.FULL_NAME)

_RULES = 2
"""Counts up with each change of what this file lets be found of an answer: what was written into
the index before then says more than is shown, and is written anew.
"""


class Missing(Enum):
    """Why there is nothing to show."""

    #: it was public, and is withdrawn or deleted: 410
    GONE = "gone"
    #: there is none, or it never was public: 404
    UNKNOWN = "unknown"


def steps(services: Services) -> Iterator[int]:
    """Let public pledges be found that were published before they could be, or whose form or the
    rules for what is shown have changed since, in steps, after each of which others may have their
    turn; yield of how many pledges each was.

    None waits for the next look: what of a name is shown no more isn't found either.
    """
    public = services.store.public_pledges
    for campaign in services.library.campaigns.values():
        form = campaign.forms.get("pledge")
        mark = _mark(campaign, form) if form else ""
        part = public.hidden(campaign.id, mark, _AT_ONCE) if form else []
        while part:
            with services.store.transaction():
                for number in part:
                    refresh(services, number)
            yield len(part)
            # some may stay hidden, as who isn't verified, and are not looked at twice
            part = public.hidden(campaign.id, mark, _AT_ONCE, part[-1])


def view(services: Services, number: int, language: str, today: date) -> PublicPledge | Missing:
    """Return all that may be public of a pledge; titles and questions in the reader's language."""
    store = services.store
    pledge = _of_all(services, number)
    campaign = services.library.campaigns.get(pledge.campaign) if pledge else None
    form = campaign.forms.get("pledge") if campaign else None
    if pledge is None or campaign is None or form is None:
        return Missing.GONE if store.search.was_public(number) else Missing.UNKNOWN
    said = _parts(form, pledge)
    checked = store.pledges.verification(pledge.id)
    alone = pledge.audience is Audience.INDIVIDUAL
    return PublicPledge(
        number=pledge.id,
        campaign=campaign.id,
        language=pledge.language,
        name=said[PagePart.NAME],
        audience=pledge.audience,
        stakeholder=pledge.stakeholder,
        organisation=_organisation(pledge),
        person=_person(form, pledge),
        country=pledge.country,
        description=said[PagePart.DESCRIPTION],
        action=said[PagePart.ACTION] or said[PagePart.NAME],
        plan=said[PagePart.PLAN],
        impact=said[PagePart.IMPACT],
        website=said[PagePart.WEBSITE],
        accounts=_accounts(services, pledge),
        topics=_topics(campaign, said),
        progress=_progress(said),
        milestones=_milestones(services, pledge, language, today),
        posts=tuple(store.amplify.public_posts(pledge.id)),
        scale_up=_scale_up(services, pledge, language),
        verified=checked.how if checked is not None and not alone else "",
    )


def refresh(services: Services, number: int) -> None:
    """Let a pledge be found by what is public of it now, or no longer.

    Belongs into the transaction that changes it.
    """
    search, pledge = services.store.search, _of_all(services, number)
    campaign = services.library.campaigns.get(pledge.campaign) if pledge else None
    form = campaign.forms.get("pledge") if campaign else None
    if pledge is None or campaign is None or form is None:
        search.hide(number)
        return
    said = _parts(form, pledge)
    person = _person(form, pledge)
    told = (PagePart.DESCRIPTION, PagePart.ACTION, PagePart.PLAN, PagePart.IMPACT)
    search.show(
        number,
        Shown(
            campaign=campaign.id,
            group=pledge.stakeholder,
            country=pledge.country or "",
            language=pledge.language,
            topics=_topics(campaign, said),
            progress=_progress(said),
            title=" ".join((said[PagePart.NAME], _organisation(pledge), person)),
            words=" ".join(said[part] for part in told),
            form=_mark(campaign, form),
            result=" ".join(line.answer for line in _scale_up(services, pledge, pledge.language)),
        ),
    )


def fitting(services: Services, words: str, campaign: str | None = None) -> Iterator[Pledge]:
    """Yield the public pledges in which these words are, of one campaign or of all: campaign by
    campaign, those with the words in their name or maker first, and of each kind the newest first.
    """
    store = services.store
    for each in [campaign] if campaign else sorted(services.library.campaigns):
        wanted = Wanted(campaign=each, words=words, limit=MOST)
        while True:
            matches = store.search.find(wanted)
            known = (store.pledges.get(number) for number in matches.pledges)
            yield from (pledge for pledge in known if pledge is not None)
            if matches.next is None:
                break
            wanted = replace(wanted, after=matches.next)


def with_years(
    services: Services, campaign: Campaign, pledges: Collection[int], today: date
) -> Iterator[int]:
    """Yield those of a campaign's public pledges whose year has something to tell (`PublicPledge`),
    the newest first; it takes a question to the store for each audience, not for each pledge.
    """
    told, own = set[int](), journey.rules(campaign).own_year
    follow = {action.id for action in campaign.actions if action.after is not None}
    for audience in Audience if pledges else ():
        asked = {(step.action, step.slot) for step in journey.year(campaign, audience, today)}
        reports = services.store.journeys.public_reports(campaign.id, audience, min(pledges))
        told |= {
            number
            for number, action, slot in reports
            if own or (action, slot) in asked or action in follow
        }
    here = (number for number in pledges if number in told)
    yield from (number for number in here if not own or _dated(services, number, today))


def _dated(services: Services, number: int, today: date) -> bool:
    """Return whether a step that was reported of a pledge has a day in its own year."""
    pledge = services.store.pledges.get(number)
    if pledge is None:
        return False
    days, begun = _days(services, pledge, today), services.store.following.begun(pledge)
    campaign = services.library.campaigns[pledge.campaign]
    reports = services.store.journeys.reports(number)
    return any(step in days for step in journey.by_step(campaign, reports, begun))


def _days(services: Services, pledge: Pledge, today: date) -> Mapping[tuple[str, int], date]:
    """Return the days of the pledge's steps, by (action, slot): of its year, and of all that
    follows it.
    """
    campaign = services.library.campaigns[pledge.campaign]
    begun = services.store.following.begun(pledge)
    steps = journey.year(campaign, pledge.audience, today, begun)
    theirs = journey.own(campaign, pledge.audience, begun) if begun else ()
    return {(step.action, step.slot): step.day for step in (*steps, *theirs)}


def _of_all(services: Services, number: int) -> Pledge | None:
    """Return the pledge with this number where everybody may see it."""
    pledge = services.store.pledges.get(number)
    return pledge if pledge and services.store.public_pledges.is_public(pledge) else None


def _parts(form: Form, pledge: Pledge) -> Mapping[PagePart, str]:
    """Return the approved answer that is each part of the page, '' where there is none."""
    approved = pledge.approved or {}
    questions = {part: form.on_page(part) for part in PagePart}
    return {
        part: approved.get(question.id, "") if question else ""
        for part, question in questions.items()
    }


def _organisation(pledge: Pledge) -> str:
    return "" if pledge.audience is Audience.INDIVIDUAL else pledge.organisation


def _person(form: Form, pledge: Pledge) -> str:
    """Return what an individual is called.

    Who takes their name or the leave to show all of it back is not shown so from that instant on,
    whether or not staff have looked at the change.
    """
    if pledge.audience is not Audience.INDIVIDUAL:
        return ""
    approved = pledge.approved or {}
    name, full = form.on_page(PagePart.PERSON), form.on_page(PagePart.FULL_NAME)
    said = approved.get(name.id, "") if name else ""
    if name is None or pledge.answers.get(name.id) != approved.get(name.id):
        return ""
    agreed = full and approved.get(full.id) and pledge.answers.get(full.id)
    return " ".join(said.split()) if agreed else first_of(said)


def theirs(services: Services, pledge: Pledge) -> frozenset[str]:
    """Return the questions whose answers let an individual be named, or all of their name be shown:
    what they take back of these staff can't give back.
    """
    campaign = services.library.campaigns.get(pledge.campaign)
    form = campaign.forms.get("pledge") if campaign else None
    asked = (form.on_page(part) for part in _THEIRS) if form else ()
    return frozenset(question.id for question in asked if question)


def _topics(campaign: Campaign, said: Mapping[PagePart, str]) -> tuple[str, ...]:
    marked = said[PagePart.TOPICS].split()
    return tuple(topic.id for topic in campaign.topics if topic.id in marked)


def _progress(said: Mapping[PagePart, str]) -> str:
    return said[PagePart.PROGRESS] if said[PagePart.PROGRESS] in PROGRESS else ""


def _accounts(services: Services, pledge: Pledge) -> tuple[tuple[str, str], ...]:
    known = services.library.shared.handles or {}
    return tuple(
        (known[handle.network].label if handle.network in known else handle.network, handle.url)
        for handle in services.store.pledges.handles(pledge.id)
    )


def _milestones(
    services: Services, pledge: Pledge, language: str, today: date
) -> tuple[PublicMilestone, ...]:
    """Return the steps that are done, as the campaign's calendar has them; a link only once staff
    have looked at it.
    """
    campaign = services.library.campaigns[pledge.campaign]
    begun, days = services.store.following.begun(pledge), _days(services, pledge, today)
    passed = set(services.store.amplify.public_links(pledge.id))
    order = {action.id: n for n, action in enumerate(campaign.actions)}
    reports = journey.by_step(campaign, services.store.journeys.reports(pledge.id), begun)
    done = sorted(step for step in reports if step[0] in order)
    done.sort(key=lambda step: (order[step[0]], step[1]))
    asked = [(reports[step], days.get(step)) for step in done]
    return tuple(
        PublicMilestone(
            action=report.action,
            title=_title(services, pledge, report, language, day or today),
            month=day.replace(day=1) if day else None,
            link=report.link if report.link in passed else None,
        )
        for report, day in asked
    )


def _title(services: Services, pledge: Pledge, report: Report, language: str, day: date) -> str:
    campaign = services.library.campaigns[pledge.campaign]
    action = campaign.action(report.action)
    assert action is not None  # noqa: S101 - looked at before
    try:
        return services.renderer.text(
            campaign,
            action,
            Role.TITLE,
            language=nearest(language, campaign.languages) or campaign.language,
            network=calendar.LIST,
            audience=pledge.audience,
            day=day,
        ).text
    except RenderError:
        return action.id


def _scale_up(services: Services, pledge: Pledge, language: str) -> tuple[PublicLine, ...]:
    """Return the answers that staff have approved as they stand now."""
    result = results.result(services, pledge, language)
    return result.lines if result is not None and result.shown else ()


def _mark(campaign: Campaign, form: Form) -> str:
    """Return what tells this form, as pledges are found by it, from another and earlier rules."""
    parts = [(question.id, question.page) for question in form.questions if question.page]
    told = (parts, campaign.topics, SCALE_UP in campaign.forms, _RULES)
    return f"{zlib.crc32(repr(told).encode()):08x}"
