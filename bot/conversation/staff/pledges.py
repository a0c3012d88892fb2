"""Moderating pledges: staff decide about them, and check who made them.

Nothing of an organisation, country or region is public before that check.

::

    /pledges ── [number] ► the pledge
    the pledge ── [Approve] ► told to its editors ── [Publish], once verified ► told
         ├ [Send back] ► pledges:reason ── text ► told, with the reason; of an edit: the approved
         │               text stands again
         ├ [Verify] ► by e-mail or by a look ► pledges:note ── text ► verified, with method,
         │            person and date
         └ nobody can be asked: [Invite somebody] ► a link for one person
                                [→ 2] ► 2 is the focal point

[Approve] and [Send back] are about the answers that were shown; where these have changed meanwhile,
the button is stale. The editors of a pledge are told of a decision wherever they are reached
(`bot.jobs.texts.news`).
"""

import zlib
from collections.abc import Iterator
from typing import Any

from bot.conversation.look import View
from bot.conversation.people.ask import unfit
from bot.conversation.pledges.effects import HandOver, Invite, SendBack, Shift, Verify
from bot.conversation.pledges.look import Member, Seen
from bot.conversation.pledges.meant import form_of, picked
from bot.conversation.pledges.team import listed
from bot.conversation.staff.common import asking
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    CANCEL,
    IDLE,
    Command,
    Edit,
    Part,
    Parts,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    Values,
    below,
    line,
    lines,
    paragraph,
    press,
    rows,
    sentence,
    stale,
)
from bot.model.pledge import MOST_EDITORS, PledgeState
from bot.rules.forms import shown
from bot.times import from_epoch

LONGEST = 1_000
"""Most characters of a reason or a note."""

_METHODS = ("email", "staff")


def open_(state: State, event: Command | Pressed, view: View) -> Step:
    """List the pledges that wait, or show the one whose number follows the command."""
    if not view.is_staff:
        return state, (Say(template="help.unknown"),)
    if isinstance(event, Command) and event.argument.strip().isdecimal():
        seen = view.pledges.anyone(int(event.argument.strip()[:18]))
        return state, (_card(view, seen) if seen else Say(template="pledge_staff.no_such"),)
    waiting = view.pledges.queue
    if not waiting:
        return state, (Say(template="pledge_staff.nothing"),)
    queued = [
        {
            "number": each.pledge.id,
            "name": each.pledge.name,
            "organisation": each.pledge.organisation,
            "state": each.pledge.state.word,
            "pending": each.pledge.pending,
            "unverified": each.needs_check,
            "marks": _marks(each),
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
            values={"pledges": queued},
            parts=(line("pledge_staff.queue_head"), *map(_queued, queued)),
            buttons=rows(numbers, 5),
        ),
    )


def _anyone(event: Pressed, view: View) -> Seen | None:
    """Return the pledge of the button, unless it is a draft; None for who isn't staff."""
    return view.pledges.anyone(event.number) if view.is_staff else None


_of_staff = picked(_anyone)


