"""What programs sent under a name of their own, so that what is sent twice is done once."""

from typing_extensions import override

from bot.model.staff.machines import Kept, Sent
from bot.model.who import Keep
from bot.store.topic import Topic
from bot.times import DAY


class Requests(Topic):
    """The posts that were made of what was sent, for a day, by the number of the token."""

    def find(self, token: int, name: str, now: int) -> Kept | None:
        """Return what was sent with a token under this name within a day, or None."""
        return self._database.first(
            Kept,
            "SELECT digest, oneoff FROM api_request WHERE token = :token AND name = :name AND at >"
            " :since",
            {"token": token, "name": name, "since": now - DAY},
        )

    def keep(self, token: int, sent: Sent, oneoff: int, now: int) -> None:
        """Keep what became of something that was sent, for a day."""
        self._database.execute(
            "INSERT INTO api_request (token, name, digest, oneoff, at) VALUES (:token, :name,"
            " :digest, :oneoff, :now) ON CONFLICT (token, name) DO UPDATE SET digest ="
            " excluded.digest, oneoff = excluded.oneoff, at = excluded.at",
            {"token": token, **vars(sent), "oneoff": oneoff, "now": now},
        )

    @override
    def expire(self, now: int, keep: Keep) -> int:
        return self._database.execute(
            "DELETE FROM api_request WHERE at <= :before", {"before": now - DAY}
        )
