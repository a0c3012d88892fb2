"""Performing effects of staff: posts, holds, answers, announcements.

Who decided is kept with each decision.
"""

import logging
from collections.abc import Mapping, Sequence

from bot.chat.turn import Performer, Turn
from bot.conversation.staff.effects import (
    Announce,
    Approve,
    Attend,
    Decide,
    DecideReport,
    DropPost,
    ExplainHold,
    HoldIt,
    OpenDesk,
    PassQuestion,
    Posted,
    Publish,
    Refuse,
    RefuseQuestion,
    Reject,
    Release,
    Reply,
    Reschedule,
    Resume,
    Review,
    Rewrite,
    SetPace,
    TakeReport,
)
from bot.conversation.words import Effect, Say, link
from bot.errors import UsageError
from bot.jobs.amplify import review
from bot.jobs.broadcasts import offers, skipping
from bot.jobs.pathfinders import reports as country_reports
from bot.jobs.pledges import journeys
from bot.jobs.sending import decisions, holds, packs
from bot.jobs.staff import logins, posting, reports
from bot.jobs.staff.questions import answers, inbox, peers
from bot.model.staff import Actor
from bot.times import from_epoch

log = logging.getLogger(__name__)


def approve(turn: Turn, effect: Approve) -> None:
    """Approve these posts, which then go out each at its hour."""
    for number in effect.ids:
        posting.let_go(turn.services, decisions.parse(number), Actor.staff(turn.user), turn.now)


def reject(turn: Turn, effect: Reject) -> None:
    """Cancel the post for good."""
    decisions.cancel(turn.services, effect.id, Actor.staff(turn.user), turn.now)


def rewrite(turn: Turn, effect: Rewrite) -> None:
    """Give the post another text, which waits for approval."""
    posting.rewrite(
        turn.services, decisions.parse(effect.id), effect.text, Actor.staff(turn.user), turn.now
    )


def reschedule(turn: Turn, effect: Reschedule) -> None:
    """Let the post go out at another instant."""
    due = from_epoch(effect.due)
    decisions.reschedule(turn.services, effect.id, due, Actor.staff(turn.user), turn.now)


def settle(turn: Turn, effect: Decide) -> None:
    """Settle an uncertain delivery, or all of an occurrence: it arrived, is sent, or given up."""
    parts, who = effect.ref.split("-"), Actor.staff(turn.user)
    if len(parts) == 2:  # noqa: PLR2004 - occurrence and channel: all that went to people
        occurrence, channel = map(int, parts)
        decisions.settle_many(
            turn.services, occurrence, channel, who, turn.now, send=effect.way == "send"
        )
        return
    act = {"arrived": decisions.arrived, "send": decisions.release, "leave": decisions.cancel}[
        effect.way
    ]
    act(turn.services, effect.ref, who, turn.now)


def set_pace(turn: Turn, effect: SetPace) -> Sequence[Effect]:
    """Decide how fast a broadcast leaves, and say so; where that can't be done any more, that."""
    act = {"pay": offers.pay, "free": offers.free, "cancel": skipping.cancel}[effect.way]
    try:
        act(turn.services, effect.ref, Actor.staff(turn.user), turn.now)
    except UsageError as error:
        log.warning("broadcast %s: %s", effect.ref, error)
        return (effect.unchanged,)
    return (effect.said,)


def resume(turn: Turn, effect: Resume) -> None:
    """Let a paused channel go on."""
    who = Actor.staff(turn.user)
    decisions.resume(turn.services.settings, turn.store, effect.channel, who, turn.now)


def attend(turn: Turn, effect: Attend) -> None:
    """Close the tasks of a pledge, since somebody got in touch with its maker."""
    journeys.attended(turn.services, effect.pledge, Actor.staff(turn.user), turn.now)


def hold(turn: Turn, effect: HoldIt) -> None:
    """Hold the scope at once; the hold outlives a restart."""
    holds.hold(turn.services, effect.scope, Actor.staff(turn.user), turn.now)


def explain_hold(turn: Turn, effect: ExplainHold) -> None:
    """Keep why a scope is held, or until when."""
    holds.explain(
        turn.services,
        effect.scope,
        Actor.staff(turn.user),
        turn.now,
        reason=effect.reason,
        until=None if effect.until is None else from_epoch(effect.until),
    )


