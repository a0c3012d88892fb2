"""Alerts: what staff are told without having asked, in their own language, and what they can do
about it at once.

::

    a channel is paused ── [Try again] ► (asks once) ── [Yes, try again] ► it goes on        a pledge-maker needs somebody ── [I got in touch] ► the task is closed
    a post could not be passed on ── [Try again] or [Don't amplify]                           everything else: a button that opens what it is about

Whatever the kind, `alerts.<kind>` of the chat's texts says what happened, about what, and what to
do here.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import singledispatch
from typing import Any

from bot.conversation.look import View
from bot.conversation.staff.common import sheet, short, staff_only
from bot.conversation.staff.effects import Attend, Refuse, Resume, Review
from bot.conversation.staff.look import Partner, StaffLook
from bot.conversation.topic import Topic
from bot.conversation.words import (
    Answer,
    Choice,
    Edit,
    Part,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    line,
    press,
)
from bot.rules import alerts
from bot.rules.alerts import (
    KINDS,
    Alarm,
    ApprovalLapsed,
    ApprovalWaits,
    ChannelPaused,
    ChatTrouble,
    DeliveriesUncertain,
    DiffersFromApproved,
    LinkFails,
    NotCounted,
    NotPassedOn,
    NotRetracted,
    OtherAlarm,
    OverCeiling,
    PledgeTask,
    ReviewsWait,
    TextHeld,
    TokenRefused,
    UnusualUse,
    WeekOfHashtags,
)

NEEDS_ACTION = ("late", "slot")
"""Kinds of needs beside alarms whose subject is "campaign/action"."""

_SAID_DAILY = (KINDS.keys() - {WeekOfHashtags.kind}) | {
    "pledges",
    "questions",
    "packs",
    *NEEDS_ACTION,
}
"""Kinds of needs that have a text of their own in the daily line."""


def news(template: str, values: Mapping[str, Any], desk: StaffLook) -> Say:
    """What one member of staff is told."""
    match template:
        case "staff.sheet":
            return sheet(values, desk)
        case "staff.alert":
            return _alert(values, desk)
        case "staff.daily":
            return _daily(values, desk)
        case "staff.left":
            return _left(values, desk)
        case "staff.question":
            return Say(
                template=template,
                values=values,
                buttons=((press("answer", "inbox", "see", values["number"]),),),
            )
    return Say(template=template, values=values)


def _left(values: Mapping[str, Any], desk: StaffLook) -> Say:
    return Say(
        template="staff.left",
        values={**values, "title": desk.title_of(values["id"])},
        parts=(line("staff.left_post"), line("staff.left_url") if values["url"] else None),
    )


# what each kind of alarm is about, and its buttons

Told = tuple[Mapping[str, Any], tuple[Choice, ...]]
"""What a text says beside the alarm's own fields, and its buttons."""


@singledispatch
def _told(alarm: Alarm, desk: StaffLook) -> Told | None:
    """What is said of an alarm, by its class; None when what it is about is gone."""
    return {}, ()


@_told.register
def _other(alarm: OtherAlarm, desk: StaffLook) -> Told | None:
    return None


@_told.register
def _post(
    alarm: ApprovalWaits | ApprovalLapsed | DiffersFromApproved | OverCeiling, desk: StaffLook
) -> Told | None:
    post = desk.post(alarm.subject)
    if post is None:
        return None
    return {
        "title": post.title,
        "channel": post.shown.entry.channel,
        "due": post.shown.entry.due,
        "expires": post.shown.entry.expires,
    }, (press("see", "queue", "see", alarm.subject),)


@_told.register
def _paused(alarm: ChannelPaused, desk: StaffLook) -> Told:
    return {}, (press("try_again", "alerts", "ask", "c", short(alarm.subject)),)


@_told.register
def _token(alarm: TokenRefused, desk: StaffLook) -> Told:
    return {}, (press("try_again", "alerts", "ask", "a", short(alarm.subject)),)


@_told.register
def _uncertain(alarm: DeliveriesUncertain, desk: StaffLook) -> Told:
    mine = [doubt for doubt in desk.doubts() if doubt.row.channel == alarm.subject]
    values = {
        "posts": sum(not doubt.people for doubt in mine),
        "people": sum(doubt.people for doubt in mine),
    }
    return values, (press("look", "uncertain", "open"),) if mine else ()


