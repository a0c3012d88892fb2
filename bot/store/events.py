"""Who signed up for an event, what they were told of it, and what messages about it are about.

::

    signed up ──► comes ◄── a place is free ── waits ◄── signed up where it is full
                    │                            │
                    └──────── has left ──────────┴──► deleted, and so is all some days after it

Each is told only what comes after they signed up: `told` says how far the reminders are with them
(`bot.model.events.STAGES`), `heard` and `knows` what of its date, place and link they were told.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from typing_extensions import override

from bot.model import Audience, State
from bot.model.events import (
    NEWS,
    EventCounts,
    EventKey,
    EventNote,
    Guest,
    NoteKind,
    Standing,
)
from bot.model.events.guests import Told
from bot.model.events.said import EventFacts, SaidOfEvent
from bot.model.person import Place, Status
from bot.model.subject import EventSoon, OfEvent
from bot.model.who import Keep, Purpose, Who
from bot.store.states import listed
from bot.store.topic import Export, Personal, Topic
from bot.times import iso


class Events(Topic):
    """Guests of events."""

    PERSONAL: ClassVar[Personal] = {Purpose.EVENTS: {"event_guest": ("person",)}}

    @override
    def of(self, who: Who) -> Export:
        if who.person is None:
            return {}
        return {
            "events": [
                {
                    "campaign": guest.key.campaign,
                    "event": guest.key.event,
                    "standing": guest.standing.name.lower(),
                    "at": iso(guest.at),
                    "was_there": None if guest.came is None else iso(guest.came),
                }
                for guest in self.of_person(who.person)
            ]
        }

    @override
    def forget(self, who: Who, now: int) -> int:
        return self._database.execute(
            "DELETE FROM event_guest WHERE person = :person", {"person": who.person}
        )

    @override
    def expire(self, now: int, keep: Keep) -> int:
        return self._database.execute("DELETE FROM event_guest WHERE until < :now", {"now": now})

    # who comes

    def join(
        self, key: EventKey, person: int, standing: Standing, heard: int, until: int, now: int
    ) -> bool:
        """Keep that somebody signed up, who knows what has this number; `until` is when that
        is deleted. Returns False where they had done so before, and changes nothing.
        """
        return bool(
            self._database.execute(
                "INSERT INTO event_guest (campaign, event, slot, person, standing, at, told, heard,"
                " knows, until) VALUES (:campaign, :event, :slot, :person, :standing, :now, 0,"
                " :heard, :heard, :until) ON CONFLICT DO NOTHING",
                {
                    **key._asdict(),
                    "person": person,
                    "standing": standing,
                    "heard": heard,
                    "until": until,
                    "now": now,
                },
            )
        )

    def leave(self, key: EventKey, person: int) -> bool:
        """Delete that somebody signed up; return False where they hadn't."""
        return bool(
            self._database.execute(
                f"DELETE FROM event_guest WHERE {_THIS} AND person = :person",
                {**key._asdict(), "person": person},
            )
        )

    def guest(self, key: EventKey, person: int) -> Guest | None:
        """Return how somebody stands; None where they have not signed up."""
        return self._database.first(
            _guest,
            f"{_SELECT} WHERE {_THIS} AND person = :person",
            {**key._asdict(), "person": person},
        )

    def of_person(self, person: int) -> list[Guest]:
        """Return what a person signed up for, the first one first."""
        return self._database.select(
            _guest, f"{_SELECT} WHERE person = :person ORDER BY id", {"person": person}
        )

    def was_there(self, key: EventKey, person: int, now: int) -> bool:
        """Keep that somebody was there; return False for who had not signed up."""
        return bool(
            self._database.execute(
                f"UPDATE event_guest SET came = :now WHERE {_THIS} AND person = :person",
                {**key._asdict(), "person": person, "now": now},
            )
        )

    def counts(self, key: EventKey) -> EventCounts:
        """Return how many come, wait for a place, and said that they were there."""
        rows = {
            Standing(standing): (int(people), int(there))
            for standing, people, there in self._database.rows(
                f"SELECT standing, COUNT(*), COUNT(came) FROM event_guest WHERE {_THIS} GROUP BY"
                " standing",
                key._asdict(),
            )
        }
        comes, there = rows.get(Standing.COMES, (0, 0))
        return EventCounts(comes=comes, waits=rows.get(Standing.WAITS, (0, 0))[0], there=there)

    def coming(self, key: EventKey) -> int:
        """Return how many come."""
        count: int = self._database.value(
            f"SELECT COUNT(*) FROM event_guest WHERE {_THIS} AND standing = :comes",
            {**key._asdict(), "comes": Standing.COMES},
        )
        return count

    def waiting(self, key: EventKey, most: int) -> list[Told]:
        """Return at most so many of those who wait, who signed up first before others."""
        return self._places(key, "g.standing = :waits", most, {"waits": Standing.WAITS})

    def drop_stopped(self, key: EventKey) -> int:
        """Delete those who want no more messages: they hold a place for which somebody waits."""
        return self._database.execute(
            f"DELETE FROM event_guest WHERE {_THIS} AND EXISTS (SELECT 1 FROM person p WHERE p.id ="
            " event_guest.person AND p.status = :stopped)",
            {**key._asdict(), "stopped": Status.STOPPED},
        )

    def give_place(self, guest: int) -> None:
        """Let somebody who waited come."""
        self._database.execute(
            "UPDATE event_guest SET standing = :comes WHERE id = :id",
            {"comes": Standing.COMES, "id": guest},
        )

    def keep_until(self, key: EventKey, until: int) -> None:
        """Keep who signed up until this instant, since the event has another date."""
        self._database.execute(
            f"UPDATE event_guest SET until = :until WHERE {_THIS} AND until <> :until",
            {**key._asdict(), "until": until},
        )

    # what they are told

    def untold(self, key: EventKey, stage: int, most: int) -> list[Told]:
        """Return at most so many of those who come and are not as far as a stage."""
        return self._places(
            key,
            "g.standing = :comes AND g.told < :stage",
            most,
            {"comes": Standing.COMES, "stage": stage},
        )

    def unaware(self, key: EventKey, sequence: int, most: int) -> list[Told]:
        """Return at most so many of those who were not told what has this number."""
        return self._places(key, "g.heard < :sequence", most, {"sequence": sequence})

    def _places(
        self, key: EventKey, which: str, most: int, values: Mapping[str, int]
    ) -> list[Told]:
        return self._database.select(
            _told,
            "SELECT g.id AS guest, g.person, g.at, g.heard, g.knows, l.id, l.channel, l.audience,"
            " l.zone, l.minute FROM event_guest g JOIN person p ON p.id = g.person JOIN place l ON"
            " l.id = p.place WHERE g.campaign = :campaign AND g.event = :event AND g.slot = :slot"
            f" AND {which} ORDER BY g.id LIMIT :most",
            {**key._asdict(), **values, "most": most},
        )

    def told(self, guest: int, stage: int) -> None:
        """Keep how far the reminders are with somebody."""
        self._database.execute(
            "UPDATE event_guest SET told = :stage WHERE id = :id", {"stage": stage, "id": guest}
        )

    def heard(self, guest: Told, said: SaidOfEvent, knows: int) -> None:
        """Keep that somebody is told what is said now, and what they had known until then; of
        another date they were not reminded yet.
        """
        self._database.execute(
            "UPDATE event_guest SET heard = :sequence, knows = :knows, told = CASE WHEN heard <"
            " :dated THEN 0 ELSE told END WHERE id = :id",
            {
                "sequence": said.sequence,
                "dated": said.dated,
                "knows": knows,
                "id": guest.guest,
            },
        )

    def is_missed(self, key: EventKey, guest: Told) -> bool:
        """Return whether what somebody was to be told last has not reached them."""
        notes = [
            number
            for kind in NEWS
            if (number := self._number(EventNote(key=key, kind=kind, sequence=guest.heard)))
        ]
        actions = [str(of(number)) for number in notes for of in (OfEvent, EventSoon)]
        return bool(
            actions
            and self._database.value(
                "SELECT count(*) FROM occurrence o JOIN delivery d ON d.occurrence = o.id AND"
                " d.channel = :channel AND d.recipient = :person WHERE o.campaign = :campaign AND"
                f" o.action IN ({', '.join(f':a{n}' for n in range(len(actions)))}) AND d.state NOT"
                f" IN ({_LEFT})",
                {
                    "channel": guest.place.channel,
                    "person": guest.person,
                    "campaign": key.campaign,
                    **{f"a{n}": action for n, action in enumerate(actions)},
                },
            )
        )

    def said(self, key: EventKey) -> SaidOfEvent | None:
        """Return how often what was said of an event has changed; None where nothing was."""
        return self._database.first(
            SaidOfEvent,
            f"SELECT digest, sequence, dated FROM event_said WHERE {_THIS}",
            key._asdict(),
        )

    def said_of(self) -> list[EventKey]:
        """Return each event of which something was said to who signed up."""
        return self._database.select(
            EventKey,
            "SELECT campaign, event, slot FROM event_said ORDER BY campaign, event, slot",
            {},
        )

    def facts(self, key: EventKey, sequence: int) -> EventFacts | None:
        """Return what was said of an event at this change; None where nobody kept it."""
        return self._database.first(
            lambda *, facts: EventFacts.read(facts),
            f"SELECT facts FROM event_facts WHERE {_THIS} AND sequence = :sequence",
            {**key._asdict(), "sequence": sequence},
        )

    def say(self, key: EventKey, said: SaidOfEvent, facts: EventFacts) -> None:
        """Keep what is said of an event from now on, beside what was said of it before."""
        self._database.execute(
            "INSERT INTO event_said (campaign, event, slot, digest, sequence, dated) VALUES"
            " (:campaign, :event, :slot, :digest, :sequence, :dated) ON CONFLICT (campaign, event,"
            " slot) DO UPDATE SET digest = excluded.digest, sequence = excluded.sequence, dated ="
            " excluded.dated",
            {**key._asdict(), **vars(said)},
        )
        self._database.execute(
            "INSERT INTO event_facts (campaign, event, slot, sequence, facts) VALUES (:campaign,"
            " :event, :slot, :sequence, :facts) ON CONFLICT (campaign, event, slot, sequence) DO"
            " UPDATE SET facts = excluded.facts",
            {**key._asdict(), "sequence": said.sequence, "facts": facts.text},
        )

    def note(self, note: EventNote) -> int:
        """Return the number under which messages of the outbox are about this."""
        self._database.execute(
            "INSERT INTO event_note (campaign, event, slot, kind, sequence) VALUES (:campaign,"
            " :event, :slot, :kind, :sequence) ON CONFLICT DO NOTHING",
            {**note.key._asdict(), "kind": note.kind, "sequence": note.sequence},
        )
        number = self._number(note)
        assert number is not None  # it stands there now  # noqa: S101
        return number

    def _number(self, note: EventNote) -> int | None:
        return self._database.first(
            lambda *, id: int(id),  # noqa: A006 - the column's name
            f"SELECT id FROM event_note WHERE {_THIS} AND kind = :kind AND sequence = :sequence",
            {**note.key._asdict(), "kind": note.kind, "sequence": note.sequence},
        )

    def noted(self, number: int) -> EventNote | None:
        """Return what messages with this number are about, or None."""
        return self._database.first(
            _note,
            "SELECT campaign, event, slot, kind, sequence FROM event_note WHERE id = :id",
            {"id": number},
        )


_THIS = "campaign = :campaign AND event = :event AND slot = :slot"

_SELECT = (
    "SELECT id, campaign, event, slot, person, standing, at, came, heard, knows FROM event_guest"
)

_LEFT = listed((State.SENDING, State.SENT, State.UNCERTAIN))
"""States of what has reached somebody, or may have."""


def _guest(*, campaign: str, event: str, slot: int, standing: int, **columns: Any) -> Guest:
    key = EventKey(campaign, event, slot)
    return Guest(key=key, standing=Standing(standing), **columns)


def _note(*, campaign: str, event: str, slot: int, kind: str, sequence: int) -> EventNote:
    key = EventKey(campaign, event, slot)
    return EventNote(key=key, kind=NoteKind(kind), sequence=sequence)


def _told(
    *, guest: int, person: int, at: int, heard: int, knows: int, audience: int, **columns: Any
) -> Told:
    place = Place(audience=Audience(audience), **columns)
    return Told(guest=guest, person=person, at=at, heard=heard, knows=knows, place=place)
