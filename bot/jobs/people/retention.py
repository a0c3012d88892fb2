"""Retention: what has been kept long enough is deleted. That is handled updates, forms that nobody
went on with, questions, messages about children, unanswered addresses, what staff were told, and
alarms that are over.
"""

from datetime import datetime

from bot.config import AUDIT, Settings
from bot.jobs.services import Services
from bot.model.who import Keep
from bot.times import epoch

FORMS = 90
"""Days that a form waits for its next answer."""

NOTICES = 90
"""Days for which notices to staff, sent or not, and alarms that are over are kept."""

QUESTIONS = 365
FLAGS = 30
"""Days for which messages about a child are kept, unless config.toml says otherwise."""


def run(services: Services, now: datetime) -> int:
    """Delete what is past its time, and return how many rows that were."""
    keep = kept(services.settings)
    return sum(topic.expire(epoch(now), keep) for topic in services.store.topics)


def kept(settings: Settings) -> Keep:
    """Return for how many days each kind of personal data is kept."""
    privacy, safeguarding = settings.privacy, settings.safeguarding
    return Keep(
        forms=FORMS,
        questions=privacy.retention if privacy else QUESTIONS,
        flags=safeguarding.retention if safeguarding else FLAGS,
        notices=NOTICES,
        audit=privacy.audit if privacy else AUDIT,
    )
