"""What a message in our mailbox is, once it was read: a report of a mail server, an answer of a
machine, or words of a person.
"""

from dataclasses import dataclass, field
from enum import Enum

BOUNCES_DAYS = 180
"""Days after which a report says nothing any more of whoever it was about."""

ANSWERS_DAYS = 30
"""Days after which an answer of ours by mail is forgotten, whether or not it left."""


class Verdict(Enum):
    """What is true of a recipient, by the words of the servers on the way to them."""

    #: there is certainly no such mailbox
    HARD = "hard"
    #: full, busy, greylisted, or nobody knows: what passes, or what shows nothing
    SOFT = "soft"
    #: it is about our server or our letter: policy, spam, rate, size
    US = "us"
    #: a filter of this person's own refuses us, or they called a letter of ours spam
    REFUSES = "refuses"


class Mail(Enum):
    """What kind of message it is."""

    #: a report of a mail server about letters of ours
    REPORT = "report"
    #: a program answers in a person's place, who is away
    AWAY = "away"
    #: a program wrote it: a list, a receipt, a newsletter, a letter of our own
    MACHINE = "machine"
    #: a person wrote it
    PERSON = "person"


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """What a report says of one recipient."""

    #: the address as it failed, which may be one to which ours is forwarded
    address: str
    #: the address as we wrote it, where the report tells
    original: str = ""
    verdict: Verdict
    #: False for a warning: the server goes on trying
    final: bool
    #: the server's own words, on one line
    words: str = ""

    @property
    def dead(self) -> bool:
        """Return whether the mailbox is certainly not there, by the server's last word."""
        return self.final and self.verdict is Verdict.HARD

    def is_about(self, address: str) -> bool:
        """Return whether it is about this address and no other, however it is spelled."""
        return address.lower() in (self.address.lower(), self.original.lower())


@dataclass(frozen=True, kw_only=True)
class Received:
    """A message of our mailbox, read once. All of it was written by others."""

    kind: Mail
    #: the address in From, in small letters; '' where there is none
    sender: str = ""
    subject: str = ""
    #: the addresses it came to, in small letters
    to: tuple[str, ...] = ()
    #: its own Message-ID with its brackets; '' where it has none
    id: str = ""
    #: whatever may carry a token of ours: addresses it came to, ids that it answers or returns
    traces: tuple[str, ...] = ()
    #: of a report: one for each recipient
    bounces: tuple[Bounce, ...] = ()
    #: of a person: what they wrote, without what they quote
    text: str = field(default="", repr=False)
    #: whether files came with it, which nobody opens
    attached: bool = False


class Way(Enum):
    """How a mailbox is reached."""

    IMAP = "imap"
    MAILDIR = "maildir"
    #: a folder of .eml files
    EML = "eml"


@dataclass(frozen=True, kw_only=True)
class Oauth:
    """By whom tokens are given that stand in for a mail account's password; the client's secret is
    no part of it.
    """

    #: where they are fetched
    url: str
    client: str
    scope: str = ""


@dataclass(frozen=True, kw_only=True)
class MailboxAt:
    """The mailbox in which reports and answers arrive, as config.toml names it."""

    way: Way
    #: host and port, or the folder
    place: str
    user: str = ""
    #: the folder on an IMAP server
    folder: str = "INBOX"
    #: tls, starttls or plain
    security: str = "tls"
    #: minutes between two looks
    minutes: int = 5
    #: whether what was read is deleted there
    delete: bool = False
    #: addresses of ours whose mail is forwarded here: also what strangers write to them is heard
    addresses: tuple[str, ...] = ()
    #: None where the login has a password
    oauth: Oauth | None = None

    @property
    def name(self) -> str:
        """Return what it is called for people, without any secret."""
        if self.way is Way.IMAP:
            return f"{self.user} at {self.place}, {self.folder}"
        return self.place


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message as it lies in the mailbox."""

    #: its name there: the same at every look
    key: str
    #: at most so many bytes as are read of one
    data: bytes = field(repr=False)


class Reply(Enum):
    """What a letter says that answers one in our mailbox."""

    #: how no more letters come
    STOP = "stop"
    #: whom to call for a child in danger
    DANGER = "danger"
    #: that a stranger's message has come
    TAKEN = "taken"
    #: what staff answer to a question
    ANSWERED = "answered"


@dataclass(frozen=True, kw_only=True)
class Answering:
    """A letter that answers one in our mailbox, and has not left; instants in epoch seconds."""

    id: int
    kind: Reply
    #: id of the channel by which it leaves
    channel: int
    address: str
    language: str
    #: number of who wrote; None for a stranger
    person: int | None
    #: of the letter that it answers, and that one's id
    subject: str
    thread: str
    #: number of the question; None where it answers none
    question: int | None
    at: int
    tries: int
