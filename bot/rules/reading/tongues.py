"""What somebody types in another of our languages than the one in which they are spoken to."""

from collections.abc import Callable, Iterable
from typing import TypeVar

Meant = TypeVar("Meant")


def read(
    text: str, reader: Callable[[str], Meant | None], own: str, others: Iterable[str]
) -> Meant | None:
    """Return what a text means by a reader of one language, given its tag: in the own one, else in
    all others that can read it, where they agree. Figures alone are read as the own one has them.
    """
    meant = reader(own)
    if meant is not None or not any(map(str.isalpha, text)):
        return meant
    every = {each for tag in others if tag != own and (each := reader(tag)) is not None}
    return every.pop() if len(every) == 1 else None
