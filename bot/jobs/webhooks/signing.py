"""Signatures of webhooks, as Standard Webhooks has them: whoever has the key can see that a message
is ours, whole, and of now.
"""

import binascii
from base64 import b64decode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from bot.model import Secret

_PREFIX = "whsec_"
_LEAST, _MOST = 24, 64  # bytes of a key, by the standard

FORM = f"{_PREFIX} and 24 to 64 random bytes in base64"
"""What a key looks like, in words."""


def is_key(secret: Secret) -> bool:
    """Return whether a secret is a key as the standard has it; the library takes any text."""
    text = secret.reveal()
    bare = text.removeprefix(_PREFIX)
    try:
        size = len(b64decode(bare + "=" * (-len(bare) % 4), validate=True))
    except (binascii.Error, ValueError):
        return False
    return text.startswith(_PREFIX) and _LEAST <= size <= _MOST


def headers(id_: str, body: str, keys: Sequence[Secret], now: datetime) -> Mapping[str, str]:
    """Return the three headers of a message that leaves now: its id, when, and a signature by each
    of the keys.
    """
    from standardwebhooks import Webhook

    # the library takes the clock face of an instant for UTC, whatever zone it is in
    at = now.astimezone(UTC)
    signatures = (Webhook(key.reveal()).sign(id_, at, body) for key in keys)
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
