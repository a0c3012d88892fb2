"""A new language: every file that it lacks, with each text to be translated marked; other words in
one that is there: every text that says them; and the marks that are left.
"""

import re
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any

from bot.errors import DataError, UsageError
from bot.files import editing
from bot.files.faults import of_encoding
from bot.files.frozen import TEXTS, File, Files
from bot.files.standing import NAME
from bot.files.toml import read_toml, strings
from bot.files.writing import write
from bot.languages import shorter
from bot.library.shapes import check_language
from bot.model import Campaign, Problem
from bot.model.standing import ORIGINAL as MODEL
from bot.names import suggest
from bot.render.languages.blocks import Block, blocks, with_bodies
from bot.render.languages.whole import PARTS, names_of
from bot.render.split import before

_SAID_BY_CODE = re.compile(r"\{#.*?#\}|\{%.*?%\}|https?://\S+|#\w+", re.DOTALL)
_EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_IN_EXPRESSION = re.compile(r"""\bword\([^)]*\)|(?P<said>"[^"]*"|'[^']*')""")
_GAP = re.compile(r"\{\w*\}")
_WORDED = re.compile(r"[^\W\d_]|[“”„«»‹›]")
"""What is another in another language: a letter, or a mark of quotation."""
_MARK_J2 = "{# untranslated #}"
_BY_CODE = re.compile(r"(\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|\{\w*\}|https?://\S+|[/#@]\w+)", re.DOTALL)
_SPOKEN = re.compile(r"""(?:(?<![=!<>])=|\bdefault\()\s*(?:"[^"]*"|'[^']*')""")
_NO_WORD = re.compile(r"""["\\{}%#=\x00-\x1f]""")
_LEFT = re.compile(r"\{#-?\s*untranslated\s*-?#\}")
_READER = "# Who has read these texts: `drumbeat language review TAG --by NAME` writes it."
_TERMS = (
    "# What the field's words are called here; translators keep to them. Delete those that no"
    " campaign of yours needs."
)
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
    campaign from its own language. Of the first, files that are there get the blocks and keys that
    they lack; nothing that stands in them changes.

    With `source` both come from that language, as far as it has them. Raises `UsageError` for a tag
    that is none, a source without texts, or where nothing is lacking; `DataError` for a file
    that can't be read, or has no place for what it lacks; `OSError` when the disk refuses.
    """
    _check_tags(files, tag, source)
    written = {
        Path(name): text.encode()
        for name, text in _lacking(files, tag, campaigns, bot, source)
        if not (root / name).exists()
    }
    more = dict(_more(files, root, tag, source)) if bot and MODEL not in shorter(tag) else {}
    if not written and not more:
        raise UsageError(
            f"content/{tag} lacks no text; `drumbeat check` says what is left to translate"
        )
    write(root, {**more, **written})
    return Begun(
        root=root,
        files=tuple(sorted({*written, *more})),
        texts=_count(written | {name: text.encode() for name, text in more.items()}),
        own=tuple(root / part for part in _parts_of(tag) if _holds(part, written)),
        unlisted=tuple(_unlisted(files, tag, campaigns)),
    )


def _parts_of(tag: str) -> list[Path]:
    return [Path("content", tag, part) for part in PARTS]


def _holds(part: Path, written: Iterable[Path]) -> bool:
    return any(file.is_relative_to(part) for file in written)


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


def _nearest_blocks(texts: Sequence[str]) -> Mapping[str, Block]:
    """Return each block by name as the nearest root has it; its text comes first."""
    return ChainMap(*({block.name: block for block in blocks(text)} for text in texts))


def _nearest_values(texts: Sequence[str]) -> Mapping[editing.Place, Any]:
    """Return what stands at each place as the nearest root has it; its text comes first."""
    return ChainMap(*map(editing.values, texts))


def _blocks(texts: Sequence[str], swap: Callable[[str], str]) -> str:
    """Return the blocks that change, as the nearest root has them."""
    changed = [
        _block(block, other)
        for block in _nearest_blocks(texts).values()
        if (other := swap(block.body)) != block.body
    ]
    return "\n".join(changed)


def _block(block: Block, body: str) -> str:
    return f"{block.begin}{body}{{% endblock %}}\n"


def _entries(texts: Sequence[str], swap: Callable[[str], str]) -> str:
    """Return the entries that change, below their tables, as the nearest root has them."""
    changed = dict[str, Any]()
    for (*tables, key), value in _nearest_values(texts).items():
        if (other := _swapped(value, swap)) != value:
            table = changed
            for each in map(str, tables):
                table = table.setdefault(each, {})
            table[str(key)] = other
    return editing.as_toml(changed) if changed else ""


def _swapped(value: Any, swap: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [_swapped(each, swap) for each in value]
    return swap(value) if isinstance(value, str) else value


def untranslated(files: Files) -> list[Problem]:
    """Return a problem for each file in which texts still bear their mark, with their names."""
    return [
        Problem(file=name, key=_few(left), message=_message(len(left)))
        for name, left in marks_left(files).items()
    ]


def marks_left(files: Files) -> dict[str, list[str]]:
    """Return the names of the texts that still bear their mark, by file; no file without any."""
    texts = ((name, files.first(name)) for name in _content(files))
    left = {name: _left(name, file) for name, file in texts if file is not None}
    return {name: marks for name, marks in left.items() if marks}


def _content(files: Files) -> list[str]:
    names = {name for held, _ in files.held for name in held}
    return sorted(name for name in names if name.startswith("content/"))


def _left(name: str, file: File) -> list[str]:
    """Return what bears its mark; nothing of a file that is broken, of which `check` says so."""
    if b"untranslated" not in file.data or (name.endswith(".toml") and _wrong(file, None)):
        return []
    try:
        return _marks(name, file.data.decode("utf-8-sig", "replace").replace("\r\n", "\n"))
    except ValueError:
        return []


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
    return sum(len(_marks(str(name), data.decode())) for name, data in written.items())


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
            texts = [_text(file, name) for file in (present if part in PARTS else present[:1])]
            whole = _unread(texts[-1]) if part == NAME else _whole(name, texts)
            yield f"content/{instead[0]}/{name}", marked(name, whole)


def _more(files: Files, root: Path, tag: str, source: str | None) -> Iterator[tuple[Path, str]]:
    """Yield each file below `root` of which the language has a part alone, with all that it lacks
    below a mark.
    """
    for name in chain.from_iterable(names_of(files, MODEL, part) for part in PARTS):
        own = _of_languages(files, shorter(tag), name)
        if own:
            place = Path("content", tag, name)
            wanted = _of_languages(files, _sources(source, MODEL), name)
            if (whole := _with_lacking(root / place, own, wanted)) is not None:
                yield place, whole


def _with_lacking(file: Path, own: Sequence[str], wanted: Sequence[str]) -> str | None:
    """Return a file's text with what it lacks, as it is or will be; None where it lacks nothing."""
    present = _text(File(path=file, data=file.read_bytes()), file.name) if file.exists() else ""
    with_them = _with_blocks if file.suffix == ".j2" else _with_entries
    try:
        return with_them(file.name, present, own, wanted)
    except editing.InTheWay as error:
        message = f"{error}, so that what it lacks can stand there below a mark"
        problem = Problem(file=str(file), key=_dotted(error.place), message=message)
        raise DataError([problem]) from error


