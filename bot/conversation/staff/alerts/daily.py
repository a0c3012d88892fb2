"""The daily line: what needs staff today, which comes by itself."""

from collections.abc import Iterator, Mapping, Sequence
from functools import singledispatch
from typing import Any

from bot.conversation.staff.common import short
from bot.conversation.staff.look import Partner, StaffLook
from bot.conversation.words import Choice, Part, Say, Values, line, press
from bot.rules import alerts
from bot.rules.alerts import (
    KINDS,
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
    WaveTooLong,
    WeekOfHashtags,
)
from bot.rules.alerts.alarm import Alarm
from bot.rules.alerts.broadcasts import BroadcastAsks, BroadcastNotPaid, WordsWait
from bot.rules.alerts.events import EventGone

NEEDS_ACTION = ("late", "slot")
"""Kinds of needs that are no alarms and whose subject is "campaign/action"."""

_SAID_DAILY = (KINDS.keys() - {WeekOfHashtags.kind}) | {
    "pledges",
    "questions",
    "suggestions",
    "letter",
    "entries",
    "returned",
    "packs",
    *NEEDS_ACTION,
}
"""Kinds of needs that have a text of their own in the daily line."""


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
def _wave_named(
    alarm: WaveTooLong | BroadcastAsks | BroadcastNotPaid | WordsWait, look: StaffLook
) -> str:
    return look.title(alarm.campaign, alarm.action)


@_named.register
def _event_named(alarm: EventGone, look: StaffLook) -> str:
    return alarm.title


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
