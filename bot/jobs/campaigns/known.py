"""The data that a check has found clean today.

A check takes seconds of work. After `drumbeat reload` or `drumbeat doctor` has checked the data,
the running process, one that starts the same day, and the next doctor need not do it again for the
very same ones.
"""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256

from bot import __version__
from bot.config import Settings
from bot.jobs.campaigns.limits import Told
from bot.library import Library
from bot.store import Store

_CLEAN = "data found clean"


def digest(settings: Settings, library: Library, told: Mapping[str, Told], today: date) -> str:
    """Return a digest of all that a check looks at, in hexadecimal digits.

    That is the content of all files, what of the settings is checked with them, what servers `told`
    by account, the day, and the version of drumbeat.
    """
    limits = sorted(
        (account, known.limits, sorted(known.services.items())) for account, known in told.items()
    )
    looked_at = (
        __version__,
        today,
        library.files.version,
        [root.resolve() for root in library.files.roots],
        settings.active,
        sorted(settings.channels.items()),
        settings.web and settings.web.public_url,
        limits,
    )
    return sha256(repr(looked_at).encode("utf-8", "surrogateescape")).hexdigest()


def remember_clean(store: Store, digest: str) -> None:
    """Remember that a check of all campaigns found nothing wrong in the data of this digest."""
    store.meta.put(_CLEAN, digest)


def is_clean(store: Store, digest: str) -> bool:
    """Tell whether the data that were last found clean have this digest."""
    return store.meta.get(_CLEAN) == digest
