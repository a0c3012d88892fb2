"""The questions of a pledge, one by one: what helps to answer each, and what is wrong with an
answer.
"""

from bot.conversation.look import View
from bot.conversation.pledges.effects import AskAgain, Fill
from bot.conversation.pledges.form.accounts import ask_accounts
from bot.conversation.pledges.form.preview import FORM, previewed
from bot.conversation.pledges.look import Seen
from bot.conversation.pledges.meant import awaited, gone, of_form
from bot.conversation.words import (
    HELP_FOR_CHILD,
    IDLE,
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
from bot.model.makers import Form, Question
from bot.rules import forms
from bot.rules.forms import Why, Wrong


def first_question(view: View, campaign: str) -> tuple[State, Say]:
    """Return state and message for the first question of a draft that is begun in this turn."""
    of = view.pledges.form(campaign, FORM)
    assert of is not None  # noqa: S101 - the campaign takes pledges
    return _asking(0), question(view, campaign, of, of.questions[0])


@awaited
def answered(state: State, event: Text, view: View, seen: Seen) -> Step:
    """Keep an answer and ask the next question, or say what is wrong with it."""
    of = view.pledges.form(seen.pledge.campaign, FORM)
    if of is None:
        return gone()
    change = of.question(str(state.data.get("change", "")))
    asked = change or forms.next_question(of, seen.pledge.answers)
    if asked is None:
        return previewed(view, seen, seen.pledge.answers)
    judged = forms.judge(asked, event.text)
    if isinstance(judged, Wrong):
        values = {
            "why": judged.why.value,
            "count": judged.count,
            "most": judged.most,
            "over": judged.count - judged.most,
        }
        return state, (Say(template=wrong(judged), values=values, buttons=_ways(of, seen, asked)),)
    answers = forms.with_answer(seen.pledge.answers, asked.id, judged.text)
    kept = Fill(pledge=seen.id, answers={asked.id: judged.text})
    counted = Say(
        template=f"pledge_form.kept_{'counted' if asked.max_words else 'uncounted'}",
        values={"words": judged.words, "most": asked.max_words or 0},
    )
    after = previewed(view, seen, answers) if change else ask_next(view, seen, answers)
    return after[0], (kept, counted, *after[1])


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
    waits = State(topic="pledge_form", step="answer", data={"pledge": seen.id, "change": asked.id})
    return waits, (question(view, seen.pledge.campaign, of, asked, seen=seen),)


def ask_next(view: View, seen: Seen, answers: forms.Answers) -> Step:
    """Return the step that asks the next question, then for accounts, and then shows all."""
    of = view.pledges.form(seen.pledge.campaign, FORM)
    if of is None:
        return IDLE, (Say(template="pledge.closed"),)
    asked = forms.next_question(of, answers)
    if asked is not None:
        return _asking(seen.id), (question(view, seen.pledge.campaign, of, asked, seen=seen),)
    return previewed(view, seen, answers) if seen.accounts else ask_accounts(view, seen)


def question(
    view: View, campaign: str, of: Form, asked: Question, *, seen: Seen | None = None
) -> Say:
    """Return a question's message: what helps to answer it, the answer so far, most words."""
    words = view.pledges.words(campaign).form(FORM).question(asked.id)
    where, before = forms.place(of, asked), seen.pledge.answers.get(asked.id, "") if seen else ""
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
        buttons=_ways(of, seen, asked),
    )


def wrong(judged: Wrong) -> str:
    """Return the name of the text that says what is wrong with an answer."""
    kind = judged.why if judged.why in (Why.WORDS, Why.LONG) else Why.EMPTY
    return f"pledge_form.wrong_{kind.value}"


def _asking(pledge: int) -> State:
    return State(topic="pledge_form", step="answer", data={"pledge": pledge})


def _ways(of: Form, seen: Seen | None, asked: Question) -> Rows:
    number = seen.id if seen else 0
    first = of.questions[0].id == asked.id or (seen is not None and not seen.is_draft)
    ways = () if first else (press("back", "pledge_form", "back", number),)
    return (
        (*ways, press("pledge_later", "pledge_form", "later", number)),
        (HELP_FOR_CHILD,),
    )
