"""Moderating pledges: staff decide about them, and check who made them.

Nothing of an organisation, country or region is public before that check.

::

    /pledges ── [number] ► the pledge
    the pledge ── [Approve] ► told to its editors ── [Publish], once verified ► told
         ├ [Send back] ► pledges:reason ── text ► told, with the reason; of an edit: the approved
         │               text stands again
         ├ [Verify] ► by e-mail or by a look ► pledges:note ── text ► verified, with method,
         │            person and date
         ├ [Scale-up result] ► its answers ── [Show it to everybody], [Keep it private] ► told
         └ nobody can be asked: [Invite somebody] ► a link for one person
                                [→ 2] ► 2 is the focal point

[Approve] and [Send back] are about the answers that were shown; where these have changed meanwhile,
the button is stale. `bot.conversation.staff.pledges.results` decides about scale-up results in the
same way. The editors of a pledge are told of a decision wherever they are reached
(`bot.jobs.texts.news`).
"""

from collections.abc import Mapping

from bot.conversation.look import View
from bot.conversation.people.ask import unfit
from bot.conversation.pledges.effects import (
    DecideResult,
    HandOver,
    Invite,
    SendBack,
    Shift,
    Verify,
)
from bot.conversation.pledges.look import Seen
from bot.conversation.staff.common import asking
from bot.conversation.staff.pledges import results
from bot.conversation.staff.pledges.card import card, made_public, marks, of_staff, queued
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    CANCEL,
    IDLE,
    Command,
    Edit,
    Effect,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    line,
    press,
    rows,
    sentence,
    stale,
)
from bot.model.pledge import LONGEST_REASON, MOST_EDITORS, PledgeState
from bot.model.staff import StaffRole
from bot.rules.forms import mark
from bot.text import visible

_METHODS = ("email", "staff")

DECISIONS: Mapping[type[Effect], StaffRole] = dict.fromkeys(
    (DecideResult, HandOver, Invite, SendBack, Shift, Verify), StaffRole.APPROVER
)
"""The role that an effect needs of a member of staff; editors need none for their own pledge."""


def open_(state: State, event: Command | Pressed, view: View) -> Step:
    """List the pledges that wait, or show the one whose number follows the command."""
    if not view.may(StaffRole.APPROVER):
        return state, (Say(template="help.unknown"),)
    if isinstance(event, Command) and event.argument.strip().isdecimal():
        seen = view.pledges.anyone(int(event.argument.strip()[:18]))
        return state, (card(view, seen) if seen else Say(template="pledge_staff.no_such"),)
    waiting = view.pledges.queue
    if not waiting:
        return state, (Say(template="pledge_staff.nothing"),)
    waits = [
        {
            "number": each.pledge.id,
            "name": each.pledge.name,
            "organisation": each.pledge.organisation,
            "state": each.pledge.state.word,
            "pending": each.pledge.pending,
            "unverified": each.needs_check,
            "marks": marks(each),
        }
        for each in waiting
    ]
    numbers = [
        press(str(each.pledge.id), "pledges", "show", each.pledge.id, literal=True)
        for each in waiting[:20]
    ]
    return state, (
        Say(
            template="pledge_staff.queue",
            values={"pledges": waits},
            parts=(line("pledge_staff.queue_head"), *map(queued, waits)),
            buttons=rows(numbers, 5),
        ),
    )


