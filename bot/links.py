"""Where the links of a text begin and end: as most networks see them, and as X counts them."""

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

import regex
from linkify_it import LinkifyIt
from linkify_it.tlds import TLDS

from bot.domains import as_written

LONGEST_LINK = 2_500
"""Characters above which nothing is taken for a link: browsers and servers take some 2,000."""

_KEPT = 200
"""Texts of which is kept where their links are: each is asked for that several times on its way."""

_ROUNDS = 8
"""Times that marks are taken off the end of a link: quotations within brackets need three, and each
takes as long as to find the link.
"""

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"

_CLOSES = {"“": "”", "«": "»", "‹": "›", "「": "」", "『": "』", "【": "】", "《": "》", "〈": "〉"}
"""Quotation marks and brackets that may stand in a path when they close again in it."""

_CLOSING = frozenset(_CLOSES.values()) | frozenset("）〕〗〙｣")

_FULL_STOPS = frozenset("。，、！？：；｡､")
"""Marks that no path has, and after which Chinese and Japanese go on without a space."""

_MAIL = regex.compile(r"(?<![\w.+@-])[\w.+-]{1,64}@(?:\w[\w-]{0,62}\.){1,8}\w[\w-]{0,62}")
"""An e-mail address among words; a name such as `@ana@server.example` is none."""


@cache
def _top_level() -> list[str]:
    """Return top-level domains in lower case, longest first; international ones as people write
    them.
    """
    plain = [name.lower() for name in TLDS]
    written = [as_written(name) for name in plain if name.startswith("xn--")]
    return sorted([*plain, *written], key=len, reverse=True)


@cache
def _linkify() -> LinkifyIt:
    return LinkifyIt({"ftp:": None, "//": None}, {"fuzzy_email": True}).tlds(_top_level())


def link_spans(text: str) -> list[tuple[int, int]]:
    """Return where the links of `text` begin and end, in order, as `links` finds them."""
    return list(_spans(text)) if "." in text or "://" in text else []


@lru_cache(maxsize=_KEPT)
def _spans(text: str) -> tuple[tuple[int, int], ...]:
    # A direction mark ends a link, which the library does not know. What goes on so long without a
    # space is none, and the library takes time by the square of it.
    parted = regex.sub(f"[{_BIDI}]", " ", text)
    short = regex.sub(rf"\S{{{LONGEST_LINK + 1},}}", lambda run: " " * len(run[0]), parted)
    matches = _linkify().match(short) or []
    return tuple(
        (match.index, match.index + _bare_length(match.text))
        for match in matches
        if match.schema != "mailto:"
    )


def mail_spans(text: str) -> list[tuple[int, int]]:
    """Return where the e-mail addresses of `text` begin and end, in order.

    What is after the last dot may be any word: a name that nobody knows yet is an address too.
    """
    return [match.span() for match in _MAIL.finditer(text)] if "@" in text else []


def links(text: str) -> tuple[str, ...]:
    """Return the links in `text` as written, in order: http(s) ones and bare domains.

    E-mail addresses are no links.
    """
    return tuple(text[start:end] for start, end in link_spans(text))


def _bare_length(link: str) -> int:
    """Return how much of a match is the link, without closing marks that follow right on it.

    The library knows the marks of ASCII; those that writers use (” ’ » … 。) are taken for a part.
    """
    for _ in range(_ROUNDS):
        end = _before_marks(link)
        if end == len(link):
            return end
        # what stood before a mark may end in a mark of ASCII, as in “https://w.example/q.”
        rest = _linkify().match(link[:end])
        if not rest or rest[0].index:
            return end
        link = link[: min(end, rest[0].last_index)]
    return len(link)


def _before_marks(link: str) -> int:
    """Return where the first mark stands that closes what was opened before the link; or, where
    there is none, where the marks at its end begin.
    """
    opened: list[tuple[str, int]] = []
    for at, sign in enumerate(link):
        if sign in _FULL_STOPS:
            return at
        if opened and sign == _CLOSES.get(opened[-1][0]):
            opened.pop()
        elif sign in _CLOSES:
            opened.append((sign, at))
        elif sign in _CLOSING:
            return at
    end = opened[0][1] if opened else len(link)
    while end and not link[end - 1].isascii() and _is_mark(link, end - 1):
        end -= 1
    return end


