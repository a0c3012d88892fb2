"""A person's own words in an answer, without what their program quotes below or above them."""

import re
from html.parser import HTMLParser

from typing_extensions import override

LONGEST = 4_000
"""Most characters of what somebody wrote that are kept."""

_BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3", "blockquote", "table", "hr"})
_UNSEEN = frozenset({"style", "script", "head", "title", "blockquote"})
_INTRO = re.compile(
    r"^[ >]*(?:"
    r"-{2,} ?(?:original message|forwarded message|message d.origine|message transf[ée]r[ée]"
    r"|mensaje original|mensaje reenviado|mensagem original|urspr[üu]ngliche nachricht"
    r"|weitergeleitete nachricht|messaggio originale|oorspronkelijk bericht)\b.*"
    r"|(?:on|le|el|em|am|il|op|den)\b.{5,200}?(?:wrote|[ée]crit|escribi[óo]|escreveu|schrieb"
    r"|scritto|schreef|skrev)\b.{0,100}:?"
    r"|.{0,100}<?\S+@\S+>?.{0,40}(?:wrote|[ée]crit|escribi[óo]|escreveu|schrieb|scritto):"
    r"|_{20,}"
    r")\s*$",
    re.IGNORECASE,
)
_HEAD = re.compile(r"^[ >*]*(?:from|de|von|da|van)\s*\*?:\*?\s.*", re.IGNORECASE)
_HEAD_NEXT = re.compile(
    r"^[ >*]*(?:sent|to|subject|date|envoy[ée]|[àa]|objet|enviado|para|asunto|assunto|gesendet|an"
    r"|betreff|datum|fecha|cc|inviato|oggetto|verzonden|aan|onderwerp)\s*\*?:\*?\s.*",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"^(?:-- ?|sent from my \w+.*|get outlook for .*|envoy[ée] de mon .*|enviado desde mi .*"
    r"|enviado do meu .*|von meinem .* gesendet.*)$",
    re.IGNORECASE,
)


def own(text: str) -> str:
    """Return what a person wrote themselves; between quoted lines, all but these."""
    lines = text.replace("\u00a0", " ").split("\n")[:2000]
    kept: list[str] = []
    for at, line in enumerate(lines):
        if _ends(lines, at):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()[:LONGEST]


def _ends(lines: list[str], at: int) -> bool:
    """Return whether what is quoted, or a signature, begins on this line and nothing of theirs
    follows.
    """
    line = lines[at]
    if _SIGNED.match(line.strip()):
        return True
    folded = f"{line} {lines[at + 1].strip()}" if at + 1 < len(lines) else line
    if _HEAD.match(line) and any(_HEAD_NEXT.match(each) for each in lines[at + 1 : at + 4]):
        return True
    begins = _INTRO.match(line[:400]) or _INTRO.match(folded[:400])
    return bool(begins) and not _answers_between(lines[at + 1 :])


def _answers_between(lines: list[str]) -> bool:
    """Return whether a person wrote below or between what is quoted with '>'."""
    quoted = [each for each in lines if each.lstrip().startswith(">")]
    last = max((n for n, each in enumerate(lines) if each.lstrip().startswith(">")), default=0)
    behind = [each for each in lines[last + 1 :] if each.strip()]
    return bool(quoted) and bool(behind) and not _SIGNED.match(behind[0].strip())


def from_html(html: str) -> str:
    """Return the words of a text in HTML, without what is quoted in it as a block."""
    reader = _Reader()
    try:
        reader.feed(html[:200_000])
        reader.close()
    except (AssertionError, ValueError):  # Python's parser gives up on odd declarations
        pass
    return "\n".join(" ".join(line.split()) for line in "".join(reader.said).split("\n"))


class _Reader(HTMLParser):
    """Gathers what is shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._unseen = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag in _BLOCKS:
            self.said.append("\n")

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _BLOCKS:
            self.said.append("\n")

    @override
    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.said.append(" ".join(data.split("\n")))
