"""What is decided in the outbox: asked once, with how many and about which, then done one by one.

A form carries of each delivery the state in which it was seen. What has another by then stays as it
is, and who decided is told so: of two who press, the second changes nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.errors import DrumbeatError, Overtaken, UsageError
from bot.gaps import filled
from bot.jobs.sending import decisions, lookup, retract
from bot.jobs.staff import posting
from bot.model import State
from bot.model.outbox import Entry, UncertainGroup
from bot.web.desk.colleague import Colleague
from bot.web.desk.refused import Why, why
from bot.web.desk.sending import outbox
from bot.web.desk.sending.acts import ACTS, GROUP, PEOPLE, POST
from bot.web.desk.site import field
from bot.web.public.reader import Answer, Shown

MOST = 50
"""Most posts of one decision: a page of the outbox."""

Became = tuple[str, str, Why | None]


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A post that was ticked."""

    entry: Entry
    #: the state in which it was seen, as a word
    seen: str

    @property
    def is_same(self) -> bool:
        """Return whether it stands as it was seen."""
        return self.entry.state.word == self.seen


async def decide(who: Colleague, form: Mapping[str, str]) -> Answer:
    """Ask whether what was chosen shall be done, or do it where that was answered."""
    act, sure = field(form, "do"), field(form, "sure") == "yes"
    if act in PEOPLE:
        groups = list(_groups(who, form))
        settling = _settled(who, act, groups, form) if sure else _sure_of_people(who, act, groups)
        return await settling
    chosen = list(_chosen(who, form)) if act in ACTS else []
    if not chosen:
        return await outbox.page(who, [("", who.words["outbox"]["nothing_chosen"], None)])
    if sure or act == "look":
        return await outbox.page(who, [await _done(who, act, each) for each in chosen])
    return _sure(who, act, chosen)


def _chosen(who: Colleague, form: Mapping[str, str]) -> Iterator[Chosen]:
    names = [name for name in form if POST.fullmatch(name)][:MOST]
    for name in names:
        entry = who.services.store.listing.entry(decisions.parse(name))
        if entry is not None:
            yield Chosen(entry=entry, seen=form[name])


def _named(who: Colleague, about: Entry | UncertainGroup) -> str:
    return f"{posting.title(who.services, about, who.language)} – {about.channel}"


def _sure(who: Colleague, act: str, chosen: list[Chosen]) -> Shown:
    """Ask once more, and say of how many; of what can't be done, why."""
    words, states = who.words["outbox"], who.words["states"]
    fit = [each for each in chosen if each.is_same and each.entry.state in ACTS[act]]
    values = {
        "act": act,
        "count": who.number(len(fit)),
        "fit": [
            (str(each.entry.key), each.seen, _named(who, each.entry), _warned(who, act, each.entry))
            for each in fit
        ],
        "unfit": [
            (_named(who, each.entry), filled(words["is"], state=states[each.entry.state.word]))
            for each in chosen
            if each not in fit
        ],
        "groups": [],
    }
    return _asked(who, act, values)


def _asked(who: Colleague, act: str, values: Mapping[str, object]) -> Shown:
    trail = ((who.words["menu"]["outbox"], who.path("outbox")),)
    title = who.words["outbox"]["titles"][act]
    return Shown(template="outbox_sure.html", title=title, values=values, trail=trail)


def _warned(who: Colleague, act: str, entry: Entry) -> str:
    """Return what is known beforehand that speaks against doing it, or limits it."""
    words = who.words["outbox"]
    if act == "retract":
        left = retract.remains(who.services, entry)
        of_network = words["networks"].get(entry.network, "")
        return str(words["remains"][left] if left else of_network)
    if act == "release" and entry.state is State.UNCERTAIN:
        return str(words["twice"])
    if act == "cancel" and entry.state is State.UNCERTAIN:
        return str(words["unknown"])
    return ""


async def _done(who: Colleague, act: str, chosen: Chosen) -> Became:
    """Decide about one post; return its title, what was done, and why not."""
    words, states = who.words["outbox"], who.words["states"]
    named, entry = _named(who, chosen.entry), chosen.entry
    if not chosen.is_same:
        return named, filled(words["changed"], state=states[entry.state.word]), None
    try:
        said = await _act(who, act, entry)
    except Overtaken:
        fresh = who.services.store.listing.entry(entry.key) or entry
        return named, filled(words["changed"], state=states[fresh.state.word]), None
    except DrumbeatError as error:
        if act == "retract" and (left := retract.remains(who.services, entry)):
            return named, f"{words['not_done']} {words['remains'][left]}", None
        return named, str(words["not_done"]), why(who, error)
    return named, said or str(words["done"][act]), None


async def _act(who: Colleague, act: str, entry: Entry) -> str:
    """Do it; return what is to be said of it where that isn't the same each time."""
    services, key, by, now = who.services, str(entry.key), who.by, who.now
    match act:
        case "look":
            state = await lookup.look(services, entry.key, now)
            return str(who.words["outbox"]["looked"][state.word])
        case "arrived":
            decisions.arrived(services, key, by, now)
        case "release":
            decisions.release(services, key, by, now)
        case "cancel":
            decisions.cancel(services, key, by, now)
        case _:
            outcome = await retract.retract(services, key, by, now)
            if not outcome.done:
                raise UsageError(outcome.message)
    return ""


# messages to people, all of a broadcast at once


def _groups(who: Colleague, form: Mapping[str, str]) -> Iterator[UncertainGroup]:
    for group in who.services.store.listing.uncertain_people():
        if f"{GROUP}{group.occurrence}-{group.channel_id}" in form:
            yield group


async def _sure_of_people(who: Colleague, act: str, groups: list[UncertainGroup]) -> Shown:
    words = who.words["outbox"]
    if not groups:
        return await outbox.page(who, [("", words["settled_before"], None)])
    values = {
        "act": act,
        "count": who.number(sum(group.count for group in groups)),
        "fit": [],
        "unfit": [],
        "groups": [
            (
                f"{GROUP}{group.occurrence}-{group.channel_id}",
                str(group.count),
                filled(words["group"], title=_named(who, group), count=who.number(group.count)),
            )
            for group in groups
        ],
    }
    return _asked(who, act, values)


async def _settled(
    who: Colleague, act: str, groups: list[UncertainGroup], form: Mapping[str, str]
) -> Shown:
    """Decide about all messages of each group; where more are uncertain than were seen, about
    none.
    """
    words, became = who.words["outbox"], []
    for group in groups:
        seen = form[f"{GROUP}{group.occurrence}-{group.channel_id}"]
        if seen != str(group.count):
            became.append((_named(who, group), words["count_changed"], None))
            continue
        send = act == "people_send"
        decisions.settle_many(
            who.services, group.occurrence, group.channel_id, who.by, who.now, send=send
        )
        became.append((_named(who, group), words["done"][act], None))
    return await outbox.page(who, became or [("", words["settled_before"], None)])
