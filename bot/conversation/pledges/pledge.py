"""Pledges: choosing one, beginning it, and the list of one's own.

What is shown of each stands in `card`, the questions of the form in `form`, the editors in `team`.

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
from bot.conversation.pledges.buttons import to_card
from bot.conversation.pledges.card import card, said
from bot.conversation.pledges.effects import Agree, Begin
from bot.conversation.pledges.form.questions import first_question
from bot.conversation.pledges.look import PURPOSE, Seen
from bot.conversation.pledges.meant import of_pledge
from bot.conversation.topic import Offer, Topic, only_at
from bot.conversation.words import (
    CANCEL,
    WAYS_OUT,
    Command,
    Edit,
    Effect,
    Part,
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
    link,
    paragraph,
    press,
    rows,
    stale,
)
from bot.model import Audience
from bot.model.person import Subscriber
from bot.model.words import SmartWords

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
    listed = [{**said(seen), "number": n} for n, seen in enumerate(mine, 1)]
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
    """Ask for whom the pledge is made, unless the settings say for whom the person speaks."""
    if view.pledges.campaign is None or not view.private:
        return state, (_intro(view),)
    group = _own_group(view)
    if person.audience is Audience.INDIVIDUAL or not group:
        return who(state, event, view)
    return state, (_consent(view, person.audience, group, Say, known=True),)


def who(state: State, event: Pressed, view: View) -> Step:
    """Ask for whom the pledge is made."""
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
    return state, (_consent(view, audience, group, Edit),)


def _consent(
    view: View, audience: Audience, group: str, kind: type[Say], *, known: bool = False
) -> Say:
    """Return the question for consent; where the settings say who makes the pledge, it says so."""
    campaign, alone = view.pledges.campaign, audience is Audience.INDIVIDUAL
    assert campaign is not None  # noqa: S101 - looked at before
    values = {
        **view.facts,
        "alone": alone,
        "days": view.pledges.draft_days(campaign),
        "audience": audience.word,
        "group": view.groups.get(group, ""),
    }
    asked = "pledge.consent_alone" if alone else "pledge.consent_named"
    grouped = "pledge.as_set_group" if values["group"] else "pledge.as_set"
    other = (press("pledge_other_maker", "pledge", "who"),) if known else ()
    return kind(
        template="pledge.consent_as_set" if known else asked,
        values=values,
        parts=(line(grouped), paragraph(asked)) if known else (),
        buttons=(
            (press("pledge_agree", "pledge", "agree", audience.word[0], group),),
            *((other,) if other else ()),
            (CANCEL,),
        ),
    )


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
            buttons=(*_own_country(view, audience), *_ways()),
        ),
    )


@only_at("pledge", "organisation")
def own_country(state: State, event: Pressed, view: View) -> Step:
    """Take the country where the person lives as the one that makes the pledge."""
    return organisation(state, Text(text=view.people.country), view)


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
            values={**said(seen), "lines": happened},
            parts=(line("pledge.history_head"), *_happened(happened)),
            buttons=((to_card(seen),),),
        ),
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
        "who": who,
        "own": own_country,
        "for": for_,
        "agree": agreed,
        "history": history,
    },
    texts={"organisation": organisation},
)


def _begun(view: View, new: Begin, *before: Effect) -> Step:
    """Return the step that begins the draft and asks its first question."""
    state, asked = first_question(view, new.campaign, new.audience)
    return state, (*before, new, asked)


def _intro(view: View) -> Say:
    campaign = view.pledges.campaign
    if campaign is None:
        return Say(template="pledge.closed")
    if not view.private:
        return Say(template="help.in_private", buttons=in_private(view.start_link))
    words, page = view.pledges.words(campaign).form("pledge"), view.pledges.form_page
    buttons: Rows = (
        (
            press("pledge_suggest", "pledge", "suggest"),
            press("pledge_choosing", "pledge", "choosing"),
        ),
        (press("pledge_begin", "pledge", "begin"),),
        *(((link("pledge_on_page", page),),) if page else ()),
    )
    return Say(
        template="pledge.intro",
        values={"title": words.title, "intro": words.intro},
        buttons=buttons,
    )


def _own_country(view: View, audience: Audience) -> Rows:
    """Return a button with the country of the settings, for who speaks for a country."""
    name = view.people.country
    if audience is not Audience.COUNTRY or not name:
        return ()
    return ((press(name, "pledge", "own", literal=True),),)


def _own_group(view: View) -> str:
    person = view.person
    if person is None or person.audience is not Audience.ORGANIZATION:
        return person.audience.word if person else ""
    return str(person.profile.get("group", ""))


def _listed(values: Values) -> Part:
    named = "pledge.list_pledge_state" if values["state"] in _SAID_OF else "pledge.list_pledge"
    return line(named, **values)


def _happened(happened: Sequence[Values]) -> Iterator[Part]:
    """Yield each line of the history, with what stood there before indented below it."""
    for each in happened:
        yield line("pledge.history_line", **each)
        for before in each["detail"]:
            yield indented("pledge.history_detail", before=before)


def _ways() -> Rows:
    return (WAYS_OUT,)
