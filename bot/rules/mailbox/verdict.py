"""What a server's answer says of one recipient: gone on positive evidence alone.

Two witnesses must say that there is no such mailbox, and nobody anything else: the enhanced status
in the server's answer, that of the report, a reply code of 5xx, the words. What is unknown is soft:
it shows nothing, and the next letter may arrive.
"""

import re
from collections.abc import Sequence

from bot.model.mail import Verdict
from bot.rules.mailbox.phrases import (
    CONTENT,
    FULL,
    GONE,
    MAILBOX,
    POLICY,
    SENDER,
    SIZE,
    Words,
    words,
)

Status = tuple[int, int, int] | None

_SAID = re.compile(r"\b(?:said|returned|reason):\s")
"""What stands behind it are a server's own words."""

_PERMANENT = 5
_VAGUE = 0


def judge(answer: str, status: Status, prose: str, names: tuple[str, ...]) -> Verdict:
    """Return what is true of a recipient with these addresses.

    `answer` is the server's own answer, `status` that of the report, `prose` what the report says
    of them to be read; each may be empty.
    """
    said = words(answer or _SAID.split(prose, maxsplit=1)[-1], names)
    about = _about(said, status)
    if about is not None:
        return about
    return Verdict.HARD if _is_gone(said, status, words(prose, names)) else Verdict.SOFT


def _about(said: Words, status: Status) -> Verdict | None:
    """Return what else is wrong than that there is no such mailbox; None where nothing shows."""
    subject, detail = _pair(said, status)
    if (subject, detail) == FULL or said.full:
        return Verdict.SOFT
    if said.too_much:
        return Verdict.SOFT if subject == MAILBOX else Verdict.US
    if said.closed:
        return Verdict.REFUSES
    if said.later and not said.of_us:
        return Verdict.SOFT
    return Verdict.US if _is_of_us(said, subject, detail) else None


def _is_of_us(said: Words, subject: int, detail: int) -> bool:
    if said.unknown:
        return (subject, detail) in SENDER
    if subject in (POLICY, CONTENT) or (subject, detail) in SENDER | SIZE:
        return True
    return said.of_letter or said.of_us


def _pair(said: Words, status: Status) -> tuple[int, int]:
    """Return what an enhanced status is about: that of the answer, or else the report's."""
    for number in (said.status, status):
        if number is not None and number[1] != _VAGUE:
            return number[1], number[2]
    return _VAGUE, _VAGUE


def _is_gone(said: Words, status: Status, prose: Words) -> bool:
    """Return whether two witnesses say that there is no such mailbox, and none denies it."""
    numbers = [number for number in (said.status, status, prose.status) if number is not None]
    if said.otherwise or said.of_others or _denied(numbers, (said.code, prose.code)):
        return False
    # one line that is quoted in two places is one witness
    telling = [
        number
        for number in (said.status, status)
        # 5.2.1 is also said of a mailbox that gets too much
        if number and number[1:] in GONE and (number[1] != MAILBOX or said.unknown or said.shut)
    ]
    if said.unknown:
        stands = said.code >= _PERMANENT * 100 or status is not None
        return bool(telling) or (stands and said.sure)
    return len(telling) > 1 or (bool(telling) and prose.unknown)


def _denied(numbers: Sequence[tuple[int, int, int]], codes: Sequence[int]) -> bool:
    """Return whether one of them says that it passes, or is about something else."""
    if any(code and code < _PERMANENT * 100 for code in codes):
        return True
    return any(
        number[0] != _PERMANENT or (number[1] != _VAGUE and not _may_be_gone(number[1:]))
        for number in numbers
    )


def _may_be_gone(pair: tuple[int, int]) -> bool:
    """Return whether it says that the mailbox is gone, or leaves open what its address lacks."""
    return pair in GONE or pair in ((1, 0), (2, 0))
