"""Whether a rehearsal with faults kept the promise: what its networks took, what its table says,
and what a rehearsal without faults sent, delivery by delivery.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.jobs.rehearsal.faults import Kind as Fault
from bot.jobs.rehearsal.storm import Storm, Stricken
from bot.jobs.services import Services
from bot.model import Kind, State
from bot.model.outbox import Entry
from bot.rules.alerts import AccountRests, ChannelPaused, DeliveriesUncertain

GOING = (State.PLANNED, State.QUEUED, State.SENDING, State.UNCERTAIN)
"""States in which nothing may be left when all is over."""

_HEALED = (AccountRests.kind, ChannelPaused.kind, DeliveriesUncertain.kind)
"""Alarms that are over when their cause is."""

About = tuple[object, ...]
"""What a delivery is about and for whom, the same in both rehearsals."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What both rehearsals came to."""

    #: deliveries by state, without faults and with them
    calm: Counter[State]
    stormy: Counter[State]
    #: messages that could not leave because of a fault that nobody can mend: who blocked us, whose
    #: mailbox failed for a day
    excused: int
    #: prompts that came a second time, since each is promised at least once
    repeated: int
    #: a sentence for each delivery or alarm that breaks the promise; none where it was kept
    broken: Sequence[str]


def judged(calm: Services, stormy: Services, storm: Storm) -> Verdict:
    """Compare two rehearsals that are over, delivery by delivery; `stormy` has `Stricken`
    networks.
    """
    before = {_about(entry): entry.state for entry in calm.store.listing.entries()}
    dead = {key for each in storm.met if each.fault.kind is Fault.DEAD for key in each.keys}
    broken: list[str] = []
    states: Counter[State] = Counter()
    excused = 0
    for entry in stormy.store.listing.entries():
        states[entry.state] += 1
        expected = before.pop(_about(entry), None)
        broken += _own(entry, stormy)
        if expected is State.SENT and entry.state not in (State.SENT, *GOING):
            if (entry.key.channel, entry.key.recipient) in storm.blocked or entry.key in dead:
                excused += 1
            else:
                broken.append(f"{_said(entry)} was lost: {entry.error or 'nothing says why'}")
    for about, state in before.items():
        if state is State.SENT and _blocked(about, stormy, storm):
            excused += 1
        elif state is State.SENT:
            broken.append(f"{' '.join(map(str, about))} was never planned")
    twice, repeated = _twice(stormy)
    broken += twice
    broken += [
        f"the alarm {alert.kind} of {alert.subject} is open still: {alert.text}"
        for alert in stormy.store.alerts.current()
        if alert.kind in _HEALED
    ]
    calm_states = Counter(entry.state for entry in calm.store.listing.entries())
    return Verdict(
        calm=calm_states, stormy=states, excused=excused, repeated=repeated, broken=broken
    )


def _blocked(about: About, stormy: Services, storm: Storm) -> bool:
    *_, channel, recipient = about
    return (stormy.channel_ids[str(channel)], recipient) in storm.blocked


def _about(entry: Entry) -> About:
    return (
        entry.campaign,
        entry.action,
        entry.slot,
        entry.audience.word,
        entry.channel,
        entry.key.recipient,
    )


def _said(entry: Entry) -> str:
    return f"{entry.key} ({entry.action} of {entry.day} on {entry.channel}, {entry.state.word})"


def _own(entry: Entry, services: Services) -> Iterator[str]:
    """Yield what is wrong with one delivery by itself."""
    network = services.networks[entry.channel]
    took = isinstance(network, Stricken) and network.took(entry.key)
    if entry.state in GOING:
        yield f"{_said(entry)} has not ended"
    if entry.state is State.SENT and not took:
        yield f"{_said(entry)} counts as sent, and the network never took it"
    if took and entry.state not in (State.SENT, *GOING):
        yield f"{_said(entry)} was taken by the network, and does not count as sent"


def _twice(services: Services) -> tuple[list[str], int]:
    """Return a sentence for each delivery that arrived twice, and the number of prompts among
    them, which may.
    """
    twice, repeated = [], 0
    for network in services.networks.values():
        for key in network.again if isinstance(network, Stricken) else ():
            entry = services.store.listing.entry(key)
            if entry is not None and _is_prompt(services, entry):
                repeated += 1
            else:
                twice.append(f"{_said(entry) if entry else key} arrived twice")
    return twice, repeated


def _is_prompt(services: Services, entry: Entry) -> bool:
    campaign = services.library.campaigns.get(entry.campaign)
    action = campaign.action(entry.subject.about) if campaign else None
    return bool(action and action.kind is Kind.PROMPT)
