"""Sweeps: decisions about all messages to people of one occurrence on one channel, carried out in
steps that each hold the write lock shortly.

The decision stands at once and outlives a crash: `bot.store.sending.holds` lets no claim take what
is being cancelled, and each step moves the cursor in its own transaction.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from typing_extensions import override

from bot.model import PUBLIC, State
from bot.model.outbox import EVERYTHING, Scope
from bot.model.outbox.broadcasts import Sweep, SweepKind
from bot.model.staff import Actor
from bot.model.who import Keep, Purpose, Who
from bot.store.sending.scopes import of_people
from bot.store.states import DECIDED, listed
from bot.store.tally import reopen
from bot.store.topic import Personal, Topic

STEP = 500
"""Most rows that one step changes, which holds the write lock for some 10 ms."""

LOOK = 10_000
"""Most rows that one step reads."""

STOPS = (SweepKind.CANCEL, SweepKind.CALL_OFF, SweepKind.CLEAR)
"""Kinds after which nothing leaves any more, from the moment in which they are decided."""

DOUBTS = (SweepKind.SEND, SweepKind.GIVE_UP)
"""Kinds about what is uncertain."""

PASSED = (*STOPS, SweepKind.RETIME)
"""Kinds while which no claim takes a message."""

_OPPOSED = (DOUBTS, (SweepKind.CANCEL, SweepKind.REVIVE))
"""Kinds of which the newest decision takes the place of the other."""


class Sweeps(Topic):
    """The sweeps, those that are done too until their day is over."""

    PERSONAL: ClassVar[Personal] = {Purpose.STAFF: {"sweep": ("by_whom",)}}

    @override
    def forget(self, who: Who, now: int) -> int:
        # what was decided stays decided
        self._unsign(who, "sweep")
        return 0

    @override
    def expire(self, now: int, keep: Keep) -> int:
        return self._database.execute(
            "DELETE FROM sweep WHERE done = 1 AND NOT EXISTS (SELECT 1 FROM occurrence o WHERE o.id"
            " = sweep.occurrence AND o.closes > :now)",
            {"now": now},
        )

    def put(
        self,
        kind: SweepKind,
        occurrence: int,
        channel: int,
        by: Actor,
        now: int,
        *,
        of: Scope = EVERYTHING,
    ) -> int:
        """Decide about those messages of a broadcast whose country, language and group are in `of`;
        return the sweep's id. One of the same kind begins anew; what is uncertain, and what is
        cancelled, follows the newest decision.
        """
        params = {"occurrence": occurrence, "channel": channel, **_people(of)}
        with self._database.transaction():
            for kinds in _OPPOSED:
                if kind in kinds:
                    self._database.execute(
                        "DELETE FROM sweep WHERE occurrence = :occurrence AND channel = :channel"
                        f" AND kind IN ({listed(kinds)})",
                        params,
                    )
            number: int = self._database.value(
                "INSERT INTO sweep (kind, occurrence, channel, country, language, stakeholder,"
                " by_whom, at, after, changed, done) VALUES (:kind, :occurrence, :channel,"
                " :country, :language, :group, :by, :now, :first, 0, 0) ON CONFLICT (occurrence,"
                " channel, kind, country, language, stakeholder) DO UPDATE SET by_whom ="
                " excluded.by_whom, at = excluded.at, after = excluded.after, changed = 0, done = 0"
                " RETURNING id",
                {
                    **params,
                    "kind": kind,
                    "by": by,
                    "now": now,
                    "first": _FIRST.get(kind, PUBLIC),
                },
            )
        return number

    def open(self) -> list[Sweep]:
        """Return the sweeps that are not done, oldest first."""
        return self._database.select(_sweep, f"{_SWEEP} WHERE done = 0 ORDER BY id")

    def step(self, number: int) -> Sweep | None:
        """Carry out one step of a sweep; return how it stands then, or None where it was dropped
        meanwhile.
        """
        with self._database.transaction():
            sweep = self._database.first(_sweep, f"{_SWEEP} WHERE id = :id", {"id": number})
            if sweep is None or sweep.done:
                return sweep
            params = {
                "occurrence": sweep.occurrence,
                "channel": sweep.channel,
                **_people(sweep.of),
                "at": sweep.at,
                "after": sweep.after,
            }
            meant = _MEANT[sweep.kind]
            upto, is_last = self._stretch(meant, params)
            changed = self._change(sweep, meant, {**params, "upto": upto})
            return self._database.first(
                _sweep,
                "UPDATE sweep SET after = :upto, changed = changed + :changed, done = :done WHERE"
                f" id = :id RETURNING {_COLUMNS}",
                {"upto": upto, "changed": changed, "done": int(is_last), "id": number},
            )

    def _stretch(self, meant: str, params: Mapping[str, Any]) -> tuple[int, bool]:
        """Return the id up to which a step goes, and whether it is the last one."""
        end = self._database.value(
            f"SELECT d.recipient FROM delivery d WHERE {_PART} ORDER BY d.recipient LIMIT 1 OFFSET"
            " :look - 1",
            {**params, "look": LOOK},
        )
        upto = _FAR if end is None else int(end)
        cut = self._database.value(
            f"SELECT d.recipient FROM delivery d WHERE {_PART} AND d.recipient <= :upto AND {meant}"
            " ORDER BY d.recipient LIMIT 1 OFFSET :most - 1",
            {**params, "upto": upto, "most": STEP},
        )
        return (upto, end is None) if cut is None else (int(cut), False)

    def _change(self, sweep: Sweep, meant: str, params: Mapping[str, Any]) -> int:
        where = f"{_PART} AND d.recipient <= :upto AND {meant}"
        uncertain = sweep.kind in DOUBTS
        if uncertain:
            words = _WORDS[sweep.kind].format(sweep.by)
            self._database.execute(
                "INSERT INTO result (occurrence, channel, recipient, at, error) SELECT"
                f" d.occurrence, d.channel, d.recipient, :at, :error FROM delivery d WHERE {where}"
                " ON CONFLICT (occurrence, channel, recipient) DO UPDATE SET at = excluded.at,"
                " error = excluded.error",
                {**params, "error": words},
            )
        becomes = _BECOMES.get(sweep.kind)
        change = f"UPDATE delivery AS d SET {becomes}" if becomes else "DELETE FROM delivery AS d"
        changed = self._database.execute(f"{change} WHERE {where}", params)
        if changed and (uncertain or becomes is None):
            reopen(self._database, [sweep.occurrence])
        return changed


_FAR = 2**63 - 1

_FIRST = {
    # posts are released with all else that is held
    SweepKind.RENEW: PUBLIC - 1,
    # rows of forgotten people go with the others
    SweepKind.CLEAR: -_FAR,
}

_WORDS = {
    SweepKind.SEND: "uncertain before; released by {}",
    SweepKind.GIVE_UP: "cancelled by {}",
}

_PART = "d.occurrence = :occurrence AND d.channel = :channel AND d.recipient > :after"

_WAITS = f"d.state IN ({listed((State.PLANNED, State.AWAITING_APPROVAL, State.QUEUED))})"

_WAVE = (
    "(SELECT w.{0} FROM person p JOIN wave w ON w.place = p.place WHERE p.id = d.recipient AND"
    " w.occurrence = d.occurrence)"
)

# Who has moved to where no wave goes is met once the hour that staff gave has come everywhere.
_START = (
    "(SELECT {0} FROM given_start g JOIN occurrence o ON o.id = g.occurrence WHERE"
    " g.occurrence = d.occurrence AND g.channel = d.channel AND g.latest > d.due)"
)

_DUE = f"coalesce({_WAVE.format('due')}, {_START.format('g.latest')}, d.due)"

_EXPIRES = f"coalesce({_WAVE.format('expires')}, {_START.format('g.latest + o.grace')}, d.expires)"

_LIKE_WAVE = f"due = {_DUE}, expires = {_EXPIRES}"

_MEANT = {
    SweepKind.CANCEL: _WAITS,
    SweepKind.CALL_OFF: _WAITS,
    SweepKind.CLEAR: f"d.recipient <> {PUBLIC} AND NOT {DECIDED}",
    SweepKind.SEND: f"d.state = {int(State.UNCERTAIN)}",
    SweepKind.GIVE_UP: f"d.state = {int(State.UNCERTAIN)}",
    # not what somebody cancelled or took back by itself
    SweepKind.REVIVE: (
        f"d.state = {int(State.CANCELLED)} AND {_EXPIRES} > :at AND NOT EXISTS (SELECT 1 FROM"
        " result r WHERE r.occurrence = d.occurrence AND r.channel = d.channel AND r.recipient ="
        " d.recipient AND (r.receipt IS NOT NULL OR r.error LIKE 'cancelled by %' OR r.error"
        " LIKE 'retracted by %'))"
    ),
    SweepKind.RETIME: f"d.state = {int(State.QUEUED)}",
    SweepKind.RENEW: (
        f"d.state IN ({listed((State.PLANNED, State.QUEUED))}) AND d.due <= :at AND d.expires <="
        f" :at AND {of_people('d')}"
    ),
}

_GRACE = ":at + (SELECT o.grace FROM occurrence o WHERE o.id = :occurrence)"

_BECOMES = {
    **dict.fromkeys((SweepKind.CANCEL, SweepKind.CALL_OFF), f"state = {int(State.CANCELLED)}"),
    SweepKind.SEND: f"state = {int(State.QUEUED)}, due = :at, expires = {_GRACE}",
    SweepKind.GIVE_UP: f"state = {int(State.CANCELLED)}",
    SweepKind.RENEW: f"expires = {_GRACE}",
    SweepKind.REVIVE: f"state = {int(State.QUEUED)}, {_LIKE_WAVE}",
    SweepKind.RETIME: _LIKE_WAVE,
}

_COLUMNS = (
    "id, kind, occurrence, channel, country, language, stakeholder, by_whom, at, after,"
    " changed, done"
)

_SWEEP = f"SELECT {_COLUMNS} FROM sweep"


def _people(of: Scope) -> dict[str, str]:
    return {"country": of.country, "language": of.language, "group": of.group}


def _sweep(
    *,
    kind: int,
    country: str,
    language: str,
    stakeholder: str,
    by_whom: str,
    done: int,
    **columns: Any,
) -> Sweep:
    return Sweep(
        kind=SweepKind(kind),
        of=Scope(country=country, language=language, group=stakeholder),
        by=Actor(by_whom),
        done=bool(done),
        **columns,
    )