@_told.register
def _text(alarm: TextHeld, desk: StaffLook) -> Told:
    return {"title": desk.title(alarm.campaign, alarm.action)}, ()


@_told.register
def _link(alarm: LinkFails, desk: StaffLook) -> Told:
    return {
        "title": desk.title(alarm.campaign, alarm.action) if alarm.action else "",
        "name": alarm.slot,
        "file": f"campaigns/{alarm.campaign}/campaign.toml",
        "date": alarm.date,
    }, ()


@_told.register
def _task(alarm: PledgeTask, desk: StaffLook) -> Told | None:
    partner = _partner(alarm, desk)
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
def _not_passed_on(alarm: NotPassedOn, desk: StaffLook) -> Told:
    if not desk.stuck(alarm.number):
        return {}, ()
    return {}, (
        press("try_again", "alerts", "again", alarm.subject),
        press("amplify_reject", "alerts", "drop", alarm.subject),
    )


@_told.register
def _digest(alarm: WeekOfHashtags, desk: StaffLook) -> Told:
    tags = [
        {
            **tag,
            "lifts": [
                {
                    **lift,
                    "observance": desk.observance(lift["observance"]),
                    "date": date.fromisoformat(lift["date"]),
                }
                for lift in tag["lifts"]
            ],
        }
        for tag in alarm.tags
    ]
    return {"tags": tags, "first": alarm.first, "last": alarm.last}, ()


@_told.register
def _surge(alarm: UnusualUse, desk: StaffLook) -> Told:
    return {"date": alarm.date}, ()


@_told.register
def _review(alarm: ReviewsWait, desk: StaffLook) -> Told:
    return {}, (press("look", "amplify", "open"),)


def _alert(values: Mapping[str, Any], desk: StaffLook) -> Say:
    alarm = alerts.read(values["kind"], values["subject"], values["text"], values.get("detail", {}))
    told = _told(alarm, desk)
    if told is None:
        return Say(template="alerts.other", values={"text": alarm.text})
    said, buttons = told
    return Say(
        template=f"alerts.{alarm.kind}",
        values={**alarm.values(), **said},
        buttons=tuple((choice,) for choice in buttons),
    )


def _daily(values: Mapping[str, Any], desk: StaffLook) -> Say:
    needs = [_need(need, desk) for need in values["needs"]]
    kinds = {need["kind"]: need for need in needs}
    return Say(
        template="staff.daily",
        values={**values, "needs": needs},
        parts=tuple(_lines(needs, values["more"])),
        buttons=tuple((choice,) for choice in _at_once(kinds)),
    )


def _lines(needs: Sequence[Mapping[str, Any]], more: int) -> Iterator[Part]:
    if not needs:
        yield line("staff.daily_nothing")
        return
    yield line("staff.daily_head")
    for need in needs:
        # a line names the first few only
        rest = " …" if need["count"] > len(need["names"]) else ""
        names = [*need["names"][:-1], "".join(need["names"][-1:]) + rest]
        yield line(_block_of(need), **{**need, "names": names})
    if more:
        yield line("staff.daily_more")


def _block_of(need: Mapping[str, Any]) -> str:
    """The text of a need in the daily line."""
    kind = need["kind"]
    if kind == ChatTrouble.kind and ChatTrouble.SAFEGUARDING in need["names"]:
        return "staff.daily_chat_safeguarding"
    return f"staff.daily_{kind if kind in _SAID_DAILY else 'other'}"


def _at_once(kinds: Mapping[str, Mapping[str, Any]]) -> Iterator[Choice]:
    """What can be done about the day's needs, by their kinds."""
    if kinds.keys() & {ApprovalWaits.kind, DiffersFromApproved.kind, OverCeiling.kind}:
        yield press("open_queue", "queue", "open")
    if DeliveriesUncertain.kind in kinds:
        yield press("look", "uncertain", "open")
    if ChannelPaused.kind in kinds:
        for name in kinds[ChannelPaused.kind]["names"]:
            yield press(f"▶ {name}", "alerts", "ask", "c", short(name), literal=True)


def _need(need: Mapping[str, Any], desk: StaffLook) -> dict[str, Any]:
    """With what it is about in words."""
    return {
        **need,
        "names": list(
            dict.fromkeys(
                name for each in need["about"] if (name := _name(need["kind"], each, desk))
            )
        ),
    }


