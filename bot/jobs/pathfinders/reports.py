"""Reports of countries on their progress.

Staff ask for one by a link, who they name as the country's focal point answers, and staff decide
whether everybody may see it::

    asked ── agreed, answered ──► finished ──show──► on the country's page ──hide──► private
                                     │  ├────hide──► private ──show──► …
                                     │  └─send back─► returned, with words ──finished──► waits
                                     └── answers change: nobody sees it, and it waits anew

Who answers hears each decision: in the chat where they opened the link there, and by e-mail at the
address that they may give on the page.
"""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from bot.conversation.people.start import REPORT
from bot.errors import Overtaken, UsageError
from bot.gaps import filled
from bot.jobs.people import joining
from bot.jobs.services import Services
from bot.jobs.texts import letters, notes
from bot.jobs.texts.country import hearers
from bot.languages import country_name, said_month
from bot.model import Audience, Campaign
from bot.model.makers import Form
from bot.model.pathfinders import PROGRESS
from bot.model.pathfinders.report import LONGEST_REASON, CountryReport, ReportState
from bot.model.person import NewPerson
from bot.model.public import PublicLine
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.model.subject import CountryNews
from bot.model.words import FormWords, QuestionWords, Words
from bot.names import pick
from bot.rules import forms
from bot.times import epoch, from_epoch

PATH = "report"
"""The path of a report's page below its campaign; its secret follows."""

LONGEST_NAME = 200


def ask(
    services: Services, campaign: Campaign, code: str, named: str, by: Actor, now: datetime
) -> tuple[int, str]:
    """Ask for a report of a country; return its number, and the secret that opens it.

    `named` is the name or office of its focal point. Raises `UsageError` where the campaign has no
    such country or form, or nobody is named.
    """
    of = campaign.pathfinders
    if of is None or PROGRESS not in campaign.forms:
        raise UsageError(
            f"campaign {campaign.id} asks no country for a report: it needs pathfinders.toml and"
            f" [forms.{PROGRESS}]",
            "no_reports",
        )
    pick(code, [each.code for each in of.countries], "country of the campaign")
    if not named or len(named) > LONGEST_NAME:
        raise UsageError(
            f"say who the focal point is, in at most {LONGEST_NAME} characters", "focal_point"
        )
    secret, moment = secrets.token_urlsafe(16), epoch(now)
    with services.store.transaction():
        number = services.store.country_reports.ask(
            campaign.id, code, named, secret, by, moment, campaign.language
        )
        services.store.audit.note(by, Verb.COUNTRY_ASKED, moment, number)
    return number, secret


def links(services: Services, report: CountryReport, secret: str, language: str) -> list[str]:
    """Return the addresses at which a report is answered: on a page, and in the chat."""
    web = services.settings.web
    bot = joining.address(services.store) if services.talking else None
    page = f"{web.public_url}/{language}/{report.campaign}/{PATH}/{secret}" if web else ""
    chat = f"{bot}?start={REPORT}{secret}" if bot else ""
    return [each for each in (page, chat) if each]


def end(services: Services, number: int, by: Actor, now: datetime) -> None:
    """Let a report's link open nothing any more, and delete what nobody was shown; raises
    `UsageError` where there is no such report.
    """
    with services.store.transaction():
        _there(services, number)
        services.store.country_reports.erase(number)
        services.store.audit.note(by, Verb.COUNTRY_ENDED, epoch(now), number)


def form_of(services: Services, report: CountryReport) -> Form | None:
    """Return the form as it is asked of the report's country, whose next steps can be ticked; None
    where the campaign asks it no more.
    """
    campaign = services.library.campaigns.get(report.campaign)
    of = campaign.pathfinders if campaign else None
    country = of.country(report.country) if of else None
    if campaign is None or country is None or PROGRESS not in campaign.forms:
        return None
    form = campaign.forms[PROGRESS]
    asked = tuple(
        replace(each, choices=country.steps) if each.steps else each
        for each in form.questions
        if country.steps or not each.steps
    )
    return replace(form, questions=asked)


def worded(services: Services, report: CountryReport, language: str, today: date) -> Words:
    """Return the campaign's words, with the country and the month in those of the form."""
    campaign = services.library.campaigns[report.campaign]
    words = services.renderer.words(campaign, language)
    asked = words.form(PROGRESS)
    gaps = {
        "country": country_name(report.country, language),
        "month": said_month(today, language, year=True),
    }
    questions = {
        name: _filled(each, gaps, words.pathfinders.steps) for name, each in asked.questions.items()
    }
    form = FormWords(title=asked.title, intro=asked.intro, steps=asked.steps, questions=questions)
    return replace(words, forms={**words.forms, PROGRESS: form})


def _filled(
    words: QuestionWords, gaps: Mapping[str, str], steps: Mapping[str, str]
) -> QuestionWords:
    ask, told = filled(words.ask, **gaps), filled(words.help, **gaps)
    return replace(words, ask=ask, help=told, choices={**steps, **words.choices})


def day_of(report: CountryReport) -> date:
    """Return the day of which a report speaks."""
    return from_epoch(report.finished or report.changed).date()


