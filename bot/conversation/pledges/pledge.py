"""Pledges: choosing one, beginning it, the list of one's own, and the card of each.

The questions of the form are asked in `form`, editors are looked after in `team`.

::

    /pledge ── none yet ► [Suggestions] [Three questions] [Make a pledge]
       │      └► for whom ► (which group) ► consent ── an individual ► pledge_form
       │                                       └ else ► pledge:organisation ── text ► pledge_form
       └── one, or [a number] ► its card ► pledge_form, pledge_team, pledge_verify, pledge_end,
                                           journey_year, scale_up
"""

from collections.abc import Iterator, Sequence

from bot.conversation.look import View
from bot.conversation.people._join import audiences, first, in_private, joined
from bot.conversation.pledges.buttons import to_card, to_editors, to_year
from bot.conversation.pledges.effects import Agree, Begin
from bot.conversation.pledges.form import first_question
from bot.conversation.pledges.look import PURPOSE, Seen
from bot.conversation.pledges.meant import of_pledge
from bot.conversation.pledges.verify import offer
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    CANCEL,
    WAYS_OUT,
    Choice,
    Command,
    Edit,
    Effect,
    Part,
    Parts,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    Values,
    indented,
    line,
    lines,
    paragraph,
    press,
    rows,
    sentence,
    stale,
)
from bot.model import Audience
from bot.model.person import Subscriber
from bot.model.pledge import JourneyState, PledgeState
from bot.model.words import SmartWords
from bot.times import from_epoch

LONGEST = 200
"""Most characters of an organisation's name."""

_SAID_OF = frozenset({"draft", "rejected", "withdrawn"})
"""The states that are named in a list of pledges."""

_LETTERS = {audience.word[0]: audience for audience in Audience}


@joined
def open_(state: State, event: Command | Pressed, view: View, person: Subscriber) -> Step:
    """Show the person's pledges, or how to make one."""
    mine = view.pledges.mine
    if not mine:
        return state, (_intro(view),)
    if len(mine) == 1:
        return state, (card(view, mine[0]),)
    numbers = [
        press(str(n), "pledge", "card", seen.id, literal=True) for n, seen in enumerate(mine, 1)
    ]
    another = (
        (press("pledge_another", "pledge", "begin"),)
        if view.private and view.pledges.campaign
        else ()
    )
    listed = [{**_said(seen), "number": n} for n, seen in enumerate(mine, 1)]
    return state, (
        Say(
            template="pledge.list",
            values={"pledges": listed},
            parts=(line("pledge.list_head"), *map(_listed, listed)),
            buttons=(*rows(numbers, 5), another),
        ),
    )


