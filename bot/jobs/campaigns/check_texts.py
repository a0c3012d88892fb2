"""The check of one campaign's templates: whether all blocks are there, render, fit each network,
and hold what they must.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache, partial
from itertools import product
from time import thread_time
from typing import TYPE_CHECKING

from bot import text as counts
from bot.errors import RenderError
from bot.files import limits
from bot.jobs.campaigns.limits import Taken
from bot.model import Action, Audience, Campaign, Kind, Limits, Problem, Rendered, Role
from bot.names import suggest
from bot.render import Renderer
from bot.render.outline import Outline
from bot.render.unlinked import UNLINKED, WITHOUT_LINK, empty_slots
from bot.rules import dates
from bot.rules.sharing import letter

if TYPE_CHECKING:
    from bot.networks.base import Network

TITLE_MOST = 70
"""The longest title or subject of a letter, in characters: what a calendar shows in one line."""

ALT_MOST = 300
"""The longest alt text, in characters: what somebody listens to without being tired."""

_KEPT = 2_000
"""Texts of which is kept what was seen: most networks get the same one, and a process that runs
checks again at each reload.
"""

_UNASKED = (
    " (its server may take more: `drumbeat doctor` asks it, and `check` knows it once there is a"
    " database)"
)

_DASHED = "; a line of dashes begins no post of a thread here: write {{ next_post }} instead"

_OF_DAY = frozenset({"day", "year", "fact"})
"""Variables and functions by which a text may differ from day to day."""

_MARKS = re.compile("[\u2066-\u2069]")
_DAYS = 12
_THIRD = 3
_YEAR = timedelta(days=366)
_SLOW = (
    "the texts of this campaign take more than {} seconds of work, so from here on they were not"
    " looked at; make them simpler"
)

Report = Callable[[str, str], None]


class Texts:
    """Looks at one action in one language at a time, and collects what it sees in `problems`."""

    def __init__(
        self,
        campaign: Campaign,
        renderer: Renderer,
        networks: "Mapping[str, type[Network]]",
        today: date,
        fits: Taken,
    ) -> None:
        self.campaign = campaign
        self.renderer = renderer
        self.networks = networks
        self.today = today
        self.fits = fits
        self.problems: list[Problem] = []
        self._end = thread_time() + limits.MOST_CHECKED
        self._told = False

    def action(self, action: Action, language: str) -> None:
        """Look at all texts of the action in this language.

        Raises `RenderError` for a template that can't be compiled.
        """
        file = f"content/{language}/{self.campaign.id}/{action.id}.j2"

        def report(key: str, message: str) -> None:
            self.problems.append(Problem(file=file, key=key, message=message))

        held = self.renderer.outline(self.campaign, action.id, language=language)
        blocks = self.renderer.blocks(self.campaign, action.id, language=language, fallback=False)
        for name, message in held.faults:
            report(name, message)
        if not blocks:
            needed = ", ".join(required(self.campaign, action, language))
            return report("", f"is missing or has no blocks; write it with the blocks {needed}")
        for name in required(self.campaign, action, language):
            if name not in blocks:
                report(name, f"is missing; write {{% block {name} %}}…{{% endblock %}}")
        if (Role.LETTER.value in blocks) != (Role.SUBJECT.value in blocks):
            report(Role.LETTER.value, "a letter has a subject: write both blocks, or neither")
        self._names(action, blocks, report)
        self._slots(action, language, report)
        without = any(WITHOUT_LINK in name for name in blocks)
        for unlinked in (False, True) if without else (False,):
            texts = _Rendered(self.renderer, self.campaign, action, language, held, unlinked)
            self._texts(action, texts, file)
        return None

    def _texts(self, action: Action, texts: "_Rendered", file: str) -> None:
        """Look at what everybody gets of the action, with its links or without."""
        days = self._days(action) if texts.asked & _OF_DAY else self._days(action)[:1]
        audiences = action.audiences if "audience" in texts.asked else action.audiences[:1]
        for role in Role:
            for reader in product(self._reached(role), days, audiences):
                self._role(action, role, texts, reader, file)

    def _names(self, action: Action, blocks: Sequence[str], report: Report) -> None:
        """Report blocks that no role would ever find, and second wordings where there may be one
        only.
        """
        stems = {role.value for role in Role} | {
            f"{role.value}_{network}" for role in Role for network in self.networks
        }
        stems |= {
            f"{role.value}{network}{WITHOUT_LINK}"
            for role in UNLINKED
            for network in ("", *(f"_{each}" for each in self.networks))
        }
        for name in blocks:
            stem, number = _split(name)
            if stem not in stems:
                report(name, f"no text is called so{suggest(stem, stems)}")
            elif stem.endswith(WITHOUT_LINK) and not action.links:
                report(name, "the action declares no links, so it never goes out; take it out")
            elif (
                number > 1
                and action.prescribed is not None
                and stem.partition("_")[0] in {"post", "share"}
            ):
                report(name, "prescribed words have one wording only; take this block out")
            elif (
                number == 1
                or (number >= _THIRD and f"{stem}_{number - 1}" not in blocks)
                or (number and stem not in blocks)
            ):
                report(
                    name,
                    f"wordings are numbered {stem}, {stem}_2, {stem}_3 … without a gap; rename it",
                )

    def _slots(self, action: Action, language: str, report: Report) -> None:
        for slot in sorted(
            self.renderer.slots(self.campaign, action.id, language=language) - set(action.links)
        ):
            if slot in self.campaign.links:
                report(
                    "",
                    f"uses link({slot!r}), but the action doesn't declare it; add {slot!r} to links"
                    f" of {action.id!r}",
                )

    def _reached(self, role: Role) -> list[str]:
        """Return the networks on which a text of this role is seen; one is enough where none is
        special.
        """
        if role in (Role.POST, Role.SHARE):
            return list(self.networks)
        if role in (Role.NUDGE, Role.WITHOUT_PLEDGE):
            return [name for name, network in self.networks.items() if network.NUDGES] or list(
                self.networks
            )[:1]
        return list(self.networks)[:1]

    def _days(self, action: Action) -> list[date]:
        start = self.campaign.start or min(self.today, self.campaign.end or self.today)
        end = self.campaign.end or start + _YEAR
        return (dates.days(action.when, start, end)[:_DAYS] if action.when is not None else []) or [
            start
        ]

    def _role(
        self, action: Action, role: Role, texts: "_Rendered", reader: "_Reader", file: str
    ) -> None:
        """Look at all wordings of a role, as this reader gets them."""
        network, seen = reader[0], dict[str, str]()
        for wording, name in enumerate(texts.names(role, network)):
            if self._is_over(file):
                return
            try:
                rendered = texts.text(role, name, wording, reader)
                messages = [
                    *self._wrong(rendered, role, action, network),
                    *_repeated(rendered.whole, name, seen),
                ]
                if role is Role.NUDGE and action.safeguarding:
                    messages += _unsafe(rendered.whole, partial(texts.first, reader=reader))
            except RenderError as error:
                self.problems.append(from_error(error, file))
                continue
            self.problems += [Problem(file=file, key=name, message=message) for message in messages]

    def _is_over(self, file: str) -> bool:
        """Return whether the time for this campaign's texts is over; the first time it is
        reported.
        """
        if thread_time() <= self._end:
            return False
        if not self._told:
            self._told = True
            message = _SLOW.format(limits.MOST_CHECKED)
            self.problems.append(Problem(file=file, key="", message=message))
        return True

    def _wrong(self, rendered: Rendered, role: Role, action: Action, network: str) -> Iterator[str]:
        """Yield what is wrong with a text by itself, on this network."""
        yield from self._length(rendered, role, action, network)
        yield from _content(rendered.whole, role, action)

    def _length(
        self, rendered: Rendered, role: Role, action: Action, network: str
    ) -> Iterator[str]:
        body = rendered.text
        if role in (Role.TITLE, Role.SUBJECT) and len(body) > TITLE_MOST:
            yield (
                f"has {len(body)} characters, but {TITLE_MOST} is the most: shorten it by"
                f" {len(body) - TITLE_MOST}"
            )
        if role is Role.ALT:
            most = min(
                [
                    ALT_MOST,
                    *(
                        limits.alt
                        for network in self.networks
                        if (limits := self._limits(network, Role.POST)).alt is not None
                    ),
                ]
            )
            if len(body) > most:
                yield (
                    f"has {len(body)} characters, but {most} is the most: shorten it by"
                    f" {len(body) - most}"
                )
        to_one = role in (Role.NUDGE, Role.WITHOUT_PLEDGE)
        # a letter is measured whole, by `bot.jobs.texts.samples.problems`
        if role in (Role.POST, Role.SHARE) or (to_one and not self.networks[network].LETTERS):
            limits = self._limits(network, role)
            unasked = role is Role.POST and network in self.fits.unasked
            picture = role is Role.POST and action.picture is not None
            for number, part in enumerate(rendered.parts, start=1):
                which = f"post {number} of the thread" if rendered.thread else "it"
                dashed = role is Role.POST and len(counts.parts(part)) > 1
                more = f"{_UNASKED if unasked else ''}{_DASHED if dashed else ''}"
                yield from (
                    f"on {network} {which} {problem}{more}"
                    for problem in _too_long(part, limits, picture and number == 1)
                )

    def _limits(self, network: str, role: Role) -> Limits:
        return self.fits.of(network, role, self.networks[network].LIMITS)


_Reader = tuple[str, date, Audience]
"""A network, a day and an audience: on what a text may depend, beside its language."""


class _Rendered:
    """The texts of one action in one language, each rendered once for all who read the same."""

    def __init__(
        self,
        renderer: Renderer,
        campaign: Campaign,
        action: Action,
        language: str,
        held: Outline,
        unlinked: bool,
    ) -> None:
        self._of = (campaign, action)
        self._renderer = renderer
        self._language = language
        #: whether these are the wordings without a link, where there are some
        self._unlinked = unlinked
        #: variables for which any of the blocks asks
        self.asked = frozenset[str]().union(*(block.variables for block in held.blocks.values()))
        self._kept: dict[tuple[Role, str, str, date, Audience], Rendered] = {}

    def names(self, role: Role, network: str) -> tuple[str, ...]:
        """Return the blocks of a role on a network, one for each wording."""
        return self._renderer.names(
            *self._of,
            role,
            language=self._language,
            network=network,
            unlinked=self._unlinked,
        )

    def first(self, role: Role, reader: _Reader) -> str:
        """Return the first wording that this reader gets; raises `RenderError`."""
        name = next(iter(self.names(role, reader[0])), "")
        return self.text(role, name, 0, reader).whole

    def text(self, role: Role, name: str, wording: int, reader: _Reader) -> Rendered:
        """Return what this reader gets of a wording, `name` its block; raises `RenderError`."""
        network, day, audience = reader
        key = (role, name, network if "network" in self.asked else "", day, audience)
        if key not in self._kept:
            self._kept[key] = self._renderer.text(
                *self._of,
                role,
                language=self._language,
                network=network,
                audience=audience,
                day=day,
                wording=wording,
                unlinked=self._unlinked,
            )
        return self._kept[key]


@lru_cache(maxsize=_KEPT)
def _too_long(body: str, limits: Limits, picture: bool) -> tuple[str, ...]:
    return counts.problems_of_length(body, limits, picture=picture)


@lru_cache(maxsize=_KEPT)
def _hashtags(body: str) -> frozenset[str]:
    """Return the hashtags of a text in the form in which they are compared."""
    return frozenset(map(counts.normal, counts.hashtags(body)))


def required(campaign: Campaign, action: Action, language: str) -> list[str]:
    """Return the names of the blocks that the action's template must have in this language."""
    prescribed = action.prescribed is not None
    needed = {
        "title": True,
        "nudge": action.nudge,
        "without_pledge": action.requires == "pledge",
        "advice": action.safeguarding,
        "alternative": action.safeguarding,
        "share": prescribed or (action.kind is Kind.SHARE and (action.nudge or not action.post)),
        "translation": prescribed and language != campaign.language,
        "post": action.post,
        "alt": action.picture is not None,
    }
    return [name for name, need in needed.items() if need]


