"""The page behind the link in a letter to an official address: it shows the pledge and asks whether
it comes from there.
"""

from bot.gaps import filled
from bot.jobs.people import leaving
from bot.jobs.pledges import officials
from bot.model.pledge import Official, Outcome
from bot.model.words.web import OfficialWords
from bot.times import epoch
from bot.web.asked import Asked
from bot.web.view import Choice, Page


def confirm(asked: Asked) -> Page | None:
    """Show the pledge; on POST keep the answer that it comes from this address, or doesn't.

    None where this address was never asked.
    """
    said, request = asked.words.official, asked.services.store.officials.get(asked.grant.subject)
    if request is None or request.person != asked.grant.person:
        return None
    if not request.waits(epoch(asked.now)):
        return _over_with(request, said)
    if asked.posted and asked.form.get("answer") == "yes":
        officials.answered(asked.services, request, asked.now)
        return Page(title=said.done_title, text=filled(said.done, domain=request.domain))
    if asked.posted and asked.form.get("answer") == "no":
        leaving.leave(asked.services, request.person, asked.now)
        return Page(title=said.done_title, text=said.refused)
    return _ask(asked, request, said)


def _ask(asked: Asked, request: Official, said: OfficialWords) -> Page | None:
    pledge = asked.services.store.pledges.get(request.pledge)
    if pledge is None:
        return None
    text = filled(
        said.text, organisation=pledge.organisation, name=pledge.name, domain=request.domain
    )
    choices = [
        Choice(label=said.button, value="yes", first=True),
        Choice(label=said.not_us, value="no"),
    ]
    return Page(title=said.title, text=text, choices=choices, over=asked.over(pledge.campaign))


def _over_with(request: Official, said: OfficialWords) -> Page:
    """Return the page for a question that was answered before, or whose time is over."""
    match request.outcome:
        case Outcome.CONFIRMED:
            return Page(title=said.done_title, text=said.already)
        case Outcome.REFUSED:
            return Page(title=said.done_title, text=said.refused)
        case _:
            return Page(title=said.old_title, text=said.old)
