"""The newsletter: what somebody without Telegram wishes to get by e-mail, or to which event they
want to come, and their sign-up.
"""

from dataclasses import dataclass

from bot.model.pledge import LETTER_DAYS, Outcome

DIGEST = "digest"
"""The purpose of consent to get the month's letter."""


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """What somebody asks for when they sign up."""

    #: id of the campaign on whose page it was
    campaign: str
    #: BCP 47 tag
    language: str
    #: ISO 3166 alpha-2, or None
    country: str | None
    zone: str
    #: wished minute of the local day
    minute: int
    #: whether they want the calendar, and of it the named days alone
    calendar: bool
    named_only: bool
    #: whether they want the month's letter
    digest: bool
    #: the wording that they agreed to: its language, where it stood, its version
    wording: str
    #: id of the event that they sign up for; '' where it is for letters
    event: str = ""


@dataclass(frozen=True, kw_only=True)
class Signup:
    """A sign-up by e-mail, and what became of it."""

    id: int
    person: int
    #: epoch seconds
    at: int
    outcome: Outcome
    #: None once it has ended
    wishes: Wishes | None

    def waits(self, now: int) -> bool:
        """Return whether the link in its letter still works at the epoch second `now`."""
        return self.outcome is Outcome.OPEN and now < self.at + LETTER_DAYS * 86_400
