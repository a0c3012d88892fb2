"""The words and numbers by which mail servers say what is wrong.

A number says more than words, and words alone say that a mailbox is gone only where they name it
and nothing beside them speaks of anything else: "550" comes with blocked senders, full mailboxes
and closed doors as well.
"""

import re
from dataclasses import dataclass

ADDRESS = re.compile(r"[^\s<>\"'(),;:\[\]]+@[A-Za-z0-9\u0080-\uffff][\w.\-\u0080-\uffff]*\w")
"""An e-mail address within a text."""

_CODE = re.compile(r"(?<![\d.#/-])([245]\d\d)(?=[\s-]|$)")
_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_WHERE = re.compile(
    r"https?://\S+|\[?\b\d{1,3}(?:\.\d{1,3}){3}\b\]?|\b(?:[\w-]+\.){1,6}[a-z]{2,}\b"
)
"""Links, addresses of machines and their names: a host may be called anything."""

GONE = frozenset({(1, 1), (1, 2), (1, 3), (1, 6), (1, 10), (2, 1)})
"""Second and third number of an enhanced status (RFC 3463) that says that there is no such mailbox,
that it moved, or that it is closed.
"""

FULL = (2, 2)
SENDER = frozenset({(1, 7), (1, 8)})
SIZE = frozenset({(2, 3), (3, 4)})
MAILBOX, CONTENT, POLICY = 2, 6, 7
"""The second number alone: what it is about."""

_WHO = r"(?:e-?mail |mail )?(?:user|mailbox|account|recipient|address(?:ee)?|inbox|person|recip\w*)"
_NAMED = (
    rf"(?:no such|unknown|invalid|non-?existent|nonexisting|not a valid|no valid)"
    rf" (?:local |e-?mail |mail |virtual |final )?{_WHO}\b"
    rf"|\b{_WHO}\b(?: \S+){{0,9}}? (?:is |are |was |has )?(?:\w+ )?(?:unknown|invalid"
    rf"|(?:does|do|did) ?(?:no|n.?)t exist|doesnt exist|no longer exists?|not exist(?:ing)?"
    rf"|not (?:be )?found|couldn.?t be found|not known|not listed|no longer (?:valid|on server)"
    rf"|(?:been )?(?:closed|deleted|terminated))\b"
    rf"|\b{_WHO} \(?\S*\)? ?(?:unknown|notfound|not found)\b"
    rf"|\bno mailbox (?:here )?by that name\b|\bdoes(?:no| ?n.?)t have an? \S* ?account\b"
    rf"|\bthere is no one here by that name\b|\brecip(?:ient)?notfound\b|\bno user \S* ?here\b"
)
_UNKNOWN = re.compile(_NAMED, re.IGNORECASE)
_SHUT = re.compile(
    r"\b(?:mailbox|account|user|reach) (?:is |was |has been )?(?:inactive|disabled|deactivated)\b",
    re.IGNORECASE,
)
_TABLE = re.compile(
    r"\bin (?:\w+ ){0,3}(?:recipient|mailbox|alias|user|relay)s? (?:table|maps?)\b", re.IGNORECASE
)
"""Where Postfix has looked, which says of no relay that it refuses."""

_ELSE = re.compile(
    r"\b(?:sender|relay\w*|spam\w*|quota|block\w*|black.?list\w*|deny.?list\w*|policy|policies"
    r"|den(?:y|ied)|prohibited|client|full|exceed\w*|over ?limit|storage|temporar\w*|later|rate"
    r"|quickly|too (?:many|fast|much|large|big|long)|gr[ea]y.?list\w*|reputation|spf|dkim|dmarc|arc"
    r"|authenti\w*|unsolicited|bulk|content|virus|size|dns|unrout\w*|connect\w*|time[d ]*.?out"
    r"|loop\w*|hops?|tls|suspend\w*|unverified|verif\w*|probe|helo|ptr|greet\w*|limit\w*|busy"
    r"|try again|retry|retrying|delayed|expired|restricted|permi\w*|unauthori[sz]ed"
    r"|(?:host|domain)(?: name)?(?: \S+){0,2} not found|domain (?:of|does|is|has))\b",
    re.IGNORECASE,
)
"""Words beside which nothing shows that a mailbox is gone."""

_OVER = re.compile(
    r"(?:mailbox|inbox|user|account|recipient|storage|disk|quota|bo[iî]te|buz[oó]n|postfach)\b"
    r".{0,50}\b(?:full|exceed\w*|over\w*|pleine|lleno|voll)\b|\bover ?quota|\bquota\b"
    r"|exceed\w* (?:\w+ ){0,3}storage|insufficient (?:\w+ )?(?:storage|space)|out of storage",
    re.IGNORECASE,
)
_TOO_MUCH = re.compile(
    r"rate.?limit|too many (?!hops|errors|recipients)|too (?:fast|frequent)|throttl|slow down"
    r"|unusual (?:rate|sending)|unexpected volume|sending (?:limit|quota|rate)|user complaints"
    r"|\brate\b|quickly",
    re.IGNORECASE,
)
_SHORT = 6
"""Words: what is said without a number must be said plainly."""

