"""The record of processing that data protection law asks for (GDPR, Article 30): what personal data
are kept for, which, who sees them, where they go, and how long.

Which columns hold whom is said by the topics of the store that own them; what each purpose means
stands in the template documents/record. A purpose without words is a fault, one without words in
the language of the record a gap, and so is a record without anybody who answers for it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from urllib.parse import urlsplit

from bot.config import DELIVERIES, Settings
from bot.gaps import together
from bot.jobs.people import retention
from bot.jobs.services import Services
from bot.languages import in_brackets
from bot.model import Channel
from bot.model.calls import ENOUGH, SURVEY_DAYS
from bot.model.calls.entry import ENTRY_DAYS
from bot.model.counting import REMEMBERED_DAYS, UNDECIDED_DAYS
from bot.model.database import Server
from bot.model.events import KEPT_DAYS
from bot.model.mail import ANSWERS_DAYS, BOUNCES_DAYS
from bot.model.pathfinders.report import LINK_DAYS
from bot.model.pledge import INVITE_DAYS, LETTER_DAYS
from bot.model.pledges.introduction import ASKED_DAYS, TOLD_DAYS
from bot.model.who import Purpose

FIELDS: Final = ("purpose", "data", "seen", "goes", "kept")
"""What the record says of each purpose, in this order."""

_TO_STAFF: Final = ("telegram", "mail")
"""Networks on which members of staff are written to."""

_TEMPLATE: Final = "documents/record"

Columns = Mapping[str, tuple[str, ...]]
"""Columns that can hold a person, by table."""


@dataclass(frozen=True, kw_only=True)
class Activity:
    """What is done with data of people for one purpose."""

    purpose: Purpose
    title: str
    #: by field of `FIELDS`; one without words is not there
    told: Mapping[str, str]
    columns: Columns


@dataclass(frozen=True, kw_only=True)
class Record:
    """The record of processing, in one language."""

    title: str
    #: who answers for it, and of which day it is
    about: str
    #: what each field is called, and 'columns'
    heads: Mapping[str, str]
    activities: tuple[Activity, ...]
    #: where all of it is stored
    stored: str
    #: what is missing, in sentences that say what to do
    gaps: tuple[str, ...]

    @property
    def markdown(self) -> str:
        """Return it as a document in Markdown."""
        return "\n\n".join([f"# {self.title}", self.about, *self._parts(), self.stored]) + "\n"

    def _parts(self) -> Iterator[str]:
        for activity in self.activities:
            yield f"## {activity.title}"
            for field, words in activity.told.items():
                yield _headed(self.heads[field], words)
            yield f"**{self.heads['columns']}** {columns_told(activity.columns)}"


def _headed(head: str, words: str) -> str:
    return f"**{head}**{together([head, f' {words}']).removeprefix(head)}"


def columns_told(columns: Columns) -> str:
    """Return the columns as `table (column, column); table (column)`."""
    return "; ".join(f"{table} ({', '.join(names)})" for table, names in columns.items())


def record(
    services: Services,
    language: str,
    today: date,
    shown: Callable[[str], str] = str,
) -> Record:
    """Return the record of what this set-up does with data of people.

    `shown` is put round what the operator has typed, so that it is read as typed where the record
    becomes a document. Raises `RenderError` where the template is broken, or lacks a purpose.
    """
    words = _Words(services, language, _values(services, language, today, shown))
    held = _held(services)
    activities = [
        Activity(
            purpose=purpose,
            title=words.say(f"{_block(purpose)}_title"),
            told={field: words.say(f"{_block(purpose)}_{field}") for field in FIELDS},
            columns=held[purpose],
        )
        for purpose in Purpose
        if purpose in held
    ]
    return Record(
        title=words.say("title"),
        about=words.say("about"),
        heads={field: words.say(field) for field in (*FIELDS, "columns")},
        activities=tuple(activities),
        stored=words.say("stored"),
        gaps=(*words.gaps(), *_unanswered(services)),
    )


def languages(services: Services) -> list[str]:
    """Return the tags of the languages in which some of the record is written, sorted."""
    files = services.library.files
    tags = files.folders("content")
    return sorted(tag for tag in tags if files.first(f"content/{tag}/{_TEMPLATE}.j2"))


class _Words:
    """The blocks of the template, and what lacks of them in this language."""

    def __init__(self, services: Services, language: str, values: Mapping[str, object]) -> None:
        self._render = services.renderer.page
        self._language = language
        self._values = values
        self._lacking: list[str] = []

    def say(self, block: str) -> str:
        said = self._render(
            _TEMPLATE, block, language=self._language, fallback="en", variables=self._values
        )
        if said.language != self._language:
            self._lacking.append(block)
        return said.text

    def gaps(self) -> Iterator[str]:
        """Yield one sentence that names the first blocks without words, and how many more."""
        first, more = self._lacking[:3], len(self._lacking[3:])
        if first:
            named = f"{', '.join(first)}{f' and {more} more' if more else ''}"
            file = f"content/{self._language}/{_TEMPLATE}.j2"
            yield f"{file}: has no words in {named}; write these blocks"


def _block(purpose: Purpose) -> str:
    return purpose.value.replace("-", "_")


def _held(services: Services) -> dict[Purpose, Columns]:
    """Return what holds people, by purpose, as its owners in the store say."""
    held: dict[Purpose, dict[str, tuple[str, ...]]] = {}
    for topic in (*services.store.topics, services.store.forgotten):
        for purpose, tables in topic.PERSONAL.items():
            held.setdefault(purpose, {}).update(tables)
    return {purpose: dict(sorted(tables.items())) for purpose, tables in held.items()}


def _unanswered(services: Services) -> Iterator[str]:
    """Yield who is not named and has to be."""
    if services.settings.privacy is None:
        yield "config.toml: [privacy] is missing; write controller and contact there"
    if services.settings.safeguarding is None:
        yield (
            "config.toml: [safeguarding] is missing; name who reads that a child is in danger there"
        )


def _values(
    services: Services, language: str, today: date, shown: Callable[[str], str]
) -> dict[str, object]:
    settings = services.settings
    database, privacy = settings.database, settings.privacy
    channels = settings.channels.values()
    return {
        "day": today,
        "controller": shown(privacy.controller) if privacy else "",
        "contact": shown(privacy.contact) if privacy else "",
        "reader": shown(settings.safeguarding.name) if settings.safeguarding else "",
        "talks": _named(services, language, [each for each in channels if each.nudges]),
        "posts": _named(services, language, [each for each in channels if each.posts]),
        "staff": _named(
            services, language, [each for each in channels if each.network in _TO_STAFF]
        ),
        "mail": _named(services, language, [each for each in channels if each.network == "mail"]),
        "mailbox": shown(settings.mailbox.place) if settings.mailbox else "",
        "webhooks": [urlsplit(each.url).hostname or "" for each in settings.webhooks.values()],
        "web": settings.web is not None,
        "server": shown(str(database)) if isinstance(database, Server) else "",
        "enough": ENOUGH,
        **_days(settings),
    }


def _named(services: Services, language: str, channels: Iterable[Channel]) -> list[str]:
    """Return the networks of these channels by their names for people, each once, with the server
    where the operator has named one.
    """
    shapes = services.library.shared.handles or {}
    named = []
    for channel in channels:
        shape, server = shapes.get(channel.network), urlsplit(channel.base_url or "").hostname
        label = shape.label if shape else channel.network.capitalize()
        named.append(in_brackets(label, server, language) if server else label)
    return list(dict.fromkeys(named))


def _days(settings: Settings) -> dict[str, int]:
    """Return for how many days each kind of data is kept."""
    keep = retention.kept(settings)
    return {
        "retention": keep.questions,
        "danger": keep.flags,
        "forms": keep.forms,
        "notices": keep.notices,
        "audit": keep.audit,
        "deliveries": settings.privacy.deliveries if settings.privacy else DELIVERIES,
        "bounces": BOUNCES_DAYS,
        "events": KEPT_DAYS,
        "unconfirmed": LETTER_DAYS,
        "invited": INVITE_DAYS,
        "reported": LINK_DAYS,
        "surveyed": SURVEY_DAYS,
        "entered": ENTRY_DAYS,
        "introduced": ASKED_DAYS + TOLD_DAYS,
        "threads": ANSWERS_DAYS,
        "undecided": UNDECIDED_DAYS,
        "dropped": REMEMBERED_DAYS,
    }
