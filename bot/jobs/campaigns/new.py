"""A new campaign: a copy of another one in another year, or a blank one to fill in. Either
everything is written, or nothing.
"""

import re
from calendar import isleap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

from bot.errors import DataError, UsageError
from bot.files import limits
from bot.files.frozen import TEXTS
from bot.files.opening import Opener, is_folder
from bot.files.writing import write
from bot.library.shapes import check_hashtag, check_id, check_language
from bot.model import Campaign, ListedDates, Problem
from bot.names import suggest

_DATE = re.compile(r"(?<![0-9])([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])")
_TEXT = (".toml", ".j2", ".md", ".txt")
_LEAP_DAY = (2, 29)

Files = dict[Path, bytes]
"""Contents of files, by their paths below the root."""


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What was written, and what a person has to look at."""

    root: Path
    #: below the root, sorted
    files: tuple[Path, ...]
    #: 'file:line: the line' for each line that still names an old year
    old: tuple[str, ...]
    #: what could not simply be moved
    notes: tuple[str, ...]


def copy(source: Campaign, roots: Sequence[Path], root: Path, campaign_id: str, year: int) -> Begun:
    """Write campaigns/<id> and content/*/<id> below `root`, as copies of those of `source`, with
    start, end and listed dates moved to `year`.

    Raises `UsageError` when the id is none or taken, `DataError` with each file that can't be
    copied, `OSError` when the disk refuses.
    """
    _refuse(root, campaign_id, [*roots, root])
    years = _years(source)
    files, notes = _moved(
        _collect(source.id, roots, campaign_id), year - min(years) if years else 0
    )
    old = tuple(_lines(files, years - {year + y - min(years) for y in years}))
    write(root, files)
    return Begun(root=root, files=tuple(sorted(files)), old=old, notes=tuple(notes))


def blank(
    root: Path, campaign_id: str, language: str, hashtag: str, *, roots: Sequence[Path] = ()
) -> Begun:
    """Write the least that a campaign needs, with comments; `check` then asks for what is left
    empty.

    Raises `UsageError` for an id, language or hashtag that is none, or an id that is taken;
    `OSError` when the disk refuses.
    """
    try:
        check_language(language)
        check_hashtag(hashtag)
    except ValueError as error:
        raise UsageError(str(error)) from error
    _refuse(root, campaign_id, [*roots, root])
    texts = {
        f"campaigns/{campaign_id}/campaign.toml": _CAMPAIGN,
        f"campaigns/{campaign_id}/calendar.toml": _CALENDAR,
    }
    texts |= {
        f"content/{language}/{campaign_id}/words.toml": _WORDS,
        f"content/{language}/{campaign_id}/first-step.j2": _TEMPLATE,
    }
    fill = {"ID": campaign_id, "LANGUAGE": language, "HASHTAG": hashtag}
    files = {
        Path(name): re.sub("<(ID|LANGUAGE|HASHTAG)>", lambda m: fill[m[1]], text).encode()
        for name, text in texts.items()
    }
    write(root, files)
    return Begun(root=root, files=tuple(sorted(files)), old=(), notes=())


def find(campaigns: Mapping[str, Campaign], campaign_id: str) -> Campaign:
    """Return the campaign to copy; raises `UsageError`, which names the nearest, where there is
    none.
    """
    if campaign_id not in campaigns:
        raise UsageError(
            f"there is no campaign {campaign_id!r} without"
            f" problems{suggest(campaign_id, campaigns)}"
        )
    return campaigns[campaign_id]


def _refuse(root: Path, campaign_id: str, roots: Iterable[Path]) -> None:
    """Raise `UsageError` for an id that is none, or that any root has already: the copy would hide
    that campaign or mix with it.
    """
    try:
        check_id(campaign_id)
    except ValueError as error:
        raise UsageError(str(error)) from error
    for folder in roots:
        for taken in [folder / "campaigns" / campaign_id, *folder.glob(f"content/*/{campaign_id}")]:
            if taken.exists():
                raise UsageError(
                    f"{taken} is there already, and nothing is overwritten; choose another id for"
                    f" {root / 'campaigns'}"
                )


def _years(campaign: Campaign) -> set[int]:
    listed = [
        day
        for action in campaign.actions
        if isinstance(action.when, ListedDates)
        for day in action.when.dates
    ]
    return {day.year for day in [campaign.start, campaign.end, *listed] if day is not None}


def _collect(source: str, roots: Sequence[Path], campaign_id: str) -> Files:
    """Return all files of the source under their new names; of each, the first root that has it
    wins.

    Raises `DataError` with each that can't be copied.
    """
    with Opener(roots) as opener:
        copying = _Copying(opener)
        for root in roots:
            for folder in [root / "campaigns" / source, *sorted(root.glob(f"content/*/{source}"))]:
                if is_folder(folder):
                    copying.folder(folder, folder.relative_to(root).parent / campaign_id)
    if copying.problems:
        raise DataError(copying.problems)
    return copying.files