_SENDING = re.compile(
    r"(?:hourly|daily|sending|outgoing|relay\w*) (?:\w+ ){0,2}(?:limit|quota)"
    r"|(?:messages?|e?mails?|recipients) per (?:second|minute|hour|day)",
    re.IGNORECASE,
)
"""How much one may send; a mailbox has a quota too."""

_LATER = re.compile(
    r"gr[ea]y.?list|try (?:again )?later|temporarily (?:defer|unavail)", re.IGNORECASE
)
_LETTER = re.compile(
    r"too (?:big|large)|(?:message|mail|line|header) (?:\w+ )?too long|message (?:file )?size"
    r"|size (?:limit|exceed)|maximum (?:message )?size"
    r"|virus|malware|attachment|prohibited content|content (?:reject|denied)",
    re.IGNORECASE,
)
_US = re.compile(
    r"\brelay|\bblock|black.?list|deny.?list|\bspf\b|\bdkim\b|\bdmarc\b|spam|\bsender|policy"
    r"|policies|reputation|unauthori[sz]ed|authenti|client host|\bhelo\b|reverse dns|\bptr\b"
    r"|\b[rd]n[sb]l\b|\brbl\b|unsolicited|\bbulk\b|listed (?:at|by|in|on) ",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"resolver\.rst|only accepts? (?:mail|messages) from"
    r"|not accept (?:\w+ ){0,3}(?:external|outside)"
    r"|(?:recipient|user|group) (?:\w+ ){0,4}(?:only|restricted)"
    r"|blocked by (?:the )?(?:recipient|user)"
    r"|recipient.{0,40}\bblocked (?:your|you|the sender)|not authorized to send to (?:the|this)"
    r"|permission to (?:send|post)|blocked senders?\b",
    re.IGNORECASE,
)
"""The recipient, or who looks after that group, lets nobody like us in."""


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a server said, read once."""

    #: the reply code, such as 550; 0 where none stands there
    code: int
    #: the enhanced status, such as (5, 1, 1); None where none stands there
    status: tuple[int, int, int] | None
    #: the words without any address, name of a machine or link
    plain: str
    #: whether they name addresses of somebody else: ours, or one to which they are forwarded
    of_others: bool

    @property
    def unknown(self) -> bool:
        """Return whether they say that there is no such mailbox, and nothing else beside."""
        return _UNKNOWN.search(self.plain) is not None and not self.otherwise

    @property
    def sure(self) -> bool:
        """Return whether they say so and hardly anything beside, so that no number is needed."""
        match = _UNKNOWN.search(self.plain)
        if match is None or not self.unknown:
            return False
        beside = self.plain[: match.start()] + self.plain[match.end() :]
        return len(match[0].split()) <= _SHORT and len(beside.split()) <= 2 * _SHORT

    @property
    def shut(self) -> bool:
        """Return whether they say that it is closed, which is sure beside a number alone."""
        return _SHUT.search(self.plain) is not None

    @property
    def otherwise(self) -> bool:
        """Return whether they speak of what may be the reason in a mailbox's place."""
        return _ELSE.search(_TABLE.sub(" ", self.plain)) is not None

    @property
    def full(self) -> bool:
        """Return whether they say that the mailbox has no room."""
        over = _OVER.search(self.plain) is not None
        return over and not self.of_letter and not self.of_sending

    @property
    def too_much(self) -> bool:
        """Return whether they say that too much comes."""
        return self.of_sending or _TOO_MUCH.search(self.plain) is not None

    @property
    def of_sending(self) -> bool:
        """Return whether they name how much somebody may send."""
        return _SENDING.search(self.plain) is not None

    @property
    def later(self) -> bool:
        """Return whether they ask us to come again."""
        return _LATER.search(self.plain) is not None

    @property
    def of_letter(self) -> bool:
        """Return whether they are about the letter: its size, or what is in it."""
        return _LETTER.search(self.plain) is not None

    @property
    def of_us(self) -> bool:
        """Return whether they are about who writes, and from where."""
        return _US.search(self.plain) is not None

    @property
    def closed(self) -> bool:
        """Return whether they say that the recipient lets in whom they like."""
        return _CLOSED.search(self.plain) is not None


def words(text: str, names: tuple[str, ...] = ()) -> Words:
    """Read what a server said about somebody with these addresses."""
    code = _CODE.search(text[:200])
    number = _ENHANCED.search(text)
    named = {each.lower() for each in ADDRESS.findall(text)}
    plain = ADDRESS.sub(" ", _WHERE.sub(" ", ADDRESS.sub(" ", text)))
    for name in names:
        local = name.partition("@")[0]
        if local:
            plain = re.sub(rf"(?i)(?<!\w){re.escape(local)}(?!\w)", " ", plain)
    plain = _CODE.sub(" ", _ENHANCED.sub(" ", plain))
    return Words(
        code=int(code[1]) if code else 0,
        status=(int(number[1]), int(number[2]), int(number[3])) if number else None,
        plain=" ".join(re.sub(r"[<>\[\]\"'`*]", " ", plain).split()),
        of_others=bool(named - set(names)),
    )
