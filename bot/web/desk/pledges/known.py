"""The pledge that a path names, and what stands where there is none."""

from http import HTTPStatus

from bot.model.pledge import Pledge, PledgeState
from bot.web.desk.colleague import Colleague
from bot.web.desk.pledges.listed import PATH
from bot.web.desk.site import numbered
from bot.web.public.reader import Shown


def there(who: Colleague) -> Pledge | None:
    """Return the pledge of the path; None where there is none, or a draft, its editors' alone."""
    known = who.services.store.pledges.get(numbered(who.parts["number"]))
    return known if known is not None and known.state is not PledgeState.DRAFT else None


def trail(who: Colleague, pledge: Pledge | None = None) -> tuple[tuple[str, str], ...]:
    """Return label and path of the pages above: the list, and below it the pledge's own page."""
    above = ((str(who.words["menu"]["pledges"]), who.path(PATH)),)
    return above if pledge is None else (*above, (named(who, pledge), path(who, pledge)))


def named(who: Colleague, pledge: Pledge) -> str:
    """Return the pledge's name, or the words for one that has none."""
    return pledge.name or str(who.words["pledges"]["unnamed"])


def path(who: Colleague, pledge: Pledge) -> str:
    """Return the path of the pledge's page."""
    return who.path(PATH, str(pledge.id))


def gone(who: Colleague) -> Shown:
    """Return the page that says that there is no such pledge."""
    words = who.words["pledges"]
    return Shown(
        template="message.html",
        title=words["gone"],
        values={"text": words["gone_why"], "detail": ""},
        status=HTTPStatus.NOT_FOUND,
        trail=trail(who),
    )
