"""The letter that tells of a month: its text as it was approved, and what stands below it."""

from dataclasses import replace

from bot.errors import RenderError
from bot.jobs.services import Services
from bot.jobs.texts import letterhead, letters, notes
from bot.jobs.texts.links.leading import Leading
from bot.jobs.texts.wanted import Wanted
from bot.languages import nearest
from bot.links import link_spans
from bot.model import Rendered
from bot.model.newsletter import Digest, MonthText
from bot.model.subject import MonthLetter, Subject
from bot.render.letter import Draft
from bot.rules.tokens import Purpose
from bot.text import shortened


def text(services: Services, wanted: Wanted) -> Rendered:
    """Return what the letter says in the language, or the nearest that was approved, without the
    lines that lead to what was withdrawn since.

    Raises `RenderError` where it isn't as it was approved, or names what was withdrawn elsewhere.
    """
    digest = _of(services, wanted.subject)
    tag = spoken(services, digest, wanted.language)
    standing, naming = stands(services, digest, tag)
    if naming:
        raise RenderError(
            f"the letter of {digest.first:%Y-%m} ({tag}) names what is withdrawn, deleted or held:"
            f" “{shortened(naming[0], 100)}”; change it at the desk, and approve it again"
        )
    return Rendered(text=standing.text, language=tag)


def stands(
    services: Services, digest: Digest, tag: str, *, leaves: bool = True
) -> tuple[MonthText, tuple[str, ...]]:
    """Return what of a letter may stand just now, and the lines that it mustn't have and that can't
    be taken out without changing what it says. With `leaves`, what is held stays out as well.
    """
    leading, said = Leading(services, leaves, digest.posts), digest.texts[tag]
    text, naming = leading.without(said.text, said.subject)
    return MonthText(subject=said.subject, text=text), naming


def is_void(services: Services, digest: Digest) -> bool:
    """Return whether a letter names what is withdrawn or deleted otherwise than in a line that can
    be left out, in any of its languages.
    """
    return any(stands(services, digest, tag, leaves=False)[1] for tag in digest.texts)


def letter(envelope: letters.Envelope) -> Draft:
    """Write the letter, with where it stands as a page and where it is changed or ended."""
    services, language = envelope.services, envelope.body.language
    digest = _of(services, envelope.occurrence.subject)
    draft = letterhead.draft(
        services.renderer,
        envelope.campaign,
        digest.texts[language].subject,
        envelope.body,
        asked={},
        also={
            "digest": page(services, digest, language),
            "settings": envelope.link(Purpose.SETTINGS),
        },
        leave=envelope.link(Purpose.UNSUBSCRIBE),
        room=envelope.to == letters.ROOM,
    )
    quiet = (*draft.own.quiet, *_of_ours(services, envelope.body.text))
    return replace(draft, own=replace(draft.own, quiet=quiet))


def _of_ours(services: Services, text: str) -> list[str]:
    """Return the links in a text to pages of ours, which stand behind what they lead to."""
    web = services.settings.web
    urls = (text[start:end] for start, end in link_spans(text))
    return [url for url in urls if web is not None and url.startswith(f"{web.public_url}/")]


def concerns(services: Services, subject: Subject, person: int) -> bool:
    """Return whether somebody still gets letters of months."""
    assert isinstance(subject, MonthLetter)  # noqa: S101 - it stands in this line of the table
    return services.store.digests.hears(person)


def page(services: Services, digest: Digest, language: str) -> str:
    """Return the address of the letter's page; '' where config.toml has no [web] public_url."""
    below = notes.pages(services, digest.campaign, language)
    return f"{below}/digests/{digest.first:%Y-%m}" if below else ""


def spoken(services: Services, digest: Digest, language: str) -> str:
    """Return the tag of the text that is told to who reads a language: its own or the nearest,
    else that of the campaign.
    """
    campaign = services.library.campaigns.get(digest.campaign)
    own = campaign.language if campaign else ""
    there = nearest(language, digest.texts) or own
    return there if there in digest.texts else min(digest.texts)


def _of(services: Services, subject: Subject) -> Digest:
    assert isinstance(subject, MonthLetter)  # noqa: S101 - it stands in this line of the table
    digest = services.store.digests.get(subject.number)
    if digest is None or not digest.texts or digest.frozen != digest.mark:
        raise RenderError(
            f"the letter of a month {subject.number} is not as it was approved; cancel what is"
            " planned of it"
        )
    return digest
