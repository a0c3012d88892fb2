"""Staff: pledges that wait for a decision, and for a check of who made them.

Nothing of an organisation, country or region is public before that check.

::

    /pledges ── [number] ► the pledge ── [Approve] ► told to its editors ── [Publish], once verified ► told
                               ├ [Send back] ► pledges:reason ── text ► told, with the reason; of an edit: the approved text stands again
                               ├ [Verify] ► by e-mail or by a look ► pledges:note ── text ► verified, with method, person and date
                               └ nobody can be asked: [Invite somebody] ► a link for one person        [→ 2] ► 2 is the focal point

[Approve] and [Send back] mean the answers that were shown: when others came meanwhile the button is
an old one. Whoever edits a pledge hears of a decision by a note, wherever they are met
(`bot.jobs.texts.news`).
"""

import zlib

from bot.conversation.look import View
from bot.conversation.pledges.effects import HandOver, Invite, SendBack, Shift, Verify
from bot.conversation.pledges.look import Mate, Promise
from bot.conversation.pledges.meant import picked
from bot.conversation.pledges.team import lines
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    IDLE,
    Command,
    Edit,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    press,
    rows,
    stale,
)
from bot.model.pledge import MOST_EDITORS

LONGEST = 1_000
"""Most characters of a reason or a note."""

_METHODS = ("email", "staff")


def open_(state: State, event: Command | Pressed, view: View) -> Step:
    """What waits; /pledges 12 shows one."""
    if not view.staff:
        return state, (Say(template="help.unknown"),)
    if isinstance(event, Command) and event.argument.strip().isdecimal():
        promise = view.pledges.anyone(int(event.argument.strip()[:18]))
        return state, (_card(view, promise) if promise else Say(template="pledge_staff.no_such"),)
    waiting = view.pledges.queue
    if not waiting:
        return state, (Say(template="pledge_staff.nothing"),)
    lines = [
        {
            "number": each.id,
            "name": each.name,
            "organisation": each.organisation,
            "state": each.state,
            "pending": each.pending,
            "unverified": each.needs_check,
        }
        for each in waiting
    ]
    numbers = [
        press(str(each.id), "pledges", "show", each.id, literal=True) for each in waiting[:20]
    ]
    return state, (
        Say(template="pledge_staff.queue", values={"pledges": lines}, buttons=rows(numbers, 5)),
    )


def _anyone(event: Pressed, view: View) -> Promise | None:
    """Any pledge that is no draft, for staff only."""
    return view.pledges.anyone(int(event.args[0])) if view.staff else None


_of_staff = picked(_anyone)


@_of_staff
def show(state: State, event: Pressed, view: View, promise: Promise) -> Step:
    """Show everything about one pledge to staff."""
    return state, (_card(view, promise),)


@_of_staff
def approve(state: State, event: Pressed, view: View, promise: Promise) -> Step:
    """Its answers as they stand; an edit that came meanwhile makes the button an old one."""
    if event.args[1] != _mark(promise) or not (promise.state == "submitted" or promise.pending):
        return stale(state)
    ways: Rows = (
        ((press("staff_publish", "pledges", "publish", promise.id),),)
        if promise.state == "submitted" and not promise.needs_check
        else ()
    )
    values = {
        "number": promise.id,
        "unverified": promise.needs_check,
        "told": view.pledges.hearers(promise.id),
    }
    return state, (
        Shift(pledge=promise.id, to="approved"),
        Say(template="pledge_staff.approved", values=values, buttons=ways),
    )


@_of_staff
def publish(state: State, event: Pressed, view: View, promise: Promise) -> Step:
    """Make the pledge public from now on."""
    if promise.state != "approved" or promise.needs_check:
        return stale(state)
    values = {"number": promise.id, "told": view.pledges.hearers(promise.id)}
    return state, (
        Shift(pledge=promise.id, to="published"),
        Say(template="pledge_staff.published", values=values),
    )


@_of_staff
def reject(state: State, event: Pressed, view: View, promise: Promise) -> Step:
    """Why? The reason goes to its editors. What is sent back is what was shown."""
    if event.args[1] != _mark(promise) or not (promise.state == "submitted" or promise.pending):
        return stale(state)
    waits = State(
        topic="pledges", step="reason", data={"pledge": promise.id, "mark": event.args[1]}
    )
    values = {"number": promise.id, "edit": promise.pending}
    return waits, (
        Say(
            template="pledge_staff.reason",
            values=values,
            buttons=((press("cancel", "help", "cancel"),),),
        ),
    )


@_of_staff
def verify(state: State, event: Pressed, view: View, promise: Promise) -> Step:
    """Ask how they were checked."""
    method = event.args[1] if len(event.args) > 1 else ""
    if method in _METHODS:
        waits = State(topic="pledges", step="note", data={"pledge": promise.id, "method": method})
        return waits, (
            Say(template="pledge_staff.note", buttons=((press("cancel", "help", "cancel"),),)),
        )
    ways = tuple(
        (press(f"staff_by_{way}", "pledges", "verify", promise.id, way),) for way in _METHODS
    )
    return state, (
        Say(
            template="pledge_staff.how", values={"organisation": promise.organisation}, buttons=ways
        ),
    )


