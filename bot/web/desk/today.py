"""The desk's first page: what needs somebody, the posts that come next and those that went out, and
how the channels are.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.jobs.counting import cost
from bot.jobs.operations import probe, status
from bot.jobs.operations.status import ChannelState
from bot.jobs.sending import decisions
from bot.jobs.staff import posting, sheet
from bot.model.outbox import Entry
from bot.model.staff import StaffRole
from bot.times import epoch
from bot.web.desk.colleague import Colleague
from bot.web.desk.site import done, field
from bot.web.public.reader import Elsewhere, Shown

AHEAD = timedelta(days=7)
BACK = timedelta(days=2)
LEADS: Mapping[str, tuple[str, StaffRole]] = {
    "approval": ("queue", StaffRole.READER),
    "uncertain": ("outbox?state=uncertain", StaffRole.READER),
    "pledges": ("pledges", StaffRole.APPROVER),
    "review": ("amplify", StaffRole.APPROVER),
    "questions": ("inbox", StaffRole.WRITER),
    "packs": ("by-hand", StaffRole.READER),
    "suggestions": ("suggestions", StaffRole.READER),
}
"""The page on which a kind of need is seen to, and the role that it needs."""

MOST = 30
"""Most posts of a list; the outbox has all."""


def today(who: Colleague) -> Shown:
    """Show what needs somebody, the posts of the next week, what left in the last two days, and the
    channels.
    """
    store = who.services.store
    until = epoch(who.now + AHEAD)
    coming = [
        entry
        for entry in store.listing.posts_between(epoch(who.now), until)
        if entry.state.word not in ("sent", "cancelled")
    ]
    left = [
        entry
        for page in store.numbers.posts_left(epoch(who.now - BACK))
        if (entry := store.listing.entry(page.key)) is not None
    ]
    values = {
        "needs": _needs(who),
        "channels": [_channel(who, channel) for channel in _channels(who)],
        "coming": [_line(who, entry) for entry in coming[:MOST]],
        "more": max(0, len(coming) - MOST),
        "left": [_line(who, entry) for entry in left[:MOST]],
    }
    return Shown(template="today.html", title=who.words["menu"]["today"], values=values)


def _needs(who: Colleague) -> list[dict[str, str]]:
    """Return a line for each kind of need: its name with how many there are, and the page on which
    it is seen to. What has no name here is said in English, as commands say it.
    """
    names, lines = who.words["needs"], list[dict[str, str]]()
    needs = sheet.needs(who.services, who.now)
    for kind in dict.fromkeys(need.kind for need in needs):
        of_kind = [need for need in needs if need.kind == kind]
        if kind in names:
            count = who.number(sum(need.count for need in of_kind))
            text = f"{names[kind]}: {count}"
            lines.append({"text": text, "path": _leads(who, kind), "language": ""})
        else:
            lines += [{"text": need.text, "path": "", "language": "en"} for need in of_kind]
    return lines


def _leads(who: Colleague, kind: str) -> str:
    """Return the path of the page on which they see to a kind of need, '' where they can't."""
    page, role = LEADS.get(kind, ("", StaffRole.READER))
    path, _, query = page.partition("?")
    if not page or not who.may(role):
        return ""
    return f"{who.path(path)}?{query}" if query else who.path(path)


def _channels(who: Colleague) -> Sequence[ChannelState]:
    services = who.services
    return status.channels(services.settings, services.store, services.dry, who.now)


def resumed(who: Colleague, form: Mapping[str, str]) -> Elsewhere:
    """Let a channel go on that is paused or rests. Raises `UsageError` for one that isn't there."""
    services, name = who.services, field(form, "channel")
    went = decisions.resume(services.settings, services.store, name, who.by, who.now)
    return done(who, "resumed" if went else "went_already")


def _channel(who: Colleague, state: ChannelState) -> dict[str, object]:
    services, words = who.services, who.words["today"]
    channel, network = services.settings.channels[state.name], services.networks.get(state.name)
    most, spent = cost.ceiling(services, channel), cost.spent(services, channel, who.now)
    said = words["spent_of"] if most is not None else words["spent"]
    heard = probe.health(services.store, channel.account) if state.state != "dry" else ""
    return {
        "name": state.name,
        "network": state.network,
        "state": who.words["channel_states"][state.state],
        "stands": state.state in ("paused", "resting"),
        "reason": state.reason,
        "since": who.instant(state.since) if state.since else "",
        "pace": who.number(channel.per_second or network.limits.per_second) if network else "",
        "cost": said.format(
            spent=who.number(round(float(spent), 2)), most=who.number(float(most or 0))
        ),
        "token": words["token_ok"] if heard == "ok" else heard,
    }


def _line(who: Colleague, entry: Entry) -> dict[str, object]:
    return {
        "title": posting.title(who.services, entry, who.language),
        "path": who.path("posts", str(entry.key)),
        "channel": entry.channel,
        "at": who.instant(entry.hour),
        "state": who.words["states"][entry.state.word],
        "url": entry.url or "",
    }
