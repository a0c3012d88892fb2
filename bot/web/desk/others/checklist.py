"""The safeguarding checklist as a form: its questions in the words of the chat, and the answers."""

from collections.abc import Mapping, Sequence

from bot.model.share import Answer
from bot.web.desk.colleague import Colleague


def asked(
    who: Colleague, names: Sequence[str], values: Mapping[str, object]
) -> list[tuple[str, str]]:
    """Return the questions with these ids, as (id, text); `values` say what they are about."""
    texts = who.services.renderer.chat
    return [
        (
            name,
            texts.text(
                f"amplify.{name}", who.language, {"number": number, "of": len(names), **values}
            ),
        )
        for number, name in enumerate(names, 1)
    ]


def choices(who: Colleague) -> list[tuple[str, str]]:
    """Return the answers that each question may have, as (value, label)."""
    return [(each.value, label(who, f"amplify_{each.value}")) for each in Answer]


def label(who: Colleague, key: str) -> str:
    """Return the words of one of the chat's buttons."""
    return who.services.renderer.chat.label(key, who.language)


def answered(form: Mapping[str, str], names: Sequence[str]) -> dict[str, Answer]:
    """Return the answers that a form gives to these questions; what it lacks is left out."""
    known = {each.value: each for each in Answer}
    return {name: known[form[name]] for name in names if form.get(name) in known}
