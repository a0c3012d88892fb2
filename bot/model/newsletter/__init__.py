"""The newsletter: what somebody without Telegram wishes to get by e-mail, or to which event they
want to come, their sign-up, and the letter that tells of a month.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from bot.model.person import Place
from bot.model.pledge import LETTER_DAYS, Outcome
from bot.model.staff import Actor

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


ITEM = "- "
"""What a line of a list begins with in the letter of a month."""


LED = re.compile(r"(.*\S)\s*[:：]\s*(https?://\S+)")
"""A line that says what the link at its end leads to."""


def without_items(text: str, gone: Callable[[str], object]) -> str:
    """Return a text without the lines of its lists of which `gone` says so, and without a list of
    which nothing is left.
    """
    told = list[str]()
    for paragraph in text.split("\n\n"):
        lines = paragraph.split("\n")
        left = [line for line in lines if not (line.startswith(ITEM) and gone(line))]
        if len(left) == len(lines) or any(line.startswith(ITEM) for line in left):
            told.append("\n".join(left))
    return "\n\n".join(told)


@dataclass(frozen=True, kw_only=True)
class MonthText:
    """What the letter of a month says in one language."""

    subject: str
    text: str


def mark_of(texts: Mapping[str, MonthText]) -> str:
    """Return what stands for these texts, by the tags of their languages: 64 hex digits, others as
    soon as a letter of any is another.
    """
    said = {tag: [each.subject, each.text] for tag, each in texts.items()}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Digest:
    """The letter of a month: a draft, or one that was approved; instants in epoch seconds."""

    id: int
    campaign: str
    #: the month's first day
    first: date
    #: by the tags of their languages
    texts: Mapping[str, MonthText]
    #: who changed it last; None while it is as it was composed
    by: Actor | None
    at: int
    approved_by: Actor | None
    approved: int | None
    #: the mark under which it was approved; '' before
    frozen: str
    #: addresses in it of posts by pledge-makers, as we showed them when it was approved
    posts: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """Return what stands for its texts as they are."""
        return mark_of(self.texts)


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who gets the month's letter, and where and when they want to be met."""

    person: int
    place: Place
