"""What the parts of a scope are called, for those who hold it."""

from datetime import datetime

from bot.errors import RenderError
from bot.jobs.services import Services
from bot.jobs.staff import posting
from bot.languages import country_name, language_name
from bot.model import Audience
from bot.model.outbox import ActionDay, Scope
from bot.model.outbox.browsing import Meant
from bot.model.staff import POST
from bot.model.subject import parse

MOST_OWN = 5_000
"""Posts and announcements of staff, the newest, in whose text words are looked for."""


def names(services: Services, scope: Scope, language: str, now: datetime) -> dict[str, str]:
    """Return what each part of a scope is called in this language, by the part; '' for a part that
    means every one. What has no words there is called by its id.
    """
    return {
        "campaign": _campaign(services, scope.campaign, language),
        "channel": scope.channel,
        "country": country_name(scope.country, language) if scope.country else "",
        "language": said_language(scope.language, language),
        "group": said_group(services, scope.group, language),
        "action": _action(services, scope, language, now) if scope.action else "",
    }


def _campaign(services: Services, campaign: str, language: str) -> str:
    known = services.library.campaigns.get(campaign)
    return services.renderer.words(known, language).title if known else campaign


def said_language(tag: str, language: str) -> str:
    """Return the name of a language in another one; the tag where there is none, '' for ''."""
    try:
        return language_name(tag, language) if tag else ""
    except RenderError:
        return tag


def said_group(services: Services, group: str, language: str) -> str:
    """Return what the campaigns call a stakeholder group; its id where none has a word for it."""
    for campaign in services.active:
        if group in campaign.groups:
            return services.renderer.words(campaign, language).group(group) or group
    return group


def meant(services: Services, words: str, language: str, now: datetime) -> Meant:
    """Return what somebody means by these words, whatever their case: actions of the campaigns in
    whose title or id they stand, and posts that staff wrote, in whose text.
    """
    wanted = words.strip().casefold()
    titles = (
        (action, _action(services, Scope(campaign=campaign.id, action=action), language, now))
        for campaign in services.library.campaigns.values()
        for action in (each.id for each in campaign.actions)
    )
    said = (*titles, *services.store.oneoffs.texts(POST, MOST_OWN))
    actions = sorted({action for action, text in said if wanted in text.casefold()})
    return Meant(actions=actions, words=wanted)


def _action(services: Services, scope: Scope, language: str, now: datetime) -> str:
    plain = parse(scope.action).about
    known = [services.library.campaigns.get(scope.campaign), *services.active]
    found = next((each for each in known if each is not None and each.action(plain)), None)
    action = found.action(plain) if found is not None else None
    about = ActionDay(
        campaign=found.id if found is not None else scope.campaign,
        action=scope.action,
        audience=action.audiences[0] if action is not None else Audience.INDIVIDUAL,
        day=now.date(),
    )
    return posting.title(services, about, language)
