"""Channels and accounts as the database knows them: their ids, pauses, pacing and rests."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict

from bot.model import Channel
from bot.model.channel import Paused, Resting
from bot.store.topic import Topic


class Channels(Topic):
    """The channels; all other tables refer to them by integers."""

    def ensure(self, channels: Iterable[Channel]) -> Mapping[str, int]:
        """Return an id for every channel; new channels are given one.

        A channel that was taken out of the config keeps its id.
        """
        with self._database.transaction():
            self._database.many(
                "INSERT INTO channel (name, network, language) VALUES (:name, :network, :language)"
                " ON CONFLICT (name) DO UPDATE SET network = excluded.network, language ="
                " excluded.language",
                [{"name": c.name, "network": c.network, "language": c.language} for c in channels],
            )
            return self.ids()

    def ids(self) -> dict[str, int]:
        """Return the ids of all channels that ever were, by name."""
        return dict(self._database.rows("SELECT name, id FROM channel ORDER BY id"))

    def networks(self) -> dict[int, str]:
        """Return the names of the channels' networks, by channel id."""
        return dict(self._database.rows("SELECT id, network FROM channel ORDER BY id"))

    def pause(self, name: str, reason: str, now: int) -> bool:
        """Pause a channel; return False when it was paused already."""
        return (
            self._database.execute(
                "UPDATE channel SET paused = :now, reason = :reason WHERE name = :name AND paused"
                " IS NULL",
                {"now": now, "reason": reason, "name": name},
            )
            == 1
        )

    def resume(self, name: str) -> bool:
        """Let a channel go on; return False when it was not paused."""
        done = self._database.execute(
            "UPDATE channel SET paused = NULL, reason = NULL WHERE name = :name AND paused IS NOT"
            " NULL",
            {"name": name},
        )
        return done == 1

    def paused(self) -> list[Paused]:
        """Return all paused channels, by name."""
        return self._database.select(
            Paused,
            "SELECT name, paused AS since, reason FROM channel WHERE paused IS NOT NULL ORDER BY"
            " name",
        )

    def pacing(self, account: str) -> str | None:
        """Return an account's pacing state (JSON), or None where none was stored."""
        row = self._database.row("SELECT pacing FROM account WHERE name = :name", {"name": account})
        return row[0] if row else None

    def pacings(self) -> list[str]:
        """Return the pacing states (JSON) of all accounts that have one, by account."""
        return [row[0] for row in self._database.rows("SELECT pacing FROM account ORDER BY name")]

    def keep_pacing(self, account: str, pacing: str) -> None:
        """Store an account's pacing state for the next start."""
        self._database.execute(
            "INSERT INTO account (name, pacing) VALUES (:name, :pacing) ON CONFLICT (name) DO"
            " UPDATE SET pacing = excluded.pacing",
            {"name": account, "pacing": pacing},
        )

    def keep_rest(self, rest: Resting) -> None:
        """Store that an account rests, in place of its rest before."""
        self._database.execute(
            "INSERT INTO rest (account, since, until, rests, reason) VALUES (:account, :since,"
            " :until, :rests, :reason) ON CONFLICT (account) DO UPDATE SET since = excluded.since,"
            " until = excluded.until, rests = excluded.rests, reason = excluded.reason",
            asdict(rest),
        )

    def end_rest(self, account: str) -> bool:
        """Let an account go on; return False when it did not rest."""
        return (
            self._database.execute("DELETE FROM rest WHERE account = :name", {"name": account}) == 1
        )

    def resting(self) -> dict[str, Resting]:
        """Return the accounts that rest, by name."""
        rests = self._database.select(
            Resting, "SELECT account, since, until, rests, reason FROM rest ORDER BY account"
        )
        return {rest.account: rest for rest in rests}
