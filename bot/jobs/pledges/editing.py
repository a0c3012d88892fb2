"""What the editors of a pledge do to it, wherever they do it from."""

from collections.abc import Mapping
from datetime import datetime

from bot.jobs.pledges import moderation, public
from bot.jobs.services import Services
from bot.model.pledge import PledgeState
from bot.model.staff import Actor
from bot.times import epoch


def fill(
    services: Services, pledge: int, answers: Mapping[str, str], by: Actor, now: datetime
) -> None:
    """Set answers of a pledge; its history keeps what stood there before."""
    with services.store.transaction():
        if services.store.pledges.edit(pledge, answers, by, epoch(now)):
            # who takes their name back is not found by it any more
            public.refresh(services, pledge)


def move(
    services: Services, pledge: int, to: PledgeState, by: Actor, now: datetime, reason: str = ""
) -> None:
    """Move a pledge to a state that its editors may give it, and note for them whether they have a
    pledge now. Raises `UsageError` where it can't become that.
    """
    with services.store.transaction():
        services.store.pledges.move(pledge, to, by, epoch(now), reason)
        moderation.flags(services, pledge)
