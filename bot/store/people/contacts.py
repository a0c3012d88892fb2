"""Contacts: people whom we write to by e-mail or a chat service.

Each is a person on that channel, and has a row here with what only they have.

::

    imported ── with source and date of their consent ─────────► active
       │                                                       ▲   │
       └──► unconfirmed ── one request goes out ── confirmed ──┘   │
                 │                                                 ▼
                 └───────────── unsubscribed, removed ──────► gone: address forgotten

Whom nothing reaches (a mailbox or a webhook that is refused) is blocked; importing them again
brings them back to where they were.

Who has left is remembered by a keyed digest of the address alone (`bot.store.forget`), so that a
later import doesn't write to them again. Their number stays taken: a link in an old letter must not
act on somebody else.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from typing_extensions import override

from bot.errors import UsageError
from bot.model import Audience
from bot.model.person import Contact, Imported, NewContact, NewPerson, Status
from bot.model.who import Who
from bot.store.db import Database
from bot.store.forget import Tombstones
from bot.store.people.people import People
from bot.store.topic import Export, Topic
from bot.text import address_form


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


class Contacts(Topic):
    """People who are met by e-mail or a chat service instead of Telegram."""

    PERSONAL: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "contact": ("person", "organisation", "consent_source"),
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
                "consent_source": contact.consent_source,
            }
        }

    @override
    def forget(self, who: Who, now: int) -> int:
        self._database.execute("DELETE FROM contact WHERE person = :person", {"person": who.person})
        return 0

    def add(self, contacts: Iterable[NewContact], channel: str, now: int) -> Imported:
        """Import all of these contacts in one transaction, or none.

        `channel` is the name of the channel on which they are met. Returns what was done, in
        numbers.
        """
        new = known = left = agreed = 0
        back: list[int] = []
        with self._database.transaction():
            spelled = _Spelled(self._people)
            for contact in contacts:
                person = spelled.find(contact.person)
                there = None if person is None else self.get(person)
                if self._tombstones.is_gone(channel, contact.person.address):
                    left += 1
                elif there is None:
                    spelled.keep(contact.person, self._add(contact, person, now))
                    new += 1
                elif there.status is Status.BLOCKED:
                    self._people.mark(
                        [there.person],
                        (
                            Status.ACTIVE
                            if there.consent_date or there.confirmed
                            else Status.UNCONFIRMED
                        ),
                    )
                    back.append(there.person)
                elif there.status is Status.UNCONFIRMED and contact.consent_date is not None:
                    self._agree(there.person, contact, now)
                    agreed += 1
                else:
                    known += 1
        return Imported(new=new, known=known, left=left, agreed=agreed, back=tuple(back))

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
        same = [contact for contact in self.all() if address_form(contact.address) == form]
        return sorted(same, key=lambda contact: contact.person)

    def to_ask(self) -> list[Contact]:
        """Return the contacts who have not been asked to confirm yet, by id."""
        return self._database.select(
            _contact,
            f"{_SELECT} WHERE k.asked IS NULL AND p.status = :status ORDER BY k.person",
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
