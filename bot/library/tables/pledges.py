"""The shapes of pledges.toml and showcase.toml: who makes pledges, what helps them, and what some
have published.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, TypedDict

from pydantic import Field

from bot.files.shapes import Report, Shape
from bot.library.shapes import AUDIENCES, AudienceWord, Country, Id, Sourced, Text, ids_differ
from bot.model.makers import (
    ChoosingQuestion,
    Group,
    PledgeTopic,
    Published,
    SmartExample,
    Suggestion,
)
from bot.names import suggest


class GroupShape(Sourced):
    """A table [[group]] of pledges.toml: a kind of pledge-maker."""

    id: Id
    audience: AudienceWord


class SuggestionShape(Sourced):
    """A table [[suggestion]] of pledges.toml: a pledge that a group might make."""

    id: Id
    group: Text


class SmartShape(Sourced):
    """A table [[smart]] of pledges.toml: an example of a pledge before and after it was made SMART.

    Its texts stand in words.toml.
    """

    id: Id
    audience: AudienceWord


class ChoosingShape(Sourced):
    """A table [[choosing]] of pledges.toml: a question that helps to choose a pledge."""

    id: Id


class TopicShape(Sourced):
    """A table [[topic]] of pledges.toml: something that pledges are about."""

    id: Id


class PledgesShape(Shape):
    """Everything that pledges.toml may hold."""

    group: list[GroupShape] = Field([])
    suggestion: list[SuggestionShape] = Field([])
    smart: list[SmartShape] = Field([])
    choosing: list[ChoosingShape] = Field([])
    topic: list[TopicShape] = Field([])


class ShownShape(Sourced):
    """A table [[pledge]] or [[story]] of showcase.toml: what somebody published, word for word."""

    id: Id
    name: Text
    kind: Text
    country: Country | None = None
    seat: Text | None = None
    title: Text | None = None
    quote: Text
    day: date | None = None


class ShowcaseShape(Shape):
    """Everything that showcase.toml may hold."""

    pledge: list[ShownShape] = Field([])
    story: list[ShownShape] = Field([])


def judge_pledges(shape: PledgesShape, report: Report) -> None:
    """Report ids that stand twice, and suggestions for a group that isn't there."""
    lists: Mapping[str, list[Any]] = {
        "group": shape.group,
        "suggestion": shape.suggestion,
        "smart": shape.smart,
        "choosing": shape.choosing,
        "topic": shape.topic,
    }
    for name, entries in lists.items():
        ids_differ((each.id for each in entries), name, report)
    groups = {group.id for group in shape.group}
    for suggestion in shape.suggestion:
        if suggestion.group not in groups:
            report(
                f"suggestion[{suggestion.id}].group",
                f"there is no group {suggestion.group!r}{suggest(suggestion.group, groups)}",
            )


def judge_showcase(shape: ShowcaseShape, groups: Collection[str], report: Report) -> None:
    """Report ids that stand twice, and kinds that are none of `groups`, where there are any."""
    ids_differ((each.id for each in [*shape.pledge, *shape.story]), "showcase", report)
    for list_name, entries in (("pledge", shape.pledge), ("story", shape.story)):
        for entry in entries:
            if groups and entry.kind not in groups:
                report(
                    f"{list_name}[{entry.id}].kind",
                    f"pledges.toml has no group {entry.kind!r}{suggest(entry.kind, groups)}",
                )


class Pledges(TypedDict):
    """The fields of a `Campaign` that these files fill."""

    groups: Mapping[str, Group]
    smart: tuple[SmartExample, ...]
    choosing: tuple[ChoosingQuestion, ...]
    topics: tuple[PledgeTopic, ...]
    showcase: tuple[Published, ...]
    stories: tuple[Published, ...]


def typed(pledges: PledgesShape | None, shown: ShowcaseShape | None) -> Pledges:
    """Return what the files have, each empty without its file."""
    pledges = pledges or PledgesShape.model_validate({})
    shown = shown or ShowcaseShape.model_validate({})
    return Pledges(
        groups={group.id: _group(group, pledges.suggestion) for group in pledges.group},
        smart=tuple(
            SmartExample(id=each.id, audience=AUDIENCES[each.audience], source=each.source)
            for each in pledges.smart
        ),
        choosing=tuple(ChoosingQuestion(**each.model_dump()) for each in pledges.choosing),
        topics=tuple(PledgeTopic(**each.model_dump()) for each in pledges.topic),
        showcase=tuple(Published(**each.model_dump()) for each in shown.pledge),
        stories=tuple(Published(**each.model_dump()) for each in shown.story),
    )


def _group(group: GroupShape, suggestions: Iterable[SuggestionShape]) -> Group:
    return Group(
        id=group.id,
        audience=AUDIENCES[group.audience],
        source=group.source,
        suggestions=tuple(
            Suggestion(id=each.id, source=each.source)
            for each in suggestions
            if each.group == group.id
        ),
    )
