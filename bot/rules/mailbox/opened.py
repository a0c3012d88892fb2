"""A message taken apart, within bounds: no file in it is opened, and what is nested too deep, or
comes in too many parts, is left unread.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.errors import CloseBoundaryNotFoundDefect, MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from bot.rules.mailbox.phrases import ADDRESS

DEEPEST = 8
"""Levels of parts within parts that are read."""

_PARTS = 60
"""Most parts of one message that are read."""

_NESTED = 40
"""Most boundaries that a message may declare; what declares more is no letter of a person."""

_TEXT = 60_000
"""Most characters of one part that are read."""

_FIELD = 4_000
"""Most characters of a field that are read."""

_ODD = (ValueError, LookupError, TypeError, AttributeError, IndexError)
"""What Python's parser raises over odd charsets and fields."""

_STATUS = "message/delivery-status"
_GLOBAL_STATUS = "message/global-delivery-status"
RETURNED = frozenset(
    {
        *("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"),
        "text/rfc822-header",
    }
)
"""Types of parts that hold a letter of ours, or its head."""


@dataclass(frozen=True)
class Opened:
    """A message and its parts, the letter that it returns left closed."""

    message: Message
    parts: Sequence[Message]

    def field(self, name: str) -> str:
        """Return the first field of this name, decoded and on one line; '' where there is none."""
        return said(self.message, name)

    def all(self, name: str) -> list[str]:
        """Return every field of this name, at most ten, decoded and on one line."""
        return [_plain(str(each)) for each in (self.message.get_all(name) or [])[:10]]

    def addresses(self, name: str) -> list[str]:
        """Return the e-mail addresses in all fields of this name, in small letters."""
        named = (each for field in self.all(name) for each in ADDRESS.findall(field))
        return [each.lower() for each in named][:20]

    def of_type(self, *types: str) -> Iterator[Message]:
        """Yield the parts of these types."""
        return (part for part in self.parts if part.get_content_type() in types)

    @property
    def statuses(self) -> list[Message]:
        """Return the parts that hold the fields of a delivery report."""
        return list(self.of_type(_STATUS, _GLOBAL_STATUS))

    @property
    def is_whole(self) -> bool:
        """Return whether the fields of a report came to their end: another part follows, or the
        message is closed behind them.
        """
        statuses = self.statuses
        closed = not any(isinstance(d, CloseBoundaryNotFoundDefect) for d in self.message.defects)
        return self.message.is_multipart() and (closed or self.parts[-1] not in statuses)

    @property
    def returned(self) -> Message | None:
        """Return the head of the letter that comes back with it; None where there is none."""
        part = next(self.of_type(*RETURNED), None)
        if part is None:
            return None
        inner = part.get_payload()
        if isinstance(inner, list) and inner and isinstance(inner[0], Message):
            return inner[0]
        return _parsed(text_of(part).lstrip().encode("utf-8", "replace"))

    @property
    def text(self) -> str:
        """Return what stands in it to be read: its plain texts, or else those in HTML."""
        plain = [text_of(part) for part in self.of_type("text/plain") if not is_file(part)]
        return "\n".join(plain)[:_TEXT]

    @property
    def html(self) -> str:
        """Return its first text in HTML; '' where there is none."""
        return next((text_of(p) for p in self.of_type("text/html") if not is_file(p)), "")


def opened(data: bytes) -> Opened | None:
    """Return a message taken apart; None where nobody can read it."""
    if data.lower().count(b"boundary=") > _NESTED:
        return None
    message = _parsed(data)
    return None if message is None else Opened(message, list(_walked(message)))


def _parsed(data: bytes) -> Message | None:
    try:
        return BytesParser(policy=compat32).parsebytes(data)
    # the first for what is nested without an end
    except (RecursionError, MessageError, *_ODD):
        return None


def _walked(message: Message) -> Iterator[Message]:
    """Yield the parts, breadth first, but none of a letter that is returned or passed on."""
    level, left = [message], _PARTS
    for _ in range(DEEPEST):
        below: list[Message] = []
        for part in level:
            if left == 0:
                return
            left -= 1
            yield part
            inner = part.get_payload()
            if part.get_content_maintype() == "multipart" and isinstance(inner, list):
                below += [each for each in inner if isinstance(each, Message)]
        level = below


def is_file(part: Message) -> bool:
    """Return whether a part is a file that goes with a letter."""
    try:
        return part.get_content_disposition() == "attachment" or part.get_filename() is not None
    except (MessageError, *_ODD):
        return True


def said(message: Message, name: str) -> str:
    """Return the first field of this name, decoded and on one line; '' where there is none."""
    return _plain(str(message.get(name, "")))


def text_of(part: Message) -> str:
    """Return the text of a part, whatever it says of its letters."""
    data = part.get_payload(decode=True)
    if not isinstance(data, bytes):
        return ""
    charset = part.get_content_charset() or "utf-8"
    try:
        text = data[: 4 * _TEXT].decode(charset, "replace")
    except (LookupError, ValueError):  # a charset that nobody knows
        text = data[: 4 * _TEXT].decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")[:_TEXT]


def _plain(value: str) -> str:
    """Return a field decoded and on one line."""
    value = value[:_FIELD]
    if "=?" in value:
        value = _decoded(value)
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def _decoded(value: str) -> str:
    try:
        pieces = decode_header(value)
        return "".join(
            piece.decode(charset or "ascii", "replace") if isinstance(piece, bytes) else piece
            for piece, charset in pieces
        )
    except (MessageError, ValueError, LookupError):
        return value