def reasoned(state: State, event: Text, view: View) -> Step:
    """Sent back, and its editors are told why; of an edit, the approved text stands again."""
    promise, words = _waiting(state, view), event.text.strip()
    if promise is None or not (promise.state == "submitted" or promise.pending):
        return IDLE, (Say(template="pledge_staff.no_such"),)
    if state.data.get("mark") != _mark(promise):
        return IDLE, (
            Say(template="pledge_staff.changed", values={"number": promise.id}),
            _card(view, promise),
        )
    if not words or len(words) > LONGEST:
        return state, (
            Say(template="ask.too_long", values={"length": len(words), "longest": LONGEST}),
        )
    values = {
        "number": promise.id,
        "edit": promise.pending,
        "told": view.pledges.hearers(promise.id),
    }
    done = (
        SendBack(pledge=promise.id, reason=words)
        if promise.pending
        else Shift(pledge=promise.id, to="rejected", reason=words)
    )
    return IDLE, (done, Say(template="pledge_staff.rejected", values=values))


def noted(state: State, event: Text, view: View) -> Step:
    """Verified: by which way, by whom, on which day, and what they saw."""
    promise, words = _waiting(state, view), event.text.strip()
    method = str(state.data.get("method", ""))
    if promise is None or method not in _METHODS:
        return IDLE, (Say(template="pledge_staff.no_such"),)
    if not words or len(words) > LONGEST:
        return state, (
            Say(template="ask.too_long", values={"length": len(words), "longest": LONGEST}),
        )
    ways: Rows = (
        ((press("staff_publish", "pledges", "publish", promise.id),),)
        if promise.state == "approved"
        else ()
    )
    said = Say(
        template="pledge_staff.verified",
        values={"number": promise.id, "organisation": promise.organisation},
        buttons=ways,
    )
    return IDLE, (Verify(pledge=promise.id, method=method, note=words), said)


# where nobody can be asked


@_of_staff
def invite(state: State, event: Pressed, view: View, promise: Promise) -> Step:
    """A link that staff pass on, to somebody who answers for the pledge from now on."""
    if not promise.lost or len(view.pledges.mates(promise)) >= MOST_EDITORS:
        return stale(state)
    return state, (Invite(pledge=promise.id, staff=True),)


@_of_staff
def appoint(state: State, event: Pressed, view: View, promise: Promise) -> Step:
    """Another editor is the focal point."""
    mates = view.pledges.mates(promise)
    number, mate = next(
        ((n, editor) for n, editor in enumerate(mates, 1) if editor.person == int(event.args[1])),
        (0, None),
    )
    if not promise.lost or mate is None or mate.away:
        return stale(state)
    said = Edit(template="pledge_staff.appointed", values={"number": promise.id, "editor": number})
    return state, (HandOver(pledge=promise.id, to=mate.person, staff=True), said)


TOPIC = Topic(
    name="pledges",
    commands=(Offer(name="pledges", handler=open_, staff=True),),
    presses={
        "open": open_,
        "show": show,
        "approve": approve,
        "publish": publish,
        "reject": reject,
        "verify": verify,
        "invite": invite,
        "appoint": appoint,
    },
    texts={"reason": reasoned, "note": noted},
)


def _waiting(state: State, view: View) -> Promise | None:
    return view.pledges.anyone(int(state.data.get("pledge", 0))) if view.staff else None


def _mark(promise: Promise) -> str:
    """What is approved is what was shown."""
    return f"{zlib.crc32(repr(sorted(promise.answers.items())).encode()):08x}"


def _card(view: View, promise: Promise) -> Say:
    words = view.pledges.words(promise.campaign).form("pledge")
    form = view.pledges.form(promise.campaign, "pledge")
    asked = [question.id for question in form.questions] if form else list(promise.answers)
    mates = view.pledges.mates(promise) if promise.lost else ()
    values = {
        "number": promise.id,
        "organisation": promise.organisation,
        "group": promise.group,
        "state": promise.state,
        "pending": promise.pending,
        "unverified": promise.needs_check,
        "verified": promise.verified or "",
        "how": promise.how,
        "domain": promise.domain,
        "declined": promise.declined or "",
        "lines": [{"ask": words.question(key).ask, **_answer(promise, key)} for key in asked],
        "accounts": [{"label": label, "url": url} for label, url in promise.accounts],
        "lost": promise.lost and promise.travels,
        "mates": lines(mates),
        "arrows": any(not mate.away for mate in mates),
    }
    return Say(
        template="pledge_staff.card",
        values=values,
        buttons=(*_buttons(promise), *_team(promise, mates)),
    )


def _answer(promise: Promise, key: str) -> dict[str, object]:
    """What stands there, and what was approved in its place."""
    now, before = promise.answers.get(key, ""), promise.approved.get(key, "")
    return {"answer": now, "changed": promise.pending and now != before, "before": before}


def _team(promise: Promise, mates: tuple[Mate, ...]) -> Rows:
    if not (promise.lost and promise.travels):
        return ()
    others = [
        press(f"→ {n}", "pledges", "appoint", promise.id, mate.person, literal=True)
        for n, mate in enumerate(mates, 1)
        if not mate.away
    ]
    room = (
        ((press("pledge_invite", "pledges", "invite", promise.id),),)
        if len(mates) < MOST_EDITORS
        else ()
    )
    return (*room, *rows(others, MOST_EDITORS))


def _buttons(promise: Promise) -> Rows:
    decide = []
    if promise.state == "submitted" or promise.pending:
        decide.append(
            press("staff_approve_pledge", "pledges", "approve", promise.id, _mark(promise))
        )
        decide.append(press("staff_reject_pledge", "pledges", "reject", promise.id, _mark(promise)))
    if promise.state == "approved" and not promise.needs_check:
        decide.append(press("staff_publish", "pledges", "publish", promise.id))
    check = (
        ((press("staff_verify", "pledges", "verify", promise.id),),) if promise.needs_check else ()
    )
    return (tuple(decide), *check, (press("staff_pledges", "pledges", "open"),))
