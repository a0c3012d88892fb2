"""Effects of pledge-makers and of the staff who look after them.

The topics have looked whether somebody may; here it is looked at once more.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.chat.effects import Context, Performer
from bot.chat.view import DEFAULT_MINUTE
from bot.conversation.pledges.effects import (
    Accounts,
    Agree,
    AskAgain,
    Begin,
    Drop,
    Fill,
    HandOver,
    Happen,
    Invite,
    Join,
    Keep,
    Leave,
    Report,
    SendBack,
    Shift,
    TakeOver,
    Verify,
)
from bot.conversation.pledges.look import INVITE, PURPOSE
from bot.conversation.words import Effect, Say, press
from bot.errors import UsageError
from bot.jobs.pledges import journeys, moderation
from bot.jobs.texts import news
from bot.model import Audience
from bot.model.person import NUDGES, NewPerson, Status, Subscriber
from bot.model.pledge import INVITE_DAYS, MADE, STAFF, JourneyState, NewPledge, Pledge, PledgeState
from bot.rules import dates
from bot.rules.journey import Event, standing_of

_HOUR = 3_600


def agree(context: Context, effect: Agree) -> None:
    """With the wording's version."""
    if context.subscriber is not None:
        version = context.texts.word("consent", effect.purpose, context.language)
        context.services.store.subscribers.agree(
            context.subscriber.id, effect.purpose, f"{context.language} {version}", context.moment
        )


def begin(context: Context, effect: Begin) -> None:
    """A draft, whose first editor is its focal point."""
    person = _person(context)
    store = context.services.store
    if not any(
        one["purpose"] == PURPOSE and one["withdrawn"] is None
        for one in store.subscribers.consents(person.id)
    ):
        agree(context, Agree(purpose=PURPOSE))
    new = NewPledge(
        campaign=effect.campaign,
        audience=effect.audience,
        stakeholder=effect.stakeholder,
        organisation=effect.organisation,
        country=person.country,
        language=context.language,
        answers={},
    )
    store.editors.add(
        store.pledges.begin(new, _by(context), context.moment), person.id, context.moment
    )


def fill(context: Context, effect: Fill) -> None:
    """Answers, with what stood before in the history."""
    context.services.store.pledges.edit(
        _mine(context, effect.pledge).id, effect.answers, _by(context), context.moment
    )


def ask_again(context: Context, effect: AskAgain) -> None:
    """The draft forgets an answer."""
    context.services.store.pledges.drop_answer(
        _mine(context, effect.pledge).id, effect.question, context.moment
    )


def accounts(context: Context, effect: Accounts) -> None:
    """All its accounts."""
    found = [(one.network, one.name, one.url) for one in effect.handles]
    context.services.store.pledges.set_handles(
        _mine(context, effect.pledge).id, found, _by(context), context.moment
    )


def shift(context: Context, effect: Shift) -> None:
    """To another state; the nudges of its editors suppose a pledge from then on, or no longer."""
    services, to = context.services, PledgeState[effect.to.upper()]
    if to in moderation.DECISIONS:
        moderation.decide(services, effect.pledge, to, _staff(context), context.now, effect.reason)
    else:
        pledge = _mine(context, effect.pledge)
        services.store.pledges.move(pledge.id, to, _by(context), context.moment, effect.reason)
        moderation.flags(services, pledge.id)
    context.again()


def send_back(context: Context, effect: SendBack) -> None:
    """The edit is not accepted."""
    moderation.send_back(
        context.services, effect.pledge, _staff(context), context.now, effect.reason
    )


def drop(context: Context, effect: Drop) -> None:
    """Only a draft."""
    pledge = _mine(context, effect.pledge)
    if pledge.state is PledgeState.DRAFT:
        context.services.store.pledges.delete(pledge.id)


def verify(context: Context, effect: Verify) -> None:
    """Method, person and date."""
    moderation.verify(
        context.services, effect.pledge, effect.method, _staff(context), context.now, effect.note
    )


# the people behind it


