"""Whether a pledge can be made on these pages: by the letter that confirms it, or in Telegram."""

from dataclasses import dataclass

from bot.conversation.people.start import PLEDGE
from bot.jobs.pledges import proposals
from bot.model import Audience
from bot.model.makers import Form
from bot.web.public import joining
from bot.web.public.reader import Reader


@dataclass(frozen=True, kw_only=True)
class Offer:
    """How a pledge can be made."""

    form: Form
    #: whether the form is taken here: its letter leaves
    here: bool
    #: the address that opens our bot, where there is one
    telegram: str | None


def offer(reader: Reader) -> Offer | None:
    """Return how a pledge of the reader's campaign can be made now; None where none is taken, and
    where pages only show.
    """
    if not reader.takes or reader.playing:
        return None
    taking = proposals.taking(reader.services, reader.today)
    if taking is None or taking.id != reader.of.id:
        return None
    here = proposals.channel(reader.services, reader.language) is not None
    joins = joining.address(reader)
    telegram = f"{joins}?start={PLEDGE}" if joins else None
    if not here and telegram is None:
        return None
    return Offer(form=taking.forms["pledge"], here=here, telegram=telegram)


def shows(reader: Reader) -> bool:
    """Return whether a pledge can be made, so that the menu leads to the page."""
    return offer(reader) is not None


def audiences(reader: Reader) -> dict[str, Audience]:
    """Return for whom pledges are made, by the words of the audiences: an organisation is one of
    the campaign's stakeholder groups.
    """
    grouped = any(group.audience is Audience.ORGANIZATION for group in reader.of.groups.values())
    return {each.word: each for each in Audience if each is not Audience.ORGANIZATION or grouped}
