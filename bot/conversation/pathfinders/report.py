"""A report of a country: who has a link from staff is its focal point, agrees, and is asked one
question after the other; every answer is kept at once, and the page at the same link goes on there.

::

    /start f-… ──► [I agree, let’s begin] ──► country:answer ── text, [Leave this out]
                                                  │ ▲ [Back]      └► the next question … ► document
                                                  └─┘ too long: said, and asked again
    the document ── [✎ n] ► country:answer
    [Go on later] ► idle          [Delete it] ► nothing is kept
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import wraps

from bot.conversation.look import View
from bot.conversation.pathfinders.effects import (
    AgreeReport,
    ClaimReport,
    DropReport,
    KeepReport,
)
from bot.conversation.pathfinders.look import AskedReport
from bot.conversation.people._join import joined
from bot.conversation.topic import OnPress, Topic
from bot.conversation.words import (
    HELP_FOR_CHILD,
    IDLE,
    Choice,
    Document,
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
    rows,
    stale,
)
from bot.languages import said_row
from bot.model.makers import Question
from bot.model.person import Subscriber
from bot.rules import forms
from bot.rules.forms import Answers, Why, Wrong

OnReport = Callable[[State, Pressed, View, AskedReport], Step]


@joined
def open_(state: State, event: Pressed, view: View, person: Subscriber) -> Step:
    """Open what a link leads to: from here on nobody else can open it in a chat."""
    asked = view.countries.opened_by(event.about)
    if asked is None or not view.private:
        return state, (Say(template="country.gone"),)
    after = _begin(asked) if asked.report.agreed is None else _next(view, asked)
    return after[0], (ClaimReport(report=asked.id), *after[1])


def _begin(asked: AskedReport) -> Step:
    values = {"country": asked.country, "title": asked.words.title, "intro": asked.words.intro}
    ways = (
        (press("pledge_agree", "country", "agree", asked.id),),
        (press("country_delete", "country", "drop", asked.id),),
        (press("privacy", "rights", "privacy"),),
    )
    return IDLE, (Say(template="country.consent", values=values, buttons=ways),)


def _theirs(handler: OnReport) -> OnPress:
    """Decorate a handler that needs the report whose number its button carries."""

    @wraps(handler)
    def checked(state: State, event: Pressed, view: View) -> Step:
        asked = view.countries.get(event.number) if view.private else None
        return handler(state, event, view, asked) if asked else stale(state)

    return checked


@_theirs
def agree(state: State, event: Pressed, view: View, asked: AskedReport) -> Step:
    """Take the consent; from here on answers are kept."""
    waits, effects = _next(view, asked)
    return waits, (AgreeReport(report=asked.id), *effects)


@_theirs
def go_on(state: State, event: Pressed, view: View, asked: AskedReport) -> Step:
    """Ask the next question, wherever it was left; who has not agreed yet is asked that first."""
    return _begin(asked) if asked.report.agreed is None else _next(view, asked)


def answered(state: State, event: Text, view: View) -> Step:
    """Keep an answer and ask the next question, or say what is wrong with it."""
    asked = view.countries.get(int(state.data.get("report", 0)))
    if asked is None or asked.report.agreed is None:
        return IDLE, (Say(template="country.gone"),)
    question = _awaited(state, asked)
    if question is None:
        return _next(view, asked)
    typed = forms.ids_of(event.text, asked.names(question)) if question.several else event.text
    judged = forms.judge(question, typed)
    if isinstance(judged, Wrong):
        return state, (_wrong(asked, question, judged),)
    return _kept(view, asked, question, judged.text)


def _awaited(state: State, asked: AskedReport) -> Question | None:
    change = asked.form.question(str(state.data.get("change", "")))
    return change or forms.next_question(asked.form, asked.report.answers)


def _wrong(asked: AskedReport, question: Question, judged: Wrong) -> Say:
    values = {"count": judged.count, "most": judged.most, "over": judged.count - judged.most}
    kind = judged.why if judged.why in (Why.LONG, Why.CHOICE) else Why.EMPTY
    return Say(
        template=f"pledge_form.wrong_{kind.value}",
        values={"why": judged.why.value, **values},
        buttons=_ways(asked, question),
    )


@_theirs
def pass_(state: State, event: Pressed, view: View, asked: AskedReport) -> Step:
    """Leave a question out that isn't required."""
    question = asked.form.questions[int(event.args[1])]
    if question.required or question != _awaited(state, asked):
        return stale(state)
    return _kept(view, asked, question, "")


@_theirs
def choose(state: State, event: Pressed, view: View, asked: AskedReport) -> Step:
    """Tick one of the next steps, or take the tick away."""
    question = asked.form.questions[int(event.args[1])]
    if question != _awaited(state, asked):
        return stale(state)
    marked = set(_marked(state, asked, question)) ^ {question.choices[int(event.args[2])]}
    ids = " ".join(each for each in question.choices if each in marked)
    shown = _question(asked, question, marked=ids)
    return replace(state, data={**state.data, "marked": ids}), (Edit(**vars(shown)),)


@_theirs
def marked(state: State, event: Pressed, view: View, asked: AskedReport) -> Step:
    """Keep the steps that are ticked."""
    question = asked.form.questions[int(event.args[1])]
    if question != _awaited(state, asked):
        return stale(state)
    return _kept(view, asked, question, " ".join(_marked(state, asked, question)))


def _marked(state: State, asked: AskedReport, question: Question) -> list[str]:
    before = asked.report.answers.get(question.id, "")
    return str(state.data.get("marked", before)).split()


