"""What lies where in the checkout, for tests that read it."""

from pathlib import Path

TOP = Path(__file__).parents[2]
"""The checkout itself, which is the shipped root at the same time."""


def languages() -> tuple[str, ...]:
    """Every language that what belongs to no campaign is written in, English first."""
    folders = (folder.parent.name for folder in (TOP / "content").glob("*/chat"))
    return tuple(sorted(folders, key=lambda name: (name != "en", name)))
