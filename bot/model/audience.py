"""Audiences of actions, by the integers that the database stores."""

from enum import IntEnum


class Audience(IntEnum):
    """The kind of recipients that an action is for; integers are stored."""

    INDIVIDUAL = 1
    ORGANIZATION = 2
    COUNTRY = 3
    REGION = 4

    @property
    def word(self) -> str:
        """Return the word for it in data files and JSON."""
        return self.name.lower()
