"""Pledges: answers with their history, moderation and verification.

Who may edit is `bot.store.pledges.editors`, the journey `bot.store.pledges.journeys`.

::

    draft ──submit──► submitted ──approve──► approved ──publish──► published
      ▲  ▲               │  │ ▲                 │                     │
      │  └──take back────┘  │ └──submit─┐       └──────withdraw───────┤
      │                     ▼           │                             ▼
      └────────────────── rejected ─────┴──────────submit─────── withdrawn

Whatever is edited later, what is public stays as it was until the new answers are approved too::

    approved, published ──edit──► pending ──approve──► as it was, and the new answers are the
                                     │                 approved ones
                                     └────send back──► as it was: the approved answers stand again,
                                                       and the history has the new, and why not

Nothing of an organisation, country or region is published before it is verified.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, ClassVar

from typing_extensions import override

from bot.errors import Overtaken, UsageError
from bot.model import Audience, State
from bot.model.pledge import (
    Handle,
    Happening,
    JourneyState,
    NewPledge,
    Pledge,
    PledgeState,
    Verification,
)
from bot.model.staff import Actor
from bot.model.subject import News
from bot.model.webhooks import HookKind
from bot.model.who import Purpose, Who
from bot.store.newsletter.digests import Digests
from bot.store.people.peers import Peers
from bot.store.pledges.introductions import Introductions
from bot.store.pledges.invitations import Invitations
from bot.store.pledges.officials import Officials
from bot.store.search import Search
from bot.store.staff.alerts import Alerts
from bot.store.topic import Personal, Topic, signed
from bot.store.webhooks.events import HookEvents

_MOVES: Mapping[PledgeState, frozenset[PledgeState]] = {
    PledgeState.DRAFT: frozenset({PledgeState.SUBMITTED}),
    PledgeState.SUBMITTED: frozenset(
        {PledgeState.APPROVED, PledgeState.REJECTED, PledgeState.DRAFT}
    ),
    PledgeState.APPROVED: frozenset({PledgeState.PUBLISHED, PledgeState.WITHDRAWN}),
    PledgeState.REJECTED: frozenset({PledgeState.SUBMITTED, PledgeState.DRAFT}),
    PledgeState.PUBLISHED: frozenset({PledgeState.WITHDRAWN}),
    PledgeState.WITHDRAWN: frozenset({PledgeState.SUBMITTED}),
}

_TOLD: Mapping[PledgeState, HookKind] = {
    PledgeState.SUBMITTED: HookKind.PLEDGE_SUBMITTED,
    PledgeState.PUBLISHED: HookKind.PLEDGE_PUBLISHED,
}
"""What webhooks are told of."""


class Pledges(Topic):
    """The pledges, their history, and who verified them."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.PLEDGES: {
            "pledge": ("answers", "approved", "organisation"),
            "pledge_handle": ("name", "url"),
            "pledge_verification": ("by_whom", "note"),
            "pledge_event": ("by_whom", "detail"),
        }
    }

    @override
    def forget(self, who: Who, now: int) -> int:
        # `Editors.forget` deletes an individual's own pledge; an organisation's stays.
        self._unsign(who, "pledge_event")
        self._unsign(who, "pledge_verification")
        return 0

    def begin(self, new: NewPledge, by: Actor, now: int) -> int:
        """Begin a draft; return its id.

        `by`, here and in all other methods, is who acted, as `person 12` or `staff anna`.
        """
        with self._database.transaction():
            [(pledge,)] = self._database.rows(
                "INSERT INTO pledge (campaign, audience, stakeholder, organisation, country,"
                " language, answers, state, joined, changed, journey, since) VALUES (:campaign,"
                " :audience, :stakeholder, :organisation, :country, :language, :answers, :state,"
                " :now, :now, :journey, :now) RETURNING id",
                {
                    "campaign": new.campaign,
                    "audience": int(new.audience),
                    "stakeholder": new.stakeholder,
                    "organisation": new.organisation,
                    "country": new.country,
                    "language": new.language,
                    "answers": _json(new.answers),
                    "state": PledgeState.DRAFT,
                    "journey": JourneyState.ACTIVE,
                    "now": now,
                },
            )
            self.note(pledge, "begun", by, now)
        return int(pledge)

    def get(self, pledge: int) -> Pledge | None:
        """Return the pledge with this number, or None."""
        return self._database.first(_pledge, f"{_SELECT} WHERE p.id = :pledge", {"pledge": pledge})

    def several(self, pledges: Collection[int]) -> list[Pledge]:
        """Return the pledges with these numbers that are there, in the order of the numbers."""
        wanted = f"{_SELECT} WHERE p.id IN ({', '.join(str(int(number)) for number in pledges)})"
        there = self._database.select(_pledge, wanted) if pledges else []
        by_number = {pledge.id: pledge for pledge in there}
        return [by_number[number] for number in pledges if number in by_number]

    def all(
        self, campaign: str | None = None, states: Iterable[PledgeState] = tuple(PledgeState)
    ) -> list[Pledge]:
        """Return the pledges in these states, of one campaign or all, by id."""
        wanted = ", ".join(str(int(state)) for state in states)
        return self._database.select(
            _pledge,
            f"{_SELECT} WHERE (CAST(:campaign AS TEXT) IS NULL OR p.campaign = :campaign) AND"
            " p.state IN"
            f" ({wanted}) ORDER BY p.id",
            {"campaign": campaign},
        )

    def to_moderate(self) -> list[Pledge]:
        """Return the pledges that wait for staff: submitted, or edited after they were approved.

        The one that has waited longest comes first.
        """
        return self._database.select(
            _pledge,
            f"{_SELECT} WHERE p.state = :submitted OR (p.state IN (:approved, :published) AND"
            " p.answers <> p.approved) ORDER BY p.changed, p.id",
            {
                "submitted": PledgeState.SUBMITTED,
                "approved": PledgeState.APPROVED,
                "published": PledgeState.PUBLISHED,
            },
        )

    def of_person(self, person: int, campaign: str | None = None) -> list[Pledge]:
        """Return the pledges that this person may edit, newest first."""
        return self._database.select(
            _pledge,
            f"{_SELECT} JOIN pledge_editor e ON e.pledge = p.id WHERE e.person = :person AND"
            " (CAST(:campaign AS TEXT) IS NULL OR p.campaign = :campaign) ORDER BY p.id DESC",
            {"person": person, "campaign": campaign},
        )

    def newest_event(self) -> int:
        """Return a number that grows with all that happens to pledges; 0 before anything did."""
        return int(self._database.value("SELECT coalesce(max(id), 0) FROM pledge_event"))

    def find(self, campaign: str, organisation: str, name: str) -> Pledge | None:
        """Return the pledge with this name of this organisation, or None; used by imports."""
        return next(
            (p for p in self.all(campaign) if p.organisation == organisation and p.name == name),
            None,
        )

    # what its editors do

    def edit(self, pledge: int, answers: Mapping[str, str], by: Actor, now: int) -> bool:
        """Set these answers; the history keeps what stood before.

        Returns False when nothing changes.
        """
        with self._database.transaction():
            there = self._there(pledge)
            before = {
                key: there.answers.get(key, "")
                for key, text in answers.items()
                if there.answers.get(key) != text
            }
            if not before:
                return False
            self._database.execute(
                "UPDATE pledge SET answers = :answers, changed = :now WHERE id = :pledge",
                {"answers": _json({**there.answers, **answers}), "now": now, "pledge": pledge},
            )
            self.note(pledge, "edited", by, now, {"before": before})
        return True

    def drop_answer(self, pledge: int, question: str, now: int) -> None:
        """Delete a draft's answer to this question, so that it is asked again."""
        with self._database.transaction():
            answers = dict(self._there(pledge).answers)
            answers.pop(question, None)
            self._database.execute(
                "UPDATE pledge SET answers = :answers, changed = :now WHERE id = :pledge",
                {"answers": _json(answers), "now": now, "pledge": pledge},
            )

    def handles(self, pledge: int) -> list[Handle]:
        """Return the accounts of a pledge-maker, by network."""
        return self._database.select(
            Handle,
            "SELECT network, name, url FROM pledge_handle WHERE pledge = :pledge ORDER BY network",
            {"pledge": pledge},
        )

    def set_handles(self, pledge: int, handles: Iterable[Handle], by: Actor, now: int) -> None:
        """Replace all accounts of a pledge-maker."""
        handles = list(handles)
        with self._database.transaction():
            before = [handle.name for handle in self.handles(pledge)]
            self._database.execute(
                "DELETE FROM pledge_handle WHERE pledge = :pledge", {"pledge": pledge}
            )
            self._database.many(
                "INSERT INTO pledge_handle (pledge, network, name, url) VALUES (:pledge, :network,"
                " :name, :url)",
                [{"pledge": pledge, **vars(handle)} for handle in handles],
            )
            self.note(pledge, "handles", by, now, {"before": before})

    # moderation

    def move(self, pledge: int, to: PledgeState, by: Actor, now: int, reason: str = "") -> Pledge:
        """Submit, take back, approve, reject, publish or withdraw a pledge.

        Raises `UsageError` for a transition that the diagram above doesn't have, and for publishing
        what isn't verified. Approving freezes the answers as they are now.
        """
        with self._database.transaction():
            there = self._there(pledge)
            again = to is PledgeState.APPROVED and there.pending
            if to not in _MOVES[there.state] and not again:
                ways = ", ".join(sorted(state.word for state in _MOVES[there.state]))
                raise Overtaken(
                    f"pledge {pledge} is {there.state.word}; from there it can become {ways}, not"
                    f" {to.word}"
                )
            if to is PledgeState.PUBLISHED and not self.may_publish(there):
                raise UsageError(
                    f"pledge {pledge}: {there.organisation} is not verified yet; nothing of it goes"
                    " public before that",
                    "unverified",
                )
            self._database.execute(
                "UPDATE pledge SET state = :state, changed = :now, pledged = coalesce(pledged,"
                " :now), approved = CASE WHEN :approve = 1 THEN answers ELSE approved END WHERE id"
                " = :pledge",
                {  # an edited pledge that is public stays public
                    "state": there.state if again else to,
                    "now": now,
                    "approve": int(to is PledgeState.APPROVED),
                    "pledge": pledge,
                },
            )
            if there.state is PledgeState.PUBLISHED and to is PledgeState.WITHDRAWN:
                Search(self._database).hide(pledge)
            self.note(pledge, to.word, by, now, {"reason": reason} if reason else {})
            if (kind := _TOLD.get(to)) is not None:
                HookEvents(self._database).pledge(kind, pledge, there.campaign, now)
        return self._there(pledge)

    def send_back(
        self, pledge: int, by: Actor, now: int, reason: str, leave: Collection[str] = ()
    ) -> Pledge:
        """Reject an edit: the approved answers stand again, but for those to the questions in
        `leave` that were edited: these are taken back for good, and no answer is left of them.

        What had been written stays in the history, with the reason. Raises `UsageError` when
        nothing was edited since the approval.
        """
        with self._database.transaction():
            there = self._there(pledge)
            if not there.pending or there.approved is None:
                why = "has not been edited since it was approved; there is nothing to send back"
                raise Overtaken(f"pledge {pledge} {why}")
            written = {
                key: text for key, text in there.answers.items() if there.approved.get(key) != text
            }
            stands = {
                key: text
                for key, text in there.approved.items()
                if key not in leave or there.answers.get(key) == text
            }
            self._database.execute(
                "UPDATE pledge SET answers = :stands, approved = :stands, changed = :now WHERE id ="
                " :pledge",
                {"stands": _json(stands), "now": now, "pledge": pledge},
            )
            self.note(pledge, "returned", by, now, {"before": written, "reason": reason})
        return self._there(pledge)

    def verify(self, pledge: int, method: str, by: Actor, now: int, note: str = "") -> None:
        """Record that the pledge-maker is who they say; `method` is 'email' or 'staff'."""
        with self._database.transaction():
            self._there(pledge)
            self._database.execute(
                "INSERT INTO pledge_verification (pledge, method, by_whom, note, at) VALUES"
                " (:pledge, :method, :by, :note, :now)",
                {"pledge": pledge, "method": method, "by": by, "note": note, "now": now},
            )
            self.note(pledge, "verified", by, now, {"method": method})

    def verification(self, pledge: int) -> Verification | None:
        """Return the newest verification of a pledge, or None."""
        return self._database.first(
            signed(Verification),
            "SELECT method, by_whom AS by, note, at FROM pledge_verification WHERE pledge ="
            " :pledge ORDER BY id DESC LIMIT 1",
            {"pledge": pledge},
        )

    def may_publish(self, pledge: Pledge) -> bool:
        """Return whether a pledge may be published: it is an individual's own, or verified."""
        return pledge.audience is Audience.INDIVIDUAL or self.verification(pledge.id) is not None

    def set_lost(self, pledge: int, since: int | None) -> None:
        """Set since when nobody can be asked about a pledge; None when somebody can."""
        self._database.execute(
            "UPDATE pledge SET lost = :since WHERE id = :pledge", {"since": since, "pledge": pledge}
        )

    # history

    def note(
        self, pledge: int, kind: str, by: Actor, now: int, detail: Mapping[str, Any] | None = None
    ) -> int:
        """Add a line to a pledge's history; return the line's number."""
        [(number,)] = self._database.rows(
            "INSERT INTO pledge_event (pledge, at, by_whom, kind, detail) VALUES (:pledge, :now,"
            " :by, :kind, :detail) RETURNING id",
            {"pledge": pledge, "now": now, "by": by, "kind": kind, "detail": _json(detail or {})},
        )
        return int(number)

    def history(self, pledge: int) -> list[Happening]:
        """Return everything that happened to a pledge, oldest first."""
        return self._database.select(
            _happening, f"{_HISTORY} WHERE pledge = :pledge ORDER BY id", {"pledge": pledge}
        )

    def newest(self, pledge: int) -> Happening | None:
        """Return the last line of a pledge's history, or None."""
        return self._database.first(
            _happening,
            f"{_HISTORY} WHERE pledge = :pledge ORDER BY id DESC LIMIT 1",
            {"pledge": pledge},
        )

    def happening(self, number: int) -> Happening | None:
        """Return one line of history by its number; None when its pledge is gone."""
        return self._database.first(
            _happening, f"{_HISTORY} WHERE id = :number", {"number": number}
        )

    def delete(self, pledge: int) -> None:
        """Delete a pledge with all that belongs to it.

        News of it that has not left yet is not sent any more.
        """
        with self._database.transaction():
            self._database.execute(
                _UNSAY,
                {
                    "pledge": pledge,
                    "news": News.PREFIX,
                    "cancelled": int(State.CANCELLED),
                    "queued": int(State.QUEUED),
                },
            )
            Officials(self._database).forget_pledge(pledge)
            Invitations(self._database).forget_pledge(pledge)
            Introductions(self._database).forget_pledge(pledge)
            Alerts(self._database).forget_pledge(pledge)
            Digests(self._database).forget_pledge(pledge)
            Peers(self._database).forget_pledge(pledge)
            Search(self._database).hide(pledge)
            for table in _WITH_IT:
                self._database.execute(
                    f"DELETE FROM {table} WHERE pledge = :pledge", {"pledge": pledge}
                )
            self._database.execute(
                "DELETE FROM sheet WHERE owner = 'pledge' AND number = :pledge", {"pledge": pledge}
            )
            self._database.execute("DELETE FROM pledge WHERE id = :pledge", {"pledge": pledge})

    def old_drafts(self, before: int) -> list[Pledge]:
        """Return the drafts that nobody has touched since this epoch second."""
        return self._database.select(
            _pledge,
            f"{_SELECT} WHERE p.state = :draft AND p.changed < :before ORDER BY p.id",
            {"draft": PledgeState.DRAFT, "before": before},
        )

    def _there(self, pledge: int) -> Pledge:
        known = self.get(pledge)
        if known is None:
            raise UsageError(f"there is no pledge {pledge}; `drumbeat pledges list` lists them")
        return known