def waiting(campaign: Campaign, renderer: Renderer) -> Iterator[str]:
    """Yield a sentence for each template with texts that wait for an empty link slot: in that
    language they have no wording without the link.
    """
    for action in campaign.actions:
        for language, names in renderer.waiting(campaign, action).items():
            slots = ", ".join(empty_slots(campaign, action))
            yield (
                f"content/{language}/{campaign.id}/{action.id}.j2: {', '.join(names)}: would wait"
                f" for a link (url of {slots} in campaigns/{campaign.id}/campaign.toml is empty);"
                f" fill it in, or write what goes out until then as {names[0]}{WITHOUT_LINK}"
            )


def _split(name: str) -> tuple[str, int]:
    """Return a block's name and its number: 'post_telegram_2' gives 'post_telegram' and 2, without
    a number 0.
    """
    stem, _, number = name.rpartition("_")
    return (stem, int(number)) if stem and number.isdecimal() else (name, 0)


def _content(body: str, role: Role, action: Action) -> Iterator[str]:
    if role is Role.LETTER:
        yield from letter.faults(body)
    if role not in (Role.POST, Role.SHARE):
        return
    for hashtag in action.hashtags:
        if counts.normal(hashtag) not in _hashtags(body):
            yield f"lacks {hashtag}, which the action declares; put it in"
    if action.prescribed is None:
        return
    plain = _MARKS.sub("", body)
    if role is Role.SHARE and plain != action.prescribed:
        yield "must be the prescribed words and nothing else; write {{ prescribed }}"
    elif action.prescribed not in plain:
        yield "must hold the prescribed words unchanged; write {{ prescribed }}"


