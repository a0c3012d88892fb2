"""The survey of a pledge in the chat: who follows its link is asked one question after the other.

::

    /start v-… ──► [I agree, let’s begin] ──► survey:answer ── text, a choice, [Leave this out]
                                                   │ ▲             └► the next question … ► thanks
                                                   └─┘ too long: said, and asked again
    [Cancel] ► nothing is kept

Until the last answer all of them stand in the conversation alone, and nowhere afterwards beside a
name.
"""

from bot.conversation.calls.effects import AnswerSurvey
from bot.conversation.calls.look import AskedSurvey
from bot.conversation.look import View
from bot.conversation.people._join import joined
from bot.conversation.topic import Topic
from bot.conversation.words import (
    IDLE,
    WAYS_OUT,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    line,
    paragraph,
    press,
    stale,
)
from bot.model.calls import ENOUGH
from bot.model.makers import Question
from bot.model.person import Subscriber
from bot.rules import forms
from bot.rules.forms import Answers, Why, Wrong


@joined
def open_(state: State, event: Pressed, view: View, person: Subscriber) -> Step:
    """Say who asks, and what is kept."""
    asked = view.calls.survey(event.about) if view.private else None
    if asked is None:
        return state, (Say(template="survey.gone"),)
    values = {**view.facts, "name": asked.name, "enough": ENOUGH}
    ways = (
        (press("pledge_agree", "survey", "begin", event.about),),
        (press("privacy", "rights", "privacy"),),
    )
    return state, (Say(template="survey.intro", values=values, buttons=ways),)


def begin(state: State, event: Pressed, view: View) -> Step:
    """Ask the first question."""
    asked = view.calls.survey(event.about) if view.private else None
    return _next(asked, event.about, {}) if asked else stale(state)


def answered(state: State, event: Text, view: View) -> Step:
    """Take a text as the answer and ask the next question, or say what is wrong with it."""
    asked, question = _awaited(state, view)
    if asked is None or question is None:
        return IDLE, (Say(template="survey.gone"),)
    names = asked.words.question(question.id).choices
    typed = forms.ids_of(event.text, names) if question.choice else event.text
    judged = forms.judge(question, typed)
    return (
        _wrong(state, asked, question, judged)
        if isinstance(judged, Wrong)
        else _taken(state, asked, question, judged.text)
    )


def choose(state: State, event: Pressed, view: View) -> Step:
    """Take one of the choices."""
    asked, question = _pressed(state, event, view)
    if asked is None or question is None:
        return stale(state)
    return _taken(state, asked, question, question.choices[int(event.args[1])])


def pass_(state: State, event: Pressed, view: View) -> Step:
    """Leave a question out that isn't required."""
    asked, question = _pressed(state, event, view)
    if asked is None or question is None or question.required:
        return stale(state)
    return _taken(state, asked, question, "")


TOPIC = Topic(
    name="survey",
    presses={"open": open_, "begin": begin, "choose": choose, "pass": pass_},
    texts={"answer": answered},
    passes={"answer": "pass"},
)


def _awaited(state: State, view: View) -> tuple[AskedSurvey | None, Question | None]:
    """Return the survey that somebody is in and the question that waits; None for what isn't."""
    if not state.is_at("survey", "answer"):
        return None, None
    asked = view.calls.survey(str(state.data.get("code", "")))
    return asked, forms.next_question(asked.form, _given(state)) if asked else None


def _pressed(
    state: State, event: Pressed, view: View
) -> tuple[AskedSurvey | None, Question | None]:
    """Return as `_awaited` what waits, where the button is one of that question's; its place in the
    form tells, since an id may be longer than a button carries.
    """
    asked, question = _awaited(state, view)
    ours = asked is not None and question == asked.form.questions[event.number]
    return (asked, question) if ours else (None, None)


def _given(state: State) -> Answers:
    given = state.data.get("answers")
    return given if isinstance(given, dict) else {}


def _taken(state: State, asked: AskedSurvey, question: Question, text: str) -> Step:
    answers = forms.with_answer(_given(state), question.id, text)
    return _next(asked, str(state.data["code"]), answers)


def _next(asked: AskedSurvey, code: str, answers: Answers) -> Step:
    question = forms.next_question(asked.form, answers)
    if question is not None:
        waits = State(topic="survey", step="answer", data={"code": code, "answers": dict(answers)})
        return waits, (_question(asked, question),)
    return IDLE, (AnswerSurvey(code=code, answers=answers), Say(template="survey.thanks"))


def _wrong(state: State, asked: AskedSurvey, question: Question, judged: Wrong) -> Step:
    values = {"count": judged.count, "most": judged.most, "over": judged.count - judged.most}
    kind = judged.why if judged.why in (Why.LONG, Why.WORDS, Why.CHOICE) else Why.EMPTY
    said = Say(
        template=f"pledge_form.wrong_{kind.value}",
        values={"why": judged.why.value, **values},
        buttons=_ways(asked, question),
    )
    return state, (said,)


def _question(asked: AskedSurvey, question: Question) -> Say:
    said, where = asked.words.question(question.id), forms.place(asked.form, question)
    values = {
        "step": "",
        "at": 0,
        "steps": 0,
        "number": where.number,
        "of": where.of,
        "ask": said.ask,
        "help": said.help,
        "before": "",
    }
    parts = (
        paragraph("pledge_scale_up.question_ask"),
        line("pledge_scale_up.question_help") if said.help else None,
    )
    return Say(
        template="pledge_scale_up.question",
        values=values,
        parts=parts,
        buttons=_ways(asked, question),
    )


def _ways(asked: AskedSurvey, question: Question) -> Rows:
    names, at = asked.words.question(question.id).choices, asked.form.questions.index(question)
    choices = tuple(
        (press(names.get(each, each), "survey", "choose", at, number, literal=True),)
        for number, each in enumerate(question.choices)
    )
    passed = () if question.required else ((press("leave_out", "survey", "pass", at),),)
    return (*choices, *passed, WAYS_OUT)
