"""Release: what would leave first, what is late and leaves all the same; then it goes on."""

from collections.abc import Mapping

from bot.gaps import filled
from bot.jobs.planning.watched import counted
from bot.jobs.sending import held, holds
from bot.jobs.staff import posting
from bot.model.outbox import Hold
from bot.model.staff.audit import Verb
from bot.times import epoch
from bot.web.desk.colleague import Colleague
from bot.web.desk.sending.holds import line, page
from bot.web.desk.site import done, field, numbered
from bot.web.public.reader import Answer, Shown

FIRST = 10
"""How much of what would leave first is shown."""


async def ask(who: Colleague) -> Answer:
    """Show what a release lets go, and ask for it."""
    hold = _find(who, who.query.get("hold", ""))
    return await (_page(who, hold) if hold is not None else _gone(who, who.query.get("hold", "")))


def _find(who: Colleague, number: str) -> Hold | None:
    hold = who.services.store.holds.find(numbered(number))
    return hold if hold is not None and not hold.lifting else None


async def _gone(who: Colleague, number: str) -> Shown:
    """Show what is held, and who let go what is not any more."""
    words = who.words["hold"]
    lifted = (
        deed for deed in who.services.store.audit.read(verb=Verb.LET_GO) if deed.object == number
    )
    deed = next(lifted, None)
    told = (
        filled(words["released_by"], name=who.name_of(deed.by), at=who.instant(deed.at))
        if deed is not None
        else words["not_held"]
    )
    return await page(who, told=told)


async def _page(who: Colleague, hold: Hold, *, told: str = "") -> Shown:
    words, services = who.words["hold"], who.services
    await counted(services, who.now)
    kept = held.kept_back(services, hold.scope, who.now)
    others = [
        line(who, each)
        for each in services.store.holds.all()
        if each.id != hold.id and not each.lifting
    ]
    values = {
        "hold": line(who, hold),
        "late": [
            {
                "name": f"{each.occurrence}-{each.channel_id}",
                "title": posting.title(services, each, who.language),
                "day": who.day(each.day),
                "channel": each.channel,
                "count": who.number(each.count),
            }
            for each in kept.late
        ],
        "first": [
            {
                "title": posting.title(services, each, who.language),
                "channel": each.channel,
                "at": who.instant(each.due),
                "count": "" if each.public else who.number(each.count),
            }
            for each in kept.first[:FIRST]
        ],
        "more": max(0, len(kept.first) - FIRST),
        "others": others,
        "became": told,
    }
    title = words["release_title"]
    trail = ((who.words["menu"]["hold"], who.path("hold")),)
    return Shown(template="release.html", title=title, values=values, trail=trail)


async def release(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Let a hold go on; of what is late, what was ticked leaves all the same."""
    await counted(who.services, who.now)
    number = field(form, "hold")
    hold = _find(who, number)
    if hold is None:
        return await _gone(who, number)
    late = who.services.store.counts.late(hold.scope, epoch(who.now))
    if any(f"seen-{each.occurrence}-{each.channel_id}" not in form for each in late):
        return await _page(who, hold, told=who.words["hold"]["later"])
    send = [
        (each.occurrence, each.channel_id)
        for each in late
        if form.get(f"late-{each.occurrence}-{each.channel_id}") == "send"
    ]
    released = holds.release(who.services, hold.scope, who.by, who.now, send=send, shown=hold.id)
    if not released.lifted:
        return await _gone(who, number)
    return done(who, "release_follows" if released.follows else "released", "hold")
