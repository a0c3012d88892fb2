"""What waits for a pledge's maker today, each with the place of their pages where it is done."""

from collections.abc import Iterator

from bot.jobs.calls import surveys
from bot.jobs.pledges import journeys
from bot.model.pledge import JourneyState, Milestone, Pledge, PledgeState
from bot.model.public import SCALE_UP
from bot.rules import journey
from bot.times import from_epoch
from bot.web.public.listed import title
from bot.web.public.reader import Reader


def due(reader: Reader, pledge: Pledge) -> Iterator[tuple[str, str]]:
    """Yield what waits, each as (what it is, path with its place); no steps while they rest."""
    said, here = reader.words["mine"]["due"], reader.path("mine", str(pledge.id))
    if pledge.state in (PledgeState.DRAFT, PledgeState.REJECTED):
        yield said[pledge.state.word], f"{here}#answers"
    if pledge.journey in (JourneyState.PAUSED, JourneyState.ENDED):
        return
    yield from _step(reader, pledge, here)
    if survey(reader, pledge):
        yield said["survey"], f"{here}#survey"
    if SCALE_UP in journeys.asked(reader.services, pledge, reader.today):
        yield said["scale-up"], f"{here}/{SCALE_UP}"


def survey(reader: Reader, pledge: Pledge) -> str:
    """Return the survey that its maker can put to their followers; '' outside its month."""
    return surveys.text(reader.services, pledge, reader.language, reader.today)


def year(reader: Reader, pledge: Pledge) -> tuple[Milestone, ...]:
    """Return the steps of the pledge's year that its maker is asked for, by day."""
    campaign = reader.services.library.campaigns.get(pledge.campaign)
    if campaign is None or not pledge.made:
        return ()
    # a pledge made before the campaign began belongs to the campaign's year
    joined = from_epoch(pledge.joined).date()
    day = max(reader.today, campaign.start or reader.today)
    begun = reader.services.store.following.begun(pledge)
    steps = journey.year(campaign, pledge.audience, min(day, campaign.end or day), begun)
    return tuple(step for step in steps if step.day >= joined)


def _step(reader: Reader, pledge: Pledge, here: str) -> Iterator[tuple[str, str]]:
    """Yield the newest step whose day has come, while it is open."""
    campaign = reader.services.library.campaigns.get(pledge.campaign)
    if campaign is None or not pledge.travels:
        return
    store = reader.services.store
    begun = store.following.begun(pledge)
    done = journey.by_step(campaign, store.journeys.reports(pledge.id), begun)
    past = [step for step in year(reader, pledge) if step.day <= reader.today]
    for step in past[-1:]:
        action = campaign.action(step.action)
        if action is not None and (step.action, step.slot) not in done:
            name = title(reader, campaign, action, pledge.audience, step.day)
            yield name, f"{here}#{journey.named(step.action, step.slot)}"
