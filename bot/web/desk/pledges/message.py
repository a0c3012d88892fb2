"""Writing to those who look after a pledge: first it is shown as they will read it, then it leaves.

Nobody's address or name is shown, and no text is lost where something is wrong with it.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from bot.errors import UsageError
from bot.gaps import filled
from bot.jobs.pledges import messages
from bot.languages import naming
from bot.model import Rendered
from bot.model.pledge import Pledge
from bot.web.desk.colleague import Colleague
from bot.web.desk.pledges import known
from bot.web.desk.pledges.listed import PATH
from bot.web.desk.refused import Why, why
from bot.web.desk.site import done, field
from bot.web.public.reader import Answer, Shown

BELOW = "message"
"""The last part of the page's path, below that of the pledge."""


def message(who: Colleague) -> Shown:
    """Ask what its editors shall read."""
    pledge = known.there(who)
    return known.gone(who) if pledge is None else _page(who, pledge)


def sent(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Show how the message will read, let it be changed, or send it as it was shown."""
    pledge, text, act = known.there(who), field(form, "text"), form.get("do", "")
    if pledge is None:
        return known.gone(who)
    try:
        if act == "send":
            messages.send(who.services, pledge.id, text, who.by, who.now)
            return done(who, "message_sent", PATH, str(pledge.id))
        shown = messages.previews(who.services, pledge, text, who.now) if act == "show" else ()
    except UsageError as error:
        return _page(who, pledge, text, wrong=why(who, error))
    return _page(who, pledge, text, shown)


def _page(
    who: Colleague,
    pledge: Pledge,
    text: str = "",
    shown: Sequence[Rendered] = (),
    *,
    wrong: Why | None = None,
) -> Shown:
    names = naming(who.language).languages
    return Shown(
        template="pledge_message.html",
        title=filled(who.words["messages"]["title"], name=known.named(who, pledge)),
        status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
        values={
            "text": text,
            "previews": [(names.get(each.language, each.language), each) for each in shown],
            "wrong": wrong,
            "possible": messages.can_be_written_to(who.services, pledge),
            "longest": messages.LONGEST,
            "path": known.path(who, pledge),
        },
        trail=known.trail(who, pledge),
    )
