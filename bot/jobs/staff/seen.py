"""What somebody saw of a post before they decided about it, so that nobody approves or writes over
what they never saw: two people may have the same post open.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from bot.errors import Overtaken
from bot.jobs.sending import decisions
from bot.jobs.services import Services
from bot.jobs.staff import posting
from bot.model import DeliveryKey
from bot.model.outbox import Shown
from bot.model.staff import Actor
from bot.store.sending.approvals import digests


class Changed(Overtaken):
    """What is decided about isn't what the one who decides has seen; nothing was done."""


def mark(shown: Shown) -> str:
    """Return what stands for the text and picture of a post as it is now: the digest under which it
    would be approved; '' where there is no text.
    """
    return digests(shown.body)[0] if shown.body else ""


def brief(posts: Iterable[Shown]) -> str:
    """Return what stands for all these posts as they are now, short enough for a button: 16 hex
    digits. It is another one as soon as one of them is, or has come or gone.
    """
    lines = [f"{shown.entry.key} {mark(shown)}" for shown in posts]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def let_go(services: Services, key: DeliveryKey, seen: str, by: Actor, now: datetime) -> None:
    """Approve a post of which this was seen.

    Raises `Changed` where it is another one by now or nothing was seen, '', and whatever
    `posting.let_go` raises.
    """
    if not seen:
        raise Changed(f"{key}: there was nothing to see of it yet; look at it again")
    with _unchanged(services, key, seen):
        posting.let_go(services, key, by, now)


def rewrite(
    services: Services, key: DeliveryKey, text: str, seen: str, by: Actor, now: datetime
) -> None:
    """Give a post of which this was seen another text.

    Raises `Changed` where it is another one by now, and whatever `posting.rewrite` raises.
    """
    with _unchanged(services, key, seen):
        posting.rewrite(services, key, text, by, now)


@contextmanager
def _unchanged(services: Services, key: DeliveryKey, seen: str) -> Iterator[None]:
    with services.store.transaction():
        if mark(posting.shown(services, decisions.find(services, str(key)))) != seen:
            raise Changed(f"{key}: somebody changed it since you looked at it; look at it again")
        yield
