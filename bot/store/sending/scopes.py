"""What a scope means in SQL: conditions on deliveries, by what they are about and for whom."""

from collections.abc import Sequence

from bot.model.subject import MARK


def of_action(occurrence: str, action: str) -> str:
    """Return a condition for an action and the notes that follow it.

    With 'prompt-may' that is also 'prompt-may:reminder'.
    """
    return (
        f"({occurrence}.action = {action} OR substr({occurrence}.action, 1, length({action}) + 1) ="
        f" {action} || '{MARK}')"
    )


def of_language(row: str, language: str) -> str:
    """Return a condition for the language of a delivery `row`: that of its person, or of the
    channel where it is a post.
    """
    wanted = tag("p.language", language), tag("c.language", language)
    return (
        f"CASE WHEN {row}.recipient > 0 THEN EXISTS (SELECT 1 FROM person p WHERE p.id ="
        f" {row}.recipient AND {wanted[0]}) ELSE EXISTS (SELECT 1 FROM channel c WHERE c.id ="
        f" {row}.channel AND {wanted[1]}) END"
    )


def tag(column: str, language: str) -> str:
    """Return a condition for a column that has this tag of a language, or one of its variants."""
    return (
        f"({column} = {language} OR substr({column}, 1, length({language}) + 1) = {language} ||"
        " '-')"
    )


def of_country(row: str, country: str) -> str:
    """Return a condition for the country of a delivery's person."""
    return f"EXISTS (SELECT 1 FROM person p WHERE p.id = {row}.recipient AND p.country = {country})"


def of_group(row: str, group: str) -> str:
    """Return a condition for a delivery to somebody whose organisation is of this stakeholder
    group.
    """
    return in_groups(f"{row}.recipient", (group,))


def in_groups(person: str, groups: Sequence[str]) -> str:
    """Return a condition for a person's number: that they look after a pledge of one of these
    stakeholder groups, or are the contact of an organisation of one. The group is that of the
    organisation; what people say of themselves is not asked.
    """
    known = ", ".join(groups)
    return (
        "(EXISTS (SELECT 1 FROM pledge_editor e JOIN pledge g ON g.id = e.pledge WHERE e.person ="
        f" {person} AND g.stakeholder IN ({known})) OR EXISTS (SELECT 1 FROM contact k WHERE"
        f" k.person = {person} AND k.stakeholder IN ({known})))"
    )


def of_people(row: str) -> str:
    """Return a condition for a delivery's country, language and group, of which each may be ''
    among the parameters.
    """
    return (
        f"(:country = '' OR {of_country(row, ':country')}) AND (:language = '' OR"
        f" {of_language(row, ':language')}) AND (:group = '' OR {of_group(row, ':group')})"
    )
