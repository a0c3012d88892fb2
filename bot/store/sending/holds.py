"""Holds: everything, or a part of it, stands still at once, also after a restart."""

from collections import defaultdict
from collections.abc import Iterator
from typing import ClassVar

from typing_extensions import override

from bot.model import PUBLIC
from bot.model.outbox import Hold, Scope
from bot.model.outbox.broadcasts import SweepKind
from bot.model.outbox.holds import Holds
from bot.model.staff import MACHINE, Actor
from bot.model.who import Purpose, Who
from bot.store.sending.scopes import of_action, of_country, of_group, of_language
from bot.store.sending.sweeps import PASSED
from bot.store.staff.rewordings import Rewordings
from bot.store.states import listed
from bot.store.topic import Export, Personal, Topic, signatures
from bot.times import iso


class HoldRows(Topic):
    """The holds, which dispatch reads before each claim."""

    PERSONAL: ClassVar[Personal] = {Purpose.STAFF: {"hold": ("reason", "by_whom")}}

    @override
    def of(self, who: Who) -> Export:
        said = [hold for name, _ in signatures(who) for hold in self._said(name)]
        return {"holds": said} if said else {}

    def _said(self, by: Actor) -> list[dict[str, str]]:
        """Return why somebody holds what they hold, in their own words."""
        return self._database.select(
            lambda *, since, reason: {"at": iso(since), "reason": reason},
            "SELECT since, reason FROM hold WHERE by_whom = :by AND reason <> '' ORDER BY id",
            {"by": by},
        )

    @override
    def forget(self, who: Who, now: int) -> int:
        # what is held stays held; why stood there in their own words
        for name, _ in signatures(who):
            self._database.execute(
                "UPDATE hold SET reason = '' WHERE by_whom = :name", {"name": name}
            )
        self._unsign(who, "hold")
        return 0

    def put(
        self,
        scope: Scope,
        now: int,
        *,
        by: Actor = MACHINE,
        reason: str = "",
        until: int | None = None,
    ) -> int | None:
        """Hold a scope from now on, to the epoch second `until` where there is one; return the
        hold's number, None when it is held already.

        Raises `IntegrityError` for a channel that the database doesn't know.
        """
        # one that was released and has not ended yet gives way: it is another that is held now
        self._database.execute(f"DELETE FROM hold WHERE lifting = 1 AND {_JUST}", scope.values)
        made: list[int] = self._database.column(
            f"INSERT INTO hold ({_PARTS}, since, until, reason, by_whom) VALUES (:campaign,"
            f" {_CHANNEL}, :country, :language, :group, :action, :now, :until, :reason, :by) ON"
            f" CONFLICT ({_PARTS}) DO NOTHING RETURNING id",
            {**scope.values, "now": now, "until": until, "reason": reason, "by": by},
        )
        return made[0] if made else None

    def explain(
        self, scope: Scope, by: Actor, *, reason: str | None = None, until: int | None = None
    ) -> int | None:
        """Say why just this scope is held, or until which epoch second, and that it is `by` who
        says so; return the hold's number, None where it isn't held.
        """
        number: int | None = self._database.value(
            "UPDATE hold SET reason = coalesce(:reason, reason), until = coalesce(:until, until),"
            " by_whom = CASE WHEN :reason IS NULL THEN by_whom ELSE :by END WHERE lifting = 0 AND"
            f" {_JUST} RETURNING id",
            {**scope.values, "by": by, "reason": reason, "until": until},
        )
        return number

    def lift(self, scope: Scope) -> bool:
        """Lift the hold of exactly this scope; return False where there is none."""
        return self._database.execute(f"DELETE FROM hold WHERE {_JUST}", scope.values) == 1

    def lift_later(self, scope: Scope) -> bool:
        """Release a scope that ends once nothing is to be renewed any more (`lift_released`);
        return False where there is no such hold.
        """
        return (
            self._database.execute(f"UPDATE hold SET lifting = 1 WHERE {_JUST}", scope.values) == 1
        )

    def lift_released(self) -> None:
        """End the holds that are released, unless something late still waits for its new grace."""
        self._database.execute(
            "DELETE FROM hold WHERE lifting = 1 AND NOT EXISTS (SELECT 1 FROM sweep s WHERE s.done"
            f" = 0 AND s.kind = {int(SweepKind.RENEW)})"
        )

    def number(self, scope: Scope) -> int | None:
        """Return the number of the hold of exactly this scope; None where there is none."""
        number: int | None = self._database.value(
            f"SELECT id FROM hold WHERE {_JUST}", scope.values
        )
        return number

    def all(self) -> list[Hold]:
        """Return all holds, oldest first."""
        return self._database.select(_hold, f"{_HOLD} ORDER BY h.since, h.id")

    def scopes(self) -> list[Scope]:
        """Return what is held, the oldest hold first."""
        return [hold.scope for hold in self.all()]

    def find(self, number: int) -> Hold | None:
        """Return the hold with this number; None where it has ended, or never was."""
        return self._database.first(_hold, f"{_HOLD} WHERE h.id = :id", {"id": number})

    def ended(self, now: int) -> list[Hold]:
        """Return the holds whose end has come and that nobody has released, oldest first."""
        return self._database.select(
            _hold,
            f"{_HOLD} WHERE h.until <= :now AND h.lifting = 0 ORDER BY h.since, h.id",
            {"now": now},
        )

    def current(self, only: int | None = None) -> Holds:
        """Return all holds as conditions of a claim.

        With `only`, everything is held that is not for this recipient.
        """
        everything, channels = False, set[int]()
        params: dict[str, object] = {}
        waves: list[str] = []
        people: list[tuple[Scope, str]] = []
        for n, (number, hold) in enumerate(self._held()):
            scope = hold.scope
            if scope in (Scope(), Scope(channel=scope.channel)):
                everything |= not number
                channels |= {number}
                continue
            row = "d" if scope.of_people else "m"
            parts = {**scope.values, "channel": number}
            tests = [test.format(row=row, n=n) for part, test in _TESTS.items() if parts[part]]
            params |= {f"hold_{part}{n}": value for part, value in parts.items() if value}
            if scope.of_people:
                people.append((scope, " AND ".join(tests)))
            else:
                waves.append(f" AND NOT ({' AND '.join(tests)})")
        people += self._unapproved(params)
        unheld = "".join(f" AND NOT ({test})" for _, test in people)
        if only is not None:
            unheld += " AND d.recipient = :only"
            params["only"] = only
        return Holds(
            everything=everything,
            channels=frozenset(channels - {0}),
            waves="".join(waves),
            people=unheld,
            params=params,
            of_people=tuple(people),
            gone=tuple(
                self._database.rows(
                    "SELECT occurrence, channel FROM sweep WHERE done = 0 AND kind IN"
                    f" ({listed(PASSED)}) ORDER BY id"
                )
            ),
        )

    def _unapproved(self, params: dict[str, object]) -> Iterator[tuple[Scope, str]]:
        """Yield what waits until somebody approves the words that staff wrote to people, by channel
        and language, each with its condition on the delivery `d`, whose parameters are added.
        """
        waiting = defaultdict[tuple[int, str, str], list[str]](list)
        for occurrence, channel, name, language in Rewordings(self._database).waiting(0):
            waiting[channel, name, language].append(str(occurrence))
        # one condition for all days: a statement can't be nested without end
        for n, ((channel, name, language), days) in enumerate(waiting.items()):
            params[f"reworded{n}"] = language
            test = (
                f"d.occurrence IN ({', '.join(days)}) AND d.channel = {channel} AND d.recipient >"
                f" {PUBLIC} AND {of_language('d', f':reworded{n}')}"
            )
            yield Scope(channel=name, language=language), test

    def _held(self) -> list[tuple[int, Hold]]:
        """Return the holds, each with the number of its channel, 0 for every one."""
        return self._database.select(
            lambda *, number, **columns: (int(number), _hold(**columns)),
            f"SELECT h.channel AS number, {_HOLD.removeprefix('SELECT ')} ORDER BY h.id",
        )


