"""What of a language stands beside the original until somebody has accepted it, and what tells that
nobody who is named has read it.

A wrong word about consent, about what is kept, or about a child in danger does harm; so of these
texts the original is said too. All else in a language is its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.files.frozen import Files
from bot.files.standing import read_standing
from bot.gaps import Beside
from bot.languages import shorter
from bot.model.standing import Standing

CHAT: Final = frozenset(
    {
        "country.consent",
        "events.ask",
        "help.trouble_danger",
        "introduction.ask",
        "peers.ask",
        "peers.contact",
        "pledge.consent_alone",
        "pledge.consent_as_set",
        "pledge.consent_named",
        "pledge_form.written_then",
        "pledge_verify.ask_address",
        "rights.forget",
        "rights.privacy",
        "safety.danger",
        "safety.danger_call",
        "safety.danger_no_line",
        "safety.danger_other_lines",
        "safety.not_opened",
        "safety.not_passed",
        "safety.that_is_all",
        "safety.told",
        "safety.words_alone",
        "safety.write",
        "start.consent",
        "survey.intro",
    }
)
"""Messages of the chat, as 'file.block', that stand beside the original."""

UNREAD: Final = "start.unread"
"""The line of the chat that nobody who is named has read the texts."""

NOTICED: Final = frozenset({"settings.language_kept", "start.again", "start.consent"})
"""Messages of the chat below which that line stands: where people begin, and choose a language."""

BLOCKS: Final[Mapping[str, frozenset[str]]] = {
    "mail/answer": frozenset({"danger", "danger_not_told", "danger_others", "danger_told"}),
    "mail/confirm": frozenset({"body", "room"}),
    "mail/event": frozenset({"body"}),
    "mail/frame": frozenset({"danger", "danger_call"}),
    "mail/invited": frozenset({"body", "body_of", "staff", "staff_of"}),
    "mail/newsletter": frozenset({"body"}),
    "mail/pledge": frozenset({"body"}),
}
"""Blocks of letters that stand beside the original, by template."""

TABLES: Final[Mapping[str, frozenset[str]]] = {
    "public": frozenset(
        {
            "about.privacy_asks",
            "about.privacy_text",
            "asking.consent",
            "asking.danger",
            "calls.consent",
            "danger.choose",
            "danger.nameless",
            "danger.nobody",
            "danger.not_kept",
            "danger.too_many",
            "danger.traces_text",
            "events.signup.consent",
            "newsletter.consent",
            "pledging.agree",
            "pledging.consent_alone",
            "pledging.consent_alone_telegram",
            "pledging.consent_named",
            "pledging.consent_named_telegram",
            "report.agree",
            "report.kept",
            "standing.agree",
        }
    ),
    "web": frozenset(
        {
            "answer.danger",
            "answer.text_contact",
            "confirm.room",
            "confirm.text",
            "invited.text",
            "invited.text_of",
            "join.text",
            "meet.text",
        }
    ),
}
"""Dotted keys of tables that stand beside the original, by table."""


class Standings:
    """How far each language is read, by what `files` say."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._known: dict[str, Standing] = {}

    def of(self, language: str) -> Standing:
        """Return how far a language is read; one without a file of its own as its shorter tag."""
        if language not in self._known:
            tags = [tag for tag in shorter(language) if self._files.has_folder(f"content/{tag}")]
            tag = next(iter(tags), language)
            self._known[language] = read_standing(self._files, tag)[0]
        return self._known[language]


def beside(name: str, own: Mapping[str, Any], original: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a table in which each text of `TABLES[name]` has the original beside it."""
    for key in TABLES.get(name, ()):
        own = _put(own, original, key.split("."))
    return own


def _put(
    own: Mapping[str, Any], original: Mapping[str, Any], key: Sequence[str]
) -> Mapping[str, Any]:
    first, *rest = key
    if first not in own or first not in original:
        return own
    if rest:
        return {**own, first: _put(own[first], original[first], rest)}
    return {**own, first: Beside.of(own[first], original[first])}
