"""The templates of pages, read once: an update of the package must not mix new pages with running
code. Everything is escaped, and a name that a page isn't given fails.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from typing_extensions import override

_PARTS = Path(__file__).parent / "parts"


class _Templates(Environment):
    """Looks for `words.title` among the keys of a table first: Jinja asks for an attribute before,
    and each that a table lacks raises an error, some thousand times in a long page.
    """

    @override
    def getattr(self, obj: Any, attribute: str) -> Any:
        try:
            return obj[attribute] if type(obj) is dict else getattr(obj, attribute)
        except (KeyError, AttributeError):
            return super().getattr(obj, attribute)


def environment(folder: Path, **filters: Callable[..., object]) -> Environment:
    """Return the templates of a folder, which can import from `parts/` what all pages share."""
    files = (*_PARTS.glob("*.html"), *folder.glob("*.html"))
    made = _Templates(
        loader=DictLoader({file.name: file.read_text("utf-8") for file in files}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(filters)
    return made
