"""The letter with which the report of a month goes to members of staff: its sentences, with the PDF
beside them. It goes on the third of the next month, or some days later if nothing ran then, once,
and only where anything was published.

What is put down is whom it is for and which month; it is written when it leaves
(`bot.jobs.staff.letters`).
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from bot.documents import PDF, Look, Report, reported
from bot.errors import UsageError
from bot.jobs.results import monthly, telling, view
from bot.jobs.services import Services
from bot.jobs.texts import letters
from bot.languages import direction
from bot.model import Campaign
from bot.model.message import Attached
from bot.model.staff import Actor, Member
from bot.model.staff.audit import Verb
from bot.rules import dates
from bot.times import epoch

LETTER: Final = "monthly"
"""The kind of the letter."""

DAYS: Final = range(3, 11)
"""Days of a month on which the letter about the month before goes out: from the first on, all posts
of that month are a day old.
"""

AGAIN: Final = timedelta(hours=1)
"""After which a report that somebody sent can be sent once more."""

HOUR: Final = time(8)
"""In the operator's zone."""


@dataclass(frozen=True, kw_only=True)
class About:
    """Which month of which campaign a letter is about."""

    campaign: Campaign
    first: date


def run(services: Services, now: datetime) -> None:
    """Put the letters about last month down, where it is time."""
    local = now.astimezone(dates.zone(services.settings.zone))
    if not services.settings.monthly or local.day not in DAYS or local.time() < HOUR:
        return
    first = view.month_before(local.date().replace(day=1))
    for campaign in services.active:
        if letters.mail_channel(services, campaign.language) is None:
            return
        key, month = f"{LETTER} {campaign.id}", f"{first:%Y-%m}"
        if services.store.meta.get(key) != month and _anything(services, campaign, first):
            with services.store.transaction():
                put(services, About(campaign=campaign, first=first), now)
                services.store.meta.put(key, month)


def _anything(services: Services, campaign: Campaign, first: date) -> bool:
    return services.store.posts.any_out(campaign.id, *view.month(first))


def send(services: Services, about: About, by: Actor, now: datetime, *, again: bool = False) -> int:
    """Let the report go to all because somebody wants it, and note who; return to how many.

    Raises `UsageError` where it went to them within the hour, unless it shall go `again`.
    """
    meta, key = services.store.meta, f"{LETTER} sent {about.campaign.id} {about.first:%Y-%m}"
    with services.store.transaction():
        last = meta.get(key)
        if not again and last is not None and epoch(now) - int(last) < AGAIN.total_seconds():
            raise UsageError(
                f"the report of {about.first:%Y-%m} went to all members of staff within the hour",
                "sent_before",
            )
        meta.put(key, str(epoch(now)))
        services.store.audit.note(by, Verb.RESULTS_SENT, epoch(now))
        return put(services, about, now)


def put(services: Services, about: About, now: datetime) -> int:
    """Let the report go to each member of staff with an e-mail address; return to how many."""
    members = [member for member in services.team.members if member.email is not None]
    for member in members:
        text = f"{about.campaign.id} {about.first:%Y-%m}"
        services.store.staff_letters.put(member.name, LETTER, text, epoch(now))
    return len(members)


def read(services: Services, text: str) -> About | None:
    """Return what a letter is about that was put down; None where its campaign is played no more,
    and for what is no month of a campaign's.
    """
    name, _, month = text.partition(" ")
    campaign = next((each for each in services.active if each.id == name), None)
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        return None
    known = campaign is not None and first.year in view.YEARS
    return About(campaign=campaign, first=first) if campaign and known else None


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a letter says, in one language."""

    text: str
    report: Report
    look: Look
    #: name of the file beside it
    filename: str

    def attached(self) -> tuple[Attached, ...]:
        """Return the report as a PDF; nothing where no font here has its letters.

        Takes up to a second of CPU, and may run in a thread.
        """
        made = reported(self.report, self.look)
        return (Attached(name=self.filename, mime=PDF, data=made),) if made else ()


def written(services: Services, about: About, member: Member, now: datetime) -> Written:
    """Return the letter to a member of staff, in the language of their chat, else that of the
    campaign. Raises `RenderError`.
    """
    campaign = about.campaign
    theirs = services.store.meta.staff_language(str(member.telegram)) if member.telegram else None
    of = monthly.monthly(services, campaign, about.first, now)
    report = telling.report(services, campaign, of, theirs or campaign.language)
    return Written(
        text=telling.letter(services, campaign, report),
        report=report,
        look=look_of(services, report, now.date()),
        filename=f"{campaign.id}-{about.first:%Y-%m}.pdf",
    )


def look_of(services: Services, report: Report, day: date) -> Look:
    """Return how the PDF of a report looks that is made on a day."""
    return Look(
        language=report.language,
        direction=direction(report.language),
        day=day,
        fonts=services.settings.fonts,
    )