@_theirs
def back(state: State, event: Pressed, view: View, asked: AskedReport) -> Step:
    """Ask the question before once more; its answer stands until another one is given."""
    coming = _awaited(state, asked)
    before = asked.form.questions.index(coming) - 1 if coming else -1
    if before < 0:
        return stale(state)
    return _changing(asked, asked.form.questions[before])


@_theirs
def change(state: State, event: Pressed, view: View, asked: AskedReport) -> Step:
    """Ask one question again; its answer stays until the new one is given."""
    return _changing(asked, asked.form.questions[int(event.args[1])])


def _changing(asked: AskedReport, question: Question) -> Step:
    data = {"report": asked.id, "change": question.id}
    waits = State(topic="country", step="answer", data=data)
    return waits, (_question(asked, question),)


@_theirs
def later(state: State, event: Pressed, view: View, asked: AskedReport) -> Step:
    """Leave the questions; what was answered is kept."""
    ways = ((press("pledge_go_on", "country", "go_on", asked.id),),)
    return IDLE, (Say(template="country.later", buttons=ways),)


@_theirs
def drop(state: State, event: Pressed, view: View, asked: AskedReport) -> Step:
    """Delete the report, at once where there is nothing in it yet; else ask whether to."""
    if asked.report.answers and event.args[1:] != ("sure",):
        ways = (
            (press("country_delete", "country", "drop", asked.id, "sure"),),
            (press("pledge_go_on", "country", "go_on", asked.id),),
        )
        return IDLE, (Say(template="country.delete", buttons=ways),)
    return IDLE, (DropReport(report=asked.id), Say(template="country.deleted"))


def way_back(state: State) -> Choice:
    """Return the button that leads back to the questions."""
    return press("pledge_go_on", "country", "go_on", state.data.get("report", 0))


TOPIC = Topic(
    name="country",
    presses={
        "open": open_,
        "agree": agree,
        "go_on": go_on,
        "pass": pass_,
        "choose": choose,
        "marked": marked,
        "back": back,
        "change": change,
        "later": later,
        "drop": drop,
    },
    texts={"answer": answered},
    passes={"answer": "pass"},
    way_back=way_back,
)


def _kept(view: View, asked: AskedReport, question: Question, text: str) -> Step:
    answers = forms.with_answer(asked.report.answers, question.id, text)
    finished = forms.next_question(asked.form, answers) is None
    waits, effects = _next(view, asked, answers)
    return waits, (KeepReport(report=asked.id, answers=answers, finished=finished), *effects)


def _next(view: View, asked: AskedReport, given: Answers | None = None) -> Step:
    """Ask the next question, or give the document with buttons to change each answer."""
    answers = asked.report.answers if given is None else given
    question = forms.next_question(asked.form, answers)
    if question is not None:
        waits = State(topic="country", step="answer", data={"report": asked.id})
        return waits, (_question(asked, question, answers=answers),)
    name, content = view.countries.document(asked, answers)
    numbers = [
        press(f"✎ {number}", "country", "change", asked.id, number - 1, literal=True)
        for number in range(1, len(asked.form.questions) + 1)
    ]
    ways = (*rows(numbers, 6), (press("country_delete", "country", "drop", asked.id),))
    return IDLE, (
        Document(template="country.document", name=name, content=content),
        Say(template="country.finished", buttons=ways),
    )


def _question(
    asked: AskedReport,
    question: Question,
    *,
    answers: Answers | None = None,
    marked: str | None = None,
) -> Say:
    """Return a question's message; `marked` are the ids that are ticked in its buttons."""
    said, where = asked.words.question(question.id), forms.place(asked.form, question)
    given = asked.report.answers if answers is None else answers
    before = given.get(question.id, "")
    values = {
        "step": asked.words.steps.get(question.step or "", ""),
        "at": where.step,
        "steps": where.steps,
        "number": where.number,
        "of": where.of,
        "ask": said.ask,
        "help": said.help,
        "before": _told(asked, question, before),
    }
    parts = (
        line("pledge_scale_up.question_step") if values["step"] else None,
        paragraph("pledge_scale_up.question_ask"),
        line("pledge_scale_up.question_help") if said.help else None,
        paragraph("pledge_scale_up.question_before") if before else None,
    )
    buttons = _ways(asked, question, before if marked is None else marked)
    return Say(template="pledge_scale_up.question", values=values, parts=parts, buttons=buttons)


def _told(asked: AskedReport, question: Question, text: str) -> str:
    names: Mapping[str, str] = asked.names(question)
    if not question.several:
        return text
    return said_row((names.get(each, each) for each in text.split()), asked.language)


def _ways(asked: AskedReport, question: Question, ticked: str = "") -> Rows:
    at = asked.form.questions.index(question)
    passed = () if question.required else (press("leave_out", "country", "pass", asked.id, at),)
    done = (press("pledge_marked", "country", "marked", asked.id, at),) if ticked else ()
    before = (press("back", "country", "back", asked.id),) if at else ()
    return (
        *_choices(asked, question, at, ticked.split()),
        (*(done if question.several else ()), *passed),
        (*before, press("pledge_later", "country", "later", asked.id)),
        (HELP_FOR_CHILD,),
    )


def _choices(asked: AskedReport, question: Question, at: int, ticked: list[str]) -> Rows:
    names = asked.names(question).items() if question.several else ()
    return tuple(
        (
            press(
                f"✓ {name}" if each in ticked else name,
                "country",
                "choose",
                asked.id,
                at,
                number,
                literal=True,
            ),
        )
        for number, (each, name) in enumerate(names)
    )
