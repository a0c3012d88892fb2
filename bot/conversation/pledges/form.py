"""The form of a pledge: its questions one by one, accounts, a preview with the SMART review, the
document for clearance, submitting.

::

    pledge_form:answer ── text that fits ► the next question … ► pledge_form:handles
         ▲    │ too long, empty: said, and asked again
         └────┘ [Back] the question before; [Go on later] idle

    pledge_form:handles ── text, [Leave this out] ► preview ── [Submit] ► submitted
         ▲    │ what is no handle is said            └ [a number] ► pledge_form:answer
         └────┘

Every answer is kept at once in the draft itself, so that the form goes on where it was, for as many
days as the campaign keeps drafts. Once a pledge was approved, what is public stays as it was until
staff have approved a change.
"""

from dataclasses import replace

from bot.conversation.look import View
from bot.conversation.people.effects import Change
from bot.conversation.pledges.buttons import to_card, to_editors, to_year
from bot.conversation.pledges.effects import Accounts, AskAgain, Fill, Shift
from bot.conversation.pledges.look import Seen
from bot.conversation.pledges.meant import awaited, gone, of_form, of_pledge
from bot.conversation.pledges.verify import offer
from bot.conversation.topic import Topic
from bot.conversation.words import (
    HELP_FOR_CHILD,
    IDLE,
    Answer,
    Choice,
    Document,
    Edit,
    Part,
    Parts,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    Values,
    below,
    line,
    lines,
    paragraph,
    press,
    rows,
    sentence,
    stale,
)
from bot.model import Audience
from bot.model.makers import Form, Question
from bot.model.pledge import PledgeState
from bot.rules import forms
from bot.rules.forms import Why, Wrong
from bot.rules.reading import handles

FORM = "pledge"


def first_question(view: View, campaign: str) -> tuple[State, Say]:
    """Return state and message for the first question of a draft that is begun in this turn."""
    of = view.pledges.form(campaign, FORM)
    assert of is not None  # noqa: S101 - the campaign takes pledges
    return _asking(0), question(view, campaign, of, of.questions[0])


