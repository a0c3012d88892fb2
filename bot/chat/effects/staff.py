"""Effects of staff: posts, holds, answers, announcements. Who decides is written down with it."""

from collections.abc import Mapping

from bot.chat.desk import by, scope_of
from bot.chat.effects import Context, Performer
from bot.conversation.staff.effects import (
    Announce,
    Approve,
    Attend,
    Decide,
    HoldIt,
    Publish,
    Reject,
    Release,
    Reply,
    Resume,
    Rewrite,
)
from bot.jobs.pledges import journeys
from bot.jobs.sending import decide, holds
from bot.jobs.staff import desk
from bot.times import from_epoch


def approve(context: Context, effect: Approve) -> None:
    """Each at its hour."""
    for number in effect.ids:
        desk.let_go(context.services, decide.parse(number), by(context.user), context.now)


def reject(context: Context, effect: Reject) -> None:
    """Never."""
    decide.cancel(context.services, effect.id, by(context.user), context.now)


def rewrite(context: Context, effect: Rewrite) -> None:
    """Another text, which waits for approval."""
    desk.rewrite(
        context.services, decide.parse(effect.id), effect.text, by(context.user), context.now
    )


def settle(context: Context, effect: Decide) -> None:
    """What is uncertain is there, goes once more, or is given up."""
    parts, who = effect.ref.split("-"), by(context.user)
    if len(parts) == 2:  # noqa: PLR2004 - occurrence and channel: all that went to people
        occurrence, channel = map(int, parts)
        decide.settle_many(
            context.services, occurrence, channel, who, context.now, send=effect.way == "send"
        )
        return
    act = {"arrived": decide.arrived, "send": decide.release, "leave": decide.cancel}[effect.way]
    act(context.services, effect.ref, who, context.now)


def resume(context: Context, effect: Resume) -> None:
    """The channel goes on."""
    decide.resume(context.services.settings, context.services.store, effect.channel, context.now)


def attend(context: Context, effect: Attend) -> None:
    """The task is done."""
    journeys.attended(context.services, effect.pledge, by(context.user), context.now)


def hold(context: Context, effect: HoldIt) -> None:
    """At once, and after a restart too."""
    holds.hold(context.services, scope_of(context.services, effect.scope), context.now)


def release(context: Context, effect: Release) -> None:
    """What is late and not named is skipped by the next claim."""
    scope = scope_of(context.services, effect.scope)
    for occurrence, channel in effect.send:
        # Before the hold goes, or a sender beside us would skip them first.
        context.services.store.holds.renew_one(
            occurrence, channel, country=scope.country, now=context.moment
        )
    holds.release(context.services, scope, context.now)


def publish(context: Context, effect: Publish) -> None:
    """Into the outbox."""
    channels = [context.services.settings.channels[name] for name in effect.channels]
    desk.publish(
        context.services,
        effect.text,
        channels,
        from_epoch(effect.due),
        by(context.user),
        context.now,
    )


def reply(context: Context, effect: Reply) -> None:
    """On its way to who asked."""
    context.services.store.inbox.answer(
        effect.question, effect.text, by(context.user), context.moment
    )


def announce(context: Context, effect: Announce) -> None:
    """Into the outbox, step by step."""
    desk.announce(
        context.services,
        effect.text,
        effect.audiences,
        effect.language,
        effect.country,
        by(context.user),
        context.now,
    )


PERFORM: Mapping[type, Performer] = {
    Approve: approve,
    Reject: reject,
    Rewrite: rewrite,
    Decide: settle,
    Resume: resume,
    Attend: attend,
    HoldIt: hold,
    Release: release,
    Publish: publish,
    Reply: reply,
    Announce: announce,
}
