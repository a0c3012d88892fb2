"""The scale-up questionnaire, from autumn on: it is asked step by step, may be left at any point,
and comes back as a document.

::

    [Scale up], /scaleup ──► scale_up:answer ── text, [Leave this out], [I have read it]
                                  │ ▲ [Back]      └► the next question … ► the document
                                  └─┘ too long: said, and asked again
    the document ── [✎ n] ► scale_up:answer
    [Go on later] ► idle; every answer is kept at once
"""

from collections.abc import Mapping

from bot.conversation.look import View
from bot.conversation.pledges.effects import Keep
from bot.conversation.pledges.form.questions import wrong
from bot.conversation.pledges.look import Seen
from bot.conversation.pledges.meant import awaited, gone, of_form, personal, picked
from bot.conversation.topic import Offer, Topic
from bot.conversation.words import (
    HELP_FOR_CHILD,
    IDLE,
    Choice,
    Command,
    Document,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    line,
    lines,
    paragraph,
    press,
    rows,
    stale,
)
from bot.model.makers import Form, Question
from bot.model.public import SCALE_UP
from bot.rules import forms
from bot.rules.forms import Wrong


def command(state: State, event: Command, view: View) -> Step:
    """Open the questionnaire of the person's pledge; who has several chooses one first."""
    scaling = [
        seen
        for seen in view.pledges.mine
        if seen.pledge.made and "scale-up" in view.pledges.offers(seen)
    ]
    if not scaling:
        return state, (personal(view) or Say(template="pledge_scale_up.not_yet"),)
    if len(scaling) == 1:
        return _open(view, scaling[0])
    choices = [
        press(
            seen.pledge.name or seen.pledge.organisation,
            "scale_up",
            "open",
            seen.id,
            literal=True,
        )
        for seen in scaling
    ]
    return state, (Say(template="pledge_journey.which", buttons=rows(choices, 1)),)


def _mine(event: Pressed, view: View) -> Seen | None:
    seen = view.pledges.get(event.number)
    return (
        seen
        if seen and seen.pledge.made and view.private and "scale-up" in view.pledges.offers(seen)
        else None
    )


_of_mine = picked(_mine)


