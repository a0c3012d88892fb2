"""Posts that staff made by hand on networks for which there is no channel.

Posts by hand in place of a channel are rows of the outbox.
"""

from collections.abc import Iterable
from typing import ClassVar

from typing_extensions import override

from bot.model.share import HandPost
from bot.model.who import Purpose, Who
from bot.store.topic import Personal, Topic


class Packs(Topic):
    """The record of posts made by hand."""

    PERSONAL: ClassVar[Personal] = {
        Purpose.STAFF: {
            "hand_post": ("by_whom",),
        }
    }

    @override
    def forget(self, who: Who, now: int) -> int:
        # what was posted by hand stays posted
        self._unsign(who, "hand_post")
        return 0

    def post(self, made: HandPost) -> bool:
        """Record a post made by hand; return False when it was recorded before."""
        added = self._database.execute(
            "INSERT INTO hand_post (occurrence, network, language, url, by_whom, at) VALUES"
            " (:occurrence, :network, :language, :url, :by, :at) ON CONFLICT DO NOTHING",
            vars(made),
        )
        return added == 1

    def made(self, occurrences: Iterable[int]) -> set[tuple[int, str, str]]:
        """Return (occurrence, network, language) of every post made by hand for `occurrences`."""
        wanted = ", ".join(f"{number:d}" for number in occurrences)
        if not wanted:
            return set()
        return {
            (occurrence, network, language)
            for occurrence, network, language in self._database.rows(
                "SELECT occurrence, network, language FROM hand_post WHERE occurrence IN"
                f" ({wanted})"
            )
        }
