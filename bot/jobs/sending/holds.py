"""Holds: everything, a channel, a country or an action stands still at once, until a person
releases it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from bot.errors import UsageError
from bot.jobs.broadcasts import sweeps
from bot.jobs.services import Services
from bot.languages import naming
from bot.model.outbox import Late, Scope
from bot.model.outbox.broadcasts import SweepKind
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.names import pick
from bot.rules.reading import places
from bot.times import epoch


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


_SHOWN = 30
"""Most codes of countries that one line names."""


def scope(
    services: Services, channel: str | None, country: str | None, action: str | None
) -> Scope:
    """Return the scope that these names mean together; without any of them, everything.

    Raises `UsageError` for an unknown name, with those that are known.
    """
    if channel is not None:
        pick(channel, services.store.channels.ids(), "channel")
    if action is not None:
        _pick_action(services, action)
    code = places.country(country, naming("en").territories) if country else ""
    if country and not code:
        lived_in = services.store.people.countries()
        more = " and others" if len(lived_in) > _SHOWN else ""
        here = ", ".join(lived_in[:_SHOWN]) + more or "none yet"
        raise UsageError(
            f"no country has the code '{country}'; it is two letters of ISO 3166, or its name, and"
            f" subscribers live in: {here}"
        )
    return Scope(channel=channel or "", country=code, action=action or "")


def _pick_action(services: Services, action: str) -> None:
    """Raise `UsageError` for an action that nobody knows."""
    known, unusable = _actions(services), services.settings.unusable
    if unusable and action not in known:
        raise UsageError(
            f"no action called {action!r} is planned, and {unusable} can't be used, so that nobody"
            " knows of others; mend it, or hold its channel, or everything"
        )
    pick(action, known, "action", "drumbeat calendar")


def _actions(services: Services) -> set[str]:
    """Return the ids of the active campaigns' actions, and of all that is planned."""
    return {action.id for campaign in services.active for action in campaign.actions} | set(
        services.store.listing.actions()
    )


def hold(services: Services, what: Scope, by: Actor, now: datetime) -> bool:
    """Hold this scope from the next claim on; return False when just it is held already."""
    with services.store.transaction():
        number = services.store.holds.put(what, epoch(now))
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
) -> Released:
    """Lift the hold of just this scope; where there is none, change nothing.

    Deliveries that are past their grace by then end skipped. With `send_late` they get their grace
    anew and leave; with `send` those of these (occurrence, channel). Of many that goes on step by
    step in the job `sweeps`, and the hold ends with it, or a sender would skip them first; here and
    now where no process runs that would do it (`alone`).
    """
    holds, moment = services.store.holds, epoch(now)
    number = holds.number(what)
    if number is None:
        return Released(lifted=False, late=(), renewed=0)
    late = services.store.counts.late(what, moment)
    wanted = [(each.occurrence, each.channel_id) for each in late] if send_late else list(send)
    with services.store.transaction():
        services.store.audit.note(by, Verb.LET_GO, moment, number)
        renewing = [
            sweeps.begin(services, SweepKind.RENEW, *key, Actor(""), now, country=what.country)
            for key in wanted
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