def _is_mark(link: str, at: int) -> bool:
    """Return whether a sign that isn't ASCII can't be the end of a link.

    What closes something that was opened within the link can.
    """
    closes_own = any(sign == link[at] and opener in link[:at] for opener, sign in _CLOSES.items())
    return unicodedata.category(link[at]).startswith("P") and not closes_own


# X's own rules for links, from its published twitter-text conformance rules. They differ from the
# library's above: a link ends before a letter that is neither Latin nor Cyrillic, and begins in the
# middle of Chinese or Japanese text. Counting by the library's rules could make a text pass that X
# refuses.

_OUTSIDE = r"!'#%&()*+,\\\-./:;<=>?@\[\]\^_{|}~$\s\x85\u180e\ufffe\ufeff\uffff" + _BIDI
_LETTER = rf"[^{_OUTSIDE}]"
_ACCENTED = (
    r"À-ÖØ-öø-ÿ\u0100-\u024F\u0253\u0254\u0256\u0257\u0259\u025B\u0263"
    r"\u0268\u026F\u0272\u0289\u028B\u02BB\u0300-\u036F\u1E00-\u1EFF"
)
_PATH = rf"[a-z\u0400-\u04FF0-9!*';:=+,.$/%#\[\]\-\u2013_~@|&{_ACCENTED}]"
_PARENS = rf"\((?:{_PATH}+|{_PATH}*\({_PATH}+\){_PATH}*)\)"
_PATH_END = rf"(?:[+\-a-z\u0400-\u04FF0-9=_#/{_ACCENTED}]|{_PARENS})"
_QUERY = r"[a-z0-9!?*'@();:&=+$/%#\[\]\-_.,~|]"


@cache
def _x_patterns() -> tuple["regex.Pattern[str]", "regex.Pattern[str]"]:
    names = "|".join(name for name in _top_level() if not name.startswith("xn--"))
    top = rf"(?:(?:{names})(?=[^0-9a-zA-Z@+-]|$)|xn--[-0-9a-z]+)"
    # Names of at most 63 letters, at most ten of them: without bounds the search is quadratic.
    below = rf"(?:{_LETTER}(?:(?:[_-]|{_LETTER}){{0,61}}{_LETTER})?\.){{0,9}}"
    domain = rf"{below}{_LETTER}(?:(?:-|{_LETTER}){{0,61}}{_LETTER})?\.{top}"
    path, query = rf"/(?:(?:{_PATH}|{_PARENS})*{_PATH_END})?", rf"\?{_QUERY}*[a-z0-9\-_&=#/]"
    before = r"(?P<before>[^A-Za-z0-9@＠$#＃\ufffe\ufeff\uffff]|\A)"
    scheme, port = r"(?P<scheme>https?://)?", r"(?::[0-9]+)?"
    link = rf"{before}{scheme}(?P<domain>{domain}){port}(?P<path>{path})?(?:{query})?"
    ascii_domain = rf"(?:[-a-z0-9{_ACCENTED}]+\.)+{top}"
    return regex.compile(link, regex.IGNORECASE), regex.compile(ascii_domain, regex.IGNORECASE)


def x_links(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans that X counts as links, in order, by its own rules."""
    if "." not in text:
        return
    link, ascii_domain = _x_patterns()
    for match in link.finditer(text):
        if match["scheme"]:
            if not _encodable(match["domain"]):
                continue
            yield match.end("before"), match.end()
        elif match["before"] not in ("-", "_", ".", "/"):
            names = list(ascii_domain.finditer(match["domain"]))
            for name in names:
                # the path belongs to the last name, as many characters after it as stand after the
                # whole domain
                rest = (
                    match.end() - match.end("domain") if match["path"] and name is names[-1] else 0
                )
                yield (
                    match.start("domain") + name.start(),
                    match.start("domain") + name.end() + rest,
                )


def _encodable(domain: str) -> bool:
    # By the rules of 2003, as X itself does (java.net.IDN in its twitter-text): those of today know
    # no "_" and no emoji in a domain, which X links and counts.
    try:
        return bool(domain.encode("idna"))
    except UnicodeError:
        return False
