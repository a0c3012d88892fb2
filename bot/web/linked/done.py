"""The page behind [I did it] in a letter of the calendar: a button says so, and another takes it
back.
"""

from datetime import UTC, datetime, time

from bot.errors import RenderError, StoreError
from bot.gaps import filled
from bot.jobs.texts import letters
from bot.model import Campaign, Occurrence
from bot.times import epoch
from bot.web.asked import Asked
from bot.web.view import Choice, Page


def tick(asked: Asked) -> Page | None:
    """Show what is asked, and whether they did it; on POST note it, or take it back.

    None where the action, or the person, is gone.
    """
    store = asked.services.store
    try:
        occurrence = store.plan.occurrence(asked.grant.subject)
    except StoreError:  # a database that can't be read fails at the next line too
        return None
    campaign = asked.services.library.campaigns.get(occurrence.campaign)
    if campaign is None or store.contacts.get(asked.grant.person) is None:
        return None
    if asked.is_old(epoch(datetime.combine(occurrence.day, time(), UTC))):
        return asked.outdated(campaign.id)
    if asked.posted and (answer := asked.form.get("answer")) in _TICKS:
        key = (campaign.id, occurrence.subject.about, occurrence.slot)
        store.subscribers.tick(asked.grant.person, key, _TICKS[answer], epoch(asked.now))
    return _shown(asked, campaign, occurrence)


_TICKS = {"yes": True, "no": None}


def _shown(asked: Asked, campaign: Campaign, occurrence: Occurrence) -> Page:
    said, key = asked.words.done, (campaign.id, occurrence.subject.about, occurrence.slot)
    ticks = asked.services.store.subscribers.ticks(asked.grant.person)
    done = any(each.key == key and each.done for each in ticks)
    label, value = (said.undo, "no") if done else (said.button, "yes")
    about = _title(asked, campaign, occurrence)
    return Page(
        title=said.done_title if done else said.title,
        text=filled(said.done if done else said.text, action=about, day=asked.day(occurrence.day)),
        choices=[Choice(label=label, value=value, first=not done)],
        over=asked.over(campaign.id),
    )


def _title(asked: Asked, campaign: Campaign, occurrence: Occurrence) -> str:
    """Return the action's title, or the campaign's where it has none any more."""
    try:
        return letters.title_of(asked.services.renderer, campaign, occurrence, asked.language, "")
    except RenderError:
        return asked.over(campaign.id)
