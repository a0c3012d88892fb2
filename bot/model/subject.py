"""Subjects: what a delivery is about, by the text that an occurrence keeps as its action.

======================  ==============================================================
``prompt-may``          an action of the data: its nudge, or its post
``prompt-may:own``      a prompt on a day counted from a pledge; the slot is that of the pledge
``prompt-may:reminder`` a prompt that is waiting for an answer
``prompt-may:still``    the question to who fell silent: still with us?
``contact:confirm``     the request to confirm, to somebody whom others put on a list
``newsletter:join``     the letter by which somebody joins; the slot is the sign-up's
``pledge:verify``       the letter to an official address; the slot is the request's
``pledge:propose``      the letter about a pledge from a page; the slot is the proposal's
``pledge:mine``         the letter that opens a maker's own pages; the slot is the visit's
``pledge:invited``      the letter that invites a colleague; the slot is the invitation's
``introduce:s5``        the question whether a maker wants to know another one
``introduced:s5``       what the other one lets them know
``asked:q5``            what somebody asks the makers of a pledge
``amplified:p12``       that we showed somebody's post to our followers
``told:n34``            news of a pledge: a line of its history
``digest:d3``           the letter that tells of a month, by its number
``call:n4``             a call that goes to pledge-makers, by the word that opened it
``country:n2``          what staff decided about a country's report, to who answers it
``event:n9``            news of an event, to somebody who signed up
``event:h9``            that an event begins soon, to who waits for it
``post:7``              a post, or an announcement, that staff wrote
======================  ==============================================================

No id in the data has a ':' in it, so what has one was never planned for many at once. Only `parse`
takes such a text apart.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from typing_extensions import override

MARK = ":"
"""Stands in every subject that is no action of the data, and in no action's id."""

OWN = f"{MARK}own"
"""Ends the text of a prompt on a day counted from a pledge."""


@dataclass(frozen=True)
class Subject:
    """What a delivery is about; `str` gives the text that is stored."""

    @property
    def about(self) -> str:
        """Return the id of the action, or a word for what is in no data."""
        return str(self).partition(MARK)[0]


@dataclass(frozen=True)
class Planned(Subject):
    """An action of the campaign's data."""

    action: str

    @override
    def __str__(self) -> str:
        return self.action


@dataclass(frozen=True)
class Own(Subject):
    """A prompt that comes so long after a pledge was made, to its maker alone."""

    prompt: str

    @override
    def __str__(self) -> str:
        return f"{self.prompt}{OWN}"


@dataclass(frozen=True)
class Reminder(Subject):
    """The one reminder of an unanswered prompt."""

    prompt: str

    @override
    def __str__(self) -> str:
        return f"{self.prompt}{MARK}reminder"


@dataclass(frozen=True)
class Still(Subject):
    """The question whether a pledge-maker is still with us, after unanswered prompts."""

    prompt: str

    @override
    def __str__(self) -> str:
        return f"{self.prompt}{MARK}still"


@dataclass(frozen=True)
class Confirm(Subject):
    """The request to confirm that they want to hear from us."""

    @override
    def __str__(self) -> str:
        return f"contact{MARK}confirm"


@dataclass(frozen=True)
class SignUp(Subject):
    """The letter by which who has signed up on a page confirms it."""

    @override
    def __str__(self) -> str:
        return f"newsletter{MARK}join"


@dataclass(frozen=True)
class Verify(Subject):
    """The letter that asks an official address about a pledge."""

    @override
    def __str__(self) -> str:
        return f"pledge{MARK}verify"


@dataclass(frozen=True)
class Propose(Subject):
    """The letter by which who has written a pledge on a page submits it."""

    @override
    def __str__(self) -> str:
        return f"pledge{MARK}propose"


@dataclass(frozen=True)
class Visit(Subject):
    """The letter whose link opens the pages of a pledge's maker."""

    @override
    def __str__(self) -> str:
        return f"pledge{MARK}mine"


@dataclass(frozen=True)
class Invited(Subject):
    """The letter that invites somebody to edit a pledge."""

    @override
    def __str__(self) -> str:
        return f"pledge{MARK}invited"


@dataclass(frozen=True)
class Numbered(Subject):
    """What is about one row of a table, whose number stands behind the prefix of its kind."""

    PREFIX: ClassVar[str]

    number: int

    @override
    def __str__(self) -> str:
        return f"{self.PREFIX}{self.number}"


class Amplified(Numbered):
    """The note that a post of theirs was amplified, by the number of the amplification."""

    PREFIX = f"amplified{MARK}p"


class Introduce(Numbered):
    """The question whether a pledge-maker wants to know another one, by the number of the side that
    is asked.
    """

    PREFIX = f"introduce{MARK}s"


class Introduced(Numbered):
    """What another pledge-maker lets this one know, since both want to know each other; by the
    number of the side that is told.
    """

    PREFIX = f"introduced{MARK}s"


class Asked(Numbered):
    """What somebody asks the makers of a pledge, by the number of the question."""

    PREFIX = f"asked{MARK}q"


class News(Numbered):
    """The news of what happened to a pledge, by the number of the line of its history."""

    PREFIX = f"told{MARK}n"


class CountryNews(Numbered):
    """What staff have decided about a country's report, by the number of the report."""

    PREFIX = f"country{MARK}n"


class CallFor(Numbered):
    """That the campaign looks for something that a pledge-maker may have, by the number of staff's
    word that opened the call.
    """

    PREFIX = f"call{MARK}n"


class OfEvent(Numbered):
    """What somebody is told of an event that they signed up for, by the number of the note."""

    PREFIX = f"event{MARK}n"


class EventSoon(OfEvent):
    """That an event begins within the hour, or was called off or moved so late that whoever signed
    up waits for it just now.
    """

    PREFIX = f"event{MARK}h"


class MonthLetter(Numbered):
    """The letter that tells of a month, by its number."""

    PREFIX = f"digest{MARK}d"


@dataclass(frozen=True)
class Written(Subject):
    """A post or an announcement that staff wrote, which stands in no calendar."""

    #: 'post' or 'announcement'
    kind: str
    number: int

    @override
    def __str__(self) -> str:
        return f"{self.kind}{MARK}{self.number}"


@dataclass(frozen=True)
class Unknown(Subject):
    """A subject of another version of drumbeat; nobody gets anything about it."""

    text: str

    @override
    def __str__(self) -> str:
        return self.text


_FIXED: Mapping[str, Subject] = {
    str(subject): subject
    for subject in (Confirm(), SignUp(), Verify(), Propose(), Visit(), Invited())
}
_OF_PROMPT: Mapping[str, Callable[[str], Subject]] = {
    "own": Own,
    "reminder": Reminder,
    "still": Still,
}
_NUMBERED = (
    Amplified,
    Asked,
    CallFor,
    CountryNews,
    Introduce,
    Introduced,
    MonthLetter,
    News,
    OfEvent,
    EventSoon,
)


@lru_cache(maxsize=4096)
def parse(text: str) -> Subject:
    """Return what this stored text is about."""
    head, mark, tail = text.partition(MARK)
    if not mark:
        return Planned(text)
    if tail in _OF_PROMPT:
        return _OF_PROMPT[tail](head)
    if tail.isdecimal():
        return Written(head, int(tail))
    for numbered in _NUMBERED:
        number = text.removeprefix(numbered.PREFIX)
        if number != text and number.isdecimal():
            return numbered(int(number))
    return _FIXED.get(text, Unknown(text))
