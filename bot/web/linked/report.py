"""The page behind [Done] in a letter: which step of whose pledge it is and since when it waits, a
link to what was done, and afterwards what was reported.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time

from bot.errors import RenderError, StoreError
from bot.gaps import filled
from bot.jobs.pledges import journeys
from bot.jobs.texts import letters
from bot.languages import said_row
from bot.model import Occurrence
from bot.model.pledge import MADE, Pledge
from bot.model.pledge import Report as Reported
from bot.model.subject import Own
from bot.rules.reading import links
from bot.times import epoch, from_epoch
from bot.web.asked import Asked
from bot.web.view import Choice, Page

_LONGEST = 2_000  # characters of a link


def report(asked: Asked) -> Page | None:
    """Show what was asked of whom, or what they reported; on POST note that it is done.

    None where the step, or every pledge of the person, is gone.
    """
    try:
        occurrence = asked.services.store.plan.occurrence(asked.grant.subject)
    except StoreError:  # a database that can't be read fails at the next line too
        return None
    pledges = [
        p
        for p in asked.services.store.pledges.of_person(asked.grant.person, occurrence.campaign)
        if p.state in MADE and _asks(asked, occurrence, p)
    ]
    if not pledges:
        return None
    if asked.is_old(epoch(datetime.combine(occurrence.day, time(), UTC))):
        return asked.outdated(occurrence.campaign)
    return _said(asked, occurrence, pledges) or _shown(asked, occurrence, pledges)


def _asks(asked: Asked, occurrence: Occurrence, pledge: Pledge) -> bool:
    """Return whether the step is one of this pledge: one that follows a pledge is that one's."""
    begun = asked.services.store.following.begun(pledge)
    theirs = begun is not None and begun.slot == occurrence.slot
    return theirs or not isinstance(occurrence.subject, Own)


def _said(asked: Asked, occurrence: Occurrence, pledges: Sequence[Pledge]) -> Page | None:
    """Note what was sent in and return the page that says so; None where nothing new was."""
    typed = asked.form.get("field", "").strip()
    link = links.link(typed)
    if typed and (link is None or len(link) > _LONGEST):
        return _shown(asked, occurrence, pledges, typed)
    pressed_twice = link is None and _reported(asked, occurrence, pledges) is not None
    return _noted(asked, occurrence, pledges, link) if asked.posted and not pressed_twice else None


def _shown(
    asked: Asked, occurrence: Occurrence, pledges: Sequence[Pledge], typed: str = ""
) -> Page:
    """Return the page that asks, or that shows what was reported and takes another link; `typed` is
    what can't be taken.
    """
    said, reported = asked.words.report, _reported(asked, occurrence, pledges)
    values = {
        "step": _step(asked, occurrence),
        "whose": said_row(dict.fromkeys(p.organisation or p.name for p in pledges), asked.spoken),
        "since": asked.day(occurrence.day),
    }
    about = filled(said.about, **values)
    text = said.text
    if reported is not None:
        about = filled(said.about_done, **values, day=asked.day(_on(reported)))
        text = filled(said.linked, link=reported.link) if reported.link else said.unlinked
    choice = Choice(
        label=said.button if reported is None else said.another,
        value="done",
        first=True,
        field="text",
        field_label=said.label if reported is None else said.another_label,
        field_value=typed,
        field_hint="example.org/news",
    )
    return Page(
        title=said.title if reported is None else said.reported_title,
        text=f"{about}\n\n{text}",
        problem=said.bad_link if typed else "",
        choices=[choice],
        over=asked.over(occurrence.campaign),
    )


def _noted(
    asked: Asked, occurrence: Occurrence, pledges: Sequence[Pledge], link: str | None
) -> Page:
    said, action = asked.words.report, occurrence.subject.about
    for pledge in pledges:
        journeys.report(
            asked.services, pledge.id, action, occurrence.slot, link, asked.by, asked.now
        )
    how_far = journeys.progress(asked.services, pledges[0], asked.now)
    return Page(
        title=said.done_title,
        text=filled(said.done, done=how_far.done, of=how_far.of),
        over=asked.over(occurrence.campaign),
    )


def _reported(asked: Asked, occurrence: Occurrence, pledges: Sequence[Pledge]) -> Reported | None:
    """Return what was reported of this step, the same for all these pledges; None while it is
    open for one of them.
    """
    step = (occurrence.subject.about, occurrence.slot)
    reports = [
        next(
            (
                each
                for each in asked.services.store.journeys.reports(pledge.id)
                if (each.action, each.slot) == step
            ),
            None,
        )
        for pledge in pledges
    ]
    made = [each for each in reports if each is not None]
    if len(made) < len(reports):
        return None
    return next((each for each in made if each.link), made[0])


def _step(asked: Asked, occurrence: Occurrence) -> str:
    """Return the step's title, or the campaign's where the data have the step no longer."""
    campaign = asked.services.library.campaigns.get(occurrence.campaign)
    if campaign is None:
        return asked.over()
    try:
        return letters.title_of(asked.services.renderer, campaign, occurrence, asked.language, "")
    except RenderError:
        return asked.over(campaign.id)


def _on(reported: Reported) -> date:
    return from_epoch(reported.answered).date()
