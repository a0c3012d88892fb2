"""What of a language stands beside the original until somebody has accepted it, and what tells that
nobody who is named has read it.

A wrong word about consent, about what is kept, or about a child in danger does harm; so of these
texts the original is said too. All else in a language is its own. Somebody accepts a text as it is:
one that changes later stands beside the original again, and it alone.
"""

from collections import ChainMap
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from bot.files.frozen import Files
from bot.files.standing import NAME, read_standing
from bot.files.toml import flat, read_toml
from bot.gaps import Beside
from bot.languages import shorter
from bot.model.standing import Standing
from bot.render.languages.blocks import digest, digests
from bot.render.split import SPLIT, before

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
"""Messages of the chat, or parts of one, as 'file.block', that stand beside the original."""

_MADE_OF: Final[Mapping[str, tuple[str, ...]]] = {
    **SPLIT,
    "pledge.consent_as_set": ("as_set", "as_set_group"),
    "start.consent": ("other_language", *SPLIT["start.consent"]),
}
"""The blocks of which a message is made that is put together of several."""

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
        tags = [tag for tag in shorter(language) if self._files.first(f"content/{tag}/{NAME}")]
        return self._of(next(iter(tags), language))

    def stands(self, language: str, file: str, key: str, digest: str) -> bool:
        """Return whether a text, which may come from a shorter tag, stands without the original.

        `file` is its name below the language's folder, `key` a block or a dotted key.
        """
        return any(self._of(tag).stands(file, key, digest) for tag in shorter(language))

    def _of(self, tag: str) -> Standing:
        if tag not in self._known:
            self._known[tag] = read_standing(self._files, tag)[0]
        return self._known[tag]


def guarded(files: Files, tag: str) -> dict[tuple[str, str], str]:
    """Return the digest of each text on consent, privacy and danger that this very language has, by
    file below its folder and block or dotted key.
    """
    chat = (name.partition(".")[::2] for name in sorted(CHAT))
    of_chat = (
        (f"chat/{file}.j2", each)
        for file, block in chat
        for each in _MADE_OF.get(f"{file}.{block}", (block,))
    )
    of_letters = ((f"{name}.j2", block) for name in BLOCKS for block in sorted(BLOCKS[name]))
    blocks = (_block(files, tag, *each) for each in (*of_chat, *of_letters))
    return dict([*filter(None, blocks), *_keys(files, tag)])


def _block(files: Files, tag: str, name: str, block: str) -> tuple[tuple[str, str], str] | None:
    """Return the digest of a block as the nearest root has it, or the one of which it was a part;
    None where none has.
    """
    old = before(name.removeprefix("chat/").removesuffix(".j2"), block)
    for file in files.each(f"content/{tag}/{name}"):
        known = digests(file.data.decode("utf-8-sig", "replace"))
        for each in (block, old):
            if each is not None and each in known:
                return (name, each), known[each]
    return None


def _keys(files: Files, tag: str) -> Iterator[tuple[tuple[str, str], str]]:
    for file, keys in ((f"{name}.toml", keys) for name, keys in TABLES.items()):
        said = _table(files, tag, file)
        yield from (((file, key), digest(str(said[key]))) for key in sorted(keys) if key in said)


def _table(files: Files, tag: str, file: str) -> Mapping[str, object]:
    """Return what stands at each dotted key, as the nearest root has it."""
    tables = (read_toml(each, file)[0] for each in files.each(f"content/{tag}/{file}"))
    return ChainMap(*(flat(table or {}) for table in tables))


def beside(
    name: str,
    own: Mapping[str, Any],
    original: Mapping[str, Any],
    stands: Callable[[str, str], bool] = lambda key, digest: False,  # noqa: ARG005 - none stands
) -> Mapping[str, Any]:
    """Return a table in which each text of `TABLES[name]` has the original beside it, unless
    `stands` says of its key and its digest that it needs none.
    """
    for key in TABLES.get(name, ()):
        said = _at(own, key)
        if isinstance(said, str) and not stands(key, digest(said)):
            own = _put(own, original, key.split("."))
    return own


def _at(table: Mapping[str, Any], key: str) -> object:
    """Return what stands at a dotted key; None where nothing does."""
    at: object = table
    for part in key.split("."):
        at = at.get(part) if isinstance(at, Mapping) else None
    return at


def _put(
    own: Mapping[str, Any], original: Mapping[str, Any], key: Sequence[str]
) -> Mapping[str, Any]:
    first, *rest = key
    if first not in own or first not in original:
        return own
    if rest:
        return {**own, first: _put(own[first], original[first], rest)}
    return {**own, first: Beside.of(own[first], original[first])}