@_of_mine
def open_(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Begin the questionnaire, or go on where it was left."""
    return _open(view, seen)


@awaited
def answered(state: State, event: Text, view: View, seen: Seen) -> Step:
    """Keep an answer and ask the next question, or say what is wrong with it."""
    of = view.pledges.form(seen.pledge.campaign, SCALE_UP)
    if of is None:
        return gone()
    answers = view.pledges.sheet(seen, SCALE_UP)
    asked = of.question(str(state.data.get("change", ""))) or forms.next_question(of, answers)
    if asked is None:
        return _next(view, seen, of, answers)
    if asked.advice:
        return state, (Say(template="pledge_scale_up.advice", buttons=_ways(of, seen, asked)),)
    judged = forms.judge(asked, event.text)
    if isinstance(judged, Wrong):
        values = {
            "why": judged.why.value,
            "count": judged.count,
            "most": judged.most,
            "over": judged.count - judged.most,
        }
        return state, (Say(template=wrong(judged), values=values, buttons=_ways(of, seen, asked)),)
    return _kept(view, seen, of, forms.with_answer(answers, asked.id, judged.text))


@of_form(SCALE_UP, _mine)
def pass_(state: State, event: Pressed, view: View, seen: Seen, of: Form) -> Step:
    """Leave a question out that isn't required, or go on after advice was read."""
    answers, asked = view.pledges.sheet(seen, SCALE_UP), of.questions[int(event.args[1])]
    coming = forms.next_question(of, answers)
    if asked != coming or asked.required:
        return stale(state)
    return _kept(view, seen, of, forms.with_answer(answers, asked.id))


@of_form(SCALE_UP, _mine)
def back(state: State, event: Pressed, view: View, seen: Seen, of: Form) -> Step:
    """Ask the question before once more; its answer is taken out."""
    answers = view.pledges.sheet(seen, SCALE_UP)
    before = forms.previous(of, answers)
    if before is None:
        return stale(state)
    left = forms.without(answers, before.id)
    return _asking(seen), (
        Keep(pledge=seen.id, form=SCALE_UP, answers=left, finished=False),
        _question(view, seen, of, before, answers),
    )


def later(state: State, event: Pressed, view: View) -> Step:
    """Leave the questionnaire; what was answered is kept."""
    seen = _mine(event, view)
    if seen is None:
        return stale(IDLE)
    return IDLE, (
        Say(
            template="pledge_scale_up.later",
            buttons=((press("pledge_go_on", "scale_up", "open", seen.id),),),
        ),
    )


@of_form(SCALE_UP, _mine)
def change(state: State, event: Pressed, view: View, seen: Seen, of: Form) -> Step:
    """Ask one question again; its answer stays until the new one is given."""
    asked = of.questions[int(event.args[1])]
    waits = State(topic="scale_up", step="answer", data={"pledge": seen.id, "change": asked.id})
    return waits, (_question(view, seen, of, asked, view.pledges.sheet(seen, SCALE_UP)),)


def way_back(state: State) -> Choice:
    """Return the button that leads back into the questionnaire."""
    return press("pledge_go_on", "scale_up", "open", state.data.get("pledge", 0))


TOPIC = Topic(
    name="scale_up",
    commands=(Offer(name="scaleup", handler=command),),
    presses={"open": open_, "pass": pass_, "back": back, "later": later, "change": change},
    texts={"answer": answered},
    passes={"answer": "pass"},
    way_back=way_back,
)


def _asking(seen: Seen) -> State:
    return State(topic="scale_up", step="answer", data={"pledge": seen.id})


def _open(view: View, seen: Seen) -> Step:
    of = view.pledges.form(seen.pledge.campaign, SCALE_UP)
    if of is None:
        return IDLE, (Say(template="pledge_scale_up.not_yet"),)
    answers = view.pledges.sheet(seen, SCALE_UP)
    turn = _next(view, seen, of, answers)
    if answers:
        return turn
    words = view.pledges.words(seen.pledge.campaign).form(SCALE_UP)
    return turn[0], (
        Say(
            template="pledge_scale_up.intro",
            values={"title": words.title, "intro": words.intro},
        ),
        *turn[1],
    )


def _kept(view: View, seen: Seen, of: Form, answers: Mapping[str, str]) -> Step:
    finished = forms.next_question(of, answers) is None
    turn = _next(view, seen, of, answers)
    return turn[0], (
        Keep(pledge=seen.id, form=SCALE_UP, answers=answers, finished=finished),
        *turn[1],
    )


def _next(view: View, seen: Seen, of: Form, answers: Mapping[str, str]) -> Step:
    """Ask the next question, or give the document with buttons to change each answer."""
    asked = forms.next_question(of, answers)
    if asked is not None:
        return _asking(seen), (_question(view, seen, of, asked, answers),)
    name, content = view.pledges.scaling(seen, answers)
    words = view.pledges.words(seen.pledge.campaign).form(SCALE_UP)
    open_ones = [(n, question) for n, question in enumerate(of.questions) if not question.advice]
    answered = [
        {"number": k, "ask": words.question(question.id).ask}
        for k, (_, question) in enumerate(open_ones, 1)
    ]
    numbers = [
        press(f"✎ {k}", "scale_up", "change", seen.id, n, literal=True)
        for k, (n, _) in enumerate(open_ones, 1)
    ]
    sent = Document(template="pledge_scale_up.document", name=name, content=content)
    return IDLE, (
        sent,
        Say(
            template="pledge_scale_up.finished",
            values={"lines": answered},
            parts=(
                line("pledge_scale_up.finished_head"),
                *lines("pledge_scale_up.finished_line", answered),
                paragraph("pledge_scale_up.finished_public"),
            ),
            buttons=rows(numbers, 4),
        ),
    )


def _question(view: View, seen: Seen, of: Form, asked: Question, answers: Mapping[str, str]) -> Say:
    words, where = view.pledges.words(seen.pledge.campaign).form(SCALE_UP), forms.place(of, asked)
    own = words.question(asked.id)
    values = {
        "step": words.steps.get(asked.step, "") if asked.step else "",
        "at": where.step,
        "steps": where.steps,
        "number": where.number,
        "of": where.of,
        "ask": own.advice if asked.advice else own.ask,
        "help": own.help,
        "advice": asked.advice,
        "before": answers.get(asked.id, ""),
    }
    parts = (
        line("pledge_scale_up.question_step") if values["step"] else None,
        paragraph("pledge_scale_up.question_ask"),
        line("pledge_scale_up.question_help") if own.help else None,
        paragraph("pledge_scale_up.question_before") if values["before"] else None,
    )
    return Say(
        template="pledge_scale_up.question",
        values=values,
        parts=parts,
        buttons=_ways(of, seen, asked),
    )


def _ways(of: Form, seen: Seen, asked: Question) -> Rows:
    at = of.questions.index(asked)
    passed = (
        ()
        if asked.required
        else (
            (
                press(
                    "journey_read" if asked.advice else "leave_out",
                    "scale_up",
                    "pass",
                    seen.id,
                    at,
                ),
            ),
        )
    )
    before = (press("back", "scale_up", "back", seen.id),) if at else ()
    return (
        *passed,
        (*before, press("pledge_later", "scale_up", "later", seen.id)),
        (HELP_FOR_CHILD,),
    )
