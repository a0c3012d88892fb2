"""A public pledge in Markdown, of which its files are made: all that its page tells."""

import re
from collections.abc import Iterator

from bot.gaps import filled
from bot.languages import colon
from bot.model.public import PublicPledge
from bot.render.markdown import escaped
from bot.web.public.pledges.naming import plain, who
from bot.web.public.reader import Reader

_PARTS = ("description", "action", "plan", "impact")
_ADDRESS = re.compile(r"https?://[^\s<>\"\\]+")


def told(reader: Reader, pledge: PublicPledge) -> list[tuple[str, str]]:
    """Return the parts that have a text of their own, as (heading, text)."""
    words = reader.words["pledges"]
    parts = ((words[part], str(getattr(pledge, part))) for part in _PARTS)
    return [(heading, text) for heading, text in parts if text]


def address(reader: Reader, pledge: PublicPledge) -> str:
    """Return the whole address of a pledge's page."""
    return reader.urls.whole(reader.here("pledges", str(pledge.number)))


def document(reader: Reader, pledge: PublicPledge) -> str:
    """Return all that a pledge's page tells."""
    return "\n\n".join(_document(reader, pledge)) + "\n"


def certificate(reader: Reader, pledge: PublicPledge) -> str:
    """Return the words of a pledge's certificate."""
    words = reader.words["pledges"]["certificate"]
    lines = [
        *_invented(reader),
        f"# {_said(words['title'])}",
        f"**{_said(who(reader, pledge))}**",
        _said(filled(words["has_pledged"], campaign=reader.about(reader.of).title)),
        f"## {_said(pledge.name, _spoken(reader, pledge))}",
        _said(reader.words["pledges"]["verified"][pledge.verified or "individual"]),
    ]
    return "\n\n".join(lines) + "\n"


def _document(reader: Reader, pledge: PublicPledge) -> Iterator[str]:
    words, spoken = reader.words["pledges"], _spoken(reader, pledge)
    yield from _invented(reader)
    yield f"# {_said(pledge.name, spoken)}"
    yield _said(who(reader, pledge))
    if pledge.progress:
        yield f"**{_said(words[pledge.progress])}**"
    for heading, text in told(reader, pledge):
        yield f"## {_said(heading)}"
        yield _said(text, spoken)
    topics = [reader.about(reader.of).topic(topic) for topic in pledge.topics]
    yield from _listed(words["topics"], [_said(topic) for topic in topics])
    website = [f"{_said(words['website'])} {_link(pledge.website)}"] if pledge.website else []
    sign = colon(reader.language)
    accounts = [f"{_said(network)}{sign}{_link(url)}" for network, url in pledge.accounts]
    yield from _listed(words["elsewhere"], [*website, *accounts])
    steps = [
        f"{_said(step.title)} {_link(step.link)}" if step.link else _said(step.title)
        for step in pledge.milestones
    ]
    yield from _listed(words["milestones"], steps)
    yield from _listed(words["posts"], [_link(url) for url in pledge.posts])
    if pledge.scale_up:
        yield f"## {_said(words['scale_up'])}"
    for line in pledge.scale_up:
        yield f"### {_said(line.ask)}"
        yield _said(line.answer, spoken if line.own else "")
    yield _said(words["verified"][pledge.verified or "individual"])
    yield f"<{address(reader, pledge)}>"


def _invented(reader: Reader) -> Iterator[str]:
    if reader.playing:
        yield f"**{_said(reader.words['site']['rehearsal'])}**"


def _listed(heading: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield f"## {_said(heading)}"
        yield "\n".join(f"- {line}" for line in lines)


def _said(text: str, spoken: str = "") -> str:
    """Return words as they were typed; `spoken` is their language where it is not the page's."""
    return escaped(plain(text), spoken)


def _spoken(reader: Reader, pledge: PublicPledge) -> str:
    return "" if pledge.language == reader.language else pledge.language


def _link(url: str) -> str:
    return f"<{url}>" if _ADDRESS.fullmatch(url) else _said(url)
