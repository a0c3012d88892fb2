"""Contacts from a CSV file: people who are met by e-mail, and rooms on chat services. A line with a
problem is left out and told, and stops no other.

Which channels can meet contacts, and what an address is there, is declared by their networks
(`bot.networks.base`).
"""

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from bot import networks
from bot.config import secrets
from bot.errors import DataError, UsageError
from bot.jobs.people import csv_file, looking
from bot.jobs.people.csv_file import Line, Problems
from bot.jobs.people.leaving import leave
from bot.jobs.services import Services
from bot.jobs.texts import notes
from bot.jobs.texts.letters import ROOM, kind
from bot.languages import naming, nearest
from bot.library.shapes import AUDIENCES, check_language
from bot.model import Audience, Channel, Problem, State
from bot.model.makers import Group
from bot.model.person import Contact, Imported, NewContact, NewPerson, Status
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.model.subject import Confirm
from bot.model.who import Who
from bot.names import meant, suggest
from bot.rules.reading import places
from bot.rules.tokens import LIFE, Purpose
from bot.text import address_form
from bot.times import epoch, zone_names

COLUMNS = (
    "address",
    "organisation",
    "audience",
    "group",
    "language",
    "country",
    "zone",
    "hour",
    "consent_source",
    "consent_date",
)
REQUIRED = ("address", "organisation", "audience")

_HOUR = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_DEFAULT_MINUTE = 9 * 60


@dataclass(frozen=True, kw_only=True)
class Done:
    """What an import did, or would do."""

    channel: str
    counts: Imported
    #: how many of the new ones are asked to confirm first
    unconfirmed: int
    #: how many of those who had not confirmed are asked once more
    asked_again: int = 0
    #: the variable that would have told which addresses there are, where it is not set here
    unseen: str | None = None
    #: what is wrong with the lines that were left out
    problems: tuple[Problem, ...] = ()
    #: columns of the file that are not read
    unread: tuple[str, ...] = ()
    #: the zone where most people live -> its country and the lines that name no zone themselves
    assumed: Mapping[str, tuple[str, tuple[int, ...]]] = field(default_factory=dict)
    #: language in which nothing is written yet -> the lines that ask for it
    unwritten: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def channel(services: Services, name: str | None) -> Channel:
    """Return the channel by which contacts are met: the named one, or the only one that can.

    Raises `UsageError` where there is none, or several and none is named.
    """
    fit = {n: c for n, c in services.settings.channels.items() if kind(c.network) and c.nudges}
    if name is None and len(fit) == 1:
        return next(iter(fit.values()))
    if name in fit:
        return fit[name]
    wanted = " or ".join(f'"{network}"' for network in networks.names() if kind(network))
    there = (
        meant(name or "", fit)
        if fit
        else f"give one network = {wanted} and nudges = true in config.toml"
    )
    which = (
        f"no channel for contacts is called {name!r}" if name else "name a channel with --channel"
    )
    raise UsageError(f"{which}; {there}")


def load(
    services: Services,
    path: Path,
    by_channel: Channel,
    by: Actor,
    now: datetime,
    environ: Mapping[str, str] | None = None,
    *,
    strict: bool = False,
) -> Done:
    """Take every row of the file that has no problem. Raises `DataError` with every problem where
    no row can be taken, or, when `strict`, where any has one: then none is taken.

    Where the channel's secret lists its addresses, only these are taken.
    """
    lines, problems = csv_file.read(path, COLUMNS, REQUIRED, others=True)
    channel_id = services.store.channels.ensure([by_channel])[by_channel.name]
    there, unseen = _there(by_channel, os.environ if environ is None else environ)
    _twice(lines, problems)
    new = {
        line.number: contact
        for line in lines
        if (contact := _contact(services, line, channel_id, by_channel, there, problems, now))
    }
    wrong = sorted(problems.found, key=lambda p: int(p.key or 0))
    bad = {problem.key for problem in wrong}
    taken = {number: contact for number, contact in new.items() if str(number) not in bad}
    if wrong and (strict or not taken or "" in bad):
        raise DataError(wrong)
    store = services.store
    with store.transaction():
        counts = store.contacts.add(taken.values(), by_channel.name, epoch(now))
        store.audit.note(by, Verb.CONTACTS_IMPORTED, epoch(now), channel_id)
        for person in counts.back:
            _ask_again(services, person, now, LOST)
    new_ones = (c for c in taken.values() if c.person.address in counts.added)
    return Done(
        channel=by_channel.name,
        counts=counts,
        unconfirmed=sum(contact.consent_date is None for contact in new_ones),
        asked_again=sum(_ask_once_more(services, person, now) for person in counts.unconfirmed),
        unseen=unseen,
        problems=tuple(wrong),
        unread=tuple(problems.unread),
        assumed=_assumed(taken, counts.added),
        unwritten=_unwritten(services, taken),
    )


