"""What is new about an event, to everybody who signed up and knows it otherwise."""

from datetime import datetime

from bot.jobs.events.saying import news
from bot.jobs.events.signing import MOST, tell
from bot.jobs.services import Services
from bot.model.events import EventKey, EventNote, PlannedEvent
from bot.model.events.said import SaidOfEvent


def spread(
    services: Services, key: EventKey, event: PlannedEvent, now_said: SaidOfEvent, now: datetime
) -> int:
    """Tell those who know the event otherwise how it is now, and who hasn't got what they were told
    before what is new since they knew it; return how many were looked at.
    """
    store, number = services.store.events, now_said.sequence
    unaware, facts = store.unaware(key, number, MOST), store.facts(key, number)
    for guest in unaware if facts else ():
        knows = guest.knows if store.is_missed(key, guest) else guest.heard
        store.heard(guest, now_said, knows)
        if facts and (kind := news(store.facts(key, knows), facts)):
            tell(services, event, EventNote(key=key, kind=kind, sequence=number), guest, now)
    return len(unaware)
