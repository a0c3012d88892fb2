"""Texts of the chat that were one block with conditions and are a block for each kind now.

A root's own template may still have the block of before; it is used for one more release.
"""

from collections.abc import Mapping

SPLIT: Mapping[str, tuple[str, ...]] = {
    "pledge_staff.told": (
        "told_approved",
        "told_published",
        "told_verified",
        "told_returned",
        "told_rejected",
    ),
    "pledge_verify.no": (
        "no_shape",
        "no_free",
        "no_left",
        "no_often",
        "no_today",
        "no_many",
        "no_enough",
        "no_closed",
    ),
}
"""The blocks that stand for the one of before, by file and name of that."""


def before(file: str, block: str) -> str | None:
    """Return the name that the text stood under before; None where it has always been this."""
    return next(
        (
            name.partition(".")[2]
            for name, blocks in SPLIT.items()
            if name.startswith(f"{file}.") and block in blocks
        ),
        None,
    )
