"""Posts that people make by hand, where no channel makes them: the text to copy, and then where it
stands.
"""

from collections.abc import Mapping

from bot.errors import UsageError
from bot.jobs.sending import packs
from bot.jobs.staff import posting
from bot.jobs.staff.scopes import said_language
from bot.model.share import Pack
from bot.model.staff import StaffRole
from bot.web.desk.colleague import Colleague
from bot.web.desk.site import done, field
from bot.web.public.reader import Elsewhere, Shown

PATH = "by-hand"

MOST = 20
"""Posts that are shown at a time; the first due come first."""


def by_hand(who: Colleague) -> Shown:
    """List what is to be posted by hand, first due first."""
    services = who.services
    waiting = packs.waiting(services.settings, services.store, services.dry, who.now)
    values = {
        "packs": [_shown(who, packs.filled(services, blank)) for blank in waiting[:MOST]],
        "more": who.number(len(waiting) - MOST) if len(waiting) > MOST else "",
    }
    return Shown(template="by_hand.html", title=who.words["menu"]["by_hand"], values=values)


def posted(who: Colleague, form: Mapping[str, str]) -> Elsewhere:
    """Count a post as sent that stands at an address.

    Raises `UsageError` as `packs.posted`, and for a post of a channel that makes it by itself, or
    that is held: to take that out of the outbox is for those who approve.
    """
    pack, url = field(form, "pack"), field(form, "url")
    if not who.may(StaffRole.APPROVER) and not packs.is_by_hand(who.services, pack, who.now):
        raise UsageError(
            f"{pack}: it isn't to be posted by hand now; where it stands already, somebody who"
            " approves says so",
            "not_by_hand",
        )
    packs.posted(who.services, pack, url, who.by, who.now)
    return done(who, "by_hand", PATH)


def _shown(who: Colleague, pack: Pack) -> dict[str, object]:
    chat = who.services.renderer.chat
    return {
        "id": pack.id,
        "title": posting.title(who.services, pack, who.language),
        "where": pack.channel or pack.label,
        "network": pack.label or pack.network,
        "language": pack.language,
        "spoken": said_language(pack.language, who.language),
        "due": who.instant(pack.due),
        "text": pack.text,
        "alt": pack.alt or "",
        "page": who.urls.path(pack.language, pack.campaign, "actions", pack.subject.about),
        "video": bool(pack.video),
        "problems": [
            chat.text(f"packs.flaw_{flaw.kind}", who.language, vars(flaw)).removeprefix("• ")
            for flaw in pack.flaws
        ],
    }
