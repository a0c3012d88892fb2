"""Sign-ups to the newsletter, which wait until who has the address given confirms them.

Who confirms is a contact then (`bot.store.pledges.asking` says how else it can end). What was
wished is deleted with each end. No contact and no consent is there before the answer.
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
from bot.store.pledges.asking import Asking, Kind
from bot.store.topic import Export, Personal
from bot.times import iso


class Signups(Asking):
    """Who has signed up on a page, and what became of it."""

    PERSONAL: ClassVar[Personal] = {Purpose.MESSAGES: {"signup": ("person", "content")}}
    KIND = Kind(table="signup", letter=SignUp(), days=LETTER_DAYS, emptied=", content = ''")

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
            self._drop_of(who.person)
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

    @override
    def expire(self, now: int, keep: Keep) -> int:
        return self._lapse(now) + self._end_guests() + self._drop(now, keep.forms)

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
