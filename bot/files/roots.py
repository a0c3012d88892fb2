"""Folders of data over several roots: the first root that has a file wins."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.files.frozen import File, Files
from bot.files.opening import is_folder
from bot.model import Problem
from bot.names import suggest


def roots_once(roots: Sequence[Path]) -> tuple[tuple[Path, ...], list[Problem]]:
    """Return each sound root once, in order, and what is wrong with the others."""
    kept: dict[Path, Path] = {}
    problems = []
    for root in roots:
        if not is_folder(root):
            problems.append(
                Problem(
                    file=str(root),
                    key="roots",
                    message="there is no such folder; correct `roots` in the settings, or make it",
                )
            )
        elif not any(is_folder(root / top) for top in ("campaigns", "content")):
            message = (
                "holds neither campaigns/ nor content/; correct `roots` in the settings, or make"
                " one of them"
            )
            problems.append(Problem(file=str(root), key="roots", message=message))
        else:
            kept.setdefault(root.resolve(), root)
    return tuple(kept.values()), problems


def campaign_ids(files: Files) -> list[str]:
    """Return the names of the folders in all campaigns/ folders, sorted, without hidden ones."""
    return [name for name in files.folders("campaigns") if not name.startswith((".", "_"))]


def tables(files: Files, campaign_id: str) -> dict[str, File]:
    """Return a campaign's .toml files by name without suffix, each from the first root with it."""
    folder = f"campaigns/{campaign_id}"
    present = {
        Path(name).stem: files.first(f"{folder}/{name}")
        for name in files.within(folder)
        if name.endswith(".toml")
    }
    return {stem: file for stem, file in present.items() if file is not None}


def content_without_campaign(files: Files, known: Iterable[str]) -> list[Problem]:
    """Return a problem for each content/<language>/<campaign> whose campaign doesn't exist."""
    if not files.knows("campaigns"):
        return []
    known = set(known)
    folders = [
        (tag, name) for tag in files.folders("content") for name in files.folders(f"content/{tag}")
    ]
    return [
        Problem(
            file=f"content/{language}/{name}",
            key="",
            message=f"there is no campaign {name!r}{suggest(name, known)}",
        )
        for language, name in folders
        if name not in known and name not in ("chat", "documents", "mail")
    ]
