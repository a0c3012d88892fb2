"""The page behind the link in a letter about an event: whoever signed up leaves it there, or says
afterwards that they were there.
"""

from bot.gaps import filled
from bot.jobs.events import signing
from bot.jobs.texts.events import event_of, told
from bot.languages import nearest
from bot.model import Campaign
from bot.model.events import PlannedEvent, Standing
from bot.rules import dates
from bot.rules.events.when import is_over
from bot.times import epoch
from bot.web.asked import Asked
from bot.web.view import Choice, Page


def answer(asked: Asked) -> Page | None:
    """Show the event; on POST delete that they signed up, or keep that they were there.

    None where there is no such event any more.
    """
    store, said = asked.services.store.events, asked.words.event
    if asked.is_old(0):
        return asked.outdated()
    note = store.noted(asked.grant.subject)
    there = event_of(asked.services, note.key) if note else None
    if note is None or there is None:
        return None
    guest = store.guest(note.key, asked.grant.person)
    if guest is None:
        return Page(title=said.left_title, text=said.left, over=asked.over(note.key.campaign))
    today = asked.services.today(asked.now)
    over = is_over(there[1], asked.now, today)
    came = over and guest.standing is Standing.COMES
    chosen = asked.form.get("answer") if asked.posted else None
    if chosen == "there" and came:
        store.was_there(note.key, asked.grant.person, epoch(asked.now))
        return Page(title=said.thanks_title, text=said.thanks, over=asked.over(note.key.campaign))
    if chosen == "leave":
        signing.leave(asked.services, *there, asked.grant.person, asked.now)
        return Page(title=said.left_title, text=said.left, over=asked.over(note.key.campaign))
    return _shown(asked, *there, over=over, came=came)


def _shown(
    asked: Asked, campaign: Campaign, event: PlannedEvent, *, over: bool, came: bool
) -> Page:
    said, store = asked.words.event, asked.services.store
    place = store.people.where(asked.grant.person)
    zone = dates.zone(place.zone if place else asked.services.settings.zone)
    speaks = nearest(asked.language, campaign.languages) or campaign.language
    event_told = told(asked.services, campaign, event, speaks, zone)
    text = said.over if over else said.text
    there = [Choice(label=said.there, value="there", first=True)] if came else []
    return Page(
        title=event_told.title,
        text=filled(text, when=event_told.when),
        choices=[*there, Choice(label=said.leave, value="leave", first=not came)],
        over=asked.over(campaign.id),
    )
