"""Pledges that were written on a page, and wait until who has the address given submits them, or
who was the first to open them in a chat by their code.

Who confirms has made a pledge (`bot.store.pledges.asking` says how else it can end): by the link in
the letter, or by the code and a button in the chat.

What was written is deleted with each end. No pledge, no editor and no consent is there before the
answer. Of a code only its digest is kept: who reads the file, or a backup of it, can't open
anything.
"""

import hashlib
import json
from typing import Any, ClassVar

from typing_extensions import override

from bot.model import Audience
from bot.model.person import NewPerson
from bot.model.pledge import (
    LETTER_DAYS,
    NOBODY,
    Handle,
    NewPledge,
    Outcome,
    Proposal,
    Proposed,
)
from bot.model.subject import Propose
from bot.model.who import Keep, Purpose, Who
from bot.store.pledges.asking import Asking, Kind
from bot.store.topic import Export, Personal
from bot.times import iso


class Proposals(Asking):
    """Pledges from pages, and what became of each."""

    PERSONAL: ClassVar[Personal] = {Purpose.PLEDGES: {"proposal": ("person", "content", "digest")}}
    KIND = Kind(
        table="proposal",
        letter=Propose(),
        days=LETTER_DAYS,
        # who opened a code in the chat has an account of their own there
        person="CASE WHEN digest = '' THEN person ELSE 0 END",
        emptied=", content = ''",
    )

    @override
    def of(self, who: Who) -> Export:
        if who.person is None:
            return {}
        return {
            "proposed_pledges": [
                {
                    "at": iso(proposal.at),
                    "outcome": proposal.outcome.name.lower(),
                    "answers": dict(proposal.proposed.new.answers) if proposal.proposed else None,
                }
                for proposal in self.of_person(who.person)
            ]
        }

    @override
    def forget(self, who: Who, now: int) -> int:
        if who.person is not None:
            self.refuse(who.person)
            self._drop_of(who.person)
        return 0

    def keep(self, person: NewPerson, proposed: Proposed, now: int) -> tuple[int, int]:
        """Store what was written; return the numbers of the proposal and of its person."""
        with self._database.transaction():
            number = self._addressees.take(person)
            [(proposal,)] = self._database.rows(
                "INSERT INTO proposal (person, at, outcome, content) VALUES (:person, :now, :open,"
                " :content) RETURNING id",
                {
                    "person": number,
                    "now": now,
                    "open": Outcome.OPEN,
                    "content": _json(proposed),
                },
            )
        return int(proposal), number

    def keep_coded(self, code: str, proposed: Proposed, now: int) -> bool:
        """Store what was written for whoever opens it by this code; what was sent under the same
        code before is replaced. Returns False, and stores nothing, where somebody has opened that,
        or it is over.
        """
        kept = self._database.execute(
            "INSERT INTO proposal (person, at, outcome, content, digest) VALUES (:nobody, :now,"
            " :open, :content, :digest) ON CONFLICT (digest) WHERE digest <> '' DO UPDATE SET"
            " content = excluded.content, at = excluded.at WHERE proposal.person = :nobody AND"
            " proposal.outcome = :open",
            {
                "nobody": NOBODY,
                "now": now,
                "open": Outcome.OPEN,
                "content": _json(proposed),
                "digest": _digest(code),
            },
        )
        return kept > 0

    def coded(self, code: str) -> Proposal | None:
        """Return the proposal that this code opens, whatever has become of it, or None."""
        return self._database.first(
            _proposal,
            f"{_SELECT} WHERE digest = :digest AND digest <> ''",
            {"digest": _digest(code)},
        )

    def claim(self, proposal: int, person: int) -> bool:
        """Let an open proposal be that of who opens it first; False where it is another's."""
        return bool(
            self._database.execute(
                "UPDATE proposal SET person = :person WHERE id = :id AND outcome = :open AND person"
                " IN (:nobody, :person) AND digest <> ''",
                {"person": person, "id": proposal, "open": Outcome.OPEN, "nobody": NOBODY},
            )
        )

    def get(self, proposal: int) -> Proposal | None:
        """Return the proposal with this number, or None."""
        return self._database.first(_proposal, f"{_SELECT} WHERE id = :id", {"id": proposal})

    def of_person(self, person: int) -> list[Proposal]:
        """Return all proposals with this person's address, or opened by them, oldest first."""
        return self._database.select(
            _proposal, f"{_SELECT} WHERE person = :person ORDER BY id", {"person": person}
        )

    def change(self, proposal: int, proposed: Proposed) -> bool:
        """Put this in the place of what was written, of a proposal that is open; False where none
        is.
        """
        return bool(
            self._database.execute(
                "UPDATE proposal SET content = :content WHERE id = :id AND outcome = :open",
                {"content": _json(proposed), "id": proposal, "open": Outcome.OPEN},
            )
        )

    @override
    def expire(self, now: int, keep: Keep) -> int:
        return self._lapse(now) + self._drop(now, keep.forms)


_SELECT = "SELECT id, person, at, outcome, content, digest FROM proposal"


def _proposal(*, outcome: int, content: str, digest: str, **columns: Any) -> Proposal:
    proposed = _proposed(**json.loads(content)) if content else None
    return Proposal(outcome=Outcome(outcome), proposed=proposed, coded=bool(digest), **columns)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _json(proposed: Proposed) -> str:
    new = vars(proposed.new) | {"audience": int(proposed.new.audience)}
    handles = [vars(handle) for handle in proposed.handles]
    content = {"new": new, "handles": handles, "agreed": dict(proposed.agreed)}
    return json.dumps(content, ensure_ascii=False)


def _proposed(
    *, new: dict[str, Any], handles: list[dict[str, str]], agreed: dict[str, str]
) -> Proposed:
    audience = Audience(new.pop("audience"))
    return Proposed(
        new=NewPledge(audience=audience, **new),
        handles=tuple(Handle(**handle) for handle in handles),
        agreed=agreed,
    )
