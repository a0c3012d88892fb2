"""What followers answered to the survey of a pledge: all of it together, and each by itself, so
that one by which somebody could be recognised or hurt can be deleted: nobody reads it after that.
"""

from collections.abc import Mapping

from bot.errors import Missing
from bot.gaps import filled
from bot.jobs.calls import surveys
from bot.model.calls import ENOUGH
from bot.model.pledge import Pledge
from bot.web.desk.calls.listed import PATH
from bot.web.desk.colleague import Colleague
from bot.web.desk.site import done, field, numbered
from bot.web.public.reader import Elsewhere, Shown

MOST = 200
"""Answers of a page, one by one; counts and texts above them are of all."""


def survey(who: Colleague) -> Shown:
    """Show what was answered."""
    pledge, year = _there(who)
    results = surveys.for_staff(who.services, pledge, year, who.language)
    if results is None:
        raise Missing("this campaign has no survey; load the page anew")
    each = surveys.each(who.services, pledge, year, who.language)
    return Shown(
        template="call_survey.html",
        title=filled(
            who.words["calls"]["survey_of"], name=pledge.organisation or pledge.name, year=year
        ),
        trail=((str(who.words["menu"]["calls"]), who.path(PATH)),),
        values={
            "count": who.number(results.count),
            "enough": who.number(ENOUGH),
            "questions": results.questions,
            "answers": each[:MOST],
            "more": who.number(len(each) - MOST) if len(each) > MOST else "",
        },
    )


def removed(who: Colleague, form: Mapping[str, str]) -> Elsewhere:
    """Delete one answer. Raises `UsageError` where it is gone already."""
    pledge, year = _there(who)
    surveys.remove(who.services, numbered(field(form, "answer")), who.by, who.now)
    return done(who, "answer_removed", PATH, str(pledge.id), str(year))


def _there(who: Colleague) -> tuple[Pledge, int]:
    pledge = who.services.store.pledges.get(numbered(who.parts["number"]))
    year = numbered(who.parts["year"])
    if pledge is None or not who.services.store.surveys.count(pledge.id, year):
        raise Missing("nobody has answered such a survey; load the page anew")
    return pledge, year
