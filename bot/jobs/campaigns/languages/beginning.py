"""A new language: every file that it lacks, with each text to be translated marked; other words in
one that is there: every text that says them; and the marks that are left.
"""

import re
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from bot.errors import DataError, UsageError
from bot.files.faults import of_encoding
from bot.files.frozen import TEXTS, File, Files
from bot.files.standing import NAME
from bot.jobs.campaigns.new import write
from bot.languages import shorter
from bot.library.shapes import check_language
from bot.model import Campaign, Problem
from bot.model.standing import ORIGINAL as MODEL
from bot.names import suggest
from bot.render.languages.whole import PARTS, names_of

_BLOCK = re.compile(
    r"(?P<begin>\{%-?\s*block\s+(?P<name>\w+)[^%]*%\})(?P<body>.*?)(?=\{%-?\s*endblock)", re.DOTALL
)
_SAID_BY_CODE = re.compile(
    r"\{#.*?#\}|\{%.*?%\}|\{\{(?:(?!\|\s*(?:plural|default)\().)*?\}\}|https?://\S+|#\w+", re.DOTALL
)
_GAP = re.compile(r"\{\w*\}")
_LETTER = re.compile(r"[^\W\d_]")
_ENTRY = re.compile(
    r"""^[ \t]*(?P<key>"[^"\n]*"|[\w"'.-]+)[ \t]*="""
    r"""[ \t]*(?P<value>\"{3}.*?\"{3}|'{3}.*?'{3}|\[.*?\]|[^\n]*)""",
    re.DOTALL | re.MULTILINE,
)
_PIECE = re.compile(
    r"^[ \t]*\[+\s*(?P<table>[^\]\n]+?)\s*\]+[ \t]*(?:\#[^\n]*)?$"
    r"|(?P<mark>^[ \t]*\#[ \t]*untranslated[ \t]*$)"
    rf"|{_ENTRY.pattern}",
    _ENTRY.flags,
)
_MARK_J2 = "{# untranslated #}"
_MARK_TOML = "# untranslated"
_BY_CODE = re.compile(r"(\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|\{\w*\}|https?://\S+|[/#@]\w+)", re.DOTALL)
_SPOKEN = re.compile(r"""(?:(?<![=!<>])=|\bdefault\()\s*(?:"[^"]*"|'[^']*')""")
_NO_WORD = re.compile(r"""["\\{}%#=\x00-\x1f]""")
_LEFT = re.compile(r"\{#-?\s*untranslated\s*-?#\}|\{%-?\s*block\s+(?P<block>\w+)")
_NAMED = 10
"""Most texts of a file that are named as not translated yet."""


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What was written for a language."""

    root: Path
    #: below the root, sorted
    files: tuple[Path, ...]
    #: how many texts are marked
    texts: int
    #: the folders and files among them that belong to the bot itself and no campaign
    own: tuple[Path, ...] = ()
    #: the campaign.toml of each campaign that doesn't list the language yet
    unlisted: tuple[Path, ...] = ()


def begin(
    files: Files,
    root: Path,
    tag: str,
    campaigns: Sequence[Campaign],
    *,
    bot: bool = True,
    source: str | None = None,
) -> Begun:
    """Write below `root` what content/<tag> lacks: what belongs to no campaign (chat, letters,
    documents, pages, word lists, the field's terms) from English, unless `bot` is false, and each
    campaign from its own language.

    With `source` both come from that language, as far as it has them. Raises `UsageError` for a tag
    that is none, a source without texts, or where nothing is lacking; `DataError` for a file
    to begin with that is not in UTF-8; `OSError` when the disk refuses.
    """
    _check_tags(files, tag, source)
    written = {
        Path(name): text.encode()
        for name, text in _lacking(files, tag, campaigns, bot, source)
        if not (root / name).exists()
    }
    if not written:
        raise UsageError(
            f"content/{tag} lacks no file; `drumbeat check` says what is left to translate"
        )
    write(root, written)
    return Begun(
        root=root,
        files=tuple(sorted(written)),
        texts=_count(written),
        own=tuple(
            root / "content" / tag / part
            for part in PARTS
            if any(file.is_relative_to(Path("content", tag, part)) for file in written)
        ),
        unlisted=tuple(_unlisted(files, tag, campaigns)),
    )


def _check_tags(files: Files, tag: str, source: str | None) -> None:
    try:
        check_language(tag)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if source is not None and (source == tag or not files.has_folder(f"content/{source}")):
        known = [each for each in files.folders("content") if each != tag]
        raise UsageError(f"nothing can be translated from {source!r}{suggest(source, known)}")


def reword(files: Files, root: Path, tag: str, words: Mapping[str, str]) -> Begun:
    """Write below `root` each text of content/<tag> that belongs to no campaign and says one of
    `words`, with the word that stands for it in its place; the other texts stay where they are.

    Raises `UsageError` for a word that can't stand in a text, or where no text says one;
    `DataError` and `OSError` as `begin`.
    """
    for word in chain.from_iterable(words.items()):
        _check_word(word)
    swap = _swapping(words)
    written = {
        Path(name): text.encode()
        for part in PARTS
        for name, text in _saying(files, tag, part, swap)
        if not (root / name).exists()
    }
    if not written:
        raise UsageError(f"no text in content/{tag} that isn't yours says {', '.join(words)}")
    write(root, written)
    return Begun(root=root, files=tuple(sorted(written)), texts=_count(written))


def _check_word(word: str) -> None:
    """Raise `UsageError` for what can't stand in a text."""
    if not word or word != word.strip() or _NO_WORD.search(word):
        raise UsageError(f"{word!r} can't stand in a text; write pledge=promise")


def _swapping(words: Mapping[str, str]) -> Callable[[str], str]:
    """Return what puts other words into a text, in large letters where the old ones stand so; names
    of commands, addresses and what code says stay as they are.
    """
    # the longest first, so that a phrase goes before the words in it
    every = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    said = re.compile(rf"(?<!\w)(?:{every})(?!\w)", re.IGNORECASE)
    by_small = {word.casefold(): other for word, other in words.items()}

    def other(old: "re.Match[str]") -> str:
        # i with a dot and without are one letter to the pattern, and two in Turkish
        word = by_small.get(old[0].casefold())
        if word is None:
            return old[0]
        return word[:1].upper() + word[1:] if old[0][:1].isupper() else word

    def swap(text: str) -> str:
        pieces = _BY_CODE.split(text)
        for at, piece in enumerate(pieces):
            if at % 2 == 0:
                pieces[at] = said.sub(other, piece)
            elif piece.startswith("{{"):
                pieces[at] = _SPOKEN.sub(lambda spoken: said.sub(other, spoken[0]), piece)
        return "".join(pieces)

    return swap


def _saying(
    files: Files, tag: str, part: str, swap: Callable[[str], str]
) -> Iterator[tuple[str, str]]:
    """Yield each file of a part in which a text changes, with these texts alone, marked."""
    for name in names_of(files, tag, part):
        file = f"content/{tag}/{name}"
        changed = (_blocks if name.endswith(".j2") else _entries)(_texts(files, file), swap)
        if changed:
            yield file, marked(name, changed)


def _nearest_blocks(texts: Sequence[str]) -> Mapping[str, "re.Match[str]"]:
    """Return each block by name as the nearest root has it; its text comes first."""
    return ChainMap(*map(_blocks_of, texts))


def _blocks_of(text: str) -> dict[str, "re.Match[str]"]:
    return {block["name"]: block for block in _BLOCK.finditer(text)}


def _nearest_entries(texts: Sequence[str]) -> Mapping[tuple[str, str], str]:
    """Return each value by table and key as the nearest root has it; its text comes first."""
    return ChainMap(*map(_entries_of, texts))


def _entries_of(text: str) -> dict[tuple[str, str], str]:
    return {(table, piece["key"]): piece["value"] for table, piece in _in_tables(text)}


def _blocks(texts: Sequence[str], swap: Callable[[str], str]) -> str:
    """Return the blocks that change, as the nearest root has them."""
    changed = [
        _block(block["begin"], other)
        for block in _nearest_blocks(texts).values()
        if (other := swap(block["body"])) != block["body"]
    ]
    return "\n".join(changed)


def _block(begin: str, body: str) -> str:
    return f"{begin}{body}{{% endblock %}}\n"


def _entries(texts: Sequence[str], swap: Callable[[str], str]) -> str:
    """Return the entries that change, below their tables, as the nearest root has them."""
    lines = dict[str, list[str]]()
    for (table, key), value in _nearest_entries(texts).items():
        if (other := swap(value)) != value:
            lines.setdefault(table, [f"[{table}]"] if table else []).append(f"{key} = {other}")
    return "\n\n".join("\n".join(each) for each in lines.values())


def _in_tables(text: str) -> Iterator[tuple[str, "re.Match[str]"]]:
    """Yield each entry of a table's text with the name of the table in which it stands."""
    table = ""
    for piece in _PIECE.finditer(text):
        table = piece["table"] or table
        if piece["key"]:
            yield table, piece


def untranslated(files: Files) -> list[Problem]:
    """Return a problem for each file in which texts still bear their mark, with their names."""
    problems: list[Problem] = []
    for name in sorted({name for held, _ in files.held for name in held}):
        file = files.first(name)
        if file is not None and name.startswith("content/") and b"untranslated" in file.data:
            text = file.data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
            left = list(_marks(name, text))
            if left:
                problems.append(Problem(file=name, key=_few(left), message=_message(len(left))))
    return problems


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _message(count: int) -> str:
    if count == 1:
        return "is not translated yet; translate it, and take its mark “untranslated” away"
    return "are not translated yet; translate each, and take its mark “untranslated” away"


def _lacking(
    files: Files, tag: str, campaigns: Iterable[Campaign], bot: bool, source: str | None
) -> Iterator[tuple[str, str]]:
    """Yield the name of each file that is lacking, and its text to begin with."""
    for part in (NAME, *PARTS) if bot and MODEL not in shorter(tag) else ():
        yield from _copies(files, _sources(source, MODEL), part, shorter(tag))
    for campaign in campaigns:
        if tag != campaign.language:
            yield from _copies(files, _sources(source, campaign.language), campaign.id, [tag])


def _sources(source: str | None, own: str) -> tuple[str, ...]:
    """Return the languages from which a text may come; the last says which texts there are."""
    return (own,) if source in (None, own) else (str(source), own)


def _count(written: Mapping[Path, bytes]) -> int:
    return sum(len(list(_marks(str(name), data.decode()))) for name, data in written.items())


def _copies(
    files: Files, sources: Sequence[str], part: str, instead: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Yield the files of a part, each from the first of `sources` that has it; not those that one
    of the tags `instead` has.
    """
    for name in names_of(files, sources[-1], part):
        having = (files.each(f"content/{source}/{name}") for source in sources)
        present = next(filter(None, having), None)
        if not present or not name.endswith(TEXTS):
            continue
        if not files.first(*(f"content/{tag}/{name}" for tag in instead)):
            # a campaign's file is whole in the nearest root; of the others it may have a part
            texts = [_text(file) for file in (present if part in PARTS else present[:1])]
            whole = _unread(texts[-1]) if part == NAME else _whole(name, texts)
            yield f"content/{instead[0]}/{name}", marked(name, whole)


def _unread(text: str) -> str:
    """Return a language.toml whose texts nobody has read yet, with the terms to be translated."""
    terms = text[text.index("[terms]") :].partition("\n[")[0] if "[terms]" in text else ""
    # comments above the next table speak of that
    kept = terms.rstrip().splitlines()
    while kept and kept[-1].startswith("#"):
        kept.pop()
    return "\n".join(['reviewed_by = ""', "", *kept]).rstrip() + "\n"


def _texts(files: Files, name: str) -> list[str]:
    return [_text(file) for file in files.each(name)]


def _text(file: File) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        problem = Problem(file=str(file.path), key="", message=of_encoding(error))
        raise DataError([problem]) from error


def _whole(name: str, texts: Sequence[str]) -> str:
    """Return the farthest root's text of a file with what nearer ones have in its place."""
    text = texts[-1]
    if name.endswith(".j2"):
        blocks = _nearest_blocks(texts)
        return _BLOCK.sub(lambda block: f"{block['begin']}{blocks[block['name']]['body']}", text)
    entries, pieces, done = _nearest_entries(texts), list[str](), 0
    for table, piece in _in_tables(text):
        pieces += [text[done : piece.start("value")], entries[table, piece["key"]]]
        done = piece.end("value")
    return "".join([*pieces, text[done:]])


def _unlisted(files: Files, tag: str, campaigns: Iterable[Campaign]) -> Iterator[Path]:
    for campaign in campaigns:
        file = files.first(f"campaigns/{campaign.id}/campaign.toml")
        if tag not in campaign.languages and file is not None:
            yield file.path


def marked(name: str, text: str) -> str:
    """Return a file's text with a mark in each block, or above each key, that has words."""
    if name.endswith(".j2"):
        return _BLOCK.sub(_marked_block, text)
    return _ENTRY.sub(_marked_entry, text)


def _marked_block(block: "re.Match[str]") -> str:
    mark = _MARK_J2 if _LETTER.search(_SAID_BY_CODE.sub("", block["body"])) else ""
    return f"{block['begin']}{mark}{block['body']}"


def _marked_entry(entry: "re.Match[str]") -> str:
    has_words = _LETTER.search(_GAP.sub("", entry["value"]))
    return f"{_MARK_TOML}\n{entry[0]}" if has_words else entry[0]


def _marks(name: str, text: str) -> Iterator[str]:
    """Yield the block or the dotted key of each text that bears its mark."""
    if name.endswith(".j2"):
        block = ""
        for piece in _LEFT.finditer(text):
            if piece["block"]:
                block = piece["block"]
            else:
                yield block
        return
    table, is_marked = "", False
    for piece in _PIECE.finditer(text):
        if is_marked and not piece["mark"]:
            yield piece["table"] or f"{table}{piece['key']}"
        is_marked = bool(piece["mark"])
        if piece["table"]:
            table = f"{piece['table']}."
    if is_marked:
        yield table.removesuffix(".")
