"""Holds: everything, or a part of it, stands still at once, until a person releases it or its end
comes.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from bot.errors import UsageError
from bot.jobs.broadcasts import sweeps
from bot.jobs.services import Services
from bot.languages import by_small_letters, naming
from bot.model import Audience
from bot.model.outbox import Hold, Late, Scope
from bot.model.outbox.broadcasts import SweepKind
from bot.model.staff import MACHINE, Actor
from bot.model.staff.audit import Verb
from bot.names import pick
from bot.rules.reading import places
from bot.times import epoch, iso


@dataclass(frozen=True, kw_only=True)
class Released:
    """What a release did, and what it left held."""

    #: whether exactly this scope was held
    lifted: bool
    #: deliveries past their grace: skipped, unless `renewed` counts them
    late: tuple[Late, ...]
    #: how many late deliveries got a new grace so far
    renewed: int
    #: whether others follow, and the hold ends with the last of them
    follows: bool = False


MOST_REASON = 500
"""Most characters of a reason."""

_SHOWN = 30
"""Most codes of countries that one line names."""


def scope(services: Services, named: Scope) -> Scope:
    """Return the scope that these names mean together: as they stand, but for the country, which
    may be named in English, and the language, whose tag may be written in any way.

    Raises `UsageError` for an unknown name, with those that are known.
    """
    if named.channel:
        pick(named.channel, services.store.channels.ids(), "channel")
    for name, known, what in (
        (named.campaign, {each.id for each in services.active}, "campaign"),
        (named.group, groups(services), "stakeholder group"),
        (named.action, _actions(services), "action"),
    ):
        if name:
            _pick(services, name, known, what)
    return replace(
        named,
        country=_country(services, named.country),
        language=_language(services, named.language) if named.language else "",
    )


def _language(services: Services, language: str) -> str:
    known = languages(services)
    written = by_small_letters(known).get(language.casefold(), language)
    _pick(services, written, known, "language")
    return written


def _country(services: Services, country: str) -> str:
    """Return the code of a country that is named by its code or in English; '' for ''."""
    code = places.country(country, naming("en").territories) if country else ""
    if country and not code:
        lived_in = services.store.people.countries()
        more = " and others" if len(lived_in) > _SHOWN else ""
        here = ", ".join(lived_in[:_SHOWN]) + more or "none yet"
        raise UsageError(
            f"no country has the code '{country}'; it is two letters of ISO 3166, or its name, and"
            f" subscribers live in: {here}"
        )
    return code


def groups(services: Services) -> list[str]:
    """Return the ids of the active campaigns' stakeholder groups, sorted."""
    return sorted({group for campaign in services.active for group in campaign.groups})


def languages(services: Services) -> list[str]:
    """Return the tags of the languages in which people hear from us, sorted."""
    spoken = {tag for campaign in services.active for tag in campaign.languages}
    return sorted(spoken | {channel.language for channel in services.settings.channels.values()})


def _pick(services: Services, name: str, known: Collection[str], what: str) -> None:
    """Raise `UsageError` for a name that nobody knows."""
    unusable = services.settings.unusable
    if unusable and name not in known:
        raise UsageError(
            f"no {what} called {name!r} is planned, and {unusable} can't be used, so that nobody"
            " knows of others; mend it, or hold its channel, or everything"
        )
    pick(name, known, what, "drumbeat calendar" if what == "action" else None)


def _actions(services: Services) -> set[str]:
    """Return the ids of the active campaigns' actions, and of all that is planned."""
    return {action.id for campaign in services.active for action in campaign.actions} | set(
        services.store.listing.actions()
    )


def stops(services: Services, what: Scope) -> int:
    """Return how many people would hear nothing of what is held by this scope: those who are met
    there now, of the audiences that its campaign or action is for.
    """
    active = [each for each in services.active if what.campaign in ("", each.id)]
    actions = [
        action
        for campaign in active
        for action in campaign.actions
        if what.action in ("", action.id)
    ]
    audiences = {each for action in actions for each in action.audiences}
    # what no campaign has, as a post of staff's own, may be for anybody
    chosen = audiences if what.campaign or what.action else set()
    return services.store.numbers.stopped(what, chosen or tuple(Audience))


