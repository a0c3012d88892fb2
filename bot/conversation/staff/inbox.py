"""The inbox: questions that people asked the experts; an answer goes to who asked, in their chat.

::

    idle ── /inbox, [Answer] ► inbox:text ── text ► inbox:sure ── [Yes, send it] ► idle
    [Pass it on] ► to the makers of a pledge, or their answer to who asked; [No answer] ► told so
    a reply to the message of a question is its answer, too
    [Look] ► a post that asks something, without who wrote it ── [Not for us], [May be a child] ►
    deleted, and the next
"""

import re
from collections.abc import Sequence

from bot.conversation.look import View
from bot.conversation.staff.common import staff_only, too_long
from bot.conversation.staff.effects import DropPost, PassQuestion, RefuseQuestion, Reply
from bot.conversation.topic import Offer, Topic, only_at
from bot.conversation.words import (
    CANCEL,
    IDLE,
    Answer,
    Command,
    Edit,
    Parts,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    Then,
    Values,
    line,
    lines,
    paragraph,
    press,
    rows,
    sentence,
    stale,
)
from bot.model.person import Question
from bot.model.pledges.peers import Peer
from bot.model.staff import StaffRole
from bot.rules.pledges import peers
from bot.text import beginning
from bot.times import epoch

_NUMBERS = 5
_SHOWN = 20
_BEGINNING = 100
"""Most characters of a question in the list."""

_NUMBER = re.compile(r"#(\d{1,12})\b")


@staff_only
def inbox(state: State, event: Command, view: View) -> Step:
    """List the open questions, or show the only one."""
    questions, posts = view.staff.questions(), len(view.staff.asked())
    told = (_posts(posts),) if posts else ()
    if not questions:
        return state, told or (Say(template="staff.inbox_empty"),)
    if len(questions) == 1:
        return state, (_card(questions[0], view), *told)
    listed = [
        {
            "number": question.id,
            "at": question.at,
            "text": beginning(question.text, _BEGINNING),
        }
        for question in questions[:_SHOWN]
    ]
    buttons = rows(
        [
            press(f"#{question.id}", "inbox", "see", question.id, literal=True)
            for question in questions[:_SHOWN]
        ],
        _NUMBERS,
    )
    return state, (
        Say(
            template="staff.inbox",
            values={
                "questions": listed,
                "count": len(questions),
                "more": max(0, len(questions) - _SHOWN),
            },
            parts=(
                line("staff.inbox_head"),
                *lines("staff.inbox_question", listed),
                line("staff.inbox_more") if len(questions) > _SHOWN else None,
                paragraph("staff.inbox_whole") if _is_cut(questions[:_SHOWN]) else None,
            ),
            buttons=buttons,
        ),
        *told,
    )


def _posts(count: int) -> Say:
    ways = ((press("look", "inbox", "posts"),),)
    return Say(template="alerts.asked", values={"count": count}, buttons=ways)


@staff_only
def posts(state: State, event: Pressed, view: View) -> Step:
    """Show a post that asks something: the oldest, or the one behind that of the button."""
    after = int(event.args[0]) if event.args else 0
    there = view.staff.asked()
    post = next((each for each in there if each.id > after), None)
    if post is None:
        return state, (Say(template="staff.asked_none"),)
    ways = (
        (
            press("staff_not_for_us", "inbox", "drop", post.id),
            press("staff_maybe_child", "inbox", "child", post.id),
        ),
        (press("next", "inbox", "posts", post.id),),
    )
    values = {"posted": epoch(post.posted), "text": post.text, "url": post.url}
    return state, (Say(template="staff.asked_card", values=values, buttons=ways),)


@staff_only
def drop(state: State, event: Pressed, view: View) -> Step:
    """Delete a post, and show the next one."""
    return _dropped(state, event, view, child=False)


@staff_only
def child(state: State, event: Pressed, view: View) -> Step:
    """Delete a post that a child may have written, and show the next one."""
    return _dropped(state, event, view, child=True)


def _dropped(state: State, event: Pressed, view: View, *, child: bool) -> Step:
    if event.number not in {post.id for post in view.staff.asked()}:
        return stale(state)
    said = Edit(template="staff.asked_child" if child else "staff.asked_dropped")
    following = Then(pressed=Pressed(topic="inbox", act="posts", args=(str(event.number),)))
    return state, (DropPost(post=event.number, child=child), said, following)


@staff_only
def see(state: State, event: Pressed, view: View) -> Step:
    """Show one question with its button to answer."""
    question = view.staff.question(event.number)
    return state, (
        _card(question, view) if question else Answer(template="staff.answered_already"),
    )


@staff_only
def answer(state: State, event: Pressed, view: View) -> Step:
    """Wait for the answer to one question."""
    question = view.staff.question(event.number)
    if question is None:
        return state, (Answer(template="staff.answered_already"),)
    return _waiting(question), (
        Say(template="staff.answer", values=_values(question, view), buttons=((CANCEL,),)),
    )