_SELECT = (
    "SELECT p.id, p.campaign, p.audience, p.stakeholder, p.organisation, p.country, p.language,"
    " p.answers, p.approved, p.state, p.joined, p.changed, p.journey, p.since, p.until, p.heard,"
    " p.lost, p.pledged FROM pledge p"
)

_HISTORY = "SELECT id, pledge, at, by_whom AS by, kind, detail FROM pledge_event"

_WITH_IT = (
    *("pledge_editor", "pledge_invite", "pledge_handle", "pledge_verification", "pledge_event"),
    *("milestone", "survey_answer"),
)
"""Tables whose rows go with a pledge."""

_UNSAY = (
    "UPDATE delivery SET state = :cancelled WHERE state = :queued AND occurrence IN (SELECT o.id"
    " FROM pledge p JOIN pledge_event e ON e.pledge = p.id JOIN occurrence o ON o.campaign ="
    " p.campaign AND o.action = :news || CAST(e.id AS TEXT) WHERE p.id = :pledge)"
)


def _pledge(
    *,
    audience: int,
    answers: str,
    approved: str | None,
    state: int,
    journey: int,
    until: str | None,
    **columns: Any,
) -> Pledge:
    return Pledge(
        audience=Audience(audience),
        answers=json.loads(answers),
        approved=None if approved is None else json.loads(approved),
        state=PledgeState(state),
        journey=JourneyState(journey),
        until=None if until is None else date.fromisoformat(until),
        **columns,
    )


def _happening(*, by: str, detail: str, **columns: Any) -> Happening:
    return Happening(by=Actor(by), detail=json.loads(detail), **columns)


def _json(value: Mapping[str, Any]) -> str:
    # Sorted, so that equal tables are equal texts for the database too.
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
