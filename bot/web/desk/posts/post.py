"""A post's page: what its network would show, beside the same on other channels, and what is
decided about it.
"""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from bot.errors import Missing, UsageError
from bot.gaps import filled
from bot.jobs.sending import decisions
from bot.jobs.staff import seen
from bot.jobs.staff.writing import when
from bot.model.outbox import Entry
from bot.model.staff.clearance import Subject
from bot.model.subject import Planned
from bot.times import from_epoch
from bot.web.desk import clearances
from bot.web.desk.colleague import Colleague
from bot.web.desk.posts.cards import Card, asked, versions
from bot.web.desk.site import done, field
from bot.web.public.reader import Answer, Elsewhere, File, Shown


def post(who: Colleague) -> Shown:
    """Show a post."""
    shown = asked(who)
    return _page(
        who,
        "post.html",
        shown,
        others=versions(shown),
        planned=isinstance(shown.entry.subject, Planned),
        asked=_clearances(shown),
    )


def _clearances(shown: Card) -> list[Mapping[str, str]]:
    occurrence, channel, _ = shown.entry.key
    return clearances.lines(shown.who, Subject(occurrence=occurrence, channel=channel))


def _page(who: Colleague, template: str, shown: Card, **values: object) -> Shown:
    return Shown(
        template=template,
        title=shown.title,
        trail=((who.words["menu"]["calendar"], who.path("calendar")),),
        values={"card": shown, **values},
    )


def picture(who: Colleague) -> File:
    """Give the picture of a post as it would leave, to the byte."""
    body = asked(who).shown.body
    if body is None or body.picture is None:
        raise Missing("this post has no picture, or it is not ready yet")
    return File(content=body.picture.data, media_type=body.picture.mime)


def back(who: Colleague) -> Elsewhere:
    """Lead to the post's own page."""
    return Elsewhere(path=who.path("posts", asked(who).key))


def decide(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Approve the post that was shown, or cancel it."""
    entry, way = asked(who).entry, field(form, "do")
    if way not in ("approve", "cancel"):
        raise UsageError(
            "nothing was done: say whether to approve the post or to cancel it", "stale"
        )
    if way == "cancel":
        decisions.cancel(who.services, str(entry.key), who.by, who.now)
        return done(who, "cancelled", "posts", str(entry.key))
    return done(who, _let_go(who, entry, field(form, "mark")), "posts", str(entry.key))


def _let_go(who: Colleague, entry: Entry, mark: str) -> str:
    """Approve the post of which this was seen; return what became of that."""
    try:
        seen.let_go(who.services, entry.key, mark, who.by, who.now)
    except seen.Changed:
        return "changed"
    return "approved"


# another hour


def hour(who: Colleague) -> Shown:
    """Ask for another hour."""
    return _hour(who, asked(who))


def _hour(who: Colleague, shown: Card, chosen: str = "", *, wrong: str = "") -> Shown:
    local = chosen or when.formed(who.local(from_epoch(shown.entry.due)))
    words, entry = who.words["hour"], shown.entry
    return _page(
        who,
        "hour.html",
        shown,
        now=filled(words["now"], at=shown.at, channel=entry.channel),
        label=filled(words["at"], zone=who.services.settings.zone),
        seen=entry.due,
        local=local,
        clocks=(),
        wrong=wrong,
        at=shown.at,
        back=who.path("posts", shown.key),
    )


def move(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Let the post go out at the hour that was given, by the clock of config.toml; ask once more
    where somebody gave it another than the form has seen.
    """
    shown, written = asked(who), field(form, "at")
    due, wrong = when.instant(who.services, written), _wrong(who, written)
    if due is None or wrong:
        return replace(_hour(who, shown, wrong=wrong), status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if field(form, "seen") != str(shown.entry.due):
        told = _hour(who, shown, when.formed(who.local(due)), wrong="moved")
        return replace(told, status=HTTPStatus.CONFLICT)
    decisions.reschedule(who.services, shown.key, due, who.by, who.now)
    return done(who, "moved", "posts", shown.key)


def _wrong(who: Colleague, written: str) -> str:
    """Return what is wrong with an hour that somebody wrote, by a key of the desk's words."""
    local, due = when.local(written), when.instant(who.services, written)
    if local is None or due is None:
        return "no_hour"
    if due <= who.now:
        return "past"
    return "left_out" if when.is_left_out(who.services, local) else ""
