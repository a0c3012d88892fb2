"""Posts that staff made by hand on networks that have no channel.

Those of a channel are rows of the outbox.
"""

from dataclasses import dataclass

from bot.store.db import Database


@dataclass(frozen=True, kw_only=True)
class Made:
    """A post that somebody made by hand."""

    occurrence: int
    network: str
    language: str
    url: str
    by: str
    #: epoch seconds
    at: int


class Packs:
    """What was posted by hand."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def post(self, made: Made) -> bool:
        """Remember it; False when it was made before."""
        added = self._database.execute(
            "INSERT INTO hand_post (occurrence, network, language, url, by_whom, at) VALUES"
            " (:occurrence, :network, :language, :url, :by, :at) ON CONFLICT DO NOTHING",
            vars(made),
        )
        return added == 1

    def made(self) -> set[tuple[int, str, str]]:
        """(occurrence, network, language) of everything that was posted by hand."""
        return {
            (int(row[0]), str(row[1]), str(row[2]))
            for row in self._database.rows("SELECT occurrence, network, language FROM hand_post")
        }
