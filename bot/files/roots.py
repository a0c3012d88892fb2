"""Folders of data over several roots: the first root that has a file wins."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.model import Problem
from bot.names import suggest


def roots_once(roots: Sequence[Path]) -> tuple[tuple[Path, ...], list[Problem]]:
    """Give each root once, in order, and what is wrong with them."""
    kept: dict[Path, Path] = {}
    problems = []
    for root in roots:
        if not root.is_dir():
            problems.append(
                Problem(
                    file=str(root),
                    key="roots",
                    message="there is no such folder; correct `roots` in the settings, or make it",
                )
            )
        elif not (root / "campaigns").is_dir() and not (root / "content").is_dir():
            message = (
                "holds neither campaigns/ nor content/; correct `roots` in the settings, or make"
                " one of them"
            )
            problems.append(Problem(file=str(root), key="roots", message=message))
        else:
            kept.setdefault(root.resolve(), root)
    return tuple(kept.values()), problems


def campaign_ids(roots: Sequence[Path]) -> list[str]:
    """Return the names of the folders in all campaigns/ folders, sorted, without hidden ones."""
    # not `glob`, which leaves out a folder that can't be read without a word
    folders = (root / "campaigns" for root in roots)
    there = (entry for folder in folders if folder.is_dir() for entry in folder.iterdir())
    return sorted(
        {entry.name for entry in there if entry.is_dir() and not entry.name.startswith((".", "_"))}
    )


def tables(roots: Sequence[Path], campaign_id: str) -> dict[str, Path]:
    """File name without suffix -> the .toml file that wins."""
    paths: dict[str, Path] = {}
    for root in roots:
        folder = root / "campaigns" / campaign_id
        for path in sorted(folder.glob("*.toml")) if folder.is_dir() else []:
            paths.setdefault(path.stem, path)
    return paths


def content_without_campaign(roots: Sequence[Path], known: Iterable[str]) -> list[Problem]:
    """Folders content/<language>/<campaign> whose campaign doesn't exist."""
    known = set(known)
    folders = {
        (f.parent.name, f.name) for root in roots for f in root.glob("content/*/*") if f.is_dir()
    }
    return [
        Problem(
            file=f"content/{language}/{name}",
            key="",
            message=f"there is no campaign {name!r}{suggest(name, known)}",
        )
        for language, name in sorted(folders)
        if name not in known and name not in ("chat", "documents", "mail")
    ]
