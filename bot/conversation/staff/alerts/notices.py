"""What staff are told without having asked, in their own language.

For each kind of alarm the text `alerts.<kind>`, or the blocks that stand for it, says what
happened, about what, and what to do. What a text needs beside the alarm's own fields, and the
buttons below it, are looked up here by the alarm's class.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import singledispatch

from bot.conversation.staff.alerts.daily import daily, partner_of
from bot.conversation.staff.common import sheet, short
from bot.conversation.staff.look import StaffLook
from bot.conversation.words import (
    Choice,
    Part,
    Parts,
    Say,
    Values,
    line,
    paragraph,
    press,
)
from bot.model.outbox import Scope
from bot.rules import alerts
from bot.rules.alerts import (
    AccountRests,
    ApprovalLapsed,
    ApprovalWaits,
    ChannelPaused,
    ChatTrouble,
    ClockJumped,
    DeliveriesUncertain,
    DiffersFromApproved,
    JobFails,
    LinkFails,
    NotPassedOn,
    NotRetracted,
    OverCeiling,
    PledgeTask,
    PostFailed,
    PostMissed,
    PostsAsk,
    ReviewsWait,
    SearchFails,
    TextHeld,
    TokenRefused,
    UnusualUse,
    WaveTooLong,
    WeekOfHashtags,
)
from bot.rules.alerts.alarm import Alarm, OtherAlarm
from bot.rules.alerts.broadcasts import BroadcastAsks, BroadcastNotPaid, WordsWait
from bot.rules.alerts.results import ResultsRefused


def news(template: str, values: Values, look: StaffLook) -> Say:
    """Return the message for a notice that a member of staff gets, by its template."""
    said = _SAID.get(template)
    return said(values, look) if said is not None else Say(template=template, values=values)


def _question(values: Values, look: StaffLook) -> Say:
    return Say(
        template="staff.question",
        values=values,
        buttons=((press("answer", "inbox", "see", values["number"]),),),
    )


def _report(values: Values, _look: StaffLook) -> Say:
    take = press("take_report", "reports", "take", values["number"])
    return Say(template="staff.report", values=values, buttons=((take,),))


def _hold_over(values: Values, look: StaffLook) -> Say:
    names = [name for name in look.scope_names(Scope(**values["scope"])).values() if name]
    named = line("staff.hold_over", names=names) if names else line("staff.hold_over_everything")
    late = line("staff.hold_over_late") if values["late"] else None
    return Say(template="staff.hold_over", values={"late": values["late"]}, parts=(named, late))


def _left(values: Values, look: StaffLook) -> Say:
    return Say(
        template="staff.left",
        values={**values, "title": look.title_of(values["id"])},
        parts=(line("staff.left_post"), line("staff.left_url") if values["url"] else None),
    )


# what each kind of alarm is about, and its buttons

Told = tuple[Values, tuple[Choice, ...]]
"""Values of an alarm's text beside the alarm's own fields, and the buttons below it."""


@singledispatch
def _told(alarm: Alarm, look: StaffLook) -> Told | None:
    """Return what is said of an alarm, by its class; None when what it is about is gone."""
    return {}, ()


@_told.register
def _other(alarm: OtherAlarm, look: StaffLook) -> Told | None:
    return None


@_told.register
def _post(
    alarm: ApprovalWaits | ApprovalLapsed | DiffersFromApproved | OverCeiling, look: StaffLook
) -> Told | None:
    post = look.post(alarm.subject)
    if post is None:
        return None
    return {
        "title": post.title,
        "channel": post.shown.entry.channel,
        "due": post.shown.entry.due,
        "expires": post.shown.entry.expires,
    }, (press("see", "queue", "see", alarm.subject),)


@_told.register
def _failed(alarm: PostFailed, look: StaffLook) -> Told | None:
    post = look.post(alarm.subject)
    if post is None:
        return None
    buttons = (press("try_again", "alerts", "send", alarm.subject),) if post.gave_up else ()
    return {"title": post.title, "channel": post.shown.entry.channel}, buttons


@_told.register
def _missed(alarm: PostMissed, look: StaffLook) -> Told | None:
    post = look.post(alarm.subject)
    if post is None:
        return None
    entry = post.shown.entry
    buttons = (press("send_it", "alerts", "send", alarm.subject),) if post.gave_up else ()
    return {"title": post.title, "channel": entry.channel, "expires": entry.expires}, buttons


@_told.register
def _paused(alarm: ChannelPaused, look: StaffLook) -> Told:
    return {}, (press("try_again", "alerts", "ask", "c", short(alarm.subject)),)


@_told.register
def _token(alarm: TokenRefused, look: StaffLook) -> Told:
    return {}, (press("try_again", "alerts", "ask", "a", short(alarm.subject)),)


@_told.register
def _uncertain(alarm: DeliveriesUncertain, look: StaffLook) -> Told:
    mine = [each for each in look.uncertain() if each.row.channel == alarm.subject]
    values = {
        "posts": sum(not each.people for each in mine),
        "people": sum(each.people for each in mine),
    }
    return values, (press("look", "uncertain", "open"),) if mine else ()


@_told.register
def _text(alarm: TextHeld, look: StaffLook) -> Told:
    return {"title": look.title(alarm.campaign, alarm.action)}, ()


@_told.register
def _link(alarm: LinkFails, look: StaffLook) -> Told:
    return {
        "title": look.title(alarm.campaign, alarm.action) if alarm.action else "",
        "name": alarm.slot,
        "file": f"campaigns/{alarm.campaign}/campaign.toml",
        "date": alarm.date,
    }, ()


@_told.register
def _asks(alarm: BroadcastAsks, look: StaffLook) -> Told:
    buttons = (
        press("broadcast_pay", "broadcasts", "sure", alarm.subject),
        press("broadcast_free", "broadcasts", "free", alarm.subject),
        press("broadcast_cancel", "broadcasts", "drop", alarm.subject),
    )
    return {"title": look.title(alarm.campaign, alarm.action)}, buttons


@_told.register
def _not_paid(alarm: BroadcastNotPaid, look: StaffLook) -> Told:
    return {"title": look.title(alarm.campaign, alarm.action)}, (
        press("broadcast_pay", "broadcasts", "sure", alarm.subject),
    )


@_told.register
def _words(alarm: WordsWait, look: StaffLook) -> Told:
    return {"title": look.title(alarm.campaign, alarm.action)}, ()


@_told.register
def _wave(alarm: WaveTooLong, look: StaffLook) -> Told:
    return {
        "title": look.title(alarm.campaign, alarm.action),
        "date": alarm.date,
    }, ()


@_told.register
def _task(alarm: PledgeTask, look: StaffLook) -> Told | None:
    partner = partner_of(alarm, look)
    if partner is None:
        return None
    buttons = (
        press("open_pledge", "pledges", "show", partner.pledge.id),
        press("in_touch", "alerts", "attended", partner.pledge.id),
    )
    return {
        "organisation": partner.pledge.organisation,
        "name": partner.pledge.name,
        "number": partner.pledge.id,
        "event": alarm.why,
        "history": list(partner.history),
    }, buttons


@_told.register
def _not_passed_on(alarm: NotPassedOn, look: StaffLook) -> Told:
    if not look.stuck(alarm.number):
        return {}, ()
    return {}, (
        press("try_again", "alerts", "again", alarm.subject),
        press("amplify_reject", "alerts", "drop", alarm.subject),
    )


@_told.register
def _digest(alarm: WeekOfHashtags, look: StaffLook) -> Told:
    tags = [
        {
            **tag,
            "lifts": [
                {
                    **lift,
                    "observance": look.observance(lift["observance"]),
                    "date": date.fromisoformat(lift["date"]),
                }
                for lift in tag["lifts"]
            ],
        }
        for tag in alarm.tags
    ]
    return {"tags": tags, "first": alarm.first, "last": alarm.last}, ()


@_told.register
def _surge(alarm: UnusualUse, look: StaffLook) -> Told:
    return {"date": alarm.date}, ()


@_told.register
def _review(alarm: ReviewsWait, look: StaffLook) -> Told:
    return {}, (press("look", "amplify", "open"),)


@_told.register
def _asked(alarm: PostsAsk, look: StaffLook) -> Told:
    return {}, (press("look", "inbox", "posts"),)


@singledispatch
def _parts(alarm: Alarm, said: Values) -> Parts:
    """Return the parts of an alarm's text, by its class; none where it is one block."""
    return ()


