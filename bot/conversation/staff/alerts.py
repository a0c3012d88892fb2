"""Alerts: what staff are told without having asked, in their own language, and what they can do
about it at once.

::

    a channel is paused ── [Try again] ► (asks once) ── [Yes, try again] ► it goes on        a pledge-maker needs somebody ── [I got in touch] ► the task is closed
    a post could not be passed on ── [Try again] or [Don't amplify]                           everything else: a button that opens what it is about

Whatever the kind, `alerts.<kind>` of the chat's texts says what happened, about what, and what to
do here.
"""

from collections.abc import Callable, Mapping
from datetime import date
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
    Pressed,
    Rows,
    Say,
    State,
    Step,
    line,
    press,
)

_NOTHING: Mapping[str, Any] = {
    "action": "", "boosts": None, "ceiling": 0, "channel": "", "count": 0, "day": "", "event": "", "failures": 0, "job": "", "network": "",
    "place": "", "restored": False, "since": 0, "start": "", "end": "", "tag": "", "tags": [], "title": "", "url": "", "uses": 0, "usual": 0,
    "why": "", "words": "", "due": 0, "expires": 0, "posts": 0, "people": 0, "organisation": "", "name": "", "history": (), "subject": "",
}  # fmt: skip
"""What a text may name that an alert of an older version, or of another kind, does not bring."""


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


# what each kind of alert is about, and its buttons

Told = tuple[Mapping[str, Any], tuple[Choice, ...]]


def _post(subject: str, detail: Mapping[str, Any], desk: StaffLook) -> Told | None:
    post = desk.post(subject)
    if post is None:
        return None
    return {
        "title": post.title,
        "channel": post.shown.entry.channel,
        "due": post.shown.entry.due,
        "expires": post.shown.entry.expires,
    }, (press("see", "queue", "see", subject),)


def _paused(subject: str, detail: Mapping[str, Any], desk: StaffLook) -> Told:
    return {}, (press("try_again", "alerts", "ask", "c", short(subject)),)


def _token(subject: str, detail: Mapping[str, Any], desk: StaffLook) -> Told:
    return {}, (press("try_again", "alerts", "ask", "a", short(subject)),)


def _uncertain(subject: str, detail: Mapping[str, Any], desk: StaffLook) -> Told:
    mine = [doubt for doubt in desk.doubts() if doubt.row.channel == subject]
    values = {
        "posts": sum(not doubt.people for doubt in mine),
        "people": sum(doubt.people for doubt in mine),
    }
    return values, (press("look", "uncertain", "open"),) if mine else ()


def _text(subject: str, detail: Mapping[str, Any], desk: StaffLook) -> Told:
    campaign, _, action = subject.partition("/")
    return {"title": desk.title(campaign, action)}, ()


def _link(subject: str, detail: Mapping[str, Any], desk: StaffLook) -> Told:
    campaign, _, slot = subject.partition("/")
    title = desk.title(campaign, detail["action"]) if detail.get("action") else ""
    return {
        "title": title,
        "name": slot,
        "file": f"campaigns/{campaign}/campaign.toml",
        "date": _day(detail.get("day", "")),
    }, ()


def _journey(subject: str, detail: Mapping[str, Any], desk: StaffLook) -> Told | None:
    partner = _partner(subject, desk)
    if partner is None:
        return None
    event = detail.get("event") or subject.partition(": ")[2].replace(" ", "_")
    buttons = (
        press("open_pledge", "pledges", "show", partner.pledge.id),
        press("in_touch", "alerts", "attended", partner.pledge.id),
    )
    return {
        "organisation": partner.pledge.organisation,
        "name": partner.pledge.name,
        "number": partner.pledge.id,
        "event": event,
        "history": list(partner.history),
    }, buttons


def _amplification(subject: str, detail: Mapping[str, Any], desk: StaffLook) -> Told:
    if not desk.stuck(int(subject)):
        return {}, ()
    return {}, (
        press("try_again", "alerts", "again", subject),
        press("amplify_reject", "alerts", "drop", subject),
    )