def _of_languages(files: Files, tags: Iterable[str], name: str) -> list[str]:
    return [text for tag in tags for text in _texts(files, f"content/{tag}/{name}")]


def _with_blocks(name: str, present: str, own: Sequence[str], wanted: Sequence[str]) -> str | None:
    known, stem = _nearest_blocks(own), PurePosixPath(name).stem
    lacking = [
        _block(block, block.body)
        for each, block in _nearest_blocks(wanted).items()
        if known.keys().isdisjoint({each, before(stem, each)})
    ]
    above = f"{present.rstrip()}\n\n" if present.strip() else ""
    return above + marked(name, "\n".join(lacking)) if lacking else None


def _with_entries(
    _name: str, present: str, own: Sequence[str], wanted: Sequence[str]
) -> str | None:
    known = _nearest_values(own)
    lacking = {
        place: value for place, value in _nearest_values(wanted).items() if place not in known
    }
    if not lacking:
        return None
    return editing.marked(
        editing.with_more(present, lacking),
        lambda place, value: place in lacking and _has_words(value),
    )


def _unread(text: str) -> str:
    """Return a language.toml whose texts nobody has read yet, with the terms to be translated."""
    terms = {place[1]: term for place, term in editing.values(text).items() if place[0] == "terms"}
    head, _, below = editing.as_toml({"reviewed_by": "", "terms": terms}).partition("\n\n")
    return f"{_READER}\n{head}\n\n{_TERMS}\n{below}"


