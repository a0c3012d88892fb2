"""What staff are told each day: the sheet with all that goes out on the next observance, and the
daily line of what needs them.

Both come by themselves, the sheet a day before; /sheet shows it at any time.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import singledispatch
from typing import Any

from bot.conversation.look import View
from bot.conversation.staff.common import button, short, staff_only
from bot.conversation.staff.common import sheet as shown
from bot.conversation.staff.effects import Approve
from bot.conversation.staff.look import Partner, StaffLook
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    Answer,
    Choice,
    Command,
    Part,
    Pressed,
    Say,
    State,
    Step,
    Values,
    line,
    press,
    rows,
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
    OverCeiling,
    PledgeTask,
    PostFailed,
    PostMissed,
    TextHeld,
    UnusualUse,
    WeekOfHashtags,
)

NEEDS_ACTION = ("late", "slot")
"""Kinds of needs that are no alarms and whose subject is "campaign/action"."""

_SAID_DAILY = (KINDS.keys() - {WeekOfHashtags.kind}) | {
    "pledges",
    "questions",
    "packs",
    *NEEDS_ACTION,
}
"""Kinds of needs that have a text of their own in the daily line."""


@staff_only
def sheet(state: State, event: Command, view: View) -> Step:
    """Show the sheet of the next observance."""
    today = view.staff.sheet("")
    if today is None:
        return state, (Say(template="staff.no_sheet"),)
    return state, (shown(today, view.staff),)


@staff_only
def approve_all(state: State, event: Pressed, view: View) -> Step:
    """Approve all posts of the day that the person may approve and that have a text that fits."""
    posts = _posts(view, event.about)
    waiting = [
        post for entry in posts if (post := view.staff.post(entry["id"])) is not None and post.waits
    ]
    ready = tuple(post.id for post in waiting if post.mine_to_approve and post.fits)
    if not waiting:
        return state, (Answer(template="staff.none_waits"),)
    values = {"approved": len(ready), "left": len(waiting) - len(ready)}
    buttons = ((press("open_queue", "queue", "open"),),) if len(ready) < len(waiting) else ()
    return state, (
        *((Approve(ids=ready),) if ready else ()),
        Say(
            template="staff.all_approved_left" if values["left"] else "staff.all_approved",
            values=values,
            buttons=buttons,
        ),
    )


@staff_only
def edit(state: State, event: Pressed, view: View) -> Step:
    """Ask which of the day's posts shall get another text."""
    posts = [
        post
        for entry in _posts(view, event.about)
        if (post := view.staff.post(entry["id"])) is not None and post.writable
    ]
    if not posts:
        return state, (Answer(template="staff.none_writable"),)
    choices = [
        press(
            button(f"{post.shown.entry.channel}: {post.title}"),
            "queue",
            "see",
            post.id,
            literal=True,
        )
        for post in posts
    ]
    return state, (Say(template="staff.which_post", buttons=rows(choices, 1)),)


TOPIC = Topic(
    name="sheet",
    commands=(Offer(name="sheet", handler=sheet, staff=True),),
    presses={"all": approve_all, "edit": edit},
)


def _posts(view: View, day: str) -> list[Any]:
    shown_sheet = view.staff.sheet(day)
    posts: Any = shown_sheet["posts"] if shown_sheet else []
    return list(posts)


# the day's line


def daily(values: Values, look: StaffLook) -> Say:
    """Return the daily line: what needs somebody, by kind, and buttons for what can be done now."""
    needs = [_need(need, look) for need in values["needs"]]
    kinds = {need["kind"]: need for need in needs}
    return Say(
        template="staff.daily",
        values={**values, "needs": needs},
        parts=tuple(_lines(needs, values["more"])),
        buttons=tuple((choice,) for choice in _at_once(kinds)),
    )


def _lines(needs: Sequence[Values], more: int) -> Iterator[Part]:
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


def _block_of(need: Values) -> str:
    """Return the name of a need's text in the daily line."""
    kind = need["kind"]
    if kind == ChatTrouble.kind and ChatTrouble.SAFEGUARDING in need["names"]:
        return "staff.daily_chat_safeguarding"
    return f"staff.daily_{kind if kind in _SAID_DAILY else 'other'}"


def _at_once(kinds: Mapping[str, Values]) -> Iterator[Choice]:
    """Yield the buttons for what can be done about the day's needs, which are given by kind."""
    if kinds.keys() & {ApprovalWaits.kind, DiffersFromApproved.kind, OverCeiling.kind}:
        yield press("open_queue", "queue", "open")
    if DeliveriesUncertain.kind in kinds:
        yield press("look", "uncertain", "open")
    if ChannelPaused.kind in kinds:
        for name in kinds[ChannelPaused.kind]["names"]:
            yield press(f"▶ {name}", "alerts", "ask", "c", short(name), literal=True)


def _need(need: Values, look: StaffLook) -> dict[str, Any]:
    """Return a need with the names of what it is about."""
    return {
        **need,
        "names": list(
            dict.fromkeys(
                name for each in need["about"] if (name := _name(need["kind"], each, look))
            )
        ),
    }


def _name(kind: str, about: Values, look: StaffLook) -> str:
    """Return the name of one thing that a need is about; '' for what is gone."""
    if kind in NEEDS_ACTION:
        campaign, _, action = about["subject"].partition("/")
        return look.title(campaign, action)
    return _named(alerts.read(kind, about["subject"], "", about), look)


@singledispatch
def _named(alarm: Alarm, look: StaffLook) -> str:
    """Return what an alarm is about, as briefly as it can be said, by its class."""
    return alarm.subject


@_named.register
def _text_named(alarm: TextHeld, look: StaffLook) -> str:
    return look.title(alarm.campaign, alarm.action)


@_named.register
def _link_named(alarm: LinkFails, look: StaffLook) -> str:
    return alarm.slot


@_named.register
def _post_named(
    alarm: ApprovalLapsed | DiffersFromApproved | OverCeiling | PostFailed | PostMissed,
    look: StaffLook,
) -> str:
    return look.title_of(alarm.subject)


@_named.register
def _task_named(alarm: PledgeTask, look: StaffLook) -> str:
    partner = partner_of(alarm, look)
    return (partner.pledge.organisation or partner.pledge.name) if partner else ""


@_named.register
def _blind_named(alarm: NotCounted, look: StaffLook) -> str:
    return alarm.network or alarm.subject


@_named.register
def _surge_named(alarm: UnusualUse, look: StaffLook) -> str:
    return f"{alarm.tag} {alarm.network or alarm.subject}".strip()


@_named.register
def _amplification_named(alarm: NotPassedOn | NotRetracted, look: StaffLook) -> str:
    return look.reviewed(int(alarm.subject)) if alarm.subject.isdecimal() else ""


def partner_of(alarm: PledgeTask, look: StaffLook) -> Partner | None:
    """Return the pledge-maker whom a task is about; None when the pledge is gone."""
    return None if alarm.pledge is None else look.partner(alarm.pledge)
