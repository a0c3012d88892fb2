"""The diary of one made-up person's time with a campaign, as they would read it."""

from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from bot.errors import RenderError
from bot.jobs.services import Services
from bot.jobs.texts.kinds import nudge_body
from bot.jobs.texts.posts import find
from bot.languages import locale
from bot.model import Role, State
from bot.model.outbox import Entry
from bot.render import Renderer
from bot.times import from_epoch


def write(services: Services, person: int) -> Iterator[str]:
    """Yield the lines of this subscriber's diary; none when there is no such person.

    What would wait for a link is shown with https://example.org/<slot>.
    """
    library = services.library
    renderer = Renderer(library.files, library.campaigns, stand_in=True)
    services = replace(services, renderer=renderer)
    place = services.store.people.where(person)
    entries = services.store.listing.of_person(person)
    if place is None:
        return
    zone = ZoneInfo(place.zone)
    sent = [entry for entry in entries if entry.state is State.SENT]
    yield (
        f"Diary of a made-up {place.audience.word} in {place.zone}, met at"
        f" {place.minute // 60:02}:{place.minute % 60:02} local time: {len(sent)} messages"
    )
    for entry in entries:
        yield ""
        yield from _entry(services, entry, zone)


def _entry(services: Services, entry: Entry, zone: ZoneInfo) -> Iterator[str]:
    local = from_epoch(entry.due).astimezone(zone)
    here = locale(entry.language or "en")
    moment = (
        f"{format_date(local, 'full', locale=here)}, {format_time(local, 'short', locale=here)}"
    )
    try:
        campaign, action = find(services, entry.campaign, entry.action)
        language, network = entry.language or campaign.language, entry.network
        title = services.renderer.text(
            campaign,
            action,
            Role.TITLE,
            language=language,
            network=network,
            audience=entry.audience,
            day=entry.day,
        ).text
        text = nudge_body(
            services,
            entry,
            network,
            language=language,
            pledge=entry.pledge,
            recipient=entry.key.recipient,
        ).text
    except RenderError as error:
        title, text = entry.action, str(error)
    yield f"{moment} · {title}" + (
        "" if entry.state is State.SENT else f" ({entry.state.word}: {entry.error or ''})"
    )
    yield from (f"    {line}".rstrip() for line in text.splitlines())
