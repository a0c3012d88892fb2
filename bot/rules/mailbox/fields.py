"""The fields of a delivery report (RFC 3464): one block for the letter, one for each recipient.

Servers write them in any order and case, fold them, and leave some out. A block that says two
things of one kind says nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from bot.rules.mailbox.opened import text_of

_MOST = 50
"""Recipients of one report that are read."""

_TYPE = re.compile(r"^\s*[\w.\-]+\s*;\s*")
_NAME = re.compile(r"^([!-9;-~]+)\s*:\s*(.*)$")
_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?![.\d])")


@dataclass(frozen=True, kw_only=True)
class Block:
    """What the fields say of one recipient."""

    final: str
    original: str
    #: such as 'failed' or 'delayed', in small letters; '' where it isn't told, or told twice
    action: str
    status: tuple[int, int, int] | None
    #: the server's answer, with its type left off; '' where there is none
    diagnostic: str


def blocks(part: Message) -> list[Block]:
    """Return what a delivery report says of each recipient."""
    return [
        _block(fields)
        for fields in list(_fields(part))[:_MOST]
        if "final-recipient" in fields or "original-recipient" in fields
    ]


def envelope_ids(part: Message) -> Iterator[str]:
    """Yield the name that the letter had in its envelope, where the report tells it."""
    for fields in list(_fields(part))[:1]:
        if name := _only(fields, "original-envelope-id"):
            yield name


def _fields(part: Message) -> Iterator[dict[str, list[str]]]:
    """Yield the fields of each block, by their names in small letters."""
    inner = part.get_payload()
    if isinstance(inner, list):
        for block in inner:
            if isinstance(block, Message):
                yield _gathered("\n".join(_lines(block)))
        return
    for text in re.split(r"\n\s*\n", text_of(part)):
        yield _gathered(text)


def _lines(block: Message) -> Iterator[str]:
    for name, value in block.items():
        yield f"{name}: {str(value)[:4000]}"
    # what the parser took for a body: it follows a line that is no field
    if isinstance(rest := block.get_payload(), str):
        yield from rest.split("\n")[:50]


def _gathered(text: str) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    last: list[str] = []
    for line in text.replace("\r", "").split("\n")[:200]:
        if line[:1] in (" ", "\t") and last:
            last[-1] = f"{last[-1]} {line.strip()}"
        elif match := _NAME.match(line):
            last = fields.setdefault(match[1].lower(), [])
            last.append(match[2].strip())
    return fields


def _block(fields: dict[str, list[str]]) -> Block:
    number = _STATUS.search(_only(fields, "status"))
    return Block(
        final=_address(_only(fields, "final-recipient")),
        original=_address(_only(fields, "original-recipient")),
        action=_only(fields, "action").split(" ")[0].lower(),
        status=(int(number[1]), int(number[2]), int(number[3])) if number else None,
        diagnostic=_TYPE.sub("", _only(fields, "diagnostic-code"), count=1)[:2000],
    )


def _only(fields: dict[str, list[str]], name: str) -> str:
    """Return the value of a field that comes once; '' where it comes never, or says two things."""
    values = set(fields.get(name, ()))
    return values.pop() if len(values) == 1 else ""


def _address(written: str) -> str:
    """Return an address without its type, in small letters."""
    return _TYPE.sub("", written, count=1).strip().strip("<>").lower()
