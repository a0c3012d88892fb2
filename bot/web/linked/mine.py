"""The page behind the link that opens the pages of a pledge's maker: its one button opens them,
once, so that a program which follows links uses none up.
"""

from bot.jobs.pledges import visits
from bot.text import filled
from bot.web.asked import Asked
from bot.web.view import Choice, Page


def knock(asked: Asked) -> Page | None:
    """Return the page that asks; None where there is no such visit."""
    visit, said = asked.services.store.visits.get(asked.grant.subject), asked.words.mine
    if visit is None or visit.person != asked.grant.person:
        return None
    if visit.opened is not None or asked.is_old(visit.at):
        return Page(title=said.old_title, text=said.old)
    choices = [Choice(label=said.button, value="yes", first=True)]
    hours = str(visits.LASTS.seconds // 3600)
    return Page(title=said.title, text=filled(said.text, hours=hours), choices=choices)


def enter(asked: Asked) -> str | None:
    """Use the link up; return the secret of the visit, None where it can't be used."""
    visit = asked.services.store.visits.get(asked.grant.subject)
    if visit is None or visit.person != asked.grant.person or asked.is_old(visit.at):
        return None
    return visits.enter(asked.services, visit.id, asked.now)
