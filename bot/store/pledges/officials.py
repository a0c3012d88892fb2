"""Requests to official addresses: a pledge-maker gives one, and whoever answers the letter to it
has shown who they are. The address is deleted with the answer.

Confirmed, only the domain stays, in the pledge's verification. It lapses, too, where the pledge, or
who gave the address, is gone (`bot.store.pledges.asking` says how else it can end).
"""

from typing import Any, ClassVar

from typing_extensions import override

from bot.model.person import NewPerson, Status
from bot.model.pledge import LETTER_DAYS, Official, Outcome
from bot.model.subject import Verify
from bot.model.who import Keep, Purpose, Who
from bot.store.pledges.asking import Asking, Kind
from bot.store.topic import Export, Personal
from bot.times import iso


class Officials(Asking):
    """Requests to official addresses, and how each ended."""

    PERSONAL: ClassVar[Personal] = {Purpose.PLEDGES: {"official": ("person", "asker")}}
    KIND = Kind(table="official", letter=Verify(), days=LETTER_DAYS)

    @override
    def of(self, who: Who) -> Export:
        # An address is kept only until it has answered.
        if who.person is None:
            return {}
        return {
            "official_addresses": [
                {
                    "at": iso(request.at),
                    "outcome": request.outcome.name.lower(),
                    "address": request.address if request.outcome is Outcome.OPEN else None,
                }
                for request in self.by(who.person)
            ]
        }

    @override
    def forget(self, who: Who, now: int) -> int:
        # both as the editor who gave an address, and as the person who has it
        if who.person is not None:
            self.forget_asker(who.person)
            self.refuse(who.person)
        return 0

    def ask(self, pledge: int, person: NewPerson, asker: int, now: int) -> tuple[int, int]:
        """Store a request to an address; return the numbers of the request and of its person.

        Whoever is known under the address already is not changed, unless only such requests made
        them known.
        """
        return self._addressees.ask(pledge, person, asker, now)

    def get(self, request: int) -> Official | None:
        """Return the request with this number, or None."""
        requests = self._select("f.id = :id", {"id": request})
        return requests[0] if requests else None

    def of_pledge(self, pledge: int) -> list[Official]:
        """Return all requests about a pledge, oldest first."""
        return self._select("f.pledge = :pledge", {"pledge": pledge})

    def by(self, asker: int) -> list[Official]:
        """Return all requests by this editor, oldest first."""
        return self._select("f.asker = :asker", {"asker": asker})

    def to(self, person: int) -> list[Official]:
        """Return all requests to this person's address, oldest first."""
        return self._select("f.person = :person", {"person": person})

    def _select(self, where: str, params: dict[str, object]) -> list[Official]:
        return self._database.select(
            _official,
            "SELECT f.id, f.pledge, f.person, f.asker, f.at, f.outcome, p.address, p.status"
            f" FROM official f JOIN person p ON p.id = f.person WHERE {where} ORDER BY f.id",
            params,
        )

    # how it ends

    def confirm(self, request: int) -> None:
        """Write down that the address has answered with yes."""
        self.close(request, Outcome.CONFIRMED)

    @override
    def expire(self, now: int, keep: Keep) -> int:
        # Requests that nobody answered; the letter said how long they could be.
        return self._lapse(now)

    def forget_asker(self, asker: int) -> None:
        """Let the open requests of an editor lapse, and take their number off all others."""
        with self._database.transaction():
            self._end("asker = :asker", {"asker": asker}, Outcome.LAPSED)
            self._database.execute(
                "UPDATE official SET asker = 0 WHERE asker = :asker", {"asker": asker}
            )

    def forget_pledge(self, pledge: int) -> None:
        """End all requests of a pledge that is deleted."""
        with self._database.transaction():
            self._end("pledge = :pledge", {"pledge": pledge}, Outcome.LAPSED)
            self._database.execute(
                "UPDATE official SET pledge = 0 WHERE pledge = :pledge", {"pledge": pledge}
            )


def _official(*, outcome: int, status: int, **columns: Any) -> Official:
    return Official(outcome=Outcome(outcome), bounced=status == Status.BLOCKED, **columns)
