"""Notes: what goes to one person in answer to something, through the outbox as everything else: a
reminder, "Still with us?", a request to confirm.

`bot.model.subject` says how the subject of a note is written. Planning never touches one, and the
key of a delivery makes sure that each comes once. `bot.jobs.texts.kinds` says which function here
makes which text.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.conversation.words import Parts, line, lines, paragraph, sentence
from bot.errors import RenderError
from bot.jobs.services import Services
from bot.jobs.texts.wanted import Wanted
from bot.languages import country_name, nearest, said_list
from bot.model import Audience, Campaign, Occurrence, Rendered, Role
from bot.model.makers import Meeting
from bot.model.pledge import MADE, MESSAGE, Happening, Pledge, PledgeState
from bot.model.pledges.introduction import (
    Acquaintance,
    Detail,
    IntroductionState,
    Reason,
    Side,
    Why,
)
from bot.model.public import RESULT_AGAIN, RESULT_CHANGED, RESULT_HIDDEN, RESULT_SHOWN
from bot.model.subject import Amplified, Introduce, Introduced, News, Subject
from bot.times import epoch, from_epoch

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
    grace: timedelta = GRACE,
) -> bool:
    """Put a note for one person into the outbox; return False when it is there already. After its
    grace it is of no use to them any more.
    """
    with services.store.transaction():
        occurrence = services.store.plan.add(
            Occurrence(
                campaign=campaign,
                action=str(subject),
                audience=audience,
                slot=slot,
                day=due.date(),
                grace=grace,
                nudge=False,
                post=False,
                named=False,
            )
        )
        expires = epoch(due + grace)
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
    assert isinstance(wanted.subject, News)  # noqa: S101 - it stands in this line of the table
    line = services.store.pledges.happening(wanted.subject.number)
    pledge = services.store.pledges.get(line.pledge) if line else None
    if line is None or pledge is None:
        raise _gone(wanted)
    return told(services, wanted, pledge, line)


def told(services: Services, wanted: Wanted, pledge: Pledge, line: Happening) -> Rendered:
    """Return how a line of a pledge's history is told to one of its editors."""
    campaign = _campaign(services, wanted)
    values = {
        "what": line.kind,
        "name": pledge.name,
        "reason": line.detail.get("reason", ""),
        "text": line.detail.get("text", ""),
        "unverified": not services.store.pledges.may_publish(pledge),
        "approved": pledge.state in (PledgeState.APPROVED, PledgeState.PUBLISHED),
        "chat": wanted.buttons,
        "contact": campaign.contact,
        "page": page(services, pledge, wanted.language),
        "missed": services.store.editors.is_missed(pledge.id, wanted.recipient),
    }
    template = _told(line.kind, values)
    if not template:
        raise _gone(wanted)
    texts = services.renderer.chat
    spoken = texts.spoken(wanted.language)
    return Rendered(text=texts.text(template, spoken, values), language=spoken)


def _gone(wanted: Wanted) -> RenderError:
    return RenderError(
        f"nothing is known any more of what note {wanted.subject} tells; cancel what is planned"
        " of it"
    )


def introduce(services: Services, wanted: Wanted) -> Rendered:
    """Return the question whether a maker wants to know another one."""
    assert isinstance(wanted.subject, Introduce)  # noqa: S101 - it stands in this line of the table
    other = acquaintance(services, wanted.subject.number, wanted.language)
    if other is None or other.agreed is not None:
        raise RenderError(f"nothing waits for an answer of {wanted.subject}; cancel it")
    texts = services.renderer.chat
    spoken = texts.spoken(wanted.language)
    said = texts.text("introduction.ask", spoken, vars(other), asking(other))
    return Rendered(text=said, language=spoken)


def introduced(services: Services, wanted: Wanted) -> Rendered:
    """Return how a maker reaches another one, since both want to know each other."""
    assert isinstance(wanted.subject, Introduced)  # noqa: S101 - it stands in this line
    number = wanted.subject.number
    there = services.store.introductions.by_side(number)
    other = acquaintance(services, number, wanted.language)
    details = there.other(there.side(number)).details if there else {}
    if other is None or not other.made or not details:
        raise RenderError(f"nothing is to be passed on any more by {wanted.subject}; cancel it")
    texts = services.renderer.chat
    spoken = texts.spoken(wanted.language)
    known = [
        {"label": texts.word("introduction_details", detail.value, spoken), "text": details[detail]}
        for detail in Detail
        if detail in details
    ]
    parts = (
        line("introduction.told_head"),
        *lines("introduction.told_detail", known),
        paragraph("introduction.told_then"),
    )
    said = texts.text("introduction.told", spoken, vars(other), parts)
    return Rendered(text=said, language=spoken)


def asking(other: Acquaintance) -> Parts:
    """Return the parts of the question whether a maker wants to know another one."""
    return (
        line("introduction.ask_whom"),
        sentence("introduction.ask_page") if other.page else None,
        *(line("introduction.ask_reason", reason=reason) for reason in other.reasons),
        paragraph("introduction.ask_then"),
    )


