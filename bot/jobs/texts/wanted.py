"""What the text of a nudge or a note is made of."""

from dataclasses import dataclass
from datetime import date

from bot.model import Audience
from bot.model.subject import Subject


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """All that the text of a nudge or a note depends on."""

    #: id of the campaign
    campaign: str
    subject: Subject
    #: name of the network that carries it
    network: str
    audience: Audience
    day: date
    language: str
    #: whether the person has made a pledge
    pledge: bool
    #: id of the person, by which wordings rotate
    recipient: int
    #: whether the person can answer with buttons and commands
    buttons: bool
    #: what staff wrote in the place of the action's nudge; '' for its own wordings
    instead: str = ""
