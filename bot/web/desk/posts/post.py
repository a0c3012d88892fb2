"""A post's page: what its network would show, beside the same on other channels, and what is
decided about it.
"""

from collections.abc import Mapping

from bot.errors import UsageError
from bot.jobs.sending import decisions
from bot.jobs.staff import posting, seen
from bot.jobs.staff.writing import when
from bot.model.staff.clearance import Subject
from bot.model.subject import Planned
from bot.times import from_epoch
from bot.web.desk import clearances
from bot.web.desk.colleague import Colleague
from bot.web.desk.posts.cards import Card, card, find, versions
from bot.web.desk.site import done, field
from bot.web.public.reader import Answer, Elsewhere, File, Shown


def post(who: Colleague) -> Shown:
    """Show a post."""
    entry = find(who, who.parts["key"])
    planned = isinstance(entry.subject, Planned)
    about = Subject(occurrence=entry.key.occurrence, channel=entry.key.channel)
    return _page(
        who,
        "post.html",
        card(who, entry),
        others=versions(who, entry),
        planned=planned,
        asked=clearances.lines(who, about),
    )


def _page(who: Colleague, template: str, shown: Card, **values: object) -> Shown:
    words = who.words["menu"]
    return Shown(
        template=template,
        title=shown.title,
        trail=((words["calendar"], who.path("calendar")),),
        values={"card": shown, **values},
    )


def picture(who: Colleague) -> File:
    """Give the picture of a post as it would leave, to the byte."""
    body = posting.shown(who.services, find(who, who.parts["key"])).body
    if body is None or body.picture is None:
        raise UsageError("this post has no picture, or it is not ready yet")
    return File(content=body.picture.data, media_type=body.picture.mime)


def back(who: Colleague) -> Elsewhere:
    """Lead to the post's own page."""
    return Elsewhere(path=who.path("posts", who.parts["key"]))


def decide(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Approve the post that was shown, or cancel it."""
    entry = find(who, who.parts["key"])
    key = str(entry.key)
    if field(form, "do") == "cancel":
        decisions.cancel(who.services, key, who.by, who.now)
        return done(who, "cancelled", "posts", key)
    try:
        seen.let_go(who.services, entry.key, field(form, "mark"), who.by, who.now)
    except seen.Changed:
        return done(who, "changed", "posts", key)
    return done(who, "approved", "posts", key)


# another hour


def hour(who: Colleague) -> Shown:
    """Ask for another hour."""
    return _hour(who, card(who, find(who, who.parts["key"])))


def _hour(who: Colleague, shown: Card, *, wrong: str = "", status: int = 200) -> Shown:
    local = when.formed(who.local(from_epoch(shown.shown.entry.due)))
    values = {"local": local, "zone": who.services.settings.zone, "wrong": wrong}
    page = _page(who, "post_hour.html", shown, **values)
    return Shown(**{**vars(page), "status": status})


def move(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Let the post go out at the hour that was given, by the clock of config.toml."""
    entry = find(who, who.parts["key"])
    due = when.instant(who.services, field(form, "at"))
    if due is None or due <= who.now:
        wrong = "no_hour" if due is None else "past"
        return _hour(who, card(who, entry), wrong=wrong, status=422)
    decisions.reschedule(who.services, str(entry.key), due, who.by, who.now)
    return done(who, "moved", "posts", str(entry.key))
