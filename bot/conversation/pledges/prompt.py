"""The monthly prompt of a pledge-maker: [Done] asks for a link, which may be left out.

What is sent in is shown to nobody before a person has looked at it.

::

    [Done] (which pledge, where there are several) ──► journey_prompt:link
    journey_prompt:link ── a link, or [No link] ──► reported
"""

from bot.conversation.actions.effects import Tick
from bot.conversation.look import View
from bot.conversation.pledges.buttons import to_year
from bot.conversation.pledges.effects import Report
from bot.conversation.pledges.look import Asked, Seen
from bot.conversation.pledges.meant import awaited, gone
from bot.conversation.topic import Topic
from bot.conversation.words import (
    IDLE,
    WAYS_OUT,
    Answer,
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
from bot.rules.reading.links import link

LONGEST = 500
"""Most characters of a link."""


def done(state: State, event: Pressed, view: View) -> Step:
    """Ask for a link; where the person has several pledges, for which first."""
    meant = _meant(event, view)
    if not meant:
        return state, (
            Answer(template="pledge_journey.no_pledge" if view.person else "start.join_first"),
        )
    if len(meant) > 1:
        choices = [
            press(
                mine.pledge.name or mine.pledge.organisation,
                "journey_prompt",
                "done",
                event.about,
                mine.pledge.id,
                literal=True,
            )
            for mine, _ in meant
        ]
        return state, (Say(template="pledge_journey.which", buttons=rows(choices, 1)),)
    seen, asked = meant[0]
    if asked.done:
        return state, (Answer(template="pledge_journey.done_already"),)
    buttons: Rows = (
        (press("journey_no_link", "journey_prompt", "nolink", asked.ref, seen.id),),
        WAYS_OUT,
    )
    waits = State(topic="journey_prompt", step="link", data={"pledge": seen.id, "ref": asked.ref})
    return waits, (
        Say(
            template=f"pledge_journey.link_{'private' if view.private else 'group'}",
            values={"title": asked.title, "group": not view.private},
            buttons=buttons,
        ),
    )


def no_link(state: State, event: Pressed, view: View) -> Step:
    """Report the milestone without a link."""
    meant = _meant(event, view)
    if len(meant) != 1:
        return stale(state)
    seen, asked = meant[0]
    if asked.done:
        return state, (Answer(template="pledge_journey.done_already"),)
    return _reported(view, seen, asked, None, Edit)


@awaited
def linked(state: State, event: Text, view: View, seen: Seen) -> Step:
    """Report the milestone with a link, or say that the text is more than a link, or none."""
    asked = view.pledges.step(seen, str(state.data.get("ref", "")))
    if asked is None:
        return gone()
    url = link(event.text)
    if url is None or len(url) > LONGEST:
        buttons: Rows = (
            (press("journey_no_link", "journey_prompt", "nolink", asked.ref, seen.id),),
            WAYS_OUT,
        )
        return state, (
            Say(template="pledge_journey.bad_link", values={"longest": LONGEST}, buttons=buttons),
        )
    return _reported(view, seen, asked, url, Say)


TOPIC = Topic(
    name="journey_prompt",
    presses={"done": done, "nolink": no_link},
    texts={"link": linked},
    passes={"link": "nolink"},
)


def _meant(event: Pressed, view: View) -> list[tuple[Seen, Asked]]:
    """Return the pledges, each with its milestone, that the button may mean."""
    mine = [
        p
        for p in view.pledges.mine
        if p.pledge.made and (len(event.args) == 1 or p.pledge.id == int(event.args[1]))
    ]
    pairs = [(seen, view.pledges.step(seen, event.about)) for seen in mine]
    return [(seen, asked) for seen, asked in pairs if asked is not None]


def _reported(view: View, seen: Seen, asked: Asked, link: str | None, kind: type[Say]) -> Step:
    progress = view.pledges.progress(seen)
    # what lay before they joined counts once it is done
    values = {
        "title": asked.title,
        "done": progress.done + 1,
        "of": progress.of + (not asked.counts),
        "link": link is not None,
    }
    item = view.actions.item(asked.ref)
    ticked = (Tick(item=item, done=True),) if item else ()
    buttons: Rows = ((to_year(seen),),)
    report = Report(
        pledge=seen.id, action=asked.milestone.action, slot=asked.milestone.slot, link=link
    )
    return IDLE, (
        report,
        *ticked,
        kind(
            template=f"pledge_journey.done_{'unlinked' if link is None else 'linked'}",
            values=values,
            buttons=buttons,
        ),
    )
