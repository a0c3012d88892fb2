"""The form of a pledge: its questions one by one, accounts, a preview with the SMART review, the
document for clearance, submitting.

::

    pledge_form:answer ── text that fits ► the next question … ► pledge_form:handles
         ▲    │ too long, empty: said, and asked again
         └────┘ [Back] the question before; [Go on later] idle

    pledge_form:handles ── text, [Leave this out] ► preview ── [Submit] ► submitted
         ▲    │ what is no handle is said            └ [a number] ► pledge_form:answer
         └────┘

What else can be told of a pledge ([Tell more], questions that come later) is asked one by one from
the preview, by buttons where it is chosen among topics.

Every answer is kept at once in the draft itself, so that the form goes on where it was, for as many
days as the campaign keeps drafts. Once a pledge was approved, what is public stays as it was until
staff have approved a change.

``questions``   one by one, and what is wrong with an answer
``accounts``    on networks, line by line
``preview``     of all answers, and the document
``submitting``  to staff
``written``     on a page, and opened in the chat
"""

from bot.conversation.look import View
from bot.conversation.pledges.form.accounts import accounts, accounts_named, no_accounts
from bot.conversation.pledges.form.preview import document, preview, previewed
from bot.conversation.pledges.form.questions import (
    answered,
    ask_next,
    back,
    change,
    choose,
    marked,
    more,
    pass_,
)
from bot.conversation.pledges.form.submitting import submit
from bot.conversation.pledges.look import Seen
from bot.conversation.pledges.meant import of_pledge
from bot.conversation.topic import Topic
from bot.conversation.words import (
    IDLE,
    Choice,
    Pressed,
    Rows,
    Say,
    State,
    Step,
    press,
    stale,
)


@of_pledge
def go_on(state: State, event: Pressed, view: View, seen: Seen) -> Step:
    """Go on where the form was left."""
    return (
        ask_next(view, seen, seen.pledge.answers)
        if seen.is_draft
        else previewed(view, seen, seen.pledge.answers)
    )


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
        "more": more,
        "pass": pass_,
        "choose": choose,
        "marked": marked,
        "document": document,
        "submit": submit,
    },
    texts={"answer": answered, "handles": accounts_named},
    passes={"answer": "pass", "handles": "none"},
    way_back=way_back,
)
