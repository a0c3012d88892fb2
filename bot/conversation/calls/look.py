"""What the topics of calls may look at."""

from dataclasses import dataclass
from typing import Protocol

from bot.model.makers import Form
from bot.model.words import FormWords


@dataclass(frozen=True, kw_only=True)
class AskedSurvey:
    """The survey of a pledge, with its questions in the person's language."""

    #: who asks: the organisation, or what its pledge is called
    name: str
    form: Form
    words: FormWords


@dataclass(frozen=True, kw_only=True)
class OpenCall:
    """A call to which something can be sent now."""

    title: str
    about: str
    #: address of the page on which it is sent
    page: str


class CallsLook(Protocol):
    """Calls, as whoever has their link may see them."""

    @property
    def open(self) -> tuple[OpenCall, ...]:
        """The calls of all active campaigns to which something can be sent today."""

    @property
    def favourites(self) -> tuple[str, ...]:
        """Addresses at which favourites stand by their months, of campaigns that have any."""

    def survey(self, code: str) -> AskedSurvey | None:
        """Return the survey that a link opens, or None where none is open."""
