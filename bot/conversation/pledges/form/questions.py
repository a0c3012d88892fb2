"""The questions of a pledge, one by one: what helps to answer each, and what is wrong with an
answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.conversation.look import View
from bot.conversation.pledges.effects import AskAgain, Fill
from bot.conversation.pledges.form.accounts import ask_accounts
from bot.conversation.pledges.form.preview import FORM, previewed
from bot.conversation.pledges.look import Seen
from bot.conversation.pledges.meant import awaited, form_of, gone, of_form
from bot.conversation.words import (
    HELP_FOR_CHILD,
    IDLE,
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
    stale,
)
from bot.model import Audience
from bot.model.makers import Form, Question
from bot.rules import forms
from bot.rules.forms import Why, Wrong


def first_question(view: View, campaign: str, audience: Audience) -> tuple[State, Say]:
    """Return state and message for the first question of a draft that is begun in this turn."""
    form = view.pledges.form(campaign, FORM)
    of = form.fitting(audience) if form else None
    asked = forms.next_question(of, {}) if of else None
    assert of is not None  # noqa: S101 - the campaign takes pledges
    assert asked is not None  # noqa: S101 - its name is always asked for
    return _asking(0), question(view, campaign, of, asked)


@awaited
def answered(state: State, event: Text, view: View, seen: Seen) -> Step:
    """Keep an answer and ask the next question, or say what is wrong with it."""
    of = form_of(view, seen, FORM)
    if of is None:
        return gone()
    change = of.question(str(state.data.get("change", "")))
    asked = change or forms.next_question(of, seen.pledge.answers)
    if asked is None:
        return previewed(view, seen, seen.pledge.answers)
    typed = forms.ids_of(event.text, named(view, seen.pledge.campaign, asked))
    judged = forms.judge(asked, typed if asked.several or asked.choice else event.text)
    if isinstance(judged, Wrong):
        values = {
            "why": judged.why.value,
            "count": judged.count,
            "most": judged.most,
            "over": judged.count - judged.most,
        }
        ways = _ways(view, of, seen, asked)
        return state, (Say(template=wrong(judged), values=values, buttons=ways),)
    return kept(state, view, seen, of, asked, judged)


def kept(
    state: State, view: View, seen: Seen, of: Form, asked: Question, judged: forms.Answer
) -> Step:
    """Return the step that keeps an answer and goes on: in the row, with what else can be told, or
    back to the whole where one answer was changed.
    """
    answers = forms.with_answer(seen.pledge.answers, asked.id, judged.text)
    # what was never answered and is left out changes nothing that staff would have to look at
    same = asked.later and judged.text == seen.pledge.answers.get(asked.id, "")
    fill = () if same else (Fill(pledge=seen.id, answers={asked.id: judged.text}),)
    counted = Say(
        template=f"pledge_form.kept_{'counted' if asked.max_words else 'uncounted'}",
        values={"words": judged.words, "most": asked.max_words or 0},
    )
    if state.data.get("more"):
        after = ask_more(view, seen, of, answers, asked)
    elif state.data.get("change"):
        after = previewed(view, seen, answers)
    else:
        after = ask_next(view, seen, answers)
    said = (counted,) if judged.text else ()
    return after[0], (*fill, *said, *after[1])


@of_form(FORM)
def back(state: State, event: Pressed, view: View, seen: Seen, of: Form) -> Step:
    """Ask the question before once more; its answer is taken out of the draft."""
    before = forms.previous(of, seen.pledge.answers)
    if before is None or not seen.is_draft:
        return stale(state)
    shown = question(view, seen.pledge.campaign, of, before, seen=seen)
    return _asking(seen.id), (AskAgain(pledge=seen.id, question=before.id), shown)


@of_form(FORM)
def change(state: State, event: Pressed, view: View, seen: Seen, of: Form) -> Step:
    """Ask one question again; its answer stays until the new one is given."""
    asked = of.questions[int(event.args[1])]
    return _changing(seen, asked), (question(view, seen.pledge.campaign, of, asked, seen=seen),)


@of_form(FORM)
def more(state: State, event: Pressed, view: View, seen: Seen, of: Form) -> Step:
    """Ask what else can be told of the pledge, one by one."""
    return ask_more(view, seen, of, seen.pledge.answers)


def ask_more(
    view: View, seen: Seen, of: Form, answers: forms.Answers, after: Question | None = None
) -> Step:
    """Return the step that asks the next of the questions that come later, and then shows all."""
    asked = forms.untold(of, answers, after)
    if asked is None:
        return previewed(view, seen, answers)
    waits = _changing(seen, asked, more=1)
    return waits, (question(view, seen.pledge.campaign, of, asked, seen=seen),)


@of_form(FORM)
def pass_(state: State, event: Pressed, view: View, seen: Seen, of: Form) -> Step:
    """Leave out a question that isn't required, or take its answer away."""
    asked = of.questions[int(event.args[1])]
    if asked.required or not _is_asked(state, seen, of, asked):
        return stale(state)
    return kept(state, view, seen, of, asked, forms.Answer(text=""))


