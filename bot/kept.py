"""Values that are kept because they cost something to make, and can be made again."""

from collections.abc import Callable
from typing import TypeVar

from typing_extensions import override

K = TypeVar("K")
V = TypeVar("V")


class Kept(dict[K, V]):
    """A dict that holds at most so many values: one more lets go of all before it.

    So what a long-lived process keeps has a bound, and a look costs no more than a dict's.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    @override
    def __setitem__(self, key: K, value: V) -> None:
        """Keep a value; the others go when there are too many."""
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
