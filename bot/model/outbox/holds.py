"""What claims pass by, since a person holds it."""

from dataclasses import dataclass

from bot.model.outbox import PUBLIC, Scope


@dataclass(frozen=True, kw_only=True)
class Holds:
    """What is held at this moment, as conditions in the statement of a claim."""

    everything: bool
    channels: frozenset[int]
    #: on `m`, which has a channel and an occurrence: asked once for all rows of a wave
    waves: str
    #: on the delivery `d`: asked of each row
    people: str
    params: dict[str, object]
    #: the scopes that are asked of each row, each with its condition on the delivery `d`
    of_people: tuple[tuple[Scope, str], ...] = ()
    #: (occurrence, channel) of broadcasts whose messages are being cancelled, or given another hour
    gone: tuple[tuple[int, int], ...] = ()

    @property
    def rows(self) -> str:
        """Return the condition on a delivery `d` and its wave `m` that nothing holds it back."""
        return f"{self.waves}{self._cancelled}{self.people}"

    @property
    def _cancelled(self) -> str:
        """Return the condition that passes by all of a wave that is being cancelled in one step of
        its index, but for the post of the same action.
        """
        if not self.gone:
            return ""
        waves = " OR ".join(
            f"m.occurrence = {int(occurrence)} AND m.channel = {int(channel)}"
            for occurrence, channel in self.gone
        )
        return f" AND d.recipient <= CASE WHEN {waves} THEN {PUBLIC} ELSE {2**63 - 1} END"
