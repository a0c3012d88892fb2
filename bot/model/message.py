"""A message for a network: text, picture, buttons and letter; and the receipt for it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from typing_extensions import override

_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif"}


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture, and the alt text for those who can't see it."""

    #: the file from which it was read
    path: Path
    #: what leaves, or the bytes of the file while it isn't ready
    data: bytes = field(repr=False)
    alt: str
    #: media type, told by the bytes; empty while the picture isn't ready, and it may not leave
    mime: str = ""
    #: in pixels; 0 while it isn't ready
    width: int = 0
    height: int = 0
    #: the bytes of the file of what is ready
    original: bytes = field(default=b"", repr=False)
    #: what somebody answered for it to the safeguarding checklist; '' for a picture of the data
    vouched: str = ""

    @property
    def is_ready(self) -> bool:
        """Return whether it may leave: nothing is in it but what people see."""
        return bool(self.mime)

    @property
    def name(self) -> str:
        """Return the file's name, with the ending of what its bytes are."""
        return self.path.with_suffix(_ENDINGS.get(self.mime, self.path.suffix)).name


@dataclass(frozen=True, kw_only=True)
class ReadyPicture:
    """A picture that may leave."""

    data: bytes = field(repr=False)
    #: image/jpeg, image/png or image/gif
    mime: str
    width: int
    height: int
    #: what people won't see of it, each in a sentence
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PictureKey:
    """A file by the hash of its bytes, and what a network takes."""

    source: str
    #: most bytes
    most: int
    #: shows pictures that move
    moving: bool

    @classmethod
    def of(cls, data: bytes, most: int, *, moving: bool) -> "PictureKey":
        """Return the key of a file with these bytes."""
        return cls(source=_hash(data), most=most, moving=moving)


@lru_cache(maxsize=32)
def _hash(data: bytes) -> str:
    """Return the hash of a file, which is asked for again and again while its post waits."""
    return sha256(data).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A text as one network gets it, one post or a thread."""

    text: str
    #: BCP 47 tag of the text's language after fallback
    language: str
    #: goes with `text`, the first of a thread
    picture: Picture | None = None
    #: the further posts of a thread, in order; empty for a single post
    thread: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        """Return the posts of a thread in order; a single post is the only one."""
        return (self.text, *self.thread)

    @property
    def whole(self) -> str:
        """Return all posts as one text with empty lines between them.

        For people to read, and for networks that have no threads.
        """
        return "\n\n".join(self.parts)


class DeliveryKey(NamedTuple):
    """The key of a delivery; its public id is `occurrence-channel-recipient`."""

    occurrence: int
    channel: int
    recipient: int

    @override
    def __str__(self) -> str:
        return f"{self.occurrence}-{self.channel}-{self.recipient}"


@dataclass(frozen=True, kw_only=True)
class Button:
    """Something to tap below a message; exactly one of `data`, `url` and `copy` is given."""

    label: str
    #: what comes back when it is tapped; at most 64 bytes
    data: str | None = None
    #: a page that it opens
    url: str | None = None
    #: a text that it copies; at most 256 characters
    copy: str | None = None


Keyboard = tuple[tuple[Button, ...], ...]
"""Buttons below a message, row by row."""


@dataclass(frozen=True, kw_only=True)
class Attached:
    """A file that goes with a letter."""

    name: str
    #: media type, such as 'application/pdf'
    mime: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What an e-mail, or a message to a chat room, has beside its text."""

    subject: str
    #: who answers are meant for, as people wrote it (``Our office <us@example.org>``), or None;
    #: what is no e-mail address is left out
    reply_to: str | None
    #: name that stands in From; empty for the account's own
    sender: str = ""
    #: the same letter as HTML, beside the text; None for a letter of text alone
    html: str | None = None
    #: the page that unsubscribes by one click, or None
    unsubscribe: str | None = None
    #: names the recipient in the envelope's sender, signed; letters, digits and '-', or nothing
    token: str = ""
    #: the id of the mail that it answers, with its brackets, or nothing
    answers: str = ""
    #: files that go with an e-mail; a chat room gets none
    attached: tuple[Attached, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Message:
    """One delivery, as its network is asked to send it."""

    key: DeliveryKey
    #: the chat id or address of one person; None for a post
    address: str | None
    body: Rendered
    #: when this delivery was first tried, the same at every try: for look-ups on the own timeline,
    #: and as a post's time where the network takes ours
    since: datetime
    #: for one person by e-mail, or one room; a network without letters leaves it out
    letter: Letter | None = None
    #: for one person in a chat, to be bound to them; a network without buttons leaves them out
    buttons: Keyboard = ()
    #: leaves at the faster pace that the network sells, and is paid for
    paid: bool = False
    #: the day of its occurrence; with the key it names the delivery outside our own database too
    day: date | None = None

    @property
    def idempotency_key(self) -> str:
        """Return a key that is the same for every attempt at this delivery."""
        return str(self.key)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """A network's proof that a message was taken."""

    #: id of the post; of a thread, or a picture with its text, all ids with ',' between them
    id: str
    url: str | None = None
    #: False for a thread of which only the first posts are there
    complete: bool = True


@dataclass(frozen=True, kw_only=True)
class PostOut:
    """A post that left and was not taken back."""

    action: str
    day: date
    network: str
    #: epoch seconds
    at: int
    #: its address on the network, '' where that tells none
    url: str