def release(turn: Turn, effect: Release) -> None:
    """Release the scope; late deliveries that `send` doesn't name are skipped by the next claim."""
    who = Actor.staff(turn.user)
    holds.release(turn.services, effect.scope, who, turn.now, send=effect.send, shown=effect.shown)


def publish(turn: Turn, effect: Publish) -> None:
    """Put a post that staff wrote into the outbox."""
    channels = [turn.services.settings.channels[name] for name in effect.channels]
    posting.publish(
        turn.services,
        effect.text,
        channels,
        from_epoch(effect.due),
        Actor.staff(turn.user),
        turn.now,
    )


def reply(turn: Turn, effect: Reply) -> None:
    """Keep the answer to a question; it leaves for who asked as soon as it can."""
    answers.give(turn.services, effect.question, effect.text, Actor.staff(turn.user), turn.now)


def pass_question(turn: Turn, effect: PassQuestion) -> None:
    """Pass a question on to the makers of a pledge, or their answer to who asked."""
    passes = peers.pass_back if effect.reply else peers.pass_on
    passes(turn.services, effect.question, Actor.staff(turn.user), turn.now)


def refuse_question(turn: Turn, effect: RefuseQuestion) -> None:
    """Let who asked the makers of a pledge know that there is no answer."""
    peers.refuse(turn.services, effect.question, Actor.staff(turn.user), turn.now)


def drop_post(turn: Turn, effect: DropPost) -> None:
    """Delete a post that asks something, and never take it again."""
    by = Actor.staff(turn.user)
    inbox.drop(turn.services, effect.post, by, turn.now, child=effect.child)


def announce(turn: Turn, effect: Announce) -> None:
    """Put an announcement into the outbox for everybody it is meant for."""
    posting.announce(
        turn.services,
        effect.text,
        effect.whom,
        Actor.staff(turn.user),
        turn.now,
    )


def posted(turn: Turn, effect: Posted) -> None:
    """Count a post that was made by hand as sent."""
    packs.posted(turn.services, effect.id, effect.url, Actor.reviewer(turn.user), turn.now)


def answer(turn: Turn, effect: Review) -> None:
    """Keep the answers to the checklist; they decide what becomes of the post."""
    review.approve(
        turn.services, effect.id, effect.answers, Actor.reviewer(turn.user), turn.now, effect.way
    )


def refuse(turn: Turn, effect: Refuse) -> None:
    """Refuse the post for good."""
    review.reject(turn.services, effect.id, Actor.reviewer(turn.user), turn.now)


def open_desk(turn: Turn, _effect: OpenDesk) -> Sequence[Effect]:
    """Make the link, and say it; where there are no pages, that."""
    assert turn.member is not None  # noqa: S101 - nobody else is given the command
    try:
        url = logins.link(turn.services, turn.member, Actor.staff(turn.user), turn.now)
    except UsageError:
        return (Say(template="staff.no_desk"),)
    minutes = logins.LASTS.seconds // 60
    return (
        Say(
            template="staff.desk",
            values={"minutes": minutes},
            buttons=((link("open_desk", url),),),
        ),
    )


def take_report(turn: Turn, effect: TakeReport) -> Sequence[Effect]:
    """Note who looks after the report, and say so; or that somebody does already."""
    taken = reports.take(turn.services, effect.report, Actor.staff(turn.user), turn.now)
    return (Say(template="staff.report_taken" if taken else "staff.report_with_another"),)


def report(turn: Turn, effect: DecideReport) -> None:
    """Decide whether everybody may see a report, or whether it is sent back."""
    services, by, about = turn.services, Actor.staff(turn.user), (effect.report, effect.mark)
    if effect.way == "return":
        country_reports.send_back(services, *about, effect.reason, by, turn.now)
    else:
        country_reports.decide(services, *about, by, turn.now, show=effect.way == "show")


PERFORM: Mapping[type[Effect], Performer] = {
    Approve: approve,
    Reject: reject,
    Rewrite: rewrite,
    Reschedule: reschedule,
    Decide: settle,
    SetPace: set_pace,
    Resume: resume,
    Attend: attend,
    HoldIt: hold,
    ExplainHold: explain_hold,
    Release: release,
    Publish: publish,
    Reply: reply,
    PassQuestion: pass_question,
    RefuseQuestion: refuse_question,
    DropPost: drop_post,
    Announce: announce,
    Posted: posted,
    Review: answer,
    Refuse: refuse,
    OpenDesk: open_desk,
    TakeReport: take_report,
    DecideReport: report,
}
