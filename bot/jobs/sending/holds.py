"""Hold and release: everything, a channel, a country or an action stands still at once, and goes on
when a person lets it.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.errors import UsageError
from bot.jobs.services import Services
from bot.model.outbox import Late, Scope
from bot.names import pick
from bot.rules.reading import places
from bot.times import epoch


@dataclass(frozen=True, kw_only=True)
class Released:
    """What a release did, and what it left held."""

    #: False: just this was not held
    lifted: bool
    #: what is past its grace: skipped, or sent where `renewed` says so
    late: tuple[Late, ...]
    #: late deliveries that got their grace anew
    renewed: int


def scope(
    services: Services, channel: str | None, country: str | None, action: str | None
) -> Scope:
    """The scope of these names.

    Raises `UsageError` with the known ones for a name that nobody knows.
    """
    if channel is not None:
        pick(channel, services.store.channels.ids(), "channel")
    if action is not None:
        _pick_action(services, action)
    code = (country or "").upper()
    if code and code not in places.country_codes():
        here = ", ".join(services.store.people.countries()) or "none yet"
        raise UsageError(
            f"no country has the code '{country}'; it is two letters of ISO 3166, and subscribers"
            f" live in: {here}"
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
    pick(action, known, "action")


def _actions(services: Services) -> set[str]:
    """Actions of the campaigns that are played, and what is planned of others."""
    return {action.id for campaign in services.active for action in campaign.actions} | set(
        services.store.listing.actions()
    )


def hold(services: Services, what: Scope, now: datetime) -> bool:
    """Stop it before the next claim; False when it is held already."""
    return services.store.holds.put(what, epoch(now))


def release(services: Services, what: Scope, now: datetime, *, send_late: bool = False) -> Released:
    """Let it go on.

    What is past its grace ends skipped, or gets its grace anew with `send_late`; nothing changes
    when just this was not held.
    """
    holds, moment = services.store.holds, epoch(now)
    if not holds.is_held(what):
        return Released(lifted=False, late=(), renewed=0)
    late = holds.late(what, moment)
    # Before the hold goes, or a sender beside us would skip them first.
    renewed = holds.renew(what, moment) if send_late and late else 0
    return Released(lifted=holds.lift(what), late=tuple(late), renewed=renewed)
