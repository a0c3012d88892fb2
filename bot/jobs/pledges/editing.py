"""What the editors of a pledge do to it, wherever they do it from."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from bot.jobs.pledges import moderation, public
from bot.jobs.services import Services
from bot.model.pledge import Handle, Pledge, PledgeState
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.times import epoch


def fill(
    services: Services, pledge: int, answers: Mapping[str, str], by: Actor, now: datetime
) -> None:
    """Set answers of a pledge; its history keeps what stood there before."""
    with services.store.transaction():
        if services.store.pledges.edit(pledge, answers, by, epoch(now)):
            # who takes their name back is not found by it any more
            public.refresh(services, pledge)
            _log(services, pledge, Verb.PLEDGE_EDITED, by, now)


def keep_draft(
    services: Services, draft: Pledge, answers: Mapping[str, str], by: Actor, now: datetime
) -> None:
    """Set the answers of a draft as far as it is written: a question that has none yet, or none any
    more, is asked again, here and in the chat.
    """
    store = services.store
    with store.transaction():
        kept = {key: text for key, text in answers.items() if text}
        store.pledges.edit(draft.id, kept, by, epoch(now))
        for key in answers.keys() - kept.keys():
            if draft.answers.get(key):
                store.pledges.drop_answer(draft.id, key, epoch(now))


def accounts(
    services: Services, pledge: int, handles: Iterable[Handle], by: Actor, now: datetime
) -> None:
    """Replace all accounts of a pledge, which stand on its page at once where it has one."""
    with services.store.transaction():
        services.store.pledges.set_handles(pledge, handles, by, epoch(now))
        _log(services, pledge, Verb.PLEDGE_ACCOUNTS, by, now)


def _log(services: Services, pledge: int, verb: Verb, by: Actor, now: datetime) -> None:
    """Add a line to the log of who did what, where the pledge has a page that everybody sees."""
    there = services.store.pledges.get(pledge)
    if there is not None and there.state is PledgeState.PUBLISHED:
        moderation.logged(services, there, verb, by, now)


def move(
    services: Services, pledge: int, to: PledgeState, by: Actor, now: datetime, reason: str = ""
) -> None:
    """Move a pledge to a state that its editors may give it, and note for them whether they have a
    pledge now. Raises `UsageError` where it can't become that.
    """
    with services.store.transaction():
        after = services.store.pledges.move(pledge, to, by, epoch(now), reason)
        if to is PledgeState.WITHDRAWN:
            moderation.logged(services, after, Verb.PLEDGE_WITHDRAWN, by, now)
        moderation.flags(services, pledge)
