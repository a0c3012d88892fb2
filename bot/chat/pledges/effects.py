"""Performing effects of pledge-makers, and of the staff who look after their pledges.

The topics have checked whether somebody may do something; it is checked here once more, and
`UsageError` raised where they may not.
"""

from collections.abc import Mapping
from dataclasses import replace

from bot.chat.turn import DEFAULT_MINUTE, Performer, Turn
from bot.conversation.people.effects import INVITE, Join
from bot.conversation.pledges.effects import (
    Accounts,
    Agree,
    AskAgain,
    Begin,
    Claim,
    DecideResult,
    Drop,
    Fill,
    HandOver,
    Happen,
    Invite,
    Keep,
    Leave,
    Meet,
    MeetAgain,
    MeetNobody,
    Refuse,
    Report,
    SendBack,
    Shift,
    Take,
    TakeOver,
    Tell,
    Verify,
    Write,
)
from bot.conversation.pledges.look import PURPOSE
from bot.conversation.words import (
    Answer,
    Edit,
    Effect,
    Pressed,
    Say,
    Then,
    line,
    press,
    sentence,
)
from bot.errors import UsageError
from bot.jobs.pledges import (
    editing,
    introductions,
    journeys,
    moderation,
    officials,
    proposals,
    team,
)
from bot.jobs.pledges.scale_up import deciding
from bot.model import Audience
from bot.model.person import NUDGES, NewPerson, Status, Subscriber
from bot.model.pledge import (
    INVITE_DAYS,
    MADE,
    STAFF,
    JourneyState,
    NewPledge,
    Outcome,
    Pledge,
    PledgeState,
)
from bot.model.staff import Actor
from bot.rules import dates
from bot.rules.journey import Event, standing_of

_HOUR = 3_600


def agree(turn: Turn, effect: Agree) -> None:
    """Keep the person's consent, with the version of the wording that they saw."""
    if turn.subscriber is not None:
        version = turn.texts.word("consent", effect.purpose, turn.language)
        turn.store.subscribers.agree(
            turn.subscriber.id, effect.purpose, f"{turn.language} {version}", turn.moment
        )


def begin(turn: Turn, effect: Begin) -> None:
    """Begin a draft, with the person as its first editor and so its focal point."""
    person = _person(turn)
    store = turn.store
    if not any(
        consent["purpose"] == PURPOSE and consent["withdrawn"] is None
        for consent in store.subscribers.consents(person.id)
    ):
        agree(turn, Agree(purpose=PURPOSE))
    new = NewPledge(
        campaign=effect.campaign,
        audience=effect.audience,
        stakeholder=effect.stakeholder,
        organisation=effect.organisation,
        country=person.country,
        language=turn.language,
        answers={},
    )
    store.editors.add(store.pledges.begin(new, _by(turn), turn.moment), person.id, turn.moment)


def claim(turn: Turn, effect: Claim) -> None:
    """Let what was written on a page be the person's, who is the first to open it."""
    if not turn.store.proposals.claim(effect.proposal, _person(turn).id):
        raise UsageError(f"proposal {effect.proposal} is somebody else's")


def take(turn: Turn, effect: Take) -> tuple[Effect, ...]:
    """Make what was written on a page a draft, and go on with it as with one of the chat."""
    pledge = proposals.begin(turn.services, effect.proposal, _person(turn).id, turn.now)
    if pledge is None:
        return (Then(pressed=Pressed(topic="pledge", act="open")),)
    return (Then(pressed=Pressed(topic="pledge_form", act=effect.act, args=(str(pledge),))),)


def refuse(turn: Turn, effect: Refuse) -> tuple[Effect, ...]:
    """Delete what was written on a page, where the person has opened it and it still waits."""
    store, proposal = turn.store.proposals, effect.proposal
    gone = store.claim(proposal, _person(turn).id) and store.close(proposal, Outcome.REFUSED)
    return (
        Edit(template="pledge_form.written_deleted") if gone else Answer(template="help.stale"),
    )


def fill(turn: Turn, effect: Fill) -> None:
    """Set answers of the pledge; its history keeps what stood there before."""
    pledge = _mine(turn, effect.pledge).id
    editing.fill(turn.services, pledge, effect.answers, _by(turn), turn.now)


def ask_again(turn: Turn, effect: AskAgain) -> None:
    """Take an answer out of the draft."""
    turn.store.pledges.drop_answer(_mine(turn, effect.pledge).id, effect.question, turn.moment)


def accounts(turn: Turn, effect: Accounts) -> None:
    """Replace all accounts of the pledge by those given."""
    pledge = _mine(turn, effect.pledge).id
    editing.accounts(turn.services, pledge, effect.handles, _by(turn), turn.now)


def shift(turn: Turn, effect: Shift) -> None:
    """Move the pledge to another state, and note for its editors whether they have a pledge now."""
    services, to = turn.services, PledgeState[effect.to.upper()]
    if to in moderation.DECISIONS:
        moderation.decide(services, effect.pledge, to, _staff(turn), turn.now, effect.reason)
    else:
        pledge = _mine(turn, effect.pledge).id
        editing.move(services, pledge, to, _by(turn), turn.now, effect.reason)


