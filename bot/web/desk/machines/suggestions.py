"""Texts that programs suggest: each beside what stands there now, to be used or dropped."""

from collections.abc import Mapping

from bot.errors import RenderError
from bot.jobs.machines import suggestions
from bot.jobs.staff import posting, seen
from bot.jobs.staff.scopes import said_language
from bot.model.outbox import WRITABLE, Entry
from bot.model.staff.machines import Suggestion
from bot.text import joined
from bot.times import from_epoch
from bot.web.desk.colleague import Colleague
from bot.web.desk.site import done, field, numbered
from bot.web.public.reader import Answer, Shown

PATH = "suggestions"

MOST = 40
"""Suggestions that are shown at a time, since the post of each has its text made anew."""


def listed(who: Colleague) -> Shown:
    """List what nobody has decided about, the newest first."""
    waiting = who.services.store.suggestions.undecided()
    values = {
        "lines": [_line(who, each) for each in waiting[:MOST]],
        "more": max(0, len(waiting) - MOST),
    }
    return Shown(template="suggestions.html", title=who.words["menu"]["suggestions"], values=values)


def decided(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Use a suggestion, or drop it."""
    number = numbered(field(form, "number"))
    if field(form, "do") == "drop":
        suggestions.drop(who.services, number, who.by, who.now)
        return done(who, "suggestion_dropped", PATH)
    try:
        suggestions.use(who.services, number, field(form, "mark"), who.by, who.now)
    except seen.Changed:
        return done(who, "changed", PATH)
    return done(who, "suggestion_used", PATH)


def _line(who: Colleague, suggestion: Suggestion) -> dict[str, object]:
    entry = (
        who.services.store.listing.entry(suggestion.post) if suggestion.post is not None else None
    )
    return {
        "number": suggestion.id,
        "by": who.name_of(suggestion.by),
        "at": who.instant(suggestion.at),
        "title": posting.title(who.services, entry, who.language)
        if entry
        else _title(who, suggestion),
        "campaign": dict(who.campaigns).get(suggestion.campaign, suggestion.campaign),
        "tag": suggestion.language,
        "language": said_language(suggestion.language, who.language),
        "text": suggestion.text,
        "why": suggestion.why,
        "post": _post(who, entry) if entry is not None else None,
    }


def _title(who: Colleague, suggestion: Suggestion) -> str:
    """Return what the action of a translation is called; its id where it is gone."""
    campaign = who.services.library.campaigns.get(suggestion.campaign)
    action = campaign.action(suggestion.action) if campaign else None
    if campaign is None or action is None:
        return suggestion.action
    titled = who.services.renderer.title
    try:
        return titled(
            campaign, action, language=who.language, audience=action.audiences[0], day=who.today
        )
    except RenderError:
        return suggestion.action


def _post(who: Colleague, entry: Entry) -> dict[str, object]:
    shown = posting.shown(who.services, entry)
    ahead = from_epoch(entry.expires) > who.now
    return {
        "path": who.path("posts", str(entry.key)),
        "channel": entry.channel,
        "due": who.instant(entry.due),
        "now": joined(shown.parts),
        "mark": seen.mark(shown),
        "writable": entry.state in WRITABLE and ahead,
    }