def _digest(subject: str, detail: Mapping[str, Any], desk: StaffLook) -> Told:
    tags = [
        {
            **tag,
            "lifts": [
                {
                    **lift,
                    "observance": desk.observance(lift["observance"]),
                    "date": _day(lift["date"]),
                }
                for lift in tag["lifts"]
            ],
        }
        for tag in detail.get("tags", ())
    ]
    return {
        "tags": tags,
        "first": _day(detail.get("start", "")),
        "last": _day(detail.get("end", "")),
    }, ()


def _surge(subject: str, detail: Mapping[str, Any], desk: StaffLook) -> Told:
    return {"date": _day(detail.get("day", ""))}, ()


def _review(subject: str, detail: Mapping[str, Any], desk: StaffLook) -> Told:
    return {}, (press("look", "amplify", "open"),)


def _plain(subject: str, detail: Mapping[str, Any], desk: StaffLook) -> Told:
    return {}, ()


KINDS: Mapping[str, Callable[[str, Mapping[str, Any], StaffLook], Told | None]] = {
    "amplification": _amplification,
    "amplify": _plain,
    "approval": _post,
    "blind": _plain,
    "ceiling": _post,
    "chat": _plain,
    "differs": _post,
    "digest": _digest,
    "job": _plain,
    "journey": _journey,
    "lapsed": _post,
    "link": _link,
    "paused": _paused,
    "retract": _plain,
    "review": _review,
    "surge": _surge,
    "text": _text,
    "token": _token,
    "uncertain": _uncertain,
    "zone": _plain,
}
"""What a kind's text needs beside the alert's own words, and its buttons.

None when what it is about is gone.
"""


def _alert(values: Mapping[str, Any], desk: StaffLook) -> Say:
    kind, subject, detail = values["kind"], values["subject"], values.get("detail", {})
    told = KINDS[kind](subject, detail, desk) if kind in KINDS else None
    if told is None:
        return Say(template="alerts.other", values={"text": values["text"]})
    said = {
        **_NOTHING,
        "date": None,
        "first": None,
        "last": None,
        "subject": subject,
        "text": values["text"],
        **detail,
        **told[0],
    }
    return Say(
        template=f"alerts.{kind}", values=said, buttons=tuple((choice,) for choice in told[1])
    )


def _daily(values: Mapping[str, Any], desk: StaffLook) -> Say:
    needs = [_need(need, desk) for need in values["needs"]]
    kinds = {need["kind"]: need for need in needs}
    paused = kinds["paused"]["names"] if "paused" in kinds else ()
    buttons = (
        *(
            ((press("open_queue", "queue", "open"),),)
            if kinds.keys() & {"approval", "differs", "ceiling"}
            else ()
        ),
        *(((press("look", "uncertain", "open"),),) if "uncertain" in kinds else ()),
        *(
            (press(f"▶ {name}", "alerts", "ask", "c", short(name), literal=True),)
            for name in paused
        ),
    )
    return Say(template="staff.daily", values={**values, "needs": needs}, buttons=buttons)


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
    subject = str(about["subject"])
    campaign, _, rest = subject.partition("/")
    match kind:
        case "late" | "text" | "slot":
            subject = desk.title(campaign, rest)
        case "link":
            subject = rest
        case "differs" | "ceiling" | "lapsed":
            subject = desk.title_of(subject)
        case "journey":
            partner = _partner(subject, desk)
            subject = (partner.pledge.organisation or partner.pledge.name) if partner else ""
        case "blind" | "surge":
            subject = f"{about.get('tag', '')} {about.get('network', subject)}".strip()
        case "amplification" | "retract":
            subject = str(about.get("url", ""))
    return subject


def _partner(subject: str, desk: StaffLook) -> Partner | None:
    """Whom a task is about; its subject is 'pledge 12: need help'."""
    number = subject.partition(":")[0].removeprefix("pledge ")
    return desk.partner(int(number)) if number.isdecimal() else None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


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
