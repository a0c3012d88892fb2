"""Invitations by letter: an editor gives a colleague's address, and whoever answers the letter
there edits the pledge, too.

Who confirms is an editor then, and a contact. It lapses, too, where the pledge is gone, or who
invited edits it no more (`bot.store.pledges.asking` says how else it can end).
"""

from typing import Any, ClassVar

from typing_extensions import override

from bot.model.person import NewPerson
from bot.model.pledge import INVITE_DAYS, Invitation, Outcome
from bot.model.subject import Invited
from bot.model.who import Keep, Purpose, Who
from bot.store.pledges.asking import Asking, Kind
from bot.store.topic import Export, Personal
from bot.times import iso


class Invitations(Asking):
    """Letters that invite somebody to edit a pledge, and how each ended."""

    PERSONAL: ClassVar[Personal] = {Purpose.PLEDGES: {"invitation": ("person", "asker")}}
    KIND = Kind(table="invitation", letter=Invited(), days=INVITE_DAYS)

    @override
    def of(self, who: Who) -> Export:
        if who.person is None:
            return {}
        return {
            "invitations": [
                {"at": iso(each.at), "outcome": each.outcome.name.lower()}
                for each in self.to(who.person)
            ]
        }

    @override
    def forget(self, who: Who, now: int) -> int:
        # both as the editor who invited, and as the one who was invited
        if who.person is not None:
            self._end("asker = :person", {"person": who.person}, Outcome.LAPSED)
            self.refuse(who.person)
            self._database.execute(
                "DELETE FROM invitation WHERE person = :person OR asker = :person",
                {"person": who.person},
            )
        return 0

    def ask(self, pledge: int, person: NewPerson, asker: int, now: int) -> tuple[int, int]:
        """Store an invitation to an address; return the numbers of it and of its person."""
        return self._addressees.ask(pledge, person, asker, now)

    def get(self, invitation: int) -> Invitation | None:
        """Return the invitation with this number, or None."""
        return self._database.first(_invitation, f"{_SELECT} WHERE id = :id", {"id": invitation})

    def to(self, person: int) -> list[Invitation]:
        """Return all invitations to this person's address, oldest first."""
        return self._database.select(
            _invitation, f"{_SELECT} WHERE person = :person ORDER BY at, id", {"person": person}
        )

    # how it ends

    def confirm(self, invitation: int) -> None:
        """Write down that who has the address edits the pledge now."""
        self.close(invitation, Outcome.CONFIRMED)

    def keeps(self, person: int) -> bool:
        """Return whether an address that was invited is still known, since it is a contact's, or
        another letter to it is open.
        """
        address = self._database.value(
            "SELECT address FROM person WHERE id = :person", {"person": person}
        )
        return address not in (None, f"gone-{person}")

    def withdraw(self, pledge: int, asker: int) -> None:
        """End the open invitations by somebody who edits the pledge no more."""
        self._end(
            "pledge = :pledge AND asker = :asker",
            {"pledge": pledge, "asker": asker},
            Outcome.LAPSED,
        )

    def forget_pledge(self, pledge: int) -> None:
        """End and delete all invitations to a pledge that is deleted."""
        with self._database.transaction():
            self._end("pledge = :pledge", {"pledge": pledge}, Outcome.LAPSED)
            self._database.execute(
                "DELETE FROM invitation WHERE pledge = :pledge", {"pledge": pledge}
            )

    @override
    def expire(self, now: int, keep: Keep) -> int:
        return self._lapse(now) + self._drop(now, keep.forms)


_SELECT = "SELECT id, pledge, person, asker, at, outcome FROM invitation"


def _invitation(*, outcome: int, **columns: Any) -> Invitation:
    return Invitation(outcome=Outcome(outcome), **columns)