class _Copying:
    """Reads what is to be copied: plain files, and what a link within the roots leads to."""

    def __init__(self, opener: Opener) -> None:
        self.files: Files = {}
        self.problems: list[Problem] = []
        self._opener = opener
        self._room = limits.MOST_BYTES
        self._names = limits.MOST_FILES

    def folder(self, folder: Path, below: Path, depth: int = 1) -> None:
        """Read all files of a folder, and of the folders in it, as they will lie `below` a root."""
        try:
            with self._opener.names(folder) as entries:
                inner = sorted((entry.name, is_folder(entry)) for entry in entries)
        except OSError as error:
            return self._refuse(folder, error.strerror or str(error))
        for name, is_inner in inner:
            self._names -= 1
            if self._names < 0:
                return self._refuse(folder, f"there are more than {limits.MOST_FILES:,} files")
            if name.startswith("."):
                continue
            if not is_inner:
                self._file(folder / name, below / name)
            elif depth < limits.DEEPEST_FOLDER:
                self.folder(folder / name, below / name, depth + 1)
            else:
                self._refuse(folder / name, "folders stand too deep in each other here")
        return None

    def _file(self, path: Path, below: Path) -> None:
        if below in self.files:
            return None
        most = limits.MOST_TEXT if path.suffix in TEXTS else limits.MOST_OTHER
        try:
            self.files[below] = content = self._opener.read(path, min(most, self._room))
        except OSError as error:
            return self._refuse(path, error.strerror or str(error))
        self._room -= len(content)
        return None

    def _refuse(self, path: Path, reason: str) -> None:
        message = f"can't be copied: {reason}"
        self.problems.append(Problem(file=str(path), key="", message=message))


def _moved(files: Files, by: int) -> tuple[Files, list[str]]:
    """Return the files with start, end and listed dates moved by so many years, and what was
    moved.
    """
    notes: list[str] = []
    moved = dict(files)
    for path, content in files.items():
        if path.parts[0] == "campaigns" and path.suffix == ".toml":
            pattern = (
                r"(?m)^\ufeff?(?:start|end)[ \t]*=[^\n]*"
                if path.name == "campaign.toml"
                else r"\bdates[ \t]*=[ \t]*\[[^\[\]]*\]"
            )
            text = content.decode("utf-8", "surrogateescape")
            moved[path] = re.sub(
                pattern, partial(_shift, by=by, path=path, notes=notes), text
            ).encode("utf-8", "surrogateescape")
    return moved, notes


def _shift(place: "re.Match[str]", *, by: int, path: Path, notes: list[str]) -> str:
    def one(match: "re.Match[str]") -> str:
        year, month, day = int(match[1]) + by, int(match[2]), int(match[3])
        if (month, day) == _LEAP_DAY and not isleap(year):
            day = 28
            notes.append(
                f"{path}: {match[0]} became {date(year, month, day)}: that year has no 29 February"
            )
        return date(year, month, day).isoformat()

    return _DATE.sub(one, place[0])


def _lines(files: Files, years: set[int]) -> Iterable[str]:
    """Return every line that names one of these years, also inside a hashtag or an address."""
    if not years:
        return
    named = re.compile(rf"(?<![0-9])(?:{'|'.join(map(str, sorted(years)))})(?![0-9])")
    for path, content in sorted(files.items()):
        lines = content.decode("utf-8", "replace").splitlines() if path.suffix in _TEXT else []
        yield from (
            f"{path}:{number}: {line.strip()}"
            for number, line in enumerate(lines, 1)
            if named.search(line)
        )


_CAMPAIGN = """\
# The campaign <ID>. `drumbeat check` names what is still missing here.

# the language in which it is written first, and all languages it has (a folder
# content/<language>/<ID> for each)
language = "<LANGUAGE>"
languages = ["<LANGUAGE>"]

# the main hashtag, and all that are counted
hashtag = "<HASHTAG>"
hashtags = ["<HASHTAG>"]

# first and last day; a campaign without them goes on every year
# start = 2000-01-01
# end = 2000-12-31

# who answers questions, if anybody
# contact = "hello@example.org"

# which document the campaign follows
source = ""

# a campaign whose forms, pledges and words stand for those that this one doesn't have
# like = "its-id"

# a page that texts link to with {{ link("website") }}; while url is empty, actions that need it
# are held
# [links.website]
# url = ""
# source = "our own site"

# a figure that texts may say with {{ fact("children") | number }}, up to the day it expires
# [facts.children]
# value = 1000000
# source = "where it stands"
# as_of = 2000-01-01
# expires = 2000-12-31
"""

_CALENDAR = """\
# What the campaign asks for, and when. The texts of an action are in
# content/<language>/<ID>/<id of the action>.j2

# A named day:
# [observances.labour-day]
# when = { month = 5, day = 1 }
# or { month = 10, nth = 2, weekday = "saturday" }, { dates = [2000-03-01] }, { easter = -2 }
# source = "where the day comes from"

[[action]]
id = "first-step"
# share, read, watch, follow, ask, enter, learn, announce, join, opening; or quick, for what is
# always there
kind = "share"
# individual, organization, country, region
audiences = ["individual"]
# the day: month and nudge (day of the month), or observance = "labour-day"
month = 1
nudge = 15
# nudge: a message to each subscriber; post: what your own channels post
to = ["nudge", "post"]
# each of them must be in the texts
hashtags = ["<HASHTAG>"]
# how late it may still go out
grace = "3d"
# where the idea comes from
source = ""
"""

_WORDS = """\
# The words of the campaign that belong to no single action.
title = ""
about = ""

# Names of the days in calendar.toml:
# [observances]
# labour-day = "Labour Day"
"""

_TEMPLATE = """\
{# All texts of the action first-step. Say {{ hashtag }}, {{ year }}, {{ link("…") }} and
   {{ fact("…") | number }} where you need them. #}
{# its name in calendars: at most 70 characters #}
{% block title %}{% endblock %}
{# to one person in a chat: one clear ask, and how to do it #}
{% block nudge %}
{% endblock %}
{# what people can post as themselves: at most 280 characters as X counts, with <HASHTAG>; more
   wordings are share_2, share_3 #}
{% block share %}
{% endblock %}
{# what your own channels post: likewise; more wordings are post_2, post_3; a longer text for one
   network is post_telegram #}
{% block post %}
{% endblock %}
"""