def invite(context: Context, effect: Invite) -> tuple[Effect, ...]:
    """The link is said once and kept nowhere."""
    pledge = _there(context, effect.pledge) if effect.staff else _mine(context, effect.pledge)
    by = STAFF if effect.staff else _person(context).id
    try:
        token = context.services.store.editors.invite(pledge.id, by, context.moment)
    except UsageError:
        return (Say(template="pledge_team.is_full"),)
    start = "startgroup" if effect.group else "start"
    url = (
        f"https://t.me/{context.bot}?{start}={INVITE}{token}"
        if context.bot
        else f"/start {INVITE}{token}"
    )
    context.services.store.pledges.note(
        pledge.id, "invited", _staff(context) if effect.staff else _by(context), context.moment
    )
    return (
        Say(
            template="pledge_team.invitation",
            values={"link": url, "group": effect.group, "days": INVITE_DAYS},
        ),
    )


def join(context: Context, effect: Join) -> tuple[Effect, ...]:
    """One person, or a group chat that nobody knew before; a used or old link says so."""
    store, group = context.services.store, context.address.startswith("-")
    invited = store.editors.invited(effect.token, context.moment)
    if invited is None:
        return (Say(template="pledge_team.no_invitation"),)
    person = context.subscriber or _group(context, invited)
    try:
        number = store.editors.accept(effect.token, person.id, context.moment)
    except UsageError:
        return (Say(template="pledge_team.is_full"),)
    pledge = store.pledges.get(number or 0)
    if pledge is None:
        return (Say(template="pledge_team.no_invitation"),)
    _settle(context, person, pledge)
    asked = store.editors.focal(pledge.id) == person.id
    values = {
        "name": pledge.name,
        "organisation": pledge.organisation,
        "group": group,
        "focal": asked,
    }
    ways = ((press("pledge_card", "pledge", "card", pledge.id),),)
    return (Say(template="pledge_team.joined", values=values, buttons=ways),)


def _settle(context: Context, person: Subscriber, pledge: Pledge) -> None:
    """They speak for the pledge-maker from now on, and get its prompts at their hour.

    The other editors hear of them.
    """
    store = context.services.store
    place = store.people.place(context.channel_id, int(pledge.audience), person.zone, person.minute)
    if person.audience is Audience.INDIVIDUAL:
        store.people.settle(person.id, place)
    line = store.pledges.note(pledge.id, "joined", f"person {person.id}", context.moment)
    news.tell(
        context.services,
        line,
        context.now,
        [one.person for one in store.editors.team(pledge.id) if one.person != person.id],
    )
    moderation.flags(context.services, pledge.id)
    context.again()


def _group(context: Context, pledge: int) -> Subscriber:
    """A group chat becomes a subscriber, at the focal point's hour: its admin has agreed for it, by
    using the link.
    """
    store, settings = context.services.store, context.services.settings
    focal = store.editors.focal(pledge)
    place = store.people.where(focal) if focal is not None else None
    language = context.texts.spoken(context.language)
    new = NewPerson(
        channel=context.channel_id,
        address=context.address,
        audience=Audience.INDIVIDUAL,
        language=language,
        country=None,
        zone=place.zone if place else settings.zone,
        minute=place.minute if place else dates.waking_minute(DEFAULT_MINUTE, settings.quiet),
        joined=context.moment,
    )
    store.people.add([new])
    found = context.again()
    assert found is not None  # noqa: S101 - added above
    store.subscribers.agree(found.id, NUDGES, f"{language} group", context.moment)
    return found


def hand_over(context: Context, effect: HandOver) -> None:
    """The new one hears of it, wherever they are met."""
    store = context.services.store
    if effect.staff:
        pledge = _there(context, effect.pledge)
        store.editors.take_over(pledge.id, effect.to)
        # they have said so to staff: nothing sent before is held against them
        journeys.happened(context.services, pledge.id, Event.HEARD, _staff(context), context.now)
    else:
        pledge = _mine(context, effect.pledge)
        store.editors.hand_over(pledge.id, _person(context).id, effect.to)
    line = store.pledges.note(
        pledge.id, "handed-over", _staff(context) if effect.staff else _by(context), context.moment
    )
    news.tell(context.services, line, context.now, [effect.to])