def send_back(turn: Turn, effect: SendBack) -> None:
    """Refuse an edit of the pledge for staff, with their reason."""
    moderation.send_back(turn.services, effect.pledge, _staff(turn), turn.now, effect.reason)


def drop(turn: Turn, effect: Drop) -> None:
    """Delete the pledge where it is still a draft."""
    pledge = _mine(turn, effect.pledge)
    if pledge.state is PledgeState.DRAFT:
        turn.store.pledges.delete(pledge.id)


def verify(turn: Turn, effect: Verify) -> None:
    """Keep that staff made sure who the pledge-maker is, and how."""
    moderation.verify(
        turn.services, effect.pledge, effect.method, _staff(turn), turn.now, effect.note
    )


def decide_result(turn: Turn, effect: DecideResult) -> None:
    """Let everybody see the scale-up result that staff have looked at, or nobody."""
    by = _staff(turn)
    deciding.decide(turn.services, effect.pledge, effect.mark, by, turn.now, show=effect.show)


# the people behind it


def invite(turn: Turn, effect: Invite) -> tuple[Effect, ...]:
    """Make an invitation; return the message with its link, which is said once and kept nowhere."""
    pledge = _there(turn, effect.pledge) if effect.staff else _mine(turn, effect.pledge)
    by = STAFF if effect.staff else _person(turn).id
    try:
        actor = _staff(turn) if effect.staff else _by(turn)
        token = team.invite(turn.services, pledge.id, by, actor, turn.now)
    except UsageError:
        return (Say(template="pledge_team.is_full"),)
    bot = f"https://t.me/{turn.bot}"
    url = team.link(bot, token, group=effect.group) if turn.bot else f"/start {INVITE}{token}"
    return (
        Say(
            template=f"pledge_team.invitation_{'group' if effect.group else 'person'}",
            values={"link": url, "group": effect.group, "days": INVITE_DAYS},
        ),
    )


def join(turn: Turn, effect: Join) -> tuple[Effect, ...]:
    """Make the person or the group chat an editor by an invitation; return the message about it.

    A group chat becomes a subscriber by that. A link that was used, or is too old, lets nobody in.
    """
    store, group = turn.store, turn.address.startswith("-")
    invited = store.editors.invited(effect.token, turn.moment)
    if invited is None:
        return (Say(template="pledge_team.no_invitation"),)
    person = turn.subscriber or _group(turn, invited)
    try:
        number = store.editors.accept(effect.token, person.id, turn.moment)
    except UsageError:
        return (Say(template="pledge_team.is_full"),)
    pledge = store.pledges.get(number or 0)
    if pledge is None:
        return (Say(template="pledge_team.no_invitation"),)
    team.joined(turn.services, pledge, person.id, turn.now)
    asked = store.editors.focal(pledge.id) == person.id
    values = {
        "name": pledge.name,
        "organisation": pledge.organisation,
        "group": group,
        "focal": asked,
    }
    ways = ((press("pledge_card", "pledge", "card", pledge.id),),)
    who, name, of = (
        "group" if group else "person",
        "_named" if pledge.name else "",
        "_of" if pledge.organisation else "",
    )
    focal = sentence("pledge_team.joined_focal") if asked and not group else None
    parts = (line(f"pledge_team.joined_{who}{name}{of}"), focal)
    return (Say(template="pledge_team.joined", values=values, parts=parts, buttons=ways),)


def _group(turn: Turn, pledge: int) -> Subscriber:
    """Make a group chat a subscriber at the focal point's hour, and return it.

    The admin who used the link has agreed for the group.
    """
    store, settings = turn.store, turn.services.settings
    focal = store.editors.focal(pledge)
    place = store.people.where(focal) if focal is not None else None
    language = turn.texts.spoken(turn.language)
    new = NewPerson(
        channel=turn.channel_id,
        address=turn.address,
        audience=Audience.INDIVIDUAL,
        language=language,
        country=None,
        zone=place.zone if place else settings.zone,
        minute=place.minute if place else dates.waking_minute(DEFAULT_MINUTE, settings.quiet),
        joined=turn.moment,
    )
    store.people.add([new])
    subscriber = turn.again().subscriber
    assert subscriber is not None  # noqa: S101 - added above
    store.subscribers.agree(subscriber.id, NUDGES, f"{language} group", turn.moment)
    return subscriber


def hand_over(turn: Turn, effect: HandOver) -> None:
    """Make another editor the focal point, and tell them so wherever they are reached."""
    services = turn.services
    if not effect.staff:
        pledge = _mine(turn, effect.pledge).id
        team.hand_over(services, pledge, _person(turn).id, effect.to, turn.now)
        return
    pledge = _there(turn, effect.pledge).id
    team.appoint(services, pledge, effect.to, _staff(turn), turn.now)


def take_over(turn: Turn, effect: TakeOver) -> None:
    """Make the person the focal point in the place of one who can't be reached."""
    team.take_over(turn.services, _mine(turn, effect.pledge).id, _person(turn).id, turn.now)