@_of_staff
def show(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Show everything about one pledge to staff."""
    return state, (_card(view, seen),)


@_of_staff
def approve(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Approve the answers that were shown; where these have changed, the button is stale."""
    if event.args[1] != _mark(seen) or not (
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


@_of_staff
def publish(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Make the pledge public from now on."""
    if seen.pledge.state is not PledgeState.APPROVED or seen.needs_check:
        return stale(state)
    values = {"number": seen.id, "told": view.pledges.hearers(seen.id)}
    return state, (
        Shift(pledge=seen.id, to="published"),
        Say(
            template=f"pledge_staff.published_{'told' if values['told'] else 'untold'}",
            values=values,
        ),
    )


@_of_staff
def reject(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Ask why the answers that were shown are sent back; the reason goes to the editors."""
    if event.args[1] != _mark(seen) or not (
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


@_of_staff
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
    seen, words = _waiting(state, view), event.text.strip()
    if seen is None or not (seen.pledge.state is PledgeState.SUBMITTED or seen.pledge.pending):
        return IDLE, (Say(template="pledge_staff.no_such"),)
    if state.data.get("mark") != _mark(seen):
        return IDLE, (
            Say(template="pledge_staff.changed", values={"number": seen.id}),
            _card(view, seen),
        )
    if not words or len(words) > LONGEST:
        return state, (unfit(words, LONGEST),)
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
    seen, words = _waiting(state, view), event.text.strip()
    method = str(state.data.get("method", ""))
    if seen is None or method not in _METHODS:
        return IDLE, (Say(template="pledge_staff.no_such"),)
    if not words or len(words) > LONGEST:
        return state, (unfit(words, LONGEST),)
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


@_of_staff
def invite(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Make a link that staff pass on to somebody who will look after the pledge."""
    if not seen.lost or len(view.pledges.team(seen)) >= MOST_EDITORS:
        return stale(state)
    return state, (Invite(pledge=seen.id, staff=True),)


@_of_staff
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


def _waiting(state: State, view: View) -> Seen | None:
    return view.pledges.anyone(int(state.data.get("pledge", 0))) if view.is_staff else None


def _mark(seen: Seen) -> str:
    """Return a digest of the answers, by which a button shows that they have not changed."""
    return f"{zlib.crc32(repr(sorted(seen.pledge.answers.items())).encode()):08x}"


def _card(view: View, seen: Seen) -> Say:
    team = view.pledges.team(seen) if seen.lost else ()
    values = {
        "number": seen.id,
        "organisation": seen.pledge.organisation,
        "group": seen.group,
        "state": seen.pledge.state.word,
        "pending": seen.pledge.pending,
        "unverified": seen.needs_check,
        **_checked(seen),
        "declined": seen.declined or "",
        "lines": _lines(view, seen),
        "accounts": [{"label": label, "url": url} for label, url in seen.accounts],
        "lost": seen.lost and seen.pledge.travels,
        "mates": listed(team),
        "arrows": any(not member.editor.away for member in team),
    }
    return Say(
        template="pledge_staff.card",
        values=values,
        parts=(*_shown(seen, values), *_unheard(seen, team)),
        buttons=(*_buttons(seen), *_team(seen, team)),
    )


def _shown(seen: Seen, values: Values) -> Iterator[Part]:
    """Yield the parts that say whose pledge it is, what it says, and who checked its maker."""
    of = seen.pledge.organisation
    yield line(f"pledge_staff.card_head{('_group' if seen.group else '_of') if of else ''}")
    for each in values["lines"]:
        yield paragraph("pledge_staff.card_answer", **each)
        if each["changed"]:
            yield line("pledge_staff.card_answer_before", **each)
    yield from below(lines("pledge_staff.card_account", values["accounts"]))
    yield from below(
        (
            sentence("pledge_staff.card_pending") if seen.pledge.pending else None,
            sentence(f"pledge_staff.card_{_standing(seen)}"),
            sentence("pledge_staff.card_declined") if seen.declined else None,
        )
    )


def _standing(seen: Seen) -> str:
    """Return whether and how the pledge-maker was checked, as in the names of texts."""
    if seen.verification is not None:
        return "verified_email" if seen.verification.how == "email" else "verified_staff"
    return "unverified" if seen.needs_check else "individual"


def _unheard(seen: Seen, team: tuple[Member, ...]) -> Parts:
    """Return the parts that say what to do where no editor can be reached."""
    if not (seen.lost and seen.pledge.travels):
        return ()
    if not team:
        return (paragraph("pledge_staff.card_nobody"),)
    reached = any(not member.editor.away for member in team)
    return (
        paragraph("pledge_staff.card_lost_arrows" if reached else "pledge_staff.card_lost_invite"),
        *lines("pledge_team.editor", listed(team, me=False)),
    )


def _queued(values: Values) -> Part:
    of = "pledge_staff.queue_pledge_of" if values["organisation"] else "pledge_staff.queue_pledge"
    return line(of, **values)


def _marks(seen: Seen) -> list[str]:
    """Return why a pledge waits, as keys of [queue_marks] in words.toml."""
    new = seen.pledge.state is PledgeState.SUBMITTED
    why = "new" if new else "changed" if seen.pledge.pending else "unpublished"
    return [why, "unverified"] if seen.needs_check else [why]


def _checked(seen: Seen) -> Values:
    """Return on which day, how, and by which domain the maker was checked, as values."""
    verification = seen.verification
    if verification is None:
        return {"verified": "", "how": "", "domain": ""}
    return {
        "verified": from_epoch(verification.at).date(),
        "how": verification.how,
        "domain": verification.note if verification.how == "email" else "",
    }


def _lines(view: View, seen: Seen) -> list[Values]:
    """Return the answers as values of texts; of questions that come later those that were answered,
    now or when the pledge was approved.
    """
    words = view.pledges.words(seen.pledge.campaign)
    asks, form = words.form("pledge"), form_of(view, seen, "pledge")
    if form is None:
        return [
            {"ask": asks.question(key).ask, **_answer(seen, key)} for key in seen.pledge.answers
        ]
    answered: list[Values] = []
    for question in form.questions:
        said, answer = asks.question(question.id), _answer(seen, question.id)
        if question.later and not (answer["answer"] or answer["before"]):
            continue
        for key in ("answer", "before"):
            answer[key] = shown(question, answer[key], words, said, {})
        answered.append({"ask": said.ask, **answer})
    return answered


def _answer(seen: Seen, key: str) -> dict[str, Any]:
    """Return an answer as values of a text, with the approved one where it has changed."""
    now, before = seen.pledge.answers.get(key, ""), (seen.pledge.approved or {}).get(key, "")
    return {"answer": now, "changed": seen.pledge.pending and now != before, "before": before}


def _team(seen: Seen, team: tuple[Member, ...]) -> Rows:
    if not (seen.lost and seen.pledge.travels):
        return ()
    others = [
        press(f"→ {n}", "pledges", "appoint", seen.id, member.person, literal=True)
        for n, member in enumerate(team, 1)
        if not member.editor.away
    ]
    room = (
        ((press("pledge_invite", "pledges", "invite", seen.id),),)
        if len(team) < MOST_EDITORS
        else ()
    )
    return (*room, *rows(others, MOST_EDITORS))


def _buttons(seen: Seen) -> Rows:
    decide = []
    if seen.pledge.state is PledgeState.SUBMITTED or seen.pledge.pending:
        decide.append(press("staff_approve_pledge", "pledges", "approve", seen.id, _mark(seen)))
        decide.append(press("staff_reject_pledge", "pledges", "reject", seen.id, _mark(seen)))
    if seen.pledge.state is PledgeState.APPROVED and not seen.needs_check:
        decide.append(press("staff_publish", "pledges", "publish", seen.id))
    check = ((press("staff_verify", "pledges", "verify", seen.id),),) if seen.needs_check else ()
    return (tuple(decide), *check, (press("staff_pledges", "pledges", "open"),))
