"""Collectors of hashtag usage, found by name: `load("x")` gives the class `Collector` of
`bot/usage/x.py`.

A file whose name starts with '_' or is `base` is not a collector. Nothing is imported before it is
asked for.
"""

from importlib import import_module
from pkgutil import iter_modules

from bot.errors import UsageError
from bot.usage.base import Collector


def names() -> tuple[str, ...]:
    """The names of all collectors, sorted."""
    return tuple(
        sorted(
            m.name
            for m in iter_modules(__path__)
            if m.name != "base" and not m.name.startswith("_")
        )
    )


def load(name: str) -> type[Collector]:
    """The collector's class; raises `UsageError` naming the known ones."""
    if name not in names():
        raise UsageError(f"no collector is called {name!r}; there are: {', '.join(names())}")
    collector: type[Collector] = import_module(f"{__name__}.{name}").Collector
    return collector
