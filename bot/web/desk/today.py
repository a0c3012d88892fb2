"""The desk's first page: what needs somebody, the posts that come next and those that went out, and
how the channels are.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.gaps import filled
from bot.jobs.counting import cost
from bot.jobs.operations import probe, status
from bot.jobs.operations.needs import Need
from bot.jobs.operations.status import ChannelState
from bot.jobs.sending import decisions, depths
from bot.jobs.staff import posting, sheet
from bot.languages import said_row
from bot.model import Audience
from bot.model.outbox import ActionDay, Entry, PostPage
from bot.model.outbox.depths import Depth
from bot.model.outbox.processes import Process
from bot.model.staff import StaffRole
from bot.times import epoch
from bot.web.desk.colleague import Colleague
from bot.web.desk.posts import queue
from bot.web.desk.refused import Why
from bot.web.desk.site import done, field
from bot.web.public.reader import Elsewhere, Shown

AHEAD = timedelta(days=7)
BACK = timedelta(days=2)
LEADS: Mapping[str, tuple[str, StaffRole]] = {
    "approval": ("queue", StaffRole.READER),
    "uncertain": ("outbox?state=uncertain", StaffRole.READER),
    "pledges": ("pledges", StaffRole.APPROVER),
    "country": ("countries", StaffRole.APPROVER),
    "country_review": ("countries", StaffRole.APPROVER),
    "review": ("amplify", StaffRole.APPROVER),
    "entries": ("calls", StaffRole.APPROVER),
    "questions": ("inbox", StaffRole.WRITER),
    "packs": ("by-hand", StaffRole.READER),
    "suggestions": ("suggestions", StaffRole.READER),
    "gone": ("events", StaffRole.READER),
    "letter": ("digest", StaffRole.READER),
    "asked": ("inbox", StaffRole.WRITER),
    "differs": ("queue", StaffRole.READER),
    "ceiling": ("queue", StaffRole.READER),
    "lapsed": ("outbox?state=skipped", StaffRole.READER),
    "missed": ("outbox?state=skipped", StaffRole.READER),
    "failed": ("outbox?state=failed", StaffRole.READER),
    "journey": ("pledges", StaffRole.APPROVER),
    "words": ("queue", StaffRole.READER),
    "wave": ("outbox/waves", StaffRole.READER),
    "broadcast": ("outbox/waves", StaffRole.READER),
    "amplification": ("amplify", StaffRole.APPROVER),
    "retract": ("amplify", StaffRole.APPROVER),
    "surge": ("results", StaffRole.READER),
    "blind": ("results", StaffRole.READER),
    "digest": ("results", StaffRole.READER),
}
"""The page on which a kind of need is seen to, and the role that it needs; all others are the
operator's, or are seen to on this page.
"""

COUNTED = 10_000
"""Most messages of a channel that are counted: the page waits for it."""

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
        for entry in store.posts.between(epoch(who.now), until)
        if entry.state.word not in ("sent", "cancelled")
    ]
    left = store.numbers.posts_left(epoch(who.now - BACK))[::-1]
    values = {
        "needs": _needs(who),
        "channels": _channels(who),
        "coming": [_line(who, entry) for entry in coming[:MOST]],
        "more": max(0, len(coming) - MOST),
        "left": _gone(who, left[:MOST]),
        "more_left": max(0, len(left) - MOST),
        "processes": [_process(who, each) for each in store.processes.all()],
        "jobs": store.queued.jobs(),
    }
    return Shown(template="today.html", title=who.words["menu"]["today"], values=values)


def _gone(who: Colleague, left: Sequence[PostPage]) -> list[dict[str, object]]:
    entries = who.services.store.listing.several([page.key for page in left])
    return [_line(who, entry) for entry in entries]


def _needs(who: Colleague) -> list[dict[str, object]]:
    """Return a line for each kind of need: its name, with how many there are and the page on which
    they are seen to, or for want of one with each of them.
    """
    names, kinds = who.words["needs"], dict[str, list[Need]]()
    for need in sheet.needs(who.services, who.now):
        kinds.setdefault(need.kind, []).append(need)
    for kind in ("approval", "words"):
        kinds.pop(kind, None)
    return _approvals(who) + [
        {"text": who.pair(names[kind], who.number(sum(need.count for need in needs)))}
        | {"path": _leads(who, kind), "details": []}
        if kind in LEADS
        else {"text": names.get(kind, names["other"]), "path": ""}
        | {"details": [each for need in needs for each in _details(who, need)]}
        for kind, needs in kinds.items()
    ]


def _details(who: Colleague, need: Need) -> list[Why]:
    """Return what there is to say of a need, in the reader's words where the desk has some for its
    kind; whoever may mend it has it in English too, as commands say it.
    """
    words, plain = who.words["needs_each"].get(need.kind), Why(text=need.text, said=False)
    if words is None:
        return [plain]
    first = who.instant(need.first) if need.first is not None else ""
    told = Why(text=filled(words, subject=_about(who, need), first=first), said=True)
    return [told, plain] if who.may(StaffRole.ADMIN) else [told]


def _about(who: Colleague, need: Need) -> str:
    """Return the title of the action that a need is about, else the name of what it is about."""
    campaign, slash, action = need.subject.partition("/")
    if not slash:
        return need.subject
    about = ActionDay(
        campaign=campaign, action=action, audience=Audience.INDIVIDUAL, day=who.now.date()
    )
    return posting.title(who.services, about, who.language)


def _approvals(who: Colleague) -> list[dict[str, object]]:
    """Return the lines for all that waits for approval: here also what falls due later than
    commands call for it, since below it stands what comes in a week.
    """
    names, waiting = who.words["needs"], {"approval": queue.count, "words": queue.count_words}
    return [
        {"text": who.pair(names[kind], who.number(n)), "path": _leads(who, kind), "details": []}
        for kind, count in waiting.items()
        if (n := count(who))
    ]


def _leads(who: Colleague, kind: str) -> str:
    """Return the path of the page on which they see to a kind of need, '' where they can't."""
    page, role = LEADS.get(kind, ("", StaffRole.READER))
    path, _, query = page.partition("?")
    if not page or not who.may(role):
        return ""
    return f"{who.path(path)}?{query}" if query else who.path(path)


