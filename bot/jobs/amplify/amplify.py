"""Amplification: looks for posts of pledge-makers that carry a campaign's hashtag, and does what
staff have approved: boost, quote, take back.

A post counts only where its account stands with a pledge, letter by letter
(`bot.jobs.amplify.sightings`). Nothing goes out before a person has answered the checklist
(`bot.rules.amplification`, `bot.jobs.amplify.review`). What its author deletes is forgotten.
"""

import logging
from datetime import UTC, datetime, timedelta

from bot.errors import DrumbeatError, NetworkError, Refused, RenderError, TryLater, Unanswered
from bot.jobs.amplify import review, sightings
from bot.jobs.counting import cost
from bot.jobs.services import Services
from bot.jobs.texts import notes
from bot.model import Channel, DeliveryKey, Message, Receipt, Rendered
from bot.model.pledge import MADE
from bot.model.share import OPEN, Review, ReviewState
from bot.model.subject import Amplified
from bot.networks.base import Network
from bot.rules import dates
from bot.rules.alerts import NotPassedOn, NotRetracted
from bot.rules.amplification import is_held, may_go, too_old
from bot.text import problems_of_length
from bot.times import epoch, from_epoch

log = logging.getLogger(__name__)

LOOK = timedelta(days=1)
"""The time between two look-ups whether an amplified post still exists."""

QUOTED = timedelta(days=30)
"""How long it is looked up whether a post that we quoted still exists.

A boost needs none: it disappears together with its post.
"""

MOST = 10
"""Posts that a channel amplifies on one local day, unless it has a daily maximum of its own."""

LOOKS = 20
"""Most look-ups of posts in one run."""

WORDINGS = 3
"""Sentences for quotes: blocks quote, quote_2, quote_3 of content/<language>/chat/amplify.j2."""


async def run(services: Services, now: datetime) -> None:
    """Search where it is time, forget and take back what must be, and do what was approved."""
    now = now.astimezone(UTC)
    sightings.links(services, now)
    for channel, network in sightings.channels(services):
        await sightings.search(services, channel, network, now)
    _let_go(services, now)
    await _look(services, now)
    for row in services.store.amplify.all([ReviewState.RETRACTING]):
        await _take_back(services, row, now)
    await _approved(services, now)
    for row in services.store.amplify.all([ReviewState.UNCERTAIN]):  # a crash told nobody
        _uncertain(services, row, epoch(now))
    services.store.amplify.forget_gone()
    review.tell(services, now)


# letting go


def _let_go(services: Services, now: datetime) -> None:
    """Forget posts that are too old by a clock that is believed, and everything of a pledge that no
    longer stands.
    """
    amplify, steady = services.store.amplify, services.steady()
    standing = {pledge.id for pledge in services.store.pledges.all(states=MADE)}
    for row in amplify.all((*OPEN, ReviewState.SENT)):
        if row.pledge not in standing:
            _of_gone_pledge(services, row)
        elif (
            steady
            and row.state is not ReviewState.SENT
            and not row.is_link
            and too_old(row.posted, now)
        ):
            if amplify.answers(row.id):
                amplify.change(row.id, OPEN, ReviewState.REJECTED, "too old by now")
            else:
                amplify.drop(row.id)


def _of_gone_pledge(services: Services, row: Review) -> None:
    if row.state is not ReviewState.SENT:
        services.store.amplify.drop(row.id)
    else:
        to = ReviewState.RETRACTED if row.is_link else ReviewState.RETRACTING
        services.store.amplify.change(row.id, [ReviewState.SENT], to, "the pledge was withdrawn")


async def _look(services: Services, now: datetime) -> None:
    """Once a day, forget what its author has deleted, and take back a quote of it."""
    moment = epoch(now)
    rows = [
        row
        for row in services.store.amplify.all((*OPEN, ReviewState.SENT))
        if _worth_a_look(row, moment)
    ]
    for row in rows[:LOOKS]:
        there = _live(services, row)
        if there is None or not cost.within_ceiling(services, there[0], {cost.READ: 1}, now):
            continue
        try:
            stands = await sightings.asked(services, *there, there[1].stands(row), now)
        except NetworkError as error:
            log.info("can't look whether the post of review %d still stands: %s", row.id, error)
            continue
        if stands:
            services.store.amplify.stands(row.id, moment)
        else:
            _deleted(services, row)


