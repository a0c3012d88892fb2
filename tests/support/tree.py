"""What lies where in the checkout, for tests that read it."""

import os
from datetime import UTC, datetime
from pathlib import Path

from bot.files.editing import as_toml
from bot.files.frozen import read_files
from bot.languages import language_name
from bot.pictures.cards.fonts import lacking
from bot.render.languages.standing import guarded

TOP = Path(__file__).parents[2]
"""The checkout itself, which is the shipped root at the same time."""


TURNS = 3
"""In how many runs each language has had each of its turns."""

TURN = "DRUMBEAT_TEST_TURN"
"""Whose turn it is, as a number for all processes of one run; `all` has each in each."""


def turn() -> int | None:
    """The number of this run, by which languages take turns: that of the day, or of `--turn`; None
    where none waits for another run.
    """
    told = os.environ.setdefault(TURN, str(datetime.now(UTC).toordinal()))
    return None if told == "all" else int(told)


def walked() -> tuple[str, ...]:
    """The languages in which the whole site is walked in this run: English, one from right to left,
    and of the others the one whose turn it is.
    """
    now, (english, *others) = turn(), languages()
    if now is None:
        return (english, *others)
    left = [tag for tag in others if tag != "ar"]
    return (english, *(tag for tag in others if tag == "ar"), left[now % len(left)])


def languages() -> tuple[str, ...]:
    """Every language that what belongs to no campaign is written in, English first."""
    folders = (folder.parent.name for folder in (TOP / "content").glob("*/chat"))
    return tuple(sorted(folders, key=lambda name: (name != "en", name)))


def accepted(root: Path, *tags: str) -> None:
    """Let somebody accept languages in a root, as their texts are there or as shipped."""
    files = read_files([root, TOP])
    for tag in tags:
        tables: dict[str, dict[str, str]] = {}
        for (file, key), digest in guarded(files, tag).items():
            tables.setdefault(file, {})[key] = digest
        folder = root / "content" / tag
        folder.mkdir(parents=True, exist_ok=True)
        said = 'accepted_by = "Their reader"\naccepted_on = 2021-01-01\n'
        (folder / "language.toml").write_text(said, "utf-8")
        digests = said + as_toml({"accepted": tables})
        (folder / "digests.toml").write_text(digests, "utf-8")


def drawn() -> tuple[str, ...]:
    """The languages whose letters are in the fonts that come along: they have cards, charts and
    PDFs wherever these tests run.
    """
    return tuple(tag for tag in languages() if not lacking([language_name(tag, tag)], ()))
