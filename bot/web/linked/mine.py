"""The page behind the link that opens the pages of a pledge's maker: its one button opens them,
once, so that a program which follows links uses none up.
"""

from bot.gaps import filled
from bot.jobs.pledges import visits
from bot.languages import said_number
from bot.web.asked import Asked
from bot.web.view import Choice, Page


def knock(asked: Asked) -> Page | None:
    """Return the page that asks; None where there is no such visit."""
    visit, said = asked.services.store.visits.get(asked.grant.subject), asked.words.mine
    if visit is None or visit.person != asked.grant.person:
        return None
    if visit.opened is not None or asked.is_old(visit.at):
        return Page(title=said.old_title, text=said.old)
    hours = said_number(visits.LASTS.seconds // 3600, asked.spoken)
    store, person = asked.services.store, asked.grant.person
    pledges = store.pledges.of_person(person) or store.proposals.of_person(person)
    title, text, button = (
        (said.title, said.text, said.button)
        if pledges
        else (said.title_letters, said.text_letters, said.button_letters)
    )
    choices = [Choice(label=button, value="yes", first=True)]
    return Page(title=title, text=filled(text, hours=hours), choices=choices)


def enter(asked: Asked) -> str | None:
    """Use the link up; return the secret of the visit, None where it can't be used."""
    visit = asked.services.store.visits.get(asked.grant.subject)
    if visit is None or visit.person != asked.grant.person or asked.is_old(visit.at):
        return None
    return visits.enter(asked.services, visit.id, asked.now)
