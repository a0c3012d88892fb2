"""What people sent to calls, and how many answered the surveys of pledge-makers."""

from collections.abc import Mapping
from datetime import date

from bot.errors import Missing
from bot.gaps import filled
from bot.jobs.calls import opening, surveys
from bot.jobs.calls.surveys import Asked
from bot.jobs.texts.calls import is_open
from bot.languages import said_month
from bot.model import Campaign
from bot.model.calls.entry import Call, Entry
from bot.times import epoch
from bot.web.desk.colleague import Colleague
from bot.web.desk.site import done, field
from bot.web.public.reader import Elsewhere, Shown

PATH = "calls"

SENT = "sent"
"""The path of what somebody sent, below."""

MOST = 50
"""Entries of a campaign on the page, those that wait and the newest favourites."""


def calls(who: Colleague) -> Shown:
    """List what was sent and waits, the oldest first, the favourites, and the surveys."""
    return Shown(
        template="calls.html",
        title=who.words["menu"]["calls"],
        values={
            "calls": [
                _call(who, campaign, call)
                for campaign in who.services.active
                for call in campaign.calls
            ],
            "waits": [_entry(who, each) for each in _waiting(who)],
            "favourites": [_entry(who, each) for each in _favourites(who)],
            "surveys": [_line(who, each) for each in surveys.listed(who.services)],
        },
    )


def _call(who: Colleague, campaign: Campaign, call: Call) -> dict[str, object]:
    services, now, said = who.services, who.now, who.words["calls"]
    words = services.renderer.words(campaign, who.language).calls
    count = who.number(len(dict(opening.makers(services, campaign, call, now))))
    people = len(opening.unwritten(services, campaign, call, now))
    return {
        "key": f"{campaign.id}/{call.id}",
        "title": words[call.id].title if call.id in words else call.id,
        "when": when(who, call),
        "open": is_open(services, campaign, call, who.services.today(now)),
        "to": filled(said["to"], count=count) if call.to else "",
        "opens": opening.may_open(services, campaign, call, now),
        "do": filled(said["do_write"], count=who.number(people)) if people else said["do_open"],
        "campaign": campaign.id,
    }


def when(who: Colleague, call: Call) -> str:
    """Return the days on which a call is open by itself; '' for none."""
    if call.opens is not None and call.closes is not None:
        return who.days(call.opens, call.closes)
    if call.month is None:
        return ""
    return said_month(date(who.now.year, call.month, 1), who.language, year=False)


def decided(who: Colleague, form: Mapping[str, str]) -> Elsewhere:
    """Open or close a call. Raises `UsageError` where it is so already."""
    campaign_id, _, call_id = field(form, "call").partition("/")
    campaign, call = opening.called(who.services, campaign_id, call_id)
    match form.get("act"):
        case "open":
            people = opening.open_(who.services, campaign, call, who.by, who.now)
            return done(who, "call_written" if people else "call_opened", PATH)
        case "close":
            opening.close(who.services, campaign, call, who.by, who.now)
            return done(who, "call_closed", PATH)
    raise Missing("there is no such decision; load the page anew")


def _waiting(who: Colleague) -> list[Entry]:
    store = who.services.store.entries
    return [each for of in who.services.active for each in store.waiting(of.id, MOST)]


def _favourites(who: Colleague) -> list[Entry]:
    store, until = who.services.store.entries, epoch(who.now) + 1
    every = (store.favourites(of.id, 0, until, MOST) for of in who.services.active)
    return [each for of_one in every for each in of_one]


def titled(who: Colleague, entry: Entry) -> str:
    """Return the call of an entry by its name."""
    campaign = who.services.library.campaigns.get(entry.sent.campaign)
    words = who.services.renderer.words(campaign, who.language).calls if campaign else {}
    return words[entry.sent.call].title if entry.sent.call in words else entry.sent.call


def _entry(who: Colleague, each: Entry) -> dict[str, object]:
    return {
        "path": who.path(PATH, SENT, str(each.id)),
        "call": titled(who, each),
        "name": each.sent.name,
        "at": who.instant(each.at),
        "state": who.words["entries"][each.state.word],
    }


def _line(who: Colleague, each: Asked) -> dict[str, object]:
    return {
        "path": who.path(PATH, str(each.pledge.id), str(each.year)),
        "name": each.pledge.organisation or each.pledge.name,
        "year": str(each.year),
        "count": who.number(each.count),
    }