def _network(words: str | None) -> Part | None:
    return paragraph("alerts.network_says") if words else None


@_parts.register
def _paused_parts(alarm: ChannelPaused, said: Values) -> Parts:
    how = "failures" if alarm.failures else "at_once"
    return (
        line(f"alerts.paused_{how}"),
        _network(alarm.words),
        paragraph("alerts.paused_then"),
    )


@_parts.register
def _rests_parts(alarm: AccountRests, said: Values) -> Parts:
    return line("alerts.rests_head"), _network(alarm.words), paragraph("alerts.rests_then")


@_parts.register
def _token_parts(alarm: TokenRefused, said: Values) -> Parts:
    return line("alerts.token_head"), _network(alarm.words), paragraph("alerts.token_then")


@_parts.register
def _not_paid_parts(alarm: BroadcastNotPaid, said: Values) -> Parts:
    return line("alerts.unpaid_head"), _network(alarm.words), paragraph("alerts.unpaid_then")


@_parts.register
def _uncertain_parts(alarm: DeliveriesUncertain, said: Values) -> Parts:
    if not (said["posts"] or said["people"]):
        return (line("alerts.uncertain_over"),)
    return (
        line(f"alerts.uncertain_{'restored' if alarm.restored else 'unanswered'}"),
        paragraph("alerts.uncertain_posts") if said["posts"] else None,
        paragraph("alerts.uncertain_people") if said["people"] else None,
        paragraph("alerts.uncertain_then"),
    )


