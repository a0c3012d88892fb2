"""The log of who did what, as people read it: whoever acts under several names is one person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.errors import UsageError
from bot.jobs.services import Services
from bot.model.staff import Actor, Team
from bot.model.staff.audit import OF_LOOKS, OF_NAMES, Deed, Verb
from bot.names import suggest
from bot.times import from_epoch

AT_ONCE = 1_000
"""Lines that are read at once where all are wanted."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line of the log, as people and programs see it; its fields are the contract."""

    id: int
    at: datetime
    #: the name of a member of staff; of all others as whom they acted
    who: str
    verb: str
    #: numbers with '-' between, or the member of staff whom it is about; '' for nothing
    about: str
    #: of what was looked at; '' where nothing was
    digest: str
    #: why somebody wanted to see who subscribers are, in their words; '' for all else
    why: str


def lines(
    services: Services,
    *,
    who: str | None = None,
    verb: str = "",
    since: int = 0,
    before: int | None = None,
    at_once: int = AT_ONCE,
) -> Iterator[Line]:
    """Yield the lines of the log since an epoch second, newest first: of one person, by whatever
    name they are called, of verbs that begin so, and older than the line `before`. So many are read
    at once.

    Raises `UsageError` for a person or a verb that the log can't have.
    """
    if not any(known.startswith(verb) for known in Verb):
        raise UsageError(f"no verb of the log begins with '{verb}'; {_begins()}")
    audit, team = services.store.audit, services.team
    by = None if who is None else _actors(services, who)
    while deeds := audit.read(before=before, since=since, verb=verb, by=by, most=at_once):
        yield from (_line(services, team, deed) for deed in deeds)
        before = deeds[-1].id


def _begins() -> str:
    words = dict.fromkeys(verb.partition(".")[0] for verb in Verb)
    return f"they begin with {', '.join(f'{word}.' for word in words)}"


def _line(services: Services, team: Team, deed: Deed) -> Line:
    member = team.member(deed.by)
    return Line(
        id=deed.id,
        at=from_epoch(deed.at),
        who=member.name if member is not None else str(deed.by),
        verb=deed.verb,
        about=_about(services, deed),
        digest=deed.digest,
        why=services.store.audit.why(deed.id) if deed.verb in OF_LOOKS else "",
    )


def _about(services: Services, deed: Deed) -> str:
    if deed.verb not in OF_NAMES:
        return deed.object
    whom = services.store.audit.named(int(deed.object))
    return deed.object if whom is None else whom.named or str(whom)


def _actors(services: Services, who: str) -> tuple[Actor, ...]:
    """Return as whom somebody may have acted whom people call so."""
    team = services.team
    said = (Actor(who), Actor.staff(who), Actor.reviewer(who), Actor.member(who))
    members = (team.called(who), *map(team.member, said))
    member = next((each for each in members if each is not None), None)
    if member is not None:
        return member.actors
    if not services.store.audit.knows(said):
        names = [each.name for each in team.members]
        raise UsageError(f"nobody of this name is in the log: '{who}'{suggest(who, names)}")
    return said
