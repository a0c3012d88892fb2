"""The texts of posts and nudges: which wording, which language, which picture.

Dispatch, approval and the lists of the outbox all make them here.
"""

import zlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from bot import networks
from bot import text as texts
from bot.errors import RenderError
from bot.jobs.services import Services
from bot.jobs.texts.wanted import Wanted
from bot.languages import chain, shorter
from bot.model import Action, Campaign, Channel, Picture, Rendered, Role
from bot.model.outbox import Instance
from bot.model.subject import Subject, Written
from bot.render import Renderer
from bot.rules import identity


def find(services: Services, campaign_id: str, action_id: str) -> tuple[Campaign, Action]:
    """Return the campaign and the action with these ids.

    Raises `RenderError` when the data have them no longer.
    """
    campaign = services.library.campaigns.get(campaign_id)
    action = campaign.action(action_id) if campaign else None
    if campaign is None or action is None:
        raise RenderError(
            f"campaigns/{campaign_id}: the action {action_id!r} is no longer in the data; put it"
            " back, or cancel what is planned of it"
        )
    return campaign, action


def one_off(services: Services, about: Instance, channel: Channel) -> Rendered:
    """Return the post, or thread, that staff wrote and that stands in no calendar, with the picture
    that they gave it.

    Raises `RenderError` when it is gone.
    """
    body = _own(services, about.subject, channel.language)
    first, *thread = texts.parts(body.text) or (body.text,)
    picture = own_picture(services, about.subject)
    return replace(body, text=first, thread=tuple(thread), picture=picture)


def own_picture(services: Services, subject: Subject) -> Picture | None:
    """Return the picture that staff gave to a post of their own; None where they gave none.

    Raises `RenderError` when it is not kept any more.
    """
    if not isinstance(subject, Written):
        return None
    kept = services.store.own_pictures.of_post(subject.number)
    if kept is None:
        return None
    if kept.data is None:
        raise RenderError(
            f"{subject}: its picture is not kept any more; cancel it, and write it anew"
        )
    path = Path(f"{subject.kind}-{subject.number}")
    return Picture(path=path, data=kept.data, alt=kept.alt, vouched=kept.vouched)


def _own(services: Services, subject: Subject, language: str) -> Rendered:
    own = services.store.oneoffs.about(subject)
    if own is None:
        raise RenderError(f"{subject}: its text is gone; cancel what is planned of it")
    return Rendered(text=own.text, language=language)


def planned(services: Services, about: Instance, channel: Channel) -> Rendered:
    """Return the post that the data have for an occurrence on a channel.

    Its wording follows from the slot and the channel: another year, or another channel, has another
    one. Raises `RenderError`.
    """
    campaign, action = find(services, about.campaign, about.action)
    return services.renderer.text(
        campaign,
        action,
        Role.POST,
        language=channel.language,
        network=channel.network,
        audience=about.audience,
        day=about.day,
        wording=identity.turn(about.slot)
        + zlib.crc32(channel.network.encode())
        + _turn(services, campaign, action, channel),
    )


def _turn(services: Services, campaign: Campaign, action: Action, channel: Channel) -> int:
    """Return which wording is this account's among the accounts of its network that speak its
    language: no two get the same.

    Raises `RenderError` when there are fewer wordings than accounts and the network forbids the
    same text twice.
    """
    same = [
        c
        for c in services.settings.channels.values()
        if c.posts and (c.network, c.language) == (channel.network, channel.language)
    ]
    accounts = sorted({c.account for c in same})
    turn = accounts.index(channel.account) if channel.account in accounts else 0
    there = services.renderer.wordings(
        campaign, action, Role.POST, language=channel.language, network=channel.network
    )
    if turn and turn >= there and networks.load(channel.network).ONE_ACCOUNT_PER_TEXT:
        raise RenderError(
            f"content/{channel.language}/{campaign.id}/{action.id}.j2: {len(accounts)} accounts on"
            f" {channel.network} would post it and it has {there} wording(s), but the same text"
            f" never goes through two of them; write block sighting{there + 1}, or cancel this post"
        )
    return turn


WORDINGS = 6
"""Share texts rotate over recipients by their id modulo this: a multiple of the usual one, two or
three wordings.
"""


def written(services: Services, wanted: Wanted) -> Rendered:
    """Return the text of an announcement."""
    return _own(services, wanted.subject, wanted.language)


def nudge(services: Services, wanted: Wanted) -> Rendered:
    """Return the nudge of an action for one subscriber, with the text to share below it unless a
    button gives that.

    Without a pledge they get the alternative where the action supposes one. A prescribed text
    stands with our translation, as in a post.
    """
    campaign, action = find(services, wanted.campaign, wanted.subject.about)
    return nudge_of(services.renderer, campaign, action, wanted)


def spoken(campaign: Campaign, language: str) -> str:
    """Return in which of its languages a campaign speaks to somebody with this one."""
    served = (tag for tag in chain(language) if tag in campaign.languages)
    return next(served, campaign.language)


def otherwise(campaigns: Iterable[Campaign], chosen: str, told: str) -> list[tuple[Campaign, str]]:
    """Return which campaigns write to somebody who has chosen a language in another one than that
    in which they are told this, and in which; a longer tag of one is no other.
    """
    written = ((campaign, spoken(campaign, chosen)) for campaign in campaigns)
    return [(each, tag) for each, tag in written if shorter(tag)[-1] != shorter(told)[-1]]


def instead(
    services: Services, about: Instance, channel: int, language: str, *, approved: bool = False
) -> str:
    """Return what staff wrote in the place of an action's words to people, '' for nothing; with
    `approved` nothing that waits for approval.
    """
    campaign = services.library.campaigns.get(about.campaign)
    if campaign is None:
        return ""
    there = services.store.rewordings.find(about, channel, spoken(campaign, language))
    return there.text if there and (there.is_approved or not approved) else ""


def nudge_of(renderer: Renderer, campaign: Campaign, action: Action, wanted: Wanted) -> Rendered:
    """Return the text of `nudge` for this action; raises `RenderError`."""

    def text(role: Role) -> Rendered:
        return renderer.text(
            campaign,
            action,
            role,
            language=wanted.language,
            network=wanted.network,
            audience=wanted.audience,
            day=wanted.day,
            wording=wanted.recipient % WORDINGS,
        )

    if action.requires == "pledge" and not wanted.pledge:
        return text(Role.WITHOUT_PLEDGE)
    said = (
        Rendered(text=wanted.instead, language=spoken(campaign, wanted.language))
        if wanted.instead
        else text(Role.NUDGE)
    )
    share = Role.POST if action.prescribed and action.post else Role.SHARE
    if wanted.buttons or not renderer.wordings(
        campaign, action, share, language=wanted.language, network=wanted.network
    ):
        return said
    return Rendered(text=f"{said.text}\n\n{text(share).whole}", language=said.language)
