"""The pictures of a campaign: what is wrong with them, and what the author should know of them.

A file that no network can be given is a problem. What drumbeat does by itself (another kind than
the name says, a place taken off, a size made smaller) is a remark, and so is a slot without a file
whose template has no words for a card: its post goes out without a picture until there is one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import OutOfResources, PictureUnfit, RenderError
from bot.files.frozen import File
from bot.library import Library, shipped_root
from bot.model import Action, Campaign, Limits, Picture, Problem, Role
from bot.pictures import MOST, Facts, Wish
from bot.render import Renderer
from bot.text import counted

if TYPE_CHECKING:
    from bot.networks.base import Network


@dataclass(frozen=True, kw_only=True)
class _Made:
    """What would leave of a picture, in words, and what people won't see of it."""

    words: str
    lost: tuple[str, ...]


Networks = Mapping[str, tuple[Limits, "type[Network]"]]
"""What the networks on which we post take, by their names."""

_KEPT = 64
"""Pictures of which is kept what they are: the same is asked for each of its networks."""


def wish_of(limits: Limits, network: "type[Network]") -> Wish:
    """Return what is made of a picture for a network with these limits."""
    most = MOST if limits.picture is None else min(limits.picture, MOST)
    return Wish(most=most, moving=network.MOVING_PICTURES)


def name_of(file: File | Picture) -> str:
    """Return a picture's name below its root, as problems name files."""
    return "/".join(file.path.parts[-4:])


def problems(campaign: Campaign, renderer: Renderer, networks: Networks) -> list[Problem]:
    """Return a problem for each picture that is none, or that a network of ours can't be given,
    or that nobody can open now, as this machine is.
    """
    wrong = []
    for file in _files(campaign, renderer):
        try:
            _judge(file, networks)
        except (PictureUnfit, OutOfResources) as error:
            wrong.append(_unfit(file, error))
    return wrong


def _unfit(file: File, error: PictureUnfit | OutOfResources) -> Problem:
    return Problem(file=name_of(file), key="", message=str(error))


def told(campaign: Campaign, action: Action, renderer: Renderer, networks: Networks) -> list[str]:
    """Return all that there is to say of an action's picture: remarks, or why it can't leave."""
    file = renderer.picture(campaign, action)
    if file is None or file.fault:
        return remarks_of(campaign, action, renderer, networks)
    try:
        _judge(file, networks)
    except (PictureUnfit, OutOfResources) as error:
        return [f"{name_of(file)}: {error}"]
    return remarks_of(campaign, action, renderer, networks)


def remarks(campaign: Campaign, renderer: Renderer, networks: Networks) -> list[str]:
    """Return what there is to know of the campaign's pictures, each once, in sentences."""
    said = [
        remark
        for action in campaign.actions
        if not _lacks(campaign, action, renderer)
        for remark in remarks_of(campaign, action, renderer, networks)
    ]
    return [*missing(campaign, renderer), *dict.fromkeys(said)]


def missing(campaign: Campaign, renderer: Renderer) -> list[str]:
    """Return a sentence on the campaign's pictures that are not there, all in one; none without."""
    lacking = [action for action in campaign.actions if _lacks(campaign, action, renderer)]
    return list(_all_missing(campaign, lacking))


def unusable(campaign: Campaign, renderer: Renderer) -> list[str]:
    """Return a sentence on the campaign's files that are no pictures by their first bytes, all in
    one; none without. `problems` decodes them too, which takes long.
    """
    wrong = []
    for file in _files(campaign, renderer):
        try:
            _facts(file.data)
        except (PictureUnfit, OutOfResources) as error:
            wrong.append(_unfit(file, error))
    if not wrong:
        return []
    more = counted(len(wrong) - 1, "other picture", "other pictures")
    also = f"; so it is with {more} of {campaign.id}: `drumbeat check` names each"
    return [f"{wrong[0]}{also if len(wrong) > 1 else ''}"]


def own_campaigns(library: Library) -> list[Campaign]:
    """Return the campaigns that lie in a root of the operator's own, drafts too."""
    shipped = shipped_root().resolve()
    campaigns = (*library.campaigns.values(), *library.drafts.values())
    return [each for each in campaigns if _root(library, each.id) != shipped]


def _root(library: Library, campaign: str) -> Path | None:
    """Return the root in which the campaign was read, as the disk has it."""
    file = library.files.first(f"campaigns/{campaign}/campaign.toml")
    return file.path.resolve().parents[2] if file else None


