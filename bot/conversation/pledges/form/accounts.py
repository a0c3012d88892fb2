"""The accounts of who makes a pledge: asked for after the questions, read line by line."""

from bot.conversation.look import View
from bot.conversation.pledges.effects import Accounts
from bot.conversation.pledges.form.preview import previewed
from bot.conversation.pledges.look import Seen
from bot.conversation.pledges.meant import awaited, of_pledge
from bot.conversation.words import (
    HELP_FOR_CHILD,
    Part,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    Text,
    Values,
    line,
    lines,
    paragraph,
    press,
    stale,
)
from bot.rules.reading import handles, typed


@of_pledge
def accounts(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Ask for the accounts again."""
    return ask_accounts(view, seen)


@of_pledge
def no_accounts(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Leave the accounts as they are, while they are asked for."""
    if not state.is_at("pledge_form", "handles"):
        return stale(state)
    return previewed(view, seen, seen.pledge.answers)


@awaited
def accounts_named(state: State, event: Text, view: View, seen: Seen) -> Step:
    """Keep the accounts, one on each line, or say which lines are none; then nothing is kept. Who
    writes a mere no has none to name.
    """
    if typed.meaning(event.text, view.people.phrases) == typed.NO:
        return previewed(view, seen, seen.pledge.answers)
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
    after = previewed(
        view, seen, seen.pledge.answers, tuple((labels[h.network].label, h.url) for h in named)
    )
    return after[0], (Accounts(pledge=seen.id, handles=named), said, *after[1])


def ask_accounts(view: View, seen: Seen) -> Step:
    """Return the step that asks for accounts, with those that are known already."""
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


def _unread(entry: Values) -> Part:
    known = "pledge_form.bad_account" if entry["label"] else "pledge_form.bad_account_network"
    return line(known, **entry)
