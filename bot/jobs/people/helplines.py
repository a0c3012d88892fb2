"""Child helplines: countries that have none, numbers at which nobody has looked for a year, and how
a number is written into content/safeguarding.toml with who looked at it, and when.

Authors write data, so the file is changed as one would by hand: its comments and its order stay.
"""

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bot.errors import DataError, UsageError
from bot.files.frozen import File, read_files
from bot.languages import naming
from bot.library.shapes import check_country
from bot.library.shared import HELPLINES, helplines_in
from bot.model.shared import ChildHelpline
from bot.rules.reading.links import link
from bot.store import Store

FRESH = timedelta(days=365)
"""For how long it is enough that somebody has looked at a number."""

_NUMBER = re.compile(r"[+*#]?[0-9][0-9 ().*#/-]*")
_HEADER = re.compile(r"\s*\[\[\s*helpline\s*\]\]")
_VALUE = r"""("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#]+)"""
_KEY = re.compile(r"\s*[a-z]+\s*=")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody says of a helpline."""

    country: str
    number: str
    #: when they looked at it, and who they are
    read: date
    by: str
    #: its name, page, hours and dated, as far as they don't stay as they are
    said: Mapping[str, Any] = field(default_factory=dict)

    @property
    def page(self) -> str | None:
        """Return the page on which the number stands, where they name one."""
        return self.said.get("page")


@dataclass(frozen=True, kw_only=True)
class Written:
    """What was written, and where."""

    file: Path
    helpline: ChildHelpline
    #: the lines of the entry
    lines: tuple[str, ...]
    #: whether the file is new, with what another one held until now
    copied: bool


# what is missing


def sentences(
    helplines: Sequence[ChildHelpline], store: Store | None, today: date
) -> Iterator[tuple[str, str]]:
    """Yield (what it is about, a sentence with what to do): the countries with people and without
    a helpline, and each number at which nobody has looked for 12 months.
    """
    known = {each.country for each in helplines}
    if store and (lacking := [c for c in store.people.countries_met() if c not in known]):
        yield ", ".join(lacking), _lacking(lacking)
    for each in helplines:
        if today - each.read > FRESH:
            yield f"{each.country} {each.number}", _old(each)


def country_name(code: str) -> str:
    """Return the English name of a country, with its code."""
    return f"{naming('en').territories.get(code, code)} ({code})"


def _lacking(codes: Sequence[str]) -> str:
    names = ", ".join(map(country_name, codes))
    return (
        f"no child helpline is known for {names}, where people are met: look a number up, call it,"
        " then `drumbeat helpline add COUNTRY NUMBER --name NAME --page PAGE`"
    )


def _old(helpline: ChildHelpline) -> str:
    return (
        f"nobody has looked at the child helpline {helpline.number} ({helpline.name},"
        f" {country_name(helpline.country)}) since {helpline.read}: call it, or look at"
        f" {helpline.page}, then `drumbeat helpline add {helpline.country} '{helpline.number}'`"
    )


# what is written


def add(roots: Sequence[Path], shipped: Path, wish: Wish, today: date) -> Written:
    """Write a helpline into the file that is in force, or that somebody has looked at one again.

    Where only the shipped file is there, it is copied into the first of `roots`, else into this
    folder. Raises `UsageError` for what is no helpline, `DataError` for a file with problems,
    `OSError` where it can't be written.
    """
    _judge(wish, today)
    roots = roots or [Path()]
    own = roots[0]
    base = read_files([*roots, shipped]).first(HELPLINES)
    is_ours = base is not None and (
        own.resolve() == shipped.resolve()
        or not base.path.resolve().is_relative_to(shipped.resolve())
    )
    target = base.path if base is not None and is_ours else own / HELPLINES
    before, problems = helplines_in(base)
    if before is None:
        raise DataError(problems)
    at = next((n for n, each in enumerate(before) if _same(each, wish)), None)
    helpline = _helpline(wish, None if at is None else before[at])
    text = _edited(base.read_text("utf-8") if base else "", len(before), at, helpline)
    wanted = (*before, helpline) if at is None else (*before[:at], helpline, *before[at + 1 :])
    lines = tuple(f"{key} = {value}" for key, value in _values(helpline).items())
    if helplines_in(File(path=target, data=text.encode()))[0] != wanted:
        raise UsageError(
            f"{target} is written in a way that only a person can change: write there under"
            f" [[helpline]]\n" + "\n".join(lines)
        )
    _write(target, text, windows=base is not None and b"\r\n" in base.data)
    copied = base is not None and not is_ours
    return Written(file=target, helpline=helpline, lines=lines, copied=copied)


def _judge(wish: Wish, today: date) -> None:
    try:
        check_country(wish.country)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if not _NUMBER.fullmatch(wish.number):
        raise UsageError(f"{wish.number!r} is no telephone number; write it as people dial it")
    if wish.page is not None and link(wish.page) is None:
        raise UsageError(f"{wish.page!r} is no page; copy its address, like example.org/helpline")
    if wish.read > today:
        raise UsageError(f"{wish.read} is still to come; say the day on which you looked at it")


def _same(helpline: ChildHelpline, wish: Wish) -> bool:
    return (helpline.country, _digits(helpline.number)) == (wish.country, _digits(wish.number))


def _digits(number: str) -> str:
    return re.sub("[^0-9+*#]", "", number)


def _helpline(wish: Wish, before: ChildHelpline | None) -> ChildHelpline:
    said = dict(wish.said)
    if wish.page is not None:
        said["page"] = link(wish.page)
    looked: dict[str, Any] = {"read": wish.read, "by": wish.by}
    if before is not None:
        return replace(before, **looked, **said)
    if missing := [f"--{key}" for key in ("name", "page") if not said.get(key)]:
        raise UsageError(
            f"{wish.country} has no helpline with this number yet: give {' and '.join(missing)}"
            " too; no number stands there without the page on which it was read"
        )
    number = {"country": wish.country, "number": wish.number}
    return ChildHelpline(**{"dated": None, **number, **looked, **said})


def _values(helpline: ChildHelpline) -> dict[str, str]:
    """Return the entry's values as TOML, by key in their order; what is empty has no line."""
    texts = {key: getattr(helpline, key) for key in ("country", "name", "number", "hours", "page")}
    return {
        **{key: _quoted(text) for key, text in texts.items() if text},
        **({"dated": helpline.dated.isoformat()} if helpline.dated else {}),
        "read": helpline.read.isoformat(),
        **({"by": _quoted(helpline.by)} if helpline.by else {}),
    }


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _edited(text: str, count: int, at: int | None, helpline: ChildHelpline) -> str:
    """Return the file's text with the helpline: at the end, or in the place of the one at `at`."""
    values = _values(helpline)
    if at is None:
        entry = "\n".join(["[[helpline]]", *(f"{key} = {v}" for key, v in values.items())])
        return f"{text.rstrip()}\n\n{entry}\n".lstrip()
    rows = text.split("\n")
    heads = [n for n, row in enumerate(rows) if _HEADER.match(row)]
    if len(heads) != count:  # written as an array, which `add` refuses
        return text
    begin, end = heads[at] + 1, [*heads, len(rows)][at + 1]
    section = rows[begin:end]
    for key, value in values.items():
        _put(section, key, value)
    return "\n".join([*rows[:begin], *section, *rows[end:]])


def _put(section: list[str], key: str, value: str) -> None:
    """Set a value in the lines of an entry; a comment behind it stays."""
    line = re.compile(rf"(\s*{key}\s*=\s*){_VALUE}(.*)")
    for number, row in enumerate(section):
        if parts := line.fullmatch(row):
            section[number] = f"{parts[1]}{value}{parts[3]}"
            return
    last = max((n for n, row in enumerate(section) if _KEY.match(row)), default=-1)
    section.insert(last + 1, f"{key} = {value}")


def _write(path: Path, text: str, *, windows: bool) -> None:
    """Write the file whole, or leave it as it is; a link stays one."""
    path = path.resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes((text.replace("\n", "\r\n") if windows else text).encode())
        if path.exists():
            shutil.copymode(path, part)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
