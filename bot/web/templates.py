"""The templates of pages, read once: an update of the package must not mix new pages with running
code. Everything is escaped, and a name that a page isn't given fails.
"""

from collections.abc import Callable
from pathlib import Path

from jinja2 import DictLoader, Environment, StrictUndefined

_PARTS = Path(__file__).parent / "parts"


def environment(folder: Path, **filters: Callable[..., object]) -> Environment:
    """Return the templates of a folder, which can import from `parts/` what all pages share."""
    files = (*_PARTS.glob("*.html"), *folder.glob("*.html"))
    made = Environment(
        loader=DictLoader({file.name: file.read_text("utf-8") for file in files}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(filters)
    return made