@of_pledge
def go_on(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Go on where the form was left."""
    return (
        _next(view, seen, seen.pledge.answers)
        if seen.is_draft
        else _preview(view, seen, seen.pledge.answers)
    )


@awaited
def answered(state: State, event: Text, view: View, seen: Seen) -> Step:
    """Keep an answer and ask the next question, or say what is wrong with it."""
    of = view.pledges.form(seen.pledge.campaign, FORM)
    if of is None:
        return gone()
    change = of.question(str(state.data.get("change", "")))
    asked = change or forms.next_question(of, seen.pledge.answers)
    if asked is None:
        return _preview(view, seen, seen.pledge.answers)
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
    after = _preview(view, seen, answers) if change else _next(view, seen, answers)
    return after[0], (kept, counted, *after[1])


@of_form(FORM)
def back(state: State, event: Pressed, view: View, seen: Seen, of: Form) -> Step:
    """Ask the question before once more; its answer is taken out of the draft."""
    before = forms.previous(of, seen.pledge.answers)
    if before is None or not seen.is_draft:
        return stale(state)
    shown = question(view, seen.pledge.campaign, of, before, seen=seen)
    return _asking(seen.id), (AskAgain(pledge=seen.id, question=before.id), shown)


def later(state: State, event: Pressed, view: View) -> Step:
    """Leave the form; the draft is kept."""
    seen = view.pledges.get(event.number)
    if seen is None:
        return stale(IDLE)
    buttons: Rows = (
        (
            press("pledge_go_on", "pledge_form", "go_on", seen.id),
            press("pledge_document", "pledge_form", "document", seen.id),
        ),
    )
    draft = seen.is_draft
    return IDLE, (
        Say(
            template=f"pledge_form.later_{'draft' if draft else 'made'}",
            values={"kept": seen.kept, "draft": draft},
            buttons=buttons,
        ),
    )


@of_pledge
def accounts(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Ask for the accounts again."""
    return _accounts(view, seen)


@of_pledge
def no_accounts(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Leave the accounts as they are, while they are asked for."""
    if not state.is_at("pledge_form", "handles"):
        return stale(state)
    return _preview(view, seen, seen.pledge.answers)


@awaited
def accounts_named(state: State, event: Text, view: View, seen: Seen) -> Step:
    """Keep the accounts, one on each line, or say which lines are none; then nothing is kept."""
    named, wrong = handles.read(event.text, view.pledges.shapes)
    if wrong or not named:
        unread = [
            {"given": entry.given, "label": entry.label, "example": entry.example}
            for entry in wrong
        ]
        return state, (
            Say(
                template="pledge_form.bad_accounts",
                values={"wrong": unread},
                parts=(*map(_unread, unread), line("pledge_form.bad_accounts_again")),
                buttons=_account_ways(seen),
            ),
        )
    labels = view.pledges.shapes
    read = [{"label": labels[h.network].label, "name": h.name} for h in named]
    said = Say(
        template="pledge_form.accounts_kept",
        values={"accounts": read},
        parts=(
            line("pledge_form.accounts_kept_head"),
            *lines("pledge_form.account_kept", read),
        ),
    )
    after = _preview(
        view, seen, seen.pledge.answers, tuple((labels[h.network].label, h.url) for h in named)
    )
    return after[0], (Accounts(pledge=seen.id, handles=named), said, *after[1])


@of_pledge
def preview(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Show all answers, with what could be sharper."""
    return _preview(view, seen, seen.pledge.answers)


@of_form(FORM)
def change(state: State, event: Pressed, view: View, seen: Seen, of: Form) -> Step:
    """Ask one question again; its answer stays until the new one is given."""
    asked = of.questions[int(event.args[1])]
    waits = State(topic="pledge_form", step="answer", data={"pledge": seen.id, "change": asked.id})
    return waits, (question(view, seen.pledge.campaign, of, asked, seen=seen),)


@of_pledge
def document(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Give the draft as a file, for clearance inside the organisation."""
    name, content = view.pledges.draft(seen)
    return state, (
        Document(
            template="pledge_form.document",
            name=name,
            content=content,
            values={"kept": seen.kept},
        ),
    )


@of_form(FORM)
def submit(state: State, event: Pressed, view: View, seen: Seen, of: Form) -> Step:
    """Submit the pledge to staff; a second press only says that it was."""
    if view.person is None:
        return stale(state)
    if seen.pledge.made:
        return state, (Answer(template="pledge_form.submitted_already"),)
    if not forms.is_complete(of, seen.pledge.answers):
        return _next(view, seen, seen.pledge.answers)
    speaks = view.person.audience is seen.pledge.audience
    joined = (
        ()
        if speaks
        else (Change(field="audience", value=seen.pledge.audience, extra=_group(seen)),)
    )
    values = {
        "unverified": seen.needs_check,
        "mails": view.pledges.mails,
        "audience": "" if speaks else seen.pledge.audience.word,
        "alone": seen.alone,
    }
    return IDLE, (
        Shift(pledge=seen.id, to="submitted"),
        *joined,
        Edit(
            template="pledge_form.submitted",
            values=values,
            parts=_submitted(view, seen, speaks=speaks),
            buttons=_from_here(view, seen),
        ),
    )


def way_back(state: State) -> Choice:
    """Return the button that leads back into the form."""
    return press("pledge_go_on", "pledge_form", "go_on", state.data.get("pledge", 0))


TOPIC = Topic(
    name="pledge_form",
    presses={
        "go_on": go_on,
        "back": back,
        "later": later,
        "accounts": accounts,
        "none": no_accounts,
        "preview": preview,
        "change": change,
        "document": document,
        "submit": submit,
    },
    texts={"answer": answered, "handles": accounts_named},
    way_back=way_back,
)


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


def _unread(entry: Values) -> Part:
    known = "pledge_form.bad_account" if entry["label"] else "pledge_form.bad_account_network"
    return line(known, **entry)


def _from_here(view: View, seen: Seen) -> Rows:
    """Return the buttons below the message that the pledge was submitted."""
    year = () if seen.alone else (to_year(seen),)
    return (*offer(view, seen), (*year, to_editors(seen)))


def _submitted(view: View, seen: Seen, *, speaks: bool) -> Parts:
    checked, alone = seen.needs_check, seen.alone
    steps = () if alone else (line("pledge_form.submitted_steps"),)
    return (
        line("pledge_form.submitted_thanks"),
        sentence("pledge_form.submitted_unverified") if checked else None,
        sentence("pledge_form.submitted_letter") if checked and view.pledges.mails else None,
        *(steps if speaks else (line("pledge_form.submitted_speaks"),)),
    )


def _asking(pledge: int) -> State:
    return State(topic="pledge_form", step="answer", data={"pledge": pledge})


def _next(view: View, seen: Seen, answers: forms.Answers) -> Step:
    of = view.pledges.form(seen.pledge.campaign, FORM)
    if of is None:
        return IDLE, (Say(template="pledge.closed"),)
    asked = forms.next_question(of, answers)
    if asked is not None:
        return _asking(seen.id), (question(view, seen.pledge.campaign, of, asked, seen=seen),)
    return _preview(view, seen, answers) if seen.accounts else _accounts(view, seen)


def _accounts(view: View, seen: Seen) -> Step:
    known = [
        {"label": shape.label, "example": shape.example} for shape in view.pledges.shapes.values()
    ]
    so_far = [{"label": label, "url": url} for label, url in seen.accounts]
    values = {"networks": known, "accounts": so_far}
    parts = (
        line("pledge_form.accounts_head"),
        *lines("pledge_form.accounts_network", known),
        paragraph("pledge_form.accounts_so_far") if so_far else None,
        *lines("pledge_form.account", so_far),
    )
    waits = State(topic="pledge_form", step="handles", data={"pledge": seen.id})
    return waits, (
        Say(
            template="pledge_form.accounts",
            values=values,
            parts=parts,
            buttons=_account_ways(seen),
        ),
    )


def _account_ways(seen: Seen) -> Rows:
    label = "pledge_keep_accounts" if seen.accounts else "leave_out"
    return (
        (press(label, "pledge_form", "none", seen.id),),
        (
            HELP_FOR_CHILD,
            press("pledge_later", "pledge_form", "later", seen.id),
        ),
    )


def _preview(
    view: View,
    seen: Seen,
    answers: forms.Answers,
    accounts: tuple[tuple[str, str], ...] | None = None,
) -> Step:
    of = view.pledges.form(seen.pledge.campaign, FORM)
    if of is None:
        return IDLE, (Say(template="pledge.closed"),)
    shown = _replaced(seen, answers, seen.accounts if accounts is None else accounts)
    [step] = forms.sheet(of, answers, view.pledges.words(seen.pledge.campaign))
    values = {
        "organisation": shown.pledge.organisation,
        "lines": [
            {"number": n, "ask": each.ask, "answer": each.answer}
            for n, each in enumerate(step.lines, 1)
        ],
        "accounts": [{"label": label, "url": url} for label, url in shown.accounts],
        "hints": list(view.pledges.review(shown)),
        "made": shown.pledge.made,
        "public": shown.pledge.state in (PledgeState.APPROVED, PledgeState.PUBLISHED),
    }
    return IDLE, (
        Say(
            template="pledge_form.preview",
            values=values,
            parts=_previewed(values),
            buttons=_preview_ways(of, shown),
        ),
    )


def _previewed(values: Values) -> Parts:
    hints = lines("pledge_form.preview_hint", [{"hint": hint} for hint in values["hints"]])
    of = "pledge_form.preview_head_of" if values["organisation"] else "pledge_form.preview_head"
    return (
        line(of),
        *(paragraph("pledge_form.preview_answer", **each) for each in values["lines"]),
        *below(lines("pledge_form.account", values["accounts"])),
        paragraph("pledge_form.preview_hints") if hints else None,
        *hints,
        paragraph("pledge_form.preview_public") if values["public"] else None,
    )


def _replaced(seen: Seen, answers: forms.Answers, accounts: tuple[tuple[str, str], ...]) -> Seen:
    """Return the pledge as it will stand once this turn's effects are done."""
    return replace(seen, pledge=replace(seen.pledge, answers=answers), accounts=accounts)


def _preview_ways(of: Form, seen: Seen) -> Rows:
    numbers = [
        press(f"✎ {n + 1}", "pledge_form", "change", seen.id, n, literal=True)
        for n, _ in enumerate(of.questions)
    ]
    sent = (
        () if seen.pledge.made else ((press("pledge_submit", "pledge_form", "submit", seen.id),),)
    )
    return (
        *sent,
        *rows(numbers, 4),
        (
            press("pledge_accounts", "pledge_form", "accounts", seen.id),
            press("pledge_document", "pledge_form", "document", seen.id),
        ),
        (to_card(seen), HELP_FOR_CHILD),
    )


def _ways(of: Form, seen: Seen | None, asked: Question) -> Rows:
    number = seen.id if seen else 0
    first = of.questions[0].id == asked.id or (seen is not None and not seen.is_draft)
    ways = () if first else (press("back", "pledge_form", "back", number),)
    return (
        (*ways, press("pledge_later", "pledge_form", "later", number)),
        (HELP_FOR_CHILD,),
    )


def _group(seen: Seen) -> str | None:
    return seen.pledge.stakeholder if seen.pledge.audience is Audience.ORGANIZATION else None
