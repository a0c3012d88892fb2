"""A bounded cache for values that cost something to make, and can be made again."""

from collections.abc import Callable
from typing import TypeVar

from typing_extensions import override

K = TypeVar("K")
V = TypeVar("V")


class Kept(dict[K, V]):
    """A dict with a limit: one value more than it, and all earlier ones are dropped.

    So what a long-lived process keeps is bounded, and a look-up costs no more than in a dict.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    @override
    def __setitem__(self, key: K, value: V) -> None:
        """Keep a value; all others are dropped when there are too many."""
        if len(self) >= self.most and key not in self:
            self.clear()
        super().__setitem__(key, value)

    def made(self, key: K, make: Callable[[], V]) -> V:
        """Return the value that is kept, or else make and keep it; for several threads, too."""
        try:
            return self[key]
        except KeyError:
            value = make()
            self[key] = value
            return value
