"""Whether a pledge can be made on these pages, and how it is confirmed: by letter, in Telegram."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.conversation.people.start import PLEDGE, WRITTEN
from bot.jobs.pledges import proposals
from bot.model import Audience
from bot.model.makers import Form
from bot.web.public import joining
from bot.web.public.reader import Reader


@dataclass(frozen=True, kw_only=True)
class Offer:
    """How a pledge can be made."""

    form: Form
    #: how what is written here can be confirmed, as in `proposals.ways`; none: it is not taken here
    ways: tuple[str, ...]
    #: the address that opens our bot for making one there, where there is one
    telegram: str | None

    def way(self, sent: Mapping[str, str]) -> str | None:
        """Return how somebody wants to confirm it: as they said, or in the only way; None where
        they have not said it, or it is none any more.
        """
        fit = [way for way in self.ways if sent.get("by", way) == way]
        return fit[0] if len(fit) == 1 else None


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What the first step asks of who is old enough."""

    audience: Audience
    #: how it is confirmed, as in `proposals.ways`; '' where it is already known whose it is
    way: str

    @property
    def by_mail(self) -> bool:
        """Whether a letter confirms it, for which an address is asked."""
        return self.way == proposals.MAIL


def offer(reader: Reader) -> Offer | None:
    """Return how a pledge of the reader's campaign can be made now; None where none is taken, and
    where pages only show.
    """
    if not reader.takes or reader.playing:
        return None
    taking = proposals.taking(reader.services, reader.today)
    if taking is None or taking.id != reader.of.id:
        return None
    joins = joining.address(reader)
    telegram = f"{joins}?start={PLEDGE}" if joins else None
    ways = tuple(
        way
        for way in proposals.ways(reader.services, reader.language)
        if way != proposals.TELEGRAM or joins
    )
    if not ways and telegram is None:
        return None
    return Offer(form=taking.forms["pledge"], ways=ways, telegram=telegram)


def opening(reader: Reader, code: str) -> str:
    """Return the address that opens in Telegram what was written, where that is offered."""
    return f"{joining.address(reader)}?start={WRITTEN}{code}"


def begun(reader: Reader, offered: Offer, sent: Mapping[str, str]) -> Begun | None:
    """Return what the first step asks; None where an answer to it lacks."""
    audience, way = audiences(reader).get(sent.get("for", "")), offered.way(sent)
    if audience is None or way is None or sent.get("age") != "yes":
        return None
    return Begun(audience=audience, way=way)


def shows(reader: Reader) -> bool:
    """Return whether a pledge can be made, so that the menu leads to the page."""
    return offer(reader) is not None


def audiences(reader: Reader) -> dict[str, Audience]:
    """Return for whom pledges are made, by the words of the audiences: an organisation is one of
    the campaign's stakeholder groups.
    """
    grouped = any(group.audience is Audience.ORGANIZATION for group in reader.of.groups.values())
    return {each.word: each for each in Audience if each is not Audience.ORGANIZATION or grouped}
