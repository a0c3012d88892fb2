"""The page behind the link in a letter about an event: whoever signed up leaves it there, or says
afterwards that they were there. What the data have no longer is shown as was last said of it.
"""

from bot.gaps import filled
from bot.jobs.events import signing
from bot.jobs.texts.events import event_of, planned, shown_to, zone_of
from bot.model.events import EventKey, PlannedEvent, Standing
from bot.rules.events.when import is_off, is_over
from bot.times import epoch
from bot.web.asked import Asked
from bot.web.view import Choice, Page


def answer(asked: Asked) -> Page | None:
    """Show the event; on POST delete that they signed up, or keep that they were there.

    None where nobody knows of such an event.
    """
    store, said = asked.services.store.events, asked.words.event
    if asked.is_old(0):
        return asked.outdated()
    note = store.noted(asked.grant.subject)
    event = planned(asked.services, note.key) if note else None
    if note is None or event is None:
        return None
    guest = store.guest(note.key, asked.grant.person)
    if guest is None:
        return Page(title=said.left_title, text=said.left, over=asked.over(note.key.campaign))
    today = asked.services.today(asked.now)
    over = is_over(event, asked.now, today)
    came = over and not is_off(event) and guest.standing is Standing.COMES
    chosen = asked.form.get("answer") if asked.posted else None
    if chosen == "there" and came:
        store.was_there(note.key, asked.grant.person, epoch(asked.now))
        return Page(title=said.thanks_title, text=said.thanks, over=asked.over(note.key.campaign))
    if chosen == "leave":
        signing.leave(asked.services, note.key, asked.grant.person, asked.now)
        return Page(title=said.left_title, text=said.left, over=asked.over(note.key.campaign))
    return _shown(asked, note.key, event, over=over, came=came)


def _shown(asked: Asked, key: EventKey, event: PlannedEvent, *, over: bool, came: bool) -> Page:
    said = asked.words.event
    zone = zone_of(asked.services, asked.grant.person)
    shown = shown_to(asked.services, key, asked.language, zone)
    there = [Choice(label=said.there, value="there", first=True)] if came else []
    return Page(
        title=shown.title,
        text=filled(_text(asked, key, event, over=over), when=shown.when),
        choices=[*there, Choice(label=said.leave, value="leave", first=not came)],
        over=asked.over(key.campaign),
    )


def _text(asked: Asked, key: EventKey, event: PlannedEvent, *, over: bool) -> str:
    said = asked.words.event
    if is_off(event):
        return said.off
    return said.over if over else _ahead(asked, key)


def _ahead(asked: Asked, key: EventKey) -> str:
    said = asked.words.event
    return said.text if event_of(asked.services, key) else said.gone
