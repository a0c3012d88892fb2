"""Who subscribers are is shown to nobody who doesn't say why: what they say stands beside its line
in the log of who did what.
"""

from datetime import datetime

from bot.errors import UsageError
from bot.jobs.services import Services
from bot.model.staff import Actor
from bot.model.staff.audit import Look, Verb
from bot.model.who import Who
from bot.times import epoch

LONGEST = 500
"""Most characters of a reason."""


def listed(services: Services, why: str, by: Actor, now: datetime) -> None:
    """Note that somebody sees a list of people, and why; raises `UsageError` for no reason."""
    _note(services, Verb.CONTACTS_LISTED, "", Look(why=_said(why)), by, now)


def one(services: Services, whom: Who, why: str, by: Actor, now: datetime) -> None:
    """Note that somebody sees what is stored about a person, and why; raises `UsageError` for no
    reason.
    """
    _note(
        services,
        Verb.CONTACT_SHOWN,
        whom.channel,
        Look(why=_said(why), person=whom.person),
        by,
        now,
    )


def _said(why: str) -> str:
    words = " ".join(why.split())[:LONGEST]
    if not words:
        raise UsageError(
            'who people are is shown only where it is said why: --reason "They asked what is'
            ' stored"; that stands in the log of who did what'
        )
    return words


def _note(
    services: Services, verb: Verb, about: object, look: Look, by: Actor, now: datetime
) -> None:
    services.store.audit.note(by, verb, epoch(now), about, look=look)
