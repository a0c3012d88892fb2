"""What the text of a nudge or a note is made of."""

from dataclasses import dataclass
from datetime import date

from bot.model import Audience
from bot.model.subject import Subject


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """All that the text of a nudge or a note depends on."""

    #: id
    campaign: str
    subject: Subject
    #: name of the network that carries it
    network: str
    audience: Audience
    day: date
    language: str
    #: they have made one
    pledge: bool
    #: number of the person; wordings rotate by it
    recipient: int
    #: they can answer with buttons and commands
    buttons: bool