def remarks_of(
    campaign: Campaign, action: Action, renderer: Renderer, networks: Networks
) -> list[str]:
    """Return what there is to know of an action's picture: that it isn't there, and what leaves of
    it on each network.

    Nothing of what `problems` tells.
    """
    if action.picture is None:
        return []
    if _lacks(campaign, action, renderer):
        return list(_all_missing(campaign, [action]))
    file = renderer.picture(campaign, action)
    if file is None or file.fault:
        return []
    try:
        facts = _facts(file.data)
        changed = list(_changed(file, networks))
    except (PictureUnfit, OutOfResources):
        return []
    return [f"{name_of(file)}: {words}" for words in (*_told(file, facts), *changed)]


def _judge(file: File, networks: Networks) -> None:
    """Raise `PictureUnfit` for a file that is no picture, or that one of these can't be given."""
    _facts(file.data)
    for limits, network in networks.values():
        _shrunk(file.data, wish_of(limits, network))


def _lacks(campaign: Campaign, action: Action, renderer: Renderer) -> bool:
    """Return whether the action posts with a picture that no root has, in a language in which its
    template has no words for a card either.
    """
    if not action.post or action.picture is None:
        return False
    return any(
        renderer.picture(campaign, action, tag) is None
        and not _has_card(campaign, action, renderer, tag)
        for tag in campaign.languages
    )


def _has_card(campaign: Campaign, action: Action, renderer: Renderer, language: str) -> bool:
    try:
        return Role.CARD.value in renderer.blocks(campaign, action.id, language=language)
    except RenderError:  # told of the template itself
        return False


def _all_missing(campaign: Campaign, actions: Sequence[Action]) -> Iterator[str]:
    """Yield one sentence for all actions whose picture isn't there, with how to name its file."""
    if not actions:
        return
    file, folder = f"campaigns/{campaign.id}/calendar.toml", f"campaigns/{campaign.id}/pictures"
    first, more = actions[0], len(actions) - 1
    also = f", nor {counted(more, 'other', 'others')} (`drumbeat preview` tells of each)"
    yield (
        f"{file}: action[{first.id}]: the picture {first.picture!r} is not there"
        f"{also if more else ''}, so the post goes out without; put {first.picture}.png or .jpg"
        f" into {folder}, or take the key out"
    )


def _files(campaign: Campaign, renderer: Renderer) -> list[File]:
    """Return the picture files of the campaign's actions that can be read, each once."""
    files = (
        renderer.picture(campaign, action, tag)
        for action in campaign.actions
        for tag in ("", *campaign.languages)
    )
    return list({file.path: file for file in files if file and not file.fault}.values())


def _told(file: File, facts: Facts) -> Iterator[str]:
    if facts.is_misnamed(file.path.suffix):
        yield f"it is a {facts.kind}, whatever its name says, and is taken as one"
    if facts.located:
        yield "it says where it was taken (GPS); that is left off wherever it goes"


def _changed(file: File, networks: Networks) -> Iterator[str]:
    """Yield what becomes of the picture on which networks, where that isn't what people see in the
    file.
    """
    by_words: dict[str, list[str]] = {}
    for name, (limits, network) in networks.items():
        wish = wish_of(limits, network)
        made = _shrunk(file.data, wish)
        if len(file.data) > wish.most:
            words = (
                f"it has {len(file.data):,} bytes, but {wish.most:,} is the most there; it goes out"
                f" as {made.words}"
            )
            by_words.setdefault(words, []).append(name)
        for lost in made.lost:
            by_words.setdefault(lost, []).append(name)
    for words, names in by_words.items():
        yield f"on {', '.join(names)} {words}"


@lru_cache(maxsize=_KEPT)
def _facts(data: bytes) -> Facts:
    from bot.pictures.making import look

    return look(data)


@lru_cache(maxsize=_KEPT)
def _shrunk(data: bytes, wish: Wish) -> _Made:
    from bot.pictures.making import ready

    made = ready(data, wish)
    kind = made.mime.removeprefix("image/").upper()
    size = f"{made.width:,} × {made.height:,} pixels and {len(made.data):,} bytes"
    return _Made(words=f"{kind} of {size}", lost=made.lost)


def ours(limits: Mapping[str, Limits], known: "Mapping[str, type[Network]]") -> Networks:
    """Return what the networks take on which our channels post, with the limits that fit these."""
    return {name: (those, known[name]) for name, those in limits.items() if name in known}