def take_over(context: Context, effect: TakeOver) -> None:
    """In the place of a focal point who can't be reached."""
    store, pledge = context.services.store, _mine(context, effect.pledge)
    store.editors.take_over(pledge.id, _person(context).id)
    store.pledges.note(pledge.id, "taken-over", _by(context), context.moment)


def leave(context: Context, effect: Leave) -> None:
    """Out; what they wrote stays."""
    store, pledge = context.services.store, _mine(context, effect.pledge)
    store.editors.remove(pledge.id, _person(context).id)
    store.pledges.note(pledge.id, "left", _by(context), context.moment)
    mine = store.pledges.of_person(_person(context).id)
    store.subscribers.set_pledge(_person(context).id, any(one.state in MADE for one in mine))
    context.again()


# the journey


def report(context: Context, effect: Report) -> None:
    """A milestone is done."""
    pledge = _mine(context, effect.pledge)
    journeys.report(
        context.services,
        pledge.id,
        effect.action,
        effect.slot,
        effect.link,
        _by(context),
        context.now,
    )
    context.again()


def happen(context: Context, effect: Happen) -> None:
    """Their word on how it is with them."""
    journeys.happened(
        context.services,
        _mine(context, effect.pledge).id,
        effect.event,
        _by(context),
        context.now,
        effect.until,
    )
    context.again()


def keep(context: Context, effect: Keep) -> None:
    """Answers of a form that is no pledge."""
    pledge = _mine(context, effect.pledge)
    context.services.store.journeys.keep_sheet(
        "pledge",
        pledge.id,
        pledge.campaign,
        effect.form,
        effect.answers,
        context.moment,
        finished=effect.finished,
    )


def heard(context: Context) -> None:
    """Any word of a pledge-maker's counts: who was asked, or fell silent, is back."""
    person = context.subscriber
    if person is None or not (person.pledge or person.status is Status.SILENT):
        return
    store = context.services.store
    for one in store.pledges.of_person(person.id):
        if one.state in MADE and one.journey in (JourneyState.ASKED, JourneyState.SILENT):
            journeys.happened(context.services, one.id, Event.HEARD, _by(context), context.now)
            context.again()
        elif one.state in MADE and (one.heard or 0) < context.moment - _HOUR:
            # written down, and no more: what staff have to do for them stays to be done
            store.journeys.stand(one.id, replace(standing_of(one), heard=context.now))


# small things


def _by(context: Context) -> str:
    return f"person {_person(context).id}"


def _staff(context: Context) -> str:
    return f"staff {context.user}"


def _person(context: Context) -> Subscriber:
    if context.subscriber is None:
        raise UsageError("nobody is known at this address")
    return context.subscriber


def _mine(context: Context, pledge: int) -> Pledge:
    """A pledge that the person may edit; 0 is their newest draft."""
    found = context.services.store.pledges.of_person(_person(context).id)
    fit = [
        one for one in found if one.id == pledge or (pledge == 0 and one.state is PledgeState.DRAFT)
    ]
    if not fit:
        raise UsageError(f"this person edits no pledge {pledge}")
    return fit[0]


def _there(context: Context, pledge: int) -> Pledge:
    found = context.services.store.pledges.get(pledge)
    if found is None:
        raise UsageError(f"there is no pledge {pledge}")
    return found


PERFORM: Mapping[type, Performer] = {
    Agree: agree,
    Begin: begin,
    Fill: fill,
    AskAgain: ask_again,
    Accounts: accounts,
    Shift: shift,
    SendBack: send_back,
    Drop: drop,
    Verify: verify,
    Invite: invite,
    Join: join,
    HandOver: hand_over,
    TakeOver: take_over,
    Leave: leave,
    Report: report,
    Happen: happen,
    Keep: keep,
}
