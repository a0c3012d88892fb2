"""Subscribers, and the places (channel, audience, zone, local minute) where they want to be met."""

from collections.abc import Iterable
from typing import Any, ClassVar

from typing_extensions import override

from bot.model import Audience
from bot.model.person import AWAY, BadZone, NewPerson, Place, Status
from bot.model.pledge import MADE
from bot.model.who import Purpose, Who
from bot.store.db import Params
from bot.store.sequences import settled
from bot.store.topic import Personal, Topic
from bot.text import address_form


class People(Topic):
    """All subscribers: where they want to be met, and whether they can be."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.MESSAGES: {
            "person": ("id", "address", "country"),
        }
    }

    @override
    def forget(self, who: Who, now: int) -> int:
        # `Store.topics` calls this last, since the topics before it look the person up.
        return self._database.execute("DELETE FROM person WHERE id = :id", {"id": who.person})

    def add(self, people: Iterable[NewPerson]) -> int:
        """Subscribe people in one transaction; whoever is subscribed already is not changed.

        Returns how many are new.
        """
        new = 0
        places: dict[tuple[int, int, str, int], int] = {}
        with self._database.transaction():
            for person in people:
                wish = (person.channel, int(person.audience), person.zone, person.minute)
                if wish not in places:
                    places[wish] = self.place(*wish)
                new += self._database.execute(_ADD, _columns(person, places[wish]))
        return new

    def place(self, channel: int, audience: int, zone: str, minute: int) -> int:
        """Return the id of a place, which is made when nobody was there before."""
        wish = {"channel": channel, "audience": audience, "zone": zone, "minute": minute}
        with self._database.transaction():
            self._database.execute(_MEET, wish)
            place: int = self._database.value(
                "SELECT id FROM place WHERE channel = :channel AND audience = :audience AND zone ="
                " :zone AND minute = :minute",
                wish,
            )
        return place

    def where(self, person: int) -> Place | None:
        """Return the person's place, or None when there is no such person."""
        return self._database.first(
            as_place,
            "SELECT l.id, l.channel, l.audience, l.zone, l.minute FROM person p JOIN place l ON"
            " l.id = p.place WHERE p.id = :person",
            {"person": person},
        )

    def joined(self, person: int) -> int:
        """Return the epoch second at which the person subscribed; 0 when there is nobody."""
        joined = self._database.value(
            "SELECT joined FROM person WHERE id = :person", {"person": person}
        )
        return int(joined or 0)

    def first(self, audience: Audience) -> int | None:
        """Return the id of the person of this audience who joined first, or None."""
        person: int | None = self._database.value(
            "SELECT min(p.id) FROM person p JOIN place l ON l.id = p.place WHERE l.audience ="
            " :audience",
            {"audience": int(audience)},
        )
        return person

    def find(self, channel: int, address: str) -> int | None:
        """Return the id of whoever has this address on the channel, or None."""
        person: int | None = self._database.value(
            "SELECT id FROM person WHERE channel = :channel AND address = :address",
            {"channel": channel, "address": address},
        )
        return person

    def by_form(self, channel: int) -> dict[str, int]:
        """Return the ids of all people on a channel, by their `bot.text.address_form`.

        For channels of contacts, on which one address comes in several spellings and people are
        few.
        """
        rows = self._database.rows(
            "SELECT address, id FROM person WHERE channel = :channel ORDER BY id DESC",
            {"channel": channel},
        )
        return {address_form(address): number for address, number in rows}

    def spelled(self, channel: int, address: str) -> int | None:
        """Return the id of whoever has this address on a channel of contacts, however it is
        spelled.
        """
        exact = self.find(channel, address)
        return exact if exact is not None else self.by_form(channel).get(address_form(address))

    def address(self, person: int) -> str | None:
        """Return the person's address on their channel, or None when there is no such person."""
        address: str | None = self._database.value(
            "SELECT address FROM person WHERE id = :person", {"person": person}
        )
        return address

    def home(self, person: int) -> tuple[str, str] | None:
        """Return the name of the person's channel, and their address there in small letters.

        None when there is no such person.
        """
        row = self._database.row(
            "SELECT c.name, p.address FROM person p JOIN channel c ON c.id = p.channel WHERE p.id ="
            " :person",
            {"person": person},
        )
        return None if row is None else (str(row[0]), str(row[1]).lower())

    def language(self, person: int) -> str | None:
        """Return the person's language, or None when there is no such person."""
        language: str | None = self._database.value(
            "SELECT language FROM person WHERE id = :person", {"person": person}
        )
        return language

    def countries(self) -> list[str]:
        """Return the codes of the countries where somebody lives, sorted."""
        return self._database.column(
            "SELECT DISTINCT country FROM person WHERE country IS NOT NULL ORDER BY country"
        )

    def countries_met(self) -> list[str]:
        """Return the codes of the countries of everybody who has not stopped or blocked us, as
        subscriber, contact, or in a pledge that stands; sorted.
        """
        away, made = (",".join(str(int(state)) for state in sorted(each)) for each in (AWAY, MADE))
        return self._database.column(
            f"SELECT country FROM person WHERE country IS NOT NULL AND status NOT IN ({away})"
            f" UNION SELECT country FROM pledge WHERE country IS NOT NULL AND state IN ({made})"
            " ORDER BY country"
        )

    def settle(self, person: int, place: int) -> None:
        """Move a person to another place.

        Deliveries that are under way are the business of `bot.jobs.planning.plan.move`.
        """
        self._database.execute(
            "UPDATE person SET place = :place WHERE id = :person",
            {"person": person, "place": place},
        )

    def mark(self, people: Iterable[int], status: Status) -> None:
        """Set the status of these people."""
        self._database.many(
            "UPDATE person SET status = :status WHERE id = :person",
            [{"person": p, "status": int(status)} for p in people],
        )

    def change(self, person: int, frm: Status, to: Status) -> bool:
        """Change somebody's status; return False when it is not the status `frm`."""
        changed = self._database.execute(
            "UPDATE person SET status = :to WHERE id = :person AND status = :frm",
            {"to": int(to), "person": person, "frm": int(frm)},
        )
        return changed == 1

    def count(self, status: Status | None = None) -> int:
        """Return how many people there are, or how many have this status."""
        if status is None:
            return int(self._database.value("SELECT count(*) FROM person"))
        return int(
            self._database.value(
                "SELECT count(*) FROM person WHERE status = :status", {"status": int(status)}
            )
        )

    def places_from(self, audience: Audience, after: int) -> list[Place]:
        """Return places of the audience with an id above `after` where people can be met, by id."""
        return self._database.select(
            as_place,
            "SELECT id, channel, audience, zone, minute FROM place WHERE id > :after AND audience ="
            " :audience AND problem IS NULL ORDER BY id",
            {"after": after, "audience": int(audience)},
        )

    def newest_place(self) -> int:
        """Return the highest id of a place, 0 when there is none; one that is just being made may
        lie below it and be seen only later.
        """
        return int(self._database.value("SELECT coalesce(max(id), 0) FROM place"))

    def settled_place(self) -> int:
        """Return the highest id of a place, 0 when there is none; all below it are seen."""
        return settled(self._database, "place")

    def set_problem(self, place: int, problem: str) -> None:
        """Record a problem, so that nobody at this place is met until it is mended."""
        self._database.execute(
            "UPDATE place SET problem = :problem WHERE id = :place",
            {"place": place, "problem": problem},
        )

    def problems(self) -> list[BadZone]:
        """Return the zones in which nobody can be met, by name."""
        return self._database.select(
            BadZone,
            "SELECT l.zone, l.problem, count(p.id) AS people FROM place l LEFT JOIN person p ON"
            " p.place = l.id WHERE l.problem IS NOT NULL GROUP BY l.zone, l.problem ORDER BY"
            " l.zone, l.problem",
        )


_MEET = (
    "INSERT INTO place (channel, audience, zone, minute) VALUES (:channel, :audience, :zone,"
    " :minute) ON CONFLICT DO NOTHING"
)

_ADD = (
    "INSERT INTO person (channel, address, language, country, place, named_only, pledge, joined)"
    " VALUES (:channel, :address, :language, :country, :place, :named_only, :pledge, :joined) ON"
    " CONFLICT (channel, address) DO NOTHING"
)


def _columns(person: NewPerson, place: int) -> Params:
    return {
        "channel": person.channel,
        "address": person.address,
        "language": person.language,
        "country": person.country,
        "place": place,
        "named_only": int(person.named_only),
        "pledge": int(person.pledge),
        "joined": person.joined,
    }


def as_place(*, audience: int, **columns: Any) -> Place:
    """Return the place that a row of columns `id`, `channel`, `audience`, `zone`, `minute` is."""
    return Place(audience=Audience(audience), **columns)
