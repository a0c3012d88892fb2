"""Whether a text on a timeline is the one that was sent: networks add schemes and slashes to links,
and drop marks that nobody sees.
"""

import re
import unicodedata


def canonical(text: str) -> str:
    """What two texts are compared by."""
    seen = "".join(
        sign for sign in unicodedata.normalize("NFC", text) if unicodedata.category(sign) != "Cf"
    )
    return " ".join(
        word.rstrip("/") for word in re.sub(r"https?://", "", seen, flags=re.IGNORECASE).split()
    )