def _repeated(body: str, name: str, seen: dict[str, str]) -> Iterator[str]:
    """Yield a fault where a wording before says the same.

    `seen` has the block of each wording before, by its text; this one is added to it.
    """
    if body in seen:
        yield f"says the same as {seen[body]}; give it words of its own"
    seen.setdefault(body, name)


def _unsafe(nudge: str, give: Callable[[Role], str]) -> Iterator[str]:
    """Yield a fault for each block on safeguarding that the nudge doesn't say."""
    for part in unsaid(nudge, give):
        yield f"must say the block {part.value}; end it with {{{{ self.{part.value}() }}}}"


def unsaid(nudge: str, give: Callable[[Role], str]) -> dict[Role, str]:
    """Return those of advice and alternative, by what `give` returns for them, that a nudge about
    children doesn't say, however its lines break.

    A block that is missing is reported by `required`.
    """
    lacking, there = dict[Role, str](), _plain(nudge)
    for part in (Role.ADVICE, Role.ALTERNATIVE):
        try:
            words = give(part)
        except RenderError:
            continue
        if _plain(words) not in there:
            lacking[part] = words
    return lacking


def _plain(text: str) -> str:
    return " ".join(_MARKS.sub("", text).split())


def from_error(error: RenderError, file: str) -> Problem:
    """Return a renderer's error as a problem of the file, with its block as the key."""
    message = str(error).removeprefix(f"{file}: ")
    if match := re.fullmatch(r"(line \d+: )?block (\w+): (.*)", message, re.DOTALL):
        return Problem(file=file, key=match[2], message=f"{match[1] or ''}{match[3]}")
    return Problem(file=file, key="", message=message)