def _name(kind: str, about: Mapping[str, Any], desk: StaffLook) -> str:
    """What a need is about, in words; '' for what is gone."""
    if kind in NEEDS_ACTION:
        campaign, _, action = about["subject"].partition("/")
        return desk.title(campaign, action)
    return _named(alerts.read(kind, about["subject"], "", about), desk)


@singledispatch
def _named(alarm: Alarm, desk: StaffLook) -> str:
    """What an alarm is about, as briefly as it can be said, by its class."""
    return alarm.subject


@_named.register
def _text_named(alarm: TextHeld, desk: StaffLook) -> str:
    return desk.title(alarm.campaign, alarm.action)


@_named.register
def _link_named(alarm: LinkFails, desk: StaffLook) -> str:
    return alarm.slot


@_named.register
def _post_named(alarm: ApprovalLapsed | DiffersFromApproved | OverCeiling, desk: StaffLook) -> str:
    return desk.title_of(alarm.subject)


@_named.register
def _task_named(alarm: PledgeTask, desk: StaffLook) -> str:
    partner = _partner(alarm, desk)
    return (partner.pledge.organisation or partner.pledge.name) if partner else ""


@_named.register
def _blind_named(alarm: NotCounted, desk: StaffLook) -> str:
    return alarm.network or alarm.subject


@_named.register
def _surge_named(alarm: UnusualUse, desk: StaffLook) -> str:
    return f"{alarm.tag} {alarm.network or alarm.subject}".strip()


@_named.register
def _amplification_named(alarm: NotPassedOn | NotRetracted, desk: StaffLook) -> str:
    return alarm.url


def _partner(alarm: PledgeTask, desk: StaffLook) -> Partner | None:
    """Whom a task is about."""
    return None if alarm.pledge is None else desk.partner(alarm.pledge)


# what can be done at once


@staff_only
def ask(state: State, event: Pressed, view: View) -> Step:
    """Ask whether the cause is mended."""
    channels = _channels(event, view)
    if not channels:
        return state, (Answer(template="alerts.goes_already"),)
    buttons: Rows = (
        (press("try_again_yes", "alerts", "resume", *event.args), press("keep", "holding", "no")),
    )
    return state, (
        Say(template="alerts.resume_sure", values={"channels": channels}, buttons=buttons),
    )


@staff_only
def resume(state: State, event: Pressed, view: View) -> Step:
    """Let the channel that the alarm is about go on."""
    channels = _channels(event, view)
    if not channels:
        return state, (Answer(template="alerts.goes_already"),)
    return state, (
        *(Resume(channel=name) for name in channels),
        Edit(template="alerts.resumed", values={"channels": channels}),
    )


@staff_only
def attended(state: State, event: Pressed, view: View) -> Step:
    """Somebody got in touch with the pledge-maker."""
    pledge = int(event.args[0])
    if not view.desk.has_tasks(pledge):
        return state, (Answer(template="alerts.attended_already"),)
    buttons = ((press("open_pledge", "pledges", "show", pledge),),)
    return state, (
        Attend(pledge=pledge),
        Say(template="alerts.attended", values={"number": pledge}, buttons=buttons),
    )


@staff_only
def again(state: State, event: Pressed, view: View) -> Step:
    """Pass it on once more."""
    number = int(event.args[0])
    if not view.desk.stuck(number):
        return state, (Answer(template="alerts.decided_already"),)
    return state, (Review(id=number, answers={}, way=""), Say(template="alerts.again"))


@staff_only
def drop(state: State, event: Pressed, view: View) -> Step:
    """Never pass on the post that the alarm is about."""
    number = int(event.args[0])
    if not view.desk.stuck(number):
        return state, (Answer(template="alerts.decided_already"),)
    return state, (Refuse(id=number), Say(template="amplify.rejected"))


TOPIC = Topic(
    name="alerts",
    presses={"ask": ask, "resume": resume, "attended": attended, "again": again, "drop": drop},
)


def _channels(event: Pressed, view: View) -> list[str]:
    """Those of the channel ('c') or the account ('a') that are paused."""
    what, ref = event.args
    return [
        name
        for name, account in view.desk.paused().items()
        if ref == short(name if what == "c" else account)
    ]
