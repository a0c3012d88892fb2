"""What people did with posts of ours, a month at a time, as the report that staff can pass on."""

from collections.abc import Mapping
from datetime import date, timedelta

from bot.documents import PDF, Report, reported
from bot.errors import Missing, UsageError
from bot.jobs.results import letter, monthly, telling, view
from bot.languages import said_month
from bot.model import Campaign
from bot.networks.common.thread import in_thread
from bot.times import epoch
from bot.web.desk.colleague import Colleague
from bot.web.desk.site import done
from bot.web.public.reader import Elsewhere, File, Shown
from bot.web.public.record.figures import drawn

PATH = "results"

_EARLIEST = date(2000, 1, 1)

_SAME = 600
"""Seconds for which a report is the same where nothing was read, counted or sent meanwhile."""


def results(who: Colleague) -> Shown:
    """Show a month of a campaign: five sentences beside the month before, a chart, and tables."""
    campaign, title = _campaign(who), str(who.words["menu"]["results"])
    if campaign is None:
        words = {"text": who.words["results"]["no_campaign"], "detail": ""}
        return Shown(template="message.html", title=title, values=words)
    first = _first(who)
    report = _report(who, campaign, first)
    values = {
        "report": report,
        "drawn": drawn(report.chart) if report.chart else None,
        "campaigns": _named(who),
        "campaign": campaign.id,
        "month": f"{first:%Y-%m}",
        "months": _months(who, first),
        "file": who.path(f"{PATH}.pdf"),
        "letters": sum(member.email is not None for member in who.team.members),
    }
    return Shown(template="results.html", title=title, values=values)


async def file(who: Colleague) -> File:
    """Give the report as a PDF, whose first page can be passed on alone."""
    campaign = _campaign(who)
    if campaign is None:
        raise UsageError("no campaign is played, so there is nothing to report", "no_campaign")
    first = _first(who)
    report = _report(who, campaign, first)
    look = letter.look_of(who.services, report, who.today)
    made = await in_thread(lambda: reported(report, look))
    if made is None:
        raise UsageError(
            f"no font here has all letters of the report in {report.language}; name a folder of"
            " fonts under [pictures] fonts in config.toml"
        )
    return File(content=made, media_type=PDF, filename=f"{campaign.id}-{first:%Y-%m}.pdf")


def sent(who: Colleague, form: Mapping[str, str]) -> Elsewhere:
    """Let the report go to all members of staff with an e-mail address."""
    about = letter.read(who.services, f"{form.get('campaign', '')} {form.get('month', '')}")
    if about is None:
        raise Missing("such a month, or campaign, is not played; choose one of the page")
    letter.send(who.services, about, who.by, who.now)
    return done(who, "report_sent", PATH, campaign=about.campaign.id, month=f"{about.first:%Y-%m}")


def _report(who: Colleague, campaign: Campaign, first: date) -> Report:
    """Return the report, which is made anew once anything is another that it tells."""
    soon = epoch(who.now) // _SAME  # what is due to be read grows with the hour alone
    told = monthly.version(who.services, campaign, first)
    key = ("report", campaign.id, first, who.language, soon, told)
    report: Report = who.kept.made(key, lambda: _made(who, campaign, first))
    return report


def _made(who: Colleague, campaign: Campaign, first: date) -> Report:
    of = monthly.monthly(who.services, campaign, first, who.now)
    return telling.report(who.services, campaign, of, who.language)


def _campaign(who: Colleague) -> Campaign | None:
    """Return the campaign that is asked for, else the first that is played; None without any."""
    active = {campaign.id: campaign for campaign in who.services.active}
    return active.get(who.query.get("campaign", "")) or next(iter(active.values()), None)


def _named(who: Colleague) -> list[tuple[str, str]]:
    return [
        (campaign.id, who.services.renderer.words(campaign, who.language).title)
        for campaign in who.services.active
    ]


def _first(who: Colleague) -> date:
    """Return the first day of the month that is asked for, else of the last one."""
    try:
        asked = date.fromisoformat(f"{who.query.get('month', '')}-01")
    except ValueError:
        return view.last_month(who.services, who.now)
    return min(max(asked, _EARLIEST), view.this_month(who.services, who.now))


def _months(who: Colleague, first: date) -> dict[str, tuple[str, str]]:
    """Return the months before and after, by 'before' and 'after': (YYYY-MM, as it is written)."""
    earlier, later = view.month_before(first), (first + timedelta(days=31)).replace(day=1)
    around = {"before": earlier, "after": later}
    return {
        name: (f"{month:%Y-%m}", said_month(month, who.language, year=True))
        for name, month in around.items()
        if month <= view.this_month(who.services, who.now)
    }
