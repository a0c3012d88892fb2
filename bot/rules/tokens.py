"""Signed tokens for links in letters: who may do what, without a login.

Pure: the key is an argument.

A token is ``purpose-number-number-signature``. It says nothing that the reader of the letter
doesn't know, can't be made without the key, and can't be turned into one for another person or
purpose.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import Enum

_LONGEST = 100
_SIGNED = 18
"""Bytes of the signature: 24 letters, and nobody guesses 144 bits."""


class Purpose(Enum):
    """What the bearer may do."""

    CONFIRM = "confirm"
    UNSUBSCRIBE = "leave"
    #: report a milestone; `subject` is the occurrence
    REPORT = "report"
    #: answer "Still with us?"; `subject` is the pledge
    STILL = "still"
    #: confirm a pledge from an official address; `subject` is the request
    OFFICIAL = "official"


@dataclass(frozen=True, kw_only=True)
class Grant:
    """What a signed token allows its holder to do."""

    purpose: Purpose
    person: int
    #: what it is about; 0 where the person is enough
    subject: int = 0


def make(key: bytes, grant: Grant) -> str:
    """The token: letters, digits, '-' and '_' only."""
    said = f"{grant.purpose.value}-{grant.person}-{grant.subject}"
    return f"{said}-{_signature(key, said)}"


def read(key: bytes, token: str) -> Grant | None:
    """What the token says, or None when it was not made with this key."""
    match = (
        re.fullmatch(r"([a-z]+)-(\d{1,18})-(\d{1,18})-([\w-]{24})", token, re.ASCII)
        if len(token) <= _LONGEST
        else None
    )
    if match is None:
        return None
    said = f"{match[1]}-{match[2]}-{match[3]}"
    if not hmac.compare_digest(match[4], _signature(key, said)):
        return None
    return Grant(purpose=Purpose(match[1]), person=int(match[2]), subject=int(match[3]))


def _signature(key: bytes, said: str) -> str:
    return base64.urlsafe_b64encode(
        hmac.digest(key, said.encode(), hashlib.sha256)[:_SIGNED]
    ).decode()
