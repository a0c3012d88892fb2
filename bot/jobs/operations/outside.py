"""Pages of others to which a campaign's data lead: its link slots, the websites of its partners,
the pages of those who decide, and the sources of facts, events and countries; and at which of them
no person has looked for a year.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby
from typing import Protocol
from urllib.parse import urlsplit

from bot.jobs.texts.links import Answer, Visit
from bot.model import Campaign
from bot.text import counted

SEEN_FOR = timedelta(days=365)
"""How long a person's look at a page is enough."""


@dataclass(frozen=True, kw_only=True)
class Outside:
    """A page of somebody else's, and where the data name it."""

    campaign: str
    #: as problems name it
    file: str
    #: dotted, as problems name it
    key: str
    #: the table of the file that has it
    table: str
    #: '' for a link slot that nobody has filled
    url: str
    #: the day a person last saw the page answer; None where nobody has
    checked: date | None
    #: the day on which somebody read what the page says, there or in a copy
    read: date | None = None
    #: the key of the table that takes the day of the next look
    dated: str = "checked"
    #: whether it is where something was read that stays as it was then
    source: bool = False

    @property
    def seen(self) -> date | None:
        """Return the day of the last look that its table takes; None where nobody has looked."""
        return self.checked if self.dated == "checked" else self.read


def outside(campaign: Campaign) -> Iterator[Outside]:
    """Yield the pages of others in the order of the files; an address as often as it stands there.

    Link slots that lead to our own pages are left out, and addresses that the source broke.
    """
    yield from _links(campaign)
    yield from _sources(campaign)
    yield from _partners(campaign)
    yield from _events(campaign)
    yield from _countries(campaign)
    yield from _deciders(campaign)


def unseen(campaign: Campaign, today: date) -> list[Outside]:
    """Return the pages at which no person has looked in the last year, as their tables say; that a
    machine was answered doesn't tell whether it is the page.

    Sources are not among them: each says on which day it was read, and what it said then stays so.
    Who decides is, since an office has somebody else in it some day.
    """
    return [
        page for page in outside(campaign) if page.url and not page.source and is_old(page, today)
    ]


def is_old(page: Outside, today: date) -> bool:
    """Return whether nobody has looked at the page within a year."""
    return page.seen is None or today - page.seen > SEEN_FOR


def _links(campaign: Campaign) -> Iterator[Outside]:
    for link in campaign.links.values():
        if not link.own:
            yield Outside(
                campaign=campaign.id,
                file=f"campaigns/{campaign.id}/campaign.toml",
                key=f"links.{link.name}.url",
                table=f"[links.{link.name}]",
                url=link.url,
                checked=link.checked,
                read=link.read,
            )


def _sources(campaign: Campaign) -> Iterator[Outside]:
    for fact in campaign.facts.values():
        if fact.url:
            key, table = f"facts.{fact.name}.url", f"[facts.{fact.name}]"
            yield _source(campaign, "campaign.toml", key, table, fact)


class _Source(Protocol):
    """Something that says where it was read, and when."""

    @property
    def url(self) -> str:
        """Return the address of the page."""

    @property
    def read(self) -> date | None:
        """Return the day on which somebody read it."""


def _source(campaign: Campaign, file: str, key: str, table: str, of: _Source) -> Outside:
    return Outside(
        campaign=campaign.id,
        file=f"campaigns/{campaign.id}/{file}",
        key=key,
        table=table,
        url=of.url,
        checked=None,
        read=of.read,
        dated="read",
        source=True,
    )


def _events(campaign: Campaign) -> Iterator[Outside]:
    for event in campaign.events:
        if event.url:
            key, table = f"event[{event.id}].url", f'[[event]] id = "{event.id}"'
            yield _source(campaign, "events.toml", key, table, event)
    for step in campaign.roadmap:
        if step.came is not None and step.came.url:
            key, table = f"roadmap[{step.id}].came.url", f'[roadmap.came] of id = "{step.id}"'
            yield _source(campaign, "events.toml", key, table, step.came)


