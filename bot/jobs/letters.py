"""Letters: what only one person's e-mail has: subject, links with signed tokens, and headers by which mail programs unsubscribe.

The text itself is rendered once for many (`bot.jobs.posts`, `bot.jobs.notes`); here the personal part is put below it.
"""

import os
import secrets as randomness
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.config import secrets
from bot.errors import RenderError
from bot.jobs import notes
from bot.jobs.services import Services
from bot.model import Campaign, Channel, Kind, Letter, Message, Occurrence, Rendered, Role
from bot.store import Store
from bot.store.outbox import Claimed
from bot.store.pledges import MADE
from bot.tokens import Grant, Purpose, make

_NETWORK = "apprise"


def key(store: Store, environ: Mapping[str, str] | None = None) -> bytes:
    """The key of all tokens: DRUMBEAT_WEB_KEY (or …_FILE), else one that is made once and kept in the database.

    Links in letters work as long as it stays the same. Raises `DataError` for a file that can't be read.
    """
    found, _ = secrets("web", ("key",), os.environ if environ is None else environ)
    if "key" in found:
        return found["key"].reveal().encode()
    with store.database.transaction():
        kept = store.meta.get("web-key")
        if kept is None:
            kept = randomness.token_hex(32)
            store.meta.put("web-key", kept)
    return kept.encode()


def link(services: Services, purpose: Purpose, person: int, subject: int = 0) -> str:
    """The page where the bearer may do this; raises `RenderError` without `[web] public_url`."""
    if services.settings.web is None:
        raise RenderError("config.toml: web: letters need public_url, the address under which people reach the pages")
    token = make(key(services.store), Grant(purpose=purpose, person=person, subject=subject))
    return f"{services.settings.web.public_url}/{purpose.value}/{token}"


def leave(services: Services, person: int, now: datetime) -> bool:
    """Somebody unsubscribes or is removed: their address is forgotten, and the pledges they edited alone become staff's to look after."""
    store, moment = services.store, int(now.timestamp())
    with store.database.transaction():
        orphans = store.editors.forget(person)
        for pledge in orphans:
            store.pledges.note(pledge, "left", f"person {person}", moment)
            store.alerts.open(
                "journey",
                f"pledge {pledge}: change contact",
                f"pledge {pledge}: its last contact has unsubscribed; find another one, or report its milestones by hand",
                moment,
            )
        contact = store.contacts.get(person)
        channel = services.channel(contact.channel) if contact else None
        return store.contacts.leave(person, channel.name if channel else "", moment)


def personal(services: Services, channel: Channel, row: Claimed, occurrence: Occurrence, message: Message) -> Message:
    """The message as this person gets it by e-mail; unchanged on every other network, and for posts. Raises `RenderError`."""
    if channel.network != _NETWORK or message.address is None or services.settings.web is None:
        return message
    campaign = services.library.campaigns[occurrence.campaign]
    leave = link(services, Purpose.UNSUBSCRIBE, row.recipient)
    if occurrence.action == notes.CONFIRM:
        subject, text = _confirm(services, campaign, row, leave)
    else:
        subject = _subject(services, campaign, channel, occurrence, message.body.language)
        text = "\n\n".join([message.body.whole, *_footer(services, occurrence, row, message.body.language, leave)])
    headers = {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    letter = Letter(subject=subject, reply_to=campaign.contact or None, headers=headers)
    return replace(message, body=Rendered(text=text, language=message.body.language, picture=message.body.picture), letter=letter)


def _confirm(services: Services, campaign: Campaign, row: Claimed, leave: str) -> tuple[str, str]:
    title = str(services.renderer.words(campaign, row.language).get("title", campaign.id))
    variables = {"campaign": title, "yes": link(services, Purpose.CONFIRM, row.recipient), "no": leave}
    page = services.renderer.page
    parts = [page("mail/confirm", block, language=row.language, fallback="en", variables=variables).text for block in ("subject", "body")]
    return parts[0], parts[1]


def _subject(services: Services, campaign: Campaign, channel: Channel, occurrence: Occurrence, language: str) -> str:
    """The title of the action, or of the prompt that a note is about."""
    action = campaign.action(occurrence.action.partition(":")[0])
    if action is None:
        return str(services.renderer.words(campaign, language).get("title", campaign.id))
    return services.renderer.text(
        campaign, action, Role.TITLE, language=language, network=channel.network, audience=occurrence.audience, day=occurrence.day
    ).text


def _footer(services: Services, occurrence: Occurrence, row: Claimed, language: str, leave: str) -> list[str]:
    variables: dict[str, object] = {"leave": leave}
    blocks = []
    pledges = [p for p in services.store.pledges.of_person(row.recipient, occurrence.campaign) if p.state in MADE]
    if pledges and notes.kind(occurrence.action) == notes.STILL:
        variables["still"] = link(services, Purpose.STILL, row.recipient, pledges[0].id)
        blocks.append("still")
    elif pledges and _is_prompt(services, occurrence):
        variables["report"] = link(services, Purpose.REPORT, row.recipient, row.occurrence)
        blocks.append("report")
    page = services.renderer.page
    return [page("mail/footer", block, language=language, fallback="en", variables=variables).text for block in (*blocks, "leave")]


def _is_prompt(services: Services, occurrence: Occurrence) -> bool:
    action = services.library.campaigns[occurrence.campaign].action(occurrence.action.partition(":")[0])
    return action is not None and action.kind is Kind.PROMPT
