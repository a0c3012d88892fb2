"""Counts as servers tell them."""


def count(told: object) -> int | None:
    """Return a count that a server told; None where it tells none.

    Raises ValueError for what is no count.
    """
    if told is None:
        return None
    if not isinstance(told, int) or isinstance(told, bool) or told < 0:
        raise ValueError("a count is a whole number")
    return told