def _assumed(
    taken: Mapping[int, NewContact], added: Collection[str]
) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Return which zones were taken of a country that has several, with the lines; of who was there
    before, none was.
    """
    assumed: dict[str, tuple[str, tuple[int, ...]]] = {}
    for number, contact in taken.items():
        country, zone = contact.person.country, contact.person.zone
        is_open = country and not contact.zone_given and contact.person.address in added
        if country and is_open and len(places.zones_of(country)) > 1:
            before = assumed.get(zone, (country, ()))[1]
            assumed[zone] = (country, (*before, number))
    return assumed


def _unwritten(services: Services, taken: Mapping[int, NewContact]) -> dict[str, tuple[int, ...]]:
    written = {tag for campaign in services.active for tag in campaign.languages}
    written |= services.renderer.languages("web")
    lines: dict[str, tuple[int, ...]] = {}
    for number, contact in taken.items():
        tag = contact.person.language
        if nearest(tag, written) is None:
            lines[tag] = (*lines.get(tag, ()), number)
    return lines


def _ask_once_more(services: Services, person: int, now: datetime) -> bool:
    """Ask somebody who has not confirmed again: at once where the request did not arrive, and else
    when its link has ended.
    """
    contact = services.store.contacts.get(person)
    asked = contact.asked if contact else None
    if asked is None:
        return False  # they have not been asked yet, and will be
    over = epoch(now) - asked >= LIFE[Purpose.CONFIRM]
    if not _ask_again(services, person, now, (*LOST, State.SENT) if over else LOST):
        return False
    services.store.contacts.asked(person, epoch(now))
    return True


@dataclass(frozen=True, kw_only=True)
class Unreached:
    """A contact who is blocked, since nothing reached them."""

    contact: Contact
    #: name of the channel
    channel: str
    #: what the service said of the last message that it refused; '' where none is kept
    said: str


def unreached(services: Services) -> list[Unreached]:
    """Return the contacts who are blocked, by organisation and address."""
    return [
        Unreached(
            contact=contact,
            channel=_channel_of(services, contact),
            said=_last_refusal(services, contact.person),
        )
        for contact in services.store.contacts.all()
        if contact.status is Status.BLOCKED
    ]


def _last_refusal(services: Services, person: int) -> str:
    entries = services.store.listing.of_person(person)
    return next((e.error for e in reversed(entries) if e.state is State.FAILED and e.error), "")


def unblock(services: Services, blocked: Sequence[Unreached], by: Actor, now: datetime) -> None:
    """Write to these contacts again: from the next message on, and at once where the request to
    confirm was what did not arrive.
    """
    with services.store.transaction():
        for channel in sorted({each.contact.channel for each in blocked}):
            services.store.audit.note(by, Verb.CONTACTS_UNBLOCKED, epoch(now), channel)
        for each in blocked:
            services.store.contacts.back(each.contact)
            _ask_again(services, each.contact.person, now, LOST)


LOST = (State.FAILED, State.SKIPPED, State.CANCELLED)
"""States of a request to confirm that can't have arrived."""


def _ask_again(services: Services, person: int, now: datetime, states: Sequence[State]) -> bool:
    """Send the request to confirm once more, where it is in one of these states; return whether it
    was.
    """
    due, expires = epoch(now), epoch(now + notes.GRACE)
    return any(
        services.store.outbox.change(
            entry.key, states, State.QUEUED, due=due, expires=expires, attempts=0
        )
        for entry in services.store.listing.of_person(person)
        if entry.subject == Confirm()
    )