@of_form(FORM)
def choose(state: State, event: Pressed, view: View, seen: Seen, of: Form) -> Step:
    """Take a choice; where several are taken, mark or unmark one."""
    asked = of.questions[int(event.args[1])]
    chosen = asked.choices[int(event.args[2])]
    if not _is_asked(state, seen, of, asked):
        return stale(state)
    if not asked.several:
        return kept(state, view, seen, of, asked, forms.Answer(text=chosen))
    marked = set(_marked(state, seen, asked)) ^ {chosen}
    ids = " ".join(each for each in asked.choices if each in marked)
    waits = replace(state, data={**state.data, "marked": ids})
    shown = question(view, seen.pledge.campaign, of, asked, seen=seen, marked=ids)
    return waits, (Edit(**vars(shown)),)


@of_form(FORM)
def marked(state: State, event: Pressed, view: View, seen: Seen, of: Form) -> Step:
    """Keep the choices that are marked."""
    asked = of.questions[int(event.args[1])]
    if not _is_asked(state, seen, of, asked):
        return stale(state)
    ids = " ".join(_marked(state, seen, asked))
    return kept(state, view, seen, of, asked, forms.Answer(text=ids))


def _is_asked(state: State, seen: Seen, of: Form, asked: Question) -> bool:
    """Return whether this is the question that waits for its answer."""
    if not state.is_at("pledge_form", "answer"):
        return False
    change = state.data.get("change")
    if change:
        return str(change) == asked.id
    return forms.next_question(of, seen.pledge.answers) == asked


def _marked(state: State, seen: Seen, asked: Question) -> list[str]:
    kept_before = seen.pledge.answers.get(asked.id, "")
    return str(state.data.get("marked", kept_before)).split()


def named(view: View, campaign: str, asked: Question) -> dict[str, str]:
    """Return the names of the choices of a question, by their ids."""
    words = view.pledges.words(campaign)
    said = words.form(FORM).question(asked.id)
    return {
        each: words.topic(each) if asked.topics else said.choices.get(each, each)
        for each in asked.choices
    }


def ask_next(view: View, seen: Seen, answers: forms.Answers) -> Step:
    """Return the step that asks the next question, then for accounts, and then shows all."""
    of = form_of(view, seen, FORM)
    if of is None:
        return IDLE, (Say(template="pledge.closed"),)
    asked = forms.next_question(of, answers)
    if asked is not None:
        return _asking(seen.id), (question(view, seen.pledge.campaign, of, asked, seen=seen),)
    return previewed(view, seen, answers) if seen.accounts else ask_accounts(view, seen)


def question(
    view: View,
    campaign: str,
    of: Form,
    asked: Question,
    *,
    seen: Seen | None = None,
    marked: str | None = None,
) -> Say:
    """Return a question's message: what helps to answer it, the answer so far, most words.

    `marked` are the choices that are marked in its buttons, with blanks between; None: those of the
    answer so far.
    """
    every = view.pledges.words(campaign)
    words = every.form(FORM).question(asked.id)
    where, kept_before = forms.place(of, asked), _before(seen, asked)
    before = forms.shown(asked, kept_before, every, words, {})
    values = {
        "ask": words.ask,
        "help": words.help,
        "number": where.number,
        "of": where.of,
        "most": asked.max_words or 0,
        "before": before,
        "words": forms.count_words(before),
    }
    parts = (
        line("pledge_form.question_ask"),
        line("pledge_form.question_help") if words.help else None,
        paragraph("pledge_form.question_before") if before else None,
        paragraph("pledge_form.question_words") if asked.max_words else None,
    )
    return Say(
        template="pledge_form.question",
        values=values,
        parts=parts,
        buttons=_ways(view, of, seen, asked, kept_before if marked is None else marked),
    )


def wrong(judged: Wrong) -> str:
    """Return the name of the text that says what is wrong with an answer."""
    said = (Why.WORDS, Why.LONG, Why.CHOICE, Why.LINK)
    kind = judged.why if judged.why in said else Why.EMPTY
    return f"pledge_form.wrong_{kind.value}"


def _asking(pledge: int) -> State:
    return State(topic="pledge_form", step="answer", data={"pledge": pledge})


def _changing(seen: Seen, asked: Question, **data: int) -> State:
    change = {"pledge": seen.id, "change": asked.id, **data}
    return State(topic="pledge_form", step="answer", data=change)


def _before(seen: Seen | None, asked: Question) -> str:
    return seen.pledge.answers.get(asked.id, "") if seen else ""


def _ways(
    view: View, of: Form, seen: Seen | None, asked: Question, marked: str | None = None
) -> Rows:
    number, at = seen.id if seen else 0, of.questions.index(asked)
    campaign = seen.pledge.campaign if seen else view.pledges.campaign or ""
    first = at == 0 or asked.later or (seen is not None and not seen.is_draft)
    ways = () if first else (press("back", "pledge_form", "back", number),)
    before = _before(seen, asked) if marked is None else marked
    passed = () if asked.required else (press("leave_out", "pledge_form", "pass", number, at),)
    done = (press("pledge_marked", "pledge_form", "marked", number, at),)
    return (
        *_choices(named(view, campaign, asked), number, at, before.split()),
        (*(done if asked.several and before else ()), *passed),
        (*ways, press("pledge_later", "pledge_form", "later", number)),
        (HELP_FOR_CHILD,),
    )


def _choices(names: Mapping[str, str], number: int, at: int, marked: Sequence[str]) -> Rows:
    return tuple(
        (
            press(
                f"✓ {name}" if each in marked else name,
                "pledge_form",
                "choose",
                number,
                at,
                n,
                literal=True,
            ),
        )
        for n, (each, name) in enumerate(names.items())
    )
