"""Whether a call is open, and what pledge-makers are told of one for whose answers staff ask them.

The file says on which days a call is open. What staff say holds against it until these days begin
or end the next time: who opens it early needn't close it, and who closes it early doesn't close it
for the next year.
"""

from datetime import date, datetime

from bot.errors import RenderError
from bot.jobs.services import Services
from bot.jobs.texts import notes
from bot.jobs.texts.wanted import Wanted
from bot.model import Campaign, Rendered
from bot.model.calls.entry import Call
from bot.model.pledge import PledgeState
from bot.model.subject import CallFor

PATH = "calls"
"""The path of the calls of a campaign below it; a call's id follows."""


def is_open(services: Services, campaign: Campaign, call: Call, day: date) -> bool:
    """Return whether something can be sent to a call on this day."""
    word = services.store.openings.last(campaign.id, call.id)
    if word is not None and not call.turns(word.day, day):
        return word.opened
    return call.is_open(day)


def page(services: Services, campaign: Campaign, call: Call, language: str) -> str:
    """Return the address at which something is sent to a call; '' where there are no pages."""
    below = notes.pages(services, campaign.id, language)
    return f"{below}/{PATH}/{call.id}" if below else ""


def text(services: Services, wanted: Wanted) -> Rendered:
    """Return what a pledge-maker is told of a call; raises `RenderError` where it is gone."""
    assert isinstance(wanted.subject, CallFor)  # noqa: S101 - it stands in its line of the table
    there = _called(services, wanted.subject.number)
    if there is None:
        raise RenderError(f"the call of {wanted.subject} is gone; cancel what tells of it")
    campaign, call = there
    texts = services.renderer.chat
    spoken = texts.spoken(wanted.language)
    said = services.renderer.words(campaign, wanted.language).calls.get(call.id)
    values = {
        "title": said.title if said else call.id,
        "about": said.about if said else "",
        "page": page(services, campaign, call, wanted.language),
    }
    return Rendered(text=texts.text("calls.wanted", spoken, values), language=spoken)


def concerns(services: Services, number: int, person: int) -> bool:
    """Return whether staff have said nothing else of a call since, and somebody still has a public
    pledge.
    """
    there = _called(services, number)
    if there is None:
        return True  # its text says that it is gone
    campaign, call = there
    last = services.store.openings.last(campaign.id, call.id)
    pledges = services.store.pledges.of_person(person, campaign.id)
    makes = any(each.state is PledgeState.PUBLISHED for each in pledges)
    return makes and last is not None and last.number == number


def is_closed(services: Services, number: int, now: datetime) -> bool:
    """Return whether the call of which staff said this is closed by now: its last day may pass
    while what tells of it waits for the end of the night.
    """
    there = _called(services, number)
    return there is not None and not is_open(services, *there, services.today(now))


def _called(services: Services, number: int) -> tuple[Campaign, Call] | None:
    word = services.store.openings.get(number)
    campaign = services.library.campaigns.get(word.campaign) if word else None
    calls = (each for each in campaign.calls if word and each.id == word.call) if campaign else ()
    call = next(iter(calls), None)
    return (campaign, call) if campaign and call else None