@_parts.register
def _ceiling_parts(alarm: OverCeiling, said: Values) -> Parts:
    usd = "_usd" if alarm.ceiling else ""
    return line(f"alerts.ceiling_reached{usd}"), paragraph("alerts.ceiling_then")


@_parts.register
def _link_parts(alarm: LinkFails, said: Values) -> Parts:
    return (
        line(f"alerts.link_{'fails' if alarm.url else 'empty'}"),
        paragraph("alerts.link_needed") if said["title"] and said["date"] else None,
        paragraph("alerts.link_then"),
    )


@_parts.register
def _job_parts(alarm: JobFails, said: Values) -> Parts:
    return (line(f"alerts.job_{'named' if alarm.job else 'database'}"),)


@_parts.register
def _clock_parts(alarm: ClockJumped, said: Values) -> Parts:
    return (
        line(f"alerts.clock_{'shown' if alarm.shown else 'jumped'}"),
        paragraph("alerts.clock_waits"),
        paragraph("alerts.clock_then"),
    )


@_parts.register
def _chat_parts(alarm: ChatTrouble, said: Values) -> Parts:
    known = alarm.subject in (ChatTrouble.SAFEGUARDING, ChatTrouble.CONFLICT)
    return (line(f"alerts.chat_{alarm.subject if known else 'trouble'}"),)


@_parts.register
def _surge_parts(alarm: UnusualUse, said: Values) -> Parts:
    counted = "counted" if alarm.date else "uncounted"
    return line(f"alerts.surge_{counted}"), paragraph("alerts.surge_then")


@_parts.register
def _results_parts(alarm: ResultsRefused, said: Values) -> Parts:
    return line("alerts.results_refused"), _network(alarm.words)


@_parts.register
def _search_parts(alarm: SearchFails, said: Values) -> Parts:
    return line("alerts.amplify_fails"), _network(alarm.words)


@_parts.register
def _not_passed_on_parts(alarm: NotPassedOn, said: Values) -> Parts:
    if alarm.why in ("ceiling", "uncertain"):
        return (line(f"alerts.amplification_{alarm.why}"),)
    return line("alerts.amplification_failed"), _network(alarm.words)


@_parts.register
def _retract_parts(alarm: NotRetracted, said: Values) -> Parts:
    return (
        line("alerts.retract_there"),
        _network(alarm.words),
        paragraph("alerts.retract_then"),
    )


def _alert(values: Values, look: StaffLook) -> Say:
    alarm = alerts.read(values["kind"], values["subject"], values["text"], values.get("detail", {}))
    told = _told(alarm, look)
    if told is None:
        return Say(template="alerts.other", values={"text": alarm.text})
    beside, buttons = told
    said = {**alarm.values(), **beside}
    return Say(
        template=f"alerts.{alarm.kind}",
        values=said,
        parts=_parts(alarm, said),
        buttons=tuple((choice,) for choice in buttons),
    )


_SAID: Mapping[str, Callable[[Values, StaffLook], Say]] = {
    "staff.alert": _alert,
    "staff.daily": daily,
    "staff.hold_over": _hold_over,
    "staff.left": _left,
    "staff.question": _question,
    "staff.report": _report,
    "staff.sheet": sheet,
}
"""What a notice says, by its template, where that is more than its values in its text."""