def _there(by: Channel, environ: Mapping[str, str]) -> tuple[Collection[str] | None, str | None]:
    """Return the addresses that the channel's secret lists, None where it lists none; and the name
    of the variable that isn't set in this shell, or None.
    """
    network = networks.load(by.network)
    known, missing = secrets(by.account, network.SECRETS, environ)
    if missing:
        return None, missing[0] if kind(by.network) == ROOM else None
    return network.reaches(known), None


def remove(
    services: Services, address: str, channel: str | None, by: Actor, now: datetime
) -> Contact:
    """Forget a contact as if they had unsubscribed, and return it.

    Raises `UsageError` when none has this address, or more than one.
    """
    contact = _contact_of(services, address, channel)
    with services.store.transaction():
        leave(services, contact.person, now)
        services.store.audit.note(by, Verb.CONTACT_REMOVED, epoch(now), contact.channel)
    return contact


def known(
    services: Services, address: str, channel: str | None, why: str, by: Actor, now: datetime
) -> dict[str, object]:
    """Return what is stored about a contact, as JSON values, for when they ask for it; that
    somebody was shown it, and why, stands in the log. Of messages that a child is in danger it has
    the number alone: they are read by those who look after them, and by who wrote them.

    Raises `UsageError` when none has this address, or more than one, or without a reason.
    """
    contact = _contact_of(services, address, channel)
    who = Who(person=contact.person, channel=contact.channel, address=contact.address)
    looking.one(services, who, why, by, now)
    reports = services.store.inbox.flags_of(contact.channel, contact.address)
    told = {"address": contact.address, **services.store.known_of(who)}
    return {**told, "child_in_danger": len(reports)}


def _contact_of(services: Services, address: str, channel: str | None) -> Contact:
    contacts = services.store.contacts.find(address)
    on = {contact.person: _channel_of(services, contact) for contact in contacts}
    meant = [contact for contact in contacts if channel in (None, on[contact.person])]
    if len(meant) > 1:
        raise UsageError(
            f"there is more than one {address}; name the channel with --channel, one of:"
            f" {', '.join(sorted(on.values()))}"
        )
    if not meant:
        where = f" on {channel}" if channel else ""
        raise UsageError(f"no contact has this address{where}; `drumbeat contacts list` lists them")
    return meant[0]


def _channel_of(services: Services, contact: Contact) -> str:
    return next(
        (
            name
            for name, number in services.store.channels.ids().items()
            if number == contact.channel
        ),
        "",
    )


def _twice(lines: Sequence[Line], problems: Problems) -> None:
    first: dict[str, int] = {}
    for line in lines:
        address = address_form(line.cells.get("address", ""))
        if address and first.setdefault(address, line.number) != line.number:
            problems.add(
                line.number, f"address: stands in line {first[address]} already; leave one out"
            )


def _contact(
    services: Services,
    line: Line,
    channel_id: int,
    by: Channel,
    there: Collection[str] | None,
    problems: Problems,
    now: datetime,
) -> NewContact | None:
    before, cells = len(problems.found), line.cells
    address = _address(line, by, there, problems)
    audience = _audience(line, problems)
    language = _language(line, by.language, problems)
    country = _country(line, (language, by.language, "en"), problems)
    zone = _zone(line, country, services.settings.zone, problems)
    minute = _minute(line, problems)
    source, day = _consent(line, problems, now.date())
    group = _group(services, line, audience, problems)
    if len(problems.found) > before or audience is None or not address:
        return None
    person = NewPerson(
        channel=channel_id,
        address=address,
        audience=audience,
        language=language,
        country=country,
        zone=zone,
        minute=minute,
        pledge=False,
        joined=epoch(now),
    )
    return NewContact(
        person=person,
        organisation=cells["organisation"],
        stakeholder=group,
        consent_source=source,
        consent_date=day,
        zone_given=bool(cells.get("zone")),
        hour_given=bool(cells.get("hour")),
    )


