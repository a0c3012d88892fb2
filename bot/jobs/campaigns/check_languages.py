"""The check of a campaign's languages side by side: whether each says what the campaign's own
language does.

Compared are links, figures and other values that a role says in all of its wordings together. How a
text differs by network or by reader is each language's own affair.
"""

from collections.abc import Iterator, Mapping

from bot.errors import RenderError
from bot.jobs.campaigns.check_texts import required
from bot.model import Action, Campaign, Problem, Role
from bot.render import Renderer

FREE = frozenset({"audience", "network", "next_post", "hashtag", "prescribed"})
"""Values in which languages may differ: those for a text's form, and those of `check_texts`."""

Said = Mapping[Role, frozenset[str]]


def language_problems(campaign: Campaign, renderer: Renderer) -> Iterator[Problem]:
    """Yield what a text lacks of the same text in the campaign's own language, or says beyond it.

    Templates that are missing or broken are left out: `check_texts` reports them.
    """
    others = [tag for tag in campaign.languages if tag != campaign.language]
    for action in campaign.actions:
        model = _said(campaign, action, renderer, campaign.language)
        for tag in others if model else ():
            yield from _compare(
                campaign, action, tag, model, _said(campaign, action, renderer, tag)
            )


def _said(campaign: Campaign, action: Action, renderer: Renderer, language: str) -> Said:
    try:
        blocks = renderer.outline(campaign, action.id, language=language).blocks
    except RenderError:
        return {}
    by_role: dict[Role, frozenset[str]] = {}
    for name, block in blocks.items():
        if role := _role(name):
            by_role[role] = by_role.get(role, frozenset()) | (block.said - FREE)
    return by_role


def _role(block: str) -> Role | None:
    """Return the role of 'post', 'post_2' and 'post_telegram'; None where there is none."""
    return next(
        (role for role in Role if block == role.value or block.startswith(f"{role.value}_")), None
    )


def _compare(
    campaign: Campaign, action: Action, tag: str, model: Said, own: Said
) -> Iterator[Problem]:
    def problem(role: Role, message: str) -> Problem:
        return Problem(
            file=f"content/{tag}/{campaign.id}/{action.id}.j2", key=role.value, message=message
        )

    told = required(campaign, action, tag)
    for role in Role:
        if role in own and role in model:
            for message in _differences(own[role], model[role], campaign.language):
                yield problem(role, message)
        elif role in own and role is not Role.TRANSLATION:
            yield problem(role, f"isn't in {campaign.language}: write it there, or take it out")
        elif role in model and own and role.value not in told:
            yield problem(role, f"is missing; {campaign.language} has it")


def _differences(own: frozenset[str], model: frozenset[str], language: str) -> Iterator[str]:
    for thing in sorted(model - own):
        yield f"lacks {thing!r}, which {language} says; put it in"
    for thing in sorted(own - model):
        yield f"says {thing!r}, which {language} lacks: put it in there, or take it out"
