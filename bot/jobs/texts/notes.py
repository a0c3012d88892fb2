"""Notes: what goes to one person in answer to something, through the outbox as everything else: a
reminder, "Still with us?", a request to confirm.

`bot.model.subject` says how the subject of a note is written. Planning never touches one, and the
key of a delivery makes sure that each comes once. `bot.jobs.texts.kinds` says which function here
makes which text.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.errors import RenderError
from bot.jobs.services import Services
from bot.jobs.texts.wanted import Wanted
from bot.languages import nearest
from bot.model import Audience, Campaign, Occurrence, Rendered, Role
from bot.model.pledge import Pledge, PledgeState
from bot.model.public import RESULT_AGAIN, RESULT_CHANGED, RESULT_HIDDEN, RESULT_SHOWN
from bot.model.subject import Amplified, News, Subject
from bot.times import epoch

GRACE = timedelta(days=7)


def send(
    services: Services,
    campaign: str,
    subject: Subject,
    audience: Audience,
    slot: int,
    person: int,
    channel: int,
    due: datetime,
) -> bool:
    """Put a note for one person into the outbox; return False when it is there already."""
    with services.store.transaction():
        occurrence = services.store.plan.add(
            Occurrence(
                campaign=campaign,
                action=str(subject),
                audience=audience,
                slot=slot,
                day=due.date(),
                grace=GRACE,
                nudge=False,
                post=False,
                named=False,
            )
        )
        expires = epoch(due + GRACE)
        return services.store.intake.add_note(occurrence, channel, person, epoch(due), expires)


def title(services: Services, wanted: Wanted) -> Rendered:
    """Return the campaign's title, for a letter whose text is made of personal links."""
    campaign = _campaign(services, wanted)
    words = services.renderer.words(campaign, wanted.language)
    return Rendered(text=words.title, language=wanted.language)


def reminder(services: Services, wanted: Wanted) -> Rendered:
    """Return the title of the prompt that nobody has answered, and that it waits."""
    campaign = _campaign(services, wanted)
    words = services.renderer.words(campaign, wanted.language).journey
    text = _written(words.reminder, campaign, wanted, "reminder")
    prompt = _title_of_prompt(services, campaign, wanted)
    return (
        Rendered(text=f"{prompt.text}\n\n{text}", language=prompt.language)
        if prompt
        else Rendered(text=text, language=wanted.language)
    )


def still(services: Services, wanted: Wanted) -> Rendered:
    """Return the question whether they are still with us."""
    campaign = _campaign(services, wanted)
    words = services.renderer.words(campaign, wanted.language).journey
    text = _written(words.still_with_us, campaign, wanted, "still_with_us")
    return Rendered(text=text, language=wanted.language)


def thanks(services: Services, wanted: Wanted) -> Rendered:
    """Return that we showed somebody's post to our followers."""
    _campaign(services, wanted)
    assert isinstance(wanted.subject, Amplified)  # noqa: S101 - it stands in this line of the table
    number = wanted.subject.number
    review = services.store.amplify.get(number)
    if review is None:
        raise RenderError(
            f"amplification {number} is no longer known; cancel what is planned of it"
        )
    texts = services.renderer.chat
    spoken = texts.spoken(wanted.language)
    way = "quote" if review.way == "quote" else "boost"
    return Rendered(
        text=texts.text(f"amplify.told_{way}", spoken, {"url": review.url, "way": way}),
        language=spoken,
    )


def news(services: Services, wanted: Wanted) -> Rendered:
    """Return what happened to a pledge, for one of its editors."""
    campaign = _campaign(services, wanted)
    assert isinstance(wanted.subject, News)  # noqa: S101 - it stands in this line of the table
    line = services.store.pledges.happening(wanted.subject.line)
    pledge = services.store.pledges.get(line.pledge) if line else None
    gone = RenderError(
        f"nothing is known any more of what note {wanted.subject} tells; cancel what is planned"
        " of it"
    )
    if line is None or pledge is None:
        raise gone
    values = {
        "what": line.kind,
        "name": pledge.name,
        "reason": line.detail.get("reason", ""),
        "unverified": not services.store.pledges.may_publish(pledge),
        "approved": pledge.state in (PledgeState.APPROVED, PledgeState.PUBLISHED),
        "chat": wanted.buttons,
        "contact": campaign.contact,
        "page": page(services, pledge, wanted.language),
        "missed": services.store.editors.is_missed(pledge.id, wanted.recipient),
    }
    template = _told(line.kind, values)
    if not template:
        raise gone
    texts = services.renderer.chat
    spoken = texts.spoken(wanted.language)
    return Rendered(text=texts.text(template, spoken, values), language=spoken)


