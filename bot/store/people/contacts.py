"""Contacts: people whom we write to by e-mail or a chat service.

Each is a person on that channel, and has a row here with what only they have.

::

    imported ── with source and date of their consent ─────────► active
       │                                                       ▲   │
       └──► unconfirmed ── one request goes out ── confirmed ──┘   │
                 │                                                 ▼
                 └───────────── unsubscribed, removed ──────► gone: address forgotten

Whom nothing reaches (a mailbox or a webhook that is refused) is blocked; importing them again,
or `contacts unblock`, brings them back to where they were.

Who has left is remembered by a keyed digest of the address alone (`bot.store.forget`), so that a
later import doesn't write to them again, unless it brings a consent of a later day. Their number
stays taken: a link in an old letter must not act on somebody else.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter
from typing import Any, ClassVar

from typing_extensions import override

from bot.errors import UsageError
from bot.model import Audience
from bot.model.person import Contact, Imported, Moved, NewContact, NewPerson, Status
from bot.model.who import Purpose, Who
from bot.store.db import Database
from bot.store.forget import Tombstones
from bot.store.people.people import People
from bot.store.topic import Export, Personal, Topic
from bot.text import address_form
from bot.times import from_epoch, iso


class _Spelled:
    """Finds who is known already under an address, however it is spelled."""

    def __init__(self, people: People) -> None:
        self._people = people
        self._known: dict[int, dict[str, int]] = {}

    def find(self, person: NewPerson) -> int | None:
        """Return the id of whoever has this address, or None."""
        exact = self._people.find(person.channel, person.address)
        return exact if exact is not None else self._on(person).get(address_form(person.address))

    def keep(self, person: NewPerson, number: int) -> None:
        """Remember a person who has just been added."""
        self._on(person)[address_form(person.address)] = number

    def _on(self, person: NewPerson) -> dict[str, int]:
        if person.channel not in self._known:
            self._known[person.channel] = self._people.by_form(person.channel)
        return self._known[person.channel]


@dataclass(kw_only=True)
class _Tally:
    """What an import has done so far."""

    added: set[str] = field(default_factory=set)
    #: how many of each are known, have left, agreed or returned
    counts: Counter[str] = field(default_factory=Counter)
    back: list[int] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    unconfirmed: list[int] = field(default_factory=list)

    def imported(self) -> Imported:
        return Imported(
            new=len(self.added),
            added=frozenset(self.added),
            known=self.counts["known"],
            left=self.counts["left"],
            agreed=self.counts["agreed"],
            returned=self.counts["returned"],
            back=tuple(self.back),
            moved=tuple(self.moved),
            unconfirmed=tuple(self.unconfirmed),
        )


def _when(instant: int | None) -> str | None:
    return None if instant is None else iso(instant)


def _since(consent: str | None, gone: int) -> bool:
    """Return whether a consent is of a later day than that on which somebody left, in UTC: of one
    on the same day nobody knows which came last.
    """
    return consent is not None and date.fromisoformat(consent) > from_epoch(gone).date()


class Contacts(Topic):
    """People who are met by e-mail or a chat service instead of Telegram."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.PLEDGES: {
            "contact": ("person", "organisation", "consent_source"),
        }
    }

    def __init__(self, database: Database, tombstones: Tombstones) -> None:
        super().__init__(database)
        self._people = People(database)
        self._tombstones = tombstones

    @override
    def of(self, who: Who) -> Export:
        contact = self.get(who.person) if who.person is not None else None
        if contact is None:
            return {}
        return {
            "contact": {
                "organisation": contact.organisation,
                "group": contact.stakeholder or None,
                "consent_source": contact.consent_source,
                "consent_date": contact.consent_date,
                "asked": _when(contact.asked),
                "confirmed": _when(contact.confirmed),
            }
        }

    @override
    def forget(self, who: Who, now: int) -> int:
        self._database.execute("DELETE FROM contact WHERE person = :person", {"person": who.person})
        return 0

    def add(self, contacts: Iterable[NewContact], channel: str, now: int) -> Imported:
        """Import all of these contacts in one transaction, or none.

        `channel` is the name of the channel on which they are met. Who has left comes back with
        a consent of a later day alone. Returns what was done.
        """
        tally = _Tally()
        with self._database.transaction():
            spelled = _Spelled(self._people)
            for contact in contacts:
                person = spelled.find(contact.person)
                there = None if person is None else self.get(person)
                gone = self._tombstones.gone_at(channel, contact.person.address)
                if gone is not None and not _since(contact.consent_date, gone):
                    tally.counts["left"] += 1
                elif there is None:
                    if gone is not None:
                        self._tombstones.returned(channel, contact.person.address)
                        tally.counts["returned"] += 1
                    spelled.keep(contact.person, self._add(contact, person, now))
                    tally.added.add(contact.person.address)
                else:
                    self._again(there, contact, tally, now)
        return tally.imported()

    def _again(self, there: Contact, contact: NewContact, tally: "_Tally", now: int) -> None:
        """Take what a file says of a contact who is there already."""
        has_agreed = bool(there.consent_date or there.confirmed)
        if contact.consent_date is not None and not has_agreed:
            self._agree(there.person, contact, now)
            tally.counts["agreed"] += 1
        elif there.status is Status.BLOCKED:
            self.back(there)
            tally.back.append(there.person)
        else:
            tally.counts["known"] += 1
            if there.status is Status.UNCONFIRMED:
                tally.unconfirmed.append(there.person)
        wish = Moved(
            person=there.person,
            zone=contact.person.zone if contact.zone_given else there.zone,
            minute=contact.person.minute if contact.hour_given else there.minute,
        )
        if (wish.zone, wish.minute) != (there.zone, there.minute):
            tally.moved.append(wish)

    def back(self, contact: Contact) -> None:
        """Put a contact who was blocked back to where they were."""
        agreed = contact.consent_date or contact.confirmed
        status = Status.ACTIVE if agreed else Status.UNCONFIRMED
        self._people.change(contact.person, Status.BLOCKED, status)

    def _agree(self, person: int, contact: NewContact, now: int) -> None:
        """Record the consent of somebody who has agreed by another way than the link."""
        self._database.execute(
            "UPDATE contact SET consent_source = :source, consent_date = :date WHERE person ="
            " :person",
            {
                "source": contact.consent_source,
                "date": contact.consent_date,
                "person": person,
            },
        )
        self._begin(person, now)

    def _add(self, contact: NewContact, person: int | None, now: int) -> int:
        agreed = contact.consent_date is not None
        if person is not None:  # who was asked for a check (`bot.store.pledges.officials`)
            self._settle(person, contact.person)
        else:
            self._people.add([contact.person])
            person = self._people.find(contact.person.channel, contact.person.address)
        assert person is not None  # just added, or there before  # noqa: S101
        if not agreed:
            self._people.mark([person], Status.UNCONFIRMED)
        self._database.execute(
            "INSERT INTO contact (person, organisation, stakeholder, consent_source, consent_date,"
            " imported) VALUES (:person, :organisation, :stakeholder, :source, :date, :now)",
            {
                "person": person,
                "organisation": contact.organisation,
                "stakeholder": contact.stakeholder,
                "source": contact.consent_source,
                "date": contact.consent_date,
                "now": now,
            },
        )
        return person

    def _settle(self, person: int, wish: NewPerson) -> None:
        self._people.settle(
            person, self._people.place(wish.channel, int(wish.audience), wish.zone, wish.minute)
        )
        self._database.execute(
            "UPDATE person SET language = :language, country = :country, status = :active, joined ="
            " :joined WHERE id = :person",
            {
                "language": wish.language,
                "country": wish.country,
                "active": Status.ACTIVE,
                "joined": wish.joined,
                "person": person,
            },
        )

    def all(self) -> list[Contact]:
        """Return every contact, by organisation and address."""
        return self._database.select(_contact, f"{_SELECT} ORDER BY k.organisation, p.address")

    def get(self, person: int) -> Contact | None:
        """Return the contact who is this person, or None."""
        return self._database.first(
            _contact, f"{_SELECT} WHERE k.person = :person", {"person": person}
        )

    def find(self, address: str) -> list[Contact]:
        """Return the contacts with this address, however it is spelled, by id.

        There are none, or one on each channel.
        """
        form = address_form(address)
        same = (contact for contact in self.all() if address_form(contact.address) == form)
        return sorted(same, key=attrgetter("person"))

    def to_ask(self) -> list[Contact]:
        """Return the contacts who have not been asked to confirm yet, by id."""
        return self._database.select(
            _contact,
            f"{_SELECT} WHERE k.person IN (SELECT person FROM contact WHERE asked IS NULL) AND"
            " p.status = :status ORDER BY k.person",
            {"status": Status.UNCONFIRMED},
        )

    def asked(self, person: int, now: int) -> None:
        """Record that the one request to confirm is in the outbox."""
        self._database.execute(
            "UPDATE contact SET asked = :now WHERE person = :person", {"now": now, "person": person}
        )

    def confirm(self, person: int, now: int) -> bool:
        """Record that a contact agrees to get messages, from now on.

        Returns False when there is nothing to confirm: they are gone, or did so before.
        """
        with self._database.transaction():
            contact = self.get(person)
            if contact is None or contact.status is not Status.UNCONFIRMED:
                return False
            self._database.execute(
                "UPDATE contact SET confirmed = :now WHERE person = :person",
                {"now": now, "person": person},
            )
            self._begin(person, now)
        return True

    def _begin(self, person: int, now: int) -> None:
        """Make a contact active; messages that were due before are not made up for."""
        self._database.execute(
            "UPDATE person SET status = :active, joined = :now WHERE id = :person",
            {"active": Status.ACTIVE, "now": now, "person": person},
        )

    def leave(self, person: int, channel: str, now: int) -> bool:
        """Unsubscribe a contact: address and organisation are deleted, what was sent stays without
        a name.

        Returns False when they are gone already.
        """
        with self._database.transaction():
            contact = self.get(person)
            if contact is None:
                return False
            self._tombstones.remember(channel, contact.address, now)
            self._database.execute("DELETE FROM contact WHERE person = :person", {"person": person})
            self._database.execute(
                "UPDATE person SET status = :stopped, address = :gone, country = NULL WHERE id ="
                " :person",
                {"stopped": Status.STOPPED, "gone": f"gone-{person}", "person": person},
            )
        return True


def by_number(contact: Contact | None) -> Contact:
    """Return the contact that was looked up; raises `UsageError` where there is none."""
    if contact is None:
        raise UsageError("there is no such contact; `drumbeat contacts list` lists them")
    return contact


_SELECT = (
    "SELECT k.person, p.channel, p.address, k.organisation, k.stakeholder, l.audience, p.language,"
    " p.country, l.zone, l.minute, p.status, k.consent_source, k.consent_date, k.asked, k.confirmed"
    " FROM contact k JOIN person p ON p.id = k.person JOIN place l ON l.id = p.place"
)


def _contact(*, audience: int, status: int, **columns: Any) -> Contact:
    return Contact(audience=Audience(audience), status=Status(status), **columns)
