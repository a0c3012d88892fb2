"""The diary of one made-up person's time with a campaign, as they would read it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time

from bot.errors import RenderError
from bot.jobs.rehearsal import told
from bot.jobs.services import Services
from bot.jobs.texts import notes
from bot.jobs.texts.kinds import nudge_body
from bot.languages import locale
from bot.model import Campaign, Role, State
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
    yield _counted(services, sent)
    for entry in entries:
        yield ""
        yield from _entry(services, entry, zone)


def _counted(services: Services, sent: Sequence[Entry]) -> str:
    """Return how many messages of each kind came, how many of these were late, and how many came
    twice to anybody.
    """
    kinds = Counter(told.word_of(services, entry.campaign, str(entry.subject)) for entry in sent)
    late = sum(entry.hour - entry.due > told.LATE for entry in sent)
    each = ", ".join(f"{word} {count}" for word, count in kinds.items())
    twice = told.twice(services).total()
    return f"{each or 'none'}; {late} came more than an hour late, {twice} twice to anybody"


def _entry(services: Services, entry: Entry, zone: ZoneInfo) -> Iterator[str]:
    local = from_epoch(entry.due).astimezone(zone)
    here = locale(entry.language or "en")
    moment = (
        f"{format_date(local, 'full', locale=here)}, {format_time(local, 'short', locale=here)}"
    )
    try:
        campaign = notes.campaign_of(services, entry.campaign)
        language, network = entry.language or campaign.language, entry.network
        title = _title(services, campaign, entry, language)
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


def _title(services: Services, campaign: Campaign, entry: Entry, language: str) -> str:
    action = campaign.action(entry.subject.about)
    if action is None:
        return told.word_of(services, entry.campaign, str(entry.subject))
    return services.renderer.text(
        campaign,
        action,
        Role.TITLE,
        language=language,
        network=entry.network,
        audience=entry.audience,
        day=entry.day,
    ).text
