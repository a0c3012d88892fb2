"""Answers of staff to what people asked the experts."""

from datetime import datetime

from bot.jobs.services import Services
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.times import epoch


def give(services: Services, question: int, text: str, by: Actor, now: datetime) -> bool:
    """Keep the answer to a question, which leaves for who asked as soon as it can; return False
    where there is no such question, or it has an answer.
    """
    store = services.store
    with store.transaction():
        kept = store.inbox.answer(question, text, by, epoch(now))
        if kept:
            store.audit.note(by, Verb.QUESTION_ANSWERED, epoch(now), question)
    return kept