def lines(services: Services, report: CountryReport, language: str) -> tuple[PublicLine, ...]:
    """Return what was answered, its questions in the reader's language."""
    form = form_of(services, report)
    if form is None:
        return ()
    steps = forms.sheet(form, report.answers, worded(services, report, language, day_of(report)))
    return tuple(
        PublicLine(ask=_headed(step.title, line.ask), answer=line.answer, own=line.own)
        for step in steps
        for line in step.lines
        if line.answer
    )


def _headed(title: str, ask: str) -> str:
    return f"{title} – {ask}" if title else ask


def agree(services: Services, report: CountryReport, wording: str, now: datetime) -> None:
    """Keep that the focal point agrees that answers are kept, with the wording that they saw."""
    services.store.country_reports.agree(report.id, wording, epoch(now))


def keep(
    services: Services,
    number: int,
    answers: Mapping[str, str],
    language: str,
    now: datetime,
    *,
    finished: bool,
) -> None:
    """Keep the answers so far; raises `UsageError` before the focal point has agreed."""
    store = services.store
    with store.transaction():
        report = _there(services, number)
        if report.agreed is None:
            raise UsageError(f"report {number}: nobody has agreed yet that answers are kept")
        finished = finished or report.finished is not None
        if dict(answers) != dict(report.answers) or finished != (report.finished is not None):
            store.country_reports.keep(number, answers, language, epoch(now), finished=finished)


def decide(
    services: Services,
    number: int,
    mark: str,
    by: Actor,
    now: datetime,
    *,
    show: bool,
    reason: str = "",
) -> None:
    """Let everybody see a report on its country's page, or nobody and say why, if there is anything
    to say, and tell who answers it; `mark` is that of the answers which were looked at.

    Raises `UsageError` where there is no such report, it isn't finished or the reason is too long,
    `Overtaken` where its answers are others now.
    """
    _fits(reason)
    with services.store.transaction():
        report = _looked_at(services, number, mark)
        if report.state is (ReportState.SHOWN if show else ReportState.PRIVATE):
            return
        services.store.country_reports.decide(number, "" if show else reason, epoch(now), show=show)
        verb = Verb.COUNTRY_SHOWN if show else Verb.COUNTRY_HIDDEN
        services.store.audit.note(by, verb, epoch(now), number, digest=mark)
        _tell(services, report, now)


def send_back(
    services: Services, number: int, mark: str, reason: str, by: Actor, now: datetime
) -> None:
    """Ask who answers a report to change it, and say why: nobody sees it until it is finished anew
    and staff have decided about that. Raises as `decide`, and `UsageError` without a reason.
    """
    if not reason:
        raise UsageError("say why it is sent back: whoever answers it reads that", "return_reason")
    _fits(reason)
    with services.store.transaction():
        report = _looked_at(services, number, mark)
        services.store.country_reports.send_back(number, reason, epoch(now))
        services.store.audit.note(by, Verb.COUNTRY_RETURNED, epoch(now), number, digest=mark)
        _tell(services, report, now)


def _fits(reason: str) -> None:
    if len(reason) > LONGEST_REASON:
        raise UsageError(
            f"say it in at most {LONGEST_REASON:,} characters, not {len(reason):,}", "reason_long"
        )


def _looked_at(services: Services, number: int, mark: str) -> CountryReport:
    report = _there(services, number)
    if report.finished is None:
        raise UsageError(f"report {number} is not finished yet", "report_unfinished")
    if forms.mark(report.answers) != mark:
        raise Overtaken(
            f"report {number} has the mark {forms.mark(report.answers)} now, not {mark}: look"
            " at its answers once more, then decide"
        )
    return report


def _tell(services: Services, report: CountryReport, now: datetime) -> None:
    """Put the decision into the outbox for who answers the report; each decision is one of its
    own.
    """
    for person in hearers(report):
        place = services.store.people.where(person)
        if place is not None and services.channel(place.channel) is not None:
            subject, slot = CountryNews(report.id), epoch(now)
            campaign, channel = report.campaign, place.channel
            notes.send(services, campaign, subject, Audience.COUNTRY, slot, person, channel, now)


def by_mail(services: Services, language: str) -> bool:
    """Return whether who answers a report can hear by e-mail what is decided."""
    return letters.mail_channel(services, language) is not None


def hear_by_mail(
    services: Services, report: CountryReport, address: str, language: str, now: datetime
) -> None:
    """Let this address hear what is decided, instead of one that was given before; '' for none. An
    address that has left, and one to which no letter leaves, hears nothing.
    """
    by = letters.mail_channel(services, language)
    if address and by is not None and not services.store.forgotten.is_gone(by.name, address):
        person = NewPerson(
            channel=services.channel_ids[by.name],
            address=address,
            audience=Audience.COUNTRY,
            language=language,
            country=None,
            zone=services.settings.zone,
            minute=0,
            joined=epoch(now),
        )
        services.store.country_reports.mail(report.id, person)
    elif not address:
        services.store.country_reports.mail(report.id, None)


def address_of(services: Services, report: CountryReport) -> str:
    """Return the address that hears by e-mail what is decided; '' for none."""
    return (services.store.people.address(report.mailed) or "") if report.mailed else ""


def _there(services: Services, number: int) -> CountryReport:
    report = services.store.country_reports.get(number)
    if report is None:
        raise UsageError(f"there is no report {number} of a country", "no_such_report")
    return report
