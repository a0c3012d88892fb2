"""Messages about a child in danger, for those who look after them: taken by one of them, and told
to others when nobody has.

They are read by the role `safeguarding` alone. Each reading is noted; what was written stands
nowhere else, and no letter or notice carries it.
"""

from datetime import datetime, timedelta

from bot.jobs.services import Services
from bot.model.person import Report
from bot.model.staff import Actor, Member
from bot.model.staff.audit import Verb
from bot.times import epoch

PATIENCE = timedelta(minutes=15)
"""After how long without anybody who took it others are reminded of a message."""

LETTER = "danger"
"""The kind of a letter that says that a message waits."""


def read(services: Services, number: int, by: Actor, now: datetime) -> Report | None:
    """Return a message for somebody who may read it, and note that they did; None for one that is
    no longer there.
    """
    with services.store.transaction():
        report = services.store.inbox.report(number)
        if report is not None:
            services.store.audit.note(by, Verb.REPORT_READ, epoch(now), number)
    return report


def take(services: Services, number: int, by: Actor, now: datetime) -> bool:
    """Note that somebody looks after a message; False where somebody does already, or it is
    gone.
    """
    with services.store.transaction():
        taken = services.store.inbox.take(number, by, epoch(now))
        if taken:
            services.store.audit.note(by, Verb.REPORT_TAKEN, epoch(now), number)
    return taken


async def run(services: Services, now: datetime) -> None:
    """Tell those who look after messages that one waits: by mail at once where there is no contact
    in a chat, and their deputies when nobody has taken it in a quarter of an hour.
    """
    safeguarding = services.settings.safeguarding
    if safeguarding is None or services.rehearsal:
        return
    for report in services.store.inbox.waiting_reports():
        if report.told is None and safeguarding.contact is None:
            _by_mail(services, report, now)
        elif report.reminded is None and now - PATIENCE >= _at(report, now):
            _remind(services, report, now)


def _at(report: Report, now: datetime) -> datetime:
    return datetime.fromtimestamp(report.at, now.tzinfo)


def _by_mail(services: Services, report: Report, now: datetime) -> None:
    store, moment = services.store, epoch(now)
    with store.transaction():
        for member in services.team.guards:
            _write(services, member, report, epoch(now))
        store.inbox.flag_left(report.id, moment)


def _remind(services: Services, report: Report, now: datetime) -> None:
    """Remind the deputies; the contact once more where there are none."""
    guards, contact = services.team.guards, services.settings.safeguarding
    named = contact.contact if contact else None
    deputies = tuple(each for each in guards if each.telegram != named) or guards
    chats = tuple(str(each.telegram) for each in deputies if each.telegram is not None)
    with services.store.transaction():
        services.store.notices.put(
            chats, f"report {report.id}", "staff.report", {"number": report.id}, epoch(now)
        )
        for member in deputies:
            _write(services, member, report, epoch(now))
        services.store.inbox.reminded(report.id, epoch(now))


def _write(services: Services, member: Member, report: Report, moment: int) -> None:
    if member.email is not None:
        about = f"{report.language} {report.id}"
        services.store.staff_letters.put(member.name, LETTER, about, moment)
