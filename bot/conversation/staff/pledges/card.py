"""A pledge as staff see it, with what they can do about it."""

from collections.abc import Iterator
from typing import Any

from bot.conversation.look import View
from bot.conversation.pledges.look import Member, Seen
from bot.conversation.pledges.meant import form_of, picked
from bot.conversation.pledges.team import listed
from bot.conversation.words import (
    Part,
    Parts,
    Pressed,
    Rows,
    Say,
    Values,
    below,
    line,
    lines,
    paragraph,
    press,
    rows,
    sentence,
)
from bot.model.pledge import MOST_EDITORS, PledgeState
from bot.model.staff import StaffRole
from bot.rules.forms import mark, shown


def _anyone(event: Pressed, view: View) -> Seen | None:
    """Return the pledge of the button, unless it is a draft; None for who doesn't decide."""
    return view.pledges.anyone(event.number) if view.may(StaffRole.APPROVER) else None


of_staff = picked(_anyone)
"""Gives a handler the pledge of its button, whoever made it; only staff have one."""


def card(view: View, seen: Seen) -> Say:
    """Return all about a pledge as a message, with buttons for what can be done."""
    team = view.pledges.team(seen) if seen.lost else ()
    values = {
        "number": seen.id,
        "organisation": seen.pledge.organisation,
        "group": seen.group,
        "state": seen.pledge.state.word,
        "pending": seen.pledge.pending,
        "unverified": seen.needs_check,
        **_checked(view, seen),
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
    if stands(seen):
        yield paragraph(f"pledge_staff.card_result_{stands(seen)}")


def stands(seen: Seen) -> str:
    """Return how the scale-up result of a public pledge stands, as in the names of texts; empty
    where there is nothing to decide yet.
    """
    is_public = seen.pledge.state is PledgeState.PUBLISHED
    return seen.result.standing if seen.result and is_public else ""


def made_public(how: str, view: View, seen: Seen) -> Say:
    """Return the message that something of a pledge is public from now on: whether its editors hear
    of it, and the address of its page where it has one. `how` begins the names of its texts.
    """
    values = {
        "number": seen.id,
        "told": view.pledges.hearers(seen.id),
        "page": view.pledges.address(seen),
    }
    parts = (
        line(f"pledge_staff.{how}_{'told' if values['told'] else 'untold'}"),
        line("pledge_staff.page_at") if values["page"] else None,
    )
    return Say(template=f"pledge_staff.{how}", values=values, parts=parts)


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


def queued(values: Values) -> Part:
    """Return the line of a pledge in the list of those that wait."""
    of = "pledge_staff.queue_pledge_of" if values["organisation"] else "pledge_staff.queue_pledge"
    return line(of, **values)


def marks(seen: Seen) -> list[str]:
    """Return why a pledge waits, as keys of [queue_marks] in words.toml."""
    decides = stands(seen) == "waits"
    if decides and not seen.pledge.pending:
        return ["result"]
    new = seen.pledge.state is PledgeState.SUBMITTED
    why = "new" if new else "changed" if seen.pledge.pending else "unpublished"
    return [
        why,
        *(["unverified"] if seen.needs_check else []),
        *(["with_result"] if decides else []),
    ]


def _checked(view: View, seen: Seen) -> Values:
    """Return on which day, how, and by which domain the maker was checked, as values."""
    verification = seen.verification
    if verification is None:
        return {"verified": "", "how": "", "domain": ""}
    return {
        "verified": view.staff.day(verification.at),
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
        decide.append(
            press("staff_approve_pledge", "pledges", "approve", seen.id, mark(seen.pledge.answers))
        )
        decide.append(
            press("staff_reject_pledge", "pledges", "reject", seen.id, mark(seen.pledge.answers))
        )
    if seen.pledge.state is PledgeState.APPROVED and not seen.needs_check:
        decide.append(press("staff_publish", "pledges", "publish", seen.id))
    check = ((press("staff_verify", "pledges", "verify", seen.id),),) if seen.needs_check else ()
    found = ((press("staff_result", "pledges", "result", seen.id),),) if seen.result else ()
    return (tuple(decide), *check, *found, (press("staff_pledges", "pledges", "open"),))
