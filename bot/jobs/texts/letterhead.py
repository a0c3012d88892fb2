"""What stands in every e-mail to a person: which campaign writes, a greeting, who is behind it and
how to stop it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.config import Privacy
from bot.model import Campaign, Rendered
from bot.model.shared import ChildHelpline
from bot.render import Renderer
from bot.render.letter import Draft, Own, html


def draft(
    renderer: Renderer,
    campaign: Campaign,
    subject: str,
    text: Rendered,
    *,
    asked: Mapping[str, str],
    also: Mapping[str, str] | None = None,
    leave: str,
    room: bool,
) -> Draft:
    """Return a letter that shows this text, with a block of `mail/footer.j2` below it for each link
    in `asked`, which is a button, and in `also`, which is none, and the link that unsubscribes.
    Raises `RenderError`.
    """
    more = also or {}
    variables = {**asked, **more, "leave": leave, "contact": campaign.contact}
    *asks, leaving = (
        renderer.page(
            "mail/footer", block, language=text.language, fallback="en", variables=variables
        ).text
        for block in (*asked, *more, "leave_room" if room else "leave")
    )
    return Draft(
        subject=subject,
        language=text.language,
        body=(text.whole, *asks),
        below=(*(_unread(renderer, text.language) if room else ()), leaving),
        own=Own(buttons=tuple(asked.values()), quiet=(*more.values(), leave)),
    )


@dataclass(frozen=True, kw_only=True)
class Head:
    """From whom a letter comes, and to whom it goes."""

    campaign: Campaign
    #: who answers for the data; None where the operator names nobody
    privacy: Privacy | None
    #: '' where none is known
    organisation: str
    #: those of the recipient's country
    helplines: tuple[ChildHelpline, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Framed:
    """A whole letter, twice the same."""

    #: the campaign's, by whose name it comes
    title: str
    text: str
    html: str


def framed(renderer: Renderer, head: Head, draft: Draft) -> Framed:
    """Return the whole letter, as text and as HTML; raises `RenderError`."""
    title = renderer.words(head.campaign, draft.language).title
    body = (_greeting(renderer, head, draft.language), *draft.body)
    below = (
        *_signature(renderer, head, draft.language, title),
        *_danger(renderer, head, draft.language),
        *_unread(renderer, draft.language),
        *draft.below,
    )
    whole = replace(draft, body=body, below=below)
    return Framed(
        title=title,
        text=f"{title}\n\n{whole.plain}",
        html=html(whole, title, head.campaign.colours),
    )


def _greeting(renderer: Renderer, head: Head, language: str) -> str:
    named = {"organisation": head.organisation}
    block = "greeting_named" if head.organisation else "greeting"
    return _page(renderer, block, language, named)


def _signature(renderer: Renderer, head: Head, language: str, title: str) -> list[str]:
    """Return who is behind the letter, and where they say what they keep about people."""
    privacy, contact = head.privacy, head.campaign.contact
    if privacy is None:
        values = {"campaign": title, "contact": contact}
        return [_page(renderer, f"signature_{'contact' if contact else 'reply'}", language, values)]
    values = {
        "campaign": title,
        "controller": privacy.controller,
        "contact": privacy.contact,
        "notice": privacy.url or "",
    }
    blocks = ["signature", *(["notice"] if privacy.url else [])]
    return [_page(renderer, block, language, values) for block in blocks]


def _danger(renderer: Renderer, head: Head, language: str) -> list[str]:
    """Return whom to call where a child is in danger: nobody may read an answer in time."""
    values = [{"name": each.name, "number": each.number} for each in head.helplines]
    if not values:
        return [_page(renderer, "danger", language, {})]
    return [_page(renderer, "danger_call", language, each) for each in values]


def _unread(renderer: Renderer, language: str) -> tuple[str, ...]:
    """Return the line that nobody who is named has read the language, where that is so."""
    said = renderer.chat.unread(language)
    return (said,) if said else ()


def _page(renderer: Renderer, block: str, language: str, values: dict[str, str]) -> str:
    return renderer.page(
        "mail/frame", block, language=language, fallback="en", variables=values
    ).text
