"""The networks, found by name: `load("x")` gives the class `Network` of `bot/networks/x.py`.

A file whose name starts with '_' or is `base` is not a network. Nothing is imported before it is asked for.
"""

from importlib import import_module
from pkgutil import iter_modules

from bot.errors import UsageError
from bot.networks.base import Network


def names() -> tuple[str, ...]:
    """The names of all networks, sorted."""
    return tuple(sorted(m.name for m in iter_modules(__path__) if m.name != "base" and not m.name.startswith("_")))


def load(name: str) -> type[Network]:
    """The network's class; raises `UsageError` naming the known ones."""
    if name not in names():
        raise UsageError(f"no network is called {name!r}; there are: {', '.join(names())}")
    network: type[Network] = import_module(f"{__name__}.{name}").Network
    return network