@staff_only
def answered(state: State, event: Text, view: View) -> Step:
    """Show the answer once more before it is sent."""
    question = view.staff.question(int(state.data["question"]))
    if question is None:
        return IDLE, (Say(template="staff.answered_already"),)
    if wrong := too_long(event):
        return _waiting(question), (wrong,)
    words = event.text.strip()
    buttons = ((press("send_yes", "inbox", "yes"),), (CANCEL,))
    data = {"question": question.id, "text": words}
    return State(topic="inbox", step="sure", data=data), (
        Say(
            template="staff.answer_sure",
            values={**_values(question, view), "answer": words},
            buttons=buttons,
        ),
    )


@staff_only
@only_at("inbox", "sure")
def yes(state: State, event: Pressed, view: View) -> Step:
    """Send the answer to who asked."""
    question = view.staff.question(int(state.data["question"]))
    if question is None:
        return IDLE, (Answer(template="staff.answered_already"),)
    return IDLE, (
        Reply(question=question.id, text=str(state.data["text"])),
        Edit(template="staff.answered", values=_values(question, view)),
    )


@staff_only
def pass_on(state: State, event: Pressed, view: View) -> Step:
    """Pass a question on to the makers whom it is for."""
    question = _standing(event, view, "asked")
    if question is None:
        return state, (Answer(template="staff.answered_already"),)
    if not view.staff.can_be_asked(question):
        return state, (Say(template="staff.peers_unreached", values=_values(question, view)),)
    return state, (
        PassQuestion(question=question.id),
        Edit(template="staff.peers_passed", values=_values(question, view)),
    )


@staff_only
def pass_back(state: State, event: Pressed, view: View) -> Step:
    """Pass the answer of makers on to who asked."""
    question = _standing(event, view, "replied")
    if question is None:
        return state, (Answer(template="staff.answered_already"),)
    if not view.staff.stands(question):
        return state, (Say(template="staff.peers_unreached", values=_values(question, view)),)
    return state, (
        PassQuestion(question=question.id, reply=True),
        Edit(template="staff.peers_answered", values=_values(question, view)),
    )


def _standing(event: Pressed, view: View, standing: str) -> Question | None:
    """Return the question of a button where it still stands as its message showed it."""
    question = view.staff.question(event.number)
    peer = question.peer if question else None
    return question if peer is not None and peer.standing == standing else None


@staff_only
def refuse(state: State, event: Pressed, view: View) -> Step:
    """Let who asked the makers know that there is no answer."""
    question = view.staff.question(event.number)
    if question is None or question.peer is None:
        return state, (Answer(template="staff.answered_already"),)
    return state, (
        RefuseQuestion(question=question.id),
        Edit(template="staff.peers_refused", values=_values(question, view)),
    )


def replied(state: State, event: Text, view: View) -> Step | None:
    """Take an answer that replies to the message of a question.

    None when it is no such reply, or not by staff.
    """
    number = _NUMBER.search(event.reply) if view.is_staff and view.private else None
    question = view.staff.question(int(number[1])) if number else None
    return answered(_waiting(question), event, view) if question else None


TOPIC = Topic(
    name="inbox",
    commands=(Offer(name="inbox", handler=inbox, staff=True, role=StaffRole.WRITER),),
    presses={
        "see": see,
        "posts": posts,
        "drop": drop,
        "child": child,
        "answer": answer,
        "yes": yes,
        "pass": pass_on,
        "back": pass_back,
        "refuse": refuse,
    },
    texts={"text": answered, "sure": answered},
)


def _is_cut(questions: Sequence[Question]) -> bool:
    return any(len(question.text) > _BEGINNING for question in questions)


def _waiting(question: Question) -> State:
    return State(topic="inbox", step="text", data={"question": question.id})


def _card(question: Question, view: View) -> Say:
    peer = question.peer
    ends = peers.over(question)
    until = view.staff.day(ends) if ends else None
    over = paragraph("staff.peers_card_until", until=until) if until else None
    parts = (line("staff.inbox_card"), *_of_makers(peer, view), over) if peer else ()
    return Say(
        template="staff.peers_card" if peer else "staff.inbox_card",
        values=_values(question, view),
        parts=parts,
        buttons=_ways(question),
    )


def _of_makers(peer: Peer, view: View) -> Parts:
    """Return what is told of a question to the makers of a pledge: about which it is, how they may
    reach who asks, and what they answered.
    """
    page = view.staff.page_of(peer.pledge)
    return (
        paragraph("staff.peers_card_pledge", pledge=peer.pledge),
        sentence("staff.peers_card_page", page=page) if page else None,
        line("staff.peers_card_contact", contact=peer.contact) if peer.contact else None,
        paragraph("staff.peers_card_reply", reply=peer.reply) if peer.reply else None,
        paragraph(f"staff.peers_card_{peer.standing}") if not peer.reply else None,
    )


def _ways(question: Question) -> Rows:
    """Return the buttons of a question; one to makers can be passed on, and refused."""
    number, peer = question.id, question.peer
    answers = press("answer", "inbox", "answer", number)
    if peer is None:
        return ((answers,),)
    further = {
        "asked": press("staff_pass_on", "inbox", "pass", number),
        "replied": press("staff_pass_reply", "inbox", "back", number),
    }.get(peer.standing)
    return (
        *(((further,),) if further else ()),
        (answers, press("staff_no_answer", "inbox", "refuse", number)),
    )


def _values(question: Question, view: View) -> Values:
    return {
        "number": question.id,
        "at": question.at,
        "spoken": view.staff.language_name(question.language),
        "text": question.text,
    }
