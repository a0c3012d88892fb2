"""When Python looks for garbage while a command works."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_NEW = 100_000
"""Objects more than before after which Python looks for garbage: 700 by default."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for garbage seldom within, where much is made that is wanted till the end.

    The trees of templates and what modules hold are thousands of objects, which Python would go
    through time and again: a tenth of the work of a check.
    """
    usual = gc.get_threshold()
    gc.set_threshold(_NEW)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
