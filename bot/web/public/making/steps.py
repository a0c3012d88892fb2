"""The steps of a pledge's own year as a calendar file, which its maker takes away."""

from http import HTTPStatus
from typing import Final

from starlette.exceptions import HTTPException

from bot.model import Campaign, Role
from bot.model.pledge import Milestone, Pledge
from bot.rules import ics
from bot.times import from_epoch
from bot.web.public.listed import said, title
from bot.web.public.making import whose
from bot.web.public.making.due import year
from bot.web.public.pledges.naming import plain
from bot.web.public.reader import File, Reader

NAME: Final = "steps"
"""How the file is called in its path and among the documents."""


def path(reader: Reader, pledge: Pledge) -> str:
    """Return where the file lies; '' where there are no steps."""
    there = pledge.travels and year(reader, pledge)
    return reader.path("mine", str(pledge.id), f"{NAME}.ics") if there else ""


def file(reader: Reader) -> File:
    """Give the steps on their days, those that follow the pledge among them.

    Raises `HTTPException` 404 where there are none.
    """
    pledge = whose.theirs(reader)
    campaign = reader.services.library.campaigns.get(pledge.campaign)
    if campaign is None or not path(reader, pledge):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    events = [_event(reader, campaign, pledge, step) for step in year(reader, pledge)]
    made = from_epoch(pledge.pledged or pledge.joined)
    published = ics.revised(events, (), made)
    about = ics.About(name=plain(pledge.name) or reader.about(campaign).title)
    return File(
        content=ics.calendar([(each, published[each.key]) for each in events], about),
        media_type="text/calendar; charset=utf-8",
        filename=f"{campaign.id}-{pledge.id}.ics",
    )


def _event(reader: Reader, campaign: Campaign, pledge: Pledge, step: Milestone) -> ics.Event:
    action = campaign.action(step.action)
    assert action is not None  # noqa: S101 - the step was made from it just now
    asked = said(reader, campaign, action, Role.NUDGE, pledge.audience, step.day)
    return ics.Event(
        campaign=campaign.id,
        action=step.action,
        audience=pledge.audience,
        # two pledges of one maker keep their steps apart
        slot=step.slot,
        day=step.day,
        title=title(reader, campaign, action, pledge.audience, step.day),
        text=asked.text if asked else None,
        hashtags=action.hashtags,
        links=(),
        categories=(),
    )
