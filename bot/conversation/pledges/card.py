"""The card of a pledge: where it stands, and what can be done with it."""

from bot.conversation.look import View
from bot.conversation.pledges.buttons import to_editors, to_year
from bot.conversation.pledges.look import Seen
from bot.conversation.pledges.verify import offer
from bot.conversation.words import (
    Choice,
    Parts,
    Rows,
    Say,
    Values,
    line,
    paragraph,
    press,
    sentence,
)
from bot.model.pledge import JourneyState, PledgeState
from bot.times import from_epoch


def card(view: View, seen: Seen, kind: type[Say] = Say) -> Say:
    """Return the card of a pledge: where it stands, and what can be done with it."""
    progress = view.pledges.progress(seen)
    coming = next(iter(view.pledges.asked(seen, progress.ahead[:1])), None)
    letter = view.pledges.letter(seen) if seen.pledge.made and seen.needs_check else None
    waits = (
        {"domain": letter.domain, "until": from_epoch(letter.expires).date()} if letter else None
    )
    ahead = {"title": coming.title, "day": coming.milestone.day} if coming else None
    values = {
        **said(seen),
        "done": progress.done,
        "of": progress.of,
        "next": ahead,
        "letter": waits,
    }
    return kind(
        template="pledge.card",
        values=values,
        parts=(*_stands(seen, waits), *_goes_on(seen, progress.of, ahead)),
        buttons=_buttons(view, seen),
    )


def said(seen: Seen) -> Values:
    """Return what the texts about a pledge are filled in with."""
    return {
        "name": seen.pledge.name,
        "organisation": seen.pledge.organisation,
        "group": seen.group,
        "state": seen.pledge.state.word,
        "pending": seen.pledge.pending,
        "journey": seen.pledge.journey.word,
        "until": seen.pledge.until or "",
        "unverified": seen.needs_check,
        "reason": seen.reason,
        "kept": seen.kept,
        "made": seen.pledge.made,
        "focal": seen.focal,
    }


def _stands(seen: Seen, letter: Values | None) -> Parts:
    """Return the parts of the card that say what the pledge is called and where it stands."""
    pledge = seen.pledge
    of = "pledge.card_organisation_group" if seen.group else "pledge.card_organisation"
    state = f"pledge.card_{pledge.state.word}"
    changed = pledge.pending and pledge.state in (PledgeState.APPROVED, PledgeState.PUBLISHED)
    unverified = pledge.made and seen.needs_check
    return (
        line("pledge.card_name"),
        line(of) if pledge.organisation else None,
        paragraph(f"{state}_pending" if changed else state),
        line("pledge.card_unverified") if unverified else None,
        line("pledge.card_letter", **letter) if unverified and letter else None,
    )


def _goes_on(seen: Seen, steps: int, ahead: Values | None) -> Parts:
    """Return the parts of the card that say how far its journey is, and whether it goes on."""
    journey, counted = seen.pledge.journey, seen.pledge.made and steps
    comes = ahead if counted and journey is not JourneyState.ENDED else None
    return (
        paragraph("pledge.card_steps") if counted else None,
        sentence("pledge.card_next", **comes) if comes else None,
        line("pledge.card_paused")
        if journey is JourneyState.PAUSED and seen.pledge.until
        else None,
        line("pledge.card_ended") if journey is JourneyState.ENDED else None,
    )


def _buttons(view: View, seen: Seen) -> Rows:
    if not view.private:
        return ((to_year(seen),),) if seen.pledge.travels else ()
    number = seen.id
    ways: list[tuple[Choice, ...]] = []
    if seen.pledge.made or seen.pledge.state is PledgeState.WITHDRAWN:
        ways.append((press("pledge_change", "pledge_form", "preview", number),))
    else:
        ways.append(
            (
                press("pledge_go_on", "pledge_form", "go_on", number),
                press("pledge_document", "pledge_form", "document", number),
            )
        )
    ways += offer(view, seen) if seen.pledge.made else ()
    if seen.pledge.travels:
        ways.append((to_year(seen), *_offers(view, seen)))
        ways.append((press("pledge_status", "journey_still", "open", number),))
    ways.append(
        (
            to_editors(seen),
            press("pledge_history", "pledge", "history", number),
        )
    )
    if seen.focal and seen.pledge.state is not PledgeState.REJECTED:
        label = {
            PledgeState.DRAFT: "pledge_delete",
            PledgeState.SUBMITTED: "pledge_take_back",
            PledgeState.WITHDRAWN: "pledge_submit_again",
        }.get(seen.pledge.state, "pledge_withdraw")
        topic, act = (
            ("pledge_form", "submit")
            if seen.pledge.state is PledgeState.WITHDRAWN
            else ("pledge_end", "ask")
        )
        ways.append((press(label, topic, act, number),))
    if view.pledges.campaign and len(view.pledges.mine) == 1:
        ways.append((press("pledge_another", "pledge", "begin"),))
    return tuple(ways)


def _offers(view: View, seen: Seen) -> tuple[Choice, ...]:
    open_offers = view.pledges.offers(seen)
    survey = (
        (press("pledge_survey", "journey_survey", "open", seen.id),)
        if "survey" in open_offers
        else ()
    )
    return (
        (*survey, press("pledge_scale_up", "scale_up", "open", seen.id))
        if "scale-up" in open_offers
        else survey
    )