def _countries(campaign: Campaign) -> Iterator[Outside]:
    for note in campaign.pathfinders.later if campaign.pathfinders else ():
        if note.url:
            key, table = f"later[{note.id}].url", f'[[later]] id = "{note.id}"'
            yield _source(campaign, "pathfinders.toml", key, table, note)


def _deciders(campaign: Campaign) -> Iterator[Outside]:
    for each in campaign.deciders.values():
        yield Outside(
            campaign=campaign.id,
            file=f"campaigns/{campaign.id}/deciders.toml",
            key=f"decider.{each.id}.page",
            table=f"[decider.{each.id}]",
            url=each.page,
            checked=None,
            read=each.read,
            dated="read",
        )


def _partners(campaign: Campaign) -> Iterator[Outside]:
    for partner in campaign.partners.members if campaign.partners else ():
        if partner.address:
            yield Outside(
                campaign=campaign.id,
                file=f"campaigns/{campaign.id}/partners.toml",
                key=f"partner[{partner.name}].website",
                table=f'[[partner]] name = "{partner.name}"',
                url=partner.address,
                checked=partner.checked,
            )


def to_see(campaign: Campaign, today: date) -> Iterator[str]:
    """Yield a sentence for each file that leads to pages at which somebody should look, with how
    they say that they have; nothing where there is none.
    """
    of_file: dict[str, list[Outside]] = {}
    for page in unseen(campaign, today):
        of_file.setdefault(page.file, []).append(page)
    for file, pages in of_file.items():
        yield (
            f"{file}: nobody has looked within a year at {counted(len(pages), 'page', 'pages')} of"
            f" others{_named(pages)}: open each, and write the day into its table as"
            f" `{pages[0].dated}`; `drumbeat links --campaign {campaign.id}` says which of them"
            " answer, with the lines to write"
        )


def _named(pages: list[Outside]) -> str:
    """Return the names of link slots, which are few and known to who edits texts."""
    names = [page.key.split(".")[1] for page in pages if page.key.startswith("links.")]
    copied = [page.key.split(".")[1] for page in pages if page.read]
    copies = f"; of {', '.join(copied)} a stored copy was read" if copied else ""
    return f" (links: {', '.join(names)}{copies})" if names else ""


@dataclass(frozen=True, kw_only=True)
class Visited:
    """A page of others, and what it answered."""

    page: Outside
    answer: Answer


_EMPTY = Answer(
    wrong="the slot is empty: its texts go out without a link, or wait where they have no wording"
    " without one; fill it in"
)


def run(pages: Iterable[Outside], done: Callable[[int], None], visit: Visit) -> list[Visited]:
    """Ask these pages, one after the other, each address once; `done(1)` is called after each.

    A page that leads to another site is told as wrong: whose it is, a person has to see.
    """
    answers: dict[str, Answer] = {"": _EMPTY}
    visited = []
    for page in pages:
        if page.url not in answers:
            answers[page.url] = _on_its_site(page.url, visit(page.url))
        visited.append(Visited(page=page, answer=answers[page.url]))
        done(1)
    return visited


def _on_its_site(url: str, answer: Answer) -> Answer:
    if answer.wrong or _site(answer.ends) == _site(url):
        return answer
    wrong = (
        f"{url} leads to another site, {answer.ends}: open it, and where it is the right page write"
        " that address"
    )
    return replace(answer, wrong=wrong)


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def lines_to_write(visited: Iterable[Visited], today: date) -> Iterator[str]:
    """Yield, by file, the pages that answered and that no person has seen for a year, with what who
    has looked at them writes into it.
    """
    wanted = [each.page for each in visited if not each.answer.wrong and is_old(each.page, today)]
    for file, pages in groupby(wanted, key=lambda page: page.file):
        yield (
            f"{file}: these pages answer. Open each, and where it is the right one write below its"
            " address that you have seen it:"
        )
        for page in pages:
            yield f"  {page.table} {page.url}"
            yield f"  {page.dated} = {today.isoformat()}"
