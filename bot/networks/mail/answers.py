"""What the answer of a mail server means: for one recipient, for this mail, or for the account.

A server says with one code very different things, so its words count too, and somebody's mailbox is
taken for dead on positive evidence alone: a blocked sender or a full mailbox must not cost us a
contact (181 reports of six servers, read in November 2026, are behind the words).

======================================  ====================================================
what it says                            what follows
======================================  ====================================================
no such mailbox (5.1.1, its words)      this recipient is gone
mailbox full, greylisted, busy          this letter waits, the others go
too many messages                       the account rests
blocked, relay denied, 5.7.1, a login   the account waits for a person; no letter is lost
too large, odd content, anything else   this mail is refused
======================================  ====================================================
"""

import re
from dataclasses import dataclass
from enum import Enum, auto

from bot.errors import (
    AccountRefused,
    Blocked,
    Busy,
    NetworkError,
    RateLimited,
    Refused,
    TryLater,
)
from bot.networks.common.redact import redacted
from bot.rules.mailbox import phrases


class Step(Enum):
    """How far a mail has come."""

    CONNECT = auto()
    SENDER = auto()
    RECIPIENT = auto()
    #: the server may have all of it
    CONTENT = auto()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A server's refusal."""

    code: int
    words: str
    step: Step
    #: the address of the one person to whom the mail goes; None for a post
    person: str | None


_REST = 300.0
"""Seconds that an account rests that has sent too much: servers count by minutes."""

_LONG_REST = 3_600.0
"""Seconds where they count by days."""

_AGAIN = 300.0
"""Seconds after which greylisting lets a letter in: the usual delay."""

_FULL = 4 * 3_600.0
"""Seconds after which a full mailbox is tried again."""

_MOST = 300
"""Characters of a server's words that are told."""

_STATUS = re.compile(r"\W*[245]\.(\d{1,3})\.(\d{1,3})(?![.\d])")
_DEAD = frozenset({(1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)})
_SENDER = frozenset({(1, 7), (1, 8)})
_SIZE = frozenset({(3, 4), (2, 3)})
# the second number of an enhanced status (RFC 3463): what it is about
_MAILBOX, _SYSTEM, _CONTENT, _POLICY = 2, 3, 6, 7
_GONE = 421
_LOGIN = frozenset({530, 534, 535, 538})
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")

_TOO_MUCH = re.compile(
    r"rate.?limit|too many (?!hops|errors)|too (?:fast|frequent)|throttl|slow down|unusual rate|"
    r"sending (?:limit|quota|rate)|messages? per (?:second|minute|hour|day)|"
    r"(?:hourly|daily|message|outgoing|relay\w*) (?:\w+ ){0,2}(?:limit|quota)",
    re.IGNORECASE,
)
_DAILY = re.compile(r"daily|per day|24 hours", re.IGNORECASE)
_IS_FULL = re.compile(
    r"(?:mailbox|inbox|user|account|recipient|storage|disk|quota)\b.{0,40}\b(?:full|exceed|over)"
    r"|over.?quota|quota|exceed\w* (?:\w+ ){0,3}storage|insufficient (?:\w+ )?(?:storage|space)",
    re.IGNORECASE,
)
_TOO_LARGE = re.compile(
    r"too (?:big|large|long)|message (?:file )?size|size (?:limit|exceed)", re.IGNORECASE
)
_UNKNOWN = re.compile(
    r"unknown|no such|not? exist|n.t exist|no mailbox|not found|invalid|undeliverable",
    re.IGNORECASE,
)
_SOMEBODY = re.compile(r"user|mailbox|account|recipient", re.IGNORECASE)
_NOT_THEM = re.compile(r"sender|relay|spam|quota|block|policy|denied|client", re.IGNORECASE)
_US = re.compile(
    r"relay|block|black.?list|deny.?list|\bspf\b|dkim|dmarc|spam|sender|policy|reputation|"
    r"not permitted|not allowed|unauthori[sz]ed|authenti|client host|\bhelo\b|reverse dns|\bptr\b|"
    r"\b[rd]n[sb]l\b|unsolicited",
    re.IGNORECASE,
)


