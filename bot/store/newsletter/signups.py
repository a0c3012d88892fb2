"""Sign-ups to the newsletter, which wait until who has the address given confirms them.

::

    open ── the link in the letter, and its button ──► confirmed: they are a contact now
      ├── "it wasn't me", or unsubscribed ───────────► refused
      └── some days without an answer ───────────────► lapsed

What was wished is deleted with each of these ends, and the address where nobody is a contact by it
(`bot.store.pledges.addressees`). No contact and no consent is there before the answer.
"""

import json
from typing import Any, ClassVar

from typing_extensions import override

from bot.model.events import CONSENT
from bot.model.newsletter import Signup, Wishes
from bot.model.person import NewPerson, Status
from bot.model.pledge import LETTER_DAYS, Outcome
from bot.model.subject import SignUp
from bot.model.who import Keep, Purpose, Who
from bot.store.db import Database
from bot.store.pledges.addressees import Addressees
from bot.store.topic import Export, Personal, Topic
from bot.times import DAY, iso


class Signups(Topic):
    """Who has signed up on a page, and what became of it."""

    PERSONAL: ClassVar[Personal] = {Purpose.MESSAGES: {"signup": ("person", "content")}}

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._addressees = Addressees(database, "signup", SignUp())

    @override
    def of(self, who: Who) -> Export:
        if who.person is None:
            return {}
        return {
            "signups": [
                {
                    "at": iso(signup.at),
                    "outcome": signup.outcome.name.lower(),
                    "wished": vars(signup.wishes) if signup.wishes else None,
                }
                for signup in self.of_person(who.person)
            ]
        }

    @override
    def forget(self, who: Who, now: int) -> int:
        if who.person is not None:
            self.refuse(who.person)
            self._database.execute(
                "DELETE FROM signup WHERE person = :person", {"person": who.person}
            )
        return 0

    def keep(self, person: NewPerson, wishes: Wishes, now: int) -> tuple[int, int]:
        """Store what somebody wishes; return the numbers of the sign-up and of the person."""
        with self._database.transaction():
            number = self._addressees.take(person)
            [(signup,)] = self._database.rows(
                "INSERT INTO signup (person, at, outcome, content) VALUES (:person, :now, :open,"
                " :content) RETURNING id",
                {
                    "person": number,
                    "now": now,
                    "open": Outcome.OPEN,
                    "content": json.dumps(vars(wishes), ensure_ascii=False),
                },
            )
        return int(signup), number

    def get(self, signup: int) -> Signup | None:
        """Return the sign-up with this number, or None."""
        return self._database.first(_signup, f"{_SELECT} WHERE id = :id", {"id": signup})

    def of_person(self, person: int) -> list[Signup]:
        """Return all sign-ups with this person's address that are still known, oldest first."""
        return self._database.select(
            _signup, f"{_SELECT} WHERE person = :person ORDER BY id", {"person": person}
        )

    def waiting(self) -> int:
        """Return how many wait for their answer."""
        return int(self._database.value("SELECT count(*) FROM signup WHERE outcome = 1"))

    def close(self, signup: int, outcome: Outcome) -> bool:
        """End a sign-up that is open, and delete what was wished; False where none is open."""
        with self._database.transaction():
            there = self.get(signup)
            if there is None or there.outcome is not Outcome.OPEN:
                return False
            self._database.execute(
                "UPDATE signup SET outcome = :outcome, content = '' WHERE id = :id",
                {"outcome": outcome, "id": signup},
            )
            self._addressees.unsend(signup)
            self._addressees.release(there.person)
        return True

    def refuse(self, person: int) -> int:
        """End all open sign-ups of a person as refused; return how many end."""
        return sum(self.close(each.id, Outcome.REFUSED) for each in self.of_person(person))

    @override
    def expire(self, now: int, keep: Keep) -> int:
        # Those that nobody has answered; later also that there was one, for an old link's page.
        unanswered = self._database.column(
            "SELECT id FROM signup WHERE outcome = 1 AND at <= :before",
            {"before": now - LETTER_DAYS * DAY},
        )
        lapsed = sum(self.close(number, Outcome.LAPSED) for number in unanswered)
        return (
            lapsed
            + self._end_guests()
            + self._database.execute(
                "DELETE FROM signup WHERE outcome <> 1 AND at <= :before",
                {"before": now - keep.forms * DAY},
            )
        )

    def _end_guests(self) -> int:
        """Delete the addresses of those who only ever agreed to hear of events, and come to none
        any more; return how many.
        """
        with self._database.transaction():
            ended = self._database.column(_GUESTS, {"events": CONSENT, "paused": Status.PAUSED})
            for person in ended:
                self._database.execute(
                    "DELETE FROM contact WHERE person = :person", {"person": person}
                )
                self._addressees.release(person)
        return len(ended)


_SELECT = "SELECT id, person, at, outcome, content FROM signup"

_GUESTS = (
    "SELECT k.person FROM contact k CROSS JOIN person p WHERE p.id = k.person AND p.status ="
    " :paused AND k.consent_source IS NULL AND EXISTS (SELECT 1 FROM consent c WHERE c.person ="
    " k.person AND c.purpose = :events) AND NOT EXISTS (SELECT 1 FROM consent o WHERE o.person ="
    " k.person AND o.purpose <> :events) AND NOT EXISTS (SELECT 1 FROM event_guest g WHERE g.person"
    " = k.person) AND NOT EXISTS (SELECT 1 FROM pledge_editor e WHERE e.person = k.person)"
)


def _signup(*, outcome: int, content: str, **columns: Any) -> Signup:
    wishes = Wishes(**json.loads(content)) if content else None
    return Signup(outcome=Outcome(outcome), wishes=wishes, **columns)
