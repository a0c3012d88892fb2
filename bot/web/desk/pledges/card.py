"""A pledge as staff see it: its answers with what changed, its accounts, steps and history."""

from collections.abc import Iterator

from bot.gaps import filled
from bot.jobs.pledges import journeys
from bot.jobs.pledges.scale_up import results
from bot.jobs.staff import posting
from bot.jobs.texts import notes
from bot.languages import country_name
from bot.model import Campaign
from bot.model.outbox import ActionDay
from bot.model.pledge import Pledge, PledgeState
from bot.rules import forms
from bot.times import from_epoch
from bot.web.desk.colleague import Colleague
from bot.web.desk.pledges import history

FORM = "pledge"


def card(who: Colleague, pledge: Pledge) -> dict[str, object]:
    """Return all about a pledge as values of its page's template."""
    services, store = who.services, who.services.store
    campaign = services.library.campaigns.get(pledge.campaign)
    words = services.renderer.words(campaign, who.language) if campaign else None
    verification = store.pledges.verification(pledge.id)
    return {
        "number": pledge.id,
        "organisation": pledge.organisation,
        "group": words.group(pledge.stakeholder) if words else pledge.stakeholder,
        "country": country_name(pledge.country, who.language) if pledge.country else "",
        "state": who.words["pledge_states"]["pending" if pledge.pending else pledge.state.word],
        "journey": who.words["journeys"][pledge.journey.word] if pledge.travels else "",
        "answers": list(_answers(who, pledge, campaign)),
        "accounts": [handle.url for handle in store.pledges.handles(pledge.id)],
        "verified": _verified(who, pledge),
        "unverified": verification is None and not store.pledges.may_publish(pledge),
        "steps": [
            (
                history.step(who, pledge, each.action, each.answered),
                who.instant(each.answered),
                each.link or "",
            )
            for each in store.journeys.reports(pledge.id)
        ],
        "far": _far(who, pledge),
        "history": list(history.told(who, pledge)),
        "page": notes.page(services, pledge, who.language),
        "mark": forms.mark(pledge.answers),
        "decides": pledge.state is PledgeState.SUBMITTED or pledge.pending,
        "publishes": pledge.state is PledgeState.APPROVED and store.pledges.may_publish(pledge),
        "result": results.result(services, pledge, who.language),
        "tasks": bool(journeys.tasks_of(services, pledge.id)),
        "public": pledge.state is PledgeState.PUBLISHED,
    }


def _far(who: Colleague, pledge: Pledge) -> str:
    """Return how far the pledge is in its year, and which step comes next; '' without a journey."""
    how_far, words = journeys.progress(who.services, pledge, who.now), who.words["pledges"]
    if not pledge.travels or not how_far.of:
        return ""
    told = filled(words["how_far"], done=who.number(how_far.done), of=who.number(how_far.of))
    step = how_far.coming
    if step is None:
        return told
    about = ActionDay(
        campaign=pledge.campaign, action=step.action, audience=pledge.audience, day=step.day
    )
    title = posting.title(who.services, about, who.language)
    return f"{told} {filled(words['next_step'], title=title, day=who.day(step.day))}"


def _answers(
    who: Colleague, pledge: Pledge, campaign: Campaign | None
) -> Iterator[dict[str, object]]:
    """Yield the answers in the order of the form; of those changed since the approval also what
    stood before.
    """
    form = campaign.forms.get(FORM) if campaign else None
    before = pledge.approved or {}
    if campaign is None or form is None:
        for key, answer in pledge.answers.items():
            yield _answer(pledge, key, answer, before.get(key, ""))
        return
    words = who.services.renderer.words(campaign, who.language)
    asks = words.form(FORM)
    for question in form.fitting(pledge.audience).questions:
        said = asks.question(question.id)
        now, then = pledge.answers.get(question.id, ""), before.get(question.id, "")
        if question.later and not (now or then):
            continue
        yield _answer(
            pledge,
            said.ask,
            forms.shown(question, now, words, said, {}),
            forms.shown(question, then, words, said, {}),
        )


def _answer(pledge: Pledge, ask: str, now: str, before: str) -> dict[str, object]:
    changed = pledge.pending and now != before
    return {"ask": ask, "answer": now, "before": before, "changed": changed}


def _verified(who: Colleague, pledge: Pledge) -> str:
    there, words = who.services.store.pledges.verification(pledge.id), who.words["pledges"]
    if there is None:
        return ""
    day = who.day(who.local(from_epoch(there.at)).date())
    if there.how == "email":
        return filled(words["verified_email"], domain=there.note, day=day)
    return str(words["verified_staff"]).format(day=day)