def _address(line: Line, by: Channel, there: Collection[str] | None, problems: Problems) -> str:
    given = line.cells.get("address", "")
    address = networks.load(by.network).address(given)
    if given and address is None:
        problems.add(line.number, f"address: {given!r} {_no_address(given, by)}")
    elif address is not None and there is not None and address not in there:
        problems.add(
            line.number,
            f"address: {by.name} has no room called {address!r}{suggest(address, there)}",
        )
    return address or ""


def _no_address(given: str, by: Channel) -> str:
    if kind(by.network) == ROOM:
        return "is no name of a room: small letters, digits and '-', like acme"
    if not given.partition("@")[0].isascii() and "@" in given:
        return (
            "has letters before the @ that few mail servers take (SMTPUTF8), and no letter would"
            " arrive; ask for another address"
        )
    if given.count("@") > 1:
        return "holds more than one address; give each a line of its own"
    return "is no e-mail address"


def _audience(line: Line, problems: Problems) -> Audience | None:
    word = line.cells.get("audience", "").lower()
    # Accept the British spelling too, since people write the file.
    audience = AUDIENCES.get(word.replace("organisation", "organization"))
    if word and audience is None:
        problems.add(line.number, f"audience: {word!r} is no audience{suggest(word, AUDIENCES)}")
    return audience


def _group(services: Services, line: Line, audience: Audience | None, problems: Problems) -> str:
    known = groups(services)
    word = line.cells.get("group", "")
    if word and word not in known:
        problems.add(line.number, f"group: {word!r} is no stakeholder group{suggest(word, known)}")
    elif word and audience is not None and known[word].audience is not audience:
        problems.add(
            line.number,
            f"group: {word!r} belongs to the audience {known[word].audience.word},"
            f" not {audience.word}",
        )
    return word


def groups(services: Services) -> dict[str, Group]:
    """Return the stakeholder groups of the active campaigns by their ids."""
    return {group.id: group for campaign in services.active for group in campaign.groups.values()}


def _language(line: Line, default: str, problems: Problems) -> str:
    tag = line.cells.get("language", "") or default
    try:
        return check_language(tag)
    except ValueError as error:
        problems.add(line.number, f"language: {error}")
        return default


def _country(line: Line, tongues: Iterable[str], problems: Problems) -> str | None:
    given = line.cells.get("country", "")
    code = given and next(filter(None, (_code(given, each) for each in tongues)), "")
    if given and not places.zones_of(code):
        problems.add(
            line.number,
            f"country: {given!r} is no ISO 3166 code of a country, nor the name of one; write it"
            " like CH",
        )
    return code or None


def _code(country: str, language: str) -> str:
    return places.country(country, naming(language).territories)


def _zone(line: Line, country: str | None, default: str, problems: Problems) -> str:
    zone = line.cells.get("zone", "")
    if zone:
        if zone not in zone_names():
            problems.add(
                line.number,
                f"zone: {zone!r} is no IANA time zone{suggest(zone, zone_names())}",
            )
        return zone
    return places.main_zone(country or "") or default


def _minute(line: Line, problems: Problems) -> int:
    hour = line.cells.get("hour", "")
    if not hour:
        return _DEFAULT_MINUTE
    match = _HOUR.fullmatch(hour)
    if match is None:
        problems.add(line.number, f'hour: {hour!r} is no time of day; write it like "09:00"')
        return _DEFAULT_MINUTE
    return int(match[1]) * 60 + int(match[2])


def _consent(line: Line, problems: Problems, today: date) -> tuple[str | None, str | None]:
    source, day = line.cells.get("consent_source", ""), line.cells.get("consent_date", "")
    if bool(source) != bool(day):
        problems.add(
            line.number,
            "consent_source and consent_date belong together: give both, or neither and they are"
            " asked to confirm",
        )
        return None, None
    if not day:
        return None, None
    given = csv_file.day(day, today)
    if given is None:
        problems.add(
            line.number,
            f"consent_date: {day!r} is no day, or could be two; write it like 2021-02-28",
        )
        return None, None
    if given > today:
        problems.add(line.number, f"consent_date: {day} lies in the future")
    return source, given.isoformat()