def address(services: Services, pledge: Pledge, language: str) -> str:
    """Return where the pledge's page stands once it is public, in the reader's language or the
    nearest that pages have; '' where config.toml has no [web] public_url.
    """
    below = pages(services, pledge.campaign, language)
    return f"{below}/pledges/{pledge.id}" if below else ""


def own_page(services: Services, pledge: int, language: str, place: str = "") -> str:
    """Return where its maker finds the pledge on *My pledge*, with a place there such as
    '/scale-up' or '#survey'; '' where these pages can't be opened.
    """
    web, privacy = services.settings.web, services.settings.privacy
    if web is None or privacy is None or services.rehearsal:
        return ""
    return f"{web.public_url}/{_spoken(services, language)}/mine/{pledge}{place}"


def pages(services: Services, campaign: str, language: str) -> str:
    """Return the address below which a campaign's pages stand, in the reader's language or the
    nearest that pages have, without a slash; '' where config.toml has no [web] public_url.
    """
    web = services.settings.web
    if web is None:
        return ""
    return f"{web.public_url}/{_spoken(services, language)}/{campaign}"


def _spoken(services: Services, language: str) -> str:
    return nearest(language, services.renderer.tags("public").values()) or "en"


def page(services: Services, pledge: Pledge, language: str) -> str:
    """Return the address of the pledge's public page; '' while it has none."""
    public = pledge.state is PledgeState.PUBLISHED and services.store.pledges.may_publish(pledge)
    return address(services, pledge, language) if public else ""


def _told(kind: str, values: Mapping[str, object]) -> str:
    """Return which text tells a line of history of this kind; empty where none does."""
    named = "named" if values["name"] else "unnamed"
    checked = "unverified" if values["unverified"] else "verified"
    stands = "approved" if values["approved"] else "waits"
    way = "_chat" if values["chat"] else "_contact" if values["contact"] else ""
    at = "_at" if values["page"] else ""
    focal = f"pledge_team.told_focal_{named}{'_news' if values['missed'] else ''}"
    told = {
        "approved": f"pledge_staff.told_approved_{checked}",
        "published": f"pledge_staff.told_published{at}",
        RESULT_SHOWN: f"pledge_staff.told_result_shown{at}",
        RESULT_AGAIN: f"pledge_staff.told_result_shown{at}",
        RESULT_HIDDEN: "pledge_staff.told_result_hidden",
        RESULT_CHANGED: "pledge_staff.told_result_changed",
        "verified": f"pledge_staff.told_verified_{stands}",
        "rejected": f"pledge_staff.told_rejected{way}",
        "returned": f"pledge_staff.told_returned{way}",
        "joined": f"pledge_team.told_joined_{named}",
        "handed-over": focal,
        "left": focal,
        "removed": f"pledge_team.told_removed_{named}",
        "unreachable": f"pledge_team.told_unreachable_{named}{way}",
    }
    return told.get(kind, "")


def unknown(_services: Services, wanted: Wanted) -> Rendered:
    """Raise `RenderError`: another version of drumbeat knew what to say."""
    raise RenderError(f"nobody knows what {wanted.subject} is about; cancel what is planned of it")


def _campaign(services: Services, wanted: Wanted) -> Campaign:
    campaign = services.library.campaigns.get(wanted.campaign)
    if campaign is None:
        raise RenderError(
            f"campaigns/{wanted.campaign}: the campaign is no longer in the data; put it back, or"
            " cancel what is planned of it"
        )
    return campaign


def _written(text: str, campaign: Campaign, wanted: Wanted, key: str) -> str:
    if not text:
        raise RenderError(
            f"content/{wanted.language}/{campaign.id}/words.toml: journey.{key}: is missing; write"
            " it"
        )
    return text.strip()


def _title_of_prompt(services: Services, campaign: Campaign, wanted: Wanted) -> Rendered | None:
    action = campaign.action(wanted.subject.about)
    if action is None:
        return None
    return services.renderer.text(
        campaign,
        action,
        Role.TITLE,
        language=wanted.language,
        network=wanted.network,
        audience=wanted.audience,
        day=wanted.day,
    )
