"""Invitations by letter: an editor gives a colleague's address, and whoever answers the letter
there edits the pledge, too.

::

    open ── the link in the letter, and its button ──► confirmed: an editor, and a contact
      ├── "not for me", or unsubscribed ─────────────► refused
      └── some days without an answer; the pledge is gone, or who invited edits it no more
                                                   ──► lapsed

The address is deleted with each end but the first (`bot.store.pledges.addressees`).
"""

from typing import Any, ClassVar

from typing_extensions import override

from bot.model.person import NewPerson
from bot.model.pledge import INVITE_DAYS, Invitation, Outcome
from bot.model.subject import Invited
from bot.model.who import Keep, Purpose, Who
from bot.store.db import Database
from bot.store.pledges.addressees import Addressees
from bot.store.topic import Export, Personal, Topic
from bot.times import DAY, iso


class Invitations(Topic):
    """Letters that invite somebody to edit a pledge, and how each ended."""

    PERSONAL: ClassVar[Personal] = {Purpose.PLEDGES: {"invitation": ("person", "asker")}}

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._addressees = Addressees(database, "invitation", Invited())

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
            self._close("asker = :person", {"person": who.person}, Outcome.LAPSED)
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
        return self._select("person = :person", {"person": person})

    def _select(self, where: str, params: dict[str, object]) -> list[Invitation]:
        return self._database.select(
            _invitation, f"{_SELECT} WHERE {where} ORDER BY at, id", params
        )

    # how it ends

    def confirm(self, invitation: int) -> None:
        """Write down that who has the address edits the pledge now."""
        self._close("id = :id", {"id": invitation}, Outcome.CONFIRMED)

    def refuse(self, person: int) -> int:
        """End all open invitations to a person's address as refused; return how many end."""
        return self._close("person = :person", {"person": person}, Outcome.REFUSED)

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
        self._close(
            "pledge = :pledge AND asker = :asker",
            {"pledge": pledge, "asker": asker},
            Outcome.LAPSED,
        )

    def forget_pledge(self, pledge: int) -> None:
        """End and delete all invitations to a pledge that is deleted."""
        with self._database.transaction():
            self._close("pledge = :pledge", {"pledge": pledge}, Outcome.LAPSED)
            self._database.execute(
                "DELETE FROM invitation WHERE pledge = :pledge", {"pledge": pledge}
            )

    @override
    def expire(self, now: int, keep: Keep) -> int:
        # Those that nobody has answered; later also that there was one, for an old link's page.
        lapsed = self._close("at <= :before", {"before": now - INVITE_DAYS * DAY}, Outcome.LAPSED)
        return lapsed + self._database.execute(
            "DELETE FROM invitation WHERE outcome <> 1 AND at <= :before",
            {"before": now - keep.forms * DAY},
        )

    def _close(self, where: str, params: dict[str, object], outcome: Outcome) -> int:
        with self._database.transaction():
            ending = self._select(f"{where} AND outcome = 1", params)
            for each in ending:
                self._addressees.end(each.id, each.person, outcome)
        return len(ending)


_SELECT = "SELECT id, pledge, person, asker, at, outcome FROM invitation"


def _invitation(*, outcome: int, **columns: Any) -> Invitation:
    return Invitation(outcome=Outcome(outcome), **columns)
