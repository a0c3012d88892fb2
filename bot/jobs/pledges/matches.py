"""Which pledge-makers might work together: candidates of the store for the rule
(`bot.rules.pledges.matching`), and its reasons in words.

Only makers of verified public pledges are suggested, who can be written to: no individuals, since
who these are nobody has made sure of.
"""

from collections.abc import Iterator

from bot.jobs.services import Services
from bot.jobs.texts import letters, notes
from bot.model import Campaign
from bot.model.makers import Meeting
from bot.model.person import Status
from bot.model.pledge import Pledge, PledgeState
from bot.model.pledges.introduction import Askable, Match, Reason, Why
from bot.networks.common.thread import in_thread
from bot.rules.pledges import matching
from bot.rules.pledges.matching import Candidate


def find(services: Services, campaign: str | None = None) -> list[Match]:
    """Return the pairs worth introducing, of one campaign or of all, the best of each first.

    Among 10,000 pledges it takes seconds: a page keeps what it gives.
    """
    known = services.store.introductions.pairs()
    return [
        match
        for each in services.library.campaigns.values()
        if campaign in (None, each.id)
        for match in matching.matches(candidates(services, each), known)
    ]


async def find_apart(services: Services) -> list[Match]:
    """Do the same for all campaigns while others have their turn: ten thousand pledges are compared
    for some seconds.
    """
    known = services.store.introductions.pairs()
    every = [list(candidates(services, each)) for each in services.library.campaigns.values()]
    return await in_thread(
        lambda: [match for those in every for match in matching.matches(those, known)]
    )


def candidates(services: Services, campaign: Campaign) -> Iterator[Candidate]:
    """Yield the pledges of a campaign whose makers may be suggested to others."""
    store = services.store
    asked, shown = store.introductions.open_by_pledge(), store.search.all(campaign.id)
    pledges = {each.id: each for each in store.pledges.all(campaign.id, [PledgeState.PUBLISHED])}
    for each in store.introductions.askable(campaign.id):
        seen = shown.get(each.pledge)
        if seen is None or not is_reached(services, each):
            continue
        pledge = pledges[each.pledge]
        yield Candidate(
            pledge=pledge.id,
            maker=" ".join(pledge.organisation.casefold().split()),
            person=each.person,
            country=pledge.country or "",
            topics=frozenset(seen.topics),
            offers=_marked(campaign, pledge, Meeting.OFFERS),
            needs=_marked(campaign, pledge, Meeting.NEEDS),
            words=frozenset((*seen.title.split(), *seen.words.split())),
            asked=asked[pledge.id],
        )


def reasons(services: Services, first: Pledge, second: Pledge) -> tuple[Reason, ...]:
    """Return why these two of one campaign might work together, as the first sees it; nothing
    where there is no reason but that staff think so.
    """
    campaign = services.library.campaigns.get(first.campaign)
    known = list(candidates(services, campaign)) if campaign else []
    match = matching.of(known, first.id, second.id)
    return match.reasons if match else ()


def told(services: Services, match: Match, reason: Reason) -> str:
    """Return a reason in words, for staff at the command line."""
    first, second = (f"pledge {number}" for number in (match.first, match.second))
    campaign = _campaign(services, match)
    named = [notes.named(services, campaign, reason.why, each, "en") for each in reason.about]
    about = ", ".join(named)
    said = {
        Why.GIVES: f"{first} offers what {second} needs: {about}.",
        Why.TAKES: f"{second} offers what {first} needs: {about}.",
        Why.TOPIC: f"Both are about: {about}.",
        Why.COUNTRY: f"Both are from {about}.",
        Why.WORDS: f"Both use words that few others do: {about}.",
    }
    return said[reason.why][:1].upper() + said[reason.why][1:]


def _campaign(services: Services, match: Match) -> Campaign | None:
    pledge = services.store.pledges.get(match.first)
    return services.library.campaigns.get(pledge.campaign) if pledge else None


def is_reached(services: Services, who: Askable) -> bool:
    """Return whether a question reaches them: in a chat of the bot while they want its messages, or
    by a letter, also where they wanted news of their pledge alone.
    """
    channel = services.channel(who.channel)
    if channel is None or channel.name in services.dry:
        return False
    if letters.kind(channel.network) == letters.MAIL:
        return who.status in (Status.ACTIVE, Status.PAUSED) and services.settings.web is not None
    return who.status is Status.ACTIVE and channel.name == services.talking


def _marked(campaign: Campaign, pledge: Pledge, match: Meeting) -> frozenset[str]:
    form = campaign.forms.get("pledge")
    asked = [each for each in form.questions if each.match is match] if form else []
    return frozenset(
        choice
        for question in asked
        for choice in pledge.answers.get(question.id, "").split()
        if choice in question.choices
    )