def _channels(who: Colleague) -> list[dict[str, object]]:
    services = who.services
    settings, store = services.settings, services.store
    waits = depths.due(store, settings.channels, who.now, COUNTED)
    return [
        _channel(who, state, waits[settings.channels[state.name].account])
        for state in status.channels(settings, store, services.dry, who.now)
    ]


def resumed(who: Colleague, form: Mapping[str, str]) -> Elsewhere:
    """Let a channel go on that is paused or rests. Raises `UsageError` for one that isn't there."""
    services, name = who.services, field(form, "channel")
    went = decisions.resume(services.settings, services.store, name, who.by, who.now)
    return done(who, "resumed" if went else "went_already")


def _channel(who: Colleague, state: ChannelState, depth: Depth) -> dict[str, object]:
    services, words = who.services, who.words["today"]
    channel, network = services.settings.channels[state.name], services.networks.get(state.name)
    most, spent = cost.ceiling(services, channel), cost.spent(services, channel, who.now)
    said = words["spent_of"] if most is not None else words["spent"]
    heard = probe.health(services.store, channel.account) if state.state != "dry" else ""
    return {
        "name": state.name,
        "network": who.network(state.network),
        "state": who.words["channel_states"][state.state],
        "stands": state.state in ("paused", "resting"),
        "reason": state.reason,
        "sending": _sending(who, channel.account),
        "waits": _waits(who, depth),
        "since": who.instant(state.since) if state.since else "",
        "pace": who.number(channel.per_second or network.limits.per_second) if network else "",
        "cost": said.format(
            spent=who.number(round(float(spent), 2)), most=who.number(float(most or 0))
        ),
        "token": words["token_ok"] if heard == "ok" else heard,
    }


def _sending(who: Colleague, account: str) -> str:
    """Return which processes send for the account now, '' where none does."""
    leases = who.services.store.leases.standing()
    by = [lease.holder for lease in leases if lease.account == account]
    return filled(who.words["today"]["sending"], by=_row(who, by)) if by else ""


def _row(who: Colleague, names: Sequence[str]) -> str:
    return said_row(sorted(set(names)), who.language)


def _waits(who: Colleague, depth: Depth) -> str:
    """Return how much the account has to send now, and since when; '' where it is nothing."""
    words, more = who.words["today"], "+" if depth.due >= COUNTED else ""
    count = f"{who.number(depth.due)}{more}"
    if not depth.due:
        return ""
    if depth.since is None:
        return str(words["due"].format(count=count))
    return str(words["due_since"].format(count=count, since=who.instant(depth.since)))


def _process(who: Colleague, process: Process) -> dict[str, str]:
    return {
        "part": f"drumbeat {process.part}",
        "name": process.name,
        "seen": who.instant(process.beat),
    }


def _line(who: Colleague, entry: Entry) -> dict[str, object]:
    return {
        "title": posting.title(who.services, entry, who.language),
        "path": who.path("posts", str(entry.key)),
        "channel": entry.channel,
        "at": who.instant(entry.hour),
        "state": who.words["states"][entry.state.word],
        "url": entry.url or "",
        "receipt": entry.receipt or "",
    }
