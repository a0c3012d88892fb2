"""Questions to the makers of a pledge that nobody has answered for long: they are over, and who
asked is told so, in their chat or by letter, in place of waiting for ever.

An answer of makers that staff have not passed on never lapses: it is there, and waits for them.
"""

from datetime import datetime

from bot.jobs.services import Services
from bot.model.staff import MACHINE
from bot.times import epoch


def run(services: Services, now: datetime) -> int:
    """End the questions that are overdue, tell staff in their chats, and return how many they
    were.
    """
    overdue = services.store.peers.overdue(epoch(now))
    return sum(_end(services, number, now) for number in overdue)


def _end(services: Services, number: int, now: datetime) -> bool:
    store, moment = services.store, epoch(now)
    with store.transaction():
        # since they were looked up, staff may have passed it on, or a maker answered
        if number not in store.peers.overdue(moment, number):
            return False
        if not store.inbox.answer(number, "", MACHINE, moment):
            return False
        store.peers.lapse(number, moment)
        values: dict[str, object] = {"number": number}
        store.notices.put(
            services.staff_chats, f"question {number} over", "staff.question_over", values, moment
        )
    return True
