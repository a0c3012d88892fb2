"""Pledges whose makers might work together: suggested with the reason, and asked, each apart."""

from collections.abc import Mapping

from bot.errors import Missing
from bot.gaps import filled
from bot.jobs.pledges import introductions, matches
from bot.jobs.texts import notes
from bot.languages import said_row
from bot.model.pledges.introduction import Introduction, Match, Reason
from bot.web.desk.colleague import Colleague
from bot.web.desk.pledges.listed import PATH as PLEDGES
from bot.web.desk.site import done, numbered
from bot.web.public.reader import Elsewhere, Shown

PATH = f"{PLEDGES}/matches"

MOST = 50
"""Suggestions, and introductions, of a page."""


async def matching(who: Colleague) -> Shown:
    """Show the pairs worth introducing, the best first, and what came of those that were asked."""
    services = who.services
    pairs = await matches.find_apart(services)
    values = {
        "pairs": [_pair(who, match) for match in pairs[:MOST]],
        "more": who.number(len(pairs) - MOST) if len(pairs) > MOST else "",
        "asked": [_asked(who, each) for each in services.store.introductions.newest(MOST)],
    }
    trail = ((str(who.words["menu"]["pledges"]), who.path(PLEDGES)),)
    title = who.words["matches"]["title"]
    return Shown(template="matches.html", title=title, values=values, trail=trail)


def decided(who: Colleague, form: Mapping[str, str]) -> Elsewhere:
    """Ask both makers, or suggest the two never again. Raises `UsageError` as these do."""
    first, second = (numbered(form.get(name, "")) for name in ("first", "second"))
    match form.get("act"):
        case "ask":
            introductions.propose(who.services, first, second, who.by, who.now)
            return done(who, "makers_asked", PATH)
        case "never":
            introductions.dismiss(who.services, first, second, who.by, who.now)
            return done(who, "never_again", PATH)
    raise Missing("there is no such decision; load the page anew")


def _pair(who: Colleague, match: Match) -> dict[str, object]:
    return {
        "first": _named(who, match.first),
        "second": _named(who, match.second),
        "numbers": (match.first, match.second),
        "reasons": [_reason(who, match, reason) for reason in match.reasons],
    }


def _asked(who: Colleague, each: Introduction) -> dict[str, object]:
    return {
        "two": [_named(who, side.pledge) for side in each.sides],
        "at": who.instant(each.at),
        "state": who.words["introductions"][each.became.word],
    }


def _named(who: Colleague, pledge_id: int) -> tuple[str, str]:
    """Return the name of a pledge with its maker's, and the path of its page."""
    pledge = who.services.store.pledges.get(pledge_id)
    name = f"{pledge.organisation} – {pledge.name}" if pledge else str(pledge_id)
    return name, who.path(PLEDGES, str(pledge_id))


def _reason(who: Colleague, match: Match, reason: Reason) -> str:
    services, said = who.services, who.words["matches"][reason.why.value]
    pledge = services.store.pledges.get(match.first)
    campaign = services.library.campaigns.get(pledge.campaign) if pledge else None
    about = [
        notes.named(services, campaign, reason.why, each, who.language) for each in reason.about
    ]
    return filled(said, about=said_row(about, who.language))