def _worth_a_look(row: Review, moment: int) -> bool:
    quoted = row.way == "quote" and moment - (row.done or 0) < QUOTED.total_seconds()
    return (
        not row.is_link
        and moment - row.seen >= LOOK.total_seconds()
        and (row.state is not ReviewState.SENT or quoted)
    )


def _deleted(services: Services, row: Review) -> None:
    if row.state is ReviewState.SENT:
        services.store.amplify.change(
            row.id, [ReviewState.SENT], ReviewState.RETRACTING, "its author deleted it"
        )
    else:
        services.store.amplify.drop(row.id)


async def _take_back(services: Services, row: Review, now: datetime) -> None:
    """Undo a boost or quote.

    What can't be undone now is tried again each round, and staff are alarmed.
    """
    there, moment = _live(services, row), epoch(now)
    receipt = Receipt(id=row.receipt or row.post, url=row.receipt_url)
    words, said = "its channel is not live; take it back by hand", ""
    if there is not None:
        channel, network = there
        try:
            await (
                network.unboost(receipt) if row.way == "boost" else network.delete(receipt, None)
            )
        except Refused as error:
            log.info("the post of review %d is gone already: %s", row.id, error)
        except NetworkError as error:
            words = said = str(error)
            there = None
        else:
            cost.record(services, channel, cost.DELETE, 1, now)
    if there is None:
        text = f"{_post(row)} must be taken back and is not yet: {words}; it is tried again"
        alarm = NotRetracted(subject=str(row.id), text=text, url=row.url, words=said)
        services.store.alerts.open(alarm, moment)
        return
    services.store.amplify.change(
        row.id, [ReviewState.RETRACTING], ReviewState.RETRACTED, row.error
    )
    services.store.alerts.close(NotRetracted.kind, str(row.id), moment)


# amplifying


async def _approved(services: Services, now: datetime) -> None:
    held, shut = services.store.holds.scopes(), set[str]()
    for row in services.store.amplify.all([ReviewState.APPROVED]):
        there, pledge = _live(services, row), services.store.pledges.get(row.pledge)
        if (
            there is None
            or pledge is None
            or there[0].name in shut
            or is_held(held, pledge, there[0])
        ):
            continue
        channel, network = there
        last = services.store.amplify.last(row.pledge)
        if not may_go(from_epoch(last) if last else None, now) or not _room(services, channel, now):
            continue
        if not await _amplify(services, row, channel, network, now):
            shut.add(channel.name)


