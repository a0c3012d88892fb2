"""What a pledge-maker found for bringing their pledge further: whether everybody may see it.

Staff decide, about the answers as they were shown to them; where these change, nobody sees the
result any more, and it waits anew::

    finished ──show──► on the pledge's page and the board ──hide──► kept private ──show──► …
        └──────hide──► kept private

Its editors hear when it begins to be shown, and when that ends, also by a change of their own.
"""

from collections.abc import Mapping
from datetime import datetime

from bot.errors import Overtaken, UsageError
from bot.jobs.pledges import public
from bot.jobs.pledges.scale_up import results
from bot.jobs.services import Services
from bot.jobs.texts import news
from bot.model.pledge import Pledge, PledgeState
from bot.model.public import (
    RESULT_AGAIN,
    RESULT_CHANGED,
    RESULT_HIDDEN,
    RESULT_SHOWN,
)
from bot.model.staff import Actor
from bot.model.staff.audit import Verb
from bot.times import epoch


def keep(
    services: Services,
    pledge: Pledge,
    form: str,
    answers: Mapping[str, str],
    by: Actor,
    now: datetime,
    *,
    finished: bool,
) -> None:
    """Keep a pledge-maker's answers to a form that is no pledge; `finished` says whether each
    question is answered or left out.
    """
    store = services.store
    with store.transaction():
        before = _is_shown(services, pledge)
        store.journeys.keep_form(
            "pledge", pledge.id, pledge.campaign, form, answers, epoch(now), finished=finished
        )
        after = _is_shown(services, pledge)
        if before != after:
            public.refresh(services, pledge.id)
            kind = RESULT_AGAIN if after else RESULT_CHANGED
            news.tell(services, store.pledges.note(pledge.id, kind, by, epoch(now)), now)


def _is_shown(services: Services, pledge: Pledge) -> bool:
    there = results.result(services, pledge, pledge.language)
    return there is not None and there.shown and pledge.state is PledgeState.PUBLISHED


def decide(
    services: Services, number: int, mark: str, by: Actor, now: datetime, *, show: bool
) -> None:
    """Let everybody see the result on the pledge's page, or nobody; `mark` is that of the answers
    which were looked at.

    Raises `UsageError` where there is no such result, or where its answers are others now.
    """
    store = services.store
    with store.transaction():
        pledge = store.pledges.get(number)
        there = results.result(services, pledge, pledge.language) if pledge else None
        if pledge is None or there is None:
            raise UsageError(
                f"pledge {number} has no scale-up result that is finished; its maker fills it in"
                " with /scaleup",
                "result_unfinished",
            )
        if there.mark != mark:
            raise Overtaken(
                f"the scale-up result of pledge {number} has the mark {there.mark} now, not {mark}:"
                " look at its answers once more, then decide"
            )
        if show and pledge.state is not PledgeState.PUBLISHED:
            raise UsageError(
                f"pledge {number} is {pledge.state.word}: its scale-up result can be shown once the"
                " pledge is published",
                "result_unpublished",
            )
        if there.decided and there.shown == show:
            return
        kind = RESULT_SHOWN if show else RESULT_HIDDEN
        line = store.pledges.note(number, kind, by, epoch(now), {"answers": mark})
        public.refresh(services, number)
        verb = Verb.RESULT_SHOWN if show else Verb.RESULT_HIDDEN
        store.audit.note(by, verb, epoch(now), number, digest=mark)
        if show or there.shown:
            news.tell(services, line, now)
