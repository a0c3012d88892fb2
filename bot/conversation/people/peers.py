"""Asking the makers of a pledge with a public result, and answering as one of them. Staff read both
before they are passed on.

::

    /start q-12 ► the result ── [Ask its makers] ► peers:ask ── text ► kept, for staff
        └── [How they may reach me] ► peers:contact ── an address ► kept with the question
    (a message of ours) ── [Answer] ► peers:answer ── text ► for staff
        └─ [I’d rather not] ► staff are told so
"""

from bot.conversation.look import View
from bot.conversation.people._join import first, joined
from bot.conversation.people.ask import LONGEST, asks_nothing, unfit
from bot.conversation.people.effects import AnswerAsMaker, AskMakers, TellContact
from bot.conversation.topic import Topic
from bot.conversation.words import (
    CANCEL,
    HELP_FOR_CHILD,
    IDLE,
    WAYS_OUT,
    Edit,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    line,
    paragraph,
    press,
)
from bot.model.person import Subscriber
from bot.model.pledges.introduction import Detail
from bot.rules.pledges import details
from bot.text import visible

_WAYS: Rows = ((HELP_FOR_CHILD,), (CANCEL,))


def ways(question: int) -> Rows:
    """Return the buttons below a question to the makers."""
    return (
        (
            press("answer", "peers", "answer", question),
            press("peers_rather", "peers", "rather", question),
        ),
    )


@joined
def open_(state: State, event: Pressed, view: View, person: Subscriber) -> Step:
    """Show a result, and the way to ask its makers."""
    shown = view.people.result(event.number) if view.private else None
    if shown is None:
        return state, (Say(template="peers.gone"),)
    told = (line(f"peers.card_{part}", text=text) for part, text in shown.told)
    ask = ((press("peers_ask", "peers", "ask", shown.pledge),),) if shown.asked else ()
    parts = (
        line("peers.card_head"),
        *told,
        paragraph("peers.card_page") if shown.page else None,
        None if shown.asked else paragraph("peers.card_closed"),
    )
    return state, (Say(template="peers.card", values=vars(shown), parts=parts, buttons=ask),)


@joined
def ask(state: State, event: Pressed, view: View, person: Subscriber) -> Step:
    """Wait for the question."""
    shown = view.people.result(event.number) if view.private else None
    if shown is None or not shown.asked:
        return state, (Say(template="peers.gone"),)
    waits = State(topic="peers", step="ask", data={"pledge": shown.pledge})
    return waits, (Say(template="peers.ask", values=vars(shown), buttons=_WAYS),)


def asked(state: State, event: Text, view: View) -> Step:
    """Keep the question, or say that it is empty or too long."""
    words, shown = visible(event.text), view.people.result(int(state.data["pledge"]))
    if view.person is None:
        return IDLE, (first(view),)
    if shown is None or not shown.asked:
        return IDLE, (Say(template="peers.gone"),)
    if not words or len(words) > LONGEST:
        return state, (unfit(words, LONGEST, _WAYS),)
    if asks_nothing(words, view):
        return state, (Say(template="peers.ask", values=vars(shown), buttons=_WAYS),)
    return IDLE, (AskMakers(pledge=shown.pledge, text=words),)


def contact(state: State, event: Pressed, view: View) -> Step:
    """Ask how the makers may reach who asks."""
    if not view.private or not view.people.may_tell(event.number):
        return state, (Say(template="peers.contact_late"),)
    waits = State(topic="peers", step="contact", data={"question": event.number})
    return waits, (Say(template="peers.contact", buttons=(WAYS_OUT,)),)


def reached(state: State, event: Text, view: View) -> Step:
    """Keep how the makers may reach who asks, or say what is wrong with it."""
    number = int(state.data["question"])
    if not view.people.may_tell(number):
        return IDLE, (Say(template="peers.contact_late"),)
    read = (details.read(each, event.text) for each in (Detail.EMAIL, Detail.TELEGRAM))
    kept = next((text for text in read if text is not None), None)
    if kept is None:
        return state, (Say(template="peers.contact_wrong", buttons=(WAYS_OUT,)),)
    return IDLE, (TellContact(question=number, contact=kept), Say(template="peers.contact_kept"))


def answer(state: State, event: Pressed, view: View) -> Step:
    """Wait for a maker's answer."""
    if view.people.asks_me(event.number) is None:
        return state, (Say(template="peers.over"),)
    waits = State(topic="peers", step="answer", data={"question": event.number})
    return waits, (Say(template="peers.answer", buttons=_WAYS),)


def answered(state: State, event: Text, view: View) -> Step:
    """Take a maker's answer, or say that it is empty or too long."""
    number, words = int(state.data["question"]), visible(event.text)
    if view.people.asks_me(number) is None:
        return IDLE, (Say(template="peers.over"),)
    if not words or len(words) > LONGEST:
        return state, (unfit(words, LONGEST, _WAYS),)
    done = Say(template="peers.replied")
    return IDLE, (AnswerAsMaker(question=number, text=words, said=done),)


def rather_not(state: State, event: Pressed, view: View) -> Step:
    """Take that a maker doesn't want to answer."""
    if view.people.asks_me(event.number) is None:
        return state, (Say(template="peers.over"),)
    ended = IDLE if state.is_at("peers", "answer") else state
    done = Edit(template="peers.rather")
    return ended, (AnswerAsMaker(question=event.number, text="", said=done),)


TOPIC = Topic(
    name="peers",
    presses={
        "open": open_,
        "ask": ask,
        "contact": contact,
        "answer": answer,
        "rather": rather_not,
    },
    texts={"ask": asked, "contact": reached, "answer": answered},
    group_admins=frozenset({"answer", "rather"}),
)