def hold(
    services: Services,
    what: Scope,
    by: Actor,
    now: datetime,
    *,
    reason: str = "",
    until: datetime | None = None,
) -> bool:
    """Hold this scope from the next claim on, to `until` where it is given; return False when just
    it is held already.

    `reason` is for colleagues. Raises `UsageError` for an end that is past.
    """
    if until is not None and until <= now:
        raise UsageError(f"not held: its end, {iso(epoch(until))}, lies in the past")
    with services.store.transaction():
        number = services.store.holds.put(
            what,
            epoch(now),
            by=by,
            reason=_plain(reason),
            until=None if until is None else epoch(until),
        )
        if number is not None:
            services.store.audit.note(by, Verb.HELD, epoch(now), number)
    return number is not None


def _plain(reason: str) -> str:
    return " ".join(reason.split())[:MOST_REASON]


def explain(
    services: Services,
    what: Scope,
    by: Actor,
    now: datetime,
    *,
    reason: str | None = None,
    until: datetime | None = None,
) -> bool:
    """Say why a scope is held, or until when, after the fact; return False where it isn't held."""
    with services.store.transaction():
        number = services.store.holds.explain(
            what,
            by,
            reason=None if reason is None else _plain(reason),
            until=None if until is None else epoch(until),
        )
        if number is not None:
            services.store.audit.note(by, Verb.HELD, epoch(now), number)
    return number is not None


def release(
    services: Services,
    what: Scope,
    by: Actor,
    now: datetime,
    *,
    send_late: bool = False,
    send: Collection[tuple[int, int]] = (),
    alone: bool = False,
    shown: int | None = None,
) -> Released:
    """Lift the hold of just this scope; where there is none, change nothing. With `shown`, the
    number of the hold that somebody looked at, lift no other one that came in its place.

    Deliveries that are past their grace by then end skipped. With `send_late` they get their grace
    anew and leave; with `send` those of these (occurrence, channel). Of many that goes on step by
    step in the job `sweeps`, and the hold ends with it, or a sender would skip them first; here and
    now where no process runs that would do it (`alone`).
    """
    holds, moment = services.store.holds, epoch(now)
    with services.store.transaction():
        number = holds.number(what)
        if number is None or not _is(services, number, shown):
            return Released(lifted=False, late=(), renewed=0)
        late = services.store.counts.late(what, moment)
        wanted = [(each.occurrence, each.channel_id) for each in late] if send_late else list(send)
        services.store.audit.note(by, Verb.LET_GO, moment, number)
        renewing = [
            sweeps.begin(services, SweepKind.RENEW, *key, Actor(""), now, of=what) for key in wanted
        ]
        renewed, follows = sum(each.changed for each in renewing), False
        if all(each.done for each in renewing):
            holds.lift(what)
        else:
            follows = holds.lift_later(what)
    if follows and alone:
        sweeps.finish(services, now)
        renewed, follows = sum(each.count for each in late), False
    return Released(lifted=True, late=tuple(late), renewed=renewed, follows=follows)


def _is(services: Services, number: int, shown: int | None) -> bool:
    """Return whether a hold is the one that somebody looked at, and nobody has released it."""
    hold = services.store.holds.find(number)
    return shown is None or (hold is not None and hold.id == shown and not hold.lifting)


def run(services: Services, now: datetime) -> int:
    """Release the holds whose end has come, as a person would, and tell staff so; return how many.

    What is past its grace by then ends skipped.
    """
    return sum(_end(services, each, now) for each in services.store.holds.ended(epoch(now)))


def _end(services: Services, hold: Hold, now: datetime) -> bool:
    """Release a hold whose end has come; return False where it was changed meanwhile."""
    with services.store.transaction():
        if services.store.holds.find(hold.id) != hold:
            return False
        released = release(services, hold.scope, MACHINE, now, shown=hold.id)
        _tell(services, hold, sum(late.count for late in released.late), now)
    return released.lifted


def _tell(services: Services, hold: Hold, late: int, now: datetime) -> None:
    values = {"scope": hold.scope.values, "late": late}
    services.store.notices.put(
        services.staff_chats, f"hold {hold.id} {hold.since}", "staff.hold_over", values, epoch(now)
    )
