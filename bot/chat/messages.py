"""What comes into the chat and what goes out, whatever the network."""

import re
from dataclasses import dataclass

from bot.conversation.words import DATA, Command, Event, Pressed, Text, unbind
from bot.model import Keyboard

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Something that came in: an event, or the press of a button, which has `data` instead."""

    #: the network's own address of the chat
    address: str
    #: the network's own id of who wrote or pressed
    user: str
    event: Event | None = None
    #: what the pressed button carries
    data: str | None = None
    #: whether it is a chat with one person, not a group
    private: bool = True
    #: whether it comes from an admin of the group
    admin: bool = False
    #: tag of the language of the person's app
    language: str | None = None
    #: the network's own number of the update; None where updates don't come twice
    number: int | None = None
    #: the numbers of the updates that brought the rest of a text
    pieces: tuple[int, ...] = ()
    #: names what may come several times and is answered once: an album, an edited message
    once: str = ""
    #: id of the press, which is to be answered
    callback: str | None = None
    #: number of the message whose button was pressed
    message: int | None = None
    #: the part of a group in which this was said, where it has parts
    thread: int | None = None


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A message, an answer to a press, or a file that goes out."""

    address: str
    text: str = ""
    keyboard: Keyboard = ()
    #: a text of its own below the other, in a block that a tap copies
    code: str | None = None
    #: number of the message in whose place it is put
    edits: int | None = None
    #: id of the press that it answers by a short notice, which is no message
    callback: str | None = None
    #: name and content of a file
    document: tuple[str, str] | None = None
    #: a PNG; the text is what it shows, and stands alone where the picture is not taken
    picture: bytes | None = None
    #: of a file, tag of the language of who asked for it
    language: str | None = None
    #: ('answer' | 'flag' | 'notice', its number), by which the entry is told that it has left
    receipt: tuple[str, int] | None = None
    #: the part of a group into which it goes
    thread: int | None = None


def event_of(arrival: Arrival) -> Event | None:
    """Return what happened, in texts that can be stored.

    None for a button that was not made for this chat, or never by us.
    """
    match arrival.event:
        case None:
            return _press(arrival.data or "", arrival.address)
        case Text(text=text, reply=reply) if _UNSTORABLE.search(text + reply):
            return Text(text=_storable(text), reply=_storable(reply))
        case Command(name=name, argument=argument) if _UNSTORABLE.search(argument):
            return Command(name=name, argument=_storable(argument))
    return arrival.event


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text)


def _press(data: str, address: str) -> Pressed | None:
    ours = len(data) <= DATA and data.isascii() and data.isprintable()
    return unbind(data, address) if ours else None