def leave(turn: Turn, effect: Leave) -> None:
    """Take the person out of the editors; what they wrote stays."""
    team.leave(turn.services, _mine(turn, effect.pledge).id, _person(turn).id, turn.now)


def tell(turn: Turn, effect: Tell) -> None:
    """Keep what the person lets another pledge-maker know, once both agree."""
    introductions.tick(turn.services, effect.side, effect.details, _person(turn).id, turn.now)


def meet(turn: Turn, effect: Meet) -> None:
    """Take whether the person wants to know another pledge-maker."""
    person, agreed = _person(turn).id, effect.agreed
    introductions.answer(turn.services, effect.side, person, turn.now, agreed=agreed)


def meet_nobody(turn: Turn, effect: MeetNobody) -> None:
    """Take that the person wants to know nobody."""
    introductions.no_more(turn.services, effect.side, _person(turn).id, turn.now)


def meet_again(turn: Turn, effect: MeetAgain) -> None:
    """Take that the person may be suggested to others again."""
    introductions.once_more(turn.services, effect.side, _person(turn).id, turn.now)


# the journey


def report(turn: Turn, effect: Report) -> None:
    """Keep that a milestone of the pledge is done."""
    pledge = _mine(turn, effect.pledge)
    journeys.report(
        turn.services,
        pledge.id,
        effect.action,
        effect.slot,
        effect.link,
        _by(turn),
        turn.now,
    )


def happen(turn: Turn, effect: Happen) -> None:
    """Take what a pledge-maker says of their journey, such as that it pauses or has ended."""
    journeys.happened(
        turn.services,
        _mine(turn, effect.pledge).id,
        effect.event,
        _by(turn),
        turn.now,
        effect.until,
    )


def keep(turn: Turn, effect: Keep) -> None:
    """Keep the answers of a form that is no pledge."""
    deciding.keep(
        turn.services,
        _mine(turn, effect.pledge),
        effect.form,
        effect.answers,
        _by(turn),
        turn.now,
        finished=effect.finished,
    )


def heard(turn: Turn) -> Turn:
    """Keep that a pledge-maker was heard, since any message of theirs counts.

    Who was asked whether they are still with us, or fell silent, is back by it. Return the turn as
    it is afterwards.
    """
    person = turn.subscriber
    if person is None or not (person.pledge or person.status is Status.SILENT):
        return turn
    for pledge in turn.store.pledges.of_person(person.id):
        if pledge.state in MADE and pledge.journey in (JourneyState.ASKED, JourneyState.SILENT):
            journeys.happened(turn.services, pledge.id, Event.HEARD, _by(turn), turn.now)
        elif pledge.state in MADE and (pledge.heard or 0) < turn.moment - _HOUR:
            # only the instant is kept: tasks of staff for them stay open
            turn.store.journeys.stand(pledge.id, replace(standing_of(pledge), heard=turn.now))
    return turn.again()


# small things


def _by(turn: Turn) -> Actor:
    return Actor.person(_person(turn).id)


def _staff(turn: Turn) -> Actor:
    return Actor.staff(turn.user)


def _person(turn: Turn) -> Subscriber:
    if turn.subscriber is None:
        raise UsageError("nobody is known at this address")
    return turn.subscriber


def _mine(turn: Turn, pledge: int) -> Pledge:
    """Return a pledge that the person may edit, for 0 their newest draft; raises `UsageError`."""
    pledges = turn.store.pledges.of_person(_person(turn).id)
    fit = [
        known
        for known in pledges
        if known.id == pledge or (pledge == 0 and known.state is PledgeState.DRAFT)
    ]
    if not fit:
        raise UsageError(f"this person edits no pledge {pledge}")
    return fit[0]


def _there(turn: Turn, pledge: int) -> Pledge:
    known = turn.store.pledges.get(pledge)
    if known is None:
        raise UsageError(f"there is no pledge {pledge}")
    return known


def write(turn: Turn, effect: Write) -> None:
    """Send the letter to an official address, in the language of who asks for it."""
    person = turn.subscriber
    mine = turn.store.pledges.of_person(person.id) if person else []
    pledge = next((known for known in mine if known.id == effect.pledge), None)
    if person is None or pledge is None:
        raise UsageError(f"this person edits no pledge {effect.pledge}")
    officials.ask(turn.services, pledge, person.id, effect.address, turn.language, turn.now)


PERFORM: Mapping[type[Effect], Performer] = {
    Agree: agree,
    Begin: begin,
    Claim: claim,
    Take: take,
    Refuse: refuse,
    Fill: fill,
    AskAgain: ask_again,
    Accounts: accounts,
    Shift: shift,
    SendBack: send_back,
    Drop: drop,
    Verify: verify,
    DecideResult: decide_result,
    Invite: invite,
    Join: join,
    HandOver: hand_over,
    TakeOver: take_over,
    Leave: leave,
    Tell: tell,
    Meet: meet,
    MeetNobody: meet_nobody,
    MeetAgain: meet_again,
    Report: report,
    Happen: happen,
    Keep: keep,
    Write: write,
}