@of_staff
def show(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Show everything about one pledge to staff."""
    return state, (card(view, seen),)


@of_staff
def approve(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Approve the answers that were shown; where these have changed, the button is stale."""
    if event.args[1] != mark(seen.pledge.answers) or not (
        seen.pledge.state is PledgeState.SUBMITTED or seen.pledge.pending
    ):
        return stale(state)
    ways: Rows = (
        ((press("staff_publish", "pledges", "publish", seen.id),),)
        if seen.pledge.state is PledgeState.SUBMITTED and not seen.needs_check
        else ()
    )
    told = view.pledges.hearers(seen.id)
    values = {"number": seen.id, "unverified": seen.needs_check, "told": told}
    parts = (
        line("pledge_staff.approved_told" if told else "pledge_staff.approved_untold"),
        sentence("pledge_staff.approved_unverified") if seen.needs_check else None,
    )
    return state, (
        Shift(pledge=seen.id, to="approved"),
        Say(template="pledge_staff.approved", values=values, parts=parts, buttons=ways),
    )


@of_staff
def publish(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Make the pledge public from now on."""
    if seen.pledge.state is not PledgeState.APPROVED or seen.needs_check:
        return stale(state)
    return state, (
        Shift(pledge=seen.id, to="published"),
        made_public("published", view, seen),
    )


@of_staff
def reject(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Ask why the answers that were shown are sent back; the reason goes to the editors."""
    if event.args[1] != mark(seen.pledge.answers) or not (
        seen.pledge.state is PledgeState.SUBMITTED or seen.pledge.pending
    ):
        return stale(state)
    waits = State(topic="pledges", step="reason", data={"pledge": seen.id, "mark": event.args[1]})
    values = {"number": seen.id, "edit": seen.pledge.pending}
    return waits, (
        Say(
            template=f"pledge_staff.reason_{'edit' if seen.pledge.pending else 'new'}",
            values=values,
            buttons=((CANCEL,),),
        ),
    )


@of_staff
def verify(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Ask how the pledge-maker was checked, and then what was seen."""
    method = event.args[1] if len(event.args) > 1 else ""
    if method in _METHODS:
        waits = State(topic="pledges", step="note", data={"pledge": seen.id, "method": method})
        return waits, (asking("pledge_staff.note"),)
    ways = tuple((press(f"staff_by_{way}", "pledges", "verify", seen.id, way),) for way in _METHODS)
    return state, (
        Say(
            template="pledge_staff.how",
            values={"organisation": seen.pledge.organisation},
            buttons=ways,
        ),
    )


def reasoned(state: State, event: Text, view: View) -> Step:
    """Send the pledge back with the reason; of an edit, the approved answers stand again."""
    seen, words = _waiting(state, view), visible(event.text)
    if seen is None or not (seen.pledge.state is PledgeState.SUBMITTED or seen.pledge.pending):
        return IDLE, (Say(template="pledge_staff.no_such"),)
    if state.data.get("mark") != mark(seen.pledge.answers):
        return IDLE, (
            Say(template="pledge_staff.changed", values={"number": seen.id}),
            card(view, seen),
        )
    if not words or len(words) > LONGEST_REASON:
        return state, (unfit(words, LONGEST_REASON),)
    values = {
        "number": seen.id,
        "edit": seen.pledge.pending,
        "told": view.pledges.hearers(seen.id),
    }
    done = (
        SendBack(pledge=seen.id, reason=words)
        if seen.pledge.pending
        else Shift(pledge=seen.id, to="rejected", reason=words)
    )
    parts = (
        line("pledge_staff.rejected_edit" if seen.pledge.pending else "pledge_staff.rejected_new"),
        None if values["told"] else sentence("pledge_staff.rejected_untold"),
    )
    return IDLE, (done, Say(template="pledge_staff.rejected", values=values, parts=parts))


def noted(state: State, event: Text, view: View) -> Step:
    """Keep that the pledge-maker was checked, how, and what was seen."""
    seen, words = _waiting(state, view), visible(event.text)
    method = str(state.data.get("method", ""))
    if seen is None or method not in _METHODS:
        return IDLE, (Say(template="pledge_staff.no_such"),)
    if not words or len(words) > LONGEST_REASON:
        return state, (unfit(words, LONGEST_REASON),)
    ways: Rows = (
        ((press("staff_publish", "pledges", "publish", seen.id),),)
        if seen.pledge.state is PledgeState.APPROVED
        else ()
    )
    said = Say(
        template="pledge_staff.verified",
        values={"number": seen.id, "organisation": seen.pledge.organisation},
        buttons=ways,
    )
    return IDLE, (Verify(pledge=seen.id, method=method, note=words), said)


# where nobody can be asked


@of_staff
def invite(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Make a link that staff pass on to somebody who will look after the pledge."""
    if not seen.lost or len(view.pledges.team(seen)) >= MOST_EDITORS:
        return stale(state)
    return state, (Invite(pledge=seen.id, staff=True),)


@of_staff
def appoint(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Make another editor the focal point."""
    team = view.pledges.team(seen)
    number, member = next(
        ((n, member) for n, member in enumerate(team, 1) if member.person == int(event.args[1])),
        (0, None),
    )
    if not seen.lost or member is None or member.editor.away:
        return stale(state)
    said = Edit(template="pledge_staff.appointed", values={"number": seen.id, "editor": number})
    return state, (HandOver(pledge=seen.id, to=member.person, staff=True), said)


TOPIC = Topic(
    name="pledges",
    commands=(Offer(name="pledges", handler=open_, staff=True, role=StaffRole.APPROVER),),
    presses={
        "open": open_,
        "show": show,
        "approve": approve,
        "publish": publish,
        "reject": reject,
        "verify": verify,
        "result": results.result,
        "reveal": results.reveal,
        "conceal": results.conceal,
        "invite": invite,
        "appoint": appoint,
    },
    texts={"reason": reasoned, "note": noted},
)


def _waiting(state: State, view: View) -> Seen | None:
    return (
        view.pledges.anyone(int(state.data.get("pledge", 0)))
        if view.may(StaffRole.APPROVER)
        else None
    )
