"""Somebody who signed up for an event, as they are told something."""

from dataclasses import dataclass

from bot.model.person import Place


@dataclass(frozen=True, kw_only=True)
class Told:
    """Somebody who is to be told something, with where they are met."""

    #: number of the guest
    guest: int
    person: int
    #: when they signed up; epoch seconds
    at: int
    #: as `Guest` has them
    heard: int
    knows: int
    place: Place
