"""Addresses to which a letter that asks something goes: about a pledge, or whether they signed up;
or what became of a country's report; of people who have not agreed to letters.

Each is kept as a person on an e-mail channel, unconfirmed, who gets these letters and nothing else.
Once none of them is open, the address is deleted; the person's number stays taken, since a link in
an old letter must not act on somebody else. An address that is also a contact's stays as it is.
"""

from bot.model import State
from bot.model.person import NewPerson, Status
from bot.model.pledge import Outcome
from bot.model.subject import Subject
from bot.store.db import Database
from bot.store.people.people import People
from bot.store.pledges.visits import Visits


class Addressees:
    """Those to whom one kind of letter goes: people known by such letters alone, or also otherwise.

    `table` holds what the letters ask, `letter` is what these are about.
    """

    def __init__(self, database: Database, table: str, letter: Subject) -> None:
        self._database = database
        self._people = People(database)
        self._table, self._letter = table, letter

    def take(self, person: NewPerson) -> int:
        """Return the number of whoever has this address, who is added where nobody has.

        Who is known already is not changed, unless only such letters made them known.
        """
        number = self._people.spelled(person.channel, person.address)
        if number is None:
            self._people.add([person])
            number = self._people.find(person.channel, person.address)
        assert number is not None  # just added, or there before  # noqa: S101
        self._database.execute(
            "UPDATE person SET status = :status, language = :language WHERE id = :person AND"
            f" {_BARE}",
            {"status": Status.UNCONFIRMED, "language": person.language, "person": number},
        )
        return number

    def ask(self, pledge: int, person: NewPerson, asker: int, now: int) -> tuple[int, int]:
        """Store that somebody is asked about a pledge, by the editor `asker`; return the numbers of
        that and of the person.
        """
        with self._database.transaction():
            number = self.take(person)
            [(asked,)] = self._database.rows(
                f"INSERT INTO {self._table} (pledge, person, asker, at, outcome) VALUES (:pledge,"
                " :person, :asker, :now, :open) RETURNING id",
                {
                    "pledge": pledge,
                    "person": number,
                    "asker": asker,
                    "now": now,
                    "open": Outcome.OPEN,
                },
            )
        return int(asked), number

    def end(self, number: int, person: int) -> None:
        """Cancel the letter of what has ended, and release the address."""
        self._unsend(number)
        self.release(person)

    def _unsend(self, number: int) -> None:
        """Cancel a letter that has not left yet; `number` is that of what it asks about."""
        self._database.execute(
            "UPDATE delivery SET state = :cancelled WHERE state = :queued AND occurrence IN (SELECT"
            " id FROM occurrence WHERE action = :letter AND slot = :number)",
            {
                "cancelled": State.CANCELLED,
                "queued": State.QUEUED,
                "letter": str(self._letter),
                "number": number,
            },
        )

    def release(self, person: int) -> None:
        """Delete an address to which no letter is open any more, and end the visits by it."""
        deleted = self._database.execute(
            "UPDATE person SET status = :stopped, address = :gone, country = NULL WHERE id ="
            f" :person AND {_BARE} AND NOT EXISTS (SELECT 1 FROM official f WHERE f.person ="
            " person.id AND f.outcome = :open) AND NOT EXISTS (SELECT 1 FROM proposal g WHERE"
            " g.person = person.id AND g.outcome = :open) AND NOT EXISTS (SELECT 1 FROM invitation"
            " i WHERE i.person = person.id AND i.outcome = :open) AND NOT EXISTS (SELECT 1 FROM"
            " signup n WHERE n.person = person.id AND n.outcome = :open) AND NOT EXISTS (SELECT 1"
            " FROM country_report r WHERE r.mailed = person.id)",
            {
                "open": Outcome.OPEN,
                "stopped": Status.STOPPED,
                "gone": f"gone-{person}",
                "person": person,
            },
        )
        if deleted:
            Visits(self._database).end(person)


_BARE = "NOT EXISTS (SELECT 1 FROM contact k WHERE k.person = person.id)"
