"""Signed tokens for links in letters: they let their bearer do one thing without a login.

Pure: the key is an argument.

A token is ``purpose-number-number-instant-mark-signature``. It says nothing that the reader of the
letter doesn't know, can't be made without the key, and can't be turned into one for another person
or purpose. Its mark is a keyed digest of what the numbers stood for when it was made, so that it
does nothing where they stand for something else now. Tokens of older letters, without instant and
mark, are read too.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from bot.times import DAY

_LONGEST = 120
_SIGNED = 18
"""Bytes of the signature: 24 letters, and nobody guesses 144 bits."""

_MARKED = 9
"""Bytes of the mark: 12 letters, which the signature vouches for."""

_RETURNED = 10
"""Bytes of the signature in an envelope, or a link into the chat, which have room for 64 letters:
16 letters, 80 bits.
"""

_TOKEN = re.compile(
    r"([a-z]+)-(\d{1,18})-(\d{1,18})(?:-(\d{1,18})-([\w-]{12}))?-([\w-]{24})", re.ASCII
)
_ENVELOPE = re.compile(r"(?<![0-9a-z])(\d{1,18})-(\d{1,18})-([a-z2-7]{16})(?![0-9a-z])", re.ASCII)
_TRIES = 5
"""Tokens of one text that are looked at."""

_AROUND = re.compile(r"[^\w-]+$", re.ASCII)
"""What mail programs take into a link though it stands behind it: a full stop, a bracket, the mark
that ends a left-to-right piece of a right-to-left text. No token holds one of these signs.
"""


class Purpose(Enum):
    """What the bearer of a token may do."""

    CONFIRM = "confirm"
    UNSUBSCRIBE = "leave"
    #: report a milestone; `subject` is the occurrence
    REPORT = "report"
    #: say that they did what an action asks; `subject` is the occurrence
    DONE = "done"
    #: join the newsletter; `subject` is the sign-up
    JOIN = "join"
    #: leave an event, or say that they were there; `subject` is the note about it
    EVENT = "event"
    #: change what letters come, and when
    SETTINGS = "settings"
    #: answer "Still with us?"; `subject` is the pledge
    STILL = "still"
    #: confirm a pledge from an official address; `subject` is the request
    OFFICIAL = "official"
    #: submit a pledge that was written on a page; `subject` is the proposal
    PLEDGE = "pledge"
    #: open the pages of a pledge's maker, once; `subject` is the visit
    MINE = "mine"
    #: edit a pledge; `subject` is the invitation
    INVITED = "invited"
    #: say whether another maker may be known; `subject` is the side of the introduction
    MEET = "meet"
    #: answer what somebody asks the makers of a pledge; `subject` is the question
    ANSWER = "answer"


LIFE: Mapping[Purpose, int] = {
    Purpose.CONFIRM: 31 * DAY,
    Purpose.REPORT: 366 * DAY,
    Purpose.DONE: 366 * DAY,
    Purpose.EVENT: 366 * DAY,
    Purpose.SETTINGS: 92 * DAY,
    Purpose.MINE: 600,
}
"""Seconds for which a link works: a month, a year, three months, of whatever length, and ten
minutes.

That which unsubscribes never ends. The others work for as long as what they are about is there.
"""

GRACE_DAYS = 366
"""How long links of a key of before work on unless the operator says otherwise: those of a report
are taken for a year. Links to unsubscribe work on without an end.
"""

GRACE = GRACE_DAYS * DAY
"""The grace of older keys, in seconds."""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a signed token allows its holder to do."""

    purpose: Purpose
    person: int
    #: what it is about; 0 where the person is enough
    subject: int = 0


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A token that was made with our key, taken apart."""

    grant: Grant
    #: when it was made, in epoch seconds; None in letters from before
    at: int | None = None
    #: digest of what its numbers stood for then; None in letters from before
    mark: str | None = None


def make(key: bytes, grant: Grant, about: str, at: int) -> str:
    """Return the token for a grant: letters, digits, '-' and '_' only.

    `about` is what the grant's numbers stand for, `at` the epoch second.
    """
    mark = mark_of(key, grant.purpose, about)
    said = f"{grant.purpose.value}-{grant.person}-{grant.subject}-{at}-{mark}"
    return f"{said}-{_signature(key, said)}"


def read(key: bytes, token: str) -> Signed | None:
    """Return what a token says, or None when it was not made with this key.

    Signs of the text around it that stand behind it are left off.
    """
    token = _AROUND.sub("", token[: 2 * _LONGEST])
    match = _TOKEN.fullmatch(token) if len(token) <= _LONGEST else None
    if match is None:
        return None
    purpose, person, subject, at, mark, signature = match.groups()
    if not hmac.compare_digest(signature, _signature(key, token[: -len(signature) - 1])):
        return None
    grant = Grant(purpose=Purpose(purpose), person=int(person), subject=int(subject))
    return Signed(grant=grant, at=None if at is None else int(at), mark=mark)


def mark_of(key: bytes, purpose: Purpose, about: str) -> str:
    """Return the mark of a token that serves this purpose and is about this."""
    return _digest(key, f"{purpose.value} {about}", _MARKED)


def envelope(key: bytes, person: int, occurrence: int) -> str:
    """Return what names the person and the occurrence of a letter in its envelope's sender:
    ``person-occurrence-signature`` in small letters, since servers on its way may fold capitals.

    It is signed since anybody can write a false report about somebody's address.
    """
    said = f"{person}-{occurrence}"
    return f"{said}-{_short(key, f'envelope {said}')}"


def returned(key: bytes, text: str) -> tuple[int, int] | None:
    """Return the person and the occurrence of the letter that a text names by what `envelope`
    made, in an address or an id; None where it names none that this key signed.
    """
    for person, occurrence, _ in _ENVELOPE.findall(text.lower())[:_TRIES]:
        token = envelope(key, int(person), int(occurrence))
        if hmac.compare_digest(token, f"{person}-{occurrence}-{_}"):
            return int(person), int(occurrence)
    return None


def survey(key: bytes, pledge: int, year: int, about: str) -> str:
    """Return the code of the link to a pledge's survey of a year, which its maker passes on:
    ``pledge-year-signature`` in small letters, short enough for a link into the chat.

    `about` is what the pledge's number stands for.
    """
    said = f"{pledge}-{year}"
    return f"{said}-{_short(key, f'survey {said} {about}')}"


def surveyed(code: str) -> tuple[int, int] | None:
    """Return the pledge and the year that a code of `survey` names, whoever signed it; None for
    what is no code.
    """
    match = _ENVELOPE.fullmatch(code[:_LONGEST])
    return (int(match[1]), int(match[2])) if match else None


def is_old(purpose: Purpose, at: int, now: int) -> bool:
    """Return whether a link of this purpose, made at the instant `at`, no longer works at `now`."""
    return purpose in LIFE and now - at >= LIFE[purpose]


def _signature(key: bytes, said: str) -> str:
    return _digest(key, said, _SIGNED)


def _short(key: bytes, said: str) -> str:
    whole = hmac.digest(key, said.encode(), hashlib.sha256)
    return base64.b32encode(whole[:_RETURNED]).decode().lower()


def _digest(key: bytes, said: str, size: int) -> str:
    whole = hmac.digest(key, said.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(whole[:size]).decode()
