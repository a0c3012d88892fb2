"""Paragraphs, lists, links and buttons of a letter's text.

A link of our own pages stands at the end of a sentence that says what it does; the sentence becomes
the link, or the button. All other links are shown as they are written.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import regex

from bot.links import link_spans, mail_spans
from bot.text import ways

_ITEM = re.compile(r"[-•–*] +(?=\S)")
_SENTENCE = re.compile(r"(?<=[.!?…؟])\s+|(?<=[。！？])(?!\Z)")
_SCHEME = re.compile("https?://", re.IGNORECASE)
_SAYS = re.compile(r"[.,:;!?…،؛؟。：！？]\s*$")
"""The end of a sentence, or of what goes on in the list below it."""
_SIGNED = regex.compile(r"(?<![\w/])[#@＃](?=\w*\p{Latin})\w+")
_COLON = " \t\n\u00a0\u202f:："


@dataclass(frozen=True, kw_only=True)
class Part:
    """A piece of a line: words, or a link."""

    text: str
    #: where it leads; '' for words
    url: str = ""
    #: whether it is a hashtag or an account of Latin letters, which is read from its sign on
    signed: bool = False

    @property
    def shows_address(self) -> bool:
        """Whether its text is an address, which is read from left to right in every language."""
        return self.url.removeprefix("mailto:").endswith(self.text)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A paragraph with the button below it, or a list; what it lacks is empty."""

    parts: Sequence[Part] = ()
    #: whether the paragraph is what a list is called
    heads: bool = False
    items: Sequence[Sequence[Part]] = ()
    button: Part | None = None

    def way(self, usual: str) -> str:
        """Return in which direction the paragraph is read, 'ltr' or 'rtl', in a letter that is read
        in the `usual` one: the other way where its first letter and most of all go so, as those of
        a language that stands in do, whatever it names. Names alone turn no sentence round, and
        lists begin at the letter's side.
        """
        there = ways(" ".join(part.text for part in self.parts if not part.url))
        other = "ltr" if usual == "rtl" else "rtl"
        # the first that was counted comes first
        return other if there[other] > there[usual] and next(iter(there)) == other else usual


@dataclass(frozen=True, kw_only=True)
class Own:
    """The links of a letter that lead to pages of ours."""

    #: shown as buttons: what the letter asks for
    buttons: Collection[str]
    #: shown as links: how to stop it
    quiet: Collection[str]

    def within(self, paragraph: str) -> str:
        """Return the link with which the paragraph ends, or ''."""
        ends = (url for url in (*self.buttons, *self.quiet) if paragraph.endswith(url))
        return next(ends, "")


def blocks(texts: Sequence[str], own: Own) -> Iterator[Block]:
    """Yield what these texts show, in their order."""
    for text in texts:
        for paragraph in re.split(r"\n\s*\n", text.strip()):
            yield from _paragraph(paragraph, own)


def _paragraph(paragraph: str, own: Own) -> Iterator[Block]:
    lines = paragraph.split("\n")
    first = next((n for n, line in enumerate(lines) if _ITEM.match(line)), len(lines))
    if first < len(lines) and all(_ITEM.match(line) for line in lines[first:]):
        if first:
            above = "\n".join(lines[:first])
            yield Block(parts=_parts(above), heads=first == 1 and not _SAYS.search(above))
        yield Block(items=[_item(_ITEM.sub("", line, count=1), own) for line in lines[first:]])
        return
    url = own.within(paragraph)
    said = paragraph.removesuffix(url).rstrip(_COLON) if url else ""
    if not said:
        yield Block(parts=_parts(paragraph))
        return
    label = _SENTENCE.split(said)[-1]
    lead, link = said.removesuffix(label), Part(text=label, url=url)
    if url in own.buttons:
        yield Block(parts=_parts(lead.strip()), button=link)
    else:
        yield Block(parts=(*_parts(lead), link))


def _item(text: str, own: Own) -> Sequence[Part]:
    """Return a line of a list, the whole of which is the link to a page of ours at its end."""
    url = own.within(text)
    said = text.removesuffix(url).rstrip(_COLON) if url else ""
    return (Part(text=said, url=url),) if said else _parts(text)


def _parts(text: str) -> tuple[Part, ...]:
    return tuple(_split(text))


def _split(text: str) -> Iterator[Part]:
    done = 0
    for start, end, url in sorted([*_links(text), *_mails(text)]):
        if start < done:
            continue
        yield from _words(text[done:start])
        yield Part(text=text[start:end], url=url)
        done = end
    yield from _words(text[done:])


def _words(text: str) -> Iterator[Part]:
    done = 0
    for match in _SIGNED.finditer(text):
        if done < match.start():
            yield Part(text=text[done : match.start()])
        yield Part(text=match[0], signed=True)
        done = match.end()
    if text[done:]:
        yield Part(text=text[done:])


def _links(text: str) -> Iterator[tuple[int, int, str]]:
    for start, end in link_spans(text):
        words = text[start:end]
        yield start, end, words if _SCHEME.match(words) else f"https://{words}"


def _mails(text: str) -> Iterator[tuple[int, int, str]]:
    for start, end in mail_spans(text):
        yield start, end, f"mailto:{text[start:end]}"
