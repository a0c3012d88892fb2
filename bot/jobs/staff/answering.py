"""What becomes of a clearance: its answer, and who is told of it, or that there is none."""

from datetime import datetime

from bot.jobs.services import Services
from bot.jobs.staff import clearances, posting
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.model.staff.clearance import LONGEST_REASON, Became, Clearance, Stand
from bot.times import epoch

NEWS = "cleared"
"""The kind of a letter that tells who asked how it stands."""

_NOTICES = {
    Stand.OPEN: "staff.clearance_waits",
    Stand.CLEARED: "staff.clearance_given",
    Stand.SENT_BACK: "staff.clearance_refused",
}


def answer(
    services: Services, clearance: Clearance, became: Became, name: str, reason: str, now: datetime
) -> bool:
    """Note that somebody who calls themselves `name` cleared it, or sent it back with a reason, and
    tell who asked and who wrote it; False where it can't be answered any more.
    """
    store, moment = services.store, epoch(now)
    given = became is Became.CLEARED
    verb = Verb.CLEARANCE_GIVEN if given else Verb.CLEARANCE_REFUSED
    with store.transaction():
        there = store.clearances.get(clearance.id)
        if there is None or clearances.stand(services, there, now) is not Stand.OPEN:
            return False
        store.clearances.end(
            there.id,
            became,
            moment,
            by=clearances.typed_name(name),
            reason="" if given else reason.strip()[:LONGEST_REASON],
        )
        by = Actor.outside(there.id)
        store.audit.note(by, verb, moment, there.id, digest=there.shown)
        _tell(services, there.id, now)
    return True


def run(services: Services, now: datetime) -> None:
    """Tell who asked when half of the time is over and nobody has answered."""
    for each in services.store.clearances.unreminded(epoch(now)):
        end = clearances.ends(services, each.subject, each.until)
        if (
            epoch(now) * 2 < each.at + end
            or clearances.stand(services, each, now) is not Stand.OPEN
        ):
            continue
        with services.store.transaction():
            if services.store.clearances.remind(each.id, epoch(now)):
                _tell(services, each.id, now)


def _tell(services: Services, number: int, now: datetime) -> None:
    """Tell who asked how it stands, in the chat and by a letter; of an answer also who wrote it."""
    clearance = services.store.clearances.get(number)
    how = clearances.stand(services, clearance, now) if clearance else Stand.OVER
    if clearance is None or how not in _NOTICES:
        return
    told = [services.team.member(actor) for actor in _concerned(services, clearance, how)]
    known = {member.name: member for member in told if member is not None}
    chats = {str(member.telegram) for member in known.values() if member.telegram is not None}
    services.store.notices.put(
        # who asked at the command line may have no chat; then whoever has one hears of it
        tuple(sorted(chats)) or services.staff_chats,
        f"clearance {number} {how.value}",
        _NOTICES[how],
        _values(services, clearance),
        epoch(now),
    )
    for name in (member.name for member in known.values() if member.email is not None):
        about = f"{clearance.language} {number}"
        services.store.staff_letters.put(name, NEWS, about, epoch(now))


def _values(services: Services, clearance: Clearance) -> dict[str, object]:
    return {
        "title": clearances.title(services, clearance.subject, clearance.language),
        "to": clearance.sent_to,
        "name": clearance.decided_by,
        "why": clearance.reason,
    }


def _concerned(services: Services, clearance: Clearance, how: Stand) -> list[Actor]:
    entry = services.store.listing.entry(clearance.subject.key)
    author = posting.writer(services, entry) if entry and how is not Stand.OPEN else None
    return [clearance.by] if author is None else [clearance.by, author]