def failure(answer: Answer) -> NetworkError:
    """The error that tells what a refusal means, with the server's own words and no address."""
    words = f"the mail server answered {answer.code} {told(answer.words, answer.person)}".rstrip()
    if answer.code in _LOGIN:
        return AccountRefused(f"the mail server refuses the name or the password: {words}")
    said = _Said(answer)
    if said.too_much:
        rest = _LONG_REST if _DAILY.search(answer.words) else _REST
        return RateLimited(words, retry_after=rest)
    about_one = answer.step in (Step.RECIPIENT, Step.CONTENT)
    if about_one and said.full:
        return Busy(f"{words}; the mailbox is full", wait=_FULL)
    if about_one and said.crowded:
        return Busy(words, wait=_AGAIN)
    if answer.code < 500:  # noqa: PLR2004 - RFC 5321: 4yz may be tried again
        alone = about_one and said.subject != _SYSTEM and answer.code != _GONE
        return Busy(words, wait=_AGAIN) if alone else TryLater(words)
    return _final(answer, said, words)


def _final(answer: Answer, said: "_Said", words: str) -> NetworkError:
    if said.of_this_mail:
        return Refused(words)
    if answer.step in (Step.CONNECT, Step.SENDER):
        return AccountRefused(words)
    if said.dead:
        return Blocked(words) if answer.person else Refused(words)
    if said.of_us and (answer.person or answer.step is Step.RECIPIENT):
        return AccountRefused(words)
    return Refused(words)


class _Said:
    """What a server said, read once."""

    def __init__(self, answer: Answer) -> None:
        match = _STATUS.match(answer.words)
        #: the second and third number of an enhanced status (RFC 3463); 0 where there is none
        self.subject, self.detail = (int(match[1]), int(match[2])) if match else (0, 0)
        self._code, self._words = answer.code, answer.words
        self._read = phrases.words(answer.words, (answer.person,) if answer.person else ())

    @property
    def too_much(self) -> bool:
        """We send too much; 4.2.1 says that of what one mailbox gets."""
        return self.subject != _MAILBOX and _TOO_MUCH.search(self._words) is not None

    @property
    def full(self) -> bool:
        """The mailbox is full, which passes: both 4.2.2 and 5.2.2 are said."""
        if self.subject:
            return (self.subject, self.detail) == (2, 2)
        return self._code in (450, 452, 550, 552, 554) and (
            _IS_FULL.search(self._words) is not None and not self.of_this_mail
        )

    @property
    def crowded(self) -> bool:
        """One mailbox gets too much, which passes; 5.2.1 is said of that, too."""
        return self.subject == _MAILBOX and self._read.too_much

    @property
    def of_this_mail(self) -> bool:
        """What is written is refused: its size or its form."""
        if self.subject:
            return self.subject == _CONTENT or (self.subject, self.detail) in _SIZE
        return _TOO_LARGE.search(self._words) is not None

    @property
    def dead(self) -> bool:
        """There is certainly no such mailbox."""
        if (self.subject, self.detail) in _DEAD:
            return not self._read.otherwise
        return (
            self.subject in (0, 1, 2)
            and (self.subject, self.detail) not in _SENDER
            and all(each.search(self._words) for each in (_UNKNOWN, _SOMEBODY))
            and not _NOT_THEM.search(self._words)
        )

    @property
    def of_us(self) -> bool:
        """The server will have none of what we send: who we are, or where we come from."""
        if self.subject == _POLICY or (self.subject, self.detail) in _SENDER:
            return True
        return self._code == 571 or _US.search(self._words) is not None  # noqa: PLR2004


def told(words: str, person: str | None) -> str:
    """Return what a server said, on one line, without any e-mail address, nor the name in the
    person's: errors are kept with the delivery, told and logged.
    """
    # some servers write in the letters of their own system
    words = words.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    words = redacted(" ".join("".join(c if c.isprintable() else " " for c in words).split()))
    if person is not None:
        whole, name = re.escape(person), re.escape(person.partition("@")[0])
        words = re.sub(rf"(?i)(?<!\w){whole}(?!\w)", "(the address)", words)
        words = re.sub(rf"(?i)(?<![\w(]){name}(?![\w)])", "(the address)", words)
    return _ADDRESS.sub("(an address)", words)[:_MOST]