def _room(services: Services, channel: Channel, now: datetime) -> bool:
    midnight = now.astimezone(dates.zone(channel.zone)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    most = MOST if channel.daily is None else channel.daily
    return services.store.amplify.done_since(channel.name, epoch(midnight)) < most


async def _amplify(
    services: Services, row: Review, channel: Channel, network: Network, now: datetime
) -> bool:
    """Boost or quote once; return False when the channel can't do more at present."""
    amplify, moment = services.store.amplify, epoch(now)
    if not cost.within_ceiling(services, channel, {cost.POST: 1}, now):
        text = (
            f"{_post(row)} is approved and waits: the ceiling of channel {channel.name} is reached;"
            " raise `ceiling` in config.toml, or wait"
        )
        alarm = NotPassedOn(
            subject=str(row.id), text=text, url=row.url, why="ceiling", channel=channel.name
        )
        services.store.alerts.open(alarm, moment)
        return False
    try:
        receipt = await _sent(services, row, channel, network, now)
    except Unanswered as error:
        # The quote may be there now: sending it again could make two.
        cost.record(services, channel, cost.POST, 1, now)
        amplify.change(row.id, [ReviewState.UNCERTAIN], ReviewState.UNCERTAIN, str(error))
        _uncertain(services, row, moment)
        return True
    except (Refused, RenderError) as error:
        await _refused(services, row, network, error, moment)
        return True
    except NetworkError as error:
        log.info("the post of review %d is amplified later: %s", row.id, error)
        amplify.change(row.id, [ReviewState.UNCERTAIN], ReviewState.APPROVED)
        return False
    with services.store.transaction():
        amplify.publish(row.id, receipt.id, receipt.url, moment)
        cost.record(services, channel, cost.POST, 1, now)
        _thank(services, row, now)
        services.store.alerts.close(NotPassedOn.kind, str(row.id), moment)
    return True


async def _sent(
    services: Services, row: Review, channel: Channel, network: Network, now: datetime
) -> Receipt:
    if row.way == "boost":
        return await network.boost(row, _decided(services, row, now))
    message = _quote(services, row, channel, network, _decided(services, row, now))
    if not network.REPEATABLE:
        # Write this before the call, so that after a crash it is not sent a second time.
        services.store.amplify.change(
            row.id,
            [ReviewState.APPROVED],
            ReviewState.UNCERTAIN,
            "drumbeat ended while it was being sent",
        )
        return await network.quote(message, row)
    try:
        return await network.quote(message, row)
    except Unanswered as error:
        failure = TryLater(str(error))
    raise failure


def _decided(services: Services, row: Review, now: datetime) -> datetime:
    """Return the instant at which staff let it go, which is the same at every attempt."""
    given = services.store.amplify.answers(row.id)
    return from_epoch(given[-1].at) if given else now


def _quote(
    services: Services, row: Review, channel: Channel, network: Network, since: datetime
) -> Message:
    pledge = services.store.pledges.get(row.pledge)
    campaign = services.library.campaigns.get(pledge.campaign) if pledge else None
    values = {
        "organisation": pledge.organisation if pledge else "",
        "author": row.author,
        "hashtag": campaign.hashtag if campaign else "",
    }
    block = ("quote", *(f"quote_{n}" for n in range(2, WORDINGS + 1)))[row.id % WORDINGS]
    text = services.renderer.chat.text(f"amplify.{block}", channel.language, values)
    if faults := problems_of_length(text, network.limits):
        raise RenderError(
            f"content/{channel.language}/chat/amplify.j2: block {block}: {' and '.join(faults)}"
        )
    # No occurrence has the number 0, so this is the key of no delivery.
    key = DeliveryKey(occurrence=0, channel=services.channel_ids[channel.name], recipient=row.id)
    return Message(
        key=key,
        address=None,
        body=Rendered(text=text, language=channel.language),
        since=since,
        day=since.date(),
    )


async def _refused(
    services: Services, row: Review, network: Network, error: DrumbeatError, moment: int
) -> None:
    """Forget a post that is gone; show all else to staff."""
    try:
        gone = isinstance(error, Refused) and not await network.stands(row)
    except NetworkError:
        gone = False
    if gone:
        services.store.amplify.drop(row.id)
        return
    services.store.amplify.change(
        row.id, [ReviewState.APPROVED, ReviewState.UNCERTAIN], ReviewState.FAILED, str(error)
    )
    words = f"could not be amplified: {error}; `drumbeat amplify approve {row.id}` tries again"
    alarm = NotPassedOn(
        subject=str(row.id),
        text=_trouble(row, words),
        url=row.url,
        why="failed",
        words=str(error),
    )
    services.store.alerts.open(alarm, moment)


def _uncertain(services: Services, row: Review, moment: int) -> None:
    words = (
        f"may stand on {row.channel} or not: look there, then `drumbeat amplify approve {row.id}`"
        " sends it again"
    )
    alarm = NotPassedOn(
        subject=str(row.id),
        text=_trouble(row, words),
        url=row.url,
        why="uncertain",
        channel=row.channel,
    )
    services.store.alerts.open(alarm, moment)


def _trouble(row: Review, words: str) -> str:
    return f"{_post(row)} {words}, `drumbeat amplify reject {row.id}` leaves it"


def _post(row: Review) -> str:
    """Return how a sentence in the log names a post: by its number, since its address names who
    wrote it.
    """
    return f"the post of review {row.id} (`drumbeat amplify list --all`)"


def _thank(services: Services, row: Review, now: datetime) -> None:
    """Tell the pledge-maker, by a note of the outbox."""
    pledge, person = (
        services.store.pledges.get(row.pledge),
        services.store.editors.focal(row.pledge),
    )
    place = services.store.people.where(person) if person is not None else None
    if pledge is not None and person is not None and place is not None:
        notes.send(
            services,
            pledge.campaign,
            Amplified(row.id),
            pledge.audience,
            0,
            person,
            place.channel,
            now,
        )


def _live(services: Services, row: Review) -> tuple[Channel, Network] | None:
    """Return the row's channel and network, or None where it is gone, dry or paused."""
    channel = services.settings.channels.get(row.channel or "")
    if channel is None or channel.name in services.dry or channel.name not in services.networks:
        return None
    if channel.name in {paused.name for paused in services.store.channels.paused()}:
        return None
    return channel, services.networks[channel.name]
