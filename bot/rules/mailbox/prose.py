"""Reports in words alone: which address failed, and what the server said of it.

qmail, dma, older Exchange and many gateways write no fields; OpenSMTPD and Sendmail leave the
answer out of them. They name the address and say what it answered behind it, before the letter.
"""

import re
from collections.abc import Sequence

from bot.rules.mailbox.phrases import ADDRESS

_LETTER = re.compile(
    r"^-{2,} ?(?:below this line is|original message|this is a copy|the body|the header"
    r"|enclosed is a copy|forwarded message|returned message|undelivered message|------ this is).*"
    r"|^-{3,} ?message header.*|^message headers? follows?.*"
    r"|^(?:the )?original message (?:follows|headers).*"
    r"|^return-path:.*|^received: (?:from|by).*",
    re.IGNORECASE | re.MULTILINE,
)
_LINES = 8
"""Lines behind an address that are about it."""

_MOST = 10
"""Addresses of one report that are read."""

_SIGNS = re.compile(
    r"(?:could ?n.t|could not|cannot|can.t|unable to|wasn.t able to|was not able to)"
    r" (?:be )?deliver|undeliver|delivery (?:has |to .{0,200} )?(?:failed|failure)"
    r"|returned mail|failure notice"
    r"|error (?:delivering|has occurred)|permanent(?:ly)? (?:fatal )?(?:error|fail)"
    r"|did not reach|wasn.t delivered|not delivered"
    r"|delivery status notification|delayed|mail delivery (?:failed|system)|non ?remis"
    r"|no se (?:ha )?pud|unzustellbar|nicht zugestellt|non-delivery",
    re.IGNORECASE,
)
_TRYING = re.compile(
    r"(?:will|shall|continue to|going to) (?:be )?(?:keep |try|retr|attempt)|kept in the queue"
    r"|this is a warning|warning only|not (?:yet )?been delivered|do(?: not|n.t) need to resend"
    r"|has been delayed|is delayed",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(r"given up|giv(?:e|ing) up|not going to try again|expired", re.IGNORECASE)


def tells_of_failure(text: str) -> bool:
    """Return whether a text reads like the report of a mail server."""
    return _SIGNS.search(text[:4000]) is not None


def tries_on(text: str) -> bool:
    """Return whether a report says that the server goes on trying."""
    head = before_letter(text)
    return _TRYING.search(head) is not None and _GIVEN_UP.search(head) is None


def before_letter(text: str) -> str:
    """Return a report without the letter that it quotes."""
    match = _LETTER.search(text)
    return text[: match.start()] if match else text


def said_of(address: str, text: str) -> str:
    """Return what a report says of an address, on one line: what stands behind it, up to another
    one's turn; '' where it isn't named.
    """
    lines = before_letter(text).split("\n")[:400]
    named: list[str] = []
    left = 0
    for line in lines:
        names = [each.lower() for each in ADDRESS.findall(line)]
        if address and address in names:
            left = _LINES
        elif _opens(line, names) or (not line.strip() and 0 < left < _LINES - 1):
            left = 0
        if left:
            left -= 1
            named.append(line.strip())
    return " ".join(" ".join(named).split())[:2000]


def _opens(line: str, names: Sequence[str]) -> bool:
    """Return whether a line begins to speak of another address."""
    return bool(names) and re.match(r"^\s*<?[^\s<>]+@[^\s<>]+>?:?(\s|$)", line) is not None


def failed(text: str, ours: Sequence[str]) -> list[str]:
    """Return the addresses that a report in words says something of, but for `ours`."""
    head = before_letter(text)
    named = dict.fromkeys(each.lower() for each in ADDRESS.findall(head[:8000]))
    machines = re.compile(r"^(?:postmaster|mailer-daemon|abuse|support|helpdesk)@")
    return [each for each in named if each not in ours and not machines.match(each)][:_MOST]