_OCCURRENCE = "EXISTS (SELECT 1 FROM occurrence o WHERE o.id = {row}.occurrence AND "

_TESTS = {
    "campaign": f"{_OCCURRENCE}o.campaign = :hold_campaign{{n}})",
    "channel": "{row}.channel = :hold_channel{n}",
    "country": of_country("{row}", ":hold_country{n}"),
    "language": of_language("{row}", ":hold_language{n}"),
    "group": of_group("{row}", ":hold_group{n}"),
    "action": f"{_OCCURRENCE}{of_action('o', ':hold_action{n}')})",
}
"""What each part of a scope asks of a row `{row}`, for the hold with the number `{n}`."""

_PARTS = "campaign, channel, country, language, stakeholder, action"

_CHANNEL = "CASE WHEN :channel = '' THEN 0 ELSE (SELECT id FROM channel WHERE name = :channel) END"
"""A channel's number, 0 for every one; NULL for a name that nobody knows, which holds nothing."""

_JUST = (
    f"campaign = :campaign AND channel = {_CHANNEL} AND country = :country AND language = :language"
    " AND stakeholder = :group AND action = :action"
)

_HOLD = (
    "SELECT h.id, h.campaign, coalesce(c.name, '') AS channel, h.country, h.language,"
    " h.stakeholder, h.action, h.since, h.until, h.reason, h.by_whom, h.lifting FROM hold h LEFT"
    " JOIN channel c ON c.id = h.channel"
)


def _hold(
    *,
    id: int,  # noqa: A002 - the column's name
    since: int,
    until: int | None,
    reason: str,
    by_whom: str,
    lifting: int,
    stakeholder: str,
    **scope: str,
) -> Hold:
    return Hold(
        id=id,
        scope=Scope(group=stakeholder, **scope),
        since=since,
        until=until,
        reason=reason,
        by=Actor(by_whom),
        lifting=bool(lifting),
    )