def _texts(files: Files, name: str) -> list[str]:
    return [_text(file, name) for file in files.each(name)]


def _text(file: File, name: str) -> str:
    """Return a file's text; raises `DataError` where it can't be read as what it is."""
    try:
        text = file.read_text("utf-8")
    except UnicodeDecodeError as error:
        problem = Problem(file=str(file.path), key="", message=of_encoding(error))
        raise DataError([problem]) from error
    if wrong := _wrong(file, text if name.endswith(".j2") else None):
        raise DataError(wrong)
    return text


def _wrong(file: File, template: str | None) -> list[Problem]:
    """Return what keeps a file from being read: a template's text, or a table."""
    if template is None:
        return read_toml(file, str(file.path))[1]
    try:
        blocks(template)
    except ValueError as error:
        return [Problem(file=str(file.path), key="", message=f"is no template: {error}")]
    return []


def _whole(name: str, texts: Sequence[str]) -> str:
    """Return the farthest root's text of a file with what nearer ones have in its place."""
    if name.endswith(".toml"):
        return editing.with_values(texts[-1], _nearest_values(texts))
    nearest = _nearest_blocks(texts)
    return with_bodies(texts[-1], lambda block: nearest[block.name].body)


def _unlisted(files: Files, tag: str, campaigns: Iterable[Campaign]) -> Iterator[Path]:
    for campaign in campaigns:
        file = files.first(f"campaigns/{campaign.id}/campaign.toml")
        if tag not in campaign.languages and file is not None:
            yield file.path


def marked(name: str, text: str) -> str:
    """Return a file's text with a mark in each block, or above each key, that has words."""
    if name.endswith(".j2"):
        return with_bodies(text, _marked_body)
    return editing.marked(text, lambda _, value: _has_words(value))


def _marked_body(block: Block) -> str:
    said = _SAID_BY_CODE.sub("", _EXPRESSION.sub(_said_in, block.body))
    return f"{_MARK_J2 if _WORDED.search(said) else ''}{block.body}"


def _said_in(expression: "re.Match[str]") -> str:
    """Return the texts that stand in an expression, such as the forms of a plural and the pattern
    of a day; the name of a table of words is none.
    """
    return " ".join(each["said"] or "" for each in _IN_EXPRESSION.finditer(expression[0]))


def _has_words(value: Any) -> bool:
    return any(_WORDED.search(_GAP.sub("", text)) for text in strings(value))


def _marks(name: str, text: str) -> list[str]:
    """Return the block or the dotted key of each text that bears its mark."""
    if name.endswith(".toml"):
        return [_dotted(place) for place in editing.marks(text)]
    return [_nearest_above(text, mark.start()) for mark in _LEFT.finditer(text)]


def _nearest_above(text: str, at: int) -> str:
    """Return the name of the last block that begins above a place; '' where none does."""
    return next((block.name for block in reversed(blocks(text)) if block.start < at), "")


def _dotted(place: editing.Place) -> str:
    """Return a place as problems name it; a table of a list has its number, from 1."""
    said = ""
    for part in place:
        name = f"[{part + 1}]" if isinstance(part, int) else f".{part}" if said else part
        said += name
    return said
