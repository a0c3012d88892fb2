"""What a letter is as bytes: text beside HTML, headers that every mail program and server can read.

All of it is in seven bits, so that no server on its way has to write it anew: signatures hold.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address as HeaderAddress
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Any

from typing_extensions import override

from bot import domains
from bot.model import Picture
from bot.model.message import Attached
from bot.networks.common.picture import content, mime
from bot.networks.mail.account import Address

LONGEST = 998
"""Octets of a line of a mail (RFC 5322, 2.1.1)."""

_WHOLE = frozenset(
    {
        *("list-unsubscribe", "list-unsubscribe-post", "list-id", "message-id"),
        *("in-reply-to", "references"),
    }
)
_OURS = frozenset(
    {
        *("from", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id"),
        *("mime-version", "content-type", "content-transfer-encoding"),
    }
)
"""Fields that every mail has of us."""

_WORD = 60
"""Characters of a word that stands on one line with the name of its field, whichever that is."""

_ID = re.compile(r"<[!-;=?-~]{1,200}@[!-;=?-~]{1,200}>")
_FIELD = re.compile(r"[!-9;-~]+")
_EMAIL = re.compile(r"[^\s@<>\"(),:;\[\]\\]+@[^\s@<>\"(),:;\[\]\\]+")


class _Policy(EmailPolicy):
    """Python's policy, but for three of its faults.

    It would write a field that programs read as encoded words where it is longer than a line, and
    they then find no address in it: those stand on one line. Where it folds beside an encoded word,
    a blank is lost or comes twice, and before a first word that fills a line one is added: such
    words, and those beyond ASCII, are written by its older `Header`.
    """

    @override
    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in _WHOLE:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        if _is_odd(str(value)) and isinstance(value, AddressHeader):
            shown = f",{self.linesep} ".join(self._address(name, each) for each in value.addresses)
        elif _is_odd(str(value)) and name.lower() == "subject":
            shown = self._words(name, value)
        else:
            return super().fold_binary(name, value)
        return f"{name}: {shown}{self.linesep}".encode("ascii")

    def _address(self, name: str, address: HeaderAddress) -> str:
        if not _is_odd(address.display_name):
            return str(address)
        return f"{self._words(name, address.display_name)}{self.linesep} <{address.addr_spec}>"

    def _words(self, name: str, text: str) -> str:
        return Header(text, "utf-8", header_name=name).encode(linesep=self.linesep)


def _is_odd(text: str) -> bool:
    """Return whether Python's policy would not fold it so that it comes back as it was."""
    return not text.isascii() or any(len(word) > _WORD for word in text.split())


_POLICY = _Policy(linesep="\r\n", cte_type="7bit")


@dataclass(frozen=True, kw_only=True)
class Mail:
    """One mail, before it is bytes."""

    sender: Address
    to: Address
    copies: tuple[str, ...] = ()
    replies: tuple[Address, ...] = ()
    subject: str
    text: str
    html: str | None = None
    #: tag of the language of its text
    language: str
    picture: Picture | None = None
    #: the part of its Message-ID before '@'
    id: str
    date: datetime
    #: the Message-ID of the mail that it answers, with its brackets, or nothing
    answers: str = ""
    #: the page that unsubscribes by one click, or None
    unsubscribe: str | None = None
    #: written by a program to one person, whose own programs shall not answer
    automatic: bool = False
    attached: tuple[Attached, ...] = ()
    #: further fields, as the operator wrote them; ours stand before them
    headers: Mapping[str, str] = field(default_factory=dict)


def on_the_wire(email: str) -> str:
    """The address as servers take it: the domain in its ``xn--`` form.

    Raises `ValueError` where its domain is none, and for letters beyond ASCII before the '@', which
    few servers take.
    """
    local, _, domain = email.rpartition("@")
    if not local.isascii():
        raise ValueError("it has letters before the @ that few mail servers take (SMTPUTF8)")
    return f"{local}@{domains.on_the_wire(domain)}"


def addresses(written: str) -> tuple[Address, ...]:
    """The e-mail addresses in what somebody wrote for people (``Our office <us@example.org>``);
    none for a link or anything else that is no address that servers take.
    """
    try:
        header = EmailPolicy().header_factory("To", " ".join(written.split()))
        read = header.addresses if isinstance(header, AddressHeader) else ()
    # Python's parser also stumbles over its own parts: a half group, as in "Mon: 9; Tue 10 <a@b>"
    except (AttributeError, HeaderParseError, IndexError, TypeError, ValueError):
        return ()
    return tuple(
        Address(email=each.addr_spec, name=each.display_name)
        for each in read
        if _EMAIL.fullmatch(each.addr_spec) and _is_taken(each.addr_spec)
    )


def _is_taken(email: str) -> bool:
    try:
        return bool(on_the_wire(email))
    except ValueError:
        return False


def written(mail: Mail) -> bytes:
    """The mail as bytes, with CRLF. Raises `ValueError` for an address that is none."""
    made = EmailMessage(policy=_POLICY)
    made["From"] = _shown(mail.sender)
    made["To"] = _shown(mail.to)
    if mail.copies:
        made["Cc"] = [_shown(Address(email=each)) for each in mail.copies]
    if mail.replies:
        made["Reply-To"] = [_shown(each) for each in mail.replies]
    made["Subject"] = " ".join(mail.subject.split())
    made["Date"] = mail.date
    domain = on_the_wire(mail.sender.email).rpartition("@")[2]
    made["Message-ID"] = f"<{mail.id}@{domain}>"
    if _ID.fullmatch(mail.answers):  # somebody else wrote it
        made["In-Reply-To"] = made["References"] = mail.answers
    if mail.automatic:
        made["Auto-Submitted"] = "auto-generated"
        # but reports that it did not arrive
        made["X-Auto-Response-Suppress"] = "DR, RN, NRN, OOF, AutoReply"
    if mail.unsubscribe:
        made["List-Unsubscribe"] = f"<{domains.url_on_the_wire(mail.unsubscribe)}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    for name in usable(mail.headers):
        if name in made:
            continue
        made[name] = " ".join(mail.headers[name].split())
    _fill(made, mail)
    if mail.language:  # what is filled in takes all fields of contents away
        made["Content-Language"] = mail.language
    return made.as_bytes()


def usable(headers: Mapping[str, str]) -> list[str]:
    """The names of the further fields that can stand in a mail: none that each has of us."""
    return [name for name in headers if _FIELD.fullmatch(name) and name.lower() not in _OURS]


def _fill(made: EmailMessage, mail: Mail) -> None:
    made.set_content(mail.text.rstrip())
    if mail.html is not None:
        made.add_alternative(mail.html, subtype="html")
    if mail.picture is not None:
        kind, _, subtype = mime(mail.picture).partition("/")
        data = content(mail.picture, "mail")
        made.add_attachment(data, maintype=kind, subtype=subtype, filename=mail.picture.name)
        *_, attached = made.iter_attachments()
        attached["Content-Description"] = " ".join(mail.picture.alt.split())
    for each in mail.attached:
        kind, _, subtype = each.mime.partition("/")
        made.add_attachment(each.data, maintype=kind, subtype=subtype, filename=each.name)


def _shown(address: Address) -> HeaderAddress:
    local, _, domain = on_the_wire(address.email).rpartition("@")
    return HeaderAddress(" ".join(address.name.split()), local, domain)
