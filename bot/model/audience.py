"""Whom an action is for, in numbers that the database keeps."""

from enum import IntEnum


class Audience(IntEnum):
    """Whom an action is for."""

    INDIVIDUAL = 1
    ORGANIZATION = 2
    COUNTRY = 3
    REGION = 4

    @property
    def word(self) -> str:
        """The word in data files and JSON."""
        return self.name.lower()
