"""Whether a pledge-maker wants to know another one, and what they let the other know.

::

    (a message of ours) ── [No] ► nothing is passed on
         ├─ [No, and suggest nobody else] ► nor are they asked about others, until [Suggest … again]
         └─ [Yes, I would] ► what may be known ── [Name], [E-mail] … ► introduction:detail
                                  ▲    └─ [✓ Name] ► left out again         │ text
                                  │                                         ▼
                                  └──────────────────────────────── ticked, or what is wrong
            [Send this] ► said yes: if the other says yes, too, each gets what the other ticked
"""

from collections.abc import Callable
from functools import wraps

from bot.conversation.look import View
from bot.conversation.pledges.effects import Meet, MeetAgain, MeetNobody, Tell
from bot.conversation.pledges.meant import gone
from bot.conversation.topic import OnPress, Topic
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
    Then,
    line,
    lines,
    press,
    rows,
    stale,
)
from bot.model.pledges.introduction import Acquaintance, Detail
from bot.rules.pledges import details
from bot.times import epoch

OnAcquaintance = Callable[[State, Pressed, View, Acquaintance], Step]


def buttons(side: int) -> Rows:
    """Return the buttons below the question whether they want to know another maker."""
    return (
        (
            press("introduction_yes", "introduction", "yes", side),
            press("introduction_no", "introduction", "no", side),
        ),
        (press("introduction_never", "introduction", "never", side),),
    )


def _asked(handler: OnAcquaintance) -> OnPress:
    """Decorate a handler of a button about somebody of whom the person may still say yes or no;
    else they are told how it ended.
    """

    @wraps(handler)
    def checked(state: State, event: Pressed, view: View) -> Step:
        other = view.pledges.acquaintance(event.number)
        if other is None:
            return stale(state)
        if other.asks(epoch(view.now)):
            return handler(state, event, view, other)
        return state, (_ended(other, view),)

    return checked


def _ended(other: Acquaintance, view: View) -> Say:
    """Return how it stands after an answer, or after the last day for one."""
    waits = other.agreed and epoch(view.now) < other.expires
    how = (
        "made" if other.made else "agreed" if waits else "refused" if other.agreed is False else ""
    )
    return Say(template=f"introduction.{how or 'over'}", values=vars(other))


@_asked
def yes(state: State, event: Pressed, view: View, other: Acquaintance) -> Step:
    """Ask what the other may know."""
    return state, (_details(view, other),)


@_asked
def no(state: State, event: Pressed, view: View, other: Acquaintance) -> Step:
    """Take a no, of which nobody learns."""
    ended = IDLE if state.is_at("introduction", "detail") else state
    return ended, (
        Meet(side=other.side, agreed=False),
        Edit(template="introduction.refused"),
    )


@_asked
def never(state: State, event: Pressed, view: View, other: Acquaintance) -> Step:
    """Take a no, and a wish to be suggested to nobody any more."""
    ended = IDLE if state.is_at("introduction", "detail") else state
    again = ((press("introduction_again", "introduction", "again", other.side),),)
    return ended, (
        MeetNobody(side=other.side),
        Edit(template="introduction.never", buttons=again),
    )


def again(state: State, event: Pressed, view: View) -> Step:
    """Take back that they want to be suggested to nobody."""
    if view.pledges.acquaintance(event.number) is None:
        return stale(state)
    return state, (MeetAgain(side=event.number), Edit(template="introduction.again"))


@_asked
def detail(state: State, event: Pressed, view: View, other: Acquaintance) -> Step:
    """Ask for what was chosen; where that is ticked already, leave it out again."""
    chosen = Detail(event.args[1])
    if chosen in other.details:
        left = {each: text for each, text in other.details.items() if each is not chosen}
        return state, (Tell(side=other.side, details=left), _again(other))
    waits = State(
        topic="introduction", step="detail", data={"side": other.side, "detail": chosen.value}
    )
    return waits, (Say(template=f"introduction.ask_{chosen.value}", buttons=(WAYS_OUT,)),)


def typed(state: State, event: Text, view: View) -> Step:
    """Tick what was written, or say what is wrong with it."""
    other = view.pledges.acquaintance(int(state.data.get("side", 0)))
    chosen = next((each for each in Detail if each.value == state.data.get("detail")), None)
    if other is None or chosen is None:
        return gone()
    if not other.asks(epoch(view.now)):
        return IDLE, (_ended(other, view),)
    text = details.read(chosen, event.text)
    if text is None:
        return state, (Say(template=f"introduction.wrong_{chosen.value}", buttons=(WAYS_OUT,)),)
    ticked = {**other.details, chosen: text}
    return IDLE, (Tell(side=other.side, details=ticked), _again(other))


@_asked
def done(state: State, event: Pressed, view: View, other: Acquaintance) -> Step:
    """Take a yes, with what is ticked."""
    if not other.details:
        return state, (Answer(template="introduction.none_yet"),)
    return state, (
        Meet(side=other.side, agreed=True),
        Edit(template="introduction.agreed", values=vars(other)),
    )


_PRESSES = {
    "yes": yes,
    "no": no,
    "never": never,
    "again": again,
    "detail": detail,
    "done": done,
}
TOPIC = Topic(
    name="introduction",
    presses=_PRESSES,
    texts={"detail": typed},
    group_admins=frozenset({*_PRESSES, "detail"}),
)


def _again(other: Acquaintance) -> Then:
    """Show once more what is ticked, as it is then."""
    return Then(pressed=Pressed(topic="introduction", act="yes", args=(str(other.side),)))


def _details(view: View, other: Acquaintance) -> Say:
    """Return what is ticked, and the buttons to tick more, to leave something out and to agree."""
    names = view.pledges.detail_names
    ticked = [
        {"label": names[each], "text": other.details[each]}
        for each in Detail
        if each in other.details
    ]
    ways = [
        press(
            f"✓ {names[each]}" if each in other.details else names[each],
            "introduction",
            "detail",
            other.side,
            each.value,
            literal=True,
        )
        for each in Detail
    ]
    yes_now = (press("introduction_done", "introduction", "done", other.side),)
    return Say(
        template="introduction.details",
        values=vars(other),
        parts=(line("introduction.details_head"), *lines("introduction.detail", ticked)),
        buttons=(*rows(ways, 2), *((yes_now,) if ticked else ())),
    )
