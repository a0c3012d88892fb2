"""Hold and release: everything, a channel, a country or an action stands still at once, and goes on
when a person lets it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from bot.errors import UsageError
from bot.jobs.services import Services
from bot.model.outbox import Late
from bot.names import pick
from bot.rules.reading import places
from bot.times import epoch


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a hold is about; a channel of 0 and empty texts mean every one.

    Several together mean what is in all of them.
    """

    channel: int = 0
    country: str = ""
    action: str = ""

    def __bool__(self) -> bool:
        return bool(self.channel or self.country or self.action)


class _Words(TypedDict):
    channel: int
    country: str
    action: str


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
    ids = services.store.channels.ids()
    if channel is not None:
        pick(channel, ids, "channel")
    if action is not None:
        pick(action, _actions(services), "action")
    code = (country or "").upper()
    if code and code not in places.country_codes():
        here = ", ".join(services.store.people.countries()) or "none yet"
        raise UsageError(
            f"no country has the code '{country}'; it is two letters of ISO 3166, and subscribers"
            f" live in: {here}"
        )
    return Scope(
        channel=ids[channel] if channel is not None else 0, country=code, action=action or ""
    )


def _actions(services: Services) -> set[str]:
    """Actions of the campaigns that are played, and what is planned of others."""
    return {action.id for campaign in services.active for action in campaign.actions} | set(
        services.store.listing.actions()
    )


def hold(services: Services, what: Scope, now: datetime) -> bool:
    """Stop it before the next claim; False when it is held already."""
    return services.store.holds.put(
        channel=what.channel, country=what.country, action=what.action, now=epoch(now)
    )


def release(services: Services, what: Scope, now: datetime, *, send_late: bool = False) -> Released:
    """Let it go on.

    What is past its grace ends skipped, or gets its grace anew with `send_late`; nothing changes
    when just this was not held.
    """
    holds, moment = services.store.holds, epoch(now)
    words: _Words = {"channel": what.channel, "country": what.country, "action": what.action}
    if not holds.is_held(**words):
        return Released(lifted=False, late=(), renewed=0)
    late = holds.late(**words, now=moment)
    # Before the hold goes, or a sender beside us would skip them first.
    renewed = holds.renew(**words, now=moment) if send_late and late else 0
    return Released(lifted=holds.lift(**words), late=tuple(late), renewed=renewed)