def campaign_of(services: Services, name: str) -> Campaign:
    """Return the campaign in whose name something goes out; raises `RenderError` where it is no
    longer there, or none was active when it was written.
    """
    campaign = services.library.campaigns.get(name)
    if campaign is None and not name:
        raise RenderError(
            "no campaign was active when it was written, so that it goes out in nobody's name;"
            " cancel it, and write it anew"
        )
    if campaign is None:
        raise RenderError(
            f"campaigns/{name}: the campaign is no longer in the data; put it back, or cancel what"
            " is planned of it"
        )
    return campaign


def acquaintance(services: Services, side: int, language: str) -> Acquaintance | None:
    """Return the other maker as who is asked on this side sees them; None where there is none, or
    its pledge is gone.
    """
    store = services.store
    there = store.introductions.by_side(side)
    mine = there.side(side) if there else None
    pledge = store.pledges.get(there.other(mine).pledge) if there and mine else None
    if there is None or mine is None or pledge is None:
        return None
    public = pledge.approved or {}
    return Acquaintance(
        side=side,
        campaign=pledge.campaign,
        organisation=pledge.organisation,
        name=public.get("name", ""),
        page=page(services, pledge, language),
        reasons=tuple(
            reason(services, pledge.campaign, each, language) for each in there.seen_by(mine)
        ),
        until=from_epoch(there.expires).date(),
        details=mine.details,
        agreed=mine.agreed,
        made=there.became is IntroductionState.MADE,
        expires=there.expires,
    )


def still_meet(services: Services, side: int) -> bool:
    """Return whether both pledges of an introduction stand, and those who were asked look after
    them and have not left; True for one that is no longer known, whose text says so.
    """
    there = services.store.introductions.by_side(side)
    return there is None or all(_looks_after(services, each) for each in there.sides)


def _looks_after(services: Services, side: Side) -> bool:
    pledge = services.store.pledges.get(side.pledge)
    stands = pledge is not None and pledge.state in MADE
    team = services.store.editors.team(side.pledge)
    return stands and any(each.person == side.person and each.hears for each in team)


def reason(services: Services, campaign: str, of: Reason, language: str) -> str:
    """Return a sentence that says to a maker why somebody else might work with them."""
    texts, known = services.renderer.chat, services.library.campaigns.get(campaign)
    spoken = texts.spoken(language)
    about = [named(services, known, of.why, each, language) for each in of.about]
    values = {"about": said_list(about, spoken)}
    return texts.text(f"introduction.{of.why.value}", spoken, values)


def named(services: Services, campaign: Campaign | None, why: Why, each: str, language: str) -> str:
    """Return the name of what a reason is about: of a country, a topic or a choice."""
    if why is Why.COUNTRY:
        return country_name(each, language)
    if campaign is None or why is Why.WORDS:
        return each
    words = services.renderer.words(campaign, language)
    if why is Why.TOPIC:
        return words.topic(each)
    form = campaign.forms.get("pledge")
    asked = next((q for q in form.questions if q.match is Meeting.OFFERS), None) if form else None
    return words.form("pledge").question(asked.id).choices.get(each, each) if asked else each


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
    public = services.store.public_pledges.is_public(pledge)
    return address(services, pledge, language) if public else ""


def _told(kind: str, values: Mapping[str, object]) -> str:
    """Return which text tells a line of history of this kind; empty where none does."""
    named = "named" if values["name"] else "unnamed"
    checked = "unverified" if values["unverified"] else "verified"
    stands = "approved" if values["approved"] else "waits"
    way = "_chat" if values["chat"] else "_contact" if values["contact"] else ""
    at = "_at" if values["page"] else ""
    focal = f"pledge_team.told_focal_{named}{'_news' if values['missed'] else ''}"
    named_by = {
        "approved": f"pledge_staff.told_approved_{checked}",
        "published": f"pledge_staff.told_published{at}",
        RESULT_SHOWN: f"pledge_staff.told_result_shown{at}",
        RESULT_AGAIN: f"pledge_staff.told_result_shown{at}",
        RESULT_HIDDEN: "pledge_staff.told_result_hidden",
        RESULT_CHANGED: "pledge_staff.told_result_changed",
        "verified": f"pledge_staff.told_verified_{stands}",
        "rejected": f"pledge_staff.told_rejected{way}",
        "returned": f"pledge_staff.told_returned{way}",
        MESSAGE: f"pledge_staff.told_message{way}",
        "joined": f"pledge_team.told_joined_{named}",
        "handed-over": focal,
        "left": focal,
        "removed": f"pledge_team.told_removed_{named}",
        "unreachable": f"pledge_team.told_unreachable_{named}{way}",
    }
    return named_by.get(kind, "")


def unknown(_services: Services, wanted: Wanted) -> Rendered:
    """Raise `RenderError`: another version of drumbeat knew what to say."""
    raise RenderError(f"nobody knows what {wanted.subject} is about; cancel what is planned of it")


def _campaign(services: Services, wanted: Wanted) -> Campaign:
    return campaign_of(services, wanted.campaign)


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
