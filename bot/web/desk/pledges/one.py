"""A pledge's page at the desk, and what is decided there: by the functions that chat and command
line use, about the answers that were shown.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from bot.errors import Missing, UsageError
from bot.jobs.pledges import journeys, messages, moderation
from bot.jobs.pledges.scale_up import deciding
from bot.jobs.staff.clearances import may_be_read
from bot.model.pledge import LONGEST_REASON, Pledge, PledgeState
from bot.model.staff.clearance import Subject
from bot.web.desk import clearances
from bot.web.desk.colleague import Colleague
from bot.web.desk.pledges import known, people
from bot.web.desk.pledges.card import card
from bot.web.desk.pledges.listed import PATH
from bot.web.desk.refused import Why, why
from bot.web.desk.site import done, field
from bot.web.public.reader import Answer, Shown


def pledge(who: Colleague) -> Shown:
    """Show a pledge with all that staff can decide about it; a draft is its editors' alone."""
    there = known.there(who)
    return known.gone(who) if there is None else _page(who, there, {})


def _page(
    who: Colleague, there: Pledge, typed: Mapping[str, str], *, wrong: Why | None = None
) -> Shown:
    return Shown(
        template="pledge.html",
        title=known.named(who, there),
        status=HTTPStatus.CONFLICT if wrong else HTTPStatus.OK,
        values={
            "card": card(who, there),
            "longest": LONGEST_REASON,
            "asked": clearances.lines(who, Subject(pledge=there.id)),
            "clears": may_be_read(there),
            "unheard": people.is_unheard(who, there),
            "writes": messages.can_be_written_to(who.services, there),
            "wrong": wrong,
            "typed": field(typed, "reason") or field(typed, "note"),
        },
        trail=known.trail(who),
    )


def decided(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Do what a button of the page says; or show why that can't be done, the pledge as it is now,
    and what was typed.
    """
    there, act = known.there(who), _ACTS.get(form.get("act", ""))
    if there is None or act is None:
        raise Missing("there is no such pledge, or no such decision; load the page anew")
    try:
        return done(who, act(who, there, form), PATH, str(there.id))
    except UsageError as error:
        return _page(who, there, form, wrong=why(who, error))


def _approve(who: Colleague, there: Pledge, form: Mapping[str, str]) -> str:
    moderation.approve(who.services, there.id, field(form, "mark"), who.by, who.now)
    return "pledge_approved"


def _return(who: Colleague, there: Pledge, form: Mapping[str, str]) -> str:
    reason = field(form, "reason")
    moderation.refuse(who.services, there.id, field(form, "mark"), who.by, who.now, reason)
    return "pledge_returned"


def _verify(who: Colleague, there: Pledge, form: Mapping[str, str]) -> str:
    way = field(form, "way")
    if way not in ("email", "staff"):
        raise UsageError(
            "say how you made sure: by an official e-mail address, or by a look", "how_verified"
        )
    moderation.verify(who.services, there.id, way, who.by, who.now, field(form, "note"))
    return "pledge_verified"


def _publish(who: Colleague, there: Pledge, _form: Mapping[str, str]) -> str:
    moderation.decide(who.services, there.id, PledgeState.PUBLISHED, who.by, who.now)
    return "pledge_published"


def _attend(who: Colleague, there: Pledge, _form: Mapping[str, str]) -> str:
    journeys.attended(who.services, there.id, who.by, who.now)
    return "pledge_attended"


def _show_result(who: Colleague, there: Pledge, form: Mapping[str, str]) -> str:
    mark = field(form, "mark")
    deciding.decide(who.services, there.id, mark, who.by, who.now, show=True)
    return "result_shown"


def _hide_result(who: Colleague, there: Pledge, form: Mapping[str, str]) -> str:
    mark = field(form, "mark")
    deciding.decide(who.services, there.id, mark, who.by, who.now, show=False)
    return "result_hidden"


_ACTS: Mapping[str, Callable[[Colleague, Pledge, Mapping[str, str]], str]] = {
    "approve": _approve,
    "return": _return,
    "verify": _verify,
    "publish": _publish,
    "attend": _attend,
    "show": _show_result,
    "hide": _hide_result,
}
"""What the buttons of the page do, by the value of their field; each gives a key of [done]."""