@of_pledge
def show(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Show the card of one pledge."""
    return state, (card(view, seen),)


def suggestions(state: State, event: Pressed, view: View) -> Step:
    """Say what others like the person have pledged, or might.

    Who speaks for an organisation is asked for its stakeholder group first.
    """
    campaign = view.pledges.campaign
    if campaign is None or view.person is None:
        return state, (_intro(view) if view.person else first(view),)
    group = event.about if event.args else _own_group(view)
    if not group:
        choices = [
            press(name, "pledge", "suggest", key, literal=True) for key, name in view.groups.items()
        ]
        return state, (Edit(template="settings.group", buttons=rows(choices, 1)),)
    suggested = view.pledges.suggestions(campaign, group)
    name = view.pledges.words(campaign).group(group)
    ways: Rows = (
        (press("pledge_choosing", "pledge", "choosing"),),
        (press("pledge_begin", "pledge", "begin"),),
    )
    others = ((press("pledge_others", "pledge", "others"),),)
    return state, (
        Say(
            template="pledge.suggestions",
            values={"suggestions": list(suggested), "group": name},
            parts=(
                line("pledge.suggestions_to" if name else "pledge.suggestions_to_all"),
                *lines("pledge.suggestions_line", [{"line": each} for each in suggested]),
                None if suggested else line("pledge.suggestions_none"),
                paragraph("pledge.suggestions_then"),
            ),
            buttons=(*ways, *others),
        ),
    )


def others(state: State, event: Pressed, view: View) -> Step:
    """Offer all groups, to see what is suggested to each."""
    campaign = view.pledges.campaign
    if campaign is None:
        return stale(state)
    groups = view.pledges.words(campaign).groups
    choices = [
        press(words.name, "pledge", "suggest", key, literal=True) for key, words in groups.items()
    ]
    return state, (Say(template="pledge.others", buttons=rows(choices, 1)),)


def choosing(state: State, event: Pressed, view: View) -> Step:
    """Say the questions that help to choose, and show how a draft becomes SMART."""
    campaign = view.pledges.campaign
    if campaign is None or view.person is None:
        return stale(state)
    smart = view.pledges.words(campaign).smart.get(view.person.audience.word, SmartWords())
    values = {
        "questions": list(view.pledges.choosing(campaign)),
        "draft": smart.draft,
        "becomes": smart.becomes,
    }
    ways: Rows = (
        (press("pledge_suggest", "pledge", "suggest"),),
        (press("pledge_begin", "pledge", "begin"),),
    )
    asked = [{"number": n, "line": each} for n, each in enumerate(values["questions"], 1)]
    parts = (
        line("pledge.choosing_head"),
        *lines("pledge.choosing_question", asked),
        paragraph("pledge.choosing_example") if smart.becomes else None,
    )
    return state, (Say(template="pledge.choosing", values=values, parts=parts, buttons=ways),)


@joined
def begin(state: State, event: Pressed, view: View, person: Subscriber) -> Step:
    """Ask for whom the pledge is made."""
    if view.pledges.campaign is None or not view.private:
        return state, (_intro(view),)
    return state, (Say(template="pledge.who", buttons=audiences("pledge", "for")),)


def for_(state: State, event: Pressed, view: View) -> Step:
    """Take for whom the pledge is made; say what is kept and published, and ask for consent.

    An organisation is asked for its stakeholder group first.
    """
    if view.person is None or view.pledges.campaign is None:
        return stale(state)
    audience = _LETTERS[event.about]
    if audience is Audience.ORGANIZATION and len(event.args) == 1:
        choices = [
            press(name, "pledge", "for", "o", group, literal=True)
            for group, name in view.groups.items()
        ]
        return state, (Edit(template="settings.group", buttons=rows(choices, 1)),)
    group = event.args[1] if len(event.args) > 1 else audience.word
    if audience is Audience.ORGANIZATION and group not in view.groups:
        raise ValueError(group)
    buttons: Rows = (
        (press("pledge_agree", "pledge", "agree", event.about, group),),
        (CANCEL,),
    )
    values = {
        **view.facts,
        "alone": audience is Audience.INDIVIDUAL,
        "days": view.pledges.draft_days(view.pledges.campaign),
    }
    template = "pledge.consent_alone" if values["alone"] else "pledge.consent_named"
    return state, (Edit(template=template, values=values, buttons=buttons),)


def agreed(state: State, event: Pressed, view: View) -> Step:
    """Take the consent: from here on the pledge is kept.

    An individual's form begins at once; others are asked for their name first.
    """
    campaign, audience, group = view.pledges.campaign, _LETTERS[event.about], event.args[1]
    if view.person is None or campaign is None or not view.private:
        return stale(state)
    consent = Agree(purpose=PURPOSE)
    if audience is Audience.INDIVIDUAL:
        return _begun(
            view,
            Begin(campaign=campaign, audience=audience, stakeholder=audience.word, organisation=""),
            consent,
        )
    if audience is Audience.ORGANIZATION and group not in view.groups:
        raise ValueError(group)
    waits = State(
        topic="pledge", step="organisation", data={"audience": event.about, "group": group}
    )
    return waits, (
        consent,
        Edit(
            template=f"pledge.organisation_{audience.word}",
            values={"audience": audience.word},
            buttons=_ways(),
        ),
    )


def organisation(state: State, event: Text, view: View) -> Step:
    """Take the name of the organisation, country or region, and begin the form."""
    name, campaign = " ".join(event.text.split()), view.pledges.campaign
    if view.person is None or campaign is None:
        return state, (_intro(view) if view.person else first(view),)
    if len(name) > LONGEST or not any(mark.isalnum() for mark in name):
        return state, (
            Say(
                template=f"pledge.name_{'too_long' if len(name) > LONGEST else 'empty'}",
                values={"length": len(name), "longest": LONGEST},
                buttons=_ways(),
            ),
        )
    audience = _LETTERS[str(state.data.get("audience", "o"))]
    return _begun(
        view,
        Begin(
            campaign=campaign,
            audience=audience,
            stakeholder=str(state.data.get("group", "")),
            organisation=name,
        ),
    )


@of_pledge
def history(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Show everything that happened to the pledge."""
    happened = list(view.pledges.history(seen))
    return state, (
        Say(
            template="pledge.history",
            values={**_said(seen), "lines": happened},
            parts=(line("pledge.history_head"), *_happened(happened)),
            buttons=((to_card(seen),),),
        ),
    )


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
        **_said(seen),
        "done": progress.done,
        "of": progress.of,
        "next": ahead,
        "letter": waits,
    }
    return kind(
        template="pledge.card",
        values=values,
        parts=(*_stands(seen, waits), *_goes_on(seen, progress.of, ahead)),
        buttons=_card_buttons(view, seen),
    )


TOPIC = Topic(
    name="pledge",
    commands=(Offer(name="pledge", handler=open_, group=True),),
    presses={
        "open": open_,
        "card": show,
        "suggest": suggestions,
        "others": others,
        "choosing": choosing,
        "begin": begin,
        "for": for_,
        "agree": agreed,
        "history": history,
    },
    texts={"organisation": organisation},
)


def _begun(view: View, new: Begin, *before: Effect) -> Step:
    """Return the step that begins the draft and asks its first question."""
    state, said = first_question(view, new.campaign)
    return state, (*before, new, said)


def _intro(view: View) -> Say:
    campaign = view.pledges.campaign
    if campaign is None:
        return Say(template="pledge.closed")
    if not view.private:
        return Say(template="help.in_private", buttons=in_private(view.start_link))
    words = view.pledges.words(campaign).form("pledge")
    buttons: Rows = (
        (
            press("pledge_suggest", "pledge", "suggest"),
            press("pledge_choosing", "pledge", "choosing"),
        ),
        (press("pledge_begin", "pledge", "begin"),),
    )
    return Say(
        template="pledge.intro",
        values={"title": words.title, "intro": words.intro},
        buttons=buttons,
    )


def _own_group(view: View) -> str:
    person = view.person
    if person is None or person.audience is not Audience.ORGANIZATION:
        return person.audience.word if person else ""
    return str(person.profile.get("group", ""))


def _said(seen: Seen) -> Values:
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


def _listed(said: Values) -> Part:
    named = "pledge.list_pledge_state" if said["state"] in _SAID_OF else "pledge.list_pledge"
    return line(named, **said)


def _happened(happened: Sequence[Values]) -> Iterator[Part]:
    """Yield each line of the history, with what stood there before indented below it."""
    for each in happened:
        yield line("pledge.history_line", **each)
        for before in each["detail"]:
            yield indented("pledge.history_detail", before=before)


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


def _card_buttons(view: View, seen: Seen) -> Rows:
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


def _ways() -> Rows:
    return (WAYS_OUT,)
