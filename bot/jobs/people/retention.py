"""Retention: deletes what has been kept long enough: handled updates, forms nobody went on with,
questions, messages about children, unanswered addresses.
"""

from datetime import datetime

from bot.jobs.services import Services
from bot.store.pledges.officials import DAYS
from bot.times import epoch

FORMS = 90
"""Days that a form waits for its next answer."""

QUESTIONS = 365
FLAGS = 30
"""Days, where config.toml does not say otherwise."""


def run(services: Services, now: datetime) -> int:
    """One tick; gives the number of rows that are gone."""
    privacy, safeguarding = services.settings.privacy, services.settings.safeguarding
    moment = epoch(now)
    gone = services.store.conversations.prune(moment, FORMS) + services.store.officials.lapse(
        moment - DAYS * 86_400
    )
    return gone + services.store.inbox.prune(
        moment,
        questions=privacy.retention if privacy else QUESTIONS,
        flags=safeguarding.retention if safeguarding else FLAGS,
    )
